import Foundation
import GRDB
package import Lattice
package import Ledger
package import Replication

/// The read side of a store, for any number of tasks at once. Each call sees one commit whole and nothing of the next.
package struct StoreReader: Sendable {
    let pool: DatabasePool
    let tables: RowTables

    init(pool: DatabasePool, tables: RowTables) { (self.pool, self.tables) = (pool, tables) }

    /// Opens the file of a node that runs or rests, without changing it: for commands beside the node.
    package init(path: String, kinds: Kinds) throws(StoreFailure) {
        let tables = RowTables(kinds)
        self.tables = tables
        pool = try translating {
            guard FileManager.default.fileExists(atPath: path) else {
                throw StoreFailure.inputOutput("\(path) is not there")
            }
            var configuration = SQLiteStore.configuration()
            configuration.readonly = true
            let pool = try DatabasePool(path: path, configuration: configuration)
            try pool.read { db in
                try Schema.check(db)
                guard try Schema.isComplete(db), try tables.all.allSatisfy({ try $0.isComplete(db) }) else {
                    throw StoreFailure.inputOutput("this release has not opened the store yet: start its node once")
                }
            }
            return pool
        }
    }

    func reading<T>(_ body: (StoreConnection) throws -> T) throws(StoreFailure) -> T {
        try translating { try pool.read { db in try body(StoreConnection(db)) } }
    }

    /// Every stream held, in the order of ids.
    package func heads() throws(StoreFailure) -> [StreamHead] { try reading { try $0.heads() } }

    /// What all counted edits of a record come to; `nil` if nothing is known of it.
    package func record(_ id: RecordID) throws(StoreFailure) -> RecordState? { try reading { try $0.state(of: id) } }

    /// Every entry that touches a record, in commit order, evidence beyond forks included.
    package func history(of record: RecordID) throws(StoreFailure) -> [LoggedEntry] {
        try reading { try $0.history(of: record) }
    }

    /// The writer's signed contradiction, if it has been found.
    package func forkProof(of stream: StreamID) throws(StoreFailure) -> ForkProof? {
        try reading { try $0.forkProof(of: stream) }
    }
}
