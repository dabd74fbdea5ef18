import Casework
import Foundation
import Lattice
import Simulation
import Testing

/// `Docs/simulations.md` is what people write their stories from, so its example is played and its words are complete.
@Suite struct StoryDocumentTests {
    private static func text() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "Docs/simulations.md"), encoding: .utf8)
    }

    @Test func `the example of the document passes`() throws {
        let blocks = try Self.text().split(separator: "```", omittingEmptySubsequences: false)
        try #require(blocks.count == 3)
        let yaml = String(blocks[1].dropFirst("yaml\n".count))
        let file = try Told.parse(yaml, named: "two-desks-one-case.yaml")
        let result = try Run(file.draw(seed: file.seed)).play()
        #expect(result.end == .passed, "\(result.findings.joined(separator: "\n"))")
    }

    @Test func `every word of the format is in the document`() throws {
        let text = try Self.text()
        let verbs = try #require(Self.words(after: "a step needs one of ", refusing: "at: 09:00"))
        let faults = try #require(
            Self.words(
                after: "known are ", refusing: "from: 09:00, to: 10:00, faults: { count: 1, kinds: { flood: 1 } }"))
        #expect(verbs.count == 44)
        #expect(faults.count == 13)
        for verb in verbs { #expect(text.contains("`\(verb): ") || text.contains("`\(verb)`"), "\(verb)") }
        let words =
            faults + CrashPoint.allCases.map(\.rawValue) + Lie.allCases.map(\.rawValue)
            + PlantedBug.allCases.map(\.rawValue) + CaseworkKinds.all.all.map(\.name)
        for word in words { #expect(text.contains("`\(word)`"), "\(word)") }
    }

    /// The words that a refusal lists as known.
    private static func words(after beginning: String, refusing step: String) -> [String]? {
        do {
            _ = try Told.file([step])
            return nil
        } catch {
            let message = (error as? StoryFault)?.message ?? ""
            return message.firstRange(of: beginning).map {
                message[$0.upperBound...].split(separator: ", ").map(String.init)
            }
        }
    }
}
