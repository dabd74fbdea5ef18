import struct Crypto.SHA256
import Foundation
import Ledger
package import Replication

/// Why a file was not taken. Nothing of it is kept.
package enum UploadFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case empty
    case tooLarge(limit: UInt64)
    case store(StoreFailure)

    package var description: String {
        switch self {
        case .empty: "a file without a byte is no evidence"
        case .tooLarge(let limit): "a file has at most \(limit) bytes: divide the recording"
        case .store(let failure): failure.description
        }
    }
}

/// A file that is being handed in: hashed while it is written, and whole or gone in the end.
package final class FileUpload: @unchecked Sendable {
    // One task uses it at a time: whoever handed in the bytes waits until they are whole.
    static let prefix = "upload-"
    private let shelf: FileShelf
    private let path: String
    private let bytesMax: UInt64
    private var hash = SHA256()
    private var leaves: [Digest] = []
    /// Of the chunk that is not full yet.
    private var chunk: [UInt8] = []
    private var size: UInt64 = 0

    /// - Parameter bytesMax: at most `ReplicationLimits.fileBytesMax`.
    package init(to shelf: FileShelf, bytesMax: UInt64 = ReplicationLimits.fileBytesMax) {
        self.shelf = shelf
        self.bytesMax = min(bytesMax, ReplicationLimits.fileBytesMax)
        path = "\(shelf.paths.partial)/\(Self.prefix)\(UUID().uuidString)"
    }

    deinit { shelf.paths.remove(path) }

    package func write(_ bytes: some Collection<UInt8>) throws(UploadFailure) {
        size += UInt64(bytes.count)
        guard size <= bytesMax else { throw .tooLarge(limit: bytesMax) }
        chunk.append(contentsOf: bytes)
        while chunk.count >= ReplicationLimits.fileChunkBytes {
            try put(Array(chunk.prefix(ReplicationLimits.fileChunkBytes)))
            chunk.removeFirst(ReplicationLimits.fileChunkBytes)
        }
    }

    private func put(_ bytes: [UInt8]) throws(UploadFailure) {
        do {
            try FileDescriptor.open(path, O_WRONLY | O_CREAT)
                .write(bytes, at: leaves.count * ReplicationLimits.fileChunkBytes)
        } catch { throw .store(error) }
        hash.update(data: bytes)
        leaves.append(ChunkTree.leaf(of: bytes))
    }

    /// Makes the file whole; one that is here already stays as it is.
    ///
    /// - Returns: how a record names it.
    package func finish() throws(UploadFailure) -> FileName {
        if !chunk.isEmpty { try put(chunk) }
        chunk = []
        let digest = Digest(tag: Suite.p256.rawValue, hash: hash.finalize())
        guard !leaves.isEmpty,
            let name = FileName(digest: digest, root: ChunkTree(leaves: leaves).root(size: size), size: size)
        else { throw .empty }
        guard !shelf.holds(digest) else { return name }
        do { try shelf.keep(path, TreeFile(name: name, leaves: leaves)) } catch { throw .store(error) }
        return name
    }
}
