import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Node
import Testing

@testable import tributary

@Suite struct ArgumentTests {
    @Test func `a record's id is read back as it is written, and nothing else is one`() {
        let id = "case:440781001:up:01a20c4fdc09744c81d9c8b9a9517000"
        #expect(RecordArgument(argument: id)?.record.description == id)
        for text in ["", "case", "case:440781001:up:0011", "case:440781001:sideways:01a20c4fdc09744c81d9c8b9a9517000"] {
            #expect(RecordArgument(argument: text) == nil)
        }
    }

    @Test func `an officer is named by his certificate, by his record, or not at all`() throws {
        let home: DivisionCode = "440781001"
        let record = RecordID(home: home, flow: .down, kind: "officer", naturalKey: "440781000105")
        #expect(try #require(OfficerArgument(argument: "none")).record(of: home) == nil)
        #expect(OfficerArgument(argument: "440781000105")?.record(of: home) == record)
        #expect(OfficerArgument(argument: record.description)?.record(of: home) == record)
        for text in ["", "张三", "44-01", "officer:440781001:down:00"] {
            #expect(OfficerArgument(argument: text) == nil)
        }
    }

    @Test func `a field's value is what the field holds`() throws {
        let kind = LibraryKinds.caseFile
        #expect(try FieldArgument(argument: "title=a=b")?.value(in: kind) == .text("a=b"))
        #expect(try FieldArgument(argument: "fines-fen=-5")?.value(in: kind) == .integer(-5))
        #expect(try FieldArgument(argument: "hearing=是")?.value(in: LibraryKinds.item) == .boolean(true))
        #expect(FieldArgument(argument: "title") == nil)
        #expect(FieldArgument(argument: "=x") == nil)
        #expect(throws: CommandFailure.self) { try FieldArgument(argument: "fines-fen=x")?.value(in: kind) }
        #expect(throws: CommandFailure.self) { try FieldArgument(argument: "colour=red")?.value(in: kind) }
    }

    @Test func `an entity tag is taken with its quotes and without`() {
        #expect(EntityTag.quoted("ab") == "\"ab\"")
        #expect(EntityTag.quoted("\"ab\"") == "\"ab\"")
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")])
    func `thousands are set apart`(number: Int, text: String) { #expect(number.grouped == text) }

    @Test(
        arguments: [(0, "0 B"), (1_023, "1023 B"), (1_536, "1.5 KiB"), (145_000_000, "138 MiB")] as [(Int64, String)])
    func `bytes are read in the largest unit that fits`(bytes: Int64, text: String) {
        #expect(ByteCount.text(bytes) == text)
    }

    @Test func `a file given by a relative path is named from the directory that names it`() {
        #expect(Files.path(of: "Topology/demo.yaml", from: "town") == "../Topology/demo.yaml")
        #expect(Files.path(of: "town/demo.yaml", from: "town") == "demo.yaml")
        #expect(Files.path(of: "/etc/demo.yaml", from: "town") == "/etc/demo.yaml")
    }
}

@Suite struct APIClientTests {
    @Test(arguments: [1, 2, 7, 1_000])
    func `events are cut from a stream however its bytes arrive`(step: Int) {
        let bytes = Array(
            ": alive\n\nid: 4\nevent: change\ndata: {\"a\":\ndata: 1}\n\nevent: missed\r\ndata: {}\r\n\r\nid: 9\n\n"
                .utf8)
        var reader = ServerEventReader()
        var events: [ServerEvent] = []
        for start in stride(from: 0, to: bytes.count, by: step) {
            events += reader.feed(bytes[start..<min(start + step, bytes.count)])
        }
        #expect(events.map(\.name) == ["change", "missed"])
        #expect(events.map(\.data) == ["{\"a\":\n1}", "{}"])
        #expect(events.first?.id == "4")
    }

    @Test func `an address holds only what an address may hold`() {
        #expect(APIClient.escaped("case:1 罚&a=b") == "case%3A1%20%E7%BD%9A%26a%3Db")
    }

    @Test func `a problem says which draft it means`() {
        let body = Data(
            #"{"type":"urn:tributary:problem:bad-value","title":"甲 · A","detail":"d","where":"/drafts/7/id"}"#.utf8)
        let problem = APIProblem(status: 400, reason: "", body: body)
        #expect(problem.index(in: "drafts") == 7)
        #expect(problem.kind == "bad-value")
        #expect(problem.chineseTitle == "甲")
        #expect(problem.text == "甲 · A: d (/drafts/7/id)")
        #expect(APIProblem(status: 502, reason: "Bad Gateway", body: Data("<html>".utf8)).text == "Bad Gateway")
    }
}

@Suite struct ImportSourceTests {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures").path
    private let home: DivisionCode = "440000"

    private func steps(_ source: consuming some ImportSource) throws -> [ImportStep] {
        var source = source
        var steps: [ImportStep] = []
        while let step = try source.next() { steps.append(step) }
        #expect(source.total == nil || source.done == source.total)
        return steps
    }

    private func groups(_ steps: [ImportStep]) -> [ImportGroup] {
        steps.compactMap { if case .group(let group) = $0 { group } else { nil } }
    }

    @Test func `every law of a directory is one group, and a stub is refused by its name`() throws {
        let steps = try steps(StatuteSource("\(Self.fixtures)/laws", home: home))
        #expect(groups(steps).count == 13)
        let refused = steps.compactMap { if case .refused(let row) = $0 { row.file } else { nil } }
        #expect(refused.count == 1)
        #expect(refused.first?.contains("示例突发事件应急条例") == true)
    }

    @Test func `the circumstances of one violation are one group`() throws {
        let groups = groups(
            try steps(RowSource<BenchmarkRow>("\(Self.fixtures)/benchmarks.csv") { $0.drafts(home: home, set: "s") }))
        #expect(groups.reduce(0) { $0 + $1.rows } == 9)
        #expect(groups.count < 9)
        for group in groups {
            #expect(group.drafts.count == group.rows)
            #expect(Set(group.drafts.map { $0["item"] }).count == 1)
        }
    }

    @Test func `what is not there is named`() {
        #expect(throws: CommandFailure.self) { try StatuteSource("\(Self.fixtures)/nothing", home: home) }
        #expect(throws: CommandFailure.self) {
            try RowSource<BodyRow>("\(Self.fixtures)/nothing.csv") { $0.drafts(home: home) }
        }
    }

    @Test func `a file that was not finished is not there`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("unfinished-\(getpid()).csv").path
        do {
            let file = try OutputFile(path)
            try file.write("half")
        }
        #expect(!Files.exists(path) && !Files.exists(path + ".part"))
        let file = try OutputFile(path)
        try file.write("whole")
        try file.finish()
        #expect(try Files.readText(path, bytesMax: 5) == "whole")
        #expect(throws: CommandFailure.self) { try Files.readText(path, bytesMax: 4) }
        unlink(path)
    }

    @Test func `a draft goes to the node with a null for what shall be empty and arrays for sets`() throws {
        let groups = groups(try steps(RowSource<BodyRow>("\(Self.fixtures)/bodies.csv") { $0.drafts(home: home) }))
        let message = DraftMessage(try #require(groups.first?.drafts.first))
        #expect(message.fields["code"] == .text("440000-01"))
        #expect(message.fields["parent"] == .null)
        #expect(message.fields["fields"] == .array([.text("行政执法监督")]))
    }
}
