import Casework
import Divisions
import Lattice
import Ledger
import Libraries
import Papers
import Replication

/// Does in a world what people do in cases: looks, thinks, asks the rules, and writes what they let pass.
final class CaseClerk {
    /// What a deed came to.
    enum Answer: Equatable {
        case written
        /// There is nothing to do it to or nobody to do it, or the rules refuse it.
        case refused
    }

    let world: World
    let reader: EntryReader

    init(world: World) {
        self.world = world
        reader = EntryReader(tree: world.tree)
    }

    // MARK: Before the story

    /// Fills the libraries of every office.
    func stock() throws {
        guard world.casework != nil else { return }
        for division in world.tree.divisions.map(\.code) {
            guard let seat = world.tree.seatServing(division), let machine = world.find(machine: seat.division.text)
            else { continue }
            for shelf in CaseStock.shelves(of: division, in: world.tree) {
                try write(shelf.edits, shelf.place, shelf.acting, author: nil, at: machine)
            }
        }
    }

    // MARK: Deeds

    /// - Parameter late: told whether it could be done, for what is saved only after thinking.
    /// - Returns: nil for what is not decided yet.
    func perform(_ act: CaseAct, late: @escaping (Answer) -> Void) throws -> Answer? {
        guard let machine = world.find(machine: act.machine), machine.isUp else { return .refused }
        guard let screen = try CaseDesk(at: machine, in: world, reader: reader) else { return .refused }
        let history = try act.record.flatMap { try screen.history(of: $0.id) }
        guard act.thinking > 0 else { return try save(act, screen, history, at: machine) }
        world.at(world.instant + act.thinking) { [self] in
            // The screen stays as it was, whatever has arrived since.
            late(try save(act, screen, history, at: machine))
        }
        return nil
    }

    private func save(
        _ act: CaseAct, _ screen: CaseDesk, _ history: CaseHistory?, at machine: World.Machine
    ) throws -> Answer {
        guard machine.isWriting else { return .refused }
        switch act.deed {
        case .open(let record, let facts): return try open(record, facts, act, screen, at: machine)
        case .enter(_, let facts):
            guard let history else { return .refused }
            let edits = screen.plan.enter(screen.rules(facts), in: history)
            return try write(edits, in: history, act, by: certificate(act, .officer), at: machine)
        case .take(_, let taking):
            guard let history else { return .refused }
            return try take(taking, act, screen, history, at: machine)
        case .forge(_, let taking, let forgery):
            guard let history else { return .refused }
            return try forge(taking, forgery, act, screen, history, at: machine)
        case .takeOver:
            guard let history, isAbove(act, history.id.home) else { return .refused }
            let holder = (
                act.acting, CaseworkSetting.body(of: act.acting), [certificate(act, .officer)]
            )
            let edits = [screen.plan.grant(holder, in: history)]
            return try write(edits, in: history, act, by: certificate(act, .supervisor), at: machine)
        case .overrule(_, let word, let step, let of, let rival):
            guard let history, isAbove(act, history.id.home) else { return .refused }
            return try overrule(word, step, of, rival, act, screen, history, at: machine)
        case .acknowledge(let office): return try acknowledge(office, act, screen, at: machine)
        case .suspend(let certificate): return try suspend(certificate, act, screen, at: machine)
        case .endDelegation(let town, let day):
            let id = CaseStock.delegation(of: town)
            guard isAbove(act, town), let seen = try machine.store?.record(id) else { return .refused }
            let edits = CaseStock.draft(LibraryKinds.delegation, id, [("valid-to", .text(day))], seen: seen)
            return try write(edits, StreamPlace(home: town, flow: id.flow), act.acting, author: nil, at: machine)
        case .amend(let day):
            let edits = CaseStock.law(act.acting, from: day, reading: 2)
            return try write(
                edits, StreamPlace(home: act.acting, flow: .down), act.acting, author: nil, at: machine)
        }
    }

    private func open(
        _ record: RecordName, _ facts: [CaseFact], _ act: CaseAct, _ screen: CaseDesk, at machine: World.Machine
    ) throws -> Answer {
        guard try screen.history(of: record.id) == nil else { return .refused }
        let officers = [1, 2].map { CaseworkSetting.certificate(act.acting, .officer, $0) }
        let edits = screen.plan.open(
            record.id, handler: (act.acting, CaseworkSetting.body(of: act.acting), officers),
            facts: screen.rules(facts))
        return try write(
            edits, StreamPlace(home: record.home, flow: record.flow), act.acting,
            author: CaseworkSetting.record(of: certificate(act, .officer)), at: machine)
    }

    // MARK: Steps

    private func take(
        _ taking: StepTaking, _ act: CaseAct, _ screen: CaseDesk, _ history: CaseHistory, at machine: World.Machine
    ) throws -> Answer {
        guard let mark = mark(taking, act, screen, history, at: machine) else { return .refused }
        let author = mark.officers.first.flatMap(CaseworkSetting.record(of:))
        let found = screen.plan.preview(
            mark, by: author, acting: screen.acting(act.acting, mark.post, mark.officers), in: history,
            judge: screen.judge)
        guard found.isEmpty, !screen.isEnded(history) else { return .refused }
        return try write([screen.plan.take(mark, in: history)], in: history, act, by: mark.officers.first, at: machine)
    }

