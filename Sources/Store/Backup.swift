import Foundation
import GRDB
package import Replication

/// Why a backup was not made or not restored.
package enum BackupFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Something is there already; nothing is ever overwritten.
    case exists(String)
    /// The file system's own words.
    case file(String)
    case store(StoreFailure)

    package var description: String {
        switch self {
        case .exists(let path): "\(path) is there already: name another file, or move it away"
        case .file(let reason): reason
        case .store(let failure): failure.description
        }
    }
}

extension StoreReader {
    /// Pages copied between two reports: 16 MiB.
    private static let backupPagesPerStep: CInt = 4_096

    /// Copies the store as it is at one moment, while it is in use, into one file that needs nothing beside it. The file
    /// appears whole, on the disk, or not at all.
    ///
    /// - Parameter progress: hears how many pages are done of how many, and ends the copying by throwing.
    package func backup(
        to path: String, progress: @escaping (Int, Int) throws -> Void = { _, _ in }
    ) throws(BackupFailure) {
        try FileSteps.refuse(path)
        let unfinished = path + ".unfinished"
        FileSteps.remove(unfinished)
        do {
            try FileSteps.create(unfinished)
            try translating {
                let copy = try DatabaseQueue(path: unfinished)
                // Between two of these steps whoever waits hears how far it is; the copy is of one moment all the same.
                try pool.backup(to: copy, pagesPerStep: Self.backupPagesPerStep) { step in
                    try progress(step.completedPageCount, step.totalPageCount)
                }
                // The copy says it has a write-ahead log beside it; it shall stand alone.
                try copy.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA journal_mode = DELETE") }
                try copy.close()
            }
            try FileSteps.publish(unfinished, as: path)
        } catch {
            FileSteps.remove(unfinished)
            throw BackupFailure(error)
        }
    }
}

extension SQLiteStore {
    /// What of a store lies beside its file while it is in use.
    private static let companions = ["-wal", "-shm"]

    /// Throws unless the file at `path` is a sound store that this release can open. The file is not changed.
    package static func check(path: String) throws(StoreFailure) {
        try translating {
            guard FileManager.default.fileExists(atPath: path) else {
                throw StoreFailure.inputOutput("\(path) is not there")
            }
            var configuration = Configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.read { db in
                let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
                guard tables > 0 else { throw StoreFailure.corrupt("the file is empty") }
                try Schema.check(db)
                let answer = try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
                if let answer, answer != "ok" { throw StoreFailure.corrupt(answer) }
            }
            try queue.close()
        }
    }

    /// Puts a backup in the place of a store that is gone. A store that is still there is never touched.
    package static func restore(_ backup: String, to path: String) throws(BackupFailure) {
        for companion in [""] + companions { try FileSteps.refuse(path + companion) }
        do { try check(path: backup) } catch { throw .store(error) }
        let unfinished = path + ".unfinished"
        FileSteps.remove(unfinished)
        do {
            try FileManager.default.copyItem(atPath: backup, toPath: unfinished)
            try FileSteps.publish(unfinished, as: path)
        } catch {
            FileSteps.remove(unfinished)
            throw BackupFailure(error)
        }
    }
}

extension BackupFailure {
    fileprivate init(_ error: any Error) {
        switch error {
        case let failure as BackupFailure: self = failure
        case let failure as StoreFailure: self = .store(failure)
        default: self = .file((error as NSError).localizedDescription)
        }
    }
}

/// What a file needs so that it is there whole or not at all.
enum FileSteps {
    static func refuse(_ path: String) throws(BackupFailure) {
        if FileManager.default.fileExists(atPath: path) { throw .exists(path) }
    }

    static func remove(_ path: String) {
        // Whether there was anything to remove does not matter: what matters is refused where it is created.
        _ = unlink(path)
    }

    /// An empty file that only its owner may read: it will hold personal data.
    static func create(_ path: String) throws(BackupFailure) {
        let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .file("\(path) cannot be made: \(reason)") }
        Foundation.close(file)
    }

    /// Brings a file to the disk, then gives it its name, which nothing may have yet.
    static func publish(_ unfinished: String, as path: String) throws(BackupFailure) {
        try flush(unfinished)
        guard link(unfinished, path) == 0 else {
            throw errno == EEXIST ? .exists(path) : .file("\(path) cannot be made: \(reason)")
        }
        remove(unfinished)
        let folder = (path as NSString).deletingLastPathComponent
        try flush(folder.isEmpty ? "." : folder)
    }

    private static func flush(_ path: String) throws(BackupFailure) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .file("\(path) cannot be opened: \(reason)") }
        defer { Foundation.close(file) }
        guard fsync(file) == 0 else { throw .file("\(path) cannot be brought to the disk: \(reason)") }
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
