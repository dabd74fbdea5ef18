import ArgumentParser
import Foundation
import Simulation

/// A range of seeds, as `1...100`.
struct SeedRange: ExpressibleByArgument {
    /// More than anyone has the time to play.
    static let countMax: UInt64 = 1_000_000_000

    let range: ClosedRange<UInt64>

    init?(argument: String) {
        let parts = argument.components(separatedBy: "...")
        guard let first = UInt64(parts[0]), let last = UInt64(parts.count == 2 ? parts[1] : parts[0]),
            parts.count <= 2, first <= last, last - first < Self.countMax
        else { return nil }
        range = first...last
    }
}

/// `tributary simulate swarm`: as many stories as there are seeds.
struct SwarmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swarm", abstract: "演一群故事 · Plays as many stories as there are seeds.",
        discussion: """
            A swarm that plants bugs is a canary: each bug must be found within the number of seeds the file states, and by \
            the checker it names, if it names one. It passes when every one was found; with --plant only that one is looked \
            for. Any other swarm passes when no seed fails.
            """)

    @Argument(
        help: ArgumentHelp("故事文件 · A swarm, such as Simulations/swarms/nightly.yaml.", valueName: "file"),
        completion: .file())
    var file: String

    @Option(help: ArgumentHelp("种子范围 · Seeds, as 1...1000; by default as many as the file says.", valueName: "a...b"))
    var seeds: SeedRange?

    @Option(help: ArgumentHelp("进程数 · Processes at once; by default one a core.", valueName: "n"))
    var jobs = max(1, ProcessInfo.processInfo.activeProcessorCount)

    @Option(
        help: ArgumentHelp("时限 · Begins no further seed after so many minutes, but at least one.", valueName: "m"))
    var minutes: Double?

    @Flag(help: "各演两遍 · Plays each seed twice and compares the traces.")
    var twice = false

    @OptionGroup var options: StoryOptions

    @Flag(help: "输出 JSON · One line of JSON, and nothing else.")
    var json = false

    /// A year.
    private static let minutesMax = 525_600.0

    func validate() throws {
        guard (1...256).contains(jobs) else { throw ValidationError("--jobs is from 1 to 256") }
        if let minutes, !(minutes > 0 && minutes <= Self.minutesMax) {
            throw ValidationError("--minutes is more than 0 and at most \(Int(Self.minutesMax))")
        }
    }

    func run() throws {
        let story = try StoryLoader.load(file)
        let planted = story.planted.filter { options.plant == nil || options.plant == $0.bug }
        StopRequest.listen()
        if planted.isEmpty {
            try swarm(story)
        } else {
            try canary(planted)
        }
    }

    private func request(
        _ seeds: ClosedRange<UInt64>, _ options: StoryOptions, until deadline: ContinuousClock.Instant?
    ) -> Workers.Request {
        Workers.Request(file: file, options: options, seeds: seeds, jobs: jobs, isTwice: twice, deadline: deadline)
    }

    private var deadline: ContinuousClock.Instant? { minutes.map { .now + .seconds($0 * 60) } }

    // MARK: A swarm

    private func swarm(_ story: StoryFile) throws {
        let range = seeds?.range ?? 1...UInt64(max(story.seedsDefault, 1))
        let count = Int(range.upperBound - range.lowerBound) + 1
        let start = ContinuousClock.now
        var bar = ProgressBar(Progress(title: story.name, total: Int64(count) * 1_000), isSilent: json)
        let results = try Workers(request(range, options, until: deadline)).run { standing in
            // One long story is told by what time it is there, many by how many are done.
            let note = count == 1 ? standing.clock : Self.note(standing.results, start.duration(to: .now))
            bar.update(done: Int64(standing.done * 1_000), note: note)
        }
        bar.clear()
        let wall = start.duration(to: .now)
        if json {
            StopRequest.follow()
            Terminal.output.line(try JSONOutput.text(SimulationSummary(results, wall: wall), isPretty: false))
        } else {
            report(results, of: count, wall, story)
            StopRequest.follow()
        }
        try (results.map(\.end).max() ?? .passed).exit()
    }

    private static func rate(_ count: Int, _ elapsed: Duration) -> String {
        Int(Double(count) * 60 / max(elapsed.seconds, 0.001)).grouped
    }

    private static func note(_ results: [SeedResult], _ elapsed: Duration) -> String {
        let failed = results.count { $0.end != .passed }
        let faults = results.reduce(0) { $0 + $1.faults.values.reduce(0, +) }
        return "\(failed) 失败 failed · \(rate(results.count, elapsed)) 每分 a minute · "
            + "\(results.count.grouped) 种子 seeds · \(faults.grouped) 故障 faults"
    }

    private func report(_ results: [SeedResult], of count: Int, _ wall: Duration, _ story: StoryFile) {
        let terminal = Terminal.output
        let summary = SimulationSummary(results, wall: wall)
        var listing = Listing()
        var played = "\(results.count.grouped), \(Self.rate(results.count, wall)) 每分 a minute"
        if results.count < count {
            let why = StopRequest.isMade ? "中断 stopped" : "时限已到 the time was up"
            played =
                "\(results.count.grouped) / \(count.grouped) (\(why)), \(Self.rate(results.count, wall)) 每分 a minute"
        }
        listing.add("种子 seeds", played)
        terminal.line("\(terminal.styled(story.name, .bold))  \(story.title)")
        guard !results.isEmpty else {
            terminal.lines(listing.lines(for: terminal))
            return
        }
        listing.add("失败 failed", summary.failed == 0 ? terminal.styled("0", .green) : "\(summary.failed.grouped)")
        let taken = wall < .seconds(60) ? "\((wall.seconds * 10).rounded() / 10) s" : wall.clock
        listing.add("模拟时间 simulated", "\(Duration.seconds(summary.simulatedSeconds).clock) / \(taken) 实际 wall")
        listing.add("事件 events", Int(summary.events).grouped)
        listing.add("轨迹 trace", summary.trace)
        terminal.lines(listing.lines(for: terminal))
        if !summary.faults.isEmpty {
            var table = Table([Table.Column("故障 fault"), Table.Column("次数 times", .right)])
            for (name, count) in summary.faults.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                table.add([name, count.grouped])
            }
            terminal.lines([""] + table.lines(for: terminal))
        }
        tell(failures: results.filter { $0.end != .passed }, terminal)
    }

    private static let failuresShown = 10

    private func tell(failures: [SeedResult], _ terminal: Terminal) {
        for failure in failures.prefix(Self.failuresShown) {
            terminal.line("\(failure.end.word(terminal))  种子 seed \(failure.seed)")
            terminal.lines(RunCommand.findings(of: failure, terminal))
        }
        if failures.count > Self.failuresShown {
            let others = failures.dropFirst(Self.failuresShown).prefix(100).map { "\($0.seed)" }
            terminal.line("… \(failures.count - Self.failuresShown) more: \(others.joined(separator: " "))")
        }
        if let first = failures.first {
            terminal.line(replayCommand(file, seed: first.seed, options, isTwice: twice))
        }
    }

    // MARK: A canary

    private func canary(_ planted: [(bug: PlantedBug, within: Int, by: String?)]) throws {
        let terminal = Terminal.output
        let start = ContinuousClock.now
        let deadline = deadline
        var table = Table([
            Table.Column("植入的错误 planted bug"), Table.Column("发现于种子 found at seed", .right),
            Table.Column("限 within", .right), Table.Column("怎样发现 how", isFlexible: true),
        ])
        var results: [SeedResult] = []
        var found: [String: UInt64] = [:]
        for (bug, within, checker) in planted where !StopRequest.isMade {
            let range = range(within)
            let played = try played(bug, range, until: deadline) { $0.isFound(by: checker) }
            results += played
            let first = played.last.flatMap { $0.isFound(by: checker) ? $0 : nil }
            found[bug.rawValue] = first?.seed
            let isCutShort = first == nil && played.count < Int(range.upperBound - range.lowerBound) + 1
            table.add([
                bug.rawValue, first.map { "\($0.seed)" } ?? terminal.styled("未发现 not found", .red, .bold),
                "\(within)",
                first?.finding(by: checker) ?? (isCutShort ? "只演了 only \(played.count) 个种子 seeds were played" : ""),
            ])
        }
        let missed = planted.filter { found[$0.bug.rawValue] == nil }
        if json {
            StopRequest.follow()
            var summary = SimulationSummary(results, wall: start.duration(to: .now))
            // Here a seed that fails is what is wanted, and a bug that no seed showed is the failure.
            (summary.failed, summary.found) = (missed.count, found)
            terminal.line(try JSONOutput.text(summary, isPretty: false))
        } else {
            terminal.lines(table.lines(for: terminal))
            StopRequest.follow()
            for (bug, within, _) in missed { terminal.line(searchCommand(for: bug, range(within))) }
        }
        if !missed.isEmpty { try SimulationEnd.wrong.exit() }
    }

    /// The seeds that are tried for a bug: as many as are stated, from the first that was asked for.
    private func range(_ within: Int) -> ClosedRange<UInt64> {
        let first = seeds?.range.lowerBound ?? 1
        let (last, isTooFar) = first.addingReportingOverflow(UInt64(max(within, 1)) - 1)
        return first...min(isTooFar ? .max : last, seeds?.range.upperBound ?? .max)
    }

    private func played(
        _ bug: PlantedBug, _ range: ClosedRange<UInt64>, until deadline: ContinuousClock.Instant?,
        isFound: @escaping @Sendable (SeedResult) -> Bool
    ) throws -> [SeedResult] {
        var planting = options
        planting.plant = bug
        var request = request(range, planting, until: deadline)
        request.stops = isFound
        let count = Int64(range.upperBound - range.lowerBound) + 1
        var bar = ProgressBar(Progress(title: bug.rawValue, total: count * 1_000), isSilent: json)
        let results = try Workers(request).run { bar.update(done: Int64($0.done * 1_000)) }
        bar.clear()
        return results
    }

    private func searchCommand(for bug: PlantedBug, _ range: ClosedRange<UInt64>) -> String {
        var planting = options
        planting.plant = bug
        let seeds = "--seeds \(range.lowerBound)...\(range.upperBound)"
        return (["tributary simulate swarm", file.shellWord, seeds] + planting.words + (twice ? ["--twice"] : []))
            .joined(separator: " ")
    }
}

extension SeedResult {
    /// What this checker found; what any did where none is named.
    fileprivate func finding(by checker: String?) -> String? {
        guard let checker else { return findings.first }
        return findings.first { $0.hasPrefix("\(checker):") }
    }

    fileprivate func isFound(by checker: String?) -> Bool { end != .passed && finding(by: checker) != nil }
}
