import Foundation
import GRDB
package import Lattice
package import Ledger
package import Replication

/// A node's one file: log, states of records, rows and words, in SQLite's write-ahead mode.
///
/// The core and its performer use it from one task at a time. Everyone else reads through `reader`, which never waits
/// for a commit and never sees half of one.
package final class SQLiteStore: Storing, @unchecked Sendable {
    // `caches` is touched only inside the writer's closures, which GRDB runs one at a time; all else is constant.

    /// How long a commit waits for another program that holds the file before it fails as locked.
    package static let busySecondsMax = 0.25
    /// Connections that read beside the writer.
    package static let readersMax = 4
    /// What the write-ahead log is cut back to once it has been copied into the file.
    package static let walBytesKept = 64 << 20

    /// The kinds that have tables here; others are stored all the same.
    package let kinds: Kinds
    let pool: DatabasePool
    let tables: RowTables
    private let lock: FileLock
    private let caches = Caches()

    /// Opens the file at `path`, or makes it, and its tables for `kinds`. One process at a time has it open so; any number
    /// may read it through `StoreReader.init(path:kinds:)`.
    package init(path: String, kinds: Kinds) throws(StoreFailure) {
        self.kinds = kinds
        let tables = RowTables(kinds)
        self.tables = tables
        lock = try FileLock(path + ".lock")
        pool = try translating {
            if !FileManager.default.fileExists(atPath: path) { try FileSteps.create(path) }
            let pool = try DatabasePool(path: path, configuration: Self.configuration())
            try Schema.migrate(pool)
            try pool.writeWithoutTransaction { db in
                // GRDB leaves a pool at NORMAL, where a commit that returned may be lost with the power.
                try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = \(Self.walBytesKept)")
                try db.inTransaction {
                    try tables.prepare(db)
                    return .commit
                }
            }
            return pool
        }
    }

    static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "store"
        configuration.busyMode = .timeout(busySecondsMax)
        configuration.maximumReaderCount = readersMax
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { db in
            // In kibibytes: the writer's holds the index pages of a bulk import, a reader's those of a query.
            try db.execute(sql: "PRAGMA cache_size = -\(db.configuration.readonly ? 2_048 : 16_384)")
        }
        return configuration
    }

    /// The read side, for any number of tasks at once.
    package var reader: StoreReader { StoreReader(pool: pool, tables: tables) }

    /// Ends all reading and writing; what was committed is in the file.
    package func close() throws(StoreFailure) {
        try translating {
            pool.writeWithoutTransaction { _ in caches.close() }
            try pool.close()
        }
        lock.release()
    }

    /// Reads what the last commit left, on the writer's own connection.
    private func reading<T>(_ body: (StoreConnection) throws -> T) throws(StoreFailure) -> T {
        try translating {
            try pool.writeWithoutTransaction { db in try body(StoreConnection(db, caches)) }
        }
    }
}

extension SQLiteStore {
    /// Writes all of `commit`, durably, or nothing of it. After a failure that passes, the next commit may succeed.
    package func commit(_ commit: Commit) throws(StoreFailure) {
        do {
            try pool.write { db in try CommitWriter(StoreConnection(db, caches), tables).write(commit) }
        } catch {
            pool.writeWithoutTransaction { _ in caches.forget() }
            throw StoreFailure(error)
        }
    }

    package func heads() throws(StoreFailure) -> [StreamHead] { try reading { try $0.heads() } }

    package func lastPosition() throws(StoreFailure) -> UInt64 { try reading { try $0.lastPosition() } }

    package func hash(of entry: EntryID) throws(StoreFailure) -> Digest? { try reading { try $0.hash(of: entry) } }

    package func log(
        lane: Lane, after position: UInt64, bytesMax: Int
    ) throws(StoreFailure) -> [LoggedEntry] {
        try reading { try $0.log(lane: lane, after: position, bytesMax: bytesMax) }
    }

    package func entries(
        of stream: StreamID, from number: UInt64, bytesMax: Int
    ) throws(StoreFailure) -> [LoggedEntry] {
        try reading { try $0.entries(of: stream, from: number, bytesMax: bytesMax) }
    }

    package func record(_ id: RecordID) throws(StoreFailure) -> RecordState? { try reading { try $0.state(of: id) } }

    package func records(
        of kind: String, after record: RecordID?, limit: Int
    ) throws(StoreFailure) -> [RecordState] {
        guard let table = tables[kind] else { return [] }
        return try reading { try $0.records(of: table, after: record, limit: limit) }
    }

    package func history(of record: RecordID) throws(StoreFailure) -> [LoggedEntry] {
        try reading { try $0.history(of: record) }
    }

    package func forkProof(of stream: StreamID) throws(StoreFailure) -> ForkProof? {
        try reading { try $0.forkProof(of: stream) }
    }

    package func dirtyRecords(limit: Int) throws(StoreFailure) -> [RecordID] {
        try reading { try $0.dirtyRecords(limit: limit) }
    }
}
