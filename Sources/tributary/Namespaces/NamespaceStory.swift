import Casework
import Divisions
import Foundation
import Ledger
import Node
import Simulation
import Store

/// One story as it is told to a province of real processes.
///
/// Time is compressed, and the order of what happens is kept: a gap of at most a second is waited for as it is; a longer
/// one lasts until every machine hangs on the nearest office above that it can reach and both hold the same, at most as
/// long as in the story, and at most ``gapMax``. An expectation is waited for, at most ``factLimit``. Since the half minute
/// in which a node notices a dead line would mostly be left out by this, both ends are told of a cut at once; a silenced
/// connection is noticed by nothing but the missing signs of life.
///
/// A process cannot be killed at a point of its commit; this is as near as one can aim. It is killed about the next save in
/// the story that it should hold: for `before-commit` and `torn-commit` before the officer saves, for `after-commit` as soon
/// as his node has answered, while its connections carry nothing, so that it is durable and no neighbour was told.
struct NamespaceStory {
    static let exactGapMax: UInt64 = 1_000
    static let gapMax: Duration = .seconds(45)
    static let factLimit: Duration = .seconds(20)
    static let agreementLimit: Duration = .seconds(120)
    private static let pause: Duration = .milliseconds(100)

    let scenario: Scenario
    let plan: NamespacePlan
    private let progress: @Sendable (String) -> Void
    var province: NamespaceProvince
    private(set) var outcome = NamespaceHarness.Outcome()

    /// What stands on the screens of officers who think.
    private var screens: [Int: RecordMessage] = [:]
    private var cuts: [(name: String, lines: Lines)] = []
    private var cutLines: Set<String> = []
    private var isLimited: Bool
    private var backups: [String: String] = [:]
    private var backupsMade = 0
    var fullDisks: Set<String> = []
    /// Machines that are killed about the next save that they should hold.
    private var doomed: [String: CrashPoint] = [:]
    /// What nodes have answered for, and what has not been on a lost disk alone.
    private var acknowledged: Set<Acknowledged.Name> = []

    init(_ scenario: Scenario, _ province: NamespaceProvince, progress: @escaping @Sendable (String) -> Void) {
        (self.scenario, self.province, self.progress) = (scenario, province, progress)
        plan = NamespacePlan(scenario)
        isLimited = scenario.lines.bytesPerSecond != nil
    }

    // MARK: Telling

    mutating func play() async throws {
        try province.shape(province.lines, scenario.lines, isLimited: isLimited)
        try await startAll()
        _ = try await settle(within: Self.gapMax)
        var now = plan.moments.first?.at ?? scenario.begins
        for (place, moment) in plan.moments.enumerated() {
            try await pass(from: now, to: moment.at)
            now = moment.at
            try await perform(moment.step, place, at: now)
        }
        try await calm()
        for expectation in plan.ending { try await expect(expectation, "end") }
        try await prove()
    }

