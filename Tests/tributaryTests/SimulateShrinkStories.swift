import Divisions
import Foundation
import Simulation
import Testing

@testable import tributary

extension ProcessStories {
    @Suite struct SimulateReplayStories {
        private func story(in folder: SimulateFolder) throws -> String {
            try folder.story(
                "known-times", head: "lines: { latency: 1s..1s }",
                "at: 08:30, open: a, by: town-1-1-1, set: { status: 已立案, place: 样板街1号 }",
                "at: 09:00, edit: a, by: town-1-1-1, set: { status: 已结案 }", "at: 09:30, crash: county-1-1",
                "at: 09:40, edit: a, by: town-1-1-1, set: { place: 样板街2号 }",
                "at: 09:40, edit: a, by: province, set: { place: 样板街3号 }")
        }

        private func known(
            _ folder: SimulateFolder, _ file: String, until moment: String, at node: String
        ) async throws -> ProgramRun {
            let run = try await folder.tributary("simulate", "replay", file, "--until", moment, "--node", node)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.isEmpty)
            return run
        }

        @Test func `a node knows of an edit once it has arrived there, and not before`() async throws {
            try await SimulateFolder.with { folder in
                let file = try story(in: folder)
                let before = try await known(folder, file, until: "09:00:00.900", at: "county-1-1")
                #expect(before.output.contains("status=已立案"))
                #expect(before.output.contains("别处有而此处缺 missing here: 1\n"))
                let after = try await known(folder, file, until: "09:00:01.100", at: "county-1-1")
                #expect(after.output.contains("status=已结案"))
                #expect(after.output.contains("别处有而此处缺 missing here: 0\n"))
                let above = try await known(folder, file, until: "09:00:01.100", at: "province")
                #expect(above.output.contains("status=已立案"))
                let stranger = try await known(folder, file, until: "09:29", at: "town-1-1-2")
                #expect(stranger.output.contains("记录 records: 0"))
            }
        }

        @Test func `a node says what is against what, what it has left to send, and that it is down`() async throws {
            try await SimulateFolder.with { folder in
                let file = try story(in: folder)
                let early = try await known(folder, file, until: "09:29", at: "town-1-1-1")
                let link = try #require(early.lines.first { $0.hasPrefix("county-1-1 ") })
                #expect(link.split(separator: " ") == ["county-1-1", "↑", "streaming", "0", "0"])
                let down = try await known(folder, file, until: "09:30:05", at: "county-1-1")
                #expect(down.output.contains("停机 down"))
                let apart = try await known(folder, file, until: "09:50", at: "city-1")
                #expect(apart.output.contains("⚠ 冲突 conflict"))
                #expect(apart.output.contains("样板街2号") && apart.output.contains("样板街3号"))
            }
        }

        @Test func `a node that is not there and a moment that is none are refused`() async throws {
            try await SimulateFolder.with { folder in
                let file = try story(in: folder)
                let words = ["simulate", "replay", file]
                let nobody = try await folder.tributary(words + ["--until", "09:00", "--node", "county-9"])
                #expect(nobody.status == ExitStatus.usage.rawValue)
                #expect(
                    nobody.errors.contains(
                        "county-9: there is no such node at 09:00:00; there are city-1, county-1-1, province"))
                for moment in ["25:00", "end", "noon", "day 0 09:00"] {
                    let never = try await folder.tributary(words + ["--until", moment, "--node", "city-1"])
                    #expect(never.status == ExitStatus.usage.rawValue)
                    #expect(never.errors.contains("\(moment): is no moment: write 08:30"))
                }
            }
        }
    }

    @Suite struct SimulateShrinkStories {
        private static let canary = SimulateFolder.shipped("swarms/canary.yaml")
        /// What fits on one screen.
        private static let linesMax = 24

        private func parsed(_ folder: SimulateFolder, _ name: String) throws -> StoryFile {
            try StoryFile.parse(try folder.text(name), named: name) { path in
                Issue.record("a shrunk story stands alone, but asks for \(path)")
                return ""
            }
        }

        @Test(arguments: [
            (PlantedBug.citationsAtCommit, "screens"), (.streamExtended, "authorship"),
            (.unsealedEntry, "chain"),
        ])
        func `what is left of a canary fits on a screen and fails as it did`(
            _ bug: PlantedBug, _ checker: String
        ) async throws {
            try await SimulateFolder.with { folder in
                let name = "canary-\(bug.rawValue)-1.yaml"
                let shrunk = try await folder.tributary(
                    "simulate", "shrink", Self.canary, "--seed", "1", "--plant", bug.rawValue)
                #expect(shrunk.status == 0, "\(shrunk.errors)")
                #expect(shrunk.lastLine == "tributary simulate run \(name)")
                #expect(try folder.text(name).split(separator: "\n").count <= Self.linesMax)
                #expect(try parsed(folder, name).planted.map(\.bug) == [bug])

                let run = try await folder.tributary(ProgramRun.words(of: shrunk.lastLine))
                #expect(run.status == 1)
                #expect(run.output.contains("✗ \(checker):"))
            }
        }

        @Test func `of a story that is not as it expects stays what the expectation speaks of`() async throws {
            try await SimulateFolder.with { folder in
                let file = try folder.story(
                    "wrong", "at: 08:30, open: a, by: town-1-1-1, set: { status: 已立案 }",
                    "at: 08:35, open: b, by: town-1-1-2, set: { title: 乙 }", "at: 08:36, reset: all",
                    "at: 08:40, isolate: town-1-1-1, for: 1h",
                    "at: 09:00, edit: a, by: town-1-1-1, set: { status: 已结案 }",
                    "at: 09:10, expect: { record: a, field: status, shows: 已结案, at: city-1 }",
                    "at: end, expect: { agree: true }")
                let shrunk = try await folder.tributary("simulate", "shrink", file, "--output", "small.yaml")
                #expect(shrunk.status == 0, "\(shrunk.errors)")
                let steps = try folder.text("small.yaml").split(separator: "\n").filter { $0.hasPrefix("  - {") }
                #expect(steps.count == 4)
                for (step, verb) in zip(steps, ["open: a", "cut:", "edit: a", "expect:"]) {
                    #expect(step.contains(verb))
                }
                #expect(try parsed(folder, "small.yaml").tree.seats.count == 4)
                #expect(try await folder.tributary("simulate", "run", "small.yaml").status == 1)
            }
        }

        @Test func `a story that passes is not shrunk, and a name that no story may have not tried`() async throws {
            try await SimulateFolder.with { folder in
                let file = SimulateFolder.shipped("scenarios/clocks-that-drift-apart.yaml")
                let passing = try await folder.tributary("simulate", "shrink", file)
                #expect(passing.status == ExitStatus.usage.rawValue)
                #expect(passing.errors.contains("passes with seed 1: there is nothing to shrink"))

                let named = try await folder.tributary("simulate", "shrink", file, "--output", "Small.yaml")
                #expect(named.status == ExitStatus.usage.rawValue)
                #expect(named.errors.contains("Small.yaml: is no name for a story"))
                let nowhere = try await folder.tributary("simulate", "shrink", file, "--output", "no/small.yaml")
                #expect(nowhere.status == ExitStatus.cannotWrite.rawValue)
                let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
                #expect(!files.contains { $0.hasSuffix(".yaml") })
            }
        }
    }
}
