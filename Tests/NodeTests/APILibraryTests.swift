import Divisions
import Ledger
import Libraries
import NIOHTTP1
import Testing

@testable import Node

/// Items, bodies and officers as pages look them up.
struct APILibraryTests {
    private static let town = "440781106"
    private static let certificate = "GD-0001"

    private func draft(_ kind: String, _ key: String, _ fields: [String: JSON]) -> JSON {
        ["kind": .text(kind), "key": .text(key), "fields": .object(fields)]
    }

    private func item(_ code: String, _ name: String, _ more: [String: JSON] = [:]) -> JSON {
        draft(
            "item", code,
            [
                "code": .text(code), "name": .text(name), "item-kind": "行政处罚", "field": "水务",
                "bases": ["《示例条例》第八条第一款"],
            ].merging(more) { _, new in new })
    }

    private func body(_ code: String, _ name: String, _ division: String, _ more: [String: JSON] = [:]) -> JSON {
        draft(
            "body", code,
            [
                "code": .text(code), "name": .text(name), "division": .text(division), "body-type": "法定行政机关",
                "fields": ["水务"],
            ].merging(more) { _, new in new })
    }

    private func tier(_ ordinal: Int, _ circumstance: String, _ least: Int64, _ most: Int64) -> JSON {
        draft(
            "benchmark", "示例基准 1 \(ordinal)",
            [
                "set": "示例基准", "item": "1", "ordinal": .integer(Int64(ordinal)), "tier": .integer(Int64(ordinal)),
                "violation": "倾倒渣土", "circumstance": .text(circumstance), "standard": "罚款", "fine-unit": "yuan",
                "fine-min-hundredths": .integer(least), "fine-max-hundredths": .integer(most),
                "basis-law": "示例条例", "basis-article": "第八条",
            ])
    }

