package import Casework
package import Divisions
import GRDB
import Ledger
import Libraries

/// Whose work is asked for.
package struct BoardWorkQuery: Hashable, Sendable {
    package enum Scope: Hashable, Sendable {
        /// Cases of a body in which the holder of a certificate took part or which he handles.
        case mine(certificate: String, body: String)
        case body(String)
        /// What a bureau may see below its own division: what the bodies of its line handle, and what is of its fields.
        case line(bodies: [String], fields: [String])
        /// Everything at or below the division: for those who may see all of it.
        case division
    }

    /// The parts of the page, in its order.
    package enum Section: String, Hashable, Sendable, CaseIterable {
        case overdue
        case dueToday = "due-today"
        case nearlyDue = "nearly-due"
        case returned
        case toBeConfirmed = "to-be-confirmed"
        case inConflict = "in-conflict"
        /// A step waits for one of the holder's posts.
        case waiting
        case directives
        case statuteNews = "statute-news"

        package var name: Bilingual {
            switch self {
            case .overdue: Bilingual("已逾期", "Overdue")
            case .dueToday: Bilingual("今日到期", "Due today")
            case .nearlyDue: Bilingual("即将到期", "Nearly due")
            case .returned: Bilingual("被退回", "Returned")
            case .toBeConfirmed: Bilingual("待确认", "To be confirmed")
            case .inConflict: Bilingual("有冲突", "In conflict")
            case .waiting: Bilingual("待我办理", "Waiting for me")
            case .directives: Bilingual("上级督办", "Directives")
            case .statuteNews: Bilingual("法规变动", "News of statutes")
            }
        }

        /// The number by which rows keep it; nil for what a day decides, and for directives.
        var kept: WorkSection? {
            switch self {
            case .returned: .returned
            case .toBeConfirmed: .toBeConfirmed
            case .inConflict: .inConflict
            case .waiting: .waiting
            case .statuteNews: .statuteNews
            case .overdue, .dueToday, .nearlyDue, .directives: nil
            }
        }
    }

    package var division: DivisionCode
    package var scope: Scope
    /// Whose steps wait; none for somebody without a post.
    package var posts: [Post]
    package var limit = 20

    package init(division: DivisionCode, scope: Scope, posts: [Post]) {
        (self.division, self.scope, self.posts) = (division, scope, posts)
    }
}

/// One case or directive that waits.
package struct WorkItem: Codable, Hashable, Sendable {
    /// The case; absent for a directive about none.
    package let record: String?
    /// The directive, where it is one that waits.
    package let directive: String?
    package let title: String?
    package let division: String
    package let divisionName: String?
    package let body: String?
    package let item: String?
    package let itemName: String?
    package let stage: WordsMessage?
    package let next: BoardNextStep?
    package let due: String?
    /// Negative for days that are over.
    package let daysLeft: Int?
    package let deadline: WordsMessage?
    package let reason: WordsMessage
}

package struct WorkSectionMessage: Codable, Hashable, Sendable {
    package let section: String
    package let name: WordsMessage
    /// As far as `Board.workCountMax`.
    package let count: Int
    /// Whether there are more than `count`.
    package let isMore: Bool
    package let items: [WorkItem]
    /// For the page that follows; absent on the last.
    package let next: String?
}

extension Board {
    /// How far work is counted: nobody does more in a day, and counting further costs more than it tells.
    package static let workCountMax = 999

    /// One page of one section.
    ///
    /// - Parameter cursor: `next` of the page before.
    /// - Returns: nil for a cursor that is none.
    package func work(
        _ section: BoardWorkQuery.Section, _ query: BoardWorkQuery, cursor: String? = nil, today: Int
    ) throws(BoardFailure) -> WorkSectionMessage? {
        var after: (order: Int64, id: Int64)?
        if let cursor {
            let parts = cursor.split(separator: ".", omittingEmptySubsequences: false).compactMap { Int64($0) }
            guard parts.count == 2 else { return nil }
            after = (parts[0], parts[1])
        }
        return try reading { db in
            switch section {
            case .directives: try directives(query, after: after, today: today, db)
            case .overdue, .dueToday, .nearlyDue: try due(section, query, after: after, today: today, db)
            default: try kept(section, query, after: after, today: today, db)
            }
        }
    }

    // MARK: What a day decides

