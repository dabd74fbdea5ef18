import Casework
package import Divisions
import GRDB
import Libraries

/// The cases behind a number of the board. All conditions that are given hold at once.
package struct BoardCaseQuery: Hashable, Sendable {
    package var division: DivisionCode
    /// The id of an indicator or of a trend.
    package var indicator: String?
    /// The cases that a trend counts in this month, months since year 0.
    package var month: Int?
    package var item: String?
    package var place: String?
    package var body: String?
    /// The certificate of somebody who took part.
    package var officer: String?
    /// The id of a rule of supervision.
    package var rule: String?
    package var limit = 100
    /// `next` of the page before.
    package var cursor: String?

    package init(division: DivisionCode) { self.division = division }

    /// What an indicator or a trend asks of a case; nil for one that there is none of.
    ///
    /// - Parameter today: in days since 1970.
    static func condition(_ id: String, month: Int?, today: Int) -> String? {
        guard let month else { return condition(id, today: today) }
        guard let days = BoardMonth(month), let trend = BoardTrend.all.first(where: { $0.id == id }) else {
            return condition(id, today: today).map { "(\($0)) AND r.month = \(month)" }
        }
        func within(_ day: String) -> String { "\(day) BETWEEN \(days.first) AND \(days.last)" }
        switch trend {
        case .cases: return "r.month = \(month)"
        case .opened: return within("r.opened")
        case .filed: return within("r.filed")
        case .decided: return within("r.decided")
        case .closed: return within("r.closed")
        case .complaints: return "\(within("r.opened")) AND \(complaint)"
        case .fines: return "r.fine_fen <> 0 AND \(within("ifnull(r.decided, ifnull(r.filed, r.opened))"))"
        case .standingOverdue: return "\(within("r.due")) AND r.due < \(today)"
        case .finding(let finding):
            let flag = "(r.flags >> \(finding.bit)) & 1"
            guard let day = day(of: finding) else { return "\(flag) AND r.month = \(month)" }
            return "CASE WHEN \(flag) THEN r.month = \(month) ELSE \(within(day)) AND \(day) < \(today) END"
        }
    }

    private static let complaint = "r.procedure GLOB '\(CaseBoardRow.complaintProcedure)@*'"

    private static func condition(_ id: String, today: Int) -> String? {
        switch BoardTrend.all.first(where: { $0.id == id }) {
        case .opened: return "1"
        case .filed: return "r.filed IS NOT NULL"
        case .closed: return "r.closed IS NOT NULL"
        case .complaints: return complaint
        default: break
        }
        guard let indicator = BoardIndicator.all.first(where: { $0.id == id }) else { return nil }
        switch indicator {
        case .cases: return "1"
        case .open: return "r.standing < 2"
        case .waiting: return "r.standing = 1"
        case .ended: return "r.standing = 2"
        case .decided: return "r.decided IS NOT NULL"
        case .fines: return "r.fine_fen <> 0"
        case .publicityDone: return "r.publicity = 2"
        case .publicityOwed: return "r.publicity = 1"
        case .recordingDone: return "r.recording = 2"
        case .recordingOwed: return "r.recording = 1"
        case .reviewPassed: return "r.review = 2"
        case .reviewNeeded: return "r.review = 1"
        case .reviewSkipped: return "r.review = 1 AND r.decided IS NOT NULL"
        case .standingOverdue: return "r.due < \(today)"
        case .warned: return "min(ifnull(r.warning - 1, r.due), r.due) < \(today)"
        case .finding(let finding): return condition(finding, today: today)
        }
    }

    /// Whether supervision finds something in a case on a day.
    static func condition(_ finding: SupervisionFinding, today: Int) -> String {
        let flag = "(r.flags <> 0 AND (r.flags >> \(finding.bit)) & 1)"
        if finding == .nearlyOverdue { return "(r.due >= \(today) AND r.warning <= \(today))" }
        return day(of: finding).map { "(\(flag) OR ifnull(\($0) < \(today), 0))" } ?? flag
    }

    private static func day(of finding: SupervisionFinding) -> String? {
        switch finding {
        case .overdue: "r.due"
        case .missingRecording: "r.recording_due"
        case .publicityLate: "r.publicity_due"
        default: nil
        }
    }
}

extension Board {
    /// The cases behind a number, a page at a time. Whoever asks by officer, body or place gets them in the order in
    /// which the board first heard of them; everyone else division by division.
    ///
    /// - Returns: nil if there is no such indicator or rule, or the cursor is none.
    package func cases(_ query: BoardCaseQuery, today: Int) throws(BoardFailure) -> BoardCases? {
        try reading { db in
            guard let search = try BoardCaseSearch(query, today: today, db) else { return nil }
            var rows = try search.rows(db)
            let isMore = rows.count > search.limit
            rows = Array(rows.prefix(search.limit))
            let cases = try rows.map { try Self.message($0, today: today, db) }
            guard isMore, let last = rows.last else { return BoardCases(cases: cases) }
            let division: String = last["division"]
            return BoardCases(cases: cases, next: "\(division).\(last[0] as Int64)")
        }
    }
}

