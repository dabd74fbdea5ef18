/// Writes XML 1.0 (Fifth Edition): what cannot stand in a document never gets into one.
package enum ExchangeXML {
    static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

    /// Whether a character may stand in a document at all, escaped or not (production 2, `Char`).
    package static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    /// Whether a text names an element: here ASCII letters, digits, underscores, hyphens and full stops alone.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return false }
        let isLetter: (UInt8) -> Bool = { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F }
        return isLetter(first)
            && text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E }
    }

    /// A text that reads back as it was, in an element or an attribute. A carriage return everywhere, and tabs and line
    /// ends in attributes, are written as references, since a reader would make other characters of them. A character
    /// that no document can hold becomes U+FFFD.
    static func escaped(_ text: String, inAttribute: Bool = false) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"" where inAttribute: result += "&quot;"
            case "\r": result += "&#13;"
            case "\n" where inAttribute: result += "&#10;"
            case "\t" where inAttribute: result += "&#9;"
            default: result.unicodeScalars.append(isAllowed(scalar) ? scalar : "\u{FFFD}")
            }
        }
        return result
    }

    /// `<name a="…">text</name>`.
    static func element(_ name: String, _ attributes: [(String, String)] = [], _ text: String) -> String {
        "\(start(name, attributes))\(escaped(text))</\(name)>"
    }

    /// `<name a="…">`.
    static func start(_ name: String, _ attributes: [(String, String)] = []) -> String {
        let written = attributes.map { " \($0.0)=\"\(escaped($0.1, inAttribute: true))\"" }
        return "<\(name)\(written.joined())>"
    }
}
