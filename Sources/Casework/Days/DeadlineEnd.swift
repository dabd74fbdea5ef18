import Libraries

/// Where a period ends as far as it has been counted, before a last day that is not worked moves it on.
enum DeadlineEnd: Hashable {
    /// The last day of a period of working days; worked, but for one that a standstill has used up.
    case workingDay(LegalDate)
    /// The last day of a period of calendar days, months or years, worked or not.
    case calendarDay(LegalDate)
    case minute(LegalMoment)

    /// The end of a span that begins with a moment; nil for a negative count and beyond the years a date can have.
    init?(_ span: Span, from start: LegalMoment, by calendar: WorkCalendar) {
        guard span.count >= 0 else { return nil }
        switch span.unit {
        case .minutes: self.init(minute: start.adding(minutes: span.count))
        case .hours: self.init(minute: start.adding(minutes: span.count.clampedProduct(with: 60)))
        case .workingDays: self.init(workingDay: calendar.day(span.count, workingDaysAfter: start.day))
        case .calendarDays: self.init(calendarDay: start.day.adding(days: span.count))
        case .months: self.init(calendarDay: start.day.adding(months: span.count))
        case .years: self.init(calendarDay: start.day.adding(months: span.count.clampedProduct(with: 12)))
        }
    }

    /// The last minute that is still in time; nil beyond the years a date can have.
    func due(by calendar: WorkCalendar) -> LegalMoment? {
        switch self {
        case .minute(let moment): moment
        case .workingDay(let day), .calendarDay(let day):
            calendar.nextWorkingDay(onOrAfter: day).map { LegalMoment(endOf: $0) }
        }
    }

    /// Lengthened by a span. Calendar days, months and years go on from the last day as it was counted, so that 30 days
    /// and 30 days are 60; working days, minutes and hours are counted from when it was due.
    func lengthened(by span: Span, by calendar: WorkCalendar) -> DeadlineEnd? {
        switch (self, span.unit) {
        case (.calendarDay(let day), .calendarDays), (.calendarDay(let day), .months), (.calendarDay(let day), .years):
            DeadlineEnd(span, from: LegalMoment(day), by: calendar)
        default:
            due(by: calendar).flatMap { DeadlineEnd(span, from: $0, by: calendar) }
        }
    }

    /// Moved on by a standstill that begins before the end: what was left when it began is left when it ends. Of whole
    /// days the one on which it begins counts still, and the first to count again is the one after it ends.
    func moved(by standstill: Standstill, by calendar: WorkCalendar) -> DeadlineEnd? {
        switch self {
        case .minute(let moment):
            let minutes = standstill.to.minutesSince1970 - standstill.from.minutesSince1970
            return DeadlineEnd(minute: moment.adding(minutes: minutes))
        case .workingDay(let day):
            guard standstill.to.day > standstill.from.day else { return self }
            let left = calendar.workingDays(from: standstill.from.day, to: day)
            return DeadlineEnd(workingDay: calendar.day(left, workingDaysAfter: standstill.to.day))
        case .calendarDay(let day):
            let days = standstill.to.day.daysSince1970 - standstill.from.day.daysSince1970
            return DeadlineEnd(calendarDay: max(day, standstill.from.day).adding(days: days))
        }
    }

    private init?(minute: LegalMoment?) {
        guard let minute else { return nil }
        self = .minute(minute)
    }

    private init?(workingDay: LegalDate?) {
        guard let workingDay else { return nil }
        self = .workingDay(workingDay)
    }

    private init?(calendarDay: LegalDate?) {
        guard let calendarDay else { return nil }
        self = .calendarDay(calendarDay)
    }
}

/// Time that does not count.
struct Standstill: Hashable {
    var from: LegalMoment
    var to: LegalMoment
    /// What ends it has not happened: `to` is only as far as is known.
    var isOpen: Bool

    /// The standstills that these steps make from `start` on, one behind the other: what overlaps or meets is one.
    ///
    /// Of one rule a second beginning within a standstill adds nothing, and one end ends it: a clock that two reports
    /// stopped does not stand for ever because only one came back. What ends in the same minute in which it began, or
    /// before it by another's clock, is none.
    ///
    /// - Parameters:
    ///   - taken: in the order of the log, up to the step that fulfilled the deadline.
    ///   - known: up to when what is open is known to last.
    static func all(
        by pauses: [DeadlineRule.Pause], taken: some Sequence<TakenStep>, from start: LegalMoment, known: LegalMoment
    ) -> [Standstill] {
        var found: [Standstill] = []
        for pause in pauses {
            var began: LegalMoment?
            for step in taken {
                if let from = began, step.step == pause.to {
                    found.append(Standstill(from: max(from, start), to: step.at, isOpen: false))
                    began = nil
                } else if began == nil, step.step == pause.from {
                    began = step.at
                }
            }
            if let from = began.map({ max($0, start) }) {
                found.append(Standstill(from: from, to: max(from, known), isOpen: true))
            }
        }
        var merged: [Standstill] = []
        for next in found.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) })
        where next.isOpen || next.from < next.to {
            guard let last = merged.last, next.from <= last.to || last.isOpen else {
                merged.append(next)
                continue
            }
            merged[merged.count - 1].to = max(last.to, next.to)
            merged[merged.count - 1].isOpen = last.isOpen || next.isOpen
        }
        return merged
    }
}
