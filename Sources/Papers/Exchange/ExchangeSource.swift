import Casework
import Divisions
import Libraries

/// What a source of an ``ExchangeCase`` gives, before a form writes it in its own way.
enum ExchangeValue: Hashable, Sendable {
    case text(String)
    case texts([String])
    case day(LegalDate)
    case moment(LegalMoment)
    case fen(Int64)
    case truth(Bool)
    /// Words of a set of `Exchange/codes.csv`.
    case words([String])
}

/// A source of an exchange field by the name that the field lists use, with what it gives.
struct ExchangeSource: Sendable {
    /// What a source gives, so that a list that asks for the impossible is refused when it is read.
    enum Shape: Hashable, Sendable {
        case text, texts, day, moment, fen, truth, words
    }

    /// What an export adds to the case itself.
    struct Report: Sendable {
        let on: LegalDate
    }

    let name: String
    let shape: Shape
    /// Whether it belongs to the message rather than to the act, so that it does not make another version of it.
    let isOfMessage: Bool
    private let read: @Sendable (ExchangeCase, Report) -> ExchangeValue?

    private init(
        _ name: String, _ shape: Shape, isOfMessage: Bool = false,
        _ read: @escaping @Sendable (ExchangeCase, Report) -> ExchangeValue?
    ) {
        (self.name, self.shape, self.isOfMessage, self.read) = (name, shape, isOfMessage, read)
    }

    /// Nil where there is nothing: an empty text or list counts as nothing.
    func value(_ act: ExchangeCase, _ report: Report) -> ExchangeValue? {
        switch read(act, report) {
        case .text(""), .texts([]), .words([]): nil
        case let value: value
        }
    }

    static func named(_ name: some StringProtocol) -> ExchangeSource? { all.first { $0.name == name } }

    private static func text(
        _ name: String, _ read: @escaping @Sendable (ExchangeCase) -> String?
    ) -> ExchangeSource {
        ExchangeSource(name, .text) { act, _ in read(act).map(ExchangeValue.text) }
    }

    private static func texts(
        _ name: String, _ read: @escaping @Sendable (ExchangeCase) -> [String]
    ) -> ExchangeSource {
        ExchangeSource(name, .texts) { act, _ in .texts(read(act)) }
    }

    private static func day(
        _ name: String, _ read: @escaping @Sendable (ExchangeCase) -> LegalDate?
    ) -> ExchangeSource {
        ExchangeSource(name, .day) { act, _ in read(act).map(ExchangeValue.day) }
    }

    private static func fen(_ name: String, _ read: @escaping @Sendable (ExchangeCase) -> Int64?) -> ExchangeSource {
        ExchangeSource(name, .fen) { act, _ in read(act).map(ExchangeValue.fen) }
    }

    private static func truth(_ name: String, _ read: @escaping @Sendable (ExchangeCase) -> Bool?) -> ExchangeSource {
        ExchangeSource(name, .truth) { act, _ in read(act).map(ExchangeValue.truth) }
    }

    private static func word(_ name: String, _ read: @escaping @Sendable (ExchangeCase) -> String?) -> ExchangeSource {
        ExchangeSource(name, .words) { act, _ in read(act).map { .words([$0]) } }
    }

    private static func words(
        _ name: String, _ read: @escaping @Sendable (ExchangeCase) -> [String]
    ) -> ExchangeSource {
        ExchangeSource(name, .words) { act, _ in .words(read(act)) }
    }

    /// Every source there is.
    static let all: [ExchangeSource] = parties + matters + penalties + others + messages

    private static let parties: [ExchangeSource] = [
        word("party.kind") { $0.party.kind },
        text("party.name") { $0.party.name },
        text("party.credit-code") { $0.party.creditCode },
        text("party.registration-number") { $0.party.registrationNumber },
        text("party.organisation-code") { $0.party.organisationCode },
        text("party.tax-number") { $0.party.taxNumber },
        text("party.institution-number") { $0.party.institutionNumber },
        text("party.society-number") { $0.party.societyNumber },
        word("party.document-kind") { $0.party.documentKind },
        // What names the party to 互联网+监管: the credit code goes before a personal document.
        word("party.code-kind") { ($0.party.creditCode ?? "").isEmpty ? $0.party.documentKind : "credit-code" },
        text("party.document-number") { $0.party.documentNumber },
        text("party.representative") { $0.party.representative },
        word("party.representative-document-kind") { $0.party.representativeDocumentKind },
        text("party.representative-document-number") { $0.party.representativeDocumentNumber },
        text("party.registered-address") { $0.party.registeredAddress },
        text("party.business-address") { $0.party.businessAddress },
        text("party.supervised-object") { $0.party.supervisedObject },
        word("party.supervised-object-kind") { $0.party.supervisedObjectKind },
    ]

