import Lattice
import Ledger
import Replication
import Store
import Support
import Testing

@testable import Store

@Suite struct SearchTests {
    private let folder = TemporaryFolder()

    private func store(_ texts: [String]) throws -> SQLiteStore {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        let drafts = texts.enumerated().flatMap { place, text -> [EditDraft] in
            let id = note(UInt64(place))
            return [.create(id), .set(id, "text", .text(text))]
        }
        try store.commit(world.commit(at: countyCases, [drafts]))
        return store
    }

    private func found(_ store: SQLiteStore, _ words: String) throws -> [UInt64] {
        try store.reader.search(kind: "test-note", words: words).hits.map { hit in
            try #require((0..<100).first { note($0) == hit.record })
        }.sorted()
    }

    @Test
    func `words of one, two and more characters are found wherever they stand`() throws {
        let store = try store([
            "处二百元以下罚款。", "给予行政处罚：警告、罚款", "保护和改善生态环境，防治污染", "罚没款项上缴国库", "环境生态",
        ])
        #expect(try found(store, "罚款") == [0, 1])
        #expect(try found(store, "罚") == [0, 1, 3])
        #expect(try found(store, "处罚") == [1])
        #expect(try found(store, "生态环境") == [2])
        #expect(try found(store, "环境 生态") == [2, 4])
        #expect(try found(store, "罚款 警告") == [1])
        #expect(try found(store, "罚款\u{3000}警告") == [1])
        #expect(try found(store, "二百元以下罚款") == [0])
        #expect(try found(store, "款罚").isEmpty)
    }

    @Test
    func `latin words and numbers are whole words, capitals or not, full width or not`() throws {
        let store = try store(["适用ＧＢ/T 2260标准", "gb 22600", "Café ÀB 2024年第15号"])
        #expect(try found(store, "gb") == [0, 1])
        #expect(try found(store, "GB/T") == [0])
        #expect(try found(store, "2260") == [0])
        #expect(try found(store, "226").isEmpty)
        #expect(try found(store, "CAFÉ") == [2])
        #expect(try found(store, "àb") == [2])
        #expect(try found(store, "第15号") == [2])
        #expect(try found(store, "２０２４年") == [2])
    }

    @Test(arguments: [
        "\"", "\"\"", "罚款\" OR \"警告", "*", "罚*", "^罚", "words:罚", "NEAR(罚 款)", "AND", "OR NOT", "(", "罚 AND", "-罚",
        "{words}:",
        "'; DROP TABLE entry; --", "\0", "", "   ", "。，", "+", "罚 + 款", "rank:", "\u{FFFD}", "\u{31350}", "罚\u{31350}",
        "・",
    ])
    func `nothing a person can type is a command`(_ typed: String) throws {
        let store = try store(["罚款", "and or not near words rank drop table entry"])
        let page = try store.reader.search(kind: "test-note", words: typed)
        #expect(page.hits.count <= 2)
        #expect(try store.lastPosition() == 2)
        if typed == "AND" { #expect(try found(store, typed) == [1]) }
        if typed == "罚 + 款" { #expect(try found(store, typed) == [0]) }
        if typed == "NEAR(罚 款)" { #expect(page.hits.isEmpty) }
    }

    @Test
    func `the text that speaks of it most comes first`() throws {
        let store = try store([
            "关于城市市容和环境卫生管理的若干规定，其中一处提到罚款，其余部分都在说别的事情，与此无关的内容很多很多。",
            "罚款、罚款、再罚款", "没有", "也没有", "还是没有",
        ])
        let hits = try store.reader.search(kind: "test-note", words: "罚款").hits
        #expect(hits.map(\.record) == [note(1), note(0)])
        #expect(hits[0].rank < hits[1].rank)
    }

    @Test
    func `highlights stand where the words are, also across what is not a letter`() throws {
        let store = try store(["处罚款、警告；Fine警告"])
        let hit = try #require(store.reader.search(kind: "test-note", words: "罚款 警告 fine").hits.first)
        #expect(hit.marked("<", ">") == "处<罚款>、<警告>；<Fine警告>")
        let overlapping = try #require(store.reader.search(kind: "test-note", words: "处罚 罚款").hits.first)
        #expect(overlapping.marked("<", ">") == "<处罚款>、警告；Fine警告")
    }

    @Test
    func `a long text is cut around the first place found`() throws {
        let text = String(repeating: "甲", count: 500) + "罚款" + String(repeating: "乙", count: 500)
        let store = try store([text, "罚款" + text])
        let hits = try store.reader.search(kind: "test-note", words: "罚款").hits.sorted { $0.record < $1.record }
        let (before, after) = (String(repeating: "甲", count: 30), String(repeating: "乙", count: 108))
        #expect(hits[0].marked("<", ">") == "…\(before)<罚款>\(after)…")
        #expect(hits[1].excerpt.unicodeScalars.count == 141)
        #expect(hits[1].highlights == [0..<2])
    }

    @Test
    func `pages follow one another without gap or repetition`() throws {
        let store = try store((0..<45).map { "罚款 \($0)" })
        var seen: [RecordID] = []
        var offset: Int? = 0
        while let place = offset {
            let page = try store.reader.search(kind: "test-note", words: "罚款", limit: 10, offset: place)
            #expect(page.hits.count == min(10, 45 - place))
            seen += page.hits.map(\.record)
            offset = page.next
        }
        #expect(seen.count == 45)
        #expect(Set(seen).count == 45)
    }

    @Test
    func `a changed text is found by its new words only`() throws {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        try store.commit(world.commit(at: countyCases, [[.create(note(1)), .set(note(1), "text", .text("罚款五百元"))]]))
        for text in ["警告", "", "罚没"] {
            let seen = world.seen(note(1), "text", .register)
            try store.commit(world.commit(at: countyCases, [[.set(note(1), "text", .text(text), replaces: seen)]]))
        }
        #expect(try store.reader.search(kind: "test-note", words: "罚款").hits.isEmpty)
        #expect(try store.reader.search(kind: "test-note", words: "警告").hits.isEmpty)
        #expect(try store.reader.search(kind: "test-note", words: "罚没").hits.map(\.record) == [note(1)])
    }

    @Test
    func `a kind without searched text says so`() throws {
        let store = try store(["x"])
        #expect(throws: QueryFailure.notSearched("plain")) { try store.reader.search(kind: "plain", words: "x") }
        #expect(throws: QueryFailure.unknownKind("nothing")) { try store.reader.search(kind: "nothing", words: "x") }
    }
}
