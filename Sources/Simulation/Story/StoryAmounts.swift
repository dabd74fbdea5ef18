import Yams

/// What a number of a story counts, and how it is written.
enum StoryUnit {
    case count
    /// Milliseconds: 250ms, 5s, 10m, 2h, 7d.
    case duration
    /// Of ten thousand: 30%, 0.05%.
    case percentage
    /// Milliseconds since the first midnight.
    case moment
    /// Bytes a second; 0 stands for `none`.
    case bandwidth

    var example: String {
        switch self {
        case .count: "a whole number"
        case .duration: "a duration such as 250ms, 5s, 10m, 2h or 7d"
        case .percentage: "a percentage such as 30% or 0.05%"
        case .moment: "a moment such as 08:30, 08:30:15.250, day 2 08:30 or +5m"
        case .bandwidth: "bytes a second, or none"
        }
    }

    func parse(_ text: Substring) -> Int64? {
        switch self {
        case .count: Int64(text)
        case .duration: Self.duration(text)
        case .percentage: Self.percentage(text)
        case .moment: Self.moment(text)
        case .bandwidth: text == "none" ? 0 : Int64(text).flatMap { $0 > 0 ? $0 : nil }
        }
    }

    func render(_ value: Int64) -> String {
        switch self {
        case .count: "\(value)"
        case .duration: Self.rendered(duration: value)
        case .percentage:
            value % 100 == 0
                ? "\(value / 100)%" : "\(value / 100).\(value % 100 < 10 ? "0" : "")\(value % 100)%"
        case .moment: Instant(milliseconds: UInt64(value)).description
        case .bandwidth: value == 0 ? "none" : "\(value)"
        }
    }

    private static let durations: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    private static func duration(_ text: Substring) -> Int64? {
        let digits = text.prefix { $0 == "-" || ($0.isASCII && $0.isNumber) }
        let suffix = text.dropFirst(digits.count)
        guard let number = Int64(digits), let unit = durations.first(where: { $0.suffix == suffix }) else { return nil }
        let (milliseconds, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
        return overflow ? nil : milliseconds
    }

    private static func rendered(duration: Int64) -> String {
        let unit = durations.last { duration % $0.milliseconds == 0 && abs(duration) >= $0.milliseconds }
        guard let unit else { return duration == 0 ? "0s" : "\(duration)ms" }
        return "\(duration / unit.milliseconds)\(unit.suffix)"
    }

    private static func percentage(_ text: Substring) -> Int64? {
        guard text.last == "%" else { return nil }
        let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = digits(parts[0], at: 1...3) else { return nil }
        guard parts.count == 2 else { return whole * 100 }
        guard let rest = digits(parts[1], at: 1...2) else { return nil }
        return whole * 100 + rest * (parts[1].count == 1 ? 10 : 1)
    }

    fileprivate static func moment(_ text: Substring) -> Int64? {
        var rest = text
        var day: Int64 = 1
        if rest.hasPrefix("day ") {
            let words = rest.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 3, let number = digits(words[1], at: 1...3), number >= 1 else { return nil }
            (day, rest) = (number, words[2])
        }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let hour = digits(parts[0], at: 2...2), hour < 24,
            let minute = digits(parts[1], at: 2...2), minute < 60
        else { return nil }
        var milliseconds: Int64 = 0
        if parts.count == 3 {
            let seconds = parts[2].split(separator: ".", omittingEmptySubsequences: false)
            guard seconds.count <= 2, let second = digits(seconds[0], at: 2...2), second < 60 else { return nil }
            milliseconds = second * 1_000
            if seconds.count == 2 {
                guard let fraction = digits(seconds[1], at: 3...3) else { return nil }
                milliseconds += fraction
            }
        }
        return (day - 1) * Int64(Instant.day) + hour * Int64(Instant.hour) + minute * Int64(Instant.minute)
            + milliseconds
    }

    private static func digits(_ text: Substring, at length: ClosedRange<Int>) -> Int64? {
        guard length.contains(text.count), text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int64(text)
    }
}

extension StoryNodes {
    /// No duration is longer, in milliseconds.
    static let durationMax = Int64(Instant.day * Instant.daysMax)

