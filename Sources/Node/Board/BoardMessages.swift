package import Casework
import Divisions
import GRDB
import Ledger
import Libraries

// What the board answers, as the API sends it. Days are `YYYY-MM-DD`.

/// All counts of one division, what lies below it included, by the id of the indicator.
package struct BoardCounts: Codable, Hashable, Sendable {
    package let division: String
    package let name: String
    package let counts: [String: Int64]

    init(division: String, name: String, _ amounts: [Int: Int64]) {
        (self.division, self.name) = (division, name)
        var counts: [String: Int64] = [:]
        for indicator in BoardIndicator.all { counts[indicator.id] = amounts[indicator.number] ?? 0 }
        // Warned, and not over yet.
        let near = counts[BoardIndicator.warned.id, default: 0] - counts[BoardIndicator.standingOverdue.id, default: 0]
        counts[BoardIndicator.finding(.nearlyOverdue).id] = near
        self.counts = counts
    }

    package subscript(indicator: BoardIndicator) -> Int64 { counts[indicator.id] ?? 0 }
}

/// A division and its children.
package struct BoardOverview: Codable, Hashable, Sendable {
    package let division: String
    package let today: String
    /// Absent for a division that is not in the tree.
    package let counts: BoardCounts?
    /// In ascending order of code.
    package let children: [BoardCounts]
}

package struct BoardOverdueCount: Codable, Hashable, Sendable {
    package let division: String
    package let deadline: String?
    package let cases: Int
    /// The first day of them all.
    package let oldest: String
}

package struct BoardFinding: Codable, Hashable, Sendable {
    package let finding: String
    /// The step or deadline it is about.
    package let about: String
    package let chinese: String
    package let english: String
    package let articles: String
}

/// A case as lists of the board show it, with its three-systems column (G38).
package struct BoardCase: Codable, Hashable, Sendable {
    package let record: String
    package let division: String
    package let body: String
    package let item: String
    package let place: String
    package let procedure: String
    package let stage: String
    /// `open`, `waiting` or `ended`.
    package let standing: String
    package let filed: String?
    package let decided: String?
    package let closed: String?
    package let due: String?
    package let deadline: String?
    /// Days since the limit was over; negative for days that are left.
    package let daysOver: Int?
    package let flags: [String]
    /// `none`, `owed` or `done`.
    package let publicity: String
    package let publicityDue: String?
    package let recording: String
    package let recordingDue: String?
    package let review: String
    package let findings: [BoardFinding]
    /// Absent where it is not known, or would tell of a person.
    package let title: String?
    package let divisionName: String?
    package let bodyName: String?
    package let itemName: String?
    package let stageWords: WordsMessage?
    package let deadlineWords: WordsMessage?
    package let next: BoardNextStep?
    /// Whether whoever asks may open the case; absent where that is not told.
    package var mayOpen: Bool?

    init(_ row: CaseBoardRow, today: Int, words: BoardWords, findings: [BoardFinding]) {
        (record, division, body, item) = (row.record.description, row.record.home.text, row.body, row.item)
        (place, procedure, stage, standing) = (row.place, row.procedure, row.stage, "\(row.standing)")
        (filed, decided) = (row.filed.map(Board.date), row.decided.map(Board.date))
        (closed, due) = (row.closed.map(Board.date), row.due.map(Board.date))
        (deadline, daysOver) = (row.deadline, row.due.map { today - $0 })
        flags = row.flags(on: today).findings.map(\.rawValue)
        (publicity, publicityDue) = ("\(row.publicity)", row.publicityDue.map(Board.date))
        (recording, recordingDue) = ("\(row.recording)", row.recordingDue.map(Board.date))
        review = "\(row.review)"
        self.findings = findings
        title = row.title.isEmpty ? nil : row.title
        (divisionName, bodyName, itemName) = (words.division, words.body, words.item)
        (stageWords, deadlineWords, next) = (words.stage, words.deadline, words.next)
    }
}

/// The step that carries a case on.
package struct BoardNextStep: Codable, Hashable, Sendable {
    package let step: String
    package let name: WordsMessage
}

/// What ids in a row are called, as far as the board was told.
struct BoardWords {
    let division, body, item: String?
    let stage, deadline: WordsMessage?
    var next: BoardNextStep?

