import Casework
import Divisions
package import Foundation
import Replication

/// One scenario played once: the world turned, its story told, the calm awaited, every checker asked.
package struct Run {
    package enum End: String, Sendable {
        /// All is as it must be.
        case passed
        /// Something is false.
        case wrong
        /// The machines never came to rest or to agree, and nothing else is wrong.
        case stuck
    }

    package struct Result: Sendable {
        package let end: End
        /// What is wrong, each in one line.
        package let findings: [String]
        package let journal: Journal
        package let trace: String
        package let simulatedMilliseconds: UInt64
        package let events: UInt64
        package let faults: [String: Int]
        /// What the story asked for and could not be done, by kind.
        package let skipped: [String: Int]
        package let checks: [Journal.Check]
        /// Entries on all machines together.
        package let entries: Int
        /// From the last event of the story until all agreed; `nil` if they never did.
        package let calmMilliseconds: UInt64?
    }

    package struct Options: Sendable {
        package var store = StoreKind.memory
        /// How many samples of lag and backlog are taken; 0 for none.
        package var samples = 0
        /// Whether a journal of messages and entries is kept.
        package var isRecorded = false
        /// Where the story was read from, for whoever wants to play it again.
        package var file = ""
        /// Where simulated SQLite disks stand.
        package var folder: URL = FileManager.default.temporaryDirectory

        package init() {}
    }

    /// After the last event, before all is put right: what was done last must have had its effect.
    package static let effectMilliseconds: UInt64 = 1_000
    /// Checkers that find something wherever the machines only need more time.
    private static let patient: Set<String> = ["convergence", "liveness"]

    package let scenario: Scenario
    package let options: Options

    package init(_ scenario: Scenario, _ options: Options = Options()) {
        (self.scenario, self.options) = (scenario, options)
    }

    /// - Parameter progress: told now and then how far the story has come, from 0 to 1.
    package func play(progress: (Double, World) -> Void = { _, _ in }) throws -> Result {
        let world = try World(scenario, options)
        defer { world.dissolve() }
        let director = Director(world: world)
        let checkers = Checkers.all(for: world)
        world.watchers += checkers.map { $0 as any Watcher }
        let recorder = options.isRecorded ? Recorder(world: world, scenario: scenario, file: options.file) : nil
        if let recorder { world.watchers.append(recorder) }

        if let recorder { director.struck = { recorder.acted($0) } }

        try tell(story, until: last, on: director, recorder, progress)
        try world.run(through: world.now + Self.effectMilliseconds)
        recorder?.calmed()
        try director.calm()
        let agreed = try settle(world, recorder)
        let unrest = agreed == nil ? try world.unrest() : nil
        for event in scenario.events where event.isAtEnd { try director.perform(event.act) }

        var findings = director.failures
        for failure in findings { recorder?.failed(failure) }
        var isOnlyLate = findings.isEmpty
        if let unrest { findings.append("rest: \(unrest)") }
        var checks: [Journal.Check] = []
        for checker in checkers {
            let verdict = try checker.verdict(on: world)
            findings += verdict.findings.map { "\(checker.name): \($0)" }
            if !verdict.isSound, !Self.patient.contains(checker.name) { isOnlyLate = false }
            checks.append(
                Journal.Check(
                    name: checker.name, chinese: checker.chinese, english: checker.english, looked: verdict.looked,
                    findings: verdict.findings))
        }
        let end: End = findings.isEmpty ? .passed : agreed == nil && isOnlyLate ? .stuck : .wrong
        let journal = recorder?.finish(agreed: agreed, checks: checks, faults: director.faults) ?? Journal()
        return Result(
            end: end, findings: findings, journal: journal, trace: world.traceDigest,
            simulatedMilliseconds: world.now - scenario.begins.milliseconds, events: world.events,
            faults: director.faults, skipped: director.skipped, checks: checks,
            entries: try world.running.reduce(0) { $0 + Int(try $1.store?.lastPosition() ?? 0) },
            calmMilliseconds: agreed.map { $0.milliseconds - last.milliseconds })
    }

    /// Plays the story as far as `moment`, into the calm if it is later than the last event, and looks at the world as it
    /// then is.
    ///
    /// - Parameter progress: told now and then how far the story has come; what it throws ends the play.
    package func look<Seen>(
        at moment: Instant, progress: (Double, World) throws -> Void = { _, _ in }, _ body: (World) throws -> Seen
    ) throws -> Seen {
        let world = try World(scenario, options)
        defer { world.dissolve() }
        let director = Director(world: world)
        let told = story.filter { $0.at <= moment }
        try tell(told, until: min(moment, last), on: director, nil, progress)
        let calm = last + Self.effectMilliseconds
        try world.run(through: min(moment, calm).milliseconds)
        if moment >= calm {
            try director.calm()
            try world.run(through: moment.milliseconds)
        }
        return try body(world)
    }

    private var story: [Scenario.Event] { scenario.events.filter { !$0.isAtEnd } }

    /// When the last event and all that it begins is done: who still thinks saves before the story is over.
    private var last: Instant { story.reduce(scenario.begins) { max($0, $1.lasts) } }

    private func tell(
        _ story: [Scenario.Event], until last: Instant, on director: Director, _ recorder: Recorder?,
        _ progress: (Double, World) throws -> Void
    ) throws {
        let world = director.world
        try director.begin()
        let begins = scenario.begins.milliseconds
        let span = max(last.milliseconds - min(begins, last.milliseconds), 1)
        let pause = recorder == nil || options.samples == 0 ? nil : max(span / UInt64(options.samples), 1)
        var (sampleAt, told) = (begins, 0)
        for event in story {
            while let pause, sampleAt <= event.at.milliseconds {
                try world.run(through: sampleAt)
                try recorder?.sample()
                sampleAt += pause
            }
            try world.run(through: event.at.milliseconds)
            if try director.perform(event.act) { recorder?.acted(event.act) }
            told += 1
            if told % 64 == 0 { try progress(Double(world.now - begins) / Double(span), world) }
        }
        try world.run(through: last.milliseconds)
        try progress(1, world)
    }

    /// - Returns: when all agreed; `nil` if they did not in time.
    private func settle(_ world: World, _ recorder: Recorder?) throws -> Instant? {
        let pause: UInt64 = 500
        var looked = 0
        let isSettled = try world.run(
            until: {
                looked += 1
                if looked % 20 == 1 { try recorder?.sample() }
                return try LivenessChecker.obstacle(in: world) == nil && world.isAtRest
                    && ConvergenceChecker.divergence(of: world) == nil
            }, within: scenario.calm, lookingEvery: pause)
        try recorder?.sample()
        return isSettled ? world.instant : nil
    }
}

