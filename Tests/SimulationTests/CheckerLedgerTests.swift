import Divisions
import Ledger
import Replication
import Testing

@testable import Simulation

@Suite struct `The chain checker` {
    private func lied(planted: PlantedBug?) throws -> Simulation.Inspection {
        let world: CheckerScene
        world = try CheckerScene(planted: planted, watchedBy: [])
        let checker = ChainChecker(for: world.world)
        try world.write("first", at: "town-1-1-1", home: "town-1-1-1")
        try world.settle()
        try world.director.perform(.lie(machine: "town-1-1-1", to: "county-1-1", .wrongSeal))
        try world.world.run(for: 60_000)
        return try checker.verdict(on: world.world)
    }

    @Test func `finds an entry under a seal that is not its writer's`() throws {
        let verdict = try lied(planted: .unsealedEntry)
        #expect(verdict.findings.contains { $0.contains("the seal is not its writer's") })
    }

    @Test func `finds nothing where such an entry was refused`() throws {
        let verdict = try lied(planted: nil)
        #expect(verdict.isSound)
        #expect(verdict.looked > 0)
    }

    @Test func `finds an entry that does not follow the one before it`() throws {
        let scene = try CheckerScene(watchedBy: [])
        let place = StreamPlace(home: "town-1-1-1", flow: .up)
        var phantom = Phantom(seat: "town-1-1-1", in: scene.world)
        try scene.machine("county-1-1").slip(in: phantom.commit("one", to: place))
        #expect(try ChainChecker(for: scene.world).verdict(on: scene.world).isSound)
        phantom.breakChain(at: place)
        try scene.machine("county-1-1").slip(in: phantom.commit("two", to: place))
        let verdict = try ChainChecker(for: scene.world).verdict(on: scene.world)
        #expect(verdict.findings.first?.contains("does not follow the entry before it") == true)
    }

    @Test func `finds a head that its entries do not come to`() throws {
        let scene = try CheckerScene(watchedBy: [])
        var phantom = Phantom(seat: "town-1-1-1", in: scene.world)
        var commit = phantom.commit("one", to: StreamPlace(home: "town-1-1-1", flow: .up))
        let run = commit.runs[0]
        var head = run.head
        head.stamp += 1
        commit.runs = [Commit.Run(entries: run.entries, head: head, signature: run.signature)]
        try scene.machine("county-1-1").slip(in: commit)
        let verdict = try ChainChecker(for: scene.world).verdict(on: scene.world)
        #expect(verdict.findings.first?.contains("the head is not what entry 2 comes to") == true)
    }
}

@Suite struct `The authorship checker` {
    private func continued(planted: PlantedBug?) throws -> Simulation.Inspection {
        let checker = AuthorshipChecker()
        let scene = try CheckerScene(planted: planted, watchedBy: [checker])
        try scene.write("one", at: "town-1-1-1", home: "town-1-1-1")
        try scene.world.restart("town-1-1-1")
        try scene.write("two", at: "town-1-1-1", home: "town-1-1-1")
        try scene.settle()
        return try checker.verdict(on: scene.world)
    }

    @Test func `finds a process that goes on with the stream of the one before it`() throws {
        let verdict = try continued(planted: .streamExtended)
        #expect(verdict.findings.first?.contains("which no process that may extend that stream has written") == true)
    }

    @Test func `finds nothing where each process opens its own`() throws {
        let verdict = try continued(planted: nil)
        #expect(verdict.isSound)
        #expect(verdict.looked > 4)
    }

    @Test func `finds what nobody has written`() throws {
        let checker = AuthorshipChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        var phantom = Phantom(seat: "town-1-1-1", in: scene.world)
        let place = StreamPlace(home: "town-1-1-1", flow: .up)
        try scene.machine("county-1-1").slip(in: phantom.commit("invented", to: place))
        let verdict = try checker.verdict(on: scene.world)
        #expect(verdict.findings.first?.hasPrefix("county-1-1 stored") == true)
    }

    @Test func `finds what a disk from elsewhere brought in`() throws {
        let other = try CheckerScene(Seed(2), watchedBy: [])
        try other.write("elsewhere", at: "town-1-1-1", home: "town-1-1-1")
        let checker = AuthorshipChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        try scene.world.restore("town-1-1-1", from: try other.world.backup("town-1-1-1"))
        let verdict = try checker.verdict(on: scene.world)
        #expect(verdict.findings.first?.contains("which nobody has written") == true)
    }

    @Test func `finds who writes where he has no right to`() throws {
        let checker = AuthorshipChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        var phantom = Phantom(seat: "town-1-1-1", in: scene.world)
        let place = StreamPlace(home: "city-1", flow: .up)
        try scene.machine("city-1").slip(in: phantom.commit("from below", to: place))
        let verdict = try checker.verdict(on: scene.world)
        #expect(verdict.findings.first?.contains("acts for city-1 at city-1, written at town-1-1-1") == true)
    }

    @Test func `excuses what lies beyond the fork of a resumed snapshot`() throws {
        let checker = AuthorshipChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        try scene.write("one", at: "town-1-1-1", home: "town-1-1-1")
        try scene.settle()
        scene.world.isolate("town-1-1-1")
        try scene.world.resumeSnapshot(of: "town-1-1-1", as: "twin")
        try scene.write("left", at: "town-1-1-1", home: "town-1-1-1")
        try scene.write("right", at: "twin", home: "town-1-1-1")
        scene.world.heal()
        try scene.world.run(for: 120_000)
        try scene.settle()
        #expect(try scene.director.unmet(.forks(1)) == nil)
        #expect(try checker.verdict(on: scene.world).findings == [])
    }
}

@Suite struct `The scope checker` {
    @Test func `finds a frame that carries a case to the county beside`() throws {
        let checker = ScopeChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        var stolen: [UInt8]?
        scene.world.tampers = { from, to, frame in
            if to == "county-1-1", from == "town-1-1-1", FrameView(frame)?.kind == .batch { stolen = frame }
            return from == "city-1" && to == "county-1-2" ? stolen ?? frame : frame
        }
        try scene.settle()
        try scene.write("none of yours", at: "town-1-1-1", home: "town-1-1-1")
        try scene.world.run(for: 5_000)
        #expect(try checker.verdict(on: scene.world).isSound)
        try scene.write("for all", at: "city-1", home: "city-1", flow: .down)
        try scene.world.run(for: 5_000)
        let verdict = try checker.verdict(on: scene.world)
        #expect(verdict.findings.first?.hasPrefix("city-1 sent") == true)
        #expect(verdict.findings.first?.contains("to county-1-2, which belongs to town-1-1-1 (up)") == true)
    }

    @Test func `finds a disk that holds a superior's cases`() throws {
        let checker = ScopeChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        try scene.write("the city's", at: "city-1", home: "city-1")
        try scene.world.restore("town-1-1-1", from: try scene.world.backup("city-1"))
        let verdict = try checker.verdict(on: scene.world)
        #expect(verdict.findings.contains { $0.hasPrefix("town-1-1-1 holds") })
    }

    @Test func `finds a commit that stores a neighbour's cases`() throws {
        let checker = ScopeChecker()
        let scene = try CheckerScene(watchedBy: [checker])
        var phantom = Phantom(seat: "county-1-1", in: scene.world)
        try scene.machine("county-1-2").slip(
            in: phantom.commit("beside", to: StreamPlace(home: "county-1-1", flow: .up)))
        #expect(try checker.verdict(on: scene.world).findings.first?.hasPrefix("county-1-2 stored") == true)
    }
}
