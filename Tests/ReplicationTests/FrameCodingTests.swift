import Divisions
import Ledger
import Simulation
import Support
import Testing

@testable import Replication

@Suite struct `Every frame` {
    @Test(arguments: Seed.some(200))
    func `means the same when it has crossed the wire`(seed: Seed) throws {
        var random = seed.generator
        for kind in 0..<RandomFrame.kinds {
            let message = RandomFrame.make(kind, &random)
            let decoded = try Message(decoding: message.encoded)
            #expect(describe(decoded) == describe(message))
            #expect(decoded.encoded == message.encoded, "one meaning, one encoding")
        }
    }

    /// Dictionaries aside, which print in an order of their own, what a message holds is what it prints.
    private func describe(_ message: Message) -> String {
        guard case .comparison(let turn) = message else { return "\(message)" }
        let expansions = turn.expansions.map { place, content -> String in
            switch content {
            case .leaves(let leaves): "\(place): \(leaves)"
            case .children(let children):
                "\(place): \(children.sorted { ComparePlace.precedes($0.key, $1.key) }.map { "\($0.key) \($0.value)" })"
            }
        }
        return "\(expansions) \(turn.replies) \(turn.isFinal)"
    }
}

/// Frames of random contents, within the limits.
enum RandomFrame {
    static let kinds = 15

    static func make(_ kind: Int, _ random: inout SeededGenerator) -> Message {
        switch kind {
        case 0: greeting(&random)
        case 1:
            .farewell(
                FarewellCode(rawValue: Int.random(in: 1...9, using: &random)) ?? .fault,
                reason: random.pick(["", "另一个树", "it stopped"]))
        case 2: .comparison(turn(&random))
        case 3:
            .batch(
                sequence: random.next(), lane: random.pick(Lane.allCases),
                pieces: (0..<Int.random(in: 0...4, using: &random)).map { _ in
                    piece(&random, isSealed: random.chance(60))
                })
        case 4: .acknowledgement(received: random.next(), durable: random.next())
        case 5:
            .have(
                stream(&random), number: number(&random),
                tree: random.chance(50) ? tree(&random) : nil)
        case 6:
            { () -> Message in
                let from = number(&random) / 2 + 1
                return .ask(stream(&random), from: from, through: from + UInt64.random(in: 0...99, using: &random))
            }()
        case 7: .branch(run(&random))
        case 8: .fork(left: run(&random), right: run(&random))
        case 9:
            .twoMachines(
                place(&random).home, nonces: (0..<Int.random(in: 0...8, using: &random)).map { _ in random.bytes(16) })
        case 10: .probe(token: random.next(), isAnswer: random.chance(50))
        case 11:
            .slices(sequence: random.next(), (1...Int.random(in: 1...3, using: &random)).map { _ in slice(&random) })
        case 12:
            { () -> Message in
                let name = file(&random)
                let first = UInt32.random(in: 0..<name.chunkCount, using: &random)
                let record = RecordID(
                    home: place(&random).home, flow: .up, kind: "evidence", key: RecordKey(random.next(), 1))
                return .fileAsk(
                    FileAsk(name: name, record: record, first: first, count: min(16, name.chunkCount - first)))
            }()
        case 13: .fileNote(file(&random), isHere: random.chance(50))
        default:
            .report(
                Report(
                    clock: random.next(), nodes: (0..<Int.random(in: 0...4, using: &random)).map { _ in node(&random) })
            )
        }
    }

    private static func node(_ random: inout SeededGenerator) -> NodeReport {
        let age = { (random: inout SeededGenerator) in Int64.random(in: 1...1_000_000, using: &random) }
        var node = NodeReport(division: place(&random).home)
        (node.release, node.nonce) = (random.pick(["", "1.2.3"]), random.chance(50) ? random.bytes(16) : [])
        (node.hasTwoMachines, node.saidAt) = (random.chance(50), age(&random))
        if random.chance(50) {
            var link = NodeReport.Link(
                isUp: random.chance(50), upper: place(&random).home, since: age(&random), heardAt: age(&random))
            (link.backlog, link.behindSince) = (number(&random), random.chance(50) ? age(&random) : nil)
            node.link = link
        }
        guard random.chance(50) else { return node }
        var state = NodeState(digest: digest(&random))
        (state.entries, state.startedAt) = (number(&random), age(&random))
        state.clockAhead = Int64.random(in: -9_999...9_999, using: &random)
        state.figures = NodeFigures(
            conflicts: number(&random), dirty: number(&random), storeFailures: number(&random))
        (state.missingFiles, state.forks, state.alarms) = (number(&random), number(&random), number(&random))
        (state.refused, state.faults, state.backlog) = (number(&random), number(&random), number(&random))
        state.restoredAt = random.chance(50) ? age(&random) : nil
        state.behindSince = random.chance(50) ? age(&random) : nil
        node.state = state
        return node
    }

