import AsyncHTTPClient
import Casework
import Foundation
import Lattice
import Ledger
import Libraries
import NIOCore
import NIOHTTP1
import Replication
import Store
import Testing

@testable import Node

/// Whoever is shown something personal is written down first, and nobody is shown what cannot be.
struct APIViewTests {
    private typealias Offices = CaseworkOffices

    private func views(_ api: TestAPI, _ query: String = "", as role: Role = .supervisor) async throws -> [ViewMessage]
    {
        let list: ViewList = try await api.call(.GET, "/v1/views\(query)", as: role, expecting: 200).read()
        return list.views
    }

    @Test func `reading a record, its history and a list is logged with who, what, when and why`() async throws {
        try await TestAPI.serve { api in
            let id = try await api.createCase().id
            #expect(try await views(api).isEmpty)
            try await api.call(.GET, "/v1/records/\(id)", expecting: 200)
            try await api.call(
                .GET, "/v1/records/\(id)/history", as: .reviewer, headers: ["Tributary-Purpose": "complaint"],
                expecting: 200)
            try await api.call(.GET, "/v1/records?kind=case", as: .librarian, expecting: 200)
            let views = try await views(api)
            #expect(views.map(\.what) == ["case", "history", "list"])
            #expect(try await self.views(api, "?latest=true").map(\.id) == views.reversed().map(\.id))
            #expect(views.map(\.purpose) == ["handling", "complaint", "handling"])
            #expect(views.map(\.viewer) == [TestAPI.author.description, "reviewer", "librarian"])
            #expect(views.map(\.subject) == [id, id, nil])
            #expect(views.allSatisfy { $0.division == "440781" && $0.divisionName == "台山市" })
            #expect(views.allSatisfy { $0.at >= 1_772_323_200_000 && $0.at <= Int64(api.node.clock.now) })
        }
    }

    @Test func `what is not personal is not logged, nor is looking into the log`() async throws {
        try await TestAPI.serve { api in
            let statute: WrittenRecord = try await api.call(
                .POST, "/v1/records", ["kind": "statute", "fields": ["title": "城市管理条例"]], as: .librarian,
                expecting: 201
            ).read()
            let before = try api.node.store.lastPosition()
            try await api.call(.GET, "/v1/records/\(statute.id)", expecting: 200)
            try await api.call(.GET, "/v1/records?kind=statute", expecting: 200)
            try await api.call(.GET, "/v1/records?kind=case", expecting: 200)
            try await api.call(.GET, "/v1/cases", expecting: 200)
            #expect(try await views(api).isEmpty)
            try await api.call(.GET, "/v1/records?kind=view-log", as: .supervisor, expecting: 200)
            #expect(try api.node.store.lastPosition() == before)
        }
    }

    @Test func `while nothing can be written what is personal is closed and all else is open`() async throws {
        try await TestAPI.serve { api in
            let id = try await api.createCase().id
            let statute: WrittenRecord = try await api.call(
                .POST, "/v1/records", ["kind": "statute", "fields": ["title": "城市管理条例"]], as: .librarian,
                expecting: 201
            ).read()
            await api.node.fail(.storeUnavailable(.inputOutput("no space")))
            for path in ["/v1/records/\(id)", "/v1/records/\(id)/history", "/v1/records?kind=case"] {
                let answer = try await api.call(.GET, path, expecting: 503)
                #expect(try api.problem(answer).kind == "unavailable")
                #expect(!answer.text.contains("占道"))
            }
            for path in ["/v1/records/\(statute.id)", "/v1/statutes/search?q=城市", "/v1/status", "/v1/cases"] {
                let path = path.addingPercentEncoding(withAllowedCharacters: .urlQueryAllowed) ?? path
                try await api.call(.GET, path, expecting: 200)
            }
            await api.node.fail(.overloaded(waiting: 9))
            let busy = try await api.call(.GET, "/v1/records/\(id)", expecting: 503)
            #expect(try api.problem(busy).kind == "overloaded")
        }
    }

    @Test func `a purpose that is none is refused before anything is shown`() async throws {
        try await TestAPI.serve { api in
            let id = try await api.createCase().id
            try await api.refused(
                .GET, "/v1/records/\(id)", headers: ["Tributary-Purpose": "idle"], .badValue,
                at: "header:tributary-purpose")
            #expect(try await views(api).isEmpty)
        }
    }

