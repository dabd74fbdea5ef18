import Divisions
import Ledger
import Testing

@testable import Replication
@testable import Simulation

@Suite struct `The bounds checker` {
    @Test func `finds a frame that is too large`() throws {
        let checker = BoundsChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        var isDone = false
        scene.world.tampers = { _, _, frame in
            if isDone { return frame }
            isDone = true
            return [UInt8](repeating: 0, count: ReplicationLimits.frameBytesMax + 1)
        }
        try scene.world.run(for: 5_000)
        let verdict = try checker.verdict(on: scene.world)
        #expect(verdict.findings.first?.hasSuffix("a frame of \(ReplicationLimits.frameBytesMax + 1) bytes") == true)
    }

    @Test func `finds an entry that goes twice over one connection`() throws {
        let checker = BoundsChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        var first: [Piece]?
        scene.world.tampers = { from, _, frame in
            guard from == "town-1-1-1", case .batch(let sequence, let lane, let pieces) = try? Message(decoding: frame)
            else { return frame }
            first = first ?? pieces
            return Message.batch(sequence: sequence, lane: lane, pieces: first ?? pieces).encoded
        }
        try scene.settle()
        try scene.write("one", at: "town-1-1-1", home: "town-1-1-1")
        try scene.world.run(for: 5_000)
        #expect(try checker.verdict(on: scene.world).isSound)
        try scene.write("two", at: "town-1-1-1", home: "town-1-1-1")
        try scene.world.run(for: 5_000)
        let verdict = try checker.verdict(on: scene.world)
        #expect(verdict.findings.first?.hasSuffix("to county-1-1 twice on one connection") == true)
    }

    @Test func `lets go again what the other end has asked for`() throws {
        let checker = BoundsChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        var (isLost, asked) = (false, 0)
        scene.world.tampers = { from, to, frame in
            if to == "town-1-1-1", case .have = try? Message(decoding: frame) { asked += 1 }
            guard from == "town-1-1-1", !isLost,
                case .batch(let sequence, let lane, _) = try? Message(decoding: frame)
            else { return frame }
            isLost = true
            return Message.batch(sequence: sequence, lane: lane, pieces: []).encoded
        }
        try scene.settle()
        for words in ["one", "two", "three"] {
            try scene.write(words, at: "town-1-1-1", home: "town-1-1-1")
            try scene.world.run(for: 1_000)
        }
        try scene.settle()
        #expect(asked > 0)
        #expect(try checker.verdict(on: scene.world).isSound)
    }

    @Test func `finds two that compare although both hold the same`() throws {
        let checker = BoundsChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        try scene.settle()
        #expect(try checker.verdict(on: scene.world).isSound)
        scene.world.tampers = { from, to, frame in
            guard from == "county-1-1", to == "town-1-1-1", case .greeting(var greeting) = try? Message(decoding: frame)
            else { return frame }
            greeting.root = Digest(tag: 1, 1, 2, 3, 4)
            return Message.greeting(greeting).encoded
        }
        try scene.world.restart("town-1-1-1")
        try scene.world.run(for: 5_000)
        let verdict = try checker.verdict(on: scene.world)
        #expect(verdict.findings.first == "town-1-1-1 and county-1-1 compare although both hold the same")
    }

    @Test func `finds a greeting that takes more than was promised`() throws {
        let checker = BoundsChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        scene.world.tampers = { _, to, frame in
            // A field that no release knows, such as a later one may add, and far too long.
            guard to == "county-1-1", case .greeting = try? Message(decoding: frame) else { return frame }
            return frame + [0xfa, 0x7f, 0x88, 0x27] + [UInt8](repeating: 0, count: 5_000)
        }
        try scene.world.run(for: 5_000)
        let verdict = try checker.verdict(on: scene.world)
        #expect(verdict.findings.contains { $0.contains("bytes to begin with nothing to compare") })
    }
}

@Suite struct `The liveness checker` {
    @Test func `names who hangs on nobody, and what is missing where, until the calm`() throws {
        let checker = LivenessChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        try scene.settle()
        scene.world.isolate("town-1-1-1")
        try scene.write("unheard", at: "town-1-1-1", home: "town-1-1-1")
        try scene.world.run(for: 60_000)
        // Nobody can be reached, and so nobody is missed.
        #expect(LivenessChecker.obstacle(in: scene.world) == nil)
        #expect(try checker.verdict(on: scene.world).found == 3)
        scene.world.heal()
        #expect(
            LivenessChecker.obstacle(in: scene.world) == "town-1-1-1 hangs on nobody, and county-1-1 could be reached")
        let verdict = try checker.verdict(on: scene.world)
        #expect(verdict.findings.contains { $0.hasPrefix("county-1-1 lacks 1 to 2 of") })
        try scene.settle()
        #expect(try checker.verdict(on: scene.world).isSound)
    }

    @Test func `takes a farther ancestor where the nearest cannot be reached, and only there`() throws {
        let scene = try CheckerScene(watchedBy: [])
        try scene.settle()
        scene.world.cut("county-1-1", "city-1")
        try scene.world.run(for: 300_000)
        #expect(scene.machine("county-1-1").uplink == "province")
        #expect(LivenessChecker.obstacle(in: scene.world) == nil)
        scene.world.heal()
        #expect(
            LivenessChecker.obstacle(in: scene.world) == "county-1-1 hangs on province, and city-1 could be reached")
        try scene.settle()
        #expect(LivenessChecker.obstacle(in: scene.world) == nil)
    }

    @Test func `names a machine that cannot write`() throws {
        let checker = LivenessChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        try scene.settle()
        scene.world.fillDisk(of: "city-1")
        try scene.write("no room", at: "city-1", home: "city-1")
        #expect(try checker.verdict(on: scene.world).findings.contains("city-1 does not write"))
    }
}

@Suite struct `The screens checker` {
    /// An officer of the town thinks for a minute, while his county saves the same field.
    private func saved(planted: PlantedBug?) throws -> Simulation.Inspection {
        let checker = ScreensChecker()
        let scene = try CheckerScene(planted: planted, watchedBy: [checker])
        try scene.write("first", at: "town-1-1-1", home: "town-1-1-1")
        try scene.settle()
        try scene.write("the town's", at: "town-1-1-1", home: "town-1-1-1", thinking: 60_000)
        try scene.write("the county's", at: "county-1-1", home: "town-1-1-1")
        try scene.settle()
        try scene.world.run(for: 60_000)
        return try checker.verdict(on: scene.world)
    }

    @Test func `finds a save that replaces what its author never saw`() throws {
        let verdict = try saved(planted: .citationsAtCommit)
        #expect(verdict.found > 0)
        #expect(verdict.findings.first?.contains("which its author's screen did not show") == true)
    }

    @Test func `finds nothing where citations are those of the screen`() throws {
        let verdict = try saved(planted: nil)
        #expect(verdict.isSound)
        #expect(verdict.looked == 3)
    }
}
