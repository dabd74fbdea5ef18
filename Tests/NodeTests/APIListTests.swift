import Divisions
import Ledger
import Libraries
import NIOHTTP1
import Store
import Testing

@testable import Node

struct APIListTests {
    /// Imports so many bodies of the county, with their numbers as codes.
    private func importBodies(_ count: Int, _ api: TestAPI) async throws {
        let drafts = (0..<count).map { number -> JSON in
            [
                "kind": "body", "key": .text("\(number)"),
                "fields": ["code": .text("\(number)"), "name": .text("执法所\(number)"), "division": "440781"],
            ]
        }
        try await api.call(.POST, "/v1/import", ["drafts": .array(drafts)], as: .librarian, expecting: 200)
    }

    @Test func `more than a thousand records are paged through, each once`() async throws {
        try await TestAPI.serve { api in
            try await importBodies(1_234, api)
            var seen: [String] = []
            var cursor: String?
            var pages = 0
            repeat {
                let path = "/v1/records?kind=body&limit=500" + (cursor.map { "&cursor=\($0)" } ?? "")
                let page: RecordList = try await api.call(.GET, path, expecting: 200).read()
                seen += page.records.compactMap { $0.values["code"]?.text }
                (cursor, pages) = (page.next, pages + 1)
            } while cursor != nil
            #expect(pages == 3)
            #expect(seen == (0..<1_234).map { "\($0)" })
            let first: RecordList = try await api.call(.GET, "/v1/records?kind=body", expecting: 200).read()
            #expect(first.records.count == APILimits.recordsPerPage)
        }
    }

    @Test func `records are found by home, subtree, indexed fields and conflict`() async throws {
        try await TestAPI.serve { api in
            for (home, status) in [("440781", "立案"), ("440781106", "立案"), ("440781106", "结案")] {
                try await api.call(
                    .POST, "/v1/records",
                    ["kind": "case", "home": .text(home), "fields": ["title": .text(home), "status": .text(status)]],
                    expecting: 201)
            }
            func count(_ query: String) async throws -> Int {
                let list: RecordList = try await api.call(.GET, "/v1/records?kind=case&\(query)", expecting: 200).read()
                return list.records.count
            }
            #expect(try await count("") == 3)
            #expect(try await count("home=440781") == 1)
            #expect(try await count("home=440781&below=true") == 3)
            #expect(try await count("home=440781106&below=false") == 2)
            #expect(try await count("home=4407&below=true") == 3)
            #expect(try await count("where.status=%E7%AB%8B%E6%A1%88") == 2)
            #expect(try await count("where.status=%E7%AB%8B%E6%A1%88&home=440781106") == 1)
            #expect(try await count("conflict=true") == 0)
            #expect(try await count("conflict=false") == 3)
        }
    }

    @Test func `a query with something wrong is refused with the parameter's name`() async throws {
        try await TestAPI.serve { api in
            func refused(_ query: String, _ kind: Problem.Kind, at place: String?) async throws {
                try await api.refused(.GET, "/v1/records?\(query)", kind, at: place)
            }
            try await refused("", .missingMember, at: "query:kind")
            try await refused("kind=no-such", .unknownKind, at: "query:kind")
            try await refused("kind=case&colour=1", .unknownMember, at: "query:colour")
            try await refused("kind=case&kind=case", .badValue, at: "query:kind")
            try await refused("kind=case&limit=0", .badValue, at: "query:limit")
            try await refused("kind=case&limit=501", .badValue, at: "query:limit")
            try await refused("kind=case&limit=many", .badValue, at: "query:limit")
            try await refused("kind=case&cursor=!", .badCursor, at: "query:cursor")
            try await refused("kind=case&cursor=-1", .badCursor, at: "query:cursor")
            try await refused("kind=case&home=99", .badValue, at: "query:home")
            try await refused("kind=case&below=true", .missingMember, at: "query:home")
            try await refused("kind=case&home=44&below=yes", .wrongType, at: "query:below")
            try await refused("kind=case&conflict=maybe", .wrongType, at: "query:conflict")
            try await refused("kind=case&where.no-such=1", .unknownField, at: "query:where.no-such")
            try await refused("kind=case&where.title=1", .notIndexed, at: "query:where.title")
            try await refused("kind=case&where.party=1", .notIndexed, at: "query:where.party")
            try await refused("kind=article&where.statute=1", .badID, at: "query:where.statute")
            try await refused("kind=case&home=%FF", .badValue, at: "query")
            try await refused(
                "kind=case&" + (0..<40).map { "a\($0)=1" }.joined(separator: "&"), .badValue, at: nil)
            try await api.refused(.GET, "/v1/conflicts?cursor=+", .badCursor, at: "query:cursor")
            try await api.refused(.GET, "/v1/conflicts?kind=case", .unknownMember, at: "query:kind")
        }
    }

    @Test func `the status is the node's own`() async throws {
        try await TestAPI.serve { api in
            _ = try await api.createCase()
            let status: NodeStatus = try await api.call(.GET, "/v1/status", expecting: 200).read()
            #expect(status.division == "440781")
            #expect(status.lastPosition == 2)
            #expect(status.phase == .writing)
        }
    }
}
