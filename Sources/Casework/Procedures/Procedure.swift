package import Divisions

/// Words that people read: Simplified Chinese first, English beside it.
package struct Bilingual: Hashable, Sendable, CustomStringConvertible {
    package let chinese: String
    package let english: String

    package init(_ chinese: String, _ english: String) { (self.chinese, self.english) = (chinese, english) }

    package var description: String { "\(chinese) (\(english))" }
}

/// The way the law lays down for one sort of work, as data: what is to be known, who does what in which order, what
/// must lie behind each step, by when, what is published and how it is filed.
///
/// A procedure is written as a YAML file, travels as a record that flows down, and is pinned by every case that begins
/// under it: a later version changes no case that is already open.
package struct Procedure: Hashable, Sendable {
    /// Lower-case letters, digits and hyphens; the same in all versions.
    package var id: String
    /// From 1 upward.
    package var version: Int
    package var name: Bilingual
    /// Cases of it go ahead of others on every line: complaints, alerts, dispatches.
    package var isUrgent: Bool
    /// What the procedure rests on, each as `《法》第X条`.
    package var articles: [String]
    package var facts: [FactRule]
    /// In the order in which a case goes through them.
    package var stages: [Stage]
    package var steps: [StepRule]
    package var deadlines: [DeadlineRule]
    package var tallies: [TallyRule]
    package var publicity: [PublicityRule]
    package var archive: ArchiveRule

    package init(
        id: String, version: Int, name: Bilingual, isUrgent: Bool = false, articles: [String] = [],
        facts: [FactRule] = [], stages: [Stage] = [], steps: [StepRule] = [], deadlines: [DeadlineRule] = [],
        tallies: [TallyRule] = [],
        publicity: [PublicityRule] = [], archive: ArchiveRule = ArchiveRule()
    ) {
        (self.id, self.version, self.name, self.isUrgent) = (id, version, name, isUrgent)
        self.articles = articles
        (self.facts, self.stages, self.steps, self.deadlines) = (facts, stages, steps, deadlines)
        (self.tallies, self.publicity, self.archive) = (tallies, publicity, archive)
    }

    /// How a case names the version it is pinned to: `id@version`.
    package var reference: String { "\(id)@\(version)" }

    package func fact(_ id: String) -> FactRule? { facts.first { $0.id == id } }
    package func stage(_ id: String) -> Stage? { stages.first { $0.id == id } }
    package func step(_ id: String) -> StepRule? { steps.first { $0.id == id } }
    package func deadline(_ id: String) -> DeadlineRule? { deadlines.first { $0.id == id } }
    package func tally(_ id: String) -> TallyRule? { tallies.first { $0.id == id } }
}

/// A part of the way, such as the scene survey.
package struct Stage: Hashable, Sendable {
    package var id: String
    package var name: Bilingual

    package init(id: String, name: Bilingual) { (self.id, self.name) = (id, name) }
}

/// Something that has to be known of a case. It is a field of the case's record, named by the fact's id: a register,
/// or a set where there are many.
package struct FactRule: Hashable, Sendable {
    package enum ValueKind: String, Hashable, Sendable, CaseIterable {
        case text
        /// A whole number.
        case integer
        /// Fen.
        case money
        case truth
        /// `YYYY-MM-DD`.
        case date
        /// `YYYY-MM-DDTHH:MM`, local time.
        case moment
        /// One of `choices`, by its id.
        case choice
        /// The code of an enforcement item.
        case item
        /// The number of an officer's certificate.
        case officer
        /// The code of a division.
        case division
        /// Another record, by its id.
        case record
    }

    package var id: String
    package var name: Bilingual
    package var kind: ValueKind
    /// Stands in headers only as a salted digest, and can be erased by order of law.
    package var isPersonal: Bool
    /// A set of values instead of one.
    package var isMany: Bool
    package var choices: [Choice]

    package struct Choice: Hashable, Sendable {
        package var id: String
        package var name: Bilingual

        package init(id: String, name: Bilingual) { (self.id, self.name) = (id, name) }
    }

    package init(
        id: String, name: Bilingual, kind: ValueKind = .text, isPersonal: Bool = false, isMany: Bool = false,
        choices: [Choice] = []
    ) {
        (self.id, self.name, self.kind) = (id, name, kind)
        (self.isPersonal, self.isMany, self.choices) = (isPersonal, isMany, choices)
    }
}

