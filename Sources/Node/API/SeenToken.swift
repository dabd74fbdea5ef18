package import Ledger

/// What an editor's screen showed of a field or a record, as an opaque text: the citations of its live dots. The text
/// is given out with each read and comes back with the edit, so that an edit replaces what its author saw and nothing
/// that was written behind his back. Nothing at all was seen: the empty text.
package struct SeenToken: Hashable, Sendable {
    private static let layout: UInt8 = 1

    package let citations: [Citation]

    package init(_ citations: [Citation]) { self.citations = citations.sorted() }

    /// Nil for a text that this node would never have given out.
    package init?(_ text: some StringProtocol) {
        guard !text.isEmpty else {
            self.init([])
            return
        }
        guard let bytes = Base64URL.bytes(text), let citations = try? Self.read(bytes) else { return nil }
        self.init(citations)
    }

    package var text: String {
        guard !citations.isEmpty else { return "" }
        var streams: [StreamID] = []
        for citation in citations where streams.last != citation.dot.stream { streams.append(citation.dot.stream) }
        var writer = ByteWriter(reserving: 2 + 33 * streams.count + 14 * citations.count)
        writer.byte(Self.layout)
        writer.varint(streams.count)
        for stream in streams { writer.digest(stream.digest) }
        writer.varint(citations.count)
        var place = 0
        for citation in citations {
            while streams[place] != citation.dot.stream { place += 1 }
            writer.varint(place)
            writer.varint(citation.dot.number)
            writer.varint(UInt64(citation.dot.index))
            writer.fixed64(citation.check)
        }
        return Base64URL.text(writer.bytes)
    }

    private static func read(_ bytes: [UInt8]) throws(Malformed) -> [Citation] {
        var reader = ByteReader(bytes)
        guard try reader.byte() == layout else { throw .outOfRange(what: "a token's layout", at: 0) }
        var streams: [StreamID] = []
        for _ in 0..<(try reader.count(max: Limits.citationsPerEditMax, of: "the number of streams")) {
            streams.append(StreamID(try reader.digest()))
        }
        var citations: [Citation] = []
        for _ in 0..<(try reader.count(max: Limits.citationsPerEditMax, of: "the number of citations")) {
            let start = reader.offset
            let place = try reader.count(max: Limits.citationsPerEditMax, of: "a stream's place")
            let (number, index) = (try reader.varint(), try reader.varint())
            guard place < streams.count, let index = UInt32(exactly: index) else {
                throw .outOfRange(what: "a citation", at: start)
            }
            citations.append(
                Citation(
                    dot: Dot(stream: streams[place], number: number, index: index), check: try reader.fixed64()))
        }
        try reader.finish()
        return citations
    }

    /// The entity tag (RFC 9110, 8.8.3) of a record of which all this was seen: it changes with every edit.
    package var entityTag: String {
        let digest = Digest.of(Suite.p256.rawValue, Array("tributary seen 1\n".utf8), Array(text.utf8))
        return "\"\(hexadecimal(Array(digest.bytes[1...16])))\""
    }
}

/// The alphabet of RFC 4648, section 5, without padding.
enum Base64URL {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var (held, bits) = (UInt32(0), 0)
        for byte in bytes {
            held = held << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(digits[Int(held >> UInt32(bits) & 63)])
            }
        }
        if bits > 0 { text.append(digits[Int(held << UInt32(6 - bits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for anything that `text` does not write.
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (held, bits) = (UInt32(0), 0)
        for digit in text.utf8 {
            guard let value = value(digit) else { return nil }
            held = held << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: held >> UInt32(bits)))
            }
        }
        guard bits < 6, held & (1 << UInt32(bits) - 1) == 0 else { return nil }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
