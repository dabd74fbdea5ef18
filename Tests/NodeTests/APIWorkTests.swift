import Casework
import Divisions
import Libraries
import NIOHTTP1
import Testing

@testable import Node

/// My work, the numbers of supervision with the cases behind them, and the tree as a map, over HTTP.
@Suite struct APIWorkTests {
    @Test func `an officer is told his next step, without anything personal`() async throws {
        try await KeptNode.serve { kept in
            let desk = try await CaseDeskFixture.prepare(kept.api)
            let id = try await desk.open().id
            try await desk.take(
                "look",
                [
                    "title": "倾倒渣土案", "item": "44990000000001", "party": .text(CaseDeskFixture.party),
                    "party-kind": "citizen", "party-id": "440781199907070012", "facts": "当事人倾倒渣土",
                    "is-minor": false,
                ], in: id)
            try kept.fillBoard()
            let answer = try await kept.api.call(.GET, "/v1/work", expecting: 200)
            let work: WorkMessage = try answer.read()
            #expect(work.whose == "mine")
            #expect(work.posts.map(\.post) == ["officer"])
            #expect(work.sections.map(\.section) == BoardWorkQuery.Section.allCases.map(\.rawValue))
            let waiting = try #require(work.sections.first { $0.section == "waiting" })
            #expect(waiting.items.map(\.record) == [id])
            #expect(
                waiting.items.first?.next
                    == BoardNextStep(step: "decide", name: WordsMessage(Bilingual("决定", "Decide"))))
            #expect(waiting.items.first?.title == "倾倒渣土案")
            #expect(waiting.items.first?.itemName == "对倾倒渣土的处罚")
            #expect(waiting.items.first?.stage == WordsMessage(Bilingual("办理", "Handling")))
            let news = try #require(work.sections.first { $0.section == "statute-news" })
            #expect(news.items.allSatisfy { !$0.reason.chinese.isEmpty })
            for secret in [CaseDeskFixture.party, "440781199907070012", "当事人倾倒渣土"] {
                #expect(!answer.text.contains(secret))
            }
            let body: WorkMessage = try await kept.api.call(
                .GET, "/v1/work?whose=body&section=waiting&limit=1", expecting: 200
            ).read()
            #expect(body.sections.map(\.count) == [1])
            let other: WorkMessage = try await kept.api.call(.GET, "/v1/work", as: .reviewer, expecting: 200).read()
            #expect(other.whose == "line")
            #expect(other.sections.first { $0.section == "waiting" }?.count == 0)
            let all: WorkMessage = try await kept.api.call(.GET, "/v1/work", as: .supervisor, expecting: 200).read()
            #expect(all.whose == "division")
        }
    }

    @Test func `a line is the body, what stands below it, and what is of its fields`() async throws {
        try await KeptNode.serve { kept in
            let (api, home) = (kept.api, TestAPI.county)
            func body(_ code: String, parent: String? = nil, fields: [String] = []) -> JSON {
                var members: [String: JSON] = [
                    "code": .text(code), "name": .text("示例\(code)"), "division": .text(home.text),
                    "body-type": "法定行政机关", "fields": .array(fields.map { .text($0) }),
                ]
                members["parent"] = parent.map { .text($0) }
                return ["kind": "body", "key": .text(code), "fields": .object(members)]
            }
            let bodies = [
                body(TestAPI.body, fields: ["水务"]), body("below", parent: TestAPI.body),
                body("lower", parent: "below"), body("beside", fields: ["水务"]),
            ]
            try await api.call(.POST, "/v1/import", ["drafts": .array(bodies)], as: .librarian, expecting: 200)
            let town = try #require(kept.api.node.tree.children(of: home).first)
            let places: [(DivisionCode, String, String)] = [
                (home, TestAPI.body, ""), (home, "below", ""), (home, "lower", ""), (home, "beside", "水务"),
                (town, "town", "水务"), (town, "town", "市容"), (town, "", "水务"),
            ]
            let rows = places.enumerated().map { place, one in
                var row = BoardFixture.row(one.0, UInt64(place))
                (row.body, row.field, row.title) = (one.1, one.2, "\(place)")
                row.work = [
                    CaseBoardRow.Work(.waiting, post: "reviewer", step: "review", says: Bilingual("审核", "review"))
                ]
                return row
            }
            try kept.database.write(rows)
            let work: WorkMessage = try await api.call(
                .GET, "/v1/work?section=waiting&whose=line", as: .reviewer, expecting: 200
            ).read()
            #expect(work.sections.flatMap(\.items).compactMap(\.title).sorted() == ["0", "1", "2", "4"])
        }
    }

    @Test func `a question about work that cannot be answered says where it is wrong`() async throws {
        try await KeptNode.serve { kept in
            let api = kept.api
            try await api.refused(.GET, "/v1/work?whose=everybody", .badValue, at: "query:whose")
            try await api.refused(.GET, "/v1/work?whose=division", .roleForbids, at: "query:whose")
            try await api.refused(.GET, "/v1/work?whose=mine", as: .reviewer, .badValue, at: "query:whose")
            try await api.refused(.GET, "/v1/work?section=fun", .badValue, at: "query:section")
            try await api.refused(.GET, "/v1/work?cursor=1.1", .missingMember, at: "query:section")
            try await api.refused(
                .GET, "/v1/work?section=overdue&cursor=x&whose=body", .badCursor, at: "query:cursor")
        }
    }

    @Test func `every number of supervision opens its cases, and every table downloads`() async throws {
        try await KeptNode.serve { kept in
            let today = try #require(Moments.chineseDay(kept.api.node.clock.now)).daysSince1970
            var rows = (1...3).map { BoardFixture.row("440781", $0) }
            for place in rows.indices {
                (rows[place].opened, rows[place].place, rows[place].officers) = (today, "渡口", ["A1"])
            }
            (rows[0].due, rows[0].title) = (today - 1, "=cmd")
            rows[1].flags.insert(.gateBroken)
            try kept.database.write(rows)
            let api = kept.api
            let trends: BoardTrends = try await api.call(
                .GET, "/v1/supervision/trends?months=3&indicator=opened", as: .supervisor, expecting: 200
            ).read()
            #expect(trends.series.map(\.amounts) == [[0, 0, 3]])
            let cases: BoardCases = try await api.call(
                .GET, "/v1/supervision/cases?indicator=opened&month=\(trends.months[2])&limit=2", as: .supervisor,
                expecting: 200
            ).read()
            #expect(cases.cases.count == 2)
            let rest: BoardCases = try await api.call(
                .GET, "/v1/supervision/cases?indicator=opened&limit=2&cursor=\(try #require(cases.next))",
                as: .supervisor, expecting: 200
            ).read()
            #expect(rest.cases.count == 1)
            let broken: BoardCases = try await api.call(
                .GET, "/v1/supervision/cases?rule=broken&item=I-1&officer=A1", as: .supervisor, expecting: 200
            ).read()
            #expect(broken.cases.map(\.flags) == [["gate-broken"]])
            let spots: BoardHotSpots = try await api.call(
                .GET, "/v1/supervision/hot-spots?by=place", as: .supervisor, expecting: 200
            ).read()
            #expect(spots.spots.map(\.place) == ["渡口"])
            let officers: BoardOfficerScores = try await api.call(
                .GET, "/v1/supervision/officers", as: .supervisor, expecting: 200
            ).read()
            #expect(officers.officers.map(\.officer) == ["A1"])
            for path in [
                "overview", "trends", "cases", "overdue", "nearly-overdue", "findings?finding=overdue", "scores",
                "officers", "hot-spots", "hot-spots?by=division", "hot-spots?by=place", "directives", "number-gaps",
            ] {
                let table = try await api.call(
                    .GET, "/v1/supervision/\(path)", as: .supervisor, headers: ["Accept": "text/csv"], expecting: 200)
                #expect(table.bytes.starts(with: [0xEF, 0xBB, 0xBF]), "\(path)")
                #expect(table.headers.first(name: "content-disposition")?.hasSuffix(".csv\"") == true, "\(path)")
            }
            let over = try await api.call(
                .GET, "/v1/supervision/overdue", as: .supervisor, headers: ["Accept": "text/csv"], expecting: 200)
            #expect(over.text.contains(",'=cmd,"))
            try await api.refused(
                .GET, "/v1/supervision/cases?indicator=luck", as: .supervisor, .badValue, at: "query:indicator")
            try await api.refused(
                .GET, "/v1/supervision/cases?month=2026", as: .supervisor, .badValue, at: "query:month")
            try await api.refused(
                .GET, "/v1/supervision/cases?rule=luck", as: .supervisor, .badValue, at: "query:rule")
            try await api.refused(
                .GET, "/v1/supervision/trends?division=44", as: .supervisor, .homeForbids, at: "query:division")
        }
    }

    @Test func `the children of a division lie on a map, with the way up`() async throws {
        try await KeptNode.serve { kept in
            let tree = kept.api.node.tree
            let map: DivisionMap = try await kept.api.call(.GET, "/v1/divisions", expecting: 200).read()
            #expect(map.below.code == tree.root.text)
            #expect(map.line.isEmpty)
            #expect(map.divisions.map(\.code) == tree.children(of: tree.root).map(\.text))
            #expect(Set(map.divisions.compactMap(\.tile)).count == map.divisions.count)
            let county: DivisionMap = try await kept.api.call(
                .GET, "/v1/divisions?below=440781", expecting: 200
            ).read()
            #expect(county.line.map(\.code) == tree.ancestors(of: "440781").reversed().map(\.text))
            #expect(county.below.hasNode == (tree.seat(at: "440781") != nil))
            try await kept.api.refused(.GET, "/v1/divisions?below=99", .badValue, at: "query:below")
        }
    }
}
