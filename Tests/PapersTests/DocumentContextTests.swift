import Casework
import Divisions
import Lattice
import Ledger
import Testing

@testable import Papers

@Suite struct DocumentContextTests {
    private struct Knowledge: CaseKnowledge {
        let tree: DivisionTree
        let calendar = WorkCalendar([])

        func officer(certificate: String) -> OfficerFacts? {
            guard certificate == "44010600001" else { return nil }
            return OfficerFacts(
                record: RecordID(home: "440106", flow: .down, kind: "officer", naturalKey: certificate),
                certificate: certificate, name: "林一", body: "gz-th", division: "440106", areas: ["440106"])
        }
        func item(code: String) -> ItemFacts? { code == "440001" ? PapersFixture.item : nil }
        func body(code: String) -> BodyFacts? { code == "gz-th" ? PapersFixture.body : nil }
        func benchmark(item: String) -> Benchmark? { nil }
        func edit(_ citation: Citation) -> CitedEdit? { nil }
        func receipt(of entry: EntryID) -> UInt64? { nil }
    }

    @Test func `a document knows of a case what the node knows`() throws {
        var state = RecordState(id: RecordID(home: "440106", flow: .up, kind: "case", naturalKey: "1"))
        let stream = StreamID(Digest(tag: 255, 1, 0, 0, 0))
        let values: [(String, Value)] = [
            ("title", .text("占道案")), ("party", .text("张三")), ("item", .text("440001")), ("body", .text("gz-th")),
            ("case-no", .text("示城案〔2026〕7号")), ("fine-fen", .integer(50_000)), ("unknown-field", .text("x")),
        ]
        for (index, (field, value)) in values.enumerated() {
            let edit = Edit(
                kind: "case", record: state.id.key, field: field, type: .register, content: .plain(value))
            let write = Write(
                dot: Dot(stream: stream, number: UInt64(index + 1), index: 0), check: 1, edit: edit,
                value: .plain(value), stamp: 1, level: .county)
            state.apply(write) { _ in UInt64(index) }
        }
        let at = try #require(LegalMoment("2026-03-02T09:05"))
        let mark = StepMark(
            step: "file", at: at, officers: ["44010600001", "44010600002"],
            issued: [.init(kind: "filing-approval", digest: PapersFixture.digest("filing"))],
            details: ["opinion": "建议立案"])
        let taken = TakenMark(
            citation: Citation(dot: Dot(stream: stream, number: 9, index: 0), check: 1), mark: mark, author: nil,
            division: "440106", level: .county, body: "gz-th", stamp: 1, reads: [])
        let tree = try DivisionTree(
            divisions: [Division(code: "440106", name: "示例区", level: .province, parent: nil)], seats: [])
        let context = DocumentContext(
            procedure: PapersFixture.procedure, history: CaseHistory(state, entries: []), steps: [taken],
            knowing: Knowledge(tree: tree), officers: ["44010600001", "44010600002"], at: at)
        #expect(context.caseNumber == "示城案〔2026〕7号")
        #expect(context.body == PapersFixture.body && context.item == PapersFixture.item)
        #expect(context.facts.keys.sorted() == ["fine-fen", "item", "party", "title"])
        #expect(context.officers.map(\.name) == ["林一", nil])
        #expect(context.steps.map(\.note) == ["建议立案"])
        #expect(context.documents.map(\.digest) == [PapersFixture.digest("filing")])
        let templates = try PapersFixture.templates()
        #expect(throws: DocumentFault.self) { try templates.render("filing-approval", with: context) }
        var complete = context
        complete.facts["facts"] = [.text("占道摆卖")]
        let html = try templates.render("filing-approval", with: complete).html
        for text in ["张三", "占道摆卖", "林一", "44010600002", "占用城市道路摆卖"] { #expect(html.contains(text)) }
    }
}
