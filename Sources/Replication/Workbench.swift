import Divisions
import Lattice
import Ledger

/// One step's transaction while it is being put together: local acts and remote runs meet here and nowhere else.
/// What it has taken is visible to what follows in the same step, before any of it is stored.
struct Workbench {
    private let store: any StoreReading
    private let judge: Judge
    private let notary: any Notary
    private let trees: [TreeVersion: DivisionTree]
    private(set) var digests: DigestTree
    private(set) var commit = Commit()
    private(set) var events: [Event] = []

    private var records: [RecordID: RecordState] = [:]
    /// The last entry of this step that touched each record.
    private var touched: [RecordID: EntryID] = [:]
    /// Records in the order they were first touched.
    private var order: [RecordID] = []
    private var hashes: [EntryID: Digest] = [:]
    /// Bytes of the last run of each of our own streams.
    private var ownBytes: [StreamID: Int] = [:]

    init(
        store: any StoreReading, judge: Judge, notary: any Notary, trees: [TreeVersion: DivisionTree],
        digests: DigestTree
    ) {
        (self.store, self.judge, self.notary, self.trees) = (store, judge, notary, trees)
        self.digests = digests
    }

    mutating func rootDigest(of seat: DivisionCode) -> Digest { digests.root(of: seat) }

    /// Lets comparing look at the digests, which keep what they compute.
    mutating func compare<Answer>(_ body: (inout DigestTree) -> Answer) -> Answer { body(&digests) }

    /// Gives the digests back.
    mutating func release(into place: inout DigestTree) { swap(&digests, &place) }

    var entryCount: Int { commit.runs.reduce(0) { $0 + $1.entries.count } }

    // MARK: Taking entries

    /// A run that came over a link.
    mutating func take(_ run: SealedRun, now: UInt64) throws(StoreFailure) -> Verdict {
        let head = digests.heads[run.stream]
        var known: Digest?
        if let head, run.last <= head.number {
            known = try hash(of: EntryID(stream: run.stream, number: run.last), head: head)
        }
        let verdict = judge.judge(run, head: head, knownHash: known)
        if case .accepted(let entries, let reached) = verdict {
            try add(Commit.Run(entries: entries, head: reached, signature: run.signature))
            // A stamp is whatever 64 bits its writer liked.
            let ahead = reached.stamp - min(reached.stamp, now)
            if ahead > ReplicationLimits.clockAheadMilliseconds {
                events.append(.clockAhead(run.stream, milliseconds: ahead))
            }
        }
        return verdict
    }

    /// Entries written here; their seal is still to be made.
    mutating func take(own entries: [JudgedEntry], head: StreamHead) throws(StoreFailure) {
        let bytes = entries.reduce(0) { $0 + $1.entry.byteCount }
        let before = ownBytes[head.stream, default: 0]
        // One seal a stream and commit, as far as a run may grow: a neighbour takes none that is longer.
        if let last = commit.runs.lastIndex(where: { $0.signature == nil && $0.head.stream == head.stream }),
            commit.runs[last].entries.count + entries.count <= Limits.entriesPerSealMax,
            before + bytes <= Limits.sealRunBytesMax
        {
            ownBytes[head.stream] = before + bytes
            try merge(entries, of: head)
            let run = commit.runs[last]
            commit.runs[last] = Commit.Run(entries: run.entries + entries, head: head, signature: nil)
            finish(entries, head)
        } else {
            ownBytes[head.stream] = bytes
            try add(Commit.Run(entries: entries, head: head, signature: nil))
        }
    }

    private mutating func add(_ run: Commit.Run) throws(StoreFailure) {
        try merge(run.entries.filter { $0.id.number <= run.head.number }, of: run.head)
        commit.runs.append(run)
        finish(run.entries, run.head)
    }

    private mutating func finish(_ entries: [JudgedEntry], _ head: StreamHead) {
        for entry in entries { hashes[entry.id] = entry.hash }
        digests.update(head)
    }

    private mutating func merge(_ entries: [JudgedEntry], of head: StreamHead) throws(StoreFailure) {
        for entry in entries {
            guard let act = entry.header.act, let level = trees[entry.header.tree]?.level(of: act.division) else {
                continue
            }
            let merged = entry.id.number - 1
            // The edits of a record stand side by side: its state is looked up once for all of them.
            var open: RecordState?
            for (id, write) in entry.writes(home: head.home, flow: head.flow, level: level) {
                if open?.id != id {
                    if let done = open.take() { records[done.id] = done }
                    open = try takeRecord(id)
                    if touched[id] != entry.id {
                        touched[id] = entry.id
                        events.append(.changed(id, by: entry.id))
                    }
                }
                open?.apply(write) { stream in stream == entry.id.stream ? merged : digests.merged(stream) }
            }
            if let done = open.take() { records[done.id] = done }
            if var passing = digests.heads[entry.id.stream] ?? opened(by: entry, head) {
                (passing.number, passing.hash) = (entry.id.number, entry.hash)
                digests.passing(passing)
            }
        }
    }

    private func opened(by entry: JudgedEntry, _ head: StreamHead) -> StreamHead? {
        StreamHead(
            stream: head.stream, opening: head.opening, seat: head.seat, number: entry.id.number, hash: entry.hash,
            stamp: entry.header.stamp)
    }

    /// A record's state, out of `records` until the caller puts it back, so that it is changed in place.
    private mutating func takeRecord(_ id: RecordID) throws(StoreFailure) -> RecordState {
        if let known = records.removeValue(forKey: id) { return known }
        order.append(id)
        guard let stored = try store.record(id) else { return RecordState(id: id) }
        return stored.normalised { digests.merged($0) }
    }

