import Libraries
import Testing

@testable import Casework

/// 广东省行政执法全过程记录办法第14条、第19条、第23条、第25条.
@Suite struct `The clock of evidence` {
    /// 2026-05-01 to 05 are days off, Saturday 2026-05-09 is worked.
    private let clock = EvidenceClock(
        WorkCalendar(
            ["2026-05-01", "2026-05-02", "2026-05-03", "2026-05-04", "2026-05-05"].compactMap { text in
                LegalDate(text).map { ($0, CalendarRow.DayKind.off) }
            } + [LegalDate("2026-05-09")].compactMap { $0.map { ($0, CalendarRow.DayKind.work) } }))

    private func at(_ text: String) throws -> LegalMoment { try #require(LegalMoment(text)) }

    private func step(_ recording: StepRule.Recording, _ moment: String = "2026-04-07T09:00") throws -> RecordedStep {
        RecordedStep(
            id: "seize", name: Bilingual("查封", "Seizure"), recording: recording, at: try at(moment))
    }

    private func recording(
        _ id: String = "a", captured: String = "2026-04-07T09:00", stored: String?, connected: String? = nil,
        interruption: String? = nil, isHeld: Bool = true
    ) throws -> SceneRecording {
        SceneRecording(
            id: id, step: "seize", capturedAt: try at(captured), attachedAt: try stored.map { try at($0) },
            connectedAt: try connected.map { try at($0) }, interruption: interruption, isHeld: isHeld)
    }

    @Test(arguments: [
        // A Tuesday; a Friday; the day before a holiday; before a Saturday that is worked; at night.
        ("2026-04-07T09:00", "2026-04-08"), ("2026-04-10T09:00", "2026-04-13"), ("2026-04-30T17:00", "2026-05-06"),
        ("2026-05-08T10:00", "2026-05-09"), ("2026-04-07T23:59", "2026-04-08"),
    ])
    func `a recording is stored within one working day`(captured: String, last: String) throws {
        let due = try #require(clock.due(capturedAt: at(captured)))
        #expect(due.day == LegalDate(last))
        #expect(due.minute == 1_439)
    }

    @Test func `one from where there is no line counts from when there is one`() throws {
        let due = try #require(
            clock.due(capturedAt: at("2026-04-07T09:00"), connectedAt: at("2026-04-30T12:00")))
        #expect(due.day == LegalDate("2026-05-06"))
        let recorded = try recording(stored: "2026-05-06T23:59", connected: "2026-04-30T12:00")
        #expect(try clock.findings(steps: [step(.video)], recordings: [recorded], at: at("2026-06-01T00:00")).isEmpty)
    }

    @Test func `what is stored a minute after its day is late, and so is what never is`() throws {
        let now = try at("2026-04-20T08:00")
        let due = try #require(clock.due(capturedAt: at("2026-04-07T09:00")))
        let onTime = try recording(stored: "2026-04-08T23:59")
        let late = try recording(stored: "2026-04-09T00:00")
        let never = try recording(stored: nil)
        #expect(try clock.findings(steps: [step(.video)], recordings: [onTime], at: now).isEmpty)
        for one in [late, never] {
            #expect(
                try clock.findings(steps: [step(.video)], recordings: [one], at: now) == [
                    .late(recording: "a", step: "seize", due: due)
                ])
        }
    }

    @Test func `a step without a recording waits for it one working day, and then lacks it`() throws {
        let due = try #require(clock.due(capturedAt: at("2026-04-07T09:00")))
        #expect(
            try clock.findings(steps: [step(.video)], recordings: [], at: due) == [.awaited(step: "seize", due: due)])
        let later = try #require(due.adding(minutes: 1))
        let found = try clock.findings(steps: [step(.video)], recordings: [], at: later)
        #expect(found == [.missing(step: "seize", due: due)])
        #expect(found.first?.isBreach == true)
        #expect(found.first?.words.chinese.contains("第23条") == true)
        #expect(try clock.findings(steps: [step(.none)], recordings: [], at: later).isEmpty)
    }

    @Test func `an interruption is explained where none may be`() throws {
        let now = try at("2026-04-08T08:00")
        let first = try recording(stored: "2026-04-07T10:00")
        let unexplained = try recording("b", captured: "2026-04-07T09:30", stored: "2026-04-07T10:00")
        let explained = try recording(
            "b", captured: "2026-04-07T09:30", stored: "2026-04-07T10:00", interruption: "更换电池")
        #expect(
            try clock.findings(steps: [step(.uninterrupted)], recordings: [unexplained, first], at: now) == [
                .interrupted(recording: "b", step: "seize")
            ])
        #expect(try clock.findings(steps: [step(.uninterrupted)], recordings: [first, explained], at: now).isEmpty)
        #expect(try clock.findings(steps: [step(.video)], recordings: [first, unexplained], at: now).isEmpty)
    }

    @Test func `bytes that are not here yet are no breach, times that cannot be are`() throws {
        let now = try at("2026-04-08T08:00")
        let absent = try recording(stored: "2026-04-07T10:00", isHeld: false)
        let found = try clock.findings(steps: [step(.video)], recordings: [absent], at: now)
        #expect(found == [.fileAbsent(recording: "a", step: "seize")])
        #expect(found.first?.isBreach == false)
        let impossible = try recording(stored: "2026-04-07T08:59")
        #expect(
            try clock.findings(steps: [step(.video)], recordings: [impossible], at: now) == [
                .contradictory(recording: "a", step: "seize")
            ])
    }

    @Test func `a recording is kept as long as the file of its case`() {
        #expect(EvidenceClock.keptUntil(closedOn: nil, years: 30) == nil)
        let end = EvidenceClock.keptUntil(closedOn: LegalDate("2026-04-07"), years: 30)
        #expect(end == LegalDate("2056-04-07"))
    }
}