/// One page of a search: as SQL, by the index that fits.
private struct BoardCaseSearch {
    let query: BoardCaseQuery
    let limit: Int
    private let conditions: [String]
    private let arguments: [String]
    /// Where the page begins.
    private let after: (division: String, id: Int64)
    /// Tells of a division that it has such cases at all; nil where nothing is known.
    private let isWorthwhile: String?

    init?(_ query: BoardCaseQuery, today: Int, _ db: Database) throws {
        self.query = query
        limit = min(max(1, query.limit), Board.limitMax)
        var after = (division: "", id: Int64(0))
        if let cursor = query.cursor {
            let parts = cursor.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let division = DivisionCode(String(parts[0])), let id = Int64(parts[1]) else {
                return nil
            }
            after = (division.text, id)
        }
        self.after = after
        var conditions: [String] = []
        var arguments: [String] = []
        for (column, value) in [("item", query.item), ("place", query.place), ("body", query.body)] {
            guard let value else { continue }
            conditions.append("r.\(column) = ?")
            arguments.append(value)
        }
        if let indicator = query.indicator {
            guard let condition = BoardCaseQuery.condition(indicator, month: query.month, today: today) else {
                return nil
            }
            conditions.append("(\(condition))")
        } else if let month = query.month {
            conditions.append("r.month = \(month)")
        }
        if let rule = query.rule {
            guard let name = try String.fetchOne(db, sql: "SELECT finding FROM rule WHERE id = ?", arguments: [rule]),
                let finding = SupervisionFinding(rawValue: name)
            else { return nil }
            conditions.append(BoardCaseQuery.condition(finding, today: today))
        }
        (self.conditions, self.arguments) = (conditions, arguments)
        isWorthwhile = Self.worthwhile(query)
    }

    /// Counts include all below, so that a division without any has none of its own.
    private static func worthwhile(_ query: BoardCaseQuery) -> String? {
        if query.item != nil { return "SELECT 1 FROM month_tally WHERE division = a.code AND item = ?" }
        if let month = query.month {
            guard let trend = BoardTrend.all.first(where: { $0.id == query.indicator }), trend.dated == nil else {
                return nil
            }
            return """
                SELECT 1 FROM flow_tally WHERE division = a.code AND month = \(month) AND trend = \(trend.number)
                """
        }
        guard let indicator = BoardIndicator.all.first(where: { $0.id == query.indicator }),
            indicator != .finding(.nearlyOverdue)
        else { return nil }
        return "SELECT 1 FROM tally WHERE division = a.code AND indicator = \(indicator.number)"
    }

    /// One row more than the page has, if there is one.
    func rows(_ db: Database) throws -> [Row] {
        let list = CaseBoardRow.columns.map { "r.\($0)" }.joined(separator: ", ")
        let isDirect = query.officer != nil || query.body != nil || query.place != nil
        return isDirect ? try direct(list, db) : try byDivision(list, db)
    }

    private func direct(_ list: String, _ db: Database) throws -> [Row] {
        var (tables, conditions) = ("case_row r", conditions)
        var arguments = arguments
        if let officer = query.officer {
            tables = "case_officer o JOIN case_row r ON r.id = o.case_id"
            conditions.insert("o.certificate = ?", at: 0)
            arguments.insert(officer, at: 0)
        }
        conditions.append("r.id > \(after.id)")
        conditions.append("r.division IN (SELECT code FROM above WHERE ancestor = ?)")
        return try Row.fetchAll(
            db,
            sql: """
                SELECT r.id, \(list) FROM \(tables) WHERE \(conditions.joined(separator: " AND "))
                ORDER BY r.id LIMIT \(limit + 1)
                """, arguments: StatementArguments(arguments + [query.division.text]))
    }

    /// Goes through the divisions that have such cases, until the page is full: each by its own index.
    private func byDivision(_ list: String, _ db: Database) throws -> [Row] {
        let worth = isWorthwhile.map { " AND EXISTS (\($0))" } ?? ""
        var found: [Row] = []
        let codes = try String.fetchAll(
            db, sql: "SELECT code FROM above a WHERE ancestor = ? AND code >= ?\(worth) ORDER BY code",
            arguments: StatementArguments(
                [query.division.text, after.division] + (worth.contains("?") ? [query.item ?? ""] : [])))
        let kept = (["r.division = ?", "r.id > ?"] + conditions).joined(separator: " AND ")
        let page = try db.cachedStatement(
            sql: "SELECT r.id, \(list) FROM case_row r WHERE \(kept) ORDER BY r.id LIMIT ?")
        for code in codes where found.count <= limit {
            let begin = code == after.division ? after.id : 0
            var values: StatementArguments = [code, begin]
            values += StatementArguments(arguments)
            values += [limit + 1 - found.count]
            found += try Row.fetchAll(page, arguments: values)
        }
        return found
    }
}
