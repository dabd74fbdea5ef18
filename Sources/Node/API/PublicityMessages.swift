import Casework
import HTTPTypes
import Lattice
import Ledger
import Libraries
import Papers

/// A publication as the office sees it.
package struct PublicationMessage: Codable, Hashable, Sendable {
    package struct Withdrawal: Codable, Hashable, Sendable {
        package let at: String?
        package let reason: String
    }

    static let standings = ["shown", "withdrawn", "withheld", "expired", "not-yet"]

    package let id: String
    package let record: String?
    /// The procedure's rule by which it is public.
    package let rule: String
    package let phase: String
    package let title: String
    package let documentNumber: String?
    package let body: String
    package let item: String?
    package let dueOn: String?
    package let publishedOn: String?
    package let expiresOn: String?
    /// One of `standings`.
    package let standing: String
    /// Whether it became public later than it had to, or is not public though it is due.
    package let isLate: Bool
    /// Why it is not public.
    package let withheld: WordsMessage?
    package let withdrawals: [Withdrawal]

    init(_ view: RecordView, on day: LegalDate) {
        let piece = PublishedPiece(view)
        id = view.id.description
        if case .record(let about) = view["case"]?.shown { record = about.description } else { record = nil }
        if case .text(let rule) = view["rule"]?.shown { self.rule = rule } else { rule = "" }
        (phase, title, documentNumber) = (piece.phase.rawValue, piece.title, piece.documentNumber)
        (body, item) = (piece.body, piece.item)
        (dueOn, publishedOn) = (piece.dueOn?.description, piece.publishedOn?.description)
        expiresOn = piece.expiresOn?.description
        standing =
            switch piece.standing(on: day) {
            case .shown: "shown"
            case .withdrawn: "withdrawn"
            case .withheld: "withheld"
            case .expired: "expired"
            case .notYet: "not-yet"
            }
        isLate = piece.isLate(on: day)
        withheld = piece.withheld.map { WordsMessage($0.ground.name) }
        withdrawals = piece.withdrawals.map { Withdrawal(at: $0.at?.description, reason: $0.reason) }
    }
}

package struct PublicationList: Codable, Hashable, Sendable {
    package let publications: [PublicationMessage]
    /// Gives the next page; a page may hold fewer than asked for, or none, since it is filtered.
    package let next: String?
}

/// What a withdrawal came to, with the clock of 行政处罚法第48条.
package struct WithdrawnMessage: Codable, Hashable, Sendable {
    package let publication: PublicationMessage
    package let ruledOn: String
    /// The last day on which it may be taken down.
    package let dueOn: String?
    package let isLate: Bool
}

extension Endpoint {
    private static let publicationID = Parameter.path("id", "The publication's id, kind:home:flow:key.")
    private static let html = "text/html; charset=utf-8"

    /// What the public reads, and what an office does about it.
    static let publicity: [Endpoint] =
        publicData + [
            Endpoint(
                method: .get, path: "/public", operation: "listPublic",
                summary: "What is public today, the latest first, as a page; needs no token.",
                parameters: [.query("page", ["type": "integer", "minimum": 1], "Which page, from 1.")],
                answer: .text(html, "The page."), problems: [.badValue],
                handler: .open { api, call in try await api.listPublic(call) }),
            Endpoint(
                method: .get, path: "/public/feed.atom", operation: "readFeed",
                summary:
                    "The same as a feed (RFC 4287), with what was withdrawn as deleted (RFC 6721); needs no token.",
                parameters: [
                    .query(
                        "root", ["type": "string", "enum": .array(API.publicRoots.map { .text($0) })],
                        "Where the pages stand to which its links lead; \(API.publicRoots[0]) by default.")
                ],
                answer: .text("application/atom+xml; charset=utf-8", "The feed."), problems: [.badValue],
                handler: .open { api, call in try await api.readFeed(call) }),
            Endpoint(
                method: .get, path: "/public/officers", operation: "findOfficer",
                summary: "Whether an officer's certificate is good, by its number; needs no token.",
                parameters: [.query("certificate", ["type": "string"], "The number on the certificate.")],
                answer: .text(html, "The page."), problems: [.badValue],
                handler: .open { api, call in try await api.findOfficer(call) }),
            Endpoint(
                method: .get, path: "/public/{id}", operation: "readPublic",
                summary: "One publication as a page; of one that was withdrawn only that it was. Needs no token.",
                parameters: [publicationID], answer: .text(html, "The page."),
                alternatives: [
                    Answer(status: 410, mediaType: html, schema: nil, summary: "It was withdrawn."),
                    Answer(status: 404, mediaType: html, schema: nil, summary: "There is none, or it is not shown."),
                ],
                handler: .open { api, call in try await api.readPublic(call) }),
            Endpoint(
                method: .get, path: "/v1/publications", operation: "listPublications",
                summary: "Publications with where they stand, a page at a time.",
                parameters: [
                    .query("home", ["type": "string"], "The code of a division: only records of this home."),
                    .query("below", ["type": "boolean"], "With home: the records of the divisions below it too."),
                    .query("due", ["type": "string", "format": "date"], "Only what is to be public by this day."),
                    .query(
                        "standing",
                        ["type": "string", "enum": .array(PublicationMessage.standings.map { .text($0) })],
                        "Only those that stand so."),
                    .query("late", ["type": "boolean"], "Only those that are late, or only those that are not."),
                    .query(
                        "limit",
                        ["type": "integer", "minimum": 1, "maximum": .integer(Int64(APILimits.recordsPerPageMax))],
                        "Records that are looked at, \(APILimits.recordsPerPage) by default."),
                    .query("cursor", ["type": "string"], "\"next\" of the page before."),
                ],
                answer: .json("PublicationList", "A page of publications."),
                handler: .holder { api, call, _ in try await api.listPublications(call) }),
            Endpoint(
                method: .post, path: "/v1/publications/{id}/withdraw", operation: "withdrawPublication",
                summary:
                    "Takes a publication down for good, whatever is edited beside it, and tells the clock of three "
                    + "working days.",
                parameters: [publicationID, ifMatch], body: "WithdrawalRequest",
                answer: .json("WithdrawnMessage", "The publication, and by when it had to be down."),
                isKeyed: true, problems: [.changedMeanwhile, .roleForbids, .notFound, .notJSON, .tooLarge, .refused],
                handler: .holder { api, call, holder in try await api.withdrawPublication(call, holder) }),
        ]
}
