import Divisions
import Ledger
import Simulation
import Support
import Testing

@testable import Replication

/// What is written here in one step goes under as few seals as a neighbour will take.
@Suite struct `Runs written here` {
    private func runs(of node: LoneNode) throws -> [[LoggedEntry]] {
        let log = try node.store.log(lane: .ordinary, after: 0, bytesMax: .max)
        return log.reduce(into: [[]]) { runs, entry in
            runs[runs.count - 1].append(entry)
            if entry.signature != nil { runs.append([]) }
        }.dropLast()
    }

    private func expectTaken(_ node: LoneNode, seals: ClosedRange<Int>) throws {
        let runs = try runs(of: node)
        #expect(seals.contains(runs.count), "\(runs.count) seals")
        let above = try LoneNode(at: countySeat)
        let link = try above.link(from: townSeat)
        for (index, run) in runs.enumerated() {
            #expect(run.count <= Limits.entriesPerSealMax)
            #expect(run.reduce(0) { $0 + $1.entry.byteCount } <= Limits.sealRunBytesMax)
            let piece = Piece(
                stream: run[0].id.stream, first: run[0].id.number, entries: run.map(\.entry),
                signature: run.last?.signature)
            try above.hear(link, .batch(sequence: UInt64(index) + 1, lane: .ordinary, pieces: [piece]))
        }
        #expect(above.endings[link] == nil)
        #expect(try above.holdings().map(\.number) == node.holdings().map(\.number))
    }

    @Test func `share one seal when they are few`() throws {
        let node = try LoneNode(at: townSeat)
        try node.step((1...50).map { .change(node.change($0, [[draft($0, "edit")]], to: townCases)) })
        try expectTaken(node, seals: 1...1)
    }

    @Test func `are sealed apart where they are more than one seal may cover`() throws {
        let node = try LoneNode(at: townSeat)
        let many = (1...2_500).map { [draft($0, "edit")] }
        try node.step((1...2).map { .change(node.change($0, many, to: townCases)) })
        try expectTaken(node, seals: 2...2)
    }

    @Test func `are sealed apart where they are larger than one seal may cover`() throws {
        let node = try LoneNode(at: townSeat)
        let text = String(repeating: "x", count: 120_000)
        try node.step([.change(node.change(1, (1...80).map { [draft($0, text)] }, to: townCases))])
        try expectTaken(node, seals: 3...3)
    }
}

/// A fork whose last common entry stands in the middle of a run: the seal that covers it lies beyond.
@Suite struct `A stream that ended in a fork` {
    @Test func `reaches whoever never had it, although its seal lies pages beyond its end`() throws {
        var scene = try Scene()
        let text = String(repeating: "x", count: 30_000)
        let opening = scene.run("common")
        var twin = scene
        let other = twin.run("other")
        let left = scene.run(text, text, text, text)
        try scene.node.hear(scene.below, .batch(1, opening, left))
        let common = opening.last
        try scene.node.hear(scene.below, .fork(left: left, right: other))
        #expect(try scene.node.holdings().first { $0.home == townSeat }?.forkedAfter == common)

        // One that cites only up to the middle of a run: a second stream, whose run holds the entry both branches share.
        let place = StreamPlace(home: townSeat, flow: .down)
        let whole = scene.run(text, text, text, to: place)
        try scene.node.hear(scene.below, .batch(2, whole))
        var early = testWriter(seat: townSeat)
        let shared = (0..<2).flatMap { _ in
            early.write(
                [draft(early.heads[place]?.number ?? 1, text)], to: place, tree: scene.node.tree.version,
                now: 1_700_000_000_000)
        }
        #expect(shared.map(\.entry) == Array(whole.entries.prefix(3)), "the twin wrote the same so far")
        let parted = early.seal(
            early.write([draft(9, "parted")], to: place, tree: scene.node.tree.version, now: 1_700_000_000_000))
        let rest = SealedRun(
            stream: whole.stream, first: parted.first, entries: Array(whole.entries.dropFirst(Int(parted.first) - 1)),
            signature: whole.signature)
        try scene.node.hear(scene.below, .fork(left: rest, right: parted))
        let head = try #require(try scene.node.holdings().first { $0.stream == whole.stream })
        #expect((head.number, head.forkedAfter) == (3, 3))

        // The city comes back and holds nothing: it must be able to take the run, whose seal stands at entry 4.
        try scene.node.step([.linkClosed(scene.above, reason: "reset")])
        let city = try LoneNode(at: citySeat)
        try exchange(scene.node, city)
        #expect(try city.holdings().map(\.number) == scene.node.holdings().map(\.number))
        #expect(try city.holdings().map(\.forkedAfter) == scene.node.holdings().map(\.forkedAfter))
    }

    @Test func `is known as forked to whoever was still behind when the fork was found`() throws {
        var scene = try Scene()
        // The city acknowledges nothing yet: once the window is full, what comes from the town waits.
        for number in UInt64(1)...60 {
            try scene.node.write(
                [draft(number, String(repeating: "x", count: 4_000))], to: StreamPlace(home: countySeat, flow: .up))
        }
        let common = scene.run("common")
        var twin = scene
        let (left, right) = (scene.run("left"), twin.run("right"))
        try scene.node.hear(scene.below, .batch(1, common, left))
        try scene.node.hear(scene.below, .fork(left: left, right: right))
        let city = try LoneNode(at: citySeat)
        let link = try city.link(from: countySeat)
        for _ in 0..<100 {
            let news = try scene.node.news(scene.above)
            for message in news { try city.hear(link, message) }
            guard !news.isEmpty else { break }
            for message in try city.news(link) { try scene.node.hear(scene.above, message) }
        }
        let head = try #require(try city.holdings().first { $0.stream == common.stream })
        #expect((head.number, head.forkedAfter) == (common.last, common.last))
    }

    /// Carries frames between a node and its parent until neither says anything.
    private func exchange(_ lower: LoneNode, _ upper: LoneNode) throws {
        try lower.wait(60_000)
        let up = try #require(lower.dials.last { $0.seat.division == upper.seat }).link
        let down = try upper.accept(lower.seat)
        try lower.step([.linkDialled(up, division: upper.seat)])
        for _ in 0..<200 {
            let (rising, falling) = (try lower.news(up), try upper.news(down))
            if rising.isEmpty, falling.isEmpty { return }
            for message in rising { try upper.hear(down, message) }
            for message in falling { try lower.hear(up, message) }
        }
        Issue.record("they never come to rest")
    }
}
