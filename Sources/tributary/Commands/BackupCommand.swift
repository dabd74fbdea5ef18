import ArgumentParser
import Casework
import Foundation
import Node
import Replication
import Store

/// `tributary backup`: a copy of the store of a running node, as it is at one moment.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "备份节点数据库 · Copies a node's store while it is in use.",
        discussion: """
            The copy is one file that needs nothing beside it. It holds personal data: only its owner may read it. \
            It does not hold the node's identity; keep that apart. The copy may be old when it is restored: what \
            other nodes have received since comes back from them.
            """)

    @OptionGroup var data: DataOption

    @Option(help: ArgumentHelp("备份文件 · The copy; a file that is there is never overwritten.", valueName: "file"))
    var output: String

    func run() async throws {
        let path = try data.existingStore()
        let reader = try StoreFile.open(path)
        do { try reader.backup(to: output) } catch { throw CommandFailure(error, path: output) }
        let totals: StoreTotals
        do { totals = try reader.totals() } catch { throw CommandFailure(error, path: path) }
        let size = Files.size(output) ?? 0
        Terminal.output.line(
            "\(output): 已备份 backed up · 条目 entries \(Int64(totals.entries).grouped) · \(ByteCount.text(size))")
    }
}

/// `tributary restore`: puts a backup in the place of a store that is gone.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "由备份恢复数据库 · Puts a backup in the place of a store that is gone.",
        discussion: """
            The backup is checked first: whether it is whole, and not of a newer release. Start the node afterwards as \
            ever: it opens streams of its own, and what it had written since the backup comes back from its neighbours.
            """)

    @Option(help: ArgumentHelp("备份文件 · The backup.", valueName: "file"))
    var from: String

    @OptionGroup var data: DataOption

    @Flag(help: "替换现有数据库 · Replace a store that is there. It is kept beside the new one under another name.")
    var replace = false

    func run() async throws {
        guard Files.exists(from) else { throw CommandFailure(.noInput, "\(from): there is no such file") }
        do { try SQLiteStore.check(path: from) } catch {
            throw CommandFailure(.badData, "\(from): is no backup that can be restored: \(error)")
        }
        let directory = data.directory
        let lock: DataLock
        do { lock = try directory.lock() } catch { throw CommandFailure(.failed, "\(error)") }
        let kept = try moveAside(directory.storeFile)
        do {
            try SQLiteStore.restore(from, to: directory.storeFile)
        } catch {
            throw CommandFailure(error, path: directory.storeFile)
        }
        withExtendedLifetime(lock) {}
        Terminal.output.line("\(directory.storeFile): 已恢复 restored")
        if let kept { Terminal.output.line("原数据库 the former store: \(kept)") }
    }

    /// The former store's new name; nil where there was none.
    private func moveAside(_ store: String) throws(CommandFailure) -> String? {
        let parts = ["", "-wal", "-shm"]
        guard parts.contains(where: { Files.exists(store + $0) }) else { return nil }
        guard replace else {
            throw CommandFailure(
                .cannotWrite, "\(store): there is a store here already; give --replace to put the backup in its place")
        }
        let kept = "\(store).replaced-\(Int(Date().timeIntervalSince1970))"
        for part in parts where Files.exists(store + part) {
            guard rename(store + part, kept + part) == 0 else {
                throw CommandFailure(
                    .cannotWrite, "\(store + part): cannot be renamed: \(String(cString: strerror(errno)))")
            }
        }
        return kept
    }
}

/// A node's store as a command opens it: only for reading, beside the node if it runs.
enum StoreFile {
    static func open(_ path: String) throws(CommandFailure) -> StoreReader {
        do { return try StoreReader(path: path, kinds: CaseworkKinds.all) } catch {
            throw CommandFailure(error, path: path)
        }
    }
}

/// Bytes as people read them: `14.2 MiB`.
enum ByteCount {
    private static let units = ["B", "KiB", "MiB", "GiB", "TiB"]

    static func text(_ bytes: Int64) -> String {
        var value = Double(bytes)
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        guard unit > 0 else { return "\(bytes) B" }
        let tenths = Int((value * 10).rounded())
        return value >= 100 ? "\(Int(value.rounded())) \(units[unit])" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
