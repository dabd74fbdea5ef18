import Divisions
import Lattice
import Ledger
import Replication
import Simulation
import Support
import Testing

/// A field of a case at a town, for the stories below.
private struct Case {
    let id: RecordID

    init(_ number: UInt64, home: DivisionCode) {
        id = RecordID(home: home, flow: .up, kind: "case", key: RecordKey(0, number))
    }

    var place: StreamPlace { StreamPlace(home: id.home, flow: id.flow) }

    func opened() -> EditDraft {
        EditDraft(kind: "case", record: id.key, field: "exists", type: .exists, value: nil)
    }

    func set(_ field: String, _ value: String, replacing seen: [Citation] = [], personal: Bool = false) -> EditDraft {
        EditDraft(
            kind: "case", record: id.key, field: field, type: .register, value: .text(value), isPersonal: personal,
            replaces: seen)
    }
}

private let town: DivisionCode = "440781106"
private let hosted: DivisionCode = "440781107"
private let county: DivisionCode = "440781"
private let city: DivisionCode = "4407"
private let province: DivisionCode = "44"

@Suite struct WorldStories {
    @Test func `an edit at a town reaches county, city and province, and no other county`() throws {
        let world = try World(tree: try testTree(), seed: Seed(1))
        let file = Case(1, home: town)
        try world.write(
            town.text, to: file.place, [file.opened(), file.set("title", "drain into the river", personal: true)])
        #expect(try world.settle(within: 10_000, when: { try world.view(file.id, at: province.text) != nil }) == nil)
        #expect(try world.view(file.id, at: city.text)?["title"]?.shown == .text("drain into the river"))
        #expect(try world.view(file.id, at: "440783") == nil)
    }

    @Test func `a statute of the province reaches every town`() throws {
        let world = try World(tree: try testTree(), seed: Seed(2))
        let place = StreamPlace(home: province, flow: .down)
        let statute = RecordID(home: province, flow: .down, kind: "statute", naturalKey: "river code")
        let draft = EditDraft(
            kind: "statute", record: statute.key, field: "title", type: .register, value: .text("river code"))
        try world.write(province.text, to: place, [draft])
        #expect(try world.run(until: { try world.view(statute, at: "440783102") != nil }, within: 10_000))
        #expect(try world.settle(within: 10_000) == nil)
    }