    private func startAll() async throws {
        for (_, machines) in Dictionary(grouping: province.machines, by: { $0.office.division.level })
            .sorted(by: { $0.key < $1.key })
        {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for machine in machines { group.addTask { try await machine.office.start() } }
                try await group.waitForAll()
            }
        }
    }

    private func pass(from now: Instant, to next: Instant) async throws {
        let gap = next.milliseconds - now.milliseconds
        if gap <= Self.exactGapMax {
            if gap > 0 { try await Task.sleep(for: .milliseconds(Int64(gap))) }
        } else {
            _ = try await settle(within: min(Self.gapMax, .milliseconds(Int64(gap))))
        }
    }

    private mutating func perform(_ step: NamespacePlan.Step, _ place: Int, at now: Instant) async throws {
        switch step {
        case .look(let number, let writing):
            guard let office = running(writing.machine) else { return }
            screens[number] = await NamespaceClerk(office: office).look(writing)
        case .save(let number, let writing):
            tell(now.description, StoryAct.write(writing).words)
            try await save(writing, seen: screens.removeValue(forKey: number))
        case .act(.expect(let expectation)): try await expect(expectation, now.description)
        case .act(let act):
            tell(now.description, act.words)
            outcome.acts += 1
            try await perform(act, place)
        }
    }

    private func tell(_ moment: String, _ words: String) { progress("  \(moment)  \(words)") }

    private mutating func skip(_ what: String) {
        outcome.skipped.append(what)
        progress("    跳过 skipped: \(what)")
    }

    private func running(_ name: String) -> Office? {
        province[name].flatMap { $0.office.isRunning ? $0.office : nil }
    }

    // MARK: Work

    private mutating func save(_ writing: Writing, seen: RecordMessage?) async throws {
        outcome.acts += 1
        let dying = doomed.filter { name, _ in
            province[name].map {
                scenario.tree.holds($0.seat, home: writing.record.home, flow: writing.record.flow)
            } ?? false
        }
        for (name, point) in dying.sorted(by: { $0.key < $1.key }) {
            doomed[name] = nil
            if point != .afterCommit { await province[name]?.office.kill() }
            guard point == .afterCommit, name == writing.machine else { continue }
            for line in chosen(.around([name])) { line.relay.silence() }
        }
        try await write(writing, seen: seen)
        for name in dying.keys.sorted() { await province[name]?.office.kill() }
    }

    private mutating func write(_ writing: Writing, seen: RecordMessage?) async throws {
        guard let office = running(writing.machine) else { return skip("nobody answers at \(writing.machine)") }
        switch try await NamespaceClerk(office: office).save(writing, seen: seen) {
        case .written(let entries): acknowledged.formUnion(entries.compactMap(Acknowledged.Name.init))
        case .unanswered(let reason): skip("\(writing.machine) cannot write: \(reason)")
        case .nothingThere: skip("\(writing.machine) shows no \(writing.record)")
        case .refused(let reason): fail("\(writing.machine) refused a change of \(writing.record): \(reason)")
        }
    }

    private mutating func fail(_ what: String) {
        outcome.unmet.append(what)
        progress("    ✗ \(what)")
    }

    // MARK: Misfortunes

    private mutating func perform(_ act: StoryAct, _ place: Int) async throws {
        switch act {
        case .cut(let name, let lines):
            cuts.append((name, lines))
            try await applyCuts()
        case .mend(let name):
            cuts.removeAll { $0.name == name }
            try await applyCuts()
        case .heal:
            cuts = []
            try await applyCuts()
        case .reset(let lines): for line in chosen(lines) { await line.relay.reset() }
        case .silence(let lines): for line in chosen(lines) { line.relay.silence() }
        case .shape(let lines, let quality):
            isLimited = isLimited || quality.bytesPerSecond != nil
            try province.shape(chosen(lines), quality, isLimited: isLimited)
        default: try await performAtMachine(act, place)
        }
    }

    private mutating func performAtMachine(_ act: StoryAct, _ place: Int) async throws {
        switch act {
        case .crash(let name, let point):
            guard let office = running(name) else { return skip("\(name) is down already") }
            let seat = province[name]?.seat ?? scenario.tree.root
            if point != .now, plan.isSaved(for: name, at: seat, after: place, in: scenario.tree) {
                doomed[name] = point
            } else {
                await office.kill()
            }
        case .start(let name):
            doomed[name] = nil
            guard let machine = province[name], !machine.office.isRunning else { return skip("\(name) runs already") }
            try await machine.office.start()
        case .upgrade(let name, _):
            guard let machine = province[name] else { return skip("there is no machine \(name)") }
            await machine.office.stop()
            try await machine.office.start()
        case .backup(let name, let backup):
            guard let machine = province[name] else { return skip("there is no machine \(name)") }
            backups[backup] = try copyStore(of: machine)
        case .restore(let name, let backup):
            guard let machine = province[name], let copy = backups[backup] else {
                return skip("there is no backup \(backup) or no machine \(name)")
            }
            try await restore(machine, from: copy)
        case .clone(let name, let twin):
            guard let machine = province[name], province[twin] == nil else { return skip("there is a \(twin) already") }
            let double = try await province.addTwin(of: machine, named: twin, store: copyStore(of: machine))
            try province.shape(double.lines, scenario.lines, isLimited: isLimited)
            try await applyCuts()
            try await double.office.start()
        case .fillDisk(let name):
            guard let disk = province[name]?.disk else { return skip("there is no machine \(name)") }
            // A token that is made later would find no room.
            for case .save(_, let writing) in plan.moments.map(\.step) where writing.machine == name {
                try running(name).map { try NamespaceClerk(office: $0).prepare(writing) }
            }
            try Ballast.fill(disk)
            fullDisks.insert(name)
        case .freeDisk(let name): freeDisk(name)
        default: preconditionFailure("\(act.words) is an obstacle, or not done here")
        }
    }

    private mutating func freeDisk(_ name: String) {
        guard fullDisks.remove(name) != nil, let disk = province[name]?.disk else { return }
        Ballast.remove(from: disk)
    }

    /// The store as it is at this moment, in a file of its own.
    private mutating func copyStore(of machine: NamespaceProvince.Machine) throws -> String {
        backupsMade += 1
        let copy = "\(province.path)/backup-\(backupsMade).sqlite"
        try machine.office.backUp(to: copy)
        return copy
    }

    private mutating func restore(_ machine: NamespaceProvince.Machine, from copy: String) async throws {
        await machine.office.kill()
        doomed[machine.name] = nil
        // What stands on this disk alone is lost with it, as it must be.
        let gone = try Self.numbers(machine.office.reader())
        var kept = try Self.numbers(StoreReader(path: copy, kinds: CaseworkKinds.all))
        for other in province.machines where other.name != machine.name {
            kept.merge(try Self.numbers(other.office.reader())) { max($0, $1) }
        }
        acknowledged = acknowledged.filter { name in
            name.number > gone[name.stream] ?? 0 || name.number <= kept[name.stream] ?? 0
        }
        try machine.office.destroyStore()
        try machine.office.restore(from: copy)
        try await machine.office.start()
    }

    private static func numbers(_ reader: StoreReader) throws -> [String: UInt64] {
        Dictionary(try reader.heads().map { ($0.stream.description, $0.number) }) { max($0, $1) }
    }

    // MARK: Lines

    private func chosen(_ lines: Lines) -> [NamespaceProvince.Line] {
        province.lines.filter { lines.contains($0.lower, $0.upper.text) }
    }

    private mutating func applyCuts() async throws {
        let wanted = province.lines.filter { line in cuts.contains { $0.lines.contains(line.lower, line.upper.text) } }
        let names = Set(wanted.map(\.name))
        let (mended, cut) = (
            province.lines.filter { cutLines.contains($0.name) && !names.contains($0.name) },
            wanted.filter { !cutLines.contains($0.name) }
        )
        cutLines = names
        try await province.set(cut, isCut: true)
        try await province.set(mended, isCut: false)
    }

    func isCut(_ line: NamespaceProvince.Line) -> Bool { cutLines.contains(line.name) }

    // MARK: The calm, and what is asked

    /// Whatever is wrong with lines, disks and processes is put right; then all have time to agree.
    private mutating func calm() async throws {
        progress("  平静  calm: everything is mended")
        cuts = []
        try await applyCuts()
        try province.shape(province.lines, scenario.lines, isLimited: isLimited)
        doomed = [:]
        for name in fullDisks.sorted() { freeDisk(name) }
        for machine in province.machines where !machine.office.isRunning { try await machine.office.start() }
        let limit = min(Self.agreementLimit, .milliseconds(Int64(clamping: scenario.calm)))
        outcome.hasAgreed = try await settle(within: limit)
        if !outcome.hasAgreed { fail(try await unsettled(byLines: false) ?? "the machines did not agree in time") }
    }

    private mutating func expect(_ expectation: Expectation, _ moment: String) async throws {
        outcome.expectations += 1
        let end = ContinuousClock.now + Self.factLimit
        var wrong = try await unmet(expectation)
        while wrong != nil, ContinuousClock.now < end {
            try await Task.sleep(for: Self.pause)
            wrong = try await unmet(expectation)
        }
        tell(moment, "\(wrong == nil ? "✓" : "✗") \(expectation.words)")
        if let wrong { fail("\(moment): \(wrong)") }
    }

    /// - Returns: whether everything that is connected came to hold the same in time.
    private func settle(within limit: Duration) async throws -> Bool {
        let end = ContinuousClock.now + limit
        while try await unsettled(byLines: true) != nil {
            guard ContinuousClock.now < end else { return false }
            try await Task.sleep(for: Self.pause)
        }
        return true
    }

    /// Looks into every store, beside its node: chains, seals, records, rows, and what must not be missing.
    private mutating func prove() async throws {
        guard outcome.hasAgreed else { return }
        // Asking nodes for records has written who looked at them: that has to arrive everywhere first.
        _ = try await settle(within: Self.agreementLimit)
        let proof = try Proof(province.machines.map(\.office), in: scenario.tree, acknowledged: acknowledged)
        for (machine, finding) in zip(province.machines, proof.findings) where !finding.isSound {
            fail("\(machine.name): \(finding.faults.first ?? "it does not hold what its parent holds")")
        }
        if proof.lost > 0 { fail("\(proof.lost) entries are missing from machines that should hold them") }
        outcome.entries = proof.findings.map(\.entries).max() ?? 0
    }
}

/// A file that leaves no room on a disk.
private enum Ballast {
    private static func file(on disk: String) -> String { "\(disk)/ballast" }

    static func fill(_ disk: String) throws(CommandFailure) {
        let descriptor = open(file(on: disk), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure(.cannotWrite, "\(disk): cannot be filled: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        // Large pieces first, then the rest to the last byte.
        for size in [1 << 20, 4_096, 1] {
            let piece = [UInt8](repeating: 0, count: size)
            while write(descriptor, piece, size) > 0 {}
        }
    }

    static func remove(from disk: String) { unlink(file(on: disk)) }
}
