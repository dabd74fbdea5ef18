import AsyncHTTPClient
import Casework
import Divisions
import Foundation
import Ledger
import Libraries
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Simulation
import Store
import Support
import Testing

@testable import Node

/// A node that is kept through its API, and whose board is filled from its store.
struct KeptNode {
    let api: TestAPI
    let operation: NodeOperation
    let database: BoardDatabase

    static func serve(_ body: @escaping (KeptNode) async throws -> Void) async throws {
        try await TestAPI.serve { api in
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let clock = api.node.clock
            var chance = SplitMix64(seed: 1)
            let database = try BoardDatabase(
                path: "\(api.directory)/casework.sqlite", tree: api.node.tree, rules: BoardFixture.rules, using: &chance
            )
            let operation = NodeOperation(
                data: DataDirectory(path: api.directory), core: api.node, notary: TestNotary(), identityDirectory: nil,
                clock: { clock.now }, logger: quiet)
            let door = makeAPIDoor(
                core: api.node, tokens: api.tokens, access: api.access, board: Board(database), operation: operation,
                logger: quiet, clock: { clock.now },
                metrics: {
                    """
                    # HELP tributary_test_total Some.
                    tributary_test_total{kind="a"} 3
                    tributary_seconds_bucket{le="1"} 2
                    tributary_seconds_sum 0.5

                    """
                }, health: { APIHealth(isHealthy: true, text: "writing") })
            let service = APIService(door, host: "127.0.0.1", port: 0, logger: quiet)
            let group = ServiceGroup(
                configuration: ServiceGroupConfiguration(services: [operation.desk, service], logger: quiet))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                let port = try #require(await service.port)
                let kept = KeptNode(
                    api: api.moved(to: "http://127.0.0.1:\(port)"), operation: operation, database: database)
                let result: Result<Void, any Error>
                do { result = .success(try await body(kept)) } catch { result = .failure(error) }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                try result.get()
            }
        }
    }

    /// Judges every case of the store for the board.
    func fillBoard() throws {
        let clock = api.node.clock
        let judge = BoardJudge(
            tree: api.node.tree, rules: BoardFixture.rules, board: database, isHere: { _ in true },
            clock: { clock.now })
        try BoardFollower(board: database, judge: judge.judge).catchUp(
            api.node.store.reader, today: try #require(Moments.chineseDay(clock.now)).daysSince1970)
    }

    /// Asks for a job until it is over.
    func end(of job: Job) async throws -> Job {
        while true {
            let now: Job = try await api.call(.GET, "/v1/operation/jobs/\(job.id)", as: .operator, expecting: 200)
                .read()
            if now.state.isOver { return now }
            await Task.yield()
        }
    }

    func upload(_ text: String, _ query: String, expecting status: Int = 202) async throws -> TestAPI.Answer {
        var request = try api.request(
            .POST, "/v1/operation/imports?\(query)", as: .operator,
            headers: ["Content-Type": "application/octet-stream"])
        request.body = .bytes(ByteBuffer(string: text))
        return try await api.send(request, expecting: status)
    }
}

