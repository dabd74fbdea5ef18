package import Ledger

/// The binary hash tree over the chunks of a file, by which each chunk can be checked alone.
///
/// Nodes pair up level by level; one without a partner rises as it is (the shape of RFC 6962, section 2.1). The root
/// covers the file's size, so that nobody can be told a wrong one.
package struct ChunkTree: Sendable {
    private static let chunkDomain = Array("tributary chunk 1\n".utf8)
    private static let pairDomain = Array("tributary chunks 1\n".utf8)
    private static let rootDomain = Array("tributary file 1\n".utf8)

    /// The digests of the chunks first, the top last.
    private let levels: [[Digest]]

    /// - Parameter leaves: the digest of each chunk in order, at least one.
    package init(leaves: [Digest]) {
        precondition(!leaves.isEmpty, "a tree over no chunks")
        var levels = [leaves]
        while let below = levels.last, below.count > 1 {
            levels.append(
                stride(from: 0, to: below.count, by: 2).map { place in
                    place + 1 < below.count ? Self.pair(below[place], below[place + 1]) : below[place]
                })
        }
        self.levels = levels
    }

    package static func leaf(of chunk: [UInt8]) -> Digest { Digest.of(Suite.p256.rawValue, chunkDomain, chunk) }

    /// The root of the tree for a file of so many bytes.
    package func root(size: UInt64) -> Digest { Self.root(over: levels[levels.count - 1][0], size: size) }

    /// What leads from a chunk to the root, lowest first.
    package func proof(of chunk: UInt32) -> [Digest] {
        var place = Int(chunk)
        var proof: [Digest] = []
        for level in levels.dropLast() {
            let partner = place ^ 1
            if partner < level.count { proof.append(level[partner]) }
            place /= 2
        }
        return proof
    }

    /// Whether these bytes are that chunk of the file.
    package static func isChunk(_ bytes: [UInt8], _ chunk: UInt32, of name: FileName, proof: [Digest]) -> Bool {
        guard chunk < name.chunkCount, bytes.count == name.byteCount(ofChunk: chunk) else { return false }
        var hash = leaf(of: bytes)
        var (place, width) = (chunk, name.chunkCount)
        var rest = proof[...]
        while width > 1 {
            if place % 2 == 1 {
                guard let left = rest.popFirst() else { return false }
                hash = pair(left, hash)
            } else if place + 1 < width {
                guard let right = rest.popFirst() else { return false }
                hash = pair(hash, right)
            }
            (place, width) = (place / 2, (width + 1) / 2)
        }
        return rest.isEmpty && root(over: hash, size: name.size) == name.root
    }

    private static func pair(_ left: Digest, _ right: Digest) -> Digest {
        Digest.of(Suite.p256.rawValue, pairDomain, left.bytes, right.bytes)
    }

    private static func root(over top: Digest, size: UInt64) -> Digest {
        var writer = ByteWriter()
        writer.fixed64(size)
        return Digest.of(Suite.p256.rawValue, rootDomain, writer.bytes, top.bytes)
    }
}
