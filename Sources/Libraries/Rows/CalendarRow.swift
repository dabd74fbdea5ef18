package import Divisions

/// A row of a holiday file: a weekday without work, or a day of a weekend with work.
package struct CalendarRow: ImportedRow {
    package enum DayKind: String, RowChoice {
        case off
        case work
    }

    package var date: LegalDate
    package var name: String
    package var kind: DayKind

    package static let columns: [TableColumn] = [.required("date"), .required("name"), .required("kind")]

    package init(date: LegalDate, name: String, kind: DayKind) {
        (self.date, self.name, self.kind) = (date, name, kind)
    }

    package init(reading row: TableRow, after previous: CalendarRow?) throws(Reason) {
        date = try row.date("date")
        name = try row.text("name")
        kind = try row.choice("kind")
    }

    package var fields: [String] { [date.description, name, kind.rawValue] }

    package var naturalKey: String { date.description }

    /// The days of one year are published together and mean something only together.
    package func belongs(with previous: CalendarRow) -> Bool { date.year == previous.date.year }

    package func drafts(home: DivisionCode) -> [RecordDraft] {
        [
            RecordDraft(
                LibraryKinds.calendarDay, home: home, naturalKey: naturalKey,
                [
                    DraftField("date", date: date), DraftField("name", text: name),
                    DraftField("day-kind", text: kind.rawValue),
                ])
        ]
    }
}
