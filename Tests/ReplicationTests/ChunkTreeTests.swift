import Ledger
import Simulation
import Support
import Testing

@testable import Replication

/// Each chunk of a file is checked alone, against nothing but the root its record names.
@Suite struct `The tree over the chunks of a file` {
    private static let whole = ReplicationLimits.fileChunkBytes

    /// A file of so many bytes, its chunks, and its name.
    private func file(_ size: Int, seed: UInt64 = 1) throws -> (chunks: [[UInt8]], tree: ChunkTree, name: FileName) {
        var random = Seed(seed).generator
        let bytes = random.bytes(size)
        let chunks = stride(from: 0, to: size, by: Self.whole).map { Array(bytes[$0..<min($0 + Self.whole, size)]) }
        let tree = ChunkTree(leaves: chunks.map(ChunkTree.leaf))
        let name = try #require(
            FileName(digest: Digest.of(1, bytes), root: tree.root(size: UInt64(size)), size: UInt64(size)))
        return (chunks, tree, name)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 9])
    func `proves every chunk of files of any count, and none in another's place`(count: Int) throws {
        let (chunks, tree, name) = try file(count * Self.whole - 5)
        #expect(name.chunkCount == UInt32(count))
        for (place, chunk) in chunks.enumerated() {
            let proof = tree.proof(of: UInt32(place))
            for other in chunks.indices {
                #expect(ChunkTree.isChunk(chunk, UInt32(other), of: name, proof: proof) == (other == place))
            }
        }
    }

    @Test func `refuses a changed bit, a shorter chunk, and a proof that is too short or too long`() throws {
        let (chunks, tree, name) = try file(3 * Self.whole)
        let proof = tree.proof(of: 1)
        var changed = chunks[1]
        changed[100] ^= 1
        #expect(!ChunkTree.isChunk(changed, 1, of: name, proof: proof))
        #expect(!ChunkTree.isChunk(Array(chunks[1].dropLast()), 1, of: name, proof: proof))
        #expect(!ChunkTree.isChunk(chunks[1], 1, of: name, proof: Array(proof.dropLast())))
        #expect(!ChunkTree.isChunk(chunks[1], 1, of: name, proof: proof + [proof[0]]))
        #expect(!ChunkTree.isChunk(chunks[1], 3, of: name, proof: proof))
    }

    @Test func `lets nobody name another size`() throws {
        let (chunks, tree, name) = try file(2 * Self.whole)
        let longer = try #require(FileName(digest: name.digest, root: name.root, size: name.size + 1))
        #expect(!ChunkTree.isChunk(chunks[0], 0, of: longer, proof: tree.proof(of: 0)))
        #expect(FileName(digest: name.digest, root: name.root, size: 0) == nil)
        #expect(
            FileName(digest: name.digest, root: name.root, size: ReplicationLimits.fileBytesMax + 1) == nil)
    }

    @Test func `needs no more digests than a frame may carry`() throws {
        let (_, _, small) = try file(1)
        let name = try #require(
            FileName(digest: small.digest, root: small.root, size: ReplicationLimits.fileBytesMax))
        #expect(1 << ReplicationLimits.fileProofMax == Int(name.chunkCount))
    }
}
