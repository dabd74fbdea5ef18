/// What the board counts for every division and every body. Numbers are kept in rows, so a number never changes its
/// meaning.
package enum BoardIndicator: Hashable, Sendable {
    case cases, open, waiting, ended, decided
    /// In fen.
    case fines
    case publicityDone, publicityOwed, recordingDone, recordingOwed, reviewPassed, reviewNeeded
    /// Decided, and the review that was needed has not passed.
    case reviewSkipped
    /// A time limit of the office is over and nothing was done: counts from the day after the last.
    case standingOverdue
    /// The warning of a limit has begun, whether or not the limit is over: counts from its first day.
    case warned
    /// A case has the finding: from the beginning, or from the day after which it has it.
    case finding(SupervisionFinding)

    package static let all: [BoardIndicator] =
        [
            .cases, .open, .waiting, .ended, .decided, .fines, .publicityDone, .publicityOwed, .recordingDone,
            .recordingOwed, .reviewPassed, .reviewNeeded, .reviewSkipped, .standingOverdue, .warned,
        ] + SupervisionFinding.allCases.map { .finding($0) }

    package var number: Int {
        switch self {
        case .cases: 1
        case .open: 2
        case .waiting: 3
        case .ended: 4
        case .decided: 5
        case .fines: 6
        case .publicityDone: 11
        case .publicityOwed: 12
        case .recordingDone: 13
        case .recordingOwed: 14
        case .reviewPassed: 15
        case .reviewNeeded: 16
        case .reviewSkipped: 17
        case .standingOverdue: 21
        case .warned: 22
        case .finding(let finding): 100 + finding.bit
        }
    }

    /// As views and answers call it.
    package var id: String {
        switch self {
        case .cases: "cases"
        case .open: "open"
        case .waiting: "waiting"
        case .ended: "ended"
        case .decided: "decided"
        case .fines: "fines-fen"
        case .publicityDone: "publicity-done"
        case .publicityOwed: "publicity-owed"
        case .recordingDone: "recording-done"
        case .recordingOwed: "recording-owed"
        case .reviewPassed: "review-passed"
        case .reviewNeeded: "review-needed"
        case .reviewSkipped: "review-skipped"
        case .standingOverdue: "standing-overdue"
        case .warned: "warned"
        case .finding(let finding): "found-\(finding.rawValue)"
        }
    }

    package var name: Bilingual {
        switch self {
        case .cases: Bilingual("案件", "cases")
        case .open: Bilingual("办理中", "open")
        case .waiting: Bilingual("待确认", "waiting")
        case .ended: Bilingual("已办结", "ended")
        case .decided: Bilingual("已决定", "decided")
        case .fines: Bilingual("罚款（分）", "fines, fen")
        case .publicityDone: Bilingual("已公示", "published")
        case .publicityOwed: Bilingual("待公示", "to be published")
        case .recordingDone: Bilingual("音像记录齐全", "recorded")
        case .recordingOwed: Bilingual("音像记录待补", "recording owed")
        case .reviewPassed: Bilingual("法制审核通过", "review passed")
        case .reviewNeeded: Bilingual("待法制审核", "review needed")
        case .reviewSkipped: Bilingual("未经法制审核即决定", "decided without the review")
        case .standingOverdue: Bilingual("逾期未办", "overdue")
        case .warned: Bilingual("已预警", "warned")
        case .finding(let finding): Bilingual("监督发现：\(finding.rawValue)", "found: \(finding.rawValue)")
        }
    }
}

/// What one row adds to one count: the count on a day is the sum of all amounts of days before it.
package struct BoardAmount: Hashable, Sendable {
    package let indicator: BoardIndicator
    /// 0 for what counts whatever the day is.
    package let day: Int
    package let amount: Int64

    init(_ indicator: BoardIndicator, after day: Int = 0, _ amount: Int64 = 1) {
        (self.indicator, self.day, self.amount) = (indicator, day, amount)
    }
}

extension CaseBoardRow {
    /// All that the row adds, from its own columns alone, so that it can be taken back when the row changes.
    package var amounts: [BoardAmount] {
        var amounts = [BoardAmount(.cases)]
        switch standing {
        case .open: amounts.append(BoardAmount(.open))
        case .waiting: amounts += [BoardAmount(.open), BoardAmount(.waiting)]
        case .ended: amounts.append(BoardAmount(.ended))
        }
        if decided != nil { amounts.append(BoardAmount(.decided)) }
        if let fineFen, fineFen != 0 { amounts.append(BoardAmount(.fines, fineFen)) }
        for (state, owed, done) in [
            (publicity, BoardIndicator.publicityOwed, BoardIndicator.publicityDone),
            (recording, .recordingOwed, .recordingDone), (review, .reviewNeeded, .reviewPassed),
        ] {
            switch state {
            case .none: break
            case .owed: amounts.append(BoardAmount(owed))
            case .done: amounts.append(BoardAmount(done))
            }
        }
        if review == .owed, decided != nil { amounts.append(BoardAmount(.reviewSkipped)) }
        if let due {
            amounts.append(BoardAmount(.standingOverdue, after: due))
            amounts.append(BoardAmount(.warned, after: warning.map { min($0 - 1, due) } ?? due))
        }
        for finding in SupervisionFinding.allCases {
            if flags.contains(finding) {
                amounts.append(BoardAmount(.finding(finding)))
            } else if let day = day(after: finding) {
                amounts.append(BoardAmount(.finding(finding), after: day))
            }
        }
        return amounts
    }

    /// The last day on which the finding is not yet there.
    private func day(after finding: SupervisionFinding) -> Int? {
        switch finding {
        case .overdue: due
        case .publicityLate: publicityDue
        case .missingRecording: recordingDue
        default: nil
        }
    }
}
