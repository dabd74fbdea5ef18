package import Lattice
package import Ledger

/// What names a file outside the log: the digest of its bytes, the root over its chunks, and its size.
///
/// Two records that agree in the digest and not in the rest name two things, of which at most one can ever be complete:
/// so a record that lies about a file keeps nobody from fetching it by a record that does not.
package struct FileName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let digest: Digest
    package let root: Digest
    /// Bytes, 1 to `ReplicationLimits.fileBytesMax`.
    package let size: UInt64

    /// - Returns: `nil` for a size out of range, or a digest of another suite than SHA-256.
    package init?(digest: Digest, root: Digest, size: UInt64) {
        guard (1...ReplicationLimits.fileBytesMax).contains(size), digest.tag == Suite.p256.rawValue,
            root.tag == Suite.p256.rawValue
        else { return nil }
        (self.digest, self.root, self.size) = (digest, root, size)
    }

    package static func < (left: FileName, right: FileName) -> Bool {
        (left.digest, left.root, left.size) < (right.digest, right.root, right.size)
    }

    package var description: String { digest.short }

    /// How many chunks it has; the last may be shorter than the others.
    package var chunkCount: UInt32 {
        UInt32((size + UInt64(ReplicationLimits.fileChunkBytes) - 1) / UInt64(ReplicationLimits.fileChunkBytes))
    }

    /// Bytes of one chunk, counted from 0.
    package func byteCount(ofChunk chunk: UInt32) -> Int {
        let start = UInt64(chunk) * UInt64(ReplicationLimits.fileChunkBytes)
        return Int(min(size - min(start, size), UInt64(ReplicationLimits.fileChunkBytes)))
    }
}

extension FileNaming {
    /// The file that a record names, if it names one.
    package func name(in state: RecordState) -> FileName? {
        guard state.id.kind == kind else { return nil }
        let view = state.view
        guard case .text(let digest) = view[self.digest]?.shown, case .text(let root) = view[self.root]?.shown,
            case .integer(let size) = view[self.size]?.shown, size > 0,
            let digest = Digest(sha256: digest), let root = Digest(sha256: root)
        else { return nil }
        return FileName(digest: digest, root: root, size: UInt64(size))
    }
}

extension Digest {
    /// A SHA-256 as people and records write it: 64 hexadecimal digits in lower case, without a tag.
    package init?(sha256 text: some StringProtocol) {
        guard let hash = Ledger.bytes(hexadecimal: text), hash.count == 32 else { return nil }
        self.init(bytes: [Suite.p256.rawValue] + hash)
    }

    /// The hash as 64 hexadecimal digits, without its tag.
    package var sha256Text: String { hexadecimal(bytes.dropFirst()) }
}
