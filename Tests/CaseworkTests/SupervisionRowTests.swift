import Divisions
import Ledger
import Libraries
import Testing

@testable import Casework

@Suite struct SupervisionRowTests {
    private static let record = RecordID(home: "440781", flow: .up, kind: "case", key: RecordKey(1, 1))
    private static let rules = SupervisionRules(
        id: "supervision", version: 1, name: Bilingual("规则", "rules"), rules: [],
        weights: SupervisionRules.Weights(publicity: 30, recording: 30, review: 40),
        milestones: SupervisionRules.Milestones(
            filed: ["filing-approval"], decided: ["penalty-decision"], reviewed: ["review-opinion"], passed: ["passed"])
    )
    private static let calendar = WorkCalendar([])

    private static let listed = Gate(.itemListed, says: Bilingual("事项不在清单", "not listed"), articles: ["行政处罚法第17条"])
    private static let within = Gate(
        .withinBenchmark(fact: "fine-fen", reason: "deviation-reason"), says: Bilingual("超出基准", "beyond"))

    private static func step(
        _ id: String, document: String? = nil, gates: [Gate] = [], recording: StepRule.Recording = .none
    ) -> StepRule {
        StepRule(
            id: id, stage: "whole", name: Bilingual(id, id), gates: gates, document: document, recording: recording)
    }

    private static let procedure = Procedure(
        id: "small", version: 2, name: Bilingual("小程序", "small"),
        stages: [Stage(id: "whole", name: Bilingual("全程", "whole"))],
        steps: [
            step("file", document: "filing-approval"), step("survey", recording: .video),
            step("review", document: "review-opinion"),
            step("decide", document: "penalty-decision", gates: [listed, within]),
        ],
        deadlines: [decision, asking, publishing],
        publicity: [
            PublicityRule(
                id: "result", name: Bilingual("结果公示", "result"), after: "decide", deadline: "publishing",
                articles: ["行政处罚法第48条"])
        ])

    private static let decision = deadline("decision", .flagged, warning: Span(5, .workingDays))
    private static let asking = deadline("asking", .lapses)
    private static let publishing = deadline("publishing", .flagged)

    private static func deadline(_ id: String, _ missed: DeadlineRule.Missed, warning: Span? = nil) -> DeadlineRule {
        DeadlineRule(
            id: id, name: Bilingual(id, id), start: .step("file", outcome: nil, again: false),
            length: Span(90, .calendarDays), ends: ["decide"], warning: warning, missed: missed)
    }

    private static func moment(_ day: String) -> LegalMoment {
        guard let day = LegalDate(day) else { preconditionFailure("\(day) is no day") }
        return LegalMoment(day)
    }

    private static func day(_ text: String) -> Int { moment(text).day.daysSince1970 }

    private static func taken(
        _ step: String, on day: String, outcome: String = "done", findings: [GateFinding] = [], doubts: [Doubt] = [],
        isVoid: Bool = false, issued: [StepMark.Issued] = []
    ) -> JudgedStep {
        let mark = StepMark(step: step, outcome: outcome, at: moment(day), officers: ["B2", "A1"], issued: issued)
        let dot = Dot(stream: StreamID(Digest.zero), number: 2, index: 0)
        return JudgedStep(
            taken: TakenMark(
                citation: Citation(dot: dot, check: 0), mark: mark, author: nil, division: "440781", level: .county,
                body: "440781-01", stamp: 0, reads: []), findings: findings, doubts: doubts, isVoid: isVoid)
    }

    private static func row(
        _ steps: [JudgedStep], standing: Assessment.Standing = .open, deadlines: [DeadlineState] = [],
        next: [NextStep] = [], evidence: [CaseBoardFacts.Evidence] = [],
        publications: [CaseBoardFacts.Publication] = []
    ) -> CaseBoardRow {
        let assessment = Assessment(
            procedure: procedure, stage: procedure.stages[0], standing: standing, steps: steps, next: next,
            deadlines: deadlines, tallies: [:], handler: nil)
        var facts = CaseBoardFacts(
            record: record, body: "440781-01", item: "I-1", evidence: evidence, publications: publications,
            calendarVersion: "c1")
        facts.itemField = "水务"
        return CaseBoardRow(assessment, facts, rules: rules, calendar: calendar)
    }

