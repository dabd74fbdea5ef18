import Divisions
import Ledger
import Simulation
import Support
import Testing

@testable import Replication

/// Bytes that no node says. A link that brings them is dropped with a reason on both sides; nothing else changes.
@Suite struct `A bad frame` {
    @Test func `cut at any byte drops its link, and stores nothing`() throws {
        var scene = try Scene()
        for sample in try SampleFrames().all {
            let frame = sample.message.encoded
            for end in 0..<frame.count {
                let link = try scene.node.link(from: townSeat)
                try scene.node.step([.frame(link, Array(frame[..<end]))])
                #expect(scene.node.endings[link] != nil, "\(sample.name) cut at \(end)")
            }
        }
        try scene.expectUnharmed()
    }

    @Test func `cut at any byte is no greeting either`() throws {
        var scene = try Scene()
        let greeting = Message.greeting(scene.node.greeting(as: townSeat)).encoded
        for end in 0..<greeting.count {
            let link = try scene.node.accept(townSeat)
            try scene.node.step([.frame(link, Array(greeting[..<end]))])
            #expect(scene.node.endings[link] != nil, "cut at \(end)")
        }
        try scene.expectUnharmed()
    }

    @Test func `of any random bytes drops its link, and stores nothing`() throws {
        var scene = try Scene()
        var random = Seed(1).generator
        for _ in 0..<2_000 {
            let link = try scene.node.link(from: townSeat)
            try scene.node.step([.frame(link, random.bytes(Int.random(in: 0...300, using: &random)))])
            #expect(scene.node.endings[link] != nil)
        }
        try scene.expectUnharmed()
    }

