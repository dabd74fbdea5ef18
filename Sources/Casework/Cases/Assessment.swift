package import Ledger

/// What a gate comes to. Not known here is never a pass.
package enum GateAnswer: Hashable, Sendable {
    case met
    case broken
    /// What would have to be known lies where this node does not hold it.
    case unknown
}

/// Why a step stands in doubt: what arrived later has it confirmed by a person first (no partition can hide it for
/// ever, and no rule can prevent).
package enum Doubt: Hashable, Comparable, Sendable {
    /// An officer's certificate was suspended or withdrawn at the time, and the step did not know.
    case certificate(String)
    /// The item was the body's to use no more at the time, and the step did not know.
    case item(String)
    /// What a gate of it stands on was taken again at the same time, to another outcome.
    case concurrent(step: String)
    /// A fact that it read was changed at the same time.
    case factChanged(String)
    /// The same exclusive step was taken twice, each without knowledge of the other: neither counts until the common
    /// superior has designated one (行政处罚法第29条).
    case excluded
    /// A superior took the case over at the same time.
    case takenOver
    /// Another office filed the same matter.
    case filedElsewhere(RecordID)
    /// Another document bears the same number.
    case numberTwice(String)
    /// What it rests on was amended before it, and the step did not know.
    case statuteAmended(String)
}

/// A gate that was not met, as an officer reads it.
package struct GateFinding: Hashable, Sendable {
    package let says: Bilingual
    package let articles: [String]
    package let answer: GateAnswer

    package init(says: Bilingual, articles: [String], answer: GateAnswer) {
        (self.says, self.articles, self.answer) = (says, articles, answer)
    }
}

/// One taking of a step, judged by what it looked at.
package struct JudgedStep: Hashable, Sendable {
    package let taken: TakenMark
    /// Gates that were broken, or that cannot be answered here; empty where all were met.
    package let findings: [GateFinding]
    package let doubts: [Doubt]
    /// A takeover, a designation or a superior's word has set it aside.
    package let isVoid: Bool

    package init(taken: TakenMark, findings: [GateFinding], doubts: [Doubt], isVoid: Bool) {
        (self.taken, self.findings, self.doubts, self.isVoid) = (taken, findings, doubts, isVoid)
    }

    /// Whether others may stand on it: it is lawful by all that is known here, and nothing has set it aside. What is in
    /// doubt counts until somebody with authority says otherwise, but for one of two takings that exclude each other.
    package var counts: Bool { findings.isEmpty && !isVoid && !doubts.contains(.excluded) }

    package var isLawful: Bool { findings.isEmpty }
    package var isBroken: Bool { findings.contains { $0.answer == .broken } }
}

/// A step that may come next, and what still stands in its way.
package struct NextStep: Hashable, Sendable {
    package let rule: StepRule
    /// Facts to be entered with it.
    package let asks: [FactRule]
    /// What stands in the way, in an officer's words; empty if it can be taken now.
    package let missing: [GateFinding]
    /// The nearest end of a deadline that it would fulfil.
    package let due: DeadlineState?

    package init(rule: StepRule, asks: [FactRule], missing: [GateFinding], due: DeadlineState?) {
        (self.rule, self.asks, self.missing, self.due) = (rule, asks, missing, due)
    }

    package var isPossible: Bool { missing.isEmpty }
}

/// All that can be said of a case at one moment, from what this node holds.
package struct Assessment: Hashable, Sendable {
    package enum Standing: Hashable, Sendable {
        case open
        /// It waits for a superior to confirm or designate.
        case waiting([Doubt])
        case ended(Bilingual, at: LegalMoment)
    }

    package let procedure: Procedure
    package let stage: Stage
    package let standing: Standing
    /// Every taking of a step, in the order of the log.
    package let steps: [JudgedStep]
    /// What may come next, in the order of the procedure: what is possible and what is missing.
    package let next: [NextStep]
    package let deadlines: [DeadlineState]
    /// What tallies come to, as far as people may be told.
    package let tallies: [String: Int64]
    /// Numbers of the certificates of the handlers, from the grant that stands.
    package let handler: Handler?

    package init(
        procedure: Procedure, stage: Stage, standing: Standing, steps: [JudgedStep], next: [NextStep],
        deadlines: [DeadlineState], tallies: [String: Int64], handler: Handler?
    ) {
        (self.procedure, self.stage, self.standing, self.steps) = (procedure, stage, standing, steps)
        (self.next, self.deadlines, self.tallies, self.handler) = (next, deadlines, tallies, handler)
    }
}
