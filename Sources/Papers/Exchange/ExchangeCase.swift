package import Casework
package import Divisions
package import Libraries

/// What an act of enforcement is to the platforms that receive it. A case that was inspected, coerced and penalised is
/// three acts, chained by the number of the inspection.
package enum ExchangeBehaviour: String, Hashable, Sendable, CaseIterable {
    case inspection, penalty, coercion
    /// Anything else that 互联网+监管 takes: permits withdrawn, orders to mend, mediation.
    case other
}

/// One act of enforcement with everything that an exchange form can ask of it: a neutral value, filled once from a
/// case, its party, item and body, and read by every form alike.
///
/// What is not known stays empty; a form says itself what it cannot do without. Words such as `party.kind` hold the
/// ids of `Exchange/codes.csv`, never the codes of a receiver. Sums are fen.
package struct ExchangeCase: Hashable, Sendable {
    /// How the act stands when it is exported.
    package enum Standing: Hashable, Sendable {
        case inForce
        /// Revoked, or its publicity withdrawn: what left before is called back.
        case withdrawn
    }

    /// The record of the act, as text: the same in all its versions, and what messages are told apart by.
    package var record: String
    /// A digest of the record's state, so that a decision that was withdrawn and stands again is another version than
    /// the first, though it says the same.
    package var version: String
    /// Which commit of this node's store changed it last. Exports go on from the last one they saw.
    package var position: UInt64
    /// Which commit first held the act complete; nil if that is not known. It tells a new row from a changed one.
    package var firstPosition: UInt64?
    package var behaviour: ExchangeBehaviour
    package var standing: Standing
    /// Why the public may not see it (广东省行政执法公示办法第15条); nil if it may. Forms that publish leave it out.
    package var withheld: Bilingual?
    package var changedAt: LegalMoment
    package var party: Party
    package var item: Item
    package var body: Unit
    package var division: DivisionCode
    /// The organisation that acts for the body (行政处罚法第20条); nil where the body acts itself.
    package var entrusted: Unit?
    /// The unit that hands the data in; the body itself if nil.
    package var dataSource: Unit?
    package var conduct: Conduct
    package var penalty: Penalty
    package var coercion: Coercion
    package var inspection: Inspection
    package var ending: Ending
    package var note: String?

    package init(
        record: String, version: String, position: UInt64, firstPosition: UInt64? = nil, behaviour: ExchangeBehaviour,
        standing: Standing = .inForce, withheld: Bilingual? = nil, changedAt: LegalMoment, party: Party = Party(),
        item: Item = Item(), body: Unit, division: DivisionCode, entrusted: Unit? = nil, dataSource: Unit? = nil,
        conduct: Conduct = Conduct(), penalty: Penalty = Penalty(), coercion: Coercion = Coercion(),
        inspection: Inspection = Inspection(), ending: Ending = Ending(), note: String? = nil
    ) {
        (self.record, self.version, self.position) = (record, version, position)
        self.firstPosition = firstPosition
        (self.behaviour, self.standing, self.withheld, self.changedAt) = (behaviour, standing, withheld, changedAt)
        (self.party, self.item, self.body, self.division) = (party, item, body, division)
        (self.entrusted, self.dataSource, self.conduct) = (entrusted, dataSource, conduct)
        (self.penalty, self.coercion, self.inspection) = (penalty, coercion, inspection)
        (self.ending, self.note) = (ending, note)
    }

    /// A public body with its unified social credit code (GB 32100-2015).
    package struct Unit: Hashable, Sendable {
        package var name: String
        package var creditCode: String?

        package init(name: String, creditCode: String? = nil) { (self.name, self.creditCode) = (name, creditCode) }
    }

    /// Who the act is against. All of it is personal where the party is a person.
    package struct Party: Hashable, Sendable {
        /// `citizen`, `legal`, `individual-business` or `other`.
        package var kind: String?
        package var name: String?
        package var creditCode: String?
        package var registrationNumber: String?
        package var organisationCode: String?
        package var taxNumber: String?
        package var institutionNumber: String?
        package var societyNumber: String?
        /// A set `id-document` word: `resident`, `passport`, `hong-kong-macau`, `taiwan`, `permanent-residence`, `other`.
        package var documentKind: String?
        package var documentNumber: String?
        package var representative: String?
        package var representativeDocumentKind: String?
        package var representativeDocumentNumber: String?
        package var registeredAddress: String?
        package var businessAddress: String?
        /// What is supervised, where that is not the party himself: a site, a product.
        package var supervisedObject: String?
        /// `enterprise`, `person`, `place`, `product` or `other`.
        package var supervisedObjectKind: String?
        /// Under 18 at the act: never published (未成年人保护法; 广东省行政执法公示办法第15条).
        package var isMinor: Bool

        package init(kind: String? = nil, name: String? = nil, isMinor: Bool = false) {
            (self.kind, self.name, self.isMinor) = (kind, name, isMinor)
        }
    }

    /// The matter of the list of powers.
    package struct Item: Hashable, Sendable {
        /// 14 digits of the catalogue of supervised matters.
        package var catalogueCode: String?
        /// The body's credit code and one digit 1 to 5: the entry of its list of inspections.
        package var inspectionListCode: String?
        package var name: String?
        /// `《法》第X条…`, in the order of the document.
        package var bases: [String]

        package init(
            catalogueCode: String? = nil, inspectionListCode: String? = nil, name: String? = nil, bases: [String] = []
        ) {
            (self.catalogueCode, self.inspectionListCode, self.name, self.bases) = (
                catalogueCode, inspectionListCode, name, bases
            )
        }
    }

    /// How the act was come to.
    package struct Conduct: Hashable, Sendable {
        package var name: String?
        package var number: String?
        /// The number of the inspection out of which it grew.
        package var inspectionNumber: String?
        /// A set `source` word: `inspection`, `complaint`, `report`, `superior`, `transfer`, `media`, `other`.
        package var source: String?
        /// `simple` or `ordinary`.
        package var procedure: String?
        package var facts: String?
        /// What sort of violation it is, in a few words.
        package var violation: String?
        package var filedOn: LegalDate?
        package var hadHearing: Bool?
        package var isCriminal: Bool?
        package var isMajor: Bool?
        package var wasReviewed: Bool?
        package var reviewedOn: LegalDate?
        package var reviewOpinion: String?
        package var wasDiscussed: Bool?
        package var discussedOn: LegalDate?
        package var discussion: String?
        /// A set `evidence` word for each kind of evidence at hand, in the order of 行政处罚法第46条.
        package var evidence: [String]
        package var reporter: String?

        package init(name: String? = nil, number: String? = nil) {
            (self.name, self.number) = (name, number)
            self.evidence = []
        }
    }

    /// What was decided.
    package struct Penalty: Hashable, Sendable {
        package var documentNumber: String?
        package var decidedOn: LegalDate?
        /// Set `penalty` words, the gravest first.
        package var kinds: [String]
        /// What the decision says, in full or in short.
        package var content: String?
        package var fineFen: Int64?
        package var confiscatedFen: Int64?
        /// The licence that is suspended or revoked, with its number.
        package var licence: String?
        package var validTo: LegalDate?
        package var publicTo: LegalDate?
        /// `none`, `lighter`, `reduced` or `heavier`.
        package var discretion: String?
        /// `none`, `pending`, `upheld`, `changed` or `revoked`.
        package var reconsideration: String?
        /// As with reconsideration.
        package var litigation: String?

        package init(documentNumber: String? = nil, decidedOn: LegalDate? = nil, kinds: [String] = []) {
            (self.documentNumber, self.decidedOn, self.kinds) = (documentNumber, decidedOn, kinds)
        }
    }

    /// What was forced (行政强制法第9、12条).
    package struct Coercion: Hashable, Sendable {
        package var documentNumber: String?
        /// `measure` or `execution`.
        package var kind: String?
        /// `restrict-liberty`, `seal`, `seize`, `freeze` or `other`.
        package var measure: String?
        /// `surcharge`, `transfer-deposit`, `auction`, `remove`, `perform-for` or `other`.
        package var execution: String?
        package var from: LegalDate?
        package var to: LegalDate?
        package var prolongation: String?
        package var result: String?

        package init(documentNumber: String? = nil, kind: String? = nil) {
            (self.documentNumber, self.kind) = (documentNumber, kind)
        }
    }

    /// What was inspected, by whom.
    package struct Inspection: Hashable, Sendable {
        package var planNumber: String?
        /// `on-site`, `off-site` or `written`.
        package var form: String?
        /// `random`, `key`, `complaint`, `routine`, `special` or `follow-up`.
        package var category: String?
        /// `single` or `joint`.
        package var way: String?
        /// `passed`, `to-correct`, `violation`, `absent` or `transfer`: outcomes of the step `inspect`.
        package var result: String?
        package var inspectedOn: LegalDate?
        package var officers: [String]
        package var certificates: [String]

        package init(inspectedOn: LegalDate? = nil, officers: [String] = [], certificates: [String] = []) {
            (self.inspectedOn, self.officers, self.certificates) = (inspectedOn, officers, certificates)
        }
    }

    /// How it ended.
    package struct Ending: Hashable, Sendable {
        /// A set `ending` word: `normal`, `filing-withdrawn`, `no-penalty`, `decision-revoked` or `terminated`.
        package var kind: String?
        package var closedOn: LegalDate?
        /// A set `service` word: `direct`, `left`, `entrusted`, `post`, `electronic` or `announcement`.
        package var service: String?
        /// `voluntary`, `instalments`, `forced` or `court`.
        package var executionWay: String?
        /// `done`, `partly` or `not-done`.
        package var executionResult: String?
        package var paidFen: Int64?
        package var isNotPenalised: Bool?
        /// `none`, `criminal-transfer` or `department-transfer`.
        package var other: String?
        package var transferredOn: LegalDate?

        package init(kind: String? = nil, closedOn: LegalDate? = nil) { (self.kind, self.closedOn) = (kind, closedOn) }
    }
}
