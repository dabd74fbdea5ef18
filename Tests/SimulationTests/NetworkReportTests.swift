import Divisions
import Ledger
import Support
import Testing

@testable import Replication
@testable import Simulation

private let town: DivisionCode = "440781106"
private let county: DivisionCode = "440781"
private let city: DivisionCode = "4407"
private let province: DivisionCode = "44"

/// A province in which every node tells the one above of itself and of those below it.
@Suite struct `Reports of nodes` {
    private func world(
        _ seed: UInt64, reports: UInt64? = 30_000, lines: LineQuality = LineQuality()
    ) throws -> World {
        try World(tree: try testTree(), seed: Seed(seed), lines: lines, reportMilliseconds: reports)
    }

    private func write(_ number: UInt64, at name: DivisionCode, in world: World) throws {
        let draft = EditDraft(
            kind: "case", record: RecordKey(0, number), field: "title", type: .register, value: .text("\(number)"))
        try world.write(name.text, to: StreamPlace(home: name, flow: .up), [draft])
    }

    private func view(at division: DivisionCode, in world: World) throws -> NetworkView {
        let machine = world.machine(division.text)
        let performer = try #require(machine.performer)
        let position = try machine.store?.lastPosition() ?? 0
        let moment = Moment(wall: machine.wall(in: world), monotonic: world.now)
        return performer.inspect { $0.networkView(lastPosition: position, at: moment) }.resolved()
    }

    private func seen(_ division: DivisionCode, in world: World) throws -> NetworkView.Node {
        try #require(try view(at: province, in: world).node(division))
    }

    @Test func `show the province a township behind a county go silent and come back`() throws {
        let world = try world(1)
        try write(1, at: town, in: world)
        try world.run(for: 180_000)
        var node = try seen(town, in: world)
        #expect(node.state == .up)
        #expect(node.agrees == true)
        #expect(node.report?.link?.upper == county)
        #expect(node.report?.state?.entries == 2)
        #expect(node.heardAt == Int64(world.now))
        #expect(try view(at: province, in: world).rollup(of: city).heard == 5)

        world.isolate(town.text)
        let cut = Int64(world.now)
        try world.run(for: 180_000)
        node = try seen(town, in: world)
        #expect(node.state == .down)
        let since = try #require(node.since)
        #expect(since >= cut && since <= cut + 40_000, "\(since - cut)")
        var rollup = try view(at: province, in: world).rollup(of: county)
        #expect((rollup.nodes, rollup.heard, rollup.worst) == (2, 1, .down))
        #expect(rollup.silentSince.map { $0 <= cut + 30_000 } == true)

        world.heal()
        try world.run(for: 240_000)
        #expect(try seen(town, in: world).state == .up)
        rollup = try view(at: province, in: world).rollup(of: county)
        #expect((rollup.heard, rollup.worst) == (2, .up))
    }

    @Test func `show a township whose county is away where it hangs meanwhile, and the county as silent`() throws {
        let world = try world(2)
        try world.run(for: 120_000)
        world.isolate(county.text)
        try world.run(for: 300_000)
        #expect(try seen(county, in: world).state == .down)
        let node = try seen(town, in: world)
        #expect(node.state == .up)
        #expect(node.report?.link?.upper == city)
        world.heal()
        try world.run(for: 300_000)
        #expect(try seen(town, in: world).report?.link?.upper == county)
        #expect(try seen(county, in: world).state == .up)
    }

    @Test func `say nothing of what lies behind a node that is not heard`() throws {
        let world = try world(3)
        try world.run(for: 120_000)
        for name in [town, county, city] { world.isolate(name.text) }
        try world.run(for: 120_000)
        #expect(try seen(city, in: world).state == .down)
        let node = try seen(town, in: world)
        #expect(node.state == .unknown)
        #expect(node.heardAt != nil)
        #expect(try view(at: province, in: world).rollup(of: city).worst == .down)
    }

    @Test func `tell that a township was restored from a backup`() throws {
        let world = try world(4)
        try write(1, at: town, in: world)
        try world.run(for: 60_000)
        let backup = try world.backup(town.text)
        try write(2, at: town, in: world)
        try world.run(for: 120_000)
        #expect(try seen(town, in: world).report?.state?.restoredAt == nil)
        try world.restore(town.text, from: backup)
        let restored = Int64(world.now)
        try world.run(for: 180_000)
        let at = try #require(try seen(town, in: world).report?.state?.restoredAt)
        #expect(at >= restored && at <= restored + 60_000)
        #expect(try view(at: province, in: world).rollup(of: province).restored == 1)
    }

