/// The fixed rules by which what is personal is made unreadable before anything is published
/// (广东省行政执法公示办法第14条).
///
/// What is known of a case is hidden wherever it stands, also inside other words and with spaces or full-width digits;
/// what is not known is found by its form: identity numbers by their check digit, telephone and card numbers, mail,
/// plates and house numbers. Where the rules cannot be sure, they hide too much rather than too little.
package struct Masking: Sendable {
    /// What is looked for, folded, and what stands in its place.
    private struct Needle: Sendable {
        let folded: [Unicode.Scalar]
        let replacement: [Unicode.Scalar]
    }

    private let needles: [Needle]
    /// Names of organisations, which stay as they are.
    private let kept: [[Unicode.Scalar]]

    /// - Parameters:
    ///   - people: names of natural persons in any role.
    ///   - organisations: names that stay readable.
    ///   - numbers: identity, telephone and other numbers of persons.
    ///   - addresses: of persons.
    package init(people: [String] = [], organisations: [String] = [], numbers: [String] = [], addresses: [String] = [])
    {
        var needles: [Needle] = []
        func add(_ text: some StringProtocol, least: Int, as replacement: String) {
            let folded = Folded(Array(text.unicodeScalars)).scalars
            guard folded.count >= least else { return }
            needles.append(Needle(folded: folded, replacement: Array(replacement.unicodeScalars)))
        }
        for person in people {
            add(person, least: 2, as: Self.name(person))
            let given = person.unicodeScalars.dropFirst(Self.surnameLength(person))
            add(String(given), least: 2, as: "**")
        }
        for number in numbers {
            add(number, least: 4, as: number.contains("@") ? Self.mail(number) : Self.number(number))
        }
        for address in addresses {
            let masked = Self.address(address)
            add(address, least: 4, as: masked)
            let tail = address.unicodeScalars.dropFirst(masked.unicodeScalars.count - 3)
            add(String(tail), least: 4, as: "***")
        }
        // The longest first: an address before the name of a street in it, a full name before the given one.
        self.needles = needles.enumerated().sorted { left, right in
            let (a, b) = (left.element.folded.count, right.element.folded.count)
            return a == b ? left.offset < right.offset : a > b
        }.map(\.element)
        kept = organisations.map { Array($0.unicodeScalars) }.filter { $0.count >= 4 }
    }

    /// Free text with everything personal in it hidden.
    package func text(_ text: some StringProtocol) -> String {
        var scalars = Array(text.unicodeScalars)
        hideKnown(&scalars)
        MaskingPatterns.hide(&scalars)
        // What a pattern took away may have brought together what was apart.
        hideKnown(&scalars)
        return Self.string(scalars)
    }

    /// Replaces until nothing known is left: each replacement leaves fewer readable characters, so that it ends.
    private func hideKnown(_ scalars: inout [Unicode.Scalar]) {
        var isChanged = true
        while isChanged {
            isChanged = false
            for needle in needles {
                let spans = protectedSpans(in: scalars)
                let places = Folded(scalars).places(of: needle.folded) { range in
                    !spans.contains { $0.contains(range) }
                }
                for place in places.reversed() { scalars.replaceSubrange(place, with: needle.replacement) }
                if !places.isEmpty { isChanged = true }
            }
        }
    }

    private func protectedSpans(in scalars: [Unicode.Scalar]) -> [ClosedRange<Int>] {
        kept.flatMap { name in
            guard scalars.count >= name.count else { return [] as [ClosedRange<Int>] }
            return (0...(scalars.count - name.count)).compactMap { start in
                scalars[start..<(start + name.count)].elementsEqual(name) ? start...(start + name.count - 1) : nil
            }
        }
    }

    static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}

/// Text as it is compared: full-width characters as ASCII, Latin letters upper-case, without what may stand between
/// the characters of a number or a name.
struct Folded {
    private(set) var scalars: [Unicode.Scalar] = []
    private var places: [Int] = []

    init(_ raw: [Unicode.Scalar]) {
        scalars.reserveCapacity(raw.count)
        places.reserveCapacity(raw.count)
        for (place, scalar) in raw.enumerated() {
            let folded = Self.fold(scalar)
            guard !Self.isBetween(folded) else { continue }
            scalars.append(folded)
            places.append(place)
        }
    }

