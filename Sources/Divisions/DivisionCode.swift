/// The official code of a division, such as `440781` (GB/T 2260) or `440781106`, or a short Latin name in a test tree.
///
/// A code names a division and says nothing else about it: neither its level nor its parent may be read off its
/// length or its digits, because they cannot be (Dongguan is a city of six digits whose towns have no county).
package struct DivisionCode: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The longest code in bytes: what Swift keeps inline in a `String`, so that a code never costs an allocation.
    /// Official codes have at most 12 digits (villages).
    package static let bytesMax = 15

    /// One to 15 characters of `0-9`, `a-z` and `-`.
    package let text: String

    /// Nil unless the text has one to 15 characters, all of them digits, lower-case Latin letters or hyphens.
    ///
    /// Swift takes `DivisionCode("…")` with a literal for the literal itself, which stops the program if it is no code.
    package init?(_ text: some StringProtocol) {
        let bytes = text.utf8
        guard (1...Self.bytesMax).contains(bytes.count), bytes.allSatisfy(Self.isAllowed) else { return nil }
        self.text = String(text)
    }

    package var description: String { text }

    /// By bytes, which for these characters is also the order a person expects.
    package static func < (left: DivisionCode, right: DivisionCode) -> Bool {
        left.text < right.text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

extension DivisionCode: ExpressibleByStringLiteral {
    /// For codes written in the source; a literal that is no code stops the program.
    package init(stringLiteral text: String) {
        guard let code = DivisionCode(text) else { preconditionFailure("\"\(text)\" is not a division code") }
        self = code
    }
}

extension DivisionCode: Codable {
    /// A single string; anything that is no code is refused as corrupted data.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let code = DivisionCode(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a division code has 1 to 15 characters of 0-9, a-z and -")
        }
        self = code
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
