import Casework
import Divisions
import Lattice
import Ledger
package import Libraries
import Papers

/// What the API says of cases. As in `Messages`, the names of the properties are those of the members in JSON.

/// Words for people, Chinese and English.
package struct WordsMessage: Codable, Hashable, Sendable {
    package let chinese: String
    package let english: String

    init(_ words: Bilingual) { (chinese, english) = (words.chinese, words.english) }

    init(_ role: Role) { (chinese, english) = (role.chinese, role.english) }
}

/// Something that stands in the way, in an officer's words, with the articles it rests on.
package struct FindingMessage: Codable, Hashable, Sendable {
    package let chinese: String
    package let english: String
    package let articles: [String]
    /// `broken`, or `unknown` where it cannot be told here.
    package let answer: String

    init(_ finding: GateFinding) {
        (chinese, english, articles) = (finding.says.chinese, finding.says.english, finding.articles)
        answer = finding.answer == .unknown ? "unknown" : "broken"
    }
}

/// A fact that a step asks for.
package struct AskedFactMessage: Codable, Hashable, Sendable {
    package let id: String
    package let chinese: String
    package let english: String
    /// As `FactRule.ValueKind` names it: `text`, `integer`, `money` (fen), `truth`, `date`, `moment`, `choice`, …
    package let kind: String
    package let isPersonal: Bool
    package let isMany: Bool
    package let choices: [ChoiceMessage]

    init(_ rule: FactRule) {
        (id, chinese, english) = (rule.id, rule.name.chinese, rule.name.english)
        (kind, isPersonal, isMany) = (rule.kind.rawValue, rule.isPersonal, rule.isMany)
        choices = rule.choices.map(ChoiceMessage.init)
    }
}

package struct ChoiceMessage: Codable, Hashable, Sendable {
    package let id: String
    package let chinese: String
    package let english: String

    init(_ choice: FactRule.Choice) { (id, chinese, english) = (choice.id, choice.name.chinese, choice.name.english) }

    init(_ outcome: StepRule.Outcome) {
        (id, chinese, english) = (outcome.id, outcome.name.chinese, outcome.name.english)
    }
}

/// A fact of a case as it shows.
package struct CaseFactMessage: Codable, Hashable, Sendable {
    package let id: String
    package let chinese: String
    package let english: String
    package let values: [JSON]
    /// The values as people read them: sums in yuan, choices by their names.
    package let words: [String]
    package let isPersonal: Bool
    package let isInConflict: Bool
    /// Stands for what is shown of it: an edit gives it back.
    package let seen: String
}

/// One taking of a step.
package struct CaseStepMessage: Codable, Hashable, Sendable {
    package let step: String
    package let name: WordsMessage
    package let outcome: WordsMessage
    /// `YYYY-MM-DDTHH:MM`, local time, by the word of whoever took it.
    package let at: String
    package let officers: [String]
    package let division: String
    /// Names of documents issued: kind, number if it has one, digest.
    package let issued: [IssuedMessage]
    /// Whether others may stand on it.
    package let counts: Bool
    package let isVoid: Bool
    package let findings: [FindingMessage]
    package let doubts: [WordsMessage]
    /// What was said of it beside the facts, such as an `opinion` or a `reason`.
    package let details: [String: String]
    /// Stands for this step where a superior speaks on it.
    package let target: String
}

package struct IssuedMessage: Codable, Hashable, Sendable {
    package let kind: String
    package let number: String?
    package let digest: String
}

package struct NextStepMessage: Codable, Hashable, Sendable {
    package let step: String
    package let name: WordsMessage
    package let stage: String
    package let advice: WordsMessage?
    package let articles: [String]
    /// Who may take it.
    package let posts: [String]
    /// How many certified officers it takes.
    package let certified: Int
    package let isPossible: Bool
    package let isOptional: Bool
    package let asks: [AskedFactMessage]
    package let outcomes: [ChoiceMessage]
    package let missing: [FindingMessage]
    package let document: String?
    package let due: String?
}

package struct DeadlineMessage: Codable, Hashable, Sendable {
    package let id: String
    package let name: WordsMessage
    package let articles: [String]
    /// `running`, `nearly-due`, `paused`, `fulfilled`, `late` or `missed`.
    package let state: String
    package let due: String?
    /// What being late has cost by now, in fen (行政处罚法第72条); absent where nothing is charged.
    package let lateChargeFen: Int?
}