    @Test func `tell of two machines that answer for one township`() throws {
        let world = try world(5)
        try world.run(for: 60_000)
        try world.clone(town.text, as: "twin")
        try world.run(for: 300_000)
        #expect(try seen(town, in: world).report?.hasTwoMachines == true)
    }

    @Test func `show a node that holds something else as disagreeing, once nothing moves`() throws {
        let world = try world(6)
        try write(1, at: town, in: world)
        try world.run(for: 120_000)
        var report = NodeReport(division: town)
        report.state = NodeState(digest: Digest.of(1, [9]))
        let frame = Message.report(Report(clock: Instant.epochWall + world.now, nodes: [report])).encoded
        world.inject(frame, from: world.machine(town.text), to: world.machine(county.text))
        try world.run(for: 60_000)
        #expect(try seen(town, in: world).agrees == nil)
        try world.run(for: 240_000)
        #expect(try seen(town, in: world).agrees == false)
        #expect(try view(at: province, in: world).rollup(of: city).disagreeing == 1)
        try write(2, at: town, in: world)
        try world.run(for: 240_000)
        #expect(try seen(town, in: world).agrees == true)
    }

    @Test func `name a node that never came, and a line that lags`() throws {
        let tree = try testTree()
        let world = try World(
            tree: tree, seed: Seed(7), starting: tree.seats.map(\.division).filter { $0 != town },
            lines: LineQuality(), reportMilliseconds: 30_000)
        try world.run(for: 120_000)
        #expect(try seen(town, in: world).state == .never)
    }

    @Test func `go on where an office knows none, as far as they are known`() throws {
        let world = try world(8)
        try world.upgrade(county.text, to: Release(name: "older", protocols: 1...2))
        try world.run(for: 240_000)
        let node = try seen(county, in: world)
        #expect(node.state == .up)
        #expect(node.report?.release == "older")
        #expect(node.report?.state == nil)
        #expect(try seen(town, in: world).state == .unknown)
    }

    /// Every commit of every machine, in order.
    private final class Commits: Watcher {
        var all: [String] = []
        var reportBytes: [String: Int] = [:]

        func committed(_ commit: Commit, at machine: World.Machine, in world: World) {
            for run in commit.runs { all.append("\(world.now) \(machine.name) \(run.head.number) \(run.head.hash)") }
        }

        func sent(
            _ frame: [UInt8], from: World.Machine, to: World.Machine, connection: World.Connection, arrival: UInt64,
            in world: World
        ) {
            if World.isReport(frame) { reportBytes[from.name, default: 0] += frame.count }
        }
    }

    private func story(_ seed: UInt64, reports: UInt64?) throws -> Commits {
        let world = try world(
            seed, reports: reports, lines: LineQuality(latency: 5...80, bytesPerSecond: 8_000, breaks: 20))
        let commits = Commits()
        world.watchers.append(commits)
        let names = [town, county, city, province]
        for number in 0..<200 {
            try world.run(for: 4_000)
            try write(UInt64(number), at: names[number % 4], in: world)
            if number == 60 { world.isolate(county.text) }
            if number == 90 { world.heal() }
            if number == 120 { try world.restart(city.text) }
        }
        try world.run(for: 600_000)
        return commits
    }

    @Test(arguments: [UInt64(11), 12, 13])
    func `change nothing of a story`(seed: UInt64) throws {
        let (with, without) = (try story(seed, reports: 5_000), try story(seed, reports: nil))
        #expect(without.reportBytes.isEmpty)
        #expect(!with.reportBytes.isEmpty)
        #expect(with.all == without.all)
    }

    @Test func `take a slow line a hundredth of what it carries`() throws {
        // 1,400 seconds of a line that carries 8,000 bytes in each.
        let bytes = try story(14, reports: 30_000).reportBytes
        #expect(bytes[town.text].map { $0 < 20_000 } == true, "\(bytes)")
        #expect(bytes[county.text].map { $0 < 60_000 } == true, "\(bytes)")
        #expect(bytes[province.text] == nil, "nobody stands above it")
    }
}
