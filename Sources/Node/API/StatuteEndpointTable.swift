import HTTPTypes
import Libraries

/// The calls about laws.
extension Endpoint {
    private static let title = Parameter.query(
        "title", ["type": "string"], required: true, "The law's title, with or without 中华人民共和国 before it.")
    private static let on = Parameter.query(
        "on", ["type": "string", "format": "date"],
        "The day by which it is told what is in force; today in China by default.")
    private static let status = Parameter.query(
        "status", ["type": "string", "enum": .array(StatuteStatus.allCases.map { .text($0.rawValue) })],
        "Only what is this on the day.")
    private static let cursor = Parameter.query("cursor", ["type": "string"], "\"next\" of the page before.")
    private static let number = Parameter.query("number", ["type": "string"], "12, 12-2 or 第十二条之二.")

    private static func limit(_ count: Int, max: Int) -> Parameter {
        .query(
            "limit", ["type": "integer", "minimum": 1, "maximum": .integer(Int64(max))],
            "How many a page has, \(count) by default.")
    }

    static let statutes: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/statutes", operation: "listStatutes",
            summary: "Laws by rank and title, each with what it is on a day.",
            parameters: [
                .query("q", ["type": "string"], "Words that the title has, with spaces between them."),
                .query(
                    "kind", ["type": "string", "enum": .array(StatuteRank.Sort.allCases.map { .text($0.rawValue) })],
                    "Only laws of this rank."),
                status, on, limit(APILimits.recordsPerPage, max: APILimits.recordsPerPageMax), cursor,
            ], answer: .json("StatuteList", "A page of laws."),
            handler: .holder { api, call, _ in try await api.listStatutes(call) }),
        Endpoint(
            method: .get, path: "/v1/statutes/search", operation: "searchStatutes",
            summary: "Articles in which every word is found, the best first.",
            parameters: [
                .query("q", ["type": "string"], required: true, "Words, with spaces between them; each is a phrase."),
                .query("title", ["type": "string"], "Words that the law's title has."), status, on,
                limit(APILimits.hitsPerPage, max: APILimits.hitsPerPageMax), cursor,
            ],
            answer: .json("StatuteHits", "A page of hits."),
            handler: .holder { api, call, _ in try await api.searchStatutes(call) }),
        Endpoint(
            method: .get, path: "/v1/statutes/article", operation: "readArticle",
            summary: "An article in the version that is the law on a day.",
            parameters: [
                title, .query("number", ["type": "string"], required: true, "12, 12-2 or 第十二条之二."), on,
            ],
            answer: .json("ArticleInForce", "The article, if the version in force has it."), problems: [.notFound],
            handler: .holder { api, call, _ in try await api.readArticle(call) }),
        Endpoint(
            method: .get, path: "/v1/statutes/versions", operation: "listStatuteVersions",
            summary: "Every version of a law that is held here, the latest first.", parameters: [title, on],
            answer: .json("StatuteVersions", "The versions."), problems: [.notFound],
            handler: .holder { api, call, _ in try await api.listStatuteVersions(call) }),
        Endpoint(
            method: .get, path: "/v1/statutes/text", operation: "readStatute",
            summary: "A law to be read: the version in force on a day, or the latest where none is, or the one that "
                + "is asked for; its contents and as many articles as one answer holds.",
            parameters: [
                .query("title", ["type": "string"], "The law's title; this or `statute` is required."),
                .query("statute", ["type": "string"], "The record of a version, or of one of its parts."), on,
                .query(
                    "chapter", ["type": "integer", "minimum": 0],
                    "Only what stands below this heading of the contents."),
                .query(
                    "number", ["type": "string"], "Only the innermost chapter with this article: 12, 12-2 or 第十二条之二."),
                cursor,
            ], answer: .json("StatuteTextMessage", "The text."), problems: [.notFound],
            handler: .holder { api, call, _ in try await api.readStatute(call) }),
        Endpoint(
            method: .get, path: "/v1/statutes/difference", operation: "compareStatutes",
            summary: "What one version of a law has otherwise than another, article by article, with what was taken "
                + "out and put in by characters. Articles are found by their text where numbers have moved.",
            parameters: [
                title,
                .query("from", ["type": "string"], required: true, "The day or the record of the version before."),
                .query("to", ["type": "string"], required: true, "The day or the record of the version after."), on,
                cursor,
            ], answer: .json("StatuteDifferenceMessage", "A page of changes."), problems: [.notFound],
            handler: .holder { api, call, _ in try await api.compareStatutes(call) }),
        Endpoint(
            method: .get, path: "/v1/statutes/citing", operation: "listCitations",
            summary: "Who rests on a law or an article: items, benchmarks, templates and procedures, and the open "
                + "cases of those items that the holder may see.",
            parameters: [title, number, limit(20, max: 100), cursor],
            answer: .json("StatuteCitations", "Who rests on it, with a page of cases."),
            handler: .holder { api, call, holder in try await api.listCitations(call, holder) }),
    ]
}
