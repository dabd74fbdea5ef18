import ArgumentParser
import Foundation
import Libraries
import Node

/// `tributary statutes`: the law, by its words and by its days.
struct StatutesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statutes", abstract: "法律法规 · Finds articles by their words, and shows the law of a day.",
        subcommands: [Search.self, Show.self])

    struct Search: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "全文检索 · Articles that have all the words, the best first.")

        @Argument(help: "词语 · Words, which must all be found; each stands together.")
        var words: [String]

        @OptionGroup var api: APIOptions

        @Option(help: "条数 · At most so many.")
        var limit = 10

        @Option(help: ArgumentHelp("续页 · What the page before ended with.", valueName: "cursor"))
        var cursor: String?

        @Flag(help: "输出 JSON · As JSON.")
        var json = false

        func validate() throws {
            guard (1...APILimits.hitsPerPageMax).contains(limit) else {
                throw ValidationError("--limit: 1 to \(APILimits.hitsPerPageMax)")
            }
        }

        func run() async throws {
            let client = try api.client()
            let found: StatuteHits
            do {
                found = try await client.searchStatutes(words.joined(separator: " "), limit: limit, cursor: cursor)
            } catch {
                throw CommandFailure(error)
            }
            if json { return Terminal.output.line(try JSONOutput.text(found)) }
            guard !found.hits.isEmpty else {
                Terminal.errors.line("没有找到 nothing found")
                return
            }
            for (place, hit) in found.hits.enumerated() {
                if place > 0 { Terminal.output.line() }
                Terminal.output.lines(StatuteText.lines(hit, number: place + 1, .output))
            }
            if let next = found.next { Terminal.errors.line("还有更多 there are more: --cursor \(next)") }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "某日有效的条文 · An article as it is the law on a day.")

        @Argument(help: "标题 · The full title.")
        var title: String

        @Option(help: ArgumentHelp("条 · The article: 12, 12-2 or 第十二条之二.", valueName: "n"))
        var article: String

        @Option(help: ArgumentHelp("日期 · The day; by default today.", valueName: "YYYY-MM-DD"))
        var on: String?

        @OptionGroup var api: APIOptions

        @Flag(help: "输出 JSON · As JSON.")
        var json = false

        func run() async throws {
            if let on, LegalDate(on) == nil {
                throw CommandFailure(.usage, "--on: \(on) is no day; write it as 2026-03-01")
            }
            let client = try api.client()
            let answer: Node.ArticleInForce
            do { answer = try await client.article(title: title, number: article, on: on) } catch {
                throw CommandFailure(error)
            }
            if json { return Terminal.output.line(try JSONOutput.text(answer)) }
            Terminal.output.lines(StatuteText.lines(answer, .output))
            if answer.articles.isEmpty {
                throw CommandFailure(
                    .badData,
                    answer.statutes.isEmpty
                        ? "\(answer.on) 尚无有效版本 no version of it is in force on that day"
                        : "没有这一条 the version in force has no such article")
            }
        }
    }
}

/// Articles as lines for a screen.
enum StatuteText {
    static func lines(_ hit: StatuteHit, number: Int, _ terminal: Terminal) -> [String] {
        var head = "\(number). 《\(hit.title)》"
        if let version = hit.version { head += "（\(version)）" }
        if !hit.label.isEmpty { head += " \(hit.label)" }
        var lines = [terminal.styled(head, .bold)]
        if !hit.chapter.isEmpty { lines.append("   " + terminal.styled(hit.chapter, .dim)) }
        let text = marked(hit.excerpt, hit.highlights, terminal)
        let room = terminal.columns.map { max(20, $0 - 3) } ?? Int.max / 2
        return lines + text.wrapped(to: room).map { "   " + $0 }
    }

    /// What was found stands out: in colour, or between « and ».
    private static func marked(_ text: String, _ highlights: [[Int]], _ terminal: Terminal) -> String {
        let scalars = Array(text.unicodeScalars)
        var marked = ""
        var place = 0
        for range in highlights
        where range.count == 2 && range[0] >= place && range[0] < range[1] && range[1] <= scalars.count {
            marked.unicodeScalars.append(contentsOf: scalars[place..<range[0]])
            var word = ""
            word.unicodeScalars.append(contentsOf: scalars[range[0]..<range[1]])
            marked += terminal.hasColour ? terminal.styled(word, .bold, .red) : "«\(word)»"
            place = range[1]
        }
        marked.unicodeScalars.append(contentsOf: scalars[place...])
        return marked
    }

    static func lines(_ answer: Node.ArticleInForce, _ terminal: Terminal) -> [String] {
        var lines = [terminal.styled("《\(answer.title)》", .bold)]
        var listing = Listing()
        listing.add("查询日 on", answer.on)
        if !answer.statutes.isEmpty {
            listing.add("版本 version", answer.version ?? "日期不详 of an unknown day")
            listing.add("施行 in force since", (answer.since ?? "不详 unknown") + source(answer.source))
            if let next = answer.next { listing.add("下一版本 next version", "\(next) 起施行 takes effect") }
        }
        if answer.undated > 0 {
            listing.add("日期不详 undated", "\(answer.undated) 个版本 versions, which a person must look at")
        }
        lines += listing.lines(for: terminal)
        for article in answer.articles {
            lines.append("")
            if !article.chapter.isEmpty { lines.append(terminal.styled(article.chapter, .dim)) }
            lines.append(terminal.styled(article.label, .bold))
            lines += terminal.columns.map { article.text.wrapped(to: $0) } ?? [article.text]
        }
        return lines
    }

    private static func source(_ source: String?) -> String {
        switch source {
        case "events": "（据沿革 from the history）"
        case "closing-article": "（据附则 from the closing article）"
        case "publication": "（据公布日，未载明施行日 the day of publication, for want of another）"
        case "unknown": "（不详 unknown）"
        default: ""
        }
    }
}
