import Casework
import CoreMetrics
import Dispatch
import Divisions
import Identity
import Ledger
import Logging
import Replication
import Store

/// Drives the protocol core on one thread: takes what waits, steps, and lets out what the step decided.
///
/// A commit that fails ends the core, never the node: links are closed, writers are told, and a fresh core with a newly
/// drawn writer is made over the store as soon as it can be written again.
struct CoreLoop {
    private enum Phase {
        case writing(Performer)
        /// `retryAt` on the monotonic clock in milliseconds; `nil` where only a person can help.
        case readOnly(StoreFailure, retryAt: UInt64?)
    }

    private let core: NodeCore
    private let store: MeteredStore
    private let log: EventLog
    private let sealing: NodeSealing
    private var phase: Phase
    private var links: [LinkID: Link] = [:]
    private var traffic: [DivisionCode: NodeMeters.Traffic] = [:]
    private var peers: [LinkID: DivisionCode] = [:]
    /// When the core wants to be stepped whatever happens, on the monotonic clock in milliseconds.
    private var alarm: UInt64?
    private var wantsMore = false
    private var failuresInARow: UInt64 = 0
    private var lastPosition: UInt64 = 0
    private var nonce: [UInt8] = []
    /// What the last core knew of other nodes.
    private var known = KnownNodes.none
    private var storeFailures: UInt64 = 0

    init(core: NodeCore) {
        self.core = core
        store = MeteredStore(core.store, meters: core.meters)
        log = EventLog(logger: core.logger, tree: core.tree)
        sealing = NodeSealing(key: core.identity.sealingKey)
        phase = .readOnly(.inputOutput("it was not opened yet"), retryAt: 0)
    }

    /// Until the mailbox says stop and every change that came before is written.
    mutating func run() {
        begin()
        while true {
            let batch = core.mailbox.take()
            turn(batch)
            if batch.isStopping, !batch.leavesChanges { break }
            if !batch.leavesChanges, !batch.leavesNews, !wantsMore { core.mailbox.wait(until: deadline) }
        }
        closeLinks()
        core.mailbox.close(snapshot())
    }

    private var deadline: DispatchTime {
        switch phase {
        case .writing: alarm.map(NodeClock.deadline) ?? .distantFuture
        case .readOnly(_, let retryAt): retryAt.map(NodeClock.deadline) ?? .distantFuture
        }
    }

    private mutating func turn(_ batch: Mailbox.Batch) {
        var inputs = batch.changes.map { Input.change($0.input) }
        for news in batch.news {
            if let input = input(of: news) { inputs.append(input) }
        }
        switch phase {
        case .writing(let performer):
            let now = NodeClock.now
            if let alarm, alarm <= now.monotonic { inputs.append(.alarm) }
            if wantsMore, inputs.isEmpty { inputs.append(.alarm) }
            if !inputs.isEmpty { step(performer, inputs, batch.changes, at: now) }
        case .readOnly(let failure, let retryAt):
            for change in batch.changes { change.answer.resume(returning: .failure(.storeUnavailable(failure))) }
            if let retryAt, retryAt <= NodeClock.monotonicMilliseconds { recover() }
        }
        if !batch.questions.isEmpty {
            let snapshot = snapshot()
            for question in batch.questions { question.resume(returning: snapshot) }
        }
    }

    // MARK: Stepping

    private mutating func step(
        _ performer: Performer, _ inputs: [Input], _ changes: [Mailbox.Change], at now: Moment
    ) {
        let start = NodeClock.monotonicNanoseconds
        let performed: Performer.Performed
        do {
            performed = try performer.perform(inputs, at: now)
        } catch {
            known = performer.inspect { $0.knownNodes }
            fail(error, changes)
            return
        }
        core.meters.stepped(nanoseconds: NodeClock.monotonicNanoseconds - start)
        if performed.hasCommitted {
            failuresInARow = 0
            // What is durable is durable, whether or not the store can be read now.
            lastPosition = (try? core.store.lastPosition()) ?? lastPosition
        }
        answer(performed.answers, changes)
        tell(performed.events, performer, at: now)
        for duty in performed.links { carryOut(duty) }
        alarm = [performed.alarm, performed.reportsAlarm].compactMap { $0 }.min()
        wantsMore = performed.wantsMore
        if performed.needsNewWriter {
            core.logger.warning("another process extends this node's streams: a new writer takes over")
            known = performer.inspect { $0.knownNodes }
            closeLinks()
            begin()
        }
    }

