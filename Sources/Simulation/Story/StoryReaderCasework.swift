import Casework
import Divisions
import Lattice
import Ledger
import Yams

extension StoryNodes {
    /// What cases stand on: a procedure's file relative to the story, or its text where that has more than one line.
    func casework(
        _ node: Node, _ file: (String) throws -> String
    ) throws(StoryFault) -> CaseworkSetting {
        let keyed = try keyed(node, known: ["procedure"], what: "\"casework\"")
        let told = try required("procedure", in: keyed)
        let word = try text(told, "procedure")
        var (yaml, name) = (word, "procedure")
        if !word.contains("\n") {
            do {
                (yaml, name) = (try file(word), word)
            } catch {
                throw fault(told, "the procedure \(word) could not be read: \(error)")
            }
        }
        do {
            return try CaseworkSetting(text: yaml, file: name)
        } catch {
            throw fault(told, "the procedure is wrong: \(error)")
        }
    }
}

extension StoryReader {
    /// One deed in a case, or one that changes what cases stand on.
    mutating func deed(_ told: Told) throws(StoryFault) -> any Play {
        let setting = try setting(told)
        let machine = try machine(nodes.required("by", in: told.keyed), "by")
        guard let seat = names.machines[machine] else { preconditionFailure("a machine has a seat") }
        let acting =
            try told.keyed["acting"].map { node throws(StoryFault) in try division(node, "acting") } ?? seat
        let deed: CaseAct.Deed
        switch told.verb {
        case .fileCase: deed = try opening(told, setting, acting)
        case .acknowledge: deed = .acknowledge(try division(told.value, "acknowledge"))
        case .suspend:
            let certificate = try nodes.text(told.value, "suspend")
            try check(certificate, told.value)
            deed = .suspend(certificate: certificate)
        case .endDelegation:
            deed = .endDelegation(
                try division(told.value, "end-delegation"),
                until: try nodes.text(nodes.required("until", in: told.keyed), "until"))
        case .amendLaw: deed = .amend(from: try nodes.text(told.value, "amend-law"))
        default: deed = try work(told, setting)
        }
        let act = CaseAct(machine: machine, acting: acting, deed)
        let place = act.record?.home ?? acting
        guard names.tree.mayWrite(seat: seat, acting: acting, home: place) else {
            throw nodes.fault(told.value, "\(machine) may not write at \(place) for \(acting)")
        }
        return CaseDeed(
            act: act,
            thinking: try told.keyed["thinking"].map { node throws(StoryFault) in
                try nodes.duration(node, "thinking")
            } ?? Amount(0),
            needs: [StoryNames.machine(machine)]
                + (told.verb == .fileCase ? [] : act.records.map { StoryNames.record($0.name) }))
    }

    func setting(_ told: Told) throws(StoryFault) -> CaseworkSetting {
        guard let casework else {
            throw nodes.fault(told.value, "a story in which cases are worked on has the key \"casework\" in its head")
        }
        return casework
    }

    private mutating func opening(
        _ told: Told, _ setting: CaseworkSetting, _ acting: DivisionCode
    ) throws(StoryFault) -> CaseAct.Deed {
        let name = try recordName(told.value)
        let home = try told.keyed["home"].map { node throws(StoryFault) in try division(node, "home") } ?? acting
        let record = setting.caseRecord(name, home: home)
        try declare(
            StoryNames.Record(name: record, isFree: false, line: nodes.mark(of: told.value).line), at: told.value)
        return .open(record, facts: try facts(told.keyed["facts"], setting))
    }

    private func work(_ told: Told, _ setting: CaseworkSetting) throws(StoryFault) -> CaseAct.Deed {
        let record = try caseNamed(told.value, setting)
        switch told.verb {
        case .enter: return .enter(record, facts: try facts(nodes.required("facts", in: told.keyed), setting))
        case .take: return .take(record, try taking(told, setting))
        case .forge:
            let forgery = try told.keyed["cites"].map { node throws(StoryFault) in
                try nodes.word(node, "forgery", as: Forgery.self)
            }
            return .forge(record, try taking(told, setting), forgery ?? .unasked)
        case .takeOver: return .takeOver(record)
        default:
            let node = try nodes.required("word", in: told.keyed)
            return .overrule(
                record, try nodes.word(node, "word of a superior", as: Overruling.self),
                step: try step(nodes.required("step", in: told.keyed), setting),
                of: try told.keyed["of"].map { node throws(StoryFault) in try division(node, "of") },
                rival: try told.keyed["rival"].map { node throws(StoryFault) in try caseNamed(node, setting) })
        }
    }

    /// A case that a step before has begun.
    func caseNamed(_ node: Node, _ setting: CaseworkSetting) throws(StoryFault) -> RecordName {
        let name = try known(node, recordName(node)).name
        guard name == setting.caseRecord(name.name, home: name.home) else {
            throw nodes.fault(node, "\(name.name) is no case")
        }
        return name
    }

    func step(_ node: Node, _ setting: CaseworkSetting) throws(StoryFault) -> String {
        let id = try nodes.text(node, "step")
        guard setting.procedure.step(id) != nil else {
            let known = StoryNodes.listed(setting.procedure.steps.map(\.id))
            throw nodes.fault(node, "the procedure has no step \(id.debugDescription); known are \(known)")
        }
        return id
    }