    static func fold(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let narrow = (0xFF01...0xFF5E).contains(scalar.value) ? scalar.value - 0xFEE0 : scalar.value
        let upper = (0x61...0x7A).contains(narrow) ? narrow - 0x20 : narrow
        return Unicode.Scalar(upper) ?? scalar
    }

    private static func isBetween(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "-", "·", "•", "‧", "・", "–", "—", "_", ".", "\u{200B}"..."\u{200F}", "\u{2060}", "\u{FEFF}", "\u{00AD}":
            true
        default: scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
        }
    }

    /// The places of a folded text that satisfy `condition`, from left to right and apart, as ranges of the raw text.
    func places(of needle: [Unicode.Scalar], where condition: (ClosedRange<Int>) -> Bool) -> [ClosedRange<Int>] {
        guard let first = needle.first, scalars.count >= needle.count else { return [] }
        var found: [ClosedRange<Int>] = []
        var start = 0
        while start + needle.count <= scalars.count {
            let end = start + needle.count
            if scalars[start] == first, scalars[start..<end].elementsEqual(needle) {
                let range = places[start]...places[end - 1]
                if condition(range) {
                    found.append(range)
                    start = end
                    continue
                }
            }
            start += 1
        }
        return found
    }
}

extension ClosedRange<Int> {
    fileprivate func contains(_ other: ClosedRange<Int>) -> Bool {
        lowerBound <= other.lowerBound && other.upperBound <= upperBound
    }
}

extension Masking {
    private static let doubleSurnames: Set<String> = [
        "欧阳", "司马", "上官", "诸葛", "司徒", "令狐", "尉迟", "夏侯", "皇甫", "东方", "慕容", "长孙", "宇文", "公孙", "端木", "轩辕",
        "南宫", "西门", "东郭", "百里", "呼延", "闻人", "澹台", "钟离", "申屠", "太史", "独孤", "拓跋", "完颜", "左丘",
    ]

    /// `张**`, `欧阳**`: the number of stars tells nothing.
    package static func name(_ name: String) -> String {
        name.isEmpty ? "" : string(name.unicodeScalars.prefix(surnameLength(name))) + "**"
    }

    private static func surnameLength(_ name: String) -> Int {
        let scalars = Array(name.unicodeScalars)
        return scalars.count > 2 && doubleSurnames.contains(string(scalars.prefix(2))) ? 2 : min(1, scalars.count)
    }

    /// `440106********0013`, `138****1234`, and so on: by the length of the number. Too short ones are hidden whole.
    package static func number(_ number: String) -> String {
        let scalars = Folded(Array(number.unicodeScalars)).scalars
        let (head, tail) =
            switch scalars.count {
            case 18: (6, 4)
            case 15: (6, 0)
            case 11: (3, 4)
            case 16...: (0, 4)
            case 10, 12: (0, 4)
            default: (0, 0)
            }
        return string(scalars.prefix(head)) + String(repeating: "*", count: scalars.count - head - tail)
            + string(scalars.suffix(tail))
    }

    /// Cut behind the street, or behind the village, or behind the district where there is none; never with a number.
    package static func address(_ address: String) -> String {
        let scalars = Array(address.unicodeScalars)
        let digit = scalars.firstIndex { MaskingPatterns.isDigit($0) } ?? scalars.count
        let readable = scalars[..<digit]
        func end(behind marks: [String], last: Bool) -> Int? {
            var found: Int?
            for mark in marks.map({ Array($0.unicodeScalars) }) {
                for start in readable.indices
                where start > 0 && start + mark.count <= readable.count
                    && readable[start..<(start + mark.count)].elementsEqual(mark)
                {
                    let end = start + mark.count
                    // 街道 is an office, not a street.
                    if mark == ["街"], end < readable.count, readable[end] == "道" { continue }
                    if mark == ["道"], readable[start - 1] == "街" { continue }
                    found = found.map { last ? max($0, end) : min($0, end) } ?? end
                }
            }
            return found
        }
        let cut =
            end(behind: ["路", "大道", "街", "巷", "道"], last: false) ?? end(behind: ["村", "里", "弄"], last: false)
            ?? end(behind: ["街道", "镇", "乡", "区", "县", "市", "省"], last: true) ?? 0
        return string(scalars[..<cut]) + "***"
    }

    /// `***@example.cn`.
    package static func mail(_ mail: String) -> String {
        guard let at = mail.firstIndex(of: "@") else { return "***" }
        return "***" + mail[at...]
    }
}
