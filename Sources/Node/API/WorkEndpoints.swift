import Casework
import Divisions
import HTTPTypes
import Hummingbird
import Lattice
import Libraries
import Store

/// My work: what waits for whoever asks, from the board, without reading a case.
extension API {
    /// Rows of each section, where all are asked for.
    static let workPerSection = 10

    func readWork(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var query = call.query
        let (scopeText, sectionText, cursor) = (query.text("whose"), query.text("section"), query.text("cursor"))
        let limit = try query.count("limit", default: Self.workPerSection, max: APILimits.recordsPerPageMax)
        try query.finish()
        var section: BoardWorkQuery.Section?
        if let sectionText {
            guard let known = BoardWorkQuery.Section(rawValue: sectionText) else {
                let known = BoardWorkQuery.Section.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem(.badValue, "there is no such section: use one of \(known)", at: "query:section")
            }
            section = known
        }
        guard cursor == nil || section != nil else {
            throw Problem(.missingMember, "a cursor belongs to a section: name it", at: "query:section")
        }
        guard let today = Moments.chineseDay(clock()) else {
            throw Problem(.internalError, "the node's clock is wrong: its operator sets it")
        }
        let scope = try await workScope(scopeText, holder)
        let posts = holder.role.posts.sorted { $0.rawValue < $1.rawValue }
        var wanted = BoardWorkQuery(division: holder.division, scope: scope, posts: posts)
        wanted.limit = limit
        let sections = try await reading { [wanted, section] board in
            try (section.map { [$0] } ?? BoardWorkQuery.Section.allCases).map { section in
                guard
                    let part = try board.work(section, wanted, cursor: cursor, today: today.daysSince1970)
                else {
                    throw Problem(.badCursor, "give back \"next\" of the page before, unchanged", at: "query:cursor")
                }
                return part
            }
        }
        return try Self.json(
            WorkMessage(
                today: today.description, whose: scope.name,
                posts: posts.map { WorkMessage.PostMessage(post: $0.rawValue, name: WordsMessage($0.name)) },
                sections: sections))
    }

    /// An officer is shown his own cases, a reviewer those of his body's line, whoever may see all of a division all of
    /// it, everybody else his body's.
    private func workScope(_ text: String?, _ holder: TokenHolder) async throws -> BoardWorkQuery.Scope {
        let certificate = try await certificate(of: holder)
        let seesAll = try await knowing { knowledge in
            holder.role == .supervisor
                || knowledge.body(code: holder.body)?.fields.contains { $0.hasSuffix(Sight.supervisingField) } ?? false
        }
        switch text {
        case "mine":
            guard let certificate else {
                throw Problem(.badValue, "the token names no officer: ask for whose=body", at: "query:whose")
            }
            return .mine(certificate: certificate, body: holder.body)
        case "body": return .body(holder.body)
        case "line": return try await line(of: holder)
        case "division":
            guard seesAll else {
                throw Problem(
                    .roleForbids, "only who watches over all bodies sees their work: ask for whose=body",
                    at: "query:whose")
            }
            return .division
        case nil:
            if seesAll { return .division }
            if holder.role == .officer, let certificate { return .mine(certificate: certificate, body: holder.body) }
            return holder.role == .reviewer ? try await line(of: holder) : .body(holder.body)
        default: throw Problem(.badValue, "use one of mine, body, line, division", at: "query:whose")
        }
    }

    /// What the holder's body sees of its line, as ``Sight`` has it: its own, what bodies handle that stand below it,
    /// and at whatever division below what is of one of its fields.
    private func line(of holder: TokenHolder) async throws -> BoardWorkQuery.Scope {
        guard !holder.body.isEmpty else { return .body("") }
        return try await knowing { knowledge in
            let below = try Self.bodies(below: holder.body, knowledge).filter { code in
                knowledge.body(code: code).map { knowledge.tree.isAtOrBelow($0.division, holder.division) } ?? false
            }
            return .line(
                bodies: [holder.body] + below, fields: knowledge.body(code: holder.body)?.fields.sorted() ?? [])
        }
    }

