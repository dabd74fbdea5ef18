import Casework
import Divisions
import Ledger
import Libraries
import Testing

/// What registers know is not typed twice.
struct KnowledgePrefillTests {
    private let records: KnowledgeRecords
    private let code = CreditCode.make(registrar: "91", area: "440781", serial: "MA000001") ?? ""
    private let number = ResidentNumber.make(area: "440781", born: KnowledgeScene.day("1990-01-01"), serial: 7) ?? ""

    init() throws {
        records = try KnowledgeRecords()
        records.write(
            LibraryKinds.legalPerson, code, at: "440781",
            [
                ("uscc", [.text(code)]), ("name", [.text("示例砂石有限公司")]), ("representative", [.text("某甲")]),
                ("address", [.text("示例路1号")]), ("status", [.text("存续")]),
            ])
        records.write(
            LibraryKinds.person, number, at: "440781",
            [("id-no", [.text(number)]), ("name", [.text("某乙")]), ("address", [.text("示例村2号")])])
    }

    @Test func `a company is prefilled by its code, and cites what says so`() throws {
        let party = try #require(Prefill.party(id: code, home: "440781001", in: records.knowledge()))
        #expect(
            party.facts == [
                "party": "示例砂石有限公司", "party-kind": "legal", "party-id": code, "legal-representative": "某甲",
                "party-address": "示例路1号",
            ])
        #expect(party.seen.count == 5 && party.seen == party.seen.sorted() && party.warnings.isEmpty)
    }

    @Test func `a person is found from his town up, and beside it not`() throws {
        let knowledge = records.knowledge()
        let party = try #require(Prefill.party(id: number, home: "440781001", in: knowledge))
        #expect(party.facts["party"] == "某乙" && party.facts["party-kind"] == "citizen")
        #expect(Prefill.party(id: number, home: "440703", in: knowledge) == nil)
        #expect(Prefill.party(id: "nobody", home: "440781001", in: knowledge) == nil)
    }

    @Test func `what was entered otherwise is told fact by fact`() throws {
        let party = try #require(Prefill.party(id: code, home: "440781", in: records.knowledge()))
        let entered = ["party": "示例 砂石有限公司", "legal-representative": "某丙", "party-phone": "1", "party-address": ""]
        let differences = Prefill.differences(entered: entered, from: party)
        #expect(differences.map(\.fact) == ["legal-representative"])
        #expect(differences.first?.entered == "某丙" && differences.first?.registered == "某甲")
    }

    @Test func `a company that was struck off, and a code that fails its check, are warnings`() throws {
        records.write(LibraryKinds.legalPerson, code, at: "440781", [("status", [.text("注销")])])
        let party = try #require(Prefill.party(id: code, home: "440781", in: records.knowledge()))
        #expect(party.warnings.map(\.chinese) == ["登记状态为“注销”，请核对主体"])
        #expect(Prefill.warnings(partyID: code, kind: "legal").isEmpty)
        #expect(Prefill.warnings(partyID: "91350211M0000XUF46", kind: "legal").count == 1)
        let odd = String(number.dropLast()) + (number.hasSuffix("1") ? "2" : "1")
        let warnings = Prefill.warnings(partyID: odd, kind: "citizen")
        #expect(warnings.count == 1 && !warnings[0].description.contains(odd))
    }
}
