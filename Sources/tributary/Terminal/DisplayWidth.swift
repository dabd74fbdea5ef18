/// How many columns a text takes on a terminal: Chinese characters and full-width marks take two, combining marks and
/// control sequences none.
///
/// Follows Unicode Standard Annex 11 (East Asian Width): wide and full-width are two columns, all else one, ambiguous
/// included, as terminals do outside of legacy encodings.
enum DisplayWidth {
    /// The escape that begins a control sequence such as a colour.
    static let escape: Character = "\u{1B}"

    static func of(_ text: some StringProtocol) -> Int {
        pieces(of: text).reduce(0) { $0 + $1.columns }
    }

    static func of(_ character: Character) -> Int {
        var columns = 0
        for scalar in character.unicodeScalars {
            // The selector asks for the picture, which takes two columns whatever the sign alone takes.
            if scalar.value == 0xFE0F, columns == 1 { columns = 2 }
            columns = max(columns, of(scalar))
        }
        return columns
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        if value < 0x20 || (0x7F..<0xA0).contains(value) { return 0 }
        if value < 0x300 { return 1 }
        if isWide(value) { return 2 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return 1
        }
    }

    private static func isWide(_ value: UInt32) -> Bool {
        var (low, high) = (0, wide.count)
        while low < high {
            let middle = (low + high) / 2
            if wide[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < wide.count && wide[low].contains(value)
    }

    /// What is wide, ascending; neighbouring blocks are joined, unassigned places among them included.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0...0x23F0, 0x23F3...0x23F3,
        0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653, 0x267F...0x267F, 0x2693...0x2693, 0x26A1...0x26A1,
        0x26AA...0x26AB, 0x26BD...0x26BE, 0x26C4...0x26C5, 0x26CE...0x26CE, 0x26D4...0x26D4, 0x26EA...0x26EA,
        0x26F2...0x26F3, 0x26F5...0x26F5, 0x26FA...0x26FA, 0x26FD...0x26FD, 0x2705...0x2705, 0x270A...0x270B,
        0x2728...0x2728, 0x274C...0x274C, 0x274E...0x274E, 0x2753...0x2755, 0x2757...0x2757, 0x2795...0x2797,
        0x27B0...0x27B0, 0x27BF...0x27BF, 0x2B1B...0x2B1C, 0x2B50...0x2B50, 0x2B55...0x2B55, 0x2E80...0x303E,
        0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
        0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1B000...0x1B2FF,
        0x1F004...0x1F004, 0x1F0CF...0x1F0CF, 0x1F18E...0x1F18E, 0x1F191...0x1F19A, 0x1F200...0x1F265,
        0x1F300...0x1F320, 0x1F32D...0x1F335, 0x1F337...0x1F37C, 0x1F37E...0x1F393, 0x1F3A0...0x1F3CA,
        0x1F3CF...0x1F3D3, 0x1F3E0...0x1F3F0, 0x1F3F4...0x1F3F4, 0x1F3F8...0x1F43E, 0x1F440...0x1F440,
        0x1F442...0x1F4FC, 0x1F4FF...0x1F53D, 0x1F54B...0x1F54E, 0x1F550...0x1F567, 0x1F57A...0x1F57A,
        0x1F595...0x1F596, 0x1F5A4...0x1F5A4, 0x1F5FB...0x1F64F, 0x1F680...0x1F6C5, 0x1F6CC...0x1F6CC,
        0x1F6D0...0x1F6D2, 0x1F6D5...0x1F6D7, 0x1F6DC...0x1F6DF, 0x1F6EB...0x1F6EC, 0x1F6F4...0x1F6FC,
        0x1F7E0...0x1F7EB, 0x1F7F0...0x1F7F0, 0x1F90C...0x1F93A, 0x1F93C...0x1F945, 0x1F947...0x1F9FF,
        0x1FA70...0x1FAFF, 0x20000...0x2FFFD, 0x30000...0x3FFFD,
    ]

    /// A character, or a whole control sequence, and the columns it takes.
    struct Piece {
        var text: Substring
        var columns: Int
        var isControl: Bool { columns == 0 }
    }

    /// The text in pieces that must not be torn apart.
    static func pieces(of text: some StringProtocol) -> [Piece] {
        let text = Substring(text)
        var pieces: [Piece] = []
        var place = text.startIndex
        while place < text.endIndex {
            var end = text.index(after: place)
            let character = text[place]
            if character == escape {
                // CSI: "[", parameters, and one letter that ends it.
                if end < text.endIndex, text[end] == "[" {
                    end = text.index(after: end)
                    while end < text.endIndex, !("@"..."~").contains(text[end]) { end = text.index(after: end) }
                    if end < text.endIndex { end = text.index(after: end) }
                }
                pieces.append(Piece(text: text[place..<end], columns: 0))
            } else {
                pieces.append(Piece(text: text[place..<end], columns: of(character)))
            }
            place = end
        }
        return pieces
    }
}

enum Alignment: Sendable {
    case left, right
}

extension StringProtocol {
    /// Filled up with spaces to so many columns; a longer text is left as it is.
    func padded(to columns: Int, _ alignment: Alignment = .left) -> String {
        let missing = Swift.max(0, columns - DisplayWidth.of(self))
        let spaces = String(repeating: " ", count: missing)
        return alignment == .left ? String(self) + spaces : spaces + String(self)
    }

