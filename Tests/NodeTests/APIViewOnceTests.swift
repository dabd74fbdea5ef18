import Casework
import Divisions
import Ledger
import Libraries
import NIOHTTP1
import Replication
import Synchronization
import Testing

@testable import Node

/// One opening of a page is one line in the log of views, and nobody's view goes without one.
struct APIViewOnceTests {
    private func views(_ api: TestAPI) async throws -> [ViewMessage] {
        let list: ViewList = try await api.call(.GET, "/v1/views?limit=100", as: .supervisor, expecting: 200).read()
        return list.views
    }

    @Test func `a case that a page asks for in several calls is one view, and another after ten seconds`() async throws
    {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            let id = try await desk.open(["title": "甲"]).id
            api.node.clock.pass(milliseconds: RecentViews.window)
            let before = try await views(api).count
            for path in ["/v1/cases/\(id)", "/v1/cases/\(id)/dossier", "/v1/cases/\(id)", "/v1/records/\(id)"] {
                try await api.call(.GET, path, expecting: 200)
            }
            #expect(try await views(api).count == before + 1)
            // Somebody else, another reason and something else are views of their own.
            try await api.call(.GET, "/v1/cases/\(id)", as: .responsible, expecting: 200)
            try await api.call(
                .GET, "/v1/cases/\(id)", headers: ["Tributary-Purpose": "complaint"], expecting: 200)
            try await api.call(.GET, "/v1/records/\(id)/history", expecting: 200)
            #expect(try await views(api).count == before + 4)
            api.node.clock.pass(milliseconds: RecentViews.window)
            try await api.call(.GET, "/v1/cases/\(id)", expecting: 200)
            #expect(try await views(api).count == before + 5)
        }
    }

    @Test func `whoever changes a case is shown it, and that is logged`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            let id = try await desk.open(["title": "甲"]).id
            func isLogged(_ body: () async throws -> Void) async throws -> Bool {
                let before = try await views(api).count
                try await body()
                return try await views(api).dropFirst(before).map(\.subject) == [id]
            }
            #expect(try await views(api).map(\.what) == ["case"])
            api.node.clock.pass(milliseconds: RecentViews.window)
            let facts: JSON = ["facts": ["party": .text(CaseDeskFixture.party), "facts": "倾倒渣土"]]
            #expect(
                try await isLogged { try await api.call(.POST, "/v1/cases/\(id)/facts", facts, expecting: 200) })
            api.node.clock.pass(milliseconds: RecentViews.window)
            #expect(try await isLogged { try await desk.take("look", in: id) })
            api.node.clock.pass(milliseconds: RecentViews.window)
            let grant: JSON = [
                "division": .text(TestAPI.county.text), "body": .text(TestAPI.body),
                "officers": [.text(CaseDeskFixture.second)],
            ]
            #expect(
                try await isLogged { try await api.call(.POST, "/v1/cases/\(id)/handler", grant, expecting: 200) })
        }
    }

    @Test func `a view that could not be logged is shown to nobody who waited for it`() async throws {
        try await TestAPI.serve { api in
            let id = try await api.createCase().id
            await api.node.fail(.storeUnavailable(.inputOutput("no space")))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for _ in 0..<8 { tasks.addTask { try await api.call(.GET, "/v1/records/\(id)", expecting: 503) } }
                try await tasks.waitForAll()
            }
            await api.node.recover()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for _ in 0..<8 { tasks.addTask { try await api.call(.GET, "/v1/records/\(id)", expecting: 200) } }
                try await tasks.waitForAll()
            }
            #expect(try await views(api).count == 1)
        }
    }

    @Test func `who comes while the line is being written waits for it, and writes it where that failed`() async throws
    {
        let recent = RecentViews()
        let holder = TokenHolder(label: "a", role: .officer, author: nil, division: "440781", body: "")
        let view = RecentViews.View(
            holder: holder, what: .case,
            subject: RecordID(home: "440781", flow: .up, kind: "case", key: RecordKey(1, 1)), purpose: .handling)
        let lines = Lines()
        let refused = await withTaskGroup(of: Bool.self) { tasks in
            for _ in 0..<20 {
                tasks.addTask {
                    do {
                        try await recent.log(view, now: 5) { try await lines.write() }
                        return false
                    } catch { return true }
                }
            }
            return await tasks.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(refused == 1 && lines.count == 2)
        // A clock that was set back makes a line too many, not one too few.
        try await recent.log(view, now: 4) { try await lines.write() }
        #expect(lines.count == 3)
    }
}

/// A log whose first line cannot be written.
private final class Lines: Sendable {
    struct NotWritten: Error {}

    private let written = Mutex(0)

    var count: Int { written.withLock { $0 } }

    func write() async throws {
        await Task.yield()
        let count = written.withLock { count in
            count += 1
            return count
        }
        if count == 1 { throw NotWritten() }
    }
}
