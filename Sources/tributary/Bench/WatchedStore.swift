import Lattice
import Ledger
import Replication
import Store

/// A store that remembers where it stood after each commit that brought entries: the batches of an ingest.
final class WatchedStore: Storing {
    let store: SQLiteStore
    private(set) var positions: [UInt64] = []
    private(set) var commitTime: Duration = .zero
    private var position: UInt64

    init(_ store: SQLiteStore) throws {
        self.store = store
        position = try store.lastPosition()
    }

    func commit(_ commit: Commit) throws(StoreFailure) {
        let start = ContinuousClock.now
        try store.commit(commit)
        commitTime += start.duration(to: .now)
        let entries = commit.runs.reduce(0) { $0 + $1.entries.count }
        guard entries > 0 else { return }
        position += UInt64(entries)
        positions.append(position)
    }

    func heads() throws(StoreFailure) -> [StreamHead] { try store.heads() }

    func lastPosition() throws(StoreFailure) -> UInt64 { try store.lastPosition() }

    func hash(of entry: EntryID) throws(StoreFailure) -> Digest? { try store.hash(of: entry) }

    func log(lane: Lane, after position: UInt64, bytesMax: Int) throws(StoreFailure) -> [LoggedEntry] {
        try store.log(lane: lane, after: position, bytesMax: bytesMax)
    }

    func entries(of stream: StreamID, from number: UInt64, bytesMax: Int) throws(StoreFailure) -> [LoggedEntry] {
        try store.entries(of: stream, from: number, bytesMax: bytesMax)
    }

    func record(_ id: RecordID) throws(StoreFailure) -> RecordState? { try store.record(id) }

    func records(of kind: String, after record: RecordID?, limit: Int) throws(StoreFailure) -> [RecordState] {
        try store.records(of: kind, after: record, limit: limit)
    }
    func history(of record: RecordID) throws(StoreFailure) -> [LoggedEntry] { try store.history(of: record) }

    func forkProof(of stream: StreamID) throws(StoreFailure) -> ForkProof? { try store.forkProof(of: stream) }

    func dirtyRecords(limit: Int) throws(StoreFailure) -> [RecordID] { try store.dirtyRecords(limit: limit) }
}
