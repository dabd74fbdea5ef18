import Divisions
import Ledger
import Replication
import Testing

@testable import Simulation

/// Evidence files go up after everything else, in chunks of which each is checked, and go on where they were.
@Suite struct `A file from the scene` {
    private typealias Scene = FileScene
    private static let chunk = ReplicationLimits.fileChunkBytes

    @Test(arguments: Seed.some(3))
    func `climbs to the province, and to nobody beside it`(seed: Seed) throws {
        let scene = try Scene(seed)
        let bytes = Scene.recording(5 * Self.chunk + 1_234)
        let name = try scene.attach(bytes, at: Scene.town)
        #expect(try scene.run(until: Scene.province, has: name))
        try scene.world.run(for: 1_000)
        for machine in [Scene.town, Scene.county, Scene.city, Scene.province] {
            #expect(scene.world.machine(machine).files.bytes(of: name.digest) == bytes, "\(machine)")
            #expect(scene.missing(at: machine) == 0, "\(machine)")
        }
        #expect(!scene.holds(Scene.otherTown, name))
    }

    @Test func `is counted as missing where its record is and it is not, until it comes`() throws {
        let scene = try Scene()
        let bytes = Scene.recording(3 * Self.chunk)
        // The officer's machine has written the record and not yet handed the file in.
        let elsewhere = MemoryFiles()
        let name = elsewhere.add(bytes)
        try scene.record(name, at: Scene.town)
        try scene.world.run(for: 5_000)
        #expect(scene.missing(at: Scene.town) == 1)
        #expect(scene.missing(at: Scene.county) == 1)
        #expect(
            scene.world.machine(Scene.county).performer?.inspect { $0.missingFiles(limit: 9).map(\.name) } == [name])

