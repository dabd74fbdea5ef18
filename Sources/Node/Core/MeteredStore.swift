import Lattice
import Ledger
import Replication
import Store

/// The store as the core's performer sees it, with the time of every commit measured.
final class MeteredStore: Storing {
    private let store: SQLiteStore
    private let meters: NodeMeters

    init(_ store: SQLiteStore, meters: NodeMeters) { (self.store, self.meters) = (store, meters) }

    func commit(_ commit: Commit) throws(StoreFailure) {
        let start = NodeClock.monotonicNanoseconds
        try store.commit(commit)
        if !commit.isEmpty { meters.committed(nanoseconds: NodeClock.monotonicNanoseconds - start) }
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
