import Foundation
import Testing

@testable import tributary

/// The program, called once as an engineer would, and what came of it.
struct ProgramRun {
    /// How long a call may take.
    static let limit: Duration = .seconds(60)

    let status: Int32
    /// Whether a signal ended it, whose number `status` then is.
    let isKilled: Bool
    let output: String
    let errors: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }
    var lastLine: String { lines.last ?? "" }

    /// The words of a command line that begins with `tributary` and needs no quotes.
    static func words(of line: String) -> [String] { line.split(separator: " ").dropFirst().map(String.init) }
}

/// A folder for the files of one test; what the program leaves in its temporary directory is left in `scratch`.
struct SimulateFolder {
    /// The repository, whose stories are shipped.
    static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    let url: URL
    let scratch: URL
    /// What a test that fails leaves running is ended with it.
    fileprivate let started = Started()

    fileprivate final class Started { var processes: [Process] = [] }

    static func with(_ body: (SimulateFolder) async throws -> Void) async throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "simulate-\(UUID().uuidString)")
        let scratch = url.appending(path: "scratch")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        let folder = SimulateFolder(url: url, scratch: scratch)
        defer {
            for process in folder.started.processes where process.isRunning { kill(process.processIdentifier, SIGKILL) }
            try? FileManager.default.removeItem(at: url)
        }
        try await body(folder)
    }

    static func shipped(_ path: String) -> String { repository.appending(path: "Simulations/\(path)").path }

    func path(_ name: String) -> String { url.appending(path: name).path }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    /// What workers have left behind, or have in use.
    var left: [String] { (try? FileManager.default.contentsOfDirectory(atPath: scratch.path)) ?? ["?"] }

    /// A story of five offices with these lines.
    func story(_ name: String, head: String = "", _ steps: String...) throws -> String {
        let text = """
            scenario: \(name)
            title: A story of a test.
            why: So that the commands have something to play.
            offices: 1+1+1+2
            \(head)
            story:
            \(steps.map { "  - { \($0) }" }.joined(separator: "\n"))

            """
        try text.write(toFile: path("\(name).yaml"), atomically: true, encoding: .utf8)
        return path("\(name).yaml")
    }

    /// Starts the program in this folder; a shell's words may stand before it.
    func start(_ words: [String], after shell: String = "") throws -> StartedProgram {
        try StartedProgram(words, in: self, after: shell)
    }

    func tributary(_ words: String...) async throws -> ProgramRun { try await start(words).ended() }
    func tributary(_ words: [String]) async throws -> ProgramRun { try await start(words).ended() }
}

/// The program while it runs.
struct StartedProgram {
    let process: Process
    private let name: String
    private let folder: SimulateFolder

    fileprivate init(_ words: [String], in folder: SimulateFolder, after shell: String) throws {
        self.folder = folder
        name = "call-\(UUID().uuidString)"
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "\(shell) exec \"$0\" \"$@\"", try builtProgram] + words
        process.currentDirectoryURL = folder.url
        var environment = ProcessInfo.processInfo.environment
        environment["TMPDIR"] = folder.scratch.path
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        (process.standardOutput, process.standardError) = (try file("out"), try file("err"))
        try process.run()
        folder.started.processes.append(process)
    }

    private func file(_ suffix: String) throws -> FileHandle {
        let path = folder.path("\(name).\(suffix)")
        try Data().write(to: URL(fileURLWithPath: path))
        return try #require(FileHandle(forWritingAtPath: path))
    }

    func ended() async throws -> ProgramRun {
        try await Waiting.until("the program to end", within: ProgramRun.limit, pause: .milliseconds(10)) {
            !process.isRunning
        }
        return ProgramRun(
            status: process.terminationStatus, isKilled: process.terminationReason == .uncaughtSignal,
            output: try folder.text("\(name).out"), errors: try folder.text("\(name).err"))
    }
}
