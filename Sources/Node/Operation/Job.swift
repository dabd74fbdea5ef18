import Casework
import Libraries
import Synchronization

/// Something long that the operator has started: how far it is, and what came of it. Nothing personal is in it.
package struct Job: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case backup, verification
        case `import`

        package var name: WordsMessage {
            switch self {
            case .backup: WordsMessage(Bilingual("备份", "Backup"))
            case .verification: WordsMessage(Bilingual("核验", "Verification"))
            case .import: WordsMessage(Bilingual("导入", "Import"))
            }
        }
    }

    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        case waiting, running, done, failed, cancelled
        /// The node restarted while it ran.
        case forgotten

        package var isOver: Bool { self != .waiting && self != .running }
    }

    package let id: String
    package let kind: Kind
    /// What is imported; absent for other kinds.
    package let subject: String?
    package internal(set) var state: State
    /// Milliseconds since 1970.
    package let started: UInt64
    package internal(set) var ended: UInt64?
    /// What it is at.
    package internal(set) var phase: WordsMessage?
    package internal(set) var done: Int64
    /// Absent where the end is not known.
    package internal(set) var total: Int64?
    /// What came of it, once it is done.
    package internal(set) var result: JobResult?
    /// Why there is nothing, once it failed.
    package internal(set) var problem: WordsMessage?
}

/// What came of a job; the members of its kind are there.
package struct JobResult: Hashable, Sendable, Codable {
    /// The file's name in the directory of backups.
    package var file: String?
    package var bytes: Int64?
    package var entries: Int64?
    package var records: Int64?
    package var files: Int64?
    package var isSound: Bool?
    /// The first of what is wrong, or of what was not taken.
    package var faults: [WordsMessage]?
    package var faultCount: Int64?
    package var rows: Int64?
    package var written: Int64?
    package var unchanged: Int64?
    package var refused: Int64?

    package init() {}
}

/// Where a job tells how far it is, and learns that it is to end.
package final class JobProgress: Sendable {
    private let isCancelledNow = Mutex(false)
    private let report: @Sendable (WordsMessage, Int64, Int64?) -> Void

    init(_ report: @escaping @Sendable (WordsMessage, Int64, Int64?) -> Void) { self.report = report }

    /// - Throws: `CancellationError` once the job is to end.
    package func tell(_ phase: WordsMessage, done: Int64, total: Int64?) throws {
        guard !isCancelled else { throw CancellationError() }
        report(phase, done, total)
    }

    package var isCancelled: Bool { isCancelledNow.withLock { $0 } }

    func cancel() { isCancelledNow.withLock { $0 = true } }
}