    init(of row: CaseBoardRow, _ db: Database) throws {
        let find = try db.cachedStatement(sql: "SELECT zh, en FROM word WHERE scope = ? AND sort = ? AND id = ?")
        func words(_ scope: String, _ sort: CaseBoardRow.Name.Sort, _ id: String?) throws -> WordsMessage? {
            guard let id, !id.isEmpty else { return nil }
            find.setUncheckedArguments([scope, sort.rawValue, id])
            return try Row.fetchOne(find).map { WordsMessage(Bilingual($0[0], $0[1])) }
        }
        division = try String.fetchOne(
            try db.cachedStatement(sql: "SELECT name FROM division WHERE code = ?"), arguments: [row.record.home.text])
        body = try words("", .body, row.body)?.chinese
        item = try words("", .item, row.item)?.chinese
        stage = try words(row.procedure, .stage, row.stage)
        deadline = try words(row.procedure, .deadline, row.deadline)
        next = try words(row.procedure, .step, row.next).flatMap { name in
            row.next.map { BoardNextStep(step: $0, name: name) }
        }
    }
}

/// A body's score (G40), in hundredths where it is no whole number.
package struct BoardScore: Codable, Hashable, Sendable {
    package let body: String
    package let division: String
    package let cases: Int
    package let publicity: Double
    package let recording: Double
    package let review: Double
    /// The three by their weights.
    package let threeSystems: Double
    /// What the rules' points take off.
    package let lost: Double
    package let score: Double
    /// What people call the body, as far as the board was told.
    package let name: String?
}

/// The same for an officer, over the cases in which he took part.
package struct BoardOfficerScore: Codable, Hashable, Sendable {
    /// The number of his certificate.
    package let officer: String
    /// What he is called, where his record is here. The board does not keep it.
    package var name: String?
    package let division: String?
    package let body: String?
    /// What people call the body, as far as the board was told.
    package let bodyName: String?
    package let cases: Int
    package let publicity: Double
    package let recording: Double
    package let review: Double
    package let threeSystems: Double
    package let lost: Double
    package let score: Double
}

/// Where more cases came up in a month than in the six before on average.
package struct BoardHotSpot: Codable, Hashable, Sendable {
    package let division: String
    package let divisionName: String?
    /// Absent where all items are counted together.
    package let item: String?
    package let itemName: String?
    /// Only where places are told apart.
    package let place: String?
    /// `YYYY-MM`.
    package let month: String
    package let cases: Int
    /// Cases a month in the six months before.
    package let meanBefore: Double
    /// How many times that; absent where there were none before.
    package let growth: Double?
}

package struct BoardDirective: Codable, Hashable, Sendable {
    package let record: String
    package let division: String
    package let divisionName: String?
    package let about: String?
    /// What the case is called, where it is here and may be told.
    package let aboutTitle: String?
    package let sort: String
    package let from: String
    /// Absent where it is no division of the tree.
    package let fromName: String?
    package let due: String?
    /// When the office first took note; absent while it has not.
    package let acknowledged: String?
    package let officer: String?
    package let answers: Int
    package let isLate: Bool
}

package struct BoardNumberGap: Codable, Hashable, Sendable {
    package let body: String
    /// What people call the body, as far as the board was told.
    package let bodyName: String?
    package let division: String
    package let series: String
    package let first: Int
    package let last: Int
    package let isExplained: Bool
}

/// Months of a division, what lies below it included.
package struct BoardTrends: Codable, Hashable, Sendable {
    package struct Series: Codable, Hashable, Sendable {
        package let indicator: String
        package let name: WordsMessage
        /// One for each month.
        package let amounts: [Int64]
    }

    package let division: String
    /// `YYYY-MM`, ascending; the last is not over yet.
    package let months: [String]
    package let series: [Series]
}

// MARK: Lists

package struct BoardCases: Codable, Hashable, Sendable {
    package var cases: [BoardCase]
    /// For the page that follows; absent on the last.
    package let next: String?

    init(cases: [BoardCase], next: String? = nil) { (self.cases, self.next) = (cases, next) }
}

package struct BoardScores: Codable, Hashable, Sendable {
    package let bodies: [BoardScore]
    package let next: String?

    init(bodies: [BoardScore], next: String? = nil) { (self.bodies, self.next) = (bodies, next) }
}

package struct BoardOfficerScores: Codable, Hashable, Sendable {
    package let officers: [BoardOfficerScore]
    package let next: String?

    init(officers: [BoardOfficerScore], next: String? = nil) { (self.officers, self.next) = (officers, next) }
}

package struct BoardHotSpots: Codable, Hashable, Sendable {
    package let spots: [BoardHotSpot]
    package let next: String?

    init(spots: [BoardHotSpot], next: String? = nil) { (self.spots, self.next) = (spots, next) }
}

package struct BoardDirectives: Codable, Hashable, Sendable {
    package let directives: [BoardDirective]
    package let next: String?

    init(directives: [BoardDirective], next: String? = nil) { (self.directives, self.next) = (directives, next) }
}

package struct BoardNumberGaps: Codable, Hashable, Sendable {
    package let gaps: [BoardNumberGap]
    package let next: String?

    init(gaps: [BoardNumberGap], next: String? = nil) { (self.gaps, self.next) = (gaps, next) }
}
