import Casework
import Foundation
import Testing

struct ProcedureDocumentTests {
    private static let document = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Docs/procedures.md")

    @Test func `the example of the reference is a procedure that is accepted`() throws {
        let text = try String(contentsOf: Self.document, encoding: .utf8)
        let parts = text.components(separatedBy: "```")
        let example = try #require(parts.first { $0.hasPrefix("yaml\n") }).dropFirst(5)
        let procedure = try Procedure(yaml: String(example), file: "lost-dog.yaml")
        #expect(procedure.id == "lost-dog")
        #expect(procedure.steps.map(\.id) == ["report", "visit", "fine"])
        #expect(text.contains("at most 122,880 bytes") && Procedure.textBytesMax == 122_880)
    }
}