    @Test func `documents tell when a case was filed and decided, whatever its steps are called`() {
        let row = Self.row(
            [
                Self.taken("file", on: "2026-03-02"),
                Self.taken(
                    "decide", on: "2026-05-04", issued: [StepMark.Issued(kind: "d", number: "江罚〔2026〕12号", digest: "")]),
            ], standing: .ended(Bilingual("结案", "closed"), at: Self.moment("2026-05-20")))
        #expect(row.filed == Self.day("2026-03-02"))
        #expect(row.decided == Self.day("2026-05-04"))
        #expect(row.closed == Self.day("2026-05-20"))
        #expect(row.numbers == [BoardNumber(series: "江罚〔2026〕", number: 12)])
        #expect(row.officers == ["A1", "B2"])
        #expect(row.procedure == "small@2")
        #expect(row.month == 2026 * 12 + 2)
        #expect(row.item == "I-1" && row.field == "水务")
    }

    @Test func `a step that counts for nothing is no milestone`() {
        let broken = GateFinding(says: Bilingual("无", "none"), articles: [], answer: .broken)
        let row = Self.row([
            Self.taken("file", on: "2026-03-02"), Self.taken("decide", on: "2026-04-01", findings: [broken]),
        ])
        #expect(row.decided == nil)
        #expect(row.flags.findings == [.gateBroken])
    }

    @Test func `overdue and near are told from the day that is asked for`() {
        let state = DeadlineState(
            rule: Self.decision, started: Self.moment("2026-03-02"), phase: .running(due: Self.moment("2026-06-01")))
        let row = Self.row([Self.taken("file", on: "2026-03-02")], deadlines: [state])
        #expect(row.due == Self.day("2026-06-01"))
        #expect(row.deadline == "decision")
        #expect(row.flags.findings.isEmpty)
        #expect(row.flags(on: Self.day("2026-05-01")).findings.isEmpty)
        #expect(row.flags(on: Self.day("2026-05-25")).findings == [.nearlyOverdue])
        #expect(row.flags(on: Self.day("2026-06-01")).findings == [.nearlyOverdue])
        #expect(row.flags(on: Self.day("2026-06-02")).findings == [.overdue])
    }

    @Test func `a right that lapses is no limit of the office, yet turns the row`() {
        let asking = DeadlineState(
            rule: Self.asking, started: Self.moment("2026-03-02"), phase: .running(due: Self.moment("2026-03-09")))
        let row = Self.row([Self.taken("file", on: "2026-03-02")], deadlines: [asking])
        #expect(row.due == nil)
        #expect(row.turns == Self.day("2026-03-09"))
    }

    @Test func `a right that has lapsed turns the row no more`() {
        let lapsed = DeadlineState(
            rule: Self.asking, started: Self.moment("2026-03-02"), phase: .missed(due: Self.moment("2026-03-09")))
        let row = Self.row([Self.taken("file", on: "2026-03-02")], deadlines: [lapsed])
        #expect(row.turns == nil)
    }

    @Test func `what was done late stays found after the case has ended`() {
        let late = DeadlineState(
            rule: Self.decision, started: Self.moment("2026-03-02"),
            phase: .late(at: Self.moment("2026-06-05"), due: Self.moment("2026-06-01")))
        let row = Self.row(
            [Self.taken("file", on: "2026-03-02")],
            standing: .ended(Bilingual("结案", "closed"), at: Self.moment("2026-06-10")), deadlines: [late])
        #expect(row.flags.findings == [.overdue])
        #expect(row.due == nil)
        #expect(row.findings.first?.about == "decision")
    }

