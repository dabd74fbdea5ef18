import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Replication
import Testing

@testable import Simulation

/// A small world under the eyes of checkers, and a story told in it by hand.
struct CheckerScene {
    let world: World
    let director: Director

    /// A province, two cities, four counties, five towns, each with a machine.
    init(
        _ seed: Seed = Seed(1), planted: PlantedBug? = nil, lines: LineQuality = LineQuality(),
        watchedBy checkers: [any Checker], makeDisk: @escaping (Int) throws -> any Disk = { _ in MemoryDisk() }
    ) throws {
        let tree = try #require(Shape("1+2+4+5")).tree
        world = try World(tree: tree, seed: seed, lines: lines, planted: planted, makeDisk: makeDisk)
        world.watchers += checkers.map { $0 as any Watcher }
        director = Director(world: world)
    }

    func machine(_ name: String) -> World.Machine { world.machine(name) }

    /// An officer at a machine writes the title of a case of a division.
    func write(
        _ words: String, at machine: String, home: DivisionCode, flow: Flow = .up, case name: String = "1",
        thinking: UInt64 = 0
    ) throws {
        let record = RecordName(kind: "case", home: home, flow: flow, name: name)
        let edit = FieldEdit("title", .register, .put(.text(words)))
        let writing = Writing(machine: machine, record: record, acting: home, edits: [edit], thinking: thinking)
        try director.perform(.write(writing))
    }

    static func record(home: DivisionCode, flow: Flow = .up, case name: String = "1") -> RecordID {
        RecordName(kind: "case", home: home, flow: flow, name: name).id
    }

    /// Until all machines agree and hang where they belong, or ten minutes have passed.
    func settle() throws {
        _ = try world.run(
            until: {
                try LivenessChecker.obstacle(in: world) == nil && ConvergenceChecker.divergence(of: world) == nil
            }, within: 600_000, lookingEvery: 500)
    }
}

/// A process that nobody has started: what it writes was written by nobody.
struct Phantom {
    private var writer: Writer
    private let tree: DivisionTree

    init(seat: DivisionCode, in world: World, nonce: UInt8 = 7) {
        tree = world.tree
        writer = Writer(
            identity: WriterIdentity(
                seat: seat, suite: .test, key: TestNotary.key(seat: seat), certificates: [],
                nonce: [UInt8](repeating: nonce, count: 16), saltSeed: [UInt8](repeating: 1, count: 32)))
    }

    /// The commit by which a machine would store one more entry of it.
    mutating func commit(
        _ words: String, to place: StreamPlace, acting: DivisionCode? = nil, now: UInt64 = Instant.epochWall
    ) -> Commit {
        let act = Ledger.Act(
            author: nil, division: acting ?? place.home, body: "", change: RecordKey(1, 2))
        let draft = EditDraft(
            kind: "case", record: RecordKey(3, 4), field: "title", type: .register, value: .text(words))
        let entries = writer.append(act, [draft], to: place, predecessor: nil, tree: tree.version, now: now)
        var commit = Commit()
        guard let head = writer.heads[place] else { return commit }
        let message = Seal.message(stream: head.stream, number: head.number, hash: head.hash)
        let signature = TestNotary.signature(over: message, key: writer.identity.key)
        commit.runs = [Commit.Run(entries: entries, head: head, signature: signature)]
        return commit
    }

    /// Forgets the hash of its last entry, so that the next one does not follow it.
    mutating func breakChain(at place: StreamPlace) { writer.heads[place]?.hash = Digest.zero }
}

extension World.Machine {
    /// Stores a commit behind the back of the machine's process.
    func slip(in commit: Commit) throws { try store?.commit(commit) }
}

/// Random work and random misfortune, all of it drawn from a seed, and the calm after it.
struct CheckerStorm {
    let scene: CheckerScene
    private var random: SeededGenerator
    private var twins = 0
    private let names: [String]
    private let lies: Bool

    init(_ scene: CheckerScene, seed: Seed, lies: Bool) {
        (self.scene, self.lies) = (scene, lies)
        random = seed.generator
        names = scene.world.machines.map(\.name)
    }

    mutating func run(steps: Int) throws {
        for _ in 0..<steps {
            try scene.director.perform(random.chance(70) ? work() : misfortune())
            try scene.world.run(for: UInt64.random(in: 0...3_000, using: &random))
        }
        try scene.director.calm()
        try scene.settle()
    }

    private mutating func work() -> StoryAct {
        let tree = scene.world.tree
        let machine = scene.machine(random.pick(names))
        let home = random.pick(tree.subtree(of: machine.seat))
        let path = ([home] + tree.ancestors(of: home)).filter { tree.isAtOrBelow($0, machine.seat) }
        let record = RecordName(
            kind: "case", home: home, flow: random.pick(Flow.allCases), name: random.pick(["1", "2", "3"]))
        let edits = (0..<Int.random(in: 1...3, using: &random)).map { _ in edit() }
        return .write(
            Writing(
                machine: machine.name, record: record, acting: random.pick(path), edits: edits,
                thinking: random.chance(30) ? UInt64.random(in: 1...9_000, using: &random) : 0))
    }

    private mutating func edit() -> FieldEdit {
        let value = Value.integer(Int64.random(in: 0...5, using: &random))
        let isBlind = random.chance(10)
        switch Int.random(in: 0...9, using: &random) {
        case 0...3:
            return FieldEdit("title", .register, .put(value), isPersonal: random.chance(30), isBlind: isBlind)
        case 4: return FieldEdit("tags", .set, .put(value))
        case 5: return FieldEdit("tags", .set, .drop(value))
        case 6: return FieldEdit("steps", .log, .put(value))
        case 7: return FieldEdit("visits", .counter, .put(value))
        case 8: return .creation
        default: return .removal
        }
    }

    private mutating func misfortune() -> StoryAct {
        let (one, other) = (random.pick(names), random.pick(names))
        switch Int.random(in: 0...(lies ? 15 : 13), using: &random) {
        case 0, 1: return .cut(name: "\(one) \(other)", .between([one], [other]))
        case 2: return .cut(name: one, .around([one]))
        case 3: return .mend(name: one)
        case 4: return .heal
        case 5: return random.chance(50) ? .reset(.around([one])) : .silence(.around([one]))
        case 6, 7: return .crash(machine: one, random.pick(CrashPoint.allCases))
        case 8: return .start(machine: one)
        case 9: return .backup(machine: one, name: one)
        case 10: return .restore(machine: one, name: one)
        case 11: return random.chance(50) ? .fillDisk(machine: one) : .freeDisk(machine: one)
        case 12: return .clock(machine: one, jump: Int64.random(in: -9_999_999...9_999_999, using: &random), drift: 50)
        case 13:
            guard twins < 2 else { return .heal }
            twins += 1
            return random.chance(50)
                ? .clone(machine: one, as: "twin-\(twins)") : .resume(machine: one, as: "twin-\(twins)")
        default:
            return .lie(machine: one, to: other, random.pick(Lie.allCases))
        }
    }
}

/// A disk that is sound in everything but what it says of itself.
final class RottenDisk: Disk {
    private let disk = MemoryDisk()
    func open() throws(StoreFailure) -> any Storing { try disk.open() }
    func close() { disk.close() }
    func image() throws(StoreFailure) -> DiskImage { try disk.image() }
    func load(_ image: DiskImage) throws(StoreFailure) { try disk.load(image) }
    func tear(_ commit: Commit) throws(StoreFailure) { try disk.tear(commit) }
    func unsound(notary: any Notary, tree: DivisionTree) throws(StoreFailure) -> [String] { ["a row is rotten"] }
}
