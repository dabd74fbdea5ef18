/// Laws in all their versions, wherever they are kept.
package protocol StatuteLibrary {
    /// Every version of the law of exactly this title, in any order.
    func versions(of title: String) -> [StatuteVersion]
    /// The text of an article of a version; nil if the version has none of this key.
    ///
    /// - Parameter key: as ``ParsedArticle/key`` writes it: `12`, `12-2`.
    func article(_ key: String, of version: StatuteVersion) -> String?
    /// What ended the law of exactly this title, as far as texts or a table say, in any order.
    func repeals(of title: String) -> [StatuteRepeal]
    /// The titles that read like this one once marks and spaces are left out, ascending.
    func titles(like title: String) -> [String]
}

extension StatuteLibrary {
    private static var state: String { "中华人民共和国" }

    /// The title under which a citation's law is kept: its own, or that with or without 中华人民共和国 before it, or one
    /// that reads alike without its marks; nil if it is not here.
    package func title(of reference: StatuteReference) -> String? {
        let title = reference.title
        var names = [title, Self.state + title]
        if title.hasPrefix(Self.state) { names.append(String(title.dropFirst(Self.state.count))) }
        return names.first { !versions(of: $0).isEmpty } ?? titles(like: title).first { !versions(of: $0).isEmpty }
    }

    /// The versions in force on a day and the text of the cited article in them.
    ///
    /// - Returns: nil if the law is not here, or none of its versions was in force.
    package func article(_ reference: StatuteReference, on day: LegalDate) -> ArticleInForce? {
        guard let title = title(of: reference) else { return nil }
        let found = VersionInForce(of: versions(of: title), on: day)
        guard let version = found.versions.first else { return nil }
        let text = found.versions.lazy.compactMap { article(reference.key, of: $0) }.first
        return ArticleInForce(title: title, version: version, since: found.since, next: found.next, text: text)
    }
}

/// An article as it stood on some day.
package struct ArticleInForce: Hashable, Sendable {
    /// The title under which the law is kept.
    package let title: String
    package let version: StatuteVersion
    package let since: LegalDate?
    /// The day on which the next version takes effect.
    package let next: LegalDate?
    /// Nil where the version in force has no such article.
    package let text: String?
}

extension StatuteReference {
    /// The article as records of articles are keyed: `12`, `12-2`.
    package var key: String { suffix > 0 ? "\(article)-\(suffix)" : "\(article)" }
}

/// How titles are compared where marks and spaces differ.
package enum StatuteTitle {
    package static func plain(_ title: some StringProtocol) -> String {
        String(title.filter { !"《》〈〉<> ".contains($0) })
    }
}

/// Laws that were read from files, in memory.
package struct StatuteShelf: StatuteLibrary {
    private var editions: [String: [StatuteVersion]] = [:]
    private var texts: [String: [String: String]] = [:]
    private var ended: [String: [StatuteRepeal]] = [:]
    private var alike: [String: [String]] = [:]

    /// - Parameter repeals: what no text states.
    package init(_ statutes: some Sequence<ParsedStatute>, repeals: [StatuteRepeal] = []) {
        for statute in statutes {
            let version = StatuteVersion(statute)
            if editions[statute.title] == nil {
                alike[StatuteTitle.plain(statute.title), default: []].append(statute.title)
            }
            editions[statute.title, default: []].append(version)
            texts[version.key] = Dictionary(statute.articles.map { ($0.key, $0.text) }) { first, _ in first }
            guard let day = statute.effectiveDate else { continue }
            for title in statute.repeals {
                ended[title, default: []].append(StatuteRepeal(title: title, by: statute.title, from: day))
            }
        }
        for repeal in repeals { ended[repeal.title, default: []].append(repeal) }
        alike = alike.mapValues { $0.sorted() }
    }

    package func versions(of title: String) -> [StatuteVersion] { editions[title] ?? [] }
    package func article(_ key: String, of version: StatuteVersion) -> String? { texts[version.key]?[key] }
    package func repeals(of title: String) -> [StatuteRepeal] { ended[title] ?? [] }
    package func titles(like title: String) -> [String] { alike[StatuteTitle.plain(title)] ?? [] }
}
