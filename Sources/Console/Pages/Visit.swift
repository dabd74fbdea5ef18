import Casework
import Foundation
import HTTPTypes
import Hummingbird
import Libraries
import NIOCore
import Node

/// Somebody who has signed in, as the API tells it.
struct Person: Sendable {
    /// What the browser's cookie holds: the API's session token. Never shown.
    let token: String
    /// Stands in every form, so that no other site can send one.
    let csrf: String
    let account: JSON

    var role: String { account["role"]?.text ?? "" }
    var certificate: String { account["certificate"]?.text ?? "" }
    var division: String { account["division"]?.text ?? "" }
    var mustChangePassword: Bool { account["mustChange"] == .boolean(true) }
}

/// One person's request for a page, and the API as that person may use it.
struct Visit: Sendable {
    let door: APIDoor
    let peer: Peer
    let site: Site
    /// Whether the page is read over HTTPS.
    let isSecure: Bool
    let language: Language
    var person: Person?
    /// Parts of the path, decoded.
    let parameters: [String: String]
    /// Host and port by which the browser reached this.
    let authority: String?
    /// The query, decoded.
    let query: Form
    /// The path and query as they were asked for.
    let here: String
    /// Milliseconds since 1970.
    let now: UInt64
    /// What a form held that the API refused, and why: the page is shown again with both.
    var form: Form?
    var refusal: Refusal?
    /// Why the person looks; nil for what his role is there for.
    var purpose: String?

    /// A cookie with this prefix comes from this very host, over HTTPS, for all paths (RFC 6265bis, section 4.1.3).
    var cookieName: String { isSecure ? "__Host-session" : "session" }

    /// A text of the catalogue.
    func text(_ key: String) -> String { site.text(key, in: language) }

    /// A parameter of the path that the page cannot be without.
    func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// Now, `YYYY-MM-DDTHH:MM`, local time.
    var moment: String { LegalMoment(milliseconds: now)?.description ?? "" }

    // MARK: The API

    /// What the API answers to a GET.
    ///
    /// - Throws: `Refusal` for every answer that is a problem.
    func get(_ path: String, _ query: KeyValuePairs<String, String?> = [:]) async throws -> JSON {
        try await message(await response(.get, Address.of(path, query)))
    }

    /// What the API answers, or nil where it says that there is no such thing.
    func find(_ path: String, _ query: KeyValuePairs<String, String?> = [:]) async throws -> JSON? {
        do { return try await get(path, query) } catch let refusal as Refusal where refusal.status == 404 { return nil }
    }

    /// Sends JSON to the API.
    ///
    /// - Parameters:
    ///   - once: a key that makes sure that the same form writes once, however often it is sent.
    ///   - ifMatch: the entity tag of what the person saw.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil, once: String? = nil, ifMatch: String? = nil
    ) async throws -> JSON {
        var headers: HTTPFields = [:]
        var bytes: [UInt8] = []
        if let body {
            headers[.contentType] = "application/json"
            bytes = Array(try JSONEncoder().encode(body))
        }
        if let once, let name = HTTPField.Name("Idempotency-Key") { headers[name] = once }
        if let ifMatch { headers[.ifMatch] = ifMatch }
        return try await message(await response(method, path, headers, bytes))
    }

    /// The API's answer as it is, for what is no JSON.
    func response(
        _ method: HTTPRequest.Method, _ target: String, _ headers: HTTPFields = [:], _ body: [UInt8] = []
    ) async -> Response {
        var headers = headers
        if let person { headers[.authorization] = "Bearer \(person.token)" }
        if let purpose, let name = HTTPField.Name("Tributary-Purpose") { headers[name] = purpose }
        let head = HTTPRequest(
            method: method, scheme: nil, authority: nil, path: target, headerFields: headers)
        let start = ContinuousClock.now
        let answer = await door.answer(
            Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body))), from: peer)
        CallTally.current?.add(start.duration(to: .now))
        return answer
    }

    /// Hands a file in, as it is.
    func upload(_ bytes: [UInt8], to target: String = "/v1/files") async throws -> JSON {
        try await message(await response(.post, target, [.contentType: "application/octet-stream"], bytes))
    }

    /// Refuses an answer that is a problem.
    static func check(_ response: Response) async throws {
        guard response.status.code >= 400 else { return }
        let bytes = try await BodyCollector.bytes(of: response.body)
        throw Refusal(status: response.status.code, problem: (try? JSONParser.parse(bytes)) ?? .null)
    }

    private func message(_ response: Response) async throws -> JSON {
        let bytes = try await BodyCollector.bytes(of: response.body)
        let json = bytes.isEmpty ? .null : (try? JSONParser.parse(bytes)) ?? .null
        guard response.status.code < 400 else { throw Refusal(status: response.status.code, problem: json) }
        return json
    }
}

/// Takes up what a response writes.
struct BodyCollector: ResponseBodyWriter {
    private let buffer: Buffer

    private final class Buffer {
        var bytes: [UInt8] = []
    }

    static func bytes(of body: ResponseBody) async throws -> [UInt8] {
        let collector = BodyCollector(buffer: Buffer())
        try await body.write(collector)
        return collector.buffer.bytes
    }

    mutating func write(_ part: ByteBuffer) async throws { buffer.bytes.append(contentsOf: part.readableBytesView) }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
