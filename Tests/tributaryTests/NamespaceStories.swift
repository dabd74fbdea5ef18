import Divisions
import Foundation
import Ledger
import Simulation
import Synchronization
import Testing

@testable import tributary

enum Namespaces {
    /// Why namespaces cannot be made here; then these stories are left to machines where they can.
    static let obstacle = NamespaceHarness.unavailable()
}

extension ProcessStories {
    /// The simulator's stories on real processes in network namespaces: what it says of them must be so.
    @Suite(.enabled(if: Namespaces.obstacle == nil, "\(Namespaces.obstacle ?? "")"))
    struct NamespaceStories {
        /// Stories that are mostly waiting: so many at once keep two cores busy, and no more.
        private static let width = 4

        /// A fault of each kind that processes can have, and every way in which lines can be lost.
        private static let stories = [
            "half-dead-lines", "restored-from-last-night", "the-tail-only-the-city-still-has",
            "past-the-county-and-back", "a-disk-is-full-for-an-hour", "a-copied-machine-works-far-from-the-other",
            "a-save-after-a-long-look", "removed-while-somebody-edits", "fines-counted-on-both-sides-of-a-cut",
            "power-lost-after-the-commit",
        ]

        private var repository: String {
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().path
        }

        private static let town: DivisionCode = "town-1-1-1"
        private static let file = RecordName(kind: "case", home: town, flow: .up, name: "a case")

        private static func write(_ machine: String, _ edits: FieldEdit...) -> StoryAct {
            .write(Writing(machine: machine, record: file, acting: DivisionCode(machine) ?? town, edits: edits))
        }

        private static func status(_ text: String) -> FieldEdit { FieldEdit("status", .register, .put(.text(text))) }

        /// Which block of addresses a node's configuration is of: every name of its run has it.
        private static func block(of configuration: String) throws -> Int? {
            let text = try String(contentsOfFile: configuration, encoding: .utf8)
            let match = text.firstMatch(of: /api: { host: "198\.(\d+)\.(\d+)\.\d+"/)
            guard let match, let second = Int(match.1), let third = Int(match.2) else { return nil }
            return ((second - 18) << 8 + third) / 4
        }

        private static func isLeft(_ block: Int) throws -> Bool {
            let names =
                try FileManager.default.contentsOfDirectory(atPath: "/run/netns")
                + FileManager.default.contentsOfDirectory(atPath: "/sys/class/net")
            return names.contains { "\($0)-".hasPrefix("tributary-\(block)-") || $0.hasPrefix("trib\(block)-") }
        }

        @Test(.timeLimit(.minutes(5)))
        func `ten stories come out in the world as they do in the simulator`() async throws {
            let program = try builtProgram
            let scenarios = try Self.stories.map { name in
                let story = try StoryLoader.load("\(repository)/Simulations/scenarios/\(name).yaml")
                return story.draw(seed: story.seed)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (place, scenario) in scenarios.enumerated() {
                    if place >= Self.width { try await group.next() }
                    group.addTask { try await play(scenario, program) }
                }
                try await group.waitForAll()
            }
        }

        private func play(_ scenario: Scenario, _ program: String) async throws {
            #expect(NamespaceHarness.obstacles(of: scenario) == [], "\(scenario.name)")
            let told = Mutex<[String]>([])
            let outcome = try await NamespaceHarness.run(scenario, executable: program) { line in
                told.withLock { $0.append(line) }
            }
            #expect(outcome.hasAgreed, "\(scenario.name)")
            let story = told.withLock { $0 }.joined(separator: "\n")
            #expect(outcome.unmet == [], "\(scenario.name), files in \(outcome.files ?? ""):\n\(story)")
            #expect(outcome.expectations > 0)
        }

        @Test func `what is not as told is found, and nothing is left behind`() async throws {
            let begin = Instant(hour: 9)
            let story = Scenario.told([
                (begin, Self.write("town-1-1-1", .creation, Self.status("已立案"))),
                (begin + Instant.minute, .cut(name: "line", .around(["town-1-1-1"]))),
                (begin + 2 * Instant.minute, Self.write("town-1-1-1", Self.status("处罚决定"))),
                (begin + 2 * Instant.minute, Self.write("county-1-1", Self.status("撤销立案"))),
                (begin + 3 * Instant.minute, .expect(.linked(machine: "town-1-1-1", to: nil))),
                (.end, .expect(.conflict(Self.file, field: "status", true, machines: ["province", "town-1-1-1"]))),
                (.end, .expect(.held(Self.file, false, machines: ["town-1-1-2"]))),
                // The higher level is shown first, so this is not so.
                (
                    .end,
                    .expect(
                        .shows(
                            Self.file, field: "status", type: .register, values: [.text("处罚决定")],
                            machines: ["city-1"]))
                ),
            ])
            let outcome = try await NamespaceHarness.run(story, executable: builtProgram) { _ in }
            #expect(outcome.hasAgreed)
            #expect(outcome.unmet.count == 1)
            #expect(try #require(outcome.unmet.first).contains("city-1 shows status"))
            let files = try #require(outcome.files)
            #expect(FileManager.default.fileExists(atPath: "\(files)/town-1-1-1/node.log"))
            let block = try Self.block(of: "\(files)/town-1-1-1/node.yaml")
            try FileManager.default.removeItem(atPath: files)
            #expect(try !Self.isLeft(#require(block)))
        }
    }
}
