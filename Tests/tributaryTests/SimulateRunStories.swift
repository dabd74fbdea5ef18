import Foundation
import Simulation
import Testing

@testable import tributary

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// What `--json` ends with.
private struct Summary: Decodable {
    let seeds: Int
    let failed: Int
    let simulatedSeconds: Double
    let wallSeconds: Double
    let events: Int
    let faults: [String: Int]
    let trace: String
    var found: [String: Int]?

    init(_ run: ProgramRun) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(Summary.self, from: Data(run.lastLine.utf8))
    }

    static let keys: Set<String> = [
        "seeds", "failed", "simulated_seconds", "wall_seconds", "events", "faults", "trace",
    ]
}

/// Whether a text is well-formed XML.
private func isWellFormed(_ text: String) -> Bool { XMLParser(data: Data(text.utf8)).parse() }

extension ProcessStories {
    @Suite struct SimulateRunStories {
        private static let cut = SimulateFolder.shipped("scenarios/two-officers-on-both-sides-of-a-cut.yaml")
        private static let clocks = SimulateFolder.shipped("scenarios/clocks-that-drift-apart.yaml")
        private static let smoke = SimulateFolder.shipped("swarms/smoke.yaml")

        private static let opened = "at: 08:30, open: a, by: town-1-1-1, set: { status: 已立案 }"
        private static let closed = "at: 09:00, edit: a, by: town-1-1-1, set: { status: 已结案 }"

        @Test func `a shipped story ends as told, and every checker says what it looked at`() async throws {
            try await SimulateFolder.with { folder in
                let run = try await folder.tributary("simulate", "run", Self.cut)
                #expect(run.status == 0)
                #expect(run.errors.isEmpty)
                #expect(run.lines.first?.contains("✓ 符合 as told") == true)
                for checker in [
                    "convergence", "chain", "authorship", "scope", "durability", "resurrection", "rows", "bounds",
                    "liveness", "screens",
                ] {
                    let row = try #require(run.lines.first { $0.hasPrefix("\(checker) ") })
                    let words = row.split(separator: " ")
                    #expect(words[1] != "0", "\(checker) looked at nothing")
                    #expect(words[2] == "0")
                }
            }
        }

        @Test func `a run for programs is one line with the keys that were promised`() async throws {
            try await SimulateFolder.with { folder in
                let run = try await folder.tributary("simulate", "run", Self.cut, "--json")
                #expect(run.status == 0)
                #expect(run.lines.count == 1)
                let object = try JSONSerialization.jsonObject(with: Data(run.lastLine.utf8)) as? [String: Any]
                #expect(Set(try #require(object).keys) == Summary.keys)
                let summary = try Summary(run)
                #expect((summary.seeds, summary.failed) == (1, 0))
                #expect(summary.faults == ["cut": 1])
                #expect(summary.simulatedSeconds > 3_600 && summary.events > 0 && summary.trace.count == 64)
            }
        }

        @Test func `one seed leaves one trace in every process, and another seed another`() async throws {
            try await SimulateFolder.with { folder in
                var traces: [String] = []
                for words in [["--seed", "7"], ["--seed", "7"], ["--seed", "7", "--twice"], ["--seed", "8"]] {
                    let run = try await folder.tributary(["simulate", "run", Self.smoke, "--json"] + words)
                    #expect(run.status == 0)
                    traces.append(try Summary(run).trace)
                }
                #expect(traces[0] == traces[1] && traces[1] == traces[2])
                #expect(traces[0] != traces[3])
            }
        }

        @Test func `several stories are told one after the other, and counted`() async throws {
            try await SimulateFolder.with { folder in
                let run = try await folder.tributary("simulate", "run", Self.cut, Self.clocks)
                #expect(run.status == 0)
                #expect(run.lines.count { $0.contains("✓ 符合 as told") } == 2)
                #expect(run.lastLine == "2 个故事 stories: 全部符合 all as told")
            }
        }

