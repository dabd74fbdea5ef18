import Synchronization

/// Tells whoever waits for it which phase the node has entered.
final class PhaseFeed: Sendable {
    /// Phases that wait for one reader; a reader that slow sees the latest.
    private static let waitingMax = 16
    private struct State {
        var readers: [UInt64: AsyncStream<NodePhase>.Continuation] = [:]
        var lastNumber: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    func follow(from current: NodePhase) -> AsyncStream<NodePhase> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: NodePhase.self, bufferingPolicy: .bufferingNewest(Self.waitingMax))
        continuation.yield(current)
        let number = state.withLock { state -> UInt64? in
            guard !state.isClosed else { return nil }
            state.lastNumber += 1
            state.readers[state.lastNumber] = continuation
            return state.lastNumber
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.readers.removeValue(forKey: number) }
        }
        return stream
    }

    func tell(_ phase: NodePhase) {
        for reader in state.withLock({ Array($0.readers.values) }) { reader.yield(phase) }
    }

    func close() {
        let readers = state.withLock { state in
            state.isClosed = true
            return Array(state.readers.values)
        }
        for reader in readers { reader.finish() }
    }
}
