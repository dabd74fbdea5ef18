import GRDB
import Lattice
import Ledger
import Replication

/// A state in the file is `RecordState.encoded()` with its table of streams as small integers: 33 bytes become one or
/// two, in every record.
///
///     form           1 byte: 1 with small integers, 0 with the encoded state as it is (a layout not known here)
///     streams        count, then the small integer of each, in the state's own order
///     rest           as encoded
extension StoreConnection {
    private static let knownLayout: UInt8 = 1

    func pack(_ state: RecordState, streamID: (StreamID) throws -> Int64) throws -> [UInt8] {
        let encoded = state.encoded()
        guard encoded.first == Self.knownLayout else { return [0] + encoded }
        var reader = ByteReader(encoded)
        _ = try reader.byte()
        let count = try reader.count(max: encoded.count, of: "the number of streams")
        var writer = ByteWriter(reserving: encoded.count)
        writer.byte(1)
        writer.varint(count)
        for _ in 0..<count { writer.varint(UInt64(try streamID(StreamID(try reader.digest())))) }
        writer.raw(encoded[reader.offset...])
        return writer.bytes
    }

    func unpack(_ bytes: [UInt8], of id: RecordID) throws -> RecordState {
        guard bytes.first == 1 else { return try RecordState(id: id, encoded: Array(bytes.dropFirst())) }
        var reader = ByteReader(bytes)
        _ = try reader.byte()
        let count = try reader.count(max: bytes.count, of: "the number of streams")
        var writer = ByteWriter(reserving: bytes.count + Digest.byteCount * count)
        writer.byte(Self.knownLayout)
        writer.varint(count)
        for _ in 0..<count {
            let place = try reader.varint()
            writer.digest(try streamName(Int64(bitPattern: place)).digest)
        }
        writer.raw(bytes[reader.offset...])
        return try RecordState(id: id, encoded: writer.bytes)
    }
}