        @Test func `the report is one page of XML that names every office`() async throws {
            try await SimulateFolder.with { folder in
                let run = try await folder.tributary("simulate", "run", Self.cut, "--report", "page.html")
                #expect(run.status == 0)
                #expect(run.lastLine == "报告 report: page.html")
                let page = try folder.text("page.html")
                #expect(isWellFormed(page))
                for office in ["省", "市", "甲县", "甲县一镇", "乙县", "乙县一镇"] { #expect(page.contains(office)) }

                let nowhere = try await folder.tributary("simulate", "run", Self.cut, "--report", "no/page.html")
                #expect(nowhere.status == ExitStatus.cannotWrite.rawValue)
                #expect(nowhere.errors.contains("no/page.html: its folder is not there"))
                #expect(nowhere.output.isEmpty, "nothing is played for a report that cannot be written")
            }
        }

        @Test func `a story that is not as it expects ends with the command that plays it again`() async throws {
            try await SimulateFolder.with { folder in
                let file = try folder.story(
                    "wrong", Self.opened, "at: 08:40, isolate: town-1-1-1, for: 1h", Self.closed,
                    "at: 09:10, expect: { record: a, field: status, shows: 已结案, at: city-1 }")
                let run = try await folder.tributary("simulate", "run", file, "--seed", "5")
                #expect(run.status == 1)
                #expect(run.output.contains("09:10:00: city-1 shows 已立案 as status of case a of town-1-1-1, not 已结案"))
                #expect(run.lastLine == "tributary simulate run \(file) --seed 5")

                let again = try await folder.tributary(ProgramRun.words(of: run.lastLine))
                #expect(again.status == 1)
                #expect(again.lines.first { $0.hasPrefix("轨迹") } == run.lines.first { $0.hasPrefix("轨迹") })
            }
        }

        @Test func `machines that have no time to agree are stuck`() async throws {
            try await SimulateFolder.with { folder in
                let file = try folder.story(
                    "stuck", head: "calm: 1s\nlines: { latency: 900ms..1s }", Self.opened,
                    "at: 08:40, isolate: town-1-1-1, for: 1h")
                let run = try await folder.tributary("simulate", "run", file)
                #expect(run.status == 2)
                #expect(run.lines.first?.hasPrefix("✗ 未一致 stuck") == true)
                #expect(run.output.contains("✗ liveness:"))
                #expect(run.lastLine == "tributary simulate run \(file) --seed 1")
            }
        }

        @Test func `a planted bug is planted again by the command that plays it again`() async throws {
            try await SimulateFolder.with { folder in
                let file = SimulateFolder.shipped("swarms/canary.yaml")
                let bug = PlantedBug.citationsAtCommit.rawValue
                let run = try await folder.tributary("simulate", "run", file, "--plant", bug, "--store", "sqlite")
                #expect(run.status == 1)
                #expect(run.lastLine == "tributary simulate run \(file) --seed 1 --store sqlite --plant \(bug)")
                #expect(run.output.contains("✗ screens:"))
                #expect(folder.left.isEmpty, "the disks of the world are gone with it")
            }
        }

        @Test func `a program that crashes takes nobody with it and says which seed it was`() async throws {
            try await SimulateFolder.with { folder in
                let file = try folder.story("busy", "from: 08:30, to: 12:00, scribbles: { edits: 100000 }")
                // The system ends a process that has used its second: it is the worker that computes.
                let run = try await folder.start(
                    ["simulate", "run", file, "--seed", "3"], after: "ulimit -c 0; ulimit -t 1;"
                ).ended()
                #expect(run.status == 3)
                #expect(!run.isKilled)
                #expect(run.lines.first?.hasPrefix("✗ 崩溃 crashed") == true)
                #expect(run.output.contains("✗ crash: signal"))
                #expect(run.lastLine == "tributary simulate run \(file) --seed 3")
            }
        }

        @Test func `a word that no story knows is refused where it stands, before anything is played`() async throws {
            try await SimulateFolder.with { folder in
                let file = try folder.story("odd", Self.opened, "at: 09:00, edit: a, by: town-1-1-1, colour: red")
                let run = try await folder.tributary("simulate", "run", Self.cut, file)
                #expect(run.status == ExitStatus.badData.rawValue)
                #expect(run.output.isEmpty)
                #expect(run.errors.contains("\(file):8:"), "\(run.errors)")
                #expect(run.errors.contains("unknown key \"colour\""))

                let missing = try await folder.tributary("simulate", "run", "nothing.yaml")
                #expect(missing.status == ExitStatus.noInput.rawValue)
            }
        }
    }

    @Suite struct SimulateSwarmStories {
        private static let smoke = SimulateFolder.shipped("swarms/smoke.yaml")
        private static let canary = SimulateFolder.shipped("swarms/canary.yaml")
        private static let caseworkCanary = SimulateFolder.shipped("swarms/casework-canary.yaml")

