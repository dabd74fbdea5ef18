import Casework
import Lattice
package import Ledger
import Synchronization

/// What a follower of changes is told.
package enum ChangeNotice: Hashable, Sendable {
    package struct Change: Hashable, Sendable {
        package let record: RecordID
        /// The entry that changed it.
        package let entry: EntryID
        /// The store's last position when the change was durable: whoever reads the record now sees it.
        package let position: UInt64
    }

    case changed(Change)
    /// So many notices were dropped before the next one, because the follower was slow: read anew what is shown.
    case missed(Int)

    /// Whether it tells that somebody was shown something, and nothing else.
    var isOfView: Bool {
        if case .changed(let change) = self { change.record.kind == CaseworkKinds.viewLog.name } else { false }
    }
}

/// Tells every follower what changed, and never waits for any of them.
final class ChangeFeed: Sendable {
    private let readers = Mutex<[UInt64: ChangeReader]>([:])
    private let lastNumber = Atomic<UInt64>(0)
    private let isClosed = Atomic(false)

    var readerCount: Int { readers.withLock { $0.count } }

    /// Notices from now on; ends when the feed is closed, when the follower stops reading, or at once where too many
    /// follow already.
    func follow() -> AsyncStream<ChangeNotice> {
        let reader = ChangeReader()
        let number = lastNumber.add(1, ordering: .relaxed).newValue
        let isTaken = readers.withLock { readers in
            guard readers.count < NodeLimits.changeReadersMax, !isClosed.load(ordering: .acquiring) else {
                return false
            }
            readers[number] = reader
            return true
        }
        if !isTaken { reader.close() }
        let place = Place { [weak self] in self?.leave(number) }
        return AsyncStream {
            await place.holding { await reader.next() }
        } onCancel: {
            reader.close()
        }
    }

    /// Lives as long as the follower's sequence, and gives its place in the feed back with it.
    private final class Place: Sendable {
        private let leave: @Sendable () -> Void

        init(leave: @escaping @Sendable () -> Void) { self.leave = leave }

        func holding<Answer>(_ body: () async -> Answer) async -> Answer { await body() }

        deinit { leave() }
    }

    func tell(_ changes: [ChangeNotice.Change]) {
        guard !changes.isEmpty else { return }
        for reader in readers.withLock({ Array($0.values) }) { reader.put(changes) }
    }

    /// Ends every follower's sequence once it has read what waits.
    func close() {
        isClosed.store(true, ordering: .releasing)
        let all = readers.withLock { readers in
            defer { readers = [:] }
            return Array(readers.values)
        }
        for reader in all { reader.close() }
    }

    private func leave(_ number: UInt64) { readers.withLock { $0[number] = nil } }
}

/// One follower's notices: bounded, the oldest dropped first.
private final class ChangeReader: Sendable {
    private struct State {
        var waiting: [ChangeNotice.Change] = []
        var taken = 0
        var missed = 0
        var isClosed = false
        var reader: CheckedContinuation<ChangeNotice?, Never>?

        /// What the follower is told next, if there is anything.
        mutating func next() -> ChangeNotice? {
            if missed > 0 {
                defer { missed = 0 }
                return .missed(missed)
            }
            guard taken < waiting.count else { return nil }
            defer { compact() }
            taken += 1
            return .changed(waiting[taken - 1])
        }

        mutating func put(_ changes: [ChangeNotice.Change]) {
            waiting += changes
            let excess = waiting.count - taken - NodeLimits.noticesWaitingMax
            if excess > 0 {
                taken += excess
                missed += excess
            }
            compact()
        }

        /// Gives back the room of what was taken, once that is as much as what waits.
        private mutating func compact() {
            guard taken > 0, taken * 2 >= waiting.count else { return }
            waiting.removeFirst(taken)
            taken = 0
        }
    }

    private let state = Mutex(State())

    func put(_ changes: [ChangeNotice.Change]) {
        answer { $0.put(changes) }
    }

    func close() {
        answer { $0.isClosed = true }
    }

    func next() async -> ChangeNotice? {
        await withCheckedContinuation { continuation in
            answer { $0.reader = continuation }
        }
    }

    /// Changes the state, then hands a waiting follower what there is for it.
    private func answer(after change: (inout State) -> Void) {
        let answer = state.withLock { state -> (CheckedContinuation<ChangeNotice?, Never>, ChangeNotice?)? in
            change(&state)
            guard let reader = state.reader else { return nil }
            let notice = state.next()
            guard notice != nil || state.isClosed else { return nil }
            state.reader = nil
            return (reader, notice)
        }
        if let (reader, notice) = answer { reader.resume(returning: notice) }
    }
}
