package import Metrics
import Synchronization

/// All that is counted and measured in this process, kept in memory and written out as Prometheus reads it
/// (text exposition format 0.0.4).
package final class MetricsRegistry: MetricsFactory {
    /// Series of one name: labels are divisions or phases; whatever else a library thinks of ends here.
    static let seriesMax = 4_096
    /// Upper bounds in seconds of what a timer counts: from a commit on a fast disk to a call that hangs.
    static let secondsBounds: [Double] = [
        0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    /// Upper bounds of what a recorder counts: sizes of batches.
    static let countBounds: [Double] = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536]

    enum FamilyType: String { case counter, gauge, histogram }

    struct Family {
        let type: FamilyType
        var series: [[MetricLabel]: any MetricSeries] = [:]
    }

    private struct State {
        var families: [String: Family] = [:]
        var helps: [String: String] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// What a name means, for people who read the text.
    package func describe(_ label: String, _ help: String) {
        state.withLock { $0.helps[MetricsText.name(label)] = help }
    }

    /// Everything as of now; the order depends on names and labels alone.
    package func render() -> String {
        let (families, helps) = state.withLock { ($0.families, $0.helps) }
        return MetricsText.render(families, helps: helps)
    }

    // MARK: MetricsFactory

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, .counter, dimensions) { CounterSeries() }
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, .counter, dimensions) { AmountSeries() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, .gauge, dimensions) { GaugeSeries() }
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return series(label, .gauge, dimensions) { GaugeSeries() } }
        return series(label, .histogram, dimensions) { HistogramSeries(bounds: Self.countBounds) }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, .histogram, dimensions) { HistogramSeries(bounds: Self.secondsBounds) }
    }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    /// The series of a name and its labels: one object however often it is asked for. A name that is in use for
    /// another type gets the type as a suffix, and what exceeds `seriesMax` is counted but not shown.
    private func series<Series: MetricSeries>(
        _ label: String, _ type: FamilyType, _ dimensions: [(String, String)], _ make: () -> Series
    ) -> Series {
        let labels = dimensions.map { MetricLabel(name: MetricsText.name($0.0), value: $0.1) }
        return state.withLock { state in
            var name = MetricsText.name(label)
            if let known = state.families[name], !known.holds(Series.self, type) { name += "_\(type.rawValue)" }
            var family = state.families[name] ?? Family(type: type)
            if let known = family.series[labels] as? Series { return known }
            let new = make()
            if family.series.count < Self.seriesMax, family.holds(Series.self, type) {
                family.series[labels] = new
                state.families[name] = family
            }
            return new
        }
    }

    private func remove(_ handler: any AnyObject) {
        state.withLock { state in
            for (name, family) in state.families {
                guard let labels = family.series.first(where: { $0.value === handler })?.key else { continue }
                state.families[name]?.series[labels] = nil
                if state.families[name]?.series.isEmpty == true { state.families[name] = nil }
                return
            }
        }
    }
}

extension MetricsRegistry.Family {
    fileprivate func holds<Series: MetricSeries>(_: Series.Type, _ type: MetricsRegistry.FamilyType) -> Bool {
        self.type == type && series.values.first.map { $0 is Series } ?? true
    }
}

struct MetricLabel: Hashable, Comparable, Sendable {
    let name: String
    let value: String

    static func < (left: MetricLabel, right: MetricLabel) -> Bool {
        (left.name, left.value) < (right.name, right.value)
    }
}
