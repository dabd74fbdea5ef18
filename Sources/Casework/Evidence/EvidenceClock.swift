package import Libraries

/// One file that records a step, as its record tells: bytes aside.
package struct SceneRecording: Hashable, Sendable {
    /// The record's id or digest, by which findings name it.
    package let id: String
    /// The step that it records.
    package let step: String
    package let capturedAt: LegalMoment
    /// When it was handed in to a node: stored on the platform.
    package let attachedAt: LegalMoment?
    /// From when on it could be handed in, where the scene had no line: at sea, or in remote places.
    package let connectedAt: LegalMoment?
    /// Why the recording before it ended, if it goes on after an interruption.
    package let interruption: String?
    /// Whether its bytes are here.
    package let isHeld: Bool

    package init(
        id: String, step: String, capturedAt: LegalMoment, attachedAt: LegalMoment?, connectedAt: LegalMoment? = nil,
        interruption: String? = nil, isHeld: Bool = true
    ) {
        (self.id, self.step) = (id, step)
        (self.capturedAt, self.attachedAt, self.connectedAt) = (capturedAt, attachedAt, connectedAt)
        (self.interruption, self.isHeld) = (interruption, isHeld)
    }
}

/// A step that was taken and is to be recorded.
package struct RecordedStep: Hashable, Sendable {
    package let id: String
    package let name: Bilingual
    package let recording: StepRule.Recording
    package let at: LegalMoment

    package init(id: String, name: Bilingual, recording: StepRule.Recording, at: LegalMoment) {
        (self.id, self.name, self.recording, self.at) = (id, name, recording, at)
    }
}

/// What is wrong with the recordings of a case, or soon will be.
package enum EvidenceFinding: Hashable, Sendable {
    /// The step has no recording yet, and it is not too late.
    case awaited(step: String, due: LegalMoment)
    /// The step has no recording, and its day is over.
    case missing(step: String, due: LegalMoment)
    /// It was stored after its day, or still is not.
    case late(recording: String, step: String, due: LegalMoment)
    /// It must not have been interrupted, and nobody says why it was.
    case interrupted(recording: String, step: String)
    /// Its record is here and its bytes are not.
    case fileAbsent(recording: String, step: String)
    /// Its times contradict one another: stored before it was captured, or able to be stored before it was.
    case contradictory(recording: String, step: String)

    /// Whether it is a breach of the rule rather than a thing to be done.
    package var isBreach: Bool {
        switch self {
        case .awaited, .fileAbsent: false
        case .missing, .late, .interrupted, .contradictory: true
        }
    }

    /// As an officer reads it.
    package var words: Bilingual {
        switch self {
        case .awaited(_, let due):
            Bilingual(
                "尚未上传音像记录，期限至\(due.chineseText)（全过程记录办法第23条）",
                "No recording yet; it is to be stored by \(due) (Recording Measures, article 23)")
        case .missing(_, let due):
            Bilingual(
                "缺少音像记录，期限\(due.chineseText)已过（全过程记录办法第14条、第23条）",
                "The recording is missing, its time ended on \(due) (Recording Measures, articles 14 and 23)")
        case .late(_, _, let due):
            Bilingual(
                "音像记录未在\(due.chineseText)前存储（全过程记录办法第23条）",
                "The recording was not stored by \(due) (Recording Measures, article 23)")
        case .interrupted:
            Bilingual(
                "应当不间断记录而中断，且未说明原因（全过程记录办法第14条、第19条）",
                "A recording that must not be interrupted was, and no reason is given (Recording Measures, "
                    + "articles 14 and 19)")
        case .fileAbsent:
            Bilingual("音像文件尚未到达本机，正在调取", "The file is not here yet and is being fetched")
        case .contradictory:
            Bilingual("采集时间与存储时间矛盾，请核对", "The times of capture and storing contradict one another: check them")
        }
    }
}

/// The clock of evidence (广东省行政执法全过程记录办法第23条): a recording is stored within one working day; one made
/// where there is no line, within one working day of being able to.
package struct EvidenceClock: Hashable, Sendable {
    private static let span = Span(1, .workingDays)
    private let calendar: WorkCalendar

    package init(_ calendar: WorkCalendar) { self.calendar = calendar }

    /// The last moment at which a recording may be stored.
    package func due(capturedAt: LegalMoment, connectedAt: LegalMoment? = nil) -> LegalMoment? {
        calendar.adding(Self.span, to: max(capturedAt, connectedAt ?? capturedAt))
    }

    /// What is to be said of the recordings of a case at a moment, in the order of the steps and then of their
    /// recordings by time of capture.
    package func findings(
        steps: [RecordedStep], recordings: [SceneRecording], at now: LegalMoment
    ) -> [EvidenceFinding] {
        steps.filter { $0.recording != .none }.flatMap { step in
            let own = recordings.filter { $0.step == step.id }
                .sorted { ($0.capturedAt, $0.id) < ($1.capturedAt, $1.id) }
            guard !own.isEmpty else { return absence(of: step, at: now) }
            return own.enumerated().flatMap { place, recording in
                findings(of: recording, step: step, isFirst: place == 0, at: now)
            }
        }
    }

    private func absence(of step: RecordedStep, at now: LegalMoment) -> [EvidenceFinding] {
        guard let due = due(capturedAt: step.at) else { return [] }
        return [now > due ? .missing(step: step.id, due: due) : .awaited(step: step.id, due: due)]
    }

    private func findings(
        of recording: SceneRecording, step: RecordedStep, isFirst: Bool, at now: LegalMoment
    ) -> [EvidenceFinding] {
        var found: [EvidenceFinding] = []
        if let stored = recording.attachedAt, stored < recording.capturedAt {
            found.append(.contradictory(recording: recording.id, step: step.id))
        } else if let able = recording.connectedAt, able < recording.capturedAt {
            found.append(.contradictory(recording: recording.id, step: step.id))
        } else if let due = due(capturedAt: recording.capturedAt, connectedAt: recording.connectedAt),
            recording.attachedAt ?? now > due
        {
            found.append(.late(recording: recording.id, step: step.id, due: due))
        }
        // A second file of one step is what followed after the first had ended.
        if !isFirst, step.recording == .uninterrupted, recording.interruption?.isEmpty != false {
            found.append(.interrupted(recording: recording.id, step: step.id))
        }
        if !recording.isHeld { found.append(.fileAbsent(recording: recording.id, step: step.id)) }
        return found
    }

    /// Until when a recording is kept: at least as long as the case's file (article 25).
    ///
    /// - Parameter closedOn: when the case was closed; while it is open there is no end.
    /// - Returns: the last day, or nil without an end.
    package static func keptUntil(closedOn: LegalDate?, years: Int) -> LegalDate? {
        guard let closedOn else { return nil }
        return WorkCalendar([]).adding(Span(years, .years), to: LegalMoment(closedOn))?.day
    }
}
