/// Reads a law file: Markdown with a title, the law's history, and chapters, sections and articles.
///
/// The layout is described in `Docs/formats.md`. What a reader of laws would still understand is read; a file is
/// refused only if nothing can be kept of it.
package enum StatuteFile {
    /// The largest file in bytes: the longest Chinese law with its annexes stays below 1 MiB.
    package static let bytesMax = 8 << 20

    /// The longest article in bytes. It must fit into one entry together with its other fields.
    package static let articleBytesMax = 100_000

    /// The longest title, label, or headings above an article, in bytes. The longest real title has some 300.
    package static let headingBytesMax = 4_096

    /// The longest history of a law in bytes.
    package static let eventsBytesMax = 65_536

    /// The line that ends a file's head.
    static let headEnd = "<!-- INFO END -->"

    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - fileName: the name with or without folders, such as `行政法/示例法(2024-03-01).md`; its day in parentheses
    ///     is the version's.
    package static func parse(_ bytes: some Collection<UInt8>, fileName: String) -> Result<ParsedStatute, StatuteFault>
    {
        guard bytes.count <= bytesMax else { return .failure(.tooLarge) }
        guard let text = StatuteText(bytes) else { return .failure(.notUTF8) }
        guard let titleLine = text.lines.firstIndex(where: { !$0.isEmpty }),
            case .heading(level: 1, let title) = StatuteText.kind(of: text.lines[titleLine])
        else { return .failure(.noTitle) }

        let head = Head(text.lines, after: titleLine)
        let articles = Body.articles(text.lines[head.end...])
        guard !articles.isEmpty else { return .failure(.noText) }
        guard articles.allSatisfy({ $0.text.utf8.count <= articleBytesMax }) else { return .failure(.articleTooLong) }
        let headings = [title, head.part ?? ""] + articles.map { $0.label + $0.path.joined() }
        guard headings.allSatisfy({ $0.utf8.count <= headingBytesMax }),
            head.events.reduce(0, { $0 + $1.text.utf8.count + 12 }) <= eventsBytesMax
        else { return .failure(.headingTooLong) }

        let nameDate = date(in: fileName)
        var statute = ParsedStatute(
            title: title, part: head.part, nameDate: nameDate, events: head.events,
            publishDate: nameDate ?? publishDate(head.events), effectiveDate: nil, effectiveSource: .unknown,
            originalEffectiveDate: nil, articles: articles)
        EffectiveDay.settle(&statute)
        return .success(statute)
    }

    package static func parse(_ text: String, fileName: String) -> Result<ParsedStatute, StatuteFault> {
        parse(text.utf8, fileName: fileName)
    }

    private static func publishDate(_ events: [StatuteEvent]) -> LegalDate? {
        let adopted = events.filter { !EffectiveDay.isTakingEffect($0.text) }.compactMap(\.date).max()
        return adopted ?? events.compactMap(\.date).max()
    }

    /// `行政法/示例法(2024-03-01).md` is of 2024-03-01.
    private static func date(in fileName: String) -> LegalDate? {
        var name = fileName[...]
        if name.hasSuffix(".md") { name = name.dropLast(3) }
        guard let last = name.popLast(), last == ")" || last == "）" else { return nil }
        let opening = name.dropLast(10).last
        return opening == "(" || opening == "（" ? LegalDate(name.suffix(10)) : nil
    }
}

/// What stands between the title and the text.
private struct Head {
    private(set) var events: [StatuteEvent] = []
    /// A second title below the first: the part of the law that this file holds.
    private(set) var part: String?
    /// The line at which the text begins.
    let end: Int

    /// A file without the line that ends the head has as its head the dated lines right below its title.
    init(_ lines: [String], after titleLine: Int) {
        let first = titleLine + 1
        let marked = lines[first...].firstIndex(of: StatuteFile.headEnd)
        let last = marked ?? lines[first...].firstIndex { !$0.isEmpty && Self.event($0).date == nil } ?? lines.endIndex
        for line in lines[first..<last] {
            switch StatuteText.kind(of: line) {
            case .blank: continue
            case .heading(_, let text): part = part ?? text
            case .article, .paragraph: events.append(Self.event(line))
            }
        }
        end = marked.map { $0 + 1 } ?? last
    }

    /// `2024年3月1日 text`, with or without parentheses around all of it.
    private static func event(_ line: String) -> StatuteEvent {
        let scalars = Array(line.unicodeScalars)
        let start = scalars.first == "（" || scalars.first == "(" ? 1 : 0
        guard let (date, end) = DayInText.read(scalars, at: start) else { return StatuteEvent(date: nil, text: line) }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[end...].drop { $0 == " " })
        return StatuteEvent(date: date, text: String(text))
    }
}

/// Gathers lines into articles.
private struct Body {
    private var articles: [ParsedArticle] = []
    /// The headings above the present line, with their levels, outermost first.
    private var headings: [(level: Int, text: String)] = []
    /// The article that is being read, and its paragraphs so far.
    private var open: ParsedArticle?
    private var paragraphs: [String] = []
    /// How often each number and suffix has come up.
    private var occurrences: [ArticleNumber: Int] = [:]

    private struct ArticleNumber: Hashable {
        let number, suffix: Int
    }

    static func articles(_ lines: ArraySlice<String>) -> [ParsedArticle] {
        let kinds = lines.map(StatuteText.kind)
        var body = Body()
        let hasArticles = kinds.contains { if case .article = $0 { true } else { false } }
        if hasArticles {
            for kind in kinds { body.read(kind) }
        } else {
            body.readWhole(kinds)
        }
        body.close()
        return body.articles
    }

    private mutating func read(_ line: StatuteText.Line) {
        switch line {
        case .blank: break
        case .heading(let level, let text):
            close()
            headings.removeAll { $0.level >= level }
            headings.append((level, text))
        case .article(let number, let suffix, let label, let rest):
            close()
            start(number, suffix, label: label)
            if !rest.isEmpty { paragraphs.append(rest) }
        case .paragraph(let text):
            if open == nil { start(0, 0, label: headings.last?.text ?? "") }
            paragraphs.append(text)
        }
    }

    /// Keeps a text without articles as one, its headings among its lines.
    private mutating func readWhole(_ lines: [StatuteText.Line]) {
        start(0, 0, label: "")
        for line in lines {
            switch line {
            case .blank, .article: break
            case .heading(_, let text), .paragraph(let text): paragraphs.append(text)
            }
        }
    }

    private mutating func start(_ number: Int, _ suffix: Int, label: String) {
        open = ParsedArticle(
            number: number, suffix: suffix, occurrence: 1, label: label, path: headings.map(\.text), text: "")
    }

    /// Ends the open article. Text outside of articles that turned out empty is dropped; an empty article is kept.
    private mutating func close() {
        guard var article = open else { return }
        open = nil
        defer { paragraphs.removeAll(keepingCapacity: true) }
        guard article.number > 0 || !paragraphs.isEmpty else { return }
        article.text = paragraphs.joined(separator: "\n")
        let number = ArticleNumber(number: article.number, suffix: article.suffix)
        article.occurrence = occurrences[number, default: 0] + 1
        occurrences[number] = article.occurrence
        articles.append(article)
    }
}
