/// How far a long work is: what a bar shows, as a value.
struct Progress: Sendable {
    /// What is being done, such as `导入法规`.
    var title: String
    /// In units of the work: bytes, files or rows.
    var done: Int64
    /// Nil where the end is not known.
    var total: Int64?
    /// Counts beside the bar, such as `已写 120`.
    var note: String

    init(title: String, done: Int64 = 0, total: Int64? = nil, note: String = "") {
        (self.title, self.done, self.total, self.note) = (title, done, total, note)
    }

    /// Between 0 and 1; nil where the end is not known.
    var fraction: Double? {
        guard let total else { return nil }
        return total > 0 ? min(1, max(0, Double(done) / Double(total))) : 1
    }

    /// One line for a terminal of that width: title, bar, percent, time left, note.
    func line(elapsed: Duration, columns: Int) -> String {
        var parts = [title]
        if let fraction {
            let taken = DisplayWidth.of(title) + DisplayWidth.of(note) + 24
            let cells = min(30, max(6, columns - taken))
            let full = Int(fraction * Double(cells))
            parts.append(String(repeating: "█", count: full) + String(repeating: "░", count: cells - full))
            parts.append("\(Int(fraction * 100))%".padded(to: 4, .right))
            if let left = Self.left(fraction: fraction, elapsed: elapsed) { parts.append("剩余 \(left.clock)") }
        } else {
            parts.append("\(done)")
        }
        if !note.isEmpty { parts.append(note) }
        return parts.joined(separator: " ").fitted(to: columns)
    }

    /// One line for a log.
    func plainLine(elapsed: Duration) -> String {
        var parts = [title]
        if let fraction { parts.append("\(Int(fraction * 100))%") }
        parts.append(elapsed.clock)
        if !note.isEmpty { parts.append(note) }
        return parts.joined(separator: " ")
    }

    /// What is left at the present pace; nil while too little is known.
    private static func left(fraction: Double, elapsed: Duration) -> Duration? {
        guard fraction >= 0.01, fraction < 1, elapsed >= .seconds(1) else { return nil }
        return elapsed * ((1 - fraction) / fraction)
    }
}

extension Duration {
    /// `0:07`, `12:30`, `1:02:03`.
    var clock: String {
        let seconds = max(0, components.seconds)
        let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60]
        let shown = parts[0] > 0 ? parts[...] : parts[1...]
        return shown.enumerated().map { place, part in
            place > 0 && part < 10 ? "0\(part)" : "\(part)"
        }.joined(separator: ":")
    }
}

/// Shows progress while a work runs: a bar that is drawn over on a terminal, now and then a line elsewhere.
struct ProgressBar: ~Copyable {
    /// Between two drawings on a terminal.
    static let drawingInterval: Duration = .milliseconds(100)
    /// Between two lines in a log.
    static let lineInterval: Duration = .seconds(10)

    private let terminal: Terminal
    private let isSilent: Bool
    private let start = ContinuousClock.now
    private var shown: ContinuousClock.Instant?
    private(set) var progress: Progress

    init(_ progress: Progress, on terminal: Terminal = .errors, isSilent: Bool = false) {
        (self.progress, self.terminal, self.isSilent) = (progress, terminal, isSilent)
    }

    var elapsed: Duration { start.duration(to: .now) }

    /// Notes how far the work is, and shows it if the last showing is long enough ago.
    mutating func update(done: Int64? = nil, total: Int64? = nil, note: String? = nil) {
        if let done { progress.done = done }
        if let total { progress.total = total }
        if let note { progress.note = note }
        let now = ContinuousClock.now
        let interval = terminal.isInteractive ? Self.drawingInterval : Self.lineInterval
        guard (shown ?? start).duration(to: now) >= interval else { return }
        shown = now
        show()
    }

    /// Takes the bar away; whoever draws one says how the work ended.
    mutating func clear() {
        guard terminal.isInteractive, !isSilent, shown != nil else { return }
        terminal.write("\r\u{1B}[K")
    }

    private func show() {
        guard !isSilent else { return }
        if terminal.isInteractive {
            terminal.write("\r\(progress.line(elapsed: elapsed, columns: (terminal.columns ?? 80) - 1))\u{1B}[K")
        } else {
            terminal.line(progress.plainLine(elapsed: elapsed))
        }
    }
}
