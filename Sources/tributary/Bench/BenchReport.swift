/// What a ratio has to reach, as the design states it.
struct BenchGoal: Sendable, Encodable {
    enum Sense: String, Sendable, Encodable {
        case atLeast = "at-least"
        case atMost = "at-most"
    }

    let sense: Sense
    let bound: Double

    static func atLeast(_ bound: Double) -> BenchGoal { BenchGoal(sense: .atLeast, bound: bound) }
    static func atMost(_ bound: Double) -> BenchGoal { BenchGoal(sense: .atMost, bound: bound) }

    func isMet(by value: Double) -> Bool { sense == .atLeast ? value >= bound : value <= bound }
}

/// One figure: its values in all rounds, what it is held against, and what it must reach.
struct BenchRow: Sendable, Encodable {
    enum Unit: String, Sendable, Encodable { case ratio, frames, bytes, milliseconds }

    let name: String
    let chinese: String
    let english: String
    /// What it is divided by; empty where the figure is a count.
    let against: String
    let unit: Unit
    /// In the order of rounds.
    let values: [Double]
    /// `nil` for a figure that only explains another.
    let goal: BenchGoal?

    init(
        _ name: String, chinese: String, english: String, against: String, unit: Unit = .ratio, _ values: [Double],
        goal: BenchGoal?
    ) {
        precondition(!values.isEmpty, "\(name) was never measured")
        (self.name, self.chinese, self.english, self.against) = (name, chinese, english, against)
        (self.unit, self.values, self.goal) = (unit, values, goal)
    }

    var median: Double { BenchStatistics.median(values) }

    /// `nil` without a goal.
    var isMet: Bool? { goal.map { $0.isMet(by: median) } }

    var shown: String { shown(median) }

    /// The lowest and the highest value where there were several.
    var spread: String {
        guard let low = values.min(), let high = values.max(), values.count > 1 else { return "" }
        return "\(shown(low))–\(shown(high))"
    }

    var goalShown: String {
        guard let goal else { return "–" }
        let sign = goal.sense == .atLeast ? "≥ " : "≤ "
        guard unit == .ratio else { return sign + shown(goal.bound) }
        var bound = BenchStatistics.decimals(goal.bound, 2)
        while bound.last == "0" { bound.removeLast() }
        if bound.last == "." { bound.removeLast() }
        return sign + bound + " ×"
    }

    private func shown(_ value: Double) -> String {
        switch unit {
        case .ratio: "\(BenchStatistics.decimals(value, value < 0.1 ? 4 : value < 10 ? 3 : 1)) ×"
        case .frames, .bytes: Int(value.rounded()).grouped
        case .milliseconds: "\(BenchStatistics.decimals(value, value < 100 ? 2 : 0)) ms"
        }
    }

    private enum Key: String, CodingKey {
        case name, against, unit, median, values, goal, met, english
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .name)
        try container.encode(english, forKey: .english)
        try container.encode(against, forKey: .against)
        try container.encode(unit, forKey: .unit)
        try container.encode(median, forKey: .median)
        try container.encode(values, forKey: .values)
        try container.encodeIfPresent(goal, forKey: .goal)
        try container.encodeIfPresent(isMet, forKey: .met)
    }
}

/// All figures, and what they stand for: tables, batches, sizes, this machine.
struct BenchReport: Sendable, Encodable {
    let settings: BenchSettings
    /// Whether the program was built with optimisation; figures of another build mean nothing.
    let isOptimised: Bool
    let cores: Int
    let sqlite: String
    var rows: [BenchRow] = []
    var tables: [BenchTable] = []
    var notes: [String] = []

    init(settings: BenchSettings, cores: Int, sqlite: String) {
        (self.settings, self.cores, self.sqlite) = (settings, cores, sqlite)
        #if DEBUG
            isOptimised = false
        #else
            isOptimised = true
        #endif
    }

    mutating func add(_ part: BenchPart) {
        rows += part.rows
        tables += part.tables
        notes += part.notes
    }

    func lines(for terminal: Terminal) -> [String] {
        var lines: [String] = []
        if !isOptimised {
            lines.append(terminal.styled("调试构建，数字无意义 a debug build: these figures mean nothing", .red, .bold))
        }
        var table = Table([
            Table.Column("量 measured", isFlexible: true), Table.Column("对照 against", isFlexible: true),
            Table.Column("目标 goal", .right), Table.Column("实测 median", .right), Table.Column("范围 range", .right),
            Table.Column("结论 result"),
        ])
        for row in rows {
            table.add([
                "\(row.chinese) \(row.english)", row.against, row.goalShown, row.shown, row.spread,
                Self.verdict(row, terminal),
            ])
        }
        lines += table.lines(for: terminal)
        for table in tables { lines += [""] + table.lines(for: terminal) }
        lines.append("")
        lines.append(terminal.styled("说明 what the figures stand for", .bold))
        for note in notes {
            let broken = note.wrapped(to: (terminal.columns ?? 120) - 2)
            lines += broken.enumerated().map { ($0 == 0 ? "· " : "  ") + $1 }
        }
        return lines
    }

    private static func verdict(_ row: BenchRow, _ terminal: Terminal) -> String {
        switch row.isMet {
        case true?: terminal.styled("达到 met", .green)
        case false?: terminal.styled("未达到 missed", .red)
        case nil: terminal.styled("参考 for reference", .dim)
        }
    }
}

/// What one part of the bench found.
struct BenchPart: Sendable {
    var rows: [BenchRow] = []
    var tables: [BenchTable] = []
    var notes: [String] = []
}

/// Figures of many things alike: a name, then numbers.
struct BenchTable: Sendable, Encodable {
    let title: String
    let columns: [String]
    var rows: [[String]] = []

    func lines(for terminal: Terminal) -> [String] {
        var table = Table(
            columns.enumerated().map { place, name in
                place == 0 ? Table.Column(name, isFlexible: true) : Table.Column(name, .right)
            })
        for row in rows { table.add(row) }
        return [terminal.styled(title, .bold)] + table.lines(for: terminal)
    }
}

enum BenchStatistics {
    /// The middle value; of an even number, the mean of the two in the middle.
    static func median(_ values: [Double]) -> Double {
        precondition(!values.isEmpty, "no value has no median")
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// The value that so many hundredths of all values do not exceed: the nearest rank.
    static func percentile(_ hundredths: Int, of values: [Double]) -> Double {
        precondition(!values.isEmpty && (1...100).contains(hundredths), "no such percentile")
        let sorted = values.sorted()
        let rank = (hundredths * sorted.count + 99) / 100
        return sorted[max(0, rank - 1)]
    }

    static func decimals(_ value: Double, _ places: Int) -> String {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        guard value.isFinite, abs(value) * scale < 1e15 else { return "\(value)" }
        let scaled = Int64((abs(value) * scale).rounded())
        let whole = scaled / Int64(scale)
        guard places > 0 else { return "\(value < 0 ? "-" : "")\(whole)" }
        let part = String(scaled % Int64(scale))
        let zeros = String(repeating: "0", count: places - part.utf8.count)
        return "\(value < 0 ? "-" : "")\(whole).\(zeros)\(part)"
    }
}

extension Duration {
    /// As a fraction, for ratios.
    var inSeconds: Double {
        let parts = components
        return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    }
}
