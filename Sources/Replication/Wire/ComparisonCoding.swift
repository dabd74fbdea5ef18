import Divisions
import Foundation
import Ledger
import SwiftProtobuf

extension Tributary_V1_Comparison {
    init(_ turn: Comparing.Turn) {
        self.init()
        expansions = turn.expansions.map { Tributary_V1_Expansion($0.place, $0.content) }
        replies = turn.replies.map { standing in .with { $0.leaf = .init(standing) } }
        final = turn.isFinal
    }
}

extension Tributary_V1_Expansion {
    fileprivate init(_ place: ComparePlace, _ content: Expanded) {
        self.init()
        switch place {
        case .root: scope = .root
        case .subtree(let at): (scope, division, flow) = (.subtree, at.home.text, UInt32(at.flow.rawValue))
        case .trie(let at, let digits):
            (scope, division, flow) = (.trie, at.home.text, UInt32(at.flow.rawValue))
            prefix = Data(digits)
        }
        switch content {
        case .leaves(let heads):
            isLeaves = true
            leaves = heads.map { .init($0) }
        case .children(let digests):
            children = digests.sorted { ComparePlace.precedes($0.key, $1.key) }.map { place, digest in
                .with { child in
                    child.digest = Data(digest.bytes)
                    switch place {
                    case .root: preconditionFailure("the root is nobody's child")
                    case .subtree(let at):
                        (child.scope, child.division) = (.subtree, at.home.text)
                        child.flow = UInt32(at.flow.rawValue)
                    case .trie(let at, let digits):
                        (child.scope, child.division) = (.trie, at.home.text)
                        child.flow = UInt32(at.flow.rawValue)
                        // A whole trie has no digit of its own: 16 stands for it.
                        child.nibble = digits.last.map(UInt32.init) ?? 16
                    }
                }
            }
        }
    }
}

extension Tributary_V1_Leaf {
    fileprivate init(_ standing: LeafStanding) {
        self.init()
        stream = Data(standing.stream.digest.bytes)
        (number, forked) = (standing.number, standing.isForked)
        hash = Data(standing.hash.bytes)
    }
}

extension Comparing.Turn {
    init(_ wire: Tributary_V1_Comparison) throws(FrameFault) {
        self.init()
        guard wire.expansions.count <= 2 * ReplicationLimits.expansionsPerFrameMax else {
            throw FrameFault("a comparison of \(wire.expansions.count) expansions")
        }
        let leaves = wire.expansions.reduce(0) { $0 + $1.leaves.count }
        guard max(leaves, wire.replies.count) <= ReplicationLimits.repliesPerFrameMax else {
            throw FrameFault("a comparison of \(leaves) leaves and \(wire.replies.count) replies")
        }
        for expansion in wire.expansions {
            let place = try ComparePlace(
                expansion.scope, expansion.division, expansion.flow, prefix: Array(expansion.prefix))
            expansions.append((place, try Self.content(of: expansion, at: place)))
        }
        for reply in wire.replies { replies.append(try LeafStanding(reply.leaf)) }
        isFinal = wire.final
    }

    private static func content(
        of wire: Tributary_V1_Expansion, at place: ComparePlace
    ) throws(FrameFault) -> Expanded {
        if wire.isLeaves {
            var leaves: [LeafStanding] = []
            for leaf in wire.leaves { leaves.append(try LeafStanding(leaf)) }
            return .leaves(leaves)
        }
        var children: [ComparePlace: Digest] = [:]
        for child in wire.children {
            guard let digest = Digest(bytes: Array(child.digest)) else { throw FrameFault("a digest of wrong length") }
            children[try ComparePlace(child, below: place)] = digest
        }
        return .children(children)
    }
}

extension ComparePlace {
    fileprivate init(
        _ scope: Tributary_V1_Expansion.Scope, _ division: String, _ flow: UInt32, prefix: [UInt8]
    ) throws(FrameFault) {
        if scope == .root {
            self = .root
            return
        }
        guard let home = DivisionCode(division), let flow = UInt8(exactly: flow).flatMap(Flow.init(rawValue:)) else {
            throw FrameFault("a place without division or flow")
        }
        let at = StreamPlace(home: home, flow: flow)
        switch scope {
        case .subtree: self = .subtree(at)
        case .trie:
            guard prefix.count < 64, prefix.allSatisfy({ $0 < 16 }) else {
                throw FrameFault("a prefix that is no prefix")
            }
            self = .trie(at, prefix: prefix)
        default: throw FrameFault("a place of unknown scope")
        }
    }

    fileprivate init(_ child: Tributary_V1_Child, below parent: ComparePlace) throws(FrameFault) {
        if case .trie(let at, let prefix) = parent {
            guard child.scope == .trie, child.nibble < 16, child.division == at.home.text,
                child.flow == UInt32(at.flow.rawValue)
            else { throw FrameFault("a child that does not lie below its place") }
            self = .trie(at, prefix: prefix + [UInt8(child.nibble)])
        } else {
            self = try ComparePlace(child.scope, child.division, child.flow, prefix: [])
        }
    }
}

extension LeafStanding {
    fileprivate init(_ wire: Tributary_V1_Leaf) throws(FrameFault) {
        guard let stream = Digest(bytes: Array(wire.stream)), let hash = Digest(bytes: Array(wire.hash)),
            wire.number < entryNumbers
        else { throw FrameFault("a leaf without stream or hash") }
        self.init(stream: StreamID(stream), number: wire.number, hash: hash, isForked: wire.forked)
    }
}
