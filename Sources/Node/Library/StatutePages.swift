import Ledger
import Libraries
import Store

/// The text of a version of a law, by headings and by pages of a size that a reader's line can carry.
struct StatutePages {
    /// Where a page begins: an article, and how many scalars of its text the page before has shown.
    struct Start: Hashable, CustomStringConvertible {
        let article: Int
        let offset: Int

        init(article: Int, offset: Int) { (self.article, self.offset) = (article, offset) }

        init?(_ text: String) {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
            guard parts.count == 2, let article = parts[0], let offset = parts[1], article >= 0, offset >= 0 else {
                return nil
            }
            self.init(article: article, offset: offset)
        }

        var description: String { "\(article).\(offset)" }
    }

    let contents: [ContentsEntry]
    /// The articles below each heading.
    private let ranges: [Range<Int>]
    private let articles: [ShownRow]

    /// - Parameter parts: the parts of the version with their articles, in order.
    init(_ parts: [(edition: StatuteEdition, articles: [ShownRow])]) {
        var headings: [(depth: Int, text: String, start: Int)] = []
        var articles: [ShownRow] = []
        var path: [String] = []
        for part in parts {
            for row in part.articles {
                let own = (row.text("chapter") ?? "").split(separator: " / ").map(String.init)
                let whole = [part.edition.version.part].compactMap { parts.count > 1 ? $0 : nil } + own
                let same = zip(path, whole).prefix { $0 == $1 }.count
                for depth in whole.indices.dropFirst(same) { headings.append((depth, whole[depth], articles.count)) }
                path = whole
                articles.append(row)
            }
        }
        ranges = headings.indices.map { place in
            let next = headings[(place + 1)...].first { $0.depth <= headings[place].depth }
            return headings[place].start..<(next?.start ?? articles.count)
        }
        let ranges = ranges
        contents = headings.enumerated().map { place, heading in
            let below = articles[ranges[place]]
            return ContentsEntry(
                chapter: place, depth: heading.depth, heading: heading.text,
                first: below.first?.text("label") ?? "", last: below.last?.text("label") ?? "",
                articles: below.count { ($0.integer("number") ?? 0) > 0 })
        }
        self.articles = articles
    }

    /// The innermost heading that an article stands below; nil if there is no such article.
    func chapter(of number: ArticleNumber) -> (chapter: Int?, article: Int)? {
        guard let place = articles.firstIndex(where: { ArticleNumber($0) == number }) else { return nil }
        return (ranges.lastIndex { $0.contains(place) }, place)
    }

    /// As many articles as fit, of one chapter or of the whole text.
    func page(from start: Start?, chapter: Int?) -> (articles: [ReadArticle], next: Start?) {
        let range = chapter.map { ranges[$0] } ?? articles.indices
        var (shown, bytes): ([ReadArticle], Int) = ([], 0)
        var place = max(start?.article ?? range.lowerBound, range.lowerBound)
        var offset = place == start?.article ? start?.offset ?? 0 : 0
        while place < range.upperBound {
            guard shown.count < API.articlesPerPageMax, bytes < API.statuteBytesPerPage else {
                return (shown, Start(article: place, offset: 0))
            }
            let row = articles[place]
            let rest = (row.text("text") ?? "").unicodeScalars.dropFirst(offset)
            let room = API.statuteBytesPerPage - bytes
            // An article that does not fit goes whole onto the next page, unless it fits on none.
            if !shown.isEmpty, String(rest).utf8.count > room { return (shown, Start(article: place, offset: 0)) }
            let piece = Self.prefix(rest, bytes: room)
            shown.append(
                ReadArticle(
                    id: row.id.description, number: row.articleNumber, label: row.text("label") ?? "",
                    chapter: row.text("chapter") ?? "", text: String(piece), isContinued: offset > 0))
            bytes += String(piece).utf8.count
            if piece.count < rest.count { return (shown, Start(article: place, offset: offset + piece.count)) }
            (place, offset) = (place + 1, 0)
        }
        return (shown, nil)
    }

    /// So much of a text as fits, to the end of a paragraph if there is one in it.
    private static func prefix(
        _ text: Substring.UnicodeScalarView, bytes: Int
    ) -> Substring.UnicodeScalarView {
        var (end, paragraph): (Substring.UnicodeScalarView.Index, Substring.UnicodeScalarView.Index?) =
            (text.startIndex, nil)
        var left = bytes
        while end < text.endIndex {
            left -= UTF8.width(text[end])
            guard left >= 0 else { return text[..<(paragraph ?? end)] }
            if text[end] == "\n" { paragraph = text.index(after: end) }
            end = text.index(after: end)
        }
        return text[...]
    }
}
