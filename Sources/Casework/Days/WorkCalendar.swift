package import Libraries

/// Which days are worked: Monday to Friday, but for what the State Council's yearly notices say.
///
/// A year without a notice counts by the week alone, and says so: `isKnown(year:)`. Spans are counted as
/// 行政处罚法第85条 and 民事诉讼法第85条 have it: the day on which something begins is not counted.
package struct WorkCalendar: Hashable, Sendable {
    /// Saturdays and Sundays that are worked, ascending, as days since 1970.
    private var madeUp: [Int]
    /// Mondays to Fridays that are not worked, ascending, as days since 1970.
    private var free: [Int]
    private var years: Set<Int>

    /// A day that is given both as off and as worked is worked.
    package init(_ days: [(date: LegalDate, kind: CalendarRow.DayKind)]) {
        let worked = Set(days.lazy.filter { $0.kind == .work }.map(\.date))
        let off = Set(days.lazy.filter { $0.kind == .off }.map(\.date)).subtracting(worked)
        madeUp = worked.filter { $0.weekday > 5 }.map(\.daysSince1970).sorted()
        free = off.filter { $0.weekday <= 5 }.map(\.daysSince1970).sorted()
        years = Set(days.lazy.map(\.date.year))
    }

    /// Whether a notice for the year is known.
    package func isKnown(year: Int) -> Bool { years.contains(year) }

    package func isWorkingDay(_ day: LegalDate) -> Bool {
        let number = day.daysSince1970
        return rank(number) > rank(number - 1)
    }

    /// The day itself if it is worked, or else the first worked day behind it; nil beyond the years a date can have.
    package func nextWorkingDay(onOrAfter day: LegalDate) -> LegalDate? {
        LegalDate(daysSince1970: first(ofRank: rank(day.daysSince1970 - 1) + 1, from: day.daysSince1970))
    }

    /// How many days are worked after `start`, up to `end` and with it; 0 where `end` does not lie behind `start`.
    package func workingDays(from start: LegalDate, to end: LegalDate) -> Int {
        max(0, rank(end.daysSince1970) - rank(start.daysSince1970))
    }

    /// The last moment of a span that begins with `moment`.
    ///
    /// Minutes and hours are counted from the moment itself, through nights and weekends. All else ends with the last
    /// minute of a day, and that day is a working day: a period of calendar days, months or years whose last day is not
    /// worked ends with the next one that is. Months and years end on the day of the same number, or on the last of a
    /// month that has no such day.
    ///
    /// - Returns: nil for a negative count, and beyond the years a date can have.
    package func adding(_ span: Span, to moment: LegalMoment) -> LegalMoment? {
        DeadlineEnd(span, from: moment, by: self)?.due(by: self)
    }

    /// From when on it is less than a span until `due`, for warnings: the first minute of a day where days are counted.
    func subtracting(_ span: Span, from due: LegalMoment) -> LegalMoment? {
        guard span.count >= 0 else { return nil }
        switch span.unit {
        case .minutes: return due.adding(minutes: -span.count)
        case .hours: return due.adding(minutes: -span.count.clampedProduct(with: 60))
        case .calendarDays: return due.day.adding(days: -span.count).map { LegalMoment($0) }
        case .months: return due.day.adding(months: -span.count).map { LegalMoment($0) }
        case .years: return due.day.adding(months: -span.count.clampedProduct(with: 12)).map { LegalMoment($0) }
        case .workingDays:
            let number = due.day.daysSince1970
            let rank = rank(number) - span.count
            let earliest = number - 7 - span.count.clampedProduct(with: 2) - free.count
            return LegalDate(daysSince1970: first(ofRank: rank, from: earliest)).map { LegalMoment($0) }
        }
    }

    /// The day on which so many days have been worked after `day`; with 0 the day itself.
    func day(_ count: Int, workingDaysAfter day: LegalDate) -> LegalDate? {
        guard count > 0 else { return count < 0 ? nil : day }
        let number = day.daysSince1970
        let (rank, overflow) = rank(number).addingReportingOverflow(count)
        guard !overflow, count <= Self.workingDaysMax else { return nil }
        return LegalDate(daysSince1970: first(ofRank: rank, from: number))
    }

    /// More working days than lie between the first and the last date there is.
    private static let workingDaysMax = 3_300_000

    /// How many days are worked up to this one and with it, from an origin of no meaning: only differences count.
    private func rank(_ day: Int) -> Int {
        // 1969-12-29, three days before the origin of days, was a Monday.
        let (weeks, weekday) = (day + 3).dividedDown(by: 7)
        return weeks * 5 + min(weekday + 1, 5) + madeUp.count(upTo: day) - free.count(upTo: day)
    }

    /// The first day that has at least this rank, which is a working day; found by halving, since ranks never fall.
    private func first(ofRank rank: Int, from earliest: Int) -> Int {
        var low = earliest
        var step = 8
        while self.rank(low + step) < rank { (low, step) = (low + step, step * 2) }
        var high = low + step
        while low < high {
            let middle = low + (high - low) / 2
            if self.rank(middle) < rank { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension [Int] {
    /// How many elements of an ascending array are at most `value`.
    fileprivate func count(upTo value: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Int {
    /// Quotient rounded down and the rest, which is never negative.
    func dividedDown(by divisor: Int) -> (quotient: Int, rest: Int) {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }

    /// The product, or the largest number there is where it would be larger; both factors are positive.
    func clampedProduct(with factor: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max / 4 : Swift.min(product, .max / 4)
    }
}

extension LegalDate {
    /// The day of the same number so many months later, or the last of a month that has no such day; nil beyond the
    /// years a date can have.
    func adding(months: Int) -> LegalDate? {
        guard (-120_000...120_000).contains(months) else { return nil }
        let (year, month) = (self.year * 12 + self.month - 1 + months).dividedDown(by: 12)
        for day in stride(from: day, through: 28, by: -1) {
            if let date = LegalDate(year: year, month: month + 1, day: day) { return date }
        }
        return LegalDate(year: year, month: month + 1, day: day)
    }
}

extension LegalMoment {
    /// Nil beyond the years a moment can have.
    func adding(minutes: Int) -> LegalMoment? {
        let (sum, overflow) = minutesSince1970.addingReportingOverflow(minutes)
        return overflow ? nil : LegalMoment(minutesSince1970: sum)
    }

    /// The last minute of a day.
    init(endOf day: LegalDate) {
        guard let moment = LegalMoment(day: day, minute: 1_439) else { preconditionFailure("a day has 1,440 minutes") }
        self = moment
    }
}
