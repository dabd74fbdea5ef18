import Casework
import Libraries
import Testing

@testable import Papers

/// How an act becomes a row, and what is not let out.
@Suite struct ExchangeRowTests {
    /// What is done to an act, and before it the field that is then told.
    private static let publicityFaults: [(String, @Sendable (inout ExchangeCase) -> Void)] = [
        ("CF_NR_FK", { $0.penalty.fineFen = nil }),
        ("CF_NR_WFFF", { $0.penalty.confiscatedFen = nil }),
        ("CF_NR_ZKDX", { $0.penalty.kinds = ["licence-revocation"] }),
        ("CF_WSH", { $0.penalty.documentNumber = "" }),
        ("CF_YJ", { $0.item.bases = [] }),
        ("CF_CFLB", { $0.penalty.kinds = ["flogging"] }),
        ("CF_SY", { $0.conduct.facts = "甲\u{0B}乙" }),
        ("CF_SY", { $0.conduct.facts = String(repeating: "长", count: 5_001) }),
        ("CF_CFJGDM", { $0.body.creditCode = "123" }),
        ("CF_NR_FK", { $0.penalty.fineFen = -1 }),
        ("CF_NR_FK", { $0.penalty.fineFen = .max }),
        ("CF_XDR_ZZJG", { $0.party.organisationCode = "12345678" }),
    ]

    /// What is done to an act, and before it the field that is then told.
    private static let supervisionFaults: [(String, @Sendable (inout ExchangeCase) -> Void)] = [
        ("item-code", { $0.item.catalogueCode = "0123456789012" }),
        ("item-code", { $0.item.catalogueCode = "0123456789012X" }),
        ("inspection-number", { $0.conduct.inspectionNumber = nil }),
        ("reviewed-on", { $0.conduct.wasReviewed = true }),
        ("discussed-on", { $0.conduct.wasDiscussed = true }),
        ("closed-on", { $0.ending.closedOn = LegalDate("2026-01-04") }),
        ("reported-on", { $0.ending.closedOn = LegalDate("2026-03-12") }),
        ("decided-on", { $0.penalty.decidedOn = LegalDate("2025-12-31") }),
        ("transferred-on", { $0.ending.other = "criminal-transfer" }),
        ("party-code-kind", { $0.party.creditCode = nil }),
    ]

    private func refusal(
        _ form: String = "credit-penalty-2019", _ change: (inout ExchangeCase) throws -> Void
    ) throws -> ExchangeRemark {
        var act = try ExchangeFixtures.penalty()
        try change(&act)
        let batch = try ExchangeFixtures.export([act], form)
        #expect(batch.rows.isEmpty)
        return try #require(batch.refused.first)
    }

    @Test(arguments: [
        (Int64(123_456_789), "123.456789"), (1, "0.000001"), (0, "0.000000"), (100_000_000, "100.000000"),
        (99_999_999_999_999, "99999999.999999"),
    ])
    func `a fine leaves in 10,000 yuan with six decimals and loses no fen`(fen: Int64, text: String) throws {
        var act = try ExchangeFixtures.penalty()
        act.penalty.fineFen = fen
        #expect(try ExchangeFixtures.export([act]).text("CF_NR_FK") == text)
    }

    @Test func `another platform takes the same fine in yuan`() throws {
        let batch = try ExchangeFixtures.export([try ExchangeFixtures.penalty()], "supervision-penalty")
        #expect(batch.text("fine") == "1234567.89")
        #expect(batch.text("reported-on") == "2026-03-11")
        #expect(batch.text("penalty-kind") == "罚款;没收非法财物;没收违法所得")
        #expect(batch.text("hearing") == "否")
    }

    @Test func `kinds that share a code stand once, in their order`() throws {
        let batch = try ExchangeFixtures.export([try ExchangeFixtures.penalty()])
        #expect(batch.text("CF_CFLB") == "罚款;没收违法所得、没收非法财物")
        #expect(batch.text("CF_YJ") == "《食品安全法》第一百二十四条;《行政处罚法》第二十八条")
    }

    @Test func `the older form has a status, a place of six digits and a time`() throws {
        let batch = try ExchangeFixtures.export([try ExchangeFixtures.penalty()], "credit-penalty-2016")
        #expect(batch.text("CF_ZT") == "0")
        #expect(batch.text("DFBM") == "440106")
        #expect(batch.text("SJC") == "2026-03-10 09:30:00")
        #expect(batch.text("CF_CFLB2") == "没收非法财物")
    }

    @Test func `a citizen's name is masked where it is published, a company's is not`() throws {
        var act = try ExchangeFixtures.penalty()
        #expect(try ExchangeFixtures.export([act]).text("CF_XDR_MC") == "示例食品有限公司")
        act.party = .init(kind: "citizen", name: "欧阳某某")
        #expect(try ExchangeFixtures.export([act]).text("CF_XDR_MC") == "欧**")
    }

    @Test(arguments: Self.publicityFaults)
    func `what the field list forbids stays here and is told with its field`(
        field: String, change: @Sendable (inout ExchangeCase) -> Void
    ) throws {
        let remark = try refusal { change(&$0) }
        #expect(remark.field == field)
        #expect(remark.document == "示市监罚〔2026〕1号" || field == "CF_WSH")
        #expect(remark.description.contains("credit-penalty-2019"))
    }

