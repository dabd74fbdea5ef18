import Casework
import Divisions
import Ledger
import Libraries
import Testing

@testable import Papers

/// From a case's facts and steps to a row that its receiver takes.
@Suite struct ExchangeFillingTests {
    /// An act of which nothing is known but the body.
    private func bare(_ behaviour: ExchangeBehaviour) throws -> ExchangeCase {
        let whole = try ExchangeFixtures.penalty()
        var act = ExchangeCase(
            record: "case-1", version: "v1", position: 1, behaviour: behaviour, changedAt: whole.changedAt,
            body: whole.body, division: whole.division)
        act.take(
            ItemFacts(
                record: .init(home: "44", flow: .down, kind: "item", naturalKey: "x"), code: "01234567890123",
                name: "生产不合格食品", bases: ["《食品安全法》第一百二十四条"]))
        return act
    }

    private func step(_ step: String, _ outcome: String, _ day: String) throws -> TakenStep {
        TakenStep(step: step, outcome: outcome, at: LegalMoment(try ExchangeFixtures.day(day)))
    }

    private let facts: [String: [Value]] = [
        "title": [.text("生产不合格食品案")], "case-no": [.text("XZCF-1")], "facts": [.text("抽检的糕点不合格。")],
        "party": [.text("示例食品有限公司")], "party-kind": [.text("legal")], "party-id": [.text("91350211M0000XUF46")],
        "decision-text": [.text("罚款五千元。")], "fine-fen": [.integer(500_000)], "source": [.text("inspection")],
        "penalty-kinds": [.text("warning")],
    ]

    @Test func `an ordinary penalty leaves in all three forms that ask for one`() throws {
        var act = try bare(.penalty)
        act.take(facts: facts)
        act.conduct.inspectionNumber = "XZJC-1"
        act.take(
            steps: [
                try step("approve-filing", "approved", "2026-01-05"), try step("hearing", "held", "2026-02-10"),
                try step("legal-review", "returned", "2026-02-12"), try step("legal-review", "passed", "2026-02-20"),
                try step("discuss", "agreed", "2026-02-25"), try step("decide", "done", "2026-03-02"),
                try step("pay", "done", "2026-03-05"), try step("close", "done", "2026-03-09"),
            ],
            issued: [
                .init(kind: "prior-notice", number: "示市监告〔2026〕1号", digest: "00"),
                .init(kind: "penalty-decision", number: "示市监罚〔2026〕1号", digest: "00"),
            ], procedure: "ordinary-penalty")
        let credit = try ExchangeFixtures.export([act])
        #expect(credit.refused.isEmpty)
        #expect(credit.text("CF_CFLB") == "警告;罚款" && credit.text("CF_NR_FK") == "0.500000")
        #expect(credit.text("CF_WSH") == "示市监罚〔2026〕1号" && credit.text("CF_YXQ") == "2099-12-31")
        let supervision = try ExchangeFixtures.export([act], "supervision-penalty")
        #expect(supervision.refused.isEmpty)
        #expect(supervision.text("hearing") == "是" && supervision.text("reviewed-on") == "2026-02-20")
        #expect(supervision.text("discussed-on") == "2026-02-25" && supervision.text("closed-on") == "2026-03-09")
        #expect(supervision.text("execution-result") == "已执行" && supervision.text("criminal") == "否")
        #expect(try ExchangeFixtures.export([act], "credit-message").rows.count == 1)
    }

    @Test func `a summary penalty of a citizen is filed on the day it is decided`() throws {
        let number = try #require(
            ResidentNumber.make(area: "440106", born: try ExchangeFixtures.day("1990-05-01"), serial: 1))
        var act = try bare(.penalty)
        var facts = facts
        (facts["party"], facts["party-kind"], facts["party-id"]) = ([.text("孙某某")], [.text("citizen")], [.text(number)])
        act.take(facts: facts)
        act.conduct.inspectionNumber = "XZJC-1"
        act.take(
            steps: [try step("decide", "unsigned", "2026-03-02"), try step("collect", "done", "2026-03-02")],
            issued: [.init(kind: "on-spot-decision", number: "示市监当罚〔2026〕1号", digest: "00")],
            procedure: "simple-penalty")
        let batch = try ExchangeFixtures.export([act], "supervision-penalty")
        #expect(batch.refused.isEmpty && batch.warnings.isEmpty)
        #expect(batch.text("procedure") == "简易程序" && batch.text("filed-on") == "2026-03-02")
        #expect(batch.text("party-code") == number && batch.text("party-code-kind") == "身份证")
        #expect(try ExchangeFixtures.export([act]).text("CF_XDR_MC") == "孙**")
    }

    @Test(arguments: ["passed", "to-correct", "violation", "absent"])
    func `an inspection leaves with whatever it came to`(outcome: String) throws {
        var act = try bare(.inspection)
        var facts = facts
        facts["source"] = [.text("random")]
        act.take(facts: facts)
        act.take(steps: [try step("inspect", outcome, "2026-01-04")], issued: [], procedure: "inspection")
        act.item.inspectionListCode = (act.body.creditCode ?? "") + "1"
        act.inspection.officers = ["甲", "乙"]
        let batch = try ExchangeFixtures.export([act], "supervision-inspection")
        #expect(batch.refused.isEmpty)
        #expect(batch.text("category") == "双随机检查" && batch.text("inspected-on") == "2026-01-04")
    }

    @Test func `a seizure leaves with its days`() throws {
        var act = try bare(.coercion)
        act.take(facts: facts)
        act.conduct.inspectionNumber = "XZJC-1"
        act.take(
            steps: [try step("seize", "done", "2026-01-04"), try step("release", "done", "2026-01-20")],
            issued: [.init(kind: "seizure-decision", number: "示市监强〔2026〕1号", digest: "00")],
            procedure: "coercive-measure")
        let batch = try ExchangeFixtures.export([act], "supervision-coercion")
        #expect(batch.refused.isEmpty)
        #expect(batch.text("from") == "2026-01-04" && batch.text("to") == "2026-01-20")
        #expect(batch.text("document-number") == "示市监强〔2026〕1号")
    }

    @Test func `what a case does not say stays as it was, and a minor is known`() throws {
        var act = try ExchangeFixtures.penalty()
        let before = act
        act.take(facts: [:])
        #expect(act == before)
        act.take(facts: ["is-minor": [.boolean(true)]])
        #expect(try ExchangeFixtures.export([act]).withheldCount == 1)
    }
}
