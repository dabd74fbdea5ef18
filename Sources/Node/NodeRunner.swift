import Casework
package import Divisions
import Foundation
import Identity
package import Lattice
package import Logging
import Metrics
import Replication
package import ServiceLifecycle
import Store
import Transport
package import UnixSignals

/// Why a node did not start: what is wrong, where, and what to do. Nothing was written.
package struct NodeStartFault: Error, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// What of a node an edge above this module builds its services on, such as the pages that people see. Everything it
/// shows or changes goes through the API.
package struct NodeEdge: Sendable {
    package let door: APIDoor
    package let configuration: NodeConfiguration
    package let tree: DivisionTree
    package let logger: Logger
    /// The node's clock: milliseconds since 1970.
    package let clock: @Sendable () -> UInt64
    package let accounts: Accounts
    package let sessions: Sessions
}

/// Makes the services that an edge adds to a node; they start last and stop first.
///
/// - Throws: `NodeStartFault` where the node cannot run with it.
package typealias NodeEdges = @Sendable (NodeEdge) throws(NodeStartFault) -> [any Service]

/// One node, put together from its configuration: the core, its links and its API.
package struct NodeRunner: Sendable {
    package let core: NodeCore
    package let links: NodeLinks
    /// Serves HTTP; `nil` where the configuration has none.
    package let api: APIService?
    /// Hands out document numbers on this machine.
    package let numbers: NumberService
    private let group: ServiceGroup
    /// Keeps other processes off the data directory as long as this value lives.
    private let lock: DataLock

    /// `tributary node run`: runs until SIGTERM or SIGINT, then stops in order and returns.
    ///
    /// - Throws: `NodeStartFault`, or what ended a service that cannot be without.
    package static func run(_ configuration: NodeConfiguration, edges: NodeEdges = { _ in [] }) async throws {
        let log = configuration.log
        LoggingSystem.bootstrap { LineLog(label: $0, configuration: log) }
        let metrics = MetricsRegistry()
        MetricsSystem.bootstrap(metrics)
        let runner = try open(
            configuration, metrics: metrics, logger: Logger(label: "tributary"), stoppingOn: [.sigterm, .sigint],
            edges: edges)
        try await runner.serve()
    }

    /// Opens everything a node needs, and does not run it yet.
    ///
    /// - Parameters:
    ///   - kinds: what the store keeps typed rows of.
    ///   - signals: of the process, each of which stops the node in order.
    ///   - edges: adds services that stand on the API.
    package static func open(
        _ configuration: NodeConfiguration, kinds: Kinds = CaseworkKinds.all,
        metrics: MetricsRegistry = MetricsRegistry(),
        logger: Logger, stoppingOn signals: [UnixSignal] = [], edges: NodeEdges = { _ in [] }
    ) throws(NodeStartFault) -> NodeRunner {
        let tree = try readTree(configuration)
        let identity = try readIdentity(configuration)
        let lock: DataLock
        do { lock = try configuration.data.lock() } catch { throw NodeStartFault("\(error)") }
        let store: SQLiteStore
        do {
            store = try SQLiteStore(path: configuration.data.storeFile, kinds: kinds)
        } catch {
            throw NodeStartFault("\(configuration.data.storeFile): \(error)")
        }
        let files: FileShelf
        do { files = try FileShelf(directory: configuration.data.filesDirectory) } catch {
            throw NodeStartFault("\(configuration.data.filesDirectory): \(error)")
        }
        let core: NodeCore
        let links: NodeLinks
        do throws(ChainFault) {
            core = try NodeCore(
                configuration: configuration, tree: tree, identity: identity, kinds: kinds, store: store,
                files: files, metrics: metrics, logger: logger)
        } catch {
            throw NodeStartFault("\(configuration.identityDirectory)/root.pem: \(error)")
        }
        do throws(LinkFailure) { links = try NodeLinks(core: core) } catch { throw NodeStartFault("\(error)") }
        let numbers = numbers(of: core)
        let board = try board(of: core)
        let access = access(of: core)
        let operation = operation(of: core)
        let door = door(of: core, access, numbers, board.board, operation)
        let above = try edges(
            NodeEdge(
                door: door, configuration: configuration, tree: tree, logger: logger, clock: { NodeClock.now.wall },
                accounts: access.accounts, sessions: access.sessions))
        return NodeRunner(
            core: core, links: links, numbers: numbers, board: board.service, api: api(of: core, door),
            above: [operation.desk] + above, lock: lock, stoppingOn: signals)
    }

    private init(
        core: NodeCore, links: NodeLinks, numbers: NumberService, board: BoardService, api: APIService?,
        above: [any Service], lock: DataLock, stoppingOn signals: [UnixSignal]
    ) {
        (self.core, self.links, self.numbers, self.api, self.lock) = (core, links, numbers, api, lock)
        // The last to start is the first to stop: nobody writes any more, then nobody replicates, then the core ends.
        var services: [any Service] = [
            core, links, numbers, Self.receipts(of: core), board, FiguresService(core: core),
        ]
        if let api { services.append(api) }
        services += above
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: signals, logger: core.logger)
        configuration.maximumGracefulShutdownDuration = .seconds(NodeLimits.stopSecondsMax)
        configuration.maximumCancellationDuration = .seconds(NodeLimits.cancelSecondsMax)
        group = ServiceGroup(configuration: configuration)
    }

    /// Runs all services until the node is stopped or this task is cancelled. Once only.
    package func serve() async throws {
        core.logger.notice(
            "the node starts",
            metadata: [
                "division": "\(core.configuration.division)", "release": "\(Release.name)",
                "tree": "\(core.tree.version)",
            ])
        defer { withExtendedLifetime(lock) {} }
        try await group.run()
        core.logger.notice("the node has stopped")
    }

    /// Stops in order what `serve` runs: requests are answered, commits finished, neighbours told.
    package func stop() async { await group.triggerGracefulShutdown() }

    private static func numbers(of core: NodeCore) -> NumberService {
        NumberService(
            node: core, witness: NumberWitnessFile(path: core.configuration.witnessFile),
            machineFile: core.configuration.data.machineFile, clock: { NodeClock.now.wall },
            chance: { UInt64.random(in: .min ... .max) }, logger: core.logger)
    }

    private static func receipts(of core: NodeCore) -> ReceiptService {
        ReceiptService(
            node: core, clock: { NodeClock.now.wall }, chance: { UInt64.random(in: .min ... .max) },
            logger: core.logger)
    }

    /// The supervision board; it is derived, so that one which cannot be opened is made anew.
    private static func board(of core: NodeCore) throws(NodeStartFault) -> (service: BoardService, board: Board) {
        var chance = SystemRandomNumberGenerator()
        do throws(BoardFailure) {
            return try BoardService.open(of: core, clock: { NodeClock.now.wall }, chance: &chance)
        } catch {
            throw NodeStartFault("\(core.configuration.data.path)/casework.sqlite: \(error)")
        }
    }

    private static func access(of core: NodeCore) -> Access {
        let minutes = core.configuration.console?.idleMinutes ?? NodeConfiguration.Console.idleMinutesDefault
        return Access(
            accounts: Accounts(path: core.configuration.data.accountsFile), sessions: Sessions(idleMinutes: minutes),
            metrics: core.metrics, logger: core.logger)
    }

    /// What an operator does to the node through its API.
    private static func operation(of core: NodeCore) -> NodeOperation {
        NodeOperation(
            data: core.configuration.data, core: core, notary: core.notary,
            identityDirectory: core.configuration.identityDirectory, clock: { NodeClock.now.wall }, logger: core.logger)
    }

    /// The API itself, whether or not it is served over HTTP.
    private static func door(
        of core: NodeCore, _ access: Access, _ numbers: NumberService, _ board: Board, _ operation: NodeOperation
    ) -> APIDoor {
        let configuration = core.configuration
        return makeAPIDoor(
            core: core, tokens: APITokens(path: configuration.api?.tokensFile ?? configuration.data.tokensFile),
            access: access, numbers: numbers, board: board, operation: operation, logger: core.logger,
            clock: { NodeClock.now.wall },
            metrics: {
                access.observe()
                return await core.metricsText()
            }, health: { core.health })
    }

    private static func api(of core: NodeCore, _ door: APIDoor) -> APIService? {
        guard let api = core.configuration.api else { return nil }
        if !api.isLoopback {
            core.logger.warning(
                "the API is reached from other machines without TLS: whoever sees the line sees tokens and records",
                metadata: ["host": "\(api.host)"])
        }
        return APIService(door, host: api.host, port: api.port, logger: core.logger)
    }

    // MARK: Opening

    private static func readTree(_ configuration: NodeConfiguration) throws(NodeStartFault) -> DivisionTree {
        let file = configuration.topologyFile
        guard let data = FileManager.default.contents(atPath: file) else {
            throw NodeStartFault(
                "\(file): the topology file is not there or cannot be read: check the path and who owns it")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw NodeStartFault("\(file): the topology file is not UTF-8 text: save it as UTF-8")
        }
        let tree: DivisionTree
        do throws(TopologyFault) {
            tree = try Topology.parse(text, named: file)
        } catch {
            throw NodeStartFault("\(error)")
        }
        guard tree.seat(at: configuration.division) != nil else {
            throw NodeStartFault(
                "\(file): division \(configuration.division) has no node in it: give it one there, or correct the key "
                    + "\"division\" of the configuration"
            )
        }
        return tree
    }

    private static func readIdentity(_ configuration: NodeConfiguration) throws(NodeStartFault) -> NodeIdentity {
        let identity: NodeIdentity
        do throws(IdentityFault) {
            identity = try NodeIdentity.load(directory: configuration.identityDirectory)
        } catch {
            throw NodeStartFault("\(error)")
        }
        guard identity.division == configuration.division else {
            throw NodeStartFault(
                "\(configuration.identityDirectory): the identity is of division \(identity.division), the configuration of "
                    + "\(configuration.division): use the directory that belongs to this node"
            )
        }
        return identity
    }
}
