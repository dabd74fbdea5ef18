import Divisions

/// Keeps a node connected upward: to its parent whenever that is possible, to the next ancestor while it is not.
struct Uplinks: Sendable {
    enum Phase: Hashable, Sendable {
        case waiting(until: UInt64)
        case dialling(LinkID, since: UInt64)
        /// Connected; `streamingSince` once comparing is over.
        case up(LinkID, streamingSince: UInt64?)
    }

    struct Candidate: Sendable {
        let seat: Seat
        var phase: Phase
        var failures = 0
    }

    /// The parent first, then its ancestors.
    private(set) var candidates: [Candidate]
    private let chance: UInt64
    private var attempts: UInt64 = 0

    /// - Parameter chance: drawn anew by each process, so that a hundred children of one parent do not return in step.
    init(_ seats: [Seat], chance: UInt64) {
        candidates = seats.map { Candidate(seat: $0, phase: .waiting(until: 0)) }
        self.chance = chance
    }

    /// The nearest ancestor that is connected.
    var current: Candidate? {
        candidates.first { if case .up = $0.phase { true } else { false } }
    }

    /// Who is to be dialled now.
    ///
    /// - Parameter lastLink: the number of the last link dialled; those dialled now have the next even ones.
    mutating func due(at now: UInt64, lastLink: inout UInt64) -> [(LinkID, Seat)] {
        var dials: [(LinkID, Seat)] = []
        for index in candidates.indices where isWanted(index) {
            guard case .waiting(let until) = candidates[index].phase, until <= now else { continue }
            lastLink += 2
            let link = LinkID(lastLink)
            candidates[index].phase = .dialling(link, since: now)
            dials.append((link, candidates[index].seat))
        }
        return dials
    }

    /// Dials that nobody has answered in time.
    func overdue(at now: UInt64) -> [LinkID] {
        candidates.compactMap { candidate in
            guard case .dialling(let link, let since) = candidate.phase else { return nil }
            return since + ReplicationLimits.dialMilliseconds <= now ? link : nil
        }
    }

    /// Dials that nobody has answered yet.
    var dialling: [LinkID] {
        candidates.compactMap { if case .dialling(let link, _) = $0.phase { link } else { nil } }
    }

    /// The next time `due` or `overdue` has an answer.
    func alarm() -> UInt64? {
        candidates.indices.lazy.compactMap { index -> UInt64? in
            switch candidates[index].phase {
            case .waiting(let until): isWanted(index) ? until : nil
            case .dialling(_, let since): since + ReplicationLimits.dialMilliseconds
            case .up: nil
            }
        }.min()
    }

    /// - Returns: whether the connection is still wanted.
    mutating func connected(_ link: LinkID) -> Bool {
        let index = candidates.firstIndex { candidate in
            if case .dialling(link, _) = candidate.phase { true } else { false }
        }
        guard let index else { return false }
        candidates[index].phase = .up(link, streamingSince: nil)
        return true
    }

    /// Who was dialled on a link.
    func seat(of link: LinkID) -> Seat? {
        candidates.first { candidate in
            switch candidate.phase {
            case .dialling(let other, _), .up(let other, _): other == link
            case .waiting: false
            }
        }?.seat
    }

    /// Comparing on this link is over: links to farther ancestors are no longer needed, and count as closed.
    mutating func streaming(_ link: LinkID, at now: UInt64) -> (superseded: [LinkID], turned: DivisionCode?) {
        guard let place = candidates.firstIndex(where: { $0.phase == .up(link, streamingSince: nil) }) else {
            return ([], nil)
        }
        candidates[place].phase = .up(link, streamingSince: now)
        var superseded: [LinkID] = []
        for farther in candidates.indices.dropFirst(place + 1) {
            switch candidates[farther].phase {
            case .up(let other, _), .dialling(let other, _):
                superseded.append(other)
                candidates[farther].phase = .waiting(until: now)
            case .waiting: break
            }
            candidates[farther].failures = 0
        }
        return (superseded, candidates[place].seat.division)
    }

    mutating func closed(_ link: LinkID, at now: UInt64) {
        for index in candidates.indices {
            switch candidates[index].phase {
            case .dialling(let other, _) where other == link: failed(index, at: now)
            case .up(let other, let since) where other == link:
                // One that streamed for a moment only may fail again at once: it must not be dialled for ever, with
                // nobody else asked.
                if let since, since + ReplicationLimits.steadyMilliseconds <= now { candidates[index].failures = 0 }
                failed(index, at: now)
            default: break
            }
        }
    }

    private mutating func failed(_ index: Int, at now: UInt64) {
        candidates[index].failures += 1
        candidates[index].phase = .waiting(until: now + delay(after: candidates[index].failures))
    }

    /// A farther ancestor is wanted only while every nearer one has failed repeatedly and none of them streams.
    private func isWanted(_ index: Int) -> Bool {
        candidates[..<index].allSatisfy { nearer in
            if case .up = nearer.phase { return false }
            return nearer.failures >= ReplicationLimits.failuresBeforeFallback
        }
    }

    /// Doubling with full jitter over its upper half, so that retries spread out.
    private mutating func delay(after failures: Int) -> UInt64 {
        attempts += 1
        let bound = min(
            ReplicationLimits.retryMillisecondsMax,
            ReplicationLimits.retryMillisecondsMin << UInt64(min(failures - 1, 16)))
        let mixed = (chance &+ attempts &* 0x9e37_79b9_7f4a_7c15)
        let scattered = (mixed ^ (mixed >> 31)) &* 0xbf58_476d_1ce4_e5b9
        return bound / 2 + scattered % (bound / 2 + 1)
    }
}
