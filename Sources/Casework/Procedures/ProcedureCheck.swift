import Lattice
import Libraries

/// Whether a case can go the way that a procedure lays down: everything that is named is there and of the right sort,
/// and every step can be come to, and an end.
///
/// Ids that are defined twice are found where they are read.
struct ProcedureCheck {
    let procedure: Procedure
    let places: [ProcedurePlace: ProcedureMark]
    let references: [ProcedureReference]
    var faults: [ProcedureFault.Fault] = []

    init(_ procedure: Procedure, places: [ProcedurePlace: ProcedureMark], references: [ProcedureReference]) {
        (self.procedure, self.places, self.references) = (procedure, places, references)
    }

    mutating func run() -> [ProcedureFault.Fault] {
        for reference in references { check(reference) }
        checkFacts()
        checkSteps()
        checkDeadlines()
        checkWays()
        return faults
    }

    mutating func fault(_ place: ProcedurePlace, _ chinese: String, _ english: String) {
        fault(places[place] ?? places[.whole] ?? ProcedureMark(line: 1, column: 1), chinese, english)
    }

    private mutating func fault(_ mark: ProcedureMark, _ chinese: String, _ english: String) {
        faults.append(ProcedureFault.Fault(line: mark.line, column: mark.column, reason: Reason(chinese, english)))
    }

    // MARK: What is named

    private mutating func check(_ reference: ProcedureReference) {
        let mark = reference.mark
        switch reference.target {
        case .fact(let id, let use):
            guard let fact = procedure.fact(id) else {
                return missing(id, Bilingual("事实项", "fact"), procedure.facts.map(\.id), mark)
            }
            check(fact, use, mark)
        case .stage(let id):
            guard procedure.stage(id) == nil else { return }
            missing(id, Bilingual("阶段", "stage"), procedure.stages.map(\.id), mark)
        case .step(let id):
            guard procedure.step(id) == nil else { return }
            missing(id, Bilingual("环节", "step"), procedure.steps.map(\.id), mark)
        case .outcome(let id, let step):
            guard let step = procedure.step(step), step.outcome(id) == nil else { return }
            missing(id, Bilingual("环节“\(step.id)”的结果", "outcome of step \"\(step.id)\""), step.outcomes.map(\.id), mark)
        case .deadline(let id):
            guard procedure.deadline(id) == nil else { return }
            missing(id, Bilingual("期限", "deadline"), procedure.deadlines.map(\.id), mark)
        case .tally(let id):
            guard procedure.tally(id) == nil else { return }
            missing(id, Bilingual("统计", "tally"), procedure.tallies.map(\.id), mark)
        case .archived(let id):
            let isKnown = id == ArchiveRule.evidence || procedure.steps.contains { $0.id == id || $0.document == id }
            guard !isKnown else { return }
            fault(
                mark, "归档项“\(id)”不是本程序的环节或文书，也不是 evidence，请改正或删去",
                "\"\(id)\" in \"archive\" is no step and no document of a step here, nor \"evidence\": correct or remove it"
            )
        }
    }

    private mutating func missing(_ id: String, _ what: Bilingual, _ known: [String], _ mark: ProcedureMark) {
        let listed = known.isEmpty ? ("无", "none") : (known.joined(separator: "、"), known.joined(separator: ", "))
        fault(
            mark, "没有\(what.chinese)“\(id)”，现有：\(listed.0)",
            "there is no \(what.english) \"\(id)\"; there are: \(listed.1)")
    }

    private mutating func check(_ fact: FactRule, _ use: ProcedureReference.FactUse, _ mark: ProcedureMark) {
        switch use {
        case .collected, .shown: return
        case .asked: break
        case .money:
            guard fact.kind == .money else {
                return wrong(fact, Bilingual("money", "money"), mark)
            }
        case .begins:
            guard fact.kind == .date || fact.kind == .moment else {
                return wrong(fact, Bilingual("date 或 moment", "date or moment"), mark)
            }
        case .tested(let test):
            guard check(fact, test, mark) else { return }
        }
        if !procedure.steps.contains(where: { $0.collects.contains(fact.id) }) {
            fault(
                mark, "没有环节采集事实项“\(fact.id)”，请写入某环节的 collects",
                "no step collects the fact \"\(fact.id)\": add it to \"collects\" of a step")
        }
    }

    private mutating func check(_ fact: FactRule, _ test: Condition.Test, _ mark: ProcedureMark) -> Bool {
        switch test {
        case .isKnown: return true
        case .isTrue, .isNotTrue:
            if fact.kind == .truth { return true }
            wrong(fact, Bilingual("truth", "truth"), mark)
        case .atLeast, .above, .atMost, .below:
            if fact.kind == .integer || fact.kind == .money { return true }
            wrong(fact, Bilingual("integer 或 money", "integer or money"), mark)
        case .equals(let value): return check(fact, values: [value], mark)
        case .isOneOf(let values): return check(fact, values: values, mark)
        }
        return false
    }