    private static func file(_ random: inout SeededGenerator) -> FileName {
        let hash = { (random: inout SeededGenerator) in
            Digest(tag: 1, random.next(), random.next(), random.next(), random.next())
        }
        let size = UInt64.random(in: 1...ReplicationLimits.fileBytesMax, using: &random)
        guard let name = FileName(digest: hash(&random), root: hash(&random), size: size) else {
            preconditionFailure("\(size) bytes are within the limits")
        }
        return name
    }

    private static func slice(_ random: inout SeededGenerator) -> FileSlice {
        let name = file(&random)
        let chunk = UInt32.random(in: 0..<name.chunkCount, using: &random)
        let room = name.byteCount(ofChunk: chunk)
        let offset = Int.random(in: 0..<room, using: &random)
        return FileSlice(
            name: name, chunk: chunk, offset: offset,
            bytes: random.bytes(Int.random(in: 1...min(room - offset, 100), using: &random)),
            proof: (0..<Int.random(in: 0...15, using: &random)).map { _ in digest(&random) })
    }

    private static func greeting(_ random: inout SeededGenerator) -> Message {
        .greeting(
            Greeting(
                protocolVersion: UInt32.random(in: 0...9, using: &random),
                protocolOldest: UInt32.random(in: 0...9, using: &random), division: place(&random).home,
                tree: tree(&random),
                nonce: random.bytes(16), remembers: random.chance(50) ? random.bytes(16) : [], root: digest(&random),
                clock: random.next(), release: random.pick(["", "1.2.3", "开发版"]), sent: random.next(),
                received: random.next()))
    }

    private static func turn(_ random: inout SeededGenerator) -> Comparing.Turn {
        var turn = Comparing.Turn(isFinal: random.chance(30))
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            let at = place(&random)
            let leaves = (0..<Int.random(in: 0...5, using: &random)).map { _ in leaf(&random) }
            let prefix = (0..<Int.random(in: 0...62, using: &random)).map { _ in
                UInt8.random(in: 0..<16, using: &random)
            }
            let nibbles = (0..<16).filter { _ in random.chance(40) }.map { UInt8($0) }
            switch Int.random(in: 0...3, using: &random) {
            case 0: turn.expansions.append((.trie(at, prefix: prefix), .leaves(leaves)))
            case 1:
                let children = nibbles.map { (ComparePlace.trie(at, prefix: prefix + [$0]), digest(&random)) }
                turn.expansions.append(
                    (.trie(at, prefix: prefix), .children(Dictionary(uniqueKeysWithValues: children))))
            case 2:
                turn.expansions.append((.subtree(at), .children([.trie(at, prefix: []): digest(&random)])))
            default:
                turn.expansions.append(
                    (.root, .children([.subtree(at): digest(&random), .trie(at, prefix: []): digest(&random)])))
            }
            if random.chance(40) { turn.replies = leaves }
        }
        return turn
    }

    private static func tree(_ random: inout SeededGenerator) -> TreeVersion {
        guard let version = TreeVersion(bytes: random.bytes(33)) else { preconditionFailure("33 bytes are a version") }
        return version
    }

    static func digest(_ random: inout SeededGenerator) -> Digest {
        Digest(
            tag: UInt8.random(in: 0...255, using: &random), random.next(), random.next(), random.next(), random.next())
    }

    static func stream(_ random: inout SeededGenerator) -> StreamID { StreamID(digest(&random)) }

    private static func number(_ random: inout SeededGenerator) -> UInt64 {
        UInt64.random(in: 0..<(1 << 62), using: &random) >> UInt64.random(in: 0...61, using: &random)
    }

    private static func place(_ random: inout SeededGenerator) -> StreamPlace {
        StreamPlace(home: random.pick(["44", "4407", "440781106", "440781106-1"]), flow: random.pick(Flow.allCases))
    }

    private static func leaf(_ random: inout SeededGenerator) -> LeafStanding {
        LeafStanding(
            stream: stream(&random), number: number(&random), hash: digest(&random), isForked: random.chance(20))
    }

    private static func piece(_ random: inout SeededGenerator, isSealed: Bool) -> Piece {
        let entries = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            Entry(
                header: random.bytes(Int.random(in: 0...200, using: &random)),
                body: random.bytes(Int.random(in: 0...60, using: &random)))
        }
        return Piece(
            stream: stream(&random), first: number(&random) / 2 + 1, entries: entries,
            signature: isSealed ? random.bytes(Int.random(in: 1...160, using: &random)) : nil)
    }

    private static func run(_ random: inout SeededGenerator) -> SealedRun {
        let piece = piece(&random, isSealed: true)
        return SealedRun(
            stream: piece.stream, first: piece.first, entries: piece.entries, signature: piece.signature ?? [1])
    }
}
