import Divisions
import Ledger

/// What each frame means.
extension Replica {
    mutating func heard(_ bytes: [UInt8], on link: LinkID, _ turn: inout Turn) throws(StoreFailure) {
        guard var session = sessions.removeValue(forKey: link) else { return }
        session.bytesIn += UInt64(bytes.count)
        session.heardAt = turn.now.monotonic
        do { try hear(try Message(decoding: bytes), in: bytes, &session, &turn) } catch {
            try answer(error, session, &turn)
        }
    }

    /// What concerns both branches of a stream can be judged only over what is stored.
    enum Parked: Sendable {
        case run(SealedRun)
        case branch(SealedRun)
        case fork(SealedRun, SealedRun)
        case ask(StreamID, from: UInt64, through: UInt64)

        var stream: StreamID {
            switch self {
            case .run(let run), .branch(let run), .fork(let run, _): run.stream
            case .ask(let stream, _, _): stream
            }
        }
    }

    /// Hears what was said of streams that the last step extended: what it took is stored now.
    mutating func unpark(_ turn: inout Turn) throws(StoreFailure) {
        let waiting = parked
        parked = []
        for (link, what) in waiting {
            guard var session = sessions.removeValue(forKey: link) else { continue }
            do {
                switch what {
                case .run(let run): try take(run, &session, &turn)
                case .branch, .fork, .ask: try judge(what, &session, &turn)
                }
                sessions[link] = session
            } catch { try answer(error, session, &turn) }
        }
    }

    private mutating func judge(_ what: Parked, _ session: inout Session, _ turn: inout Turn) throws {
        guard !turn.bench.commit.runs.contains(where: { $0.head.stream == what.stream }) else {
            parked.append((session.link, what))
            turn.outcome.wantsMore = true
            return
        }
        switch what {
        case .run(let run): try partedFrom(run, &session, &turn)
        case .branch(let run): try branchCame(run, &session, &turn)
        case .fork(let left, let right): try forkCame(left, right, &session, &turn)
        case .ask(let stream, let from, let through): try asked(stream, from, through, &session, &turn)
        }
    }

    private mutating func answer(
        _ error: any Error, _ session: Session, _ turn: inout Turn
    ) throws(StoreFailure) {
        switch error {
        case let fault as FrameFault: self.fault(fault.reason, session, &turn)
        case let failure as StoreFailure: throw failure
        default: preconditionFailure("unexpected error \(error)")
        }
    }

    /// A stranger's bad bytes are a fault of the link: it is dropped, and nothing they claimed is held against the
    /// stream they named.
    private mutating func fault(_ reason: String, _ session: Session, _ turn: inout Turn) {
        sessions[session.link] = session
        reporting.faults += 1
        turn.outcome.events.append(
            .faultyFrame(session.link, peer: session.peer?.division ?? session.certified, reason: reason))
        end(session.link, .fault, reason, &turn)
    }

