import Divisions
import Lattice
import Ledger
import Libraries
import Testing

/// Delegations, joint duties and the reference registers.
struct RegisterRowTests {
    private func row<Row: ImportedRow>(_ fields: String, as: Row.Type) throws -> Row {
        let rows: [Row] = importRows(Row.header + fields + "\n", as: Row.self).accepted()
        let row = try #require(rows.first)
        let again: [Row] = importRows(Row.header + row.line, as: Row.self).accepted()
        #expect(again == [row])
        return row
    }

    @Test func `a delegation is a record of its item, receiver and first day`() throws {
        let row = try row(
            "44990000000001,440781-01,440781001,,2026-01-01,2026-12-31,《示例决定》,2025-12-20,", as: DelegationRow.self)
        #expect(row.sort == .handedDown && row.warnings.isEmpty)
        let draft = try #require(row.drafts(home: "440781").first)
        #expect(draft.id.kind == "delegation" && draft.id.flow == .downUrgent && draft.id.home == "440781")
        #expect(draft["to"] == [.text("440781001")] && draft["valid-to"] == [.text("2026-12-31")])
        var later = row
        later.validFrom = try #require(LegalDate("2027-01-01"))
        #expect(later.drafts(home: "440781").first?.id != draft.id)
    }

    @Test func `a delegation that was not published is taken, and worth a look`() {
        let events = importRows(
            DelegationRow.header + "44990000000001,示例局,440781001,委托,2026-01-01,,,,\n", as: DelegationRow.self)
        #expect(events.accepted().count == 1 && events.warnings().count == 1)
        let refused = importRows(
            DelegationRow.header + "44990000000001,示例局,440781001,转让,2026-01-01,,,,\n", as: DelegationRow.self)
        #expect(refused.refusals().count == 1)
    }

    @Test func `a joint duty belongs to whoever grants it`() throws {
        let row = try row("440781000001,440703;440704,440700,2026-03-01,2026-03-31,专项行动", as: JointDutyRow.self)
        let draft = try #require(row.drafts(home: "440000").first)
        #expect(draft.id.home == "440700" && draft.id.flow == .downUrgent)
        #expect(draft["divisions"] == [.text("440703"), .text("440704")])
        let header = JointDutyRow.header
        #expect(
            importRows(header + "440781000001,,440700,2026-03-01,2026-03-31,\n", as: JointDutyRow.self).refusals().count
                == 1)
        #expect(
            importRows(header + "440781000001,440703,440700,2026-03-31,2026-03-01,\n", as: JointDutyRow.self).refusals()
                .count == 1)
    }

    @Test(arguments: [("91350211M0000XUF46", 1), ("1144", 1), ("", 0)])
    func `a credit code that fails its check is taken with a warning`(odd: String, warnings: Int) throws {
        let good = try #require(CreditCode.make(registrar: "91", area: "440781", serial: "MA000001"))
        let code = odd.isEmpty ? good : odd
        let events = importRows(LegalPersonRow.header + "\(code),示例公司,某甲,示例路,,存续\n", as: LegalPersonRow.self)
        #expect(events.refusals().isEmpty && events.accepted().count == 1 && events.warnings().count == warnings)
        let licence = importRows(LicenceRow.header + "粤A1,取水许可证,\(code),示例局,2026-01-01,,有效\n", as: LicenceRow.self)
        #expect(licence.refusals().isEmpty && licence.warnings().count == warnings)
    }

    @Test func `a person's number that fails its check is a warning that does not repeat it`() throws {
        let born = try #require(LegalDate("1990-01-01"))
        let good = try #require(ResidentNumber.make(area: "440781", born: born, serial: 7))
        #expect(importRows(PersonRow.header + "\(good),某乙,,,\n", as: PersonRow.self).warnings().isEmpty)
        let odd = "440781189304120118"
        let events = importRows(PersonRow.header + "\(odd),某乙,男,示例村,\n", as: PersonRow.self)
        #expect(events.accepted().count == 1 && events.warnings().count == 1)
        #expect(events.warnings().allSatisfy { !$0.description.contains(odd) && !$0.description.contains("某乙") })
        let licence = importRows(LicenceRow.header + "粤A1,执业证,\(good),,,,\n", as: LicenceRow.self).refusals()
        #expect(licence.count == 1 && !licence[0].description.contains(good))
    }

    @Test func `registers stay with the division they were imported for, and go up`() throws {
        let person = try row("440781189304120117,某乙,,,", as: PersonRow.self)
        let draft = try #require(person.drafts(home: "440781").first)
        #expect(draft.id == PersonRow.record(idNo: "440781189304120117", home: "440781") && draft.id.flow == .up)
        #expect(LibraryKinds.person.fields.allSatisfy { $0.isPersonal })
        #expect(
            LibraryKinds.legalPerson.fields.filter(\.isPersonal).map(\.name) == ["representative", "phone"])
    }

    @Test func `an officer's posts and an item's and a body's additions are read and kept`() throws {
        let officer = try row(
            "440781000001,赵示安,B1,440781,,,,2023-01-01,2027-12-31,,,,officer;reviewer,是", as: OfficerRow.self)
        let draft = try #require(officer.drafts(home: "440781").first)
        #expect(draft["posts"] == [.text("officer"), .text("reviewer")] && draft["qualified"] == [.boolean(true)])
        let wrong = OfficerRow.header + "440781000001,赵示安,B1,440781,,,,2023-01-01,2027-12-31,,,,局长,\n"
        #expect(importRows(wrong, as: OfficerRow.self).refusals().count == 1)
        let body = try row("B1,示例局,440781,法定行政机关,,,,,,,,,,示水", as: BodyRow.self)
        #expect(body.drafts(home: "440781").first?["sign"] == [.text("示水")])
        let item = try row(
            "I001,示例,检查,水务,县级,,示例法,第三条,,甲#1-1,,,,,,,2024-01-01,,B1;B2", as: ItemRow.self)
        #expect(item.drafts(home: "440000").first?["bodies"] == [.text("B1"), .text("B2")])
        #expect(item.benchmark == "甲#1-1")
    }
}
