/// An entry as it is hashed, stored and sent: its header's bytes, and beside them the personal values the header
/// names by salted digest. Neither is ever encoded again.
package struct Entry: Hashable, Sendable {
    package let header: [UInt8]
    package let body: [UInt8]

    package init(header: [UInt8], body: [UInt8]) { (self.header, self.body) = (header, body) }

    package var byteCount: Int { header.count + body.count }

    /// The entry's hash: over its header alone, so that neither a seal nor an erased value can change it.
    package func hash(suite: UInt8) -> Digest { Digest.of(suite, HashDomain.entry, header) }
}

/// A writer's signature over (stream, number, hash): what makes everything up to that number the writer's own.
package struct Seal: Hashable, Sendable {
    package let number: UInt64
    package let signature: [UInt8]

    package init(number: UInt64, signature: [UInt8]) { (self.number, self.signature) = (number, signature) }

    /// The bytes a seal signs.
    package static func message(stream: StreamID, number: UInt64, hash: Digest) -> [UInt8] {
        var writer = ByteWriter(reserving: 96)
        writer.raw(HashDomain.seal)
        writer.digest(stream.digest)
        writer.fixed64(number)
        writer.digest(hash)
        return writer.bytes
    }
}

/// Consecutive entries of one stream, the last of them sealed: the unit that is judged and stored whole.
package struct SealedRun: Hashable, Sendable {
    package let stream: StreamID
    /// The number of the first entry.
    package let first: UInt64
    package let entries: [Entry]
    package let signature: [UInt8]

    package init(stream: StreamID, first: UInt64, entries: [Entry], signature: [UInt8]) {
        (self.stream, self.first, self.entries, self.signature) = (stream, first, entries, signature)
    }

    package var last: UInt64 { first + UInt64(entries.count) - 1 }
}

/// A personal value beside its header: which edit it belongs to, its salt, and the value.
package struct PersonalValue: Hashable, Sendable {
    package static let saltBytes = 16
    package let index: UInt32
    package let salt: [UInt8]
    package let value: Value

    package init(index: UInt32, salt: [UInt8], value: Value) {
        (self.index, self.salt, self.value) = (index, salt, value)
    }

    /// What the header carries in the value's place.
    package func digest(suite: UInt8) -> Digest { Digest.of(suite, HashDomain.value, salt, value.encoded) }
}

extension ByteWriter {
    /// A body: nothing at all without personal values, else their count and each in the order of its edit.
    package mutating func body(_ values: [PersonalValue]) {
        guard !values.isEmpty else { return }
        varint(values.count)
        for value in values {
            varint(UInt64(value.index))
            raw(value.salt)
            self.value(value.value)
        }
    }
}

extension ByteReader {
    package static func body(_ bytes: [UInt8]) throws(Malformed) -> [PersonalValue] {
        guard !bytes.isEmpty else { return [] }
        var reader = ByteReader(bytes)
        var values: [PersonalValue] = []
        let count = try reader.count(max: Limits.editsPerEntryMax, of: "the number of personal values")
        guard count > 0 else { throw .notCanonical(what: "a body", at: 0) }
        for _ in 0..<count {
            let start = reader.offset
            let index = try reader.count(max: Limits.editsPerEntryMax, of: "an edit's index")
            if let last = values.last, last.index >= UInt32(index) { throw .notCanonical(what: "a body", at: start) }
            let salt = try reader.raw(PersonalValue.saltBytes)
            values.append(
                PersonalValue(
                    index: UInt32(index), salt: salt, value: try reader.value(bytesMax: Limits.entryBytesMax)))
        }
        try reader.finish()
        return values
    }
}
