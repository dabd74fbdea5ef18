import Casework
import Foundation
import Testing
@testable import Simulation

@Suite struct `An honest world in a storm` {
    private func findings(_ checkers: [any Checker], _ world: World) throws -> [String] {
        var findings: [String] = []
        for checker in checkers {
            let verdict = try checker.verdict(on: world)
            findings += verdict.findings.map { "\(checker.name): \($0)" }
            #expect(verdict.looked > 0, "\(checker.name) has looked at nothing")
        }
        return findings
    }

    @Test(arguments: Seed.some(12))
    func `passes every checker, lies and forks included`(seed: Seed) throws {
        let lines = LineQuality(latency: 1...200, breaks: 30, duplicates: seed.number.isMultiple(of: 2) ? 20 : 0)
        var checkers: [any Checker] = []
        let scene = try CheckerScene(seed, lines: lines, watchedBy: [])
        checkers = Checkers.all(for: scene.world)
        scene.world.watchers += checkers.map { $0 as any Watcher }
        var storm = CheckerStorm(scene, seed: seed, lies: seed.number.isMultiple(of: 3))
        try storm.run(steps: 150)
        #expect(try findings(checkers, scene.world) == [])
    }

    @Test(arguments: Seed.some(2))
    func `passes every checker on real disks`(seed: Seed) throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "checkers-\(ProcessInfo.processInfo.globallyUniqueString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let scene = try CheckerScene(seed, watchedBy: []) { index in
            try SQLiteDisk(folder: folder.appending(path: "\(index)"), kinds: CaseworkKinds.all)
        }
        let checkers = Checkers.all(for: scene.world)
        scene.world.watchers += checkers.map { $0 as any Watcher }
        var storm = CheckerStorm(scene, seed: seed, lies: false)
        try storm.run(steps: 60)
        #expect(try findings(checkers, scene.world) == [])
    }

    @Test func `is described by each checker in both languages under a name of its own`() throws {
        let checkers = Checkers.all(for: try CheckerScene(watchedBy: []).world)
        #expect(checkers.map(\.name) == Checkers.names)
        #expect(Set(Checkers.names).count == 10)
        #expect(checkers.allSatisfy { !$0.chinese.isEmpty && !$0.english.isEmpty })
    }
}
