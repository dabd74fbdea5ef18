import Casework
import Console
import Divisions
import Foundation
import Identity
import Lattice
import Ledger
import Libraries
import Logging
import Node
import Replication
import Store
import Synchronization

/// A township with a node of its own below a county and a city that have none: where people click.
struct ConsoleBenchTown {
    static let province: DivisionCode = "440000"
    static let town: DivisionCode = "440781104"
    /// What it is called in the numbers of documents.
    static let sign = "示例镇"

    let data: DataDirectory
    let tree: DivisionTree
    let identity: NodeIdentity
    let notary: NodeNotary
    private let path: String

    init(in path: String) throws {
        self.path = path
        let file = "\(path)/topology.yaml"
        try Self.topology.write(toFile: file, atomically: true, encoding: .utf8)
        tree = try Topology.parse(Self.topology, named: "topology")
        let now = Date()
        let (upper, lower) = ("\(path)/province/identity", "\(path)/town/identity")
        _ = try Enrolment.initialise(directory: upper, division: Self.province, name: "示例省", now: now)
        let token = try Enrolment.token(
            directory: upper, division: Self.town, mayIssue: false, validSeconds: 3_600, now: now, tree: tree)
        identity = try Enrolment.join(
            directory: lower, token: token.text, name: "示例镇", issuerDirectory: upper, now: now, tree: tree)
        notary = try NodeNotary(identity: identity, tree: tree)
        data = DataDirectory(path: "\(path)/town")
    }

    private static let topology = """
        divisions:
          - { code: "440000", name: 示例省, level: province, node: { host: "127.0.0.1", port: 1 } }
          - { code: "440700", name: 示例市, level: city, parent: "440000" }
          - { code: "440781", name: 示例县, level: county, parent: "440700" }
          - { code: "440781104", name: 示例镇, level: township, parent: "440781", node: { host: "127.0.0.1", port: 2 } }

        """

    /// A core over the town's store, with a writer of its own.
    func performer(over store: any Storing) throws -> Performer {
        var chance = SystemRandomNumberGenerator()
        func random(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &chance) } }
        let writer = WriterIdentity(
            seat: Self.town, suite: .p256, key: identity.publicKey, certificates: identity.certificateChain,
            nonce: random(16), saltSeed: random(32))
        let configuration = ReplicaConfiguration(seat: Self.town, tree: tree, notary: notary, release: Release.name)
        return Performer(
            try Replica(configuration, writer: writer, reading: store), store: store,
            sealing: BenchSealing(key: identity.sealingKey))
    }

    /// The node with its pages on a port of the system's choice, without TLS: what a line costs is no server time.
    func open() throws -> ConsoleBenchNode {
        var configuration = NodeConfiguration(
            division: Self.town, data: data, topologyFile: "\(path)/topology.yaml",
            identityDirectory: "\(path)/town/identity")
        configuration.console = NodeConfiguration.Console(port: 0, usesTLS: false)
        let pages = ConsoleBenchNode.Pages()
        let runner = try NodeRunner.open(
            configuration, logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }, edges: pages.edges)
        return ConsoleBenchNode(runner: runner, pages: pages)
    }
}

extension BoardDatabase {
    /// The board of a node that is not running yet.
    static func ofTown(_ town: ConsoleBenchTown, rules: SupervisionRules) throws -> BoardDatabase {
        var chance = SystemRandomNumberGenerator()
        return try BoardDatabase(
            path: "\(town.data.path)/casework.sqlite", tree: town.tree, rules: rules, using: &chance)
    }
}

/// The town's node with its pages.
struct ConsoleBenchNode {
    let runner: NodeRunner
    fileprivate let pages: Pages

    /// The service that the node makes for its pages while it is opened.
    fileprivate final class Pages: Sendable {
        private let service = Mutex<ConsoleService?>(nil)

        var edges: NodeEdges {
            { (edge) throws(NodeStartFault) in
                guard let console = edge.configuration.console else { return [] }
                let service = try ConsoleService(edge, console)
                self.service.withLock { $0 = service }
                return [service]
            }
        }

        var port: Int? { get async { await service.withLock { $0 }?.port } }
    }

    /// Where the pages are, once the node runs.
    var base: String {
        get async throws {
            guard let port = await pages.port else { throw BenchFailure("the console does not listen") }
            return "http://127.0.0.1:\(port)"
        }
    }
}
