import Divisions
import Foundation
import GRDB
import Lattice
import Ledger
import Replication
import Simulation
import Support
import Testing

@testable import Store

@Suite struct FailureTests {
    private let folder = TemporaryFolder()

    private func failure(_ body: () throws -> Void) -> StoreFailure? {
        do { try body() } catch { return error as? StoreFailure }
        return nil
    }

    private func long(_ id: RecordID, _ count: Int) -> [EditDraft] {
        [.create(id), .set(id, "title", .text(String(repeating: "x", count: count)))]
    }

    @Test
    func `a commit that returned is on the disk`() throws {
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        let (synchronous, mode) = try store.pool.writeWithoutTransaction { db in
            (try Int.fetchOne(db, sql: "PRAGMA synchronous"), try String.fetchOne(db, sql: "PRAGMA journal_mode"))
        }
        #expect(synchronous == 2)
        #expect(mode == "wal")
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file())
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test
    func `a full disk stops writing, not reading, and writing resumes by itself`() throws {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        try store.commit(world.commit(at: countyCases, [[.create(note(1))]]))
        try store.pool.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages + 4)")
        }
        let large = world.commit(at: countyCases, [long(note(2), 60_000)])
        #expect(failure { try store.commit(large) } == .diskFull)
        #expect(failure { try store.commit(large) } == .diskFull)
        #expect(try store.lastPosition() == 2)
        #expect(try store.heads().map(\.number) == [2])
        #expect(try store.record(note(1)) == world.state(note(1)))
        #expect(try store.record(note(2)) == nil)
        #expect(try store.reader.totals().entries == 2)

        try store.pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA max_page_count = 1000000") }
        try store.commit(large)
        #expect(try store.record(note(2)) == world.state(note(2)))
        #expect(try store.reader.verify(notary: TestNotary(), trees: [world.tree.version: world.tree]).isSound)
    }

    @Test
    func `a file that another program holds stops writing, not reading, until it is let go`() throws {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        try store.commit(world.commit(at: countyCases, [[.create(note(1))]]))
        let other = try DatabaseQueue(path: folder.file())
        let next = world.commit(at: countyCases, [[.create(note(2))]])
        try other.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            #expect(failure { try store.commit(next) } == .locked)
            #expect(try store.lastPosition() == 2)
            #expect(try store.reader.heads().count == 1)
            try db.execute(sql: "COMMIT")
        }
        try store.commit(next)
        #expect(try store.record(note(2)) == world.state(note(2)))
    }

    @Test
    func `a file that another program holds whole is not opened, and says so`() throws {
        try SQLiteStore(path: folder.file(), kinds: testKinds).close()
        let other = try DatabaseQueue(path: folder.file())
        try other.inDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA locking_mode = EXCLUSIVE;
                    BEGIN EXCLUSIVE; INSERT INTO shelf VALUES (9, 'k', 'h', 1); COMMIT
                    """)
            #expect(failure { _ = try SQLiteStore(path: folder.file(), kinds: testKinds) } == .locked)
        }
    }

    @Test
    func `one process writes a store, any number read it`() throws {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        try store.commit(world.commit(at: countyCases, [[.create(note(1))]]))
        #expect(failure { _ = try SQLiteStore(path: folder.file(), kinds: testKinds) } == .locked)
        let reader = try StoreReader(path: folder.file(), kinds: testKinds)
        #expect(try reader.heads() == store.heads())
        try store.commit(world.commit(at: countyCases, [[.create(note(2))]]))
        #expect(try reader.record(note(2)) == world.state(note(2)))
        try store.close()
        #expect(try reader.heads().map(\.number) == [3])
        let again = try SQLiteStore(path: folder.file(), kinds: testKinds)
        #expect(try again.lastPosition() == 3)
    }

    @Test
    func `a reader beside the node changes nothing and says what it cannot read`() throws {
        let absent = failure { _ = try StoreReader(path: folder.file(), kinds: testKinds) }
        #expect(absent?.description.contains("is not there") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        try SQLiteStore(path: folder.file(), kinds: Kinds([plainKind])).close()
        let older = failure { _ = try StoreReader(path: folder.file(), kinds: testKinds) }
        #expect(older?.description.contains("start its node once") == true)
        #expect(try StoreReader(path: folder.file(), kinds: Kinds([plainKind])).heads().isEmpty)
    }

    @Test
    func `a file of a newer release is left alone`() throws {
        try SQLiteStore(path: folder.file(), kinds: testKinds).close()
        let other = try DatabaseQueue(path: folder.file())
        try other.write { db in try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('shapes of the year 2031')") }
        try other.close()
        let expected = StoreFailure.newerVersion("shapes of the year 2031")
        #expect(failure { _ = try SQLiteStore(path: folder.file(), kinds: testKinds) } == expected)
        #expect(failure { try SQLiteStore.check(path: folder.file()) } == expected)
        #expect(!expected.isPassing)
    }

    @Test
    func `what is no store is not taken for one`() throws {
        try Data("Not a database, but long enough to be read as one: \(String(repeating: "x", count: 4_096))".utf8)
            .write(to: URL(fileURLWithPath: folder.file("garbage")))
        let garbage = failure { _ = try SQLiteStore(path: folder.file("garbage"), kinds: testKinds) }
        guard case .corrupt(let reason) = garbage else {
            Issue.record("\(String(describing: garbage))")
            return
        }
        #expect(reason.contains("not a database"))

        let foreign = try DatabaseQueue(path: folder.file("foreign"))
        try foreign.write { db in try db.execute(sql: "CREATE TABLE entry (x)") }
        try foreign.close()
        #expect(
            failure { _ = try SQLiteStore(path: folder.file("foreign"), kinds: testKinds) }
                == .corrupt("the file belongs to another program"))
        let nowhere = failure { _ = try SQLiteStore(path: folder.file("no/such/folder"), kinds: testKinds) }
        #expect(nowhere?.isPassing == true)
    }

    @Test
    func `a damaged page is a damaged store, not a crash`() throws {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        for number in 1...200 as ClosedRange<UInt64> {
            try store.commit(world.commit(at: countyCases, [long(note(number), 2_000)]))
        }
        try store.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: folder.file()))
        let size = try file.seekToEnd()
        for page in stride(from: UInt64(40 * 4_096), to: size, by: 4_096) {
            try file.seek(toOffset: page)
            try file.write(contentsOf: Data(repeating: 0xEE, count: 64))
        }
        try file.close()
        let damaged = failure {
            let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
            _ = try store.log(lane: .ordinary, after: 0, bytesMax: .max)
        }
        guard case .corrupt = damaged else {
            Issue.record("\(String(describing: damaged))")
            return
        }
        #expect(failure { try SQLiteStore.check(path: folder.file()) } != nil)
    }

    @Test
    func `readers see one commit whole while the next is written`() throws {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        try store.commit(world.commit(at: countyCases, [[.create(note(1))]]))
        try store.pool.read { db in
            let before = StoreConnection(db)
            #expect(try before.lastPosition() == 2)
            try store.commit(world.commit(at: countyCases, [[.create(note(2))]]))
            #expect(try before.lastPosition() == 2)
            #expect(try before.state(of: note(2)) == nil)
        }
        #expect(try store.reader.record(note(2)) != nil)
        #expect(try store.lastPosition() == 3)
    }
}