/// What somebody is there for, when he takes a step.
package enum Post: String, Hashable, Sendable, CaseIterable {
    /// Handles the case; certified to enforce.
    case officer
    /// Reviews legality (行政处罚法第58条).
    case reviewer
    /// Answers for the body: approves and decides.
    case responsible
    /// Presides over a hearing.
    case chair
    /// Watches over offices below.
    case supervisor
    /// Scores or advises from outside.
    case expert
    /// Takes in and answers what people bring.
    case clerk
    /// Mediates between parties.
    case mediator
    /// Belongs to a village's own organs.
    case villager
    /// The node itself: timers and automatic publication.
    case system

    package var name: Bilingual {
        switch self {
        case .officer: Bilingual("执法人员", "officer")
        case .reviewer: Bilingual("法制审核人员", "legal reviewer")
        case .responsible: Bilingual("行政机关负责人", "responsible person")
        case .chair: Bilingual("听证主持人", "chair of the hearing")
        case .supervisor: Bilingual("执法监督人员", "supervisor")
        case .expert: Bilingual("评审专家", "expert")
        case .clerk: Bilingual("承办工作人员", "clerk")
        case .mediator: Bilingual("人民调解员", "mediator")
        case .villager: Bilingual("村民组织成员", "member of a village organ")
        case .system: Bilingual("系统", "the system")
        }
    }
}

/// One thing that is done in a case, once or again and again.
package struct StepRule: Hashable, Sendable {
    /// What a step comes to, such as passed or returned.
    package struct Outcome: Hashable, Sendable {
        package var id: String
        package var name: Bilingual
        /// The case ends with it, in this way.
        package var ending: Bilingual?

        package init(id: String, name: Bilingual, ending: Bilingual? = nil) {
            (self.id, self.name, self.ending) = (id, name, ending)
        }
    }

    /// Whether the scene is to be recorded (广东省行政执法全过程记录办法第14条).
    package enum Recording: String, Hashable, Sendable, CaseIterable {
        case none, video, uninterrupted
    }

    package var id: String
    package var stage: String
    package var name: Bilingual
    /// What the officer reads about how it is done, if anything is to be said.
    package var advice: Bilingual?
    package var articles: [String]
    /// Who may take it; any of them.
    package var posts: [Post]
    /// Levels of the division acted for at which it may be taken; empty for any.
    package var levels: [Level]
    /// How many certified officers take it together: 0 where no certificate is asked for.
    package var certified: Int
    /// Whoever took one of these steps may not take this one (recusal and separation of functions).
    package var notWhoDid: [String]
    /// Facts that are entered with it, as far as they are not known yet.
    package var collects: [String]
    /// Facts without which it cannot be taken.
    package var requires: [String]
    /// The step exists for this case only if this holds.
    package var when: Condition?
    package var gates: [Gate]
    /// Never empty; a step that simply happens has `done`.
    package var outcomes: [Outcome]
    /// A document of this kind is issued with it.
    package var document: String?
    /// The document carries a number of this 文种字, such as 罚.
    package var numbered: String?
    /// Only the holder of the handler grant takes it, and it counts only under a grant that stands.
    package var isExclusive: Bool
    /// It may be taken again.
    package var isRepeated: Bool
    /// It is no part of the way itself: it may be left out.
    package var isOptional: Bool
    package var recording: Recording
    /// Procedures that may begin from here, by id.
    package var opens: [String]

    package static let done = Outcome(id: "done", name: Bilingual("完成", "done"))

    package init(
        id: String, stage: String, name: Bilingual, advice: Bilingual? = nil, articles: [String] = [],
        posts: [Post] = [.officer], levels: [Level] = [], certified: Int = 0, notWhoDid: [String] = [],
        collects: [String] = [], requires: [String] = [], when: Condition? = nil, gates: [Gate] = [],
        outcomes: [Outcome] = [StepRule.done], document: String? = nil, numbered: String? = nil,
        isExclusive: Bool = false, isRepeated: Bool = false, isOptional: Bool = false, recording: Recording = .none,
        opens: [String] = []
    ) {
        (self.id, self.stage, self.name, self.advice, self.articles) = (id, stage, name, advice, articles)
        (self.posts, self.levels, self.certified, self.notWhoDid) = (posts, levels, certified, notWhoDid)
        (self.collects, self.requires, self.when, self.gates) = (collects, requires, when, gates)
        (self.outcomes, self.document, self.numbered) = (outcomes, document, numbered)
        (self.isExclusive, self.isRepeated, self.isOptional) = (isExclusive, isRepeated, isOptional)
        (self.recording, self.opens) = (recording, opens)
    }

    package func outcome(_ id: String) -> Outcome? { outcomes.first { $0.id == id } }
}

