import Casework
import Libraries
import Testing

/// Deadlines over whole stories: standstills, extensions, restarts, ends and warnings.
@Suite struct DeadlineStoryTests {
    private func taken(_ steps: [(String, String)]) -> [TakenStep] {
        steps.map { step, at in
            let parts = step.split(separator: ":").map(String.init)
            return TakenStep(step: parts[0], outcome: parts.count > 1 ? parts[1] : "done", at: moment(at))
        }
    }

    private func state(
        _ rule: DeadlineRule, _ steps: [(String, String)], at now: String, fact: String? = nil
    ) -> DeadlineState {
        DaysFixture.calendar.state(
            of: rule, taken: taken(steps), fact: { $0 == "violated-on" ? fact.map(moment) : nil }, at: moment(now))
    }

    /// 行政强制法第25条: 30 days, once 30 more, tests and appraisals not counted.
    private let seizure = DeadlineRule(
        id: "seizure", name: Bilingual("查封扣押期限", "seizure"), articles: ["行政强制法第25条"],
        start: .step("seize", outcome: nil, again: false), length: Span(30, .calendarDays),
        ends: ["release", "decide"],
        pauses: [DeadlineRule.Pause(from: "test", to: "tested")],
        extensions: [DeadlineRule.Extension(step: "extend", outcome: "approved", by: Span(30, .calendarDays))])

    /// 行政处罚法第60条 with what its special rules leave out.
    private let decision = DeadlineRule(
        id: "decision", name: Bilingual("办案期限", "decision"), articles: ["行政处罚法第60条"],
        start: .step("file", outcome: "approved", again: false), length: Span(90, .calendarDays), ends: ["decide"],
        pauses: [
            DeadlineRule.Pause(from: "test", to: "tested"), DeadlineRule.Pause(from: "announce", to: "announced"),
            DeadlineRule.Pause(from: "hearing", to: "heard"),
        ], warning: Span(5, .workingDays))

    /// 广东省重大行政执法决定法制审核办法第18条: 5 working days and 3 more.
    private let review = DeadlineRule(
        id: "review", name: Bilingual("审核期限", "review"), articles: ["法制审核办法第18条"],
        start: .step("submit", outcome: nil, again: true), length: Span(5, .workingDays), ends: ["review"],
        pauses: [DeadlineRule.Pause(from: "return", to: "supplement")],
        extensions: [DeadlineRule.Extension(step: "extend", by: Span(3, .workingDays))], warning: Span(1, .workingDays))

    @Test func `an extension of seizure adds its thirty days to the thirty`() {
        // 10 March + 30 is 9 April; + 60 is 21 + 30 + 9: 9 May, a Friday.
        let steps = [("seize", "2025-03-10T10:00"), ("extend:approved", "2025-04-08T09:00")]
        #expect(state(seizure, steps, at: "2025-04-20").phase == .running(due: moment("2025-05-09T23:59")))
    }

    @Test func `an extension that was refused, or comes when time is over, adds nothing`() {
        let due = moment("2025-04-09T23:59")
        let refused = [("seize", "2025-03-10T10:00"), ("extend:refused", "2025-04-08T09:00")]
        #expect(state(seizure, refused, at: "2025-04-12").phase == .missed(due: due))
        let late = [("seize", "2025-03-10T10:00"), ("extend:approved", "2025-04-10T00:00")]
        #expect(state(seizure, late, at: "2025-04-12").phase == .missed(due: due))
    }

    @Test func `an extension counts as often as the rule allows it`() {
        let steps = [
            ("seize", "2025-03-10T10:00"), ("extend:approved", "2025-04-08T09:00"),
            ("extend:approved", "2025-05-08T09:00"),
        ]
        #expect(state(seizure, steps, at: "2025-05-08").phase == .running(due: moment("2025-05-09T23:59")))
    }

