import Foundation
import Ledger
import Libraries
import Node
import Testing

@testable import tributary

/// What the commands for cases make of words, without any node.
@Suite struct CaseCommandTests {
    private func known(_ rules: String) throws -> [AskedFactMessage] {
        try JSONDecoder().decode([AskedFactMessage].self, from: Data(rules.utf8))
    }

    private func rule(_ id: String, _ kind: String, isMany: Bool = false) -> String {
        #"{"id":"\#(id)","chinese":"甲","english":"A","kind":"\#(kind)","isPersonal":false,"isMany":\#(isMany),"choices":[]}"#
    }

    @Test(
        arguments: [
            ("200000", 200_000), ("2000元", 200_000), ("12.5元", 1_250), ("0.05元", 5), ("元", nil), ("1.234元", nil),
            ("-1元", nil), ("1.-5元", nil), ("92233720368547758.99元", nil), ("92233720368547759元", nil), ("一百元", nil),
        ] as [(String, Int64?)])
    func `sums are fen, or yuan where they say so`(text: String, fen: Int64?) {
        #expect(FactArgument.fen(text) == fen)
    }

    @Test func `facts are typed by the procedure, and one of many values is a set`() throws {
        let rules = [
            rule("fine-fen", "money"), rule("is-minor", "truth"), rule("circumstance", "integer"),
            rule("kinds", "choice", isMany: true), rule("party", "text"),
        ]
        let known = try known("[\(rules.joined(separator: ","))]")
        let words = ["fine-fen=100元", "is-minor=否", "circumstance=2", "kinds=fine", "kinds=warning", "party=甲=乙"]
        let arguments = words.compactMap { FactArgument(argument: $0) }
        #expect(
            try FactArgument.values(arguments, known) == [
                "fine-fen": 10_000, "is-minor": false, "circumstance": 2, "kinds": ["fine", "warning"], "party": "甲=乙",
            ])
        for wrong in ["fine-fen=十元", "is-minor=maybe", "circumstance=x", "nothing=1"] {
            let argument = try #require(FactArgument(argument: wrong))
            #expect(throws: CommandFailure.self) { try FactArgument.values([argument], known) }
        }
        let twice = try ["party=甲", "party=乙"].map { try #require(FactArgument(argument: $0)) }
        #expect(throws: CommandFailure.self) { try FactArgument.values(twice, known) }
        #expect(FactArgument(argument: "=1") == nil && FactArgument(argument: "fact") == nil)
    }

    @Test func `keys are shown as far as it takes to tell them apart, and eight digits at least`() {
        #expect(CaseText.shortest(["01a20dbcedb57ff4", "02a20dbcedb57ff4"]) == 8)
        #expect(CaseText.shortest(["01a20dbcedb57ff4", "01a20dbcedc57ff4"]) == 11)
        #expect(CaseText.shortest([]) == 8)
    }

    @Test func `a refused step is told in the officer's sentence alone`() {
        let body = Data(
            #"""
            {"type":"urn:tributary:problem:refused","title":"修改未被接受 · The change was refused","detail":"x","where":"/step",
            "findings":[{"chinese":"立案前须有两名持证执法人员","english":"Two certified officers","articles":["行政处罚法第42条"],
            "answer":"broken"}]}
            """#.utf8)
        let failure = CommandFailure(APIFailure.problem(APIProblem(status: 422, reason: "", body: body)))
        #expect(failure.description == "立案前须有两名持证执法人员(行政处罚法第42条)\n  Two certified officers")
        #expect(failure.status == .badData)
    }

    @Test func `figures of the board are written with two decimals at most`() {
        #expect(SuperviseCommand.points(100) == "100")
        #expect(SuperviseCommand.points(97.5) == "97.50")
        #expect(SuperviseCommand.points(3.05) == "3.05")
        #expect(SuperviseCommand.points(1_234.5) == "1,234.50")
    }

    // MARK: Files of procedures

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    @Test func `all that this repository ships is right, and each has an id of its own`() throws {
        let files = try ProcedureFiles([Self.root])
        #expect(files.faults.isEmpty)
        let names = files.pieces.map { "\($0.sort) \($0.id)@\($0.version ?? 0)" }
        #expect(Set(names).count == names.count)
        for id in ["ordinary-penalty", "on-spot-decision", "supervision", "exchange-form:forms"] {
            #expect(files.pieces.contains { $0.id == id }, "\(id)")
        }
    }

    @Test func `every fault of every file is told with its file and line`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "files-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Files.makeDirectory(path, mode: 0o700)
        try Files.write("procedure: a\nversion: x\n", to: "\(path)/a.yaml")
        try Files.write("no head\n", to: "\(path)/b.mustache")
        try Files.write("form,zh\n", to: "\(path)/forms.csv")
        let files = try ProcedureFiles([path])
        for start in ["\(path)/a.yaml:2:", "\(path)/b.mustache:1:", "forms.csv"] {
            #expect(files.faults.contains { $0.hasPrefix(start) }, "\(files.faults)")
        }
        let absent = #expect(throws: CommandFailure.self) { _ = try ProcedureFiles(["\(path)/none"]) }
        #expect(absent?.status == .noInput)
    }
}
