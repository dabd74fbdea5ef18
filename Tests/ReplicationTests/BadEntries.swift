import Divisions
import Lattice
import Ledger
import Simulation
import Support
import Testing

@testable import Replication

/// Entries that are not what their stream allows, brought by a neighbour in well-formed frames.
@Suite struct `A bad entry` {
    @Test func `with a broken chain drops its link`() throws {
        var scene = try Scene()
        let good = scene.run("one", "two")
        var entries = good.entries
        let header = try ByteReader.header(entries[2].header, in: good.stream)
        entries[2] = testEntry(
            EntryHeader(
                number: header.number, previous: Digest.of(255, [1]), stamp: header.stamp, tree: header.tree,
                payload: header.payload), in: good.stream)
        let broken = testRun(good.stream, first: 1, entries, key: TestNotary.key(seat: townSeat))
        try scene.node.hear(scene.below, .batch(1, broken))
        try scene.expectDropped("does not follow the hash")
        try expectTheRealOneStillComes(&scene, good)
    }

    @Test func `under another's seal drops its link`() throws {
        var scene = try Scene()
        let good = scene.run("one")
        let forged = testRun(good.stream, first: 1, good.entries, key: TestNotary.key(seat: "440783102"))
        try scene.node.hear(scene.below, .batch(1, forged))
        try scene.expectDropped("is not the writer's")
        try expectTheRealOneStillComes(&scene, good)
    }

    @Test func `of a home its writer does not stand over drops its link`() throws {
        for home in ["440781", "440781107", "440783102", "44"] as [DivisionCode] {
            var scene = try Scene()
            let run = scene.run("from beside", to: StreamPlace(home: home, flow: .down))
            try scene.node.hear(scene.below, .batch(1, run))
            try scene.expectDropped(home == "440783102" ? "does not hold" : "neither at \(home) nor above")
        }
    }

    @Test func `that acts for a division beside its home drops its link`() throws {
        var scene = try Scene()
        var above = testWriter(seat: citySeat)
        let entries = above.write([draft(1, "x")], to: townCases, acting: "440783", tree: scene.node.tree.version)
        try scene.node.hear(scene.below, .batch(1, above.seal(entries)))
        try scene.expectDropped("acts for 440783")
    }

    @Test func `of a stream this node has no part in drops its link`() throws {
        var scene = try Scene()
        var stranger = testWriter(seat: "440783102")
        let place = StreamPlace(home: "440783102", flow: .up)
        let run = stranger.seal(stranger.write([draft(1, "x")], to: place, tree: scene.node.tree.version))
        try scene.node.hear(scene.below, .batch(1, run))
        try scene.expectDropped("a stream this node does not hold")
    }

    @Test func `larger than the limit drops its link`() throws {
        var scene = try Scene()
        let run = scene.run(String(repeating: "x", count: Limits.entryBytesMax))
        try scene.node.hear(scene.below, .batch(1, run))
        try scene.expectDropped("larger than the limit")
    }

    @Test func `among more than one seal may cover drops its link`() throws {
        var scene = try Scene()
        let text = String(repeating: "x", count: 100_000)
        var sequence: UInt64 = 0
        var pieces = Piece(scene.run(text))
        while scene.node.endings[scene.below] == nil, sequence < 100 {
            sequence += 1
            try scene.node.hear(
                scene.below,
                .batch(
                    sequence: sequence, lane: .ordinary,
                    pieces: [
                        Piece(stream: pieces.stream, first: pieces.first, entries: pieces.entries, signature: nil)
                    ]))
            pieces = Piece(scene.run(text))
        }
        #expect(sequence == 42, "4 MiB of entries of 100,000 bytes")
        try scene.expectDropped("under one seal")
    }

