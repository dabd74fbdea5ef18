import Divisions
import Ledger
import Libraries
import NIOHTTP1
import Store
import Testing

@testable import Node

struct APIImportTests {
    private func importing(_ drafts: JSON, change: String? = nil, _ api: TestAPI) async throws -> ImportResult {
        var body: [String: JSON] = ["drafts": drafts]
        if let change { body["change"] = .text(change) }
        return try await api.call(.POST, "/v1/import", .object(body), as: .librarian, expecting: 200).read()
    }

    private func bodies(_ names: [String]) -> JSON {
        .array(
            names.enumerated().map { number, name in
                ["kind": "body", "key": .text("\(number)"), "fields": ["name": .text(name), "fields": ["城管", "市容"]]]
            })
    }

    @Test func `a second run writes nothing, and a third only what has changed`() async throws {
        try await TestAPI.serve { api in
            let names = (0..<300).map { "执法所\($0)" }
            let first = try await importing(bodies(names), api)
            #expect(first.written == 300)
            #expect(first.unchanged == 0)
            let position = try api.node.store.lastPosition()
            #expect(try await importing(bodies(names), api) == ImportResult(written: 0, unchanged: 300, entries: 0))
            #expect(try api.node.store.lastPosition() == position)
            var changed = names
            changed[7] = "改名所"
            #expect(try await importing(bodies(changed), api) == ImportResult(written: 1, unchanged: 299, entries: 1))
            let id = RecordID(home: TestAPI.county, flow: .down, kind: "body", naturalKey: "7")
            let read = try await api.read(id.description)
            #expect(read["name"]?.shown == "改名所")
            #expect(read["name"]?.values.count == 1)
        }
    }

    @Test func `records without personal data share entries, others have one each`() async throws {
        try await TestAPI.serve { api in
            let packed = try await importing(bodies((0..<300).map { "执法所\($0)" }), api)
            #expect((1...3).contains(packed.entries))
            let officers = (0..<5).map { number -> JSON in
                ["kind": "officer", "key": .text("GD-\(number)"), "fields": ["name": .text("警员\(number)")]]
            }
            #expect(try await importing(.array(officers), api).entries == 5)
        }
    }

    @Test func `all of a request is one change, by the name it is given`() async throws {
        try await TestAPI.serve { api in
            let drafts: JSON = [
                ["kind": "officer", "key": "1", "fields": ["certificate-no": "1"]],
                ["kind": "officer-person", "key": "1", "fields": ["phone": "13800000000"]],
                ["kind": "body", "home": "440781106", "key": "1", "fields": ["name": "镇所"]],
            ]
            #expect(try await importing(drafts, change: "名册第一批", api).written == 3)
            let ids = [
                RecordID(home: TestAPI.county, flow: .down, kind: "officer", naturalKey: "1"),
                RecordID(home: TestAPI.county, flow: .up, kind: "officer-person", naturalKey: "1"),
                RecordID(home: "440781106", flow: .down, kind: "body", naturalKey: "1"),
            ]
            var changes: Set<String> = []
            for id in ids {
                let history: HistoryMessage = try await api.call(
                    .GET, "/v1/records/\(id)/history", expecting: 200
                ).read()
                changes.formUnion(history.entries.map(\.change))
            }
            #expect(changes == [RecordKey(naturalKey: "名册第一批", kind: "change").description])
        }
    }

    @Test func `an import with something wrong in it writes nothing at all`() async throws {
        try await TestAPI.serve { api in
            let good: JSON = ["kind": "body", "key": "1", "fields": ["name": "一"]]
            func refused(_ draft: JSON, _ kind: Problem.Kind, at place: String) async throws {
                try await api.refused(
                    .POST, "/v1/import", ["drafts": [good, draft]], as: .librarian, kind, at: "/drafts/1\(place)")
            }
            try await refused(good, .badValue, at: "")
            try await refused(["kind": "body", "fields": [:]], .missingMember, at: "/key")
            try await refused(["kind": "body", "key": "2", "fields": ["nme": "二"]], .unknownField, at: "/fields/nme")
            try await refused(["kind": "body", "key": "2", "fields": ["name": 2]], .wrongType, at: "/fields/name")
            try await refused(["id": "body", "fields": [:]], .badID, at: "/id")
            try await refused(["id": "body:440781:up:\(RecordKey(1, 2))".json, "fields": [:]], .badID, at: "/id")
            try await refused(["kind": "body", "key": "2", "fields": [:], "id": 1], .wrongType, at: "/id")
            try await refused(
                ["kind": "body", "key": "2", "fields": ["name": String(repeating: "长", count: 50_000).json]], .tooLarge,
                at: "")
            try await api.refused(.POST, "/v1/import", ["drafts": [:]], as: .librarian, .wrongType, at: "/drafts")
            #expect(try api.node.store.lastPosition() == 0)
        }
    }

    @Test func `nothing is made of a draft that only concerns what is there`() async throws {
        try await TestAPI.serve { api in
            let draft: JSON = [
                "kind": "certificate-status", "key": "1", "onlyIfPresent": true, "fields": ["status": .null],
            ]
            let result = try await importing([draft], api)
            #expect(result == ImportResult(written: 0, unchanged: 1, entries: 0))
        }
    }

    @Test func `drafts that a reader of rosters makes are taken as they are`() async throws {
        try await TestAPI.serve { api in
            let statute = RecordID(home: TestAPI.county, flow: .down, kind: "statute", naturalKey: "法")
            let article = RecordID(home: TestAPI.county, flow: .down, kind: "article", naturalKey: "法1")
            let request = ImportRequest(drafts: [
                DraftMessage(id: statute.description, fields: ["title": "法", "article-count": 1]),
                DraftMessage(
                    id: article.description, fields: ["statute": .text(statute.description), "number": 1, "text": "正文"]),
            ])
            let body = try JSONParser.parse(Array(try JSONText.encode(request)))
            let result: ImportResult = try await api.call(.POST, "/v1/import", body, as: .librarian, expecting: 200)
                .read()
            #expect(result == ImportResult(written: 2, unchanged: 0, entries: 1))
            #expect(try await api.read(article.description)["statute"]?.shown == .text(statute.description))
        }
    }
}

extension String {
    fileprivate var json: JSON { .text(self) }
}
