package import Casework
import Lattice
package import Ledger
package import Libraries

/// Why something is not published (广东省行政执法公示办法第15条). The reason is filed with the justice office of the same
/// level within the time for publishing (article 16).
package enum NotPublicGround: String, Hashable, Sendable, CaseIterable {
    case minors, secrets, safety, series
    case otherLaw = "other-law"

    package var name: Bilingual {
        switch self {
        case .minors: Bilingual("当事人是未成年人", "the party is a minor")
        case .secrets:
            Bilingual("主要事实涉及国家秘密、商业秘密或者个人隐私", "its main facts are secrets of state or trade, or private")
        case .safety: Bilingual("公开可能危及国家安全、公共安全、经济安全或者社会稳定", "it could endanger safety or order")
        case .series: Bilingual("可能影响系列案件调查处理", "it could hinder a series of cases")
        case .otherLaw: Bilingual("法律、法规、规章规定不予公开的其他情形", "other law forbids it")
        }
    }
}

/// That something is withheld, and why.
package struct Withholding: Hashable, Sendable {
    package var ground: NotPublicGround
    /// In words that may be shown to the justice office; nothing personal.
    package var reason: String

    package init(_ ground: NotPublicGround, reason: String = "") { (self.ground, self.reason) = (ground, reason) }

    /// How the field `withheld` keeps it: `minors` or `minors: reason`.
    package var text: String { reason.isEmpty ? ground.rawValue : "\(ground.rawValue): \(reason)" }

    /// Anything that is not empty withholds; what names no ground does so by other law.
    package init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        let parts = text.split(separator: ":", maxSplits: 1)
        if let ground = parts.first.flatMap({ NotPublicGround(rawValue: String($0)) }) {
            self.init(ground, reason: parts.count == 2 ? String(parts[1].drop { $0 == " " }) : "")
        } else {
            self.init(.otherLaw, reason: text)
        }
    }
}

/// What of a case would be published by one rule, desensitised already: the values of a record of kind `publication`.
package struct PublicationDraft: Hashable, Sendable {
    /// One line of what is shown.
    package struct Line: Hashable, Sendable {
        package let label: Bilingual
        package let text: String

        package init(_ label: Bilingual, _ text: String) { (self.label, self.text) = (label, text) }
    }

    package let caseID: RecordID
    package let rule: String
    package let phase: PublicityRule.Phase
    package let title: String
    /// Empty where it is withheld.
    package let lines: [Line]
    package let documentNumber: String?
    package let body: String
    package let item: String?
    package let dueOn: LegalDate?
    package let publishedOn: LegalDate
    /// The last day on which it is shown; nil for no end.
    package let expiresOn: LegalDate?
    package let withheld: Withholding?

    /// The record it is kept in: one per case and rule, so that publishing twice is publishing once.
    package var record: RecordID {
        RecordID(
            home: caseID.home, flow: CaseworkKinds.publication.flow, kind: CaseworkKinds.publication.name,
            naturalKey: "\(caseID)\u{1F}\(rule)")
    }

    /// What the record's registers hold, in the order of the kind; a field that is missing holds nothing.
    package var values: [(field: String, value: Value)] {
        var values: [(field: String, value: Value)] = [("case", .record(caseID))]
        func add(_ field: String, _ text: String?) {
            if let text, !text.isEmpty { values.append((field, .text(text))) }
        }
        add("rule", rule)
        add("phase", phase.rawValue)
        add("title", title)
        add("content", Self.content(lines))
        add("document-no", documentNumber)
        add("body", body)
        add("item", item)
        add("due-on", dueOn?.description)
        add("published-on", publishedOn.description)
        add("expires-on", expiresOn?.description)
        add("withheld", withheld?.text)
        return values
    }

    static func content(_ lines: [Line]) -> String? {
        guard !lines.isEmpty else { return nil }
        return JSON.array(
            lines.map { line in
                .object(["zh": .text(line.label.chinese), "en": .text(line.label.english), "text": .text(line.text)])
            }
        ).compactText
    }

    static func lines(_ content: String) -> [Line] {
        guard let list = (try? JSONParser.parse(Array(content.utf8)))?.array else { return [] }
        return list.compactMap { element in
            guard let chinese = element["zh"]?.text, let english = element["en"]?.text, let text = element["text"]?.text
            else { return nil }
            return Line(Bilingual(chinese, english), text)
        }
    }
}

