import Divisions
import Ledger
import Libraries
import Logging
import NIOHTTP1
import ServiceLifecycle
import Store
import Testing

@testable import Node

/// Requests that come twice under one key.
struct APIIdempotencyTests {
    private static let key = ["Idempotency-Key": "0190f5c2-1d3e-7c11-9f50-3c2f6f7b1a01"]

    private func entryCount(of id: String, _ api: TestAPI) async throws -> Int {
        let history: HistoryMessage = try await api.call(.GET, "/v1/records/\(id)/history", expecting: 200).read()
        return history.entries.count
    }

    @Test func `a case opened twice with one key is one case, and another request with it is refused`() async throws {
        try await TestAPI.serve { api in
            _ = try await CaseDeskFixture.prepare(api)
            let body: JSON = ["procedure": "spot", "facts": ["title": "倾倒渣土案"]]
            let first = try await api.call(.POST, "/v1/cases", body, headers: Self.key, expecting: 201)
            let second = try await api.call(.POST, "/v1/cases", body, headers: Self.key, expecting: 201)
            #expect(first.bytes == second.bytes)
            #expect(first.headers.first(name: "location") == second.headers.first(name: "location"))
            let all: CaseList = try await api.call(.GET, "/v1/cases", expecting: 200).read()
            #expect(all.cases.count == 1)
            let other: JSON = ["procedure": "spot", "facts": ["title": "别的案"]]
            try await api.refused(
                .POST, "/v1/cases", other, headers: Self.key, .idempotencyKeyReused, at: "header:idempotency-key")
            let id: CaseMessage = try first.read()
            try await api.refused(
                .POST, "/v1/cases/\(id.id)/facts", body, headers: Self.key, .idempotencyKeyReused,
                at: "header:idempotency-key")
            // Without it, or with a key of one's own, the same words are another case.
            try await api.call(.POST, "/v1/cases", body, expecting: 201)
            try await api.call(.POST, "/v1/cases", body, headers: ["Idempotency-Key": "another"], expecting: 201)
        }
    }