    private func due(
        _ section: BoardWorkQuery.Section, _ query: BoardWorkQuery, after: (order: Int64, id: Int64)?, today: Int,
        _ db: Database
    ) throws -> WorkSectionMessage {
        let day =
            switch section {
            case .overdue: "r.due < \(today)"
            case .dueToday: "r.due = \(today)"
            default: "r.due > \(today) AND r.warning <= \(today)"
            }
        guard let scope = WorkScope(query, table: "r") else { return message(section, [], count: 0, next: nil) }
        let source = "\(scope.tables(of: "case_row r", key: "r.id")) WHERE \(scope.condition) AND \(day)"
        let count = try count(source, scope.arguments, db)
        let page = after.map { " AND (r.due, r.id) > (\($0.order), \($0.id))" } ?? ""
        let list = CaseBoardRow.columns.map { "r.\($0)" }.joined(separator: ", ")
        let rows = try Row.fetchAll(
            db, sql: "SELECT r.id, \(list) FROM \(source)\(page) ORDER BY r.due, r.id LIMIT \(query.limit + 1)",
            arguments: scope.arguments)
        let items = try rows.prefix(query.limit).map { row in
            let kept = try CaseBoardRow(row, from: 1)
            let words = try BoardWords(of: kept, db)
            return WorkItem(kept, words, reason: Self.reason(kept, words, today: today), today: today)
        }
        let last = rows.count > query.limit ? rows[query.limit - 1] : nil
        let next = last.map { "\($0["due"] as Int64).\($0[0] as Int64)" }
        return message(section, items, count: count, next: next)
    }

    private static func reason(_ row: CaseBoardRow, _ words: BoardWords, today: Int) -> WordsMessage {
        let left = (row.due ?? today) - today
        let name = words.deadline ?? WordsMessage(Bilingual("办理期限", "The time limit"))
        let says =
            switch left {
            case ..<0: Bilingual("已逾期\(-left)天", "over by \(-left) days")
            case 0: Bilingual("今日到期", "ends today")
            default: Bilingual("还剩\(left)天", "\(left) days left")
            }
        return WordsMessage(Bilingual("\(name.chinese)：\(says.chinese)", "\(name.english): \(says.english)"))
    }

    // MARK: What rows keep

    private func kept(
        _ section: BoardWorkQuery.Section, _ query: BoardWorkQuery, after: (order: Int64, id: Int64)?, today: Int,
        _ db: Database
    ) throws -> WorkSectionMessage {
        let posts = section == .waiting ? query.posts.map(\.rawValue) : [""]
        guard let number = section.kept?.rawValue, let scope = WorkScope(query, table: "w"), !posts.isEmpty else {
            return message(section, [], count: 0, next: nil)
        }
        let marks = posts.map { _ in "?" }.joined(separator: ", ")
        let source = """
            \(scope.tables(of: "case_work w", key: "w.case_id"))
            WHERE w.section = \(number) AND w.post IN (\(marks)) AND \(scope.condition)
            """
        let arguments = StatementArguments(posts) + scope.arguments
        let count = try count(source, arguments, distinct: "w.case_id", db)
        let list = CaseBoardRow.columns.map { "r.\($0)" }.joined(separator: ", ")
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT r.id, \(list), one.step, one.zh, one.en FROM (
                    SELECT w.case_id, min(w.post), w.step, w.zh, w.en FROM \(source) AND w.case_id > \(after?.id ?? 0)
                    GROUP BY w.case_id ORDER BY w.case_id LIMIT \(query.limit + 1)
                ) AS one JOIN case_row r ON r.id = one.case_id ORDER BY r.id
                """, arguments: arguments)
        let items = try rows.prefix(query.limit).map { row in
            let kept = try CaseBoardRow(row, from: 1)
            let says = Bilingual(row["zh"], row["en"])
            var words = try BoardWords(of: kept, db)
            let step: String = row["step"]
            if section == .waiting { words.next = BoardNextStep(step: step, name: WordsMessage(says)) }
            return WorkItem(kept, words, reason: WordsMessage(says), today: today)
        }
        let last = rows.count > query.limit ? rows[query.limit - 1] : nil
        return message(section, items, count: count, next: last.map { "0.\($0[0] as Int64)" })
    }

    private func count(
        _ source: String, _ arguments: StatementArguments, distinct column: String = "r.id", _ db: Database
    ) throws -> Int {
        try Int.fetchOne(
            db,
            sql: "SELECT count(*) FROM (SELECT DISTINCT \(column) FROM \(source) LIMIT \(Self.workCountMax + 1))",
            arguments: arguments) ?? 0
    }

    private func message(
        _ section: BoardWorkQuery.Section, _ items: [WorkItem], count: Int, next: String?
    ) -> WorkSectionMessage {
        WorkSectionMessage(
            section: section.rawValue, name: WordsMessage(section.name), count: min(count, Self.workCountMax),
            isMore: count > Self.workCountMax, items: items, next: next)
    }

    // MARK: Directives

    /// Directives to the holder's own division that are not acknowledged or not answered.
    private func directives(
        _ query: BoardWorkQuery, after: (order: Int64, id: Int64)?, today: Int, _ db: Database
    ) throws -> WorkSectionMessage {
        let offset = Int(after?.id ?? 0)
        let source = "directive WHERE division = ? AND (acknowledged IS NULL OR answers = 0)"
        let count =
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM (SELECT 1 FROM \(source) LIMIT \(Self.workCountMax + 1))",
                arguments: [query.division.text]) ?? 0
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT record, about, sort, due, acknowledged FROM \(source)
                ORDER BY due IS NULL, due, record LIMIT \(query.limit + 1) OFFSET \(offset)
                """, arguments: [query.division.text])
        let name = try String.fetchOne(
            db, sql: "SELECT name FROM division WHERE code = ?", arguments: [query.division.text])
        let items = try rows.prefix(query.limit).map { row in
            let about: String? = row[1]
            let one = try about.flatMap { try Self.one(named: $0, today: today, db) }
            return WorkItem(
                directive: row[0], about: about, case: one, sort: row[2], due: row[3],
                isAcknowledged: row[4] != nil, division: query.division.text, divisionName: name, today: today)
        }
        let next = rows.count > query.limit ? "0.\(offset + query.limit)" : nil
        return message(.directives, items, count: count, next: next)
    }
}

