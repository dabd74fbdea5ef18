package import Divisions
package import Foundation
package import Lattice
package import Ledger
package import Replication
import Store

/// A disk with the real store on it: a folder of this machine, in which SQLite finds after a crash what it would find
/// anywhere.
package final class SQLiteDisk: Disk {
    private let folder: URL
    private let kinds: Kinds
    private var store: SQLiteStore?
    /// Files that the next process finds instead of those that are here: what a torn commit left.
    private var torn: DiskImage?
    private var opened = 0

    /// - Parameter folder: made here, and removed with the disk.
    package init(folder: URL, kinds: Kinds) throws(StoreFailure) {
        (self.folder, self.kinds) = (folder, kinds)
        do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
            throw StoreFailure.inputOutput("the folder of a simulated disk cannot be made")
        }
    }

    deinit {
        close()
        try? FileManager.default.removeItem(at: folder)
    }

    private var file: URL { folder.appending(path: "store-\(opened).sqlite") }

    private func beside(_ suffix: String) -> URL { folder.appending(path: "store-\(opened).sqlite\(suffix)") }

    package func open() throws(StoreFailure) -> any Storing {
        if let torn { try load(torn) }
        torn = nil
        let store = try SQLiteStore(path: file.path, kinds: kinds)
        self.store = store
        return store
    }

    package func close() {
        try? store?.close()
        store = nil
    }

    package func image() throws(StoreFailure) -> DiskImage {
        if let torn { return torn }
        return .sqlite(file: try bytes(of: file), log: try bytes(of: beside("-wal")))
    }

    package func load(_ image: DiskImage) throws(StoreFailure) {
        guard case .sqlite(let file, let log) = image else { preconditionFailure("an image of another kind of disk") }
        close()
        torn = nil
        for suffix in ["", "-wal", "-shm", ".lock"] { try? FileManager.default.removeItem(at: beside(suffix)) }
        opened += 1
        guard !file.isEmpty else { return }
        do {
            try Data(file).write(to: self.file)
            if !log.isEmpty { try Data(log).write(to: beside("-wal")) }
        } catch { throw StoreFailure.inputOutput("a simulated disk cannot be written") }
    }

    /// The commit is made in full, and then its pages in the write-ahead log are cut in half.
    package func tear(_ commit: Commit) throws(StoreFailure) {
        guard let store else { preconditionFailure("the disk is not open") }
        guard case .sqlite(let file, let before) = try image() else { return }
        try store.commit(commit)
        let after = try bytes(of: beside("-wal"))
        // Where the log began anew there is nothing to cut: the commit is lost whole.
        let isLonger = after.count > before.count && after.prefix(before.count).elementsEqual(before)
        let log = isLonger ? Array(after.prefix(before.count + (after.count - before.count) / 2)) : before
        torn = .sqlite(file: file, log: log)
    }

    package func unsound(notary: any Notary, tree: DivisionTree) throws(StoreFailure) -> [String] {
        guard let store else { return [] }
        let report = try store.reader.verify(notary: notary, trees: [tree.version: tree])
        return report.faults.map(\.description)
    }

    private func bytes(of file: URL) throws(StoreFailure) -> [UInt8] {
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        do { return Array(try Data(contentsOf: file)) } catch {
            throw StoreFailure.inputOutput("a simulated disk cannot be read")
        }
    }
}
