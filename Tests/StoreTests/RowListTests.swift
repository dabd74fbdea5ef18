import Lattice
import Ledger
import Replication
import Store
import Support
import Testing

@testable import Store

@Suite struct RowListTests {
    private let folder = TemporaryFolder()

    /// Notes 0 to 9, with the titles t9 to t0, and every third with a text.
    private func store() throws -> SQLiteStore {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        for number in 0..<10 as Range<UInt64> {
            let id = note(number)
            var edits: [EditDraft] = [
                .create(id), .set(id, "title", .text("t\(9 - number)")),
                .set(id, "amount", .integer(Int64(number % 2))),
            ]
            if number.isMultiple(of: 3) { edits.append(.set(id, "text", .text("罚款 \"\(number)\""))) }
            try store.commit(world.commit(at: countyCases, [edits]))
        }
        return store
    }

    private func titles(_ store: SQLiteStore, _ list: RowList) throws -> [String] {
        var (list, found): (RowList, [String]) = (list, [])
        repeat {
            let page = try store.reader.snapshot { try $0.rows(list) }
            #expect(page.rows.count <= list.limit)
            found += page.rows.compactMap { $0.text("title") }
            list.after = page.next
        } while list.after != nil
        return found
    }

    @Test func `rows come by a field, or as the store heard of them, a page at a time`() throws {
        let store = try store()
        var list = RowList(kind: "test-note", fields: ["title", "amount"], limit: 3)
        #expect(try titles(store, list) == (0..<10).reversed().map { "t\($0)" })
        list.order = "title"
        #expect(try titles(store, list) == (0..<10).map { "t\($0)" })
        #expect(try store.reader.snapshot { try $0.count(list) } == 10)
        list.isLatestFirst = true
        #expect(try titles(store, list) == (0..<10).reversed().map { "t\($0)" })
        list.order = nil
        #expect(try titles(store, list) == (0..<10).map { "t\($0)" })
    }

    @Test func `conditions are met all together, or one of several`() throws {
        let store = try store()
        func found(_ conditions: RowList.Condition...) throws -> [String] {
            try titles(
                store, RowList(kind: "test-note", fields: ["title"], conditions: conditions, order: "title", limit: 4))
        }
        #expect(try found(.equals("title", .text("t3"))) == ["t3"])
        #expect(try found(.shows("amount", .integer(1)), .isOneOf("title", ["t0", "t1", "t2"])) == ["t0", "t2"])
        #expect(try found(.isWithin("title", from: "t3", to: "t5")) == ["t3", "t4", "t5"])
        #expect(try found(.contains("text", "款 \"3")) == ["t6"])
        #expect(try found(.isEmpty("text"), .shows("amount", .integer(0))) == ["t1", "t5", "t7"])
        #expect(try found(.any([.equals("title", .text("t0")), .contains("text", "\"0\"")])) == ["t0", "t9"])
        #expect(try found(.any([.all([.isEmpty("text"), .equals("title", .text("t0"))])])).isEmpty)
        #expect(try found(.any([])).isEmpty)
        #expect(try found(.all([])).count == 10)
    }

    @Test func `elements of sets are found whole, whatever stands in them`() throws {
        let elements = ["甲", "甲乙", "a\"b", "c\\", "\n\u{1}", ""]
        let text = JSONText.array(elements.map { .text($0) })
        #expect(JSONText.texts(in: text) == elements)
        #expect(JSONText.texts(in: "[]").isEmpty)
    }

    @Test func `a search keeps to rows that meet conditions, and shows what is asked for`() throws {
        let store = try store()
        let page = try store.reader.snapshot { snapshot in
            try snapshot.search(
                kind: "test-note", words: "罚款", where: [.shows("amount", .integer(0))], showing: ["title"], limit: 1)
        }
        #expect(page.next == 1)
        let rest = try store.reader.snapshot { snapshot in
            try snapshot.search(
                kind: "test-note", words: "罚款", where: [.shows("amount", .integer(0))], showing: ["title"], offset: 1)
        }
        #expect(Set((page.hits + rest.hits).map { $0.row.text("title") }) == ["t9", "t3"])
        #expect(rest.next == nil)
    }

    @Test func `what is not there or not indexed is refused`() throws {
        let store = try store()
        func failure(_ list: RowList) throws -> QueryFailure? {
            try store.reader.snapshot { snapshot in
                do { _ = try snapshot.rows(list) } catch let failure as QueryFailure { return failure }
                return nil
            }
        }
        #expect(try failure(RowList(kind: "x", fields: [])) == .unknownKind("x"))
        #expect(try failure(RowList(kind: "test-note", fields: ["x"])) == .unknownField("x", kind: "test-note"))
        #expect(
            try failure(RowList(kind: "test-note", fields: [], order: "text")) == .notIndexed("text", kind: "test-note")
        )
    }

    @Test func `a fingerprint is another one once a row is`() throws {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        var prints: Set<RowFingerprint> = []
        func look() throws { prints.insert(try store.reader.snapshot { try $0.fingerprint(of: "test-note") }) }
        try look()
        try store.commit(world.commit(at: countyCases, [[.create(note(1)), .set(note(1), "title", .text("a"))]]))
        try look()
        try store.commit(world.commit(at: countyCases, [[.set(note(1), "title", .text("b"))]]))
        try look()
        #expect(prints.count == 3)
    }
}
