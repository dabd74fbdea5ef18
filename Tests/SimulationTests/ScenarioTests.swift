import Foundation
import Simulation
import Testing

/// What is shipped in `Simulations/`, played.
@Suite struct ScenarioTests {
    @Test func `scenarios are shipped, and each guards against something`() throws {
        #expect(Shipped.scenarios.count >= 50)
        for name in Shipped.scenarios {
            let file = try Shipped.scenario(name)
            #expect(file.draw(seed: file.seed).events.contains { if case .expect = $0.act { true } else { false } })
        }
    }

    @Test(arguments: Shipped.scenarios)
    func `a shipped scenario passes on disks in memory`(name: String) throws {
        let file = try Shipped.scenario(name)
        expectPassed(try Shipped.play(file.draw(seed: file.seed)))
    }

    @Test(arguments: Shipped.scenarios)
    func `a shipped scenario passes on SQLite`(name: String) throws {
        let file = try Shipped.scenario(name)
        expectPassed(try Shipped.play(file.draw(seed: file.seed), on: .sqlite))
    }

    @Test(arguments: Shipped.smokeSeeds)
    func `a seed of the smoke swarm passes`(seed: UInt64) throws {
        expectPassed(try Shipped.play(try Shipped.swarm("smoke").draw(seed: seed)))
    }

    @Test(arguments: UInt64(1)...6)
    func `a seed of the smoke swarm passes on SQLite`(seed: UInt64) throws {
        expectPassed(try Shipped.play(try Shipped.swarm("smoke").draw(seed: seed), on: .sqlite))
    }

    @Test(arguments: Shipped.keptSeeds)
    func `a seed that once failed passes`(kept: Shipped.KeptSeed) throws {
        expectPassed(try Shipped.play(try Shipped.swarm(kept.swarm).draw(seed: kept.seed)))
    }

    @Test func `seeds that once failed are kept`() { #expect(!Shipped.keptSeeds.isEmpty) }

    @Test(arguments: [StoreKind.memory, .sqlite])
    func `the same seed tells the same story to the last byte`(store: StoreKind) throws {
        let scenario = try Shipped.swarm("smoke").draw(seed: 7)
        let (first, second) = (try Shipped.play(scenario, on: store), try Shipped.play(scenario, on: store))
        #expect(first.trace == second.trace)
        #expect((first.events, first.simulatedMilliseconds) == (second.events, second.simulatedMilliseconds))
        #expect(try Shipped.play(try Shipped.swarm("smoke").draw(seed: 8), on: store).trace != first.trace)
    }

    @Test(arguments: PlantedBug.allCases)
    func `a planted bug is found within its stated number of seeds`(bug: PlantedBug) throws {
        let canaries = try ["canary", "casework-canary"].map(Shipped.swarm)
        let canary = try #require(canaries.first { $0.planted.contains { $0.bug == bug } }, "no canary plants \(bug)")
        let hunted = try #require(canary.planted.first { $0.bug == bug })
        let found = try (1...UInt64(hunted.within)).first { seed in
            let scenario = canary.draw(seed: seed, planting: bug)
            let result = try Shipped.play(scenario)
            if bug == .dictionaryOrder { return try Shipped.play(scenario).trace != result.trace }
            guard let by = hunted.by else { return !result.findings.isEmpty }
            return result.checks.contains { $0.name == by && !$0.findings.isEmpty }
        }
        let by = hunted.by.map { " by \($0)" } ?? ""
        let seed = try #require(found, "\(bug.rawValue) was not found\(by) in \(hunted.within) seeds")
        let sound = canary.draw(seed: seed)
        let result = try Shipped.play(sound)
        expectPassed(result)
        if bug == .dictionaryOrder { #expect(try Shipped.play(sound).trace == result.trace) }
    }

    @Test func `without a planted bug the canary lives`() throws {
        for seed in UInt64(1)...5 { expectPassed(try Shipped.play(try Shipped.swarm("canary").draw(seed: seed))) }
    }

    private func expectPassed(_ result: Run.Result) {
        #expect(result.end == .passed, "\(result.findings.prefix(6).joined(separator: "\n"))")
    }
}

/// The files of `Simulations/`.
enum Shipped {
    /// A line of `seeds.txt`.
    struct KeptSeed: Sendable, CustomTestStringConvertible {
        let swarm: String
        let seed: UInt64

        var testDescription: String { "\(swarm) \(seed)" }
    }

    static let keptSeeds: [KeptSeed] = {
        let text = (try? String(contentsOf: folder.appending(path: "seeds.txt"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
            let words = line.split(separator: " ")
            guard words.count > 1, let seed = UInt64(words[1]) else { return nil }
            return KeptSeed(swarm: String(words[0]), seed: seed)
        }
    }()

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Simulations")

    /// In the order of their names.
    static let scenarios: [String] = {
        let path = folder.appending(path: "scenarios").path
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }()

    /// One at least: if the file cannot be read, that one says why.
    static let smokeSeeds = UInt64(1)...UInt64((try? swarm("smoke").seedsDefault) ?? 1)

    static func scenario(_ name: String) throws -> StoryFile { try file(name, in: "scenarios") }

    static func swarm(_ name: String) throws -> StoryFile { try file(name, in: "swarms") }

    private static func file(_ name: String, in part: String) throws -> StoryFile {
        let folder = folder.appending(path: part)
        let yaml = try String(contentsOf: folder.appending(path: "\(name).yaml"), encoding: .utf8)
        return try StoryFile.parse(yaml, named: "\(name).yaml") { path in
            try String(contentsOf: folder.appending(path: path).standardizedFileURL, encoding: .utf8)
        }
    }

    static func play(_ scenario: Scenario, on store: StoreKind = .memory) throws -> Run.Result {
        var options = Run.Options()
        options.store = store
        options.folder = FileManager.default.temporaryDirectory.appending(path: "scenario-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: options.folder) }
        return try Run(scenario, options).play()
    }
}
