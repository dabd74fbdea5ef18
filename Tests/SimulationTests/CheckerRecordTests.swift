import Divisions
import Lattice
import Ledger
import Replication
import Testing

@testable import Simulation

@Suite struct `The convergence checker` {
    @Test func `names what is missing where until the line is back`() throws {
        let checker = ConvergenceChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        try scene.settle()
        scene.world.isolate("town-1-1-1")
        try scene.write("unheard", at: "town-1-1-1", home: "town-1-1-1")
        try scene.world.run(for: 5_000)
        #expect(try ConvergenceChecker.divergence(of: scene.world)?.hasPrefix("town-1-1-1 and county-1-1") == true)
        let pending = try ConvergenceChecker.pending(of: scene.world)
        #expect(pending.map(\.machine) == ["city-1", "county-1-1", "province"])
        #expect(pending.allSatisfy { $0.from == 1 && $0.through == 2 })
        let wrongs = try checker.verdict(on: scene.world).findings
        #expect(wrongs.prefix(3).allSatisfy { $0.hasSuffix("town-1-1-1 holds it") })
        #expect(wrongs.dropFirst(3).allSatisfy { $0.hasSuffix("differently") })
        scene.world.heal()
        try scene.settle()
        #expect(try ConvergenceChecker.divergence(of: scene.world) == nil)
        #expect(try ConvergenceChecker.pending(of: scene.world).isEmpty)
        let verdict = try checker.verdict(on: scene.world)
        #expect(verdict.isSound)
        #expect(verdict.looked > 4)
    }

    @Test func `finds a machine that holds more than it should`() throws {
        let scene = try CheckerScene(watchedBy: [])
        try scene.write("the city's", at: "city-1", home: "city-1")
        try scene.settle()
        try scene.world.restore("town-1-1-1", from: try scene.world.backup("city-1"))
        try scene.world.run(for: 60_000)
        #expect(try ConvergenceChecker.divergence(of: scene.world)?.contains("which is none of its") == true)
    }

    @Test func `finds a record that one machine shows otherwise`() throws {
        let checker = ConvergenceChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        try scene.write("one", at: "town-1-1-1", home: "town-1-1-1")
        try scene.settle()
        var commit = Commit()
        commit.changes = [Commit.Change(state: RecordState(id: CheckerScene.record(home: "town-1-1-1")))]
        try scene.machine("city-1").slip(in: commit)
        #expect(try checker.verdict(on: scene.world).findings.first?.contains("differently") == true)
    }
}

@Suite struct `The durability checker` {
    /// A town writes while nobody hears it, and loses power.
    private func crashed(planted: PlantedBug?) throws -> Simulation.Inspection {
        let checker = DurabilityChecker()
        let scene = try CheckerScene(planted: planted, watchedBy: [checker])
        try scene.settle()
        scene.world.isolate("town-1-1-1")
        try scene.write("saved", at: "town-1-1-1", home: "town-1-1-1")
        try scene.world.restart("town-1-1-1")
        scene.world.heal()
        try scene.settle()
        return try checker.verdict(on: scene.world)
    }

    @Test func `finds what was answered as saved and did not survive a crash`() throws {
        let verdict = try crashed(planted: .sendsBeforeDurable)
        #expect(verdict.findings.last?.contains("is nowhere: it was answered as saved") == true)
    }

    @Test func `finds nothing where it did`() throws {
        let verdict = try crashed(planted: nil)
        #expect(verdict.isSound)
        #expect(verdict.looked == 2)
    }

    @Test func `excuses what was on one disk alone when that was replaced`() throws {
        let checker = DurabilityChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        try scene.settle()
        let backup = try scene.world.backup("town-1-1-1")
        scene.world.isolate("town-1-1-1")
        try scene.write("on one disk", at: "town-1-1-1", home: "town-1-1-1")
        try scene.world.restore("town-1-1-1", from: backup)
        scene.world.heal()
        try scene.settle()
        #expect(try checker.verdict(on: scene.world).isSound)
        #expect(checker.lostWithDisk == 2)
    }

