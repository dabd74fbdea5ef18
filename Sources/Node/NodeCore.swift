package import Divisions
import Foundation
package import Identity
package import Lattice
package import Ledger
package import Logging
package import Replication
import ServiceLifecycle
package import Store
import Synchronization

/// Why a local change was not written. Nothing of it is here then.
package enum WriteFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// It may not be written, whoever tries: the caller's to correct.
    case refused(ChangeRefusal)
    /// The store refuses to be written for now.
    case storeUnavailable(StoreFailure)
    /// Too many changes wait: try again later.
    case overloaded(waiting: Int)
    /// The node is stopping.
    case stopping

    package var description: String {
        switch self {
        case .refused(let refusal): refusal.description
        case .storeUnavailable(let failure): failure.description
        case .overloaded(let waiting): "\(waiting) changes wait to be written already: try again later"
        case .stopping: "the node is stopping: try again when it is back"
        }
    }
}

/// A running node as everything around the protocol core sees it: changes go in, notices and status come out.
///
/// The core itself lives on one thread of its own, since it and SQLite never wait for anything but the disk; this type
/// is the door to it and may be used from any task.
package final class NodeCore: Service, Sendable {
    package let configuration: NodeConfiguration
    package let tree: DivisionTree
    package let kinds: Kinds
    package let identity: NodeIdentity
    /// Closed once `run` returns.
    package let store: SQLiteStore
    /// Evidence files.
    package let files: FileShelf
    package let metrics: MetricsRegistry
    let meters: NodeMeters
    let mailbox: Mailbox
    let notary: NodeNotary
    let feed = ChangeFeed()
    let networkFeed = NetworkFeed()
    let incidentBook = IncidentBook()
    let links: LinkRegistry
    let logger: Logger
    private let begun: Moment
    private let phaseBox = Mutex(NodePhase.starting)
    private let reading = ReadingQueue(threadsMax: NodeLimits.storeReadersMax)
    private let phases = PhaseFeed()

    /// - Parameters:
    ///   - store: opened with `kinds`, and used by nobody else to write.
    ///   - files: used by nobody else to write.
    /// - Throws: where the root of `identity` is no province's.
    package init(
        configuration: NodeConfiguration, tree: DivisionTree, identity: NodeIdentity, kinds: Kinds, store: SQLiteStore,
        files: FileShelf, metrics: MetricsRegistry = MetricsRegistry(), logger: Logger
    ) throws(ChainFault) {
        notary = try NodeNotary(identity: identity, tree: tree)
        (self.configuration, self.tree, self.identity, self.kinds) = (configuration, tree, identity, kinds)
        (self.store, self.files, self.metrics, self.logger) = (store, files, metrics, logger)
        meters = NodeMeters(registry: metrics)
        mailbox = Mailbox(inboxBytesMax: configuration.limits.inboxBytesMax)
        links = LinkRegistry()
        begun = NodeClock.now
    }

    // MARK: Changes

    /// Writes a local change, whole or not at all.
    ///
    /// - Returns: the entries it stands in, in the order of `parts`. They are durable here by then.
    package func write(_ act: Act, _ parts: [LocalChange.Part]) async throws(WriteFailure) -> [EntryID] {
        try await mailbox.write(act, parts).get()
    }

    /// Every change of a record from now on, local or not, as it becomes durable. Ends when the node stops, or at once
    /// where `NodeLimits.changeReadersMax` follow already. A slow reader loses the oldest notices and is told so.
    package func changes() -> AsyncStream<ChangeNotice> { feed.follow() }

    /// How many follow `changes()`.
    package var changeReaderCount: Int { feed.readerCount }

    // MARK: Reading

    /// Reads the store on a thread meant for waiting, so that no task of the program stands still meanwhile.
    package func read<Answer: Sendable, Failure: Error>(
        _ body: @escaping @Sendable (StoreReader) throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        let reader = store.reader
        let result: Result<Answer, Failure> = await reading.run {
            do throws(Failure) { return .success(try body(reader)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    // MARK: Status

    /// Whether the node writes at this moment.
    package var phase: NodePhase { phaseBox.withLock { $0 } }

    /// What `/healthz` says.
    package var health: APIHealth {
        switch phase {
        case .starting: APIHealth(isHealthy: false, text: "starting")
        case .writing: APIHealth(isHealthy: true, text: "writing")
        case .readOnly(let reason): APIHealth(isHealthy: false, text: "read-only: \(reason)")
        case .stopped: APIHealth(isHealthy: false, text: "stopped")
        }
    }

    /// The phase now and each one that follows, for whoever waits for one; ends when the node has stopped.
    package func phaseChanges() -> AsyncStream<NodePhase> { phases.follow(from: phase) }

    func enter(_ phase: NodePhase) {
        phaseBox.withLock { $0 = phase }
        meters.isWriting(phase.isWriting)
        phases.tell(phase)
        networkFeed.tell()
    }

    /// How the node is now. Counts come from the store: some milliseconds on a large one.
    package func status() async throws(StoreFailure) -> NodeStatus {
        let core = await mailbox.ask()
        let (totals, counts) = try await read { (reader) throws(StoreFailure) in
            (try reader.totals(), try reader.counts())
        }
        let now = NodeClock.now
        let division = tree.division(configuration.division)
        return NodeStatus(
            division: configuration.division.text, name: division?.name ?? identity.name,
            level: division?.level.englishName ?? "", release: Release.name, nonce: hexadecimal(core.nonce),
            phase: phase, uptimeSeconds: (now.monotonic - begun.monotonic) / 1_000, tree: "\(tree.version)",
            links: core.links.map { status(of: $0, at: now) }, streams: core.streams, entries: totals.entries,
            records: totals.records,
            kinds: counts.map { NodeStatus.Kind(kind: $0.kind, records: $0.records, inConflict: $0.inConflict) },
            lastPosition: core.lastPosition, digest: core.digest?.description,
            conflicts: counts.reduce(0) { $0 + $1.inConflict }, dirty: totals.dirty, forks: totals.forks,
            alarms: core.alarms.sorted { $0.key < $1.key }.map { division, nonces in
                NodeStatus.Alarm(division: division.text, nonces: nonces.map { hexadecimal($0) })
            },
            clock: now.wall, backlog: core.links.map(\.backlogEntries).max() ?? 0, isQuiet: core.isQuiet,
            files: NodeStatus.Files(core.files))
    }

    /// A file was handed in here: records that name it, and neighbours that asked for it, need wait no longer.
    package func fileArrived(_ name: FileName) { mailbox.tell(.fileArrived(name)) }

    /// How many files are missing, and the first of them.
    package func missingFiles() async -> (FileStatus, [MissingFile]) {
        let core = await mailbox.ask()
        return (core.files, core.missingFiles)
    }

    /// What is known here of the nodes at and below this one and of those above it.
    package func network() async -> NetworkView {
        let core = await mailbox.ask()
        return core.network ?? KnownNodes.none.view(seat: configuration.division, tree: tree, at: NodeClock.now)
    }

    /// What happened to nodes and links since this process began, the latest first.
    package var incidents: [NetworkIncident] { incidentBook.all }

    /// Tells that `network` or `incidents` has changed; several changes may be told as one. Ends when the node stops.
    package func networkChanges() -> AsyncStream<Void> { networkFeed.follow() }

    private func status(of link: LinkStatus, at now: Moment) -> NodeStatus.Link {
        NodeStatus.Link(
            number: link.link.number, peer: link.peer?.text, peerName: link.peer.flatMap { tree.division($0)?.name },
            isUp: link.isUp, phase: link.phase.rawValue, bytesIn: link.bytesIn, bytesOut: link.bytesOut,
            backlogEntries: link.backlogEntries,
            lagSeconds: link.behindSince.map { (now.monotonic - min($0, now.monotonic)) / 1_000 } ?? 0,
            inFlightBytes: link.inFlightBytes, windowBytes: link.windowBytes)
    }

    /// All metrics as Prometheus reads them, those that are looked up rather than counted included.
    package func metricsText() async -> String {
        let core = await mailbox.ask()
        meters.observe(
            links: core.links, changesWaiting: mailbox.changesWaiting, bytesWaiting: mailbox.bytesWaiting,
            followers: feed.readerCount, files: core.files)
        return metrics.render()
    }

    // MARK: Running

    /// Runs the core until the program stops gracefully or this task is cancelled; what was begun by then is committed.
    package func run() async throws {
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await runLoop()
            } onGracefulShutdown: {
                self.mailbox.stop()
            }
        } onCancel: {
            mailbox.stop()
        }
        feed.close()
        networkFeed.close()
        enter(.stopped)
        phases.close()
        try store.close()
    }

    private func runLoop() async {
        await withCheckedContinuation { continuation in
            let thread = Thread { [self] in
                var loop = CoreLoop(core: self)
                loop.run()
                continuation.resume()
            }
            thread.name = "core"
            thread.stackSize = NodeLimits.coreStackBytes
            thread.start()
        }
    }
}
