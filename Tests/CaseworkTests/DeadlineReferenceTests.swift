import Casework
import Libraries
import Testing

/// Counting on one's fingers, against the arithmetic.
@Suite struct DeadlineReferenceTests {
    /// The days after the first, one by one.
    private func next(_ day: LegalDate) -> LegalDate { day.adding(days: 1) ?? day }

    private func moved(_ day: LegalDate) -> LegalDate {
        var day = day
        while !DaysFixture.isWorkedByHand(day) { day = next(day) }
        return day
    }

    /// Whether a day lies so many months after another, by its number, or as the last of a month that is too short.
    private func ends(_ months: Int, after start: LegalDate, on day: LegalDate) -> Bool {
        (day.year - start.year) * 12 + day.month - start.month == months
            && (day.day == start.day || (day.day < start.day && next(day).month != day.month))
    }

    private func lastDay(_ span: Span, from start: LegalDate) -> LegalDate {
        var (day, count) = (start, 0)
        while true {
            let isOver =
                switch span.unit {
                case .workingDays, .calendarDays: count == span.count
                case .months: ends(span.count, after: start, on: day)
                case .years: ends(span.count * 12, after: start, on: day)
                case .minutes, .hours: true
                }
            if isOver { return moved(day) }
            day = next(day)
            if span.unit != .workingDays || DaysFixture.isWorkedByHand(day) { count += 1 }
        }
    }

    @Test(arguments: 0..<50)
    func `a span ends on the day that a walk from day to day ends on`(seed: UInt64) throws {
        var random = SplitMix64(seed: 1_000 + seed)
        let units: [Span.Unit] = [.workingDays, .calendarDays, .months, .years]
        for _ in 0..<60 {
            let start = try #require(LegalDate(daysSince1970: 16_071 + random.below(5_400)))
            let unit = units[random.below(4)]
            let span = Span(random.below(unit == .months ? 14 : unit == .years ? 4 : 130), unit)
            let at = try #require(LegalMoment(day: start, minute: random.below(1_440)))
            let due = try #require(DaysFixture.calendar.adding(span, to: at))
            #expect(due.day == lastDay(span, from: start), "\(span.words) from \(start)")
            #expect(due.minute == 1_439)
        }
    }

    /// The last day of a period that stands still now and then: a walk that counts a day only outside of every
    /// standstill, the first day of which still counts.
    private func lastDay(
        _ span: Span, from start: LegalDate, standing: [(from: LegalDate, to: LegalDate)]
    ) -> LegalDate {
        var (day, left) = (start, span.count)
        while true {
            while left > 0 {
                day = next(day)
                let stands = standing.contains { $0.from < day && day <= $0.to }
                if !stands, span.unit != .workingDays || DaysFixture.isWorkedByHand(day) { left -= 1 }
            }
            // Used up, and it stands still again before the day it moved on to is over.
            guard
                let again = standing.filter({ day <= $0.from && $0.from <= moved(day) && $0.to > day }).map(\.to).max()
            else { return moved(day) }
            day = again
        }
    }

    @Test(arguments: 0..<50)
    func `a period that stands still ends where the walk ends`(seed: UInt64) throws {
        var random = SplitMix64(seed: 2_000 + seed)
        for _ in 0..<60 {
            let start = try #require(LegalDate(daysSince1970: 16_436 + random.below(4_300)))
            let span = Span(1 + random.below(60), random.below(2) == 0 ? .workingDays : .calendarDays)
            var steps: [TakenStep] = [TakenStep(step: "begin", outcome: "done", at: LegalMoment(start))]
            var standing: [(from: LegalDate, to: LegalDate)] = []
            var cursor = start.daysSince1970 - random.below(10)
            for number in 0..<random.below(4) {
                let from = try #require(LegalDate(daysSince1970: cursor + random.below(25)))
                let to = try #require(from.adding(days: 1 + random.below(20)))
                standing.append((max(from, start), max(to, start)))
                steps.append(TakenStep(step: "stop-\(number)", outcome: "done", at: LegalMoment(from)))
                steps.append(TakenStep(step: "go-\(number)", outcome: "done", at: LegalMoment(to)))
                cursor = from.daysSince1970 + random.below(40)
            }
            let rule = DeadlineRule(
                id: "period", name: Bilingual("期限", "period"), start: .step("begin", outcome: nil, again: false),
                length: span, pauses: (0..<4).map { DeadlineRule.Pause(from: "stop-\($0)", to: "go-\($0)") })
            let state = DaysFixture.calendar.state(of: rule, taken: steps, fact: { _ in nil }, at: LegalMoment(start))
            #expect(
                state.due?.day == lastDay(span, from: start, standing: merged(standing)),
                "\(span.words.english) from \(start), standing \(standing)")
        }
    }

    /// Standstills that overlap or meet as one, as a person would mark them in a calendar.
    private func merged(_ standing: [(from: LegalDate, to: LegalDate)]) -> [(from: LegalDate, to: LegalDate)] {
        var marked: Set<LegalDate> = []
        for range in standing where range.from < range.to {
            for number in range.from.daysSince1970 + 1...range.to.daysSince1970 {
                LegalDate(daysSince1970: number).map { _ = marked.insert($0) }
            }
        }
        return marked.filter { !marked.contains($0.adding(days: -1) ?? $0) }.sorted().map { first in
            var last = first
            while marked.contains(next(last)) { last = next(last) }
            return (first.adding(days: -1) ?? first, last)
        }
    }

    @Test(arguments: 0..<20)
    func `a standstill never brings an end forward, nor does a longer span`(seed: UInt64) throws {
        var random = SplitMix64(seed: 3_000 + seed)
        for _ in 0..<60 {
            let start = try #require(LegalDate(daysSince1970: 16_436 + random.below(4_300)))
            let unit = Span.Unit.allCases[random.below(6)]
            let count = random.below(40)
            let from = LegalMoment(start)
            let short = try #require(DaysFixture.calendar.adding(Span(count, unit), to: from))
            let long = try #require(DaysFixture.calendar.adding(Span(count + 1, unit), to: from))
            #expect(short <= long)
            let rule = DeadlineRule(
                id: "period", name: Bilingual("期限", "period"), start: .step("begin", outcome: nil, again: false),
                length: Span(count, unit), pauses: [DeadlineRule.Pause(from: "stop", to: "go")])
            let stop = try #require(LegalMoment(minutesSince1970: from.minutesSince1970 + random.below(50_000)))
            let go = try #require(LegalMoment(minutesSince1970: stop.minutesSince1970 + random.below(30_000)))
            let steps = [("begin", from), ("stop", stop), ("go", go)].map {
                TakenStep(step: $0.0, outcome: "done", at: $0.1)
            }
            let due = DaysFixture.calendar.state(of: rule, taken: steps, fact: { _ in nil }, at: from).due
            #expect(try #require(due) >= short)
        }
    }
}