/// A case: where it stands, what is next and what is missing.
package struct CaseMessage: Codable, Hashable, Sendable {
    package let id: String
    /// The version it is pinned to, `id@version`.
    package let procedure: String
    package let name: WordsMessage
    package let stage: WordsMessage
    /// `open`, `waiting` or `ended`.
    package let standing: String
    /// How it ended, or what it waits for.
    package let standingWords: [WordsMessage]
    package let handler: String?
    package let facts: [CaseFactMessage]
    package let steps: [CaseStepMessage]
    package let next: [NextStepMessage]
    package let deadlines: [DeadlineMessage]
    package let tallies: [String: Int]
    /// The entity tag of the case's record, as `If-Match` takes it: it changes with every edit.
    package let etag: String

    init(_ history: CaseHistory, _ assessment: Assessment, at now: LegalMoment, etag: String) {
        self.etag = etag
        let procedure = assessment.procedure
        (id, self.procedure) = (history.id.description, procedure.reference)
        (name, stage) = (WordsMessage(procedure.name), WordsMessage(assessment.stage.name))
        switch assessment.standing {
        case .open: (standing, standingWords) = ("open", [])
        case .waiting(let doubts): (standing, standingWords) = ("waiting", doubts.map { WordsMessage($0.words) })
        case .ended(let ending, _): (standing, standingWords) = ("ended", [WordsMessage(ending)])
        }
        handler = assessment.handler.map { Handler.text(division: $0.division, body: $0.body, officers: $0.officers) }
        facts = procedure.facts.compactMap { CaseFactMessage($0, history) }
        steps = assessment.steps.map { CaseStepMessage($0, procedure) }
        next = assessment.next.map(NextStepMessage.init)
        deadlines = assessment.deadlines.compactMap { DeadlineMessage($0, history, at: now) }
        tallies = assessment.tallies.mapValues(Int.init)
    }
}

/// What `POST /v1/cases/{id}/steps` came to.
package struct TakenStepMessage: Codable, Hashable, Sendable {
    package let entries: [String]
    /// The number that its document bears, where it bears one.
    package let number: String?
    /// Records of what was published with it.
    package let published: [String]
    package let record: CaseMessage
}

/// A sealed volume, and what has become of it.
package struct VolumeMessage: Codable, Hashable, Sendable {
    package struct Piece: Codable, Hashable, Sendable {
        package let ordinal: Int
        /// `main` or `sub`.
        package let volume: String
        package let name: String
        package let title: String
        package let number: String?
        package let digest: String
    }

    package let digest: String
    package let sealedOn: String
    package let pieces: [Piece]
    /// Whether every piece that is here is as it was sealed, and the list itself.
    package let isSound: Bool
    /// Pieces whose files are not here yet, by name.
    package let absent: [String]
    package let altered: [String]

    init(_ volume: ArchiveVolume, _ findings: VolumeFindings, absent: [String]) {
        (digest, sealedOn, self.absent) = (volume.digest, volume.sealedOn.description, absent)
        pieces = volume.pieces.map { placed in
            Piece(
                ordinal: placed.ordinal, volume: placed.volume.rawValue, name: placed.piece.name,
                title: placed.piece.title, number: placed.piece.number, digest: placed.piece.digest)
        }
        isSound = findings.altered.isEmpty && findings.isListIntact
        altered = findings.altered
    }
}

package struct ProcedureMessage: Codable, Hashable, Sendable {
    package let id: String
    package let version: Int
    package let name: WordsMessage
    package let isUrgent: Bool
    package let articles: [String]
    package let steps: [String]
    package let facts: [AskedFactMessage]

    init(_ procedure: Procedure) {
        (id, version, name) = (procedure.id, procedure.version, WordsMessage(procedure.name))
        (isUrgent, articles) = (procedure.isUrgent, procedure.articles)
        steps = procedure.steps.map(\.id)
        facts = procedure.facts.map(AskedFactMessage.init)
    }
}

package struct ProcedureList: Codable, Hashable, Sendable {
    package let procedures: [ProcedureMessage]
}

