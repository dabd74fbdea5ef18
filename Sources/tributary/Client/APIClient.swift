import AsyncHTTPClient
import Foundation
import Libraries
import NIOCore
import NIOHTTP1

/// Why a call to a node's API brought nothing.
enum APIFailure: Error, Sendable, CustomStringConvertible {
    /// No answer: nobody listens, the line broke, or it took too long.
    case unreachable(base: String, reason: String)
    /// The node said no.
    case problem(APIProblem)
    /// An answer that is not what this release expects.
    case unreadable(path: String, reason: String)

    /// Whether the same call may succeed later without anybody doing anything.
    var isPassing: Bool {
        switch self {
        case .unreachable: true
        case .problem(let problem): problem.status == 429 || problem.status == 503
        case .unreadable: false
        }
    }

    /// What is wrong with what was sent, where the node read it and will never take it as it is, but may take
    /// something else; nil for every other failure.
    var refusal: APIProblem? {
        guard case .problem(let problem) = self, [400, 403, 409, 413, 422].contains(problem.status) else { return nil }
        return problem.kind == "role-forbids" ? nil : problem
    }

    /// What went wrong, without advice about the connection.
    var brief: String {
        switch self {
        case .unreachable(_, let reason): reason
        case .problem(let problem): problem.text
        case .unreadable(_, let reason): reason
        }
    }

    var description: String {
        switch self {
        case .unreachable(let base, let reason):
            "\(base): 节点无应答 no answer from the node (\(reason)); check that it runs and that --api is its address"
        case .problem(let problem) where !problem.findings.isEmpty: problem.text
        case .problem(let problem): "\(problem.text) (HTTP \(problem.status))"
        case .unreadable(let path, let reason):
            "\(path): the node's answer cannot be read (\(reason)); use the command and the node of one release"
        }
    }
}

extension CommandFailure {
    init(_ failure: APIFailure) {
        let status: ExitStatus =
            switch failure {
            case .unreachable: .unavailable
            case .problem(let problem):
                switch problem.status {
                case 401, 403: .notPermitted
                case 400, 404, 413, 422: .badData
                case 429, 503: .unavailable
                default: .failed
                }
            case .unreadable: .failed
            }
        self.init(status, "\(failure)")
    }
}

/// What an API says of a call it does not answer: problem details for HTTP APIs (RFC 9457).
struct APIProblem: Sendable {
    let status: Int
    /// What tells problems apart for programs: the end of their `type`.
    let kind: String
    /// The same for every problem of the kind, Chinese before English.
    let title: String
    let detail: String
    /// A JSON pointer into what was sent, or `query:name` and the like.
    let place: String?
    /// What stands in the way of a step, in an officer's words.
    let findings: [Finding]
    /// The answer as it came, where it is a page for people.
    let page: String

    /// A sentence with the articles it rests on.
    struct Finding: Decodable, Sendable {
        let chinese: String
        let english: String
        let articles: [String]

        /// `立案前须有两名持证执法人员(行政处罚法第42条)`.
        var sentence: String { chinese + (articles.isEmpty ? "" : "(\(articles.joined(separator: "、")))") }
    }

    private struct Details: Decodable {
        var findings: [Finding]?
        var type: String?
        var title: String?
        var detail: String?
        var `where`: String?
    }

    /// - Parameters:
    ///   - reason: what the status is called.
    ///   - body: an answer that may be something else, as from a proxy.
    init(status: Int, reason: String, body: Data) {
        let details = try? JSONDecoder().decode(Details.self, from: body)
        self.status = status
        kind = details?.type?.split(separator: ":").last.map(String.init) ?? ""
        title = details?.title ?? reason
        detail = details?.detail ?? ""
        place = details?.where
        findings = details?.findings ?? []
        page = details == nil ? String(decoding: body, as: UTF8.self) : ""
    }

    var chineseTitle: String { title.components(separatedBy: " · ").first ?? title }

    /// Where a step is refused: nothing but what stands in the way, one sentence a line, Chinese before English.
    var text: String {
        guard findings.isEmpty else {
            return findings.flatMap { [$0.sentence, "  " + $0.english] }.joined(separator: "\n")
        }
        let parts = [title, detail].filter { !$0.isEmpty }
        return parts.joined(separator: ": ") + (place.map { " (\($0))" } ?? "")
    }

    /// The place of the element of an array that is meant: 7 for `/drafts/7/id` in `drafts`.
    func index(in array: String) -> Int? {
        guard let parts = place?.split(separator: "/"), parts.count >= 2, parts[0] == array else { return nil }
        return Int(parts[1])
    }
}