    /// The codes of all bodies that stand somewhere below one, or act in the name of one that does, level by level.
    private static func bodies(below superior: String, _ knowledge: StoreKnowledge) throws -> [String] {
        var (level, found): ([String], [String]) = ([superior], [])
        var seen: Set<String> = [superior]
        while !level.isEmpty {
            var list = RowList(
                kind: LibraryKinds.body.name, fields: ["code"],
                conditions: [.any([.isOneOf("parent", level), .isOneOf("entrusted-by", level)])])
            level = []
            repeat {
                let page = try knowledge.source.snapshot.rows(list)
                level += page.rows.compactMap { $0.text("code") }.filter { seen.insert($0).inserted }
                list.after = page.next
            } while list.after != nil
            found += level
        }
        return found
    }
}

extension BoardWorkQuery.Scope {
    fileprivate var name: String {
        switch self {
        case .mine: "mine"
        case .body: "body"
        case .line: "line"
        case .division: "division"
        }
    }
}

/// What waits for whoever asks.
package struct WorkMessage: Codable, Hashable, Sendable {
    package struct PostMessage: Codable, Hashable, Sendable {
        package let post: String
        package let name: WordsMessage
    }

    package let today: String
    /// `mine`, `body`, `line` or `division`.
    package let whose: String
    /// The posts for which steps wait.
    package let posts: [PostMessage]
    package let sections: [WorkSectionMessage]
}

extension Endpoint {
    private static func choice(_ names: [String]) -> JSON {
        ["type": "string", "enum": .array(names.map { .text($0) })]
    }

    static let work: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/work", operation: "readWork",
            summary: "What waits for the token's holder: limits, what came back, what is to be confirmed or chosen, "
                + "steps that wait for his post, directives, news of statutes. Of each section the first rows, or one "
                + "section page by page. Nothing personal is in it.",
            parameters: [
                .query(
                    "whose", choice(["mine", "body", "line", "division"]),
                    "Cases he takes part in, his body's, those of his body's line, or all of his division: by default what his "
                        + "role is for."),
                .query("section", choice(BoardWorkQuery.Section.allCases.map(\.rawValue)), "One section alone."),
                .query("cursor", ["type": "string"], "With section: \"next\" of the page before."),
                .query(
                    "limit",
                    ["type": "integer", "minimum": 1, "maximum": .integer(Int64(APILimits.recordsPerPageMax))],
                    "Rows of each section, \(API.workPerSection) by default."),
            ], answer: .json("WorkMessage", "The work."), problems: [.roleForbids, .unavailable],
            handler: .holder { api, call, holder in try await api.readWork(call, holder) })
    ]
}

extension Schemas {
    private static let word: JSON = ["type": "string"]
    private static let number: JSON = ["type": "integer"]
    private static let truth: JSON = ["type": "boolean"]
    private static let day: JSON = ["type": "string", "format": "date"]
    private static let pair = reference("WordsMessage")

    private static func message(_ required: [String: JSON], optional: [String: JSON] = [:]) -> JSON {
        [
            "type": "object", "required": .array(required.keys.sorted().map { .text($0) }),
            "properties": .object(required.merging(optional) { first, _ in first }), "additionalProperties": false,
        ]
    }

    private static func list(of name: String) -> JSON { ["type": "array", "items": reference(name)] }

    /// My work, and the tree as a map.
    static let work: [String: JSON] = [
        "WorkItem": message(
            ["division": word, "reason": pair],
            optional: [
                "record": word, "directive": word, "title": word, "divisionName": word, "body": word, "item": word,
                "itemName": word, "stage": pair, "next": reference("BoardNextStep"), "due": day, "daysLeft": number,
                "deadline": pair,
            ]),
        "WorkSectionMessage": message(
            ["section": word, "name": pair, "count": number, "isMore": truth, "items": list(of: "WorkItem")],
            optional: ["next": word]),
        "WorkMessage": message([
            "today": day, "whose": ["type": "string", "enum": ["mine", "body", "line", "division"]],
            "posts": ["type": "array", "items": message(["post": word, "name": pair])],
            "sections": list(of: "WorkSectionMessage"),
        ]),
        "DivisionMessage": message(
            [
                "code": word, "name": word, "level": word, "levelName": pair, "hasNode": truth, "hasChildren": truth,
            ], optional: ["parent": word, "tile": message(["column": number, "row": number])]),
        "DivisionMap": message([
            "below": reference("DivisionMessage"), "line": list(of: "DivisionMessage"),
            "divisions": list(of: "DivisionMessage"),
        ]),
    ]
}
