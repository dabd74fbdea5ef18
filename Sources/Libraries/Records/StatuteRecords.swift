package import Divisions
import Lattice
package import Ledger

extension ParsedStatute {
    /// What tells this version apart among all statutes.
    package var naturalKey: String {
        Self.naturalKey(title: title, versionDate: versionDate, part: part)
    }

    package static func naturalKey(title: String, versionDate: LegalDate?, part: String?) -> String {
        Libraries.naturalKey(title, versionDate?.description ?? "", part ?? "")
    }

    /// The version's record, and then one for each article in order. They belong into one change: a version is there
    /// whole or not at all.
    ///
    /// - Parameter home: the division that keeps the library; the province, unless a place makes its own rules.
    package func drafts(home: DivisionCode) -> [RecordDraft] {
        let statute = RecordDraft(
            LibraryKinds.statute, home: home, naturalKey: naturalKey,
            [
                DraftField("title", text: title), DraftField("part", text: part),
                DraftField("version-date", date: versionDate), DraftField("publish-date", date: publishDate),
                DraftField("effective-date", date: effectiveDate),
                DraftField("effective-source", text: effectiveSource.rawValue),
                DraftField("original-effective-date", date: originalEffectiveDate),
                DraftField("events", text: events.map(\.line).joined(separator: "\n")),
                DraftField("article-count", integer: Int64(numberedArticleCount)),
                DraftField("repeals", texts: repeals),
            ])
        return [statute]
            + articles.enumerated().map { place, article in
                RecordDraft(
                    LibraryKinds.article,
                    id: Self.article(article.key, of: naturalKey, home: home),
                    [
                        DraftField("statute", record: statute.id), DraftField("ordinal", integer: Int64(place + 1)),
                        DraftField("number", integer: Int64(article.number)),
                        DraftField("suffix", integer: article.suffix > 0 ? Int64(article.suffix) : nil),
                        DraftField("label", text: article.label),
                        DraftField("chapter", text: article.path.joined(separator: " / ")),
                        DraftField("text", text: article.text),
                    ])
            }
    }

    /// The record of an article, found without a search.
    ///
    /// - Parameters:
    ///   - key: as ``ParsedArticle/key`` writes it: `12`, `12-2`.
    ///   - statute: the natural key of the version.
    package static func article(_ key: String, of statute: String, home: DivisionCode) -> RecordID {
        RecordID(
            home: home, flow: LibraryKinds.article.flow, kind: LibraryKinds.article.name,
            naturalKey: Libraries.naturalKey(statute, key))
    }
}

extension StatuteEvent {
    /// The day and the text as one line.
    fileprivate var line: String { date.map { "\($0) \(text)" } ?? text }
}

/// Finds out whether a version has already come up in the same import under another file name.
///
/// Real collections hold some laws twice, in two folders. The first file counts; so give the files in the order of
/// their names, and a second import decides alike. Keeps a few hundred bytes for each version.
package struct StatuteAdmission: Sendable {
    package enum Verdict: Hashable, Sendable {
        case first
        /// The same articles stood in a file before; nothing is to be done.
        case repeated(file: String)
        /// A file before has the same title, day and part, but other articles.
        case contradicts(file: String)
    }

    private var known: [String: (file: String, content: Fingerprint)] = [:]

    package init() {}

    package mutating func admit(_ statute: ParsedStatute, file: String) -> Verdict {
        var content = Fingerprint()
        for article in statute.articles {
            content.add(article.key.utf8)
            content.add([0])
            content.add(article.text.utf8)
            content.add([0])
        }
        guard let earlier = known[statute.naturalKey] else {
            known[statute.naturalKey] = (file, content)
            return .first
        }
        return earlier.content == content ? .repeated(file: earlier.file) : .contradicts(file: earlier.file)
    }

    /// What the report says of a version that contradicts an earlier file.
    package static func reason(contradicting file: String) -> Reason {
        Reason(
            "与 \(file) 标题、版本日期相同而条文不同，未导入",
            "has the title and day of \(file) but other articles; rename one of them with its own day")
    }
}
