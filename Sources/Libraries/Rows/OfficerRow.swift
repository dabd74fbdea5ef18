package import Divisions
import Ledger

/// A row of `officers.csv`: an officer's certificate, and what his own offices know of him.
package struct OfficerRow: ImportedRow {
    /// Whether a certificate may be used (广东省行政执法公示办法 and its sister rules of 2021 name 暂扣 and 撤销).
    package enum Status: String, RowChoice {
        case valid = "有效"
        case suspended = "暂扣"
        case revoked = "撤销"
        case cancelled = "注销"
        case expired = "过期"
    }

    /// Where an officer's power comes from (行政处罚法, articles 17 to 20).
    package enum PowerSource: String, RowChoice {
        case statutory = "法定"
        case authorised = "授权"
        case entrusted = "委托"
    }

    package var certificateNo: String
    /// Personal.
    package var name: String
    package var body: String
    package var division: DivisionCode
    /// Where he may enforce; his own division if the row names none.
    package var areas: [DivisionCode]
    package var enforcementFields: [String]
    package var powerSource: PowerSource
    /// What he is there for, by the names that procedures use; nobody's row has to name `officer`.
    package var posts: [String]
    /// Holds the national legal qualification (行政处罚法, article 58).
    package var isLegallyQualified: Bool
    package var validFrom: LegalDate
    package var validTo: LegalDate
    package var status: Status
    /// Personal.
    package var phone: String?
    /// Personal.
    package var idNo: String?

    package static let columns: [TableColumn] = [
        .required("certificate_no"), .required("name"), .required("body"), .required("division"), .optional("areas"),
        .optional("fields"), .optional("power_source"), .required("valid_from"), .required("valid_to"),
        .optional("status"), .optional("phone"), .optional("id_no"), .optional("posts"), .optional("qualified"),
    ]

    package init(
        certificateNo: String, name: String, body: String, division: DivisionCode, areas: [DivisionCode],
        enforcementFields: [String], powerSource: PowerSource, validFrom: LegalDate, validTo: LegalDate,
        status: Status, phone: String?, idNo: String?, posts: [String] = [], isLegallyQualified: Bool = false
    ) {
        (self.certificateNo, self.name, self.body, self.division) = (certificateNo, name, body, division)
        (self.areas, self.enforcementFields, self.powerSource) = (areas, enforcementFields, powerSource)
        (self.validFrom, self.validTo, self.status) = (validFrom, validTo, status)
        (self.phone, self.idNo, self.posts, self.isLegallyQualified) = (phone, idNo, posts, isLegallyQualified)
    }

    package init(reading row: TableRow, after previous: OfficerRow?) throws(Reason) {
        certificateNo = try row.code("certificate_no", lengths: 6...24)
        name = try row.text("name")
        guard name.utf8.count <= 120 else { throw Reason("name 超过 120 字节", "name has more than 120 bytes") }
        body = try row.code("body", lengths: 1...64)
        division = try row.division("division")
        let areas = try row.divisions("areas")
        self.areas = areas.isEmpty ? [division] : areas
        enforcementFields = try row.list("fields")
        powerSource = try row.choice("power_source", default: .statutory)
        validFrom = try row.date("valid_from")
        validTo = try row.date("valid_to")
        try row.period(from: validFrom, to: validTo)
        status = try row.choice("status", default: .valid)
        phone = try row.optionalText("phone")
        if let phone, !Self.isPhone(phone) {
            throw Reason("phone 应为 5 至 20 位数字、空格、+ 或 -", "phone must have 5 to 20 digits, spaces, + or -")
        }
        idNo = try row.optionalText("id_no")
        if let idNo, !ResidentNumber.isValid(idNo) {
            throw Reason("id_no 校验不通过，请核对", "id_no fails its check; compare it with the document")
        }
        posts = try row.list("posts")
        guard posts.allSatisfy({ Name.isValid($0) }) else {
            throw Reason("posts 应为 officer、reviewer 等岗位名", "posts must be names of posts such as officer or reviewer")
        }
        isLegallyQualified = try row.flag("qualified")
    }

    private static func isPhone(_ text: String) -> Bool {
        (5...20).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || [0x20, 0x2B, 0x2D].contains($0) }
    }

    package var fields: [String] {
        [
            certificateNo, name, body, division.text, areas.map(\.text).joined(separator: ";"),
            enforcementFields.joined(separator: ";"), powerSource.rawValue, validFrom.description, validTo.description,
            status.rawValue, phone ?? "", idNo ?? "", posts.joined(separator: ";"), isLegallyQualified ? "是" : "",
        ]
    }

    package var naturalKey: String { certificateNo }

    /// The certificate's facts, which go down; the personal facts, which go up; and a status that is not 有效, which
    /// goes down ahead of the rest.
    package func drafts(home: DivisionCode) -> [RecordDraft] {
        [
            RecordDraft(
                LibraryKinds.officer, home: division, naturalKey: naturalKey,
                [
                    DraftField("certificate-no", text: certificateNo), DraftField("name", text: name),
                    DraftField("body", text: body), DraftField("division", text: division.text),
                    DraftField("areas", texts: areas.map(\.text)), DraftField("fields", texts: enforcementFields),
                    DraftField("power-source", text: powerSource.rawValue), DraftField("posts", texts: posts),
                    DraftField("qualified", boolean: isLegallyQualified), DraftField("valid-from", date: validFrom),
                    DraftField("valid-to", date: validTo),
                ]),
            RecordDraft(
                LibraryKinds.officerPerson, home: division, naturalKey: naturalKey,
                [
                    DraftField("certificate-no", text: certificateNo), DraftField("phone", text: phone),
                    DraftField("id-no", text: idNo),
                ]),
            RecordDraft(
                LibraryKinds.certificateStatus, home: division, naturalKey: naturalKey,
                onlyIfPresent: status == .valid,
                [DraftField("certificate-no", text: certificateNo), DraftField("status", text: status.rawValue)]),
        ]
    }
}
