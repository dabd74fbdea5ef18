import AsyncHTTPClient
import Foundation
import Hummingbird
import HTTPTypes
import Ledger
import Libraries
import NIOCore
import NIOHTTP1
import Testing

@testable import Node

/// Sessions and accounts over HTTP, and in process through the door.
struct APISessionTests {
    private static let password = "一二三四五 六七八九十"
    private static let fingerprint = String(repeating: "ab", count: 32)

    @Test func `an operator makes an account, its holder chooses a password and works with it`() async throws {
        try await TestAPI.serve { api in
            let made: WrittenAccount = try await api.call(
                .POST, "/v1/accounts",
                [
                    "certificate": "GD-0001", "name": "陈警官", "role": "officer", "division": "440781",
                    "body": "440781-01",
                ],
                as: .operator, expecting: 201
            ).read()
            let drawn = try #require(made.password)
            #expect(made.account.mustChange)
            #expect(made.account.author == TestAPI.author.description)
            let first = try await api.signIn("GD-0001", drawn)
            let token = try #require(first.token)
            #expect(first.account.mustChange && first.account.divisionName == "台山市")
            #expect(first.purpose == "handling")
            let refused = try await api.send(
                try api.request(.GET, "/v1/status", as: nil, headers: bearer(token)), expecting: 403)
            #expect(try api.problem(refused).kind == "password-change-required")
            let changed: SessionMessage = try await api.call(
                .POST, "/v1/sessions/current/password", ["old": .text(drawn), "new": .text(Self.password)], as: nil,
                headers: bearer(token), expecting: 200
            ).read()
            #expect(!changed.account.mustChange && changed.token == nil)
            try await api.call(.GET, "/v1/status", as: nil, headers: bearer(token), expecting: 200)
            let record: WrittenRecord = try await api.call(
                .POST, "/v1/records", ["kind": "case", "fields": ["title": "擅自占道经营"]], as: nil,
                headers: bearer(token), expecting: 201
            ).read()
            let history: HistoryMessage = try await api.call(
                .GET, "/v1/records/\(record.id)/history", expecting: 200
            ).read()
            #expect(history.entries.first?.author == TestAPI.author.description)
            #expect(history.entries.first?.body == "440781-01")
            let old = try await api.call(
                .POST, "/v1/sessions", ["certificate": "GD-0001", "password": .text(drawn)], as: nil, expecting: 401)
            #expect(try api.problem(old).kind == "bad-credentials")
        }
    }

    @Test func `a session ends when its holder says so, and when its time is over`() async throws {
        try await TestAPI.serve { api in
            try await api.makeAccount(Self.password)
            let first = try #require(try await api.signIn("GD-0001", Self.password).token)
            let second = try await api.signIn("GD-0001", Self.password)
            let answer = try await api.call(
                .DELETE, "/v1/sessions/current", as: nil, headers: bearer(first), expecting: 200)
            #expect(try answer.json["ended"]?.integer != nil)
            let ended = try await api.call(
                .GET, "/v1/sessions/current", as: nil, headers: bearer(first), expecting: 401)
            #expect(try api.problem(ended).kind == "unauthenticated")
            #expect(ended.headers.first(name: "www-authenticate") == "Bearer")
            let token = try #require(second.token)
            let current: SessionMessage = try await api.call(
                .GET, "/v1/sessions/current", as: nil, headers: bearer(token), expecting: 200
            ).read()
            #expect(current.csrf == second.csrf && current.account.certificate == "GD-0001")
            api.node.clock.pass(milliseconds: 30 * 60_000)
            try await api.call(.GET, "/v1/status", as: nil, headers: bearer(token), expecting: 401)
        }
    }

    @Test func `five wrong passwords lock an account, known or not, and say until when`() async throws {
        try await TestAPI.serve { api in
            try await api.makeAccount(Self.password)
            for certificate in ["GD-0001", "GD-9999"] {
                let wrong: JSON = ["certificate": .text(certificate), "password": "not the password"]
                for _ in 1...4 {
                    let answer = try await api.call(.POST, "/v1/sessions", wrong, as: nil, expecting: 401)
                    #expect(try api.problem(answer).kind == "bad-credentials")
                    #expect(!answer.text.contains(certificate))
                }
                let locked = try await api.call(.POST, "/v1/sessions", wrong, as: nil, expecting: 429)
                #expect(try api.problem(locked).kind == "locked-out")
                #expect(locked.headers.first(name: "retry-after") == "900")
                let until = try #require(try locked.json["until"]?.integer)
                #expect(UInt64(until) == api.node.clock.now + 900_000)
            }
            let right: JSON = ["certificate": "GD-0001", "password": .text(Self.password)]
            try await api.call(.POST, "/v1/sessions", right, as: nil, expecting: 429)
            api.node.clock.pass(milliseconds: 900_000)
            try await api.call(.POST, "/v1/sessions", right, as: nil, expecting: 201)
        }
    }

