import Libraries
import Testing

struct LegalDateTests {
    @Test func `day by day over two centuries agrees with counting on a calendar`() throws {
        var (year, month, day) = (1900, 1, 1)
        // 1 January 1900 was a Monday, 25,567 days before the first day of 1970.
        for offset in 0..<73_414 {
            let date = try #require(LegalDate(daysSince1970: offset - 25_567))
            guard date == LegalDate(year: year, month: month, day: day), date.daysSince1970 == offset - 25_567,
                date.weekday == offset % 7 + 1, LegalDate(date.description) == date
            else {
                Issue.record("\(date) is wrong: counting gives \(year)-\(month)-\(day)")
                return
            }
            (year, month, day) = next(year, month, day)
        }
    }

    /// The calendar as a child learns it.
    private func next(_ year: Int, _ month: Int, _ day: Int) -> (Int, Int, Int) {
        let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        if day < lengths[month - 1] { return (year, month, day + 1) }
        return month < 12 ? (year, month + 1, 1) : (year + 1, 1, 1)
    }

    @Test(arguments: ["2023-02-29", "2100-02-29", "2024-13-01", "2024-00-01", "2024-04-31", "0999-01-01"])
    func `a day that does not exist is no date`(text: String) {
        #expect(LegalDate(text) == nil)
    }

    @Test(arguments: [
        "", "2024-1-01", "2024-01-1", "2024/01/01", "+024-01-01", "２０２４-01-01", "2024-01-01 ", "2024-01-011",
    ])
    func `only the ISO form is read`(text: String) {
        #expect(LegalDate(text) == nil)
    }

    @Test func `the first and last day bound all arithmetic`() throws {
        let first = try #require(LegalDate("1000-01-01"))
        let last = try #require(LegalDate("9999-12-31"))
        #expect(first.adding(days: -1) == nil)
        #expect(last.adding(days: 1) == nil)
        #expect(first.adding(days: .max) == nil)
        #expect(last.adding(days: .min) == nil)
        #expect(first.adding(days: last.daysSince1970 - first.daysSince1970) == last)
        #expect(first < last)
    }

    @Test func `a date is written as documents write it`() throws {
        #expect(try #require(LegalDate("2024-03-01")).chineseText == "2024年3月1日")
    }
}
