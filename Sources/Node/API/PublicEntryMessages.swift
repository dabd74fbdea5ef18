import Casework
import HTTPTypes
import Ledger
import Libraries
import Papers

/// A publication as everybody sees it. Of one that was withdrawn nothing is told but which it was, when and why it went.
package struct PublicEntryMessage: Codable, Hashable, Sendable {
    package struct Line: Codable, Hashable, Sendable {
        package let label: WordsMessage
        package let text: String
    }

    package let id: String
    /// `public` or `withdrawn`.
    package let state: String
    /// `before`, `during` or `after` enforcement.
    package let phase: String
    /// Absent of what was withdrawn.
    package let title: String?
    /// The body's code, and its name where its record is here.
    package let body: String
    package let bodyName: String?
    package let documentNumber: String?
    package let item: String?
    /// By when it had to be public, since when it is, and until when.
    package let dueOn: String?
    package let publishedOn: String?
    package let expiresOn: String?
    package let withdrawnAt: String?
    package let reason: String?
    /// What it says, where one is asked for.
    package let lines: [Line]?

    /// - Returns: nil for what the public does not see on the day.
    init?(_ piece: PublishedPiece, on day: LegalDate, isWhole: Bool, bodyName: (String) -> String?) {
        let withdrawal: PublishedPiece.Withdrawal?
        switch piece.standing(on: day) {
        case .shown: withdrawal = nil
        case .withdrawn(let first):
            // What never was public is not told of because it was withdrawn.
            guard piece.withheld == nil, piece.publishedOn.map({ $0 <= day }) ?? false else { return nil }
            withdrawal = first
        case .withheld, .expired, .notYet: return nil
        }
        id = piece.id.description
        state = withdrawal == nil ? "public" : "withdrawn"
        phase = piece.phase.rawValue
        title = withdrawal == nil ? piece.title : nil
        (body, self.bodyName) = (piece.body, bodyName(piece.body))
        (documentNumber, item) = (piece.documentNumber, withdrawal == nil ? piece.item : nil)
        (dueOn, publishedOn) = (piece.dueOn?.description, piece.publishedOn?.description)
        expiresOn = withdrawal == nil ? piece.expiresOn?.description : nil
        (withdrawnAt, reason) = (withdrawal?.at?.description, withdrawal?.reason)
        lines =
            isWhole && withdrawal == nil
            ? piece.lines.map { Line(label: WordsMessage($0.label), text: $0.text) } : nil
    }
}

package struct PublicEntryList: Codable, Hashable, Sendable {
    package let entries: [PublicEntryMessage]
    /// The first and the last day that were looked at.
    package let from: String
    package let to: String
    /// Gives the next page; a page may hold fewer than asked for.
    package let next: String?
}

/// What the public may know of whoever shows a certificate.
package struct CertificateCheckMessage: Codable, Hashable, Sendable {
    package struct Officer: Codable, Hashable, Sendable {
        package let name: String
        package let body: String
        /// Names of the divisions in which he may enforce.
        package let areas: [String]
        /// Fields in which he may; none for all of his body's.
        package let fields: [String]
        package let isValid: Bool
        package let status: WordsMessage
        /// Since when it is so, where that is known.
        package let since: String?
        package let validFrom: String?
        package let validTo: String?
    }

    package let number: String
    /// Absent where no officer known here has this number.
    package let officer: Officer?
}

extension CertificateCheckMessage.Officer {
    init(_ facts: OfficerFacts, _ officer: PublicOfficer) {
        (name, body, areas, fields) = (officer.name, officer.body, officer.areas, officer.fields)
        isValid = officer.status == .valid
        status = WordsMessage(officer.status.words)
        let since: LegalDate? =
            switch officer.status {
            case .expired where facts.status?.status != .expired: officer.validTo?.adding(days: 1)
            case facts.status?.status: facts.status?.since
            default: officer.validFrom
            }
        (self.since, validFrom, validTo) = (
            since?.description, officer.validFrom?.description, officer.validTo?.description
        )
    }
}

extension OfficerRow.Status {
    fileprivate var words: Bilingual {
        switch self {
        case .valid: Bilingual("有效", "valid")
        case .suspended: Bilingual("暂扣", "suspended")
        case .revoked: Bilingual("撤销", "revoked")
        case .cancelled: Bilingual("注销", "cancelled")
        case .expired: Bilingual("过期", "expired")
        }
    }
}

extension Endpoint {
    /// What is public, for pages of others.
    static let publicData: [Endpoint] = [
        Endpoint(
            method: .get, path: "/public/entries", operation: "listEntries",
            summary: "What is public, and what was and has been withdrawn, the latest first; needs no token.",
            parameters: [
                .query(
                    "q", ["type": "string", "maxLength": 100],
                    "Letters of the title, the content or the document's number."),
                .query("phase", ["type": "string", "enum": ["before", "during", "after"]], "Only this phase."),
                .query("item", ["type": "string"], "The code of an item: only what is about it."),
                .query("from", ["type": "string", "format": "date"], "The first day; three years back by default."),
                .query("to", ["type": "string", "format": "date"], "The last day; today by default."),
                .query("limit", ["type": "integer", "minimum": 1, "maximum": 100], "Entries a page, 30 by default."),
                .query("cursor", ["type": "string"], "\"next\" of the page before."),
            ],
            answer: .json("PublicEntryList", "A page of entries."), problems: [.badValue, .badCursor],
            handler: .open { api, call in try await api.listEntries(call) }),
        Endpoint(
            method: .get, path: "/public/entries/{id}", operation: "readEntry",
            summary: "One entry with what it says; of one that was withdrawn that it was, and why. Needs no token.",
            parameters: [.path("id", "The publication's id, kind:home:flow:key.")],
            answer: .json("PublicEntryMessage", "The entry."), problems: [.badID, .notFound],
            handler: .open { api, call in try await api.readEntry(call) }),
        Endpoint(
            method: .get, path: "/public/certificates/{number}", operation: "checkCertificate",
            summary: "Whether an officer's certificate is good, and since when; needs no token.",
            parameters: [.path("number", "The number on the certificate.")],
            answer: .json("CertificateCheckMessage", "What is public of its holder."), problems: [.badValue],
            handler: .open { api, call in try await api.checkCertificate(call) }),
    ]
}
