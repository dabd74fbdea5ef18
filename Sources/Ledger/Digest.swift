package import Crypto

/// A cryptographic suite: how a writer's seals are made and its entries hashed. The raw value tags every hash.
package enum Suite: UInt8, Hashable, Sendable, CaseIterable {
    /// ECDSA over P-256 (FIPS 186-5) with SHA-256 (FIPS 180-4).
    case p256 = 1
    /// SM2 (GB/T 32918) with SM3 (GB/T 32905): the tag is kept for it, no node accepts it yet.
    case sm2 = 2
    /// HMAC-SHA-256 under the opening's own key: byte-exact and without secrets, for tests and simulation.
    /// A release node refuses it.
    case test = 255
}

/// A 32-byte hash together with the tag of the suite that made it.
package struct Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
    package static let byteCount = 33
    package let tag: UInt8
    private let a, b, c, d: UInt64

    package init(tag: UInt8, _ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) {
        (self.tag, self.a, self.b, self.c, self.d) = (tag, a, b, c, d)
    }

    /// The tag and the 32 bytes; `nil` for any other length.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        func word(_ start: Int) -> UInt64 {
            var value: UInt64 = 0
            for index in start..<start + 8 { value = value << 8 | UInt64(bytes[index]) }
            return value
        }
        self.init(tag: bytes[0], word(1), word(9), word(17), word(25))
    }

    package static func of(_ tag: UInt8, _ pieces: [UInt8]...) -> Digest {
        var hash = SHA256()
        for piece in pieces { piece.withUnsafeBytes { hash.update(bufferPointer: $0) } }
        return Digest(tag: tag, hash: hash.finalize())
    }

    package init(tag: UInt8, hash: SHA256.Digest) {
        self = hash.withUnsafeBytes { raw in
            func word(_ start: Int) -> UInt64 {
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: start, as: UInt64.self))
            }
            return Digest(tag: tag, word(0), word(8), word(16), word(24))
        }
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter(reserving: Self.byteCount)
        writer.digest(self)
        return writer.bytes
    }

    /// The first eight bytes of the hash: what a citation carries of the entry it cites.
    package var check: UInt64 { a }

    /// The hexadecimal digit at `depth` of the hash, 0 to 15: the path of a leaf in the comparing trie.
    package func nibble(_ depth: Int) -> Int {
        let word = [a, b, c, d][depth / 16]
        return Int(word >> UInt64(60 - 4 * (depth % 16)) & 15)
    }

    package static func < (left: Digest, right: Digest) -> Bool {
        (left.tag, left.a, left.b, left.c, left.d) < (right.tag, right.a, right.b, right.c, right.d)
    }

    /// The whole hash in hexadecimal, tag first.
    package var description: String { hexadecimal(bytes) }

    /// Enough of the hash for a person to tell two apart.
    package var short: String { String(description.dropFirst(2).prefix(12)) }

    package init?(_ text: some StringProtocol) {
        guard let bytes = Ledger.bytes(hexadecimal: text), let digest = Digest(bytes: bytes) else { return nil }
        self = digest
    }

    /// Thirty-two zero bytes: the digest of nothing.
    package static let zero = Digest(tag: 0, 0, 0, 0, 0)

    fileprivate func write(to writer: inout ByteWriter) {
        writer.byte(tag)
        writer.fixed64(a)
        writer.fixed64(b)
        writer.fixed64(c)
        writer.fixed64(d)
    }
}

extension ByteWriter {
    package mutating func digest(_ digest: Digest) { digest.write(to: &self) }
}

extension ByteReader {
    package mutating func digest() throws(Malformed) -> Digest {
        let tag = try byte()
        return Digest(tag: tag, try fixed64(), try fixed64(), try fixed64(), try fixed64())
    }
}

/// What each hash in the protocol begins with, so that no bytes can stand for two things.
package enum HashDomain {
    package static let stream = Array("tributary stream 1\n".utf8)
    package static let entry = Array("tributary entry 1\n".utf8)
    package static let seal = Array("tributary seal 1\n".utf8)
    package static let value = Array("tributary value 1\n".utf8)
    package static let record = Array("tributary record 1\n".utf8)
    package static let leaf = Array("tributary leaf 1\n".utf8)
    package static let node = Array("tributary trie 1\n".utf8)
    package static let division = Array("tributary division 1\n".utf8)
}

/// A stream's name: the hash of its opening.
package struct StreamID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let digest: Digest
    package init(_ digest: Digest) { self.digest = digest }
    package static func < (left: StreamID, right: StreamID) -> Bool { left.digest < right.digest }
    package var description: String { digest.description }
    package var short: String { digest.short }
}

/// A place in a stream: numbers start at 1 and have no gaps.
package struct EntryID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let stream: StreamID
    package let number: UInt64
    package init(stream: StreamID, number: UInt64) { (self.stream, self.number) = (stream, number) }
    package static func < (left: EntryID, right: EntryID) -> Bool {
        (left.stream, left.number) < (right.stream, right.number)
    }
    package var description: String { "\(stream.short)/\(number)" }
}

/// One edit among all edits ever made: its stream, its entry's number there, its index in that entry.
package struct Dot: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let stream: StreamID
    package let number: UInt64
    package let index: UInt32
    package init(stream: StreamID, number: UInt64, index: UInt32) {
        (self.stream, self.number, self.index) = (stream, number, index)
    }
    package static func < (left: Dot, right: Dot) -> Bool {
        (left.stream, left.number, left.index) < (right.stream, right.number, right.index)
    }
    package var description: String { "\(stream.short)/\(number).\(index)" }
}

/// A dot as another edit names it, with eight bytes of the cited entry's hash: a citation of an entry that was
/// never written so has no effect.
package struct Citation: Hashable, Comparable, Sendable {
    package let dot: Dot
    package let check: UInt64
    package init(dot: Dot, check: UInt64) { (self.dot, self.check) = (dot, check) }
    package static func < (left: Citation, right: Citation) -> Bool {
        (left.dot, left.check) < (right.dot, right.check)
    }
}
