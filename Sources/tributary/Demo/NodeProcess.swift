import Foundation
import Synchronization

/// A process of `tributary node run` that this program has started, and that it must end.
final class NodeProcess: Sendable {
    let pid: Int32
    private let process: Process
    private let exit: Exit

    /// - Parameters:
    ///   - log: where its log is appended.
    ///   - launcher: a program, with its first arguments, that puts the node somewhere and then becomes it.
    init(
        _ executable: String, configuration: String, log: String, launcher: [String] = []
    ) throws(CommandFailure) {
        let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure(.cannotWrite, "\(log): cannot be opened: \(String(cString: strerror(errno)))")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let exit = Exit()
        self.exit = exit
        process = Process()
        let words = launcher + [executable, "node", "run", "--config", configuration]
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        process.terminationHandler = { exit.happened($0.terminationStatus) }
        do { try process.run() } catch {
            throw CommandFailure(.failed, "\(executable): cannot be started: \(Files.reason(error))")
        }
        pid = process.processIdentifier
    }

    /// What it ended with; nil while it runs.
    var status: Int32? { exit.status }
    var isRunning: Bool { status == nil }

    /// A process that cannot be told any more is not an error: it has ended.
    func send(_ signal: Int32) {
        guard isRunning else { return }
        _ = Foundation.kill(pid, signal)
    }

    /// Returns once the process has ended.
    func ended() async { await exit.wait() }
}

/// The end of a process, which comes once.
private final class Exit: Sendable {
    private struct State {
        var status: Int32?
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var status: Int32? { state.withLock { $0.status } }

    func happened(_ status: Int32) {
        let waiters = state.withLock { state in
            state.status = status
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                guard state.status == nil else { return true }
                state.waiters.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }
}
