import Divisions
import Foundation
import Ledger
import Simulation
import Testing

/// A story that is written down is the same story when it is read.
@Suite struct StoryWriterTests {
    private static func roundTrip(_ story: Scenario) throws {
        let text = StoryWriter.render(story)
        let file = try StoryFile.parse(text, named: "stories/\(story.name).yaml") { _ in "" }
        let again = file.draw(seed: story.seed)
        #expect(again.tree == story.tree)
        #expect(again.lines == story.lines)
        #expect((again.calm, again.begins, again.planted) == (story.calm, story.begins, story.planted))
        #expect((again.name, again.title, again.why) == (story.name, story.title, story.why))
        #expect(file.seed == story.seed)
        #expect(again.events.count == story.events.count)
        for (one, two) in zip(story.events, again.events) where one != two {
            Issue.record("\(one) became \(two)")
            return
        }
        #expect(StoryWriter.render(again) == text)
    }

    private static let swarm = """
        swarm: told
        title: "Everything: at once"
        why: "Quotes \\" and\\nlines"
        offices: 1+2+4+12
        lines: { latency: [1ms..20ms, 100ms..2s], bandwidth: [none, 8000], breaks: 0%..1%, damages: [0%, 0.05%] }
        story:
          - { from: 08:30, to: 17:30, clerks: { edits: 60, new: 30% } }
          - { from: 09:00, to: +3h, superiors: { edits: 10 } }
          - { from: 08:30, to: day 2 17:30, scribbles: { edits: 60, records: 3 } }
          - { from: 08:30, to: 17:30, roster: { moves: 20 } }
          - { at: 12:00, amendment: { statute: 示例条例, articles: 0..5 } }
          - { at: 10:00..11:00, import: { records: 250, by: city-1, home: county-1-1, kind: item } }
          - { from: 09:00, to: 16:00, faults: { count: 60, kinds: { cut: 1, isolate: 1, crash: 1, torn: 1, restore: 1,
              clone: 1, resume: 1, clock: 1, disk: 1, silence: 1, reset: 1, shape: 1, lie: 1 } } }
          - { at: 13:00, typhoon: { cities: 1..2, for: 2h } }
          - { at: 16:00, swizzle: { machines: 3..6, for: 10m } }
          - { at: 17:00, rolling-upgrade: { release: next, protocols: 1..2, every: 1m } }
        """

    @Test(arguments: 1...UInt64(40))
    func `what a swarm draws comes back from a file`(seed: UInt64) throws {
        let bug = seed % 2 == 0 ? PlantedBug.allCases[Int(seed) % PlantedBug.allCases.count] : nil
        try Self.roundTrip(Told.parse(Self.swarm).draw(seed: seed, planting: bug))
    }