    @Test func `each broken gate is found as what it asks`() {
        func finding(_ gate: Gate) -> GateFinding {
            GateFinding(says: gate.says, articles: gate.articles, answer: .broken)
        }
        let officer = GateFinding(
            says: Bilingual("须有两名持证执法人员", "two officers"), articles: ["行政处罚法第42条"], answer: .broken)
        let unknown = GateFinding(says: Self.listed.says, articles: [], answer: .unknown)
        #expect(
            Self.row([Self.taken("decide", on: "2026-03-02", findings: [finding(Self.listed)])]).flags.findings == [
                .itemNotDelegated
            ])
        #expect(
            Self.row([Self.taken("decide", on: "2026-03-02", findings: [finding(Self.within)])]).flags.findings == [
                .fineOutOfRange
            ])
        #expect(
            Self.row([Self.taken("file", on: "2026-03-02", findings: [officer])]).flags.findings == [
                .officerNotCertified
            ])
        #expect(
            Self.row([Self.taken("decide", on: "2026-03-02", findings: [unknown])]).flags.findings == [.notKnownHere])
    }

    @Test func `doubts wait to be confirmed until a superior sets the step aside`() {
        let doubt = Doubt.certificate("A1")
        let open = Self.row([Self.taken("file", on: "2026-03-02", doubts: [doubt])], standing: .waiting([doubt]))
        #expect(open.flags.findings == [.toBeConfirmed])
        #expect(open.findings.count == 1)
        #expect(open.standing == .waiting)
        #expect(Self.row([Self.taken("file", on: "2026-03-02", doubts: [doubt], isVoid: true)]).flags.findings.isEmpty)
    }

    @Test func `a recording is owed until it is attached, and found missing after one working day`() {
        // A Friday: the next working day is Monday.
        let survey = Self.taken("survey", on: "2026-03-06")
        let owed = Self.row([survey])
        #expect(owed.recording == .owed)
        #expect(owed.flags(on: Self.day("2026-03-09")).findings.isEmpty)
        #expect(owed.flags(on: Self.day("2026-03-10")).findings == [.missingRecording])
        let done = Self.row(
            [survey], evidence: [CaseBoardFacts.Evidence(digest: "d", recording: "survey", isHere: true)])
        #expect(done.recording == .done)
        #expect(done.recordingDue == nil)
    }

    @Test func `evidence whose bytes are not here is found`() {
        let row = Self.row(
            [Self.taken("file", on: "2026-03-02")], evidence: [CaseBoardFacts.Evidence(digest: "d", isHere: false)])
        #expect(row.flags.findings == [.evidenceMissing])
    }

    @Test func `publicity is owed after the decision, late after its limit, and done once public`() {
        let steps = [Self.taken("decide", on: "2026-03-02")]
        let state = DeadlineState(
            rule: Self.publishing, started: Self.moment("2026-03-02"), phase: .running(due: Self.moment("2026-03-11")))
        let owed = Self.row(steps, deadlines: [state])
        #expect(owed.publicity == .owed)
        #expect(owed.due == nil)
        #expect(owed.flags(on: Self.day("2026-03-12")).findings == [.publicityLate])
        func published(_ day: String) -> CaseBoardRow {
            Self.row(
                steps, deadlines: [state],
                publications: [CaseBoardFacts.Publication(rule: "result", publishedOn: LegalDate(day))])
        }
        #expect(published("2026-03-11").publicity == .done)
        #expect(published("2026-03-11").flags(on: Self.day("2026-05-01")).findings.isEmpty)
        #expect(published("2026-03-12").flags.findings == [.publicityLate])
        #expect(Self.row([Self.taken("file", on: "2026-03-02")]).publicity == .none)
    }

    @Test func `a review counts by its last outcome`() {
        let returned = Self.taken("review", on: "2026-03-02", outcome: "returned")
        let passed = Self.taken("review", on: "2026-03-05", outcome: "passed")
        #expect(Self.row([returned]).review == .owed)
        #expect(Self.row([returned, passed]).review == .done)
        let next = NextStep(rule: Self.procedure.steps[2], asks: [], missing: [], due: nil)
        #expect(Self.row([Self.taken("file", on: "2026-03-02")], next: [next]).review == .owed)
        #expect(Self.row([Self.taken("file", on: "2026-03-02")]).review == .none)
    }

    @Test func `a row's amounts on any day say what its flags say`() {
        var row = CaseBoardRow(record: Self.record, procedure: "small@2", stage: "whole", opened: 100)
        (row.due, row.warning, row.publicityDue, row.recordingDue) = (120, 115, 110, 105)
        row.flags.insert(.gateBroken)
        for today in 100...130 {
            func sum(_ indicator: BoardIndicator) -> Int64 {
                row.amounts.filter { $0.indicator == indicator && $0.day < today }.reduce(0) { $0 + $1.amount }
            }
            let flags = row.flags(on: today)
            for finding in SupervisionFinding.allCases where finding != .nearlyOverdue {
                #expect(sum(.finding(finding)) == (flags.contains(finding) ? 1 : 0), "\(finding) on \(today)")
            }
            #expect(sum(.warned) - sum(.standingOverdue) == (flags.contains(.nearlyOverdue) ? 1 : 0))
        }
    }

    @Test(arguments: ["江罚〔2026〕号", "江罚2026-12", "江罚〔2026〕x号", "", "号", "江罚〔2026〕12"])
    func `what is no number is not taken for one`(text: String) {
        #expect(BoardNumber(text) == nil)
    }
}