    @Test func `a step taken twice with one key is written once, with its document, its number and its publication`()
        async throws
    {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            let id = try await desk.open().id
            let look: JSON = [
                "step": "look", "with": [.text(CaseDeskFixture.second)],
                "facts": [
                    "title": "倾倒渣土案", "item": "44990000000001", "party": .text(CaseDeskFixture.party),
                    "party-kind": "citizen", "party-id": "440781189907070012", "facts": "倾倒渣土", "is-minor": false,
                ],
            ]
            let steps: [(String, JSON)] = [
                ("k1", look),
                (
                    "k2",
                    [
                        "step": "decide", "with": [.text(CaseDeskFixture.second)],
                        "facts": ["fine-fen": 10_000, "decision-text": "罚款一百元"],
                    ]
                ),
                ("k3", ["step": "publish", "with": [.text(CaseDeskFixture.second)]]),
            ]
            for (key, body) in steps {
                let path = "/v1/cases/\(id)/steps"
                let headers = ["Idempotency-Key": key]
                let first = try await api.call(.POST, path, body, headers: headers, expecting: 201)
                let count = try await entryCount(of: id, api)
                let second = try await api.call(.POST, path, body, headers: headers, expecting: 201)
                #expect(first.bytes == second.bytes)
                #expect(try await entryCount(of: id, api) == count)
            }
            let message: CaseMessage = try await api.call(.GET, "/v1/cases/\(id)", expecting: 200).read()
            #expect(message.steps.map(\.step) == ["look", "decide", "publish"])
            let papers: RecordList = try await api.call(.GET, "/v1/records?kind=evidence", expecting: 200).read()
            #expect(papers.records.count == 1)
            // A key stands for what was done then, whatever came after it.
            let late = try await api.call(
                .POST, "/v1/cases/\(id)/steps", look, headers: ["Idempotency-Key": "k1"], expecting: 201)
            let taken: TakenStepMessage = try late.read()
            #expect(taken.record.steps.map(\.step) == ["look", "decide", "publish"])
            #expect(taken.published.isEmpty)
        }
    }

    @Test func `two of one key that arrive at once write once`() async throws {
        try await TestAPI.serve { api in
            _ = try await CaseDeskFixture.prepare(api)
            let body: JSON = ["procedure": "spot", "facts": ["title": "倾倒渣土案"]]
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        let answer = try await api.call(
                            .POST, "/v1/cases", body, headers: Self.key, expecting: 201)
                        return try answer.read(CaseMessage.self).id
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            let all: CaseList = try await api.call(.GET, "/v1/cases", expecting: 200).read()
            #expect(all.cases.count == 1)
        }
    }

    @Test func `a key is known to an API that starts after the one which carried it out`() async throws {
        try await TestAPI.serve { api in
            _ = try await CaseDeskFixture.prepare(api)
            let body: JSON = ["procedure": "spot", "facts": ["title": "倾倒渣土案"]]
            let first = try await api.call(.POST, "/v1/cases", body, headers: Self.key, expecting: 201)
            try await api.again { later in
                let second = try await later.call(.POST, "/v1/cases", body, headers: Self.key, expecting: 201)
                #expect(first.bytes == second.bytes)
                try await later.refused(
                    .POST, "/v1/cases", ["procedure": "spot"], headers: Self.key, .idempotencyKeyReused,
                    at: "header:idempotency-key")
            }
        }
    }

    @Test func `records are made, edited, resolved, brought and removed once for each key`() async throws {
        try await TestAPI.serve { api in
            func twice(
                _ method: HTTPMethod, _ path: String, _ body: JSON, _ key: String, as role: Role = .officer,
                expecting status: Int
            ) async throws -> TestAPI.Answer {
                let headers = ["Idempotency-Key": key]
                let first = try await api.call(method, path, body, as: role, headers: headers, expecting: status)
                let second = try await api.call(method, path, body, as: role, headers: headers, expecting: status)
                #expect(first.bytes == second.bytes, "\(method) \(path)")
                return first
            }
            let made: WrittenRecord = try await twice(
                .POST, "/v1/records", ["kind": "case", "fields": ["title": "甲", "notes": ["一"]]], "made", expecting: 201
            ).read()
            let record = try #require(made.record)
            let title = try #require(record.fields.first { $0.name == "title" })
            let path = "/v1/records/\(made.id)"
            _ = try await twice(
                .PATCH, path, ["edits": [["field": "notes", "action": "append", "value": "二"]]], "note", expecting: 200)
            let notes = try #require(try await api.read(made.id).fields.first { $0.name == "notes" })
            #expect(notes.values.map(\.value) == ["一", "二"])
            try await api.edit(
                made.id, [["field": "title", "action": "set", "value": "乙", "seen": .text(title.seen)]])
            try await api.edit(
                made.id, [["field": "title", "action": "set", "value": "丙", "seen": .text(title.seen)]])
            let seen = try #require(try await api.read(made.id).fields.first { $0.name == "title" }).seen
            _ = try await twice(
                .POST, path + "/resolve",
                ["field": "title", "value": "丁", "seen": .text(seen), "reason": "核对原件"], "resolved", expecting: 200)
            let resolutions = try #require(try await api.read(made.id).fields.first { $0.name == "resolutions" })
            #expect(resolutions.values.count == 1)
            let all = try await api.read(made.id).seen
            _ = try await twice(.DELETE, path, ["seen": .text(all)], "removed", expecting: 200)
            let drafts: JSON = ["drafts": [["kind": "body", "key": "a", "fields": ["code": "a", "name": "甲局"]]]]
            let result: ImportResult = try await twice(
                .POST, "/v1/import", drafts, "brought", as: .librarian, expecting: 200
            ).read()
            #expect((result.written, result.unchanged) == (1, 0))
        }
    }

    @Test func `evidence is attached, a case granted and a publication withdrawn once for each key`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            let (id, publication) = try await desk.publish()
            let file = try await desk.upload("现场照片")
            let evidence: JSON = ["digest": .text(file.digest), "kind": "视听资料", "capturedAt": "2026-03-01T08:00"]
            let grant: JSON = [
                "division": .text(TestAPI.county.text), "body": .text(TestAPI.body),
                "officers": [.text(CaseDeskFixture.second)],
            ]
            for (path, body, key, status) in [
                ("/v1/cases/\(id)/evidence", evidence, "e", 201), ("/v1/cases/\(id)/handler", grant, "h", 200),
                ("/v1/publications/\(publication)/withdraw", ["reason": "重新核查"], "w", 200),
            ] as [(String, JSON, String, Int)] {
                let headers = ["Idempotency-Key": key]
                let first = try await api.call(.POST, path, body, headers: headers, expecting: status)
                let before = try api.node.store.lastPosition()
                let second = try await api.call(.POST, path, body, headers: headers, expecting: status)
                #expect(first.bytes == second.bytes, "\(path)")
                #expect(try api.node.store.lastPosition() == before, "\(path)")
            }
        }
    }

    @Test func `a refused request leaves its key unused, and a key that is none is refused`() async throws {
        try await TestAPI.serve { api in
            _ = try await CaseDeskFixture.prepare(api)
            try await api.refused(
                .POST, "/v1/cases", ["procedure": "nothing"], headers: Self.key, .badValue, at: "/procedure")
            try await api.call(.POST, "/v1/cases", ["procedure": "spot"], headers: Self.key, expecting: 201)
            for key in ["", "a b", "键", String(repeating: "k", count: 256)] {
                try await api.refused(
                    .POST, "/v1/cases", ["procedure": "spot"], headers: ["Idempotency-Key": key], .badValue,
                    at: "header:idempotency-key")
            }
        }
    }

    @Test func `one key of two people is two keys`() async throws {
        try await TestAPI.serve { api in
            let body: JSON = ["kind": "case", "fields": ["title": "甲"]]
            let officer: WrittenRecord = try await api.call(
                .POST, "/v1/records", body, as: .officer, headers: Self.key, expecting: 201
            ).read()
            let reviewer: WrittenRecord = try await api.call(
                .POST, "/v1/records", body, as: .reviewer, headers: Self.key, expecting: 201
            ).read()
            #expect(officer.id != reviewer.id)
        }
    }
}

extension TestAPI {
    /// The same node behind an API that has just started.
    func again(
        numbers: NumberService? = nil, _ body: (TestAPI) async throws -> Void
    ) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let clock = node.clock
        let door = makeAPIDoor(
            core: node, tokens: tokens, access: access, numbers: numbers, logger: quiet, clock: { clock.now },
            metrics: { "" }, health: { APIHealth(isHealthy: true, text: "writing") })
        let service = APIService(door, host: "127.0.0.1", port: 0, logger: quiet)
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [service], logger: quiet))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(await service.port)
            let result: Result<Void, any Error>
            do { result = .success(try await body(moved(to: "http://127.0.0.1:\(port)"))) } catch {
                result = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }
}
