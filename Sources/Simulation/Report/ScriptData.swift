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

    /// What stands in the markup of thousands of lanes. Each is one of the characters U+FDD0 and up in the data, which are
    /// no characters of any script; a longer phrase stands before one it begins with.
    static let phrases = [
        "<line class=\"rule\" x1=\"0\" x2=\"100%\" y1=\"28\" y2=\"28\"/>",
        "<line class=\"life\" x1=\"0\" x2=\"100%\" y1=\"14\" y2=\"14\"/>",
        "<svg width=\"100%\" height=\"28\" viewBox=\"0 0 1000 28\" preserveAspectRatio=\"none\">",
        "<a href=\"#entry-", "\" tabindex=\"-1\"><circle class=\"entry\" cx=\"", "%\" cy=\"14\" r=\"3.5\"><title>",
        "</title></circle></a>", "<g><use href=\"#glyph-", "%\" y=\"14\"/><title>", "%\" y=\"12\"/>", "</title></g>",
        "</title></rect>", "<rect class=\"cut\" x=\"", "<rect class=\"down\" x=\"", "%\" width=\"",
        "%\" y=\"1\" height=\"27\"><title>",
        "%\" y=\"3\" height=\"22\"><title>停机 · down ", "<text class=\"times\" x=\"", "<div class=\"name\" id=\"name-",
        "\" style=\"height:28px;padding-left:", "px\" title=\"", "</b><small></small></div>",
        "\"><i class=\"level l4\">乡</i><b>",
        "\"/>", "</title>", "<title>", "</text>", "\" x=\"",
    ]

    /// Where the characters that stand for phrases are: 32 that Unicode keeps free for such uses.
    static let phraseMarks: ClosedRange<UInt32> = 0xFDD0...0xFDEF

    private static let phraseBytes = phrases.map { Array($0.utf8) }

    /// Markup, its phrases shortened.
    mutating func markup(_ string: String) {
        let bytes = Array(string.utf8)
        var short: [UInt8] = []
        var place = 0
        while place < bytes.count {
            let rest = bytes[place...]
            if let index = Self.phraseBytes.firstIndex(where: { $0[0] == bytes[place] && rest.starts(with: $0) }) {
                // U+FDD0 + index in UTF-8.
                short += [0xEF, 0xB7, 0x90 + UInt8(index)]
                place += Self.phraseBytes[index].count
            } else {
                short.append(bytes[place])
                place += 1
            }
        }
        value(String(decoding: short, as: UTF8.self))
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
