import Casework
import Divisions
import Foundation
import GRDB
import Ledger

extension Board {
    /// By the index on items of what has not ended: a board may have many cases, and few of them are asked for.
    private static let openCasesOfItems = """
        FROM case_row INDEXED BY case_open_by_item
        WHERE item IN (SELECT value FROM json_each(?1)) AND standing < \(CaseBoardRow.Standing.ended.rawValue)
            AND division IN (SELECT code FROM above WHERE ancestor = ?2) AND id > ?3
        ORDER BY id LIMIT ?4
        """

    /// Cases of some items at or below a division that have not ended, in the order in which the board first heard of
    /// them, each with its place.
    func openCases(
        ofItems items: [String], below division: DivisionCode, after: Int64, limit: Int
    ) throws(BoardFailure) -> [(place: Int64, row: CaseBoardRow)] {
        guard !items.isEmpty else { return [] }
        return try reading { db in
            let list = CaseBoardRow.columns.joined(separator: ", ")
            let rows = try Row.fetchAll(
                db, sql: "SELECT id, \(list) \(Self.openCasesOfItems)",
                arguments: [
                    String(decoding: try JSONEncoder().encode(items), as: UTF8.self), division.text, after,
                    min(max(1, limit), Self.limitMax),
                ])
            return try rows.map { (place: $0[0], row: try CaseBoardRow($0, from: 1)) }
        }
    }
}