    private func taking(_ told: Told, _ setting: CaseworkSetting) throws(StoryFault) -> StepTaking {
        var taking = StepTaking(try step(nodes.required("step", in: told.keyed), setting))
        if let node = told.keyed["outcome"] {
            let outcome = try nodes.text(node, "outcome")
            guard setting.procedure.step(taking.step)?.outcome(outcome) != nil else {
                throw nodes.fault(node, "\(taking.step) has no outcome \(outcome.debugDescription)")
            }
            taking.outcome = outcome
        }
        if let node = told.keyed["officers"] {
            let all: [Node] = if case .sequence(let sequence) = node { Array(sequence) } else { [node] }
            var officers: [String] = []
            for node in all {
                officers.append(try nodes.text(node, "officers"))
                try check(officers[officers.count - 1], node)
            }
            taking.officers = officers
        }
        if let node = told.keyed["number"] { taking.number = try nodes.text(node, "number") }
        return taking
    }

    private func check(_ certificate: String, _ node: Node) throws(StoryFault) {
        guard let holder = CaseworkSetting.holder(of: certificate), names.tree.division(holder.division) != nil else {
            throw nodes.fault(
                node,
                "\(certificate.debugDescription) is nobody's certificate; write DIVISION-POST-NUMBER, with the posts "
                    + StoryNodes.listed(CaseworkSetting.staff.map(\.post.rawValue)))
        }
    }

    private func facts(_ node: Node?, _ setting: CaseworkSetting) throws(StoryFault) -> [CaseFact] {
        guard let node else { return [] }
        var facts: [CaseFact] = []
        for (id, keyNode, value) in try nodes.named(node, what: "\"facts\"") {
            guard let rule = setting.procedure.fact(id) else {
                let known = StoryNodes.listed(setting.procedure.facts.map(\.id))
                throw nodes.fault(keyNode, "the procedure has no fact \(id.debugDescription); known are \(known)")
            }
            facts.append(CaseFact(id, try nodes.value(value, id, rule.kind.type)))
        }
        return facts
    }

    // MARK: What is expected

    /// Those that are named, or all of the tree that hold the record.
    private func machines(
        holding record: RecordName, _ keyed: StoryNodes.Keyed
    ) throws(StoryFault) -> [String] {
        guard let at = keyed["at"], at.scalar?.string != "all" else { return names.tree.machinesHolding(record) }
        return try machines(at, "at")
    }

    func published(_ node: Node, _ keyed: StoryNodes.Keyed) throws(StoryFault) -> [Expectation] {
        let record = try known(node, recordName(node)).name
        guard record.kind == CaseworkKinds.publication.name else {
            throw nodes.fault(node, "\(record.name) is no publication")
        }
        let standing = try nodes.required("standing", in: keyed)
        return [
            .published(
                record, try nodes.word(standing, "standing", as: PublicationStanding.self),
                machines: try machines(holding: record, keyed))
        ]
    }

    func judged(_ node: Node, _ keyed: StoryNodes.Keyed) throws(StoryFault) -> [Expectation] {
        guard let setting = casework else {
            throw nodes.fault(node, "a story in which cases are worked on has the key \"casework\" in its head")
        }
        let record = try caseNamed(node, setting)
        let machines = try machines(holding: record, keyed)
        var questions: [CaseQuestion] = []
        let counts: [(key: String, question: (String, Int) -> CaseQuestion)] = [
            ("counts", { .counts(step: $0, $1) }), ("broken", { .broken(step: $0, $1) }),
            ("void", { .void(step: $0, $1) }),
        ]
        for (key, question) in counts {
            guard let node = keyed[key] else { continue }
            let step = try step(nodes.required("step", in: keyed), setting)
            questions.append(question(step, Int(try nodes.fixed(node, key, within: 0...1_000))))
        }
        if let node = keyed["doubt"] {
            let isThere = try keyed["is"].map { node throws(StoryFault) in try nodes.flag(node, "is") } ?? true
            questions.append(.doubt(try nodes.word(node, "doubt", as: DoubtKind.self), isThere))
        }
        if let node = keyed["standing"] {
            questions.append(.standing(try nodes.word(node, "standing", as: CaseQuestion.StandingKind.self)))
        }
        guard !questions.isEmpty else {
            throw nodes.fault(
                keyed.node, "say what is expected of the case: counts, broken, void, doubt or standing")
        }
        return questions.map { .judged(record, $0, machines: machines) }
    }
}

extension FactRule.ValueKind {
    /// How the ledger holds it.
    fileprivate var type: ValueType {
        switch self {
        case .integer, .money: .integer
        case .truth: .boolean
        case .record: .record
        case .text, .date, .moment, .choice, .item, .officer, .division: .text
        }
    }
}

/// One deed in a case.
struct CaseDeed: Play {
    var act: CaseAct
    var thinking: Amount
    /// Twins and cases that must have come to be before.
    var needs: [String]

    func draw(_ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage) {
        var act = act
        act.thinking = thinking.milliseconds(using: &random)
        let moment = stage.notBefore(needs, span.lowerBound)
        stage.add(.casework(act), at: moment)
        if case .open(let record, _) = act.deed { stage.note(StoryNames.record(record.name), madeAt: moment) }
    }
}
