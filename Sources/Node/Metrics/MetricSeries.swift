import Metrics
import Synchronization

/// One line of numbers under a name and its labels.
protocol MetricSeries: AnyObject, Sendable {
    /// Suffix of the name, labels besides its own, and value.
    var samples: [MetricSample] { get }
}

struct MetricSample {
    var suffix = ""
    var label: MetricLabel?
    let value: Double
}

final class CounterSeries: MetricSeries, CounterHandler {
    private let count = Atomic<Int64>(0)

    func increment(by amount: Int64) { count.add(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }

    var samples: [MetricSample] { [MetricSample(value: Double(count.load(ordering: .relaxed)))] }
}

/// A counter of what is not whole.
final class AmountSeries: MetricSeries, FloatingPointCounterHandler {
    private let amount = Mutex(0.0)

    func increment(by more: Double) { amount.withLock { $0 += more } }
    func reset() { amount.withLock { $0 = 0 } }

    var samples: [MetricSample] { [MetricSample(value: amount.withLock { $0 })] }
}

final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
    private let level = Mutex(0.0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { level.withLock { $0 = value } }
    func increment(by more: Double) { level.withLock { $0 += more } }
    func decrement(by less: Double) { level.withLock { $0 -= less } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    var samples: [MetricSample] { [MetricSample(value: level.withLock { $0 })] }
}

/// Counts values by fixed bounds; timers record seconds.
final class HistogramSeries: MetricSeries, RecorderHandler, TimerHandler {
    private struct State {
        /// One more than there are bounds: the last counts what exceeds them all.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let place = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[place] += 1
            state.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }

    /// Prometheus counts time in seconds.
    func preferDisplayUnit(_ unit: TimeUnit) {}

    var samples: [MetricSample] {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var total: UInt64 = 0
        var samples: [MetricSample] = []
        for (bound, count) in zip(bounds.map(MetricsText.number) + ["+Inf"], counts) {
            total += count
            samples.append(
                MetricSample(suffix: "_bucket", label: MetricLabel(name: "le", value: bound), value: Double(total)))
        }
        samples.append(MetricSample(suffix: "_sum", value: sum))
        samples.append(MetricSample(suffix: "_count", value: Double(total)))
        return samples
    }
}
