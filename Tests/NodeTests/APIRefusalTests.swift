import AsyncHTTPClient
import Divisions
import HTTPTypes
import Ledger
import Libraries
import NIOCore
import NIOHTTP1
import Replication
import Store
import Testing

@testable import Node

struct APIRefusalTests {
    static let protectedEndpoints = Endpoint.all.filter(\.needsToken)
        .map { (method: $0.method.rawValue, path: $0.path.replacing("{id}", with: "case:440781:up:00")) }

    @Test func `without a token, or with a wrong one, nothing is answered`() async throws {
        try await TestAPI.serve { api in
            for endpoint in Self.protectedEndpoints {
                for header in [nil, "Bearer wrong", "Bearer", "Basic YTpi", "Bearer \(api.token(.officer))x"] {
                    var request = HTTPClientRequest(url: api.base + endpoint.path)
                    request.method = .RAW(value: endpoint.method)
                    if let header { request.headers.add(name: "Authorization", value: header) }
                    let answer = try await api.send(request, expecting: 401)
                    #expect(answer.headers.first(name: "www-authenticate") == "Bearer")
                    #expect(try api.problem(answer).kind == "unauthenticated")
                }
            }
        }
    }

    @Test func `health, metrics and the description need no token`() async throws {
        try await TestAPI.serve { api in
            #expect(try await api.call(.GET, "/healthz", as: nil, expecting: 200).text == "writing\n")
            #expect(try await api.call(.GET, "/metrics", as: nil, expecting: 200).text == "tributary_test 1\n")
            try await api.call(.GET, "/openapi.json", as: nil, expecting: 200)
        }
    }

    @Test func `a role does what it is there for and nothing else`() async throws {
        try await TestAPI.serve { api in
            let newCase: JSON = ["kind": "case", "fields": ["title": "一"]]
            let newBody: JSON = ["kind": "body", "key": "1", "fields": ["name": "一"]]
            let imports: JSON = ["drafts": [["kind": "case", "key": "1", "fields": ["title": "一"]]]]
            for role in [Role.librarian, .operator, .supervisor] {
                try await api.refused(.POST, "/v1/records", newCase, as: role, .roleForbids, at: "/kind")
            }
            for role in [Role.officer, .reviewer, .operator, .supervisor] {
                try await api.refused(.POST, "/v1/records", newBody, as: role, .roleForbids, at: "/kind")
            }
            for role in [Role.officer, .reviewer, .librarian, .supervisor] {
                try await api.refused(.POST, "/v1/import", imports, as: role, .roleForbids, at: "/drafts/0")
            }
            try await api.call(.POST, "/v1/records", newBody, as: .librarian, expecting: 201)
            try await api.call(.POST, "/v1/import", imports, as: .operator, expecting: 200)
            let made = try await api.createCase()
            let edits: JSON = ["edits": [["field": "notes", "action": "append", "value": "一"]]]
            try await api.refused(
                .PATCH, "/v1/records/\(made.id)", edits, as: .supervisor, .roleForbids, at: "path:id")
            try await api.refused(
                .DELETE, "/v1/records/\(made.id)", ["seen": .text(made.seen)], as: .librarian, .roleForbids,
                at: "path:id")
            try await api.refused(
                .POST, "/v1/records/\(made.id)/resolve", ["field": "title", "seen": ""], as: .operator, .roleForbids,
                at: "path:id")
        }
    }

