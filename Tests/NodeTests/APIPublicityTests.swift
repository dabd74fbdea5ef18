import Divisions
import Ledger
import Libraries
import NIOHTTP1
import Testing

@testable import Node

/// What the public sees, and what taking it down comes to.
struct APIPublicityTests {
    @Test func `the public reads what is shown, desensitised, without a token`() async throws {
        try await TestAPI.serve { api in
            let published = try await CaseDeskFixture.prepare(api).publish()
            let list = try await api.call(.GET, "/public", as: nil, expecting: 200)
            #expect(list.text.contains("倾倒渣土案") && list.text.contains(published.publication))
            let page = try await api.call(.GET, "/public/\(published.publication)", as: nil, expecting: 200)
            #expect(page.text.contains("当事人孙**倾倒渣土"))
            #expect(!page.text.contains(CaseDeskFixture.party))
            #expect(page.headers.first(name: "content-security-policy")?.contains("default-src 'none'") == true)
            let feed = try await api.call(.GET, "/public/feed.atom", as: nil, expecting: 200)
            #expect(feed.text.contains("urn:tributary:\(published.publication)"))
            #expect(!feed.text.contains(CaseDeskFixture.party))
        }
    }

    @Test func `what is public is found by its words, and what was withdrawn by them no more`() async throws {
        try await TestAPI.serve { api in
            let published = try await CaseDeskFixture.prepare(api).publish()
            func entries(_ query: String) async throws -> [PublicEntryMessage] {
                let list: PublicEntryList = try await api.call(
                    .GET, "/public/entries?\(query)", as: nil, expecting: 200
                ).read()
                return list.entries
            }
            let words = "q=%E5%80%BE%E5%80%92%E6%B8%A3%E5%9C%9F"
            let entry = try #require(try await entries(words).first)
            #expect(entry.id == published.publication && entry.state == "public" && entry.lines == nil)
            #expect(try await entries("q=nothing").isEmpty)
            #expect(try await entries("\(words)&phase=before").isEmpty)
            let path = "/public/entries/\(published.publication)"
            let whole = try await api.call(.GET, path, as: nil, expecting: 200)
            #expect(!whole.text.contains(CaseDeskFixture.party))
            #expect(try whole.read(PublicEntryMessage.self).lines?.isEmpty == false)
            let tag = try #require(whole.headers.first(name: "etag"))
            try await api.call(.GET, path, as: nil, headers: ["If-None-Match": tag], expecting: 304)

            try await api.call(
                .POST, "/v1/publications/\(published.publication)/withdraw", ["reason": "决定已被撤销"],
                as: .supervisor, expecting: 200)
            #expect(try await entries(words).isEmpty)
            let withdrawn = try #require(try await entries("limit=10").first)
            #expect(withdrawn.state == "withdrawn" && withdrawn.reason == "决定已被撤销" && withdrawn.title == nil)
            #expect(withdrawn.withdrawnAt != nil)
            #expect(try await !api.call(.GET, path, as: nil, expecting: 200).text.contains("倾倒渣土"))
        }
    }

