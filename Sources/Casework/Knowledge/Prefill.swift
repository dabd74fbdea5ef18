package import Divisions
import Lattice
package import Ledger
package import Libraries

/// What the registers know of a party, entered by nobody a second time (G45), and what an entry says otherwise.
///
/// Everything here is personal: it goes into the case and onto the officer's screen, and nowhere else.
package enum Prefill {
    /// A party as a register has it.
    package struct Party: Hashable, Sendable {
        /// By the ids of the facts that procedures share, such as `party` and `party-address`.
        package let facts: [String: String]
        /// The edits that say so, ascending.
        package let seen: [Citation]
        /// Odd codes and the like: warnings, never refusals.
        package let warnings: [Reason]
    }

    /// An entry that differs from the register.
    package struct Difference: Hashable, Sendable {
        /// The fact's id.
        package let fact: String
        package let entered: String
        package let registered: String
    }

    /// Facts of kind text that name somebody, in the order in which forms ask for them.
    private static let compared = ["party", "party-id", "legal-representative", "party-address", "party-phone"]

    /// What is known of the party with a credit code or identity number; nil where no register here has it.
    ///
    /// - Parameter home: the home of the case: of natural persons the records of that division and of those above it are
    ///   looked at, since they are found by their key alone.
    package static func party(id: String, home: DivisionCode, in knowledge: RecordKnowledge<some RecordSource>)
        -> Party?
    {
        legalPerson(id, knowledge) ?? person(id, home, knowledge)
    }

    private static func legalPerson(_ id: String, _ knowledge: RecordKnowledge<some RecordSource>) -> Party? {
        let kind = LibraryKinds.legalPerson.name
        guard let record = knowledge.source.records(of: kind, where: "uscc", is: id).min(by: { $0.id < $1.id }) else {
            return nil
        }
        var fields = RecordFields(record)
        let facts = filled([
            ("party", fields.text("name")), ("party-kind", "legal"), ("party-id", fields.text("uscc")),
            ("legal-representative", fields.text("representative")), ("party-address", fields.text("address")),
            ("party-phone", fields.text("phone")),
        ])
        var warnings = RegisterCodes.warnings(creditCode: id, column: "party-id")
        if let status = fields.text("status"), !["存续", "在业", "正常", "在营"].contains(where: { status.hasPrefix($0) }) {
            warnings.append(
                Reason("登记状态为“\(status)”，请核对主体", "the register calls it \(status): look whether it is the right party"))
        }
        return Party(facts: facts, seen: fields.seen.listed, warnings: warnings)
    }

    private static func person(
        _ id: String, _ home: DivisionCode, _ knowledge: RecordKnowledge<some RecordSource>
    ) -> Party? {
        let homes = [home] + knowledge.tree.ancestors(of: home)
        guard
            let record = homes.lazy.compactMap({ knowledge.source.record(PersonRow.record(idNo: id, home: $0)) }).first
        else { return nil }
        var fields = RecordFields(record)
        let facts = filled([
            ("party", fields.text("name")), ("party-kind", "citizen"), ("party-id", fields.text("id-no")),
            ("party-address", fields.text("address")), ("party-phone", fields.text("phone")),
        ])
        return Party(
            facts: facts, seen: fields.seen.listed,
            warnings: RegisterCodes.warnings(residentNumber: id, column: "party-id"))
    }

    private static func filled(_ facts: [(String, String?)]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: facts.compactMap { id, text in text.map { (id, $0) } })
    }

    /// What was entered otherwise than the register has it; spaces do not count, nor does what only one of them knows.
    package static func differences(entered: [String: String], from party: Party) -> [Difference] {
        compared.compactMap { fact in
            guard let text = entered[fact], let registered = party.facts[fact], !text.isEmpty,
                plain(text) != plain(registered)
            else { return nil }
            return Difference(fact: fact, entered: text, registered: registered)
        }
    }

    private static func plain(_ text: String) -> String { String(text.filter { !$0.isWhitespace }) }

    /// What is odd about a code that was entered by hand: a warning beside the field, never a refusal.
    ///
    /// - Parameter kind: `citizen`, `legal` or `other`, as the fact `party-kind` has it.
    package static func warnings(partyID id: String, kind: String?) -> [Reason] {
        kind == "citizen"
            ? RegisterCodes.warnings(residentNumber: id, column: "party-id")
            : RegisterCodes.warnings(creditCode: id, column: "party-id")
    }
}
