import Divisions
import Ledger
import Replication

/// Writes the journal while the world turns.
final class Recorder: Watcher {
    private(set) var journal = Journal()
    private let world: World
    private var levels: [Level]
    private var entryPlaces: [EntryID: Int] = [:]
    private var linePlaces: [World.LineDirection: Int] = [:]
    private var down: [Int: Int] = [:]
    private var cuts: [String: [Int]] = [:]
    /// When each entry was written, by stream; the first number stands at 0.
    private var written: [StreamID: [UInt64]] = [:]
    private var lag: [UInt64]
    /// One entry in so many is followed, so that those that are lie evenly over the whole story.
    private let stride: Int

    init(world: World, scenario: Scenario, file: String) {
        self.world = world
        let writings = scenario.events.count { if case .write = $0.act { true } else { false } }
        stride = writings / Journal.entriesMax + 1
        levels = Level.allCases
        lag = levels.map { _ in 0 }
        (journal.scenario, journal.title, journal.why) = (
            file.isEmpty ? scenario.name : file, scenario.title, scenario.why
        )
        (journal.seed, journal.store) = (scenario.seed, world.storeKind.rawValue)
        (journal.begins, journal.ends) = (world.instant, world.instant)
        for machine in world.machines { add(machine) }
    }

    private func add(_ machine: World.Machine) {
        guard machine.index == journal.offices.count, let division = world.tree.division(machine.seat) else { return }
        let parent = world.tree.uplinks(of: machine.seat).first.flatMap { seat in
            journal.offices.firstIndex { $0.division == seat.division }
        }
        journal.offices.append(
            Journal.Office(
                machine: machine.name, division: machine.seat, name: division.name, level: division.level,
                parent: parent))
    }

    // MARK: Acts

    func acted(_ act: StoryAct) {
        switch act {
        case .write, .expect: return
        case .casework(let act):
            guard case .forge(_, _, let forgery) = act.deed else { return }
            mark(.lie, at(act.machine), forgery.rawValue)
        case .cut(let name, let group):
            let (left, right) = groups(group)
            if let place = begin(.cut(left, right), name) { cuts[name, default: []].append(place) }
            mark(.cut, left.count <= right.count ? left : right, name)
        case .mend(let name):
            end(cut: name)
            mark(.mend, [], name)
        case .heal:
            for name in cuts.keys.sorted() { end(cut: name) }
            mark(.mend, [], "all")
        case .reset(let group): mark(.reset, groups(group).0, "")
        case .silence(let group): mark(.silence, groups(group).0, "")
        case .shape(let group, let quality):
            mark(.shape, groups(group).0, quality.bytesPerSecond.map { "\($0) bytes/s" } ?? "")
        case .crash(let name, let point): mark(.crash, at(name), point.rawValue)
        case .start(let name): mark(.start, at(name), "")
        case .backup(let name, let kept): mark(.backup, at(name), kept)
        case .restore(let name, let kept): mark(.restore, at(name), kept)
        case .clone(let name, let twin), .resume(let name, let twin): mark(.clone, at(name) + at(twin), twin)
        case .fillDisk(let name): mark(.disk, at(name), "full")
        case .freeDisk(let name): mark(.disk, at(name), "free")
        case .clock(let name, let jump, let drift): mark(.clock, at(name), "\(jump) ms, \(drift) ppm")
        case .upgrade(let name, let release): mark(.upgrade, at(name), release.name)
        case .lie(let name, let other, let lie): mark(.lie, at(name) + at(other), lie.rawValue)
        }
    }

    /// All is put right at the end of a story.
    func calmed() {
        for name in cuts.keys.sorted() { end(cut: name) }
    }

    func failed(_ text: String) { mark(.failed, [], text) }

    private func end(cut name: String) {
        for place in cuts.removeValue(forKey: name) ?? [] { journal.spans[place].through = world.instant }
    }

    /// - Returns: where it stands among the spans, if there was room for it.
    private func begin(_ kind: Journal.Span.Kind, _ name: String) -> Int? {
        guard journal.spans.count < Journal.spansMax else {
            journal.leftOut.spans += 1
            return nil
        }
        journal.spans.append(Journal.Span(kind: kind, from: world.instant, through: nil, name: name))
        return journal.spans.count - 1
    }

    private func at(_ name: String) -> [Int] { world.find(machine: name).map { [$0.index] } ?? [] }

    private func groups(_ lines: Lines) -> ([Int], [Int]) {
        switch lines {
        case .all: (Array(world.machines.indices), [])
        case .between(let left, let right): (left.flatMap(at), right.flatMap(at))
        case .around(let names):
            (names.flatMap(at), world.machines.filter { !names.contains($0.name) }.map(\.index))
        }
    }

    private func mark(_ kind: Journal.Mark.Kind, _ offices: [Int], _ text: String) {
        guard journal.marks.count < Journal.marksMax else {
            journal.leftOut.marks += 1
            return
        }
        journal.marks.append(Journal.Mark(at: world.instant, kind: kind, offices: offices, text: text))
    }

    // MARK: Watching

