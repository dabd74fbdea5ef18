import Libraries

/// What the pages of the libraries share: choices of a selection, lists with a next page, moments of the log.
enum Choices {
    /// The values of a selection, and which of them is chosen; templates say them by the catalogue.
    static func view(_ values: [String], chosen: String?) -> JSON {
        .array(values.map { ["value": .text($0), "isChosen": .boolean($0 == chosen)] })
    }

    /// What was asked for, so that a form shows it again.
    static func asked(_ names: [String], _ visit: Visit) -> JSON {
        var members: [String: JSON] = [:]
        for name in names { members[name] = visit.query[name].map(JSON.text) }
        return .object(members)
    }

    /// The address of the page that follows a page of a list; nothing on the last.
    static func next(_ page: JSON, _ visit: Visit, at path: String, keeping names: [String]) -> JSON {
        guard let cursor = page["next"]?.text else { return .null }
        let kept = names.compactMap { name in
            visit.query[name].map { "\(name)=\(Address.encoded($0))" }
        }
        return .text("\(path)?\((kept + ["cursor=\(Address.encoded(cursor))"]).joined(separator: "&"))")
    }

    /// `2026-11-24T01:05:00.000Z` as milliseconds since 1970, as templates take them; nothing for another text.
    static func milliseconds(_ text: String?) -> JSON {
        let halves = (text ?? "").split(separator: "T", maxSplits: 1)
        guard halves.count == 2, let day = LegalDate(halves[0]) else { return .null }
        let clock = halves[1].prefix(8).split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3 else { return .null }
        let seconds = Int64(day.daysSince1970) * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
        return .integer(seconds * 1_000)
    }
}
