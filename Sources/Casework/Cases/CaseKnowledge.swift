package import Divisions
package import Ledger
package import Libraries

/// What judging a case reads beside the case itself: the libraries as this node holds them, and the entries that
/// citations name. Nothing here says what is so, only what is known here.
package protocol CaseKnowledge {
    /// The officer whose certificate has this number, with his certificate's status; nil if his record is not here.
    func officer(certificate: String) -> OfficerFacts?
    /// Nil if the item's record is not here.
    func item(code: String) -> ItemFacts?
    /// Nil if the body's record is not here.
    func body(code: String) -> BodyFacts?
    /// The benchmark of an item, if there is one.
    func benchmark(item: String) -> Benchmark?
    /// The edit that a dot names, if its entry is here and the citation carries the right bytes of its hash.
    func edit(_ citation: Citation) -> CitedEdit?
    /// The earliest time, in milliseconds since 1970 by the superior's clock, by which a superior had this entry.
    func receipt(of entry: EntryID) -> UInt64?
    var calendar: WorkCalendar { get }
    var tree: DivisionTree { get }
}

/// An edit of some record, as a citation finds it.
package struct CitedEdit: Hashable, Sendable {
    package let record: RecordID
    package let field: String
    package let value: Value?

    package init(record: RecordID, field: String, value: Value?) {
        (self.record, self.field, self.value) = (record, field, value)
    }
}

/// Since when a certificate is in some state, by which edit.
package struct CertificateStatus: Hashable, Sendable {
    package let status: OfficerRow.Status
    /// Nil where no day is given: at once.
    package let since: LegalDate?
    /// When it was written, milliseconds since 1970 by its writer's clock.
    package let stamp: UInt64
    package let citation: Citation

    package init(status: OfficerRow.Status, since: LegalDate?, stamp: UInt64, citation: Citation) {
        (self.status, self.since, self.stamp, self.citation) = (status, since, stamp, citation)
    }
}

/// A superior's leave for an officer to act outside the area of his certificate, jointly with others.
package struct JointDuty: Hashable, Sendable {
    package let divisions: [DivisionCode]
    package let from: LegalDate
    package let to: LegalDate
    /// The division of the superior who gave it.
    package let grantedBy: DivisionCode
    package let citation: Citation

    package init(
        divisions: [DivisionCode], from: LegalDate, to: LegalDate, grantedBy: DivisionCode, citation: Citation
    ) {
        (self.divisions, self.from, self.to) = (divisions, from, to)
        (self.grantedBy, self.citation) = (grantedBy, citation)
    }
}

/// What is known of an officer, and the edits that say so.
package struct OfficerFacts: Hashable, Sendable {
    package var record: RecordID
    package var certificate: String
    /// For screens and documents; personal.
    package var name: String?
    package var body: String
    package var division: DivisionCode
    /// Divisions in which he may enforce; what lies below them is included.
    package var areas: [DivisionCode]
    /// Fields in which he may enforce; empty for all of his body's.
    package var fields: [String]
    package var posts: Set<Post>
    /// Holds the national legal qualification (行政处罚法第58条第3款).
    package var isLegallyQualified: Bool
    package var validFrom: LegalDate?
    package var validTo: LegalDate?
    /// The status that counts; nil while none was ever set, which means valid.
    package var status: CertificateStatus?
    package var duties: [JointDuty]
    /// Live dots of all that was read here, ascending: what a step cites in `reads`.
    package var seen: [Citation]

    package init(
        record: RecordID, certificate: String, name: String? = nil, body: String, division: DivisionCode,
        areas: [DivisionCode], fields: [String] = [], posts: Set<Post> = [.officer], isLegallyQualified: Bool = false,
        validFrom: LegalDate? = nil, validTo: LegalDate? = nil, status: CertificateStatus? = nil,
        duties: [JointDuty] = [], seen: [Citation] = []
    ) {
        (self.record, self.certificate, self.name, self.body) = (record, certificate, name, body)
        (self.division, self.areas, self.fields, self.posts) = (division, areas, fields, posts)
        self.isLegallyQualified = isLegallyQualified
        (self.validFrom, self.validTo, self.status, self.duties) = (validFrom, validTo, status, duties)
        self.seen = seen
    }
}

