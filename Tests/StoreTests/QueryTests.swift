import Divisions
import Lattice
import Ledger
import Replication
import Store
import Support
import Testing

@Suite struct QueryTests {
    private let folder = TemporaryFolder()
    private let town = StreamPlace(home: "440781106", flow: .up)

    /// Notes 0 to 9: the even ones at the county, the odd ones at the town; titles a, b, c in turn; 4 in conflict.
    private func store() throws -> (SQLiteStore, StoreWorld) {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        for number in 0..<10 as Range<UInt64> {
            let place = number.isMultiple(of: 2) ? countyCases : town
            let id = note(number, at: place)
            let title = ["a", "b", "c"][Int(number % 3)]
            try store.commit(
                world.commit(
                    at: place,
                    [[.create(id), .set(id, "title", .text(title)), .set(id, "amount", .integer(Int64(number)))]]))
        }
        try store.commit(world.commit(1, at: countyCases, [[.set(note(4), "title", .text("z"))]]))
        return (store, world)
    }

    private func numbers(_ page: RecordPage) -> [UInt64] {
        page.records.compactMap { state in (0..<10).first { RecordKey(1, $0) == state.id.key } }
    }

    @Test
    func `records are found by home, subtree, field and conflict`() throws {
        let (store, world) = try store()
        let reader = store.reader
        #expect(numbers(try reader.records(RecordQuery(kind: "test-note"))) == Array(0..<10))
        #expect(numbers(try reader.records(RecordQuery(kind: "test-note", homes: ["440781"]))) == [0, 2, 4, 6, 8])
        let subtree = world.tree.subtree(of: "440781")
        #expect(numbers(try reader.records(RecordQuery(kind: "test-note", homes: subtree))) == Array(0..<10))
        #expect(numbers(try reader.records(RecordQuery(kind: "test-note", homes: []))) == [])
        var query = RecordQuery(kind: "test-note", conditions: [.init(field: "title", equals: .text("a"))])
        #expect(numbers(try reader.records(query)) == [0, 3, 6, 9])
        query.homes = ["440781106"]
        query.conditions.append(.init(field: "amount", equals: .integer(9)))
        #expect(numbers(try reader.records(query)) == [9])
        #expect(numbers(try reader.records(RecordQuery(kind: "test-note", isInConflict: true))) == [4])
        #expect(numbers(try reader.records(RecordQuery(kind: "test-note", isInConflict: false))).count == 9)
        #expect(try reader.records(RecordQuery(kind: "test-note")).records[4] == world.state(note(4)))
    }

    @Test
    func `pages follow one another, also while records are added`() throws {
        var (store, world) = try store()
        var seen: [UInt64] = []
        var query = RecordQuery(kind: "test-note", limit: 3)
        repeat {
            let page = try store.reader.records(query)
            #expect(page.records.count <= 3)
            seen += numbers(page)
            query.after = page.next.flatMap { RecordCursor($0.description) }
            if seen.count == 3 { try store.commit(world.commit(at: countyCases, [[.create(note(77))]])) }
        } while query.after != nil
        #expect(seen == Array(0..<10))
    }

    @Test
    func `a query that cannot be answered says why`() throws {
        let reader = try store().0.reader
        func failure(_ kind: String, _ field: String? = nil, _ value: Value = .text("x")) -> QueryFailure? {
            let conditions = field.map { [RecordQuery.Condition(field: $0, equals: value)] } ?? []
            do throws(QueryFailure) {
                _ = try reader.records(RecordQuery(kind: kind, conditions: conditions))
                return nil
            } catch { return error }
        }
        #expect(failure("nothing") == .unknownKind("nothing"))
        #expect(failure("test-note", "nothing") == .unknownField("nothing", kind: "test-note"))
        #expect(failure("test-note", "text") == .notIndexed("text", kind: "test-note"))
        #expect(failure("test-note", "amount") == .wrongType("amount", kind: "test-note", expected: .integer))
        #expect(failure("test-note", "title") == nil)
        #expect(RecordCursor("../") == nil)
        #expect(RecordCursor("-1") == nil)
    }

    @Test
    func `conflicts of every kind stand on one list`() throws {
        var (store, world) = try store()
        try store.commit(
            world.commit(
                at: provinceNotices,
                [[.create(plain(1)), .set(plain(1), "name", .text("a")), .set(plain(1), "name", .text("b"))]]))
        let all = try store.reader.conflicts()
        #expect(all.records.map(\.id) == [note(4), plain(1)])
        #expect(all.next == nil)
        let first = try store.reader.conflicts(limit: 1)
        #expect(first.records.map(\.id) == [note(4)])
        #expect(try store.reader.conflicts(after: first.next, limit: 1).records.map(\.id) == [plain(1)])
        #expect(try store.reader.conflicts(homes: ["44"]).records.map(\.id) == [plain(1)])
    }

    @Test
    func `totals and counts are those of what was written`() throws {
        let (store, _) = try store()
        let totals = try store.reader.totals()
        #expect(totals.entries == 14)
        #expect(totals.streams == 3)
        #expect(totals.records == 10)
        #expect(totals.dirty == 0)
        #expect(totals.forks == 0)
        #expect(totals.bytes > 4_096)
        let counts = try store.reader.counts()
        #expect(counts.map(\.kind) == ["test-note", "plain"])
        #expect(counts.map(\.records) == [10, 0])
        #expect(counts.map(\.inConflict) == [1, 0])
    }

    /// The same streams in another order, in a store that knows its kinds in another order.
    @Test
    func `two stores that hold the same show the same digest, and any difference shows`() throws {
        var world = try StoreWorld()
        let one = world.commit(0, at: countyCases, [[.create(note(1)), .set(note(1), "title", .text("a"))]])
        let other = world.commit(0, at: provinceNotices, [[.create(plain(1)), .set(plain(1), "name", .text("n"))]])
        let left = try SQLiteStore(path: folder.file("left"), kinds: testKinds)
        let right = try SQLiteStore(path: folder.file("right"), kinds: Kinds([plainKind, noteKind]))
        for commit in [one, other] { try left.commit(commit) }
        for commit in [other, one] { try right.commit(commit) }
        let digest = try left.reader.rowsDigest()
        #expect(try right.reader.rowsDigest() == digest)
        #expect(digest.rows == 2)
        #expect(digest.kinds.map(\.kind) == ["plain", "test-note"])
        let atCounty = try left.reader.rowsDigest { home, _ in home == "440781" }
        #expect(atCounty.rows == 1)

        let seen = world.seen(note(1), "title", .register)
        try left.commit(world.commit(at: countyCases, [[.set(note(1), "title", .text("b"), replaces: seen)]]))
        #expect(try left.reader.rowsDigest() != digest)
        let atProvince = try left.reader.rowsDigest { home, _ in home == "44" }
        #expect(try right.reader.rowsDigest { home, _ in home == "44" } == atProvince)
    }
}
