package import Casework
package import Divisions
import Lattice
import Ledger
import Libraries

/// What cases of a story stand on: the procedure they follow, and the libraries that every office begins with.
package struct CaseworkSetting: Hashable, Sendable {
    /// The procedure's file, so that a story can be told again by itself.
    package let text: String
    package let procedure: Procedure

    /// - Throws: for a text that is no procedure.
    package init(text: String, file: String) throws(ProcedureFault) {
        self.text = text
        procedure = try Procedure(yaml: text, file: file)
    }

    /// The steps and the text that the law puts in an order: no decision without a passed review of what is decided.
    package static let filing = "file"
    package static let review = "legal-review"
    package static let passed = "passed"
    package static let decision = "decide"
    package static let draft = "draft-decision"

    /// Whether cases are of the kind that cannot wait.
    package func caseRecord(_ name: String, home: DivisionCode) -> RecordName {
        let kind = procedure.isUrgent ? CaseworkKinds.urgentCase : LibraryKinds.caseFile
        return RecordName(kind: kind.name, home: home, flow: kind.flow, name: name)
    }

    /// The people of every office; each has posts of one kind only.
    static let staff: [(post: Post, count: Int)] = [
        (.officer, 2), (.reviewer, 1), (.responsible, 1), (.supervisor, 1),
    ]

    /// The number of an officer's certificate; the numbers of one post begin with 1.
    package static func certificate(_ division: DivisionCode, _ post: Post, _ number: Int = 1) -> String {
        "\(division)-\(post.rawValue)-\(number)"
    }

    /// The office and the post that a certificate's number tells; nil for one that nobody of the staff has.
    package static func holder(of certificate: String) -> (division: DivisionCode, post: Post)? {
        let parts = certificate.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, let number = Int(parts[parts.count - 1]),
            let place = staff.first(where: { $0.post.rawValue == parts[parts.count - 2] }),
            let division = DivisionCode(parts.dropLast(2).joined(separator: "-")),
            (1...place.count).contains(number)
        else { return nil }
        return (division, place.post)
    }

    /// The record of a member of the staff.
    static func record(of certificate: String) -> RecordID? {
        holder(of: certificate).map {
            RecordID(home: $0.division, flow: .down, kind: LibraryKinds.officer.name, naturalKey: certificate)
        }
    }

    package static func body(of division: DivisionCode) -> String { "b-\(division)" }

    /// An item that every office may use, resting on the statute.
    package static let item = "item-1"
    /// An item of the counties, which they have handed down to their townships.
    package static let itemHandedDown = "item-2"
    static let statute = "示例条例"
    static let article = "1"
}