    /// Bits flip in frames that were good: some of these mean something again, and what is then stored must be the
    /// writer's own words.
    @Test(arguments: Seed.some(40))
    func `of lawful bytes gone wrong never stores what its writer did not write`(seed: Seed) throws {
        var scene = try Scene()
        var random = seed.generator
        let samples = try SampleFrames().all
        var lawful = Set<Digest>()
        for sample in samples {
            guard case .batch(_, _, let pieces) = sample.message else { continue }
            for entry in pieces.flatMap(\.entries) { lawful.insert(entry.hash(suite: Suite.test.rawValue)) }
        }
        for _ in 0..<60 {
            let link = try scene.node.link(from: townSeat)
            for _ in 0..<4 {
                var frame = random.pick(samples).message.encoded
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    frame[Int.random(in: 0..<frame.count, using: &random)] ^=
                        1 << UInt8.random(in: 0..<8, using: &random)
                }
                try scene.node.step([.frame(link, frame)])
            }
            try scene.node.step([.linkClosed(link, reason: "over")])
        }
        for head in try scene.node.holdings() where head.seat != countySeat {
            for entry in try scene.node.store.entries(of: head.stream, from: 1, bytesMax: .max) {
                #expect(lawful.contains(entry.entry.hash(suite: head.opening.suite)))
            }
        }
        try scene.expectWorking()
    }

    @Test func `of a type that no release has yet drops its link`() throws {
        var scene = try Scene()
        // Field 15, as long as it says.
        try scene.node.step([.frame(scene.below, [0x7a, 0x02, 0x08, 0x01])])
        try scene.expectDropped("unknown type")
    }

    @Test func `that declares two gibibytes drops its link`() throws {
        var scene = try Scene()
        try scene.node.step([.frame(scene.below, [0x22, 0xff, 0xff, 0xff, 0xff, 0x07, 0x00])])
        try scene.expectDropped("not a frame")
    }

    @Test func `longer than the limit drops its link`() throws {
        var scene = try Scene()
        try scene.node.step([.frame(scene.below, [UInt8](repeating: 0, count: ReplicationLimits.frameBytesMax + 1))])
        try scene.expectDropped("over the limit")
    }

    @Test(arguments: [
        Message.have(StreamID(.zero), number: .max, tree: nil),
        .ask(StreamID(.zero), from: 0, through: 1), .ask(StreamID(.zero), from: 2, through: 1),
        .ask(StreamID(.zero), from: 1, through: .max), .acknowledgement(received: .max, durable: .max),
        .batch(sequence: .max, lane: .ordinary, pieces: []),
        .batch(sequence: 1, lane: .ordinary, pieces: [Piece(stream: StreamID(.zero), first: 1, entries: [])]),
        .batch(
            sequence: 1, lane: .ordinary,
            pieces: [Piece(stream: StreamID(.zero), first: 0, entries: [Entry(header: [1], body: [])])]),
        .batch(
            sequence: 1, lane: .ordinary,
            pieces: [Piece(stream: StreamID(.zero), first: .max, entries: [Entry(header: [1], body: [])])]),
        .comparison(
            Comparing.Turn(replies: [LeafStanding(stream: StreamID(.zero), number: .max, hash: .zero, isForked: false)])
        ),
        .twoMachines(townSeat, nonces: Array(repeating: [UInt8](repeating: 1, count: 16), count: 9)),
        .twoMachines(townSeat, nonces: [[1]]),
    ])
    func `with a number out of range drops its link`(message: Message) throws {
        var scene = try Scene()
        try scene.node.hear(scene.below, message)
        try scene.expectDropped()
    }

    @Test func `that names the county's own stream at the end of all numbers drops its link`() throws {
        var scene = try Scene()
        let laws = StreamPlace(home: countySeat, flow: .down)
        guard case .written(let ids) = try scene.node.write([draft(1, "a notice")], to: laws) else { return }
        _ = try scene.node.news(scene.above)
        try scene.node.hear(scene.above, .acknowledgement(received: 1, durable: 1))
        try scene.node.hear(scene.below, .have(ids[0].stream, number: .max, tree: nil))
        try scene.expectDropped("a place in a stream")
    }

    @Test func `with more leaves than a comparison has drops its link`() throws {
        var scene = try Scene()
        let leaf = LeafStanding(stream: StreamID(.zero), number: 1, hash: .zero, isForked: false)
        let many = Array(repeating: leaf, count: ReplicationLimits.repliesPerFrameMax + 1)
        try scene.node.hear(scene.below, .comparison(Comparing.Turn(replies: many)))
        try scene.expectDropped("leaves")
    }

    @Test func `for a link that is over is not heard`() throws {
        var scene = try Scene()
        try scene.node.step([.linkClosed(scene.below, reason: "reset")])
        try scene.node.hear(scene.below, .batch(1, scene.run("late")))
        try scene.expectUnharmed()
    }
}

/// Frames that are well formed and come at the wrong moment, or again.
@Suite struct `A frame out of turn` {
    @Test func `before any greeting drops the link`() throws {
        var scene = try Scene()
        for sample in try SampleFrames().all {
            if case .greeting = sample.message { continue }
            if case .farewell = sample.message { continue }
            let link = try scene.node.accept(townSeat)
            try scene.node.hear(link, sample.message)
            #expect(scene.node.endings[link] == "something else than a greeting first", "\(sample.name)")
        }
        try scene.expectUnharmed()
    }

    @Test func `such as a second greeting drops the link`() throws {
        var scene = try Scene()
        try scene.node.hear(scene.below, .greeting(scene.node.greeting(as: townSeat)))
        try scene.expectDropped("a second greeting")
    }

