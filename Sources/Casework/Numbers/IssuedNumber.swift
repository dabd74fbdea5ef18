/// The word that a kind of document carries in its number, such as 罚.
package enum DocumentWord {
    package static let charactersMax = 8

    /// Begins with a Chinese character; others follow, and a line of work in brackets where a body has that habit:
    /// `罚(冷)`.
    package static func isValid(_ word: String) -> Bool {
        (1...charactersMax).contains(word.count) && word.unicodeScalars.first?.properties.isIdeographic == true
            && word.unicodeScalars.allSatisfy { $0.properties.isIdeographic || "()（）".unicodeScalars.contains($0) }
    }
}

/// `机关代字 + 文种字〔年份〕序号号`, such as `江水罚〔2026〕12号`: what a document is called by.
///
/// The brackets are U+3014 and U+3015 and the ordinal has no leading zeros (GB/T 9704-2012, 7.2.5).
package struct IssuedNumber: Hashable, Sendable, CustomStringConvertible {
    package static let signCharactersMax = 24
    package static let ordinalMax = 9_999_999

    /// 机关代字: the body's own sign.
    package let sign: String
    /// 文种字.
    package let word: String
    /// 1000 to 9999.
    package let year: Int
    /// From 1.
    package let ordinal: Int

    /// Nil where a part could not be told from the others in the text.
    package init?(sign: String, word: String, year: Int, ordinal: Int) {
        guard Self.isSign(sign), DocumentWord.isValid(word), (1_000...9_999).contains(year),
            (1...Self.ordinalMax).contains(ordinal)
        else { return nil }
        (self.sign, self.word, self.year, self.ordinal) = (sign, word, year, ordinal)
    }

    /// As it stands on the document.
    package var text: String { "\(head)\(ordinal)号" }

    /// What all numbers of its kind begin with.
    package var head: String { "\(sign)\(word)〔\(year)〕" }

    package var description: String { text }

    /// Reads what `text` writes, and numbers as offices have padded them (`〔2026〕0088号`).
    ///
    /// - Parameter word: the word that is expected before the bracket; the text alone does not tell where a sign ends.
    /// - Returns: nil for any other text.
    package init?(_ text: some StringProtocol, word: String) {
        guard text.last == "号", let open = text.firstIndex(of: "〔"), let close = text.firstIndex(of: "〕"),
            open < close
        else { return nil }
        let head = text[..<open]
        let year = text[text.index(after: open)..<close]
        let ordinal = text[text.index(after: close)...].dropLast()
        guard head.hasSuffix(word), year.utf8.count == 4, (1...7).contains(ordinal.utf8.count),
            let yearNumber = Self.digits(year), let ordinalNumber = Self.digits(ordinal)
        else { return nil }
        self.init(sign: String(head.dropLast(word.count)), word: word, year: yearNumber, ordinal: ordinalNumber)
    }

    /// Whether a body may sign so: 1 to 24 characters without brackets of years, control characters or space.
    package static func isSign(_ sign: String) -> Bool {
        (1...signCharactersMax).contains(sign.count)
            && sign.unicodeScalars.allSatisfy { scalar in
                !scalar.properties.isWhitespace && scalar.value >= 0x20 && scalar != "〔" && scalar != "〕"
            }
    }

    private static func digits(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }
}