    @Test func `a wrong old password and a weak new one are refused, and the session goes on`() async throws {
        try await TestAPI.serve { api in
            try await api.makeAccount(Self.password)
            let token = try #require(try await api.signIn("GD-0001", Self.password).token)
            func change(_ old: String, _ new: String, _ status: Int) async throws -> String {
                try api.problem(
                    try await api.call(
                        .POST, "/v1/sessions/current/password", ["old": .text(old), "new": .text(new)], as: nil,
                        headers: bearer(token), expecting: status)
                ).kind
            }
            #expect(try await change("not the password", "another password", 401) == "bad-credentials")
            #expect(try await change(Self.password, "short", 422) == "password-rules")
            #expect(try await change(Self.password, Self.password, 422) == "password-rules")
            try await api.call(.GET, "/v1/status", as: nil, headers: bearer(token), expecting: 200)
            let other = try #require(try await api.signIn("GD-0001", Self.password).token)
            try await api.call(
                .POST, "/v1/sessions/current/password",
                ["old": .text(Self.password), "new": "another password"], as: nil, headers: bearer(token),
                expecting: 200)
            try await api.call(.GET, "/v1/status", as: nil, headers: bearer(other), expecting: 401)
            try await api.call(.GET, "/v1/status", as: nil, headers: bearer(token), expecting: 200)
        }
    }

    @Test func `an operator lists, changes and disables accounts, and nobody else does`() async throws {
        try await TestAPI.serve { api in
            for role in Role.allCases where role != .operator {
                try await api.refused(.GET, "/v1/accounts", as: role, .roleForbids)
                try await api.refused(.POST, "/v1/accounts", [:], as: role, .roleForbids)
                try await api.refused(.PATCH, "/v1/accounts/GD-0001", [:], as: role, .roleForbids)
            }
            try await api.makeAccount(Self.password)
            try await api.makeAccount(Self.password, certificate: "GD-0002")
            let token = try #require(try await api.signIn("GD-0001", Self.password).token)
            let page: AccountList = try await api.call(
                .GET, "/v1/accounts?limit=1", as: .operator, expecting: 200
            ).read()
            #expect(page.accounts.map(\.certificate) == ["GD-0001"] && page.next == "GD-0001")
            let rest: AccountList = try await api.call(
                .GET, "/v1/accounts?limit=1&cursor=GD-0001", as: .operator, expecting: 200
            ).read()
            #expect(rest.accounts.map(\.certificate) == ["GD-0002"] && rest.next == nil)
            let promoted: WrittenAccount = try await api.call(
                .PATCH, "/v1/accounts/GD-0001", ["role": "responsible", "name": "陈科长"], as: .operator, expecting: 200
            ).read()
            #expect(promoted.account.role == "responsible" && promoted.password == nil)
            let current: SessionMessage = try await api.call(
                .GET, "/v1/sessions/current", as: nil, headers: bearer(token), expecting: 200
            ).read()
            #expect(current.account.role == "responsible" && current.account.roleWords.chinese == "负责人")
            try await api.call(.PATCH, "/v1/accounts/GD-0001", ["isDisabled": true], as: .operator, expecting: 200)
            try await api.call(.GET, "/v1/status", as: nil, headers: bearer(token), expecting: 401)
            let right: JSON = ["certificate": "GD-0001", "password": .text(Self.password)]
            try await api.call(.POST, "/v1/sessions", right, as: nil, expecting: 401)
            try await api.call(.PATCH, "/v1/accounts/GD-0001", ["isDisabled": false], as: .operator, expecting: 200)
            try await api.call(.POST, "/v1/sessions", right, as: nil, expecting: 201)
            let reset: WrittenAccount = try await api.call(
                .PATCH, "/v1/accounts/GD-0001", ["resetPassword": true], as: .operator, expecting: 200
            ).read()
            #expect(reset.account.mustChange)
            try await api.call(.POST, "/v1/sessions", right, as: nil, expecting: 401)
            #expect(try await api.signIn("GD-0001", try #require(reset.password)).account.mustChange)
        }
    }

