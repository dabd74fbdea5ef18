package import Divisions
import Lattice
package import Libraries

/// What an officer has before him once he has chosen an item: its basis in the law of the day, its procedure, its
/// benchmark, its documents and its deadlines, at once (G24, G25).
package struct ItemChoice: Hashable, Sendable {
    /// One article the item rests on, by the law of both days that matter.
    package struct Basis: Hashable, Sendable {
        /// As the item cites it.
        package let text: String
        /// When the act was done: its law applies (行政处罚法第37条).
        package let atAct: ArticleInForce?
        /// Now: its law applies instead where it is lighter or sees no offence any more.
        package let now: ArticleInForce?
        /// Why it is to be looked at before anything rests on it; nil where nothing stands against it.
        package let stale: StaleBasis.Finding?

        /// Whether the two laws read differently, so that somebody has to compare which is lighter.
        package var differs: Bool { atAct?.text != now?.text }
    }

    /// Of a procedure what comes with the choice.
    package struct Document: Hashable, Sendable {
        /// The document kind.
        package let kind: String
        /// The step it is issued with.
        package let step: Bilingual
    }

    package let item: ItemFacts
    package let bases: [Basis]
    /// The id of the procedure; the procedure itself where the node has it.
    package let procedureID: String
    package let procedure: Procedure?
    package let benchmark: Benchmark?
    /// In the order of the steps.
    package let documents: [Document]
    package let deadlines: [DeadlineRule]
    /// What to see to, though the item may be used: two laws that differ, a basis gone stale, what is not here.
    package let remarks: [GateFinding]

    package enum Outcome: Hashable, Sendable {
        case chosen(ItemChoice)
        /// In an officer's words, each with its article.
        case refused([GateFinding])
    }

    /// - Parameters:
    ///   - violatedOn: the day of the act; the day of the choice where it is not known yet.
    ///   - day: the day of the choice.
    ///   - procedure: the version in use of a procedure, by its id.
    package static func choose(
        item code: String, body: String, division: DivisionCode, violatedOn: LegalDate?, on day: LegalDate,
        knowledge: any CaseKnowledge & StatuteLibrary, procedure: (String) -> Procedure?
    ) -> Outcome {
        let findings = ItemCheck.findings(item: code, body: body, division: division, on: day, knowledge: knowledge)
        guard findings.isEmpty, let item = knowledge.item(code: code) else { return .refused(findings.map(\.gate)) }
        let bases = item.bases.map { basis($0, of: item, violatedOn: violatedOn ?? day, on: day, knowledge) }
        let id = procedureID(of: item)
        let found = procedure(id)
        var documents: [Document] = []
        for step in found?.steps ?? [] {
            guard let kind = step.document, !documents.contains(where: { $0.kind == kind }) else { continue }
            documents.append(Document(kind: kind, step: step.name))
        }
        let benchmark = knowledge.benchmark(item: code)
        return .chosen(
            ItemChoice(
                item: item, bases: bases, procedureID: id, procedure: found, benchmark: benchmark, documents: documents,
                deadlines: found?.deadlines ?? [],
                remarks: remarks(item, bases, id, found, benchmark)))
    }

    private static func basis(
        _ text: String, of item: ItemFacts, violatedOn: LegalDate, on day: LegalDate,
        _ library: any CaseKnowledge & StatuteLibrary
    ) -> Basis {
        guard let reference = StatuteReference(text) else { return Basis(text: text, atAct: nil, now: nil, stale: nil) }
        let rested = StaleBasis.Basis(holder: item.code, reference: reference, since: item.validFrom)
        return Basis(
            text: text, atAct: library.article(reference, on: violatedOn), now: library.article(reference, on: day),
            stale: StaleBasis.list([rested], in: library, on: day).first)
    }

    private static func remarks(
        _ item: ItemFacts, _ bases: [Basis], _ procedureID: String, _ procedure: Procedure?, _ benchmark: Benchmark?
    ) -> [GateFinding] {
        var remarks: [GateFinding] = []
        func remark(_ chinese: String, _ english: String, _ article: String, _ answer: GateAnswer = .unknown) {
            remarks.append(GateFinding(says: Bilingual(chinese, english), articles: [article], answer: answer))
        }
        for basis in bases {
            if let stale = basis.stale {
                remark(stale.says.chinese, stale.says.english, "行政处罚法第37条")
            } else if basis.now == nil {
                remark("查不到依据\(basis.text)", "the basis \(basis.text) cannot be read", "行政处罚法第16条")
            }
            if basis.differs, basis.atAct != nil, basis.now != nil {
                remark(
                    "违法行为发生时与现行的\(basis.text)不同：适用行为时的规定，现行规定处罚较轻或者不认为违法的从其规定",
                    "\(basis.text) has changed since the act: the law of that day applies, unless the present one is lighter",
                    "行政处罚法第37条")
            }
        }
        if procedure == nil {
            remark("本单位没有程序\(procedureID)", "the procedure \(procedureID) is not here", "行政处罚法第5条")
        }
        if benchmark == nil, item.benchmark != nil {
            remark("本单位没有该事项的裁量基准", "the item's benchmark is not here", "行政处罚法第34条")
        }
        return remarks
    }

    /// The procedure an item begins with: what its record names, by its id or by the word that tables use for it, or
    /// else the one of its kind.
    package static func procedureID(of item: ItemFacts) -> String {
        switch (item.procedure.flatMap(ItemRow.Procedure.init(rawValue:)), ItemRow.ItemKind(rawValue: item.kind)) {
        case (nil, _) where item.procedure?.isEmpty == false: return item.procedure ?? ""
        case (_, .inspection): return "inspection"
        case (_, .coercion): return "coercive-measure"
        case (.simple, _): return "simple-penalty"
        default: return "ordinary-penalty"
        }
    }
}

extension RecordKnowledge {
    /// The items a body may use on a day, by their codes: its list of powers and duties (G26, G29).
    package func usableItems(body: String, division: DivisionCode, on day: LegalDate) -> [ItemFacts] {
        let codes = Set(source.records(of: LibraryKinds.item.name).compactMap { $0.view["code"]?.shown?.text })
        return codes.sorted().compactMap { code in
            ItemCheck.findings(item: code, body: body, division: division, on: day, knowledge: self).isEmpty
                ? item(code: code) : nil
        }
    }

    /// What an item rests on and is the law no more on a day, in the order of its bases.
    package func staleBases(ofItem code: String, on day: LegalDate) -> [StaleBasis.Finding] {
        guard let item = item(code: code) else { return [] }
        let bases = item.bases.compactMap { StatuteReference($0) }.map { reference in
            StaleBasis.Basis(holder: item.code, reference: reference, since: item.validFrom)
        }
        return StaleBasis.list(bases, in: self, on: day).filter(\.isStale)
    }
}