        @Test func `a swarm comes to the same however many processes play it`() async throws {
            try await SimulateFolder.with { folder in
                var traces: Set<String> = []
                for jobs in ["1", "2"] {
                    let run = try await folder.tributary(
                        "simulate", "swarm", Self.smoke, "--seeds", "1...6", "--jobs", jobs, "--json")
                    #expect(run.status == 0)
                    let summary = try Summary(run)
                    #expect((summary.seeds, summary.failed) == (6, 0))
                    traces.insert(summary.trace)
                }
                #expect(traces.count == 1)

                let told = try await folder.tributary(
                    "simulate", "swarm", Self.smoke, "--seeds", "1...6", "--jobs", "2")
                #expect(told.output.contains("种子 seeds          6, "))
                #expect(told.output.contains("每分 a minute"))
                #expect(told.output.contains(try #require(traces.first)))
                #expect(told.lines.contains { $0.hasPrefix("cut ") })
            }
        }

        @Test func `a swarm whose time is up has played one seed at least, and says how many`() async throws {
            try await SimulateFolder.with { folder in
                let run = try await folder.tributary(
                    "simulate", "swarm", Self.smoke, "--seeds", "4...9", "--jobs", "1", "--minutes", "0.00001")
                #expect(run.status == 0)
                #expect(run.output.contains("1 / 6 (时限已到 the time was up)"))
            }
        }

        @Test func `a swarm that fails names its seeds and ends with the command that plays the first`() async throws {
            try await SimulateFolder.with { folder in
                let file = try folder.story(
                    "down", "at: 08:30, crash: county-1-1", "at: 08:31, expect: { running: county-1-1 }")
                let run = try await folder.tributary("simulate", "swarm", file, "--seeds", "3...15", "--jobs", "2")
                #expect(run.status == 1)
                #expect(run.output.contains("种子 seed 12\n"))
                #expect(run.output.contains("… 3 more: 13 14 15"))
                #expect(run.lastLine == "tributary simulate run \(file) --seed 3")
            }
        }

        @Test func `every planted bug is found within its seeds`() async throws {
            try await SimulateFolder.with { folder in
                var found = Set<String>()
                for canary in [Self.canary, Self.caseworkCanary] {
                    let run = try await folder.tributary("simulate", "swarm", canary, "--json")
                    #expect(run.status == 0)
                    let summary = try Summary(run)
                    #expect(summary.failed == 0)
                    found.formUnion(try #require(summary.found).keys)
                }
                #expect(found == Set(PlantedBug.allCases.map(\.rawValue)))
            }
        }

        @Test func `a bug that is not found within its seeds is a failure`() async throws {
            try await SimulateFolder.with { folder in
                let bug = PlantedBug.cursorTrustedAfterRestore.rawValue
                let run = try await folder.tributary(
                    "simulate", "swarm", Self.canary, "--plant", bug, "--seeds", "1...1")
                #expect(run.status == 1)
                #expect(run.output.contains("未发现 not found"))
                #expect(run.lastLine == "tributary simulate swarm \(Self.canary) --seeds 1...1 --plant \(bug)")
            }
        }

        @Test(arguments: [SIGINT, SIGTERM])
        func `whoever stops a swarm stops its workers, and learns what has been played`(_ signal: Int32) async throws {
            try await SimulateFolder.with { folder in
                let file = try folder.story("long", "from: 08:30, to: 12:00, scribbles: { edits: 100000 }")
                let started = try folder.start(
                    ["simulate", "swarm", file, "--seeds", "1...9", "--jobs", "2", "--store", "sqlite"])
                try await Waiting.until("two workers to play", within: ProgramRun.limit) { folder.left.count == 2 }
                kill(started.process.processIdentifier, signal)
                let run = try await started.ended()
                #expect(run.isKilled && run.status == signal)
                #expect(run.output.contains("0 / 9 (中断 stopped)"))
                #expect(folder.left.isEmpty, "every worker has taken its disks away")
            }
        }

        @Test func `workers do not outlive a command that is killed`() async throws {
            try await SimulateFolder.with { folder in
                let file = try folder.story("long", "from: 08:30, to: 12:00, scribbles: { edits: 100000 }")
                let started = try folder.start(["simulate", "run", file, "--store", "sqlite"])
                try await Waiting.until("a worker to play", within: ProgramRun.limit) { folder.left.count == 1 }
                kill(started.process.processIdentifier, SIGKILL)
                #expect(try await started.ended().isKilled)
                try await Waiting.until("the worker to end", within: ProgramRun.limit) { folder.left.isEmpty }
            }
        }
    }
}