    private func answer(_ answers: [(request: UInt64, answer: ChangeAnswer)], _ changes: [Mailbox.Change]) {
        var results: [UInt64: Mailbox.WriteResult] = [:]
        for (request, answer) in answers {
            results[request] =
                switch answer {
                case .written(let entries): .success(entries)
                case .refused(let refusal): .failure(.refused(refusal))
                }
        }
        for change in changes {
            guard let result = results[change.input.request] else {
                preconditionFailure("the core left change \(change.input.request) unanswered")
            }
            change.answer.resume(returning: result)
        }
    }

    private mutating func tell(_ events: [Event], _ performer: Performer, at now: Moment) {
        var changes: [ChangeNotice.Change] = []
        for event in events {
            let incident = NetworkIncident(
                event, at: now.wall, own: core.configuration.division, peer: { peers[$0] },
                seat: { stream in performer.inspect { $0.streamHead(stream)?.seat } })
            if let incident { core.incidentBook.note(incident) }
            if case .changed(let record, let entry) = event {
                changes.append(ChangeNotice.Change(record: record, entry: entry, position: lastPosition))
            }
            core.meters.happened(event)
            log.write(event)
        }
        core.feed.tell(changes)
        if events.contains(where: \.changesNetwork) { core.networkFeed.tell() }
    }

    // MARK: Links

    /// What news of a link means to the core; nothing where the link is over for it already.
    private mutating func input(of news: Mailbox.LinkNews) -> Input? {
        switch news {
        case .accepted(let link, let division):
            guard case .writing = phase else {
                link.close()
                return nil
            }
            links[link.id] = link
            peers[link.id] = division
            return .linkAccepted(link.id, division: division)
        case .dialled(let link, let division):
            guard isCurrent(link) else { return nil }
            peers[link.id] = division
            return .linkDialled(link.id, division: division)
        case .frame(let link, let bytes):
            guard isCurrent(link) else { return nil }
            traffic(on: link.id)?.received.increment(by: bytes.count)
            return .frame(link.id, bytes)
        case .ended(let link, let reason):
            guard isCurrent(link) else { return nil }
            forget(link.id)
            return .linkClosed(link.id, reason: reason)
        case .fileArrived(let name):
            // A core that is made later looks through its records anyway.
            guard case .writing = phase else { return nil }
            return .fileArrived(name)
        case .figures(var figures):
            figures.storeFailures = storeFailures
            guard case .writing = phase else { return nil }
            return .figures(figures)
        }
    }

    /// A number may come again after a recovery; the object does not.
    private func isCurrent(_ link: Link) -> Bool { links[link.id] === link }

    private mutating func forget(_ link: LinkID) {
        links[link] = nil
        peers[link] = nil
    }

    private mutating func carryOut(_ duty: LinkDuty) {
        switch duty {
        case .send(let id, let frame):
            guard let link = links[id] else { return }
            traffic(on: id)?.sent.increment(by: frame.count)
            if !link.send(frame) {
                core.logger.warning(
                    "a link is cut because its peer does not read",
                    metadata: ["link": "\(id.number)", "peer": "\(peers[id]?.text ?? "unknown")"])
            }
        case .close(let id, _):
            links[id]?.close()
            forget(id)
        case .dial(let id, let seat):
            let link = Link(id: id, seat: seat)
            links[id] = link
            core.links.dial(link)
        }
    }

