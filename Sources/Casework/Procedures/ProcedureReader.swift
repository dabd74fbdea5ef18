import Divisions
import Ledger
import Libraries
import Yams

extension Procedure {
    /// The longest text in bytes: it travels as one field of one entry, beside what else stands in it.
    package static let textBytesMax = Limits.entryBytesMax - 8_192

    /// Reads a procedure's file and checks that a case can go its way.
    ///
    /// It is read strictly: what is not known is refused, so that a typing error is never a silent default. If the text
    /// can be read, what it says is checked by ``ProcedureCheck``.
    ///
    /// - Parameter file: the name of the file, or of the record it comes from, for faults.
    /// - Throws: every fault of the file, each with its line.
    package init(yaml: String, file: String) throws(ProcedureFault) {
        var reader = ProcedureReader()
        let procedure = reader.procedure(yaml)
        var faults = reader.faults
        if faults.isEmpty {
            var check = ProcedureCheck(procedure, places: reader.places, references: reader.references)
            faults = check.run()
        }
        guard faults.isEmpty else { throw ProcedureFault(file: file, faults: faults) }
        self = procedure
    }
}

/// Reads a procedure's YAML. A piece that cannot be read is noted as a fault and stands for nothing; reading goes on,
/// so that one report holds everything.
struct ProcedureReader {
    var faults: [ProcedureFault.Fault] = []
    var places: [ProcedurePlace: ProcedureMark] = [:]
    var references: [ProcedureReference] = []

    static let factsMax = 200
    static let stagesMax = 40
    static let stepsMax = 200
    static let gatesPerStepMax = 40
    static let outcomesPerStepMax = 20
    static let deadlinesMax = 100
    /// Of everything else that is listed: articles, choices, tallies, entries of the archive.
    static let listMax = 200
    static let certifiedMax = 10

    private static let keys = [
        "procedure", "version", "zh", "en", "urgent", "articles", "facts", "stages", "steps", "deadlines", "tallies",
        "publicity", "archive",
    ]

    mutating func procedure(_ yaml: String) -> Procedure {
        let empty = Procedure(id: "", version: 1, name: Bilingual("", ""))
        guard let root = document(yaml), let top = keyed(root, known: Self.keys, what: Bilingual("文件", "the file"))
        else { return empty }
        places[.whole] = mark(of: root)
        var procedure = Procedure(
            id: name("procedure", in: top), version: number("version", in: top, within: 1...1_000_000) ?? 1,
            name: words(in: top), isUrgent: flag("urgent", in: top), articles: texts("articles", in: top))
        procedure.facts = list("facts", in: top, max: Self.factsMax, isRequired: true) { reader, node in
            reader.fact(node)
        }
        procedure.stages = list("stages", in: top, max: Self.stagesMax, isRequired: true) { reader, node in
            reader.stage(node)
        }
        procedure.steps = list("steps", in: top, max: Self.stepsMax, isRequired: true) { reader, node in
            reader.step(node)
        }
        procedure.deadlines = list("deadlines", in: top, max: Self.deadlinesMax) { reader, node in
            reader.deadline(node)
        }
        procedure.tallies = list("tallies", in: top, max: Self.listMax) { reader, node in reader.tally(node) }
        procedure.publicity = list("publicity", in: top, max: Self.listMax) { reader, node in reader.publicity(node) }
        if let node = top["archive"] { procedure.archive = archive(node) }
        return procedure
    }

    // MARK: Facts and stages

    private mutating func fact(_ node: Node) -> FactRule? {
        let known = ["id", "zh", "en", "kind", "personal", "many", "choices"]
        guard let keyed = keyed(node, known: known, what: Bilingual("事实项", "a fact")) else { return nil }
        let id = defined(in: keyed) { .fact($0) }
        let kind: FactRule.ValueKind = word("kind", in: keyed, of: Bilingual("事实类型", "kind of fact")) ?? .text
        let choices = list("choices", in: keyed, max: Self.listMax) { reader, node in reader.choice(node) }
        if kind == .choice, choices.isEmpty {
            fault(node, "“\(id)”是选项，须列出 choices", "\"\(id)\" is a choice: list its \"choices\"")
        } else if kind != .choice, let node = keyed["choices"] {
            fault(node, "只有 kind: choice 才有 choices", "only a fact of kind: choice has \"choices\"")
        }
        twice(choices.map(\.id), at: node)
        return FactRule(
            id: id, name: words(in: keyed), kind: kind, isPersonal: flag("personal", in: keyed),
            isMany: flag("many", in: keyed), choices: choices)
    }

    private mutating func choice(_ node: Node) -> FactRule.Choice? {
        guard let keyed = keyed(node, known: ["id", "zh", "en"], what: Bilingual("选项", "a choice")) else { return nil }
        return FactRule.Choice(id: name("id", in: keyed), name: words(in: keyed))
    }