/// A power given to a lower office or an organisation for a time (行政处罚法第20、24条).
package struct Delegation: Hashable, Sendable {
    package let to: DivisionCode
    /// Entrusted to an organisation, which acts in the name of whoever entrusts it; else handed down to an office.
    package let isEntrusted: Bool
    package let from: LegalDate?
    /// The last day on which it may be used; nil while it has no end.
    package let until: LegalDate?
    /// When the last of its edits was written, milliseconds since 1970 by its writer's clock.
    package let stamp: UInt64
    /// That edit.
    package let citation: Citation
    /// Live dots of all that was read of it.
    package let seen: [Citation]

    package init(
        to: DivisionCode, from: LegalDate?, until: LegalDate?, isEntrusted: Bool = false, stamp: UInt64,
        citation: Citation, seen: [Citation] = []
    ) {
        (self.to, self.from, self.until, self.isEntrusted) = (to, from, until, isEntrusted)
        (self.stamp, self.citation, self.seen) = (stamp, citation, seen)
    }
}

/// What is known of an enforcement item, and the edits that say so.
package struct ItemFacts: Hashable, Sendable {
    package var record: RecordID
    package var code: String
    package var name: String
    package var kind: String
    package var field: String
    /// Levels whose bodies may use it; empty for any.
    package var levels: [Level]
    package var bodyType: String?
    /// Articles it rests on.
    package var bases: [String]
    package var benchmark: String?
    package var needsHearing: Bool
    package var needsReview: Bool
    package var isPublic: Bool
    package var procedure: String?
    package var limitationYears: Int?
    package var validFrom: LegalDate?
    package var validTo: LegalDate?
    /// Bodies that have it on their list of powers; empty for all of its levels, type and field.
    package var bodies: [String]
    package var delegations: [Delegation]
    package var seen: [Citation]

    package init(
        record: RecordID, code: String, name: String, kind: String = "行政处罚", field: String = "",
        levels: [Level] = [], bodyType: String? = nil, bases: [String] = [], benchmark: String? = nil,
        needsHearing: Bool = false, needsReview: Bool = false, isPublic: Bool = true, procedure: String? = nil,
        limitationYears: Int? = nil, validFrom: LegalDate? = nil, validTo: LegalDate? = nil, bodies: [String] = [],
        delegations: [Delegation] = [], seen: [Citation] = []
    ) {
        (self.record, self.code, self.name, self.kind, self.field) = (record, code, name, kind, field)
        (self.levels, self.bodyType, self.bases, self.benchmark) = (levels, bodyType, bases, benchmark)
        (self.needsHearing, self.needsReview, self.isPublic) = (needsHearing, needsReview, isPublic)
        (self.procedure, self.limitationYears) = (procedure, limitationYears)
        (self.validFrom, self.validTo, self.bodies) = (validFrom, validTo, bodies)
        (self.delegations, self.seen) = (delegations, seen)
    }
}

/// What is known of an enforcement body, and the edits that say so.
package struct BodyFacts: Hashable, Sendable {
    package var record: RecordID
    package var code: String
    package var name: String
    package var division: DivisionCode
    package var type: String
    package var parent: String?
    /// The organ in whose name an entrusted organisation acts (行政处罚法第20条).
    package var entrustedBy: String?
    /// 机关代字, with which its document numbers begin.
    package var sign: String?
    package var fields: [String]
    package var validFrom: LegalDate?
    package var validTo: LegalDate?
    package var seen: [Citation]

    package init(
        record: RecordID, code: String, name: String, division: DivisionCode, type: String = "法定行政机关",
        parent: String? = nil, entrustedBy: String? = nil, sign: String? = nil, fields: [String] = [],
        validFrom: LegalDate? = nil, validTo: LegalDate? = nil, seen: [Citation] = []
    ) {
        (self.record, self.code, self.name, self.division) = (record, code, name, division)
        (self.type, self.parent, self.entrustedBy, self.sign) = (type, parent, entrustedBy, sign)
        self.fields = fields
        (self.validFrom, self.validTo, self.seen) = (validFrom, validTo, seen)
    }
}