    private func forge(
        _ taking: StepTaking, _ forgery: Forgery, _ act: CaseAct, _ screen: CaseDesk, _ history: CaseHistory,
        at machine: World.Machine
    ) throws -> Answer {
        guard var mark = mark(taking, act, screen, history, at: machine) else { return .refused }
        if forgery.isHopeless { mark.details[ReviewChecker.forged] = forgery.rawValue }
        let honest = screen.plan.take(mark, in: history)
        var reads = honest.reads
        let reviews = history.steps.filter { $0.mark.step == CaseworkSetting.review }
        switch forgery {
        case .unasked: break
        case .citesNothing: reads = []
        case .citesReturned:
            let passed = reviews.filter { $0.mark.outcome == CaseworkSetting.passed }.map(\.citation)
            reads.removeAll(where: passed.contains)
        case .citesInvented:
            reads.removeAll(where: reviews.map(\.citation).contains)
            // An entry that is there, under a hash that it does not have.
            if let other = reviews.last?.citation ?? reads.last {
                reads = (reads + [Citation(dot: other.dot, check: ~other.check)]).sorted()
            }
        }
        let edit = EditDraft(
            kind: honest.kind, record: honest.record, field: honest.field, type: honest.type, value: honest.value,
            reads: reads, after: honest.after)
        return try write([edit], in: history, act, by: mark.officers.first, at: machine)
    }

    /// The mark as the program would write it: signed by as many as the rule asks for, with its document and number.
    private func mark(
        _ taking: StepTaking, _ act: CaseAct, _ screen: CaseDesk, _ history: CaseHistory, at machine: World.Machine
    ) -> StepMark? {
        guard let rule = screen.setting.procedure.step(taking.step), let usual = rule.posts.first else { return nil }
        let officers =
            taking.officers
            ?? (0..<max(1, rule.certified)).map { CaseworkSetting.certificate(act.acting, usual, $0 + 1) }
        var issued: [StepMark.Issued] = []
        if let kind = rule.document {
            let number = rule.numbered.map { taking.number ?? ownNumber($0, machine) }
            issued.append(StepMark.Issued(kind: kind, number: number, digest: String(repeating: "0", count: 64)))
        }
        return StepMark(
            step: rule.id, outcome: taking.outcome ?? rule.outcomes.first?.id ?? StepRule.done.id, at: screen.now,
            post: usual, officers: officers, issued: issued)
    }

    /// A number that only this machine can give, and only once: it stands for a block leased to it.
    private func ownNumber(_ word: String, _ machine: World.Machine) -> String {
        "演\(word)〔2026〕\(machine.index + 1)\(world.now)号"
    }

    // MARK: Superiors

    private func overrule(
        _ word: Overruling, _ step: String, _ of: DivisionCode?, _ rival: RecordName?, _ act: CaseAct,
        _ screen: CaseDesk, _ history: CaseHistory, at machine: World.Machine
    ) throws -> Answer {
        let target = history.steps.last { taken in
            taken.mark.step == step && of.map { taken.division == $0 } ?? true
        }
        guard let target else { return .refused }
        let supervisor = certificate(act, .supervisor)
        let edit = screen.plan.overrule(
            word, target, at: screen.now, officers: [supervisor], reason: "演练", rival: rival?.id, in: history)
        return try write([edit], in: history, act, by: supervisor, at: machine)
    }

    private func acknowledge(
        _ office: DivisionCode, _ act: CaseAct, _ screen: CaseDesk, at machine: World.Machine
    ) throws -> Answer {
        let time = machine.wall(in: world)
        guard isAbove(act, office), let element = ReceiptElement(time: time, heads: screen.heads(of: office)) else {
            return .refused
        }
        let key = ReceiptRecord.naturalKey(superior: act.acting.text, day: screen.now.day.description)
        let kind = CaseworkKinds.receipt
        let id = RecordID(home: office, flow: kind.flow, kind: kind.name, naturalKey: key)
        let values: [(String, Value)] = [
            (ReceiptRecord.superior, .text(act.acting.text)), (ReceiptRecord.heads, .bytes(element.bytes)),
        ]
        let edits = CaseStock.draft(kind, id, values, seen: try machine.store?.record(id))
        return try write(edits, StreamPlace(home: office, flow: id.flow), act.acting, author: nil, at: machine)
    }

    private func suspend(
        _ certificate: String, _ act: CaseAct, _ screen: CaseDesk, at machine: World.Machine
    ) throws -> Answer {
        guard let holder = CaseworkSetting.holder(of: certificate),
            world.tree.isAtOrBelow(holder.division, act.acting)
        else { return .refused }
        let id = CaseStock.status(of: certificate, holder.division)
        let values: [(String, Value)] = [
            ("certificate-no", .text(certificate)), ("status", .text(OfficerRow.Status.suspended.rawValue)),
            ("since", .text(screen.now.day.description)),
        ]
        let edits = CaseStock.draft(
            LibraryKinds.certificateStatus, id, values, seen: try machine.store?.record(id))
        return try write(edits, StreamPlace(home: id.home, flow: id.flow), act.acting, author: nil, at: machine)
    }

