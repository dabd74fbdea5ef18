import Casework
import Libraries
import Testing

/// Dates that were worked out by hand, with a calendar and the holiday notices on the table.
@Suite struct DeadlineTableTests {
    struct Example: CustomTestStringConvertible, Sendable {
        let article: String
        let length: Span
        let start: String
        let due: String
        /// How the day was counted.
        let reasoning: String

        init(_ article: String, _ length: Span, from start: String, until due: String, _ reasoning: String) {
            (self.article, self.length, self.start) = (article, length, start)
            (self.due, self.reasoning) = (due, reasoning)
        }

        var testDescription: String { "\(article): \(length.words.english) from \(start) until \(due)" }
    }

    private static func working(_ count: Int) -> Span { Span(count, .workingDays) }
    private static func days(_ count: Int) -> Span { Span(count, .calendarDays) }

    static let workingDays: [Example] = [
        Example("行政处罚法第64条", working(5), from: "2015-02-13", until: "2015-02-26", "15 made up, 16, 17, 25, 26"),
        Example("行政处罚法第56条", working(7), from: "2015-09-25", until: "2015-10-12", "28-30, 8, 9, 10 made up, 12"),
        Example("行政处罚法第61条", working(7), from: "2016-02-02", until: "2016-02-16", "3-5, 6 and 14 made up, 15, 16"),
        Example("行政处罚法第64条第2项", working(7), from: "2016-09-29", until: "2016-10-13", "30, 8 and 9 made up, 10-13"),
        Example("行政处罚法第71条", working(2), from: "2017-01-26", until: "2017-02-04", "3, Saturday 4 made up"),
        Example("公示办法第24条", working(3), from: "2017-09-29", until: "2017-10-10", "30 made up, 9, 10"),
        Example("行政处罚法第56条", working(7), from: "2018-02-09", until: "2018-02-24", "11 made up, 12-14, 22, 23, 24"),
        Example("行政处罚法第64条", working(5), from: "2018-12-27", until: "2019-01-04", "28, 29 made up, 2, 3, 4"),
        Example("行政处罚法第61条", working(7), from: "2019-04-26", until: "2019-05-08", "28 made up, 29, 30, 5 made up, 6-8"),
        Example("环境行政处罚办法第22条", working(7), from: "2019-09-26", until: "2019-10-11", "27, 29 made up, 30, 8-11"),
        Example("行政处罚法第56条", working(7), from: "2020-01-17", until: "2020-02-04", "19 made up, 20-23, 3, 4"),
        Example("行政处罚法第64条", working(5), from: "2021-02-05", until: "2021-02-18", "7 made up, 8-10, 18"),
        Example("法制审核办法第18条", working(5), from: "2021-09-17", until: "2021-09-26", "18 made up, 22-24, 26 made up"),
        Example("行政处罚法第61条", working(7), from: "2022-01-28", until: "2022-02-11", "29 and 30 made up, 7-11"),
        Example("公示办法第21条", working(7), from: "2023-01-19", until: "2023-02-02", "20, 28 and 29 made up, 30, 31, 1, 2"),
        Example(
            "公示办法第21条", working(20), from: "2023-04-20", until: "2023-05-19",
            "21, 23 made up, 24-28 make 7; 4, 5, 6 made up 10; 8-12 15; 15-19 20"),
        Example("公示办法第24条", working(3), from: "2023-09-27", until: "2023-10-08", "28, 7 and 8 made up"),
        Example("全过程记录办法第23条", working(1), from: "2024-02-09", until: "2024-02-18", "10-17 off, Sunday 18 made up"),
        Example("行政处罚法第64条", working(5), from: "2024-04-03", until: "2024-04-11", "7 made up, 8-11"),
        Example("行政强制法第31、69条", working(3), from: "2024-09-13", until: "2024-09-19", "14 made up, 18, 19"),
        Example("行政处罚法第44、45条", working(5), from: "2026-06-17", until: "2026-06-25", "18, 22-25"),
        Example(
            "行政处罚法第85条", working(5), from: "2025-10-04", until: "2025-10-14", "begun on a holiday: 9, 10, 11, 13, 14"),
        Example("行政强制法第54、69条", working(10), from: "2026-04-24", until: "2026-05-12", "27-30, 6-8, 9 made up, 11, 12"),
        Example("公示办法第21条", working(7), from: "2026-09-18", until: "2026-09-29", "20 made up, 21-24, 28, 29"),
        Example("行政处罚法第64条", working(5), from: "2026-12-30", until: "2027-01-06", "no notice for 2027: 31, 1, 4, 5, 6"),
    ]