    private func prepare(_ api: TestAPI) async throws {
        let statute = RecordID(home: TestAPI.county, flow: .down, kind: "statute", naturalKey: "rules").description
        let officers = ["GD-0001": "陈样甲", "GD-0002": "李样乙"].sorted { $0.key < $1.key }.map { certificate, name in
            draft(
                "officer", certificate,
                [
                    "certificate-no": .text(certificate), "name": .text(name), "body": .text(TestAPI.body),
                    "division": .text(TestAPI.county.text), "areas": [.text(TestAPI.county.text)],
                    "power-source": "法定", "valid-from": "2024-03-01", "valid-to": "2027-02-28",
                ])
        }
        let drafts: [JSON] =
            [
                body(TestAPI.body, "示例市水利局", TestAPI.county.text, ["sign": "示水"]),
                body("440781106-01", "示例镇人民政府", Self.town),
                body(
                    "440781-09", "示例市水政大队", TestAPI.county.text,
                    ["body-type": "受委托组织", "entrusted-by": .text(TestAPI.body)]),
                item("44990000000001", "对倾倒渣土的处罚", ["levels": ["县级"], "benchmark": "示例基准#1"]),
                item("44990000000002", "对擅自取水的处罚", ["bodies": ["440781-77"]]),
                item("44990000000003", "对占用河道的检查", ["item-kind": "行政检查", "levels": ["县级", "乡级"]]),
                tier(1, "较轻", 100_00, 500_00), tier(2, "较重", 500_00, 1_000_00),
                draft(
                    "statute", "rules",
                    [
                        "title": "示例条例", "version-date": "2020-01-01", "effective-date": "2020-06-01",
                        "effective-source": "events",
                    ]),
                draft(
                    "article", "rules 8",
                    ["statute": .text(statute), "ordinal": 8, "number": 8, "label": "第八条", "text": "倾倒渣土的，处罚款。"]),
                draft(
                    "template", "decision@1",
                    ["id": "decision", "version": 1, "name": "决定书", "text": "依据《示例条例》第八条，决定如下"]),
                draft(
                    "certificate-status", "GD-0002",
                    ["certificate-no": "GD-0002", "status": "暂扣", "since": "2026-02-01", "reason": "未参加培训"]),
                draft(
                    "delegation", "44990000000001 440781106",
                    [
                        "item": "44990000000001", "by": .text(TestAPI.body), "to": .text(Self.town), "sort": "下放",
                        "valid-from": "2025-01-01", "valid-to": "2026-12-31", "basis": "示例公告",
                    ]),
            ] + officers
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

    // MARK: Items

    @Test func `items are found by words, kind and level, and paged through by code`() async throws {
        try await TestAPI.serve { api in
            try await prepare(api)
            func codes(_ query: String) async throws -> [String] {
                var (found, cursor): ([String], String?) = ([], nil)
                repeat {
                    let path = "/v1/items/search?limit=1&\(query)" + (cursor.map { "&cursor=\(escaped($0))" } ?? "")
                    let page: ItemPage = try await get(api, path)
                    found += page.items.map { String($0.code.suffix(1)) }
                    cursor = page.next
                } while cursor != nil
                return found
            }
            #expect(try await codes("") == ["1", "2", "3"])
            #expect(try await codes("q=\(escaped("处罚 渣土"))") == ["1"])
            #expect(try await codes("q=44990000000003") == ["3"])
            #expect(try await codes("kind=\(escaped("行政检查"))") == ["3"])
            #expect(try await codes("level=township") == ["2", "3"])
            #expect(try await codes("body=\(TestAPI.body)") == ["1", "3"])
            #expect(try await codes("body=440781106-01&on=2026-03-01") == ["1", "3"])
            #expect(try await codes("body=440781106-01&on=2027-03-01") == ["3"])
            #expect(try await codes("body=440781-09") == ["1", "3"])
            try await api.refused(.GET, "/v1/items/search?level=x", .badValue, at: "query:level")
            try await api.refused(.GET, "/v1/items/search?body=x", .badValue, at: "query:body")
            try await api.refused(.GET, "/v1/items/search?cursor=x", .badCursor, at: "query:cursor")
        }
    }

    @Test func `an item comes with its law, its benchmark and who may use it`() async throws {
        try await TestAPI.serve { api in
            try await prepare(api)
            let detail: ItemDetail = try await get(api, "/v1/items/44990000000001")
            #expect(detail.item.name == "对倾倒渣土的处罚")
            #expect(detail.item.levels.map(\.english) == ["county"])
            #expect(detail.articles.map(\.title) == ["示例条例"])
            #expect(detail.articles.map(\.number) == ["8"])
            #expect(detail.articles.map(\.version) == ["2020-01-01"])
            let benchmark = try #require(detail.benchmark)
            #expect(benchmark.model == "tiers")
            #expect(benchmark.tiers.map(\.circumstance) == ["较轻", "较重"])
            #expect(benchmark.tiers[0].range?.leastFen == 100_00)
            #expect(benchmark.tiers[0].range?.includesMost == false)
            #expect(!benchmark.needsBase)
            #expect(detail.procedure == "ordinary-penalty")
            #expect(detail.delegations.map(\.to.code) == [Self.town])
            #expect(detail.delegations.map(\.isInForce) == [true])
            #expect(detail.delegationCount == 1)
            #expect(detail.mayUse)
            let foreign: ItemDetail = try await get(api, "/v1/items/44990000000002")
            #expect(!foreign.mayUse)
            #expect(foreign.findings.map(\.articles) == [["行政处罚法第17条"]])
            try await api.refused(.GET, "/v1/items/4499", .notFound, at: "path:code")
        }
    }

    @Test func `the calculator tells the range and where a sum lies, and writes nothing`() async throws {
        try await TestAPI.serve { api in
            try await prepare(api)
            func fine(_ body: [String: JSON]) async throws -> FineMessage {
                let body = body.merging(["item": "44990000000001"]) { own, _ in own }
                return try await api.call(.POST, "/v1/items/fine", .object(body), expecting: 200).read()
            }
            let range = try await fine(["circumstances": [1]])
            #expect(range.range?.leastFen == 100_00)
            #expect(range.range?.mostFen == 500_00)
            #expect(range.range?.includesMost == false)
            #expect(range.standing == nil)
            #expect(range.says.chinese == "100元以上不足500元")
            let within = try await fine(["circumstances": [1, 2], "fineFen": 500_00])
            #expect(within.isWithin == true)
            #expect(within.articles.contains("行政处罚法第34条"))
            let above = try await fine(["circumstances": [1], "fineFen": 500_00])
            #expect(above.standing == "above")
            #expect(above.says.chinese.contains("高于裁量幅度"))
            let untold = try await fine(["fineFen": 500_00])
            #expect(untold.standing == "cannot-tell")
            #expect(untold.missing == ["circumstance"])
            let lighter = try await fine(["circumstances": [2], "weighing": "lighter"])
            #expect(lighter.range?.mostFen == 749_99)
            for (body, place) in [
                (["item": "4499"], "/item"), (["item": "1", "circumstances": []], "/circumstances"),
                (["item": "1", "weighing": "x"], "/weighing"), (["item": "1", "fineFen": -1], "/fineFen"),
            ] as [(JSON, String)] {
                let answer = try await api.call(
                    .POST, "/v1/items/fine", body, expecting: place == "/item" ? 404 : 400)
                #expect(try api.problem(answer).place == place)
            }
        }
    }

    // MARK: Who rests on a law

    @Test func `items, benchmarks and templates that rest on an article are found under either title`() async throws {
        try await TestAPI.serve { api in
            try await prepare(api)
            for title in ["示例条例", "中华人民共和国示例条例"] {
                let cited: StatuteCitations = try await get(
                    api, "/v1/statutes/citing?title=\(escaped(title))&number=8")
                #expect(cited.items.map { String($0.code.suffix(1)) } == ["1", "2", "3"])
                #expect(cited.items[0].references == ["《示例条例》第八条第一款"])
                #expect(cited.benchmarks.map(\.item) == ["1"])
                #expect(cited.texts.map(\.id) == ["decision"])
                #expect(cited.cases == nil)
            }
            let other: StatuteCitations = try await get(
                api, "/v1/statutes/citing?title=\(escaped("示例条例"))&number=9")
            #expect(other.itemCount == 0)
            #expect(other.texts.isEmpty)
        }
    }

    // MARK: Bodies and officers

    @Test func `bodies are listed by words, type and division, each with its powers from elsewhere`() async throws {
        try await TestAPI.serve { api in
            try await prepare(api)
            func codes(_ query: String) async throws -> [String] {
                let list: BodyList = try await get(api, "/v1/bodies?\(query)")
                return list.bodies.map(\.code)
            }
            #expect(try await codes("") == ["440781-01", "440781-09", "440781106-01"])
            #expect(try await codes("q=\(escaped("水政"))") == ["440781-09"])
            #expect(try await codes("type=\(escaped("受委托组织"))") == ["440781-09"])
            #expect(try await codes("division=\(Self.town)") == ["440781106-01"])
            #expect(try await codes("division=440781&below=true").count == 3)
            let first: BodyList = try await get(api, "/v1/bodies?limit=2")
            let next = try #require(first.next)
            #expect(try await codes("limit=2&cursor=\(escaped(next))") == ["440781106-01"])
            let bureau: BodyMessage = try await get(api, "/v1/bodies/\(TestAPI.body)")
            #expect(bureau.sign == "示水")
            #expect(bureau.officers == 2)
            #expect(bureau.entrusts.map(\.code) == ["440781-09"])
            #expect(bureau.delegations.isEmpty)
            let town: BodyMessage = try await get(api, "/v1/bodies/440781106-01?on=2027-01-01")
            #expect(town.delegations.map(\.item.name) == ["对倾倒渣土的处罚"])
            #expect(town.delegations.map(\.until) == ["2026-12-31"])
            #expect(town.delegations.map(\.isInForce) == [false])
            let team: BodyMessage = try await get(api, "/v1/bodies/440781-09")
            #expect(team.entrustedBy?.name == "示例市水利局")
            try await api.refused(.GET, "/v1/bodies/x", .notFound, at: "path:code")
            try await api.refused(.GET, "/v1/bodies?below=true", .missingMember, at: "query:division")
            try await api.refused(.GET, "/v1/bodies?division=99", .badValue, at: "query:division")
        }
    }

    @Test func `an officer may act on a day, at a place, in a field, or it is said why not`() async throws {
        try await TestAPI.serve { api in
            try await prepare(api)
            let list: OfficerList = try await get(api, "/v1/officers?q=\(escaped("样"))&body=\(TestAPI.body)")
            #expect(list.officers.map(\.certificate) == ["GD-0001", "GD-0002"])
            #expect(list.officers.map(\.status.chinese) == ["有效", "暂扣"])
            #expect(list.officers.map(\.isValid) == [true, false])
            let before: OfficerList = try await get(api, "/v1/officers?q=0002&on=2026-01-31")
            #expect(before.officers.map(\.isValid) == [true])
            func officer(_ certificate: String, _ query: String = "") async throws -> OfficerMessage {
                try await get(api, "/v1/officers/\(certificate)?\(query)")
            }
            let fit = try await officer("GD-0001", "field=\(escaped("水务"))&place=\(Self.town)")
            #expect(fit.mayAct)
            #expect(fit.powerSource == "法定")
            #expect(fit.officer.body.name == "示例市水利局")
            #expect(fit.statusHistory.isEmpty)
            let over = try await officer("GD-0001", "on=2027-03-01")
            #expect(!over.mayAct)
            #expect(over.officer.status.english == "expired")
            #expect(over.findings.map(\.articles) == [["行政处罚法第42条"]])
            let elsewhere = try await officer("GD-0001", "place=440783")
            #expect(elsewhere.findings.map(\.articles) == [["行政处罚法第22条"]])
            let suspended = try await officer("GD-0002")
            #expect(!suspended.mayAct)
            #expect(suspended.statusHistory.map(\.status) == ["暂扣"])
            #expect(suspended.statusHistory.map(\.since) == ["2026-02-01"])
            #expect(suspended.statusHistory.map(\.reason) == ["未参加培训"])
            try await api.refused(.GET, "/v1/officers/x", .notFound, at: "path:certificate")
            try await api.refused(.GET, "/v1/officers/GD-0001?place=99", .badValue, at: "query:place")
            try await api.refused(.GET, "/v1/officers/GD-0001?post=x", .badValue, at: "query:post")
        }
    }
}
