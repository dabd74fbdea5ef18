/// The lines of a law file, cleaned of what only a typesetter needs.
///
/// Works on bytes, since a library of thousands of files is read at one go: spaces of any width become one ordinary
/// space between words and nothing at the ends of a line, and marks without width vanish.
struct StatuteText {
    /// What a line of the text is.
    enum Line: Equatable {
        case blank
        /// A line of `#` signs and a title; level 1 is the outermost.
        case heading(level: Int, String)
        /// The first line of an article.
        case article(number: Int, suffix: Int, label: String, rest: String)
        case paragraph(String)
    }

    /// The cleaned lines, in order; a blank line is empty.
    let lines: [String]

    /// Nil if the bytes are not UTF-8.
    init?(_ bytes: some Collection<UInt8>) {
        let all = Array(bytes)
        guard String(validating: all, as: UTF8.self) != nil else { return nil }
        lines = all.split(separator: 0x0A, omittingEmptySubsequences: false).map(Self.cleaned)
    }

    /// Reads what a cleaned line is.
    static func kind(of line: String) -> Line {
        guard let first = line.utf8.first else { return .blank }
        if first == UInt8(ascii: "#") { return heading(line) }
        // 第 begins with this byte.
        if first == 0xE7, let article = article(line) { return article }
        return .paragraph(line)
    }

    private static func heading(_ line: String) -> Line {
        let signs = line.prefix { $0 == "#" }
        let title = line.dropFirst(signs.count).drop { $0 == " " }
        return title.isEmpty ? .blank : .heading(level: signs.count, withoutSpreading(String(title)))
    }

    /// Takes out the spaces by which typesetters spread a short word: `第一章 总 则` becomes `第一章 总则`.
    private static func withoutSpreading(_ title: String) -> String {
        let words = title.split(separator: " ")
        let name = words.dropFirst()
        guard name.count > 1, name.allSatisfy({ $0.unicodeScalars.count == 1 }) else { return title }
        return "\(words[0]) \(name.joined())"
    }

    /// `第十二条之二 text`: the label must be followed by a space or the end, since `第十二条的规定` is a sentence.
    private static func article(_ line: String) -> Line? {
        let scalars = line.unicodeScalars
        guard scalars.first == "第", let end = scalars.prefix(14).firstIndex(of: "条") else { return nil }
        guard let number = ChineseNumeral.value(scalars[scalars.index(after: scalars.startIndex)..<end]), number > 0
        else { return nil }
        var next = scalars.index(after: end)
        var suffix = 0
        if next < scalars.endIndex, scalars[next] == "之" {
            let start = scalars.index(after: next)
            next = scalars[start...].firstIndex { ChineseNumeral.digit($0) == nil && $0 != "十" } ?? scalars.endIndex
            guard let value = ChineseNumeral.value(scalars[start..<next]), value > 0 else { return nil }
            suffix = value
        }
        guard next == scalars.endIndex || scalars[next] == " " else { return nil }
        let rest = next == scalars.endIndex ? "" : String(scalars[scalars.index(after: next)...])
        return .article(number: number, suffix: suffix, label: String(scalars[..<next]), rest: rest)
    }

    /// One line without its end, its outer spaces and its odd characters. The bytes are part of valid UTF-8.
    private static func cleaned(_ bytes: ArraySlice<UInt8>) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var spaceIsDue = false
        var position = bytes.startIndex
        while position < bytes.endIndex {
            let (blank, length) = blank(bytes, at: position)
            switch blank {
            case .none:
                if spaceIsDue, !result.isEmpty { result.append(0x20) }
                spaceIsDue = false
                result.append(bytes[position])
            case .space: spaceIsDue = true
            case .nothing: break
            }
            position += length
        }
        return String(decoding: result, as: UTF8.self)
    }

    private enum Blank { case none, space, nothing }

    /// Whether a blank begins at `position`, and its length in bytes.
    private static func blank(_ bytes: ArraySlice<UInt8>, at position: Int) -> (Blank, Int) {
        let byte = bytes[position]
        if byte <= 0x20 || byte == 0x7F { return (.space, 1) }
        guard byte >= 0xC2 else { return (.none, 1) }
        let second = position + 1 < bytes.endIndex ? bytes[position + 1] : 0
        let third = position + 2 < bytes.endIndex ? bytes[position + 2] : 0
        switch (byte, second, third) {
        case (0xC2, 0xA0, _): return (.space, 2)  // U+00A0
        case (0xE2, 0x80, 0x80...0x8A): return (.space, 3)  // U+2000 to U+200A
        case (0xE3, 0x80, 0x80): return (.space, 3)  // U+3000
        case (0xE2, 0x80, 0x8B...0x8D), (0xEF, 0xBB, 0xBF): return (.nothing, 3)  // U+200B to U+200D, U+FEFF
        default: return (.none, 1)
        }
    }
}
