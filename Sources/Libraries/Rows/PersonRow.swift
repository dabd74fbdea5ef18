package import Divisions
import Lattice
package import Ledger

/// A row of `persons.csv`: a natural person as the population register has him, to prefill and to check.
package struct PersonRow: ImportedRow {
    /// Personal, as everything here.
    package var idNo: String
    package var name: String
    package var sex: String?
    package var address: String?
    package var phone: String?

    package static let columns: [TableColumn] = [
        .required("id_no"), .required("name"), .optional("sex"), .optional("address"), .optional("phone"),
    ]

    package init(idNo: String, name: String, sex: String?, address: String?, phone: String?) {
        (self.idNo, self.name, self.sex, self.address, self.phone) = (idNo, name, sex, address, phone)
    }

    package init(reading row: TableRow, after previous: PersonRow?) throws(Reason) {
        idNo = try row.code("id_no", lengths: 1...32)
        name = try row.text("name")
        sex = try row.optionalText("sex")
        address = try row.optionalText("address")
        phone = try row.optionalText("phone")
    }

    package var warnings: [Reason] { RegisterCodes.warnings(residentNumber: idNo, column: "id_no") }

    package var fields: [String] { [idNo, name, sex ?? "", address ?? "", phone ?? ""] }

    package var naturalKey: String { idNo }

    package func drafts(home: DivisionCode) -> [RecordDraft] {
        [
            RecordDraft(
                LibraryKinds.person, home: home, naturalKey: naturalKey,
                [
                    DraftField("id-no", text: idNo), DraftField("name", text: name), DraftField("sex", text: sex),
                    DraftField("address", text: address), DraftField("phone", text: phone),
                ])
        ]
    }

    /// The record of a person, found without a search: what is personal is in no index.
    package static func record(idNo: String, home: DivisionCode) -> RecordID {
        RecordID(
            home: home, flow: LibraryKinds.person.flow, kind: LibraryKinds.person.name, naturalKey: idNo)
    }
}
