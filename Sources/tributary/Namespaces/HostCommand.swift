import Dispatch
import Foundation

/// Programs of the system that change this machine: run to their end, and what they complain about is told.
enum HostCommand {
    /// What one program reads here: it lies in a pipe before the program starts.
    static let inputBytesMax = 60_000

    /// The path of a program; nil where it is not installed. Those of the administrator are not always on the path.
    static func path(of program: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let places = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin", "/usr/bin", "/bin"]
        return places.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs a program to its end, which is a matter of milliseconds, whatever becomes of who asked for it: what it has
    /// changed must be known to be undone.
    ///
    /// - Parameter input: lines that it reads.
    static func run(_ program: String, _ arguments: [String], input: [String] = []) throws(CommandFailure) {
        guard let path = path(of: program) else {
            throw CommandFailure(.unavailable, "\(program): is not installed; Scripts/prerequisites.sh installs it")
        }
        let text = input.map { $0 + "\n" }.joined()
        precondition(text.utf8.count <= inputBytesMax, "\(program) is given more than a pipe holds")
        let (process, standardInput, complaints) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = standardInput
        process.standardOutput = FileHandle.nullDevice
        process.standardError = complaints
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        do {
            try standardInput.fileHandleForWriting.write(contentsOf: Data(text.utf8))
            try standardInput.fileHandleForWriting.close()
            try process.run()
        } catch {
            throw CommandFailure(.failed, "\(path): cannot be run: \(Files.reason(error))")
        }
        ended.wait()
        guard process.terminationStatus != 0 else { return }
        let said = (try? complaints.fileHandleForReading.read(upToCount: 2_000)) ?? Data()
        let reason = String(decoding: said, as: UTF8.self).split(separator: "\n").joined(separator: "; ")
        throw CommandFailure(
            .failed,
            "\(program) \(arguments.joined(separator: " ")): ended with \(process.terminationStatus): \(reason)")
    }
}
