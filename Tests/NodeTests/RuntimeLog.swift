import Logging
import Synchronization

/// Keeps what a node logs, and lets a test wait for a line instead of for a time.
final class RuntimeLog: Sendable {
    private struct State {
        var lines: [String] = []
        var waiting: [(words: [String], continuation: CheckedContinuation<String, Never>)] = []
    }

    private let state = Mutex(State())

    var lines: [String] { state.withLock { $0.lines } }

    var logger: Logger {
        var logger = Logger(label: "test", factory: { _ in Handler(log: self) })
        logger.logLevel = .debug
        return logger
    }

    /// The first line that holds all of `words`, as soon as there is one.
    @discardableResult
    func line(with words: String...) async -> String {
        await withCheckedContinuation { continuation in
            let found = state.withLock { state -> String? in
                if let line = state.lines.first(where: { line in words.allSatisfy(line.contains) }) { return line }
                state.waiting.append((words, continuation))
                return nil
            }
            if let found { continuation.resume(returning: found) }
        }
    }

    private func keep(_ line: String) {
        let answered = state.withLock { state in
            state.lines.append(line)
            let answered = state.waiting.filter { $0.words.allSatisfy(line.contains) }
            state.waiting.removeAll { $0.words.allSatisfy(line.contains) }
            return answered
        }
        for waiter in answered { waiter.continuation.resume(returning: line) }
    }

    private struct Handler: LogHandler {
        let log: RuntimeLog
        var metadata: Logger.Metadata = [:]
        var metadataProvider: Logger.MetadataProvider?
        var logLevel: Logger.Level = .debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
            let pairs = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            log.keep("\(event.level): \(event.message) \(pairs.joined(separator: " "))")
        }
    }
}
