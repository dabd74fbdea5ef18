import Divisions
import Lattice
import Ledger

/// How a node comes by the files that its records name: it asks who holds the same record, the lower offices first,
/// and takes nothing that does not lead to the root its record names.
extension Replica {
    /// Whether both ends of a link know files.
    func speaksOfFiles(_ session: Session) -> Bool {
        guard let peer = session.peer else { return false }
        return min(peer.protocolVersion, configuration.protocols.upperBound) >= ReplicationLimits.protocolWithFiles
    }

    // MARK: What is missing

    /// What a step's records name is looked for from the next step on.
    mutating func noteFiles(of commit: Commit, _ turn: Turn) -> Bool {
        guard let naming = configuration.files else { return false }
        var isNew = false
        for change in commit.changes where change.state.id.kind == naming.kind {
            isNew = note(change.state, naming, turn) || isNew
        }
        return isNew
    }

    /// - Returns: whether the record names a file that is not here.
    private mutating func note(_ state: RecordState, _ naming: FileNaming, _ turn: Turn) -> Bool {
        guard let name = naming.name(in: state), !turn.shelf.holds(name.digest) else { return false }
        files.note(name, in: state.id)
        return true
    }

    /// Looks through the records a page a step, so that no start waits for it.
    private mutating func scan(_ naming: FileNaming, _ turn: inout Turn) throws(StoreFailure) {
        files.rescanIfDrained()
        guard files.isScanning else { return }
        let limit = ReplicationLimits.filesScannedPerStepMax
        let page = try turn.store.records(of: naming.kind, after: files.scannedTo, limit: limit)
        for state in page { _ = note(state, naming, turn) }
        files.scanned(to: page.last?.id, isLast: page.count < limit)
        if files.isScanning { turn.outcome.wantsMore = true }
    }

    mutating func fileArrived(_ name: FileName, _ turn: inout Turn) {
        files.arrived(name)
        turn.outcome.events.append(.fileComplete(name.digest, bytes: name.size))
        for link in sessions.keys.sorted() where sessions[link]?.askedInVain.contains(name) == true {
            guard var session = sessions[link] else { continue }
            session.askedInVain.remove(name)
            send(.fileNote(name, isHere: true), &session, &turn)
            sessions[link] = session
        }
    }

    /// Looks what became of the files that the step before wanted to be made whole, or set aside.
    mutating func settleFiles(_ turn: inout Turn) {
        files.noteSetAside { turn.shelf.holds($0) }
        for name in files.takeFinishing() {
            if turn.shelf.holds(name.digest) {
                fileArrived(name, &turn)
            } else {
                files.foundUnsound(name)
                turn.outcome.events.append(.fileUnsound(name.digest))
            }
        }
    }

    // MARK: Asking

    mutating func fetchFiles(_ turn: inout Turn) throws(StoreFailure) {
        guard let naming = configuration.files else { return }
        try scan(naming, &turn)
        let now = turn.now.monotonic
        guard !files.wants.isEmpty, files.isRunning(at: now) else { return }
        files.regroup(alive: Set(sessions.values.lazy.filter(\.isStreaming).map(\.link)))
        files.wake(at: now)
        files.passOverdue(at: now)
        place(&turn)
        begin(&turn)
    }

    /// Gives every file to one neighbour that should have it: lower offices before the superior, those that never sent
    /// a wrong chunk before those that did.
    private mutating func place(_ turn: inout Turn) {
        let names = files.takeUnplaced()
        guard !names.isEmpty else { return }
        let links = sessions.values.filter { $0.isStreaming && speaksOfFiles($0) && wrongChunks(of: $0) < wrongMax }
            .sorted { left, right in
                let (isAbove, isAboveToo) = (left.side == .lower ? 1 : 0, right.side == .lower ? 1 : 0)
                return (wrongChunks(of: left), isAbove, left.link) < (wrongChunks(of: right), isAboveToo, right.link)
            }
        for name in names {
            guard let want = files.wants[name] else { continue }
            if turn.shelf.holds(name.digest) {
                files.arrived(name)
            } else if let session = links.first(where: { !want.passed.contains($0.link) && shares(want, $0) != nil }) {
                files.enqueue(name, at: session.link)
            } else {
                files.rest(name, at: turn.now.monotonic)
            }
        }
    }

