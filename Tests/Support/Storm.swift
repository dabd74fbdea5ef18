package import Divisions
import Lattice
import Ledger
import Replication

/// Random work and random misfortune in one world, all of it drawn from the seed; then a calm in which everything
/// must come right.
package struct Storm {
    package private(set) var world: World
    private var backups: [String: MemoryStore.Contents] = [:]
    private var twins = 0
    private var known: [RecordID] = []
    /// Which misfortunes happened, for the curious.
    package private(set) var faults: [String: Int] = [:]
    private let mayFork: Bool
    /// Per cent of frames in which one bit is wrong, as if a neighbour lied: TLS keeps strangers from it.
    private let damagePercent: Int

    package init(tree: DivisionTree, seed: Seed, mayFork: Bool) throws {
        world = try World(tree: tree, seed: seed)
        world.breakPercent = world.random.pick([0, 0, 1, 5])
        world.latency = world.random.pick([1...5, 1...200, 50...2_000])
        self.mayFork = mayFork
        let chance = world.random.pick([0, 0, 3])
        damagePercent = chance
        var flips = world.random
        world.watchesFrames = { _, _, frame in
            guard chance > 0, flips.chance(chance), !frame.isEmpty else { return frame }
            var damaged = frame
            damaged[Int.random(in: 0..<frame.count, using: &flips)] ^= 1 << UInt8.random(in: 0..<8, using: &flips)
            return damaged
        }
    }

    /// - Returns: what is wrong after the calm; `nil` if nothing is.
    package mutating func run(steps: Int) throws -> String? {
        for _ in 0..<steps {
            if world.random.chance(70) { try work() } else { try misfortune() }
            try world.run(for: UInt64.random(in: 0...3_000, using: &world.random))
        }
        let acknowledged = try world.acknowledged()
        try calm()
        if let wrong = try world.settle(within: 900_000) { return wrong }
        if let wrong = try world.lost(of: acknowledged) { return wrong }
        return try world.staleRecord()
    }

    private mutating func calm() throws {
        world.breakPercent = 0
        world.watchesFrames = nil
        world.heal()
        for machine in world.machines.values.sorted(by: { $0.name < $1.name }) {
            // What a neighbour lied about itself is believed until its process or ours ends.
            if machine.isUp, damagePercent > 0 { world.crash(machine.name) }
            if !machine.isUp { try world.start(machine.name) }
        }
    }

    // MARK: Work

    private mutating func work() throws {
        let machine = world.random.pick(world.running)
        let tree = world.tree
        let homes = tree.subtree(of: machine.seat)
        let home = world.random.pick(homes)
        let flow = world.random.pick(Flow.allCases)
        let place = StreamPlace(home: home, flow: flow)
        let path = ([home] + tree.ancestors(of: home)).filter { tree.isAtOrBelow($0, machine.seat) }
        let acting = world.random.pick(path)
        try world.write(machine.name, to: place, acting: acting, try drafts(place, at: machine))
    }

    private mutating func drafts(_ place: StreamPlace, at machine: World.Machine) throws -> [EditDraft] {
        let candidates = known.filter { $0.home == place.home && $0.flow == place.flow }
        let record: RecordID
        if candidates.isEmpty || world.random.chance(30) {
            record = RecordID(
                home: place.home, flow: place.flow, kind: "case",
                key: RecordKey(0, UInt64.random(in: 1...6, using: &world.random)))
            known.append(record)
        } else {
            record = world.random.pick(candidates)
        }
        let state = try machine.store.record(record)
        if let state, state.isVisible, world.random.chance(8) {
            return [draft(record, "exists", .exists, nil, isRemoval: true, replacing: state.seenByRemoval)]
        }
        return (0..<Int.random(in: 1...3, using: &world.random)).map { edit(record, state, index: $0) }
    }

    private mutating func edit(_ record: RecordID, _ state: RecordState?, index: Int) -> EditDraft {
        let type = world.random.pick([FieldType.register, .register, .set, .log, .counter, .exists])
        let field = type == .exists ? "exists" : "\(world.random.pick(["a", "b"]))-\(type.rawValue)"
        let view = state?.view[field]
        let number = Int64.random(in: 0...9, using: &world.random)
        switch type {
        case .register, .exists:
            let value: Value? = type == .exists ? nil : .integer(number)
            let seen = world.random.chance(85) ? view?.seen ?? [] : []
            return draft(
                record, field, type, value, replacing: seen, isPersonal: value != nil && world.random.chance(30))
        case .set:
            let removes = world.random.chance(40) && !(view?.seen.isEmpty ?? true)
            return draft(
                record, field, type, removes ? nil : .integer(number), isRemoval: removes,
                replacing: removes ? Array(view?.seen.prefix(2) ?? []) : [])
        case .log:
            return draft(record, field, type, .integer(number), after: Array(view?.seen.suffix(2) ?? []))
        case .counter: return draft(record, field, type, .integer(number - 4))
        }
    }

    private func draft(
        _ record: RecordID, _ field: String, _ type: FieldType, _ value: Value?, isRemoval: Bool = false,
        replacing: [Citation] = [], isPersonal: Bool = false, after: [Citation] = []
    ) -> EditDraft {
        EditDraft(
            kind: record.kind, record: record.key, field: field, type: type, value: value, isPersonal: isPersonal,
            isRemoval: isRemoval, replaces: replacing, after: after)
    }

    // MARK: Misfortune

    private mutating func misfortune() throws {
        let all = world.machines.values.sorted { $0.name < $1.name }
        let machine = world.random.pick(all)
        // A second machine of the root has nobody to reach it through: only the root listens at its address.
        let fault = world.random.pick([
            "cut", "cut", "mend", "heal", "crash", "start", "backup", "restore", "clone", "skew", "snapshot",
        ])
        switch fault {
        case "cut": world.cut(machine.name, world.random.pick(all).name)
        case "mend": world.mend(machine.name, world.random.pick(all).name)
        case "heal": world.heal()
        case "crash": world.crash(machine.name)
        case "start":
            guard !machine.isUp else { return }
            try world.start(machine.name)
        case "backup": backups[machine.name] = world.backup(machine.name)
        case "restore":
            guard let backup = backups[machine.name] else { return }
            try world.restore(machine.name, from: backup)
        case "clone":
            guard twins < 2, machine.seat != world.tree.root else { return }
            twins += 1
            try world.clone(machine.name, as: "twin\(twins)")
        case "skew": machine.skew = Int64.random(in: -86_400_000...86_400_000, using: &world.random)
        default:
            guard mayFork, machine.isUp, twins < 2, machine.seat != world.tree.root else { return }
            twins += 1
            world.resumeSnapshot(of: machine.name, as: "twin\(twins)")
        }
        faults[fault, default: 0] += 1
    }
}