    @Test func `a token writes at and below its own division and nowhere else`() async throws {
        try await TestAPI.serve { api in
            for home in ["440781", "440781106", "440781107"] {
                try await api.call(
                    .POST, "/v1/records", ["kind": "case", "home": .text(home), "fields": ["title": "一"]],
                    expecting: 201)
            }
            for home in ["44", "4407", "440783", "440783102"] {
                try await api.refused(
                    .POST, "/v1/records", ["kind": "case", "home": .text(home), "fields": ["title": "一"]], .homeForbids,
                    at: "/home")
                let elsewhere = RecordID(
                    home: try #require(.init(home)), flow: .up, kind: "case", naturalKey: "1")
                try await api.refused(
                    .PATCH, "/v1/records/\(elsewhere)",
                    ["edits": [["field": "title", "action": "set", "value": "一", "seen": ""]]], .homeForbids,
                    at: "path:id")
                try await api.refused(
                    .POST, "/v1/import", ["drafts": [["id": .text(elsewhere.description), "fields": [:]]]],
                    as: .operator,
                    .homeForbids, at: "/drafts/0/id")
            }
            try await api.refused(
                .POST, "/v1/records", ["kind": "case", "home": "99", "fields": [:]], .badValue, at: "/home")
        }
    }

    @Test func `whatever is wrong with a new record is told with its place`() async throws {
        try await TestAPI.serve { api in
            func refused(_ body: JSON, _ kind: Problem.Kind, at place: String?) async throws {
                try await api.refused(.POST, "/v1/records", body, kind, at: place)
            }
            try await refused(["kind": "case", "fields": [:], "colour": 1], .unknownMember, at: "/colour")
            try await refused(["fields": [:]], .missingMember, at: "/kind")
            try await refused(["kind": "case"], .missingMember, at: "/fields")
            try await refused(["kind": 5, "fields": [:]], .wrongType, at: "/kind")
            try await refused(["kind": "case", "fields": []], .wrongType, at: "/fields")
            try await refused(["kind": "no-such", "fields": [:]], .unknownKind, at: "/kind")
            try await refused(["kind": "case", "fields": ["a/b~c": 1]], .unknownField, at: "/fields/a~1b~0c")
            try await refused(["kind": "case", "fields": ["exists": true]], .unknownField, at: "/fields/exists")
            try await refused(["kind": "case", "fields": ["title": 7]], .wrongType, at: "/fields/title")
            try await refused(["kind": "case", "fields": ["title": ["一"]]], .wrongType, at: "/fields/title")
            try await refused(["kind": "case", "fields": ["fines-fen": "7"]], .wrongType, at: "/fields/fines-fen")
            try await refused(
                ["kind": "case", "fields": ["fines-fen": .number(7.5)]], .wrongType, at: "/fields/fines-fen")
            try await refused(["kind": "case", "fields": ["tags": "甲"]], .wrongType, at: "/fields/tags")
            try await refused(["kind": "case", "fields": ["tags": ["甲", true]]], .wrongType, at: "/fields/tags/1")
            try await refused(["kind": "case", "key": "", "fields": [:]], .badValue, at: "/key")
            try await refused([1], .wrongType, at: "")
            try await refused(
                ["kind": "case", "fields": ["title": .text(String(repeating: "长", count: 50_000))]], .tooLarge, at: nil)
        }
    }

    @Test func `whatever is wrong with an edit is told with its place, and nothing of it is written`() async throws {
        try await TestAPI.serve { api in
            let made = try await api.createCase()
            let good: JSON = ["field": "notes", "action": "append", "value": "一"]
            func refused(_ edit: JSON, _ kind: Problem.Kind, at place: String) async throws {
                try await api.refused(
                    .PATCH, "/v1/records/\(made.id)", ["edits": [good, edit]], kind, at: "/edits/1\(place)")
            }
            try await refused(["field": "title", "action": "set", "value": "二"], .seenRequired, at: "/seen")
            try await refused(["field": "title", "action": "clear"], .seenRequired, at: "/seen")
            try await refused(["field": "tags", "action": "remove", "value": "甲"], .seenRequired, at: "/seen")
            try await refused(["field": "title", "action": "set", "seen": ""], .missingMember, at: "/value")
            try await refused(["field": "title", "action": "set", "value": 2, "seen": ""], .wrongType, at: "/value")
            try await refused(["field": "title", "action": "set", "value": "二", "seen": "!"], .badSeen, at: "/seen")
            try await refused(["field": "title", "action": "set", "value": "二", "seen": "AQ"], .badSeen, at: "/seen")
            try await refused(["field": "title", "action": "set", "value": "二", "seen": 1], .wrongType, at: "/seen")
            try await refused(["field": "title", "action": "shout"], .badValue, at: "/action")
            try await refused(["field": "title", "action": "add", "value": "二"], .notEditable, at: "/action")
            try await refused(
                ["field": "tags", "action": "set", "value": "甲", "seen": ""], .notEditable, at: "/action")
            try await refused(["field": "notes", "action": "clear", "seen": ""], .notEditable, at: "/action")
            try await refused(["field": "fines-fen", "action": "increment", "value": "1"], .wrongType, at: "/value")
            try await refused(["field": "no-such", "action": "set", "value": 1], .unknownField, at: "/field")
            try await refused(["field": "exists", "action": "clear", "seen": ""], .unknownField, at: "/field")
            try await refused(
                ["field": "title", "action": "clear", "seen": "", "value": "二"], .unknownMember, at: "/value")
            try await refused(
                ["field": "tags", "action": "add", "value": "甲", "seen": ""], .unknownMember, at: "/seen")
            try await refused(
                ["field": "tags", "action": "add", "value": "甲", "after": []], .unknownMember, at: "/after")
            try await refused(
                ["field": "title", "action": "clear", "seen": "", "because": "x"], .unknownMember, at: "/because")
            try await refused(
                ["field": "notes", "action": "append", "value": "二", "reads": ["?"]], .badSeen, at: "/reads/0")
            try await refused(
                ["field": "notes", "action": "append", "value": "二", "after": [1]], .wrongType, at: "/after/0")
            let twice: JSON = ["field": "title", "action": "set", "value": "二", "seen": ""]
            try await api.refused(
                .PATCH, "/v1/records/\(made.id)", ["edits": [twice, twice]], .notEditable, at: "/edits/1/field")
            try await api.refused(.PATCH, "/v1/records/\(made.id)", ["edits": []], .badValue, at: "/edits")
            #expect(try await api.read(made.id) == made)
        }
    }

    @Test func `a removal and a resolution need what was seen`() async throws {
        try await TestAPI.serve { api in
            let made = try await api.createCase()
            let path = "/v1/records/\(made.id)"
            try await api.refused(.DELETE, path, [:], .seenRequired, at: "/seen")
            try await api.refused(.DELETE, path, ["seen": ""], .seenRequired, at: "/seen")
            try await api.refused(
                .POST, "\(path)/resolve", ["field": "title", "value": "一"], .seenRequired, at: "/seen")
            try await api.refused(
                .POST, "\(path)/resolve", ["field": "title", "value": "一", "seen": ""], .notEditable, at: "/seen")
            let seen = JSON.text(made.seen)
            try await api.refused(
                .POST, "\(path)/resolve", ["field": "tags", "value": "一", "seen": seen], .notEditable, at: "/field")
            try await api.refused(
                .POST, "\(path)/resolve", ["field": "exists", "value": "一", "seen": seen], .wrongType, at: "/value")
            try await api.refused(
                .POST, "\(path)/resolve", ["field": "title", "value": 1, "seen": seen], .wrongType, at: "/value")
            #expect(try await api.read(made.id) == made)
        }
    }

    @Test func `an id that cannot be read, and one that names nothing, are told apart`() async throws {
        try await TestAPI.serve { api in
            for id in ["x", "case:440781:up:zz", "case:440781:sideways:00", "%25", "case%3A"] {
                try await api.refused(.GET, "/v1/records/\(id)", .badID, at: "path:id")
            }
            let nothing = RecordID(home: TestAPI.county, flow: .up, kind: "case", naturalKey: "none")
            try await api.refused(.GET, "/v1/records/\(nothing)", .notFound, at: "path:id")
            try await api.refused(.GET, "/v1/records/\(nothing)/history", .notFound, at: "path:id")
            try await api.refused(
                .PATCH, "/v1/records/\(nothing)", ["edits": [["field": "notes", "action": "append", "value": "一"]]],
                .notFound,
                at: "path:id")
        }
    }

    @Test func `a path that is not there and a method it does not take are told`() async throws {
        try await TestAPI.serve { api in
            try await api.refused(.GET, "/v1/nothing", .noSuchEndpoint)
            let answer = try await api.call(.PUT, "/v1/records", ["a": 1], expecting: 405)
            #expect(answer.headers.first(name: "allow") == "GET, HEAD, POST")
        }
    }

    @Test func `a body that is no JSON is refused at the byte where it goes wrong`() async throws {
        try await TestAPI.serve { api in
            var request = try api.request(.POST, "/v1/records", headers: ["Content-Type": "application/json"])
            request.body = .bytes(ByteBuffer(string: #"{"kind": "case", }"#))
            let answer = try await api.send(request, expecting: 400)
            #expect(try api.problem(answer).kind == "malformed-json")
            #expect(try answer.json["detail"]?.text?.contains("byte 17") == true)
            request.headers.replaceOrAdd(name: "Content-Type", value: "text/plain")
            #expect(try api.problem(try await api.send(request, expecting: 415)).kind == "not-json")
            request.headers.replaceOrAdd(name: "Content-Type", value: "application/json; charset=utf-8")
            #expect(try api.problem(try await api.send(request, expecting: 400)).kind == "malformed-json")
        }
    }

    /// Pieces of a body, made as they are asked for.
    private struct Pieces: AsyncSequence, Sendable {
        let count: Int
        static let bytes = 64 << 10

        struct AsyncIterator: AsyncIteratorProtocol {
            var left: Int
            mutating func next() async -> ByteBuffer? {
                guard left > 0 else { return nil }
                left -= 1
                return ByteBuffer(repeating: UInt8(ascii: " "), count: Pieces.bytes)
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(left: count) }
    }

    @Test func `a body of 100 MB is refused by the length it states`() async throws {
        try await TestAPI.serve { api in
            var request = try api.request(.POST, "/v1/import", headers: ["Content-Type": "application/json"])
            let pieces = Pieces(count: 1_600)
            request.body = .stream(pieces, length: .known(Int64(1_600 * Pieces.bytes)))
            let answer = try await api.send(request, expecting: 413)
            #expect(try answer.json["limit"] == .integer(Int64(APILimits.bodyBytesMax)))
        }
    }

    @Test func `a body that states no length is refused once it is too long`() async throws {
        try await TestAPI.serve { api in
            var request = try api.request(.POST, "/v1/import", headers: ["Content-Type": "application/json"])
            request.body = .stream(Pieces(count: 200), length: .unknown)
            #expect(try api.problem(try await api.send(request, expecting: 413)).kind == "too-large")
        }
    }

    @Test(arguments: [
        (WriteFailure.refused(.mayNotWrite(home: "44", acting: "440781")), Problem.Kind.homeForbids),
        (.refused(.tooLarge(bytes: 2, limit: 1)), .tooLarge), (.refused(.tooManyEdits(limit: 1)), .refused),
        (.storeUnavailable(.diskFull), .unavailable), (.overloaded(waiting: 9), .overloaded), (.stopping, .unavailable),
    ])
    func `what the core says of a change is passed on as a problem`(
        failure: WriteFailure, kind: Problem.Kind
    ) async throws {
        try await TestAPI.serve { api in
            await api.node.fail(failure)
            try await api.refused(.POST, "/v1/records", ["kind": "case", "fields": ["title": "一"]], kind)
        }
    }

    @Test func `no problem repeats a value that was sent`() async throws {
        try await TestAPI.serve { api in
            let secret = "440781199001011234"
            let bodies: [JSON] = [
                ["kind": "case", "fields": ["fines-fen": .text(secret)]],
                ["kind": "case", "home": .text(secret), "fields": [:]],
                ["kind": .text(secret), "fields": [:]],
            ]
            for body in bodies {
                let answer = try await api.client.execute(
                    try api.request(.POST, "/v1/records", body), timeout: .seconds(60))
                #expect(answer.status.code >= 400)
                #expect(!String(buffer: try await answer.body.collect(upTo: 1 << 20)).contains(secret))
            }
            let answer = try await api.call(.GET, "/v1/records?kind=case&where.party=\(secret)", expecting: 422)
            #expect(!answer.text.contains(secret))
        }
    }
}
