import Divisions
import Ledger

/// A place whose digest two neighbours can compare.
enum ComparePlace: Hashable, Sendable {
    /// All that the lower of two neighbours holds.
    case root
    /// A division and all below it, in one flow.
    case subtree(StreamPlace)
    /// The streams of one division and flow whose ids begin with these hexadecimal digits.
    case trie(StreamPlace, prefix: [UInt8])
}

/// Where somebody stands in a stream; number 0 where he holds nothing of it.
struct LeafStanding: Hashable, Sendable {
    let stream: StreamID
    let number: UInt64
    let hash: Digest
    let isForked: Bool
}

extension LeafStanding {
    init(_ head: StreamHead) {
        self.init(stream: head.stream, number: head.number, hash: head.hash, isForked: head.forkedAfter != nil)
    }
}

/// What lies directly below a place.
enum Expanded: Hashable, Sendable {
    case children([ComparePlace: Digest])
    case leaves([LeafStanding])
}

/// The heads of all streams held, and their digests along the division tree: what changes costs its path, what does
/// not change costs nothing, and the history's length never counts.
struct DigestTree: Sendable {
    let tree: DivisionTree
    private(set) var heads: [StreamID: StreamHead] = [:]
    private var tries: [StreamPlace: Trie] = [:]
    private var subtrees: [StreamPlace: Digest] = [:]

    init(tree: DivisionTree, heads: [StreamHead]) {
        self.tree = tree
        for head in heads { update(head) }
    }

    mutating func update(_ head: StreamHead) {
        let place = StreamPlace(home: head.home, flow: head.flow)
        heads[head.stream] = head
        if head.number == 0 {
            // Not even the opening counts: as good as not here, for us and for whoever never heard of it.
            tries[place]?.remove(head.stream)
        } else {
            tries[place, default: Trie()].update(head.stream, leaf: Self.leaf(head))
        }
        subtrees[place] = nil
        for ancestor in tree.ancestors(of: head.home) {
            subtrees[StreamPlace(home: ancestor, flow: head.flow)] = nil
        }
    }

    /// The last number of a stream that is merged here. Of a stream that ended in a fork nothing more can come, so
    /// that a citation beyond its end is as good as settled.
    func merged(_ stream: StreamID) -> UInt64 {
        guard let head = heads[stream] else { return 0 }
        return head.forkedAfter == head.number ? .max : head.number
    }

    /// Moves a head while its run is being merged; `update` follows when the run is whole.
    mutating func passing(_ head: StreamHead) { heads[head.stream] = head }

    /// The digest of everything that a seat holds.
    mutating func root(of seat: DivisionCode) -> Digest {
        var writer = ByteWriter()
        for (place, digest) in rootChildren(of: seat).sorted(by: { Self.order($0.key) < Self.order($1.key) }) {
            let (scope, code, flow) = Self.order(place)
            writer.byte(UInt8(scope))
            writer.code(code)
            writer.byte(flow)
            writer.digest(digest)
        }
        guard !writer.bytes.isEmpty else { return .zero }
        return Digest.of(Suite.p256.rawValue, HashDomain.division, Array(seat.text.utf8), writer.bytes)
    }

    mutating func expand(_ place: ComparePlace, below seat: DivisionCode) -> Expanded {
        switch place {
        case .root: return .children(rootChildren(of: seat))
        case .subtree(let at):
            var children: [ComparePlace: Digest] = [:]
            let own = tries[at]?.digest([]) ?? .zero
            if own != .zero { children[.trie(at, prefix: [])] = own }
            for child in tree.children(of: at.home) {
                let below = StreamPlace(home: child, flow: at.flow)
                let digest = subtree(below)
                if digest != .zero { children[.subtree(below)] = digest }
            }
            return .children(children)
        case .trie(let at, let prefix):
            switch tries[at]?.expand(prefix) ?? .bucket([]) {
            case .bucket(let streams): return .leaves(streams.compactMap { heads[$0].map(LeafStanding.init) })
            case .inner(let digests):
                var children: [ComparePlace: Digest] = [:]
                for (nibble, digest) in digests { children[.trie(at, prefix: prefix + [nibble])] = digest }
                return .children(children)
            }
        }
    }

