import Divisions
import Lattice
import Ledger
import Libraries
import NIOHTTP1
import Testing

@testable import Node

/// Laws as a reader pages through them: titles, versions, text, and what changed.
struct APIStatuteReadingTests {
    private static let title = "中华人民共和国示例处罚法"
    private static let other = "示例市河道条例"

    private static let old = """
        # 中华人民共和国示例处罚法

        2017年9月1日 第十二届全国人民代表大会常务委员会第二十九次会议通过

        2018年1月1日 施行

        <!-- INFO END -->

        ## 第一章 总则

        第一条 为了规范处罚的设定和实施，制定本法。

        第二条 公民违反行政管理秩序的，依照本法处罚。

        ## 第二章 处罚

        ### 第一节 种类

        第三条 处罚的种类有警告、罚款。

        ### 第二节 实施

        第四条 处一千元以下罚款。

        第五条 本法自2018年1月1日起施行。
        """

    private static let new = """
        # 中华人民共和国示例处罚法

        2021年1月22日 第十三届全国人民代表大会常务委员会第二十五次会议修订

        2021年7月15日 施行

        <!-- INFO END -->

        ## 第一章 总则

        第一条 为了规范处罚的设定和实施，制定本法。

        第二条 处罚遵循公正、公开的原则，以事实为依据。

        第三条 公民违反行政管理秩序的，依照本法处罚。

        ## 第二章 处罚

        ### 第一节 种类

        第四条 处罚的种类有警告、罚款。

        ### 第二节 实施

        第五条 处五千元以下罚款。

        第六条 本法自2021年7月15日起施行。《示例市河道条例》同时废止。
        """

    private static let river = """
        # 示例市河道条例

        2016年5月20日 示例市第五届人民代表大会常务委员会第三次会议通过

        2016年9月1日 施行

        <!-- INFO END -->

        第一条 处一千元以下罚款。
        """