    private mutating func traffic(on link: LinkID) -> NodeMeters.Traffic? {
        guard let peer = peers[link] else { return nil }
        if let known = traffic[peer] { return known }
        let meters = core.meters.traffic(with: peer)
        traffic[peer] = meters
        return meters
    }

    private mutating func closeLinks() {
        for link in links.values { link.close() }
        links = [:]
        peers = [:]
    }

    // MARK: When the store fails

    private mutating func fail(_ failure: StoreFailure, _ changes: [Mailbox.Change]) {
        for change in changes { change.answer.resume(returning: .failure(.storeUnavailable(failure))) }
        closeLinks()
        alarm = nil
        wantsMore = false
        failuresInARow += 1
        enterReadOnly(failure)
    }

    private mutating func enterReadOnly(_ failure: StoreFailure) {
        let seconds = min(
            NodeLimits.storeRetrySecondsMin << min(max(failuresInARow, 1) - 1, 16), NodeLimits.storeRetrySecondsMax)
        let retryAt = failure.isPassing ? NodeClock.monotonicMilliseconds + seconds * 1_000 : nil
        if core.phase != .readOnly(reason: failure.description) {
            core.logger.error(
                "the store refuses to be written; reading goes on",
                metadata: ["reason": "\(failure)", "retried": "\(failure.isPassing)"])
            core.meters.storeFailed()
            storeFailures += 1
            core.incidentBook.note(
                NetworkIncident(
                    .storeFailure, of: core.configuration.division, detail: failure.description, at: NodeClock.now.wall)
            )
            core.enter(.readOnly(reason: failure.description))
        }
        phase = .readOnly(failure, retryAt: retryAt)
    }

    /// Tries to write nothing at all; where even that fails nothing else would succeed.
    private mutating func recover() {
        do throws(StoreFailure) {
            guard core.configuration.data.hasRoom(forBytes: NodeLimits.storeProbeBytes) else { throw .diskFull }
            try store.commit(Commit())
        } catch {
            enterReadOnly(error)
            return
        }
        begin()
    }

    /// Makes a core over the store as it is, with a writer that was never used.
    private mutating func begin() {
        let writer = core.identity.drawWriter()
        let configuration = ReplicaConfiguration(
            seat: core.configuration.division, tree: core.tree, notary: core.notary, release: Release.name,
            files: CaseworkKinds.files)
        do throws(StoreFailure) {
            lastPosition = try store.lastPosition()
            var replica = try Replica(configuration, writer: writer, reading: store)
            replica.resume(known, at: NodeClock.now)
            phase = .writing(Performer(replica, store: store, sealing: sealing, files: core.files))
        } catch {
            enterReadOnly(error)
            return
        }
        nonce = writer.nonce
        alarm = 0
        if case .readOnly = core.phase { core.logger.notice("the store can be written again") }
        core.enter(.writing)
    }

    // MARK: For people

    private func snapshot() -> CoreSnapshot {
        var snapshot = CoreSnapshot(lastPosition: lastPosition, nonce: nonce)
        let (seat, now) = (core.configuration.division, NodeClock.now)
        guard case .writing(let performer) = phase else {
            snapshot.network = known.view(seat: seat, tree: core.tree, at: now)
            return snapshot
        }
        performer.inspect { replica in
            snapshot.links = replica.linkStatuses(lastPosition: lastPosition)
            snapshot.streams = replica.streamHeads.count
            snapshot.digest = replica.digest(of: seat)
            snapshot.alarms = replica.alarms
            snapshot.files = replica.fileStatus
            snapshot.missingFiles = replica.missingFiles(limit: NodeLimits.missingFilesMax)
            snapshot.network = replica.networkView(lastPosition: lastPosition, at: now)
            snapshot.isQuiet = replica.isQuiet(lastPosition: lastPosition)
        }
        return snapshot
    }
}

extension Performer.Performed {
    fileprivate var hasCommitted: Bool {
        events.contains { if case .committed = $0 { true } else { false } }
    }
}
