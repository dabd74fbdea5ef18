import Divisions
import Lattice
import Ledger
import Libraries

/// Judges one taking of a step by what it looked at.
struct StepJudge {
    let procedure: Procedure
    let knowledge: any CaseKnowledge
    let history: CaseHistory
    let taken: TakenMark
    /// Steps it read, in the order of the log, as it saw them.
    let seen: [JudgedStep]

    private var mark: StepMark { taken.mark }

    /// What it looked at.
    var outlook: Outlook {
        Outlook(
            procedure: procedure, knowledge: knowledge, facts: history.facts(readBy: taken), steps: seen, at: mark.at,
            acting: Acting(
                division: taken.division, level: taken.level, body: taken.body, post: mark.post, officers: mark.officers
            ))
    }

    /// The gates that were not met, and what its author could not know.
    func judge() -> (findings: [GateFinding], doubts: [Doubt]) {
        if let overruling = Overruling(step: mark.step) { return (judge(overruling), []) }
        guard let rule = procedure.step(mark.step), rule.outcome(mark.outcome) != nil else {
            let says = Bilingual(
                "本程序没有“\(mark.step)”这一环节或结果“\(mark.outcome)”",
                "the procedure has no step \(mark.step) with the outcome \(mark.outcome)")
            return ([GateFinding(says: says, articles: [], answer: .broken)], [])
        }
        let outlook = outlook
        let people = people(rule, outlook)
        let item = item(rule, outlook)
        let findings =
            people.findings + order(rule) + needs(rule, outlook) + item.findings + documents(rule) + handler(rule)
        return (findings, people.doubts + item.doubts)
    }

    // MARK: Who

    private func people(_ rule: StepRule, _ outlook: Outlook) -> (findings: [GateFinding], doubts: [Doubt]) {
        var findings: [GateFinding] = []
        if !rule.posts.contains(mark.post) {
            findings.append(.broken(.mustBeTaken(by: rule.posts), rule.articles))
        }
        if !rule.levels.isEmpty, !rule.levels.contains(taken.level) {
            let levels = rule.levels.map(\.chineseName).joined(separator: "、")
            findings.append(
                .broken(Bilingual("本环节由\(levels)办理", "the step is taken at another level"), rule.articles))
        }
        let own = seen.filter { step in
            rule.notWhoDid.contains(step.taken.mark.step) && !step.isBroken && !step.isVoid
                && !Set(step.taken.mark.officers).isDisjoint(with: mark.officers)
        }
        if !own.isEmpty, !own.contains(where: \.counts) {
            findings.append(.unknown("办理人员是否参与过前面的环节", rule.articles))
        }
        if own.contains(where: \.counts) {
            let steps = rule.notWhoDid.compactMap { procedure.step($0)?.name.chinese }.joined(separator: "、")
            findings.append(
                .broken(
                    Bilingual("办理过\(steps)的人员不得办理本环节", "whoever took part in earlier steps may not take this one"),
                    rule.articles))
        }
        if mark.post == .system, taken.author == nil { return (findings, []) }
        findings += signature()
        let checked = officers(rule, outlook)
        return (findings + checked.findings, checked.doubts)
    }

    /// The author's name stands first, and his record is the one that signed.
    private func signature() -> [GateFinding] {
        guard let first = mark.officers.first, let author = taken.author else {
            return [.broken(Bilingual("没有署名，不能认定由谁办理", "nobody has signed the step"), [])]
        }
        guard let officer = knowledge.officer(certificate: first) else { return [] }
        guard officer.record == author else {
            return [.broken(Bilingual("署名人与执法证号不符", "the author is not the holder of the certificate"), [])]
        }
        return []
    }

