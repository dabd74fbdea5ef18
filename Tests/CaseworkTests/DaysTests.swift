import Casework
import Libraries
import Testing

@Suite struct DaysTests {
    private let calendar = DaysFixture.calendar

    @Test(arguments: [
        ("2026-02-14", true), ("2026-02-15", false), ("2026-02-23", false), ("2026-02-24", true),
        ("2026-02-28", true), ("2026-03-01", false), ("2015-09-03", false), ("2015-09-06", true),
        ("2025-10-11", true), ("2025-10-12", false),
    ])
    func `the notices of the State Council decide what is worked`(text: String, isWorked: Bool) {
        #expect(calendar.isWorkingDay(day(text)) == isWorked)
    }

    @Test func `a year without a notice counts by the week and says so`() {
        #expect(calendar.isKnown(year: 2026))
        #expect(!calendar.isKnown(year: 2027))
        #expect(calendar.isWorkingDay(day("2027-01-01")))
        #expect(!calendar.isWorkingDay(day("2027-01-02")))
    }

    @Test func `a day given as off and as worked is worked`() {
        let calendar = WorkCalendar([(day("2026-03-07"), .off), (day("2026-03-07"), .work), (day("2026-03-09"), .off)])
        #expect(calendar.isWorkingDay(day("2026-03-07")))
        #expect(!calendar.isWorkingDay(day("2026-03-09")))
    }

    @Test(arguments: [
        ("2026-10-01", "2026-10-08"), ("2026-10-08", "2026-10-08"), ("2026-10-10", "2026-10-10"),
        ("2026-10-11", "2026-10-12"), ("2023-09-29", "2023-10-07"), ("2018-12-30", "2019-01-02"),
    ])
    func `the next working day is the day itself if it is worked`(from: String, next: String) {
        #expect(calendar.nextWorkingDay(onOrAfter: day(from)) == day(next))
    }

    @Test func `working days are counted after the first day and with the last`() {
        #expect(calendar.workingDays(from: day("2026-09-30"), to: day("2026-10-10")) == 3)
        #expect(calendar.workingDays(from: day("2026-10-01"), to: day("2026-10-07")) == 0)
        #expect(calendar.workingDays(from: day("2026-10-08"), to: day("2026-10-08")) == 0)
        #expect(calendar.workingDays(from: day("2026-10-12"), to: day("2026-10-08")) == 0)
    }

    @Test func `every day of fifteen years is worked or not as its row and the week say`() {
        for number in day("2014-01-01").daysSince1970...day("2028-12-31").daysSince1970 {
            guard let day = LegalDate(daysSince1970: number) else { continue }
            #expect(calendar.isWorkingDay(day) == DaysFixture.isWorkedByHand(day), "\(day)")
        }
    }

    @Test(arguments: Span.Unit.allCases)
    func `a span below zero or beyond the last year has no end`(unit: Span.Unit) {
        #expect(calendar.adding(Span(-1, unit), to: moment("2026-03-02")) == nil)
        #expect(calendar.adding(Span(.max, unit), to: moment("2026-03-02")) == nil)
        #expect(calendar.adding(Span(9_000_000_000, unit), to: moment("2026-03-02")) == nil)
    }

    @Test func `a span of nothing ends with its own day or minute, or the next day that is worked`() {
        #expect(calendar.adding(Span(0, .minutes), to: moment("2026-03-07T10:00")) == moment("2026-03-07T10:00"))
        #expect(calendar.adding(Span(0, .workingDays), to: moment("2026-03-06T10:00")) == moment("2026-03-06T23:59"))
        #expect(calendar.adding(Span(0, .calendarDays), to: moment("2026-03-07T10:00")) == moment("2026-03-09T23:59"))
    }

    @Test(arguments: 0..<40)
    func `two spans of working days one after the other are one`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<50 {
            let start = try #require(LegalDate(daysSince1970: 16_436 + random.below(4_300)))
            let (first, second) = (1 + random.below(30), random.below(30))
            let middle = try #require(calendar.adding(Span(first, .workingDays), to: LegalMoment(start)))
            let end = calendar.adding(Span(second, .workingDays), to: middle)
            #expect(end == calendar.adding(Span(first + second, .workingDays), to: LegalMoment(start)))
            #expect(calendar.workingDays(from: start, to: middle.day) == first)
        }
    }
}