    private mutating func hear(
        _ message: Message, in frame: [UInt8], _ session: inout Session, _ turn: inout Turn
    ) throws {
        switch (message, session.phase) {
        case (.greeting(let greeting), .greeting):
            greeted(greeting, in: frame, &session, &turn)
            return
        case (.farewell(_, let reason), _):
            turn.outcome.events.append(.refusedByPeer(session.link, reason: reason))
            sessions[session.link] = session
            closed(session.link, "the peer ended it: \(reason)", &turn)
            turn.outcome.links.append(.close(session.link, reason: reason))
            return
        case (_, .greeting): throw FrameFault("something else than a greeting first")
        case (.greeting, _): throw FrameFault("a second greeting")
        case (.comparison(let turnOfPeer), _): try compared(turnOfPeer, &session, &turn)
        case (.batch(let sequence, _, let pieces), _):
            for run in try session.inbound.take(sequence: sequence, pieces: pieces) { try take(run, &session, &turn) }
        case (.acknowledgement(let received, let durable), _):
            guard session.outbound.acknowledged(received: received, durable: durable, at: turn.now.monotonic) else {
                throw FrameFault("an acknowledgement of batch \(received) that was never sent")
            }
        case (.have(let stream, let number, let tree), _):
            if let head = turn.bench.digests.heads[stream], isHeld(head, by: session), tree == nil {
                session.outbound.peerRewound(stream, to: number, of: head)
            }
        case (.ask(let stream, let from, let through), _):
            try judge(.ask(stream, from: from, through: through), &session, &turn)
        case (.branch(let run), _): try judge(.branch(run), &session, &turn)
        case (.fork(let left, let right), _): try judge(.fork(left, right), &session, &turn)
        case (.twoMachines(let division, let nonces), _):
            guard division == seat, nonces.contains(writer.identity.nonce) else { break }
            if presence.raise(division, nonces) { turn.outcome.events.append(.twoMachines(division, nonces: nonces)) }
            if nonces.allSatisfy({ $0 == writer.identity.nonce }) { turn.outcome.needsNewWriter = true }
        case (.slices(let sequence, let slices), _):
            guard speaksOfFiles(session) else { throw FrameFault("a file over a link that knows none") }
            _ = try session.inbound.take(sequence: sequence, pieces: [])
            for slice in slices { try take(slice, &session, &turn) }
        case (.fileAsk(let ask), _):
            guard speaksOfFiles(session) else { throw FrameFault("a file over a link that knows none") }
            try serve(ask, &session, &turn)
        case (.fileNote(let name, let isHere), _): noted(name, isHere: isHere, session)
        case (.report(let report), _): try heard(report, session, &turn)
        case (.probe(let token, let isAnswer), _): probed(token, isAnswer: isAnswer, &session, &turn)
        }
        sessions[session.link] = session
    }

    // MARK: Comparing

    private mutating func compared(_ theirs: Comparing.Turn, _ session: inout Session, _ turn: inout Turn) throws {
        var comparing = session.comparing ?? Comparing(seat: session.lowerSeat(own: seat))
        guard comparing.turns <= ReplicationLimits.comparisonTurnsMax,
            comparing.waiting <= ReplicationLimits.comparisonPlacesMax
        else { throw FrameFault("comparing does not end") }
        for (place, content) in theirs.expansions {
            guard isShared(place, session) else { throw FrameFault("a comparison of what is not shared on this link") }
            guard case .children(let children) = content else { continue }
            for child in children.keys where !isChild(child, of: place, session) {
                throw FrameFault("a comparison of what does not lie below its place")
            }
        }
        let (answer, findings) = turn.bench.compare { comparing.answer(theirs, &$0) }
        for finding in findings { try learn(finding, &session, &turn) }
        let isOver = theirs.isFinal && answer.isFinal && answer.replies.isEmpty
        if !isOver || !theirs.isFinal { send(.comparison(answer), &session, &turn) }
        session.comparing = comparing
        if case .comparing = session.phase {
            if answer.isFinal {
                turn.outcome.events.append(
                    .compared(
                        session.link, peer: session.peer?.division ?? seat, frames: comparing.turns,
                        differing: comparing.differing))
                startStreaming(&session, &turn)
            }
        }
    }

    private func isShared(_ place: ComparePlace, _ session: Session) -> Bool {
        let lower = session.lowerSeat(own: seat)
        return switch place {
        case .root: true
        case .subtree(let at): tree.isAtOrBelow(at.home, lower)
        case .trie(let at, _): tree.holds(lower, home: at.home, flow: at.flow)
        }
    }

    /// Whether a place lies directly below another, so that nobody is shown what he does not hold.
    private func isChild(_ child: ComparePlace, of place: ComparePlace, _ session: Session) -> Bool {
        let lower = session.lowerSeat(own: seat)
        return switch (place, child) {
        case (.root, .subtree(let at)): at.home == lower
        case (.root, .trie(let at, let prefix)):
            at.home != lower && at.flow.flowsDown && tree.isAtOrBelow(lower, at.home) && prefix.isEmpty
        case (.subtree(let at), .subtree(let below)): below.flow == at.flow && tree.parent(of: below.home) == at.home
        case (.subtree(let at), .trie(let own, let prefix)): own == at && prefix.isEmpty
        case (.trie(let at, let prefix), .trie(let below, let longer)):
            below == at && longer.count == prefix.count + 1 && longer.starts(with: prefix)
        default: false
        }
    }