/// One event of a server-sent stream (WHATWG HTML, section 9.2).
struct ServerEvent: Sendable {
    var name = "message"
    var data = ""
    var id: String?
}

/// Calls a node's HTTP API for one token.
struct APIClient: Sendable {
    /// The longest answer that is read: a full page of the largest records.
    static let answerBytesMax = 64 << 20
    static let timeoutDefault: Duration = .seconds(60)

    /// Without a slash at its end.
    let base: String
    private let token: String
    private let client: HTTPClient

    init(base: String, token: String, client: HTTPClient = .shared) {
        var base = base
        while base.hasSuffix("/") { base.removeLast() }
        (self.base, self.token, self.client) = (base, token, client)
    }

    // MARK: Calls

    func get<Answer: Decodable>(
        _ path: String, query: [(name: String, value: String)] = [], as: Answer.Type = Answer.self,
        timeout: Duration = timeoutDefault
    ) async throws(APIFailure) -> Answer {
        try read(await call(.GET, path, query: query, body: nil, timeout: timeout), from: path)
    }

    func send<Answer: Decodable>(
        _ method: HTTPMethod, _ path: String, _ body: some Encodable & Sendable, as: Answer.Type = Answer.self,
        ifMatch entityTag: String? = nil, timeout: Duration = timeoutDefault
    ) async throws(APIFailure) -> Answer {
        let bytes: Data
        do { bytes = try JSONEncoder().encode(body) } catch {
            throw .unreadable(path: path, reason: "the call could not be put into JSON")
        }
        return try read(
            await call(method, path, query: [], body: bytes, ifMatch: entityTag, timeout: timeout), from: path)
    }

    /// Sends a file as it is, piece by piece, so that memory does not follow its size.
    ///
    /// - Parameter byteCount: nil where it cannot be told, as for a pipe.
    func upload<Answer: Decodable>(
        _ path: String, file: String, byteCount: Int64?, as: Answer.Type = Answer.self,
        timeout: Duration = .seconds(600)
    ) async throws(APIFailure) -> Answer {
        var request = request(.POST, path, [])
        request.headers.replaceOrAdd(name: "Content-Type", value: "application/octet-stream")
        request.body = .stream(FilePieces(path: file), length: byteCount.map { .known($0) } ?? .unknown)
        return try read(await answer(to: request, timeout), from: path)
    }

    /// An answer as it is, such as a file or a page.
    func bytes(
        _ path: String, query: [(name: String, value: String)] = [], timeout: Duration = timeoutDefault
    ) async throws(APIFailure) -> [UInt8] {
        Array(try await call(.GET, path, query: query, body: nil, timeout: timeout).readableBytesView)
    }

