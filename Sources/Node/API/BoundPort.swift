import Synchronization

/// The port of a server that is about to listen, for everyone who waits for it.
package final class BoundPort: Sendable {
    private struct State {
        var isSettled = false
        var port: Int?
        var waiters: [CheckedContinuation<Int?, Never>] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Says which it is; `nil` if the server never listened. Only the first call counts.
    package func settle(_ port: Int?) {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            guard !state.isSettled else { return state.waiters }
            (state.isSettled, state.port) = (true, port)
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: port) }
    }

    /// Waits until it is known.
    package var value: Int? {
        get async {
            await withCheckedContinuation { continuation in
                let settled = state.withLock { state -> Int?? in
                    if state.isSettled { return .some(state.port) }
                    state.waiters.append(continuation)
                    return nil
                }
                if let settled { continuation.resume(returning: settled) }
            }
        }
    }
}
