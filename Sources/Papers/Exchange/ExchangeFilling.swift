package import Casework
package import Ledger
import Libraries

/// Filling an act from a case: the one place that knows which fact and which step of our procedures answers which
/// question of the forms. What a case does not say is left as it was.
extension ExchangeCase {
    /// Takes what the facts of a case say, under the ids that all procedures share.
    ///
    /// - Parameter facts: the shown values of the case's fields by their names: one of a register, all of a set.
    package mutating func take(facts: [String: [Value]]) {
        func text(_ name: String) -> String? {
            if case .text(let text)? = facts[name]?.first, !text.isEmpty { text } else { nil }
        }
        func sum(_ name: String) -> Int64? {
            if case .integer(let fen)? = facts[name]?.first { fen } else { nil }
        }
        conduct.name = text("title") ?? conduct.name
        conduct.number = text("case-no") ?? conduct.number
        conduct.facts = text("facts") ?? conduct.facts
        party.name = text("party") ?? party.name
        party.kind = text("party-kind") ?? party.kind
        party.registeredAddress = text("party-address") ?? party.registeredAddress
        party.representative = text("legal-representative") ?? party.representative
        if case .boolean(true)? = facts["is-minor"]?.first { party.isMinor = true }
        if let number = text("party-id") { takePartyNumber(number) }
        penalty.content = text("decision-text") ?? penalty.content
        penalty.fineFen = sum("fine-fen") ?? penalty.fineFen
        ending.paidFen = sum("paid-fen") ?? ending.paidFen
        ending.service = text("service-way") ?? ending.service
        inspection.planNumber = text("plan-no") ?? inspection.planNumber
        switch behaviour {
        case .inspection:
            inspection.category = text("source") ?? inspection.category
            penalty.content = text("result-text") ?? penalty.content
        case .penalty, .coercion, .other: conduct.source = text("source") ?? conduct.source
        }
        takeKinds(facts["penalty-kinds"] ?? [])
    }

    /// A number of 18 characters that is a credit code by its form is one, unless the party is a citizen.
    private mutating func takePartyNumber(_ number: String) {
        let isCreditCode = !ResidentNumber.isValid(number) && CreditCode.judge(number) != .malformed
        if party.kind != "citizen", isCreditCode {
            party.creditCode = number
            party.kind = party.kind ?? "legal"
        } else {
            party.documentNumber = number
            if ResidentNumber.isValid(number) { party.documentKind = party.documentKind ?? "resident" }
        }
    }

    /// The kinds in the order of the code set; a fine speaks for itself.
    private mutating func takeKinds(_ values: [Value]) {
        var kinds = penalty.kinds
        for case .text(let kind) in values where !kinds.contains(kind) { kinds.append(kind) }
        if let fine = penalty.fineFen, fine > 0, !kinds.contains("fine") { kinds.append("fine") }
        penalty.kinds = kinds
    }

    /// Takes what the steps of a case say, in the order of its log; give only those that count.
    ///
    /// - Parameters:
    ///   - procedure: the id of the procedure, without its version.
    ///   - issued: documents issued with those steps, in the same order.
    package mutating func take(steps: [TakenStep], issued: [StepMark.Issued], procedure: String) {
        for document in issued {
            guard let number = document.number else { continue }
            switch document.kind {
            case "penalty-decision", "on-spot-decision": penalty.documentNumber = number
            case "seizure-decision": coercion.documentNumber = number
            default: break
            }
        }
        switch behaviour {
        case .penalty:
            conduct.procedure = procedure == "simple-penalty" ? "simple" : "ordinary"
            takeAbsences()
        case .coercion:
            (coercion.kind, coercion.measure) = (coercion.kind ?? "measure", coercion.measure ?? "seize")
        case .inspection: inspection.form = inspection.form ?? "on-site"
        case .other: break
        }
        for step in steps { take(step) }
        // A summary decision is filed, made and handed over in one.
        if conduct.procedure == "simple" { conduct.filedOn = conduct.filedOn ?? penalty.decidedOn }
        // A penalty without an end of its own counts as lasting.
        if penalty.decidedOn != nil, penalty.validTo == nil {
            penalty.validTo = LegalDate(year: 2099, month: 12, day: 31)
        }
    }

    /// What is so unless a step says otherwise.
    private mutating func takeAbsences() {
        conduct.hadHearing = conduct.hadHearing ?? false
        conduct.isCriminal = conduct.isCriminal ?? false
        conduct.wasReviewed = conduct.wasReviewed ?? false
        conduct.wasDiscussed = conduct.wasDiscussed ?? false
        penalty.reconsideration = penalty.reconsideration ?? "none"
        penalty.litigation = penalty.litigation ?? "none"
        ending.isNotPenalised = ending.isNotPenalised ?? false
    }

    private mutating func take(_ step: TakenStep) {
        let day = step.at.day
        switch (step.step, step.outcome) {
        case ("approve-filing", "approved"): conduct.filedOn = day
        case ("hearing", "held"): conduct.hadHearing = true
        case ("legal-review", "passed"):
            (conduct.wasReviewed, conduct.reviewedOn, conduct.reviewOpinion) = (true, day, "审核通过")
        case ("discuss", "agreed"):
            (conduct.wasDiscussed, conduct.discussedOn, conduct.discussion) = (true, day, "同意")
        case ("decide", _): penalty.decidedOn = day
        case ("approve-instalments", let outcome) where outcome != "refused": ending.executionWay = "instalments"
        case ("pay-part", _): ending.executionResult = ending.executionResult ?? "partly"
        case ("pay", _), ("collect", _):
            (ending.executionWay, ending.executionResult) = (ending.executionWay ?? "voluntary", "done")
        case ("apply-to-court", _): (ending.executionWay, ending.executionResult) = ("court", "not-done")
        case ("no-penalty", _): (ending.isNotPenalised, ending.kind) = (true, "no-penalty")
        case ("withdrawn", _): ending.kind = "filing-withdrawn"
        case ("transferred", _):
            (conduct.isCriminal, ending.other, ending.transferredOn) = (true, "criminal-transfer", day)
        case ("begin-remedy", _): penalty.reconsideration = "pending"
        case ("end-remedy", let outcome): penalty.reconsideration = outcome
        case ("close", _): (ending.closedOn, ending.kind) = (day, ending.kind ?? "normal")
        case ("inspect", let outcome): (inspection.inspectedOn, inspection.result) = (day, outcome)
        case ("seize", _): coercion.from = day
        case ("release", _): coercion.to = day
        default: break
        }
    }

    /// Takes what the library says of the case's item. A code of 14 digits is that of the catalogue of supervised
    /// matters; another is our own, and none of the receiver's.
    package mutating func take(_ facts: ItemFacts) {
        item.name = facts.name
        item.bases = facts.bases
        let isCatalogueCode = facts.code.utf8.count == 14 && facts.code.utf8.allSatisfy { (0x30...0x39).contains($0) }
        if isCatalogueCode { item.catalogueCode = facts.code }
    }
}