    private var wrongMax: Int { ReplicationLimits.wrongChunksMax }

    private func wrongChunks(of session: Session) -> Int {
        session.peer.map { files.wrongChunks[$0.division, default: 0] } ?? 0
    }

    /// A record naming the file that the other side holds as well.
    private func shares(_ want: FileTransfers.Want, _ session: Session) -> RecordID? {
        guard let peer = session.peer?.division else { return nil }
        return want.records.first { tree.holds(peer, home: $0.home, flow: $0.flow) }
    }

    private mutating func begin(_ turn: inout Turn) {
        var pulls: [LinkID: Int] = [:]
        for pull in files.pulls.values { pulls[pull.link, default: 0] += 1 }
        for link in files.waitingLinks {
            guard var session = sessions[link] else { continue }
            while pulls[link, default: 0] < ReplicationLimits.filesPerLinkMax, let name = files.next(on: link) {
                if begin(name, &session, &turn) { pulls[link, default: 0] += 1 }
            }
            sessions[link] = session
        }
    }

    /// - Returns: whether it is on its way now.
    private mutating func begin(_ name: FileName, _ session: inout Session, _ turn: inout Turn) -> Bool {
        guard let want = files.wants[name], let record = shares(want, session) else { return false }
        let held = turn.shelf.chunksHeld(of: name)
        guard held < name.chunkCount else {
            finish(name, &turn)
            return false
        }
        var pull = FileTransfers.Pull(
            link: session.link, record: record, next: held, asked: held, heardAt: turn.now.monotonic)
        askOn(name, &pull, &session, &turn)
        files.pullBegan(name, pull)
        return true
    }

    private mutating func askOn(
        _ name: FileName, _ pull: inout FileTransfers.Pull, _ session: inout Session, _ turn: inout Turn
    ) {
        let count = min(ReplicationLimits.fileChunksPerAskMax, name.chunkCount - pull.asked)
        let ask = FileAsk(name: name, record: pull.record, first: pull.asked, count: count)
        pull.asked += count
        send(.fileAsk(ask), &session, &turn)
    }

    private mutating func finish(_ name: FileName, _ turn: inout Turn) {
        turn.outcome.files.append(.finish(name))
        turn.outcome.wantsMore = true
        files.allChunksCame(name)
    }

    /// The performer could not write files.
    package mutating func filesFailed(at now: Moment) { files.failed(at: now.monotonic) }

    // MARK: What comes

    func isWanted(_ slice: FileSlice, _ pull: FileTransfers.Pull) -> Bool {
        slice.chunk == pull.next && (slice.offset == pull.bytes.count || slice.offset == 0)
    }

    mutating func take(_ slice: FileSlice, _ session: inout Session, _ turn: inout Turn) throws(FrameFault) {
        let name = slice.name
        // What does not follow is left over from an earlier question.
        guard var pull = files.pulls[name], pull.link == session.link, isWanted(slice, pull) else { return }
        if slice.offset == 0 { (pull.bytes, pull.proof) = ([], slice.proof) }
        pull.bytes += slice.bytes
        pull.heardAt = turn.now.monotonic
        guard pull.bytes.count == name.byteCount(ofChunk: slice.chunk) else {
            files.pullMoved(name, pull)
            return
        }
        guard ChunkTree.isChunk(pull.bytes, slice.chunk, of: name, proof: pull.proof) else {
            if let peer = session.peer { files.wrongChunks[peer.division, default: 0] += 1 }
            files.passed(name, by: session.link)
            throw FrameFault("chunk \(slice.chunk) of file \(name) does not lead to its root")
        }
        turn.outcome.files.append(.append(name, chunk: slice.chunk, pull.bytes))
        pull.next += 1
        (pull.bytes, pull.proof) = ([], [])
        if pull.next == name.chunkCount {
            finish(name, &turn)
        } else {
            let isRunningOut = pull.asked - pull.next <= ReplicationLimits.fileChunksPerAskMax / 2
            if isRunningOut, pull.asked < name.chunkCount { askOn(name, &pull, &session, &turn) }
            files.pullMoved(name, pull)
        }
    }

