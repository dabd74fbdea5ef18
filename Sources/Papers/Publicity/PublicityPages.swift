package import Casework
import Ledger
package import Libraries

/// The pages that the public reads: Chinese first, for small screens, without script or anything from outside.
///
/// They show nothing that a publication's record does not hold, which is desensitised already; every text is escaped.
package struct PublicityPages: Sendable {
    /// Publications on one page of a list.
    package static let piecesPerPageMax = 50

    /// Whose pages they are, such as the province's.
    package let site: Bilingual
    /// Where the pages stand, without a slash at the end, such as `/public`.
    package let root: String

    package init(site: Bilingual, root: String) { (self.site, self.root) = (site, root) }

    /// A page of what is shown on a day, the latest first.
    ///
    /// - Parameters:
    ///   - pieces: any publications; those that are not shown are left out.
    ///   - page: from 1; beyond the last it is empty.
    package func list(_ pieces: [PublishedPiece], on day: LegalDate, page: Int = 1) -> String {
        let shown = Self.ordered(pieces.filter { $0.isShown(on: day) })
        let first = min(max(0, page - 1) * Self.piecesPerPageMax, shown.count)
        let rest = shown[first...]
        let items = rest.prefix(Self.piecesPerPageMax).map { piece in
            """
            <li><a href="\(link(piece))">\(safe(piece.title))</a>
            <p>\(safe(piece.documentNumber ?? ""))　<time datetime="\(piece.publishedOn?.description ?? "")">\
            \(piece.publishedOn?.chineseText ?? "")</time></p></li>
            """
        }
        var turns = ""
        if first > 0 { turns += "<a rel=\"prev\" href=\"\(safe(root))/?page=\(page - 1)\">上一页 Previous</a> " }
        if rest.count > Self.piecesPerPageMax {
            turns += "<a rel=\"next\" href=\"\(safe(root))/?page=\(page + 1)\">下一页 Next</a>"
        }
        let list =
            items.isEmpty ? "<p>暂无公示信息。 Nothing is published.</p>" : "<ul>\n\(items.joined(separator: "\n"))\n</ul>"
        return html(
            Bilingual("行政执法公示", "Enforcement made public"),
            "\(list)\n<nav>\(turns)</nav>\n<p><a href=\"\(safe(root))/officers\">查询执法人员 Look up an officer</a>　<a href=\"\(safe(root))/feed.atom\">订阅 Feed</a></p>"
        )
    }

    /// One publication; what is not shown on the day says only that, and of a withdrawal the reason.
    package func detail(_ piece: PublishedPiece, on day: LegalDate) -> String {
        switch piece.standing(on: day) {
        case .shown:
            let rows = piece.lines.map { line in
                "<dt>\(safe(line.label.chinese)) <small>\(safe(line.label.english))</small></dt><dd>\(safe(line.text))</dd>"
            }
            let until = piece.expiresOn.map { "，公示至\($0.chineseText)" } ?? ""
            return html(
                Bilingual(piece.title, "Publication"),
                """
                <dl>
                \(rows.joined(separator: "\n"))
                </dl>
                <p>公示日期：\(piece.publishedOn?.chineseText ?? "")\(until)</p>
                <p>当事人认为公示的信息不准确的，可以向执法主体申请更正。 \
                <small>A party who finds something wrong here may ask the body to correct it.</small></p>
                """)
        case .withdrawn(let withdrawal):
            let reason = withdrawal.reason.isEmpty ? "" : "<p>理由 Reason：\(safe(withdrawal.reason))</p>"
            return html(
                Bilingual("公示已撤回", "Withdrawn"),
                "<p>该信息已撤回\(withdrawal.at.map { "（\($0.day.chineseText)）" } ?? "")。 It was withdrawn.</p>\(reason)")
        case .withheld, .expired, .notYet: return missing()
        }
    }

    /// What answers for whatever is not there, so that nothing can be told from the answer.
    package func missing() -> String {
        html(
            Bilingual("没有该公示信息", "Not found"),
            "<p>没有该公示信息，或者公示期已满。 There is no such publication, or its time is over.</p>")
    }

    /// The latest first; what became public on one day by its record's name.
    static func ordered(_ pieces: [PublishedPiece]) -> [PublishedPiece] {
        pieces.sorted { left, right in
            switch (left.publishedOn, right.publishedOn) {
            case (let a?, let b?) where a != b: a > b
            default: left.id < right.id
            }
        }
    }

    func link(_ piece: PublishedPiece) -> String { "\(safe(root))/\(safe(piece.id.description))" }

    func safe(_ text: String) -> String { Markup.escape(text) }

    func html(_ title: Bilingual, _ main: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="zh-CN">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(safe(title.chinese)) - \(safe(site.chinese))</title>
        <link rel="alternate" type="application/atom+xml" href="\(safe(root))/feed.atom">
        <style>
        body { margin: 0 auto; max-width: 44em; padding: 1em; font: 1rem/1.7 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; color: #1a1a1a; background: #fff; overflow-wrap: anywhere; }
        header { border-bottom: 2px solid #8a1c1c; }
        h1 { margin: .3em 0; font-size: 1.3rem; }
        ul { padding: 0; list-style: none; }
        li { padding: .7em 0; border-bottom: 1px solid #ccc; }
        li p { margin: 0; color: #555; }
        dt { margin-top: .8em; color: #555; }
        dd { margin: 0; white-space: pre-line; }
        a { color: #0b57a4; }
        input, button { font: inherit; padding: .5em; }
        @media (prefers-color-scheme: dark) { body { color: #eee; background: #161616; } a { color: #8ab8f0; } dt, li p { color: #aaa; } }
        </style>
        </head>
        <body>
        <header><p><a href="\(safe(root))/">\(safe(site.chinese)) <small>\(safe(site.english))</small></a></p>
        <h1>\(safe(title.chinese)) <small>\(safe(title.english))</small></h1></header>
        <main>
        \(main)
        </main>
        </body>
        </html>

        """
    }
}