    private func importLaws(_ api: TestAPI, _ texts: [(String, String)]? = nil) async throws {
        let laws =
            texts ?? [
                (Self.old, "示例处罚法(2017-09-01).md"), (Self.new, "示例处罚法(2021-01-22).md"),
                (Self.river, "示例市河道条例(2016-05-20).md"),
            ]
        var drafts: [JSON] = []
        for (text, name) in laws {
            let statute = try StatuteFile.parse(text, fileName: name).get()
            for draft in statute.drafts(home: TestAPI.county) {
                var fields: [String: JSON] = [:]
                for field in draft.fields where !field.values.isEmpty {
                    let isSet = draft.kind.field(field.name)?.type == .set
                    fields[field.name] = isSet ? .array(field.values.map(\.json)) : field.values[0].json
                }
                drafts.append(["id": .text(draft.id.description), "fields": .object(fields)])
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

    private func get<Message: Decodable>(_ api: TestAPI, _ path: String) async throws -> Message {
        try await api.call(.GET, path, expecting: 200).read()
    }

    @Test func `laws are listed by rank with what they are on a day, a page at a time`() async throws {
        try await TestAPI.serve { api in
            try await importLaws(api)
            let first: StatuteList = try await get(api, "/v1/statutes?limit=1")
            #expect(first.total == 2)
            let law = try #require(first.statutes.first)
            #expect(law.title == Self.title)
            #expect(law.kind.chinese == "法律")
            #expect(law.issuer == "全国人民代表大会常务委员会")
            #expect(law.status == "in-force")
            #expect(law.versions == 2)
            #expect(law.version == "2021-01-22")
            #expect(law.effective == "2021-07-15")
            #expect(law.articles == 6)
            let next = try #require(first.next)
            let second: StatuteList = try await get(api, "/v1/statutes?limit=1&cursor=\(escaped(next))")
            #expect(second.statutes.map(\.title) == [Self.other])
            #expect(second.statutes.first?.status == "repealed")
            #expect(second.next == nil)
            let before: StatuteList = try await get(
                api, "/v1/statutes?q=\(escaped("河道 示例"))&on=2020-01-01&status=in-force")
            #expect(before.statutes.map(\.title) == [Self.other])
            let none: StatuteList = try await get(api, "/v1/statutes?kind=\(escaped("行政法规"))")
            #expect(none.statutes.isEmpty)
        }
    }

    @Test func `hits say what their version is on the day, and can be held to it`() async throws {
        try await TestAPI.serve { api in
            try await importLaws(api)
            func hits(_ rest: String) async throws -> [StatuteHit] {
                let page: StatuteHits = try await get(api, "/v1/statutes/search?q=\(escaped("罚款"))" + rest)
                return page.hits
            }
            let all = try await hits("")
            #expect(all.count == 5)
            let told = Dictionary(grouping: all) { "\($0.title) \($0.version ?? "")" }.mapValues { $0[0].status }
            #expect(
                told == [
                    "\(Self.title) 2017-09-01": "superseded", "\(Self.title) 2021-01-22": "in-force",
                    "\(Self.other) 2016-05-20": "repealed",
                ])
            let present = try await hits("&status=in-force")
            #expect(Set(present.map(\.number)) == ["4", "5"])
            #expect(present.allSatisfy { $0.effective == "2021-07-15" && $0.statusWords.chinese == "现行有效" })
            let then = try await hits("&status=in-force&on=2019-01-01&title=\(escaped("处罚法"))")
            #expect(Set(then.map(\.version)) == ["2017-09-01"])
            #expect(try await hits("&title=\(escaped("无此法"))").isEmpty)
        }
    }

    @Test func `every version of a law is listed with its days and its history`() async throws {
        try await TestAPI.serve { api in
            try await importLaws(api)
            let versions: StatuteVersions = try await get(
                api, "/v1/statutes/versions?title=\(escaped("示例处罚法"))&on=2020-01-01")
            #expect(versions.title == Self.title)
            #expect(versions.versions.map(\.version) == ["2021-01-22", "2017-09-01"])
            #expect(versions.versions.map(\.status) == ["future", "in-force"])
            #expect(versions.versions[0].events.count == 2)
            #expect(versions.repealed == nil)
            let ended: StatuteVersions = try await get(api, "/v1/statutes/versions?title=\(escaped(Self.other))")
            #expect(ended.repealed?.by == Self.title)
            #expect(ended.repealed?.from == "2021-07-15")
        }
    }

    @Test func `a law is read by its contents, one chapter at a time`() async throws {
        try await TestAPI.serve { api in
            try await importLaws(api)
            let title = escaped(Self.title)
            let whole: StatuteTextMessage = try await get(api, "/v1/statutes/text?title=\(title)")
            #expect(whole.contents.map(\.heading) == ["第一章 总则", "第二章 处罚", "第一节 种类", "第二节 实施"])
            #expect(whole.contents.map(\.depth) == [0, 0, 1, 1])
            #expect(whole.contents.map(\.articles) == [3, 3, 1, 2])
            #expect(whole.contents[1].first == "第四条")
            #expect(whole.contents[1].last == "第六条")
            #expect(whole.articles.map(\.number) == ["1", "2", "3", "4", "5", "6"])
            #expect(whole.next == nil)
            let chapter: StatuteTextMessage = try await get(api, "/v1/statutes/text?title=\(title)&chapter=1")
            #expect(chapter.articles.map(\.label) == ["第四条", "第五条", "第六条"])
            let old: StatuteTextMessage = try await get(
                api, "/v1/statutes/text?title=\(title)&on=2019-01-01&number=4")
            #expect(old.version == "2017-09-01")
            #expect(old.status == "in-force")
            #expect(old.until == "2021-07-15")
            #expect(old.chapter == 3)
            #expect(old.articles.map(\.text) == ["处一千元以下罚款。", "本法自2018年1月1日起施行。"])
            let named: StatuteTextMessage = try await get(api, "/v1/statutes/text?statute=\(old.statutes[0])")
            #expect(named.status == "superseded")
            #expect(named.articles.count == 5)
        }
    }

    @Test func `a long law comes in pages, and an article that fits on none in pieces`() async throws {
        try await TestAPI.serve { api in
            let paragraph = String(repeating: "处罚决定应当载明事实和依据。", count: 40)
            let long = Array(repeating: paragraph, count: 50).joined(separator: "\n\n")
            let text = "# 示例长法\n\n<!-- INFO END -->\n\n第一条 短。\n\n第二条 \(long)\n\n第三条 末。\n"
            try await importLaws(api, [(text, "示例长法(2020-01-01).md")])
            var (pieces, cursor, pages): ([ReadArticle], String?, Int) = ([], nil, 0)
            repeat {
                let path = "/v1/statutes/text?title=\(escaped("示例长法"))" + (cursor.map { "&cursor=\($0)" } ?? "")
                let answer = try await api.call(.GET, path, expecting: 200)
                #expect(answer.bytes.count < 60_000)
                let page: StatuteTextMessage = try answer.read()
                pieces += page.articles
                (cursor, pages) = (page.next, pages + 1)
            } while cursor != nil
            #expect(pages > 2)
            #expect(pieces.filter { $0.number == "2" }.map(\.text).joined().filter { $0 != "\n" }.count == 14 * 40 * 50)
            #expect(pieces.filter { !$0.isContinued }.map(\.number) == ["1", "2", "3"])
        }
    }

    @Test func `two versions are compared article by article, by characters`() async throws {
        try await TestAPI.serve { api in
            try await importLaws(api)
            let path = "/v1/statutes/difference?title=\(escaped(Self.title))&from=2017-09-01&to=2021-01-22"
            let difference: StatuteDifferenceMessage = try await get(api, path)
            #expect(difference.from.version == "2017-09-01")
            #expect(difference.to.version == "2021-01-22")
            #expect(
                [difference.added, difference.removed, difference.changed, difference.renumbered, difference.unchanged]
                    == [2, 1, 1, 2, 1])
            // The last article says so much else that it is another one.
            #expect(
                difference.changes.map(\.kind)
                    == ["added", "renumbered", "renumbered", "changed", "removed", "added"])
            let fine = difference.changes[3]
            #expect(fine.old?.label == "第四条")
            #expect(fine.new?.label == "第五条")
            #expect(fine.isRenumbered)
            #expect(fine.pieces.map(\.kind) == ["same", "deleted", "inserted", "same"])
            #expect(fine.pieces.map(\.text) == ["处", "一", "五", "千元以下罚款。"])
            #expect(difference.changes[1].pieces.isEmpty)
            let back: StatuteDifferenceMessage = try await get(
                api, "/v1/statutes/difference?title=\(escaped(Self.title))&from=2021-01-22&to=2017-09-01")
            #expect(back.removed == 2)
        }
    }

