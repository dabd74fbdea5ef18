import Foundation
import Ledger
import SwiftProtobuf

/// Asks for chunks of a file that a record names.
struct FileAsk: Hashable, Sendable {
    let name: FileName
    let record: RecordID
    let first: UInt32
    let count: UInt32
}

/// Part of a chunk on its way.
struct FileSlice: Hashable, Sendable {
    let name: FileName
    let chunk: UInt32
    let offset: Int
    let bytes: [UInt8]
    /// Empty but in the first part of a chunk.
    let proof: [Digest]
}

extension FileSlice {
    static func all(of batch: Tributary_V1_Batch) throws(FrameFault) -> [FileSlice] {
        guard batch.lane == UInt32(Lane.files.rawValue), batch.pieces.isEmpty else {
            throw FrameFault("a part of a file beside entries")
        }
        var slices: [FileSlice] = []
        for slice in batch.slices { slices.append(try FileSlice(slice)) }
        return slices
    }

    private init(_ wire: Tributary_V1_FileSlice) throws(FrameFault) {
        let name = try FileName(wire.file)
        guard wire.chunk < name.chunkCount, !wire.bytes.isEmpty,
            Int(wire.offset) + wire.bytes.count <= name.byteCount(ofChunk: wire.chunk)
        else { throw FrameFault("a part of a file beyond its end") }
        guard wire.proof.count <= ReplicationLimits.fileProofMax else {
            throw FrameFault("a chunk with \(wire.proof.count) digests")
        }
        var proof: [Digest] = []
        for digest in wire.proof { proof.append(try Digest(wire: digest)) }
        self.init(
            name: name, chunk: wire.chunk, offset: Int(wire.offset), bytes: Array(wire.bytes), proof: proof)
    }
}

extension FileAsk {
    init(_ wire: Tributary_V1_FileAsk) throws(FrameFault) {
        let name = try FileName(wire.file)
        guard let record = RecordID(wire.record), wire.count >= 1, wire.first < name.chunkCount,
            wire.count <= min(ReplicationLimits.fileChunksPerAskMax, name.chunkCount - wire.first)
        else { throw FrameFault("a question for no chunks of a file") }
        self.init(name: name, record: record, first: wire.first, count: wire.count)
    }
}

extension FileName {
    init(_ wire: Tributary_V1_FileName) throws(FrameFault) {
        guard
            let name = FileName(
                digest: try Digest(wire: wire.digest), root: try Digest(wire: wire.chunkRoot), size: wire.size)
        else { throw FrameFault("a file of \(wire.size) bytes, or named by no SHA-256") }
        self = name
    }
}

extension Digest {
    fileprivate init(wire data: Data) throws(FrameFault) {
        guard let digest = Digest(bytes: Array(data)) else { throw FrameFault("a digest of \(data.count) bytes") }
        self = digest
    }
}

extension Tributary_V1_FileName {
    init(_ name: FileName) {
        self.init()
        (digest, chunkRoot, size) = (Data(name.digest.bytes), Data(name.root.bytes), name.size)
    }
}

extension Tributary_V1_FileAsk {
    init(_ ask: FileAsk) {
        self.init()
        file = .init(ask.name)
        record = ask.record.description
        (first, count) = (ask.first, ask.count)
    }
}

extension Tributary_V1_FileSlice {
    init(_ slice: FileSlice) {
        self.init()
        file = .init(slice.name)
        (chunk, offset, bytes) = (slice.chunk, UInt32(slice.offset), Data(slice.bytes))
        proof = slice.proof.map { Data($0.bytes) }
    }
}
