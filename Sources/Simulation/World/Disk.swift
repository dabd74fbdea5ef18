package import Divisions
package import Ledger
package import Replication

/// What a machine keeps when its process ends.
package protocol Disk: AnyObject {
    /// The store as a process that starts now finds it.
    func open() throws(StoreFailure) -> any Storing
    /// The process has ended.
    func close()
    /// All that the disk holds at this moment: what a backup copies.
    func image() throws(StoreFailure) -> DiskImage
    /// The disk is replaced by another. Only while no process has it open.
    func load(_ image: DiskImage) throws(StoreFailure)
    /// Writes part of a commit, as a power cut in the middle of it would leave it. The next `open` has to cope.
    func tear(_ commit: Commit) throws(StoreFailure)
    /// What is wrong in what the disk keeps beside the log: rows, counts and words that are not what the log comes to.
    func unsound(notary: any Notary, tree: DivisionTree) throws(StoreFailure) -> [String]
}

/// A disk's contents, apart from any machine.
package enum DiskImage: Sendable {
    case memory(MemoryStore.Contents)
    /// The bytes of an SQLite file and of its write-ahead log.
    case sqlite(file: [UInt8], log: [UInt8])
}

/// Which store simulated machines have.
package enum StoreKind: String, Sendable, CaseIterable {
    case memory, sqlite
}

/// A disk in memory: a value, so that a backup costs nothing until something is written.
package final class MemoryDisk: Disk {
    private let store: MemoryStore
    /// What a torn commit must not have touched.
    private var durable: MemoryStore.Contents?

    package init(_ contents: MemoryStore.Contents = .init()) { store = MemoryStore(contents) }

    package func open() throws(StoreFailure) -> any Storing {
        if let durable { store.contents = durable }
        durable = nil
        return store
    }

    package func close() {}

    package func image() throws(StoreFailure) -> DiskImage { .memory(durable ?? store.contents) }

    package func load(_ image: DiskImage) throws(StoreFailure) {
        guard case .memory(let contents) = image else { preconditionFailure("an image of another kind of disk") }
        durable = nil
        store.contents = contents
    }

    package func tear(_ commit: Commit) throws(StoreFailure) {
        durable = durable ?? store.contents
        var part = Commit()
        part.runs = Array(commit.runs.prefix(commit.runs.count / 2))
        part.changes = Array(commit.changes.prefix(commit.changes.count / 2))
        part.arrived = commit.arrived
        try store.commit(part)
    }

    package func unsound(notary: any Notary, tree: DivisionTree) throws(StoreFailure) -> [String] { [] }
}