    private func isAbove(_ act: CaseAct, _ home: DivisionCode) -> Bool {
        act.acting != home && world.tree.isAtOrBelow(home, act.acting)
    }

    private func certificate(_ act: CaseAct, _ post: Post) -> String {
        CaseworkSetting.certificate(act.acting, post)
    }

    // MARK: Writing

    private func write(
        _ edits: [EditDraft], in history: CaseHistory, _ act: CaseAct, by certificate: String?,
        at machine: World.Machine
    ) throws -> Answer {
        try write(
            edits, StreamPlace(home: history.id.home, flow: history.id.flow), act.acting,
            author: certificate.flatMap(CaseworkSetting.record(of:)), at: machine)
    }

    @discardableResult
    private func write(
        _ edits: [EditDraft], _ place: StreamPlace, _ acting: DivisionCode, author: RecordID?,
        at machine: World.Machine
    ) throws -> Answer {
        guard !edits.isEmpty, world.tree.mayWrite(seat: machine.seat, acting: acting, home: place.home) else {
            return .refused
        }
        let answer = try world.submit(
            at: machine, place, acting, [edits], screen: nil, author: author,
            body: CaseworkSetting.body(of: acting))
        if case .written(_)? = answer { return .written }
        return .refused
    }
}

extension CaseDesk {
    var plan: CasePlan { CasePlan(procedure: setting.procedure, knowledge: judge.knowledge) }

    func rules(_ facts: [CaseFact]) -> [(FactRule, [Value])] {
        facts.compactMap { fact in setting.procedure.fact(fact.id).map { ($0, [fact.value]) } }
    }

    /// Whether nothing may come any more.
    func isEnded(_ history: CaseHistory) -> Bool {
        if case .ended = judge.assess(history, at: now).standing { true } else { false }
    }
}

extension CaseAct.Deed {
    /// What kind of deed it is; of a forgery, of what kind.
    package var word: String {
        switch self {
        case .open: "open-case"
        case .enter: "enter-facts"
        case .take(_, let taking): "take-\(taking.step)"
        case .forge(_, let taking, _): "forge-\(taking.step)"
        case .takeOver: "take-over"
        case .overrule(_, let word, _, _, _): word.rawValue
        case .acknowledge: "acknowledge"
        case .suspend: "suspend"
        case .endDelegation: "end-delegation"
        case .amend: "amend"
        }
    }
}

// MARK: What people see of cases

extension CaseClerk {
    /// - Returns: how else than expected a publication stands at this machine.
    func unmet(_ expected: PublicationStanding, of name: RecordName, at machine: World.Machine) throws -> String? {
        guard let record = try machine.store?.record(name.id), record.isVisible,
            let now = LegalMoment(milliseconds: machine.wall(in: world))
        else { return "\(machine.name) holds nothing of \(name)" }
        let found = PublicationStanding(PublishedPiece(record.view).standing(on: now.day))
        return found == expected
            ? nil : "\(name) is \(found.rawValue) at \(machine.name), not \(expected.rawValue)"
    }

    /// - Returns: what is not as expected of the case at this machine.
    func unmet(_ question: CaseQuestion, of name: RecordName, at machine: World.Machine) throws -> String? {
        let desk = try CaseDesk(at: machine, in: world, reader: reader)
        guard let desk, let history = try desk.history(of: name.id) else {
            return "\(machine.name) holds nothing of \(name)"
        }
        let steps = desk.judge.judge(history)
        func count(_ step: String, _ word: String, _ wanted: Int, _ fits: (JudgedStep) -> Bool) -> String? {
            let found = steps.count { $0.taken.mark.step == step && fits($0) }
            return found == wanted
                ? nil : "at \(machine.name) \(found) takings of \(step) in \(name) \(word), not \(wanted)"
        }
        switch question {
        case .counts(let step, let wanted): return count(step, "count", wanted, \.counts)
        case .broken(let step, let wanted): return count(step, "are unlawful", wanted, \.isBroken)
        case .void(let step, let wanted): return count(step, "are set aside", wanted, \.isVoid)
        case .doubt(let kind, let expected):
            let outside = desk.outside(try desk.cases())[history.id] ?? []
            let doubts = steps.flatMap(\.doubts) + outside
            let isThere = doubts.contains { DoubtKind($0) == kind }
            return isThere == expected
                ? nil : "\(name) is \(isThere ? "" : "not ")in doubt by \(kind.rawValue) at \(machine.name)"
        case .standing(let expected):
            let outside = desk.outside(try desk.cases())[history.id] ?? []
            let found = desk.judge.assess(history, at: desk.now, outside: outside).standing.kind
            return found == expected
                ? nil : "\(name) is \(found.rawValue) at \(machine.name), not \(expected.rawValue)"
        }
    }
}
