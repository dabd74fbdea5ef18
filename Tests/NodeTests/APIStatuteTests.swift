import Divisions
import Ledger
import Libraries
import NIOHTTP1
import Testing

@testable import Node

struct APIStatuteTests {
    private static let title = "中华人民共和国示例处罚法"

    private static func id(_ kind: String, _ key: String) -> String {
        RecordID(home: TestAPI.county, flow: .down, kind: kind, naturalKey: key).description
    }

    /// One law in two versions, each with two articles.
    private func importLaw(_ api: TestAPI) async throws {
        var drafts: [JSON] = []
        for (version, effective, text) in [
            ("2017-09-01", "2018-01-01", "对违法行为处以罚款。"), ("2021-01-22", "2021-07-15", "对破坏生态环境的违法行为，从重处以罚款。"),
        ] {
            let statute = Self.id("statute", version)
            drafts.append([
                "kind": "statute", "key": .text(version),
                "fields": [
                    "title": .text(Self.title), "version-date": .text(version), "effective-date": .text(effective),
                    "effective-source": "events", "article-count": 2,
                ],
            ])
            for (number, suffix) in [(12, 0), (12, 2)] {
                drafts.append([
                    "kind": "article", "key": .text("\(version) \(number) \(suffix)"),
                    "fields": [
                        "statute": .text(statute), "ordinal": .integer(Int64(number + suffix)),
                        "number": .integer(Int64(number)), "suffix": suffix > 0 ? .integer(Int64(suffix)) : .null,
                        "label": suffix > 0 ? "第十二条之二" : "第十二条", "chapter": "第二章 处罚", "text": .text(text),
                    ],
                ])
            }
        }
        try await api.call(.POST, "/v1/import", ["drafts": .array(drafts)], as: .librarian, expecting: 200)
    }

    private func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }

    @Test(arguments: ["罚款", "处以罚款", "罚"])
    func `articles are found by Chinese words of any length, a page at a time`(words: String) async throws {
        try await TestAPI.serve { api in
            try await importLaw(api)
            var found: [StatuteHit] = []
            var cursor: String?
            repeat {
                let path = "/v1/statutes/search?q=\(escaped(words))&limit=3" + (cursor.map { "&cursor=\($0)" } ?? "")
                let page: StatuteHits = try await api.call(.GET, path, expecting: 200).read()
                found += page.hits
                cursor = page.next
            } while cursor != nil
            #expect(found.count == 4)
            #expect(Set(found.map(\.article)).count == 4)
            for hit in found {
                #expect(hit.title == Self.title)
                #expect(hit.chapter == "第二章 处罚")
                let scalars = Array(hit.excerpt.unicodeScalars)
                for range in hit.highlights {
                    let marked = String(String.UnicodeScalarView(scalars[range[0]..<range[1]]))
                    #expect(marked == words)
                }
                #expect(!hit.highlights.isEmpty)
            }
        }
    }

    @Test func `only what has every word is found, with its version and article`() async throws {
        try await TestAPI.serve { api in
            try await importLaw(api)
            let page: StatuteHits = try await api.call(
                .GET, "/v1/statutes/search?q=\(escaped("生态环境 从重"))", expecting: 200
            ).read()
            #expect(Set(page.hits.map(\.label)) == ["第十二条", "第十二条之二"])
            #expect(Set(page.hits.map(\.version)) == ["2021-01-22"])
            #expect(page.next == nil)
            let none: StatuteHits = try await api.call(.GET, "/v1/statutes/search?q=zebra", expecting: 200).read()
            #expect(none.hits.isEmpty)
        }
    }

    @Test func `the article is that of the version in force on the day`() async throws {
        try await TestAPI.serve { api in
            try await importLaw(api)
            func article(_ number: String, on day: String?, title: String = Self.title) async throws
                -> Node.ArticleInForce
            {
                let path = "/v1/statutes/article?title=\(escaped(title))&number=\(escaped(number))"
                return try await api.call(.GET, path + (day.map { "&on=\($0)" } ?? ""), expecting: 200).read()
            }
            let old = try await article("12", on: "2020-05-01")
            #expect(old.version == "2017-09-01")
            #expect(old.since == "2018-01-01")
            #expect(old.next == "2021-07-15")
            #expect(old.source == "events")
            #expect(old.articles.map(\.text) == ["对违法行为处以罚款。"])
            #expect(old.articles.map(\.label) == ["第十二条"])
            let eve = try await article("12", on: "2021-07-14")
            #expect(eve.version == "2017-09-01")
            let now = try await article("第十二条之二", on: nil, title: "示例处罚法")
            #expect(now.on == "2026-03-01")
            #expect(now.title == Self.title)
            #expect(now.version == "2021-01-22")
            #expect(now.next == nil)
            #expect(now.articles.map(\.label) == ["第十二条之二"])
            let before = try await article("12-2", on: "2017-12-31")
            #expect(before.statutes.isEmpty)
            #expect(before.articles.isEmpty)
            let absent = try await article("99", on: nil)
            #expect(absent.statutes.count == 1)
            #expect(absent.articles.isEmpty)
        }
    }

    @Test func `a question about the law with something wrong is refused`() async throws {
        try await TestAPI.serve { api in
            let title = escaped(Self.title)
            try await api.refused(.GET, "/v1/statutes/search", .missingMember, at: "query:q")
            try await api.refused(.GET, "/v1/statutes/search?q=a&limit=201", .badValue, at: "query:limit")
            try await api.refused(.GET, "/v1/statutes/search?q=a&cursor=x", .badCursor, at: "query:cursor")
            try await api.refused(.GET, "/v1/statutes/search?q=a&cursor=99999999", .badCursor, at: "query:cursor")
            try await api.refused(.GET, "/v1/statutes/article?number=1", .missingMember, at: "query:title")
            try await api.refused(.GET, "/v1/statutes/article?title=\(title)", .missingMember, at: "query:number")
            try await api.refused(.GET, "/v1/statutes/article?title=\(title)&number=x", .badValue, at: "query:number")
            try await api.refused(
                .GET, "/v1/statutes/article?title=\(title)&number=1&on=2026-02-30", .badValue, at: "query:on")
            try await api.refused(.GET, "/v1/statutes/article?title=\(title)&number=1", .notFound, at: "query:title")
        }
    }
}
