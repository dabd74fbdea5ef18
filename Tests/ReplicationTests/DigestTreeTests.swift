import Divisions
import Ledger
import Simulation
import Support
import Testing

@testable import Replication

@Suite struct `The digests of all that is held` {
    /// Everything that can be asked of a tree of digests, from the root of a seat down.
    private func walk(_ digests: inout DigestTree, below seat: DivisionCode) -> [ComparePlace: Expanded] {
        var seen: [ComparePlace: Expanded] = [:]
        var queue = [ComparePlace.root]
        while let place = queue.popLast() {
            let expanded = digests.expand(place, below: seat)
            seen[place] = expanded
            if case .children(let children) = expanded { queue.append(contentsOf: children.keys) }
        }
        return seen
    }

    @Test(arguments: Seed.some(60))
    func `depend on what is held now, and not on how it came to be`(seed: Seed) throws {
        let tree = try testTree()
        var make = RandomHeads(tree: tree, seed: seed)
        var digests = DigestTree(tree: tree, heads: [])
        var held: [StreamID: StreamHead] = [:]
        // Few places, so that tries grow deep; and ids alike, so that they split unevenly.
        let homes = [make.random.pick(tree.divisions).code, make.random.pick(tree.divisions).code]
        for step in 0..<400 {
            let head: StreamHead
            if held.isEmpty || make.random.chance(45) {
                head = make.head(crowding: make.random.pick([0, 1, 3, 12]), home: make.random.pick(homes))
            } else {
                let known = make.random.pick(held.values.sorted { $0.stream < $1.stream })
                head = make.moved(known)
            }
            held[head.stream] = head
            digests.update(head)
            // Looking must not matter either.
            if step % 37 == 0 { _ = digests.root(of: homes[0]) }
        }
        try expect(digests, toBe: Array(held.values), tree)
    }

    @Test(arguments: Seed.some(20))
    func `are the same when most streams lose all that counts`(seed: Seed) throws {
        let tree = try testTree()
        var make = RandomHeads(tree: tree, seed: seed)
        var digests = DigestTree(tree: tree, heads: [])
        var held = (0..<200).map { _ in make.head(crowding: 2, home: townSeat) }
        for head in held { digests.update(head) }
        let count = make.random.pick([1, 100, 170, 184, 199, 200])
        for place in Array(held.indices).shuffled(using: &make.random).prefix(count) {
            (held[place].number, held[place].hash, held[place].forkedAfter) = (0, held[place].stream.digest, 0)
            digests.update(held[place])
            _ = digests.root(of: townSeat)
        }
        try expect(digests, toBe: held, tree)
    }

    private func expect(_ digests: DigestTree, toBe held: [StreamHead], _ tree: DivisionTree) throws {
        var digests = digests
        var anew = DigestTree(tree: tree, heads: held.sorted { $0.stream < $1.stream })
        let naive = NaiveDigests(tree: tree, heads: held)
        for seat in tree.seats.map(\.division) {
            let (root, rootAnew) = (digests.root(of: seat), anew.root(of: seat))
            #expect(root == rootAnew)
            #expect(root == naive.root(of: seat), "as the wire's page defines it")
            let (all, allAnew) = (walk(&digests, below: seat), walk(&anew, below: seat))
            #expect(all == allAnew)
            #expect(digests.streams(in: .root, below: seat) == anew.streams(in: .root, below: seat))
        }
    }

    @Test func `of nothing are zero, at every seat`() throws {
        let tree = try testTree()
        var digests = DigestTree(tree: tree, heads: [])
        let roots = tree.seats.map { digests.root(of: $0.division) }
        #expect(roots.allSatisfy { $0 == .zero })
    }

