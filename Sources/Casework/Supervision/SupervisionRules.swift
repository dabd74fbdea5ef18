/// What supervision can find in a case or at a body. The vocabulary is fixed, since each word stands for something that
/// is computed; what is made of it (severity, points, articles, words) is data.
package enum SupervisionFinding: String, Hashable, Sendable, CaseIterable {
    /// A time limit of the office is over and what it asks for was not done, or was done too late.
    case overdue
    /// A time limit of the office is within its warning.
    case nearlyOverdue = "nearly-overdue"
    case gateBroken = "gate-broken"
    /// Fewer certified officers than are asked for, or a certificate that did not cover the act.
    case officerNotCertified = "officer-not-certified"
    case fineOutOfRange = "fine-out-of-range"
    /// The item was not the body's to use.
    case itemNotDelegated = "item-not-delegated"
    /// A step that has to be recorded has no recording.
    case missingRecording = "missing-recording"
    case publicityLate = "publicity-late"
    /// A document number was left out without an explanation; found at a body, never in a case.
    case numberGap = "number-gap"
    /// What arrived later has a step confirmed by a person first.
    case toBeConfirmed = "to-be-confirmed"
    /// A gate cannot be answered here, which is never a pass.
    case notKnownHere = "not-known-here"
    /// A file of evidence is named and its bytes are not here.
    case evidenceMissing = "evidence-missing"

    /// Its place in the set of flags of a case: the same in every release, since rows keep it.
    package var bit: Int {
        switch self {
        case .overdue: 0
        case .nearlyOverdue: 1
        case .gateBroken: 2
        case .officerNotCertified: 3
        case .fineOutOfRange: 4
        case .itemNotDelegated: 5
        case .missingRecording: 6
        case .publicityLate: 7
        case .numberGap: 8
        case .toBeConfirmed: 9
        case .notKnownHere: 10
        case .evidenceMissing: 11
        }
    }
}

/// Findings of a case as one number.
package struct SupervisionFlags: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    package init(_ findings: some Sequence<SupervisionFinding>) {
        self.init(rawValue: findings.reduce(0) { $0 | 1 << $1.bit })
    }

    package func contains(_ finding: SupervisionFinding) -> Bool { rawValue & 1 << finding.bit != 0 }

    package mutating func insert(_ finding: SupervisionFinding) { self = Self(rawValue: rawValue | 1 << finding.bit) }

    /// In the order of the vocabulary.
    package var findings: [SupervisionFinding] { SupervisionFinding.allCases.filter { contains($0) } }
}

/// What an office makes of a finding.
package struct SupervisionRule: Hashable, Sendable {
    package enum Severity: String, Hashable, Sendable, CaseIterable {
        /// To be known.
        case note
        /// To be followed up.
        case warning
        /// To be answered for.
        case serious

        package var name: Bilingual {
            switch self {
            case .note: Bilingual("提示", "note")
            case .warning: Bilingual("预警", "warning")
            case .serious: Bilingual("严重", "serious")
            }
        }
    }

    package var id: String
    package var name: Bilingual
    package var finding: SupervisionFinding
    package var severity: Severity
    package var articles: [String]
    /// What a body's score loses if all its cases have the finding, 0 to 100; in proportion if some have it.
    package var points: Int

    package init(
        id: String, name: Bilingual, finding: SupervisionFinding, severity: Severity, articles: [String] = [],
        points: Int = 0
    ) {
        (self.id, self.name, self.finding, self.severity) = (id, name, finding, severity)
        (self.articles, self.points) = (articles, points)
    }
}

/// Rules of supervision as data: what is looked for, what it weighs, and which documents mark the way of a case.
package struct SupervisionRules: Hashable, Sendable {
    /// How much each of the three systems weighs in a body's score (行政执法“三项制度”: 公示、全过程记录、重大执法决定法制审核).
    package struct Weights: Hashable, Sendable {
        package var publicity: Int
        package var recording: Int
        package var review: Int

        package init(publicity: Int, recording: Int, review: Int) {
            (self.publicity, self.recording, self.review) = (publicity, recording, review)
        }
    }

    /// Kinds of documents whose issuing tells how far a case is, whatever its procedure calls the step.
    package struct Milestones: Hashable, Sendable {
        /// A case is filed once one of these is issued; where none is part of its procedure, with its first step.
        package var filed: [String]
        package var decided: [String]
        /// The opinion of legal review.
        package var reviewed: [String]
        /// Outcomes of the review that let the case go on.
        package var passed: [String]

        package init(filed: [String], decided: [String], reviewed: [String], passed: [String]) {
            (self.filed, self.decided, self.reviewed, self.passed) = (filed, decided, reviewed, passed)
        }
    }

    package var id: String
    package var version: Int
    package var name: Bilingual
    /// At most one for each finding.
    package var rules: [SupervisionRule]
    package var weights: Weights
    package var milestones: Milestones

    package init(
        id: String, version: Int, name: Bilingual, rules: [SupervisionRule], weights: Weights, milestones: Milestones
    ) {
        (self.id, self.version, self.name) = (id, version, name)
        (self.rules, self.weights, self.milestones) = (rules, weights, milestones)
    }

    package func rule(for finding: SupervisionFinding) -> SupervisionRule? { rules.first { $0.finding == finding } }

    /// Changes when a case could come to another row by them.
    package var reference: String { "\(id)@\(version)" }
}
