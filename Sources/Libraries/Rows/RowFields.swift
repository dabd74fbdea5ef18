import Divisions

/// How the rows of our tables read their fields. Each names the column in its reason, and never the value of a
/// personal one.
extension TableRow {
    /// The longest text of a field in bytes: an entry of 128 KiB must hold a whole record, and no table has more than
    /// twelve columns of free text.
    static let textBytesMax = 8 << 10

    func text(_ column: String) throws(Reason) -> String {
        let text = self[column]
        guard !text.isEmpty else { throw Reason("\(column) 不能为空", "\(column) is empty") }
        return try bounded(text, column)
    }

    func optionalText(_ column: String) throws(Reason) -> String? {
        let text = self[column]
        return text.isEmpty ? nil : try bounded(text, column)
    }

    /// A code of ASCII letters, digits, hyphens and full stops.
    func code(_ column: String, lengths: ClosedRange<Int>) throws(Reason) -> String {
        let text = try text(column)
        let isCode = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."): true
            default: false
            }
        }
        guard isCode, lengths.contains(text.utf8.count) else {
            throw Reason(
                "\(column) 应为 \(lengths.lowerBound) 至 \(lengths.upperBound) 位字母、数字、连字符或点",
                "\(column) must have \(lengths.lowerBound) to \(lengths.upperBound) letters, digits, hyphens or full stops"
            )
        }
        return text
    }

    func optionalCode(_ column: String, lengths: ClosedRange<Int>) throws(Reason) -> String? {
        self[column].isEmpty ? nil : try code(column, lengths: lengths)
    }

    func division(_ column: String) throws(Reason) -> DivisionCode {
        guard let code = DivisionCode(try text(column)) else {
            throw Reason("\(column) 不是区划代码", "\(column) is not a division code")
        }
        return code
    }

    func divisions(_ column: String) throws(Reason) -> [DivisionCode] {
        var codes: [DivisionCode] = []
        for text in try list(column) {
            guard let code = DivisionCode(text) else {
                throw Reason("\(column) 中有的不是区划代码", "\(column) holds what is not a division code")
            }
            codes.append(code)
        }
        return codes
    }

    func date(_ column: String) throws(Reason) -> LegalDate {
        guard let date = LegalDate(try text(column)) else {
            throw Reason("\(column) 应为 YYYY-MM-DD 格式的日期", "\(column) must be a day written YYYY-MM-DD")
        }
        return date
    }

    func optionalDate(_ column: String) throws(Reason) -> LegalDate? {
        self[column].isEmpty ? nil : try date(column)
    }

    /// Refuses a period that ends before it begins.
    func period(from: LegalDate?, to: LegalDate?) throws(Reason) {
        guard let from, let to, to < from else { return }
        throw Reason("valid_to 早于 valid_from", "valid_to is before valid_from")
    }

    /// One of a set of words; the default if the field is empty.
    func choice<Choice: RowChoice>(_ column: String, default fallback: Choice? = nil) throws(Reason) -> Choice {
        let text = self[column]
        if text.isEmpty, let fallback { return fallback }
        guard let choice = Choice(rawValue: text) else { throw unknown(column, Choice.self) }
        return choice
    }

    func choices<Choice: RowChoice>(_ column: String) throws(Reason) -> [Choice] {
        var result: [Choice] = []
        for text in try list(column) {
            guard let choice = Choice(rawValue: text) else { throw unknown(column, Choice.self) }
            result.append(choice)
        }
        return result
    }

    /// `是` or `否`; `否` if the field is empty.
    func flag(_ column: String) throws(Reason) -> Bool {
        switch self[column] {
        case "是": true
        case "否", "": false
        default: throw Reason("\(column) 应为“是”或“否”", "\(column) must be 是 or 否")
        }
    }

    func integer(_ column: String, in range: ClosedRange<Int>) throws(Reason) -> Int {
        guard let value = Int(try text(column)), range.contains(value) else {
            throw Reason(
                "\(column) 应为 \(range.lowerBound) 至 \(range.upperBound) 的整数",
                "\(column) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func optionalInteger(_ column: String, in range: ClosedRange<Int>) throws(Reason) -> Int? {
        self[column].isEmpty ? nil : try integer(column, in: range)
    }

    /// An amount with at most two decimals, in hundredths.
    func optionalHundredths(_ column: String) throws(Reason) -> Int64? {
        let text = self[column]
        guard !text.isEmpty else { return nil }
        guard let amount = Amount.hundredths(text) else {
            throw Reason("\(column) 应为不超过两位小数的金额", "\(column) must be an amount with at most two decimals")
        }
        return amount
    }

    /// Elements separated by `;` or `；`, without repetitions, in the order of the file.
    func list(_ column: String) throws(Reason) -> [String] {
        var elements: [String] = []
        for part in try bounded(self[column], column).split(whereSeparator: { $0 == ";" || $0 == "；" }) {
            let element = String(part).trimmingBlanks()
            if !element.isEmpty, !elements.contains(element) { elements.append(element) }
        }
        guard elements.count <= 256 else { throw Reason("\(column) 超过 256 项", "\(column) has more than 256 elements") }
        return elements
    }

    private func bounded(_ text: String, _ column: String) throws(Reason) -> String {
        guard text.utf8.count <= Self.textBytesMax else {
            throw Reason("\(column) 超过 \(Self.textBytesMax) 字节", "\(column) has more than \(Self.textBytesMax) bytes")
        }
        return text
    }

    private func unknown<Choice: RowChoice>(_ column: String, _: Choice.Type) -> Reason {
        let words = Choice.allCases.map(\.rawValue).joined(separator: "、")
        return Reason("\(column) 应为：\(words)", "\(column) must be one of \(words)")
    }
}

/// Words a column may hold, as an officer writes them.
package protocol RowChoice: RawRepresentable, CaseIterable, Hashable, Sendable where RawValue == String {}

/// Amounts as tables write them, such as `300000` or `1.5`, and in hundredths as records keep them.
enum Amount {
    /// The largest amount, so that sums of many stay far from overflow.
    static let hundredthsMax: Int64 = 1_000_000_000_000_000

    static func hundredths(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = digits(parts[0]), !parts[0].isEmpty else { return nil }
        var fraction: Int64 = 0
        if parts.count == 2 {
            guard (1...2).contains(parts[1].utf8.count), let value = digits(parts[1]) else { return nil }
            fraction = parts[1].utf8.count == 1 ? value * 10 : value
        }
        let amount = whole * 100 + fraction
        return amount <= hundredthsMax ? amount : nil
    }

    static func text(_ hundredths: Int64) -> String {
        let (whole, fraction) = hundredths.quotientAndRemainder(dividingBy: 100)
        if fraction == 0 { return String(whole) }
        return "\(whole)." + (fraction % 10 == 0 ? "\(fraction / 10)" : fraction < 10 ? "0\(fraction)" : "\(fraction)")
    }

    private static func digits(_ text: Substring) -> Int64? {
        guard text.utf8.count <= 15, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return text.isEmpty ? 0 : Int64(text)
    }
}