    @Test(arguments: Seed.some(10))
    func `tell any two sets apart that differ in one stream`(seed: Seed) throws {
        let tree = try testTree()
        var make = RandomHeads(tree: tree, seed: seed)
        let held = (0..<300).map { _ in make.head() }
        var digests = DigestTree(tree: tree, heads: held)
        for head in held.prefix(50) {
            var other = DigestTree(tree: tree, heads: held)
            other.update(make.moved(head))
            for seat in tree.seats.map(\.division) {
                let isHeld = tree.holds(seat, home: head.home, flow: head.flow)
                let (root, otherRoot) = (digests.root(of: seat), other.root(of: seat))
                #expect((root != otherRoot) == isHeld)
            }
        }
    }
}

@Suite struct `Comparing two neighbours` {
    /// Two neighbours' turns until neither has anything left to show.
    private struct Encounter {
        var lower: DigestTree
        var upper: DigestTree
        let seat: DivisionCode
        var bytes = 0
        var frames = 0
        /// What each side learned of where the other stands; number 0 where it lacks the stream.
        var atLower: [StreamID: (UInt64, Digest)] = [:]
        var atUpper: [StreamID: (UInt64, Digest)] = [:]

        mutating func run() throws {
            var below = Comparing(seat: seat)
            var above = Comparing(seat: seat)
            var turn = below.open(&lower)
            var isUpper = true
            for _ in 0..<10_000 {
                let frame = Message.comparison(turn).encoded
                (bytes, frames) = (bytes + frame.count, frames + 1)
                #expect(frame.count <= 262_144)
                guard case .comparison(let heard) = try Message(decoding: frame) else { return }
                let isFinal = heard.isFinal
                let findings: [Comparing.Finding]
                if isUpper {
                    (turn, findings) = above.answer(heard, &upper)
                } else {
                    (turn, findings) = below.answer(heard, &lower)
                }
                for finding in findings { learn(finding, isUpper: isUpper) }
                if isFinal, turn.isFinal, turn.replies.isEmpty { return }
                isUpper.toggle()
            }
            Issue.record("comparing does not end")
        }

        private mutating func learn(_ finding: Comparing.Finding, isUpper: Bool) {
            var found: [StreamID: (UInt64, Digest)] = [:]
            switch finding {
            case .peerStands(let leaf): found[leaf.stream] = (leaf.number, leaf.hash)
            case .peerLacks(let streams): for stream in streams { found[stream] = (0, .zero) }
            }
            if isUpper { atUpper.merge(found) { $1 } } else { atLower.merge(found) { $1 } }
        }
    }

    /// Which streams of one side the other does not hold alike.
    private func differing(_ one: DigestTree, _ other: DigestTree, _ seat: DivisionCode) -> Set<StreamID> {
        Set(
            one.heads.values.filter { head in
                let there = other.heads[head.stream]
                return head.number > 0 && one.tree.holds(seat, home: head.home, flow: head.flow)
                    && (there?.number ?? 0, there?.hash, there?.forkedAfter) != (
                        head.number, head.hash, head.forkedAfter
                    )
            }.map(\.stream))
    }

