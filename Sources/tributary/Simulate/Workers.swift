import Foundation
import Simulation
import Synchronization

/// A process that plays seeds for this one.
final class Worker {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let errors = Pipe()
    private var buffer: [UInt8] = []

    init(file: String, _ options: StoryOptions, isTwice: Bool, report: String?) throws(CommandFailure) {
        process.executableURL = URL(fileURLWithPath: Executable.path)
        process.arguments =
            ["simulate", "worker", file] + options.words + (isTwice ? ["--twice"] : [])
            + (report.map { ["--report", $0] } ?? [])
        (process.standardInput, process.standardOutput, process.standardError) = (input, output, errors)
        do { try process.run() } catch {
            throw CommandFailure(.failed, "\(Executable.path): cannot be started: \(Files.reason(error))")
        }
    }

    /// Plays one seed; blocks until it is done.
    ///
    /// - Returns: what it came to, that of a crash included, after which this worker is of no further use.
    func play(_ seed: UInt64, progress: (Double, String) -> Void) throws(CommandFailure) -> SeedResult {
        // A worker that has just died cannot be written to: what it says instead tells why.
        try? input.fileHandleForWriting.write(contentsOf: Data("\(seed)\n".utf8))
        while let line = readLine() {
            guard let decoded = try? JSONDecoder().decode(WorkerLine.self, from: Data(line)) else {
                throw CommandFailure(.failed, "a worker said something that is no answer")
            }
            switch decoded {
            case .progress(let fraction, let clock): progress(fraction, clock)
            case .result(let result): return result
            }
        }
        process.waitUntilExit()
        let said = String(decoding: errors.fileHandleForReading.availableData.suffix(4_000), as: UTF8.self)
        guard process.terminationReason == .uncaughtSignal else {
            throw CommandFailure(.badData, said.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        let lines = said.split(separator: "\n").map(String.init)
        let reason = lines.first { $0.contains("Fatal error") } ?? lines.first ?? "signal \(process.terminationStatus)"
        return SeedResult(seed: seed, end: .crashed, findings: ["crash: \(reason)"])
    }

    private func readLine() -> [UInt8]? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffer[..<end])
                buffer.removeSubrange(...end)
                return line
            }
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { return nil }
            buffer += data
        }
    }

    func stop() {
        try? input.fileHandleForWriting.close()
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }
}

/// Several workers at the seeds of one file.
final class Workers: Sendable {
    struct Request: Sendable {
        let file: String
        let options: StoryOptions
        let seeds: ClosedRange<UInt64>
        let jobs: Int
        var isTwice = false
        var report: String?
        var deadline: ContinuousClock.Instant?
        /// No further seed is played once one has failed.
        var stopsAtFailure = false
    }

    private struct State {
        var next: UInt64
        var results: [SeedResult] = []
        var failure: CommandFailure?
        var isOver = false
        var fraction = 0.0
        var clock = ""
    }

    private let request: Request
    private let state: Mutex<State>

    init(_ request: Request) {
        self.request = request
        state = Mutex(State(next: request.seeds.lowerBound))
    }

    /// Plays all seeds.
    /// - Parameter progress: told now and then: the results so far, and how far a single seed has come.
    /// - Returns: the results in the order of their seeds.
    func run(progress: ([SeedResult], Double, String) -> Void) throws(CommandFailure) -> [SeedResult] {
        let group = DispatchGroup()
        for _ in 0..<request.jobs {
            let thread = Thread { [self] in
                work()
                group.leave()
            }
            group.enter()
            thread.start()
        }
        while group.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
            let (results, fraction, clock) = state.withLock { ($0.results, $0.fraction, $0.clock) }
            progress(results, fraction, clock)
        }
        let (results, failure) = state.withLock { ($0.results, $0.failure) }
        if let failure { throw failure }
        return results.sorted { $0.seed < $1.seed }
    }

    private func work() {
        var worker: Worker?
        defer { worker?.stop() }
        while let seed = nextSeed() {
            do throws(CommandFailure) {
                let current: Worker
                if let worker {
                    current = worker
                } else {
                    current = try Worker(
                        file: request.file, request.options, isTwice: request.isTwice, report: request.report)
                    worker = current
                }
                let result = try current.play(seed) { fraction, clock in
                    state.withLock { ($0.fraction, $0.clock) = (fraction, clock) }
                }
                if result.end == .crashed { worker = nil }
                state.withLock { state in
                    state.results.append(result)
                    if request.stopsAtFailure, result.end != .passed { state.isOver = true }
                }
            } catch {
                state.withLock { ($0.failure, $0.isOver) = ($0.failure ?? error, true) }
            }
        }
    }

    private func nextSeed() -> UInt64? {
        state.withLock { state in
            guard !state.isOver, state.next <= request.seeds.upperBound else { return nil }
            if let deadline = request.deadline, deadline <= .now { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }
}
