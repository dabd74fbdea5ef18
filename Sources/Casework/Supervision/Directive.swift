package import Lattice
package import Ledger
package import Libraries

/// What a superior asks of an office below: a record of kind `directive` in that office's home.
package struct Directive: Hashable, Sendable {
    package enum Sort: String, Hashable, Sendable, CaseIterable {
        /// Go on with it.
        case urge
        /// Put it right.
        case rectify
        /// Say why.
        case explain
        /// Report on it until it ends.
        case follow

        package var name: Bilingual {
            switch self {
            case .urge: Bilingual("催办", "urge")
            case .rectify: Bilingual("责令整改", "rectify")
            case .explain: Bilingual("要求说明", "explain")
            case .follow: Bilingual("挂牌督办", "follow")
            }
        }
    }

    /// That an office has taken note, as the log `acknowledgements` holds it: `YYYY-MM-DDTHH:MM CERTIFICATE`.
    package struct Acknowledgement: Hashable, Sendable, CustomStringConvertible {
        package let at: LegalMoment
        /// The certificate of whoever took note.
        package let officer: String

        package init(at: LegalMoment, officer: String) { (self.at, self.officer) = (at, officer) }

        package init?(_ text: String) {
            let parts = text.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2, let at = LegalMoment(parts[0]), !parts[1].isEmpty else { return nil }
            self.init(at: at, officer: String(parts[1]))
        }

        package var description: String { "\(at) \(officer)" }
    }

    package let record: RecordID
    /// Nil for one that is about no case.
    package let about: RecordID?
    package let sort: Sort
    /// The body or division that asks.
    package let from: String
    package let due: LegalDate?
    /// By time.
    package let acknowledgements: [Acknowledgement]
    /// How many answers there are.
    package let answers: Int

    /// Nil for what is no directive, was removed, or has a sort that this release does not know.
    package init?(_ view: RecordView) {
        guard view.isVisible, view.id.kind == CaseworkKinds.directive.name,
            case .text(let name) = view["sort"]?.shown, let sort = Sort(rawValue: name)
        else { return nil }
        (record, self.sort) = (view.id, sort)
        if case .record(let about) = view["case"]?.shown { self.about = about } else { about = nil }
        if case .text(let from) = view["from"]?.shown { self.from = from } else { from = "" }
        if case .text(let due) = view["due-on"]?.shown { self.due = LegalDate(due) } else { due = nil }
        acknowledgements = (view["acknowledgements"]?.values ?? []).compactMap { candidate in
            if case .text(let text) = candidate.value { Acknowledgement(text) } else { nil }
        }.sorted { $0.at < $1.at }
        answers = view["answers"]?.values.count ?? 0
    }

    /// The fields of a new directive, as the API takes them.
    ///
    /// - Parameter text: what is asked; personal, since it may name people.
    package static func fields(
        _ sort: Sort, about: RecordID?, from: String, due: LegalDate?, text: String
    ) -> [String: JSON] {
        var fields: [String: JSON] = ["sort": .text(sort.rawValue), "from": .text(from), "text": .text(text)]
        if let about { fields["case"] = .text(about.description) }
        if let due { fields["due-on"] = .text(due.description) }
        return fields
    }
}
