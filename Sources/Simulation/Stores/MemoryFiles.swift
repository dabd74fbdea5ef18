package import Ledger
package import Replication

/// The place for files in plain arrays: the disk of a simulated node, beside its store.
package final class MemoryFiles: FileStoring {
    private struct Whole {
        let bytes: [UInt8]
        let tree: ChunkTree
        let root: Digest
    }

    private struct Part {
        var chunks: [[UInt8]] = []
        /// Chunks that survive a loss of power.
        var synced = 0
    }

    private var whole: [Digest: Whole] = [:]
    private var parts: [FileName: Part] = [:]
    /// Why writing fails; `nil` as long as it succeeds.
    package var failure: StoreFailure?
    /// Chunks that were kept, those of files thrown away included: what resuming saves does not count again.
    package private(set) var chunksKept = 0
    /// Files whose bytes had changed.
    package private(set) var setAside: [Digest] = []

    /// Every so many chunks they are made durable, as on a disk.
    package static let chunksPerSync = 8

    package init() {}

    private init(whole: [Digest: Whole], parts: [FileName: Part]) { (self.whole, self.parts) = (whole, parts) }

    /// What a copy of the disk holds.
    package func copy() -> MemoryFiles { MemoryFiles(whole: whole, parts: parts) }

    /// Keeps a file that was made here, and says how a record names it.
    package func add(_ bytes: [UInt8]) -> FileName {
        let tree = ChunkTree(leaves: Self.chunks(of: bytes).map(ChunkTree.leaf))
        let (digest, root) = (Digest.of(Suite.p256.rawValue, bytes), tree.root(size: UInt64(bytes.count)))
        guard let name = FileName(digest: digest, root: root, size: UInt64(bytes.count)) else {
            preconditionFailure("a file of \(bytes.count) bytes")
        }
        whole[name.digest] = Whole(bytes: bytes, tree: tree, root: root)
        return name
    }

    /// The bytes of a whole file.
    package func bytes(of digest: Digest) -> [UInt8]? { whole[digest]?.bytes }

    /// Changes one bit of a whole file, as a bad disk would.
    package func spoil(_ digest: Digest) {
        guard let file = whole[digest] else { return }
        var bytes = file.bytes
        bytes[bytes.count / 2] ^= 1
        whole[digest] = Whole(bytes: bytes, tree: file.tree, root: file.root)
    }

    /// Gives a whole file away under a name whose digest is another's, as a record that contradicts itself has it.
    package func pretend(_ real: FileName, as other: FileName) { whole[other.digest] = whole[real.digest] }

    /// The power is gone: what was not durable yet is lost.
    package func losePower() {
        for name in parts.keys.sorted() {
            guard let part = parts[name] else { continue }
            parts[name]?.chunks.removeLast(part.chunks.count - part.synced)
        }
    }

    // MARK: The contract

    package func holds(_ digest: Digest) -> Bool { whole[digest] != nil }

    package func chunksHeld(of name: FileName) -> UInt32 { UInt32(parts[name]?.chunks.count ?? 0) }

    package func chunk(_ chunk: UInt32, of name: FileName) -> FileChunk? {
        guard let file = whole[name.digest], file.root == name.root, UInt64(file.bytes.count) == name.size,
            chunk < name.chunkCount
        else { return nil }
        let start = Int(chunk) * ReplicationLimits.fileChunkBytes
        return FileChunk(
            bytes: Array(file.bytes[start..<start + name.byteCount(ofChunk: chunk)]), proof: file.tree.proof(of: chunk))
    }

    package func perform(_ duty: FileDuty) throws(StoreFailure) {
        if let failure { throw failure }
        switch duty {
        case .append(let name, let chunk, let bytes):
            var part = parts[name] ?? Part()
            guard Int(chunk) == part.chunks.count else {
                precondition(Int(chunk) < part.chunks.count, "chunk \(chunk) of \(name) leaves a gap")
                return
            }
            part.chunks.append(bytes)
            if part.chunks.count.isMultiple(of: Self.chunksPerSync) { part.synced = part.chunks.count }
            parts[name] = part
            chunksKept += 1
        case .finish(let name):
            guard let part = parts.removeValue(forKey: name) else { return }
            let bytes = part.chunks.flatMap { $0 }
            guard Digest.of(Suite.p256.rawValue, bytes) == name.digest else { return }
            _ = add(bytes)
        case .setAside(let name):
            whole[name.digest] = nil
            setAside.append(name.digest)
        }
    }

    private static func chunks(of bytes: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: ReplicationLimits.fileChunkBytes).map { start in
            Array(bytes[start..<min(start + ReplicationLimits.fileChunkBytes, bytes.count)])
        }
    }
}
