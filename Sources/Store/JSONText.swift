import Ledger

/// Values as JSON text (RFC 8259) for columns: bytes in hexadecimal, a record as `kind:home:flow:key`.
enum JSONText {
    static func array(_ values: [Value]) -> String {
        var text = "["
        for (place, value) in values.enumerated() {
            if place > 0 { text += "," }
            append(value, to: &text)
        }
        return text + "]"
    }

    private static func append(_ value: Value, to text: inout String) {
        switch value {
        case .text(let string): append(string, to: &text)
        case .integer(let integer): text += String(integer)
        case .boolean(let truth): text += truth ? "true" : "false"
        case .bytes(let bytes): text += "\"\(hexadecimal(bytes))\""
        case .record(let id): text += "\"\(id)\""
        }
    }

    private static func append(_ string: String, to text: inout String) {
        text.unicodeScalars.append("\"")
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{0}"..."\u{1F}":
                text += "\\u00"
                text += hexadecimal([UInt8(scalar.value)])
            default: text.unicodeScalars.append(scalar)
            }
        }
        text.unicodeScalars.append("\"")
    }
}