    /// The streams at or below a place, in the order of ids.
    func streams(in place: ComparePlace, below seat: DivisionCode) -> [StreamID] {
        switch place {
        case .root:
            heads.values.filter { tree.holds(seat, home: $0.home, flow: $0.flow) }.map(\.stream).sorted()
        case .subtree(let at):
            tree.subtree(of: at.home).flatMap { tries[StreamPlace(home: $0, flow: at.flow)]?.streams([]) ?? [] }
                .sorted()
        case .trie(let at, let prefix): tries[at]?.streams(prefix) ?? []
        }
    }

    private mutating func rootChildren(of seat: DivisionCode) -> [ComparePlace: Digest] {
        var children: [ComparePlace: Digest] = [:]
        for flow in Flow.allCases {
            let place = StreamPlace(home: seat, flow: flow)
            let digest = subtree(place)
            if digest != .zero { children[.subtree(place)] = digest }
            guard flow.flowsDown else { continue }
            for ancestor in tree.ancestors(of: seat) {
                let above = StreamPlace(home: ancestor, flow: flow)
                if let digest = tries[above]?.digest([]), digest != .zero {
                    children[.trie(above, prefix: [])] = digest
                }
            }
        }
        return children
    }

    private mutating func subtree(_ place: StreamPlace) -> Digest {
        if let known = subtrees[place] { return known }
        var writer = ByteWriter()
        let own = tries[place]?.digest([]) ?? .zero
        writer.digest(own)
        var isEmpty = own == .zero
        for child in tree.children(of: place.home) {
            let digest = subtree(StreamPlace(home: child, flow: place.flow))
            guard digest != .zero else { continue }
            writer.code(child)
            writer.digest(digest)
            isEmpty = false
        }
        let digest =
            isEmpty
            ? Digest.zero
            : Digest.of(
                Suite.p256.rawValue, HashDomain.division, Array(place.home.text.utf8), [place.flow.rawValue],
                writer.bytes)
        subtrees[place] = digest
        return digest
    }

    private static func leaf(_ head: StreamHead) -> Digest {
        var writer = ByteWriter(reserving: 80)
        writer.digest(head.stream.digest)
        writer.fixed64(head.number)
        writer.digest(head.hash)
        writer.byte(head.forkedAfter == nil ? 0 : 1)
        return Digest.of(Suite.p256.rawValue, HashDomain.leaf, writer.bytes)
    }

    private static func order(_ place: ComparePlace) -> (Int, DivisionCode, UInt8) {
        switch place {
        case .root: preconditionFailure("the root is nobody's child")
        case .subtree(let at): (2, at.home, at.flow.rawValue)
        case .trie(let at, _): (3, at.home, at.flow.rawValue)
        }
    }
}

/// The streams of one place as a trie of 16 ways by id. Its shape depends on which streams there are and on nothing
/// else: a place with few of them lists them, any other splits by the next digit.
private struct Trie: Sendable {
    enum Shape {
        case bucket([StreamID])
        case inner([(nibble: UInt8, digest: Digest)])
    }

    private struct Node {
        var count = 0
        /// The leaves in the order of ids, while there are few.
        var bucket: [(stream: StreamID, leaf: Digest)] = []
        /// Places of the sixteen children in `nodes`, or empty while this is a bucket; 0 is no child.
        var children: [Int] = []
        var digest: Digest?
    }

    private var nodes = [Node()]

    mutating func update(_ stream: StreamID, leaf: Digest) {
        var path: [Int] = []
        var at = 0
        while !nodes[at].children.isEmpty {
            path.append(at)
            let nibble = stream.digest.nibble(path.count - 1)
            if nodes[at].children[nibble] == 0 {
                nodes[at].children[nibble] = nodes.count
                nodes.append(Node())
            }
            at = nodes[at].children[nibble]
        }
        path.append(at)
        let place = nodes[at].bucket.firstIndex { $0.stream >= stream } ?? nodes[at].bucket.count
        let isKnown = place < nodes[at].bucket.count && nodes[at].bucket[place].stream == stream
        if isKnown {
            nodes[at].bucket[place].leaf = leaf
        } else {
            nodes[at].bucket.insert((stream, leaf), at: place)
        }
        for index in path {
            nodes[index].digest = nil
            if !isKnown { nodes[index].count += 1 }
        }
        if nodes[at].bucket.count > ReplicationLimits.leavesPerBucketMax { split(at, depth: path.count - 1) }
    }

