import ArgumentParser
import Divisions
import Foundation
import Simulation

/// `tributary simulate`: whole provinces in one process, from a seed.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "模拟 · Plays whole provinces through partitions, crashes and restores.",
        discussion: """
            The very core and the very store that nodes run, in a world without sockets, clocks and threads: the same file \
            and the same seed always tell the same story. A failure ends with the command that replays it.

            退出码 Exit codes: 0 符合 as told · 1 有误 something is wrong · 2 未一致 the machines never agreed · \
            3 崩溃 the program crashed · 64 以上 as everywhere
            """,
        subcommands: [
            RunCommand.self, SwarmCommand.self, ReplayCommand.self, ShrinkCommand.self, NamespacesCommand.self,
            WorkerCommand.self,
        ])
}

/// How a simulation ended, in the numbers of the exit code.
enum SimulationEnd: Int32, Codable, Comparable, Sendable {
    case passed = 0
    case wrong = 1
    case stuck = 2
    case crashed = 3

    static func < (left: SimulationEnd, right: SimulationEnd) -> Bool { left.severity < right.severity }

    /// Something false weighs more than machines that never agreed.
    private var severity: Int {
        switch self {
        case .passed: 0
        case .stuck: 1
        case .wrong: 2
        case .crashed: 3
        }
    }

    init(_ end: Run.End) {
        switch end {
        case .passed: self = .passed
        case .wrong: self = .wrong
        case .stuck: self = .stuck
        }
    }

    func word(_ terminal: Terminal) -> String {
        switch self {
        case .passed: terminal.styled("✓ 符合 as told", .green)
        case .wrong: terminal.styled("✗ 有误 wrong", .red, .bold)
        case .stuck: terminal.styled("✗ 未一致 stuck", .red, .bold)
        case .crashed: terminal.styled("✗ 崩溃 crashed", .red, .bold)
        }
    }

    /// What the command ends with.
    func exit() throws {
        if self != .passed { throw ExitCode(rawValue) }
    }
}

/// Reads stories from files.
enum StoryLoader {
    static func load(_ path: String) throws(CommandFailure) -> StoryFile {
        let text = try Files.readText(path, bytesMax: StoryFile.textBytesMax)
        do {
            return try StoryFile.parse(text, named: path) { relative in
                let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
                return try Files.readText(folder.appending(path: relative).path, bytesMax: Topology.textBytesMax)
            }
        } catch { throw CommandFailure(.badData, "\(error)") }
    }
}

extension StoreKind: ExpressibleByArgument {}
extension PlantedBug: ExpressibleByArgument {}

/// Options that every way of playing a story has.
struct StoryOptions: ParsableArguments {
    @Option(help: "数据库 · The store that simulated machines have.")
    var store = StoreKind.memory

    @Option(help: "植入错误 · A bug to plant: what the checkers must find.")
    var plant: PlantedBug?

    /// The words that say them again.
    var words: [String] {
        (store == .memory ? [] : ["--store", store.rawValue]) + (plant.map { ["--plant", $0.rawValue] } ?? [])
    }
}

extension Files {
    /// Refuses a file that could not be written, before the work whose outcome it is to hold.
    static func checkFolder(of path: String) throws(CommandFailure) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard isDirectory(folder), FileManager.default.isWritableFile(atPath: folder) else {
            throw CommandFailure(.cannotWrite, "\(path): its folder is not there, or cannot be written in")
        }
    }
}

/// The command that plays one seed again.
func replayCommand(_ file: String, seed: UInt64, _ options: StoryOptions, isTwice: Bool) -> String {
    (["tributary simulate run", file.shellWord, "--seed \(seed)"] + options.words + (isTwice ? ["--twice"] : []))
        .joined(separator: " ")
}

extension String {
    /// The text as one word of a command that can be pasted into a shell.
    var shellWord: String {
        let isPlain = !isEmpty && allSatisfy { $0.isLetter || $0.isNumber || "-_./:=@%+,".contains($0) }
        return isPlain ? self : "'\(replacing("'", with: "'\\''"))'"
    }
}
