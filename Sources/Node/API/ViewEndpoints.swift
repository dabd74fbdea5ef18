import Casework
import Divisions
import HTTPTypes
import Hummingbird
import Lattice
import Ledger
import Libraries
import Store

/// Who has looked at what.
extension Endpoint {
    static let views: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/views", operation: "listViews",
            summary:
                "Who was shown what is personal, when and why, the earliest first or the latest. Supervisors see what was looked "
                + "at in their division and below, operators the same without what was looked at, everybody else what he "
                + "looked at himself. Looking here is not logged.",
            parameters: [
                .query("subject", ["type": "string"], "The id of a record: only views of it. Not for operators."),
                .query("viewer", ["type": "string"], "A viewer, as answers name him."),
                .query(
                    "purpose", ["type": "string", "enum": .array(Purpose.allCases.map { .text($0.rawValue) })],
                    "Only views for this purpose."),
                .query(
                    "from", ["type": "string", "format": "date"], "The first day; 30 days before the last by default."),
                .query("to", ["type": "string", "format": "date"], "The last day; today by default."),
                .query("latest", ["type": "boolean"], "The latest first."),
                .query(
                    "limit",
                    ["type": "integer", "minimum": 1, "maximum": .integer(Int64(APILimits.recordsPerPageMax))],
                    "Views a page, \(APILimits.recordsPerPage) by default."),
                .query("cursor", ["type": "string"], "\"next\" of the page before."),
            ],
            answer: .json("ViewList", "A page of views."), problems: [.roleForbids, .badCursor, .badID],
            handler: .holder { api, call, holder in try await api.listViews(call, holder) })
    ]
}

/// One view of something personal.
package struct ViewMessage: Codable, Hashable, Sendable {
    package let id: String
    /// Milliseconds since 1970.
    package let at: Int64
    package let what: String
    package let whatWords: WordsMessage
    package let purpose: String
    package let purposeWords: WordsMessage
    /// The viewer's record, or what his token is called.
    package let viewer: String
    package let viewerName: String?
    /// The division he acted for.
    package let division: String
    package let divisionName: String
    /// The record that was shown, where it was one and the reader may know.
    package let subject: String?
}

package struct ViewList: Codable, Hashable, Sendable {
    package let views: [ViewMessage]
    package let next: String?
}

/// The query of `GET /v1/views`.
private struct ViewQuestion {
    private static let daysDefault = 30
    private static let daysMax = 366

    var list = RowList(
        kind: CaseworkKinds.viewLog.name, fields: ["subject", "what", "purpose", "viewer", "at"], order: "day")

    init(_ call: APICall, _ holder: TokenHolder, today: LegalDate) throws(Problem) {
        var query = call.query
        let subject = query.text("subject")
        let viewer = query.text("viewer")
        let purpose = query.text("purpose")
        let to = try Self.day("to", &query) ?? today
        let from = try Self.day("from", &query) ?? to.adding(days: -Self.daysDefault) ?? to
        list.limit = try query.count("limit", default: APILimits.recordsPerPage, max: APILimits.recordsPerPageMax)
        list.isLatestFirst = try query.truth("latest") ?? false
        if let text = query.text("cursor") { list.after = try Self.place(text) }
        try query.finish()
        let days = from.daysSince1970...max(from.daysSince1970, to.daysSince1970)
        guard from <= to, days.count <= Self.daysMax else {
            throw Problem(
                .badValue, "from stands before to, and at most \(Self.daysMax) days lie between", at: "query:from")
        }
        list.conditions = [.isOneOf("day", days.compactMap { LegalDate(daysSince1970: $0)?.description })]
        if let subject {
            guard holder.role != .operator else {
                throw Problem(.roleForbids, "an operator is not told what was looked at", at: "query:subject")
            }
            guard let id = RecordID(subject) else {
                throw Problem(.badID, "a record's id, kind:home:flow:key, is expected", at: "query:subject")
            }
            list.conditions.append(.equals("subject", .record(id)))
        }
        if let purpose {
            guard let purpose = Purpose(rawValue: purpose) else { throw Problem.noSuchPurpose(at: "query:purpose") }
            list.conditions.append(.shows("purpose", .text(purpose.rawValue)))
        }
        switch holder.role {
        case .supervisor, .operator:
            if let viewer { list.conditions.append(.equals("viewer", .text(viewer))) }
        case .officer, .reviewer, .responsible, .librarian:
            guard viewer == nil || viewer == holder.viewer else {
                throw Problem(
                    .roleForbids, "the role \(holder.role.rawValue) sees its own views alone", at: "query:viewer")
            }
            list.conditions.append(.equals("viewer", .text(holder.viewer)))
        }
    }

    static func cursor(_ place: RowList.Place) -> String { "\(place.key).\(place.record)" }

    private static func place(_ text: String) throws(Problem) -> RowList.Place {
        let halves = text.split(separator: ".")
        guard halves.count == 2, LegalDate(String(halves[0])) != nil, let record = Int64(halves[1]) else {
            throw Problem(.badCursor, "give back \"next\" of the page before, unchanged", at: "query:cursor")
        }
        return RowList.Place(key: String(halves[0]), record: record)
    }

    private static func day(_ name: String, _ query: inout APIQuery) throws(Problem) -> LegalDate? {
        guard let text = query.text(name) else { return nil }
        guard let day = LegalDate(text) else {
            throw Problem(.badValue, "a day is expected, YYYY-MM-DD", at: "query:\(name)")
        }
        return day
    }
}

extension API {
    func listViews(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var list = try ViewQuestion(call, holder, today: today.day).list
        if holder.role == .supervisor || holder.role == .operator {
            list.homes = core.tree.subtree(of: holder.division)
        }
        let (question, tree, showsSubject) = (list, core.tree, holder.role != .operator)
        let answer = try await knowing { knowledge in
            let page = try knowledge.source.snapshot.rows(question)
            let views = page.rows.map { row in
                ViewMessage(row, tree: tree, showsSubject: showsSubject) { viewer in
                    knowledge.source.record(viewer).flatMap { state in
                        if case .text(let name) = state.view["name"]?.shown { name } else { nil }
                    }
                }
            }
            return ViewList(views: views, next: page.next.map(ViewQuestion.cursor))
        }
        return try Self.json(answer)
    }
}

extension ViewMessage {
    fileprivate init(_ row: ShownRow, tree: DivisionTree, showsSubject: Bool, name: (RecordID) -> String?) {
        (id, at) = (row.id.description, row.integer("at") ?? 0)
        what = row.text("what") ?? ""
        whatWords = ViewSort(rawValue: what)?.words ?? WordsMessage(Bilingual(what, what))
        purpose = row.text("purpose") ?? ""
        purposeWords =
            Purpose(rawValue: purpose).map { WordsMessage(Bilingual($0.words.chinese, $0.words.english)) }
            ?? WordsMessage(Bilingual(purpose, purpose))
        viewer = row.text("viewer") ?? ""
        viewerName = RecordID(viewer).flatMap(name)
        (division, divisionName) = (row.id.home.text, tree.division(row.id.home)?.name ?? row.id.home.text)
        subject = showsSubject ? row.text("subject") : nil
    }
}