    @Test func `supervisors see all views, operators not of what, and everybody else his own`() async throws {
        try await TestAPI.serve { api in
            let (first, second) = (try await api.createCase().id, try await api.createCase().id)
            for id in [first, second] { try await api.call(.GET, "/v1/records/\(id)", expecting: 200) }
            try await api.call(.GET, "/v1/records/\(first)", as: .reviewer, expecting: 200)
            #expect(try await views(api).count == 3)
            #expect(
                try await views(api, "?subject=\(first)").map(\.viewer) == [TestAPI.author.description, "reviewer"])
            #expect(try await views(api, "?viewer=reviewer").map(\.subject) == [first])
            #expect(try await views(api, "?purpose=review").count == 1)
            #expect(try await views(api, "?to=2026-02-28").isEmpty)
            let blind = try await views(api, as: .operator)
            #expect(blind.count == 3 && blind.allSatisfy { $0.subject == nil })
            #expect(try await views(api, as: .officer).map(\.subject) == [first, second])
            #expect(try await views(api, as: .librarian).isEmpty)
            try await api.refused(
                .GET, "/v1/views?viewer=reviewer", as: .officer, .roleForbids, at: "query:viewer")
            try await api.refused(
                .GET, "/v1/views?subject=\(first)", as: .operator, .roleForbids, at: "query:subject")
            try await api.refused(.GET, "/v1/views?subject=x", as: .supervisor, .badID, at: "query:subject")
            try await api.refused(.GET, "/v1/views?from=2024-01-01", as: .supervisor, .badValue, at: "query:from")
            try await api.refused(.GET, "/v1/views?cursor=x", as: .supervisor, .badCursor, at: "query:cursor")
            try await api.refused(.GET, "/v1/records?kind=view-log", as: .officer, .roleForbids, at: "query:kind")
        }
    }

    @Test func `the log comes in pages, none of its lines twice`() async throws {
        try await TestAPI.serve { api in
            let id = try await api.createCase().id
            for _ in 0..<5 {
                try await api.call(.GET, "/v1/records/\(id)", expecting: 200)
                api.node.clock.pass(milliseconds: RecentViews.window)
            }
            var (found, cursor): ([String], String?) = ([], nil)
            repeat {
                let after = cursor.map { "&cursor=\($0)" } ?? ""
                let page: ViewList = try await api.call(
                    .GET, "/v1/views?limit=2\(after)", as: .supervisor, expecting: 200
                ).read()
                #expect(page.views.count <= 2)
                found += page.views.map(\.id)
                cursor = page.next
            } while cursor != nil
            #expect(found.count == 5 && Set(found).count == 5)
        }
    }

    @Test func `nobody writes, edits or removes a line of the log`() async throws {
        try await TestAPI.serve { api in
            let id = try await api.createCase().id
            try await api.call(.GET, "/v1/records/\(id)", expecting: 200)
            let line = try #require(try await views(api).first).id
            let drafts: JSON = [
                "drafts": [["kind": "view-log", "home": "440781", "key": "x", "fields": ["what": "case"]]]
            ]
            for role in Role.allCases {
                try await api.refused(
                    .POST, "/v1/records", ["kind": "view-log", "fields": ["what": "case"]], as: role, .roleForbids,
                    at: "/kind")
                try await api.refused(
                    .DELETE, "/v1/records/\(line)", ["seen": "x"], as: role, .roleForbids, at: "path:id")
                let answer = try await api.call(.POST, "/v1/import", drafts, as: role, expecting: 403)
                #expect(try api.problem(answer).kind == "role-forbids")
            }
        }
    }

    @Test func `a file is shown to whoever may see its case, and that is logged`() async throws {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let id = try await offices.file(by: Offices.townsman).id
            var upload = try api.request(.POST, "/v1/files", as: .officer)
            upload.headers.add(name: "Content-Type", value: "application/octet-stream")
            upload.body = .bytes(ByteBuffer(string: "照片"))
            let file: FileMessage = try await api.send(upload, expecting: 201).read()
            let path = "/v1/files/\(file.digest)"
            try await api.call(.GET, path, headers: offices.headers(Offices.neighbour), expecting: 200)
            let evidence: JSON = ["digest": .text(file.digest), "kind": "视听资料", "capturedAt": "2026-03-01T07:00"]
            try await api.call(
                .POST, "/v1/cases/\(id)/evidence", evidence, headers: offices.headers(Offices.townsman), expecting: 201)
            let logged = try await views(api).count
            for person in [Offices.neighbour, Offices.otherTownsman] {
                let answer = try await api.call(.GET, path, headers: offices.headers(person), expecting: 403)
                #expect(!answer.text.contains("照片"))
                let list: RecordList = try await api.call(
                    .GET, "/v1/records?kind=evidence", headers: offices.headers(person), expecting: 200
                ).read()
                #expect(!list.records.contains { $0.values["digest"] == .text(file.digest) })
            }
            for person in [Offices.townsman, Offices.county, Offices.supervisor] {
                let answer = try await api.call(.GET, path, headers: offices.headers(person), expecting: 200)
                #expect(answer.text == "照片")
            }
            let files = try await views(api).filter { $0.what == "file" }
            #expect(files.count == 4 && logged > 0)
            #expect(files.dropFirst().allSatisfy { $0.subject?.hasPrefix("evidence:") == true })
        }
    }

    @Test func `fifty who read at once are all shown and all logged`() async throws {
        try await TestAPI.serve { api in
            var ids: [String] = []
            for _ in 0..<50 { ids.append(try await api.createCase().id) }
            try await withThrowingTaskGroup(of: Void.self) { [ids] tasks in
                for id in ids { tasks.addTask { try await api.call(.GET, "/v1/records/\(id)", expecting: 200) } }
                try await tasks.waitForAll()
            }
            #expect(Set(try await views(api, "?limit=100").map(\.subject)) == Set(ids))
        }
    }
}
