import Divisions
import Foundation
import Ledger
import Simulation
import Support
import Testing

@testable import Replication

/// The bytes of every frame, pinned: `Proto/vectors/frames.json` is what other implementations are checked against, so
/// a difference here is a new version of the protocol, not a failed test to be updated. `Proto/vectors/check.py` reads
/// the same frames, and derives the digests, from `Docs/wire.md` alone.
@Suite struct `The golden vectors of the link` {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Proto/vectors/frames.json")

    /// With `TRIBUTARY_WRITE_VECTORS` set the file is written first: for a new version of the protocol.
    @Test func `are the bytes this program makes`() throws {
        let made = try FrameVectors.make()
        if ProcessInfo.processInfo.environment["TRIBUTARY_WRITE_VECTORS"] != nil {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try (encoder.encode(made) + Data("\n".utf8)).write(to: Self.file)
        }
        let kept = try JSONDecoder().decode(FrameVectors.self, from: Data(contentsOf: Self.file))
        for (made, kept) in zip(made.frames, kept.frames) { #expect(made == kept) }
        #expect(made.heads == kept.heads)
        #expect(made.roots == kept.roots)
        #expect(made == kept)
    }

    @Test func `are read as what they mean`() throws {
        let kept = try JSONDecoder().decode(FrameVectors.self, from: Data(contentsOf: Self.file))
        for frame in kept.frames {
            let encoded = try #require(bytes(hexadecimal: frame.bytes))
            #expect(try FrameVectors.meaning(of: Message(decoding: encoded)) == frame.means, "\(frame.name)")
        }
    }

    @Test func `show every kind of frame`() throws {
        let kinds = try FrameVectors.make().frames.map { frame -> String in
            guard case .object(let fields) = frame.means else { return "" }
            return fields.keys.joined()
        }
        #expect(
            Set(kinds) == [
                "greeting", "farewell", "comparison", "batch", "acknowledgement", "have", "ask", "branch", "fork",
                "alarm", "probe", "file_ask", "file_note", "report",
            ])
    }
}

/// What a frame says, without the wire's own types: numbers as text, bytes in hexadecimal, nothing where the wire has
/// its default.
indirect enum Meaning: Codable, Equatable {
    case text(String)
    case list([Meaning])
    case object([String: Meaning])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([Meaning].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: Meaning].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .list(let list): try container.encode(list)
        case .object(let fields): try container.encode(fields)
        }
    }

    /// The fields that are not at their default.
    static func fields(_ all: [String: Meaning?]) -> Meaning { .object(all.compactMapValues { $0 }) }
    static func number(_ value: some BinaryInteger) -> Meaning? { value == 0 ? nil : .text("\(value)") }
    static func bytes(_ value: [UInt8]) -> Meaning? { value.isEmpty ? nil : .text(hexadecimal(value)) }
    static func string(_ value: String) -> Meaning? { value.isEmpty ? nil : .text(value) }
    static func flag(_ value: Bool) -> Meaning? { value ? .text("true") : nil }
    static func many(_ values: [Meaning]) -> Meaning? { values.isEmpty ? nil : .list(values) }
}

struct FrameVectors: Codable, Equatable {
    struct Frame: Codable, Equatable {
        var name, bytes: String
        var means: Meaning
    }

    struct Head: Codable, Equatable {
        var stream, home, flow, number, hash, forked: String
    }

    struct Root: Codable, Equatable {
        var seat, digest: String
    }

    /// Two greetings, and the name of the link they open.
    struct Token: Codable, Equatable {
        var lower, upper, token: String
    }

    var frames: [Frame]
    /// Streams held, under the tree of `ledger.json`, and the digest of what each seat holds of them.
    var heads: [Head]
    var roots: [Root]
    var token: Token

    static func make() throws -> FrameVectors {
        let samples = try SampleFrames()
        let frames = samples.all.map { sample in
            Frame(name: sample.name, bytes: hexadecimal(sample.message.encoded), means: meaning(of: sample.message))
        }
        var random = RandomHeads(tree: samples.tree, seed: Seed(1))
        // Enough at one place for its trie to split twice, a few elsewhere, and one of which nothing counts.
        var heads = (0..<40).map { _ in random.head(crowding: 1, home: townSeat) } + (0..<30).map { _ in random.head() }
        heads[0].forkedAfter = heads[0].number
        (heads[1].number, heads[1].hash, heads[1].forkedAfter) = (0, heads[1].stream.digest, 0)
        var digests = DigestTree(tree: samples.tree, heads: heads)
        let roots = samples.tree.seats.map {
            Root(seat: $0.division.text, digest: digests.root(of: $0.division).description)
        }
        let (lower, upper) = (samples.all[0].message.encoded, samples.all[1].message.encoded)
        let token = Array(Digest.of(Suite.p256.rawValue, lower, upper).bytes[1...16])
        return FrameVectors(
            frames: frames, heads: heads.map(Head.init), roots: roots,
            token: Token(lower: hexadecimal(lower), upper: hexadecimal(upper), token: hexadecimal(token)))
    }
}

