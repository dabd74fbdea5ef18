import ArgumentParser
import Foundation
import Simulation

/// `tributary simulate run`: stories told once.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "演一个故事 · Plays stories once and says whether they end as they must.")

    @Argument(
        help: ArgumentHelp("故事文件 · Scenarios, or a swarm with one seed.", valueName: "file"), completion: .file())
    var files: [String]

    @Option(help: ArgumentHelp("种子 · The seed; by default the file's own.", valueName: "n"))
    var seed: UInt64?

    @OptionGroup var options: StoryOptions

    @Flag(help: "各演两遍 · Plays each story twice and compares the traces.")
    var twice = false

    @Option(help: ArgumentHelp("报告 · Writes what happened as one HTML page.", valueName: "out.html"))
    var report: String?

    @Flag(help: "输出 JSON · One line of JSON, and nothing else.")
    var json = false

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("name a story, such as Simulations/scenarios/*.yaml") }
        guard report == nil || files.count == 1 else {
            throw ValidationError("a report is of one story: name one file")
        }
        guard report != Files.standard else { throw ValidationError("a report goes into a file: name one") }
    }

    func run() throws {
        // A mistake in the last file is told before the first is played.
        let stories = try files.map { (file: $0, story: try StoryLoader.load($0)) }
        if let report { try Files.checkFolder(of: report) }
        StopRequest.listen()
        var results: [(file: String, result: SeedResult)] = []
        let start = ContinuousClock.now
        for (file, story) in stories {
            guard let result = try play(file, seed ?? story.seed) else { break }
            results.append((file, result))
            guard !json else { continue }
            let terminal = Terminal.output
            terminal.line("\(result.end.word(terminal))  \(terminal.styled(story.name, .bold))  \(story.title)")
            let isWhole = files.count == 1 && result.end != .crashed
            terminal.lines(isWhole ? Self.account(of: result, terminal) : Self.findings(of: result, terminal))
            if !result.words.isEmpty { Terminal.errors.line(result.words) }
        }
        StopRequest.follow()
        if json {
            let summary = SimulationSummary(results.map(\.result), wall: start.duration(to: .now))
            Terminal.output.line(try JSONOutput.text(summary, isPretty: false))
        } else {
            conclude(results)
        }
        try (results.map(\.result.end).max() ?? .passed).exit()
    }

    private func conclude(_ results: [(file: String, result: SeedResult)]) {
        let terminal = Terminal.output
        if results.count > 1 { terminal.lines(Self.total(results.map(\.result), terminal)) }
        if let report, results.allSatisfy({ $0.result.end != .crashed }) { terminal.line("报告 report: \(report)") }
        for (file, result) in results where result.end != .passed {
            terminal.line(replayCommand(file, seed: result.seed, options, isTwice: twice))
        }
    }

    /// - Returns: nothing if the command is to stop.
    private func play(_ file: String, _ seed: UInt64) throws -> SeedResult? {
        let name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
        var bar = ProgressBar(Progress(title: name, total: 1_000), isSilent: json)
        let workers = Workers(
            Workers.Request(
                file: file, options: options, seeds: seed...seed, jobs: 1, isTwice: twice, report: report))
        let results = try workers.run { bar.update(done: Int64($0.done * 1_000), note: $0.clock) }
        bar.clear()
        return results.first
    }

    // MARK: What it came to

    private static func account(of result: SeedResult, _ terminal: Terminal) -> [String] {
        var listing = Listing()
        listing.add("种子 seed", "\(result.seed)")
        listing.add("机构 offices", "\(result.offices)")
        listing.add("模拟时间 simulated", Duration.milliseconds(Int64(result.simulatedMilliseconds)).clock)
        if let calm = result.calmMilliseconds {
            listing.add("末事到一致 agreed after", "\(Double(calm) / 1_000) s")
        }
        listing.add("用时 took", "\(Int(result.seconds * 1_000).grouped) ms")
        listing.add("事件 events", Int(result.events).grouped)
        if !result.faults.isEmpty { listing.add("故障 faults", SimulationSummary.words(result.faults)) }
        listing.add("轨迹 trace", result.trace)
        var table = Table([
            Table.Column("检查 check"), Table.Column("看过 looked at", .right), Table.Column("问题 findings", .right),
            Table.Column("保证 makes sure", isFlexible: true),
        ])
        for check in result.checks {
            let count = check.findings == 0 ? "0" : terminal.styled("\(check.findings)", .red, .bold)
            table.add([check.name, check.looked.grouped, count, "\(check.chinese) \(check.english)"])
        }
        return listing.lines(for: terminal) + [""] + table.lines(for: terminal) + findings(of: result, terminal)
    }

    static func findings(of result: SeedResult, _ terminal: Terminal) -> [String] {
        result.findings.prefix(10).map { "  \(terminal.styled("✗", .red, .bold)) \($0)" }
            + (result.findings.count > 10 ? ["  … \(result.findings.count - 10) more"] : [])
    }

    private static func total(_ results: [SeedResult], _ terminal: Terminal) -> [String] {
        let failed = results.count { $0.end != .passed }
        let word = failed == 0 ? terminal.styled("全部符合 all as told", .green) : "\(failed) 个失败 failed"
        return ["", "\(results.count) 个故事 stories: \(word)"]
    }
}

/// What a number of seeds came to, for programs.
struct SimulationSummary: Encodable {
    let seeds: Int
    var failed: Int
    let simulatedSeconds: Double
    let wallSeconds: Double
    let events: UInt64
    let faults: [String: Int]
    let trace: String
    /// For each planted bug the first seed that showed it; only where bugs were planted.
    var found: [String: UInt64]?

    enum CodingKeys: String, CodingKey {
        case seeds, failed, events, faults, trace, found
        case simulatedSeconds = "simulated_seconds"
        case wallSeconds = "wall_seconds"
    }

    init(_ results: [SeedResult], wall: Duration) {
        seeds = results.count
        failed = results.count { $0.end != .passed }
        simulatedSeconds = Double(results.reduce(0) { $0 + $1.simulatedMilliseconds }) / 1_000
        wallSeconds = (wall.seconds * 1_000).rounded() / 1_000
        events = results.reduce(0) { $0 + $1.events }
        faults = results.reduce(into: [:]) { $0.merge($1.faults) { $0 + $1 } }
        trace = results.count == 1 ? results[0].trace : TraceDigest.of(results.map(\.trace))
    }

    static func words(_ faults: [String: Int]) -> String {
        faults.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value.grouped)" }
            .joined(separator: " · ")
    }
}
