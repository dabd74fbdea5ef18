import Divisions
import GRDB
import Lattice
import Ledger
import Replication
import Simulation
import Support
import Testing

@testable import Store

@Suite struct VerifyTests {
    private let folder = TemporaryFolder()

    private func store() throws -> (SQLiteStore, StoreWorld) {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        for number in 1...4 as ClosedRange<UInt64> {
            let id = note(number)
            try store.commit(
                world.commit(
                    at: countyCases,
                    [
                        [.create(id), .set(id, "title", .text("t")), .set(id, "secret", .text("张"), isPersonal: true)],
                        [.set(id, "text", .text("罚款"))],
                    ]))
        }
        return (store, world)
    }

    private func verify(_ store: SQLiteStore, _ world: StoreWorld) throws -> VerifyReport {
        try store.reader.verify(notary: TestNotary(), trees: [world.tree.version: world.tree])
    }

    @Test
    func `a sound store is counted and found sound`() throws {
        let (store, world) = try store()
        let report = try verify(store, world)
        #expect(report.isSound)
        #expect((report.streams, report.entries, report.records, report.rows, report.dirty) == (1, 9, 4, 4, 0))
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let sql: String
        let fault: String
        var testDescription: String { sql }
    }

    /// Each is what a person with a database editor, or a dying disk, could do; the report names where.
    @Test(arguments: [
        Damage(sql: "UPDATE entry SET body = x'00' WHERE number = 2", fault: "entry 2"),
        Damage(sql: "UPDATE entry SET header = x'00' WHERE number = 4", fault: "entry 4"),
        Damage(
            sql: "UPDATE entry SET header = (SELECT header FROM entry WHERE number = 4) WHERE number = 6",
            fault: "entry 6"),
        Damage(sql: "UPDATE entry SET seal = x'01' WHERE number = 5", fault: "entry 5"),
        Damage(sql: "UPDATE entry SET seal = NULL WHERE number = 9", fault: "entry 8: no seal"),
        Damage(sql: "DELETE FROM entry WHERE number = 3", fault: "entry 3: it is missing"),
        Damage(sql: "DELETE FROM entry WHERE number = 9", fault: "entry 8: no seal"),
        Damage(sql: "DELETE FROM entry WHERE number >= 8", fault: "head: it is at 9, the last entry is 7"),
        Damage(sql: "UPDATE stream SET number = 7", fault: "head: it is at 7, the last entry is 9"),
        Damage(sql: "UPDATE stream SET hash = (SELECT digest FROM stream)", fault: "head: its hash"),
        Damage(sql: "UPDATE stream SET forked_after = 9", fault: "proves nothing"),
        Damage(
            sql: "UPDATE record SET state = x'00' WHERE id = 2",
            fault: "record test-note:440781:up:\(RecordKey(1, 2)): its state cannot"),
        Damage(
            sql: "UPDATE record SET state = (SELECT state FROM record WHERE id = 1) WHERE id = 3",
            fault: "\(RecordKey(1, 3)): its state is not"),
        Damage(sql: "UPDATE record SET state = NULL WHERE id = 3", fault: "\(RecordKey(1, 3)): its state is not"),
        Damage(
            sql: "UPDATE row_test_note SET title = 'x' WHERE record = 2",
            fault: "row_test_note is not what its state shows, in title"),
        Damage(sql: "UPDATE row_test_note SET conflicts = 1 WHERE record = 2", fault: "in conflicts"),
        Damage(sql: "DELETE FROM row_test_note WHERE record = 2", fault: "in record"),
        Damage(
            sql: "INSERT INTO row_plain (record, home, flow, conflicts, modified) VALUES (99, '44', 1, 0, 0)",
            fault: "table row_plain: 1 rows"),
        Damage(
            sql: "INSERT INTO words_test_note (rowid, words) VALUES (99, 'x')", fault: "table words_test_note: 5 texts"),
        Damage(sql: "DELETE FROM touch WHERE position = 3", fault: "table touch"),
        Damage(sql: "UPDATE touch SET position = 5 WHERE position = 3", fault: "does not touch it"),
    ])
    func `the first wrong thing is named`(_ damage: Damage) throws {
        let (store, world) = try store()
        try store.pool.write { db in try db.execute(sql: damage.sql) }
        let report = try verify(store, world)
        #expect(!report.isSound)
        #expect(report.faults.contains { $0.description.contains(damage.fault) }, "\(report.faults.map(\.description))")
    }

    @Test
    func `entries of an unknown tree or a strange writer are named`() throws {
        let (store, world) = try store()
        let blind = try store.reader.verify(notary: TestNotary(), trees: [:])
        #expect(blind.faults.first?.description.contains("entry 1: the tree \(world.tree.version)") == true)
        let refusing = try store.reader.verify(notary: RefusingNotary(), trees: [world.tree.version: world.tree])
        #expect(refusing.faults.first?.description.contains("the writer's certificate: unknown") == true)
    }

    private struct RefusingNotary: Notary {
        func seat(certificates: [[UInt8]], key: [UInt8], suite: UInt8) -> Result<DivisionCode, Refusal> {
            .failure(.certificate("unknown"))
        }
        func isValid(signature: [UInt8], over message: [UInt8], key: [UInt8], suite: UInt8) -> Bool { true }
        func accepts(suite: UInt8) -> Bool { true }
    }

    @Test
    func `only so many faults are described, all are counted`() throws {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        for number in 1...30 as ClosedRange<UInt64> {
            let drafts: [EditDraft] = [.create(plain(number)), .set(plain(number), "name", .text("n"))]
            try store.commit(world.commit(at: provinceNotices, [drafts]))
        }
        try store.pool.write { db in try db.execute(sql: "UPDATE row_plain SET name = 'x'") }
        let report = try verify(store, world)
        #expect(report.faultCount == 30)
        #expect(report.faults.count == VerifyReport.faultsDescribedMax)
    }
}