    func started(_ machine: World.Machine, in world: World) {
        add(machine)
        if let place = down.removeValue(forKey: machine.index) { journal.spans[place].through = world.instant }
    }

    func stopped(_ machine: World.Machine, in world: World) {
        guard down[machine.index] == nil else { return }
        down[machine.index] = begin(.down(machine.index), machine.name)
    }

    func told(_ event: Replication.Event, by machine: World.Machine, in world: World) {
        switch event {
        case .twoMachines(let division, _): mark(.alarm, [machine.index], division.text)
        case .turned(let upper): mark(.turned, [machine.index], upper.text)
        case .forked(let stream, let after): mark(.forked, [machine.index], "\(stream.short) after \(after)")
        case .refusedRun, .faultyFrame, .refusedPeer: mark(.refused, [machine.index], event.word ?? "")
        default: break
        }
    }

    func connected(_ connection: World.Connection, in world: World) { _ = line(connection) }

    private func line(_ connection: World.Connection) -> Int {
        let key = World.LineDirection(from: connection.lower.index, to: connection.upper.index)
        if let place = linePlaces[key] { return place }
        linePlaces[key] = journal.lines.count
        journal.lines.append(Journal.Line(lower: key.from, upper: key.to))
        return journal.lines.count - 1
    }

    func sent(
        _ frame: [UInt8], from: World.Machine, to: World.Machine, connection: World.Connection, arrival: UInt64,
        in world: World
    ) {
        let place = line(connection)
        journal.lines[place].frames += 1
        if from === connection.lower {
            journal.lines[place].bytesUp += UInt64(frame.count)
        } else {
            journal.lines[place].bytesDown += UInt64(frame.count)
        }
        guard let view = FrameView(frame), view.kind == .batch else { return }
        var carried: [Int] = []
        for part in view.parts {
            for number in part.first..<part.first &+ UInt64(part.count) {
                if let entry = entryPlaces[EntryID(stream: part.stream, number: number)] { carried.append(entry) }
            }
        }
        guard journal.messages.count < Journal.messagesMax, stride == 1 || !carried.isEmpty else {
            journal.leftOut.messages += 1
            return
        }
        journal.messages.append(
            Journal.Message(
                from: from.index, to: to.index, sent: world.instant, arrived: Instant(milliseconds: arrival),
                bytes: frame.count, entries: carried))
    }

    func committed(_ commit: Commit, at machine: World.Machine, in world: World) {
        for run in commit.runs {
            let isOwn = (written[run.head.stream]?.count ?? 0) < Int(run.head.number)
            for entry in run.entries {
                if isOwn { wrote(entry, run.head, at: machine) } else { arrived(entry, at: machine) }
            }
        }
    }

    private func wrote(_ entry: JudgedEntry, _ head: StreamHead, at machine: World.Machine) {
        guard entry.id.number == UInt64(written[head.stream]?.count ?? 0) + 1 else { return }
        written[head.stream, default: []].append(world.now)
        journal.writtenEntries += 1
        guard let edits = entry.header.edits.first else { return }
        guard journal.entries.count < Journal.entriesMax, journal.writtenEntries % stride == 0 else {
            journal.leftOut.entries += 1
            return
        }
        entryPlaces[entry.id] = journal.entries.count
        let fields = Set(entry.header.edits.map(\.field)).sorted().prefix(4).joined(separator: ", ")
        journal.entries.append(
            Journal.Entry(
                id: entry.id, writer: machine.index, written: world.instant, home: head.home, flow: head.flow,
                text: "\(edits.kind): \(fields)"))
    }

    private func arrived(_ entry: JudgedEntry, at machine: World.Machine) {
        if let times = written[entry.id.stream], entry.id.number <= UInt64(times.count) {
            let level = place(of: machine.seat)
            lag[level] = max(lag[level], world.now - times[Int(entry.id.number) - 1])
        }
        if let place = entryPlaces[entry.id] {
            journal.entries[place].arrivals.append((office: machine.index, at: world.instant))
        }
    }

    // MARK: Samples

    func sample() throws {
        var backlog = levels.map { _ in UInt64(0) }
        for missing in try ConvergenceChecker.pending(of: world) {
            backlog[place(of: missing.division)] += missing.through - missing.from + 1
        }
        var alone = levels.map { _ in 0 }
        for machine in world.machines
        where !machine.isUp || machine.seat != world.tree.root && machine.uplink == nil {
            alone[place(of: machine.seat)] += 1
        }
        journal.samples.append(Journal.Sample(at: world.instant, lag: lag, backlog: backlog, alone: alone))
        lag = levels.map { _ in 0 }
    }

    private func place(of division: DivisionCode) -> Int {
        world.tree.level(of: division).flatMap { levels.firstIndex(of: $0) } ?? 0
    }

    func finish(agreed: Instant?, checks: [Journal.Check], faults: [String: Int]) -> Journal {
        journal.ends = world.instant
        journal.agreed = agreed
        journal.checks = checks
        (journal.frames, journal.bytes) = (world.frames, world.frameBytes)
        journal.faults = faults
        journal.trace = world.traceDigest
        return journal
    }
}