    private static let matters: [ExchangeSource] = [
        text("item.catalogue-code") { $0.item.catalogueCode },
        text("item.inspection-list-code") { $0.item.inspectionListCode },
        text("item.name") { $0.item.name },
        texts("item.bases") { $0.item.bases },
        text("body.name") { $0.body.name },
        text("body.credit-code") { $0.body.creditCode },
        text("body.division") { $0.division.text },
        text("entrusted.name") { $0.entrusted?.name },
        text("entrusted.credit-code") { $0.entrusted?.creditCode },
        text("data-source.name") { ($0.dataSource ?? $0.body).name },
        text("data-source.credit-code") { ($0.dataSource ?? $0.body).creditCode },
        text("conduct.name") { $0.conduct.name },
        text("conduct.number") { $0.conduct.number },
        text("conduct.inspection-number") { $0.conduct.inspectionNumber },
        word("conduct.source") { $0.conduct.source },
        word("conduct.procedure") { $0.conduct.procedure },
        text("conduct.facts") { $0.conduct.facts },
        text("conduct.violation") { $0.conduct.violation },
        day("conduct.filed-on") { $0.conduct.filedOn },
        truth("conduct.had-hearing") { $0.conduct.hadHearing },
        truth("conduct.is-criminal") { $0.conduct.isCriminal },
        truth("conduct.is-major") { $0.conduct.isMajor },
        truth("conduct.was-reviewed") { $0.conduct.wasReviewed },
        day("conduct.reviewed-on") { $0.conduct.reviewedOn },
        text("conduct.review-opinion") { $0.conduct.reviewOpinion },
        truth("conduct.was-discussed") { $0.conduct.wasDiscussed },
        day("conduct.discussed-on") { $0.conduct.discussedOn },
        text("conduct.discussion") { $0.conduct.discussion },
        words("conduct.evidence") { $0.conduct.evidence },
        text("conduct.reporter") { $0.conduct.reporter },
    ]

    private static let penalties: [ExchangeSource] = [
        text("penalty.document-number") { $0.penalty.documentNumber },
        day("penalty.decided-on") { $0.penalty.decidedOn },
        words("penalty.kinds") { $0.penalty.kinds },
        word("penalty.first-kind") { $0.penalty.kinds.first },
        word("penalty.second-kind") { $0.penalty.kinds.dropFirst().first },
        text("penalty.content") { $0.penalty.content },
        fen("penalty.fine") { $0.penalty.fineFen },
        fen("penalty.confiscated") { $0.penalty.confiscatedFen },
        text("penalty.licence") { $0.penalty.licence },
        day("penalty.valid-to") { $0.penalty.validTo },
        day("penalty.public-to") { $0.penalty.publicTo },
        word("penalty.discretion") { $0.penalty.discretion },
        word("penalty.reconsideration") { $0.penalty.reconsideration },
        word("penalty.litigation") { $0.penalty.litigation },
    ]

    private static let others: [ExchangeSource] = [
        text("coercion.document-number") { $0.coercion.documentNumber },
        word("coercion.kind") { $0.coercion.kind },
        word("coercion.measure") { $0.coercion.measure },
        word("coercion.execution") { $0.coercion.execution },
        day("coercion.from") { $0.coercion.from },
        day("coercion.to") { $0.coercion.to },
        text("coercion.prolongation") { $0.coercion.prolongation },
        text("coercion.result") { $0.coercion.result },
        text("inspection.plan-number") { $0.inspection.planNumber },
        word("inspection.form") { $0.inspection.form },
        word("inspection.category") { $0.inspection.category },
        word("inspection.way") { $0.inspection.way },
        word("inspection.result") { $0.inspection.result },
        day("inspection.inspected-on") { $0.inspection.inspectedOn },
        texts("inspection.officers") { $0.inspection.officers },
        texts("inspection.certificates") { $0.inspection.certificates },
        word("ending.kind") { $0.ending.kind },
        day("ending.closed-on") { $0.ending.closedOn },
        word("ending.service") { $0.ending.service },
        word("ending.execution-way") { $0.ending.executionWay },
        word("ending.execution-result") { $0.ending.executionResult },
        fen("ending.paid") { $0.ending.paidFen },
        truth("ending.is-not-penalised") { $0.ending.isNotPenalised },
        word("ending.other") { $0.ending.other },
        day("ending.transferred-on") { $0.ending.transferredOn },
        text("note") { $0.note },
        word("standing") { $0.standing == .inForce ? "in-force" : "withdrawn" },
    ]

    private static let messages: [ExchangeSource] = [
        ExchangeSource("changed-at", .moment, isOfMessage: true) { act, _ in .moment(act.changedAt) },
        ExchangeSource("report.on", .day, isOfMessage: true) { _, report in .day(report.on) },
    ]
}