extension CaseFactMessage {
    init?(_ rule: FactRule, _ history: CaseHistory) {
        guard let field = history.view[rule.id] else { return nil }
        let shown = field.shown.map { [$0] } ?? field.values.compactMap(\.value)
        (id, chinese, english) = (rule.id, rule.name.chinese, rule.name.english)
        values = shown.map(\.json)
        words = shown.map(rule.words)
        (isPersonal, isInConflict) = (rule.isPersonal, field.isInConflict)
        seen = SeenToken(field.seen).text
    }
}

extension FactRule {
    /// A value of the fact as people read it.
    fileprivate func words(_ value: Value) -> String {
        switch (kind, value) {
        case (.money, .integer(let fen)):
            let (yuan, rest) = fen.quotientAndRemainder(dividingBy: 100)
            return "\(yuan).\(rest.magnitude < 10 ? "0" : "")\(rest.magnitude)元"
        case (.choice, .text(let text)): return choices.first { $0.id == text }?.name.chinese ?? text
        case (_, .boolean(let truth)): return truth ? "是" : "否"
        case (_, .integer(let integer)): return String(integer)
        case (_, .text(let text)): return text
        case (_, .record(let id)): return id.description
        case (_, .bytes(let bytes)): return hexadecimal(bytes)
        }
    }
}

extension CaseStepMessage {
    init(_ judged: JudgedStep, _ procedure: Procedure) {
        let (taken, mark) = (judged.taken, judged.taken.mark)
        let rule = procedure.step(mark.step)
        let words = rule?.name ?? Overruling(step: mark.step)?.name ?? Bilingual(mark.step, mark.step)
        step = mark.step
        name = WordsMessage(words)
        outcome = WordsMessage(rule?.outcome(mark.outcome)?.name ?? Bilingual(mark.outcome, mark.outcome))
        (at, officers, division) = (mark.at.description, mark.officers, taken.division.text)
        issued = mark.issued.map { IssuedMessage(kind: $0.kind, number: $0.number, digest: $0.digest) }
        (counts, isVoid) = (judged.counts, judged.isVoid)
        findings = judged.findings.map(FindingMessage.init)
        doubts = judged.doubts.map { WordsMessage($0.words) }
        details = mark.details.filter { ![Overruling.target, Overruling.rival].contains($0.key) }
        target = Overruling.name(of: taken.citation.dot)
    }
}

extension NextStepMessage {
    init(_ next: NextStep) {
        let rule = next.rule
        (step, name, stage) = (rule.id, WordsMessage(rule.name), rule.stage)
        (advice, articles) = (rule.advice.map(WordsMessage.init), rule.articles)
        (posts, certified) = (rule.posts.map(\.rawValue), rule.certified)
        (isPossible, isOptional) = (next.isPossible, rule.isOptional)
        asks = next.asks.map(AskedFactMessage.init)
        outcomes = rule.outcomes.map(ChoiceMessage.init)
        missing = next.missing.map(FindingMessage.init)
        (document, due) = (rule.document, next.due?.due?.description)
    }
}

extension DeadlineMessage {
    init?(_ deadline: DeadlineState, _ history: CaseHistory, at now: LegalMoment) {
        switch deadline.phase {
        case .notBegun: return nil
        case .running: state = "running"
        case .nearlyDue: state = "nearly-due"
        case .paused: state = "paused"
        case .fulfilled: state = "fulfilled"
        case .late: state = "late"
        case .missed: state = "missed"
        }
        (id, name) = (deadline.rule.id, WordsMessage(deadline.rule.name))
        (articles, due) = (deadline.rule.articles, deadline.due?.description)
        lateChargeFen = Self.charge(deadline, history, at: now).map { Int($0) }
    }

    private static func charge(_ deadline: DeadlineState, _ history: CaseHistory, at now: LegalMoment) -> Int64? {
        guard case .charges(let basisPoints, let fact) = deadline.rule.missed, let due = deadline.due,
            case .integer(let fine) = history.value(fact)
        else { return nil }
        let last: LegalMoment
        switch deadline.phase {
        case .missed: last = now
        case .late(let at, _): last = at
        case .notBegun, .running, .nearlyDue, .paused, .fulfilled: return nil
        }
        return LateCharge.fen(fine: fine, due: due.day, on: last.day, basisPointsADay: Int64(basisPoints))
    }
}
