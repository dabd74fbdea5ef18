package import Divisions

/// A record's name: its home and flow, in whose streams all its edits lie, its kind, and a key of 16 bytes.
package struct RecordID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let home: DivisionCode
    package let flow: Flow
    package let kind: String
    package let key: RecordKey

    package init(home: DivisionCode, flow: Flow, kind: String, key: RecordKey) {
        (self.home, self.flow, self.kind, self.key) = (home, flow, kind, key)
    }

    /// A library record: the same natural key gives the same record wherever and however often it is imported.
    package init(home: DivisionCode, flow: Flow, kind: String, naturalKey: String) {
        self.init(home: home, flow: flow, kind: kind, key: RecordKey(naturalKey: naturalKey, kind: kind))
    }

    package static func < (left: RecordID, right: RecordID) -> Bool {
        (left.home, left.flow.rawValue, left.kind, left.key) < (right.home, right.flow.rawValue, right.kind, right.key)
    }

    /// `kind:home:flow:key`, as the API and the commands write it.
    package var description: String { "\(kind):\(home.text):\(flow.name):\(key)" }

    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 4, Name.isValid(String(parts[0])), let home = DivisionCode(String(parts[1])),
            let flow = Flow(name: String(parts[2])), let key = RecordKey(hexadecimal: parts[3])
        else { return nil }
        self.init(home: home, flow: flow, kind: String(parts[0]), key: key)
    }
}

/// Sixteen bytes that tell records of one kind, home and flow apart.
package struct RecordKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let high, low: UInt64

    package init(_ high: UInt64, _ low: UInt64) { (self.high, self.low) = (high, low) }

    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        var reader = ByteReader(bytes)
        guard let high = try? reader.fixed64(), let low = try? reader.fixed64() else { return nil }
        self.init(high, low)
    }

    package init?(hexadecimal text: some StringProtocol) {
        guard let bytes = Ledger.bytes(hexadecimal: text) else { return nil }
        self.init(bytes: bytes)
    }

    /// The first 16 bytes of the hash of kind and natural key.
    package init(naturalKey: String, kind: String) {
        var writer = ByteWriter()
        writer.text(kind)
        writer.text(naturalKey)
        var reader = ByteReader(Digest.of(Suite.p256.rawValue, HashDomain.record, writer.bytes).bytes)
        guard (try? reader.byte()) != nil, let high = try? reader.fixed64(), let low = try? reader.fixed64() else {
            preconditionFailure("a digest is 33 bytes long")
        }
        self.init(high, low)
    }

    /// A key that sorts by time (RFC 9562, version 7): 48 bits of milliseconds, then chance handed in by the caller.
    package init(milliseconds: UInt64, chance: (UInt64, UInt64)) {
        high = milliseconds << 16 | 0x7000 | (chance.0 & 0x0fff)
        low = 0x8000_0000_0000_0000 | (chance.1 & 0x3fff_ffff_ffff_ffff)
    }

    /// A key made of two hashes (RFC 9562, version 8): 60 bits of a name, then 62 bits of what it was said of.
    package init(name: UInt64, print: UInt64) {
        high = name & ~0xf000 | 0x8000
        low = 0x8000_0000_0000_0000 | (print & 0x3fff_ffff_ffff_ffff)
    }

    /// Whether it is made of a name, as far as its bits tell.
    package var isNamed: Bool { high & 0xf000 == 0x8000 && low >> 62 == 2 }

    /// All keys of the same name.
    package var namesakes: ClosedRange<RecordKey> { RecordKey(high, 0)...RecordKey(high, .max) }

    package static func < (left: RecordKey, right: RecordKey) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter(reserving: 16)
        writer.key(self)
        return writer.bytes
    }

    package var description: String { hexadecimal(bytes) }

    fileprivate func write(to writer: inout ByteWriter) {
        writer.fixed64(high)
        writer.fixed64(low)
    }
}

/// The names of kinds and fields: 1 to 48 bytes of lower-case letters, digits and hyphens.
package enum Name {
    package static let bytesMax = 48
    package static func isValid(_ name: String) -> Bool {
        let utf8 = name.utf8
        return (1...bytesMax).contains(utf8.count)
            && utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
    }
}

/// What a field can hold. Money is an integer of fen, a date is text in ISO 8601, a file is its digest as text.
package enum Value: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    case boolean(Bool)
    case bytes([UInt8])
    case record(RecordID)

    package var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.value(self)
        return writer.bytes
    }
}

extension Value: Comparable {
    /// By encoding: the same on every node, without meaning for people.
    package static func < (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.integer(let a), .integer(let b)): a < b
        default: left.encoded.lexicographicallyPrecedes(right.encoded)
        }
    }
}

extension ByteWriter {
    package mutating func key(_ key: RecordKey) { key.write(to: &self) }

    package mutating func code(_ code: DivisionCode) { text(code.text) }

    package mutating func record(_ record: RecordID) {
        code(record.home)
        byte(record.flow.rawValue)
        text(record.kind)
        key(record.key)
    }

    package mutating func value(_ value: Value) {
        switch value {
        case .text(let text):
            byte(1)
            self.text(text)
        case .integer(let integer):
            byte(2)
            varint(UInt64(bitPattern: integer << 1 ^ integer >> 63))
        case .boolean(let boolean):
            byte(3)
            byte(boolean ? 1 : 0)
        case .bytes(let bytes):
            byte(4)
            block(bytes)
        case .record(let id):
            byte(5)
            record(id)
        }
    }
}

extension ByteReader {
    package mutating func key() throws(Malformed) -> RecordKey { RecordKey(try fixed64(), try fixed64()) }

    package mutating func code() throws(Malformed) -> DivisionCode {
        let start = offset
        guard let code = DivisionCode(try text(max: 15, of: "a division code")) else {
            throw .notCanonical(what: "a division code", at: start)
        }
        return code
    }

    package mutating func flow() throws(Malformed) -> Flow {
        let start = offset
        guard let flow = Flow(rawValue: try byte()) else { throw .outOfRange(what: "a flow", at: start) }
        return flow
    }

    package mutating func name(_ what: String) throws(Malformed) -> String {
        let start = offset
        let name = try text(max: Name.bytesMax, of: what)
        guard Name.isValid(name) else { throw .notCanonical(what: what, at: start) }
        return name
    }

    package mutating func record() throws(Malformed) -> RecordID {
        RecordID(home: try code(), flow: try flow(), kind: try name("a kind"), key: try key())
    }

    package mutating func value(bytesMax limit: Int) throws(Malformed) -> Value {
        let start = offset
        switch try byte() {
        case 1: return .text(try text(max: limit, of: "a text"))
        case 2:
            let raw = try varint()
            return .integer(Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1))
        case 3:
            let raw = try byte()
            guard raw <= 1 else { throw .outOfRange(what: "a truth value", at: start + 1) }
            return .boolean(raw == 1)
        case 4: return .bytes(try block(max: limit, of: "a block of bytes"))
        case 5: return .record(try record())
        default: throw .outOfRange(what: "a value's type", at: start)
        }
    }
}
