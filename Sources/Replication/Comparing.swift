import Divisions
import Ledger

/// Two neighbours taking turns to show digests, each turn only of what differed in the last, until both know where
/// the other stands in every stream that differs.
struct Comparing: Sendable {
    /// What one side says in a turn.
    struct Turn: Hashable, Sendable {
        var expansions: [(place: ComparePlace, content: Expanded)] = []
        /// Where we stand in the leaves the other side listed; number 0 where we hold nothing.
        var replies: [LeafStanding] = []
        /// We have nothing left to show.
        var isFinal = false

        static func == (left: Turn, right: Turn) -> Bool {
            left.isFinal == right.isFinal && left.replies == right.replies
                && left.expansions.map(\.place) == right.expansions.map(\.place)
                && left.expansions.map(\.content) == right.expansions.map(\.content)
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(replies)
            hasher.combine(expansions.map(\.place))
        }
    }

    /// What a turn taught us.
    enum Finding: Hashable, Sendable {
        /// The other side stands here in a stream.
        case peerStands(LeafStanding)
        /// The other side holds none of these.
        case peerLacks([StreamID])
    }

    /// The seat of the lower of the two.
    let seat: DivisionCode
    private var queue: [ComparePlace] = []
    /// Places that differ and that we have still to show.
    var waiting: Int { queue.count }
    private(set) var turns = 0
    private(set) var differing = 0

    init(seat: DivisionCode) { self.seat = seat }

    /// The first turn, taken by the side that dialled.
    mutating func open(_ digests: inout DigestTree) -> Turn {
        turns += 1
        return Turn(expansions: [(.root, digests.expand(.root, below: seat))])
    }

    /// Hears the other side's turn and takes our own. Findings are for our own backfill.
    mutating func answer(_ turn: Turn, _ digests: inout DigestTree) -> (answer: Turn, findings: [Finding]) {
        turns += 1
        var findings: [Finding] = turn.replies.map(Finding.peerStands)
        var answer = Turn()
        for (place, content) in turn.expansions {
            switch content {
            case .children(let theirs): queue.append(contentsOf: differences(at: place, theirs, &digests, &answer))
            case .leaves(let leaves):
                let listed = Set(leaves.map(\.stream))
                findings.append(.peerLacks(digests.streams(in: place, below: seat).filter { !listed.contains($0) }))
                for leaf in leaves {
                    findings.append(.peerStands(leaf))
                    let mine = digests.heads[leaf.stream].map(LeafStanding.init)
                    answer.replies.append(
                        mine ?? LeafStanding(stream: leaf.stream, number: 0, hash: .zero, isForked: false))
                }
            }
        }
        let shown = queue.prefix(ReplicationLimits.expansionsPerFrameMax)
        for place in shown { answer.expansions.append((place, digests.expand(place, below: seat))) }
        queue.removeFirst(shown.count)
        answer.isFinal = answer.expansions.isEmpty
        differing += findings.count
        return (answer, findings)
    }

    private mutating func differences(
        at place: ComparePlace, _ theirs: [ComparePlace: Digest], _ digests: inout DigestTree, _ answer: inout Turn
    ) -> [ComparePlace] {
        switch digests.expand(place, below: seat) {
        case .leaves(let mine):
            // We hold few streams where they hold many: listing ours tells them all they need.
            answer.expansions.append((place, .leaves(mine)))
            return []
        case .children(let mine):
            let places = Set(mine.keys).union(theirs.keys)
            return places.filter { mine[$0] != theirs[$0] }.sorted { ComparePlace.precedes($0, $1) }
        }
    }
}

extension ComparePlace {
    static func precedes(_ left: ComparePlace, _ right: ComparePlace) -> Bool {
        let (a, b) = (left.order, right.order)
        if a.0 != b.0 { return a.0 < b.0 }
        if a.1 != b.1 { return a.1 < b.1 }
        return a.2.lexicographicallyPrecedes(b.2)
    }

    private var order: (Int, StreamPlace, [UInt8]) {
        switch self {
        case .root: (0, StreamPlace(home: "0", flow: .up), [])
        case .subtree(let at): (1, at, [])
        case .trie(let at, let prefix): (2, at, prefix)
        }
    }
}