    /// Calls again after a growing pause for as long as the failure is one that passes, at most for `patience`.
    ///
    /// - Parameter onPause: hears of each failure and of the pause that follows.
    func retrying<Answer>(
        patience: Duration, onPause: (APIFailure, Duration) -> Void = { _, _ in },
        _ call: () async throws(APIFailure) -> Answer
    ) async throws(APIFailure) -> Answer {
        let end = ContinuousClock.now + patience
        var pause: Duration = .milliseconds(250)
        while true {
            do throws(APIFailure) { return try await call() } catch {
                guard error.isPassing, !Task.isCancelled, ContinuousClock.now + pause <= end else { throw error }
                onPause(error, pause)
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(8))
            }
        }
    }

    // MARK: Events

    /// Reads a server-sent stream until it ends or `body` says so.
    ///
    /// - Parameter body: answers whether to go on.
    func follow(
        _ path: String, query: [(name: String, value: String)] = [], _ body: (ServerEvent) async throws -> Bool
    ) async throws {
        var request = request(.GET, path, query)
        request.headers.replaceOrAdd(name: "Accept", value: "text/event-stream")
        let response: HTTPClientResponse
        do {
            // A stream has no end that could be late.
            response = try await client.execute(request, deadline: .distantFuture)
        } catch {
            throw unreachable(error)
        }
        guard response.status == .ok else { throw await problem(response) }
        var reader = ServerEventReader()
        for try await chunk in response.body {
            for event in reader.feed(chunk.readableBytesView) where try await !body(event) { return }
        }
    }

    // MARK: Parts of a call

    private func call(
        _ method: HTTPMethod, _ path: String, query: [(name: String, value: String)], body: Data?,
        ifMatch entityTag: String? = nil, timeout: Duration
    ) async throws(APIFailure) -> ByteBuffer {
        var request = request(method, path, query)
        if let entityTag { request.headers.replaceOrAdd(name: "If-Match", value: entityTag) }
        if let body {
            request.headers.replaceOrAdd(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        return try await answer(to: request, timeout)
    }

    private func answer(to request: HTTPClientRequest, _ timeout: Duration) async throws(APIFailure) -> ByteBuffer {
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, timeout: TimeAmount(timeout))
        } catch {
            throw unreachable(error)
        }
        guard (200..<300).contains(response.status.code) else { throw await problem(response) }
        do { return try await response.body.collect(upTo: Self.answerBytesMax) } catch { throw unreachable(error) }
    }

    private func request(_ method: HTTPMethod, _ path: String, _ query: [(name: String, value: String)])
        -> HTTPClientRequest
    {
        var request = HTTPClientRequest(url: base + path + Self.text(of: query))
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        request.headers.add(name: "Accept", value: "application/json")
        return request
    }

    private func read<Answer: Decodable>(_ buffer: ByteBuffer, from path: String) throws(APIFailure) -> Answer {
        do { return try JSONDecoder().decode(Answer.self, from: Data(buffer.readableBytesView)) } catch {
            throw .unreadable(path: path, reason: Self.place(of: error))
        }
    }

    private func problem(_ response: HTTPClientResponse) async -> APIFailure {
        let body = try? await response.body.collect(upTo: 64 << 10)
        return .problem(
            APIProblem(
                status: Int(response.status.code), reason: response.status.reasonPhrase,
                body: body.map { Data($0.readableBytesView) } ?? Data()))
    }

    private func unreachable(_ error: any Error) -> APIFailure {
        let reason =
            switch error {
            case let error as HTTPClientError: error.shortDescription
            case let error as IOError: String(cString: strerror(error.errnoCode))
            default: Self.connectionReason(error)
            }
        return .unreachable(base: base, reason: reason)
    }

    private static func connectionReason(_ error: any Error) -> String {
        let text = String(describing: error)
        return text.contains("onnection refused") ? "connection refused" : String(text.prefix(200))
    }

    /// Where an answer does not fit, without its values.
    private static func place(of error: any Error) -> String {
        let context: DecodingError.Context? =
            switch error {
            case DecodingError.keyNotFound(let key, let context):
                DecodingError.Context(codingPath: context.codingPath + [key], debugDescription: "")
            case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
                DecodingError.dataCorrupted(let context):
                context
            default: nil
            }
        guard let path = context?.codingPath, !path.isEmpty else { return "not JSON" }
        return "at " + path.map(\.stringValue).joined(separator: ".")
    }

    // MARK: Addresses

    /// `?a=b&c=d`, or nothing.
    private static func text(of query: [(name: String, value: String)]) -> String {
        guard !query.isEmpty else { return "" }
        return "?" + query.map { "\(escaped($0.name))=\(escaped($0.value))" }.joined(separator: "&")
    }

    /// All but unreserved characters as percent signs and digits (RFC 3986, section 2).
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return escaped
    }
}

/// A file as the body of a call: read as fast as it is sent.
private struct FilePieces: AsyncSequence, Sendable {
    let path: String

    struct AsyncIterator: AsyncIteratorProtocol {
        let path: String
        private var file: InputFile?

        init(path: String) { self.path = path }

        mutating func next() async throws -> ByteBuffer? {
            let file = try self.file ?? InputFile(path)
            self.file = file
            return try file.next().map { ByteBuffer(bytes: $0) }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(path: path) }
}

/// Cuts a server-sent stream into events, however its bytes arrive.
struct ServerEventReader: Sendable {
    /// A longer line is dropped: no event of ours comes near it.
    static let lineBytesMax = 1 << 20

    private var line: [UInt8] = []
    private var event = ServerEvent()
    private var hasData = false

    init() {}

    mutating func feed(_ bytes: some Sequence<UInt8>) -> [ServerEvent] {
        var events: [ServerEvent] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                if line.count < Self.lineBytesMax { line.append(byte) }
                continue
            }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if let event = endLine() { events.append(event) }
            line.removeAll(keepingCapacity: true)
        }
        return events
    }

    /// A blank line ends an event.
    private mutating func endLine() -> ServerEvent? {
        guard !line.isEmpty else {
            defer {
                event = ServerEvent()
                hasData = false
            }
            return hasData ? event : nil
        }
        let text = String(decoding: line, as: UTF8.self)
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count > 1 ? String(parts[1].hasPrefix(" ") ? parts[1].dropFirst() : parts[1]) : ""
        switch parts[0] {
        case "event": event.name = value
        case "id": event.id = value
        case "data":
            event.data = hasData ? event.data + "\n" + value : value
            hasData = true
        default: break
        }
        return nil
    }
}
