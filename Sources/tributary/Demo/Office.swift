import AsyncHTTPClient
import Casework
import Divisions
import Foundation
import Ledger
import NIOCore
import NIOHTTP1
import Node
import Replication
import Store
import Synchronization

/// One node of a province on this machine: its directory, its ports, its lines upward, and its processes one after
/// another. Everything is real: the same executable, the same files and the same sockets as anywhere.
final class Office: Sendable {
    private struct State {
        var process: NodeProcess?
        var clients: [String: APIClient] = [:]
    }

    /// How long a node may take to come up, and to stop in order before it is killed.
    static let startLimit: Duration = .seconds(60)
    static let stopLimit: Duration = .seconds(25)

    let division: Division
    let data: DataDirectory
    let executable: String
    /// What puts its processes where they run; nothing for this machine as it is.
    let launcher: [String]
    /// The address of its API.
    let host: String
    let apiPort: Int
    /// Where its children reach it, through their lines or directly.
    let linkPort: Int
    /// Its lines, the parent's first.
    let lines: [(upper: DivisionCode, line: Line)]
    /// Whether other offices connect to it.
    let hasChildren: Bool
    private let state = Mutex(State())

    init(
        _ division: Division, data: DataDirectory, executable: String, apiPort: Int, linkPort: Int,
        lines: [(upper: DivisionCode, line: Line)], hasChildren: Bool, host: String = "127.0.0.1",
        launcher: [String] = []
    ) {
        (self.division, self.data, self.executable) = (division, data, executable)
        (self.host, self.launcher) = (host, launcher)
        (self.apiPort, self.linkPort, self.lines, self.hasChildren) = (apiPort, linkPort, lines, hasChildren)
    }

    var seat: DivisionCode { division.code }
    var name: String { division.name }
    var api: String { "http://\(host):\(apiPort)" }
    var logFile: String { "\(data.path)/node.log" }
    var topologyFile: String { "\(data.path)/topology.yaml" }

    // MARK: Its process

    var pid: Int32? { state.withLock { $0.process?.pid } }
    var isRunning: Bool { state.withLock { $0.process?.isRunning } ?? false }

    /// Starts the node and returns once it writes.
    func start() async throws {
        let process = try launch()
        try await Waiting.until("\(name) \(seat) to answer at \(api)/healthz", within: Self.startLimit) {
            if let status = process.status {
                throw CommandFailure(
                    .failed, "\(name) \(seat) ended with \(status) instead of starting: see \(logFile)")
            }
            return await isHealthy()
        }
    }

    /// Starts the process and does not wait for the node in it.
    @discardableResult
    func launch() throws(CommandFailure) -> NodeProcess {
        precondition(!isRunning, "\(seat) runs already")
        let process = try NodeProcess(
            executable, configuration: data.configurationFile, log: logFile, launcher: launcher)
        state.withLock { $0.process = process }
        return process
    }

    func isHealthy() async -> Bool {
        let request = HTTPClientRequest(url: api + "/healthz")
        let response = try? await HTTPClient.shared.execute(request, timeout: .seconds(2))
        return response?.status == .ok
    }

    /// Stops the node in order, or by force if it takes too long.
    func stop() async {
        guard let process = state.withLock({ $0.process }), process.isRunning else { return }
        process.send(SIGTERM)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await process.ended() }
            group.addTask {
                guard (try? await Task.sleep(for: Self.stopLimit)) != nil else { return }
                process.send(SIGKILL)
            }
            await group.next()
            group.cancelAll()
        }
        await process.ended()
    }

    /// `kill -9`: what a power cut looks like to a process.
    func kill() async {
        guard let process = state.withLock({ $0.process }) else { return }
        process.send(SIGKILL)
        await process.ended()
    }

    // MARK: Its lines

    /// No line upward is left: it stands alone, with whatever is below it.
    func isolate() { for (_, line) in lines { line.cut() } }

    func reconnect() { for (_, line) in lines { line.mend() } }

    func line(to upper: DivisionCode) -> Line? { lines.first { $0.upper == upper }?.line }

    // MARK: Its API

    /// A client for one holder; the same one each time. The token's text is kept nowhere else.
    func client(
        _ role: Role, for division: DivisionCode? = nil, officer: RecordID? = nil, body: String = ""
    ) throws(CommandFailure) -> APIClient {
        let holder = TokenHolder(
            label: (["demo", role.rawValue, "\(division ?? seat)"] + (officer.map { ["\($0.key)"] } ?? []))
                .joined(separator: " "),
            role: role, author: officer, division: division ?? seat,
            body: body)
        if let known = state.withLock({ $0.clients[holder.label] }) { return known }
        let client = APIClient(base: api, token: try token(for: holder))
        state.withLock { $0.clients[holder.label] = client }
        return client
    }

    /// Makes a token that a running node takes at once.
    func token(for holder: TokenHolder) throws(CommandFailure) -> String {
        let now = UInt64(max(0, Date().timeIntervalSince1970 * 1000))
        do { return try APITokens(path: data.tokensFile).create(holder, now: now) } catch {
            throw CommandFailure(.failed, "\(error)")
        }
    }

    /// The client of the node itself, for reading and importing.
    func client() throws(CommandFailure) -> APIClient { try client(.operator) }

    // MARK: Its store

    /// The store, read beside the node; nothing is changed.
    func reader() throws(StoreFailure) -> StoreReader {
        try StoreReader(path: data.storeFile, kinds: CaseworkKinds.all)
    }

    func backUp(to path: String) throws {
        try reader().backup(to: path)
    }

    /// The disk is lost: what remains is the identity and the configuration.
    func destroyStore() throws {
        precondition(!isRunning, "\(seat) still runs on its store")
        for part in ["", "-wal", "-shm"] where Files.exists(data.storeFile + part) {
            try FileManager.default.removeItem(atPath: data.storeFile + part)
        }
    }

    func restore(from backup: String) throws { try SQLiteStore.restore(backup, to: data.storeFile) }
}
