import Metrics
import Testing

@testable import Node

struct RuntimeMetricsTests {
    @Test
    func `counters, gauges and histograms are written as Prometheus reads them`() {
        let registry = MetricsRegistry()
        registry.describe("b.total", "What \\ is\ncounted")
        Counter(label: "b.total", dimensions: [("peer", "44")], factory: registry).increment(by: 3)
        Counter(label: "b.total", dimensions: [("peer", "a\"\\\nb")], factory: registry).increment()
        Counter(label: "b.total", dimensions: [("peer", "44")], factory: registry).increment()
        Gauge(label: "c", factory: registry).record(2.5)
        let timer = Timer(label: "a_seconds", factory: registry)
        timer.recordNanoseconds(2_000_000)
        timer.recordNanoseconds(20_000_000_000)
        let lines = registry.render().split(separator: "\n").map(String.init)

        #expect(lines.first == "# TYPE a_seconds histogram")
        #expect(lines.contains("a_seconds_bucket{le=\"0.001\"} 0"))
        #expect(lines.contains("a_seconds_bucket{le=\"0.0025\"} 1"))
        #expect(lines.contains("a_seconds_bucket{le=\"10\"} 1"))
        #expect(lines.contains("a_seconds_bucket{le=\"+Inf\"} 2"))
        #expect(lines.contains("a_seconds_sum 20.002"))
        #expect(lines.contains("a_seconds_count 2"))
        #expect(lines.contains("# HELP b_total What \\\\ is\\ncounted"))
        #expect(lines.contains("b_total{peer=\"44\"} 4"))
        #expect(lines.contains("b_total{peer=\"a\\\"\\\\\\nb\"} 1"))
        #expect(lines.suffix(2) == ["# TYPE c gauge", "c 2.5"])
    }

    @Test
    func `a name used for two types stays two`() {
        let registry = MetricsRegistry()
        Counter(label: "x", factory: registry).increment()
        Gauge(label: "x", factory: registry).record(7)
        #expect(registry.render() == "# TYPE x counter\nx 1\n# TYPE x_gauge gauge\nx_gauge 7\n")
    }

    @Test
    func `a series that is destroyed is no longer shown`() {
        let registry = MetricsRegistry()
        let counter = Counter(label: "x", factory: registry)
        counter.increment()
        counter.destroy()
        #expect(registry.render().isEmpty)
    }

    @Test
    func `labels without end do not fill the memory`() {
        let registry = MetricsRegistry()
        for number in 0..<MetricsRegistry.seriesMax + 10 {
            Counter(label: "x", dimensions: [("n", "\(number)")], factory: registry).increment()
        }
        #expect(registry.render().split(separator: "\n").count == MetricsRegistry.seriesMax + 1)
    }
}
