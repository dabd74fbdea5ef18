/// Where on the page a moment stands: in percent, so that a diagram may be as wide as its reader likes.
struct TimeScale {
    /// What is left free at both edges, in percent.
    static let margin = 0.6

    let from: Instant
    /// In milliseconds, never 0.
    let length: UInt64

    init(from: Instant, through: Instant) {
        self.from = from
        length = max(1, through.milliseconds - min(from.milliseconds, through.milliseconds))
    }

    /// 0 … 1, moments outside at the edge.
    private func share(_ instant: Instant) -> Double {
        let passed = instant.milliseconds - min(from.milliseconds, instant.milliseconds)
        return min(1, Double(passed) / Double(length))
    }

    func percent(_ instant: Instant) -> Double { Self.margin + share(instant) * (100 - 2 * Self.margin) }

    /// For an attribute of an element: `12.345%`.
    func x(_ instant: Instant) -> String { "\(Markup.decimal(percent(instant), places: 3))%" }

    /// For a path inside a view box 1,000 wide.
    func column(_ instant: Instant) -> String { Markup.decimal(percent(instant) * 10) }

    /// A width, at least a hair.
    func width(_ from: Instant, _ through: Instant) -> String {
        "\(Markup.decimal(max(0.08, percent(through) - percent(from))))%"
    }

    private static let steps: [UInt64] =
        [1, 2, 5, 10, 20, 50, 100, 200, 500].map { $0 }
        + [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800].map { $0 * 1_000 }
        + [1, 2, 3, 6, 12, 24, 48, 168, 336, 720, 2_160, 8_760].map { $0 * Instant.hour }

    /// Round moments of the clock, at most `limit` of them.
    func ticks(_ limit: Int) -> [(at: Instant, label: String)] {
        let step = Self.steps.first { length / $0 < UInt64(limit) } ?? length
        var ticks: [(Instant, String)] = []
        var next = (from.milliseconds + step - 1) / step * step
        while next <= from.milliseconds + length {
            ticks.append((Instant(milliseconds: next), label(next, step: step)))
            next += step
        }
        return ticks
    }

    private func label(_ milliseconds: UInt64, step: UInt64) -> String {
        let time = milliseconds % Instant.day
        if time == 0 && milliseconds >= Instant.day { return "第 \(milliseconds / Instant.day + 1) 天 day" }
        let clock = Instant(milliseconds: time / 1_000 * 1_000).description
        if step >= Instant.minute { return String(clock.prefix(5)) }
        return step >= 1_000 ? clock : Instant(milliseconds: time).description
    }

    /// The axis itself: strokes at the bottom with labels above them, or hanging from the top with labels below.
    func axis(_ limit: Int, height: Int, hanging: Bool = false) -> String {
        let (top, bottom, label) = hanging ? (0, 5, 18) : (height - 6, height, height - 10)
        return ticks(limit).map { tick in
            let place = percent(tick.at)
            let anchor = place < 3 ? "start" : place > 96 ? "end" : "middle"
            return """
                <line class="tick" x1="\(x(tick.at))" x2="\(x(tick.at))" y1="\(top)" y2="\(bottom)"/>\
                <text x="\(x(tick.at))" y="\(label)" text-anchor="\(anchor)">\(tick.label)</text>
                """
        }.joined(separator: "\n")
    }

    /// Faint lines down from every tick.
    func grid(_ limit: Int) -> String {
        ticks(limit).map { "<line class=\"grid\" x1=\"\(x($0.at))\" x2=\"\(x($0.at))\" y1=\"0\" y2=\"100%\"/>" }
            .joined()
    }
}
