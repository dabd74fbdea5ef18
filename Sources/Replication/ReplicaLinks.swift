import Divisions
import Ledger

/// How links begin and end.
extension Replica {
    mutating func accepted(_ link: LinkID, _ division: DivisionCode?, _ turn: inout Turn) {
        guard sessions.count < ReplicationLimits.linksMax else {
            turn.outcome.events.append(
                .refusedPeer(link, peer: division, reason: "all \(ReplicationLimits.linksMax) links are taken"))
            turn.outcome.links.append(.close(link, reason: "all links are taken"))
            return
        }
        sessions[link] = Session(
            link: link, side: .upper, certified: division, position: turn.position, now: turn.now.monotonic)
    }

    mutating func dialled(_ link: LinkID, _ division: DivisionCode?, _ turn: inout Turn) {
        guard uplinks.connected(link) else {
            turn.outcome.links.append(.close(link, reason: "a nearer ancestor is back"))
            return
        }
        var session = Session(
            link: link, side: .lower, certified: division, position: turn.position, now: turn.now.monotonic)
        let root = turn.bench.rootDigest(of: seat)
        let own = greeting(root: root, remembering: division.flatMap { resumePoints.of[$0] }, turn)
        session.opened = Session.Opened(root: root, position: turn.position, greeting: Message.greeting(own).encoded)
        send(.greeting(own), &session, &turn)
        sessions[link] = session
    }

    mutating func closed(_ link: LinkID, _ reason: String, _ turn: inout Turn) {
        uplinks.closed(link, at: turn.now.monotonic)
        guard let session = sessions.removeValue(forKey: link) else { return }
        files.linksChanged = true
        noteEnd(of: session, turn)
        remember(session)
        turn.outcome.events.append(.linkEnded(link, peer: session.peer?.division ?? session.certified, reason: reason))
    }

    /// Ends a link from our side, telling the other why.
    mutating func end(_ link: LinkID, _ code: FarewellCode, _ reason: String, _ turn: inout Turn) {
        guard var session = sessions.removeValue(forKey: link) else { return }
        files.linksChanged = true
        send(.farewell(code, reason: reason), &session, &turn)
        noteEnd(of: session, turn)
        remember(session)
        uplinks.closed(link, at: turn.now.monotonic)
        turn.outcome.links.append(.close(link, reason: reason))
        turn.outcome.events.append(.linkEnded(link, peer: session.peer?.division ?? session.certified, reason: reason))
    }

    /// What lets the next link between the same two processes go on without comparing.
    private mutating func remember(_ session: Session) {
        guard session.isStreaming, let peer = session.peer else { return }
        resumePoints.of[peer.division] = session.outbound.resumePoint(
            token: session.token, received: session.inbound.durableSequence)
    }

    func send(_ message: Message, _ session: inout Session, _ turn: inout Turn) {
        let frame = message.encoded
        session.bytesOut += UInt64(frame.count)
        turn.outcome.links.append(.send(session.link, frame: frame))
    }

    private func greeting(root: Digest, remembering point: ResumePoint?, _ turn: Turn) -> Greeting {
        Greeting(
            protocolVersion: configuration.protocols.upperBound, protocolOldest: configuration.protocols.lowerBound,
            division: seat, tree: tree.version, nonce: writer.identity.nonce, remembers: point?.token ?? [], root: root,
            clock: turn.now.wall, release: configuration.release, sent: point?.sent ?? 0,
            received: point?.received ?? 0)
    }

    // MARK: Greeting

    /// - Parameter frame: the greeting as it came: two releases need not encode it alike.
    mutating func greeted(_ greeting: Greeting, in frame: [UInt8], _ session: inout Session, _ turn: inout Turn) {
        if let (code, reason) = objection(to: greeting, from: session) {
            turn.outcome.events.append(.refusedPeer(session.link, peer: greeting.division, reason: reason))
            sessions[session.link] = session
            end(session.link, code, reason, &turn)
            return
        }
        session.peer = greeting
        let point = resumePoints.of.removeValue(forKey: greeting.division).flatMap { $0.fits(greeting) ? $0 : nil }

        if session.side == .upper {
            let root = turn.bench.rootDigest(of: greeting.division)
            let answer = self.greeting(root: root, remembering: point, turn)
            session.opened = Session.Opened(
                root: root, position: turn.position, greeting: Message.greeting(answer).encoded)
            send(.greeting(answer), &session, &turn)
        }
        guard let opened = session.opened else { return }
        let greetings = session.side == .lower ? opened.greeting + frame : frame + opened.greeting
        session.token = Array(Digest.of(Suite.p256.rawValue, greetings).bytes[1...16])
        let resumes = point != nil
        turn.outcome.events.append(
            .greeted(session.link, peer: greeting.division, resumes: resumes || opened.root == greeting.root))
        noteLink(with: greeting, session, turn)
        watchForTwins(of: greeting, &session, &turn)

        if opened.root == greeting.root {
            session.outbound = Outbound(from: opened.position)
            startStreaming(&session, &turn)
        } else if resumes, let point {
            session.outbound = Outbound(resuming: point)
            startStreaming(&session, &turn)
        } else {
            session.outbound = Outbound(from: opened.position)
            var comparing = Comparing(seat: session.lowerSeat(own: seat))
            if session.side == .lower {
                let first = turn.bench.compare { comparing.open(&$0) }
                send(.comparison(first), &session, &turn)
            }
            session.comparing = comparing
            session.phase = .comparing
        }
        sessions[session.link] = session
    }