    private func expectAllFound(_ encounter: Encounter) {
        for (own, other, learned) in [
            (encounter.lower, encounter.upper, encounter.atLower),
            (encounter.upper, encounter.lower, encounter.atUpper),
        ] {
            let expected = differing(own, other, encounter.seat)
            for stream in expected { #expect(learned[stream]?.0 == other.heads[stream]?.number ?? 0) }
            let told = learned.filter { stream, there in
                guard let head = own.heads[stream], head.number > 0 else { return false }
                let isForked = (own.heads[stream]?.forkedAfter, other.heads[stream]?.forkedAfter)
                return (head.number, head.hash) != there || isForked.0 != isForked.1
            }
            #expect(Set(told.keys) == expected)
        }
    }

    @Test(arguments: Seed.some(60))
    func `finds what differs, and nothing else, on both sides`(seed: Seed) throws {
        let tree = try testTree()
        var make = RandomHeads(tree: tree, seed: seed)
        let seat = make.random.pick([townSeat, countySeat, citySeat])
        let crowding = make.random.pick([0, 2, 5])
        var encounter = Encounter(
            lower: DigestTree(tree: tree, heads: []), upper: DigestTree(tree: tree, heads: []), seat: seat)
        for _ in 0..<make.random.pick([0, 3, 40, 600]) {
            let head = make.head(crowding: crowding)
            // A neighbour below holds what its own seat does.
            let isHeld = tree.holds(seat, home: head.home, flow: head.flow)
            switch Int.random(in: 0...9, using: &make.random) {
            case 0 where isHeld: encounter.lower.update(head)
            case 1: encounter.upper.update(head)
            case 2 where isHeld:
                encounter.lower.update(head)
                encounter.upper.update(make.moved(head))
            case 3 where isHeld:
                encounter.lower.update(make.moved(head))
                encounter.upper.update(head)
            default:
                if isHeld { encounter.lower.update(head) }
                encounter.upper.update(head)
            }
        }
        let agree = encounter.lower.root(of: seat) == encounter.upper.root(of: seat)
        try encounter.run()
        expectAllFound(encounter)
        if agree { #expect(encounter.frames == 2) }
    }

    @Test func `of equals shows the root and no more`() throws {
        let tree = try testTree()
        var make = RandomHeads(tree: tree, seed: Seed(1))
        let held = (0..<5_000).map { _ in make.head() }
        var encounter = Encounter(
            lower: DigestTree(tree: tree, heads: held), upper: DigestTree(tree: tree, heads: held), seat: countySeat)
        try encounter.run()
        #expect(encounter.frames == 2)
        #expect(encounter.bytes < 700)
        #expect(encounter.atLower.isEmpty && encounter.atUpper.isEmpty)
    }

    /// The cost follows the difference: with 5,000 streams alike, k that differ cost k paths.
    @Test(arguments: [1, 2, 5, 10, 20])
    func `costs no more than the paths to what differs`(count: Int) throws {
        let tree = try testTree()
        var make = RandomHeads(tree: tree, seed: Seed(UInt64(count)))
        let opening = Opening(
            home: townSeat, flow: .up, suite: 255, key: [1], nonce: [UInt8](repeating: 0, count: 16), predecessor: nil)
        let held = (0..<5_000).map { _ in make.head(opening: opening) }
        var encounter = Encounter(
            lower: DigestTree(tree: tree, heads: held), upper: DigestTree(tree: tree, heads: held), seat: countySeat)
        for head in held.shuffled(using: &make.random).prefix(count) {
            var moved = head
            (moved.number, moved.hash) = (head.number + 1, RandomFrame.digest(&make.random))
            encounter.lower.update(moved)
        }
        // The path: two subtrees of up to 3 children, three levels of a trie of 16, a bucket of leaves shown and told.
        let hashes = 3 + 3 + 3 * 16 + 4 * ReplicationLimits.leavesPerBucketMax
        try encounter.run()
        expectAllFound(encounter)
        #expect(encounter.bytes <= 2 * 33 * hashes * count + 700)
        #expect(encounter.frames <= 12)
    }

    /// Ten years of finished streams cost depth, not length.
    @Test func `of a new stream among many costs little more than among few`() throws {
        let tree = try testTree()
        var sizes: [Int] = []
        for total in [1_000, 20_000] {
            var make = RandomHeads(tree: tree, seed: Seed(7))
            let opening = Opening(
                home: townSeat, flow: .up, suite: 255, key: [1], nonce: [UInt8](repeating: 0, count: 16),
                predecessor: nil)
            let held = (0..<total).map { _ in make.head(opening: opening) }
            var encounter = Encounter(
                lower: DigestTree(tree: tree, heads: held), upper: DigestTree(tree: tree, heads: held), seat: townSeat)
            encounter.lower.update(make.head(opening: opening))
            try encounter.run()
            expectAllFound(encounter)
            sizes.append(encounter.bytes)
        }
        #expect(sizes[1] < sizes[0] + 2 * 2 * 16 * 60, "two more levels at the most: \(sizes)")
    }
}
