import Casework
import Divisions
import HTTPTypes
import Hummingbird
import Lattice
import Ledger
import Libraries
import Papers
import Store

/// What is public, as data: whoever asks needs no token, and is told nothing that the pages for the public do not show.
extension API {
    func listEntries(_ call: APICall) async throws -> Response {
        let question = try EntryQuestion(call, today: today.day)
        return try Self.json(try await knowing { knowledge in try question.answer(knowledge) })
    }

    func readEntry(_ call: APICall) async throws -> Response {
        let query = call.query
        try query.finish()
        let (id, today) = (try call.record(), today.day)
        guard id.kind == CaseworkKinds.publication.name else {
            throw Problem(.badID, "a publication's id begins with publication:", at: "path:id")
        }
        // What is withheld is answered as what is not there, so that nothing can be told from the answer.
        let answer = try await knowing { knowledge -> PublicEntryMessage? in
            guard let state = knowledge.source.record(id), state.isVisible else { return nil }
            return PublicEntryMessage(PublishedPiece(state.view), on: today, isWhole: true) {
                knowledge.body(code: $0)?.name
            }
        }
        guard let answer else { throw Self.hidden }
        return try Self.json(answer)
    }

    func checkCertificate(_ call: APICall) async throws -> Response {
        let query = call.query
        try query.finish()
        let (number, today, tree) = (call.path("number") ?? "", today.day, core.tree)
        guard (1...PublicityPages.certificateCharactersMax).contains(number.count) else {
            let most = PublicityPages.certificateCharactersMax
            throw Problem(.badValue, "a certificate's number has 1 to \(most) characters", at: "path:number")
        }
        let officer = try await knowing { knowledge in
            knowledge.officer(certificate: number).map { facts in
                CertificateCheckMessage.Officer(
                    facts,
                    PublicOfficer(
                        facts, bodyName: knowledge.body(code: facts.body)?.name,
                        areaNames: facts.areas.map { tree.division($0)?.name ?? $0.text }, on: today))
            }
        }
        return try Self.json(CertificateCheckMessage(number: number, officer: officer))
    }
}

/// The query of `GET /public/entries`.
private struct EntryQuestion {
    private static let entriesDefault = 30
    private static let entriesMax = 100
    private static let textCharactersMax = 100
    /// Days looked at unless others are asked for, and at most: a decision on a penalty is shown for three years.
    private static let daysDefault = 3 * 366
    private static let daysMax = 5 * 366
    /// Rows that one answer looks at, so that nobody makes a node read all it has.
    private static let rowsMax = 2_000

    private var list = RowList(
        kind: CaseworkKinds.publication.name, fields: ["published-on"], order: "published-on")
    private let size: Int
    private let today: LegalDate
    private let from: LegalDate
    private let to: LegalDate

    init(_ call: APICall, today: LegalDate) throws(Problem) {
        self.today = today
        var query = call.query
        let text = query.text("q")
        let phase = query.text("phase")
        let item = query.text("item")
        let to = min(try Self.day("to", &query) ?? today, today)
        let from = try Self.day("from", &query) ?? to.adding(days: -Self.daysDefault) ?? to
        size = try query.count("limit", default: Self.entriesDefault, max: Self.entriesMax)
        list.after = try API.rowPlace(&query)
        try query.finish()
        guard to.daysSince1970 - from.daysSince1970 <= Self.daysMax else {
            throw Problem(.badValue, "at most \(Self.daysMax) days lie between from and to", at: "query:from")
        }
        (self.from, self.to) = (from, to)
        list.isLatestFirst = true
        list.conditions = [
            .isWithin("published-on", from: from.description, to: to.description), .isEmpty("withheld"),
            .any([.isEmpty("expires-on"), .isWithin("expires-on", from: today.description, to: "9999-12-31")]),
        ]
        if let text {
            guard text.count <= Self.textCharactersMax else {
                throw Problem(.badValue, "at most \(Self.textCharactersMax) characters are looked for", at: "query:q")
            }
            list.conditions.append(Self.has(text))
        }
        if let phase {
            guard let phase = PublicityRule.Phase(rawValue: phase) else {
                throw Problem(.badValue, "a phase is before, during or after", at: "query:phase")
            }
            list.conditions.append(.shows("phase", .text(phase.rawValue)))
        }
        if let item { list.conditions.append(.shows("item", .text(item))) }
    }

    /// What was withdrawn is found by its number alone: what it said is public no more.
    private static func has(_ text: String) -> RowList.Condition {
        .any([
            .contains("document-no", text),
            .all([.isEmpty("withdrawals"), .any([.contains("title", text), .contains("content", text)])]),
        ])
    }

    /// Rows show one value of a field; whether the public sees a publication is judged by all that its record holds.
    func answer(_ knowledge: StoreKnowledge) throws -> PublicEntryList {
        var (list, entries, looked, next) = (list, [PublicEntryMessage](), 0, RowList.Place?.none)
        var bodies: [String: String?] = [:]
        repeat {
            list.limit = size - entries.count
            let page = try knowledge.source.snapshot.rows(list)
            for row in page.rows {
                guard let state = knowledge.source.record(row.id) else { continue }
                let entry = PublicEntryMessage(PublishedPiece(state.view), on: today, isWhole: false) { code in
                    let name = bodies[code] ?? knowledge.body(code: code)?.name
                    bodies[code] = name
                    return name
                }
                if let entry { entries.append(entry) }
            }
            looked += page.rows.count
            (next, list.after) = (page.next, page.next)
        } while next != nil && entries.count < size && looked < Self.rowsMax
        return PublicEntryList(
            entries: entries, from: from.description, to: to.description,
            next: next.map(API.rowCursor))
    }

    private static func day(_ name: String, _ query: inout APIQuery) throws(Problem) -> LegalDate? {
        guard let text = query.text(name) else { return nil }
        guard let day = LegalDate(text) else {
            throw Problem(.badValue, "a day is expected, YYYY-MM-DD", at: "query:\(name)")
        }
        return day
    }
}
