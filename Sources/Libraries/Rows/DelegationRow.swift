package import Divisions

/// A row of `delegations.csv`: a power handed down to a lower office, or entrusted to an organisation, for a time
/// (行政处罚法, articles 20 and 24).
package struct DelegationRow: ImportedRow {
    package enum Sort: String, RowChoice {
        case handedDown = "下放"
        case entrusted = "委托"
    }

    /// The code of the item.
    package var item: String
    /// Who gives it: the code of a body, or the name of an organ.
    package var by: String
    /// The division that receives it.
    package var to: DivisionCode
    package var sort: Sort
    package var validFrom: LegalDate
    /// The last day; nil where none is set.
    package var validTo: LegalDate?
    package var basis: String?
    package var publishedOn: LegalDate?
    package var evaluation: String?

    package static let columns: [TableColumn] = [
        .required("item"), .required("by"), .required("to"), .optional("sort"), .required("valid_from"),
        .optional("valid_to"), .optional("basis"), .optional("published_on"), .optional("evaluation"),
    ]

    package init(
        item: String, by: String, to: DivisionCode, sort: Sort, validFrom: LegalDate, validTo: LegalDate?,
        basis: String?, publishedOn: LegalDate?, evaluation: String?
    ) {
        (self.item, self.by, self.to, self.sort) = (item, by, to, sort)
        (self.validFrom, self.validTo, self.basis) = (validFrom, validTo, basis)
        (self.publishedOn, self.evaluation) = (publishedOn, evaluation)
    }

    package init(reading row: TableRow, after previous: DelegationRow?) throws(Reason) {
        item = try row.code("item", lengths: 4...32)
        by = try row.text("by")
        to = try row.division("to")
        sort = try row.choice("sort", default: .handedDown)
        validFrom = try row.date("valid_from")
        validTo = try row.optionalDate("valid_to")
        try row.period(from: validFrom, to: validTo)
        basis = try row.optionalText("basis")
        publishedOn = try row.optionalDate("published_on")
        evaluation = try row.optionalText("evaluation")
    }

    package var warnings: [Reason] {
        publishedOn == nil
            ? [Reason("下放或委托决定须公布，published_on 为空", "such a decision must be published, and published_on is empty")]
            : []
    }

    package var fields: [String] {
        [
            item, by, to.text, sort.rawValue, validFrom.description, validTo?.description ?? "", basis ?? "",
            publishedOn?.description ?? "", evaluation ?? "",
        ]
    }

    package var naturalKey: String { Libraries.naturalKey(item, to.text, validFrom.description) }

    package func drafts(home: DivisionCode) -> [RecordDraft] {
        [
            RecordDraft(
                LibraryKinds.delegation, home: home, naturalKey: naturalKey,
                [
                    DraftField("item", text: item), DraftField("by", text: by), DraftField("to", text: to.text),
                    DraftField("sort", text: sort.rawValue), DraftField("valid-from", date: validFrom),
                    DraftField("valid-to", date: validTo), DraftField("basis", text: basis),
                    DraftField("published-on", date: publishedOn), DraftField("evaluation", text: evaluation),
                ])
        ]
    }
}