    @Test func `the time of a test is not counted, and a last day off moves on`() {
        // 9 April + the 10 days from 15 to 25 March is Saturday 19 April: Monday 21.
        let steps = [("seize", "2025-03-10T10:00"), ("test", "2025-03-15T09:00"), ("tested", "2025-03-25T17:00")]
        #expect(state(seizure, steps, at: "2025-04-01").phase == .running(due: moment("2025-04-21T23:59")))
    }

    @Test func `a test and an extension add up`() {
        // 19 April, before it moves on, + 30 is Monday 19 May.
        let steps = [
            ("seize", "2025-03-10T10:00"), ("test", "2025-03-15T09:00"), ("tested", "2025-03-25T17:00"),
            ("extend:approved", "2025-04-18T09:00"),
        ]
        #expect(state(seizure, steps, at: "2025-05-01").phase == .running(due: moment("2025-05-19T23:59")))
    }

    @Test func `an extension in a standstill is in time`() {
        // The test still goes on when 9 April has long passed: 40 days, then 30 more: 9 April + 70 is 18 June.
        let steps = [
            ("seize", "2025-03-10T10:00"), ("test", "2025-03-20T09:00"), ("extend:approved", "2025-04-20T09:00"),
            ("tested", "2025-04-29T17:00"),
        ]
        #expect(state(seizure, steps, at: "2025-05-01").phase == .running(due: moment("2025-06-18T23:59")))
    }

    @Test func `standstills that overlap count once`() {
        // 1 March 2024 + 90 is 30 May; 10 April to 15 May are 35 days: 4 July, a Thursday.
        let steps = [
            ("file:approved", "2024-03-01T09:00"), ("test", "2024-04-10T09:00"), ("announce", "2024-04-15T09:00"),
            ("tested", "2024-04-20T09:00"), ("announced", "2024-05-15T09:00"),
        ]
        #expect(state(decision, steps, at: "2024-06-01").phase == .running(due: moment("2024-07-04T23:59")))
    }

    @Test func `a standstill within another counts once`() {
        // 30 May + the 20 days of the test is 19 June, a Wednesday.
        let steps = [
            ("file:approved", "2024-03-01T09:00"), ("test", "2024-04-10T09:00"), ("hearing", "2024-04-15T09:00"),
            ("heard", "2024-04-20T09:00"), ("tested", "2024-04-30T09:00"),
        ]
        #expect(state(decision, steps, at: "2024-06-01").phase == .running(due: moment("2024-06-19T23:59")))
    }

    @Test func `two standstills add up, and a holiday moves the end on`() {
        // 30 May + 5 + 6 is Monday 10 June, the dragon boat festival: Tuesday 11.
        let steps = [
            ("file:approved", "2024-03-01T09:00"), ("test", "2024-04-10T09:00"), ("tested", "2024-04-15T09:00"),
            ("hearing", "2024-05-07T09:00"), ("heard", "2024-05-13T09:00"),
        ]
        #expect(state(decision, steps, at: "2024-05-20").phase == .running(due: moment("2024-06-11T23:59")))
    }

    @Test func `a standstill that has not ended stands, however long`() {
        let steps = [("file:approved", "2024-03-01T09:00"), ("test", "2024-04-10T09:00")]
        #expect(state(decision, steps, at: "2025-12-01").phase == .paused(since: moment("2024-04-10T09:00")))
        #expect(state(decision, steps, at: "2025-12-01").due == nil)
    }

    @Test func `a standstill from before the start counts from the start on`() {
        // 30 May + the 10 days from 1 to 11 March is Sunday 9 June, then the festival on Monday: Tuesday 11.
        let steps = [
            ("test", "2024-02-20T09:00"), ("file:approved", "2024-03-01T09:00"), ("tested", "2024-03-11T09:00"),
        ]
        #expect(state(decision, steps, at: "2024-05-20").phase == .running(due: moment("2024-06-11T23:59")))
        let open = [("test", "2024-02-20T09:00"), ("file:approved", "2024-03-01T09:00")]
        #expect(state(decision, open, at: "2024-05-20").phase == .paused(since: moment("2024-03-01T09:00")))
    }