    private func officers(_ rule: StepRule, _ outlook: Outlook) -> (findings: [GateFinding], doubts: [Doubt]) {
        let found =
            rule.certified > 0
            ? OfficerCheck.findings(
                certificates: mark.officers, needing: rule.certified, post: mark.post, body: taken.body,
                division: taken.division, place: history.id.home,
                field: outlook.text(CaseField.item).flatMap { knowledge.item(code: $0)?.field }, on: mark.at.day,
                knowledge: knowledge)
            : staff()
        var findings: [GateFinding] = []
        var doubts: [Doubt] = []
        for finding in found {
            guard case .status(let citation) = finding.cause, !taken.has(read: citation) else {
                findings.append(finding.gate)
                continue
            }
            // His certificate was suspended, and the step could not know.
            for certificate in mark.officers {
                guard let status = knowledge.officer(certificate: certificate)?.status, status.citation == citation,
                    !isReceived(before: status.stamp)
                else { continue }
                doubts.append(.certificate(certificate))
            }
        }
        return (findings + knownStatus(), doubts)
    }

    /// Of people who need no certificate it is asked that their record is here and says what they are there for.
    private func staff() -> [CheckFinding] {
        guard let first = mark.officers.first else { return [] }
        guard let officer = knowledge.officer(certificate: first) else {
            return [.unknown("本单位查不到\(first)的人员资料", "the record of \(first) is not known here")]
        }
        var findings: [CheckFinding] = []
        if !officer.posts.contains(mark.post) {
            findings.append(
                .broken(.post, "\(first)不是\(mark.post.name.chinese)", "\(first) is no \(mark.post.name.english)"))
        }
        if let status = officer.status, status.counts(on: mark.at.day) {
            findings.append(
                .broken(
                    .status(status.citation), "\(first)处于“\(status.status.rawValue)”状态",
                    "\(first) is \(status.status.english)"))
        }
        let isItsOwn =
            knowledge.tree.isAtOrBelow(taken.division, officer.division)
            || officer.areas.contains { knowledge.tree.isAtOrBelow(taken.division, $0) }
        if !isItsOwn {
            findings.append(
                .broken(.area, "\(first)不是本单位或其上级的人员", "\(first) does not belong to the office acted for or one above"))
        }
        return findings
    }

    /// A status that the step did look at and that forbade it, though it may have been lifted since.
    private func knownStatus() -> [GateFinding] {
        let read = taken.reads.compactMap { citation -> (citation: Citation, edit: CitedEdit)? in
            guard let edit = knowledge.edit(citation), edit.field == "status",
                edit.record.kind == LibraryKinds.certificateStatus.name
            else { return nil }
            return (citation, edit)
        }
        guard !read.isEmpty else { return [] }
        var findings: [GateFinding] = []
        for certificate in mark.officers {
            let key = RecordKey(naturalKey: certificate, kind: LibraryKinds.certificateStatus.name)
            for (citation, edit) in read {
                guard edit.record.key == key, case .text(let text) = edit.value,
                    let status = OfficerRow.Status(rawValue: text), status != .valid,
                    knowledge.officer(certificate: certificate)?.status?.citation != citation
                else { continue }
                findings.append(
                    .broken(
                        Bilingual(
                            "办理时执法证\(certificate)已知处于“\(text)”状态", "certificate \(certificate) was known to be no good"),
                        ["行政处罚法第42条"]))
            }
        }
        return findings
    }

    /// Whether a superior had the step before this time by his clock: then it was not written later and backdated.
    private func isReceived(before stamp: UInt64) -> Bool {
        let entry = EntryID(stream: taken.citation.dot.stream, number: taken.citation.dot.number)
        return knowledge.receipt(of: entry).map { $0 < stamp } ?? false
    }

    /// What keeps these people from taking a step that they are about to take, its facts and papers aside.
    func refusals(_ rule: StepRule) -> [GateFinding] {
        let people = people(rule, outlook)
        let doubts = people.doubts.map { GateFinding.broken($0.words, rule.articles) }
        return people.findings + doubts + item(rule, outlook).findings + handler(rule)
    }

    // MARK: In which order, with what

    private func order(_ rule: StepRule) -> [GateFinding] {
        let hasEnded = seen.contains { step in
            step.counts && procedure.step(step.taken.mark.step)?.outcome(step.taken.mark.outcome)?.ending != nil
        }
        if hasEnded {
            let says = Bilingual("案件已办结归档，任何人不得再修改、增加、抽取", "the case has ended: nothing is added to it")
            return [.broken(says, ["环境行政处罚办法第70条"])]
        }
        guard !rule.isRepeated else { return [] }
        let before = seen.filter { $0.taken.mark.step == rule.id && !$0.isBroken && !$0.isVoid }
        guard before.contains(where: \.counts) else {
            // Elsewhere it may be known to count, and then this one does not.
            return before.isEmpty ? [] : [.unknown("是否已经办理过“\(rule.name.chinese)”", rule.articles)]
        }
        return [.broken(Bilingual("“\(rule.name.chinese)”已经办理，不得重复", "the step has been taken before"), rule.articles)]
    }