    private mutating func stage(_ node: Node) -> Stage? {
        guard let keyed = keyed(node, known: ["id", "zh", "en"], what: Bilingual("阶段", "a stage")) else { return nil }
        return Stage(id: defined(in: keyed) { .stage($0) }, name: words(in: keyed))
    }

    // MARK: Steps

    private static let stepKeys = [
        "id", "stage", "zh", "en", "advice", "articles", "posts", "levels", "certified", "not-who-did", "collects",
        "requires", "when", "gates", "outcomes", "document", "numbered", "exclusive", "repeated", "optional",
        "recording", "opens",
    ]

    private mutating func step(_ node: Node) -> StepRule? {
        guard let keyed = keyed(node, known: Self.stepKeys, what: Bilingual("环节", "a step")) else { return nil }
        let id = defined(in: keyed) { .step($0) }
        var step = StepRule(id: id, stage: name("stage", in: keyed), name: words(in: keyed))
        if let node = keyed["stage"] { refer(.stage(step.stage), at: node) }
        step.advice = keyed["advice"].flatMap { words($0, what: Bilingual("advice", "\"advice\"")) }
        step.articles = texts("articles", in: keyed)
        step.posts = posts(in: keyed)
        step.levels = levels(in: keyed)
        step.certified = number("certified", in: keyed, within: 0...Self.certifiedMax, isRequired: false) ?? 0
        step.notWhoDid = names("not-who-did", in: keyed) { .step($0) }
        step.collects = names("collects", in: keyed) { .fact($0, .collected) }
        step.requires = names("requires", in: keyed) { .fact($0, .asked) }
        if let node = keyed["when"] {
            places[.when(id)] = mark(of: node)
            step.when = condition(node)
        }
        if let node = keyed["requires"] { places[.requires(id)] = mark(of: node) }
        var index = 0
        step.gates = list("gates", in: keyed, max: Self.gatesPerStepMax) { reader, node in
            reader.places[.gate(id, index)] = reader.mark(of: node)
            index += 1
            return reader.gate(node)
        }
        if keyed["outcomes"] != nil { step.outcomes = outcomes(in: keyed) }
        step.document = keyed["document"].flatMap { name($0, Bilingual("document", "\"document\"")) }
        step.numbered = keyed["numbered"].flatMap { text($0, Bilingual("numbered", "\"numbered\"")) }
        step.isExclusive = flag("exclusive", in: keyed)
        step.isRepeated = flag("repeated", in: keyed)
        step.isOptional = flag("optional", in: keyed)
        step.recording = word("recording", in: keyed, of: Bilingual("记录方式", "way of recording")) ?? .none
        step.opens = names("opens", in: keyed) { _ in nil }
        return step
    }

    private mutating func posts(in keyed: Keyed) -> [Post] {
        guard keyed["posts"] != nil else { return [.officer] }
        let what = Bilingual("岗位", "post")
        let posts: [Post] = list("posts", in: keyed, max: Post.allCases.count) { reader, node in
            reader.word(node, of: what)
        }
        twice(posts.map(\.rawValue), at: keyed["posts"] ?? keyed.node)
        return posts
    }

    private mutating func levels(in keyed: Keyed) -> [Level] {
        let levels: [Level] = list("levels", in: keyed, max: Level.allCases.count) { reader, node in
            guard let text = reader.text(node, Bilingual("levels", "\"levels\"")) else { return nil }
            guard let level = Level(name: text) else {
                let known = Level.allCases.map(\.englishName)
                reader.unknown(text, Bilingual("层级", "level"), known, at: node)
                return nil
            }
            return level
        }
        if let node = keyed["levels"] { twice(levels.map(\.englishName), at: node) }
        return levels
    }

    private mutating func gate(_ node: Node) -> Gate? {
        let known = ["needs", "when", "zh", "en", "articles"]
        guard let keyed = keyed(node, known: known, what: Bilingual("门槛", "a gate")) else { return nil }
        guard let needs = required("needs", in: keyed) else { return nil }
        return Gate(
            condition(needs), when: keyed["when"].map { condition($0) }, says: words(in: keyed),
            articles: texts("articles", in: keyed))
    }

    private mutating func outcomes(in keyed: Keyed) -> [StepRule.Outcome] {
        let outcomes: [StepRule.Outcome] = list("outcomes", in: keyed, max: Self.outcomesPerStepMax, isRequired: true) {
            reader, node in
            let known = ["id", "zh", "en", "ends"]
            guard let keyed = reader.keyed(node, known: known, what: Bilingual("结果", "an outcome")) else {
                return nil
            }
            return StepRule.Outcome(
                id: reader.name("id", in: keyed), name: reader.words(in: keyed),
                ending: keyed["ends"].flatMap { reader.words($0, what: Bilingual("ends", "\"ends\"")) })
        }
        twice(outcomes.map(\.id), at: keyed["outcomes"] ?? keyed.node)
        return outcomes
    }
}