/// A scope as SQL. Cases of a body are found by the body's index, those of an officer by his own.
private struct WorkScope {
    let condition: String
    let arguments: StatementArguments
    private let certificate: String?

    /// Nil where nothing can be asked for.
    init?(_ query: BoardWorkQuery, table: String) {
        switch query.scope {
        case .mine(let certificate, let body):
            // Cases without a body are nobody's yet.
            guard !certificate.isEmpty, !body.isEmpty else { return nil }
            condition = "o.certificate = ? AND \(table).body = ?"
            arguments = [certificate, body]
            self.certificate = certificate
        case .body(let body):
            guard !body.isEmpty else { return nil }
            condition = "\(table).body = ?"
            arguments = [body]
            certificate = nil
        case .line(let bodies, let fields):
            guard !bodies.isEmpty else { return nil }
            func list(_ texts: [String]) -> String { "(\(texts.map { _ in "?" }.joined(separator: ", ")))" }
            condition = """
                (\(table).body IN \(list(bodies)) OR \(table).field IN \(list(fields)) AND \(table).body <> ''
                AND \(table).division <> ? AND \(table).division IN (SELECT code FROM above WHERE ancestor = ?))
                """
            arguments = StatementArguments(bodies + fields + [query.division.text, query.division.text])
            certificate = nil
        case .division:
            condition = "\(table).division IN (SELECT code FROM above WHERE ancestor = ?)"
            arguments = [query.division.text]
            certificate = nil
        }
    }

    func tables(of table: String, key: String) -> String {
        certificate == nil ? table : "case_officer o CROSS JOIN \(table) ON \(key) = o.case_id"
    }
}

extension WorkItem {
    init(_ row: CaseBoardRow, _ words: BoardWords, reason: WordsMessage, today: Int) {
        self.init(
            record: row.record.description, directive: nil, title: row.title.isEmpty ? nil : row.title,
            division: row.record.home.text, divisionName: words.division, body: row.body.isEmpty ? nil : row.body,
            item: row.item.isEmpty ? nil : row.item, itemName: words.item, stage: words.stage, next: words.next,
            due: row.due.map(Board.date), daysLeft: row.due.map { $0 - today }, deadline: words.deadline,
            reason: reason)
    }

    fileprivate init(
        directive: String, about: String?, case one: BoardCase?, sort: String, due: Int?,
        isAcknowledged: Bool, division: String, divisionName: String?, today: Int
    ) {
        let name = Directive.Sort(rawValue: sort)?.name ?? Bilingual(sort, sort)
        let waits = isAcknowledged ? Bilingual("待答复", "to be answered") : Bilingual("待签收", "to be acknowledged")
        let left = due.map { $0 - today }
        let late = left.map { $0 < 0 } ?? false ? Bilingual("，已逾期", ", late") : Bilingual("", "")
        self.init(
            record: about, directive: directive, title: one?.title, division: division, divisionName: divisionName,
            body: one.flatMap { $0.body.isEmpty ? nil : $0.body },
            item: one.flatMap { $0.item.isEmpty ? nil : $0.item },
            itemName: one?.itemName, stage: one?.stageWords, next: one?.next, due: due.map(Board.date),
            daysLeft: left, deadline: nil,
            reason: WordsMessage(
                Bilingual(
                    "\(name.chinese)：\(waits.chinese)\(late.chinese)",
                    "\(name.english): \(waits.english)\(late.english)")))
    }
}