    static let calendarDays: [Example] = [
        Example("行政处罚法第67条", days(15), from: "2015-09-18", until: "2015-10-08", "3 October is off until 7"),
        Example(
            "行政处罚法第67条", days(15), from: "2016-01-25", until: "2016-02-14", "9 February is off; Sunday 14 is made up"),
        Example("行政处罚法第67条", days(15), from: "2017-01-20", until: "2017-02-04", "a Saturday that is made up"),
        Example("行政处罚法第67条", days(15), from: "2018-02-05", until: "2018-02-22", "20 February is off until 21"),
        Example("行政处罚法第67条", days(15), from: "2026-02-05", until: "2026-02-24", "20 February is off until 23"),
        Example("行政处罚法第67条", days(15), from: "2026-03-02", until: "2026-03-17", "an ordinary Tuesday"),
        Example(
            "行政处罚法第60条", days(90), from: "2022-07-04", until: "2022-10-08",
            "27 + 31 + 30 + 2 is 2 October, off; 8 made up"),
        Example("行政处罚法第60条", days(90), from: "2022-12-01", until: "2023-03-01", "30 + 31 + 28 + 1, a Wednesday"),
        Example("行政处罚法第60条", days(90), from: "2023-12-01", until: "2024-02-29", "30 + 31 + 29, a leap day"),
        Example("行政处罚法第60条", days(90), from: "2025-11-03", until: "2026-02-02", "27 + 31 + 31 + 1 is a Sunday"),
        Example("行政强制法第25条", days(30), from: "2021-04-01", until: "2021-05-06", "1 May is off until 5"),
        Example(
            "行政强制法第32条", days(30), from: "2025-12-02", until: "2026-01-04", "1 January is off; Sunday 4 is made up"),
        Example("民事诉讼法第95条", days(30), from: "2024-08-30", until: "2024-09-29", "a Sunday that is made up"),
        Example(
            "行政复议法第20条", days(60), from: "2025-08-05", until: "2025-10-09", "26 + 30 + 4 is 4 October, off until 8"),
        Example("国务院令第310号第5条", days(3), from: "2024-09-11", until: "2024-09-14", "a Saturday that is made up"),
        Example("国务院令第310号第8条", days(3), from: "2025-01-25", until: "2025-02-05", "28 January is off until 4 February"),
    ]

    static let monthsAndYears: [Example] = [
        Example("行政诉讼法第46条", Span(6, .months), from: "2024-08-31", until: "2025-02-28", "no 31 February; a Friday"),
        Example(
            "行政诉讼法第46条", Span(6, .months), from: "2023-08-31", until: "2024-02-29", "the last day of a leap February"),
        Example("行政诉讼法第46条", Span(6, .months), from: "2025-07-31", until: "2026-02-02", "31 January is a Saturday"),
        Example("行政诉讼法第46条", Span(6, .months), from: "2025-04-01", until: "2025-10-09", "1 October is off until 8"),
        Example("行政强制法第53条", Span(3, .months), from: "2025-11-15", until: "2026-02-24", "15 February is off until 23"),
        Example("行政强制法第53条", Span(3, .months), from: "2026-01-12", until: "2026-04-13", "12 April is a Sunday"),
        Example("行政处罚法第36条", Span(2, .years), from: "2022-10-05", until: "2024-10-08", "5 October is off until 7"),
        Example(
            "行政处罚法第36条", Span(2, .years), from: "2020-02-29", until: "2022-02-28", "no 29 February in 2022; a Monday"),
        Example(
            "行政处罚法第36条", Span(5, .years), from: "2021-01-01", until: "2026-01-04", "off until 3; Sunday 4 is made up"),
    ]

    static let minutes: [Example] = [
        Example(
            "国务院令第310号第5条", Span(24, .hours), from: "2025-01-27T16:30", until: "2025-01-28T16:30",
            "the new year's holiday does not count"),
        Example(
            "行政强制法第19条", Span(24, .hours), from: "2026-02-14T22:10", until: "2026-02-15T22:10",
            "the new year's holiday does not count"),
        Example("二十分钟到场", Span(20, .minutes), from: "2026-02-14T23:50", until: "2026-02-15T00:10", "over midnight"),
        Example("一小时反馈", Span(1, .hours), from: "2025-12-31T23:30", until: "2026-01-01T00:30", "over the year's end"),
    ]

    @Test(arguments: workingDays + calendarDays + monthsAndYears)
    func `a period ends with the last minute of the day worked out by hand`(example: Example) {
        let end = DaysFixture.calendar.adding(example.length, to: moment("\(example.start)T15:20"))
        #expect(end == moment("\(example.due)T23:59"), "\(example.reasoning)")
    }

    @Test(arguments: minutes)
    func `minutes and hours run through nights and holidays`(example: Example) {
        let end = DaysFixture.calendar.adding(example.length, to: moment(example.start))
        #expect(end == moment(example.due), "\(example.reasoning)")
    }

    @Test(arguments: workingDays + calendarDays + monthsAndYears)
    func `what is done on the last day is in time and a minute later it is late`(example: Example) {
        let rule = DeadlineRule(
            id: "period", name: Bilingual("期限", "period"), start: .step("begin", outcome: nil, again: false),
            length: example.length, ends: ["end"])
        let begin = TakenStep(step: "begin", outcome: "done", at: moment("\(example.start)T15:20"))
        let due = moment("\(example.due)T23:59")
        func phase(_ end: LegalMoment?, at now: LegalMoment) -> DeadlineState.Phase {
            let taken = [begin] + (end.map { [TakenStep(step: "end", outcome: "done", at: $0)] } ?? [])
            return DaysFixture.calendar.state(of: rule, taken: taken, fact: { _ in nil }, at: now).phase
        }
        let after = moment("\(example.due)T23:59").milliseconds + 60_000
        guard let late = LegalMoment(milliseconds: after) else { preconditionFailure("a minute later is a moment") }
        #expect(phase(due, at: late) == .fulfilled(at: due, due: due))
        #expect(phase(late, at: late) == .late(at: late, due: due))
        #expect(phase(nil, at: due) == .running(due: due))
        #expect(phase(nil, at: late) == .missed(due: due))
    }
}