extension FrameVectors.Head {
    init(_ head: StreamHead) {
        self.init(
            stream: head.stream.description, home: head.home.text, flow: head.flow.name, number: "\(head.number)",
            hash: head.hash.description, forked: head.forkedAfter == nil ? "false" : "true")
    }
}

extension FrameVectors {
    static func meaning(of message: Message) -> Meaning {
        switch message {
        case .greeting(let greeting): .object(["greeting": meaning(of: greeting)])
        case .farewell(let code, let reason):
            .object(["farewell": .fields(["code": .number(code.rawValue), "reason": .string(reason)])])
        case .comparison(let turn): .object(["comparison": meaning(of: turn)])
        case .batch(let sequence, let lane, let pieces):
            .object([
                "batch": .fields([
                    "sequence": .number(sequence), "lane": .number(lane.rawValue),
                    "pieces": .many(pieces.map(meaning)),
                ])
            ])
        case .acknowledgement(let received, let durable):
            .object(["acknowledgement": .fields(["received": .number(received), "durable": .number(durable)])])
        case .have(let stream, let number, let tree):
            .object([
                "have": .fields([
                    "stream": .bytes(stream.digest.bytes), "number": .number(number),
                    "tree_version": .bytes(tree?.bytes ?? []),
                ])
            ])
        case .ask(let stream, let from, let through):
            .object([
                "ask": .fields([
                    "stream": .bytes(stream.digest.bytes), "from": .number(from), "through": .number(through),
                ])
            ])
        case .branch(let run): .object(["branch": .object(["run": meaning(of: Piece(run))])])
        case .fork(let left, let right):
            .object(["fork": .object(["left": meaning(of: Piece(left)), "right": meaning(of: Piece(right))])])
        case .twoMachines(let division, let nonces):
            .object([
                "alarm": .fields([
                    "code": .text("1"), "division": .string(division.text),
                    "nonces": .many(nonces.map { .text(hexadecimal($0)) }),
                ])
            ])
        case .probe(let token, let isAnswer):
            .object(["probe": .fields(["token": .number(token), "answer": .flag(isAnswer)])])
        case .slices(let sequence, let slices):
            .object([
                "batch": .fields([
                    "sequence": .number(sequence), "lane": .number(Lane.files.rawValue),
                    "slices": .many(slices.map(meaning)),
                ])
            ])
        case .fileAsk(let ask):
            .object([
                "file_ask": .fields([
                    "file": meaning(of: ask.name), "record": .string(ask.record.description),
                    "first": .number(ask.first), "count": .number(ask.count),
                ])
            ])
        case .fileNote(let name, let isHere):
            .object(["file_note": .fields(["code": .text(isHere ? "2" : "1"), "file": meaning(of: name)])])
        case .report(let report):
            .object([
                "report": .fields([
                    "clock_milliseconds": .number(report.clock), "nodes": .many(report.nodes.map(meaning)),
                ])
            ])
        }
    }

    private static func meaning(of report: NodeReport) -> Meaning {
        var fields: [String: Meaning?] = [
            "division": .string(report.division.text), "release": .string(report.release),
            "nonce": .bytes(report.nonce), "two_machines": .flag(report.hasTwoMachines),
            "said_milliseconds": .number(report.saidAt), "state": report.state.map(meaning),
        ]
        if let link = report.link {
            fields["link"] = .text(link.isUp ? "1" : "2")
            fields["linked"] = .string(link.upper.text)
            fields["since_milliseconds"] = .number(link.since)
            fields["heard_milliseconds"] = .number(link.heardAt)
            fields["backlog"] = .number(link.backlog)
            fields["behind_milliseconds"] = .number(link.behindSince ?? 0)
        }
        return .fields(fields)
    }