    private func objection(to greeting: Greeting, from session: Session) -> (FarewellCode, String)? {
        guard greeting.division == session.certified else {
            let named = session.certified.map { "names \($0)" } ?? "names no division"
            return (.notYourDivision, "it greets as \(greeting.division), its certificate \(named)")
        }
        guard greeting.protocolVersion >= configuration.protocols.lowerBound,
            greeting.protocolOldest <= configuration.protocols.upperBound
        else {
            return (
                .protocolVersion,
                "it speaks protocol \(greeting.protocolOldest) to \(greeting.protocolVersion), this node \(configuration.protocols.lowerBound) to \(configuration.protocols.upperBound)"
            )
        }
        guard greeting.tree == tree.version else {
            return (.tree, "it works by another tree of divisions (\(greeting.tree)) than this node (\(tree.version))")
        }
        guard tree.seat(at: greeting.division) != nil else {
            return (.unknownDivision, "the tree has no node at \(greeting.division)")
        }
        if let meant = uplinks.seat(of: session.link), meant.division != greeting.division {
            return (.notMyNeighbour, "at the address of \(meant.division) answers \(greeting.division)")
        }
        let (lower, upper) = session.side == .lower ? (seat, greeting.division) : (greeting.division, seat)
        guard lower != upper, tree.isAtOrBelow(lower, upper) else {
            return (.notMyNeighbour, "\(lower) does not lie below \(upper)")
        }
        return nil
    }

    // MARK: Two machines of one node

    private mutating func watchForTwins(of greeting: Greeting, _ session: inout Session, _ turn: inout Turn) {
        if case .superseded(let successor) = presence.greeted(greeting.division, greeting.nonce) {
            sessions[session.link] = session
            raise(greeting.division, [greeting.nonce, successor], &turn)
            session = sessions.removeValue(forKey: session.link) ?? session
        }
        for link in sessions.keys.sorted() where link != session.link {
            // An earlier link may only not have noticed its end yet: whoever answers on it lives.
            guard var twin = sessions[link], twin.peer?.division == greeting.division else { continue }
            probes += 1
            twin.probe = probes
            send(.probe(token: probes, isAnswer: false), &twin, &turn)
            sessions[link] = twin
        }
    }

    mutating func probed(_ token: UInt64, isAnswer: Bool, _ session: inout Session, _ turn: inout Turn) {
        guard isAnswer else {
            send(.probe(token: token, isAnswer: true), &session, &turn)
            return
        }
        guard let peer = session.peer, session.probe == token else { return }
        session.probe = nil
        let hasDouble = sessions.values.contains {
            $0.link != session.link && $0.peer?.division == peer.division && $0.peer?.nonce == peer.nonce
        }
        if hasDouble {
            // A resumed memory snapshot: both must become new writers before they write one number twice.
            sessions[session.link] = session
            raise(peer.division, [peer.nonce, peer.nonce], &turn)
            session = sessions.removeValue(forKey: session.link) ?? session
        } else if case .superseded(let successor) = presence.standing(peer.division, peer.nonce) {
            sessions[session.link] = session
            raise(peer.division, [peer.nonce, successor], &turn)
            session = sessions.removeValue(forKey: session.link) ?? session
        }
    }

    /// Tells people here and at both machines.
    mutating func raise(_ division: DivisionCode, _ nonces: [[UInt8]], _ turn: inout Turn) {
        let pair = nonces.sorted { $0.lexicographicallyPrecedes($1) }
        if presence.raise(division, nonces) { turn.outcome.events.append(.twoMachines(division, nonces: pair)) }
        for link in sessions.keys.sorted() {
            guard var session = sessions[link], session.peer?.division == division else { continue }
            send(.twoMachines(division, nonces: pair), &session, &turn)
            sessions[link] = session
        }
    }

    // MARK: Time

    mutating func closeOverdue(_ turn: inout Turn) {
        for link in sessions.keys.sorted() {
            guard let session = sessions[link], let deadline = session.deadline(), deadline <= turn.now.monotonic else {
                continue
            }
            let reason =
                switch session.phase {
                case .greeting: "no greeting in \(ReplicationLimits.greetingMilliseconds / 1000) s"
                case .comparing: "no answer while comparing in \(ReplicationLimits.stallMilliseconds / 1000) s"
                case .streaming: "no acknowledgement in \(ReplicationLimits.stallMilliseconds / 1000) s"
                }
            end(link, .stalled, reason, &turn)
        }
    }

    mutating func dialDue(_ turn: inout Turn) {
        for link in uplinks.overdue(at: turn.now.monotonic) {
            turn.outcome.links.append(.close(link, reason: "no connection in time"))
            closed(link, "no connection in time", &turn)
        }
        for (link, seat) in uplinks.due(at: turn.now.monotonic, lastLink: &lastDialled) {
            turn.outcome.links.append(.dial(link, seat))
        }
    }

    mutating func startStreaming(_ session: inout Session, _ turn: inout Turn) {
        session.phase = .streaming
        files.linksChanged = true
        guard session.side == .lower else { return }
        let (superseded, turned) = uplinks.streaming(session.link, at: turn.now.monotonic)
        if let turned, turned != uplinks.candidates.first?.seat.division || !superseded.isEmpty {
            turn.outcome.events.append(.turned(to: turned))
        }
        sessions[session.link] = session
        for link in superseded {
            if sessions[link] != nil {
                end(link, .turned, "a nearer ancestor is back", &turn)
            } else {
                turn.outcome.links.append(.close(link, reason: "a nearer ancestor is back"))
            }
        }
    }
}
