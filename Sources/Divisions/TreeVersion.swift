import Crypto

/// The name of one version of the tree: a hash of who stands where, and of which divisions have nodes.
///
/// Every entry carries the version it was written under, so that every node judges it by the same tree for ever.
///
/// The first byte tells the suite of the hash (1 is SHA-256), the other 32 are the hash of these bytes:
///
///     "tributary tree 1\n"                           17 bytes of ASCII
///     number of divisions                            4 bytes, big-endian
///     each division, in ascending order of code:
///         length of code, code                       1 byte, 1 to 15 bytes of ASCII
///         length of name, name                       2 bytes big-endian, 1 to 120 bytes of UTF-8
///         level                                      1 byte: province 1, city 2, county 3, township 4, village 5
///         length of parent's code, parent's code     1 byte, 0 at the root, then as many bytes
///     number of divisions that have a node           4 bytes, big-endian
///     each of them, in ascending order of code:
///         length of code, code                       1 byte, 1 to 15 bytes of ASCII
///
/// Codes are ordered by bytes. Addresses and names of nodes are not part of it.
package struct TreeVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The length of a version in bytes: the suite's tag and a hash of 32 bytes.
    package static let bytesCount = 33

    /// The tag of SHA-256 before the hash.
    package static let suite: UInt8 = 1

    package let bytes: [UInt8]

    /// A version as it was read from an entry or a frame; nil unless it has 33 bytes. Any suite is taken: a version is
    /// only ever compared, and one that names no known tree is waited for.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.bytesCount else { return nil }
        self.bytes = Array(bytes)
    }

    /// - Parameters:
    ///   - divisions: in ascending order of code, each once.
    ///   - seated: the codes of the divisions that have a node, in ascending order, each once.
    init(divisions: [Division], seated: [DivisionCode]) {
        var hash = SHA256()
        Self.encoding(divisions: divisions, seated: seated).withUnsafeBytes { hash.update(bufferPointer: $0) }
        bytes = [Self.suite] + hash.finalize()
    }

    /// All 33 bytes in hexadecimal.
    package var description: String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    package static func < (left: TreeVersion, right: TreeVersion) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    /// The bytes that are hashed, as laid out above.
    static func encoding(divisions: [Division], seated: [DivisionCode]) -> [UInt8] {
        var bytes = Array("tributary tree 1\n".utf8)
        append(UInt32(divisions.count), to: &bytes)
        for division in divisions {
            append(division.code, to: &bytes)
            append(UInt16(division.name.utf8.count), to: &bytes)
            bytes += division.name.utf8
            bytes.append(division.level.rawValue)
            if let parent = division.parent {
                append(parent, to: &bytes)
            } else {
                bytes.append(0)
            }
        }
        append(UInt32(seated.count), to: &bytes)
        for code in seated { append(code, to: &bytes) }
        return bytes
    }

    private static func append(_ code: DivisionCode, to bytes: inout [UInt8]) {
        bytes.append(UInt8(code.text.utf8.count))
        bytes += code.text.utf8
    }

    private static func append(_ number: some FixedWidthInteger & UnsignedInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
