import Metrics

/// What is counted of signing in: never a name.
final class AccessMeters: Sendable {
    enum Outcome: String, CaseIterable {
        case signedIn = "signed-in"
        case refused, locked, overloaded
    }

    private enum Name {
        static let signIns = "tributary_sign_ins_total"
        static let sessions = "tributary_sessions"
    }

    private let counters: [Outcome: Counter]
    private let sessions: Gauge

    init(registry: MetricsRegistry) {
        counters = Dictionary(
            uniqueKeysWithValues: Outcome.allCases.map { outcome in
                (outcome, Counter(label: Name.signIns, dimensions: [("outcome", outcome.rawValue)], factory: registry))
            })
        sessions = Gauge(label: Name.sessions, factory: registry)
        registry.describe(Name.signIns, "Attempts of people to sign in.")
        registry.describe(Name.sessions, "Sessions of people that are open.")
    }

    func count(_ outcome: Outcome) { counters[outcome]?.increment() }

    func observe(sessions count: Int) { sessions.record(count) }
}
