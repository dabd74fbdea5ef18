package import Divisions
import Ledger

/// What a core knew of nodes when it ended.
package struct KnownNodes: Sendable {
    let reporting: Replica.Reporting
    let heldFrom: UInt64?

    /// Nothing yet.
    package static let none = KnownNodes(reporting: Replica.Reporting(forked: []), heldFrom: nil)

    /// How it looks while no core runs.
    package func view(seat: DivisionCode, tree: DivisionTree, at now: Moment) -> NetworkView {
        var table = reporting.table
        table.linksEnded(at: now.monotonic)
        return NetworkView(
            seat: seat, tree: tree, now: now, table: table, doubles: [], own: NodeReport(division: seat),
            heldFrom: heldFrom)
    }
}

/// How a node learns of the nodes below its children: each tells the one above what it knows, the children's tales
/// included, and only what has changed since the last time.
///
/// What is told is looked at by people and by nothing else, is kept in memory alone, and is lost without harm.
extension Replica {
    /// What a process has found out about itself, for its reports.
    struct Reporting: Sendable {
        var table = ReportTable()
        var figures = NodeFigures()
        var forked: Set<StreamID>
        var refused: UInt64 = 0
        var faults: UInt64 = 0
        /// When entries of this seat came back that the store had not.
        var restoredAt: UInt64?
        var startedAt: UInt64?
    }

    /// What one link above has been told.
    struct Telling: Sendable {
        var told: [DivisionCode: NodeReport] = [:]
        /// When the next report may leave.
        var notBefore: UInt64
        /// Whether anything happened since all was told.
        var hasNews = true
        /// The last node that was told of: the next report goes on behind it.
        var last: DivisionCode?
    }

    /// Whether both ends of a link know reports.
    func speaksOfReports(_ session: Session) -> Bool {
        guard let peer = session.peer, configuration.reportMilliseconds != nil else { return false }
        return min(peer.protocolVersion, configuration.protocols.upperBound) >= ReplicationLimits.protocolWithReports
    }

    // MARK: What is heard

    mutating func heard(_ report: Report, _ session: Session, _ turn: inout Turn) throws(FrameFault) {
        guard session.side == .upper, let peer = session.peer, speaksOfReports(session) else {
            throw FrameFault("a report where none belongs")
        }
        for node in report.nodes {
            guard tree.seat(at: node.division) != nil, tree.isAtOrBelow(node.division, peer.division) else {
                throw FrameFault("a report of \(node.division), which does not lie below \(peer.division)")
            }
            if let upper = node.link?.upper {
                guard tree.seat(at: upper) != nil, tree.isAtOrBelow(upper, peer.division), upper != node.division,
                    tree.isAtOrBelow(node.division, upper)
                else { throw FrameFault("a report of a link between \(node.division) and \(upper)") }
            } else if node.division != peer.division {
                throw FrameFault("a report of \(node.division) without its link")
            }
        }
        let now = turn.now.monotonic
        let ahead = Int64(clamping: report.clock) &- Int64(clamping: turn.now.wall)
        for node in report.nodes {
            var node = node.turned(at: now)
            if let state = node.state { node.state?.clockAhead = state.clockAhead &+ ahead }
            reporting.table.heard(node, by: peer.division, at: now)
            compare(node.division, &turn)
        }
        turn.outcome.events.append(.reported(session.link, nodes: report.nodes.count))
    }

    private mutating func compare(_ division: DivisionCode, _ turn: inout Turn) {
        guard let digest = reporting.table.current(division)?.state?.digest else { return }
        let own = turn.bench.rootDigest(of: division)
        reporting.table.compare(division, told: digest, own: own, at: turn.now.monotonic)
    }

    // MARK: What is told