extension PublicationDraft {
    /// What a case gives the public by one rule of its procedure.
    ///
    /// Beside what the rule shows, a publication names the document, the body, the basis and the day
    /// (广东省行政执法公示办法第12、13条). Where a fact says that the party is a minor it is withheld by itself.
    ///
    /// - Parameters:
    ///   - context: the case, as for a document: its facts, item, body and day.
    ///   - event: the day on which what is published was decided; the terms of article 21 begin with it.
    ///   - deadlines: those of the case; the one that the rule names says by when it has to be public.
    ///   - others: names of persons who are in no fact.
    package init(
        _ rule: PublicityRule, of caseID: RecordID, context: DocumentContext, decidedOn event: LegalDate,
        deadlines: [DeadlineState] = [], calendar: WorkCalendar, others: [String] = [], withheld: Withholding? = nil
    ) {
        let masking = Masking(procedure: context.procedure, facts: context.facts, others: others)
        let today = context.at.day
        var withheld = withheld
        if withheld == nil, context.facts["is-minor"]?.first == .boolean(true) { withheld = Withholding(.minors) }
        let name = context.texts("title").first ?? context.procedure.name.chinese
        var lines = [
            Line(Bilingual("文书号", "Document"), context.number ?? ""),
            Line(Bilingual("案件名称", "Case"), masking.text(name)),
        ]
        for id in rule.shows where id != "title" {
            guard let fact = context.procedure.fact(id) else { continue }
            let text = context.texts(id).map { Self.shown($0, as: fact, masking, context) }.joined(separator: "、")
            lines.append(Line(fact.name, text))
        }
        lines += [
            Line(Bilingual("依据", "Basis"), context.item?.bases.joined(separator: "、") ?? ""),
            Line(Bilingual("执法主体", "Body"), context.body?.name ?? ""),
            Line(Bilingual("日期", "Date"), event.chineseText),
        ]
        self.caseID = caseID
        (self.rule, phase) = (rule.id, rule.phase)
        title = withheld == nil ? masking.text(name) : rule.name.chinese
        self.lines = withheld == nil ? lines.filter { !$0.text.isEmpty } : []
        documentNumber = withheld == nil ? context.number : nil
        (body, item) = (context.body?.code ?? "", context.item?.code)
        dueOn =
            deadlines.first { $0.rule.id == rule.deadline }?.due?.day
            ?? PublicityTerms.due(phase: rule.phase, itemKind: context.item?.kind, from: event, by: calendar)
        publishedOn = today
        expiresOn = rule.shown.flatMap { calendar.adding($0, to: LegalMoment(today))?.day }
        self.withheld = withheld
    }

    private static func shown(
        _ text: String, as fact: FactRule, _ masking: Masking, _ context: DocumentContext
    ) -> String {
        if fact.id == "party" || fact.id == "legal-representative" {
            let kind = fact.id == "party" ? context.facts["party-kind"]?.first : .text("citizen")
            return Masking.isOrganisation(text, kind: kind) ? text : Masking.name(text)
        }
        if fact.id.hasSuffix("address") { return Masking.address(text) }
        if fact.id.hasSuffix("phone") || fact.id.hasSuffix("-id") { return Masking.number(text) }
        // Sums, days, choices and codes name nobody, and a code must stay as it is.
        switch fact.kind {
        case .text, .record: return masking.text(text)
        case .integer, .money, .truth, .date, .moment, .choice, .item, .division: return text
        case .officer:
            return context.officers.first { text.contains($0.certificate) }?.certificate ?? masking.text(text)
        }
    }
}

/// The times of publishing (广东省行政执法公示办法第21、24条), in working days.
package enum PublicityTerms {
    /// What is to be known beforehand within 20 working days of its making or change; decisions on licences and
    /// penalties within 7; other decisions within 20.
    package static func due(
        phase: PublicityRule.Phase, itemKind: String?, from day: LegalDate, by calendar: WorkCalendar
    ) -> LegalDate? {
        let isShort = phase != .before && ["行政处罚", "行政许可"].contains(itemKind ?? "行政处罚")
        return calendar.adding(Span(isShort ? 7 : 20, .workingDays), to: LegalMoment(day))?.day
    }

    /// What was changed, revoked or found unlawful is taken down within 3 working days of the ruling
    /// (行政处罚法第48条); what was wrongly published, at once.
    package static func withdrawalDue(ruledOn day: LegalDate, isMistake: Bool = false, by calendar: WorkCalendar)
        -> LegalDate?
    {
        isMistake ? day : calendar.adding(Span(3, .workingDays), to: LegalMoment(day))?.day
    }
}
