import Synchronization

/// What the demonstration claims, each claim with whether it held.
final class DemoChecks: Sendable {
    private let failed = Mutex<[String]>([])
    private let presenter: Presenter

    init(_ presenter: Presenter) { self.presenter = presenter }

    /// The claims that did not hold, in the order in which they were made.
    var failures: [String] { failed.withLock { $0 } }

    func expect(_ holds: Bool, _ chinese: String, _ english: String) {
        let terminal = presenter.terminal
        presenter.say(chinese, english, mark: holds ? terminal.styled("✓", .green) : terminal.styled("✗", .red, .bold))
        if !holds { failed.withLock { $0.append("\(chinese) \(english)") } }
    }
}