    @Test func `of many streams that never seal fills no memory`() throws {
        var scene = try Scene()
        var random = Seed(3).generator
        var sequence: UInt64 = 0
        while scene.node.endings[scene.below] == nil, sequence < 1_000 {
            sequence += 1
            let stream = StreamID(Digest(tag: 255, random.next(), 0, 0, 0))
            let entry = Entry(header: [UInt8](repeating: 0, count: 100_000), body: [])
            try scene.node.hear(
                scene.below,
                .batch(sequence: sequence, lane: .ordinary, pieces: [Piece(stream: stream, first: 1, entries: [entry])])
            )
        }
        #expect(sequence == UInt64(ReplicationLimits.unsealedBytesMax / 100_072) + 1)
        try scene.expectDropped("bytes of runs without a seal")
    }

    @Test func `behind good ones in a batch keeps none of them out`() throws {
        var scene = try Scene()
        let good = scene.run("good")
        let next = scene.run("next")
        let forged = testRun(next.stream, first: next.first, next.entries, key: [1])
        try scene.node.hear(scene.below, .batch(1, good, forged))
        #expect(scene.node.endings[scene.below] != nil)
        #expect(try scene.node.holdings().filter { $0.home == townSeat }.map(\.number) == [good.last])
        let link = try scene.node.link(from: townSeat)
        try scene.node.hear(link, .batch(1, next))
        #expect(try scene.node.holdings().filter { $0.home == townSeat }.map(\.number) == [next.last])
    }

    /// What bad bytes claimed to be is not held against it.
    private func expectTheRealOneStillComes(_ scene: inout Scene, _ run: SealedRun) throws {
        let link = try scene.node.link(from: townSeat)
        try scene.node.hear(link, .batch(1, run))
        #expect(scene.node.endings[link] == nil)
        #expect(try scene.node.holdings().filter { $0.home == townSeat }.map(\.number) == [run.last])
        #expect(try scene.node.news(link).contains { if case .acknowledgement(1, 1) = $0 { true } else { false } })
    }
}

