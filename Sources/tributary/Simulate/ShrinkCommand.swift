import ArgumentParser
import Divisions
import Foundation
import Simulation

/// `tributary simulate shrink`: the smallest story that still fails.
struct ShrinkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shrink", abstract: "缩小失败 · Makes a failing story small enough to read.",
        discussion: """
            Leaves out events, offices and edits as long as the same checker still finds something, and writes what is \
            left as a scenario. Of a story that fails only by what it expects, the expectation and all that it speaks of \
            stay. Ctrl-C ends the search and writes the best so far.
            """)

    @Argument(help: ArgumentHelp("故事文件 · The story that fails.", valueName: "file"), completion: .file())
    var file: String

    @Option(help: ArgumentHelp("种子 · The seed it fails with; by default the file's own.", valueName: "n"))
    var seed: UInt64?

    @OptionGroup var options: StoryOptions

    @Flag(help: "各演两遍 · Also looks for seeds that tell two stories.")
    var twice = false

    @Option(
        help: ArgumentHelp(
            "输出文件 · Where the scenario is written; by default here, named after the file, the bug and the seed.",
            valueName: "out.yaml"))
    var output: String?

    func run() throws {
        let story = try StoryLoader.load(file)
        let number = seed ?? story.seed
        let scenario = story.draw(seed: number, planting: options.plant)
        let path = try path(for: scenario)
        StopRequest.listen()
        guard let first = try played(file, seed: number) else { return StopRequest.follow() }
        guard first.end != .passed, let target = try FailureTarget(first, of: scenario, by: findings) else {
            throw CommandFailure(.usage, "\(file): passes with seed \(number): there is nothing to shrink")
        }
        Terminal.errors.line("\(first.end.word(.errors))  \(target.finding)")
        var bar = ProgressBar(Progress(title: "缩小 shrinking"))
        var shrinker = Shrinker(scenario) { candidate in
            try StopRequest.check()
            return try target.isHit(by: candidate) { try findings(of: $0, target) }
        }
        do {
            try shrinker.shrink { trials, events, offices in
                bar.update(done: Int64(trials), note: "\(events) 事件 events · \(offices) 机构 offices")
            }
        } catch is StopRequest.GivenUp {}
        bar.clear()
        try write(shrinker.best, of: story, target.finding, to: path)
        let (events, offices) = (scenario.events.count, scenario.tree.seats.count)
        Terminal.output.line(
            "\(events) → \(shrinker.best.events.count) 事件 events, \(offices) → \(shrinker.best.tree.seats.count) "
                + "机构 offices, \(shrinker.trials) 次 trials\(StopRequest.isMade ? ", 中断 stopped" : "")")
        Terminal.output.line(
            (["tributary simulate run", path.shellWord] + storeWords + (twice ? ["--twice"] : []))
                .joined(separator: " "))
        StopRequest.follow()
    }

    /// The words that name the store again; a shrunk story carries its bug itself.
    private var storeWords: [String] {
        var options = options
        options.plant = nil
        return options.words
    }

    /// Where the scenario will be written; refused before anything is played.
    private func path(for scenario: Scenario) throws(CommandFailure) -> String {
        let parts = [scenario.name] + (scenario.planted.map { [$0.rawValue] } ?? []) + ["\(scenario.seed)"]
        let path = output ?? "\(parts.joined(separator: "-")).yaml"
        let url = URL(fileURLWithPath: path)
        guard url.pathExtension == "yaml", StoryFile.isName(url.deletingPathExtension().lastPathComponent) else {
            throw CommandFailure(
                .usage,
                "\(path): is no name for a story: write lower-case letters, digits and hyphens, and .yaml; see --output"
            )
        }
        try Files.checkFolder(of: path)
        return path
    }

    private func write(
        _ best: Scenario, of story: StoryFile, _ finding: String, to path: String
    ) throws(CommandFailure) {
        var shrunk = best
        shrunk.name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        shrunk.title = "What is left of \(story.name) with seed \(best.seed)."
        shrunk.why = finding
        try Files.write(StoryWriter.render(shrunk), to: path)
    }

    /// - Returns: nothing if the command is to stop.
    private func played(_ file: String, seed: UInt64) throws -> SeedResult? {
        let request = Workers.Request(file: file, options: options, seeds: seed...seed, jobs: 1, isTwice: twice)
        return try Workers(request).run().first
    }

    /// What is wrong with a smaller story. Where the program crashed, another process plays it.
    private func findings(of candidate: Scenario, _ target: FailureTarget?) throws -> [String] {
        switch target?.kind {
        case .crash: return try findingsElsewhere(of: candidate)
        case .determinism: return try determinism(of: candidate)
        case .checker, .expectation, nil:
            // What the program throws here is another failure than the one that is looked for.
            return (try? Run(candidate, settings).play().findings) ?? []
        }
    }

    private var settings: Run.Options {
        var settings = Run.Options()
        settings.store = options.store
        return settings
    }

    /// What depends on chance must show several times in a row, so that it will show again.
    private static let determinismTrials = 10

    private func determinism(of candidate: Scenario) throws -> [String] {
        let run = Run(candidate, settings)
        for _ in 0..<Self.determinismTrials where try run.play().trace == run.play().trace { return [] }
        return [WorkerCommand.differs]
    }

    private func findingsElsewhere(of candidate: Scenario) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "shrink-\(UUID().uuidString)")
        try Files.makeDirectory(folder.path, mode: 0o700)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "candidate.yaml").path
        var candidate = candidate
        candidate.name = "candidate"
        try Files.write(StoryWriter.render(candidate), to: file)
        return try played(file, seed: candidate.seed)?.findings ?? []
    }
}
