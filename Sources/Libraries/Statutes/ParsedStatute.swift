/// One version of a law as its file states it.
package struct ParsedStatute: Hashable, Sendable {
    /// The full title, such as `中华人民共和国行政处罚法`; runs of spaces of any width are one space.
    package var title: String
    /// The part of the law that this file holds, if the law is spread over several files of one title, such as
    /// `物权编`. Nil for a whole law.
    package var part: String?
    /// The day in the file's name, which tells versions of one title apart.
    package var nameDate: LegalDate?
    /// What happened to the law, in the order of the file.
    package var events: [StatuteEvent]
    /// The day this version was adopted or published: the day in the name, else the latest dated event that is not
    /// itself the day of taking effect.
    package var publishDate: LegalDate?
    /// From which day this version is the law; nil if the file does not tell.
    package var effectiveDate: LegalDate?
    package var effectiveSource: EffectiveSource
    /// The day the law first took effect, where the closing article of an amended version still names that day.
    package var originalEffectiveDate: LegalDate?
    /// In the order of the file. Never empty.
    package var articles: [ParsedArticle]

    /// The day by which versions of one title are told apart: the day in the name, else the day of publication.
    package var versionDate: LegalDate? { nameDate ?? publishDate }

    /// Articles that have a number; the rest is text outside of articles.
    package var numberedArticleCount: Int { articles.count { $0.number > 0 } }
}

/// What a file says happened to its law on a day.
package struct StatuteEvent: Hashable, Sendable {
    /// Nil where the line names no day, such as `公布之日施行`.
    package var date: LegalDate?
    package var text: String

    package init(date: LegalDate?, text: String) {
        (self.date, self.text) = (date, text)
    }
}

/// Where an effective date was found.
package enum EffectiveSource: String, CaseIterable, Sendable {
    /// An event of the file's head, such as `2023年7月1日 施行`.
    case events
    /// The sentence `本法自……起施行` of the text.
    case closingArticle = "closing-article"
    /// Nothing names a day, or the named day is that of an earlier version: the day of publication.
    case publication
    /// Neither a day of effect nor one of publication is known.
    case unknown
}

/// An article, or a piece of text that stands in no article.
package struct ParsedArticle: Hashable, Sendable {
    /// 12 for `第十二条`; 0 for text that stands in no article (a preamble, an annex, a law without articles).
    package var number: Int
    /// 2 for `第十二条之二`, else 0.
    package var suffix: Int
    /// 1 for the first article with this number and suffix in the file; an annex may count anew.
    package var occurrence: Int
    /// `第十二条之二` as the file writes it; the heading above it for text outside of articles, or empty.
    package var label: String
    /// The headings above, outermost first: part, chapter, section.
    package var path: [String]
    /// The paragraphs and items, one a line, without the label.
    package var text: String

    /// What tells it apart within its version: `12`, `12-2`, and `12#2` for a second one.
    package var key: String {
        "\(number)" + (suffix > 0 ? "-\(suffix)" : "") + (occurrence > 1 ? "#\(occurrence)" : "")
    }
}

/// Why a file is no law that can be kept.
package enum StatuteFault: Error, Hashable, Sendable, CaseIterable {
    case tooLarge
    case notUTF8
    /// No line `# title` before the text.
    case noTitle
    /// The file ends after its head: a stub.
    case noText
    case articleTooLong
    /// A title or heading, or the history, is longer than any law's: text that lost its layout.
    case headingTooLong

    /// What an operator reads in the report of refused rows.
    package var reason: Reason {
        switch self {
        case .tooLarge:
            Reason(
                "文件超过 \(StatuteFile.bytesMax >> 20) MiB，请核对是否为法规文本",
                "the file has more than \(StatuteFile.bytesMax >> 20) MiB; check that it is the text of a law")
        case .articleTooLong:
            Reason(
                "有一条超过 \(StatuteFile.articleBytesMax) 字节，请按条拆分",
                "an article has more than \(StatuteFile.articleBytesMax) bytes; divide the text into articles")
        case .headingTooLong:
            Reason("标题、章节名或沿革过长，请核对版式", "a title, a heading or the history is too long; check the layout")
        case .notUTF8:
            Reason("文件不是 UTF-8 编码，请转换后重新导入", "the file is not UTF-8; convert it and import it again")
        case .noTitle:
            Reason("缺少标题行“# 标题”", "there is no title line \"# title\" at the top")
        case .noText:
            Reason("只有标题和沿革，没有正文", "there is a head but no text; find the text and import it again")
        }
    }
}
