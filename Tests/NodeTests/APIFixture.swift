import AsyncHTTPClient
import Casework
import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Logging
import NIOCore
import NIOHTTP1
import Replication
import ServiceLifecycle
import Simulation
import Store
import Support
import Synchronization
import Testing
@testable import Node

/// A node without links: the real core, performer and store under suite 255, and nothing around them.
actor SmallNode: NodeAccess {
    nonisolated let seat: DivisionCode
    nonisolated let tree: DivisionTree
    nonisolated let kinds = CaseworkKinds.all
    nonisolated let store: SQLiteStore
    nonisolated let files: FileShelf
    nonisolated let clock = TestClock()
    private nonisolated let feed = ChangeFeed()
    private let performer: Performer
    private var lastRequest: UInt64 = 0
    private var failure: WriteFailure?
    private var writesLeft = 0

    private struct TestSealing: Sealing {
        let key: [UInt8]
        func signature(over message: [UInt8]) -> [UInt8] { TestNotary.signature(over: message, key: key) }
    }

    init(seat: DivisionCode, directory: String) throws {
        let tree = try testTree()
        let store = try SQLiteStore(path: "\(directory)/store.sqlite", kinds: CaseworkKinds.all)
        let identity = testWriter(seat: seat).identity
        let replica = try Replica(
            ReplicaConfiguration(seat: seat, tree: tree, notary: TestNotary(), release: "test"), writer: identity,
            reading: store)
        files = try FileShelf(directory: "\(directory)/files")
        (self.seat, self.tree, self.store) = (seat, tree, store)
        performer = Performer(replica, store: store, sealing: TestSealing(key: identity.key))
    }

    /// Makes all writes fail from now on, or once so many more have succeeded.
    func fail(_ failure: WriteFailure, after writes: Int = 0) { (self.failure, writesLeft) = (failure, writes) }

    /// Lets writes succeed again.
    func recover() { failure = nil }

    func write(_ act: Act, _ parts: [LocalChange.Part]) async throws(WriteFailure) -> [EntryID] {
        if let failure {
            guard writesLeft > 0 else { throw failure }
            writesLeft -= 1
        }
        lastRequest += 1
        let change = LocalChange(request: lastRequest, act: act, parts: parts)
        let moment = Moment(wall: clock.tick(), monotonic: lastRequest)
        let performed: Performer.Performed
        do throws(StoreFailure) {
            performed = try performer.perform([.change(change)], at: moment)
        } catch {
            throw .storeUnavailable(error)
        }
        let position: UInt64
        do throws(StoreFailure) { position = try store.lastPosition() } catch { throw .storeUnavailable(error) }
        feed.tell(
            performed.events.compactMap { event in
                guard case .changed(let record, let entry) = event else { return nil }
                return ChangeNotice.Change(record: record, entry: entry, position: position)
            })
        switch performed.answers.first?.answer {
        case .written(let entries): return entries
        case .refused(let refusal): throw .refused(refusal)
        case nil: throw .stopping
        }
    }

    nonisolated func fileArrived(_ name: FileName) {}

    nonisolated func missingFiles() async -> (FileStatus, [MissingFile]) { (.none, []) }

    nonisolated func changes() -> AsyncStream<ChangeNotice> { feed.follow() }

    nonisolated var phase: NodePhase { .writing }

    nonisolated let networkFeed = NetworkFeed()
    nonisolated let incidentBook = IncidentBook()

    nonisolated var incidents: [NetworkIncident] { incidentBook.all }

    nonisolated func networkChanges() -> AsyncStream<Void> { networkFeed.follow() }

    /// Hears what a neighbour or the surroundings say.
    /// - Returns: what is to be done with links.
    @discardableResult func hear(_ inputs: [Input], at monotonic: UInt64) throws -> [LinkDuty] {
        monotonicNow = monotonic
        return try performer.perform(inputs, at: Moment(wall: clock.now, monotonic: monotonic)).links
    }

    /// The digest of all that a node below should hold.
    func digest(of division: DivisionCode) -> Digest { performer.inspect { $0.digest(of: division) } }

    private var monotonicNow: UInt64 = 1

    func network() async -> NetworkView {
        let moment = Moment(wall: clock.now, monotonic: monotonicNow)
        let position = (try? store.lastPosition()) ?? 0
        return performer.inspect { $0.networkView(lastPosition: position, at: moment) }
    }

    nonisolated func status() async throws(StoreFailure) -> NodeStatus {
        NodeStatus(
            division: seat.text, name: tree.division(seat)?.name ?? "", level: "county", release: Release.name,
            nonce: "00", phase: .writing, uptimeSeconds: 1, tree: "\(tree.version)", links: [], streams: 0, entries: 0,
            records: 0, kinds: [], lastPosition: try store.lastPosition(), digest: nil, conflicts: 0, dirty: 0,
            forks: 0,
            alarms: [], clock: clock.now, backlog: 0, isQuiet: true, files: NodeStatus.Files(.none))
    }

    nonisolated func read<Answer: Sendable, Failure: Error>(
        _ body: @escaping @Sendable (StoreReader) throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        try body(store.reader)
    }
}

