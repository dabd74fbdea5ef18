import Divisions
import Synchronization

/// Officers who open one case after another at several offices, through crashes and cuts, for as long as something else
/// happens.
struct Load: Sendable {
    /// One of them.
    struct Clerk: Sendable {
        let seat: DivisionCode
        /// Opens one case; waits for a node that is down.
        let open: @Sendable () async throws -> Void
    }

    /// Between two cases of one clerk.
    static let pace: Duration = .milliseconds(40)

    /// How many cases each clerk has opened so far.
    final class Counts: Sendable {
        private let counts = Mutex<[DivisionCode: Int]>([:])
        private let over = Mutex(false)

        subscript(seat: DivisionCode) -> Int { counts.withLock { $0[seat, default: 0] } }
        var total: Int { counts.withLock { $0.values.reduce(0, +) } }

        fileprivate var isOver: Bool { over.withLock { $0 } }

        fileprivate func end() { over.withLock { $0 = true } }

        fileprivate func add(_ seat: DivisionCode) { counts.withLock { $0[seat, default: 0] += 1 } }
    }

    /// Lets the clerks work while `body` runs, and ends once each has finished what he had begun.
    static func during(_ clerks: [Clerk], _ body: @Sendable (Counts) async throws -> Void) async throws {
        let counts = Counts()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for clerk in clerks {
                group.addTask {
                    while !counts.isOver {
                        try await clerk.open()
                        counts.add(clerk.seat)
                        try await Task.sleep(for: pace)
                    }
                }
            }
            do { try await body(counts) } catch {
                group.cancelAll()
                throw error
            }
            counts.end()
            try await group.waitForAll()
        }
    }
}
