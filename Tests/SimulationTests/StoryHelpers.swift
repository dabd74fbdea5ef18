import Divisions
import Simulation

/// Files for tests of the format: a head of six lines, then the steps that a test tells.
enum Told {
    static func head(_ kind: String = "scenario", offices: String = "1+2+4+12", rest: String = "") -> String {
        """
        \(kind): told
        title: A test
        why: To see it read.
        offices: \(offices)
        \(rest)
        story:

        """
    }

    /// The first step stands on this line.
    static let firstLine = 7

    static func file(_ steps: [String], kind: String = "scenario", rest: String = "calm: 30m") throws -> StoryFile {
        try parse(head(kind, rest: rest) + steps.map { "  - { \($0) }\n" }.joined())
    }

    static func parse(_ yaml: String, named: String = "told.yaml") throws -> StoryFile {
        try StoryFile.parse(yaml, named: named) { path in
            guard path == "trees/small.yaml" else { throw Missing() }
            return Topology.render(Shape("1+1")?.tree ?? { preconditionFailure("1+1 is a shape") }())
        }
    }

    struct Missing: Error, CustomStringConvertible {
        var description: String { "no such file" }
    }

    /// The acts of the last step, when it is told alone after the others.
    static func acts(_ steps: String...) throws -> [StoryAct] {
        let before = steps.count == 1 ? 0 : try file(Array(steps.dropLast())).draw(seed: 1).events.count
        return try file(steps).draw(seed: 1).events.dropFirst(before).map(\.act)
    }
}
