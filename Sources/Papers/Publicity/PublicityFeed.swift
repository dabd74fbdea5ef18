import Casework
package import Libraries

extension PublicityPages {
    /// Entries of a feed: enough for a reader that asks once a week.
    package static let feedEntriesMax = 200

    /// An Atom feed (RFC 4287) of what is shown on a day. What was withdrawn stands in it as deleted (RFC 6721), so that
    /// readers who have it take it down as well.
    ///
    /// - Parameter origin: scheme and host before `root`, such as `https://example.gov.cn`; links need it, since a feed
    ///   is read elsewhere.
    package func feed(_ pieces: [PublishedPiece], on day: LegalDate, origin: String) -> String {
        let shown = Self.ordered(pieces.filter { $0.isShown(on: day) }).prefix(Self.feedEntriesMax)
        let base = safe(origin) + safe(root)
        let entries = shown.map { piece in
            let lines = piece.lines.map { "\($0.label.chinese)：\($0.text)" }.joined(separator: "\n")
            let time = Self.time(piece.publishedOn ?? day)
            return """
                <entry>
                <id>\(safe(Self.name(piece)))</id>
                <title type="text">\(safe(piece.title))</title>
                <updated>\(time)</updated>
                <published>\(time)</published>
                <link rel="alternate" type="text/html" href="\(safe(origin))\(link(piece))"/>
                <category term="\(piece.phase.rawValue)"/>
                <content type="text">\(safe(lines))</content>
                </entry>
                """
        }
        let withdrawn = pieces.compactMap { piece -> (PublishedPiece, PublishedPiece.Withdrawal)? in
            if case .withdrawn(let withdrawal) = piece.standing(on: day) { (piece, withdrawal) } else { nil }
        }.sorted { $0.0.id < $1.0.id }.prefix(Self.feedEntriesMax)
        let deleted = withdrawn.map { piece, withdrawal in
            "<at:deleted-entry ref=\"\(safe(Self.name(piece)))\" when=\"\(Self.time(withdrawal.at?.day ?? day))\"/>"
        }
        let updated = (shown.compactMap(\.publishedOn) + withdrawn.compactMap { $0.1.at?.day }).max() ?? day
        return """
            <?xml version="1.0" encoding="utf-8"?>
            <feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" xml:lang="zh-CN">
            <id>\(base)/</id>
            <title type="text">\(safe(site.chinese)) 行政执法公示</title>
            <subtitle type="text">\(safe(site.english)): enforcement made public</subtitle>
            <updated>\(Self.time(updated))</updated>
            <author><name>\(safe(site.chinese))</name></author>
            <link rel="self" type="application/atom+xml" href="\(base)/feed.atom"/>
            <link rel="alternate" type="text/html" href="\(base)/"/>
            \((entries + deleted).joined(separator: "\n"))
            </feed>

            """
    }

    /// The same for ever, wherever the pages stand.
    private static func name(_ piece: PublishedPiece) -> String { "urn:tributary:\(piece.id)" }

    /// RFC 3339: publications have a day and no hour.
    private static func time(_ day: LegalDate) -> String { "\(day)T00:00:00+08:00" }
}
