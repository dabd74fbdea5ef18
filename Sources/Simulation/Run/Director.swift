import Crypto
import Divisions
import Lattice
package import Ledger
import Replication

/// Does in a world what a story says, and answers what the story asks.
package final class Director {
    let world: World
    private var backups: [String: DiskImage] = [:]
    private var lies: Liar
    /// Which words each machine has reported since the story began.
    private let ears = Ears()
    /// Expectations that were not met, in the order in which they failed.
    package private(set) var failures: [String] = []
    package private(set) var expected = 0
    /// How often each kind of misfortune was done.
    package private(set) var faults: [String: Int] = [:]
    /// What was asked for and could not be done: a machine that ran already, a twin there was no room for.
    package private(set) var skipped = 0

    package init(world: World) {
        self.world = world
        lies = Liar(random: world.random)
        world.watchers.append(ears)
    }

    // MARK: Acts

    package func perform(_ act: StoryAct) throws {
        if let fault = act.fault { faults[fault, default: 0] += 1 }
        switch act {
        case .write(let writing): try look(writing)
        case .cut(let name, let group): world.cut(name, group)
        case .mend(let name): world.mend(name)
        case .heal: world.heal()
        case .reset(let group): world.reset(group)
        case .silence(let group): world.silence(group)
        case .shape(let group, let quality): world.shape(group, quality)
        case .crash(let name, let point): try on(name) { if $0.isUp { try world.crash($0.name, point) } }
        case .start(let name): try on(name) { if !$0.isUp { try world.start($0.name) } }
        case .backup(let machine, let name): try on(machine) { backups[name] = try world.backup($0.name) }
        case .restore(let machine, let name):
            guard let image = backups[name] else { return skip() }
            try on(machine) { try world.restore($0.name, from: image) }
        case .clone(let machine, let twin): try double(machine, twin) { try world.clone(machine, as: twin) }
        case .resume(let machine, let twin):
            try double(machine, twin) {
                guard world.machine(machine).isWriting else { return skip() }
                try world.resumeSnapshot(of: machine, as: twin)
            }
        case .fillDisk(let name): try on(name) { world.fillDisk(of: $0.name) }
        case .freeDisk(let name): try on(name) { world.freeDisk(of: $0.name) }
        case .clock(let name, let jump, let drift):
            try on(name) { world.changeClock(of: $0.name, jump: jump, drift: drift) }
        case .upgrade(let name, let release): try on(name) { try world.upgrade($0.name, to: release) }
        case .lie(let name, let other, let lie):
            try on(name) { liar in try on(other) { try lies.tell(lie, from: liar, to: $0, in: world) } }
        case .expect(let expectation):
            expected += 1
            if let wrong = try unmet(expectation) { failures.append("\(world.instant): \(wrong)") }
        }
    }

    private func skip() { skipped += 1 }

    private func on(_ name: String, _ body: (World.Machine) throws -> Void) throws {
        guard let machine = world.find(machine: name) else { return skip() }
        try body(machine)
    }

    /// A twin of the root would have nobody above it through whom to meet the other.
    private func double(_ name: String, _ twin: String, _ body: () throws -> Void) throws {
        guard world.find(machine: twin) == nil, let machine = world.find(machine: name),
            machine.seat != world.tree.root
        else { return skip() }
        try body()
    }

    /// Whatever is wrong with lines, disks and processes is put right; clocks stay as they are.
    package func calm() throws {
        world.heal()
        world.straighten()
        world.calmLines()
        for machine in world.machines {
            world.freeDisk(of: machine.name)
            machine.crashPoint = nil
            // What a neighbour lied about itself is believed until its process or ours ends.
            if lies.told > 0 || world.hadDamage { try world.crash(machine.name) }
            if !machine.isUp { try world.start(machine.name) }
        }
    }

    // MARK: Writing

    /// An officer opens the record, thinks, and saves what he then has.
    private func look(_ writing: Writing) throws {
        guard let machine = world.find(machine: writing.machine), machine.isUp else { return skip() }
        let states = try records(of: writing).map { id in (id, try machine.store?.record(id)) }
        guard writing.thinking > 0 else { return try save(writing, seen: states, at: machine) }
        world.at(world.instant + writing.thinking) { [self] in
            // The screen stays as it was, whatever has arrived since or become of the process.
            try save(writing, seen: states, at: machine)
        }
    }

    private func records(of writing: Writing) -> [RecordID] {
        ([writing.record.name] + writing.also).map { name in
            RecordName(
                kind: writing.record.kind, home: writing.record.home, flow: writing.record.flow, name: name
            ).id
        }
    }

    private func save(_ writing: Writing, seen: [(RecordID, RecordState?)], at machine: World.Machine) throws {
        var entries: [[EditDraft]] = []
        var screen: World.Screen?
        for (id, state) in seen {
            var state = state
            if screen == nil {
                screen = World.Screen(record: id, shown: Set(state?.seenByRemoval ?? []))
                if world.planted == .citationsAtCommit { state = try machine.store?.record(id) }
            }
            let drafts = writing.edits.flatMap { $0.drafts(of: id, seeing: state) }
            if !drafts.isEmpty { entries.append(drafts) }
        }
        guard !entries.isEmpty else { return }
        let place = StreamPlace(home: writing.record.home, flow: writing.record.flow)
        let packed = entries.packed(editsMax: Limits.editsPerEntryMax)
        if try world.submit(at: machine, place, writing.acting, packed, screen: screen) == nil { skip() }
    }

    // MARK: What people see

    /// - Returns: what is not as expected.
    package func unmet(_ expectation: Expectation) throws -> String? {
        switch expectation {
        case .shows(let name, let field, let type, let values, let machines):
            return try first(of: machines) { machine in
                let view = try machine.store?.record(name.id)?.view
                let shown = view?[field, type]?.shownValues ?? []
                guard shown != values else { return nil }
                return "\(machine.name) shows \(Self.words(shown)) as \(field) of \(name), not \(Self.words(values))"
            }
        case .conflict(let name, let field, let expected, let machines):
            return try first(of: machines) { machine in
                let view = try machine.store?.record(name.id)?.view
                let isThere = view?.conflicts.contains { $0.concerns(field) } ?? false
                return isThere == expected
                    ? nil : "\(machine.name) shows \(isThere ? "a" : "no") conflict in \(field) of \(name)"
            }
        case .visible(let name, let expected, let machines):
            return try first(of: machines) { machine in
                let isVisible = try machine.store?.record(name.id)?.isVisible ?? false
                return isVisible == expected ? nil : "\(machine.name) \(isVisible ? "shows" : "does not show") \(name)"
            }
        case .held(let name, let expected, let machines):
            return try first(of: machines) { machine in
                let isHeld = try machine.store?.history(of: name.id).isEmpty == false
                return isHeld == expected ? nil : "\(machine.name) holds \(isHeld ? "something" : "nothing") of \(name)"
            }
        case .linked(let name, let upper):
            return try first(of: [name]) { machine in
                machine.uplink == upper
                    ? nil : "\(name) hangs on \(machine.uplink?.text ?? "nothing"), not on \(upper?.text ?? "nothing")"
            }
        case .alarm(let division, let expected, let name):
            return try first(of: [name]) { machine in
                let isRaised = machine.performer?.inspect { $0.alarms[division] != nil } ?? false
                return isRaised == expected
                    ? nil : "\(name) knows of \(isRaised ? "two machines" : "one machine") of \(division)"
            }
        case .forks(let expected):
            var forked = Set<StreamID>()
            for machine in world.running {
                for head in try machine.store?.heads() ?? [] where head.forkedAfter != nil {
                    forked.insert(head.stream)
                }
            }
            return forked.count == expected ? nil : "\(forked.count) streams are forked, not \(expected)"
        case .running(let name, let expected):
            let isWriting = world.find(machine: name)?.isWriting ?? false
            return isWriting == expected ? nil : "\(name) \(isWriting ? "writes" : "does not write")"
        case .reported(let name, let word, let expected):
            let isReported = ears.words[name, default: []].contains(word)
            return isReported == expected ? nil : "\(name) reported \(isReported ? "" : "no ")\(word)"
        case .agree(let expected):
            let divergence = try ConvergenceChecker.divergence(of: world)
            guard (divergence == nil) != expected else { return nil }
            return divergence ?? "all machines agree"
        }
    }

    private static func words(_ values: [Value]) -> String {
        values.isEmpty ? "nothing" : values.map(StoryText.value).joined(separator: ", ")
    }

    private func first(of names: [String], _ look: (World.Machine) throws -> String?) throws -> String? {
        for name in names {
            guard let machine = world.find(machine: name) else { return "there is no machine \(name)" }
            guard machine.isUp else { return "\(name) is down" }
            if let wrong = try look(machine) { return wrong }
        }
        return nil
    }
}

