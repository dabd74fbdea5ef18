package import Casework
package import Lattice
package import Ledger
package import Libraries

/// One publication as its record has it, and whether the public sees it on some day.
package struct PublishedPiece: Hashable, Sendable {
    /// Where a publication stands. A withdrawal goes before all else: whatever was edited beside it, or after it by
    /// someone who did not know of it, cannot bring it back.
    package enum Standing: Hashable, Sendable {
        case shown
        /// Taken down (行政处罚法第48条第2款); by the word of the earliest withdrawal.
        case withdrawn(Withdrawal)
        /// Never shown, by law.
        case withheld(Withholding)
        /// Its time is over.
        case expired(LegalDate)
        /// Its day of publishing has not come, or is not known.
        case notYet
    }

    /// One element of the log `withdrawals`.
    package struct Withdrawal: Hashable, Sendable {
        /// Nil where the element does not tell; it withdraws all the same.
        package let at: LegalMoment?
        /// For the public; nothing personal.
        package let reason: String

        package init(at: LegalMoment?, reason: String) { (self.at, self.reason) = (at, reason) }

        /// How the log keeps it.
        package var text: String {
            var members: [String: JSON] = ["reason": .text(reason)]
            if let at { members["at"] = .text(at.description) }
            return JSON.object(members).compactText
        }

        /// Any element withdraws, whatever it says.
        package init(_ text: String) {
            let json = try? JSONParser.parse(Array(text.utf8))
            at = json?["at"]?.text.flatMap { LegalMoment($0) }
            reason = json?["reason"]?.text ?? ""
        }
    }

    package let id: RecordID
    package let phase: PublicityRule.Phase
    package let title: String
    package let lines: [PublicationDraft.Line]
    package let documentNumber: String?
    package let body: String
    package let item: String?
    package let dueOn: LegalDate?
    package let publishedOn: LegalDate?
    package let expiresOn: LegalDate?
    package let withheld: Withholding?
    package let withdrawals: [Withdrawal]

    /// From a record of kind `publication`.
    package init(_ view: RecordView) {
        func texts(_ field: String) -> [String] {
            view[field]?.values.compactMap { if case .text(let text) = $0.value { text } else { nil } } ?? []
        }
        func text(_ field: String) -> String? { if case .text(let text) = view[field]?.shown { text } else { nil } }
        id = view.id
        phase = text("phase").flatMap(PublicityRule.Phase.init(rawValue:)) ?? .after
        (title, lines) = (text("title") ?? "", PublicationDraft.lines(text("content") ?? ""))
        (documentNumber, body, item) = (text("document-no"), text("body") ?? "", text("item"))
        dueOn = text("due-on").flatMap { LegalDate($0) }
        publishedOn = text("published-on").flatMap { LegalDate($0) }
        // Of concurrent values the narrower one counts: what one of two offices withholds or ends sooner is not shown.
        expiresOn = texts("expires-on").compactMap { LegalDate($0) }.min()
        withheld = texts("withheld").lazy.compactMap { Withholding($0) }.first
        withdrawals =
            view["withdrawals"]?.values.map { candidate in
                if case .text(let text) = candidate.value { Withdrawal(text) } else { Withdrawal(at: nil, reason: "") }
            } ?? []
    }

    package func standing(on day: LegalDate) -> Standing {
        if let first = withdrawals.first { return .withdrawn(first) }
        if let withheld { return .withheld(withheld) }
        guard let publishedOn, publishedOn <= day, !lines.isEmpty else { return .notYet }
        if let expiresOn, expiresOn < day { return .expired(expiresOn) }
        return .shown
    }

    package func isShown(on day: LegalDate) -> Bool { standing(on: day) == .shown }

    /// Whether it became public later than it had to, or is still not public though it is due.
    package func isLate(on day: LegalDate) -> Bool {
        guard let dueOn, withheld == nil, withdrawals.isEmpty else { return false }
        return publishedOn.map { $0 > dueOn } ?? (day > dueOn)
    }
}
