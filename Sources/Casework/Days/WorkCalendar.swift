package import Libraries

/// Which days are worked: Monday to Friday, but for what the State Council's yearly notices say.
///
/// A year without a notice counts by the week alone, and says so: `isKnown(year:)`.
package struct WorkCalendar: Hashable, Sendable {
    private var off: Set<LegalDate> = []
    private var work: Set<LegalDate> = []
    private var years: Set<Int> = []

    package init(_ days: [(date: LegalDate, kind: CalendarRow.DayKind)]) {
        for day in days {
            switch day.kind {
            case .off: off.insert(day.date)
            case .work: work.insert(day.date)
            }
            years.insert(day.date.year)
        }
    }

    /// Whether a notice for the year is known.
    package func isKnown(year: Int) -> Bool { years.contains(year) }

    package func isWorkingDay(_ day: LegalDate) -> Bool {
        if work.contains(day) { return true }
        return day.weekday <= 5 && !off.contains(day)
    }
}
