import Casework
import Ledger
import Testing

struct ReceiptTests {
    private static func stream(_ number: UInt8) -> StreamID {
        StreamID(Digest.of(Suite.p256.rawValue, HashDomain.stream, [number]))
    }

    private static func head(_ stream: UInt8, _ number: UInt64) -> ReceiptElement.Head {
        ReceiptElement.Head(stream: Self.stream(stream), number: number, check: UInt64(stream) << 32 | number)
    }

    @Test func `an element is read as it was written, in one order whatever order it was given`() throws {
        let heads = (1...200).map { Self.head(UInt8($0), UInt64($0) * 1_000) }
        let element = try #require(ReceiptElement(time: 1_772_323_200_000, heads: heads))
        #expect(try ReceiptElement(element.bytes) == element)
        #expect(ReceiptElement(time: 1_772_323_200_000, heads: heads.reversed())?.bytes == element.bytes)
        #expect(element.bytes.count < Limits.entryBytesMax / 2)
    }

    @Test func `of a stream that is given twice the further head counts`() throws {
        let element = try #require(ReceiptElement(time: 1, heads: [Self.head(1, 7), Self.head(1, 3)]))
        #expect(element.heads == [Self.head(1, 7)])
    }

    @Test func `an element without heads, or with more than fit, is none`() {
        #expect(ReceiptElement(time: 1, heads: []) == nil)
        #expect(ReceiptElement(time: 1, heads: [Self.head(1, 0)]) == nil)
        let many = (0...UInt64(ReceiptElement.headsMax)).map { number in
            ReceiptElement.Head(
                stream: StreamID(Digest.of(1, HashDomain.stream, [UInt8(number & 255), UInt8(number >> 8)])), number: 1,
                check: 0)
        }
        #expect(ReceiptElement(time: 1, heads: many) == nil)
        #expect(ReceiptElement(time: 1, heads: Array(many.dropLast())) != nil)
    }

    @Test func `every other encoding is refused`() throws {
        let bytes = try #require(ReceiptElement(time: 5, heads: [Self.head(1, 7), Self.head(2, 9)])).bytes
        for length in bytes.indices {
            #expect(throws: Malformed.self) { try ReceiptElement(Array(bytes.prefix(length))) }
        }
        #expect(throws: Malformed.self) { try ReceiptElement(bytes + [0]) }
        #expect(throws: Malformed.self) { try ReceiptElement([2] + bytes.dropFirst()) }
        #expect(throws: Malformed.self) { try ReceiptElement([1, 5, 0]) }
        let half = (bytes.count - 3) / 2
        let swapped = bytes.prefix(3) + bytes.suffix(half) + bytes[3..<3 + half]
        #expect(throws: Malformed.self) { try ReceiptElement(Array(swapped)) }
    }

    @Test func `the earliest receipt counts that covers an entry or one behind it`() throws {
        let times = ReceiptTimes([
            try #require(ReceiptElement(time: 300, heads: [Self.head(1, 5), Self.head(2, 1)])),
            try #require(ReceiptElement(time: 100, heads: [Self.head(1, 3)])),
            // A superior's clock that went back: what it says of later entries covers earlier ones too.
            try #require(ReceiptElement(time: 200, heads: [Self.head(1, 9)])),
        ])
        let earliest = { (stream: UInt8, number: UInt64) in
            times.earliest(of: EntryID(stream: Self.stream(stream), number: number))
        }
        #expect((1...3).map { earliest(1, $0) } == [100, 100, 100])
        #expect((4...9).map { earliest(1, $0) } == [200, 200, 200, 200, 200, 200])
        #expect(earliest(1, 10) == nil)
        #expect(earliest(2, 1) == 300)
        #expect(earliest(3, 1) == nil)
    }
}
