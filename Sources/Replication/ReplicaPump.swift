import Divisions
import Ledger

/// What leaves on each link, as far as the line has room.
extension Replica {
    mutating func pump(_ turn: inout Turn) throws(StoreFailure) {
        for link in sessions.keys.sorted() {
            guard sessions[link]?.isStreaming == true, var session = sessions.removeValue(forKey: link) else {
                continue
            }
            let isDone = try pump(&session, &turn)
            // What this step commits can be read, and goes first, only in the next.
            if isDone, turn.bench.commit.isEmpty { serve(&session, &turn) }
            let isLevel =
                session.outbound.backlog(lastPosition: turn.position) == 0 && !session.outbound.hasEntriesInFlight
            if isLevel, session.behindSince != nil, let peer = session.peer {
                turn.outcome.events.append(.caughtUp(link, peer: peer.division))
            }
            session.behindSince = isLevel ? nil : session.behindSince ?? turn.now.monotonic
            sessions[link] = session
        }
    }

    /// - Returns: whether nothing is left that could leave now.
    private mutating func pump(_ session: inout Session, _ turn: inout Turn) throws(StoreFailure) -> Bool {
        var emptyPages = 0
        for lane in [Lane.urgent, .ordinary] {
            while let work = session.outbound.work(in: lane, lastPosition: turn.position) {
                guard session.outbound.hasRoom else { return false }
                switch work {
                case .stream(let backfill):
                    guard try fill(backfill, lane, &session, &turn) else { return false }
                case .log(let after):
                    if try !follow(after, lane, &session, &turn) { emptyPages += 1 }
                }
                if emptyPages >= ReplicationLimits.emptyPagesPerStepMax {
                    turn.outcome.wantsMore = true
                    return false
                }
            }
        }
        return true
    }

    /// Sends the next part of a stream that the peer is behind in.
    /// - Returns: `false` if what is missing stands in this very step's commit and can be read only after it.
    private mutating func fill(
        _ backfill: Outbound.Backfill, _ lane: Lane, _ session: inout Session, _ turn: inout Turn
    ) throws(StoreFailure) -> Bool {
        let entries = try turn.store.entries(
            of: backfill.stream, from: backfill.next, bytesMax: session.outbound.batchBytes)
        guard let last = entries.last else {
            guard !turn.bench.commit.runs.contains(where: { $0.head.stream == backfill.stream }) else { return false }
            // The stream fell behind a fork since.
            session.outbound.backfillEnded(lane)
            return true
        }
        try leave(entries, lane, cursor: nil, &session, &turn)
        session.outbound.backfillRead(lane, through: last.id.number, isSealed: last.signature != nil)
        return true
    }

    /// Sends what was committed since, in the order of commits.
    private mutating func follow(
        _ after: UInt64, _ lane: Lane, _ session: inout Session, _ turn: inout Turn
    ) throws(StoreFailure) -> Bool {
        let key = PageKey(lane: lane, after: after, bytes: session.outbound.batchBytes)
        let page: [LoggedEntry]
        if let known = turn.pages[key] {
            page = known
        } else {
            page = try turn.store.log(lane: lane, after: after, bytesMax: key.bytes)
            turn.pages[key] = page
        }
        guard let last = page.last, let peer = session.peer?.division else {
            session.outbound.logRead(lane, through: turn.position)
            return false
        }
        let wanted = session.outbound.take(page.filter { tree.holds(peer, home: $0.home, flow: $0.flow) })
        if !wanted.isEmpty { try leave(wanted, lane, cursor: last.position, &session, &turn) }
        session.outbound.logRead(lane, through: last.position)
        return !wanted.isEmpty
    }

    private mutating func leave(
        _ entries: [LoggedEntry], _ lane: Lane, cursor: UInt64?, _ session: inout Session, _ turn: inout Turn
    ) throws(StoreFailure) {
        var pieces: [Piece] = []
        for item in entries {
            if let last = pieces.last, last.stream == item.id.stream, last.next == item.id.number, last.signature == nil
            {
                pieces[pieces.count - 1].entries.append(item.entry)
                pieces[pieces.count - 1].signature = item.signature
            } else {
                pieces.append(
                    Piece(
                        stream: item.id.stream, first: item.id.number, entries: [item.entry], signature: item.signature)
                )
            }
        }
        let bytes = pieces.reduce(0) { $0 + $1.byteCount }
        let starts = Dictionary(pieces.map { ($0.stream, $0.first - 1) }) { min($0, $1) }
        let sequence = session.outbound.batchLeft(
            bytes: bytes, lane: lane, cursor: cursor, starts: starts, at: turn.now.monotonic)
        send(.batch(sequence: sequence, lane: lane, pieces: pieces), &session, &turn)
        for piece in pieces where piece.signature != nil && !session.forksTold.contains(piece.stream) {
            guard turn.bench.digests.heads[piece.stream]?.forkedAfter != nil else { continue }
            if try tellFork(of: piece.stream, &session, &turn) { session.forksTold.insert(piece.stream) }
        }
    }

    /// Confirms what this step's commit makes durable; the frames leave only after it.
    mutating func acknowledge(_ turn: inout Turn) {
        for link in sessions.keys.sorted() {
            guard sessions[link]?.inbound.owesAcknowledgement == true, var session = sessions.removeValue(forKey: link)
            else {
                continue
            }
            let (received, durable) = session.inbound.acknowledgement()
            send(.acknowledgement(received: received, durable: durable), &session, &turn)
            sessions[link] = session
        }
    }
}

extension Outbound {
    /// Entries of our log that the peer may not have yet; positions count entries of every lane and home, so this is
    /// an upper bound until the pump has looked at them.
    func backlog(lastPosition: UInt64) -> UInt64 {
        let queued = backfill.values.joined().reduce(UInt64(0)) { $0 + $1.through + 1 - min($1.next, $1.through + 1) }
        let behind = cursors.values.min().map { lastPosition - min($0, lastPosition) } ?? 0
        return queued + behind
    }
}
