package import Divisions

/// A row of `licences.csv`: a licence or permit as the register of electronic licences has it.
package struct LicenceRow: ImportedRow {
    package var number: String
    package var name: String
    /// The code of whoever holds it: a credit code. The number of a natural person has no place in this table, since
    /// holders are searched for.
    package var holder: String
    package var issuer: String?
    package var validFrom: LegalDate?
    package var validTo: LegalDate?
    package var status: String?

    package static let columns: [TableColumn] = [
        .required("number"), .required("name"), .required("holder"), .optional("issuer"), .optional("valid_from"),
        .optional("valid_to"), .optional("status"),
    ]

    package init(
        number: String, name: String, holder: String, issuer: String?, validFrom: LegalDate?, validTo: LegalDate?,
        status: String?
    ) {
        (self.number, self.name, self.holder, self.issuer) = (number, name, holder, issuer)
        (self.validFrom, self.validTo, self.status) = (validFrom, validTo, status)
    }

    package init(reading row: TableRow, after previous: LicenceRow?) throws(Reason) {
        number = try row.text("number")
        name = try row.text("name")
        holder = try row.code("holder", lengths: 1...64)
        guard !ResidentNumber.isValid(holder) else {
            throw Reason(
                "holder 不得填写居民身份证号，请填统一社会信用代码", "holder must not be a person's number: give a social credit code")
        }
        issuer = try row.optionalText("issuer")
        validFrom = try row.optionalDate("valid_from")
        validTo = try row.optionalDate("valid_to")
        try row.period(from: validFrom, to: validTo)
        status = try row.optionalText("status")
    }

    package var warnings: [Reason] { RegisterCodes.warnings(creditCode: holder, column: "holder") }

    package var fields: [String] {
        [
            number, name, holder, issuer ?? "", validFrom?.description ?? "", validTo?.description ?? "", status ?? "",
        ]
    }

    package var naturalKey: String { number }

    package func drafts(home: DivisionCode) -> [RecordDraft] {
        [
            RecordDraft(
                LibraryKinds.licence, home: home, naturalKey: naturalKey,
                [
                    DraftField("number", text: number), DraftField("name", text: name),
                    DraftField("holder", text: holder), DraftField("issuer", text: issuer),
                    DraftField("valid-from", date: validFrom), DraftField("valid-to", date: validTo),
                    DraftField("status", text: status),
                ])
        ]
    }
}
