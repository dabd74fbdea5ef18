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
            left as a scenario.
            """)

    @Argument(help: ArgumentHelp("故事文件 · The story that fails.", valueName: "file"), completion: .file())
    var file: String

    @Option(help: ArgumentHelp("种子 · The seed it fails with; by default the file's own.", valueName: "n"))
    var seed: UInt64?

    @OptionGroup var options: StoryOptions

    @Option(
        help: ArgumentHelp(
            "输出文件 · Where the scenario is written; by default beside this, named after the seed.", valueName: "out.yaml"
        ))
    var output: String?

    func run() throws {
        let story = try StoryLoader.load(file)
        let number = seed ?? story.seed
        let scenario = story.draw(seed: number, planting: options.plant)
        let first = try played(file, seed: number)
        guard let finding = first.findings.first, first.end != .passed else {
            throw CommandFailure(.usage, "\(file): passes with seed \(number): there is nothing to shrink")
        }
        // What failed once may fail otherwise when less is left: only the same kind of finding counts.
        let kind = Self.kind(of: finding)
        Terminal.errors.line("\(first.end.word(.errors))  \(finding)")
        var bar = ProgressBar(Progress(title: "缩小 shrinking", note: ""))
        var shrinker = Shrinker(scenario) { candidate in
            try findings(of: candidate, isCrash: first.end == .crashed).contains { Self.kind(of: $0) == kind }
        }
        try shrinker.shrink { trials, events, offices in
            bar.update(done: Int64(trials), note: "\(events) 事件 events · \(offices) 机构 offices")
        }
        bar.clear()
        try write(shrinker.best, of: story, finding)
        Terminal.output.line(
            "\(scenario.events.count) → \(shrinker.best.events.count) 事件 events, \(scenario.tree.seats.count) → \(shrinker.best.tree.seats.count) 机构 offices, \(shrinker.trials) 次 trials"
        )
        Terminal.output.line(
            (["tributary simulate run", path(story, number)] + options.storeWords).joined(separator: " "))
    }

    private static func kind(of finding: String) -> String { String(finding.prefix { $0 != ":" }) }

    private func path(_ story: StoryFile, _ seed: UInt64) -> String { output ?? "\(story.name)-\(seed).yaml" }

    private func write(_ best: Scenario, of story: StoryFile, _ finding: String) throws {
        let path = path(story, best.seed)
        var shrunk = best
        shrunk.name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        shrunk.title = "What is left of \(story.name) with seed \(best.seed)."
        shrunk.why = finding
        try Files.write(StoryWriter.render(shrunk), to: path)
    }

    private func played(_ file: String, seed: UInt64) throws -> SeedResult {
        let workers = Workers(
            Workers.Request(
                file: file, options: options, seeds: seed...seed, jobs: 1, isTwice: options.plant == .dictionaryOrder))
        guard let result = try workers.run(progress: { _, _, _ in }).first else {
            throw CommandFailure(.failed, "\(file): was not played")
        }
        return result
    }

    /// What is wrong with a smaller story. Where the program crashed, another process plays it.
    private func findings(of candidate: Scenario, isCrash: Bool) throws -> [String] {
        guard isCrash else {
            var settings = Run.Options()
            settings.store = options.store
            let result = try Run(candidate, settings).play()
            guard candidate.planted == .dictionaryOrder else { return result.findings }
            return try Run(candidate, settings).play().trace == result.trace ? [] : ["determinism: two traces"]
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "shrink-\(UUID().uuidString)")
        try Files.makeDirectory(folder.path, mode: 0o700)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "\(candidate.name).yaml").path
        try Files.write(StoryWriter.render(candidate), to: file)
        return try played(file, seed: candidate.seed).findings
    }
}

extension StoryOptions {
    /// The words that name the store again; a shrunk story carries its bug itself.
    var storeWords: [String] { store == .memory ? [] : ["--store", store.rawValue] }
}