        _ = scene.world.machine(Scene.town).files.add(bytes)
        scene.world.hand(scene.world.machine(Scene.town), .fileArrived(name))
        // Who asked in vain is told, and need not wait until he asks again.
        #expect(try scene.run(until: Scene.county, has: name, within: 5_000))
        #expect(scene.missing(at: Scene.town) == 0)
    }

    @Test(arguments: Seed.some(3))
    func `goes on after a cut line where it was`(seed: Seed) throws {
        let scene = try Scene(seed, lines: LineQuality(bytesPerSecond: 64_000))
        let count = scene.count(from: Scene.town, to: Scene.county)
        let name = try scene.attach(Scene.recording(16 * Self.chunk), at: Scene.town)
        for _ in 0..<3 {
            try scene.world.run(for: 3_000)
            #expect(!scene.holds(Scene.county, name))
            // Its way past the county is cut as well.
            scene.world.isolate(Scene.town)
            try scene.world.run(for: 60_000)
            scene.world.heal()
            try scene.world.run(for: 1_000)
        }
        #expect(try scene.run(until: Scene.county, has: name))
        #expect(scene.world.machine(Scene.county).files.chunksKept == 16, "no chunk is kept twice")
        // What was under way when the line was cut has to come again: a window each time, not the file.
        #expect(count.bytes <= Int(name.size) + 3 * 200_000)
    }

    @Test(arguments: Seed.some(3))
    func `goes on after a crash in the middle of a chunk, on both sides`(seed: Seed) throws {
        let scene = try Scene(seed, lines: LineQuality(bytesPerSecond: 64_000))
        let name = try scene.attach(Scene.recording(16 * Self.chunk), at: Scene.town)
        try scene.world.run(for: 12_000)
        let kept = scene.world.machine(Scene.county).files.chunksKept
        #expect(kept > MemoryFiles.chunksPerSync && kept < 16)
        try scene.world.restart(Scene.county)
        let resumed = scene.world.machine(Scene.county).files.chunksHeld(of: name)
        #expect(resumed > 0, "what was durable is there after the crash")
        try scene.world.run(for: 2_000)
        try scene.world.restart(Scene.town)
        #expect(try scene.run(until: Scene.county, has: name))
        #expect(scene.world.machine(Scene.county).files.chunksKept <= 16 + MemoryFiles.chunksPerSync)
    }

    @Test func `is refused from a neighbour that sends wrong chunks, and taken from another`() throws {
        let scene = try Scene()
        let bytes = Scene.recording(4 * Self.chunk)
        let name = try scene.attach(bytes, at: Scene.town)
        #expect(try scene.run(until: Scene.city, has: name))
        scene.world.tampers = { from, to, frame in
            guard from == Scene.town, to == Scene.county, FrameView(frame)?.fileBytes ?? 0 > 0 else { return frame }
            var lie = frame
            lie[lie.count - 10] ^= 1
            return lie
        }
        // The county's machine is replaced: it fetches again, first from the township that has turned dishonest.
        let backup = try scene.world.backup(Scene.county)
        try scene.world.restore(Scene.county, from: backup)
        #expect(scene.missing(at: Scene.county) == 1 || !scene.holds(Scene.county, name))
        #expect(try scene.run(until: Scene.county, has: name))
        #expect(scene.world.machine(Scene.county).files.bytes(of: name.digest) == bytes)
        // Nor does it keep the office from its records.
        scene.world.tampers = nil
        let again = try scene.attach(Scene.recording(Self.chunk, 2), at: Scene.town, number: 2)
        #expect(try scene.run(until: Scene.county, has: again))
    }

    @Test func `is never taken from one who only lies, while his records go on`() throws {
        let scene = try Scene()
        scene.world.tampers = { from, _, frame in
            guard from == Scene.town, FrameView(frame)?.fileBytes ?? 0 > 0 else { return frame }
            var lie = frame
            lie[lie.count - 10] ^= 1
            return lie
        }
        let name = try scene.attach(Scene.recording(2 * Self.chunk), at: Scene.town)
        try scene.world.run(for: 600_000)
        #expect(!scene.holds(Scene.county, name))
        #expect(scene.missing(at: Scene.county) == 1)
        #expect(scene.world.machine(Scene.county).files.chunksKept == 0)
        let faults = scene.world.machine(Scene.county).events.count {
            if case .faultyFrame = $0 { true } else { false }
        }
        #expect(faults == ReplicationLimits.wrongChunksMax)
        let other = try scene.attach(Scene.recording(Self.chunk, 3), at: Scene.otherTown)
        #expect(try scene.run(until: Scene.province, has: other))
        #expect(try scene.world.view(Self.record(at: "town-1-1-1"), at: Scene.province) != nil)
    }

    private static func record(at home: DivisionCode) -> RecordID {
        RecordID(home: home, flow: .up, kind: "evidence", key: RecordKey(1, 7))
    }

    @Test func `whose record tells a wrong size never comes, and keeps no other from coming`() throws {
        let scene = try Scene()
        let bytes = Scene.recording(2 * Self.chunk)
        let right = scene.world.machine(Scene.town).files.add(bytes)
        let wrong = try #require(FileName(digest: right.digest, root: right.root, size: right.size - 1))
        try scene.record(wrong, at: Scene.town)
        try scene.world.run(for: 120_000)
        #expect(!scene.holds(Scene.county, right))
        #expect(scene.missing(at: Scene.county) == 1)
        try scene.record(right, at: Scene.town, number: 2)
        #expect(try scene.run(until: Scene.county, has: right))
    }

    @Test func `whose record has the chunks of another file is thrown away whole`() throws {
        let scene = try Scene()
        let bytes = Scene.recording(2 * Self.chunk)
        let right = scene.world.machine(Scene.town).files.add(bytes)
        let digest = Digest.of(1, Scene.recording(9))
        let wrong = try #require(FileName(digest: digest, root: right.root, size: right.size))
        scene.world.machine(Scene.town).files.pretend(right, as: wrong)
        try scene.record(wrong, at: Scene.town)
        try scene.world.run(for: 60_000)
        #expect(!scene.holds(Scene.county, wrong))
        let isTold = scene.world.machine(Scene.county).events.contains { event in
            if case .fileUnsound(digest) = event { true } else { false }
        }
        #expect(isTold)
        #expect(scene.missing(at: Scene.county) == 1, "it is still missing, and asked for no more")
    }

    @Test(arguments: Seed.some(3))
    func `is fetched anew from both sides by a restored machine`(seed: Seed) throws {
        let scene = try Scene(seed)
        let fromTown = try scene.attach(Scene.recording(3 * Self.chunk), at: Scene.town)
        let fromOther = try scene.attach(Scene.recording(2 * Self.chunk, 2), at: Scene.otherTown)
        let own = try scene.attach(Scene.recording(2 * Self.chunk, 3), at: Scene.county)
        for name in [fromTown, fromOther, own] { #expect(try scene.run(until: Scene.province, has: name)) }
        let backup = try scene.world.backup(Scene.county)
        try scene.world.restore(Scene.county, from: backup)
        let below = scene.count(from: Scene.town, to: Scene.county)
        let besides = scene.count(from: Scene.otherTown, to: Scene.county)
        let above = scene.count(from: Scene.city, to: Scene.county)
        for name in [fromTown, fromOther, own] { #expect(try scene.run(until: Scene.county, has: name)) }
        let sizes = [fromTown, fromOther, own].reduce(0) { $0 + Int($1.size) }
        #expect(below.bytes + besides.bytes + above.bytes == sizes, "each comes once, from whoever is linked")
        #expect(above.bytes >= Int(own.size), "the county's own file is nowhere below")
    }

    @Test func `whose bytes have changed on a disk is set aside and fetched again`() throws {
        let scene = try Scene()
        let bytes = Scene.recording(3 * Self.chunk)
        let name = try scene.attach(bytes, at: Scene.town)
        #expect(try scene.run(until: Scene.province, has: name))
        scene.world.machine(Scene.city).files.spoil(name.digest)
        let backup = try scene.world.backup(Scene.province)
        try scene.world.restore(Scene.province, from: backup)
        #expect(try scene.run(until: Scene.province, has: name, within: 3_600_000))
        #expect(scene.world.machine(Scene.city).files.setAside == [name.digest])
        #expect(scene.world.machine(Scene.city).files.bytes(of: name.digest) == bytes)
        #expect(scene.world.machine(Scene.province).files.bytes(of: name.digest) == bytes)
    }

    @Test func `waits while a place for files is full, and records go on`() throws {
        let scene = try Scene()
        scene.world.machine(Scene.county).files.failure = .diskFull
        let name = try scene.attach(Scene.recording(3 * Self.chunk), at: Scene.town)
        try scene.world.run(for: 30_000)
        #expect(!scene.holds(Scene.county, name))
        #expect(try scene.world.view(Self.record(at: "town-1-1-1"), at: Scene.province) != nil)
        scene.world.machine(Scene.county).files.failure = nil
        #expect(try scene.run(until: Scene.province, has: name))
    }

    @Test func `is not spoken of to a release that knows no files`() throws {
        let scene = try Scene()
        try scene.world.upgrade(Scene.county, to: Release(name: "older", protocols: 1...1))
        let name = try scene.attach(Scene.recording(Self.chunk), at: Scene.town)
        try scene.world.run(for: 120_000)
        #expect(try scene.world.view(Self.record(at: "town-1-1-1"), at: Scene.province) != nil)
        #expect(!scene.holds(Scene.city, name))
        for machine in scene.world.machines {
            let faults = machine.events.filter { if case .faultyFrame = $0 { true } else { false } }
            #expect(faults.isEmpty, "\(machine.name)")
        }
        try scene.world.upgrade(Scene.county, to: .current)
        #expect(try scene.run(until: Scene.province, has: name))
    }

    /// The design's goal: at most three seconds more than over the empty line.
    @Test(arguments: Seed.some(3))
    func `lets an urgent record pass on a slow line`(seed: Seed) throws {
        let scene = try Scene(seed, lines: LineQuality(latency: 20...60, bytesPerSecond: 8_000))
        let name = try scene.attach(Scene.recording(12 * Self.chunk), at: Scene.town)
        try scene.world.run(for: 40_000)
        let kept = scene.world.machine(Scene.county).files.chunksKept
        #expect(kept > 0, "the file is on its way")
        let key = RecordKey(5, 5)
        let place = StreamPlace(home: "town-1-1-1", flow: .upUrgent)
        let record = RecordID(home: "town-1-1-1", flow: .upUrgent, kind: "urgent-case", key: key)
        let drafts = [
            EditDraft(kind: "urgent-case", record: key, field: "exists", type: .exists, value: nil),
            EditDraft(kind: "urgent-case", record: key, field: "title", type: .register, value: .text("报警")),
        ]
        _ = try scene.world.write(Scene.town, to: place, drafts)
        let arrived = try scene.world.run(
            until: { try scene.world.view(record, at: Scene.county) != nil }, within: 3_000, lookingEvery: 10)
        #expect(arrived, "an urgent record waits for a file")
        #expect(!scene.holds(Scene.county, name))
        #expect(try scene.run(until: Scene.county, has: name))
    }
}
