import GRDB
package import Ledger

/// A record whose searched text has all the words, and where.
package struct SearchHit: Hashable, Sendable {
    package let record: RecordID
    /// How well it fits (Okapi BM25, as FTS5 counts it): lower is better, comparable within one search only.
    package let rank: Double
    /// The text around the first place found, or all of it if it is short; … stands where it was cut.
    package let excerpt: String
    /// What was searched for, in Unicode scalars from the beginning of the excerpt; ascending, apart from one another.
    package let highlights: [Range<Int>]
    /// What was asked for of its row.
    package let row: ShownRow

    /// The excerpt with marks around each highlight. Neither the text nor the marks are escaped.
    package func marked(_ opening: String, _ closing: String) -> String {
        var marked = ""
        var rest = highlights[...]
        for (place, scalar) in excerpt.unicodeScalars.enumerated() {
            if rest.first?.lowerBound == place { marked += opening }
            marked.unicodeScalars.append(scalar)
            if let first = rest.first, first.upperBound == place + 1 {
                marked += closing
                rest.removeFirst()
            }
        }
        return marked
    }
}

/// Some of a search's hits.
package struct SearchPage: Hashable, Sendable {
    /// The best first.
    package let hits: [SearchHit]
    /// What `offset` brings the next page; `nil` on the last.
    package let next: Int?
}

/// What a person typed, as phrases that must all be found: each word between spaces is one, and `"`, `*`, `AND` and
/// whatever else FTS5 gives a meaning are plain words or nothing here.
struct Phrases {
    /// Beyond these a query says nothing more about what is sought.
    static let phrasesMax = 16
    static let wordsPerPhraseMax = 64

    let all: [[String]]

    init(_ typed: String) {
        let parts = typed.split(whereSeparator: \.isWhitespace)
        all = Array(
            parts.lazy.map { part in Words.cut(String(part)).prefix(Self.wordsPerPhraseMax).map(\.text) }
                .filter { !$0.isEmpty }.prefix(Self.phrasesMax))
    }

    /// The query in FTS5's language. The words hold letters and digits only, so that nothing in them can end a phrase.
    var query: String { all.map { "\"" + $0.joined(separator: " ") + "\"" }.joined(separator: " AND ") }

    /// Where the phrases stand in a text, in Unicode scalars; ascending, overlapping ones as one.
    func places(in text: String) -> [Range<Int>] {
        let words = Words.cut(text)
        var found: [Range<Int>] = []
        for start in words.indices {
            for phrase in all where start + phrase.count <= words.count {
                let end = start + phrase.count
                guard words[start..<end].lazy.map(\.text).elementsEqual(phrase) else { continue }
                found.append(words[start].range.lowerBound..<words[end - 1].range.upperBound)
            }
        }
        var joined: [Range<Int>] = []
        for range in found.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            if let last = joined.last, range.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        return joined
    }
}

/// The part of a text that is shown for a hit.
struct Excerpt {
    /// Scalars of a text that is shown whole.
    static let wholeMax = 160
    static let scalarsBefore = 30
    static let scalarsMax = 140

    let text: String
    let highlights: [Range<Int>]

    init(of text: String, at places: [Range<Int>]) {
        let scalars = Array(text.unicodeScalars)
        guard scalars.count > Self.wholeMax else {
            (self.text, highlights) = (text, places)
            return
        }
        let start = max((places.first?.lowerBound ?? 0) - Self.scalarsBefore, 0)
        let end = min(start + Self.scalarsMax, scalars.count)
        var shown = String.UnicodeScalarView()
        if start > 0 { shown.append("…") }
        let shift = shown.count - start
        shown.append(contentsOf: scalars[start..<end])
        if end < scalars.count { shown.append("…") }
        self.text = String(shown)
        highlights = places.compactMap { place in
            let visible = place.clamped(to: start..<end)
            return visible.isEmpty ? nil : visible.lowerBound + shift..<visible.upperBound + shift
        }
    }
}

extension StoreReader {
    /// The most hits a page has.
    package static let hitsPerPageMax = 200

    /// Records of one kind whose searched field has every word: Chinese words of any length, Latin words and numbers
    /// whole, capitals or not.
    package func search(
        kind: String, words: String, limit: Int = 20, offset: Int = 0
    ) throws(QueryFailure) -> SearchPage {
        guard let table = tables[kind] else { throw .unknownKind(kind) }
        guard table.words != nil else { throw .notSearched(kind) }
        return try queried { connection in
            try StoreSnapshot(connection, tables).search(kind: kind, words: words, limit: limit, offset: offset)
        }
    }
}

extension StoreSnapshot {
    /// The same, of rows that meet conditions and with what is to be shown of them.
    ///
    /// - Throws: `QueryFailure` for a kind or field that is not there, or a kind that is not searched.
    package func search(
        kind: String, words: String, where conditions: [RowList.Condition] = [], showing fields: [String] = [],
        limit: Int = 20, offset: Int = 0
    ) throws -> SearchPage {
        guard let table = tables[kind] else { throw QueryFailure.unknownKind(kind) }
        guard let wordTable = table.words else { throw QueryFailure.notSearched(kind) }
        let phrases = Phrases(words)
        guard !phrases.all.isEmpty, offset >= 0 else { return SearchPage(hits: [], next: nil) }
        let count = min(max(limit, 1), StoreReader.hitsPerPageMax)
        var clause = RowClause(table)
        try clause.add(RowList(kind: kind, fields: [], conditions: conditions))
        let text = table.columns[wordTable.column].name
        let shown = try fields.map { ", row.\(try clause.column($0).name)" }.joined()
        // Hits come from the index by rank, and rows are looked at one by one until there are enough.
        let filter = clause.parts.isEmpty ? "" : "CROSS JOIN \(table.name) AS row ON row.record = words.rowid"
        let met = clause.parts.map { " AND \($0)" }.joined()
        let sql = """
            SELECT record.id, shelf, key, found.rank, row.\(text)\(shown)
            FROM (
                SELECT words.rowid AS id, rank FROM \(wordTable.name) AS words \(filter)
                WHERE words.\(wordTable.name) MATCH ?\(met) ORDER BY rank LIMIT \(count + 1) OFFSET \(offset)
            ) AS found
            JOIN record ON record.id = found.id JOIN \(table.name) AS row ON row.record = found.id
            ORDER BY found.rank, found.id
            """
        let rows = try connection.prepared(sql).bind(1, phrases.query)
        clause.bind(to: rows, from: 2)
        let hits = try rows.all { row in
            let text = row.text(4)
            let excerpt = Excerpt(of: text, at: phrases.places(in: text))
            let shown = try ShownRow(row, fields: fields, connection, first: 5)
            return SearchHit(
                record: shown.id, rank: row.double(3), excerpt: excerpt.text, highlights: excerpt.highlights, row: shown
            )
        }
        return SearchPage(hits: Array(hits.prefix(count)), next: hits.count > count ? offset + count : nil)
    }
}