/// Remembers which words machines report.
private final class Ears: Watcher {
    private(set) var words: [String: Set<String>] = [:]

    func told(_ event: Replication.Event, by machine: World.Machine, in world: World) {
        guard let word = event.word else { return }
        words[machine.name, default: []].insert(word)
    }
}

extension Replication.Event {
    /// One word for what is rare enough to be worth remembering.
    package var word: String? {
        switch self {
        case .refusedPeer: "refused-peer"
        case .refusedByPeer: "refused-by-peer"
        case .faultyFrame: "faulty-frame"
        case .refusedRun: "refused-run"
        case .forked: "forked"
        case .twoMachines: "two-machines"
        case .clockAhead: "clock-ahead"
        case .turned: "turned"
        case .waiting: "waiting"
        case .greeted, .compared, .caughtUp, .linkEnded, .committed, .changed: nil
        }
    }
}

extension StoryAct {
    /// The kind of misfortune it is; `nil` for work, mending and looking.
    package var fault: String? {
        switch self {
        case .write, .mend, .heal, .start, .backup, .freeDisk, .expect: nil
        case .cut: "cut"
        case .reset: "reset"
        case .silence: "silence"
        case .shape: "shape"
        case .crash(_, let point): point == .now ? "crash" : point.rawValue
        case .restore: "restore"
        case .clone: "clone"
        case .resume: "resume"
        case .fillDisk: "full-disk"
        case .clock: "clock"
        case .upgrade: "upgrade"
        case .lie(_, _, let lie): lie.rawValue
        }
    }
}