    private mutating func check(_ fact: FactRule, values: [String], _ mark: ProcedureMark) -> Bool {
        switch fact.kind {
        case .text, .date, .moment, .item, .officer, .division, .record: return true
        case .choice:
            let known = fact.choices.map(\.id)
            let unknown = values.filter { !known.contains($0) }
            for value in unknown {
                missing(value, Bilingual("“\(fact.id)”的选项", "choice of \"\(fact.id)\""), known, mark)
            }
            return unknown.isEmpty
        case .integer, .money, .truth:
            let advice =
                fact.kind == .truth
                ? ("须写 is: true 或 is: false", "write is: true or is: false")
                : ("须用 at-least、above、at-most、below", "compare it with at-least, above, at-most or below")
            fault(
                mark, "事实项“\(fact.id)”的类型是 \(fact.kind.rawValue)，\(advice.0)",
                "the fact \"\(fact.id)\" is of kind \(fact.kind.rawValue): \(advice.1)")
            return false
        }
    }

    private mutating func wrong(_ fact: FactRule, _ wanted: Bilingual, _ mark: ProcedureMark) {
        fault(
            mark, "事实项“\(fact.id)”的类型是 \(fact.kind.rawValue)，此处须为 \(wanted.chinese)",
            "the fact \"\(fact.id)\" is of kind \(fact.kind.rawValue); here it must be \(wanted.english)")
    }

    // MARK: Facts, steps, deadlines by themselves

    private mutating func checkFacts() {
        for fact in procedure.facts {
            if CaseField.reserved.contains(fact.id) {
                fault(
                    .fact(fact.id), "“\(fact.id)”是案件自身的字段，请换一个名称",
                    "\"\(fact.id)\" is a field that every case has: choose another id")
            }
            let field = LibraryKinds.caseFile.fields.first { $0.name == fact.id }
            if let field, field.isPersonal, !fact.isPersonal {
                fault(
                    .fact(fact.id), "“\(fact.id)”属于个人信息，须写 personal: true",
                    "\"\(fact.id)\" is personal: add personal: true")
            }
        }
    }

    private mutating func checkSteps() {
        for step in procedure.steps {
            let place = ProcedurePlace.step(step.id)
            if step.posts.isEmpty {
                fault(
                    place, "环节“\(step.id)”没有人能办，请在 posts 中写岗位",
                    "nobody can take step \"\(step.id)\": name a post in \"posts\"")
            }
            if step.certified > 0, step.posts == [.system] {
                fault(
                    place, "环节“\(step.id)”由系统办理，没有持证人员，请删去 certified",
                    "step \"\(step.id)\" is taken by the system, which holds no certificate: remove \"certified\"")
            }
            if step.document == nil, let key = step.isExclusive ? "exclusive" : step.numbered.map({ _ in "numbered" }) {
                fault(
                    place, "环节“\(step.id)”写有 \(key)，须有文书 document",
                    "step \"\(step.id)\" is \(key): name the document that is issued with it in \"document\"")
            }
            for word in step.numbered.map({ [$0] }) ?? [] where !DocumentWord.isValid(word) {
                fault(
                    place, "文种字“\(word)”须为1至\(DocumentWord.charactersMax)个汉字，可带括号",
                    "the word \"\(word)\" of the number must be 1 to \(DocumentWord.charactersMax) Chinese characters, "
                        + "with brackets if need be")
            }
            if step.notWhoDid == [step.id], !step.isRepeated {
                fault(
                    place, "环节“\(step.id)”只办一次，不必回避自身，请删去或写 repeated: true",
                    "step \"\(step.id)\" is taken once: leave it out of its own \"not-who-did\" or add repeated: true")
            }
        }
    }

    private mutating func checkDeadlines() {
        for rule in procedure.deadlines {
            let place = ProcedurePlace.deadline(rule.id)
            for pause in rule.pauses where pause.from == pause.to {
                fault(
                    place, "期限“\(rule.id)”的中止起止都是“\(pause.from)”，请改正",
                    "a pause of deadline \"\(rule.id)\" begins and ends with \"\(pause.from)\": name the step that ends it"
                )
            }
            if rule.ends.isEmpty, rule.missed == .flagged {
                fault(
                    place, "期限“\(rule.id)”没有环节能完成它，请写 ends，或写明逾期后果 missed",
                    "no step fulfils deadline \"\(rule.id)\": name one in \"ends\", or say in \"missed\" what follows")
            }
        }
    }
}

extension ArchiveRule {
    /// The entry that stands for all evidence files.
    package static let evidence = "evidence"
}

extension CaseField {
    /// Fields that no fact of a procedure may be called like.
    static let reserved = [steps, procedure, handler, body, division, origin, "exists", "resolutions"]
}