    private func hash(of entry: EntryID, head: StreamHead) throws(StoreFailure) -> Digest? {
        if entry.number == head.number { return head.hash }
        if let fresh = hashes[entry] { return fresh }
        return try store.hash(of: entry)
    }

    // MARK: Forks

    /// Ends a stream at the last entry its two branches share. What we had merged beyond it is recomputed later, in
    /// bounded steps.
    /// - Returns: whether the proof told us anything.
    mutating func take(_ proof: ForkProof) throws(StoreFailure) -> Bool {
        guard let head = digests.heads[proof.stream], proof.isValid(for: head.opening, notary: notary) else {
            return false
        }
        if let limit = head.forkedAfter, limit <= proof.common { return false }
        var fallen = head
        fallen.forkedAfter = proof.common
        if proof.common == 0 {
            (fallen.number, fallen.hash, fallen.stamp) = (0, proof.stream.digest, 0)
        } else if proof.common < head.number {
            let entries = try store.entries(of: proof.stream, from: proof.common, bytesMax: 1)
            guard let last = entries.first, last.id.number == proof.common,
                let header = try? ByteReader.header(last.entry.header, in: proof.stream),
                let branch = proof.left.entries.first.flatMap({ try? ByteReader.header($0.header, in: proof.stream) })
            else { return false }
            let hash = last.entry.hash(suite: head.opening.suite)
            // A proof of branches that part from something else than what we hold speaks of an earlier fork.
            guard branch.previous == hash else { return false }
            (fallen.number, fallen.hash, fallen.stamp) = (proof.common, hash, header.stamp)
        }
        commit.forks.append(Commit.Fork(proof: proof, head: fallen))
        digests.update(fallen)
        events.append(.forked(proof.stream, after: proof.common))
        return true
    }

    /// Looks in a branch for the point where it parts from what we hold.
    enum BranchFinding {
        case parts(ForkProof)
        /// Its first entry does not follow anything we hold: an earlier part is needed.
        case startsTooLate
        case follows
        case refused(Refusal)
    }

    func examine(_ branch: SealedRun) throws(StoreFailure) -> BranchFinding {
        guard let head = digests.heads[branch.stream] else { return .follows }
        let entries: [JudgedEntry]
        switch branch.authenticated(by: head.opening, notary: notary) {
        case .failure(let refusal): return .refused(refusal)
        case .success(let judged): entries = judged
        }
        guard let first = entries.first else { return .startsTooLate }
        if first.id.number > 1 {
            let before = EntryID(stream: branch.stream, number: first.id.number - 1)
            guard try hash(of: before, head: head) == first.header.previous else { return .startsTooLate }
        }
        for (offset, entry) in entries.enumerated() {
            guard entry.id.number <= head.number else { return .follows }
            guard try hash(of: entry.id, head: head) != entry.hash else { continue }
            let theirs = SealedRun(
                stream: branch.stream, first: entry.id.number, entries: Array(branch.entries[offset...]),
                signature: branch.signature)
            guard let ours = try ownBranch(of: branch.stream, from: entry.id.number),
                let proof = ForkProof(ours, theirs, suite: head.opening.suite)
            else { return .follows }
            return .parts(proof)
        }
        return .follows
    }

    private func ownBranch(of stream: StreamID, from number: UInt64) throws(StoreFailure) -> SealedRun? {
        let entries = try store.entries(of: stream, from: number, bytesMax: Limits.sealRunBytesMax)
        guard let end = entries.firstIndex(where: { $0.signature != nil }), let seal = entries[end].signature else {
            return nil
        }
        return SealedRun(
            stream: stream, first: number, entries: entries[...end].map(\.entry), signature: seal)
    }

    // MARK: Recomputing

    /// Folds dirty records anew from the log.
    mutating func recompute(_ dirty: [RecordID]) throws(StoreFailure) {
        for id in dirty {
            // Entries of this very step are not in the log yet: their record waits for the next step.
            guard touched[id] == nil else { continue }
            var state = RecordState(id: id)
            var merged: [StreamID: UInt64] = [:]
            for item in try store.history(of: id) {
                guard item.id.number <= digests.heads[item.id.stream]?.number ?? 0,
                    let entry = JudgedEntry(logged: item, suite: digests.heads[item.id.stream]?.opening.suite ?? 0),
                    let act = entry.header.act, let level = trees[entry.header.tree]?.level(of: act.division)
                else { continue }
                for (record, write) in entry.writes(home: item.home, flow: item.flow, level: level) where record == id {
                    state.apply(write) { merged[$0] ?? 0 }
                }
                merged[item.id.stream] = item.id.number
            }
            let settled = state.normalised { digests.merged($0) }
            commit.changes.append(Commit.Change(state: settled))
            commit.recomputed.append(id)
        }
    }

    /// The transaction, with every touched record's new state.
    mutating func finish(at wall: UInt64) -> Commit {
        for id in order {
            guard let state = records[id], touched[id] != nil else { continue }
            commit.changes.append(Commit.Change(state: state))
        }
        commit.arrived = wall
        return commit
    }
}

extension JudgedEntry {
    /// An entry of our own log, judged when it was stored.
    package init?(logged item: LoggedEntry, suite: UInt8) {
        guard let header = try? ByteReader.header(item.entry.header, in: item.id.stream),
            let personal = try? ByteReader.body(item.entry.body)
        else { return nil }
        self.init(
            id: item.id, hash: item.entry.hash(suite: suite), entry: item.entry, header: header, personal: personal)
    }
}
