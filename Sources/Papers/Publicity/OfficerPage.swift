package import Casework
import Divisions
package import Libraries

/// What the public may know of an officer (广东省行政执法公示办法第8条), and nothing else.
package struct PublicOfficer: Hashable, Sendable {
    package let name: String
    package let certificate: String
    package let body: String
    /// Names of the divisions in which he may enforce.
    package let areas: [String]
    package let fields: [String]
    package let validFrom: LegalDate?
    package let validTo: LegalDate?
    package let status: OfficerRow.Status

    /// - Parameters:
    ///   - bodyName: nil where the body's record is not here: its code is shown.
    ///   - areaNames: in the order of the officer's areas.
    package init(_ officer: OfficerFacts, bodyName: String?, areaNames: [String], on day: LegalDate) {
        (name, certificate) = (officer.name ?? "", officer.certificate)
        body = bodyName ?? officer.body
        (areas, fields) = (areaNames, officer.fields)
        (validFrom, validTo) = (officer.validFrom, officer.validTo)
        let told =
            officer.status.flatMap { status in status.since.map { $0 <= day } ?? true ? status.status : nil } ?? .valid
        let isOver = officer.validTo.map { $0 < day } ?? false
        status = told == .valid && isOver ? .expired : told
    }
}

extension PublicityPages {
    /// The longest text that is looked up: certificates have at most 24 characters.
    package static let certificateCharactersMax = 24

    /// The page on which anyone checks an officer by the number on his certificate (G30).
    ///
    /// - Parameters:
    ///   - asked: the number that was asked for; nil for the empty page.
    ///   - officer: nil if there is none with this number.
    package func officers(asked: String? = nil, _ officer: PublicOfficer? = nil) -> String {
        let form = """
            <form method="get" action="\(safe(root))/officers">
            <p><label>执法证号 Certificate number<br><input name="certificate" inputmode="text" autocomplete="off" \
            maxlength="\(Self.certificateCharactersMax)" value="\(safe(String((asked ?? "").prefix(Self.certificateCharactersMax))))"></label>
            <button>查询 Look up</button></p>
            </form>
            """
        var answer = ""
        if let officer {
            let rows: [(String, String, String)] = [
                ("姓名", "Name", officer.name), ("执法证号", "Certificate", officer.certificate),
                ("执法主体", "Body", officer.body), ("执法区域", "Area", officer.areas.joined(separator: "、")),
                ("执法领域", "Field", officer.fields.isEmpty ? "本主体全部领域" : officer.fields.joined(separator: "、")),
                (
                    "有效期", "Validity",
                    "\(officer.validFrom?.chineseText ?? "")至\(officer.validTo?.chineseText ?? "长期")"
                ), ("状态", "Status", officer.status.rawValue),
            ]
            let list = rows.map { "<dt>\($0.0) <small>\($0.1)</small></dt><dd>\(safe($0.2))</dd>" }
            answer = "<dl>\n\(list.joined(separator: "\n"))\n</dl>"
            if officer.status != .valid {
                answer += "\n<p><strong>该证件现不能用于执法。 This certificate gives no power at present.</strong></p>"
            }
        } else if let asked, !asked.isEmpty {
            answer = "<p>没有这个证号的执法人员。 No officer has this number.</p>"
        }
        return html(Bilingual("执法人员查询", "Look up an officer"), form + "\n" + answer)
    }
}
