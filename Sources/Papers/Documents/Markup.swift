/// Text on its way into markup, so that no value can ever become more than text.
///
/// It works scalar by scalar: to a `Character`, a quotation mark with a combining mark behind it is no quotation mark,
/// while to a browser it is.
package enum Markup {
    /// For HTML and XML, between tags and in quoted attributes. What XML 1.0 does not allow is left out.
    package static func escape(_ text: some StringProtocol) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            case "\t", "\n": escaped.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": continue
            // Marks that turn the direction of writing could make a document read otherwise than it is stored.
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": continue
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    /// For a string of CSS between double quotation marks, inside a `style` element (CSS Syntax 3, §4.3.7).
    package static func escapeForCSS(_ text: some StringProtocol) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            let isPlain = scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == " "
            switch scalar.value {
            case 0x4E00...0x9FFF, 0x3400...0x4DBF: escaped.unicodeScalars.append(scalar)
            case 0x20...0x7E where isPlain: escaped.unicodeScalars.append(scalar)
            case 0...0x1F: continue
            default: escaped += "\\\(String(scalar.value, radix: 16)) "
            }
        }
        return escaped
    }
}