    /// Ends a step: looks again at what differed, and tells the node above what is new.
    mutating func report(isWoken: Bool, _ turn: inout Turn) {
        let now = turn.now.monotonic
        if reporting.startedAt == nil { reporting.startedAt = now }
        guard let pause = configuration.reportMilliseconds else { return }
        for (division, _) in reporting.table.agreements.overdue(at: now) { compare(division, &turn) }
        for link in sessions.keys.sorted() {
            guard var session = sessions[link], session.side == .lower, session.isStreaming, speaksOfReports(session)
            else { continue }
            let soon = now + min(pause, ReplicationLimits.reportDelayMilliseconds)
            var telling = session.telling ?? Telling(notBefore: soon)
            if isWoken, !telling.hasNews {
                // What has just been written leaves first, and what goes with it is told in one.
                (telling.hasNews, telling.notBefore) = (true, max(telling.notBefore, soon))
            }
            if telling.hasNews, telling.notBefore <= now { tell(&telling, &session, pause, &turn) }
            session.telling = telling
            sessions[link] = session
        }
    }

    private mutating func tell(
        _ telling: inout Telling, _ session: inout Session, _ pause: UInt64, _ turn: inout Turn
    ) {
        let now = turn.now.monotonic
        let known = reportsBelow(turn)
        let own = ownReport(above: session, &turn)
        var news = known.filter { report in telling.told[report.division].map(report.isNews) ?? true }
        if let last = telling.last, let place = news.firstIndex(where: { $0.division > last }) {
            news = Array(news[place...] + news[..<place])
        }
        if telling.told[seat].map(own.isNews) ?? true { news.insert(own, at: 0) }
        // On a slow line few at a time, so that nothing urgent waits for them.
        let room = min(
            max(session.outbound.batchBytes / 1_024, ReplicationLimits.reportNodesMin),
            ReplicationLimits.reportNodesMax)
        let left = news.count - min(room, news.count)
        let isBehind = own.state?.behindSince != nil || known.contains { $0.link?.behindSince != nil }
        telling.hasNews = left > 0 || isBehind
        telling.notBefore = now + (left > 0 ? min(pause, ReplicationLimits.reportRestMilliseconds) : pause)
        news = Array(news.prefix(room))
        guard !news.isEmpty else {
            // The next thing that happens is told soon; what lags is looked at again in a while.
            if !isBehind { telling.notBefore = now }
            return
        }
        for report in news { telling.told[report.division] = report }
        telling.last = news.last?.division == seat ? telling.last : news.last?.division
        send(
            .report(Report(clock: turn.now.wall, nodes: news.map { $0.turned(at: now) })), &session, &turn)
    }

    /// What this node knows of those below it, in ascending order.
    private mutating func reportsBelow(_ turn: Turn) -> [NodeReport] {
        noteLinks(lastPosition: turn.position)
        return reporting.table.divisions.filter { $0 != seat && tree.isAtOrBelow($0, seat) }.compactMap(seen)
    }

    private mutating func noteLinks(lastPosition: UInt64) {
        for link in sessions.keys.sorted() {
            guard let session = sessions[link], let peer = session.peer else { continue }
            reporting.table.linkStands(
                with: peer.division, backlog: session.outbound.backlog(lastPosition: lastPosition),
                behindSince: session.behindSince)
        }
    }

    /// The latest that is known of a node, with what this one knows of its machines.
    private func seen(_ division: DivisionCode) -> NodeReport? {
        guard var report = reporting.table.current(division) else { return nil }
        report.hasTwoMachines = report.hasTwoMachines || presence.alarms[division] != nil
        return report
    }

    private func ownReport(above session: Session, _ turn: inout Turn) -> NodeReport {
        let backlog = session.outbound.backlog(lastPosition: turn.position)
        return ownReport(
            digest: turn.bench.rootDigest(of: seat), entries: turn.position, backlog: backlog,
            behindSince: session.behindSince, at: turn.now.monotonic)
    }