    /// Cut to at most so many columns; `…` stands where it was cut. Colours after the cut are kept, so that none runs on.
    func fitted(to columns: Int) -> String {
        guard DisplayWidth.of(self) > columns else { return String(self) }
        guard columns > 0 else { return "" }
        var fitted = ""
        var left = columns - 1
        var isCut = false
        for piece in DisplayWidth.pieces(of: self) {
            if piece.isControl {
                fitted += piece.text
            } else if !isCut {
                guard piece.columns <= left else {
                    fitted += "…"
                    isCut = true
                    continue
                }
                fitted += piece.text
                left -= piece.columns
            }
        }
        return fitted
    }

    /// Broken into lines of at most so many columns: between Chinese characters anywhere, in other scripts at spaces
    /// where there is one. Line breaks in the text stay.
    func wrapped(to columns: Int) -> [String] {
        split(separator: "\n", omittingEmptySubsequences: false).flatMap { LineBreaker.lines(of: $0, columns) }
    }
}

/// Breaks one paragraph into lines.
private struct LineBreaker {
    private var lines: [String] = []
    private var line = ""
    private var width = 0
    /// A word that has not ended yet, and its columns.
    private var word = ""
    private var wordWidth = 0
    private let columns: Int

    /// Marks that must not begin a line in Chinese.
    private static let closing: Set<Character> = ["，", "。", "、", "；", "：", "？", "！", "）", "》", "”", "’", "】", "」"]

    static func lines(of text: some StringProtocol, _ columns: Int) -> [String] {
        var breaker = LineBreaker(columns: Swift.max(2, columns))
        for piece in DisplayWidth.pieces(of: text) { breaker.add(piece) }
        breaker.endWord()
        breaker.lines.append(breaker.line)
        return breaker.lines
    }

    private init(columns: Int) { self.columns = columns }

    private mutating func add(_ piece: DisplayWidth.Piece) {
        if piece.text == " " {
            endWord()
            guard width > 0, width < columns else { return }
            line += " "
            width += 1
        } else if piece.columns == 2 {
            if let mark = piece.text.first, Self.closing.contains(mark), wordWidth + 2 <= columns {
                word += piece.text
                wordWidth += 2
            } else {
                endWord()
                word = String(piece.text)
                wordWidth = 2
            }
        } else {
            // A Latin word begins after a Chinese character, and any word that fills a line is torn.
            if let last = word.last, DisplayWidth.of(last) == 2, !piece.isControl { endWord() }
            if wordWidth + piece.columns > columns { endWord() }
            word += piece.text
            wordWidth += piece.columns
        }
    }

    private mutating func endWord() {
        if width + wordWidth > columns {
            while line.last == " " { line.removeLast() }
            lines.append(line)
            line = ""
            width = 0
        }
        line += word
        width += wordWidth
        word = ""
        wordWidth = 0
    }
}
