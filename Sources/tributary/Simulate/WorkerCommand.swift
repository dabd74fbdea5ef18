import ArgumentParser
import Divisions
import Foundation
import Simulation

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
}

/// A line of a worker.
enum WorkerLine: Codable, Sendable {
    case progress(fraction: Double, clock: String)
    case result(SeedResult)
}

/// `tributary simulate worker`: plays the seeds it reads, a line each, in a process of its own: a crash ends it and
/// nobody else.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Plays the seeds that come on standard input; for the other commands.",
        shouldDisplay: false)

    @Argument var file: String
    @OptionGroup var options: StoryOptions
    @Flag var twice = false
    @Option var report: String?

    func run() throws {
        let story = try StoryLoader.load(file)
        while let line = readLine() {
            guard let seed = UInt64(line) else { throw CommandFailure(.usage, "\(line): is no seed") }
            try tell(.result(try play(story.draw(seed: seed, planting: options.plant))))
        }
    }

    private func tell(_ line: WorkerLine) throws(CommandFailure) {
        Terminal.output.line(try JSONOutput.text(line, isPretty: false))
    }

    private func play(_ scenario: Scenario) throws -> SeedResult {
        var settings = Run.Options()
        settings.store = options.store
        settings.isRecorded = report != nil
        settings.file = file
        settings.samples = report == nil ? 0 : 240
        let start = ContinuousClock.now
        var told = start
        let run = Run(scenario, settings)
        let played = try run.play { fraction, world in
            guard told.duration(to: .now) > .milliseconds(200) else { return }
            told = .now
            try? tell(.progress(fraction: fraction, clock: world.instant.description))
        }
        var result = SeedResult(played, of: scenario)
        if twice {
            let again = try Run(scenario, settings).play()
            if again.trace != played.trace {
                result.end = max(result.end, .wrong)
                result.findings.append("determinism: played twice, the seed left two different traces")
            }
        }
        result.seconds = start.duration(to: .now).seconds
        if let report { try Files.write(Report(played.journal).html, to: report) }
        return result
    }
}

extension SeedResult {
    init(_ played: Run.Result, of scenario: Scenario) {
        self.init(seed: scenario.seed, end: SimulationEnd(played.end), findings: played.findings)
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
