import Divisions
import Ledger

/// Misfortunes of all kinds, each of which draws what, where and when, and passes by itself where it can.
struct Faults: Play {
    enum Kind: String, CaseIterable, Hashable, Sendable {
        /// One line carries nothing for a while.
        case cut
        /// All lines of one machine carry nothing for a while.
        case isolate
        /// A process ends and comes back.
        case crash
        /// A process ends within a commit, of which a part reached the disk.
        case torn
        /// A disk is swapped for one that was kept before.
        case restore
        /// A disk is copied into a second machine.
        case clone
        /// A second machine goes on from a snapshot of the memory.
        case resume
        /// A wall clock jumps and drifts.
        case clock
        /// A disk is full for a while.
        case disk
        /// A connection carries nothing any more, and neither end is told.
        case silence
        /// A connection breaks.
        case reset
        /// A line is slow and narrow for a while.
        case shape
        /// A node lies to its neighbour.
        case lie

        /// How often it comes, beside the others, if a file does not say.
        var usualWeight: Int {
            switch self {
            case .cut: 4
            case .isolate, .crash, .reset: 2
            case .torn, .restore, .clone, .clock, .disk, .silence, .shape: 1
            case .resume, .lie: 0
            }
        }

        /// Whether it needs a line, and so a second machine.
        var needsLine: Bool {
            switch self {
            case .cut, .isolate, .clone, .resume, .silence, .reset, .shape, .lie: true
            case .crash, .torn, .restore, .clock, .disk: false
            }
        }
    }

    static let twinsMax = 2

    var count: Amount
    /// In the order of `Kind`; not all zero.
    var weights: [(kind: Kind, weight: Int)]
    var lasting: Amount

    func draw(_ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage) {
        let seats = stage.tree.seats.map(\.division)
        let possible = weights.filter { $0.weight > 0 && (seats.count > 1 || !$0.kind.needsLine) }
        guard !possible.isEmpty else { return }
        var twins = 0
        let moments = random.moments(count.count(using: &random), in: span)
        for (number, moment) in moments.enumerated() {
            let mayTwin = twins < Self.twinsMax
            guard let kind = Self.pick(possible, mayTwin: mayTwin, using: &random) else { return }
            if kind == .clone || kind == .resume { twins += 1 }
            let fault = Fault(
                name: "fault-\(stage.step)-\(number + 1)", twin: "twin-\(stage.step)-\(twins)", moment: moment,
                start: span.lowerBound, lasting: lasting.milliseconds(using: &random))
            fault.happen(kind, using: &random, on: &stage)
        }
    }

    private static func pick(
        _ weights: [(kind: Kind, weight: Int)], mayTwin: Bool, using random: inout SeededGenerator
    ) -> Kind? {
        let left = weights.filter { mayTwin || ($0.kind != .clone && $0.kind != .resume) }
        let total = left.map(\.weight).reduce(0, +)
        guard total > 0 else { return nil }
        var rest = Int.random(in: 0..<total, using: &random)
        for (kind, weight) in left {
            if rest < weight { return kind }
            rest -= weight
        }
        return nil
    }
}

/// One misfortune at its moment.
private struct Fault {
    let name: String
    let twin: String
    let moment: Instant
    /// When the play began: backups are kept after it.
    let start: Instant
    let lasting: UInt64

    func happen(_ kind: Faults.Kind, using random: inout SeededGenerator, on stage: inout Stage) {
        let tree = stage.tree
        let seats = tree.seats.map(\.division)
        let any = random.pick(seats)
        // Only the province listens at its address, so a second one would have nobody to reach it.
        let lower = random.pick(seats.count > 1 ? seats.filter { $0 != tree.root } : seats)
        let line = Self.line(of: lower, in: tree, using: &random)
        switch kind {
        case .cut: last(.cut(name: name, line), until: .mend(name: name), on: &stage)
        case .isolate: last(.cut(name: name, .around([lower.text])), until: .mend(name: name), on: &stage)
        case .crash:
            let point = random.pick([CrashPoint.now, .now, .beforeCommit, .afterCommit])
            last(.crash(machine: any.text, point), until: .start(machine: any.text), on: &stage)
        case .torn: last(.crash(machine: any.text, .tornCommit), until: .start(machine: any.text), on: &stage)
        case .restore:
            stage.add(.backup(machine: any.text, name: name), at: random.moment(in: start...moment))
            stage.add(.restore(machine: any.text, name: name), at: moment)
        case .clone:
            stage.add(.clone(machine: lower.text, as: twin), at: moment)
            stage.note(StoryNames.machine(twin), madeAt: moment)
        case .resume:
            stage.add(.resume(machine: lower.text, as: twin), at: moment)
            stage.note(StoryNames.machine(twin), madeAt: moment)
        case .clock:
            let jump = Int64.random(in: -Int64(Instant.day)...Int64(Instant.day), using: &random)
            let drift = Int64.random(in: -200...200, using: &random)
            stage.add(.clock(machine: any.text, jump: jump, drift: drift), at: moment)
        case .disk: last(.fillDisk(machine: any.text), until: .freeDisk(machine: any.text), on: &stage)
        case .silence: stage.add(.silence(line), at: moment)
        case .reset: stage.add(.reset(line), at: moment)
        case .shape:
            last(.shape(line, Self.poor(stage.lines, using: &random)), until: .shape(line, stage.lines), on: &stage)
        case .lie:
            guard let upper = tree.uplinks(of: lower).first?.division else { return }
            let liesUp = random.chance(50)
            let (liar, victim) = liesUp ? (lower, upper) : (upper, lower)
            stage.add(
                .lie(machine: liar.text, to: victim.text, random.pick(Lie.allCases)), at: moment)
        }
    }

    private func last(_ act: StoryAct, until ending: StoryAct, on stage: inout Stage) {
        stage.add(act, at: moment)
        stage.add(ending, at: moment + lasting)
    }

    /// The line to the parent; one time in five the one to a parent to fall back to.
    private static func line(
        of lower: DivisionCode, in tree: DivisionTree, using random: inout SeededGenerator
    ) -> Lines {
        let uplinks = tree.uplinks(of: lower).map(\.division.text)
        guard let first = uplinks.first else { return .all }
        let upper = uplinks.count > 1 && random.chance(20) ? random.pick(Array(uplinks.dropFirst())) : first
        return .between([lower.text], [upper])
    }

    private static func poor(_ base: LineQuality, using random: inout SeededGenerator) -> LineQuality {
        var quality = base
        quality.latency = random.pick([200...800, 500...3_000, 50...5_000])
        quality.bytesPerSecond = random.pick([nil, 8_000, 2_000])
        quality.breaks = max(base.breaks, random.pick([0, 50, 200]))
        quality.duplicates = max(base.duplicates, random.pick([0, 50, 200]))
        return quality
    }
}