    @Test func `a standstill that begins when time is over changes nothing`() {
        let steps = [
            ("file:approved", "2024-03-01T09:00"), ("test", "2024-05-31T09:00"), ("tested", "2024-06-20T09:00"),
        ]
        #expect(state(decision, steps, at: "2024-06-25").phase == .missed(due: moment("2024-05-30T23:59")))
    }

    @Test func `one end ends a standstill that began twice`() {
        // 30 May + 10 is Sunday 9 June, then the festival on Monday: Tuesday 11.
        let steps = [
            ("file:approved", "2024-03-01T09:00"), ("test", "2024-04-10T09:00"), ("test", "2024-04-12T09:00"),
            ("tested", "2024-04-20T09:00"),
        ]
        #expect(state(decision, steps, at: "2024-05-20").phase == .running(due: moment("2024-06-11T23:59")))
    }

    @Test func `a decision while the clock stands is in time and what follows it changes nothing`() {
        let steps = [
            ("file:approved", "2024-03-01T09:00"), ("test", "2024-04-10T09:00"), ("decide", "2024-09-02T16:00"),
            ("tested", "2024-12-01T09:00"),
        ]
        let state = state(decision, steps, at: "2025-01-01")
        guard case .fulfilled(let at, let due) = state.phase else {
            Issue.record("the decision was in time: \(state.phase)")
            return
        }
        // 145 days from 10 April to 2 September on 30 May: 22 October.
        #expect(at == moment("2024-09-02T16:00"))
        #expect(due == moment("2024-10-22T23:59"))
    }

    @Test func `the first end counts, and what was taken before the start is none`() {
        let steps = [
            ("decide", "2024-02-01T09:00"), ("file:refused", "2024-02-20T09:00"), ("file:approved", "2024-03-01T09:00"),
            ("decide", "2024-05-31T00:00"), ("decide", "2024-06-03T09:00"),
        ]
        let due = moment("2024-05-30T23:59")
        #expect(state(decision, steps, at: "2024-07-01").phase == .late(at: moment("2024-05-31T00:00"), due: due))
        #expect(state(decision, Array(steps.prefix(2)), at: "2024-07-01").phase == .notBegun)
    }

    @Test func `a warning begins so many working days before the end`() {
        // Thursday 30 May: 29, 28, 27, 24, 23 are the five working days before it.
        let steps = [("file:approved", "2024-03-01T09:00")]
        let due = moment("2024-05-30T23:59")
        #expect(state(decision, steps, at: "2024-05-22T23:59").phase == .running(due: due))
        #expect(state(decision, steps, at: "2024-05-23T00:00").phase == .nearlyDue(due: due))
        #expect(state(decision, steps, at: "2024-05-30T23:59").phase == .nearlyDue(due: due))
        #expect(state(decision, steps, at: "2024-05-31T00:00").phase == .missed(due: due))
    }

    @Test(arguments: [
        (Span(3, .calendarDays), "2024-05-27T00:00"), (Span(1, .months), "2024-04-30T00:00"),
        (Span(90, .minutes), "2024-05-30T22:29"), (Span(2, .hours), "2024-05-30T21:59"),
        (Span(1, .years), "2023-05-30T00:00"),
    ])
    func `a warning counts back in its own unit`(warning: Span, from: String) {
        var rule = decision
        rule.warning = warning
        let due = moment("2024-05-30T23:59")
        let before = moment(from).minutesSince1970 - 1
        let earlier = LegalMoment(minutesSince1970: before) ?? moment(from)
        let taken = taken([("file:approved", "2024-03-01T09:00")])
        func phase(_ now: LegalMoment) -> DeadlineState.Phase {
            DaysFixture.calendar.state(of: rule, taken: taken, fact: { _ in nil }, at: now).phase
        }
        #expect(phase(moment(from)) == .nearlyDue(due: due))
        #expect(phase(earlier) == .running(due: due))
    }