/// Entries that are odd and lawful: kept, and harmless.
@Suite struct `An odd entry` {
    @Test func `whose number jumps is waited for, and taken once what lies between has come`() throws {
        var scene = try Scene()
        let (first, second, third) = (scene.run("one"), scene.run("two"), scene.run("three"))
        try scene.node.hear(scene.below, .batch(1, first, third))
        #expect(scene.node.endings[scene.below] == nil)
        #expect(try scene.node.holdings().filter { $0.home == townSeat }.map(\.number) == [first.last])
        #expect(
            scene.node.events.contains {
                if case .waiting(_, first.stream, .number(second.first)) = $0 { true } else { false }
            })
        #expect(
            try scene.node.news(scene.below).contains {
                if case .have(first.stream, first.last, nil) = $0 { true } else { false }
            })
        try scene.node.hear(scene.below, .batch(2, second, third))
        #expect(try scene.node.holdings().filter { $0.home == townSeat }.map(\.number) == [third.last])
        try scene.expectWorkingAfter(batches: 2)
    }

    @Test func `of a stream never heard of is asked for from its beginning`() throws {
        var scene = try Scene()
        _ = scene.run("one")
        let second = scene.run("two")
        try scene.node.hear(scene.below, .batch(1, second))
        #expect(
            try scene.node.news(scene.below).contains {
                if case .have(second.stream, 0, nil) = $0 { true } else { false }
            })
        try scene.expectUnharmed()
    }

    @Test func `under a tree not here yet is waited for, and stored when it fits`() throws {
        var scene = try Scene()
        let later = try #require(TreeVersion(bytes: [UInt8](repeating: 9, count: 33)))
        let entries = scene.writer.write([draft(1, "x")], to: townCases, tree: later)
        try scene.node.hear(scene.below, .batch(1, scene.writer.seal(entries)))
        #expect(try scene.node.news(scene.below).contains { if case .have(_, 0, later) = $0 { true } else { false } })
        try scene.expectUnharmed()
    }

    @Test(arguments: [10 * 365 * 86_400_000, 1 << 63, .max - 1_700_000_000_000 - 2_000] as [UInt64])
    func `stamped far ahead is kept and reported, and drags no local stamp along`(ahead: UInt64) throws {
        var scene = try Scene()
        let stamp = scene.node.wall + ahead
        let run = scene.run("from the future", now: stamp)
        try scene.node.hear(scene.below, .batch(1, run))
        #expect(scene.node.endings[scene.below] == nil)
        #expect(scene.node.events.contains(.clockAhead(run.stream, milliseconds: ahead)))
        #expect(try scene.node.holdings().filter { $0.home == townSeat }.map(\.stamp) == [stamp])
        try scene.node.write([draft(1, "now")], to: townCases)
        let own = try #require(try scene.node.holdings().first { $0.seat == countySeat && $0.home == townSeat })
        #expect(own.stamp == scene.node.wall)
    }

    @Test func `stamped a little ahead is not worth a word`() throws {
        var scene = try Scene()
        let run = scene.run("soon", now: scene.node.wall + ReplicationLimits.clockAheadMilliseconds)
        try scene.node.hear(scene.below, .batch(1, run))
        #expect(!scene.node.events.contains { if case .clockAhead = $0 { true } else { false } })
    }

    @Test func `that cites what does not exist is kept, owes it, and changes nothing`() throws {
        var scene = try Scene()
        let first = scene.run("shown")
        try scene.node.hear(scene.below, .batch(1, first))
        let never = StreamID(Digest.of(255, Array("never".utf8)))
        let cited = [
            Citation(dot: Dot(stream: never, number: 3, index: 0), check: 7),
            Citation(dot: Dot(stream: first.stream, number: 99, index: 0), check: 7),
            // It exists, and its entry has another hash.
            Citation(dot: Dot(stream: first.stream, number: 2, index: 0), check: 7),
        ]
        let entries = scene.writer.write(
            [draft(1, "beside", replaces: cited)], to: townCases, tree: scene.node.tree.version,
            now: scene.node.wall + 1)
        try scene.node.hear(scene.below, .batch(2, scene.writer.seal(entries)))
        #expect(scene.node.endings[scene.below] == nil)
        let id = RecordID(home: townSeat, flow: .up, kind: "case", key: RecordKey(0, 1))
        let state = try #require(try scene.node.store.record(id))
        let field = try #require(state.fields.first { $0.key.name == "title" })
        #expect(field.live.count == 2, "both are shown: nothing was replaced")
        #expect(Set(field.owed.map(\.dot.number)) == [3, 99])
        try scene.expectWorkingAfter(batches: 2)
    }
}

/// The writer's own contradiction, and what only claims to be one.
@Suite struct `A fork` {
    private func branches(_ scene: inout Scene) -> (common: SealedRun, left: SealedRun, right: SealedRun) {
        let common = scene.run("common")
        var twin = scene
        return (common, scene.run("left"), twin.run("right"))
    }

    @Test func `that is forged drops its link and ends no stream`() throws {
        for attempt in 0..<4 {
            var scene = try Scene()
            let (common, left, right) = branches(&scene)
            try scene.node.hear(scene.below, .batch(1, common, left))
            let held = try scene.node.holdings().filter { $0.home == townSeat }
            let other = testRun(right.stream, first: right.first, right.entries, key: [9])
            let message: Message =
                switch attempt {
                case 0: .fork(left: left, right: other)
                case 1: .fork(left: left, right: left)
                case 2: .fork(left: common, right: left)
                default: .fork(left: other, right: other)
                }
            try scene.node.hear(scene.above, .acknowledgement(received: 1, durable: 1))
            try scene.node.hear(scene.below, message)
            #expect(try scene.node.holdings().filter { $0.home == townSeat } == held)
            #expect(held.map(\.forkedAfter) == [nil])
            _ = try scene.node.news(scene.above)
            try scene.expectDropped(since: held, "proves nothing")
        }
    }

