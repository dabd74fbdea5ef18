package import Divisions

/// A row of `cases.csv`: a case as an older system hands it over, or as the generator invents it.
package struct CaseRow: ImportedRow {
    package enum Status: String, RowChoice {
        case filed = "已立案"
        case investigated = "已调查取证"
        case decided = "已做处罚决定"
        case executed = "处罚执行完毕"
        case closed = "结案"
        case withdrawn = "撤销立案"
    }

    package var caseNo: String
    package var title: String
    /// Personal.
    package var party: String
    /// Personal.
    package var partyID: String?
    /// Personal.
    package var facts: String
    /// The code of the item.
    package var item: String
    /// The code of the body that handles it.
    package var body: String
    package var division: DivisionCode
    package var place: String?
    /// Numbers of certificates. At least two officers must enforce (行政处罚法, article 42).
    package var officers: [String]
    package var filedOn: LegalDate
    package var status: Status
    package var fineFen: Int64?

    package static let columns: [TableColumn] = [
        .required("case_no"), .required("title"), .required("party"), .optional("party_id"), .required("facts"),
        .required("item"), .required("body"), .required("division"), .optional("place"), .required("officers"),
        .required("filed_on"), .optional("status"), .optional("fine_yuan"),
    ]

    package init(
        caseNo: String, title: String, party: String, partyID: String?, facts: String, item: String, body: String,
        division: DivisionCode, place: String?, officers: [String], filedOn: LegalDate, status: Status, fineFen: Int64?
    ) {
        (self.caseNo, self.title, self.party, self.partyID) = (caseNo, title, party, partyID)
        (self.facts, self.item, self.body, self.division) = (facts, item, body, division)
        (self.place, self.officers, self.filedOn) = (place, officers, filedOn)
        (self.status, self.fineFen) = (status, fineFen)
    }

    package init(reading row: TableRow, after previous: CaseRow?) throws(Reason) {
        caseNo = try row.code("case_no", lengths: 1...64)
        title = try row.text("title")
        party = try row.text("party")
        partyID = try row.optionalText("party_id")
        if let partyID, CreditCode.judge(partyID) == .malformed, !ResidentNumber.isValid(partyID) {
            throw Reason(
                "party_id 既不是统一社会信用代码，也不是身份证号", "party_id is neither a social credit code nor an identity number")
        }
        facts = try row.text("facts")
        item = try row.code("item", lengths: 4...32)
        body = try row.code("body", lengths: 1...64)
        division = try row.division("division")
        place = try row.optionalText("place")
        officers = try row.list("officers")
        filedOn = try row.date("filed_on")
        status = try row.choice("status", default: .filed)
        fineFen = try row.optionalHundredths("fine_yuan")
    }

    package var warnings: [Reason] {
        guard officers.count < 2 else { return [] }
        return [
            Reason("执法人员少于两人（行政处罚法第四十二条）", "fewer than two officers are named (行政处罚法, article 42)")
        ]
    }

    package var fields: [String] {
        [
            caseNo, title, party, partyID ?? "", facts, item, body, division.text, place ?? "",
            officers.joined(separator: ";"), filedOn.description, status.rawValue, fineFen.map(Amount.text) ?? "",
        ]
    }

    package var naturalKey: String { caseNo }

    package func drafts(home: DivisionCode) -> [RecordDraft] {
        [
            RecordDraft(
                LibraryKinds.caseFile, home: division, naturalKey: naturalKey,
                [
                    DraftField("case-no", text: caseNo), DraftField("title", text: title),
                    DraftField("party", text: party), DraftField("party-id", text: partyID),
                    DraftField("facts", text: facts), DraftField("item", text: item), DraftField("body", text: body),
                    DraftField("division", text: division.text), DraftField("place", text: place),
                    DraftField("status", text: status.rawValue), DraftField("filed-on", date: filedOn),
                    DraftField("officers", texts: officers), DraftField("fines-fen", integer: fineFen),
                ])
        ]
    }
}