    @Test func `finds what another node had acknowledged and is on no disk any more`() throws {
        let checker = DurabilityChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        try scene.settle()
        scene.world.isolate("county-1-1")
        scene.world.mend("around county-1-1")
        scene.world.cut("county-1-1", "city-1")
        scene.world.cut("county-1-1", "province")
        scene.world.cut("town-1-1-1", "city-1")
        scene.world.cut("town-1-1-1", "province")
        try scene.world.run(for: 120_000)
        let names = ["town-1-1-1", "county-1-1"]
        let images = try names.map { try scene.world.backup($0) }
        try scene.write("acknowledged", at: "town-1-1-1", home: "town-1-1-1")
        try scene.world.run(for: 5_000)
        #expect(try scene.machine("county-1-1").store?.lastPosition() == 2)
        for (name, image) in zip(names, images) {
            try scene.world.crash(name)
            // No disk was replaced as far as anybody was told: the program has lost it.
            try scene.machine(name).disk.load(image)
        }
        for name in names { try scene.world.start(name) }
        scene.world.heal()
        try scene.settle()
        let verdict = try checker.verdict(on: scene.world)
        #expect(verdict.findings.last?.contains("is nowhere: another node had acknowledged it") == true)
    }

    @Test func `finds a machine that lacks what others have`() throws {
        let checker = DurabilityChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        try scene.write("one", at: "town-1-1-1", home: "town-1-1-1")
        try scene.world.run(for: 10_000)
        #expect(try checker.verdict(on: scene.world).isSound)
        try scene.world.restore("city-1", from: .memory(.init()))
        let verdict = try checker.verdict(on: scene.world)
        #expect(verdict.findings == ["city-1 lacks \(try stream(scene)) from 1, of which others have 2"])
    }

    private func stream(_ scene: CheckerScene) throws -> String {
        try #require(try scene.machine("province").store?.heads().first).stream.short
    }
}

@Suite struct `The resurrection checker` {
    /// A county replaces what its town wrote, and the city hears of both at once, in the order of their streams' names.
    private func replaced(_ seed: Seed, planted: PlantedBug?) throws -> Simulation.Inspection {
        let scene = try CheckerScene(seed, planted: planted, watchedBy: [])
        let checker = ResurrectionChecker(for: scene.world)
        scene.world.watchers.append(checker)
        try scene.settle()
        for upper in ["city-1", "province"] {
            scene.world.cut("county-1-1", upper)
            scene.world.cut("town-1-1-1", upper)
        }
        try scene.write("the town's", at: "town-1-1-1", home: "town-1-1-1")
        try scene.world.run(for: 60_000)
        try scene.write("the county's", at: "county-1-1", home: "town-1-1-1")
        try scene.world.run(for: 60_000)
        scene.world.heal()
        try scene.settle()
        return try checker.verdict(on: scene.world)
    }

    @Test func `finds what comes back because a citation ahead of its entry was forgotten`() throws {
        let verdicts = try Seed.some(40).map { try replaced($0, planted: .forgottenOwedDot) }
        #expect(verdicts.contains { $0.findings.first?.contains("which was replaced there") == true })
        #expect(verdicts.contains { $0.findings.contains { $0.contains("is replaced or was never written") } })
    }

    @Test(arguments: Seed.some(8))
    func `finds nothing where it is remembered`(seed: Seed) throws {
        let verdict = try replaced(seed, planted: nil)
        #expect(verdict.isSound)
        #expect(verdict.looked > 4)
    }

    @Test func `finds a value that is shown no more although nothing replaces it`() throws {
        let scene = try CheckerScene(watchedBy: [])
        let checker = ResurrectionChecker(for: scene.world)
        scene.world.watchers.append(checker)
        try scene.write("one", at: "town-1-1-1", home: "town-1-1-1")
        try scene.settle()
        var commit = Commit()
        commit.changes = [Commit.Change(state: RecordState(id: CheckerScene.record(home: "town-1-1-1")))]
        try scene.machine("city-1").slip(in: commit)
        #expect(try checker.verdict(on: scene.world).findings.first?.contains("which nothing replaces") == true)
    }