    @Test func `a warning before a Monday begins on the Friday`() {
        // 6, 7, 8, 9 and Monday 12 May: the working day before it is Friday 9.
        let steps = [("submit", "2025-04-30T09:00")]
        let due = moment("2025-05-12T23:59")
        #expect(state(review, steps, at: "2025-05-08T23:59").phase == .running(due: due))
        #expect(state(review, steps, at: "2025-05-09T00:00").phase == .nearlyDue(due: due))
    }

    @Test func `working days stand still over a holiday`() {
        // 26, Sunday 28 made up; stands from 28 September to 13 October; 14, 15, 16.
        let steps = [
            ("submit", "2025-09-25T09:00"), ("return", "2025-09-28T11:00"), ("supplement", "2025-10-13T11:00"),
        ]
        #expect(state(review, steps, at: "2025-10-13").phase == .running(due: moment("2025-10-16T23:59")))
    }

    @Test func `a review is lengthened by working days from when it was due`() {
        // 26, 28 made up, 29, 30, 6 May; 7, 8, 9.
        let steps = [("submit", "2024-04-25T09:00"), ("extend", "2024-04-30T10:00")]
        #expect(state(review, steps, at: "2024-05-06").phase == .running(due: moment("2024-05-09T23:59")))
    }

    @Test func `a deadline that begins anew looks at its last start`() {
        let steps = [
            ("submit", "2026-03-02T09:00"), ("extend", "2026-03-03T09:00"), ("review", "2026-03-04T09:00"),
            ("submit", "2026-03-16T09:00"),
        ]
        // 17, 18, 19, 20, 23; neither the old extension nor the old review counts.
        #expect(state(review, steps, at: "2026-03-17").phase == .running(due: moment("2026-03-23T23:59")))
        #expect(state(review, steps, at: "2026-03-17").started == moment("2026-03-16T09:00"))
        #expect(
            state(review, Array(steps.prefix(3)), at: "2026-03-17").phase
                == .fulfilled(at: moment("2026-03-04T09:00"), due: moment("2026-03-12T23:59")))
    }

    @Test func `a review lengthened by calendar days goes on from when it was due`() {
        var rule = review
        rule.extensions = [DeadlineRule.Extension(step: "extend", by: Span(10, .calendarDays))]
        // 3, 4, 5, 6, 9 March + 10 is 19 March, a Thursday.
        let steps = [("submit", "2026-03-02T09:00"), ("extend", "2026-03-09T09:00")]
        #expect(state(rule, steps, at: "2026-03-10").phase == .running(due: moment("2026-03-19T23:59")))
    }

    @Test func `ninety days lengthened by working days go on from the day they moved on to`() {
        var rule = decision
        rule.extensions = [DeadlineRule.Extension(step: "extend", by: Span(2, .workingDays))]
        // 3 November 2025 + 90 is Sunday 1 February, moved on to Monday 2; 3, 4.
        let steps = [("file:approved", "2025-11-03T09:00"), ("extend", "2026-02-02T09:00")]
        #expect(state(rule, steps, at: "2026-02-03").due == moment("2026-02-04T23:59"))
    }

    @Test func `a reconsideration lengthened by thirty days goes on from its sixtieth`() {
        let rule = DeadlineRule(
            id: "reconsideration", name: Bilingual("复议审理期限", "reconsideration"), articles: ["行政复议法第62条"],
            start: .step("accept", outcome: nil, again: false), length: Span(60, .calendarDays), ends: ["decide"],
            extensions: [DeadlineRule.Extension(step: "extend", by: Span(30, .calendarDays))])
        // 25 + 28 + 7 is 7 March; + 30 is 6 April, off until then: Monday 7.
        let steps = [("accept", "2025-01-06T09:00"), ("extend", "2025-03-07T20:00")]
        #expect(state(rule, steps, at: "2025-03-08").phase == .running(due: moment("2025-04-07T23:59")))
    }

    /// Twenty minutes to reach the scene, an hour to report.
    private func timer(_ length: Span) -> DeadlineRule {
        DeadlineRule(
            id: "timer", name: Bilingual("到场时限", "timer"), start: .step("dispatch", outcome: nil, again: false),
            length: length, ends: ["arrive"], pauses: [DeadlineRule.Pause(from: "hold", to: "go")],
            extensions: [DeadlineRule.Extension(step: "extend", by: Span(30, .minutes), times: 2)],
            warning: Span(5, .minutes))
    }

    @Test func `a timer of minutes stands for minutes`() {
        let steps = [("dispatch", "2026-03-03T10:00"), ("hold", "2026-03-03T10:05"), ("go", "2026-03-03T10:25")]
        let rule = timer(Span(20, .minutes))
        #expect(state(rule, steps, at: "2026-03-03T10:30").phase == .running(due: moment("2026-03-03T10:40")))
        #expect(state(rule, steps, at: "2026-03-03T10:35").phase == .nearlyDue(due: moment("2026-03-03T10:40")))
        #expect(state(rule, steps, at: "2026-03-03T10:40").phase == .nearlyDue(due: moment("2026-03-03T10:40")))
        #expect(state(rule, steps, at: "2026-03-03T10:41").phase == .missed(due: moment("2026-03-03T10:40")))
    }

    @Test func `an hour over midnight is lengthened by half hours`() {
        let steps = [
            ("dispatch", "2026-02-14T23:30"), ("extend", "2026-02-15T00:10"), ("extend", "2026-02-15T00:50"),
            ("extend", "2026-02-15T01:20"), ("arrive", "2026-02-15T01:31"),
        ]
        #expect(
            state(timer(Span(1, .hours)), steps, at: "2026-02-15T02:00").phase
                == .late(at: moment("2026-02-15T01:31"), due: moment("2026-02-15T01:30")))
    }

    @Test func `a standstill within one day takes no day, and one by a slow clock takes nothing`() {
        let within = [("seize", "2025-03-10T10:00"), ("test", "2025-03-15T09:00"), ("tested", "2025-03-15T17:00")]
        #expect(state(seizure, within, at: "2025-04-01").due == moment("2025-04-09T23:59"))
        let slow = [("seize", "2025-03-10T10:00"), ("test", "2025-03-15T09:00"), ("tested", "2025-03-14T17:00")]
        #expect(state(seizure, slow, at: "2025-04-01").due == moment("2025-04-09T23:59"))
    }

    /// 行政处罚法第36条: two years from the day of the violation.
    private let limitation = DeadlineRule(
        id: "limitation", name: Bilingual("追责时效", "limitation"), articles: ["行政处罚法第36条"],
        start: .fact("violated-on"), length: Span(2, .years), ends: ["discover"], missed: .lapses)

    @Test func `a limitation runs from a fact and not before its day`() {
        #expect(state(limitation, [], at: "2026-01-01").phase == .notBegun)
        #expect(state(limitation, [], at: "2026-01-01", fact: "2026-01-02").phase == .notBegun)
        let due = moment("2028-01-03T23:59")
        // 2 January 2028 is a Sunday.
        #expect(state(limitation, [], at: "2026-01-02", fact: "2026-01-02").phase == .running(due: due))
        let found = [("discover", "2026-01-01T08:00"), ("discover", "2026-01-02T08:00")]
        #expect(
            state(limitation, found, at: "2028-02-01", fact: "2026-01-02").phase
                == .fulfilled(at: moment("2026-01-02T08:00"), due: due))
    }

    @Test func `a rule without an end a date can name never runs out`() {
        var rule = limitation
        rule.length = Span(9_000, .years)
        #expect(
            state(rule, [], at: "9999-12-31T23:59", fact: "2026-01-02").phase
                == .running(due: moment("9999-12-31T23:59")))
    }
}