    private mutating func learn(_ finding: Comparing.Finding, _ session: inout Session, _ turn: inout Turn) throws {
        switch finding {
        case .peerLacks(let streams):
            for stream in streams {
                guard let head = turn.bench.digests.heads[stream] else { continue }
                session.outbound.peerStands(stream, at: 0, of: head)
                if head.forkedAfter != nil { try tellFork(of: stream, &session, &turn) }
            }
        case .peerStands(let standing):
            guard let head = turn.bench.digests.heads[standing.stream], isHeld(head, by: session) else { return }
            if head.forkedAfter != nil, !standing.isForked { try tellFork(of: standing.stream, &session, &turn) }
            if standing.number < head.number {
                session.outbound.peerStands(standing.stream, at: standing.number, of: head)
            } else {
                session.outbound.peerSent(standing.stream, through: standing.number)
                if standing.number == head.number, standing.hash != head.hash {
                    ask(standing.stream, below: head.number, &session, &turn)
                }
            }
        }
    }

    func isHeld(_ head: StreamHead, by session: Session) -> Bool {
        guard let peer = session.peer?.division else { return false }
        return tree.holds(peer, home: head.home, flow: head.flow)
    }

    // MARK: Entries

    private mutating func take(_ run: SealedRun, _ session: inout Session, _ turn: inout Turn) throws {
        if let head = turn.bench.digests.heads[run.stream] {
            guard tree.holds(seat, home: head.home, flow: head.flow) else {
                throw FrameFault("a stream this node does not hold")
            }
        } else if let opening = run.opening {
            guard tree.holds(seat, home: opening.home, flow: opening.flow) else {
                throw FrameFault("a stream this node does not hold")
            }
        }
        switch try turn.bench.take(run, now: turn.now.wall) {
        case .accepted(_, let head):
            session.outbound.peerSent(run.stream, through: max(run.last, head.number))
            // Our own stream came back longer than we wrote it: the numbers we would go on with are taken.
            if isOwn(head) {
                turn.outcome.needsNewWriter = true
            } else if head.seat == seat {
                noteRestored(run.stream, &turn)
            }
        case .alreadyKnown: session.outbound.peerSent(run.stream, through: run.last)
        case .waitingFor(let gap):
            turn.outcome.events.append(.waiting(session.link, run.stream, gap))
            switch gap {
            case .number(let next): send(.have(run.stream, number: next - 1, tree: nil), &session, &turn)
            case .tree(let version):
                let number = turn.bench.digests.heads[run.stream]?.number ?? 0
                send(.have(run.stream, number: number, tree: version), &session, &turn)
            }
        case .diverged:
            if let head = turn.bench.digests.heads[run.stream], isOwn(head) { turn.outcome.needsNewWriter = true }
            try judge(.run(run), &session, &turn)
        case .refused(let refusal):
            reporting.refused += 1
            turn.outcome.events.append(.refusedRun(session.link, run.stream, refusal))
            throw FrameFault("entries of \(run.stream.short): \(refusal)")
        }
    }

    /// A run is not what is stored under its numbers.
    private mutating func partedFrom(_ run: SealedRun, _ session: inout Session, _ turn: inout Turn) throws {
        // Both branches may be in hand already; whoever showed them may not show one again.
        if case .parts(let proof) = try turn.bench.examine(run), try turn.bench.take(proof) {
            spread(proof, &session, &turn)
        } else {
            ask(run.stream, below: run.first, &session, &turn)
        }
    }

    /// Whether this very process writes the stream, or would if it wrote at its home.
    func isOwn(_ head: StreamHead) -> Bool { head.seat == seat && head.opening.nonce == writer.identity.nonce }

    // MARK: Forks

