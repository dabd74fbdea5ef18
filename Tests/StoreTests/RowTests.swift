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

@Suite struct RowTests {
    private let folder = TemporaryFolder()

    private func row(_ store: SQLiteStore, _ sql: String = "SELECT * FROM row_test_note") throws -> Row? {
        try store.pool.read { db in try Row.fetchOne(db, sql: sql) }
    }

    @Test
    func `a row shows every type of field in plain SQL`() throws {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        try store.commit(
            world.commit(
                at: countyCases,
                [
                    [
                        .create(note(1)), .set(note(1), "title", .text("罚款 \"一\"")),
                        .set(note(1), "amount", .integer(-5)),
                        .set(note(1), "is-open", .boolean(true)), .set(note(1), "digest", .bytes([0, 255])),
                        .set(note(1), "about", .record(plain(3))), .set(note(1), "home", .text("某镇")),
                        .set(note(1), "secret", .text("张"), isPersonal: true), .set(note(1), "tags", .text("b"), .set),
                        .set(note(1), "tags", .text("a\n"), .set), .set(note(1), "steps", .text("first"), .log),
                        .set(note(1), "steps", .integer(2), .log), .set(note(1), "fines", .integer(40), .counter),
                        .set(note(1), "fines", .integer(2), .counter),
                    ]
                ]))
        let found = try #require(try row(store))
        #expect(found["home"] == "440781")
        #expect(found["flow"] == 1)
        #expect(found["conflicts"] == 0)
        #expect(found["modified"] == 1_700_000_001_000)
        #expect(found["title"] == "罚款 \"一\"")
        #expect(found["amount"] == -5)
        #expect(found["is_open"] == 1)
        #expect(found["digest"] == Data([0, 255]))
        #expect(found["about"] == plain(3).description)
        #expect(found["field_home"] == "某镇")
        #expect(found["secret"] == "张")
        #expect(found["tags"] == #"["b","a\u000a"]"#, "by encoding: shorter ones first")
        #expect(found["steps"] == #"["first",2]"#)
        #expect(found["fines"] == 42)
        #expect(found["text"] == DatabaseValue.null)
    }

    @Test
    func `a value of another type than the field's is kept by the record and absent from the row`() throws {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        try store.commit(world.commit(at: countyCases, [[.set(note(1), "amount", .text("viel"))]]))
        let found = try #require(try row(store))
        #expect(found["amount"] == DatabaseValue.null)
        #expect(try store.record(note(1))?.view["amount"]?.shown == .text("viel"))
    }

    @Test
    func `a removed record has no row, and one that comes back has one again`() throws {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        try store.commit(world.commit(at: countyCases, [[.create(note(1)), .set(note(1), "text", .text("罚款"))]]))
        try store.commit(
            world.commit(at: countyCases, [[.remove(note(1), seen: world.state(note(1)).seenByRemoval)]]))
        #expect(try row(store) == nil)
        #expect(try store.reader.search(kind: "test-note", words: "罚款").hits.isEmpty)
        try store.commit(world.commit(at: countyCases, [[.create(note(1)), .set(note(1), "text", .text("警告"))]]))
        #expect(try row(store)?["text"] == "警告")
        #expect(try store.reader.search(kind: "test-note", words: "警告").hits.map(\.record) == [note(1)])
        #expect(try store.reader.verify(notary: TestNotary(), trees: [world.tree.version: world.tree]).isSound)
    }

    @Test
    func `conflicts are counted, and written away`() throws {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        try store.commit(world.commit(0, at: countyCases, [[.create(note(1)), .set(note(1), "title", .text("a"))]]))
        try store.commit(world.commit(1, at: countyCases, [[.set(note(1), "title", .text("b"))]]))
        #expect(try row(store)?["conflicts"] == 1)
        #expect(try row(store)?["title"] == "b", "both act for the county: the later stamp shows")
        let seen = world.seen(note(1), "title", .register)
        try store.commit(world.commit(1, at: countyCases, [[.set(note(1), "title", .text("c"), replaces: seen)]]))
        #expect(try row(store)?["conflicts"] == 0)
        #expect(try row(store)?["title"] == "c")
    }

    /// What an older release carried without knowing it is shown as soon as a newer one knows it.
    @Test
    func `a new field and a new kind show what came before them`() throws {
        var world = try StoreWorld()
        let old = Kinds([
            Kind("test-note", chinese: "记录", english: "Note", flow: .up, fields: [noteKind.fields[0]])
        ])
        let before = try SQLiteStore(path: folder.file(), kinds: old)
        try before.commit(
            world.commit(
                at: countyCases,
                [[.create(note(1)), .set(note(1), "title", .text("t")), .set(note(1), "text", .text("罚款五百元"))]]))
        try before.commit(world.commit(at: provinceNotices, [[.create(plain(1)), .set(plain(1), "name", .text("n"))]]))
        #expect(try before.record(plain(1)) == world.state(plain(1)))
        try before.close()

        let after = try SQLiteStore(path: folder.file(), kinds: testKinds)
        #expect(try row(after)?["text"] == "罚款五百元")
        #expect(try row(after, "SELECT * FROM row_plain")?["name"] == "n")
        #expect(try after.reader.search(kind: "test-note", words: "罚款").hits.count == 1)
        #expect(try after.reader.verify(notary: TestNotary(), trees: [world.tree.version: world.tree]).isSound)
        try after.close()

        let unsearched = try SQLiteStore(path: folder.file(), kinds: old)
        try unsearched.commit(
            world.commit(
                at: countyCases,
                [[.set(note(1), "text", .text("警告"), replaces: world.seen(note(1), "text", .register))]]))
        try unsearched.close()
        let again = try SQLiteStore(path: folder.file(), kinds: testKinds)
        #expect(try again.reader.search(kind: "test-note", words: "罚款").hits.isEmpty)
        #expect(try again.reader.search(kind: "test-note", words: "警告").hits.count == 1)
        #expect(try again.reader.verify(notary: TestNotary(), trees: [world.tree.version: world.tree]).isSound)
    }

    @Test
    func `plain SQL finds a record by an indexed field without reading the table`() throws {
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        let details = try store.pool.read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN SELECT * FROM row_plain WHERE name = 'x'")
                .map { $0["detail"] as String }
        }
        #expect(details.contains { $0.contains("row_plain_of_name") })
    }
}
