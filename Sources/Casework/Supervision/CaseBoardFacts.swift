package import Ledger
package import Libraries

/// What the board reads of a case beside its assessment.
package struct CaseBoardFacts: Hashable, Sendable {
    /// A record of evidence of the case.
    package struct Evidence: Hashable, Sendable {
        package var digest: String
        /// The step whose recording it is; nil for any other file.
        package var recording: String?
        /// Whether its bytes are here.
        package var isHere: Bool

        package init(digest: String, recording: String? = nil, isHere: Bool) {
            (self.digest, self.recording, self.isHere) = (digest, recording, isHere)
        }
    }

    /// A record of publication of the case.
    package struct Publication: Hashable, Sendable {
        /// The publicity rule of the procedure.
        package var rule: String
        /// Nil while it is not public.
        package var publishedOn: LegalDate?
        /// Whether the law has it not published.
        package var isWithheld: Bool

        package init(rule: String, publishedOn: LegalDate?, isWithheld: Bool = false) {
            (self.rule, self.publishedOn, self.isWithheld) = (rule, publishedOn, isWithheld)
        }
    }

    package var record: RecordID
    package var body: String
    package var item: String
    /// The field of the item; empty where it is not known here.
    package var itemField = ""
    package var place: String
    package var fineFen: Int64?
    /// Already salted and hashed: see ``CaseBoardRow/party``.
    package var party: [UInt8]?
    /// Whether the item has its cases reviewed; nil where that is not known here.
    package var needsReview: Bool?
    package var evidence: [Evidence]
    package var publications: [Publication]
    /// Publicity rules that apply to the case, by id; nil for those of the procedure that have no condition.
    package var publicityRules: [String]?
    /// A name for the calendar in force, such as the digest of its days.
    package var calendarVersion: String
    /// What the case is called; empty where that would tell of a person.
    package var title = ""
    /// What people call the item and the body; empty where that is not known here.
    package var itemName = ""
    package var bodyName = ""
    /// How many fields of the case have different values.
    package var conflicts = 0
    /// What was amended or repealed of all that the item rests on.
    package var stale: [Bilingual] = []

    package init(
        record: RecordID, body: String = "", item: String = "", place: String = "", fineFen: Int64? = nil,
        party: [UInt8]? = nil, needsReview: Bool? = nil, evidence: [Evidence] = [], publications: [Publication] = [],
        publicityRules: [String]? = nil, calendarVersion: String = ""
    ) {
        (self.record, self.body, self.item, self.place) = (record, body, item, place)
        (self.fineFen, self.party, self.needsReview) = (fineFen, party, needsReview)
        (self.evidence, self.publications) = (evidence, publications)
        (self.publicityRules, self.calendarVersion) = (publicityRules, calendarVersion)
    }
}
