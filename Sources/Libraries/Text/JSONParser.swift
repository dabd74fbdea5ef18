/// Why bytes are not one JSON text.
package struct JSONFault: Error, Hashable, Sendable {
    /// Counted in bytes from the beginning, 0 the first.
    package let offset: Int
    package let what: String
}

/// Reads one JSON text (RFC 8259) strictly: valid UTF-8, no name twice in one object, no lone surrogate, nothing after
/// it. An import of some ten thousand values is read without a thrown error on the way, and integers stay exact, which
/// is why requests do not go through a decoder that tries one type after another.
package struct JSONParser {
    /// Arrays and objects within one another: a request needs six.
    package static let depthMax = 32

    private let bytes: [UInt8]
    private var place = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    package static func parse(_ bytes: [UInt8]) throws(JSONFault) -> JSON {
        var parser = JSONParser(bytes)
        parser.skipSpace()
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.place == bytes.count else { throw parser.fault("something stands after the end") }
        return value
    }

    private func fault(_ what: String) -> JSONFault { JSONFault(offset: place, what: what) }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { place += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        place += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONFault) -> JSON {
        guard depth < Self.depthMax else { throw fault("more than \(Self.depthMax) levels") }
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw fault("the text ends where a value is expected")
        case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): return try number()
        default: throw fault("no value begins here")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONFault) -> JSON {
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes[place...].starts(with: letters) else { throw fault("no value begins here") }
        place += letters.count
        return value
    }

    private mutating func array(depth: Int) throws(JSONFault) -> JSON {
        place += 1
        var elements: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            skipSpace()
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw fault("a comma or ] is expected") }
        }
    }

    private mutating func object(depth: Int) throws(JSONFault) -> JSON {
        place += 1
        var members: [String: JSON] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw fault("a member's name in quotation marks is expected") }
            let start = place
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault("a colon is expected") }
            skipSpace()
            guard members.updateValue(try value(depth: depth + 1), forKey: name) == nil else {
                throw JSONFault(offset: start, what: "the member's name stood in this object before")
            }
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw fault("a comma or } is expected") }
        }
    }

    private mutating func number() throws(JSONFault) -> JSON {
        let start = place
        _ = take(UInt8(ascii: "-"))
        let first = place
        try digits()
        if bytes[first] == UInt8(ascii: "0"), place > first + 1 { throw fault("a number begins with a needless 0") }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        if isWhole, let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw fault("a number is too large") }
        return .number(number)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private mutating func digits() throws(JSONFault) {
        let start = place
        while let byte = next, Self.isDigit(byte) { place += 1 }
        guard place > start else { throw fault("a digit is expected") }
    }

    private mutating func string() throws(JSONFault) -> String {
        place += 1
        let start = place
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { place += 1 }
        if next == UInt8(ascii: "\"") {
            defer { place += 1 }
            return try checked(bytes[start..<place], at: start)
        }
        var content = Array(bytes[start..<place])
        while let byte = next {
            place += 1
            switch byte {
            case UInt8(ascii: "\""): return try checked(content[...], at: start)
            case UInt8(ascii: "\\"): try escaped(into: &content)
            case 0..<0x20: throw JSONFault(offset: place - 1, what: "a control character stands bare in a text")
            default: content.append(byte)
            }
        }
        throw fault("a text does not end")
    }

    private func checked(_ content: ArraySlice<UInt8>, at start: Int) throws(JSONFault) -> String {
        guard let text = String(validating: content, as: UTF8.self) else {
            throw JSONFault(offset: start, what: "a text is not UTF-8")
        }
        return text
    }

    private mutating func escaped(into content: inout [UInt8]) throws(JSONFault) {
        guard let byte = next else { throw fault("a text does not end") }
        place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0c)
        case UInt8(ascii: "n"): content.append(0x0a)
        case UInt8(ascii: "r"): content.append(0x0d)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            var code = try fourDigits()
            if (0xD800...0xDBFF).contains(code) {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw fault("a surrogate stands alone") }
                let low = try fourDigits()
                guard (0xDC00...0xDFFF).contains(low) else { throw fault("a surrogate stands alone") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw fault("a surrogate stands alone") }
            content.append(contentsOf: UTF8.encode(scalar) ?? UTF8.EncodedScalar())
        default: throw JSONFault(offset: place - 1, what: "an unknown escape in a text")
        }
    }

    private mutating func fourDigits() throws(JSONFault) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault("four hexadecimal digits are expected")
            }
            place += 1
            code = code << 4 | UInt32(digit)
        }
        return code
    }
}
