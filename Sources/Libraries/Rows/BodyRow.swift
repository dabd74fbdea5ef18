package import Divisions

/// A row of `bodies.csv`: an organ or organisation that enforces.
package struct BodyRow: ImportedRow {
    /// By what right it enforces (行政处罚法, articles 17, 19 and 20).
    package enum BodyType: String, RowChoice {
        case statutory = "法定行政机关"
        case authorised = "法律法规授权组织"
        case entrusted = "受委托组织"
    }

    package var code: String
    package var name: String
    package var division: DivisionCode
    package var type: BodyType
    /// The code of the body above it.
    package var parent: String?
    /// The code of the organ in whose name an entrusted organisation acts.
    package var entrustedBy: String?
    /// Its unified social credit code.
    package var creditCode: String?
    package var enforcementFields: [String]
    package var address: String?
    /// Of the office, not of a person.
    package var phone: String?
    /// The act that sets it up.
    package var basis: String?
    /// 机关代字, with which the numbers of its documents begin.
    package var sign: String?
    package var validFrom: LegalDate?
    package var validTo: LegalDate?

    package static let columns: [TableColumn] = [
        .required("code"), .required("name"), .required("division"), .required("type"), .optional("parent"),
        .optional("entrusted_by"), .optional("uscc"), .optional("fields"), .optional("address"), .optional("phone"),
        .optional("basis"), .optional("valid_from"), .optional("valid_to"), .optional("sign"),
    ]

    package init(
        code: String, name: String, division: DivisionCode, type: BodyType, parent: String?, entrustedBy: String?,
        creditCode: String?, enforcementFields: [String], address: String?, phone: String?, basis: String?,
        validFrom: LegalDate?, validTo: LegalDate?, sign: String? = nil
    ) {
        (self.code, self.name, self.division, self.type) = (code, name, division, type)
        (self.parent, self.entrustedBy, self.creditCode) = (parent, entrustedBy, creditCode)
        (self.enforcementFields, self.address, self.phone) = (enforcementFields, address, phone)
        (self.basis, self.validFrom, self.validTo, self.sign) = (basis, validFrom, validTo, sign)
    }

    package init(reading row: TableRow, after previous: BodyRow?) throws(Reason) {
        code = try row.code("code", lengths: 1...64)
        name = try row.text("name")
        division = try row.division("division")
        type = try row.choice("type")
        parent = try row.optionalCode("parent", lengths: 1...64)
        guard parent != code else { throw Reason("parent 不能是自己", "parent is the body itself") }
        entrustedBy = try row.optionalCode("entrusted_by", lengths: 1...64)
        switch (type, entrustedBy) {
        case (.entrusted, nil):
            throw Reason("受委托组织须填 entrusted_by", "an entrusted organisation needs entrusted_by")
        case (.statutory, _?), (.authorised, _?):
            throw Reason("只有受委托组织可填 entrusted_by", "only an entrusted organisation has entrusted_by")
        default: break
        }
        creditCode = try row.optionalText("uscc")
        if let creditCode, CreditCode.judge(creditCode) == .malformed {
            throw Reason("uscc 应为 18 位统一社会信用代码", "uscc is not an 18-character social credit code")
        }
        enforcementFields = try row.list("fields")
        address = try row.optionalText("address")
        phone = try row.optionalText("phone")
        basis = try row.optionalText("basis")
        sign = try row.optionalText("sign")
        guard (sign?.utf8.count ?? 0) <= 48 else { throw Reason("sign 超过 48 字节", "sign has more than 48 bytes") }
        validFrom = try row.optionalDate("valid_from")
        validTo = try row.optionalDate("valid_to")
        try row.period(from: validFrom, to: validTo)
    }

    package var warnings: [Reason] {
        guard let creditCode, CreditCode.judge(creditCode) == .checkDigitDiffers else { return [] }
        return [
            Reason("uscc \(creditCode) 校验位不符，请核对", "the check digit of uscc \(creditCode) differs; look again")
        ]
    }

    package var fields: [String] {
        [
            code, name, division.text, type.rawValue, parent ?? "", entrustedBy ?? "", creditCode ?? "",
            enforcementFields.joined(separator: ";"), address ?? "", phone ?? "", basis ?? "",
            validFrom?.description ?? "", validTo?.description ?? "", sign ?? "",
        ]
    }

    package var naturalKey: String { code }

    package func drafts(home: DivisionCode) -> [RecordDraft] {
        [
            RecordDraft(
                LibraryKinds.body, home: division, naturalKey: naturalKey,
                [
                    DraftField("code", text: code), DraftField("name", text: name),
                    DraftField("division", text: division.text), DraftField("body-type", text: type.rawValue),
                    DraftField("parent", text: parent), DraftField("entrusted-by", text: entrustedBy),
                    DraftField("uscc", text: creditCode), DraftField("fields", texts: enforcementFields),
                    DraftField("address", text: address), DraftField("phone", text: phone),
                    DraftField("basis", text: basis), DraftField("sign", text: sign),
                    DraftField("valid-from", date: validFrom), DraftField("valid-to", date: validTo),
                ])
        ]
    }
}