    @Test func `of a stream not here is nobody's fault`() throws {
        var scene = try Scene()
        let (_, left, right) = branches(&scene)
        try scene.node.hear(scene.below, .fork(left: left, right: right))
        #expect(scene.node.endings[scene.below] == nil)
        try scene.expectUnharmed()
    }

    @Test func `that is proven ends the stream at the last common entry, and is told on`() throws {
        var scene = try Scene()
        let (common, left, right) = branches(&scene)
        try scene.node.hear(scene.below, .batch(1, common, left))
        _ = try scene.node.news(scene.above)
        try scene.node.hear(scene.below, .fork(left: left, right: right))
        let head = try #require(try scene.node.holdings().first { $0.home == townSeat })
        #expect((head.number, head.forkedAfter) == (common.last, common.last))
        #expect(try scene.node.news(scene.above).contains { if case .fork = $0 { true } else { false } })
        let id = RecordID(home: townSeat, flow: .up, kind: "case", key: RecordKey(0, 1))
        #expect(try scene.node.store.record(id)?.view["title"]?.shown == .text("common"))
    }

    /// The other branch is asked for from ever farther back, and then forwards, piece by piece.
    @Test(arguments: [1, 30, 700])
    func `deep below is found, however far back it lies`(depth: Int) throws {
        var scene = try Scene()
        let common = scene.run("common")
        try scene.node.hear(scene.below, .batch(1, common))
        var twin = scene
        var (mine, theirs): ([SealedRun], [SealedRun]) = ([], [])
        // Large enough that no single branch holds them all.
        let filling = String(repeating: "x", count: depth > 100 ? 12_000 : 10)
        for index in 1...depth {
            mine.append(scene.run("mine \(index) \(filling)"))
            theirs.append(twin.run("theirs \(index) \(filling)"))
        }
        for (index, run) in mine.enumerated() { try scene.node.hear(scene.below, .batch(UInt64(index) + 2, run)) }
        _ = try scene.node.news(scene.below)
        let last = try #require(theirs.last)
        try scene.node.hear(scene.below, .batch(UInt64(depth) + 2, last))
        let peer = try BranchHolder(common, theirs)
        for _ in 0..<1_000 {
            let asked = try scene.node.news(scene.below).compactMap { message -> (UInt64, UInt64)? in
                if case .ask(_, let from, let through) = message { (from, through) } else { nil }
            }
            guard let (from, through) = asked.first else { break }
            try scene.node.hear(scene.below, .branch(peer.branch(from, through)))
        }
        #expect(scene.node.endings[scene.below] == nil)
        let head = try #require(try scene.node.holdings().first { $0.home == townSeat })
        #expect((head.number, head.forkedAfter) == (common.last, common.last))
    }

    /// Answers as a node does: as far as it was asked for, or as far as one branch may reach.
    private struct BranchHolder {
        let stream: StreamID
        var entries: [Entry] = []
        var seals: [UInt64: [UInt8]] = [:]

        init(_ common: SealedRun, _ runs: [SealedRun]) throws {
            stream = common.stream
            for run in [common] + runs {
                entries += run.entries
                seals[run.last] = run.signature
            }
        }

        func branch(_ from: UInt64, _ through: UInt64) -> SealedRun {
            var taken: [Entry] = []
            var bytes = 0
            for entry in entries.dropFirst(Int(from) - 1) {
                taken.append(entry)
                bytes += entry.byteCount
                if from + UInt64(taken.count) > through || bytes >= Limits.sealRunBytesMax { break }
            }
            let last = from + UInt64(taken.count) - 1
            return SealedRun(stream: stream, first: from, entries: taken, signature: seals[last] ?? [])
        }
    }
}

extension Scene {
    /// As `expectWorking`, after entries of the town went up too.
    mutating func expectWorkingAfter(batches: UInt64) throws {
        _ = try node.news(above)
        try node.hear(above, .acknowledgement(received: batches, durable: batches))
        try expectWorking()
    }
}
