import Divisions
import Ledger
import Simulation
import Support

@testable import Replication

/// Heads of streams that no one wrote: as many as wanted, and with ids as alike as wanted.
struct RandomHeads {
    let tree: DivisionTree
    var random: SeededGenerator
    private let openings: [Opening]

    init(tree: DivisionTree, seed: Seed) {
        (self.tree, random) = (tree, seed.generator)
        openings = tree.divisions.flatMap { division in
            Flow.allCases.map { flow in
                Opening(
                    home: division.code, flow: flow, suite: Suite.test.rawValue, key: [1],
                    nonce: [UInt8](repeating: 0, count: 16), predecessor: nil)
            }
        }
    }

    /// - Parameter crowding: how many leading digits of the id come from a choice of two: the deeper, the more a trie
    ///   has to split.
    mutating func head(crowding: Int = 0, home: DivisionCode? = nil) -> StreamHead {
        let choices = home.map { home in openings.filter { $0.home == home } } ?? openings
        return head(opening: random.pick(choices), crowding: crowding)
    }

    mutating func head(opening: Opening, crowding: Int = 0) -> StreamHead {
        var first = random.next()
        for digit in 0..<min(crowding, 16) {
            let shift = UInt64(60 - 4 * digit)
            first = first & ~(15 << shift) | UInt64.random(in: 3...4, using: &random) << shift
        }
        let id = StreamID(
            Digest(tag: random.chance(20) ? 1 : 255, first, random.next(), random.next(), random.next()))
        return StreamHead(
            stream: id, opening: opening, seat: opening.home, number: UInt64.random(in: 1...9, using: &random),
            hash: RandomFrame.digest(&random), stamp: 0)
    }

    /// The same stream, farther on, ended by a fork, or without anything that counts.
    mutating func moved(_ head: StreamHead) -> StreamHead {
        var moved = head
        switch Int.random(in: 0...9, using: &random) {
        case 0: (moved.number, moved.forkedAfter) = (0, 0)
        case 1: moved.forkedAfter = moved.number
        default: moved.number += UInt64.random(in: 1...5, using: &random)
        }
        moved.hash = moved.number == 0 ? moved.stream.digest : RandomFrame.digest(&random)
        return moved
    }
}

/// The digests as Docs/wire.md defines them, computed in the plainest way from the heads alone.
struct NaiveDigests {
    let tree: DivisionTree
    let heads: [StreamHead]

    init(tree: DivisionTree, heads: [StreamHead]) {
        self.tree = tree
        self.heads = heads.filter { $0.number > 0 }.sorted { $0.stream < $1.stream }
    }

    func root(of seat: DivisionCode) -> Digest {
        var places: [(scope: UInt8, at: StreamPlace, digest: Digest)] = []
        for flow in Flow.allCases {
            let own = StreamPlace(home: seat, flow: flow)
            places.append((2, own, subtree(own)))
            guard flow.flowsDown else { continue }
            for ancestor in tree.ancestors(of: seat) {
                let at = StreamPlace(home: ancestor, flow: flow)
                places.append((3, at, trie(at, [])))
            }
        }
        let held = places.filter { $0.digest != .zero }.sorted { ($0.scope, $0.at) < ($1.scope, $1.at) }
        guard !held.isEmpty else { return .zero }
        var bytes = Array("tributary division 1\n".utf8) + Array(seat.text.utf8)
        for place in held {
            bytes += [place.scope] + code(place.at.home) + [place.at.flow.rawValue] + place.digest.bytes
        }
        return Digest.of(1, bytes)
    }

    private func subtree(_ at: StreamPlace) -> Digest {
        let own = trie(at, [])
        var bytes = Array("tributary division 1\n".utf8) + Array(at.home.text.utf8) + [at.flow.rawValue] + own.bytes
        var isEmpty = own == .zero
        for child in tree.children(of: at.home) {
            let digest = subtree(StreamPlace(home: child, flow: at.flow))
            guard digest != .zero else { continue }
            bytes += code(child) + digest.bytes
            isEmpty = false
        }
        return isEmpty ? .zero : Digest.of(1, bytes)
    }

    private func trie(_ at: StreamPlace, _ prefix: [Int]) -> Digest {
        let below = heads.filter { head in
            StreamPlace(home: head.home, flow: head.flow) == at
                && prefix.enumerated().allSatisfy { head.stream.digest.nibble($0.offset) == $0.element }
        }
        guard !below.isEmpty else { return .zero }
        var bytes = Array("tributary trie 1\n".utf8)
        if below.count <= 16 {
            bytes.append(0)
            for head in below { bytes += leaf(head).bytes }
        } else {
            bytes.append(1)
            for digit in 0..<16 {
                let digest = trie(at, prefix + [digit])
                if digest != .zero { bytes += [UInt8(digit)] + digest.bytes }
            }
        }
        return Digest.of(1, bytes)
    }

    private func leaf(_ head: StreamHead) -> Digest {
        var number = head.number.bigEndian
        let bytes = withUnsafeBytes(of: &number) { Array($0) }
        return Digest.of(
            1,
            Array("tributary leaf 1\n".utf8) + head.stream.digest.bytes + bytes + head.hash.bytes
                + [head.forkedAfter == nil ? 0 : 1])
    }

    private func code(_ code: DivisionCode) -> [UInt8] { [UInt8(code.text.utf8.count)] + Array(code.text.utf8) }
}
