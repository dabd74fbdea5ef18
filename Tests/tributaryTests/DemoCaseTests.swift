import Casework
import Divisions
import Foundation
import Ledger
import Libraries
import Node
import Testing

@testable import tributary

/// What the demonstration's case shows and stands on, without any node.
@Suite struct DemoCaseTests {
    // MARK: Judgements

    @Test func `nodes that say the same of every step judge alike`() throws {
        let record = try Self.record()
        #expect(CaseJudgements([("甲", record), ("乙", record)]).areAlike)
        #expect(!CaseJudgements([]).areAlike)
    }

    @Test(arguments: [
        #""isVoid":false"#: #""isVoid":true"#, #""counts":true"#: #""counts":false"#,
        #""standing":"open""#: #""standing":"waiting""#, #""handler":"a""#: #""handler":"b""#,
    ])
    func `nodes that differ in anything do not`(original: String, changed: String) throws {
        let (left, right) = (try Self.record(), try Self.record(with: changed, for: original))
        #expect(!CaseJudgements([("甲", left), ("乙", right)]).areAlike)
    }

    @Test func `a decision that counts for nothing says why, and the table keeps its width`() throws {
        let void = try Self.record(with: #""counts":false"#, for: #""counts":true"#)
        let lines = CaseJudgements([("台城街道", void)]).lines(columnsMax: 98, .output)
        #expect(lines.count == 2)
        #expect(lines[1].contains("不作数 void"))
        #expect(lines[1].contains("上级同时接管本案"))
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 98 })
    }

    // MARK: Guidance

    @Test func `guidance shows what can be done first, then what is missing with its article`() throws {
        let lines = CaseGuideTable(try Self.record()).lines(columnsMax: 98, .output)
        #expect(lines.count == 3)
        #expect(lines[1].contains("送达决定书") && lines[1].contains("✓") && lines[1].contains("2026-12-03"))
        #expect(lines[2].contains("缴清罚款") && lines[2].contains("(行政处罚法第61条)"))
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 98 })
    }

    // MARK: Who and what it stands on

    @Test func `everybody whom the case needs is in the fixtures, with his post and of a body that signs`() throws {
        let sources = try DemoSources(laws: nil)
        let officers = sources.officers + sources.caseOfficers
        let bodies = try Self.rows(of: BodyRow.self, sources.bodies)
        for person in DemoCaseCast.Person.allCases {
            let row = try #require(officers.first { $0.certificateNo == person.rawValue }, "\(person)")
            let body = try #require(bodies.first { $0.code == row.body }, "\(person)")
            #expect(body.sign?.isEmpty == false && body.division == row.division, "\(person)")
            #expect((row.status == .valid) == (person != .suspended), "\(person)")
            let posts = Set(row.posts.isEmpty ? ["officer"] : row.posts)
            switch person {
            case .head: #expect(posts == ["responsible"])
            case .reviewer: #expect(posts == ["reviewer"] && row.isLegallyQualified)
            case .city, .province: #expect(posts == ["supervisor"])
            case .officer, .second, .suspended, .county: #expect(posts == ["officer"])
            }
        }
        #expect(Set(officers.map(\.certificateNo)).count == officers.count)
    }

    @Test func `what the steps are taken with are facts of the procedure, and the fine lies in its tier`() throws {
        let sources = try DemoSources(laws: nil)
        let path = "\(sources.root)/Procedures/\(DemoCaseCast.procedure).yaml"
        let procedure = try Procedure(yaml: String(contentsOfFile: path, encoding: .utf8), file: path)
        let facts = [
            DemoCaseCast.clue, DemoCaseCast.filing, DemoCaseCast.findings, DemoCaseCast.decision, DemoCaseCast.service,
        ]
        for name in facts.flatMap(\.keys) { #expect(procedure.fact(name) != nil, "\(name)") }
        #expect(Set(procedure.steps.compactMap(\.numbered)).isSuperset(of: DemoCaseCast.words))
        let tiers = try Self.rows(of: BenchmarkRow.self, sources.benchmarks).filter { $0.itemNo == "1-1" }
        #expect(tiers.count == 3)
        #expect(DemoCaseCast.findings["circumstance"] == .integer(2))
        #expect((300_000..<1_000_000).contains(DemoCaseCast.fineFen))
    }

    // MARK: Waiting

    @Test func `what does not come true within its limit is said, not thrown`() async throws {
        #expect(try await !Waiting.comesTrue(within: .zero) { false })
        #expect(try await Waiting.comesTrue(within: .zero) { true })
        await #expect(throws: NotInTime.self) { try await Waiting.until("nothing", within: .zero) { false } }
    }

    // MARK: Helpers

    private static func rows<Row: ImportedRow>(of type: Row.Type, _ path: String) throws -> [Row] {
        var importer = RowImporter<Row>(file: path)
        let events = importer.feed(try Files.read(path, bytesMax: 1 << 20)) + importer.finish()
        return events.compactMap { event in if case .row(let row, _) = event { row } else { nil } }
    }

    /// A case that is decided, to be served, and not paid yet, as the API says it.
    private static func record(with changed: String = "", for original: String = "") throws -> CaseMessage {
        var text = """
            {"id":"case:440781001:up:01","procedure":"ordinary-penalty@1",
            "name":{"chinese":"行政处罚普通程序","english":"Ordinary penalty"},
            "stage":{"chinese":"案件审批","english":"Approval"},"standing":"open","standingWords":[],"handler":"a",
            "etag":"e","facts":[],"deadlines":[],"tallies":{},
            "steps":[{"step":"decide","name":{"chinese":"作出处罚决定","english":"Decide"},
            "outcome":{"chinese":"完成","english":"done"},"at":"2026-11-24T10:00","officers":["1"],
            "division":"440781001","issued":[],"counts":true,"isVoid":false,"details":{},"findings":[],
            "doubts":[{"chinese":"上级同时接管本案","english":"a superior took the case over at the same time"}],
            "target":"t"}],
            "next":[\(next("pay", "缴清罚款", isPossible: false)),\(next("serve", "送达决定书", isPossible: true)),
            \(next("decide", "作出处罚决定", isPossible: true))]}
            """
        if !original.isEmpty { text = text.replacingOccurrences(of: original, with: changed) }
        return try JSONDecoder().decode(CaseMessage.self, from: Data(text.utf8))
    }

    private static func next(_ step: String, _ name: String, isPossible: Bool) -> String {
        let missing = """
            {"chinese":"处罚决定书尚未送达","english":"not served yet","articles":["行政处罚法第61条"],"answer":"broken"}
            """
        return """
            {"step":"\(step)","name":{"chinese":"\(name)","english":"\(step)"},"stage":"service","articles":["行政处罚法第61条"],
            "posts":["officer"],"certified":0,"isPossible":\(isPossible),"isOptional":false,"asks":[],"outcomes":[],
            "missing":[\(isPossible ? "" : missing)],"due":"2026-12-03T23:59"}
            """
    }
}
