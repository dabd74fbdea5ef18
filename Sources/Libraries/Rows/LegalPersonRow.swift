package import Divisions

/// A row of `legal-persons.csv`: a company, an organ or another organisation as the register has it, so that nothing of
/// it is typed twice (G45).
package struct LegalPersonRow: ImportedRow {
    /// Its unified social credit code.
    package var creditCode: String
    package var name: String
    /// Personal.
    package var representative: String?
    package var address: String?
    /// Personal.
    package var phone: String?
    /// As the register writes it, such as 存续.
    package var status: String?

    package static let columns: [TableColumn] = [
        .required("uscc"), .required("name"), .optional("representative"), .optional("address"), .optional("phone"),
        .optional("status"),
    ]

    package init(
        creditCode: String, name: String, representative: String?, address: String?, phone: String?, status: String?
    ) {
        (self.creditCode, self.name, self.representative) = (creditCode, name, representative)
        (self.address, self.phone, self.status) = (address, phone, status)
    }

    package init(reading row: TableRow, after previous: LegalPersonRow?) throws(Reason) {
        creditCode = try row.code("uscc", lengths: 1...64)
        name = try row.text("name")
        representative = try row.optionalText("representative")
        address = try row.optionalText("address")
        phone = try row.optionalText("phone")
        status = try row.optionalText("status")
    }

    package var warnings: [Reason] { RegisterCodes.warnings(creditCode: creditCode, column: "uscc") }

    package var fields: [String] {
        [creditCode, name, representative ?? "", address ?? "", phone ?? "", status ?? ""]
    }

    package var naturalKey: String { creditCode }

    package func drafts(home: DivisionCode) -> [RecordDraft] {
        [
            RecordDraft(
                LibraryKinds.legalPerson, home: home, naturalKey: naturalKey,
                [
                    DraftField("uscc", text: creditCode), DraftField("name", text: name),
                    DraftField("representative", text: representative), DraftField("address", text: address),
                    DraftField("phone", text: phone), DraftField("status", text: status),
                ])
        ]
    }
}

/// What is said of codes of the registers: they are never refused for a check digit, since some were issued so.
package enum RegisterCodes {
    package static func warnings(creditCode: String, column: String) -> [Reason] {
        switch CreditCode.judge(creditCode) {
        case .valid: []
        case .checkDigitDiffers:
            [
                Reason(
                    "\(column) \(creditCode) 校验位不符，请核对",
                    "the check digit of \(column) \(creditCode) differs; look again")
            ]
        case .malformed:
            [Reason("\(column) 不是 18 位统一社会信用代码，请核对", "\(column) is no 18-character social credit code; look again")]
        }
    }

    /// The number itself is personal and stands in no warning.
    package static func warnings(residentNumber: String, column: String) -> [Reason] {
        ResidentNumber.isValid(residentNumber)
            ? [] : [Reason("\(column) 校验不通过，请核对", "\(column) fails its check; compare it with the document")]
    }
}
