/// A place in a law, as items, benchmarks and documents cite it: `《行政处罚法》第三十一条第一款第（二）项`.
package struct StatuteReference: Hashable, Sendable, CustomStringConvertible {
    /// The law's title without its marks 《 》.
    package let title: String
    /// 31 for `第三十一条`.
    package let article: Int
    /// 1 for `第三十一条之一`, else 0.
    package let suffix: Int
    /// What follows: the paragraph and item, as written; may be empty.
    package let detail: String

    /// Reads a title and an article such as `第三十一条第一款`. Nil without a title or an article number.
    package init?(title: some StringProtocol, article text: some StringProtocol) {
        let marks: Set<Character> = ["《", "》", " "]
        let title = String(title.filter { !marks.contains($0) })
        let scalars = String(text).unicodeScalars
        guard !title.isEmpty, scalars.first == "第", let end = scalars.firstIndex(of: "条"),
            let article = ChineseNumeral.value(scalars[..<end].dropFirst()), (1...9_999).contains(article)
        else { return nil }
        var rest = scalars[end...].dropFirst()
        var suffix = 0
        if rest.first == "之" {
            let numeral = rest.dropFirst().prefix { ChineseNumeral.digit($0) != nil || $0 == "十" }
            guard let value = ChineseNumeral.value(numeral), (1...9_999).contains(value) else { return nil }
            suffix = value
            rest = rest[numeral.endIndex...]
        }
        (self.title, self.article, self.suffix, self.detail) = (title, article, suffix, String(rest))
    }

    /// Reads `《title》第三十一条第一款`.
    package init?(_ text: some StringProtocol) {
        guard text.first == "《", let end = text.lastIndex(of: "》") else { return nil }
        self.init(title: text[..<end].dropFirst(), article: text[text.index(after: end)...])
    }

    /// `第三十一条第一款第（二）项`.
    package var articleText: String {
        "第\(ChineseNumeral.text(article))条" + (suffix > 0 ? "之\(ChineseNumeral.text(suffix))" : "") + detail
    }

    package var description: String { "《\(title)》\(articleText)" }
}
