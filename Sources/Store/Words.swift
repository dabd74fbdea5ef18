/// Cuts text into the words that search finds: every Chinese character is a word of its own, so that phrases of such
/// words find what a reader sees, of one, two or more characters, without a dictionary; Latin words and numbers stay
/// whole. Full-width letters and digits are read as ordinary ones, capitals as small.
enum Words {
    struct Word: Hashable {
        let text: String
        /// Where it stands, in Unicode scalars from the beginning.
        let range: Range<Int>
    }

    static func cut(_ text: String) -> [Word] {
        var words: [Word] = []
        var open = ""
        var start = 0
        var place = 0
        for scalar in text.unicodeScalars {
            let folded = fold(scalar)
            let role = role(of: folded)
            if role == .part {
                if open.isEmpty { start = place }
                open += folded.properties.lowercaseMapping
            } else {
                if !open.isEmpty {
                    words.append(Word(text: open, range: start..<place))
                    open = ""
                }
                if role == .word { words.append(Word(text: String(folded), range: place..<place + 1)) }
            }
            place += 1
        }
        if !open.isEmpty { words.append(Word(text: open, range: start..<place)) }
        return words
    }

    /// The text as the index takes it: the words of `cut` between single spaces, made without them, since every
    /// article of a library comes through here.
    static func spaced(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 4 / 3 + 16)
        var isOpen = false
        for scalar in text.unicodeScalars {
            let folded = fold(scalar)
            let role = role(of: folded)
            if role == .word || role == .part && !isOpen, !bytes.isEmpty { bytes.append(0x20) }
            switch role {
            case .word: bytes.append(contentsOf: String(folded).utf8)
            case .part:
                if folded.isASCII {
                    bytes.append(UInt8(truncatingIfNeeded: isCapital(folded) ? folded.value + 0x20 : folded.value))
                } else {
                    bytes.append(contentsOf: folded.properties.lowercaseMapping.utf8)
                }
            case .gap: break
            }
            isOpen = role == .part
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What a folded scalar is to the words around it.
    private enum Role {
        /// A word of its own.
        case word
        /// A part of a word of several.
        case part
        /// Between words.
        case gap
    }

    private static func role(of scalar: Unicode.Scalar) -> Role {
        if isIdeograph(scalar) { return .word }
        return isPartOfWord(scalar) ? .part : .gap
    }

    private static func isCapital(_ scalar: Unicode.Scalar) -> Bool { (0x41...0x5A).contains(scalar.value) }

    private static func fold(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
        default: scalar
        }
    }

    /// Han characters with their extensions, 〇, and the two kana, which are written without spaces too.
    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3005...0x3007, 0x3041...0x3096, 0x30A1...0x30FA, 0x30FC...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
            0xF900...0xFAFF, 0x20000...0x3FFFF:
            true
        default: false
        }
    }

    private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return true
        case 0..<0x80: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .nonspacingMark, .spacingMark:
            return true
        default: return false
        }
    }
}