    private func needs(_ rule: StepRule, _ outlook: Outlook) -> [GateFinding] {
        var findings = outlook.missingFacts(rule.requires, of: procedure, articles: rule.articles)
        if let condition = rule.when, outlook.answer(condition) != .met {
            findings.append(
                GateFinding(
                    says: Bilingual("本案不适用“\(rule.name.chinese)”", "the step does not apply to this case"),
                    articles: rule.articles, answer: outlook.answer(condition)))
        }
        return findings + outlook.gates(rule.gates, without: .itemListed) + outlook.blocks(rule)
    }

    /// The item may be used by all that is known now; where it may not, and the step could not know, it is in doubt.
    private func item(_ rule: StepRule, _ outlook: Outlook) -> (findings: [GateFinding], doubts: [Doubt]) {
        guard let gate = rule.gates.first(where: { $0.condition == .itemListed }),
            gate.when.map({ outlook.answer($0) == .met }) ?? true
        else { return ([], []) }
        guard let code = outlook.text(CaseField.item) else {
            return ([GateFinding(says: gate.says, articles: gate.articles, answer: .broken)], [])
        }
        let found = ItemCheck.findings(
            item: code, body: taken.body, division: taken.division, on: mark.at.day, knowledge: knowledge)
        guard found.contains(where: { $0.answer == .broken }), let facts = knowledge.item(code: code) else {
            return (found.map(\.gate), [])
        }
        // What was handed down to other offices its author may not have seen, and need not have.
        let office = knowledge.body(code: taken.body)?.division ?? taken.division
        let isOwn = facts.delegations.contains { $0.to == office }
        let others = Set(isOwn ? facts.delegations.filter { $0.to != office }.flatMap(\.seen) : [])
        let unread = facts.seen.filter { !taken.has(read: $0) && !others.contains($0) }
        guard !unread.isEmpty else { return (found.map(\.gate), []) }
        let changed = facts.delegations.filter { unread.contains($0.citation) }.map(\.stamp).min()
        let isCovered = changed.map(isReceived(before:)) ?? false
        return ([], isCovered ? [] : [.item(code)])
    }

    private func documents(_ rule: StepRule) -> [GateFinding] {
        guard let kind = rule.document else { return [] }
        guard let issued = mark.issued.first(where: { $0.kind == kind }) else {
            return [.broken(Bilingual("没有出具规定的文书", "the document of the step was not issued"), rule.articles)]
        }
        guard rule.numbered != nil, issued.number == nil else { return [] }
        return [.broken(Bilingual("文书没有编号", "the document bears no number"), ["行政处罚法第52条"])]
    }

    // MARK: Under which grant

    private func handler(_ rule: StepRule) -> [GateFinding] {
        guard rule.isExclusive else { return [] }
        guard let handler = history.handler(readBy: taken) else {
            return [.broken(Bilingual("没有依据承办授权办理", "the step does not stand on a handler grant"), rule.articles)]
        }
        guard handler.division == taken.division, handler.body == taken.body else {
            return [
                .broken(
                    Bilingual("本案由其他单位承办，本单位不得作出", "another office handles the case"), rule.articles)
            ]
        }
        return []
    }

    private func judge(_ overruling: Overruling) -> [GateFinding] {
        let tree = knowledge.tree
        let isAbove =
            tree.isAtOrBelow(history.id.home, taken.division)
            && (taken.division != history.id.home || history.id.home == tree.root)
        guard isAbove, mark.post == .supervisor || mark.post == .responsible else {
            return [
                .broken(Bilingual("只有上级机关可以\(overruling.name.chinese)", "only a superior may do this"), ["行政处罚法第25条"])
            ]
        }
        return signature() + staff().map(\.gate)
    }
}

