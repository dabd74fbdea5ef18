import Casework
import Divisions
import Lattice
import Ledger
import Libraries
import Store

/// What the API says of bodies and officers.

package struct BodySummary: Codable, Hashable, Sendable {
    package let code: String
    package let record: String
    package let name: String
    package let division: NamedCode
    package let type: String
    package let fields: [String]
    package let validFrom: String?
    package let validTo: String?
    /// Whether it enforces on the day, by its own days.
    package let isValid: Bool

    static let shown = ["code", "name", "division", "body-type", "fields", "valid-from", "valid-to"]

    init(_ row: ShownRow, on day: LegalDate, _ tree: DivisionTree) {
        (code, record) = (row.text("code") ?? "", row.id.description)
        (name, type) = (row.text("name") ?? "", row.text("body-type") ?? "")
        (division, fields) = (NamedCode(division: row.text("division") ?? "", in: tree), row.texts("fields"))
        (validFrom, validTo) = (row.text("valid-from"), row.text("valid-to"))
        isValid = Validity(row).holds(on: day)
    }

    init(_ body: BodyFacts, on day: LegalDate, _ tree: DivisionTree) {
        (code, record, name, type) = (body.code, body.record.description, body.name, body.type)
        (division, fields) = (NamedCode(division: body.division.text, in: tree), body.fields)
        (validFrom, validTo) = (body.validFrom?.description, body.validTo?.description)
        isValid = (body.validFrom.map { $0 <= day } ?? true) && (body.validTo.map { day <= $0 } ?? true)
    }
}

package struct BodyList: Codable, Hashable, Sendable {
    package let bodies: [BodySummary]
    package let next: String?
}

/// A body with its powers from elsewhere.
package struct BodyMessage: Codable, Hashable, Sendable {
    package let body: BodySummary
    package let on: String
    package let parent: NamedCode?
    /// The organ in whose name an entrusted organisation acts.
    package let entrustedBy: NamedCode?
    package let creditCode: String?
    package let address: String?
    package let phone: String?
    package let basis: String?
    package let sign: String?
    package let officers: Int
    /// Organisations that it entrusts.
    package let entrusts: [BodySummary]
    /// What was handed down or entrusted to its division, a page at a time.
    package let delegations: [DelegationMessage]
    package let delegationCount: Int
    package let next: String?
}

package struct OfficerSummary: Codable, Hashable, Sendable {
    package let certificate: String
    package let name: String?
    package let body: NamedCode
    package let division: NamedCode
    package let posts: [WordsMessage]
    package let validFrom: String?
    package let validTo: String?
    package let status: WordsMessage
    /// Whether the certificate may be used on the day.
    package let isValid: Bool

    init(_ officer: OfficerFacts, bodyName: String?, on day: LegalDate, _ tree: DivisionTree) {
        (certificate, name) = (officer.certificate, officer.name)
        body = NamedCode(code: officer.body, name: bodyName)
        division = NamedCode(division: officer.division.text, in: tree)
        posts = officer.posts.sorted { $0.rawValue < $1.rawValue }.map { WordsMessage($0.name) }
        (validFrom, validTo) = (officer.validFrom?.description, officer.validTo?.description)
        let status = officer.standing(on: day)
        (self.status, isValid) = (WordsMessage(Bilingual(status.rawValue, status.english)), status == .valid)
    }
}

package struct OfficerList: Codable, Hashable, Sendable {
    package let officers: [OfficerSummary]
    package let next: String?
}

package struct DutyMessage: Codable, Hashable, Sendable {
    package let divisions: [NamedCode]
    package let from: String
    package let to: String
    package let grantedBy: NamedCode
    package let isInForce: Bool

    init(_ duty: JointDuty, on day: LegalDate, _ tree: DivisionTree) {
        divisions = duty.divisions.map { NamedCode(division: $0.text, in: tree) }
        (from, to) = (duty.from.description, duty.to.description)
        grantedBy = NamedCode(division: duty.grantedBy.text, in: tree)
        isInForce = duty.from <= day && day <= duty.to
    }
}

/// One entry that said something of a certificate's status.
package struct StatusChange: Codable, Hashable, Sendable {
    package let status: String?
    package let since: String?
    package let reason: String?
    /// When it was written, local time.
    package let at: String
    /// The division acted for.
    package let by: NamedCode
}

/// An officer, and whether he may act on a day.
package struct OfficerMessage: Codable, Hashable, Sendable {
    package let officer: OfficerSummary
    package let record: String
    package let on: String
    package let areas: [NamedCode]
    /// Empty for all of his body's.
    package let fields: [String]
    package let powerSource: String?
    package let isLegallyQualified: Bool
    /// Where and as what he is asked to act.
    package let place: NamedCode
    package let post: WordsMessage
    package let mayAct: Bool
    package let findings: [FindingMessage]
    package let duties: [DutyMessage]
    /// The latest first.
    package let statusHistory: [StatusChange]
}

extension NamedCode {
    init(division code: String, in tree: DivisionTree) {
        self.init(code: code, name: DivisionCode(code).flatMap { tree.division($0)?.name })
    }
}

extension OfficerFacts {
    /// What the certificate is on a day: its status, or expired once its days are over.
    func standing(on day: LegalDate) -> OfficerRow.Status {
        if let status, status.counts(on: day) { return status.status }
        let isInside = (validFrom.map { $0 <= day } ?? true) && (validTo.map { day <= $0 } ?? true)
        return isInside ? .valid : .expired
    }
}
