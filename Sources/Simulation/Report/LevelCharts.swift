import Divisions
import Foundation

/// How far behind each level was and how much it still lacked, over time.
struct LevelCharts {
    private let journal: Journal
    private let scale: TimeScale
    private let outages: Outages

    private static let height = 220
    private static let ticksMax = 6
    /// More samples than this are drawn as the greatest of each group.
    private static let pointsMax = 500

    init(_ journal: Journal, scale: TimeScale, outages: Outages) {
        (self.journal, self.scale, self.outages) = (journal, scale, outages)
    }

    /// A vertical axis in powers: what stands at its bottom and top, and what is written beside it.
    private struct PowerAxis {
        let marks: [(value: Double, label: String)]
        /// Added to every value before its logarithm is taken, so that 0 has a place where it means something.
        let lift: Double

        /// In pixels from the top; the bottom for less than the axis shows.
        func y(_ value: Double) -> Double {
            guard let low = marks.first?.value, let high = marks.last?.value, high > low else { return 0 }
            let share = (power(value) - power(low)) / (power(high) - power(low))
            return 8 + (1 - max(0, min(1, share))) * Double(LevelCharts.height - 16)
        }

        private func power(_ value: Double) -> Double { log10(max(value + lift, 0.001)) }
    }

    var section: String {
        """
        <section>
        \(Markup.heading("各级落后多少", "How far behind each level was"))
        <div class="charts">
        \(chart(
            "新到的记录等了多久", "How long what arrived had been on its way", lagAxis, \.lag, hasZero: false))
        \(chart(
            "还缺多少条记录", "Entries still missing", backlogAxis, \.backlog, hasZero: true))
        </div>
        <ul class="legend">\(legend)<li><svg width="28" height="16" aria-hidden="true"><rect class="cut" width="28" \
        height="16"/></svg>\(Markup.both("线路断开", "lines cut"))</li></ul>
        </section>
        """
    }

    private var levels: [(place: Int, level: Level)] {
        let known = Set(journal.offices.map(\.level))
        return Level.allCases.enumerated().filter { known.contains($0.element) }.map { ($0.offset, $0.element) }
    }

    private var legend: String {
        levels.map { _, level in
            """
            <li><svg width="28" height="16" aria-hidden="true"><path class="series s\(level.rawValue)" d="M1,8H27"/></svg>\
            \(Markup.both(level.chineseName, level.englishName))</li>
            """
        }.joined()
    }

    private func most(_ series: KeyPath<Journal.Sample, [UInt64]>) -> Double {
        Double(journal.samples.map { $0[keyPath: series].max() ?? 0 }.max() ?? 0)
    }

    private var lagAxis: PowerAxis {
        let steps: [(Double, String)] = [
            (1, "1 ms"), (10, "10 ms"), (100, "100 ms"), (1_000, "1 s"), (10_000, "10 s"), (60_000, "1 min"),
            (600_000, "10 min"), (3_600_000, "1 h"), (21_600_000, "6 h"), (86_400_000, "1 d"), (604_800_000, "7 d"),
            (2_592_000_000, "30 d"),
        ]
        let high = steps.firstIndex { $0.0 >= most(\.lag) } ?? steps.count - 1
        return PowerAxis(marks: Array(steps.prefix(max(high, 3) + 1)), lift: 0)
    }

    private var backlogAxis: PowerAxis {
        var marks: [(Double, String)] = [(0, "0"), (1, "1"), (10, "10")]
        while let last = marks.last?.0, last < most(\.backlog) {
            marks.append((last * 10, Markup.count(Int(last) * 10)))
        }
        return PowerAxis(marks: marks, lift: 1)
    }

    private func chart(
        _ chinese: String, _ english: String, _ axis: PowerAxis, _ series: KeyPath<Journal.Sample, [UInt64]>,
        hasZero: Bool
    ) -> String {
        let places = axis.marks.map { (y: Markup.decimal(axis.y($0.value), places: 1), label: $0.label) }
        let labels = places.map {
            "<text x=\"100%\" dx=\"-6\" y=\"\($0.y)\" dy=\"4\" text-anchor=\"end\">\($0.label)</text>"
        }
        let rules = places.map { "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"\($0.y)\" y2=\"\($0.y)\"/>" }
        let shades = outages.cuts.map {
            """
            <rect class="cut" x="\(scale.x($0.from))" width="\(scale.width($0.from, $0.through))" y="0" height="100%">\
            <title>\(Markup.escape($0.name))</title></rect>
            """
        }
        let lines = levels.map { place, level in
            "<path class=\"series s\(level.rawValue)\" d=\"\(path(place, axis, series, hasZero: hasZero))\"/>"
        }
        return """
            <figure><figcaption>\(Markup.both(chinese, english))</figcaption>
            <div class="chart"><svg xmlns="http://www.w3.org/2000/svg" class="axis" width="100%" height="\(Self.height)" \
            aria-hidden="true">\(labels.joined())</svg>
            <svg xmlns="http://www.w3.org/2000/svg" width="100%" height="\(Self.height)" role="img" \
            aria-label="\(chinese) · \(english)">\(shades.joined())\(rules.joined())
            <svg width="100%" height="\(Self.height)" viewBox="0 0 1000 \(Self.height)" preserveAspectRatio="none">\
            \(lines.joined())</svg></svg>
            <span></span><svg xmlns="http://www.w3.org/2000/svg" class="axis" width="100%" height="22" aria-hidden="true">\
            \(scale.axis(Self.ticksMax, height: 22, hanging: true))</svg></div></figure>
            """
    }

    /// A line through what was measured; where nothing arrived there is no lag and no line. A lone value is a dot.
    private func path(
        _ place: Int, _ axis: PowerAxis, _ series: KeyPath<Journal.Sample, [UInt64]>, hasZero: Bool
    ) -> String {
        let group = max(1, (journal.samples.count + Self.pointsMax - 1) / Self.pointsMax)
        var text = ""
        var isOpen = false
        for start in stride(from: 0, to: journal.samples.count, by: group) {
            let samples = journal.samples[start..<min(start + group, journal.samples.count)]
            let values = samples.compactMap { sample in
                sample[keyPath: series].indices.contains(place) ? sample[keyPath: series][place] : nil
            }
            guard let at = samples.last?.at, let value = values.max(), hasZero || value > 0 else {
                isOpen = false
                continue
            }
            let point = "\(scale.column(at)),\(Markup.decimal(axis.y(Double(value)), places: 1))"
            text += isOpen ? "L\(point)" : "M\(point)h0.01"
            isOpen = true
        }
        return text
    }
}