    /// A number, a range `a..b`, or a list of choices of either, all of it within limits.
    func amount(
        _ node: Node, _ key: String, _ unit: StoryUnit, within limits: ClosedRange<Int64>
    ) throws(StoryFault) -> Amount {
        var choices: [ClosedRange<Int64>] = []
        if case .sequence(let nodes) = node {
            for choice in nodes { choices.append(try range(choice, key, unit, limits)) }
            guard !choices.isEmpty else { throw fault(node, "\(key) has no choices; give it at least one") }
        } else {
            choices = [try range(node, key, unit, limits)]
        }
        return Amount(choices: choices)
    }

    /// A number that is not left to chance.
    func fixed(
        _ node: Node, _ key: String, within limits: ClosedRange<Int64>
    ) throws(StoryFault) -> Int64 {
        let amount = try amount(node, key, .count, within: limits)
        guard amount.isFixed else { throw fault(node, "\(key) must be one number; no seed draws it") }
        return amount.least
    }

    func duration(_ node: Node, _ key: String) throws(StoryFault) -> Amount {
        try amount(node, key, .duration, within: 0...Self.durationMax)
    }

    func percentage(_ node: Node, _ key: String) throws(StoryFault) -> Amount {
        try amount(node, key, .percentage, within: 0...10_000)
    }

    func moment(_ node: Node, _ key: String) throws(StoryFault) -> DrawnMoment {
        if case .scalar(let scalar) = node, scalar.string == "end" { return .end }
        let nodes: [Node] = if case .sequence(let sequence) = node { Array(sequence) } else { [node] }
        var isRelative: Bool?
        for choice in nodes {
            guard case .scalar(let scalar) = choice else {
                throw fault(choice, "\(key) must be \(StoryUnit.moment.example)")
            }
            let starts = scalar.string.hasPrefix("+")
            guard isRelative ?? starts == starts else {
                throw fault(choice, "\(key) mixes moments of the clock with ones that count from another")
            }
            isRelative = starts
        }
        guard isRelative == true else {
            return .at(try amount(node, key, .moment, within: 0...Self.durationMax))
        }
        var choices: [ClosedRange<Int64>] = []
        for choice in nodes {
            let text = choice.scalar?.string ?? ""
            let range = Self.range(in: text.replacing("+", with: ""), .duration)
            guard let range, range.lowerBound >= 0, range.upperBound <= Self.durationMax else {
                throw fault(choice, "\(key) must be \(StoryUnit.moment.example), which \(text.debugDescription) is not")
            }
            choices.append(range)
        }
        return .after(Amount(choices: choices))
    }

    /// Nil unless the text is a value or two that ascend.
    static func range(in text: String, _ unit: StoryUnit) -> ClosedRange<Int64>? {
        guard let dots = text.firstRange(of: "..") else { return unit.parse(text[...]).map { $0...$0 } }
        guard let low = unit.parse(text[..<dots.lowerBound]), let high = unit.parse(text[dots.upperBound...]),
            low <= high
        else { return nil }
        return low...high
    }

    private func range(
        _ node: Node, _ key: String, _ unit: StoryUnit, _ limits: ClosedRange<Int64>
    ) throws(StoryFault) -> ClosedRange<Int64> {
        guard case .scalar(let scalar) = node, let range = Self.range(in: scalar.string, unit) else {
            let given = node.scalar.map { ", which \($0.string.debugDescription) is not" } ?? ""
            throw fault(node, "\(key) must be \(unit.example), or a range from less to more like a..b\(given)")
        }
        guard limits.contains(range.lowerBound), limits.contains(range.upperBound) else {
            let (least, most) = (unit.render(limits.lowerBound), unit.render(limits.upperBound))
            throw fault(node, "\(key) must lie between \(least) and \(most)")
        }
        return range
    }
}

extension Instant {
    /// A moment as stories write it: `08:30`, `08:30:15.250`, `day 2 08:30`; nil for anything else.
    package init?(_ text: String) {
        guard let milliseconds = StoryUnit.moment(Substring(text)) else { return nil }
        self.init(milliseconds: UInt64(milliseconds))
    }
}
