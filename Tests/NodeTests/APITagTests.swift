import AsyncHTTPClient
import Divisions
import Ledger
import Libraries
import NIOCore
import NIOHTTP1
import Testing

@testable import Node

/// Entity tags: what has not changed is not sent again, and what has is not edited unread.
struct APITagTests {
    private func tag(_ answer: TestAPI.Answer) throws -> String { try #require(answer.headers.first(name: "etag")) }

    @Test func `a case is sent again only once it has changed`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            let id = try await desk.open(["title": "甲"]).id
            let first = try await api.call(.GET, "/v1/cases/\(id)", expecting: 200)
            let message: CaseMessage = try first.read()
            #expect(try tag(first).hasPrefix("\(message.etag.dropLast())."))
            let known = ["If-None-Match": "\"other\", W/\(try tag(first))"]
            let same = try await api.call(.GET, "/v1/cases/\(id)", headers: known, expecting: 304)
            #expect(same.bytes.isEmpty)
            #expect(try tag(same) == tag(first))
            try await api.call(.POST, "/v1/cases/\(id)/facts", ["facts": ["title": "乙"]], expecting: 200)
            let changed = try await api.call(.GET, "/v1/cases/\(id)", headers: known, expecting: 200)
            #expect(try tag(changed) != tag(first))
        }
    }

    @Test func `a case is not changed by whoever read another state of it`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            let id = try await desk.open(["title": "甲"]).id
            let read = try tag(try await api.call(.GET, "/v1/cases/\(id)", expecting: 200))
            let facts: JSON = ["facts": ["title": "乙"]]
            let written = try await api.call(
                .POST, "/v1/cases/\(id)/facts", facts, headers: ["If-Match": read], expecting: 200)
            let calls: [(String, JSON)] = [
                ("facts", ["facts": ["title": "丙"]]), ("steps", ["step": "look"]),
                ("handler", ["division": .text(TestAPI.county.text), "body": .text(TestAPI.body)]),
            ]
            for (name, body) in calls {
                try await api.refused(
                    .POST, "/v1/cases/\(id)/\(name)", body, headers: ["If-Match": read], .changedMeanwhile,
                    at: "header:if-match")
            }
            // What a write answers names the state that it left, and so does the record's own tag.
            let now = try tag(written)
            #expect(now == (try await api.read(id).etag))
            try await api.call(
                .POST, "/v1/cases/\(id)/facts", ["facts": ["title": "丙"]], headers: ["If-Match": now], expecting: 200)
        }
    }

    @Test func `two who change a fact at once make a conflict, and one who says nothing replaces what is there`()
        async throws
    {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            let opened = try await desk.open(["title": "甲"])
            let path = "/v1/cases/\(opened.id)/facts"
            let seen = try #require(opened.facts.first { $0.id == "title" }).seen
            for title in ["乙", "丙"] {
                try await api.call(
                    .POST, path, ["facts": ["title": .text(title)], "seen": ["title": .text(seen)]], expecting: 200)
            }
            let torn: CaseMessage = try await api.call(.GET, "/v1/cases/\(opened.id)", expecting: 200).read()
            #expect(try #require(torn.facts.first { $0.id == "title" }).isInConflict)
            let mended: CaseMessage = try await api.call(
                .POST, path, ["facts": ["title": "丁"]], expecting: 200
            ).read()
            let title = try #require(mended.facts.first { $0.id == "title" })
            #expect((title.values, title.isInConflict) == (["丁"], false))
            try await api.refused(
                .POST, path, ["facts": ["title": "戊"], "seen": ["title": "???"]], .badSeen, at: "/seen/title")
            // A step's facts likewise.
            try await api.call(
                .POST, "/v1/cases/\(opened.id)/steps",
                ["step": "look", "facts": ["title": "己"], "seen": ["title": .text(seen)]], expecting: 422)
            let again: CaseMessage = try await api.call(.GET, "/v1/cases/\(opened.id)", expecting: 200).read()
            #expect(try #require(again.facts.first { $0.id == "title" }).isInConflict)
        }
    }

    @Test(arguments: ["/v1/procedures", "/v1/cases", "/public", "/public/feed.atom", "/v1/items", "/openapi.json"])
    func `lists and public pages are sent once`(path: String) async throws {
        try await TestAPI.serve { api in
            _ = try await CaseDeskFixture.prepare(api).publish()
            let first = try await api.call(.GET, path, expecting: 200)
            let known = ["If-None-Match": try tag(first)]
            #expect(try await api.call(.GET, path, headers: known, expecting: 304).bytes.isEmpty)
            let head = try api.request(.HEAD, path, headers: known)
            #expect(try await api.client.execute(head, timeout: .seconds(60)).status.code == 304)
            let other = try await api.call(.GET, path, headers: ["If-None-Match": "\"0\""], expecting: 200)
            #expect(other.bytes == first.bytes)
        }
    }

    @Test func `what the law forbids is told with its articles`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            let id = try await desk.open(["party": "孙样明", "facts": "倾倒渣土"]).id
            let answer = try await api.call(
                .POST, "/v1/cases/\(id)/steps", ["step": "decide", "with": ["GD-0002"]], expecting: 422)
            #expect(try answer.json["articles"]?.array == ["行政处罚法第42条"])
        }
    }
}