/// What must be so before a step is taken. A step that was taken all the same is marked unlawful on every node.
package struct Gate: Hashable, Sendable {
    package var condition: Condition
    /// The gate stands in the way only if this holds.
    package var when: Condition?
    /// What an officer is told who stands before it: `立案前须有两名持证执法人员`.
    package var says: Bilingual
    package var articles: [String]

    package init(_ condition: Condition, when: Condition? = nil, says: Bilingual, articles: [String] = []) {
        (self.condition, self.when, self.says, self.articles) = (condition, when, says, articles)
    }
}

/// A value computed from all takings of a step, which may be concurrent: the mean of blind scores.
package struct TallyRule: Hashable, Sendable {
    package enum Way: String, Hashable, Sendable, CaseIterable { case count, sum, mean, least, most }

    package var id: String
    package var name: Bilingual
    package var step: String
    /// The figure of the step that is added up; nil only for `count`.
    package var figure: String?
    package var way: Way
    /// Nobody is told what it comes to before this holds: scores are given blind.
    package var shownWhen: Condition?

    package init(
        id: String, name: Bilingual, step: String, figure: String?, way: Way, shownWhen: Condition? = nil
    ) {
        (self.id, self.name, self.step, self.figure, self.way) = (id, name, step, figure, way)
        self.shownWhen = shownWhen
    }
}

/// What of a case is shown to the public, and when.
package struct PublicityRule: Hashable, Sendable {
    /// Before, during or after enforcement (广东省行政执法公示办法第8、10、11条).
    package enum Phase: String, Hashable, Sendable, CaseIterable { case before, during, after }

    package var id: String
    package var name: Bilingual
    package var phase: Phase
    /// Published once this step has been taken, with one of these outcomes (any, if empty).
    package var after: String
    package var outcomes: [String]
    package var when: Condition?
    /// The deadline of the procedure by which it has to be public.
    package var deadline: String?
    /// Facts shown, desensitised by the fixed rules.
    package var shows: [String]
    /// How long it stays public; nil for as long as the law has nothing against it.
    package var shown: Span?
    package var articles: [String]

    package init(
        id: String, name: Bilingual, phase: Phase = .after, after: String, outcomes: [String] = [],
        when: Condition? = nil, deadline: String? = nil, shows: [String] = [], shown: Span? = nil,
        articles: [String] = []
    ) {
        (self.id, self.name, self.phase, self.after, self.outcomes) = (id, name, phase, after, outcomes)
        (self.when, self.deadline, self.shows, self.shown, self.articles) = (when, deadline, shows, shown, articles)
    }
}

/// The order in which documents of a case stand in its file; each entry is a document kind, a step or `evidence`.
/// What no list names stands at the end of the main volume.
package struct ArchiveRule: Hashable, Sendable {
    /// The main volume, open to the parties.
    package var main: [String]
    /// The sub-volume: sources, opinions and discussions.
    package var sub: [String]
    /// Years the file is kept; nil for ever.
    package var years: Int?

    package init(main: [String] = [], sub: [String] = [], years: Int? = nil) {
        (self.main, self.sub, self.years) = (main, sub, years)
    }
}
