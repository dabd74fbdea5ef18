import Divisions
import Ledger
import Simulation
import Support
import Testing

@Suite struct `An entry's bytes` {
    @Test(arguments: Seed.some(20))
    func `decode to what was encoded`(seed: Seed) throws {
        var rng = seed.generator
        for _ in 0..<50 {
            let entry = RandomEntry(using: &rng)
            #expect(try ByteReader.header(entry.bytes, in: entry.stream) == entry.header)
            #expect(try ByteReader.body(entry.body) == entry.personal)
        }
    }

    @Test(arguments: Seed.some(20))
    func `cut short anywhere, or with a byte more, are refused`(seed: Seed) {
        var rng = seed.generator
        for _ in 0..<5 {
            let entry = RandomEntry(using: &rng)
            for end in entry.bytes.indices {
                #expect(throws: Malformed.self) {
                    try ByteReader.header(Array(entry.bytes[..<end]), in: entry.stream)
                }
            }
            #expect(throws: Malformed.self) { try ByteReader.header(entry.bytes + [0], in: entry.stream) }
            for end in entry.body.indices where end > 0 {
                #expect(throws: Malformed.self) { try ByteReader.body(Array(entry.body[..<end])) }
            }
            #expect(throws: Malformed.self) { try ByteReader.body(entry.body + [0]) }
        }
    }

    /// One structure, one encoding: whatever decodes at all encodes to the very bytes it came from.
    @Test(arguments: Seed.some(40))
    func `with bytes changed are refused, or are the one form of something else`(seed: Seed) {
        var rng = seed.generator
        for _ in 0..<10 {
            let entry = RandomEntry(using: &rng)
            for _ in 0..<60 {
                let bytes = changed(entry.bytes, using: &rng)
                if let header = try? ByteReader.header(bytes, in: entry.stream) {
                    #expect(testEntry(header, in: entry.stream).header == bytes)
                }
                let body = changed(entry.body, using: &rng)
                if let personal = try? ByteReader.body(body) {
                    #expect(testEntry(entry.header, personal, in: entry.stream).body == body)
                }
            }
        }
    }

    @Test(arguments: Seed.some(20))
    func `that nobody encoded are refused, or are the one form of something`(seed: Seed) {
        var rng = seed.generator
        let stream = StreamID(RandomEntry.digest(using: &rng))
        for _ in 0..<200 {
            let bytes = [1, rng.pick([1, 2])] + rng.bytes(.random(in: 0...300, using: &rng))
            if let header = try? ByteReader.header(bytes, in: stream) {
                #expect(testEntry(header, in: stream).header == bytes)
            }
        }
    }

    private func changed(_ bytes: [UInt8], using rng: inout SeededGenerator) -> [UInt8] {
        guard !bytes.isEmpty else { return bytes }
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &rng) {
            let place = Int.random(in: bytes.indices, using: &rng)
            switch Int.random(in: 0..<4, using: &rng) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &rng)
            case 1: bytes[place] = UInt8.random(in: .min ... .max, using: &rng)
            case 2: bytes.insert(UInt8.random(in: .min ... .max, using: &rng), at: place)
            default: if bytes.count > 1 { bytes.remove(at: place) }
            }
        }
        return bytes
    }
}

@Suite struct `The one valid form` {
    @Test(arguments: [0, 1, 127, 128, 16_383, 16_384, UInt64(UInt32.max), .max - 1, .max])
    func `of an integer is read back, and a longer one refused`(value: UInt64) throws {
        var writer = ByteWriter()
        writer.varint(value)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.varint() == value)
        try reader.finish()
        var padded = writer.bytes
        padded[padded.count - 1] |= 0x80
        #expect(throws: Malformed.self) {
            var reader = ByteReader(padded + [0])
            _ = try reader.varint()
        }
    }

    @Test func `of an integer ends with 64 bits`() {
        for last in [UInt8(2), 0x7f, 0x81, 0xff] {
            #expect(throws: Malformed.self) {
                var reader = ByteReader([UInt8](repeating: 0xff, count: 9) + [last])
                _ = try reader.varint()
            }
        }
    }

    @Test func `of a text is UTF-8`() {
        for bytes in [[1, 0x80], [2, 0xc0, 0x80], [3, 0xed, 0xa0, 0x80], [4, 0xf5, 0x80, 0x80, 0x80], [2, 0x61]]
            as [[UInt8]]
        {
            #expect(throws: Malformed.self) {
                var reader = ByteReader(bytes)
                _ = try reader.text(max: 100, of: "a text")
            }
        }
    }

    @Test(arguments: Seed.some(20))
    func `of a value is read back`(seed: Seed) throws {
        var rng = seed.generator
        for _ in 0..<50 {
            let value = RandomEntry.value(using: &rng)
            var reader = ByteReader(value.encoded)
            #expect(try reader.value(bytesMax: 1_000) == value)
            try reader.finish()
        }
    }

    @Test(arguments: Seed.some(20))
    func `of an opening is read back, and its hash is the stream's name`(seed: Seed) throws {
        var rng = seed.generator
        let opening = RandomEntry.opening(using: &rng)
        var writer = ByteWriter()
        writer.opening(opening)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.opening() == opening)
        try reader.finish()
        #expect(opening.stream.digest == Digest.of(opening.suite, HashDomain.stream, writer.bytes))
    }

    @Test(arguments: Seed.some(10))
    func `of names that people read is read back`(seed: Seed) {
        var rng = seed.generator
        let digest = RandomEntry.digest(using: &rng)
        #expect(Digest(digest.description) == digest)
        #expect(Digest(bytes: digest.bytes) == digest)
        let record = RecordID(home: "440781", flow: .upUrgent, kind: "case", key: RecordKey(rng.next(), rng.next()))
        #expect(RecordID(record.description) == record)
        #expect(RecordKey(bytes: record.key.bytes) == record.key)
        #expect(RecordID(record.description + "0") == nil)
        #expect(RecordID(record.description.uppercased()) == nil)
    }

    @Test func `of a hash's path is its hexadecimal digits`() {
        let digest = Digest(
            tag: 1, 0x0123_4567_89ab_cdef, 0x1fed_cba9_8765_4321, 0x2222_0000_ffff_1111, 0x7000_0000_0000_000f)
        let digits = (0..<64).map { String(digest.nibble($0), radix: 16) }.joined()
        #expect(digits == String(digest.description.dropFirst(2)))
    }

    @Test func `of a record by its natural key is the same wherever it is imported`() {
        let first = RecordID(home: "44", flow: .down, kind: "statute", naturalKey: "行政处罚法")
        #expect(first == RecordID(home: "44", flow: .down, kind: "statute", naturalKey: "行政处罚法"))
        #expect(first.key != RecordKey(naturalKey: "行政处罚法", kind: "article"))
    }

    @Test func `of a key by time sorts by time`() {
        let early = RecordKey(milliseconds: 1_700_000_000_000, chance: (.max, .max))
        let late = RecordKey(milliseconds: 1_700_000_000_001, chance: (0, 0))
        #expect(early < late)
        #expect(early.description == "018bcfe568007fffbfffffffffffffff")
    }
}
