import ArgumentParser
import Foundation

/// `tributary bench`: what the program costs, as ratios against bare SQLite and bare bytes measured in the same run.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "性能对照 · Measures ingest, edits, reconnects, sizes and pages against bare baselines, as ratios.",
        discussion: """
            Everything is measured in turn in one run and told as a ratio, since absolute times say more about the \
            machine than about the program. Docs/bench.md says what each row stands for. All files lie in a temporary \
            directory that is removed at the end; TMPDIR says where.
            """)

    enum Part: String, CaseIterable, ExpressibleByArgument {
        case ingest, edits, reconnect, board, console

        /// Those that run where nobody says which: all but the console's, which takes minutes.
        static let usual: [Part] = [.ingest, .edits, .reconnect, .board]
        static let names = allCases.map(\.rawValue).joined(separator: ", ")
    }

    @Flag(help: "一分钟内 · Smaller sizes, about a minute on two cores.")
    var quick = false

    @Flag(help: "输出 JSON · As JSON, and no progress.")
    var json = false

    @Option(help: "只测这些部分 · Only these parts, separated by commas: ingest, edits, reconnect, board, console.")
    var only: String?

    @Option(help: "轮数 · Interleaved rounds.")
    var rounds: Int?

    @Option(help: ArgumentHelp("法规目录 · A directory of law files in place of invented laws.", valueName: "dir"))
    var statutes: String?

    @Option(help: "法规数 · Invented laws.")
    var laws: Int?

    @Option(help: "事项数 · Items.")
    var items: Int?

    @Option(help: "案件数 · Cases.")
    var cases: Int?

    @Option(help: "人员数 · Officers.")
    var officers: Int?

    @Option(help: "每次变更的记录数 · Records in one change.")
    var recordsPerChange: Int?

    @Option(help: "镇街数 · Townships below the city that writes.")
    var towns: Int?

    @Option(help: "本地编辑次数 · Local edits timed.")
    var edits: Int?

    @Option(help: "比对的区划数 · Homes in the histories that neighbours compare.")
    var homes: Int?

    @Option(help: "监督看板案件数 · Cases in the supervision board.")
    var boardCases: Int?

    @Option(help: "点击人数 · People who click through the console.")
    var people: Int?

    @Option(help: "点击时长（秒） · How many seconds they click.")
    var seconds: Int?

    @Option(help: ArgumentHelp("程序目录 · Where Procedures and Templates lie, for the console.", valueName: "dir"))
    var procedures: String?

    @Option(help: "种子 · The seed of everything that is invented.")
    var seed: UInt64 = 1

    func validate() throws {
        for (name, value) in [
            ("rounds", rounds), ("laws", laws), ("items", items), ("cases", cases), ("officers", officers),
            ("records-per-change", recordsPerChange), ("towns", towns), ("edits", edits), ("homes", homes),
            ("board-cases", boardCases), ("people", people), ("seconds", seconds),
        ] {
            if let value, value < 1 { throw ValidationError("--\(name) must be at least 1, not \(value)") }
        }
        if let towns, towns > 500 { throw ValidationError("--towns: at most 500") }
        if let people, people > 50 { throw ValidationError("--people: at most 50") }
        if let homes, homes > 500 { throw ValidationError("--homes: at most 500") }
        _ = try parts()
    }

    private func parts() throws -> [Part] {
        guard let only else { return Part.usual }
        return try only.split(separator: ",").map { name in
            guard let part = Part(rawValue: String(name)) else {
                throw ValidationError("--only: \(name) is not one of \(Part.names)")
            }
            return part
        }
    }

    private var settings: BenchSettings {
        var settings = quick ? BenchSettings.quick : .standard
        if let rounds { settings.rounds = rounds }
        if let laws { (settings.laws, settings.consoleLaws) = (laws, laws) }
        if let items { (settings.items, settings.consoleItems) = (items, items) }
        if let cases { (settings.cases, settings.consoleCases) = (cases, cases) }
        if let officers { settings.officers = officers }
        if let recordsPerChange { settings.recordsPerChange = recordsPerChange }
        if let towns { settings.towns = towns }
        if let edits { (settings.editsIdle, settings.editsBusy) = (edits, max(1, edits / 2)) }
        if let homes { settings.homes = homes }
        if let boardCases { settings.boardCases = boardCases }
        if let people { settings.people = people }
        if let seconds { settings.seconds = seconds }
        if let procedures { settings.procedures = procedures }
        settings.statutes = statutes
        settings.seed = seed
        return settings
    }

    func run() async throws {
        let (settings, parts) = (settings, try parts())
        do {
            let report = try await BenchDirectory.with { path in
                try await Self.measure(settings, parts, in: path, isSilent: json)
            }
            if json {
                Terminal.output.line(try JSONOutput.text(report))
            } else {
                Terminal.output.lines(report.lines(for: .output))
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.failed, "the bench could not measure: \(error)")
        }
    }

    /// - Parameter path: a directory for all files.
    static func measure(
        _ settings: BenchSettings, _ parts: [Part], in path: String, isSilent: Bool
    ) async throws -> BenchReport {
        var report = BenchReport(
            settings: settings, cores: ProcessInfo.processInfo.activeProcessorCount, sqlite: BareDatabase.version)
        let steps = parts.reduce(0) { sum, part in
            switch part {
            case .ingest: sum + IngestBench.steps(settings)
            case .edits: sum + EditBench.steps
            case .reconnect: sum + ReconnectBench.steps(settings)
            case .board: sum + BoardBench.steps(settings)
            case .console: sum + ConsoleBench.steps
            }
        }
        let progress = BenchProgress(steps: steps, isSilent: isSilent)
        defer { progress.clear() }
        for part in parts {
            let directory = "\(path)/\(part.rawValue)"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            switch part {
            case .ingest:
                report.add(try await IngestBench(settings: settings, directory: directory, progress: progress).run())
            case .edits:
                report.add(try await EditBench(settings: settings, directory: directory, progress: progress).run())
            case .reconnect:
                report.add(try await ReconnectBench(settings: settings, directory: directory, progress: progress).run())
            case .board:
                report.add(try BoardBench(settings: settings, directory: directory, progress: progress).run())
            case .console:
                report.add(try await ConsoleBench(settings: settings, directory: directory, progress: progress).run())
            }
            try? FileManager.default.removeItem(atPath: directory)
        }
        report.notes.append(
            "This machine: \(report.cores) cores, SQLite \(report.sqlite), write-ahead log, synchronous = FULL.")
        return report
    }
}