    @Test func `a fine is not asked for where none was imposed`() throws {
        var act = try ExchangeFixtures.penalty()
        act.penalty.kinds = ["warning"]
        (act.penalty.fineFen, act.penalty.confiscatedFen) = (nil, nil)
        #expect(try ExchangeFixtures.export([act]).text("CF_CFLB") == "警告")
    }

    @Test(arguments: Self.supervisionFaults)
    func `supervision asks for fourteen digits, for days in order and for the flags' days`(
        field: String, change: @Sendable (inout ExchangeCase) -> Void
    ) throws {
        #expect(try refusal("supervision-penalty") { change(&$0) }.field == field)
    }

    @Test func `a case filed, closed and reported on one day is in order`() throws {
        var act = try ExchangeFixtures.penalty()
        let day = try ExchangeFixtures.day("2026-03-11")
        (act.conduct.filedOn, act.penalty.decidedOn, act.ending.closedOn) = (day, day, day)
        #expect(try ExchangeFixtures.export([act], "supervision-penalty").rows.count == 1)
    }

    @Test func `a check digit that does not fit is told and the row leaves`() throws {
        var act = try ExchangeFixtures.penalty()
        act.party.creditCode = "91350211M0000XUF46"
        let batch = try ExchangeFixtures.export([act])
        #expect(batch.rows.count == 1)
        #expect(batch.warnings.map(\.field) == ["CF_XDR_SHXYM"])
        act.party = .init(kind: "citizen", name: "钱某")
        (act.party.documentKind, act.party.documentNumber) = ("resident", "440106198002290000")
        let other = try ExchangeFixtures.export([act], "supervision-penalty")
        #expect(other.text("party-code-kind") == "身份证")
        #expect(other.warnings.map(\.field) == ["party-code"])
    }

    @Test func `no remark repeats what stands in a field`() throws {
        var act = try ExchangeFixtures.penalty()
        act.party = .init(kind: "citizen", name: String(repeating: "名", count: 201))
        (act.party.documentKind, act.party.documentNumber) = ("resident", "44010619800229\u{01}秘密")
        act.conduct.facts = String(repeating: "秘", count: 5_001)
        let batch = try ExchangeFixtures.export([act])
        #expect(batch.refused.count == 2)
        for remark in batch.refused {
            #expect(!remark.description.contains("秘") && !remark.description.contains("名名"))
        }
    }

    @Test func `all faults of an act are told at once, and the others leave`() throws {
        var bad = try ExchangeFixtures.penalty("case-2", at: 2)
        (bad.conduct.facts, bad.penalty.content) = (nil, nil)
        let batch = try ExchangeFixtures.export([
            try ExchangeFixtures.penalty("case-1", at: 1), bad, try ExchangeFixtures.penalty("case-3", at: 3),
        ])
        #expect(batch.rows.count == 2)
        #expect(batch.refused.map(\.field) == ["CF_SY", "CF_NR"])
        #expect(batch.refused.allSatisfy { $0.record == "case-2" })
    }

    @Test func `inspections and coercion leave in their own forms, chained by the inspection's number`() throws {
        var inspection = try ExchangeFixtures.penalty("inspection-1")
        inspection.behaviour = .inspection
        inspection.conduct.number = "XZJC-1"
        inspection.item.inspectionListCode = (inspection.body.creditCode ?? "") + "3"
        inspection.inspection = .init(
            inspectedOn: try ExchangeFixtures.day("2026-01-04"), officers: ["甲", "乙"],
            certificates: ["4401001", "4401002"])
        (inspection.inspection.form, inspection.inspection.category) = ("on-site", "random")
        inspection.inspection.result = "violation"
        let row = try ExchangeFixtures.export([inspection], "supervision-inspection")
        #expect(row.text("act-number") == "XZJC-1")
        #expect(row.text("officers") == "甲;乙" && row.text("result") == "发现违法行为")
        inspection.item.inspectionListCode = (inspection.body.creditCode ?? "") + "6"
        #expect(
            try ExchangeFixtures.export([inspection], "supervision-inspection").refused.map(\.field) == ["list-code"])

        var coercion = try ExchangeFixtures.penalty("coercion-1")
        coercion.behaviour = .coercion
        coercion.coercion = .init(documentNumber: "示市监强〔2026〕1号", kind: "measure")
        #expect(try ExchangeFixtures.export([coercion], "supervision-coercion").refused.map(\.field) == ["measure"])
        coercion.coercion.measure = "seize"
        let forced = try ExchangeFixtures.export([coercion], "supervision-coercion")
        #expect(forced.text("inspection-number") == "XZJC-1" && forced.text("measure") == "扣押财物")
        #expect(try ExchangeFixtures.export([coercion], "supervision-penalty").rows.isEmpty)
    }

    @Test func `a length is counted in characters or in bytes, as the list says`() throws {
        var act = try ExchangeFixtures.penalty()
        act.penalty.content = "警告处分"
        for (type, isTaken) in [("text 4", true), ("text 3", false), ("bytes 12", true), ("bytes 11", false)] {
            let forms = try ExchangeFixtures.forms(changing: "credit-penalty-2019.csv") {
                $0.replacing("CF_NR,处罚内容,text 4000", with: "CF_NR,处罚内容,\(type)")
            }
            let batch = try ExchangeExporter(forms).export(
                "credit-penalty-2019", [act], since: ExchangeCursor(store: "s"),
                at: ExchangeFixtures.moment("2026-03-11T08:00"))
            #expect(batch.refused.map(\.field) == (isTaken ? [] : ["CF_NR"]), "\(type)")
        }
    }
}
