/// What a deadline of one case has come to by some moment.
package struct DeadlineState: Hashable, Sendable {
    package enum Phase: Hashable, Sendable {
        /// What it begins with has not happened.
        case notBegun
        /// It runs, and ends with the last minute of `due`'s day, or with `due` itself where minutes or hours are counted.
        case running(due: LegalMoment)
        /// It runs, and ends within its warning.
        case nearlyDue(due: LegalMoment)
        /// It stands still, with so much left: whole days or minutes of its own unit.
        case paused(since: LegalMoment)
        /// What it asks for was done in time.
        case fulfilled(at: LegalMoment, due: LegalMoment)
        /// It was done too late.
        case late(at: LegalMoment, due: LegalMoment)
        /// It was not done, and the time is over.
        case missed(due: LegalMoment)
    }

    package let rule: DeadlineRule
    package let started: LegalMoment?
    package let phase: Phase

    package init(rule: DeadlineRule, started: LegalMoment?, phase: Phase) {
        (self.rule, self.started, self.phase) = (rule, started, phase)
    }

    /// When it ends or ended, if that can be told.
    package var due: LegalMoment? {
        switch phase {
        case .notBegun, .paused: nil
        case .running(let due), .nearlyDue(let due), .missed(let due): due
        case .fulfilled(_, let due), .late(_, let due): due
        }
    }

    package var isOver: Bool {
        switch phase {
        case .missed, .late: true
        case .notBegun, .running, .nearlyDue, .paused, .fulfilled: false
        }
    }
}

/// A step as deadlines see it: that it was taken, to what outcome, when.
package struct TakenStep: Hashable, Sendable {
    package let step: String
    package let outcome: String
    package let at: LegalMoment

    package init(step: String, outcome: String, at: LegalMoment) {
        (self.step, self.outcome, self.at) = (step, outcome, at)
    }
}