    mutating func noted(_ name: FileName, isHere: Bool, _ session: Session) {
        if isHere {
            files.offered(name, by: session.link)
        } else if files.pulls[name]?.link == session.link {
            files.passed(name, by: session.link)
        }
    }

    // MARK: What others ask for

    /// Only a file that a record names which both sides hold is given away.
    mutating func serve(_ ask: FileAsk, _ session: inout Session, _ turn: inout Turn) throws {
        guard let peer = session.peer?.division else { return }
        let record = ask.record
        guard tree.holds(peer, home: record.home, flow: record.flow),
            tree.holds(seat, home: record.home, flow: record.flow)
        else { throw FrameFault("a question for a file of a record that is not shared") }
        guard let naming = configuration.files, let state = try turn.store.record(record),
            naming.name(in: state) == ask.name, turn.shelf.holds(ask.name.digest)
        else {
            isAbsent(ask.name, &session, &turn)
            return
        }
        let end = ask.first + ask.count
        if let place = session.serving.firstIndex(where: { $0.name == ask.name }) {
            if session.serving[place].end == ask.first {
                session.serving[place].end = end
            } else {
                session.serving[place] = ServedFile(name: ask.name, record: record, next: ask.first, end: end)
            }
        } else if session.serving.count < ReplicationLimits.filesServedPerLinkMax {
            session.serving.append(ServedFile(name: ask.name, record: record, next: ask.first, end: end))
        }
    }

    private mutating func isAbsent(_ name: FileName, _ session: inout Session, _ turn: inout Turn) {
        if session.askedInVain.count < ReplicationLimits.filesAskedInVainMax { session.askedInVain.insert(name) }
        send(.fileNote(name, isHere: false), &session, &turn)
    }

    /// Sends parts of what was asked for, the files of a link in turns, as long as nothing else has to leave.
    mutating func serve(_ session: inout Session, _ turn: inout Turn) {
        while var served = session.serving.first, session.outbound.hasRoomForFiles {
            session.serving.removeFirst()
            guard let chunk = turn.shelf.chunk(served.next, of: served.name) else {
                isAbsent(served.name, &session, &turn)
                continue
            }
            let isSound =
                served.offset > 0
                || ChunkTree.isChunk(chunk.bytes, served.next, of: served.name, proof: chunk.proof)
            guard isSound, served.offset < chunk.bytes.count else {
                files.wasSetAside(served.name, record: served.record)
                turn.outcome.files.append(.setAside(served.name))
                turn.outcome.wantsMore = true
                turn.outcome.events.append(.fileDamaged(served.name.digest))
                isAbsent(served.name, &session, &turn)
                continue
            }
            let end = min(served.offset + session.outbound.fileSliceBytes, chunk.bytes.count)
            let slice = FileSlice(
                name: served.name, chunk: served.next, offset: served.offset,
                bytes: Array(chunk.bytes[served.offset..<end]), proof: served.offset == 0 ? chunk.proof : [])
            leave(slice, &session, &turn)
            if end < chunk.bytes.count {
                served.offset = end
                session.serving.insert(served, at: 0)
            } else {
                (served.next, served.offset) = (served.next + 1, 0)
                if served.next < served.end { session.serving.append(served) }
            }
        }
    }

    private mutating func leave(_ slice: FileSlice, _ session: inout Session, _ turn: inout Turn) {
        let bytes = slice.bytes.count + slice.proof.count * Digest.byteCount + 128
        let sequence = session.outbound.batchLeft(
            bytes: bytes, lane: .files, cursor: nil, starts: [:], at: turn.now.monotonic)
        send(.slices(sequence: sequence, [slice]), &session, &turn)
    }

    // MARK: For people

    package var fileStatus: FileStatus {
        FileStatus(
            missing: files.missing, arriving: files.pulls.count, unsound: files.unsound.count,
            isScanning: files.isScanning)
    }

    /// The first of the missing files, in the order of their digests.
    package func missingFiles(limit: Int) -> [MissingFile] {
        files.wants.keys.sorted().prefix(limit).compactMap { name in
            guard let record = files.wants[name]?.records.first else { return nil }
            return MissingFile(name: name, record: record, isArriving: files.pulls[name] != nil)
        }
    }
}