    /// Asks for the other branch, each time from four times as far back, until it joins what we hold.
    private mutating func ask(_ stream: StreamID, below number: UInt64, _ session: inout Session, _ turn: inout Turn) {
        let (through, span) = session.asks[stream].map { ($0.through, $0.span * 4) } ?? (number, 16)
        guard span < through * 4 + 64 else { return }
        session.asks[stream] = (through, span)
        send(.ask(stream, from: through > span ? through - span : 1, through: through), &session, &turn)
    }

    private mutating func asked(
        _ stream: StreamID, _ from: UInt64, _ through: UInt64, _ session: inout Session, _ turn: inout Turn
    ) throws {
        guard let head = turn.bench.digests.heads[stream], isHeld(head, by: session) else { return }
        let logged = try turn.store.entries(of: stream, from: from, bytesMax: Limits.sealRunBytesMax)
            .prefix(Limits.entriesPerSealMax)
        // As far as was asked for, or as far as one branch may reach: the other side asks on from its end.
        let sealed = logged.indices.filter { logged[$0].signature != nil }
        guard let end = sealed.first(where: { logged[$0].id.number >= through }) ?? sealed.last,
            let seal = logged[end].signature
        else { return }
        let entries = logged[...end].map { Entry(header: $0.entry.header, body: []) }
        let run = SealedRun(stream: stream, first: from, entries: entries, signature: seal)
        send(.branch(run), &session, &turn)
    }

    private mutating func branchCame(_ run: SealedRun, _ session: inout Session, _ turn: inout Turn) throws {
        guard let asked = session.asks[run.stream] else { throw FrameFault("a branch nobody asked for") }
        switch try turn.bench.examine(run) {
        case .refused(let refusal): throw FrameFault("a branch of \(run.stream.short): \(refusal)")
        case .follows where run.last < asked.through:
            send(.ask(run.stream, from: run.last + 1, through: asked.through), &session, &turn)
        case .follows: session.asks[run.stream] = nil
        case .startsTooLate: ask(run.stream, below: run.first, &session, &turn)
        case .parts(let proof):
            session.asks[run.stream] = nil
            if try turn.bench.take(proof) { spread(proof, &session, &turn) }
        }
    }

    private mutating func forkCame(
        _ left: SealedRun, _ right: SealedRun, _ session: inout Session, _ turn: inout Turn
    ) throws {
        guard let head = turn.bench.digests.heads[left.stream] else { return }
        guard let proof = ForkProof(left, right, suite: head.opening.suite),
            proof.isValid(for: head.opening, notary: configuration.notary)
        else { throw FrameFault("a proof of a fork that proves nothing") }
        if try turn.bench.take(proof) {
            spread(proof, &session, &turn)
        } else if head.forkedAfter == nil {
            // The branches part from something else than what we hold: an earlier fork hides below.
            ask(left.stream, below: left.first, &session, &turn)
        }
    }

    /// A proof travels to every holder.
    private mutating func spread(_ proof: ForkProof, _ session: inout Session, _ turn: inout Turn) {
        guard let head = turn.bench.digests.heads[proof.stream] else { return }
        let frame = Message.fork(left: proof.left, right: proof.right)
        send(frame, &session, &turn)
        for link in sessions.keys.sorted() where link != session.link {
            guard var other = sessions[link], isHeld(head, by: other) else { continue }
            send(frame, &other, &turn)
            sessions[link] = other
        }
    }

    /// - Returns: whether there was a proof to tell.
    @discardableResult
    mutating func tellFork(
        of stream: StreamID, _ session: inout Session, _ turn: inout Turn
    ) throws(StoreFailure) -> Bool {
        let fresh = turn.bench.commit.forks.last { $0.head.stream == stream }?.proof
        let stored = fresh == nil ? try turn.store.forkProof(of: stream) : nil
        guard let proof = fresh ?? stored else { return false }
        send(.fork(left: proof.left, right: proof.right), &session, &turn)
        return true
    }
}

extension SealedRun {
    /// What the run's first entry opens, if it is an opening.
    fileprivate var opening: Opening? {
        guard first == 1, let entry = entries.first, let header = try? ByteReader.header(entry.header, in: stream),
            case .opening(let opening, _, _) = header.payload
        else { return nil }
        return opening
    }
}
