import AsyncHTTPClient
import Divisions
import Foundation
import HTTPTypes
import Hummingbird
import Identity
import Lattice
import Ledger
import Libraries
import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import Console
@testable import Node

/// A real node in this process with its pages on a port of the system's choice, without TLS, and an account for each
/// role: what a browser would see.
struct TestConsole: Sendable {
    static let seat: DivisionCode = "44"
    static let seatName = "示例省"
    static let body = "44-01"
    static let password = "一二三四五 六七八九十"
    static let second = "GD-0002"

    /// One answer as a browser gets it.
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let bytes: [UInt8]

        var text: String { String(decoding: bytes, as: UTF8.self) }
        var location: String? { headers.first(name: "location") }
        var cookies: [String] { headers["set-cookie"] }

        /// Whether these very bytes stand in it: a mark that follows a `<` makes it another character, and no other byte.
        func holds(_ text: String) -> Bool {
            let wanted = Array(text.utf8)
            return bytes.indices.dropLast(max(0, wanted.count - 1)).contains { bytes[$0...].starts(with: wanted) }
        }
    }

    let base: String
    let client: HTTPClient
    let edge: NodeEdge
    private let machine: [Role: String]
    private let sessions: [Role: (token: String, csrf: String)]

    // MARK: Serving

    /// The service that the node makes for its pages while it is opened, and what it stands on.
    private final class Pages: Sendable {
        private let made = Mutex<(service: ConsoleService, edge: NodeEdge)?>(nil)

        var edges: NodeEdges {
            { (edge) throws(NodeStartFault) in
                guard let console = edge.configuration.console else { return [] }
                let service = try ConsoleService(edge, console)
                self.made.withLock { $0 = (service, edge) }
                return [service]
            }
        }

        func found() throws -> (service: ConsoleService, edge: NodeEdge) { try #require(made.withLock { $0 }) }
    }

    /// Runs a node with its pages for as long as `body` runs, and stops it in order.
    static func serve(_ body: (TestConsole) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "console-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let topology = """
            divisions:
              - { code: "44", name: \(seatName), level: province, node: { host: "127.0.0.1", port: 1 } }

            """
        try topology.write(toFile: "\(path)/topology.yaml", atomically: true, encoding: .utf8)
        let data = DataDirectory(path: "\(path)/44")
        _ = try Enrolment.initialise(
            directory: data.identityDirectory, division: seat, name: seatName, now: Date())
        var configuration = NodeConfiguration(
            division: seat, data: data, topologyFile: "\(path)/topology.yaml")
        configuration.console = NodeConfiguration.Console(port: 0, usesTLS: false)
        let pages = Pages()
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let runner = try NodeRunner.open(configuration, logger: quiet, edges: pages.edges)
        let (service, edge) = try pages.found()
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: HTTPClient.Configuration(redirectConfiguration: .disallow))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await runner.serve() }
            for await phase in runner.core.phaseChanges() where phase == .writing { break }
            let result: Result<Void, any Error>
            do {
                let port = try #require(await service.port)
                let console = try TestConsole("http://127.0.0.1:\(port)", client, edge)
                try await console.fillLibraries()
                result = .success(try await body(console))
            } catch { result = .failure(error) }
            try await client.shutdown()
            await runner.stop()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    private init(_ base: String, _ client: HTTPClient, _ edge: NodeEdge) throws {
        (self.base, self.client, self.edge) = (base, client, edge)
        let tokens = APITokens(path: edge.configuration.data.tokensFile)
        var (machine, sessions): ([Role: String], [Role: (token: String, csrf: String)]) = ([:], [:])
        for role in Role.allCases {
            let account = try Self.account(Self.certificate(of: role), role, edge)
            let opened = edge.sessions.open(for: account, isByCertificate: false, purpose: nil, now: edge.clock())
            sessions[role] = (opened.token, opened.session.csrf)
            machine[role] = try tokens.create(account.holder, now: 0)
        }
        (self.machine, self.sessions) = (machine, sessions)
    }

    static func certificate(of role: Role) -> String { role == .officer ? "GD-0001" : "GD-\(role.rawValue)" }

    /// Adds somebody whose password is already his own.
    @discardableResult static func account(_ certificate: String, _ role: Role, _ edge: NodeEdge) throws -> Account {
        let author = RecordID(home: seat, flow: .down, kind: "officer", naturalKey: certificate)
        var account = Account(
            certificate: certificate, name: "陈样", role: role, division: seat, body: body,
            author: role == .officer ? author : nil,
            password: PasswordHash(password, cost: ScryptCost(rounds: 16, blockSize: 1, parallelism: 1)), now: 1)
        account.mustChange = false
        #expect(try edge.accounts.add(account))
        return account
    }

    // MARK: Asking

    /// Fetches an address as somebody of a role, in a language.
    func get(
        _ path: String, as role: Role? = nil, in language: Language = .chinese, headers: [String: String] = [:]
    ) async throws -> Answer {
        try await send(request(.GET, path, as: role, in: language, headers: headers))
    }

    /// Sends a form, with the secret of the role's session unless another is given.
    func post(
        _ path: String, _ fields: [String: String], as role: Role? = nil, csrf: String? = nil,
        in language: Language = .chinese, headers: [String: String] = [:]
    ) async throws -> Answer {
        var fields = fields
        if let secret = csrf ?? self.csrf(role), !secret.isEmpty { fields["csrf"] = secret }
        var request = request(.POST, path, as: role, in: language, headers: headers)
        request.headers.replaceOrAdd(name: "Content-Type", value: "application/x-www-form-urlencoded")
        let body = fields.sorted { $0.key < $1.key }.map { "\(Address.encoded($0.key))=\(Address.encoded($0.value))" }
        request.body = .bytes(ByteBuffer(string: body.joined(separator: "&")))
        return try await send(request)
    }

    func csrf(_ role: Role?) -> String? { role.flatMap { sessions[$0]?.csrf } }

    func request(
        _ method: HTTPMethod, _ path: String, as role: Role? = nil, in language: Language = .chinese,
        headers: [String: String] = [:]
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        var cookies = ["language=\(language.rawValue)"]
        if let token = role.flatMap({ sessions[$0]?.token }) { cookies.append("session=\(token)") }
        request.headers.add(name: "Cookie", value: cookies.joined(separator: "; "))
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        return request
    }

    /// Sends it, and holds the answer against what every answer of the console must keep to.
    func send(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await client.execute(request, timeout: .seconds(60))
        let buffer = try await response.body.collect(upTo: 64 << 20)
        let answer = Answer(
            status: Int(response.status.code), headers: response.headers, bytes: Array(buffer.readableBytesView))
        let faults = Self.faults(of: answer)
        #expect(faults.isEmpty, "\(request.method) \(request.url): \(faults)")
        return answer
    }

    /// What an answer has that no browser should be given.
    private static func faults(of answer: Answer) -> [String] {
        var faults: [String] = []
        let policy = answer.headers.first(name: "content-security-policy") ?? ""
        if !policy.contains("default-src 'none'") { faults.append("no policy") }
        if policy.contains("script-src"), policy.contains("unsafe") { faults.append("scripts may stand in pages") }
        if answer.headers.first(name: "x-content-type-options") != "nosniff" { faults.append("types may be guessed") }
        guard answer.headers.first(name: "content-type")?.hasPrefix("text/html") == true else { return faults }
        let text = answer.text
        if text.contains("<style") || text.contains(" style=") { faults.append("a style within the page") }
        for script in text.matches(of: /<script([^>]*)>/) where !script.1.contains("src=\"/assets/") {
            faults.append("a script within the page: \(script.0)")
        }
        if let handler = text.firstMatch(of: /<[a-z]+ [^>]*\bon[a-z]+=/) { faults.append("a handler: \(handler.0)") }
        if text.contains("javascript:") { faults.append("an address that is a script") }
        if text.contains("{{") { faults.append("a tag of a template") }
        return faults
    }

    // MARK: The node

    /// Calls the node's API in process, as a machine of a role.
    @discardableResult func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil, as role: Role = .officer,
        expecting status: Int = 200
    ) async throws -> JSON {
        var head = HTTPRequest(method: method, scheme: nil, authority: nil, path: path)
        head.headerFields[.authorization] = "Bearer \(machine[role] ?? "")"
        head.headerFields[.contentType] = "application/json"
        let bytes = try body.map { Array(try JSONEncoder().encode($0)) } ?? []
        let response = await edge.door.answer(
            Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: bytes))), from: Peer(address: nil))
        let answer = try await BodyCollector.bytes(of: response.body)
        #expect(response.status.code == status, "\(method) \(path): \(String(decoding: answer, as: UTF8.self))")
        return answer.isEmpty ? .null : try JSONParser.parse(answer)
    }

    /// A case with a title and a party.
    func openCase(_ facts: JSON = ["title": "倾倒渣土案"]) async throws -> String {
        let opened = try await call(
            .post, "/v1/cases",
            ["procedure": "spot", "officers": ["GD-0001", .text(Self.second)], "facts": facts], expecting: 201)
        return try #require(opened["id"]?.text)
    }

    /// What a case says of a fact, as the API tells it.
    func fact(_ name: String, of id: String) async throws -> JSON? {
        let record = try await call(.get, "/v1/cases/\(Address.encoded(id))")
        return record["facts"]?.array?.first { $0["id"]?.text == name }?["values"]?.array?.first
    }

    private func fillLibraries() async throws {
        func draft(_ kind: String, _ key: String, _ fields: JSON) -> JSON {
            ["kind": .text(kind), "key": .text(key), "fields": fields]
        }
        var drafts = [
            draft(
                "body", Self.body,
                [
                    "code": .text(Self.body), "name": "示例省水利厅", "division": .text(Self.seat.text),
                    "body-type": "法定行政机关", "uscc": "114400000000000358", "sign": "示水",
                ]),
            draft(
                "item", "44990000000001",
                [
                    "code": "44990000000001", "name": "对倾倒渣土的处罚", "item-kind": "行政处罚",
                    "bases": ["《示例条例》第八条"],
                ]),
            draft(
                "procedure", "spot@1", ["id": "spot", "version": 1, "name": "当场处罚", "text": .text(Self.procedure)]),
        ]
        for certificate in [Self.certificate(of: .officer), Self.second] {
            drafts.append(
                draft(
                    "officer", certificate,
                    [
                        "certificate-no": .text(certificate), "name": .text("陈样\(certificate.suffix(1))"),
                        "body": .text(Self.body), "division": .text(Self.seat.text),
                        "areas": [.text(Self.seat.text)], "valid-from": "2024-03-01", "valid-to": "2049-02-28",
                    ]))
        }
        try await call(.post, "/v1/import", ["drafts": .array(drafts)], as: .librarian)
    }

    private static let procedure = """
        procedure: spot
        version: 1
        zh: 当场处罚
        en: On the spot
        articles: [《示例法》第一条]
        facts:
          - { id: title, zh: 案由, en: Title }
          - { id: item, zh: 执法事项, en: Item, kind: item }
          - { id: party, zh: 当事人, en: Party, personal: true }
          - { id: facts, zh: 违法事实, en: Facts, personal: true }
          - { id: fine-fen, zh: 罚款, en: Fine, kind: money }
        stages:
          - { id: only, zh: 办理, en: Handling }
        steps:
          - id: look
            stage: only
            zh: 现场检查
            en: Look
            certified: 2
            collects: [title, item, party, facts]
            recording: video
          - id: finish
            stage: only
            zh: 办结
            en: Finish
            collects: [fine-fen]
            outcomes:
              - { id: done, zh: 办结, en: done, ends: { zh: 办结, en: finished } }
            gates:
              - { needs: { step: look }, zh: 尚未现场检查, en: Nobody looked, articles: [行政处罚法第42条] }
        """
}