    /// The stories of `Simulations/`; the province's day is as long as all others together.
    private static let shipped: [URL] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folders = ["scenarios", "swarms"].map { root.appending(path: "Simulations/\($0)") }
        let files = folders.flatMap {
            (try? FileManager.default.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil)) ?? []
        }
        return files.filter { $0.pathExtension == "yaml" && $0.lastPathComponent != "guangdong.yaml" }
            .sorted { $0.path < $1.path }
    }()

    @Test func `what is shipped comes back from a file`() throws {
        #expect(Self.shipped.count >= 28)
        for url in Self.shipped {
            let folder = url.deletingLastPathComponent()
            let yaml = try String(contentsOf: url, encoding: .utf8)
            let file = try StoryFile.parse(yaml, named: url.lastPathComponent) {
                try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
            }
            for seed in 1...UInt64(file.isSwarm ? 5 : 1) { try Self.roundTrip(file.draw(seed: seed)) }
        }
    }

    /// Acts that no play draws, and every kind of value and expectation.
    @Test func `what people tell comes back from a file`() throws {
        let id = RecordID(home: "city-1", flow: .up, kind: "case", naturalKey: "x")
        let file = try Told.file([
            "at: 08:00, open: \"a: b\", by: city-1, kind: { name: future, flow: down-urgent }, "
                + "set: { t: \"12\", u: \"true\", n: -5, b: true, y: { bytes: \"00ff\" }, r: { record: \"\(id)\" }, e: \"\" }, "
                + "add: { s: [1, \"x\\ty\", 中文] }, drop: { s: 2 }, append: { l: \"—\" }, count: { c: 3 }, personal: true",
            "at: 08:01, edit: \"a: b\", by: city-1, edits: [{ set: { n: 1 } }, { add: { s: 4 } }, { set: { n: 2 }, blind: true }]",
            "at: 08:01, edit: \"a: b\", by: city-1, edits: [{ set: { n: 1 } }, { remove: true, blind: true }, { create: true }]",
            "at: 08:02, remove: \"a: b\", by: city-1, blind: true, thinking: 250ms",
            "at: 08:02, edit: 早, by: province, home: city-2, set: { title: 例 }, also: [x-1..3, x-05, x-7]",
            "at: 08:03, clone: city-1, as: twin",
            "at: 08:04, edit: x-2, by: province, acting: city-2, append: { notes: 一 }",
            "at: 08:04, open: 双, by: twin, home: county-1-1, acting: county-1-1",
            "at: 08:05, cut: { between: [[twin, city-1], [province]] }, as: \"the storm\"",
            "at: 08:06, cut: all", "at: 08:06:30.250, mend: \"the storm\"", "at: day 2 08:06, heal: all",
            "at: 08:07, restart: twin", "at: 08:07, backup: twin", "at: 08:08, restore: city-1, from: twin",
            "at: 08:09, silence: all", "at: 08:09, reset: all", "at: 08:10, fill-disk: twin",
            "at: 08:10, free-disk: twin",
            "at: 08:11, expect: { record: \"a: b\", field: s, shows: [1, 中文], conflict: true, at: [twin, city-1] }",
            "at: 08:11, expect: { record: 早, field: title, shows: [], visible: false }",
            "at: 08:11, expect: { record: 早, held: false, at: twin }",
            "at: end, expect: { link: twin, to: none }", "at: end, expect: { link: city-1, to: province }",
            "at: end, expect: { alarm: city-1, at: province }", "at: end, expect: { forks: 1 }",
            "at: end, expect: { running: twin, is: false }", "at: end, expect: { reported: refused-run, by: twin }",
            "at: end, expect: { agree: false }",
        ])
        try Self.roundTrip(file.draw(seed: 3))
    }

    @Test func `any tree comes back from a file, hosted offices included`() throws {
        let yaml = """
            scenario: told
            title: a
            why: b
            offices:
              # A comment inside of the list.
              - { code: "44", name: 省, level: province, node: { host: h, port: 1 } }
              - { code: "4419", name: 市, level: city, parent: "44" }

              - { code: "441900003", name: 镇, level: township, parent: "4419", node: { host: h, port: 2, name: 镇所 } }
            story:
              - { at: 09:00, open: a, by: 44, home: 4419, acting: 市 }
            """
        let story = try Told.parse(yaml).draw(seed: 1)
        #expect(story.tree.divisions.count == 3)
        try Self.roundTrip(story)
    }

    @Test func `an event is one line that people can read`() throws {
        let story = try Told.file([
            "at: 09:00, open: 陈案, by: town-1-1-1, set: { title: 例, status: 已立案 }",
            "at: +5m, cut: [town-1-1-1, county-1-1], as: storm, for: 2h",
            "at: end, expect: { record: 陈案, field: status, shows: 已立案 }",
        ]).draw(seed: 7)
        #expect(
            StoryWriter.render(story) == """
                scenario: told
                title: "A test"
                why: "To see it read."
                offices: 1+2+4+12
                begins: "08:59:00"
                calm: 30m
                lines: { latency: 1ms..20ms, bandwidth: none, breaks: 0%, duplicates: 0%, damages: 0% }
                seed: 7
                story:
                  - { at: "09:00:00", open: 陈案, by: town-1-1-1, set: { title: 例, status: 已立案 } }
                  - { at: "09:05:00", cut: [town-1-1-1, county-1-1], as: storm }
                  - { at: "11:05:00", mend: storm }
                  - { at: end, expect: { record: 陈案, field: status, shows: [已立案] } }

                """)
    }

    @Test func `a story without events comes back from a file`() throws {
        let story = try Told.file(["at: 09:00, heal: all"]).draw(seed: 1)
        let empty = Scenario(
            name: "empty", title: "a", why: "b", tree: story.tree, seed: 1, begins: Instant(hour: 8), events: [],
            calm: 0, lines: LineQuality())
        try Self.roundTrip(empty)
    }
}
