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
    private let clerk: CaseClerk
    /// Which words each machine has reported since the story began.
    private let ears = Ears()
    /// What the story wanted and did not get, in the order in which it failed: expectations, and saves that were refused.
    package private(set) var failures: [String] = []
    /// How often each kind of misfortune was done.
    package private(set) var faults: [String: Int] = [:]
    /// How often what a story asked for could not be done, by kind: a start of what runs, a twin that is there already, a
    /// save with nothing to save.
    package private(set) var skipped: [String: Int] = [:]
    /// Told when a crash comes that a point was set for earlier.
    var struck: (StoryAct) -> Void = { _ in }
    /// Which machines have told lies.
    private var liars = Set<Int>()
    /// Crash points that no commit has reached yet, by the machine's index.
    private var armed: [Int: CrashPoint] = [:]

    package init(world: World) {
        self.world = world
        lies = Liar(random: world.random)
        clerk = CaseClerk(world: world)
        world.watchers.append(ears)
        ears.stopped = { [unowned self] in strike($0) }
    }

    // MARK: Acts

    /// What was there before the story: the libraries that cases stand on.
    package func begin() throws { try clerk.stock() }

    /// Does it, if it can be done, and counts it either way.
    ///
    /// - Returns: whether it was done by now. A crash at a commit is done when the commit comes, and a save when its author
    ///   has thought.
    @discardableResult
    package func perform(_ act: StoryAct) throws -> Bool {
        if case .expect(let expectation) = act {
            if let wrong = try unmet(expectation) { failures.append("\(world.instant): \(wrong)") }
            return true
        }
        guard try `do`(act) else {
            skipped[act.word, default: 0] += 1
            return false
        }
        if case .crash(_, let point) = act, point != .now { return false }
        if let fault = act.fault { faults[fault, default: 0] += 1 }
        return true
    }

    private func `do`(_ act: StoryAct) throws -> Bool {
        switch act {
        case .write(let writing): return try look(writing)
        case .cut(let name, let group): world.cut(name, group)
        case .mend(let name): return world.mend(name)
        case .heal: world.heal()
        case .reset(let group):
            guard connections(on: group).contains(where: { _ in true }) else { return false }
            world.reset(group)
        case .silence(let group):
            guard connections(on: group).contains(where: { !$0.isSilent }) else { return false }
            world.silence(group)
        case .shape(let group, let quality): world.shape(group, quality)
        case .expect: break
        case .casework(let deed):
            let answer = try clerk.perform(deed) { [self] answer in
                if answer == .refused { skipped[act.word, default: 0] += 1 }
            }
            return answer != .refused
        case .restore(let name, let kept):
            guard let machine = world.find(machine: name), let image = backups[kept] else { return false }
            armed[machine.index] = nil
            try world.restore(name, from: image)
        case .clone(let name, let twin):
            guard mayDouble(name, twin) else { return false }
            try world.clone(name, as: twin)
        case .resume(let name, let twin):
            guard mayDouble(name, twin), world.machine(name).isWriting else { return false }
            try world.resumeSnapshot(of: name, as: twin)
        case .lie(let name, let other, let lie):
            guard let liar = world.find(machine: name), let other = world.find(machine: other) else { return false }
            let before = world.frames
            try lies.tell(lie, from: liar, to: other, in: world)
            guard world.frames > before else { return false }
            liars.insert(liar.index)
        case .crash(let name, _), .start(let name), .backup(let name, _), .fillDisk(let name), .freeDisk(let name),
            .clock(let name, _, _), .upgrade(let name, _):
            guard let machine = world.find(machine: name) else { return false }
            return try `do`(act, to: machine)
        }
        return true
    }

    private func `do`(_ act: StoryAct, to machine: World.Machine) throws -> Bool {
        let name = machine.name
        switch act {
        case .crash(_, .now):
            guard machine.isUp else { return false }
            armed[machine.index] = nil
            try world.crash(name)
        case .crash(_, let point):
            guard machine.isUp else { return false }
            armed[machine.index] = point
            try world.crash(name, point)
        case .start:
            guard !machine.isUp else { return false }
            try world.start(name)
        case .backup(_, let kept): backups[kept] = try world.backup(name)
        case .fillDisk:
            guard !machine.isDiskFull else { return false }
            world.fillDisk(of: name)
        case .freeDisk:
            guard machine.isDiskFull else { return false }
            world.freeDisk(of: name)
        case .clock(_, let jump, let drift): world.changeClock(of: name, jump: jump, drift: drift)
        case .upgrade(_, let release):
            armed[machine.index] = nil
            try world.upgrade(name, to: release)
        default: return false
        }
        return true
    }

    /// A machine has stopped: by the point that was set for it, unless the story has stopped it some other way.
    private func strike(_ machine: World.Machine) {
        guard let point = armed.removeValue(forKey: machine.index) else { return }
        let act = StoryAct.crash(machine: machine.name, point)
        if let fault = act.fault { faults[fault, default: 0] += 1 }
        struck(act)
    }

    private func connections(on group: Lines) -> some Sequence<World.Connection> {
        let group = LineGroup(group)
        return world.machines.lazy.flatMap { machine in machine.links.values.filter { $0.lower === machine } }
            .filter { group.contains($0.lower.name, $0.upper.name) }
    }

    /// A twin of the root would have nobody above it through whom to meet the other.
    private func mayDouble(_ name: String, _ twin: String) -> Bool {
        guard let machine = world.find(machine: name) else { return false }
        return world.find(machine: twin) == nil && machine.seat != world.tree.root
    }

    /// Whatever is wrong with lines, disks and processes is put right; clocks stay as they are.
    package func calm() throws {
        world.heal()
        world.straighten()
        world.calmLines()
        for (index, point) in armed.sorted(by: { $0.key < $1.key }) {
            skipped[StoryAct.crash(machine: world.machines[index].name, point).word, default: 0] += 1
        }
        armed = [:]
        for machine in world.machines {
            world.freeDisk(of: machine.name)
            machine.crashPoint = nil
            // What a neighbour lied about itself, and what a wrong bit told, is believed until its process ends.
            let isSuspect = liars.contains(machine.index) || world.damaged.contains(machine.index)
            if isSuspect { try world.crash(machine.name) }
            if !machine.isUp { try world.start(machine.name) }
        }
    }

    // MARK: Writing

    /// An officer opens the record, thinks, and saves what he then has.
    ///
    /// - Returns: whether he could look at it and, if he did not think, whether he could save.
    private func look(_ writing: Writing) throws -> Bool {
        guard let machine = world.find(machine: writing.machine), machine.isUp else { return false }
        let states = try records(of: writing).map { id in (id, try machine.store?.record(id)) }
        guard writing.thinking > 0 else { return try save(writing, seen: states, at: machine) }
        world.at(world.instant + writing.thinking) { [self] in
            // The screen stays as it was, whatever has arrived since or become of the process.
            if try !save(writing, seen: states, at: machine) {
                skipped[StoryAct.write(writing).word, default: 0] += 1
            }
        }
        return true
    }

    private func records(of writing: Writing) -> [RecordID] {
        ([writing.record.name] + writing.also).map { name in
            RecordName(
                kind: writing.record.kind, home: writing.record.home, flow: writing.record.flow, name: name
            ).id
        }
    }

    /// - Returns: whether there was something to save and a process that could.
    private func save(
        _ writing: Writing, seen: [(RecordID, RecordState?)], at machine: World.Machine
    ) throws -> Bool {
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
        guard !entries.isEmpty else { return false }
        let place = StreamPlace(home: writing.record.home, flow: writing.record.flow)
        let packed = entries.packed(editsMax: Limits.editsPerEntryMax)
        let answer = try world.submit(at: machine, place, writing.acting, packed, screen: screen)
        if case .refused(let refusal) = answer {
            failures.append("\(world.instant): \(machine.name)'s save of \(writing.record) was refused: \(refusal)")
        }
        return answer != nil
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
        case .judged(let name, let question, let machines):
            return try first(of: machines) { machine in try clerk.unmet(question, of: name, at: machine) }
        case .published(let name, let expected, let machines):
            return try first(of: machines) { machine in try clerk.unmet(expected, of: name, at: machine) }
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

/// Remembers which words machines report, and hears them stop.
private final class Ears: Watcher {
    private(set) var words: [String: Set<String>] = [:]
    var stopped: (World.Machine) -> Void = { _ in }

    func stopped(_ machine: World.Machine, in world: World) { stopped(machine) }

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
        case .fileUnsound: "file-unsound"
        case .fileDamaged: "file-damaged"
        case .filesFailed: "files-failed"
        case .greeted, .compared, .caughtUp, .linkEnded, .committed, .changed, .fileComplete, .reported, .restored: nil
        }
    }
}

extension StoryAct {
    /// What kind of act it is: that of its misfortune, if it is one.
    package var word: String {
        switch self {
        case .write: "write"
        case .casework(let act): act.deed.word
        case .mend: "mend"
        case .heal: "heal"
        case .start: "start"
        case .backup: "backup"
        case .freeDisk: "free-disk"
        case .expect: "expect"
        case .cut, .reset, .silence, .shape, .crash, .restore, .clone, .resume, .fillDisk, .clock, .upgrade, .lie:
            fault ?? ""
        }
    }

    /// The kind of misfortune it is; `nil` for work, mending and looking.
    package var fault: String? {
        switch self {
        case .write, .mend, .heal, .start, .backup, .freeDisk, .expect: nil
        case .casework(let act): if case .forge = act.deed { act.deed.word } else { nil }
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