    mutating func remove(_ stream: StreamID) {
        var path = [0]
        while let at = path.last, !nodes[at].children.isEmpty {
            let child = nodes[at].children[stream.digest.nibble(path.count - 1)]
            guard child != 0 else { return }
            path.append(child)
        }
        guard let at = path.last, let place = nodes[at].bucket.firstIndex(where: { $0.stream == stream }) else {
            return
        }
        nodes[at].bucket.remove(at: place)
        for index in path {
            nodes[index].count -= 1
            nodes[index].digest = nil
        }
        // The shape is a function of what is left: an inner place with few leaves lists them again.
        if let shrunk = path.first(where: { nodes[$0].count <= ReplicationLimits.leavesPerBucketMax }) {
            let leaves = collectLeaves(shrunk)
            (nodes[shrunk].children, nodes[shrunk].bucket) = ([], leaves)
        }
    }

    /// The leaves at and below a node, in the order of ids: by suite first, which the digits on the path leave out.
    private func collectLeaves(_ at: Int) -> [(stream: StreamID, leaf: Digest)] {
        guard !nodes[at].children.isEmpty else { return nodes[at].bucket }
        return nodes[at].children.filter { $0 != 0 }.flatMap(collectLeaves).sorted { $0.stream < $1.stream }
    }

    /// The children of a node that hold anything, by digit. One that has lost its last leaf is as if it never was.
    private func occupied(_ at: Int) -> [(nibble: UInt8, node: Int)] {
        nodes[at].children.enumerated().compactMap { nibble, child in
            child != 0 && nodes[child].count > 0 ? (UInt8(nibble), child) : nil
        }
    }

    private mutating func split(_ at: Int, depth: Int) {
        let bucket = nodes[at].bucket
        nodes[at].bucket = []
        nodes[at].children = Array(repeating: 0, count: 16)
        for item in bucket {
            let nibble = item.stream.digest.nibble(depth)
            if nodes[at].children[nibble] == 0 {
                nodes[at].children[nibble] = nodes.count
                nodes.append(Node())
            }
            let child = nodes[at].children[nibble]
            nodes[child].bucket.append(item)
            nodes[child].count += 1
        }
        for child in nodes[at].children where child != 0 {
            if nodes[child].bucket.count > ReplicationLimits.leavesPerBucketMax { split(child, depth: depth + 1) }
        }
    }

    mutating func digest(_ prefix: [UInt8]) -> Digest {
        guard let at = node(prefix) else { return .zero }
        return digest(at)
    }

    mutating func expand(_ prefix: [UInt8]) -> Shape {
        guard let at = node(prefix) else { return .bucket(streams(prefix)) }
        guard !nodes[at].children.isEmpty else { return .bucket(nodes[at].bucket.map(\.stream)) }
        var children: [(UInt8, Digest)] = []
        for (nibble, child) in occupied(at) { children.append((nibble, digest(child))) }
        return .inner(children)
    }

    func streams(_ prefix: [UInt8]) -> [StreamID] {
        guard let at = node(prefix) else {
            // The prefix may run below a bucket: then the bucket holds whatever there is.
            return deepestBucket(prefix).map(\.stream).filter { stream in
                prefix.enumerated().allSatisfy { stream.digest.nibble($0.offset) == Int($0.element) }
            }
        }
        return collectLeaves(at).map(\.stream)
    }

    private func node(_ prefix: [UInt8]) -> Int? {
        var at = 0
        for nibble in prefix {
            guard nibble < 16, !nodes[at].children.isEmpty, nodes[at].children[Int(nibble)] != 0 else { return nil }
            at = nodes[at].children[Int(nibble)]
        }
        return at
    }

    private func deepestBucket(_ prefix: [UInt8]) -> [(stream: StreamID, leaf: Digest)] {
        var at = 0
        for nibble in prefix {
            guard !nodes[at].children.isEmpty else { return nodes[at].bucket }
            guard nibble < 16, nodes[at].children[Int(nibble)] != 0 else { return [] }
            at = nodes[at].children[Int(nibble)]
        }
        return nodes[at].bucket
    }

    private mutating func digest(_ at: Int) -> Digest {
        if let known = nodes[at].digest { return known }
        guard nodes[at].count > 0 else { return .zero }
        var writer = ByteWriter()
        if nodes[at].children.isEmpty {
            writer.byte(0)
            for item in nodes[at].bucket { writer.digest(item.leaf) }
        } else {
            writer.byte(1)
            for (nibble, child) in occupied(at) {
                writer.byte(nibble)
                writer.digest(digest(child))
            }
        }
        let digest = Digest.of(Suite.p256.rawValue, HashDomain.node, writer.bytes)
        nodes[at].digest = digest
        return digest
    }
}