extension RecordName {
    /// The same name is the same record on every machine and in every run.
    package var id: RecordID {
        let bytes = Array(SHA256.hash(data: Array("\(kind) \(home.text) \(flow.rawValue) \(name)".utf8)))
        let word = { (start: Int) in bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        return RecordID(home: home, flow: flow, kind: kind, key: RecordKey(word(0), word(8)))
    }
}

extension FieldEdit {
    /// The edit with the citations of one who saw this of the record.
    func drafts(of id: RecordID, seeing state: RecordState?) -> [EditDraft] {
        let seen = isBlind ? nil : state?.view[field, type]
        switch change {
        case .put(let value):
            return [
                draft(
                    id, value, replaces: type == .register ? seen?.seen ?? [] : [],
                    after: type == .log ? Array((seen?.seen ?? []).suffix(2)) : [])
            ]
        case .drop(let value):
            let dots = state?[FieldKey(name: field, type: type)]?.live.filter { $0.shows(value) }.map(\.citation) ?? []
            return dots.isEmpty ? [] : [draft(id, nil, isRemoval: true, replaces: dots.sorted())]
        case .create: return [draft(id, nil, replaces: seen?.seen ?? [])]
        case .remove:
            guard let state, state.isVisible else { return [] }
            return [draft(id, nil, isRemoval: true, replaces: state.seenByRemoval)]
        }
    }

    private func draft(
        _ id: RecordID, _ value: Value?, isRemoval: Bool = false, replaces: [Citation] = [], after: [Citation] = []
    ) -> EditDraft {
        EditDraft(
            kind: id.kind, record: id.key, field: field, type: type, value: value,
            isPersonal: isPersonal && value != nil, isRemoval: isRemoval, replaces: replaces, after: after)
    }
}

extension [[EditDraft]] {
    /// As few entries as the limits allow, each record whole in one of them.
    fileprivate func packed(editsMax: Int) -> [[EditDraft]] {
        var packed: [[EditDraft]] = []
        for drafts in self {
            if let last = packed.last, last.count + drafts.count <= Swift.min(editsMax, 400) {
                packed[packed.count - 1] += drafts
            } else {
                packed.append(drafts)
            }
        }
        return packed
    }
}