    private static func meaning(of state: NodeState) -> Meaning {
        .fields([
            "digest": .bytes(state.digest.bytes), "entries": .number(state.entries),
            "started_milliseconds": .number(state.startedAt),
            "clock_ahead_milliseconds": .number(max(0, state.clockAhead)),
            "clock_behind_milliseconds": .number(max(0, -state.clockAhead)),
            "dirty": .number(state.figures.dirty), "conflicts": .number(state.figures.conflicts),
            "missing_files": .number(state.missingFiles), "forks": .number(state.forks),
            "alarms": .number(state.alarms), "refused": .number(state.refused), "faults": .number(state.faults),
            "store_failures": .number(state.figures.storeFailures),
            "restored_milliseconds": .number(state.restoredAt ?? 0), "backlog": .number(state.backlog),
            "behind_milliseconds": .number(state.behindSince ?? 0),
        ])
    }

    private static func meaning(of name: FileName) -> Meaning {
        .fields([
            "digest": .bytes(name.digest.bytes), "chunk_root": .bytes(name.root.bytes), "size": .number(name.size),
        ])
    }

    private static func meaning(of slice: FileSlice) -> Meaning {
        .fields([
            "file": meaning(of: slice.name), "chunk": .number(slice.chunk), "offset": .number(slice.offset),
            "bytes": .bytes(slice.bytes), "proof": .many(slice.proof.map { .text(hexadecimal($0.bytes)) }),
        ])
    }

    private static func meaning(of greeting: Greeting) -> Meaning {
        .fields([
            "protocol": .number(greeting.protocolVersion), "protocol_oldest": .number(greeting.protocolOldest),
            "division": .string(greeting.division.text), "tree_version": .bytes(greeting.tree.bytes),
            "nonce": .bytes(greeting.nonce), "remembers": .bytes(greeting.remembers),
            "root": .bytes(greeting.root.bytes), "clock_milliseconds": .number(greeting.clock),
            "release": .string(greeting.release), "sent": .number(greeting.sent),
            "received": .number(greeting.received),
        ])
    }

    private static func meaning(of piece: Piece) -> Meaning {
        .fields([
            "stream": .bytes(piece.stream.digest.bytes), "first": .number(piece.first),
            "entries": .many(
                piece.entries.map { .fields(["header": .bytes($0.header), "body": .bytes($0.body)]) }),
            "seal": .bytes(piece.signature ?? []),
        ])
    }

    private static func meaning(of turn: Comparing.Turn) -> Meaning {
        .fields([
            "expansions": .many(turn.expansions.map { meaning(of: $0.place, $0.content) }),
            "replies": .many(turn.replies.map { .object(["leaf": meaning(of: $0)]) }), "final": .flag(turn.isFinal),
        ])
    }

    private static func meaning(of place: ComparePlace, _ content: Expanded) -> Meaning {
        var fields: [String: Meaning?] = [:]
        switch place {
        case .root: fields["scope"] = .text("1")
        case .subtree(let at):
            fields = ["scope": .text("2"), "division": .text(at.home.text), "flow": .number(at.flow.rawValue)]
        case .trie(let at, let prefix):
            fields = [
                "scope": .text("3"), "division": .text(at.home.text), "flow": .number(at.flow.rawValue),
                "prefix": .bytes(prefix),
            ]
        }
        switch content {
        case .leaves(let leaves):
            fields["is_leaves"] = .text("true")
            fields["leaves"] = .many(leaves.map(meaning))
        case .children(let children):
            let sorted = children.sorted { ComparePlace.precedes($0.key, $1.key) }
            fields["children"] = .many(sorted.map { meaning(ofChild: $0.key, $0.value) })
        }
        return .fields(fields)
    }

    private static func meaning(ofChild place: ComparePlace, _ digest: Digest) -> Meaning {
        switch place {
        case .root: preconditionFailure("the root is nobody's child")
        case .subtree(let at):
            .fields([
                "scope": .text("2"), "division": .text(at.home.text), "flow": .number(at.flow.rawValue),
                "digest": .bytes(digest.bytes),
            ])
        case .trie(let at, let prefix):
            .fields([
                "scope": .text("3"), "division": .text(at.home.text), "flow": .number(at.flow.rawValue),
                "nibble": .number(prefix.last ?? 16), "digest": .bytes(digest.bytes),
            ])
        }
    }

    private static func meaning(of leaf: LeafStanding) -> Meaning {
        .fields([
            "stream": .bytes(leaf.stream.digest.bytes), "number": .number(leaf.number),
            "hash": .bytes(leaf.hash.bytes), "forked": .flag(leaf.isForked),
        ])
    }
}
