import Libraries
import NIOHTTP1
import Testing

@testable import Node

/// Acts on their way to other platforms.
struct APIExchangeTests {
    private func export(
        since cursor: String? = nil, _ api: TestAPI
    ) async throws -> ExchangeBatchMessage {
        let since = cursor.map { "?since=\($0)" } ?? ""
        return try await api.call(.GET, "/v1/exchange/credit-penalty-2019\(since)", expecting: 200).read()
    }

    @Test func `a node without forms says where they come from`() async throws {
        try await TestAPI.serve { api in
            let list: ExchangeFormList = try await api.call(.GET, "/v1/exchange", expecting: 200).read()
            #expect(list.forms.isEmpty)
            let path = "/v1/exchange/credit-penalty-2019"
            let answer = try await api.call(.GET, path, expecting: 400)
            #expect(try api.problem(answer).place == "path:form")
            #expect(answer.text.contains("tributary procedures import"))
        }
    }

    @Test func `the forms of the repository are read from their records`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            try await desk.importForms()
            let list: ExchangeFormList = try await api.call(.GET, "/v1/exchange", expecting: 200).read()
            #expect(list.forms.count == 7)
            #expect(list.forms.first?.id == "credit-penalty-2019" && list.forms.first?.fields.count == 30)
            try await api.refused(.GET, "/v1/exchange/none", .badValue, at: "path:form")
        }
    }

    @Test func `an act that lacks what the receiver demands stays here, is told, and waits`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            try await desk.importForms()
            let record = try await desk.publish().record
            // Its document has no number: nobody hands out numbers here.
            let first = try await export(api)
            #expect(first.rows.isEmpty)
            #expect(first.refused.map(\.field) == ["CF_WSH"])
            #expect(first.refused.first?.record == record)
            #expect(first.refused.allSatisfy { !$0.chinese.contains(CaseDeskFixture.party) })
            let second = try await export(since: first.next, api)
            #expect(second.refused == first.refused)
            let csv = try await api.call(.GET, "/v1/exchange/credit-penalty-2019?format=csv", expecting: 200)
            #expect(csv.headers.first(name: "tributary-refused") == "1")
            #expect(csv.headers.first(name: "tributary-more") == "false")
            #expect(csv.text.hasPrefix("MESSAGE_ID,RECORD_ID,OPERATION,HIDDEN_FIELDS,CF_XDR_MC,"))
            let xml = try await api.call(
                .GET, "/v1/exchange/credit-penalty-2019", headers: ["Accept": "application/xml"], expecting: 200)
            #expect(xml.text.contains("<exchange form=\"credit-penalty-2019\""))
        }
    }

    @Test func `an export without news goes on from where it ended`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            try await desk.importForms()
            _ = try await desk.open()
            let first = try await export(api)
            #expect(first.rows.isEmpty && first.refused.isEmpty && !first.hasMore)
            let second = try await export(since: first.next, api)
            #expect(second.next == first.next)
        }
    }

    @Test func `a cursor that is damaged or another store's is refused`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            try await desk.importForms()
            let cursor = try await export(api).next
            let path = "/v1/exchange/credit-penalty-2019?since="
            try await api.refused(.GET, path + "x", .badCursor, at: "query:since")
            try await api.refused(.GET, path + cursor.dropLast(2), .badCursor, at: "query:since")
            try await TestAPI.serve { empty in
                // Its log is shorter: another entry stands there, or none.
                let desk = CaseDeskFixture(api: empty)
                try await desk.importForms()
                try await empty.refused(.GET, path + cursor, .badCursor, at: "query:since")
            }
        }
    }

    @Test func `a question that cannot be answered is refused with its place`() async throws {
        try await TestAPI.serve { api in
            let path = "/v1/exchange/credit-penalty-2019"
            try await api.refused(.GET, path + "?format=doc", .badValue, at: "query:format")
            try await api.refused(.GET, path + "?limit=0", .badValue, at: "query:limit")
            try await api.refused(.GET, path + "?from=1", .unknownMember, at: "query:from")
            try await api.refused(.GET, path, as: nil, .unauthenticated, at: "header:authorization")
        }
    }
}