    @Test func `two officers who edit one case on both sides of a cut leave a conflict for a person`() throws {
        let world = try World(tree: try testTree(), seed: Seed(3))
        let file = Case(1, home: town)
        try world.write(town.text, to: file.place, [file.opened(), file.set("place", "east gate")])
        #expect(try world.run(until: { try world.view(file.id, at: county.text) != nil }, within: 10_000))
        world.isolate(town.text)
        for name in [town.text, county.text] {
            let seen = try #require(try world.view(file.id, at: name)?["place"]?.seen)
            try world.write(
                name, to: file.place, acting: name == town.text ? town : county,
                [file.set("place", "seen from \(name)", replacing: seen)])
        }
        world.heal()
        #expect(
            try world.settle(within: 120_000, when: { try world.view(file.id, at: town.text)?.conflicts.count == 1 })
                == nil)
        for machine in [town.text, county.text, city.text, province.text] {
            let view = try #require(try world.view(file.id, at: machine))
            #expect(view.conflicts.count == 1)
            #expect(view["place"]?.shown == .text("seen from \(county.text)"), "the county stands above the town")
        }
    }

    @Test func `a town restored from a backup gets its lost tail back and loses nothing it wrote since`() throws {
        let world = try World(tree: try testTree(), seed: Seed(4))
        let backup = try world.backup(town.text)
        for number in 1...5 {
            let file = Case(UInt64(number), home: town)
            try world.write(town.text, to: file.place, [file.opened(), file.set("title", "before \(number)")])
        }
        #expect(
            try world.settle(within: 10_000, when: { try world.view(Case(5, home: town).id, at: county.text) != nil })
                == nil)
        world.isolate(town.text)
        try world.restore(town.text, from: backup)
        for number in 6...8 {
            let file = Case(UInt64(number), home: town)
            try world.write(town.text, to: file.place, [file.opened(), file.set("title", "after \(number)")])
        }
        world.heal()
        #expect(
            try world.settle(within: 120_000, when: { try world.view(Case(1, home: town).id, at: town.text) != nil })
                == nil)
        for number in 1...8 {
            #expect(try world.view(Case(UInt64(number), home: town).id, at: town.text) != nil)
            #expect(try world.view(Case(UInt64(number), home: town).id, at: county.text) != nil)
        }
    }

    @Test func `a tail that only the grandparent held still comes back, late`() throws {
        let world = try World(tree: try testTree(), seed: Seed(5))
        let backups = (town: try world.backup(town.text), county: try world.backup(county.text))
        let file = Case(1, home: town)
        try world.write(town.text, to: file.place, [file.opened(), file.set("title", "tail")])
        #expect(try world.run(until: { try world.view(file.id, at: city.text) != nil }, within: 10_000))
        world.cut(county.text, city.text)
        world.cut(county.text, province.text)
        world.cut(town.text, city.text)
        world.cut(town.text, province.text)
        try world.restore(county.text, from: backups.county)
        try world.restore(town.text, from: backups.town)
        let later = Case(2, home: town)
        try world.write(town.text, to: later.place, [later.opened(), later.set("title", "later")])
        #expect(try world.run(until: { try world.view(later.id, at: county.text) != nil }, within: 120_000))
        #expect(try world.view(file.id, at: town.text) == nil)
        world.heal()
        #expect(try world.settle(within: 300_000, when: { try world.view(file.id, at: town.text) != nil }) == nil)
    }

    @Test func `two machines of one node converge, duplicate nothing, and both and the parent are told`() throws {
        let world = try World(tree: try testTree(), seed: Seed(6))
        try world.run(for: 1_000)
        try world.clone(town.text, as: "twin")
        for (name, number) in [(town.text, UInt64(1)), ("twin", 2)] {
            let file = Case(number, home: town)
            try world.write(name, to: file.place, [file.opened(), file.set("title", name)])
        }
        let isAlarmed = { (name: String) in
            world.machine(name).events.contains { if case .twoMachines = $0 { true } else { false } }
        }
        #expect(
            try world.settle(
                within: 120_000,
                when: {
                    try world.view(Case(2, home: town).id, at: town.text) != nil
                        && isAlarmed(town.text) && isAlarmed("twin") && isAlarmed(county.text)
                }) == nil)
    }

    @Test func `an ordinary restart raises no alarm`() throws {
        let world = try World(tree: try testTree(), seed: Seed(7))
        try world.run(for: 1_000)
        for _ in 1...5 {
            try world.restart(town.text)
            try world.run(for: 5_000)
        }
        #expect(
            world.running.allSatisfy { machine in
                !machine.events.contains { if case .twoMachines = $0 { true } else { false } }
            })
    }

    @Test func `a resumed memory snapshot forks its stream, which then counts everywhere up to the last common entry`()
        throws
    {
        let world = try World(tree: try testTree(), seed: Seed(8))
        let common = Case(1, home: town)
        try world.write(town.text, to: common.place, [common.opened(), common.set("title", "common")])
        #expect(try world.run(until: { try world.view(common.id, at: province.text) != nil }, within: 10_000))
        try world.resumeSnapshot(of: town.text, as: "twin")
        world.isolate("twin")
        for (name, number) in [(town.text, UInt64(2)), ("twin", 3)] {
            let file = Case(number, home: town)
            try world.write(name, to: file.place, [file.opened(), file.set("title", name)])
        }
        try world.run(for: 5_000)
        world.heal()
        let isForked = { (name: String) in
            (try world.machine(name).store?.heads() ?? []).contains { $0.forkedAfter != nil }
        }
        #expect(
            try world.settle(
                within: 300_000, when: { try isForked(province.text) && isForked(town.text) && isForked("twin") })
                == nil)
        #expect(try world.staleRecord() == nil)
        for machine in world.running where try (machine.store?.heads() ?? []).contains(where: { $0.home == town }) {
            #expect(try world.view(common.id, at: machine.name)?["title"]?.shown == .text("common"))
            #expect(try world.view(Case(2, home: town).id, at: machine.name)?.isVisible != true)
            #expect(try world.view(Case(3, home: town).id, at: machine.name)?.isVisible != true)
        }
    }

    @Test func `a snapshot taken before the first write forks at the opening itself`() throws {
        let world = try World(tree: try testTree(), seed: Seed(9))
        try world.run(for: 1_000)
        try world.resumeSnapshot(of: town.text, as: "twin")
        world.isolate("twin")
        world.machine("twin").skew = 77
        for (name, number) in [(town.text, UInt64(2)), ("twin", 3)] {
            let file = Case(number, home: town)
            try world.write(name, to: file.place, [file.opened(), file.set("title", name)])
        }
        try world.run(for: 5_000)
        world.heal()
        #expect(
            try world.settle(
                within: 300_000,
                when: { try (world.machine(county.text).store?.heads() ?? []).contains { $0.forkedAfter == 0 } }
            ) == nil)
        let file = Case(4, home: town)
        try world.write(town.text, to: file.place, [file.opened(), file.set("title", "goes on")])
        #expect(try world.settle(within: 120_000, when: { try world.view(file.id, at: province.text) != nil }) == nil)
        #expect(try world.staleRecord() == nil)
    }

    @Test func `while the county is gone a town turns to the city, and back when the county returns`() throws {
        let world = try World(tree: try testTree(), seed: Seed(10))
        try world.run(for: 1_000)
        try world.crash(county.text)
        let file = Case(1, home: town)
        try world.write(town.text, to: file.place, [file.opened(), file.set("title", "past the county")])
        #expect(try world.run(until: { try world.view(file.id, at: province.text) != nil }, within: 120_000))
        #expect(world.machine(town.text).status().map(\.peer) == [city])
        try world.start(county.text)
        #expect(
            try world.settle(within: 300_000, when: { world.machine(town.text).status().map(\.peer) == [county] })
                == nil)
        #expect(try world.view(file.id, at: county.text) != nil)
    }

    @Test func `the county writes for the town it hosts`() throws {
        let world = try World(tree: try testTree(), seed: Seed(11))
        let file = Case(1, home: hosted)
        try world.write(county.text, to: file.place, acting: hosted, [file.opened(), file.set("title", "hosted")])
        #expect(try world.run(until: { try world.view(file.id, at: province.text) != nil }, within: 10_000))
        #expect(try world.view(file.id, at: town.text) == nil)
        let refused = try world.write(town.text, to: file.place, acting: hosted, [file.set("title", "from beside")])
        guard case .refused(.mayNotWrite) = refused else {
            Issue.record("a town wrote for its neighbour: \(refused)")
            return
        }
    }

    @Test func `a link tells since when the other side lacks something, and nothing once it holds all of it`() throws {
        let world = try World(tree: try testTree(), seed: Seed(13))
        try world.run(for: 10_000)
        let upward = { world.machine(town.text).status().first { $0.isUp } }
        #expect(upward()?.behindSince == nil)
        let file = Case(1, home: town)
        try world.write(town.text, to: file.place, [file.opened(), file.set("title", "on its way")])
        let written = world.now
        #expect(upward()?.behindSince == written)
        #expect(try world.settle(within: 10_000, when: { upward()?.behindSince == nil }) == nil)
        #expect(try world.view(file.id, at: county.text) != nil)
    }

    @Test func `links that return with nothing new cost four frames and four kilobytes at the most`() throws {
        let world = try World(tree: try testTree(), seed: Seed(12))
        for number in 1...200 {
            let file = Case(UInt64(number), home: town)
            try world.write(town.text, to: file.place, [file.opened(), file.set("title", "history \(number)")])
        }
        #expect(
            try world.settle(within: 60_000, when: { try world.view(Case(200, home: town).id, at: county.text) != nil })
                == nil)
        try world.run(for: 5_000)
        for isRestarted in [false, true] {
            if isRestarted {
                try world.restart(town.text)
            } else {
                world.cut(town.text, county.text)
                world.cut(town.text, city.text)
                world.cut(town.text, province.text)
            }
            let before = (world.frames, world.frameBytes)
            world.heal()
            #expect(
                try world.run(
                    until: {
                        world.machine(town.text).status().contains { $0.phase == .streaming && $0.peer == county }
                    }, within: 120_000))
            try world.run(for: 5_000)
            #expect(world.frames - before.0 <= 4)
            #expect(world.frameBytes - before.1 <= 4_096)
        }
    }
}
