import Casework
import Libraries

/// Holidays and make-up work days of 2015 to 2026 as the State Council's notices have them.
enum DaysFixture {
    /// For each year the days off, then the days worked at weekends, months and days, ranges with three dots.
    private static let notices: [(year: Int, off: String, worked: String)] = [
        (
            2015, "01-01...01-03 02-18...02-24 04-05...04-06 05-01 06-20 06-22 09-03...09-05 09-27 10-01...10-07",
            "01-04 02-15 02-28 09-06 10-10"
        ),
        (
            2016, "01-01 02-07...02-13 04-04 05-01...05-02 06-09...06-11 09-15...09-17 10-01...10-07",
            "02-06 02-14 06-12 09-18 10-08...10-09"
        ),
        (
            2017, "01-01...01-02 01-27...02-02 04-02...04-04 05-01 05-28...05-30 10-01...10-08",
            "01-22 02-04 04-01 05-27 09-30"
        ),
        (
            2018, "01-01 02-15...02-21 04-05...04-07 04-29...05-01 06-18 09-24 10-01...10-07 12-30...12-31",
            "02-11 02-24 04-08 04-28 09-29...09-30 12-29"
        ),
        (
            2019, "01-01 02-04...02-10 04-05 05-01...05-04 06-07 09-13 10-01...10-07",
            "02-02...02-03 04-28 05-05 09-29 10-12"
        ),
        (
            2020, "01-01 01-24...02-02 04-04...04-06 05-01...05-05 06-25...06-27 10-01...10-08",
            "01-19 02-03 04-26 05-09 06-28 09-27 10-10"
        ),
        (
            2021, "01-01...01-03 02-11...02-17 04-03...04-05 05-01...05-05 06-12...06-14 09-19...09-21 10-01...10-07",
            "02-07 02-20 04-25 05-08 09-18 09-26 10-09"
        ),
        (
            2022,
            "01-01...01-03 01-31...02-06 04-03...04-05 04-30...05-04 06-03...06-05 09-10...09-12 10-01...10-07 12-31",
            "01-29...01-30 04-02 04-24 05-07 10-08...10-09"
        ),
        (
            2023, "01-01...01-02 01-21...01-27 04-05 04-29...05-03 06-22...06-24 09-29...10-06",
            "01-28...01-29 04-23 05-06 06-25 10-07...10-08"
        ),
        (
            2024, "01-01 02-10...02-17 04-04...04-06 05-01...05-05 06-10 09-15...09-17 10-01...10-07",
            "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"
        ),
        (
            2025, "01-01 01-28...02-04 04-04...04-06 05-01...05-05 05-31...06-02 10-01...10-08",
            "01-26 02-08 04-27 09-28 10-11"
        ),
        (
            2026, "01-01...01-03 02-15...02-23 04-04...04-06 05-01...05-05 06-19...06-21 09-25...09-27 10-01...10-07",
            "01-04 02-14 02-28 05-09 09-20 10-10"
        ),
    ]

    static let days: [(date: LegalDate, kind: CalendarRow.DayKind)] = notices.flatMap { notice in
        expand(notice.off, notice.year).map { ($0, .off) } + expand(notice.worked, notice.year).map { ($0, .work) }
    }

    static let calendar = WorkCalendar(days)

    /// Nothing but the rows and the week, looked up one by one.
    static func isWorkedByHand(_ day: LegalDate) -> Bool {
        if worked.contains(day) { return true }
        return !off.contains(day) && day.weekday < 6
    }

    private static let worked = Set(days.filter { $0.kind == .work }.map(\.date))
    private static let off = Set(days.filter { $0.kind == .off }.map(\.date))

    private static func expand(_ text: String, _ year: Int) -> [LegalDate] {
        text.split(separator: " ").flatMap { part -> [LegalDate] in
            let ends = part.split(separator: ".").map { day("\(year)-\($0)") }
            return (ends[0].daysSince1970...ends[ends.count - 1].daysSince1970).compactMap {
                LegalDate(daysSince1970: $0)
            }
        }
    }
}

/// A day that the test writes itself.
func day(_ text: String) -> LegalDate {
    guard let day = LegalDate(text) else { preconditionFailure("\(text) is no day") }
    return day
}

/// A moment that the test writes itself: a day, or a day and a minute.
func moment(_ text: String) -> LegalMoment {
    guard let moment = text.contains("T") ? LegalMoment(text) : LegalDate(text).map({ LegalMoment($0) }) else {
        preconditionFailure("\(text) is no moment")
    }
    return moment
}