    @Test func `such as the same batch again drops the link, and nothing is stored twice`() throws {
        var scene = try Scene()
        let batch = Message.batch(1, scene.run("one"))
        try scene.node.hear(scene.below, batch)
        let held = try scene.node.holdings()
        let position = try scene.node.store.lastPosition()
        try scene.node.hear(scene.below, batch)
        try scene.expectDropped(since: held, "batch 1 where 2 belongs")
        #expect(
            try scene.node.store.log(lane: .ordinary, after: 0, bytesMax: .max).filter { $0.home == townSeat }.count
                == Int(position))
    }

    @Test func `such as a batch left out drops the link`() throws {
        var scene = try Scene()
        try scene.node.hear(scene.below, .batch(2, scene.run("one")))
        try scene.expectDropped("batch 2 where 1 belongs")
    }

    @Test func `such as a whole session played again stores nothing twice`() throws {
        var scene = try Scene()
        var session = [Message.greeting(scene.node.greeting(as: townSeat))]
        for sequence in UInt64(1)...5 { session.append(.batch(sequence, scene.run("edit \(sequence)"))) }
        for round in 1...3 {
            let link = try scene.node.accept(townSeat)
            for message in session {
                // By the second round the digests no longer agree, so that it compares first; batches are heard all the same.
                try scene.node.hear(link, message)
            }
            #expect(scene.node.endings[link] == nil, "round \(round)")
            #expect(try scene.node.holdings().filter { $0.home == townSeat }.map(\.number) == [6], "round \(round)")
            #expect(
                try scene.node.store.log(lane: .ordinary, after: 0, bytesMax: .max).filter { $0.home == townSeat }.count
                    == 6)
            try scene.node.step([.linkClosed(link, reason: "over")])
        }
        _ = try scene.node.news(scene.above)
        try scene.expectWorkingAfterReplay()
    }

    @Test func `such as a branch nobody asked for drops the link`() throws {
        var scene = try Scene()
        try scene.node.hear(scene.below, .branch(scene.run("a branch")))
        try scene.expectDropped("a branch nobody asked for")
    }

    @Test func `such as a comparison of what the link does not share drops it`() throws {
        let digest = Digest.of(1, [1])
        let strange = StreamPlace(home: "440783", flow: .up)
        let over = StreamPlace(home: countySeat, flow: .up)
        for turn in [
            Comparing.Turn(expansions: [(.subtree(strange), .children([:]))]),
            Comparing.Turn(expansions: [(.trie(strange, prefix: []), .leaves([]))]),
            Comparing.Turn(expansions: [(.subtree(over), .children([:]))]),
            Comparing.Turn(expansions: [(.root, .children([.subtree(strange): digest]))]),
            Comparing.Turn(expansions: [(.root, .children([.trie(over, prefix: []): digest]))]),
            Comparing.Turn(expansions: [(.root, .children([.trie(townCases, prefix: []): digest]))]),
            Comparing.Turn(expansions: [(.subtree(townCases), .children([.subtree(strange): digest]))]),
            Comparing.Turn(expansions: [(.subtree(townCases), .children([.trie(strange, prefix: []): digest]))]),
            Comparing.Turn(expansions: [(.subtree(townCases), .children([.subtree(townCases): digest]))]),
        ] {
            var scene = try Scene()
            try scene.node.hear(scene.below, .comparison(turn))
            try scene.expectDropped("a comparison of what")
        }
    }

    @Test func `such as a place in a stream the neighbour does not hold brings him nothing of it`() throws {
        var scene = try Scene()
        let cases = StreamPlace(home: countySeat, flow: .up)
        guard case .written(let ids) = try scene.node.write([draft(1, "not for the town")], to: cases) else { return }
        _ = try scene.node.news(scene.above)
        try scene.node.hear(scene.above, .acknowledgement(received: 1, durable: 1))
        try scene.node.hear(scene.below, .have(ids[0].stream, number: 0, tree: nil))
        try scene.node.hear(scene.below, .ask(ids[0].stream, from: 1, through: 1))
        #expect(try scene.node.news(scene.below).isEmpty)
        try scene.expectUnharmed()
    }
}

extension Scene {
    /// As `expectWorking`, where earlier batches may still be unconfirmed.
    mutating func expectWorkingAfterReplay() throws {
        let sent = node.status().first { $0.link == above }
        #expect(sent?.phase == .streaming)
        try node.hear(above, .acknowledgement(received: 5, durable: 5))
        try expectWorking()
    }
}
