import Casework
import Divisions
import GRDB
import Lattice
import Ledger

/// How a row of a case lies in `case_row`.
extension CaseBoardRow {
    static let columns = [
        "key", "kind", "division", "procedure", "stage", "standing", "body", "item", "place", "opened", "filed",
        "decided", "closed", "month", "fine_fen", "due", "deadline", "warning", "turns", "calendar", "flags",
        "publicity", "publicity_due", "recording", "recording_due", "review", "party", "officers", "title",
        "next", "field",
    ]

    var arguments: StatementArguments {
        [
            record.key.data, record.kind, record.home.text, procedure, stage, standing.rawValue, body, item, place,
            opened, filed, decided, closed, month, fineFen, due, deadline, warning, turns, calendar, flags.rawValue,
            publicity.rawValue, publicityDue, recording.rawValue, recordingDue, review.rawValue,
            party.map { BoardBytes.data($0) }, officers.joined(separator: " "), title, next, field,
        ]
    }

    /// Reads `columns`, in their order, from `first` on; findings, numbers, names and work stand elsewhere.
    init(_ row: Row, from first: Int = 0) throws {
        let record = try RecordID(boardKey: row[first], kind: row[first + 1], division: row[first + 2])
        self.init(record: record, procedure: row[first + 3], stage: row[first + 4], opened: row[first + 9])
        standing = Standing(rawValue: row[first + 5]) ?? .open
        (body, item, place) = (row[first + 6], row[first + 7], row[first + 8])
        (filed, decided, closed) = (row[first + 10], row[first + 11], row[first + 12])
        (fineFen, due, deadline, warning) = (row[first + 14], row[first + 15], row[first + 16], row[first + 17])
        (turns, calendar, flags) = (row[first + 18], row[first + 19], SupervisionFlags(rawValue: row[first + 20]))
        publicity = SystemState(rawValue: row[first + 21]) ?? .none
        publicityDue = row[first + 22]
        recording = SystemState(rawValue: row[first + 23]) ?? .none
        recordingDue = row[first + 24]
        review = SystemState(rawValue: row[first + 25]) ?? .none
        party = BoardBytes.bytes(row[first + 26])
        let names: String = row[first + 27]
        officers = names.split(separator: " ").map(String.init)
        (title, next, field) = (row[first + 28], row[first + 29], row[first + 30])
    }
}

extension RecordID {
    /// A case by its columns.
    init(boardKey bytes: BoardBytes.Data, kind: String, division: String) throws {
        guard let home = DivisionCode(division), let key = RecordKey(bytes: Array(bytes)),
            let kind = CaseworkKinds.all[kind]
        else { throw BoardFailure("the board's file holds a case without a name: delete it and start the node again") }
        self.init(home: home, flow: kind.flow, kind: kind.name, key: key)
    }
}