/// 2026-03-01, and one second later with each write.
final class TestClock: Sendable {
    private let milliseconds = Mutex<UInt64>(1_772_323_200_000)

    var now: UInt64 { milliseconds.withLock { $0 } }

    func pass(milliseconds passed: UInt64) { milliseconds.withLock { $0 += passed } }

    func tick() -> UInt64 {
        milliseconds.withLock { time in
            time += 1_000
            return time
        }
    }
}

/// A served API with a token for each role, all of them acting for the county.
struct TestAPI: Sendable {
    let node: SmallNode
    let tokens: APITokens
    let access: Access
    let door: APIDoor
    let client: HTTPClient
    let base: String
    let directory: String
    private let held: [Role: String]

    static let county: DivisionCode = "440781"
    static let body = "440781-01"
    static let author = RecordID(home: county, flow: .down, kind: "officer", naturalKey: "GD-0001")

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let bytes: [UInt8]

        var text: String { String(decoding: bytes, as: UTF8.self) }
        var json: JSON { get throws { try JSONParser.parse(bytes) } }

        func read<Message: Decodable>(_: Message.Type = Message.self) throws -> Message {
            try JSONDecoder().decode(Message.self, from: Data(bytes))
        }
    }

    /// Serves an API on a free port of this machine for as long as `body` runs, and stops it gracefully.
    static func serve(
        seat: DivisionCode = county, heartbeat: Duration = .seconds(60), _ body: (TestAPI) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "api-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let node = try SmallNode(seat: seat, directory: directory)
        let tokens = APITokens(path: "\(directory)/tokens.json")
        var held: [Role: String] = [:]
        for role in Role.allCases {
            let holder = TokenHolder(
                label: role.rawValue, role: role, author: role == .officer ? author : nil, division: county,
                body: Self.body)
            held[role] = try tokens.create(holder, now: 0)
        }
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let clock = node.clock
        let access = Access(
            accounts: Accounts(path: "\(directory)/accounts.json"), sessions: Sessions(),
            cost: ScryptCost(rounds: 16, blockSize: 1, parallelism: 1), metrics: MetricsRegistry(), logger: quiet)
        let door = makeAPIDoor(
            core: node, tokens: tokens, access: access, logger: quiet, clock: { clock.now }, heartbeat: heartbeat,
            metrics: { "tributary_test 1\n" }, health: { APIHealth(isHealthy: true, text: "writing") })
        let service = APIService(door, host: "127.0.0.1", port: 0, logger: quiet)
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [service], logger: quiet))
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        try await withThrowingTaskGroup(of: Void.self) { [held] tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(await service.port)
            let api = TestAPI(
                node: node, tokens: tokens, access: access, door: door, client: client,
                base: "http://127.0.0.1:\(port)", directory: directory,
                held: held)
            let result: Result<Void, any Error>
            do { result = .success(try await body(api)) } catch { result = .failure(error) }
            try await client.shutdown()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    func token(_ role: Role) -> String { held[role] ?? "" }

    /// The same node at another address.
    func moved(to base: String) -> TestAPI {
        TestAPI(
            node: node, tokens: tokens, access: access, door: door, client: client, base: base, directory: directory,
            held: held)
    }

    // MARK: Calls

    func request(
        _ method: HTTPMethod, _ path: String, _ body: JSON? = nil, as role: Role? = .officer,
        headers: [String: String] = [:]
    ) throws -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        if let role { request.headers.add(name: "Authorization", value: "Bearer \(token(role))") }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        if let body {
            if !request.headers.contains(name: "Content-Type") {
                request.headers.add(name: "Content-Type", value: "application/json")
            }
            request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        }
        return request
    }

    /// Calls, and holds the answer against what the API's own description says of it.
    @discardableResult func call(
        _ method: HTTPMethod, _ path: String, _ body: JSON? = nil, as role: Role? = .officer,
        headers: [String: String] = [:], expecting status: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        try await send(
            try request(method, path, body, as: role, headers: headers), expecting: status,
            sourceLocation: sourceLocation)
    }

    @discardableResult func send(
        _ request: HTTPClientRequest, expecting status: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        let response = try await client.execute(request, timeout: .seconds(60))
        let buffer = try await response.body.collect(upTo: 64 << 20)
        let answer = Answer(
            status: Int(response.status.code), headers: response.headers, bytes: Array(buffer.readableBytesView))
        #expect(answer.status == status, "\(answer.text)", sourceLocation: sourceLocation)
        let path = String(request.url.dropFirst(base.count).prefix { $0 != "?" })
        let violations = try APIDescription.shared.violations(
            of: answer, to: request.method.rawValue, path: path)
        #expect(violations.isEmpty, "\(violations)", sourceLocation: sourceLocation)
        return answer
    }

    /// The kind of problem that an answer tells of, and its place.
    func problem(_ answer: Answer) throws -> (kind: String, place: String?) {
        let body = try answer.json
        let type = try #require(body["type"]?.text)
        #expect(answer.headers.first(name: "content-type") == "application/problem+json")
        return (String(type.dropFirst(Problem.typePrefix.count)), body["where"]?.text)
    }

    /// Calls without a body, and expects a problem of this kind at this place.
    func refused(
        _ method: HTTPMethod, _ path: String, as role: Role? = .officer, headers: [String: String] = [:],
        _ kind: Problem.Kind, at place: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await call(
            method, path, as: role, headers: headers, expecting: kind.status, sourceLocation: sourceLocation)
        try expect(answer, kind, place, sourceLocation)
    }

    /// Calls with a body, and expects a problem of this kind at this place.
    func refused(
        _ method: HTTPMethod, _ path: String, _ body: JSON, as role: Role? = .officer,
        headers: [String: String] = [:], _ kind: Problem.Kind, at place: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await call(
            method, path, body, as: role, headers: headers, expecting: kind.status, sourceLocation: sourceLocation)
        try expect(answer, kind, place, sourceLocation)
    }

    private func expect(
        _ answer: Answer, _ kind: Problem.Kind, _ place: String?, _ sourceLocation: SourceLocation
    ) throws {
        let problem = try problem(answer)
        #expect(problem.kind == kind.rawValue, sourceLocation: sourceLocation)
        #expect(problem.place == place, sourceLocation: sourceLocation)
    }

    // MARK: Records

    /// Makes a case and returns it as it is then read.
    func createCase(_ fields: JSON = ["title": "擅自占道经营", "status": "立案"]) async throws -> RecordMessage {
        let answer = try await call(.POST, "/v1/records", ["kind": "case", "fields": fields], expecting: 201)
        return try #require(try answer.read(WrittenRecord.self).record)
    }

    func read(_ id: String) async throws -> RecordMessage {
        try await call(.GET, "/v1/records/\(id)", expecting: 200).read()
    }

    @discardableResult func edit(
        _ id: String, _ edits: [JSON], as role: Role = .officer, headers: [String: String] = [:],
        expecting status: Int = 200,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        try await call(
            .PATCH, "/v1/records/\(id)", ["edits": .array(edits)], as: role, headers: headers, expecting: status,
            sourceLocation: sourceLocation)
    }
}
