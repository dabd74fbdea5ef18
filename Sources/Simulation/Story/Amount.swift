import Ledger

/// A number of a story that a seed may draw: one value, a range `a..b`, or a list of choices of either.
struct Amount: Hashable, Sendable {
    /// Never empty.
    let choices: [ClosedRange<Int64>]

    init(choices: [ClosedRange<Int64>]) {
        precondition(!choices.isEmpty, "an amount has at least one choice")
        self.choices = choices
    }

    init(_ range: ClosedRange<Int64>) { self.init(choices: [range]) }

    init(_ value: Int64) { self.init(value...value) }

    var least: Int64 { choices.map(\.lowerBound).min() ?? 0 }
    var most: Int64 { choices.map(\.upperBound).max() ?? 0 }
    var isFixed: Bool { least == most }

    /// What is a range by nature: a choice is drawn, the range stays one.
    func range(using random: inout SeededGenerator) -> ClosedRange<Int64> {
        choices.count == 1 ? choices[0] : random.pick(choices)
    }

    func draw(using random: inout SeededGenerator) -> Int64 {
        let range = range(using: &random)
        return range.lowerBound == range.upperBound
            ? range.lowerBound : Int64.random(in: range, using: &random)
    }

    /// For amounts that are read with a least value of zero or more.
    func count(using random: inout SeededGenerator) -> Int { Int(draw(using: &random)) }

    /// For amounts that are read with a least value of zero or more.
    func milliseconds(using random: inout SeededGenerator) -> UInt64 { UInt64(draw(using: &random)) }

    /// True so many times in ten thousand.
    func happens(using random: inout SeededGenerator) -> Bool {
        Int64.random(in: 0..<10_000, using: &random) < draw(using: &random)
    }
}

/// A value that an edit writes: one of several, or an integer out of an amount.
enum DrawnValue: Hashable, Sendable {
    case choice([Value])
    case integer(Amount)

    func draw(using random: inout SeededGenerator) -> Value {
        switch self {
        case .choice(let values): values.count == 1 ? values[0] : random.pick(values)
        case .integer(let amount): .integer(amount.draw(using: &random))
        }
    }
}

/// How lines are, before the seed has drawn it; what is not said is as a base has it.
struct DrawnQuality: Hashable, Sendable {
    /// Milliseconds; a range by nature.
    var latency: Amount?
    /// Bytes a second; 0 stands for as many as you like.
    var bandwidth: Amount?
    /// In ten thousand frames.
    var breaks: Amount?
    var duplicates: Amount?
    var damages: Amount?

    func draw(over base: LineQuality, using random: inout SeededGenerator) -> LineQuality {
        var quality = base
        if let latency {
            let range = latency.range(using: &random)
            quality.latency = UInt64(range.lowerBound)...UInt64(range.upperBound)
        }
        if let bandwidth {
            let bytes = bandwidth.milliseconds(using: &random)
            quality.bytesPerSecond = bytes == 0 ? nil : bytes
        }
        if let breaks { quality.breaks = breaks.count(using: &random) }
        if let duplicates { quality.duplicates = duplicates.count(using: &random) }
        if let damages { quality.damages = damages.count(using: &random) }
        return quality
    }
}

/// When a step happens, before the seed has drawn it.
enum DrawnMoment: Hashable, Sendable {
    /// Milliseconds since the story's first midnight.
    case at(Amount)
    /// Milliseconds after the moment before.
    case after(Amount)
    /// Once the calm is over.
    case end

    func draw(after previous: Instant, using random: inout SeededGenerator) -> Instant {
        switch self {
        case .at(let amount): Instant(milliseconds: amount.milliseconds(using: &random))
        case .after(let amount): previous + amount.milliseconds(using: &random)
        case .end: .end
        }
    }

    /// The earliest and the latest moment it can be, if the moment before lies within these bounds.
    func bounds(after previous: ClosedRange<UInt64>) -> ClosedRange<UInt64> {
        switch self {
        case .at(let amount): UInt64(amount.least)...UInt64(amount.most)
        case .after(let amount):
            previous.lowerBound + UInt64(amount.least)...previous.upperBound + UInt64(amount.most)
        case .end: UInt64.max...UInt64.max
        }
    }
}

extension Instant {
    /// After the calm: once all agree, or the time for it is up. Only expectations can have it.
    package static let end = Instant(milliseconds: .max)
    /// No story lasts longer, in days.
    static let daysMax: UInt64 = 366
}
