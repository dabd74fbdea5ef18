import ArgumentParser
import Foundation
import Simulation

/// A range of seeds, as `1...100`.
struct SeedRange: ExpressibleByArgument {
    let range: ClosedRange<UInt64>

    init?(argument: String) {
        let parts = argument.components(separatedBy: "...")
        guard let first = UInt64(parts[0]), let last = UInt64(parts.count == 2 ? parts[1] : parts[0]),
            parts.count <= 2, first <= last
        else { return nil }
        range = first...last
    }
}

/// `tributary simulate swarm`: as many stories as there are seeds.
struct SwarmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swarm", abstract: "演一群故事 · Plays as many stories as there are seeds.",
        discussion: """
            A swarm that plants bugs is a canary: each bug must be found within the number of seeds the file states. It \
            passes when every one was found.
            """)

    @Argument(
        help: ArgumentHelp("故事文件 · A swarm, such as Simulations/swarms/nightly.yaml.", valueName: "file"),
        completion: .file())
    var file: String

    @Option(help: ArgumentHelp("种子范围 · Seeds, as 1...1000; by default as many as the file says.", valueName: "a...b"))
    var seeds: SeedRange?

    @Option(help: ArgumentHelp("进程数 · Processes at once; by default one a core.", valueName: "n"))
    var jobs = max(1, ProcessInfo.processInfo.activeProcessorCount)

    @Option(help: ArgumentHelp("时限 · Starts no further seed after so many minutes.", valueName: "m"))
    var minutes: Double?

    @Flag(help: "各演两遍 · Plays each seed twice and compares the traces.")
    var twice = false

    @OptionGroup var options: StoryOptions

    @Flag(help: "输出 JSON · One line of JSON, and nothing else.")
    var json = false

    func validate() throws {
        guard (1...256).contains(jobs) else { throw ValidationError("--jobs is from 1 to 256") }
        if let minutes, minutes <= 0 { throw ValidationError("--minutes is more than 0") }
    }

    func run() throws {
        let story = try StoryLoader.load(file)
        if !story.planted.isEmpty, options.plant == nil {
            try canary(story)
        } else {
            try swarm(story)
        }
    }

    private func request(_ seeds: ClosedRange<UInt64>, _ options: StoryOptions) -> Workers.Request {
        Workers.Request(
            file: file, options: options, seeds: seeds, jobs: jobs,
            isTwice: twice || options.plant == .dictionaryOrder,
            deadline: minutes.map { .now + .milliseconds(Int64($0 * 60_000)) })
    }

    // MARK: A swarm

    private func swarm(_ story: StoryFile) throws {
        let range = seeds?.range ?? 1...UInt64(max(story.seedsDefault, 1))
        let start = ContinuousClock.now
        var bar = ProgressBar(Progress(title: story.name, total: Int64(range.count)), isSilent: json)
        let results = try Workers(request(range, options)).run { results, fraction, clock in
            // One long story is told by how far it has come, many by how many are done.
            let note = range.count == 1 ? clock : Self.note(results, start.duration(to: .now))
            let done = range.count == 1 ? Int64(fraction * 1_000) : Int64(results.count)
            bar.update(done: done, total: range.count == 1 ? 1_000 : Int64(range.count), note: note)
        }
        bar.clear()
        let wall = start.duration(to: .now)
        if json {
            Terminal.output.line(try JSONOutput.text(SimulationSummary(results, wall: wall), isPretty: false))
        } else {
            report(results, wall, story)
        }
        try (results.map(\.end).max() ?? .passed).exit()
    }

    private static func note(_ results: [SeedResult], _ elapsed: Duration) -> String {
        let failed = results.count { $0.end != .passed }
        let rate = Int(Double(results.count) * 60 / max(elapsed.seconds, 0.001))
        let faults = results.reduce(0) { $0 + $1.faults.values.reduce(0, +) }
        return "\(rate.grouped) 种子/分 a minute · \(faults.grouped) 故障 faults · \(failed) 失败 failed"
    }

    private func report(_ results: [SeedResult], _ wall: Duration, _ story: StoryFile) {
        let terminal = Terminal.output
        let summary = SimulationSummary(results, wall: wall)
        let rate = Int(Double(results.count) * 60 / max(wall.seconds, 0.001))
        var listing = Listing()
        listing.add("种子 seeds", "\(results.count.grouped), \(rate.grouped) 每分 a minute")
        listing.add("失败 failed", summary.failed == 0 ? terminal.styled("0", .green) : "\(summary.failed.grouped)")
        listing.add(
            "模拟时间 simulated", "\(Duration.seconds(summary.simulatedSeconds).clock) / \(wall.clock) 实际 wall")
        listing.add("事件 events", Int(summary.events).grouped)
        listing.add("轨迹 trace", summary.trace)
        terminal.line("\(terminal.styled(story.name, .bold))  \(story.title)")
        terminal.lines(listing.lines(for: terminal))
        if !summary.faults.isEmpty {
            var table = Table([Table.Column("故障 fault"), Table.Column("次数 times", .right)])
            for (name, count) in summary.faults.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                table.add([name, count.grouped])
            }
            terminal.lines([""] + table.lines(for: terminal))
        }
        let failures = results.filter { $0.end != .passed }
        for failure in failures.prefix(10) {
            terminal.line("\(failure.end.word(terminal))  种子 seed \(failure.seed)")
            terminal.lines(RunCommand.findings(of: failure, terminal))
        }
        if let first = failures.first { terminal.line(replayCommand(file, seed: first.seed, options)) }
    }

    // MARK: A canary

    private func canary(_ story: StoryFile) throws {
        let terminal = Terminal.output
        let start = ContinuousClock.now
        var table = Table([
            Table.Column("植入的错误 planted bug"), Table.Column("发现于种子 found at seed", .right),
            Table.Column("限 within", .right), Table.Column("怎样发现 how", isFlexible: true),
        ])
        var results: [SeedResult] = []
        var found: [String: UInt64] = [:]
        for (bug, within) in story.planted {
            var planting = options
            planting.plant = bug
            var request = request(1...UInt64(max(within, 1)), planting)
            request.stopsAtFailure = true
            var bar = ProgressBar(Progress(title: bug.rawValue, total: Int64(within)), isSilent: json)
            let played = try Workers(request).run { results, _, _ in bar.update(done: Int64(results.count)) }
            bar.clear()
            results += played
            let first = played.first { $0.end != .passed }
            found[bug.rawValue] = first?.seed
            table.add([
                bug.rawValue, first.map { "\($0.seed)" } ?? terminal.styled("未发现 not found", .red, .bold),
                "\(within)", first?.findings.first ?? "",
            ])
        }
        let missed = story.planted.first { found[$0.bug.rawValue] == nil }
        if json {
            var summary = SimulationSummary(results, wall: start.duration(to: .now))
            summary.found = found
            terminal.line(try JSONOutput.text(summary, isPretty: false))
        } else {
            terminal.lines(table.lines(for: terminal))
            if let missed {
                terminal.line(
                    "tributary simulate swarm \(file) --plant \(missed.bug.rawValue) --seeds 1...\(missed.within)")
            }
        }
        if missed != nil { try SimulationEnd.wrong.exit() }
    }
}