    @Test func `lets come back what only a disk's later entries had replaced`() throws {
        let scene = try CheckerScene(watchedBy: [])
        let checker = ResurrectionChecker(for: scene.world)
        scene.world.watchers.append(checker)
        try scene.write("one", at: "town-1-1-1", home: "town-1-1-1")
        try scene.settle()
        let backup = try scene.world.backup("town-1-1-1")
        scene.world.isolate("town-1-1-1")
        try scene.write("two", at: "town-1-1-1", home: "town-1-1-1")
        try scene.world.restore("town-1-1-1", from: backup)
        try scene.write("three", at: "county-1-1", home: "town-1-1-1")
        scene.world.heal()
        try scene.settle()
        #expect(try checker.verdict(on: scene.world).isSound)
    }
}

@Suite struct `The rows checker` {
    @Test func `finds a record that is not what the log comes to`() throws {
        let scene = try CheckerScene(watchedBy: [])
        let checker = RowsChecker(for: scene.world)
        scene.world.watchers.append(checker)
        let id = CheckerScene.record(home: "town-1-1-1")
        try scene.write("one", at: "town-1-1-1", home: "town-1-1-1")
        let before = try #require(try scene.machine("town-1-1-1").store?.record(id))
        try scene.write("two", at: "town-1-1-1", home: "town-1-1-1")
        try scene.settle()
        #expect(try checker.verdict(on: scene.world).isSound)
        var commit = Commit()
        commit.changes = [Commit.Change(state: before)]
        try scene.machine("city-1").slip(in: commit)
        let verdict = try checker.verdict(on: scene.world)
        #expect(verdict.findings == ["city-1: \(id) is not what its entries come to"])
    }

    @Test func `finds a record that no entry speaks of`() throws {
        let scene = try CheckerScene(watchedBy: [])
        let checker = RowsChecker(for: scene.world)
        scene.world.watchers.append(checker)
        let id = CheckerScene.record(home: "town-1-1-1")
        try scene.write("one", at: "town-1-1-1", home: "town-1-1-1")
        let state = try #require(try scene.machine("town-1-1-1").store?.record(id))
        var commit = Commit()
        commit.changes = [Commit.Change(state: state)]
        try scene.machine("county-2-1").slip(in: commit)
        let verdict = try checker.verdict(on: scene.world)
        #expect(verdict.findings == ["county-2-1: \(id) is there without an entry"])
    }

    @Test func `finds a disk that is unsound beside its log`() throws {
        let scene = try CheckerScene(watchedBy: []) { index in index == 3 ? RottenDisk() as any Disk : MemoryDisk() }
        let verdict = try RowsChecker(for: scene.world).verdict(on: scene.world)
        #expect(verdict.findings == ["\(scene.world.machines[3].name): a row is rotten"])
    }

    @Test func `finds records that still wait to be recomputed`() throws {
        let scene = try CheckerScene(watchedBy: [])
        let checker = RowsChecker(for: scene.world)
        scene.world.watchers.append(checker)
        try scene.write("one", at: "town-1-1-1", home: "town-1-1-1")
        try scene.settle()
        let store = try #require(scene.machine("county-1-1").store)
        var head = try #require(try store.heads().first)
        let whole = try store.entries(of: head.stream, from: 1, bytesMax: .max)
        let seal = try #require(whole[1].signature)
        let branch = SealedRun(stream: head.stream, first: 2, entries: [whole[1].entry], signature: seal)
        let proof = try #require(ForkProof(branch, branch, suite: head.opening.suite))
        (head.number, head.forkedAfter) = (1, 1)
        head.hash = try #require(try store.hash(of: whole[0].id))
        var commit = Commit()
        commit.forks = [Commit.Fork(proof: proof, head: head)]
        try store.commit(commit)
        let verdict = try checker.verdict(on: scene.world)
        #expect(verdict.findings.contains("county-1-1: 1 records wait to be recomputed"))
    }
}
