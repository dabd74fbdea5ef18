import Casework
import Divisions
import GRDB
import Lattice
import Ledger
import Libraries

/// Something that concerns many cases at once. It is kept, and handed out to the list of dirty cases in bounded steps,
/// so that a corrected calendar never makes one commit out of a million cases.
struct BoardNews: Hashable {
    enum Sort: String, CaseIterable {
        /// Cases in which this certificate took part.
        case certificate
        /// Cases of this item.
        case item
        /// Cases of this body.
        case body
        /// Cases that began under this procedure, `id@version`, and those that could not be judged.
        case procedure
        /// Every case that has not ended.
        case open
        /// Open cases of one home: `division`.
        case home
        /// Cases that lack the bytes of a file: these come without an entry.
        case files

        /// The ids of cases it concerns beyond one id, so many of them.
        var query: String {
            switch self {
            case .certificate:
                "SELECT case_id FROM case_officer WHERE certificate = ?1 AND case_id > ?2 ORDER BY case_id LIMIT ?3"
            case .item: "SELECT id FROM case_row WHERE item = ?1 AND id > ?2 ORDER BY id LIMIT ?3"
            case .body: "SELECT id FROM case_row WHERE body = ?1 AND id > ?2 ORDER BY id LIMIT ?3"
            case .procedure: "SELECT id FROM case_row WHERE procedure = ?1 AND id > ?2 ORDER BY id LIMIT ?3"
            case .open: "SELECT id FROM case_row WHERE standing < 2 AND ?1 = '' AND id > ?2 ORDER BY id LIMIT ?3"
            case .home:
                "SELECT id FROM case_row WHERE standing < 2 AND division = ?1 AND id > ?2 ORDER BY id LIMIT ?3"
            case .files:
                """
                SELECT id FROM case_row INDEXED BY case_flagged WHERE flags <> 0
                AND (flags >> \(SupervisionFinding.evidenceMissing.bit)) & 1 AND ?1 = '' AND id > ?2 ORDER BY id LIMIT ?3
                """
            }
        }
    }

    var sort: Sort
    var key: String
}

/// What an entry's record means for the board.
enum BoardTouch: Hashable {
    case judge(RecordID)
    case news(BoardNews)
    case directive(RecordID)
    case numberBlock(RecordID)
    /// A procedure came: what could not be judged may be judged now.
    case unjudged

    /// - Parameter view: the record as it is now; nil if nothing is live in it.
    static func all(of id: RecordID, _ view: RecordView?) -> [BoardTouch] {
        func text(_ field: String) -> String? {
            if case .text(let text) = view?[field]?.shown { text } else { nil }
        }
        func news(_ sort: BoardNews.Sort, _ field: String) -> [BoardTouch] {
            text(field).map { [.news(BoardNews(sort: sort, key: $0))] } ?? []
        }
        switch id.kind {
        case LibraryKinds.caseFile.name, CaseworkKinds.urgentCase.name: return [.judge(id)]
        case CaseworkKinds.evidence.name, CaseworkKinds.publication.name:
            if case .record(let about) = view?["case"]?.shown { return [.judge(about)] }
            return []
        case CaseworkKinds.directive.name: return [.directive(id)]
        case CaseworkKinds.numberBlock.name: return [.numberBlock(id)]
        case CaseworkKinds.receipt.name: return [.news(BoardNews(sort: .home, key: id.home.text))]
        case LibraryKinds.officer.name, LibraryKinds.certificateStatus.name, LibraryKinds.jointDuty.name:
            return news(.certificate, "certificate-no")
        case LibraryKinds.item.name: return news(.item, "code") + [.unjudged]
        case LibraryKinds.delegation.name: return news(.item, "item")
        case LibraryKinds.body.name: return news(.body, "code")
        case LibraryKinds.benchmark.name, LibraryKinds.calendarDay.name, LibraryKinds.statute.name:
            return [.news(BoardNews(sort: .open, key: ""))]
        case CaseworkKinds.procedure.name:
            guard let name = text("id"), case .integer(let version) = view?["version"]?.shown else {
                return [.unjudged]
            }
            return [.news(BoardNews(sort: .procedure, key: "\(name)@\(version)")), .unjudged]
        default: return []
        }
    }
}

extension BoardDatabase {
    func enter(_ touches: [BoardTouch], _ db: Database) throws {
        for touch in touches {
            switch touch {
            case .judge(let record): try dirty(record.description, db)
            case .news(let news):
                // News of the same again begin from the first case.
                try db.execute(
                    sql: "INSERT OR REPLACE INTO news VALUES (?, ?, 0)", arguments: [news.sort.rawValue, news.key])
            case .unjudged:
                try db.execute(
                    sql: "INSERT OR IGNORE INTO dirty (record) SELECT record FROM unjudged; DELETE FROM unjudged")
            case .directive, .numberBlock: break
            }
        }
    }

    func dirty(_ record: String, _ db: Database) throws {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO dirty (record) VALUES (?)").execute(arguments: [record])
    }

    /// Hands out the oldest news to so many cases.
    ///
    /// - Returns: whether there was any.
    func handOutNews(casesMax: Int) throws(BoardFailure) -> Bool {
        try BoardFailure.translating {
            try pool.write { db in
                guard
                    let row = try Row.fetchOne(db, sql: "SELECT sort, key, after FROM news ORDER BY sort, key LIMIT 1")
                else { return false }
                let (sort, key, after): (String, String, Int64) = (row[0], row[1], row[2])
                guard let known = BoardNews.Sort(rawValue: sort) else {
                    try db.execute(sql: "DELETE FROM news WHERE sort = ?", arguments: [sort])
                    return true
                }
                let ids = try Int64.fetchAll(db, sql: known.query, arguments: [key, after, casesMax])
                for id in ids {
                    let name = try String.fetchOne(db, sql: "SELECT record FROM cases WHERE id = ?", arguments: [id])
                    if let name { try dirty(name, db) }
                }
                if let last = ids.last, ids.count == casesMax {
                    try db.execute(
                        sql: "UPDATE news SET after = ? WHERE sort = ? AND key = ?", arguments: [last, sort, key])
                } else {
                    try db.execute(sql: "DELETE FROM news WHERE sort = ? AND key = ?", arguments: [sort, key])
                }
                return true
            }
        }
    }

    /// Puts cases on the list that time alone has changed since a day, so many of them.
    ///
    /// - Returns: how many there were.
    func turn(before today: Int, casesMax: Int) throws(BoardFailure) -> Int {
        try BoardFailure.translating {
            try pool.write { db in
                let ids = try Int64.fetchAll(
                    db, sql: "SELECT id FROM case_row WHERE turns < ? ORDER BY turns LIMIT ?",
                    arguments: [today, casesMax])
                for id in ids {
                    let name = try String.fetchOne(db, sql: "SELECT record FROM cases WHERE id = ?", arguments: [id])
                    if let name { try dirty(name, db) }
                    try db.execute(sql: "UPDATE case_row SET turns = NULL WHERE id = ?", arguments: [id])
                }
                return ids.count
            }
        }
    }

    /// How much waits to be judged.
    package func waiting() throws(BoardFailure) -> (cases: Int, news: Int) {
        try BoardFailure.translating {
            try pool.read { db in
                (
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM dirty") ?? 0,
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM news") ?? 0
                )
            }
        }
    }
}
