/// Writes the one valid binary form of a structure: minimal variable-length integers, big-endian fixed ones,
/// lengths before contents.
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(reserving capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    package mutating func byte(_ value: UInt8) { bytes.append(value) }

    package mutating func raw(_ value: some Sequence<UInt8>) { bytes.append(contentsOf: value) }

    /// An unsigned LEB128 integer in its shortest form, 1 to 10 bytes.
    package mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    package mutating func varint(_ value: Int) { varint(UInt64(value)) }

    package mutating func fixed64(_ value: UInt64) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// A length as varint, then the bytes.
    package mutating func block(_ value: [UInt8]) {
        varint(value.count)
        bytes.append(contentsOf: value)
    }

    /// A length as varint, then UTF-8.
    package mutating func text(_ value: String) {
        var copy = value
        copy.withUTF8 { utf8 in
            varint(utf8.count)
            bytes.append(contentsOf: utf8)
        }
    }
}

/// Why bytes are not the one valid encoding of what they claim to be.
package enum Malformed: Error, Hashable, Sendable, CustomStringConvertible {
    case endsEarly(at: Int)
    case bytesLeft(at: Int)
    case notMinimal(at: Int)
    case outOfRange(what: String, at: Int)
    case notCanonical(what: String, at: Int)

    package var description: String {
        switch self {
        case .endsEarly(let offset): "the bytes end early, at byte \(offset)"
        case .bytesLeft(let offset): "bytes are left over from byte \(offset)"
        case .notMinimal(let offset): "the integer at byte \(offset) is not in its shortest form"
        case .outOfRange(let what, let offset): "\(what) at byte \(offset) is out of range"
        case .notCanonical(let what, let offset): "\(what) at byte \(offset) is not in its one valid form"
        }
    }
}

/// Reads what `ByteWriter` writes and refuses every other encoding of it.
package struct ByteReader: Sendable {
    private let bytes: [UInt8]
    package private(set) var offset = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var isAtEnd: Bool { offset == bytes.count }

    package func finish() throws(Malformed) {
        guard isAtEnd else { throw .bytesLeft(at: offset) }
    }

    package mutating func byte() throws(Malformed) -> UInt8 {
        guard offset < bytes.count else { throw .endsEarly(at: offset) }
        defer { offset += 1 }
        return bytes[offset]
    }

    package mutating func raw(_ count: Int) throws(Malformed) -> [UInt8] {
        guard count >= 0, count <= bytes.count - offset else { throw .endsEarly(at: bytes.count) }
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    package mutating func varint() throws(Malformed) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            let next = try byte()
            let part = UInt64(next & 0x7f)
            if shift == 63, part > 1 { throw .outOfRange(what: "an integer", at: start) }
            value |= part << shift
            if next < 0x80 {
                if next == 0, shift > 0 { throw .notMinimal(at: start) }
                return value
            }
        }
        throw .outOfRange(what: "an integer", at: start)
    }

    /// A varint that counts or measures something and may not exceed `limit`.
    package mutating func count(max limit: Int, of what: String) throws(Malformed) -> Int {
        let start = offset
        let value = try varint()
        guard value <= UInt64(limit) else { throw .outOfRange(what: what, at: start) }
        return Int(value)
    }

    package mutating func fixed64() throws(Malformed) -> UInt64 {
        guard bytes.count - offset >= 8 else { throw .endsEarly(at: bytes.count) }
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        offset += 8
        return UInt64(bigEndian: value)
    }

    package mutating func block(max limit: Int, of what: String) throws(Malformed) -> [UInt8] {
        try raw(try count(max: limit, of: what))
    }

    package mutating func text(max limit: Int, of what: String) throws(Malformed) -> String {
        let length = try count(max: limit, of: what)
        guard length <= bytes.count - offset else { throw .endsEarly(at: bytes.count) }
        guard let text = String(validating: bytes[offset..<offset + length], as: UTF8.self) else {
            throw .notCanonical(what: what, at: offset)
        }
        offset += length
        return text
    }
}

/// Lower-case hexadecimal, for identifiers that people read.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}

/// The bytes that lower-case hexadecimal stands for; `nil` if the text is anything else.
package func bytes(hexadecimal text: some StringProtocol) -> [UInt8]? {
    func nibble(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x61...0x66: character - 0x61 + 10
        default: nil
        }
    }
    var result: [UInt8] = []
    var high: UInt8?
    for character in text.utf8 {
        guard let value = nibble(character) else { return nil }
        if let first = high {
            result.append(first << 4 | value)
            high = nil
        } else {
            high = value
        }
    }
    return high == nil ? result : nil
}