    @Test func `whatever names no law, version, chapter or page is refused with its place`() async throws {
        try await TestAPI.serve { api in
            try await importLaws(api)
            let title = escaped(Self.title)
            for (path, kind, place) in [
                ("/v1/statutes?status=x", Problem.Kind.badValue, "query:status"),
                ("/v1/statutes?kind=x", .badValue, "query:kind"), ("/v1/statutes?cursor=x", .badCursor, "query:cursor"),
                ("/v1/statutes/search?q=a&status=x", .badValue, "query:status"),
                ("/v1/statutes/versions?title=x", .notFound, "query:title"),
                ("/v1/statutes/text", .missingMember, "query:title"),
                ("/v1/statutes/text?statute=x", .notFound, "query:statute"),
                ("/v1/statutes/text?title=\(title)&chapter=9", .notFound, "query:chapter"),
                ("/v1/statutes/text?title=\(title)&chapter=x", .badValue, "query:chapter"),
                ("/v1/statutes/text?title=\(title)&number=9", .notFound, "query:number"),
                ("/v1/statutes/text?title=\(title)&number=x", .badValue, "query:number"),
                ("/v1/statutes/text?title=\(title)&cursor=x", .badCursor, "query:cursor"),
                ("/v1/statutes/difference?title=\(title)&to=2021-01-22", .missingMember, "query:from"),
                ("/v1/statutes/difference?title=\(title)&from=2001-01-01&to=2021-01-22", .notFound, "query:from"),
                ("/v1/statutes/difference?title=\(title)&from=2021-01-22&to=x", .notFound, "query:to"),
                (
                    "/v1/statutes/difference?title=\(title)&from=2017-09-01&to=2021-01-22&cursor=99", .badCursor,
                    "query:cursor"
                ),
                ("/v1/statutes/citing?title=\(title)&number=x", .badValue, "query:number"),
                ("/v1/statutes/citing", .missingMember, "query:title"),
            ] { try await api.refused(.GET, path, kind, at: place) }
        }
    }
}
