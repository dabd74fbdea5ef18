import Casework
import Divisions
import Foundation
import Ledger
import Simulation
import Testing

/// How stories tell of cases: what is read, what is refused, and what comes back from a file.
@Suite struct CaseworkStoryTests {
    private static let procedure: String = {
        let path = Shipped.folder.appending(path: "procedures/penalty.yaml")
        return (try? String(contentsOf: path, encoding: .utf8)) ?? ""
    }()

    private static func file(_ steps: [String], casework: Bool = true) throws -> StoryFile {
        let head = casework ? "casework: { procedure: penalty.yaml }" : ""
        let yaml = Told.head(offices: "1+1+2+2", rest: head) + steps.map { "  - { \($0) }\n" }.joined()
        return try StoryFile.parse(yaml, named: "told.yaml") { _ in procedure }
    }

    private static let begin = "at: 08:30, file-case: c, by: town-1-1-1, facts: { title: 案, item: item-1 }"

    @Test func `every deed is read and comes back from a file`() throws {
        let story = try Self.file([
            Self.begin,
            "at: 08:30, file-case: d, by: county-1-1, home: town-1-1-1",
            "at: 08:31, enter: c, by: county-1-1, acting: town-1-1-1, facts: { draft-decision: 罚 }, thinking: 5m",
            "at: 08:32, take: c, by: town-1-1-1, step: file",
            "at: 08:33, take: c, by: county-1-1, step: legal-review, outcome: returned, thinking: 10s",
            "at: 08:34, take: c, by: town-1-1-1, step: decide, number: 演罚〔2026〕1号",
            "at: 08:35, forge: c, by: town-1-1-1, step: legal-review, officers: [county-1-2-reviewer-1]",
            "at: 08:36, forge: c, by: town-1-1-1, step: decide, cites: cites-invented",
            "at: 08:37, take-over: c, by: city-1",
            "at: 08:38, overrule: c, by: city-1, step: decide, word: designate, of: town-1-1-1, rival: d",
            "at: 08:39, acknowledge: town-1-1-1, by: county-1-1",
            "at: 08:40, suspend: town-1-1-1-officer-2, by: city-1",
            "at: 08:41, end-delegation: town-1-1-1, by: county-1-1, until: 2026-03-01",
            "at: 08:42, amend-law: 2026-03-02, by: province",
            "at: end, expect: { case: c, step: decide, counts: 0, at: city-1 }",
            "at: end, expect: { case: c, step: decide, broken: 1, void: 0 }",
            "at: end, expect: { case: c, doubt: excluded, is: false }",
            "at: end, expect: { case: c, standing: open }",
        ]).draw(seed: 1)
        let text = StoryWriter.render(story)
        let again = try StoryFile.parse(text, named: "told.yaml") { _ in "" }.draw(seed: 1)
        #expect(again.events == story.events)
        #expect(again.casework == story.casework)
        #expect(story.casework?.procedure.id == "penalty")
        #expect(Set(story.recordNames.map(\.name)) == ["c", "d"])
    }

    @Test(arguments: UInt64(1)...8)
    func `what the casework swarm draws comes back from a file`(seed: UInt64) throws {
        let story = try Shipped.swarm("casework").draw(seed: seed)
        let again = try StoryFile.parse(StoryWriter.render(story), named: "casework.yaml") { _ in "" }.draw(seed: seed)
        #expect(again.events == story.events)
    }

    @Test(arguments: [
        ("at: 08:31, take: c, by: town-1-1-1, step: fly", "no step"),
        ("at: 08:31, take: c, by: town-1-1-1, step: decide, outcome: maybe", "no outcome"),
        ("at: 08:31, take: e, by: town-1-1-1, step: decide", "no step before this one opens"),
        ("at: 08:31, enter: c, by: town-1-1-1, facts: { colour: red }", "no fact"),
        ("at: 08:31, suspend: town-1-1-1-king-1, by: city-1", "nobody's certificate"),
        ("at: 08:31, take: c, by: county-1-2, step: file", "may not write"),
        ("at: 08:31, overrule: c, by: city-1, step: decide, word: forget", "no word of a superior"),
        ("at: end, expect: { case: c }", "say what is expected of the case"),
        ("at: end, expect: { case: c, doubt: weather }", "no doubt"),
        ("at: end, expect: { publication: c, standing: shown }", "is no publication"),
    ])
    func `what cannot be is refused`(step: String, saying words: String) throws {
        let fault = #expect(throws: StoryFault.self) { try Self.file([Self.begin, step]) }
        #expect(fault?.message.contains(words) == true, "\(fault?.message ?? "")")
    }

    @Test func `a story without casework in its head has no cases, and a wrong procedure is refused with its line`() {
        let fault = #expect(throws: StoryFault.self) { try Self.file([Self.begin], casework: false) }
        #expect(fault?.message.contains("\"casework\"") == true)
        let yaml = Told.head(rest: "casework: { procedure: penalty.yaml }") + "  - { \(Self.begin) }\n"
        let wrong = #expect(throws: StoryFault.self) {
            try StoryFile.parse(yaml, named: "told.yaml") { _ in "procedure: [" }
        }
        #expect(wrong?.message.contains("the procedure is wrong") == true)
    }

    @Test func `a step that the rules refuse is not written, and is counted`() throws {
        let result = try Shipped.play(
            Self.file([
                Self.begin, "at: 08:40, take: c, by: town-1-1-1, step: decide",
                "at: end, expect: { case: c, step: decide, counts: 0, broken: 0 }",
            ]).draw(seed: 1))
        #expect(result.end == .passed, "\(result.findings)")
        #expect(result.skipped["take-decide"] == 1)
    }

    @Test func `an expectation of a case that does not hold fails the story`() throws {
        let result = try Shipped.play(
            Self.file([
                Self.begin, "at: end, expect: { case: c, step: file, counts: 1 }",
                "at: end, expect: { case: c, standing: ended }", "at: end, expect: { case: c, doubt: excluded }",
            ]).draw(seed: 1))
        #expect(result.end == .wrong)
        #expect(result.findings.count == 3)
    }

    @Test func `a story of cases shrinks to what the finding needs`() throws {
        func isFound(_ candidate: Scenario) throws -> Bool {
            try Shipped.play(candidate).findings.contains { $0.hasPrefix("agreement:") }
        }
        let canary = try Shipped.swarm("casework-canary")
        let stories = (1...15).lazy.map { canary.draw(seed: $0, planting: .suspensionsForgotten) }
        let story = try #require(try stories.first(where: isFound))
        var shrinker = Shrinker(story, fails: isFound)
        try shrinker.shrink()
        #expect(shrinker.best.events.count <= 6)
        #expect(shrinker.best.tree.seats.count < story.tree.seats.count)
    }
}
