import ArgumentParser
import Divisions
import Foundation
import Simulation
import Synchronization

/// What one seed came to, as a worker tells it.
struct SeedResult: Codable, Sendable {
    struct Check: Codable, Sendable {
        let name: String
        let chinese: String
        let english: String
        let looked: Int
        let findings: Int
    }

    let seed: UInt64
    var end: SimulationEnd
    var findings: [String]
    var trace = ""
    var simulatedMilliseconds: UInt64 = 0
    var events: UInt64 = 0
    var seconds: Double = 0
    var faults: [String: Int] = [:]
    var checks: [Check] = []
    var offices = 0
    var entries = 0
    /// Until all agreed, in milliseconds after the last event of the story; nil where they never did.
    var calmMilliseconds: UInt64?
    /// All that the process said as it crashed, its stack included where it told that.
    var words = ""
}

/// A line of a worker.
enum WorkerLine: Codable, Sendable {
    case progress(fraction: Double, clock: String)
    case result(SeedResult)
}

/// `tributary simulate worker`: plays the seeds it reads, a line each, in a process of its own: a crash ends it and
/// nobody else. With its standard input it ends at once, in the middle of a story if need be: nobody waits for it any more.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Plays the seeds that come on standard input; for the other commands.",
        shouldDisplay: false)

    @Argument var file: String
    @OptionGroup var options: StoryOptions
    @Flag var twice = false
    @Option var report: String?

    /// Where the SQLite disks of a worker stand.
    static func disks(of process: Int32) -> URL {
        FileManager.default.temporaryDirectory.appending(path: "tributary-worker-\(process)")
    }

    func run() throws {
        // Whoever started it decides what a Ctrl-C means.
        signal(SIGINT, SIG_IGN)
        let disks = Self.disks(of: getpid())
        defer { try? FileManager.default.removeItem(at: disks) }
        let story = try StoryLoader.load(file)
        let store = options.store
        let lines = InputLines { Self.end(store == .sqlite ? disks : nil) }
        while true {
            let line = lines.next()
            guard let seed = UInt64(line) else { throw CommandFailure(.usage, "\(line): is no seed") }
            try tell(.result(try result(of: story.draw(seed: seed, planting: options.plant), disks)))
        }
    }

    /// Ends the process where it is and takes its disks away: it becomes the program that does so, since a story in play
    /// would make anew what was taken away behind it.
    private static func end(_ disks: URL?) -> Never {
        guard let disks else { _exit(EXIT_SUCCESS) }
        let words = ["rm", "-rf", disks.path]
        var arguments = words.map { strdup($0) }
        arguments.append(nil)
        execv("/bin/rm", &arguments)
        _exit(EXIT_FAILURE)
    }

    private func tell(_ line: WorkerLine) throws(CommandFailure) {
        Terminal.output.line(try JSONOutput.text(line, isPretty: false))
    }

    private func result(of scenario: Scenario, _ disks: URL) throws(CommandFailure) -> SeedResult {
        let played: (result: SeedResult, journal: Journal)
        do { played = try play(scenario, disks) } catch {
            // What the program throws in the middle of a story is no better than a trap.
            return SeedResult(seed: scenario.seed, end: .crashed, findings: ["crash: \(error)"])
        }
        if let report { try Files.write(Report(played.journal).html, to: report) }
        return played.result
    }

    private func play(_ scenario: Scenario, _ disks: URL) throws -> (SeedResult, Journal) {
        var settings = Run.Options()
        settings.store = options.store
        settings.isRecorded = report != nil
        settings.file = file
        settings.samples = report == nil ? 0 : 240
        settings.folder = disks
        let start = ContinuousClock.now
        var told = start
        let run = Run(scenario, settings)
        let played = try run.play { fraction, world in
            guard told.duration(to: .now) > .milliseconds(200) else { return }
            told = .now
            try? tell(.progress(fraction: fraction, clock: world.instant.description))
        }
        var result = SeedResult(played, of: scenario)
        let times = scenario.planted == .dictionaryOrder ? Self.timesByChance : twice ? 1 : 0
        for _ in 0..<times where try run.play().trace != played.trace {
            result.end = max(result.end, .wrong)
            result.findings.append(Self.differs)
            break
        }
        result.seconds = start.duration(to: .now).seconds
        return (result, played.journal)
    }

    /// How often a story is played again to see a bug that shows by chance.
    private static let timesByChance = 10

    /// The finding that one seed told two stories.
    static let differs = "determinism: played twice, the seed left two different traces"
}

/// The lines of standard input, read while this process does something else.
private final class InputLines: Sendable {
    private let lines = Mutex<[String]>([])
    private let ready = DispatchSemaphore(value: 0)

    /// - Parameter ended: called on another thread as soon as there will be no more.
    init(ended: @escaping @Sendable () -> Never) {
        Thread.detachNewThread { [self] in
            while let line = readLine() {
                lines.withLock { $0.append(line) }
                ready.signal()
            }
            ended()
        }
    }

    /// Waits for the next line.
    func next() -> String {
        ready.wait()
        return lines.withLock { $0.removeFirst() }
    }
}

extension SeedResult {
    init(_ played: Run.Result, of scenario: Scenario) {
        self.init(seed: scenario.seed, end: SimulationEnd(played.end), findings: scenario.named(in: played.findings))
        (trace, events, faults) = (played.trace, played.events, played.faults)
        simulatedMilliseconds = played.simulatedMilliseconds
        offices = scenario.tree.seats.count
        entries = played.entries
        calmMilliseconds = played.calmMilliseconds
        checks = played.checks.map {
            Check(
                name: $0.name, chinese: $0.chinese, english: $0.english, looked: $0.looked,
                findings: $0.findings.count)
        }
    }
}

extension Scenario {
    /// Findings are told in many lines where much is wrong; so many are worth a story's own words.
    private static let findingsMax = 40

    /// The findings with records called as the story calls them.
    fileprivate func named(in findings: [String]) -> [String] {
        guard !findings.isEmpty else { return [] }
        let names = recordNames.map { (id: "\($0.id)", name: $0.name) }
        return findings.enumerated().map { place, finding in
            guard place < Self.findingsMax else { return finding }
            return names.reduce(finding) { text, record in
                text.contains(record.id) ? text.replacing(record.id, with: "\(record.name) (\(record.id))") : text
            }
        }
    }
}
