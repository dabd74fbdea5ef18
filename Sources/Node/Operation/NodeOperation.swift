import Casework
import Divisions
import Foundation
import Identity
package import Ledger
import Libraries
package import Logging
import Replication
import Store

/// What an operator does to a node through its API: everything stays within its data directory, and no path comes from
/// a request.
package struct NodeOperation: Sendable {
    /// Backups that are told of.
    static let backupsMax = 200

    package let desk: JobDesk
    private let data: DataDirectory
    private let core: any NodeAccess
    private let notary: any Notary
    private let identityDirectory: String?
    private let clock: @Sendable () -> UInt64

    /// - Parameters:
    ///   - identityDirectory: where the node's certificates lie; nil for a node without.
    ///   - clock: milliseconds since 1970.
    package init(
        data: DataDirectory, core: any NodeAccess, notary: any Notary, identityDirectory: String?,
        clock: @escaping @Sendable () -> UInt64, logger: Logger
    ) {
        (self.data, self.core, self.notary) = (data, core, notary)
        (self.identityDirectory, self.clock) = (identityDirectory, clock)
        desk = JobDesk(file: "\(data.path)/jobs.json", clock: clock, logger: logger)
    }

    // MARK: How it is

    /// Bytes that are free on the disk of the data directory, and all there are; nil where the system does not say.
    var disk: (free: Int64, total: Int64)? {
        guard let attributes = try? FileManager.default.attributesOfFileSystem(forPath: data.path),
            let free = attributes[.systemFreeSize] as? NSNumber, let total = attributes[.systemSize] as? NSNumber
        else { return nil }
        return (free.int64Value, total.int64Value)
    }

    /// Bytes of the store with its log, and of the board.
    var storeBytes: Int64 { ["", "-wal", "-shm"].reduce(0) { $0 + size("\(data.storeFile)\($1)") } }
    var boardBytes: Int64 { ["", "-wal", "-shm"].reduce(0) { $0 + size("\(data.path)/casework.sqlite\($1)") } }

    private func size(_ path: String) -> Int64 {
        ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.int64Value ?? 0
    }

    /// The node's certificates, its own first and the root last; empty for a node without.
    func certificates() -> [OperationCertificate] {
        guard let identityDirectory, let identity = try? NodeIdentity.load(directory: identityDirectory) else {
            return []
        }
        let now = Double(clock()) / 1_000
        return identity.certificates.map { one in
            OperationCertificate(
                division: one.division.text, name: one.name, validFrom: Self.milliseconds(one.from),
                validTo: Self.milliseconds(one.to), daysLeft: Int(((one.to - now) / 86_400).rounded(.down)))
        }
    }

    private static func milliseconds(_ seconds: Double) -> UInt64 { UInt64(max(0, seconds) * 1_000) }

    private var backupDirectory: String { "\(data.path)/backups" }
    private static let backupEnding = ".sqlite"

    /// Backups in the node's own directory, the latest first.
    func backups() -> [OperationBackup] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: backupDirectory)) ?? []
        return names.filter { $0.hasSuffix(Self.backupEnding) }.sorted(by: >).prefix(Self.backupsMax).map { name in
            OperationBackup(file: name, bytes: size("\(backupDirectory)/\(name)"))
        }
    }

    // MARK: Jobs

    /// Copies the store as it is at one moment into the directory of backups.
    func backUp() -> Job? {
        let (core, directory, now) = (core, backupDirectory, clock())
        let stamp = Date(timeIntervalSince1970: Double(now) / 1_000).formatted(
            .iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
        let name = "store-\(stamp)-\(now % 1_000)\(Self.backupEnding)"
        return desk.start(.backup) { progress in
            let path = "\(directory)/\(name)"
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let words = WordsMessage(Bilingual("复制数据库", "copying the store"))
            let totals = try await core.read { reader throws(BackupFailure) in
                try reader.backup(to: path) { done, total in
                    try progress.tell(words, done: Int64(done), total: Int64(total))
                }
                do throws(StoreFailure) { return try reader.totals() } catch { throw .store(error) }
            }
            var result = JobResult()
            (result.file, result.entries) = (name, Int64(totals.entries))
            result.bytes = ((try FileManager.default.attributesOfItem(atPath: path))[.size] as? NSNumber)?.int64Value
            return result
        }
    }

    /// Checks every chain, seal, record and row against the log, and every evidence file against its name.
    func verify() -> Job? {
        let (core, notary, files) = (core, notary, data.filesDirectory)
        return desk.start(.verification) { progress in
            let tree = core.tree
            let report = try await core.read { reader throws(StoreFailure) in
                try reader.verify(notary: notary, trees: [tree.version: tree]) { step in
                    try progress.tell(Self.words(step.stage), done: Int64(step.done), total: Int64(step.total))
                }
            }
            try progress.tell(
                WordsMessage(Bilingual("核验证据文件", "checking evidence files")), done: 0, total: nil)
            let shelf = await core.read { _ in FileShelf.verify(directory: files) }
            var result = JobResult()
            result.isSound = report.isSound && shelf.faults.isEmpty
            (result.entries, result.records) = (Int64(report.entries), Int64(report.records))
            (result.rows, result.files) = (Int64(report.rows), Int64(shelf.files))
            result.faultCount = Int64(report.faultCount + shelf.faults.count)
            let faults = report.faults.map(\.description) + shelf.faults.map(\.description)
            result.faults = faults.prefix(VerifyReport.faultsDescribedMax).map {
                WordsMessage(Bilingual("有误：\($0)", $0))
            }
            return result
        }
    }

    private static func words(_ stage: VerifyProgress.Stage) -> WordsMessage {
        switch stage {
        case .file: WordsMessage(Bilingual("核验文件", "checking the file"))
        case .entries: WordsMessage(Bilingual("核验条目与签章", "checking entries and seals"))
        case .records: WordsMessage(Bilingual("核验记录与行", "checking records and rows"))
        }
    }

    /// Brings in what an uploaded file says.
    ///
    /// - Parameter writer: sends the changes.
    func importFile(_ upload: ImportUpload, _ writer: ImportWriter) -> Job? {
        desk.start(.import, subject: upload.subject.rawValue) { progress in
            try await upload.run(writer, progress)
        }
    }
}

/// A certificate of the node's chain: all of it public.
package struct OperationCertificate: Codable, Hashable, Sendable {
    package let division: String
    package let name: String
    /// Milliseconds since 1970.
    package let validFrom: UInt64
    package let validTo: UInt64
    /// Whole days; negative once it has ended.
    package let daysLeft: Int
}

package struct OperationBackup: Codable, Hashable, Sendable {
    package let file: String
    package let bytes: Int64
}
