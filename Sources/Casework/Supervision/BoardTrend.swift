import Libraries

/// What the board counts month by month. Numbers are kept in rows, so a number never changes its meaning.
package enum BoardTrend: Hashable, Sendable {
    /// By the month in which a case was filed, or else opened.
    case cases
    case opened, filed, decided, closed
    /// In fen, by the month of the decision.
    case fines
    /// Opened under the procedure of complaints.
    case complaints
    /// The limit ran out in the month, and nothing was done since.
    case standingOverdue
    /// What is found whatever the day is by the month of the case; what a day brings by the month of that day.
    case finding(SupervisionFinding)

    package static let all: [BoardTrend] =
        [.cases, .opened, .filed, .decided, .closed, .fines, .complaints, .standingOverdue]
        + SupervisionFinding.allCases.filter { $0 != .nearlyOverdue && $0 != .numberGap }.map { .finding($0) }

    package var number: Int {
        switch self {
        case .cases: 1
        case .opened: 2
        case .filed: 3
        case .decided: 4
        case .closed: 5
        case .fines: 6
        case .complaints: 7
        case .standingOverdue: 8
        case .finding(let finding): 100 + finding.bit
        }
    }

    /// As answers call it; where an indicator counts the same whatever the month is, it has the same id.
    package var id: String {
        switch self {
        case .cases: BoardIndicator.cases.id
        case .opened: "opened"
        case .filed: "filed"
        case .decided: BoardIndicator.decided.id
        case .closed: "closed"
        case .fines: BoardIndicator.fines.id
        case .complaints: "complaints"
        case .standingOverdue: BoardIndicator.standingOverdue.id
        case .finding(let finding): BoardIndicator.finding(finding).id
        }
    }

    package var name: Bilingual {
        switch self {
        case .cases: BoardIndicator.cases.name
        case .opened: Bilingual("新办", "opened")
        case .filed: Bilingual("立案", "filed")
        case .decided: Bilingual("决定", "decided")
        case .closed: Bilingual("办结", "closed")
        case .fines: BoardIndicator.fines.name
        case .complaints: Bilingual("投诉举报", "complaints")
        case .standingOverdue: BoardIndicator.standingOverdue.name
        case .finding(let finding): BoardIndicator.finding(finding).name
        }
    }

    /// The indicator whose dated amounts belong to it beside what is counted by month.
    package var dated: BoardIndicator? {
        switch self {
        case .standingOverdue: .standingOverdue
        case .finding(.overdue): .finding(.overdue)
        case .finding(.missingRecording): .finding(.missingRecording)
        case .finding(.publicityLate): .finding(.publicityLate)
        default: nil
        }
    }
}

/// What one row adds to one month.
package struct BoardFlow: Hashable, Sendable {
    package let trend: BoardTrend
    /// Months since year 0.
    package let month: Int
    package let amount: Int64
}

extension CaseBoardRow {
    /// The procedure under which complaints and reports are taken in.
    package static let complaintProcedure = "complaint"

    package var isComplaint: Bool { procedure.hasPrefix(Self.complaintProcedure + "@") }

    /// The day by which a fine is counted.
    package var finedOn: Int { decided ?? filed ?? opened }

    /// All that the row adds to months, from its own columns alone, so that it can be taken back when the row changes.
    package var flows: [BoardFlow] {
        func flow(_ trend: BoardTrend, _ day: Int?, _ amount: Int64 = 1) -> BoardFlow? {
            day.map { BoardFlow(trend: trend, month: Self.month(of: $0), amount: amount) }
        }
        var flows = [BoardFlow(trend: .cases, month: month, amount: 1)]
        flows += [
            flow(.opened, opened), flow(.filed, filed), flow(.decided, decided), flow(.closed, closed),
            isComplaint ? flow(.complaints, opened) : nil,
        ].compactMap(\.self)
        if let fineFen, fineFen != 0, let fined = flow(.fines, finedOn, fineFen) { flows.append(fined) }
        flows += flags.findings.map { BoardFlow(trend: .finding($0), month: month, amount: 1) }
        return flows
    }
}
