/// JSON that may stand inside a `script` element of a page that is XML too.
struct ScriptData {
    private(set) var text = ""
    private var isFirst = true

    private mutating func comma() {
        if !isFirst { text += "," }
        isFirst = false
    }

    /// Begins a list or an object, `[` or `{`.
    mutating func open(_ bracket: String) {
        comma()
        text += bracket
        isFirst = true
    }

    mutating func close(_ bracket: String) {
        text += bracket
        isFirst = false
    }

    mutating func key(_ name: String) {
        comma()
        text += "\"\(name)\":"
        isFirst = true
    }

    mutating func field(_ name: String, _ number: some Numeric) {
        key(name)
        comma()
        text += "\(number)"
    }

    mutating func list(_ name: String, _ numbers: [Int]) {
        key(name)
        self.numbers(numbers)
    }

    mutating func list(_ name: String, _ texts: [String]) {
        key(name)
        open("[")
        for text in texts { value(text) }
        close("]")
    }

    mutating func numbers(_ numbers: [Int]) {
        comma()
        text += "[\(numbers.map(String.init).joined(separator: ","))]"
    }

    mutating func value(_ number: Int) {
        comma()
        text += "\(number)"
    }

    mutating func value(_ string: String) {
        comma()
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "<", ">", "&", "\u{2028}", "\u{2029}", "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
