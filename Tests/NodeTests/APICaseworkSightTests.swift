import Ledger
import Libraries
import NIOHTTP1
import Testing

@testable import Node

/// Who may see a case, and that whoever may not see it learns nothing of it and changes nothing in it.
struct APICaseworkSightTests {
    private typealias Offices = CaseworkOffices

    @Test func `a case is seen by its office, its line and those who watch over it, and by nobody beside it`()
        async throws
    {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let id = try await offices.file(by: Offices.townsman).id
            for person in [Offices.townsman, Offices.county, Offices.supervisor, Offices.townSupervisor] {
                #expect(try await offices.read(id, by: person).id == id)
            }
            for person in [Offices.neighbour, Offices.otherTownsman] {
                for path in ["/v1/cases/\(id)", "/v1/records/\(id)", "/v1/cases/\(id)/documents/filing-approval"] {
                    let refusal = try await offices.refusal(.GET, path, by: person, expecting: 403)
                    #expect(refusal.detail.hasPrefix("无权查看本案") && refusal.place == "path:id")
                }
            }
        }
    }

    @Test func `whoever may not see a case changes nothing in it`() async throws {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let before = try await offices.file(by: Offices.county)
            let id = before.id
            let grant: JSON = [
                "division": "440781", "body": .text(Offices.otherBody), "officers": [.text("GD-0003")],
            ]
            for (path, body) in [
                ("facts", ["facts": ["title": "另一案"]] as JSON), ("handler", grant), ("steps", ["step": "decide"]),
            ] {
                _ = try await offices.refusal(
                    .POST, "/v1/cases/\(id)/\(path)", body, by: Offices.neighbour, expecting: 403)
            }
            #expect(try await offices.read(id, by: Offices.county) == before)
        }
    }

    @Test func `nobody finds a case in a list or by its history or volume who may not see it`() async throws {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let id = try await offices.file(by: Offices.townsman).id
            let own: CaseList = try await api.call(
                .GET, "/v1/cases", headers: offices.headers(Offices.county), expecting: 200
            ).read()
            #expect(own.cases.map(\.id) == [id])
            for person in [Offices.neighbour, Offices.otherTownsman] {
                let headers = offices.headers(person)
                let list: CaseList = try await api.call(.GET, "/v1/cases", headers: headers, expecting: 200).read()
                #expect(list.cases.isEmpty)
                let records = try await api.call(.GET, "/v1/records?kind=case", headers: headers, expecting: 200)
                #expect(!records.text.contains(Offices.partyID))
                _ = try await offices.refusal(.GET, "/v1/records/\(id)/history", by: person, expecting: 403)
                _ = try await offices.refusal(.GET, "/v1/cases/\(id)/volume", by: person, expecting: 403)
            }
        }
    }

    @Test func `a case whose number was used twice goes on once a superior has set the later document aside`()
        async throws
    {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let first = try await offices.open("numbering", by: Offices.townsman).id
            let second = try await offices.open("numbering", by: Offices.townsman).id
            try await offices.issue("示水罚〔2026〕1号", in: first)
            try await offices.issue("示水罚〔2026〕1号", in: second)
            let step = try #require(try await offices.read(second, by: Offices.supervisor).steps.first)
            let ruled = try await offices.rule("set-aside", on: step, of: second, by: Offices.supervisor)
            #expect(ruled.steps.first?.isVoid == true)
            #expect(ruled.standing == "open")
        }
    }
}