    @Test func `what is wrong with an account or a request is named with its place`() async throws {
        try await TestAPI.serve { api in
            let good: [String: JSON] = [
                "certificate": "GD-0001", "name": "陈警官", "role": "officer", "division": "440781",
            ]
            func with(_ member: String, _ value: JSON?) -> JSON {
                var object = good
                object[member] = value
                return .object(object)
            }
            try await api.refused(.POST, "/v1/accounts", with("role", "emperor"), as: .operator, .badValue, at: "/role")
            try await api.refused(.POST, "/v1/accounts", with("role", nil), as: .operator, .missingMember, at: "/role")
            try await api.refused(
                .POST, "/v1/accounts", with("division", "99"), as: .operator, .badValue, at: "/division")
            try await api.refused(.POST, "/v1/accounts", with("certificate", "a b"), as: .operator, .badValue)
            try await api.refused(
                .POST, "/v1/accounts", with("password", "short"), as: .operator, .passwordRules, at: "/password")
            try await api.refused(
                .POST, "/v1/accounts", with("fingerprints", ["ff"]), as: .operator, .badValue)
            try await api.call(.POST, "/v1/accounts", .object(good), as: .operator, expecting: 201)
            try await api.refused(
                .POST, "/v1/accounts", .object(good), as: .operator, .alreadyExists, at: "/certificate")
            try await api.refused(
                .PATCH, "/v1/accounts/GD-0009", [:], as: .operator, .notFound, at: "path:certificate")
            try await api.refused(.POST, "/v1/sessions", ["password": "x"], as: nil, .missingMember, at: "/certificate")
            try await api.refused(
                .POST, "/v1/sessions", ["certificate": "GD-0001", "password": ""], as: nil, .badValue, at: "/password")
            try await api.refused(
                .POST, "/v1/sessions", ["certificate": "GD-0001", "password": "x", "purpose": "idle"], as: nil,
                .badValue, at: "/purpose")
            try await api.refused(.POST, "/v1/sessions", ["certificate": "GD-0001"], as: nil, .badCredentials)
            try await api.refused(
                .GET, "/v1/sessions/current", as: .officer, .unauthenticated, at: "header:authorization")
        }
    }

    @Test func `the purpose that a session names is kept until it names another`() async throws {
        try await TestAPI.serve { api in
            try await api.makeAccount(Self.password)
            let opened: SessionMessage = try await api.call(
                .POST, "/v1/sessions",
                ["certificate": "GD-0001", "password": .text(Self.password), "purpose": "complaint"], as: nil,
                expecting: 201
            ).read()
            #expect(opened.purpose == "complaint")
            let changed: SessionMessage = try await api.call(
                .POST, "/v1/sessions/current/purpose", ["purpose": "audit"], as: nil,
                headers: bearer(try #require(opened.token)), expecting: 200
            ).read()
            #expect(changed.purpose == "audit")
        }
    }

    @Test func `the door answers as HTTP does, and knows the peer's client certificate`() async throws {
        try await TestAPI.serve { api in
            try await api.makeAccount(Self.password)
            try await api.call(
                .PATCH, "/v1/accounts/GD-0001", ["fingerprints": [.text(Self.fingerprint)]], as: .operator,
                expecting: 200)
            func ask(_ peer: Peer, _ body: String) async throws -> (Int, JSON) {
                var head = HTTPRequest(method: .post, scheme: "https", authority: "node", path: "/v1/sessions")
                head.headerFields[.contentType] = "application/json"
                let response = await api.door.answer(
                    Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body))), from: peer)
                let writer = CollectingWriter()
                try await response.body.write(writer)
                return (response.status.code, try JSONParser.parse(writer.bytes))
            }
            let (status, json) = try await ask(Peer(address: "10.0.0.9", certificate: Self.fingerprint), "{}")
            #expect(status == 201)
            #expect(json["account"]?["certificate"]?.text == "GD-0001")
            let token = try #require(json["token"]?.text)
            try await api.call(.GET, "/v1/status", as: nil, headers: bearer(token), expecting: 200)
            let other = String(repeating: "cd", count: 32)
            #expect(try await ask(Peer(address: nil, certificate: other), "{}").0 == 401)
            #expect(try await ask(Peer(address: nil), "{}").0 == 401)
            let (refused, problem) = try await ask(Peer(address: nil), "{")
            #expect(refused == 400 && problem["type"]?.text == Problem.typePrefix + "malformed-json")
        }
    }

    private func bearer(_ token: String) -> [String: String] { ["Authorization": "Bearer \(token)"] }
}

/// Keeps what a body writes.
private final class CollectingWriter: ResponseBodyWriter {
    var bytes: [UInt8] = []

    func write(_ buffer: ByteBuffer) async throws { bytes.append(contentsOf: buffer.readableBytesView) }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

extension TestAPI {
    func signIn(_ certificate: String, _ password: String) async throws -> SessionMessage {
        try await call(
            .POST, "/v1/sessions", ["certificate": .text(certificate), "password": .text(password)], as: nil,
            expecting: 201
        ).read()
    }

    /// An officer whose password is already his own.
    func makeAccount(_ password: String, certificate: String = "GD-0001") async throws {
        try await call(
            .POST, "/v1/accounts",
            [
                "certificate": .text(certificate), "name": "陈警官", "role": "officer", "division": "440781",
                "password": .text(password),
            ], as: .operator, expecting: 201)
        _ = try access.accounts.change(certificate) { $0.mustChange = false }
    }
}
