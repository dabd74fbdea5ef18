package import Divisions

/// A row of `joint-duties.csv`: a common superior's leave to enforce outside the area of a certificate for a time.
package struct JointDutyRow: ImportedRow {
    package var certificateNo: String
    /// Where he may enforce by it; what lies below is included.
    package var divisions: [DivisionCode]
    /// The common superior of his own division and those.
    package var grantedBy: DivisionCode
    package var validFrom: LegalDate
    package var validTo: LegalDate
    package var reason: String?

    package static let columns: [TableColumn] = [
        .required("certificate_no"), .required("divisions"), .required("granted_by"), .required("valid_from"),
        .required("valid_to"), .optional("reason"),
    ]

    package init(
        certificateNo: String, divisions: [DivisionCode], grantedBy: DivisionCode, validFrom: LegalDate,
        validTo: LegalDate, reason: String?
    ) {
        (self.certificateNo, self.divisions, self.grantedBy) = (certificateNo, divisions, grantedBy)
        (self.validFrom, self.validTo, self.reason) = (validFrom, validTo, reason)
    }

    package init(reading row: TableRow, after previous: JointDutyRow?) throws(Reason) {
        certificateNo = try row.code("certificate_no", lengths: 6...24)
        divisions = try row.divisions("divisions")
        guard !divisions.isEmpty else { throw Reason("divisions 不能为空", "divisions is empty") }
        grantedBy = try row.division("granted_by")
        validFrom = try row.date("valid_from")
        validTo = try row.date("valid_to")
        try row.period(from: validFrom, to: validTo)
        reason = try row.optionalText("reason")
    }

    package var fields: [String] {
        [
            certificateNo, divisions.map(\.text).joined(separator: ";"), grantedBy.text, validFrom.description,
            validTo.description, reason ?? "",
        ]
    }

    package var naturalKey: String {
        Libraries.naturalKey(certificateNo, grantedBy.text, validFrom.description)
    }

    /// The record belongs to the superior: it flows down from him to everyone it concerns.
    package func drafts(home: DivisionCode) -> [RecordDraft] {
        [
            RecordDraft(
                LibraryKinds.jointDuty, home: grantedBy, naturalKey: naturalKey,
                [
                    DraftField("certificate-no", text: certificateNo),
                    DraftField("divisions", texts: divisions.map(\.text)),
                    DraftField("granted-by", text: grantedBy.text), DraftField("valid-from", date: validFrom),
                    DraftField("valid-to", date: validTo), DraftField("reason", text: reason),
                ])
        ]
    }
}
