import Casework
import Ledger
import Libraries

/// What the API says of laws: titles, versions, text, and what one version has otherwise than another.

/// A law in a list, by the version in force on the day, or its latest.
package struct StatuteSummary: Codable, Hashable, Sendable {
    package let title: String
    package let kind: WordsMessage
    package let issuer: String?
    /// `in-force`, `future`, `superseded`, `repealed` or `undated`.
    package let status: String
    package let statusWords: WordsMessage
    package let versions: Int
    /// The record of the version.
    package let statute: String
    package let version: String?
    package let effective: String?
    package let articles: Int

    init?(_ law: CataloguedLaw, on day: LegalDate) {
        let state = LawOnDay(law, on: day)
        let key = state.inForce.versions.first?.key
        guard let edition = law.editions.first(where: { $0.version.key == key }) ?? law.editions.last else {
            return nil
        }
        (title, kind, issuer) = (law.title, WordsMessage(law.rank.sort.words), law.rank.issuer)
        (status, statusWords) = (state.status.rawValue, WordsMessage(state.status.words))
        versions = Set(law.editions.map(\.version.versionDate)).count
        (statute, version) = (edition.id.description, edition.version.versionDate?.description)
        effective = (state.inForce.since ?? edition.version.effectiveDate)?.description
        let day = edition.version.versionDate
        articles = law.editions.filter { $0.version.versionDate == day }.reduce(0) { $0 + $1.articles }
    }
}

package struct StatuteList: Codable, Hashable, Sendable {
    package let statutes: [StatuteSummary]
    /// On all pages.
    package let total: Int
    package let next: String?
}

/// One version, or the part of it that one record holds.
package struct StatuteVersionMessage: Codable, Hashable, Sendable {
    package let statute: String
    package let part: String?
    package let version: String?
    package let published: String?
    package let effective: String?
    /// Where that day was found: `events`, `closing-article`, `publication` or `unknown`.
    package let source: String
    package let originalEffective: String?
    package let articles: Int
    package let status: String
    package let statusWords: WordsMessage
    /// What happened to the law up to this version.
    package let events: [String]

    init(_ edition: StatuteEdition, _ state: LawOnDay) {
        let version = edition.version
        (statute, part, self.version) = (edition.id.description, version.part, version.versionDate?.description)
        (published, effective) = (edition.publishDate?.description, version.effectiveDate?.description)
        (source, originalEffective) = (version.effectiveSource.rawValue, edition.originalEffectiveDate?.description)
        articles = edition.articles
        let status = state.status(of: version)
        (self.status, statusWords) = (status.rawValue, WordsMessage(status.words))
        events = edition.events.split(whereSeparator: \.isNewline).map(String.init)
    }
}

/// What ended a law.
package struct RepealMessage: Codable, Hashable, Sendable {
    /// The law that ended it or took its place.
    package let by: String?
    package let from: String

    init(_ repeal: StatuteRepeal) { (by, from) = (repeal.by, repeal.from.description) }
}

package struct StatuteVersions: Codable, Hashable, Sendable {
    package let title: String
    package let kind: WordsMessage
    package let issuer: String?
    package let on: String
    package let repealed: RepealMessage?
    /// The latest first.
    package let versions: [StatuteVersionMessage]
}

/// A heading of a law's table of contents.
package struct ContentsEntry: Codable, Hashable, Sendable {
    /// What `chapter` asks for.
    package let chapter: Int
    /// 0 for the outermost.
    package let depth: Int
    package let heading: String
    /// The first and the last article below it.
    package let first: String
    package let last: String
    package let articles: Int
}

/// An article, or a piece of one that is too long for one answer.
package struct ReadArticle: Codable, Hashable, Sendable {
    package let id: String
    /// `12`, `12-2`; `0` for text outside of articles.
    package let number: String
    package let label: String
    package let chapter: String
    package let text: String
    /// Whether the page before has its beginning.
    package let isContinued: Bool
}

/// A version of a law to be read: its contents, and as many articles as one answer holds.
package struct StatuteTextMessage: Codable, Hashable, Sendable {
    package let title: String
    package let kind: WordsMessage
    package let issuer: String?
    package let status: String
    package let statusWords: WordsMessage
    /// The records of its parts.
    package let statutes: [String]
    package let version: String?
    package let effective: String?
    /// Of the version in force: the day on which the next one takes effect.
    package let until: String?
    package let repealed: RepealMessage?
    /// On the first page alone.
    package let contents: [ContentsEntry]
    /// The chapter that is being read, where one is.
    package let chapter: Int?
    package let articles: [ReadArticle]
    package let next: String?
}

/// An article as one of two versions has it.
package struct ComparedArticle: Codable, Hashable, Sendable {
    package let id: String
    package let number: String
    package let label: String
    package let chapter: String
}

/// A stretch of text: `same`, `deleted` or `inserted`.
package struct TextPiece: Codable, Hashable, Sendable {
    package let kind: String
    package let text: String

    init(_ piece: TextDifference.Piece) { (kind, text) = (piece.kind.rawValue, piece.text) }
}

package struct ArticleChange: Codable, Hashable, Sendable {
    /// `added`, `removed`, `changed` or `renumbered`.
    package let kind: String
    package let old: ComparedArticle?
    package let new: ComparedArticle?
    package let isRenumbered: Bool
    /// What is not inserted is the text before, what is not deleted the text after. Empty for what is only renumbered.
    package let pieces: [TextPiece]
}

package struct StatuteDifferenceMessage: Codable, Hashable, Sendable {
    package let title: String
    package let from: StatuteVersionMessage
    package let to: StatuteVersionMessage
    package let added: Int
    package let removed: Int
    package let changed: Int
    package let renumbered: Int
    package let unchanged: Int
    package let changes: [ArticleChange]
    package let next: String?
}

// MARK: Who cites a law

package struct CitingItem: Codable, Hashable, Sendable {
    package let code: String
    package let name: String
    package let kind: String
    package let field: String
    package let references: [String]
}

package struct CitingBenchmark: Codable, Hashable, Sendable {
    package let set: String
    package let item: String
    package let violation: String
    package let reference: String
}

/// A document's template, or a procedure, whose text names the law.
package struct CitingText: Codable, Hashable, Sendable {
    /// `template` or `procedure`.
    package let kind: String
    package let id: String
    package let name: String
}

/// An open case of an item that rests on the law.
package struct CitingCase: Codable, Hashable, Sendable {
    package let id: String
    package let title: String?
    package let item: String
    package let body: String
    package let division: String
    /// `open` or `waiting`.
    package let standing: String
    package let due: String?
}

package struct StatuteCitations: Codable, Hashable, Sendable {
    package let title: String
    package let number: String?
    package let items: [CitingItem]
    /// All there are, of which `items` shows the first.
    package let itemCount: Int
    package let benchmarks: [CitingBenchmark]
    package let benchmarkCount: Int
    package let texts: [CitingText]
    /// Absent where the node keeps no board.
    package let cases: [CitingCase]?
    /// Of `cases`.
    package let next: String?
}

extension StatuteRank.Sort {
    var words: Bilingual { Bilingual(rawValue, english) }
}