    @Test func `entries come a page at a time, the latest first`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            let published: Set = [try await desk.publish().publication, try await desk.publish().publication]
            var (found, cursor) = ([String](), String?.none)
            repeat {
                let list: PublicEntryList = try await api.call(
                    .GET, "/public/entries?limit=1\(cursor.map { "&cursor=\($0)" } ?? "")", as: nil, expecting: 200
                ).read()
                #expect(list.entries.count <= 1)
                found += list.entries.map(\.id)
                cursor = list.next
            } while cursor != nil
            #expect(found.count == 2 && Set(found) == published)
            try await api.call(.GET, "/public/entries?from=2026-03-02&to=2010-01-01", as: nil, expecting: 200)
            try await api.call(.GET, "/public/entries?from=2010-01-01", as: nil, expecting: 400)
            try await api.call(.GET, "/public/entries?cursor=1", as: nil, expecting: 400)
            try await api.call(.GET, "/public/entries/case:440781:up:00", as: nil, expecting: 400)
        }
    }

    @Test func `a certificate is good since its first day, and an unknown one has no holder`() async throws {
        try await TestAPI.serve { api in
            _ = try await CaseDeskFixture.prepare(api)
            let check: CertificateCheckMessage = try await api.call(
                .GET, "/public/certificates/GD-0001", as: nil, expecting: 200
            ).read()
            #expect(check.officer?.name == "陈样1" && check.officer?.isValid == true)
            #expect(check.officer?.since == check.officer?.validFrom)
            let none: CertificateCheckMessage = try await api.call(
                .GET, "/public/certificates/GD-9", as: nil, expecting: 200
            ).read()
            #expect(none.officer == nil)
        }
    }

    @Test func `an officer is found by his certificate, and nobody by another`() async throws {
        try await TestAPI.serve { api in
            _ = try await CaseDeskFixture.prepare(api)
            let found = try await api.call(.GET, "/public/officers?certificate=GD-0001", as: nil, expecting: 200)
            #expect(found.text.contains("陈样1") && found.text.contains("示例市水利局") && found.text.contains("有效"))
            let none = try await api.call(.GET, "/public/officers?certificate=GD-9", as: nil, expecting: 200)
            #expect(none.text.contains("没有这个证号的执法人员"))
            let empty = try await api.call(.GET, "/public/officers", as: nil, expecting: 200)
            #expect(!empty.text.contains("没有这个证号的执法人员"))
        }
    }

    @Test func `a minor's case is answered as one that is not there`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            let published = try await desk.publish(isMinor: true)
            let withheld = try await api.call(.GET, "/public/\(published.publication)", as: nil, expecting: 404)
            let absent = RecordID(home: TestAPI.county, flow: .up, kind: "publication", naturalKey: "none")
            for id in [absent.description, published.record, "nothing"] {
                let page = try await api.call(.GET, "/public/\(id)", as: nil, expecting: 404)
                #expect(page.bytes == withheld.bytes)
            }
            #expect(try await !api.call(.GET, "/public", as: nil, expecting: 200).text.contains("publication:"))
            let list: PublicationList = try await api.call(.GET, "/v1/publications", expecting: 200).read()
            #expect(list.publications.map(\.standing) == ["withheld"])
            #expect(list.publications.first?.withheld?.chinese == "当事人是未成年人")
        }
    }

    @Test func `what was withdrawn says so and why, and nothing else`() async throws {
        try await TestAPI.serve { api in
            let published = try await CaseDeskFixture.prepare(api).publish()
            let path = "/v1/publications/\(published.publication)/withdraw"
            // Ruled on Friday, taken down on Sunday: the three working days end on Wednesday.
            let answer: WithdrawnMessage = try await api.call(
                .POST, path, ["reason": "决定已被撤销", "ruledOn": "2026-02-27"], as: .supervisor, expecting: 200
            ).read()
            #expect(answer.dueOn == "2026-03-04" && !answer.isLate)
            #expect(answer.publication.standing == "withdrawn")
            let page = try await api.call(.GET, "/public/\(published.publication)", as: nil, expecting: 410)
            #expect(page.text.contains("决定已被撤销") && !page.text.contains("倾倒渣土"))
            #expect(try await !api.call(.GET, "/public", as: nil, expecting: 200).text.contains("倾倒渣土"))
            let feed = try await api.call(.GET, "/public/feed.atom", as: nil, expecting: 200).text
            #expect(feed.contains("<at:deleted-entry ref=\"urn:tributary:\(published.publication)\""))

            // A second word adds nothing.
            let again: WithdrawnMessage = try await api.call(
                .POST, path, ["reason": "另一个理由"], as: .officer, expecting: 200
            ).read()
            #expect(again.publication.withdrawals == answer.publication.withdrawals)
        }
    }

    @Test func `a withdrawal after its three working days is late, and a mistake is to go at once`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            let first = try await desk.publish().publication
            let late: WithdrawnMessage = try await api.call(
                .POST, "/v1/publications/\(first)/withdraw", ["reason": "决定已变更", "ruledOn": "2026-02-23"],
                expecting: 200
            ).read()
            #expect(late.dueOn == "2026-02-26" && late.isLate)
            let second = try await desk.publish().publication
            let mistaken: WithdrawnMessage = try await api.call(
                .POST, "/v1/publications/\(second)/withdraw", ["reason": "误公示", "isMistake": true], expecting: 200
            ).read()
            #expect(mistaken.dueOn == "2026-03-01" && !mistaken.isLate)
        }
    }

    @Test func `a withdrawal needs a role, a reason and a publication`() async throws {
        try await TestAPI.serve { api in
            let published = try await CaseDeskFixture.prepare(api).publish()
            let path = "/v1/publications/\(published.publication)/withdraw"
            let reason: JSON = ["reason": "误公示"]
            try await api.refused(.POST, path, reason, as: .librarian, .roleForbids, at: "path:id")
            try await api.refused(.POST, path, reason, as: nil, .unauthenticated, at: "header:authorization")
            try await api.refused(.POST, path, ["reason": ""], .badValue, at: "/reason")
            try await api.refused(
                .POST, path, ["reason": .text(String(repeating: "长", count: 501))], .badValue, at: "/reason")
            try await api.refused(.POST, path, ["reason": "一", "ruledOn": "昨天"], .badValue, at: "/ruledOn")
            try await api.refused(
                .POST, "/v1/publications/\(published.record)/withdraw", reason, .badID, at: "path:id")
            #expect(try await api.call(.GET, "/public/\(published.publication)", as: nil, expecting: 200).status == 200)
        }
    }

    @Test func `publications are listed by where they stand and by when they are due`() async throws {
        try await TestAPI.serve { api in
            let desk = try await CaseDeskFixture.prepare(api)
            let first = try await desk.publish().publication
            let second = try await desk.publish().publication
            try await api.call(.POST, "/v1/publications/\(first)/withdraw", ["reason": "撤"], expecting: 200)
            func ids(_ query: String) async throws -> [String] {
                let list: PublicationList = try await api.call(.GET, "/v1/publications?\(query)", expecting: 200).read()
                return list.publications.map(\.id)
            }
            #expect(try await ids("") == [first, second])
            #expect(try await ids("standing=shown") == [second])
            #expect(try await ids("standing=withdrawn") == [first])
            // Seven working days from Sunday, 2026-03-01.
            #expect(try await ids("due=2026-03-10") == [first, second])
            #expect(try await ids("due=2026-03-09") == [])
            #expect(try await ids("late=true") == [])
            try await api.refused(.GET, "/v1/publications?standing=gone", .badValue, at: "query:standing")
            try await api.refused(.GET, "/v1/publications?due=soon", .badValue, at: "query:due")
        }
    }
}