extension Scenario.Event {
    /// Whether it is asked once all have had time to agree.
    package var isAtEnd: Bool { at == .end }

    /// When all that it begins is done.
    var lasts: Instant {
        switch act {
        case .write(let writing): at + writing.thinking
        case .casework(let act): at + act.thinking
        default: at
        }
    }
}

extension World {
    package convenience init(_ scenario: Scenario, _ options: Run.Options) throws {
        let scratch = ScratchFolder(in: options.folder)
        try self.init(
            tree: scenario.tree, seed: Seed(scenario.seed), begins: scenario.begins, lines: scenario.lines,
            planted: scenario.planted, casework: scenario.casework, store: options.store,
            makeDisk: { index in
                switch options.store {
                case .memory: MemoryDisk()
                case .sqlite:
                    try SQLiteDisk(folder: scratch.path.appending(path: "\(index)"), kinds: CaseworkKinds.all)
                }
            })
    }

    /// Whether every machine writes and owes its neighbours nothing.
    package var isAtRest: Bool { restless == nil }

    /// The first machine that does not write or still owes a neighbour something.
    private var restless: Machine? {
        machines.first { machine in
            guard let performer = machine.performer else { return true }
            let position = (try? machine.store?.lastPosition()) ?? 0
            return !performer.inspect { $0.isQuiet(lastPosition: position) }
        }
    }

    /// What keeps the world from being settled, in one line; `nil` if it is.
    package func unrest() throws -> String? {
        if let obstacle = LivenessChecker.obstacle(in: self) { return obstacle }
        if let divergence = try ConvergenceChecker.divergence(of: self) { return divergence }
        return restless.map { "\($0.name) \($0.isWriting ? "has still something to send" : "does not write")" }
    }
}

/// A folder for one world, which is removed with it. Whoever needs it makes it.
private final class ScratchFolder {
    let path: URL

    init(in folder: URL) {
        path = folder.appending(path: "tributary-\(ProcessInfo.processInfo.globallyUniqueString)")
    }

    deinit { try? FileManager.default.removeItem(at: path) }
}
