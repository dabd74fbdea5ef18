package import Divisions
package import Lattice
package import Ledger

/// What a replica is wired with and never changes while it runs.
package struct ReplicaConfiguration: Sendable {
    package let seat: DivisionCode
    /// The tree in force.
    package let tree: DivisionTree
    package let notary: any Notary
    /// The release's name, for the neighbours' logs.
    package let release: String
    /// The versions of the protocol it speaks.
    package let protocols: ClosedRange<UInt32>
    /// Which records name files that this node is to hold; `nil` where it keeps none.
    package let files: FileNaming?
    /// The least time between two reports of nodes to the one above; `nil` where none are told or heard.
    package let reportMilliseconds: UInt64?

    package init(
        seat: DivisionCode, tree: DivisionTree, notary: any Notary, release: String,
        protocols: ClosedRange<UInt32> = ReplicationLimits.protocols, files: FileNaming? = nil,
        reportMilliseconds: UInt64? = ReplicationLimits.reportMilliseconds
    ) {
        (self.seat, self.tree, self.notary, self.release) = (seat, tree, notary, release)
        (self.protocols, self.files, self.reportMilliseconds) = (protocols, files, reportMilliseconds)
    }
}

/// The protocol core of one node: a value that turns what happens into what is to be done.
///
/// It reads the store while it decides and never writes, waits, signs, draws chance or looks at a clock. Whoever
/// performs its outcomes does so completely, in order, before the next step; if a commit fails, he throws the replica
/// away and makes a new one with a new writer over the store as it is.
package struct Replica: Sendable {
    package let configuration: ReplicaConfiguration
    let trees: [TreeVersion: DivisionTree]
    let judge: Judge
    /// Extends this process's own streams.
    package var writer: Writer
    var digests: DigestTree
    var sessions: [LinkID: Session] = [:]
    var uplinks: Uplinks
    var presence = Presence()
    /// How far links to each neighbour got that have ended: worth something as long as both processes live.
    package var resumePoints = ResumePoints()
    var mayHaveDirty = true
    var files: FileTransfers
    var reporting: Reporting
    var lastDialled: UInt64 = 0
    var probes: UInt64 = 0
    /// What was said of streams that the same step had just extended: heard again once that is stored.
    var parked: [(link: LinkID, what: Parked)] = []

    /// - Parameter identity: drawn for this replica alone: a writer is never used twice.
    package init(
        _ configuration: ReplicaConfiguration, writer identity: WriterIdentity, reading store: any StoreReading
    ) throws(StoreFailure) {
        self.configuration = configuration
        trees = [configuration.tree.version: configuration.tree]
        judge = Judge(notary: configuration.notary, trees: trees)
        writer = Writer(identity: identity)
        files = FileTransfers(isScanning: configuration.files != nil)
        let heads = try store.heads()
        digests = DigestTree(tree: configuration.tree, heads: heads)
        reporting = Reporting(forked: Set(heads.lazy.filter { $0.forkedAfter != nil }.map(\.stream)))
        uplinks = Uplinks(
            configuration.tree.uplinks(of: configuration.seat),
            chance: identity.nonce.reduce(0) { $0 << 8 ^ $0 >> 56 ^ UInt64($1) })
    }

    package var seat: DivisionCode { configuration.seat }
    var tree: DivisionTree { configuration.tree }

    /// Decides what follows from what happened. Links that the performer accepts have odd numbers; those dialled at
    /// the core's word have even ones.
    package mutating func step(
        _ inputs: [Input], at now: Moment, reading store: any StoreReading, files shelf: any FileReading = NoFiles()
    ) throws(StoreFailure) -> Outcome {
        var turn = Turn(
            now: now, store: store, shelf: shelf, position: try store.lastPosition(), bench: bench(over: store))
        try unpark(&turn)
        settleFiles(&turn)
        // What people wait for goes first, also before news that would make this writer's numbers void.
        for input in inputs where input.isChange { try handle(input, &turn) }
        for input in inputs where !input.isChange { try handle(input, &turn) }
        closeOverdue(&turn)
        dialDue(&turn)
        try recompute(&turn)
        try fetchFiles(&turn)
        try pump(&turn)
        acknowledge(&turn)
        report(isWoken: inputs.contains { !$0.isAlarm }, &turn)
        return finish(&turn)
    }

    /// A step on its way: what it reads, what it has decided so far.
    struct Turn {
        let now: Moment
        let store: any StoreReading
        let shelf: any FileReading
        /// The last position committed before this step.
        let position: UInt64
        var bench: Workbench
        var outcome = Outcome()
        /// Pages of the log read in this step, shared by all links that stand at the same place.
        var pages: [PageKey: [LoggedEntry]] = [:]
    }

    struct PageKey: Hashable {
        let lane: Lane
        let after: UInt64
        let bytes: Int
    }

    /// Hands the digests over, so that they are never copied.
    private mutating func bench(over store: any StoreReading) -> Workbench {
        var taken = DigestTree(tree: tree, heads: [])
        swap(&taken, &digests)
        return Workbench(store: store, judge: judge, notary: configuration.notary, trees: trees, digests: taken)
    }

    private mutating func finish(_ turn: inout Turn) -> Outcome {
        var outcome = turn.outcome
        outcome.commit = turn.bench.finish(at: turn.now.wall)
        outcome.events += turn.bench.events
        for (index, run) in outcome.commit.runs.enumerated() where run.signature == nil {
            let message = Seal.message(stream: run.head.stream, number: run.head.number, hash: run.head.hash)
            outcome.seals.append(Outcome.SealDuty(run: index, message: message))
        }
        if !outcome.commit.isEmpty {
            let local = outcome.seals.count
            outcome.events.append(
                .committed(
                    entries: turn.bench.entryCount, records: outcome.commit.changes.count,
                    remote: local < outcome.commit.runs.count))
            if !sessions.isEmpty { outcome.wantsMore = true }
        }
        if !outcome.commit.forks.isEmpty { mayHaveDirty = true }
        for fork in outcome.commit.forks { reporting.forked.insert(fork.head.stream) }
        if mayHaveDirty { outcome.wantsMore = true }
        outcome.needsNewWriter =
            outcome.needsNewWriter
            || outcome.commit.forks.contains { isOwn($0.head) }
        if noteFiles(of: outcome.commit, turn) { outcome.wantsMore = true }
        outcome.alarm = nextAlarm()
        outcome.reportsAlarm = reportsAlarm
        turn.bench.release(into: &digests)
        return outcome
    }

    private func nextAlarm() -> UInt64? {
        let deadlines = sessions.values.compactMap { $0.deadline() }
        return (deadlines + [uplinks.alarm(), files.alarm].compactMap { $0 }).min()
    }

    private mutating func handle(_ input: Input, _ turn: inout Turn) throws(StoreFailure) {
        switch input {
        case .change(let change): try write(change, &turn)
        case .linkAccepted(let link, let division): accepted(link, division, &turn)
        case .linkDialled(let link, let division): dialled(link, division, &turn)
        case .linkClosed(let link, let reason): closed(link, reason, &turn)
        case .frame(let link, let bytes): try heard(bytes, on: link, &turn)
        case .fileArrived(let name): fileArrived(name, &turn)
        case .figures(let figures): reporting.figures = figures
        case .alarm: break
        }
    }

    // MARK: Local changes

    private mutating func write(_ change: LocalChange, _ turn: inout Turn) throws(StoreFailure) {
        if let refusal = objection(to: change) {
            turn.outcome.answers.append((change.request, .refused(refusal)))
            return
        }
        var extended = writer
        var written: [(entries: [JudgedEntry], head: StreamHead)] = []
        for part in change.parts {
            for drafts in part.entries {
                let entries = extended.append(
                    change.act, drafts, to: part.place, predecessor: predecessor(at: part.place, turn.bench.digests),
                    tree: tree.version, now: turn.now.wall)
                for entry in entries where entry.entry.byteCount > Limits.entryBytesMax {
                    let refusal = ChangeRefusal.tooLarge(bytes: entry.entry.byteCount, limit: Limits.entryBytesMax)
                    turn.outcome.answers.append((change.request, .refused(refusal)))
                    return
                }
                guard let head = extended.heads[part.place] else { continue }
                written.append((entries, head))
            }
        }
        writer = extended
        for (entries, head) in written { try turn.bench.take(own: entries, head: head) }
        let ids = written.flatMap(\.entries).filter { $0.header.act != nil }.map(\.id)
        turn.outcome.answers.append((change.request, .written(ids)))
    }

    private func objection(to change: LocalChange) -> ChangeRefusal? {
        guard !change.parts.isEmpty, change.parts.allSatisfy({ !$0.entries.isEmpty }) else { return .empty }
        for part in change.parts {
            guard tree.mayWrite(seat: seat, acting: change.act.division, home: part.place.home) else {
                return .mayNotWrite(home: part.place.home, acting: change.act.division)
            }
            for drafts in part.entries {
                guard !drafts.isEmpty else { return .empty }
                guard drafts.count <= Limits.editsPerEntryMax else {
                    return .tooManyEdits(limit: Limits.editsPerEntryMax)
                }
                if let refusal = objection(to: drafts) { return refusal }
            }
            guard part.entries.count < Limits.entriesPerSealMax else {
                return .tooManyEdits(limit: Limits.entriesPerSealMax)
            }
        }
        return nil
    }

    /// What an entry of these drafts could not be decoded with.
    private func objection(to drafts: [EditDraft]) -> ChangeRefusal? {
        var names = Set<String>()
        var streams = Set<StreamID>()
        for draft in drafts {
            for name in [draft.kind, draft.field] {
                guard Name.isValid(name) else { return .badName(name) }
                names.insert(name)
            }
            for citations in [draft.replaces, draft.reads, draft.after] {
                guard citations.count <= Limits.citationsPerEditMax else {
                    return .tooManyCitations(limit: Limits.citationsPerEditMax)
                }
                for citation in citations { streams.insert(citation.dot.stream) }
            }
        }
        guard names.count <= Limits.namesPerEntryMax else { return .tooManyEdits(limit: Limits.namesPerEntryMax) }
        guard streams.count <= Limits.streamsPerEntryMax else {
            return .tooManyCitations(limit: Limits.streamsPerEntryMax)
        }
        return nil
    }

    /// The stream an earlier process of this seat wrote last for the same place.
    private func predecessor(at place: StreamPlace, _ digests: DigestTree) -> StreamID? {
        guard writer.heads[place] == nil else { return nil }
        return digests.heads.values
            .filter { $0.seat == seat && $0.home == place.home && $0.flow == place.flow }
            .max { ($0.stamp, $0.stream) < ($1.stamp, $1.stream) }?.stream
    }

    // MARK: Recomputing

    /// Works off the dirty list a few records a step, so that no fork or cut blocks a waiting edit for long.
    private mutating func recompute(_ turn: inout Turn) throws(StoreFailure) {
        guard mayHaveDirty, turn.bench.commit.forks.isEmpty else { return }
        let dirty = try turn.store.dirtyRecords(limit: ReplicationLimits.recomputedPerStepMax)
        mayHaveDirty = !dirty.isEmpty
        try turn.bench.recompute(dirty)
    }

    // MARK: For people

    package func linkStatuses(lastPosition: UInt64) -> [LinkStatus] {
        sessions.values.sorted { $0.link < $1.link }.map { session in
            let phase: LinkStatus.Phase =
                switch session.phase {
                case .greeting: .greeting
                case .comparing: .comparing
                case .streaming: .streaming
                }
            return LinkStatus(
                link: session.link, peer: session.peer?.division ?? session.certified, isUp: session.side == .lower,
                phase: phase, bytesIn: session.bytesIn, bytesOut: session.bytesOut,
                backlogEntries: session.outbound.backlog(lastPosition: lastPosition), behindSince: session.behindSince,
                inFlightBytes: session.outbound.undurableBytes, windowBytes: session.outbound.windowBytes)
        }
    }

    /// The digest of all that this node holds: equal on two nodes that hold the same of what `below` names.
    package mutating func digest(of below: DivisionCode) -> Digest { digests.root(of: below) }

    /// Where this node stands in a stream; `nil` for one that it does not hold.
    package func streamHead(_ stream: StreamID) -> StreamHead? { digests.heads[stream] }

    package var streamHeads: [StreamHead] { digests.heads.values.sorted { $0.stream < $1.stream } }

    /// Divisions for which two live machines answer.
    package var alarms: [DivisionCode: [[UInt8]]] { presence.alarms }

    /// Links that were dialled and have not been answered.
    package var pendingDials: [LinkID] { uplinks.dialling }

    /// The nonce of this process.
    package var nonce: [UInt8] { writer.identity.nonce }

    /// Whether every link streams, nothing is in flight, and no neighbour is known to lack anything.
    package func isQuiet(lastPosition: UInt64) -> Bool {
        sessions.values.allSatisfy {
            $0.isStreaming && $0.outbound.sent.isEmpty && $0.outbound.backlog(lastPosition: lastPosition) == 0
        } && !mayHaveDirty
    }
}