@Suite struct APIOperationTests {
    @Test func `an operator sees how the machine is, and nobody else does`() async throws {
        try await KeptNode.serve { kept in
            let state: OperationMessage = try await kept.api.call(
                .GET, "/v1/operation", as: .operator, expecting: 200
            ).read()
            #expect(state.phase == .writing)
            #expect(state.storeBytes > 0 && state.boardBytes > 0)
            #expect(Set(state.tokens.map(\.role)) == Set(Role.allCases.map(\.rawValue)))
            #expect(
                state.metrics == [
                    OperationMetric(name: "tributary_test_total", labels: "kind=\"a\"", value: 3),
                    OperationMetric(name: "tributary_seconds_sum", labels: "", value: 0.5),
                ])
            for role in Role.allCases where role != .operator {
                try await kept.api.refused(.GET, "/v1/operation", as: role, .roleForbids)
                try await kept.api.refused(.POST, "/v1/operation/backups", as: role, .roleForbids)
                try await kept.api.refused(.GET, "/v1/operation/jobs", as: role, .roleForbids)
            }
        }
    }

    @Test func `a token is shown once, works at once, and not after it was revoked`() async throws {
        try await KeptNode.serve { kept in
            let api = kept.api
            let body: JSON = ["label": "scanner 1", "role": "officer", "body": "440781-01"]
            let made = try await api.call(.POST, "/v1/operation/tokens", body, as: .operator, expecting: 201)
            let token: NewToken = try made.read()
            func status() async throws -> UInt {
                let header = ["Authorization": "Bearer \(token.token)"]
                let request = try api.request(.GET, "/v1/status", as: nil, headers: header)
                return try await api.client.execute(request, timeout: .seconds(60)).status.code
            }
            #expect(try await status() == 200)
            let state = try await api.call(.GET, "/v1/operation", as: .operator, expecting: 200)
            #expect(state.text.contains("scanner 1"))
            #expect(!state.text.contains(token.token))
            try await api.refused(
                .POST, "/v1/operation/tokens", body, as: .operator, .alreadyExists, at: "/label")
            try await api.call(.DELETE, "/v1/operation/tokens/scanner%201", as: .operator, expecting: 200)
            #expect(try await status() == 401)
            try await api.refused(
                .DELETE, "/v1/operation/tokens/scanner%201", as: .operator, .notFound, at: "path:label")
            try await api.refused(
                .POST, "/v1/operation/tokens", ["label": "x", "role": "king"], as: .operator, .badValue, at: "/role")
            try await api.refused(
                .POST, "/v1/operation/tokens", ["label": "x", "role": "officer", "division": "44"], as: .operator,
                .homeForbids, at: "/division")
        }
    }

    @Test func `a backup lands in the data directory, and a verification says that the store is sound`() async throws {
        try await KeptNode.serve { kept in
            _ = try await kept.api.createCase()
            let job: Job = try await kept.api.call(
                .POST, "/v1/operation/backups", as: .operator, expecting: 202
            ).read()
            let done = try await kept.end(of: job)
            #expect(done.state == .done, "\(done)")
            let file = try #require(done.result?.file)
            #expect(FileManager.default.fileExists(atPath: "\(kept.api.directory)/backups/\(file)"))
            let state: OperationMessage = try await kept.api.call(
                .GET, "/v1/operation", as: .operator, expecting: 200
            ).read()
            #expect(state.backups.map(\.file) == [file])
            #expect(state.backups.map(\.bytes) == [done.result?.bytes])
            let check: Job = try await kept.api.call(
                .POST, "/v1/operation/verifications", as: .operator, expecting: 202
            ).read()
            let checked = try await kept.end(of: check)
            #expect(checked.state == .done, "\(checked)")
            #expect(checked.result?.isSound == true)
            #expect((checked.result?.entries ?? 0) > 0)
        }
    }

    @Test func `a table is imported row by row, and what is not taken is told with its line`() async throws {
        try await KeptNode.serve { kept in
            let table = """
                date,name,kind
                2026-10-01,国庆节,off
                not-a-day,错,off

                """
            let job: Job = try await kept.upload(table, "kind=calendar").read()
            #expect(job.subject == "calendar")
            let done = try await kept.end(of: job)
            #expect(done.state == .done, "\(done)")
            #expect(done.result?.written == 1, "\(done)")
            #expect(done.result?.refused == 1)
            #expect(done.result?.faults?.first?.english.hasPrefix("line 3: ") == true)
            let again = try await kept.end(of: try await kept.upload(table, "kind=calendar").read())
            #expect(again.result?.written == 0)
            #expect(again.result?.unchanged == 1)
            let wrong = try await kept.upload("x", "kind=secrets", expecting: 400)
            #expect(try kept.api.problem(wrong).place == "query:kind")
            let path = try await kept.upload("x", "kind=statutes&name=../x.md", expecting: 400)
            #expect(try kept.api.problem(path).place == "query:name")
            let law = try await kept.end(of: try await kept.upload("no law", "kind=statutes&name=a.md").read())
            #expect(law.state == .failed)
            #expect(law.problem != nil)
        }
    }

    @Test func `one job of a kind runs at a time, can be ended, and a restart says what it forgot`() async throws {
        try await KeptNode.serve { kept in
            let desk = kept.operation.desk
            let gate = AsyncStream.makeStream(of: Void.self)
            let first = try #require(
                desk.start(.backup) { progress in
                    for await _ in gate.stream { break }
                    try progress.tell(WordsMessage(Bilingual("复制", "copying")), done: 1, total: 2)
                    return JobResult()
                })
            try await kept.api.refused(.POST, "/v1/operation/backups", as: .operator, .alreadyExists)
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let restarted = JobDesk(file: "\(kept.api.directory)/jobs.json", clock: { 9 }, logger: quiet)
            #expect(restarted.jobs.map(\.state) == [.forgotten])
            #expect(restarted.jobs.map(\.id) == [first.id])
            try await kept.api.call(.DELETE, "/v1/operation/jobs/\(first.id)", as: .operator, expecting: 200)
            gate.continuation.yield()
            let ended = try await kept.end(of: first)
            #expect(ended.state == .cancelled)
            #expect(ended.result == nil)
            try await kept.api.refused(.GET, "/v1/operation/jobs/none", as: .operator, .notFound, at: "path:id")
            let list: JobList = try await kept.api.call(.GET, "/v1/operation/jobs", as: .operator, expecting: 200)
                .read()
            #expect(list.jobs.map(\.id) == [first.id])
        }
    }
}
