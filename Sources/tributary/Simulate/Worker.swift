import Foundation
import Simulation

/// A process that plays seeds for this one, a line each, and ends when this one does.
final class Worker {
    /// What is kept of what a worker says on its standard error while it plays a seed. Where it crashes, the reason stands
    /// first.
    static let wordsBytesMax = 64 << 10
    private static let chunkBytes = 64 << 10
    private static let pauseMilliseconds: Int32 = 100

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let errors = Pipe()
    private var buffer: [UInt8] = []
    private var words: [UInt8] = []
    /// Whether its standard output and its standard error have not ended.
    private var open = (output: true, errors: true)

    /// A worker that has just died is an error of the write, no signal. A handler, unlike being ignored, is not inherited
    /// by the processes that are started.
    private static let outlivesWorkers: Void = { signal(SIGPIPE) { _ in } }()

    init(_ arguments: [String], executable: String = Executable.path) throws(CommandFailure) {
        _ = Self.outlivesWorkers
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        (process.standardInput, process.standardOutput, process.standardError) = (input, output, errors)
        do { try process.run() } catch {
            throw CommandFailure(.failed, "\(executable): cannot be started: \(Files.reason(error))")
        }
    }

    /// Plays one seed; blocks until it is done.
    ///
    /// - Parameter isOver: asked now and then whether to give up.
    /// - Returns: what it came to, that of a crash included, after which this worker is of no further use; nil where it was
    ///   given up.
    func play(
        _ seed: UInt64, isOver: () -> Bool, progress: (Double, String) -> Void
    ) throws(CommandFailure) -> SeedResult? {
        words = []
        // A worker that has just died cannot be written to: what it says instead tells why.
        try? input.fileHandleForWriting.write(contentsOf: Data("\(seed)\n".utf8))
        while open.output || open.errors {
            while let line = takeLine() {
                guard let decoded = try? JSONDecoder().decode(WorkerLine.self, from: Data(line)) else {
                    throw CommandFailure(.failed, "a worker said something that is no answer")
                }
                switch decoded {
                case .progress(let fraction, let clock): progress(fraction, clock)
                case .result(let result): return result
                }
            }
            if isOver() { return nil }
            listen()
        }
        process.waitUntilExit()
        return isOver() ? nil : try crash(of: seed)
    }

    /// What it means that the process has ended instead of answering.
    private func crash(of seed: UInt64) throws(CommandFailure) -> SeedResult {
        let said = String(decoding: words, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        let status = process.terminationStatus
        guard process.terminationReason == .uncaughtSignal else {
            // It has given up as a command does, and says why as one.
            let prefix = "\(CommandFailure.prefix) "
            let reason = said.hasPrefix(prefix) ? String(said.dropFirst(prefix.count)) : said
            throw CommandFailure(
                ExitStatus(rawValue: status) ?? .failed,
                reason.isEmpty ? "a worker ended with \(status) and without a word" : reason)
        }
        let reason = said.split(separator: "\n").first { $0.contains("Fatal error") }.map(String.init)
        let name = "signal \(status) (\(String(cString: strsignal(status))))"
        var result = SeedResult(seed: seed, end: .crashed, findings: ["crash: \(reason ?? name)"])
        result.words = said
        return result
    }

    /// Takes in what the process says, for a moment.
    private func listen() {
        var ends = [(output, open.output), (errors, open.errors)].map { pipe, isOpen in
            pollfd(fd: isOpen ? pipe.fileHandleForReading.fileDescriptor : -1, events: Int16(POLLIN), revents: 0)
        }
        guard poll(&ends, nfds_t(ends.count), Self.pauseMilliseconds) > 0 else { return }
        if ends[0].revents != 0 { open.output = Self.read(ends[0].fd) { buffer += $0 } }
        if ends[1].revents != 0 {
            open.errors = Self.read(ends[1].fd) { words += $0.prefix(Self.wordsBytesMax - words.count) }
        }
    }

    /// - Returns: whether there may be more.
    private static func read(_ descriptor: Int32, _ body: (ArraySlice<UInt8>) -> Void) -> Bool {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: chunkBytes) { buffer, filled in
            count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            filled = max(0, count)
        }
        body(bytes[...])
        return count > 0 || count < 0 && (errno == EINTR || errno == EAGAIN)
    }

    private func takeLine() -> [UInt8]? {
        guard let end = buffer.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { buffer.removeSubrange(...end) }
        return Array(buffer[..<end])
    }

    /// The process ends with its standard input, wherever it is.
    func stop() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