extension GateFinding {
    static func broken(_ says: Bilingual, _ articles: [String]) -> GateFinding {
        GateFinding(says: says, articles: articles, answer: .broken)
    }

    /// What hangs on a step that cannot be judged here.
    static func unknown(_ what: String, _ articles: [String]) -> GateFinding {
        GateFinding(
            says: Bilingual("\(what)，本单位无法判断，须由上级确认", "it hangs on a step that cannot be judged here"),
            articles: articles, answer: .unknown)
    }
}

extension Bilingual {
    static func mustBeTaken(by posts: [Post]) -> Bilingual {
        Bilingual(
            "本环节须由\(posts.map(\.name.chinese).joined(separator: "或"))办理",
            "the step is for the \(posts.map(\.name.english).joined(separator: " or "))")
    }
}

extension Outlook {
    func missingFacts(_ facts: [String], of procedure: Procedure, articles: [String]) -> [GateFinding] {
        facts.filter { !isKnown($0) }.map { id in
            let name = procedure.fact(id)?.name ?? Bilingual(id, id)
            return .broken(Bilingual("缺少“\(name.chinese)”", "\(name.english) is missing"), articles)
        }
    }

    /// Gates that are not met.
    /// - Parameter passed: a condition that is answered elsewhere.
    func gates(_ gates: [Gate], without passed: Condition? = nil) -> [GateFinding] {
        gates.compactMap { gate in
            guard gate.condition != passed else { return nil }
            if let when = gate.when, answer(when) == .broken { return nil }
            let answer = answer(gate.condition)
            return answer == .met ? nil : GateFinding(says: gate.says, articles: gate.articles, answer: answer)
        }
    }

    /// Deadlines whose end makes the step impossible.
    func blocks(_ rule: StepRule) -> [GateFinding] {
        procedure.deadlines.compactMap { deadline in
            guard case .blocks(let steps) = deadline.missed, steps.contains(rule.id),
                deadline.when.map({ answer($0) == .met }) ?? true
            else { return nil }
            guard case .missed(let due) = state(of: deadline).phase else { return nil }
            return .broken(
                Bilingual(
                    "已过“\(deadline.name.chinese)”（\(due.day.chineseText)）",
                    "\(deadline.name.english) ended on \(due.day)"),
                deadline.articles)
        }
    }
}

extension CaseHistory {
    /// The facts that a step read, by field, the value to show first.
    func facts(readBy taken: TakenMark) -> [String: [FactEdit]] {
        sorted(
            taken.reads.compactMap { citation in edits[citation.dot].flatMap { $0.citation == citation ? $0 : nil } })
    }

    /// The facts as they stand now.
    var facts: [String: [FactEdit]] { sorted(edits.values.filter(\.isLive)) }

    private func sorted(_ edits: some Sequence<FactEdit>) -> [String: [FactEdit]] {
        Dictionary(grouping: edits.filter { !$0.isRemoval }) { $0.field }.mapValues {
            $0.sorted(by: FactEdit.showsBefore)
        }
    }

    /// The grant a step stands on: of those it read, the one that is shown.
    func handler(readBy taken: TakenMark) -> Handler? { grant(readBy: taken)?.handler }

    func grant(readBy taken: TakenMark) -> FactEdit? {
        taken.reads.compactMap { citation in
            edits[citation.dot].flatMap {
                $0.field == CaseField.handler && !$0.isRemoval && $0.citation == citation ? $0 : nil
            }
        }.min(by: FactEdit.showsBefore)
    }

    /// The grant that stands now.
    package var handler: Handler? { facts[CaseField.handler]?.first?.handler }
}

extension FactEdit {
    /// The order of a register's values on every screen: a superior's word first, then the latest.
    static func showsBefore(_ left: FactEdit, _ right: FactEdit) -> Bool {
        if left.level != right.level { return left.level < right.level }
        if left.stamp != right.stamp { return left.stamp > right.stamp }
        return left.citation.dot > right.citation.dot
    }

    var handler: Handler? {
        guard case .text(let text) = value else { return nil }
        return Handler(text, citation: citation)
    }
}
