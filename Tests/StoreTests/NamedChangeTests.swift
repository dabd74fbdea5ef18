import Divisions
import GRDB
import Lattice
import Ledger
import Replication
import Simulation
import Support
import Testing

@testable import Store

/// Changes whose key is made of a name.
@Suite struct NamedChangeTests {
    private let folder = TemporaryFolder()

    /// A node with three changes: two of a name, one whose key is chance.
    private func store() throws -> (SQLiteStore, StoreWorld, RecordKey) {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        let key = RecordKey(name: 7, print: 8)
        for (number, change) in [(1, key), (2, RecordKey(milliseconds: 1, chance: (2, 3)))] as [(UInt64, RecordKey)] {
            let id = note(number)
            let entries = [[EditDraft.create(id)], [.set(id, "title", .text("t"))]]
            try store.commit(world.commit(at: countyCases, entries, change: change))
        }
        return (store, world, key)
    }

    @Test
    func `keys of a name are told from others, and lie in one range whatever they are said of`() {
        let (one, two) = (RecordKey(name: .max, print: 1), RecordKey(name: .max, print: .max))
        #expect(one.isNamed && two.isNamed && one != two)
        #expect(one.namesakes == two.namesakes)
        #expect(one.namesakes.contains(one) && one.namesakes.contains(two))
        #expect(!one.namesakes.contains(RecordKey(name: 0, print: 1)))
        #expect(!RecordKey(milliseconds: 1_700_000_000_000, chance: (.max, .max)).isNamed)
    }

    @Test
    func `a change is found by the name of its key, with its entries and records, and after the store was opened anew`()
        throws
    {
        let (first, world, key) = try store()
        var store = first
        for _ in 0..<2 {
            let found = try store.reader.changes(namedAs: RecordKey(name: 7, print: 99))
            #expect(found.map(\.key) == [key])
            #expect(found.map(\.records) == [[note(1)]])
            #expect(found.first?.entries.map(\.number) == [2, 3])
            #expect(try store.reader.changes(namedAs: RecordKey(name: 9, print: 8)).isEmpty)
            try store.close()
            store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        }
        let report = try store.reader.verify(notary: TestNotary(), trees: [world.tree.version: world.tree])
        #expect(report.isSound, "\(report.faults)")
    }

    @Test
    func `a store that forgot a named change is not sound`() throws {
        let (store, world, _) = try store()
        try store.pool.write { db in try db.execute(sql: "DELETE FROM named_change WHERE position = 3") }
        let report = try store.reader.verify(notary: TestNotary(), trees: [world.tree.version: world.tree])
        #expect(report.faults.map(\.description).contains { $0.contains("table named_change: 1 entries") })
    }
}
