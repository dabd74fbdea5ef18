import Casework
import Divisions
import Ledger
import Libraries
import Testing

/// No power without law: which body may use which item, when.
struct KnowledgeItemTests {
    private func check(
        _ scene: KnowledgeScene, _ item: String = "I1", body: String = "K", division: DivisionCode? = nil,
        on day: String = "2026-03-02"
    ) -> CheckAnswer {
        ItemCheck.check(
            item: item, body: body, division: division ?? scene.bodies[body]?.division ?? "440781",
            on: KnowledgeScene.day(day), knowledge: scene)
    }

    private func delegation(
        to: DivisionCode = "440781001", from: String? = "2026-01-01", until: String? = "2026-06-30",
        isEntrusted: Bool = false
    ) -> Delegation {
        Delegation(
            to: to, from: from.map(KnowledgeScene.day), until: until.map(KnowledgeScene.day), isEntrusted: isEntrusted,
            stamp: 0, citation: KnowledgeScene.citation(1))
    }

    @Test func `a body of the item's level, type and field may use it`() throws {
        let answer = check(try KnowledgeScene())
        #expect(answer.answer == .met)
        #expect(answer.articles == ["行政处罚法第17条"])
    }

    @Test func `what is not known here is unknown, never a pass`() throws {
        let scene = try KnowledgeScene()
        #expect(check(scene, "I9").answer == .unknown)
        #expect(check(scene, body: "Q").answer == .unknown)
    }

    @Test(arguments: [
        ("2024-02-29", GateAnswer.broken), ("2024-03-01", .met), ("2026-12-31", .met), ("2027-01-01", .broken),
    ])
    func `an item is used within its days`(day: String, answer: GateAnswer) throws {
        var scene = try KnowledgeScene()
        scene.items["I1"]?.validTo = KnowledgeScene.day("2026-12-31")
        #expect(check(scene, on: day).answer == answer)
    }

    @Test(arguments: [
        ("C", "本级未获下放", ["行政处罚法第17条", "行政处罚法第24条"]), ("T", "本级未获下放", ["行政处罚法第17条", "行政处罚法第24条"]),
    ])
    func `a body of another level is refused with the article`(body: String, says: String, articles: [String]) throws {
        let answer = check(try KnowledgeScene(), body: body)
        #expect(answer.answer == .broken)
        #expect(answer.says.chinese.contains(says))
        #expect(answer.articles == articles)
    }

    @Test func `another field or type of body is refused`() throws {
        var scene = try KnowledgeScene()
        scene.bodies["K"]?.fields = ["卫生健康"]
        #expect(check(scene).says.chinese.contains("领域"))
        scene.bodies["K"]?.fields = ["水务"]
        scene.bodies["K"]?.type = "法律法规授权组织"
        #expect(check(scene).articles == ["行政处罚法第17条", "行政处罚法第19条"])
    }

    @Test func `where bodies are listed only the list counts`() throws {
        var scene = try KnowledgeScene()
        scene.items["I1"]?.bodies = ["C"]
        #expect(check(scene, body: "C").answer == .met)
        let answer = check(scene, body: "K")
        #expect(answer.answer == .broken)
        #expect(answer.says.chinese == "该事项不在示例单位K的权责清单上")
    }

    @Test(arguments: [
        ("2025-12-31", GateAnswer.broken, "自2026年1月1日起下放"), ("2026-01-01", .met, ""), ("2026-06-30", .met, ""),
        ("2026-07-01", .broken, "已于2026年6月30日终止"),
    ])
    func `a power handed down counts from its first day to its last`(
        day: String, expected: GateAnswer, says: String
    ) throws {
        var scene = try KnowledgeScene()
        scene.items["I1"]?.delegations = [delegation()]
        let answer = check(scene, body: "T", on: day)
        #expect(answer.answer == expected)
        if expected == .broken {
            #expect(answer.says.chinese.contains(says))
            #expect(answer.articles == ["行政处罚法第24条"])
        }
    }

    @Test func `a power handed down to one town is not its neighbour's`() throws {
        var scene = try KnowledgeScene()
        scene.items["I1"] = scene.item("I1", levels: [.county, .township])
        #expect(check(scene, body: "T").answer == .met, "with no list of towns the level says it")
        scene.items["I1"]?.delegations = [delegation(to: "440781114")]
        #expect(check(scene, body: "T").answer == .broken)
        #expect(check(scene, body: "K").answer == .met)
    }

    @Test func `an entrusted organisation has what its organ has, within its own fields`() throws {
        var scene = try KnowledgeScene()
        scene.add(body: "E", at: "440781", fields: ["水务"], entrustedBy: "K", type: "受委托组织")
        #expect(check(scene, body: "E").answer == .met)
        scene.bodies["E"]?.fields = ["城市管理和综合执法"]
        #expect(check(scene, body: "E").articles == ["行政处罚法第20条"])
        scene.bodies["E"]?.fields = ["水务"]
        scene.items["I1"]?.delegations = [delegation(to: "440781", isEntrusted: true)]
        #expect(check(scene, body: "E", on: "2026-06-30").answer == .met)
        #expect(check(scene, body: "E", on: "2026-07-01").says.chinese.contains("委托期限"))
        scene.bodies["K"] = nil
        #expect(check(scene, body: "E").answer == .unknown)
    }

    @Test func `who is entrusted entrusts nobody`() throws {
        var scene = try KnowledgeScene()
        scene.add(body: "E", at: "440781", fields: ["水务"], entrustedBy: "K", type: "受委托组织")
        scene.add(body: "F", at: "440781", fields: ["水务"], entrustedBy: "E", type: "受委托组织")
        let answer = check(scene, body: "F")
        #expect(answer.answer == .broken)
        #expect(answer.says.chinese.contains("不得再委托"))
        #expect(answer.articles == ["行政处罚法第20条"])
    }

    @Test func `a body acts for its own division or one below`() throws {
        let scene = try KnowledgeScene()
        #expect(check(scene, division: "440781001").answer == .met)
        #expect(check(scene, division: "440703").answer == .broken)
    }
}
