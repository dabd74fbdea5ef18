import Casework
import Divisions
import Ledger
import Libraries
import Testing

/// What comes with an item at once, and why one cannot be chosen.
struct ItemChoiceTests {
    private let records: KnowledgeRecords

    private static let procedure = Procedure(
        id: "ordinary-penalty", version: 1, name: Bilingual("普通程序", "Ordinary"),
        stages: [Stage(id: "one", name: Bilingual("一", "One"))],
        steps: [
            StepRule(id: "file", stage: "one", name: Bilingual("立案", "File"), document: "filing-approval"),
            StepRule(id: "ask", stage: "one", name: Bilingual("询问", "Ask"), document: "inquiry-record"),
            StepRule(id: "ask-again", stage: "one", name: Bilingual("再询问", "Ask again"), document: "inquiry-record"),
        ],
        deadlines: [
            DeadlineRule(
                id: "decide", name: Bilingual("办案期限", "Decision"), start: .step("file", outcome: nil, again: false),
                length: Span(90, .calendarDays))
        ])

    init() throws {
        records = try KnowledgeRecords()
        records.write(
            LibraryKinds.body, "K", at: "440781",
            [
                ("code", [.text("K")]), ("name", [.text("示例局")]), ("division", [.text("440781")]),
                ("body-type", [.text("法定行政机关")]), ("fields", [.text("水务")]),
            ])
        records.item("I1")
        law("示例河道保护条例", "2016-05-20", from: "2016-09-01", article8: "处一千元以上五千元以下罚款。")
        law("示例河道保护条例", "2023-11-30", from: "2024-03-01", article8: "处一千元以上一万元以下罚款。")
    }

    private func law(_ title: String, _ version: String, from: String, article8: String?, repeals: [String] = []) {
        let day = KnowledgeScene.day(version)
        let key = ParsedStatute.naturalKey(title: title, versionDate: day, part: nil)
        records.write(
            LibraryKinds.statute, key, at: "440000",
            [
                ("title", [.text(title)]), ("version-date", [.text(version)]), ("effective-date", [.text(from)]),
                ("effective-source", [.text("closing-article")]), ("repeals", repeals.map { .text($0) }),
            ])
        guard let article8 else { return }
        records.write(
            LibraryKinds.article, "\(key)\u{1F}8", at: "440000",
            [("number", [.integer(8)]), ("text", [.text(article8)])])
    }

    private func choose(
        _ item: String = "I1", body: String = "K", violatedOn: String? = "2026-02-01", on day: String = "2026-03-02",
        procedure: Procedure? = ItemChoiceTests.procedure
    ) -> ItemChoice.Outcome {
        ItemChoice.choose(
            item: item, body: body, division: "440781", violatedOn: violatedOn.map(KnowledgeScene.day),
            on: KnowledgeScene.day(day), knowledge: records.knowledge()
        ) { id in procedure?.id == id ? procedure : nil }
    }

    private func chosen(_ outcome: ItemChoice.Outcome) throws -> ItemChoice {
        guard case .chosen(let choice) = outcome else {
            Issue.record("\(outcome)")
            throw CancellationError()
        }
        return choice
    }

    @Test func `an item brings its basis, procedure, documents and deadlines at once`() throws {
        let choice = try chosen(choose())
        #expect(choice.bases.map(\.text) == ["《示例河道保护条例》第八条"])
        #expect(choice.bases[0].now?.text == "处一千元以上一万元以下罚款。")
        #expect(choice.bases[0].now?.version.versionDate == KnowledgeScene.day("2023-11-30"))
        #expect(choice.procedureID == "ordinary-penalty" && choice.procedure == Self.procedure)
        #expect(choice.documents.map(\.kind) == ["filing-approval", "inquiry-record"])
        #expect(choice.deadlines.map(\.id) == ["decide"])
        #expect(choice.remarks.isEmpty)
    }

    @Test func `an act before the amendment has the law of its own day, and both are shown`() throws {
        let choice = try chosen(choose(violatedOn: "2024-02-29"))
        #expect(choice.bases[0].atAct?.text == "处一千元以上五千元以下罚款。")
        #expect(choice.bases[0].differs)
        #expect(choice.remarks.map(\.articles) == [["行政处罚法第37条"]])
        #expect(try chosen(choose(violatedOn: "2024-03-01")).remarks.isEmpty)
    }

    @Test func `a basis that another law has ended is told with the choice`() throws {
        law("示例水务条例", "2025-12-01", from: "2026-02-01", article8: nil, repeals: ["示例河道保护条例"])
        #expect(try chosen(choose(on: "2026-01-31")).remarks.isEmpty)
        let choice = try chosen(choose(on: "2026-02-01"))
        #expect(choice.bases[0].stale?.cause == .repealed(by: "示例水务条例", from: KnowledgeScene.day("2026-02-01")))
        #expect(choice.remarks.map(\.says.chinese) == ["《示例河道保护条例》自2026年2月1日起废止，由《示例水务条例》代替"])
    }

    @Test func `what may not be used is refused in an officer's words with the article`() throws {
        guard case .refused(let findings) = choose(body: "K", on: "2024-02-29") else {
            Issue.record("chosen before it was in force")
            return
        }
        #expect(findings.map(\.says.chinese) == ["事项自2024年3月1日起生效"])
        #expect(findings.map(\.articles) == [["行政处罚法第17条"]])
        guard case .refused(let unknown) = choose("I9") else {
            Issue.record("chosen without a record")
            return
        }
        #expect(unknown.map(\.answer) == [.unknown])
    }

    @Test func `a procedure that is not here is told, and nothing is made up for it`() throws {
        let choice = try chosen(choose(procedure: nil))
        #expect(choice.procedure == nil && choice.documents.isEmpty && choice.deadlines.isEmpty)
        #expect(choice.remarks.map(\.says.chinese) == ["本单位没有程序ordinary-penalty"])
    }

    @Test(arguments: [
        ("处罚", "普通程序", "ordinary-penalty"), ("处罚", "简易程序", "simple-penalty"), ("检查", "普通程序", "inspection"),
        ("强制", "普通程序", "coercive-measure"), ("处罚", "village-board", "village-board"), ("处罚", "", "ordinary-penalty"),
    ])
    func `the kind of an item and its word for it choose the procedure`(kind: String, word: String, id: String) throws {
        var item = try KnowledgeScene().item("I1")
        item.kind = kind
        item.procedure = word
        #expect(ItemChoice.procedureID(of: item) == id)
    }

    @Test func `a body's list of powers is what it may use that day`() {
        records.item("I2", levels: ["市级"])
        records.item("I3", more: [("bodies", [.text("K")])])
        let knowledge = records.knowledge()
        let day = KnowledgeScene.day("2026-03-02")
        #expect(knowledge.usableItems(body: "K", division: "440781", on: day).map(\.code) == ["I1", "I3"])
        #expect(knowledge.usableItems(body: "K", division: "440781", on: KnowledgeScene.day("2024-01-01")) == [])
    }
}
