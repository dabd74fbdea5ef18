import Ledger
import Synchronization

/// Lets one request at a time plan and write edits of a record, so that what it compared with, `If-Match` or what an
/// import found, is still so when its edits are written. What arrives from other nodes meanwhile is for merging.
final class RecordGate: Sendable {
    private struct Waiter {
        let number: UInt64
        let records: Set<RecordID>
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var held: Set<RecordID> = []
        /// In the order in which they came. Nobody overtakes a waiter with whom he shares a record.
        var waiters: [Waiter] = []
        var lastNumber: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Runs `body` while no other request is at any of these records.
    func holding<Answer, Failure: Error>(
        _ records: Set<RecordID>, _ body: () async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        await enter(records)
        defer { leave(records) }
        return try await body()
    }

    private func enter(_ records: Set<RecordID>) async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.held.isDisjoint(with: records),
                    state.waiters.allSatisfy({ $0.records.isDisjoint(with: records) })
                {
                    state.held.formUnion(records)
                    return true
                }
                state.lastNumber += 1
                state.waiters.append(
                    Waiter(number: state.lastNumber, records: records, continuation: continuation))
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave(_ records: Set<RecordID>) {
        let freed = state.withLock { state in
            state.held.subtract(records)
            var blocked = state.held
            var freed: [Waiter] = []
            for waiter in state.waiters {
                if blocked.isDisjoint(with: waiter.records) {
                    freed.append(waiter)
                    state.held.formUnion(waiter.records)
                }
                blocked.formUnion(waiter.records)
            }
            let numbers = Set(freed.map(\.number))
            state.waiters.removeAll { numbers.contains($0.number) }
            return freed
        }
        for waiter in freed { waiter.continuation.resume() }
    }
}
