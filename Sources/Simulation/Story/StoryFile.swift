package import Divisions

/// What is wrong with a file of the simulator, and where.
package struct StoryFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name of the file as the caller gave it.
    package let file: String
    /// From 1.
    package let line: Int
    /// From 1, in Unicode scalars.
    package let column: Int
    /// What is wrong, and what to do about it.
    package let message: String

    package var description: String { "\(file):\(line):\(column): \(message)" }
}

/// A story as a file tells it, with what it leaves to a seed: `Simulations/scenarios/*.yaml` tell one story with what
/// must come of it, `Simulations/swarms/*.yaml` as many as there are seeds. `Docs/simulations.md` is the format.
package struct StoryFile: Sendable {
    /// The longest text in bytes: a shrunk story of the largest province stays far below.
    package static let textBytesMax = 64 * 1_048_576

    /// The file's stem.
    package let name: String
    /// Whether it is meant for many seeds.
    package let isSwarm: Bool
    /// What it tells, one sentence.
    package let title: String
    /// What it guards against.
    package let why: String
    package let tree: DivisionTree
    /// The seed a scenario is run with unless told otherwise; 1 for a swarm.
    package let seed: UInt64
    /// How many seeds a run tries unless told otherwise; 1 for a scenario.
    package let seedsDefault: Int
    /// The bugs that must be found, each within so many seeds and, where it is said, by this checker; a scenario has at
    /// most one, found at once.
    package let planted: [(bug: PlantedBug, within: Int, by: String?)]

    let begins: Amount?
    let calm: Amount
    let lines: DrawnQuality
    let casework: CaseworkSetting?
    let steps: [Step]

    /// The story that a file tells. Unknown keys, impossible values, and machines, divisions, records and fields that do
    /// not exist are refused.
    ///
    /// - Parameters:
    ///   - file: its name for faults; the stem of its last component must be the story's name.
    ///   - topology: reads the topology file at a path relative to the story, for `offices: ….yaml`.
    package static func parse(
        _ yaml: String, named file: String, topology: (String) throws -> String
    ) throws(StoryFault) -> StoryFile {
        guard yaml.utf8.count <= textBytesMax else {
            throw StoryFault(
                file: file, line: 1, column: 1,
                message: "the file has \(yaml.utf8.count) bytes; at most \(textBytesMax) are read")
        }
        return try StoryReader.read(yaml, named: file, topology: topology)
    }

    /// Whether a story may have this name, and its file with `.yaml` behind it.
    package static func isName(_ text: String) -> Bool { StoryNodes.isPlainName(text) }

    /// The story with everything drawn: a function of the file and the seed.
    ///
    /// Each step draws from a generator of its own, so that what is changed in one leaves what the others draw.
    ///
    /// - Parameter planting: the bug to carry; without it a scenario carries the one it plants itself, and a swarm none.
    package func draw(seed: UInt64, planting bug: PlantedBug? = nil) -> Scenario {
        var head = SeededGenerator.part(0, of: seed)
        let quality = lines.draw(over: LineQuality(), using: &head)
        let calm = calm.milliseconds(using: &head)
        let begins = begins.map { Instant(milliseconds: $0.milliseconds(using: &head)) }

        var stage = Stage(tree: tree, lines: quality)
        stage.casework = casework
        var previous = Instant(milliseconds: 0)
        for (index, step) in steps.enumerated() {
            var random = SeededGenerator.part(index + 1, of: seed)
            stage.step = index + 1
            let from = step.from.draw(after: previous, using: &random)
            let to = step.to?.draw(after: from, using: &random) ?? from
            step.play.draw(from...max(from, to), using: &random, on: &stage)
            if from < .end { previous = from }
        }
        let events = stage.inOrder
        let first = events.first { $0.at < .end }?.at ?? Instant(hour: 8, minute: 30)
        let early = Instant(milliseconds: first.milliseconds - min(first.milliseconds, Instant.minute))
        return Scenario(
            name: name, title: title, why: why, tree: tree, seed: seed, begins: min(begins ?? early, first),
            events: events, calm: calm, lines: quality, planted: bug ?? (isSwarm ? nil : planted.first?.bug),
            casework: casework)
    }
}
