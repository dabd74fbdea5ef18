import Ledger
import Replication

/// The form in which a fork's proof is kept here: the number both branches begin with, then each branch as the count
/// of its entries, their headers, and the seal.
enum ForkCoding {
    static func bytes(_ proof: ForkProof) -> [UInt8] {
        var writer = ByteWriter()
        writer.varint(proof.left.first)
        for run in [proof.left, proof.right] {
            writer.varint(run.entries.count)
            for entry in run.entries { writer.block(entry.header) }
            writer.block(run.signature)
        }
        return writer.bytes
    }

    static func proof(_ bytes: [UInt8], of stream: StreamID, suite: UInt8) throws -> ForkProof {
        var reader = ByteReader(bytes)
        let first = try reader.varint()
        let left = try run(&reader, of: stream, first: first)
        let right = try run(&reader, of: stream, first: first)
        try reader.finish()
        guard let proof = ForkProof(left, right, suite: suite) else {
            throw StoreFailure.corrupt("the proof of the fork of \(stream.short) cannot be read")
        }
        return proof
    }

    private static func run(
        _ reader: inout ByteReader, of stream: StreamID, first: UInt64
    ) throws(Malformed) -> SealedRun {
        var entries: [Entry] = []
        for _ in 0..<(try reader.count(max: Limits.entriesPerSealMax, of: "the number of entries")) {
            entries.append(Entry(header: try reader.block(max: Limits.entryBytesMax, of: "a header"), body: []))
        }
        let signature = try reader.block(max: Limits.sealBytesMax, of: "a seal")
        return SealedRun(stream: stream, first: first, entries: entries, signature: signature)
    }
}
