import Ledger
import Libraries
import NIOHTTP1
import Testing

@testable import Node

/// Finding a case, evidence from the scene, and what a step that may not be taken is answered with.
struct APICaseDeskTests {
    @Test func `a case is found by the beginning of its key`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            let first = try await desk.open(["title": "甲案"])
            let second = try await desk.open(["title": "乙案"])
            let keys = try [first, second].map { try #require(RecordID($0.id)).key.description }
            let all: CaseList = try await api.call(.GET, "/v1/cases", expecting: 200).read()
            #expect(all.cases.map(\.id) == [first.id, second.id])
            #expect(all.cases.map(\.title) == ["甲案", "乙案"])
            #expect(all.cases.allSatisfy { $0.standing == "open" && $0.stage?.chinese == "办理" })
            for (key, record) in zip(keys, [first, second]) {
                let found: CaseList = try await api.call(.GET, "/v1/cases?key=\(key)", expecting: 200).read()
                #expect(found.cases.map(\.id) == [record.id])
            }
            // Both were opened in the same minute, and their keys begin with the time.
            let both: CaseList = try await api.call(.GET, "/v1/cases?key=\(keys[0].prefix(6))", expecting: 200).read()
            #expect(both.cases.count == 2)
            let none: CaseList = try await api.call(.GET, "/v1/cases?key=ffff", expecting: 200).read()
            #expect(none.cases.isEmpty)
            try await api.refused(.GET, "/v1/cases?key=xyz", .badValue, at: "query:key")
            try await api.refused(.GET, "/v1/cases?limit=101", .badValue, at: "query:limit")
        }
    }

    @Test func `cases come a page at a time`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            for number in 0..<3 { _ = try await desk.open(["title": .text("\(number)")]) }
            let first: CaseList = try await api.call(.GET, "/v1/cases?limit=2", expecting: 200).read()
            let next = try #require(first.next)
            let rest: CaseList = try await api.call(.GET, "/v1/cases?limit=2&cursor=\(next)", expecting: 200).read()
            #expect((first.cases + rest.cases).map(\.title) == ["0", "1", "2"])
            try await api.refused(.GET, "/v1/cases?cursor=-", .badCursor, at: "query:cursor")
        }
    }

    @Test func `what stands in the way is told in an officer's words with its article`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            let id = try await desk.open(["party": "孙样明", "facts": "倾倒渣土"]).id
            let answer = try await api.call(
                .POST, "/v1/cases/\(id)/steps", ["step": "decide", "with": ["GD-0002"]], expecting: 422)
            let body = try answer.json
            #expect(body["detail"]?.text == "尚未现场检查(行政处罚法第42条)")
            #expect(body["findings"]?.array?.first?["english"]?.text == "Nobody looked")
            #expect(body["findings"]?.array?.first?["articles"]?.array == ["行政处罚法第42条"])
        }
    }

    // MARK: Evidence

    private func evidence(_ file: FileMessage, capturedAt: String, recording: String? = "look") -> JSON {
        var members: [String: JSON] = [
            "digest": .text(file.digest), "kind": "视听资料", "capturedAt": .text(capturedAt), "device": "D1",
        ]
        if let recording { members["recording"] = .text(recording) }
        return .object(members)
    }

    @Test func `a recording handed in on the next working day is in time, one after it is told to be late`()
        async throws
    {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            let id = try await desk.open().id
            // It is Sunday, 2026-03-01: what was captured on Friday is due on Monday.
            let friday = evidence(try await desk.upload("friday"), capturedAt: "2026-02-27T10:00")
            let attached: EvidenceMessage = try await api.call(
                .POST, "/v1/cases/\(id)/evidence", friday, expecting: 201
            ).read()
            #expect(attached.dueAt == "2026-03-02T23:59")
            #expect(!attached.isLate && attached.findings.isEmpty)
            let record = try await api.read(attached.record)
            #expect(record["digest"]?.shown == .text(attached.digest))
            #expect(record["officer"]?.shown == "GD-0001")
            #expect(record["attached-at"]?.shown == .text(attached.attachedAt))

            let wednesday = evidence(try await desk.upload("wednesday"), capturedAt: "2026-02-25T10:00")
            let late: EvidenceMessage = try await api.call(
                .POST, "/v1/cases/\(id)/evidence", wednesday, expecting: 201
            ).read()
            #expect(late.isLate)
            #expect(late.findings.map(\.chinese) == ["音像记录未在2026年2月26日23时59分前存储（全过程记录办法第23条）"])
        }
    }

    @Test func `a file that is handed in again keeps the moment it was first handed in`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            let id = try await desk.open().id
            let request = evidence(try await desk.upload("scene"), capturedAt: "2026-03-01T07:00")
            let first: EvidenceMessage = try await api.call(
                .POST, "/v1/cases/\(id)/evidence", request, expecting: 201
            ).read()
            for _ in 0..<90 { _ = api.node.clock.tick() }
            let second: EvidenceMessage = try await api.call(
                .POST, "/v1/cases/\(id)/evidence", request, expecting: 201
            ).read()
            #expect(second == first)
        }
    }

    @Test func `evidence without its file, or of a step that is none, is refused`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            let id = try await desk.open().id
            let path = "/v1/cases/\(id)/evidence"
            let absent: JSON = [
                "digest": .text(String(repeating: "a", count: 64)), "kind": "书证", "capturedAt": "2026-03-01T07:00",
            ]
            try await api.refused(.POST, path, absent, .refused, at: "/digest")
            let file = try await desk.upload("scene")
            try await api.refused(
                .POST, path, evidence(file, capturedAt: "2026-03-01T07:00", recording: "nap"), .badValue,
                at: "/recording")
            try await api.refused(.POST, path, evidence(file, capturedAt: "yesterday"), .badValue, at: "/capturedAt")
            try await api.refused(
                .POST, path, evidence(file, capturedAt: "2026-03-01T07:00"), as: .librarian, .roleForbids,
                at: "path:id")
        }
    }

    @Test func `a node that hands out no numbers says so`() async throws {
        try await TestAPI.serve { api in try await api.refused(.GET, "/v1/numbers", .unavailable) }
    }

    @Test func `whoever watches over offices asks something of them, and writes nothing else`() async throws {
        try await TestAPI.serve { api in
            let directive: JSON = [
                "kind": "directive", "home": "440781106",
                "fields": ["sort": "urge", "from": "440781", "text": "请加快办理", "due-on": "2026-03-10"],
            ]
            try await api.call(.POST, "/v1/records", directive, as: .supervisor, expecting: 201)
            try await api.refused(
                .POST, "/v1/records", ["kind": "evidence", "fields": ["device": "D1"]], as: .supervisor, .roleForbids,
                at: "/kind")
        }
    }
}