    private func ownReport(
        digest: Digest, entries: UInt64, backlog: UInt64, behindSince: UInt64?, at now: UInt64
    ) -> NodeReport {
        var report = NodeReport(division: seat)
        (report.release, report.nonce, report.saidAt) = (configuration.release, nonce, Int64(clamping: now))
        report.hasTwoMachines = presence.alarms[seat] != nil
        var state = NodeState(digest: digest)
        (state.entries, state.figures) = (entries, reporting.figures)
        state.startedAt = Int64(clamping: reporting.startedAt ?? now)
        (state.missingFiles, state.forks) = (UInt64(files.missing), UInt64(reporting.forked.count))
        state.alarms = UInt64(presence.alarms.count)
        (state.refused, state.faults) = (reporting.refused, reporting.faults)
        state.restoredAt = reporting.restoredAt.map { Int64(clamping: $0) }
        (state.backlog, state.behindSince) = (backlog, behindSince.map { Int64(clamping: $0) })
        report.state = state
        return report
    }

    /// When there may be something to tell, or to look at again.
    var reportsAlarm: UInt64? {
        let tellings = sessions.values.lazy.compactMap(\.telling).filter(\.hasNews).map(\.notBefore)
        return [tellings.min(), reporting.table.agreements.alarm].compactMap { $0 }.min()
    }

    // MARK: What is noticed

    mutating func noteLink(with greeting: Greeting, _ session: Session, _ turn: Turn) {
        let upper = session.side == .upper ? seat : greeting.division
        reporting.table.linkBegan(with: greeting, upper: upper, at: turn.now.monotonic)
    }

    mutating func noteEnd(of session: Session, _ turn: Turn) {
        guard let peer = session.peer else { return }
        reporting.table.linkEnded(
            with: peer.division, heardAt: session.heardAt,
            heldFrom: session.isStreaming ? session.outbound.durableFrom : nil, at: turn.now.monotonic)
    }

    /// Entries of this seat came over a link that this process did not write: the store had lost them.
    mutating func noteRestored(_ stream: StreamID, _ turn: inout Turn) {
        guard reporting.restoredAt == nil else { return }
        reporting.restoredAt = turn.now.monotonic
        turn.outcome.events.append(.restored(stream))
    }

    // MARK: For people

    /// All that is known here of the nodes at and below this one, and of its links above.
    ///
    /// - Parameter lastPosition: the store's.
    package mutating func networkView(lastPosition: UInt64, at now: Moment) -> NetworkView {
        noteLinks(lastPosition: lastPosition)
        let uplink = sessions.values.filter { $0.side == .lower && $0.peer != nil }.min { $0.link < $1.link }
        let own = ownReport(
            digest: digests.root(of: seat), entries: lastPosition,
            backlog: uplink?.outbound.backlog(lastPosition: lastPosition) ?? 0, behindSince: uplink?.behindSince,
            at: now.monotonic)
        return NetworkView(
            seat: seat, tree: tree, now: now, table: reporting.table, doubles: Set(presence.alarms.keys), own: own,
            heldFrom: heldFrom())
    }

    /// What this core knows of nodes, for the one that takes its place in the same program.
    package var knownNodes: KnownNodes { KnownNodes(reporting: reporting, heldFrom: heldFrom()) }

    /// Goes on with what an earlier core of this program knew; its links have ended.
    package mutating func resume(_ known: KnownNodes, at now: Moment) {
        let forked = reporting.forked
        reporting = known.reporting
        reporting.forked = forked
        reporting.table.linksEnded(at: now.monotonic)
    }

    /// Where the store stood of what the nearest node above that was ever linked is known to have durably.
    private func heldFrom() -> UInt64? {
        let uplinks = sessions.values.filter { $0.side == .lower && $0.isStreaming }
        if let standing = uplinks.map(\.outbound.durableFrom).max() { return standing }
        return tree.uplinks(of: seat).compactMap { reporting.table.neighbours[$0.division]?.heldFrom }.max()
    }
}
