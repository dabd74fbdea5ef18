import Divisions
import Foundation
import Lattice
import Ledger
import Simulation
import Testing

@testable import tributary

/// What is made of a worker's end, told by shells that take its place.
@Suite struct SimulateWorkerTests {
    private func play(
        _ script: String, isOver: Bool = false, progress: (Double, String) -> Void = { _, _ in }
    ) throws -> SeedResult? {
        let worker = try Worker(["-c", script], executable: "/bin/sh")
        defer { worker.stop() }
        return try worker.play(7, isOver: { isOver }, progress: progress)
    }

    @Test func `a worker's last words say why it crashed`() throws {
        let result = try #require(
            try play("read seed; echo 'A.swift:3: Fatal error: a gap' >&2; echo 'at frame 1' >&2; kill -ILL $$"))
        #expect(result.seed == 7)
        #expect(result.end == .crashed)
        #expect(result.findings == ["crash: A.swift:3: Fatal error: a gap"])
        #expect(result.words == "A.swift:3: Fatal error: a gap\nat frame 1")
    }

    @Test func `a worker that said nothing is known by its signal`() throws {
        let result = try #require(try play("read seed; kill -SEGV $$"))
        #expect(result.findings.count == 1)
        #expect(result.findings.first?.hasPrefix("crash: signal \(SIGSEGV) (") == true)
    }

    @Test func `a worker that died before it was asked ends nobody else`() throws {
        let worker = try Worker(["-c", "exec 0<&-; kill -KILL $$"], executable: "/bin/sh")
        for _ in 1...2 {
            let result = try worker.play(7, isOver: { false }) { _, _ in }
            #expect(result?.end == .crashed)
            #expect(result?.findings.first?.hasPrefix("crash: signal \(SIGKILL) (") == true)
        }
        worker.stop()
    }

    @Test func `however much a worker says nobody waits for the other, and only so much is kept`() throws {
        let flood = "head -c 400000 /dev/zero | tr '\\0' x >&2"
        let result = try #require(try play("read seed; \(flood); kill -SEGV $$"))
        #expect(result.end == .crashed)
        #expect(result.words.utf8.count == Worker.wordsBytesMax)
    }

    @Test func `progress is passed on until the result comes`() throws {
        let lines = [
            WorkerLine.progress(fraction: 0.25, clock: "09:00:00"), .progress(fraction: 0.5, clock: "10:00:00"),
            .result(SeedResult(seed: 7, end: .stuck, findings: ["liveness: slow"])),
        ]
        let said = try lines.map { "echo '\(try JSONOutput.text($0, isPretty: false))'" }.joined(separator: "; ")
        var told: [String] = []
        let result = try #require(try play("read seed; \(said)") { told.append("\($0) \($1)") })
        #expect(told == ["0.25 09:00:00", "0.5 10:00:00"])
        #expect((result.end, result.findings) == (.stuck, ["liveness: slow"]))
    }

    @Test func `a worker that gives up does so in the command's name`() {
        let script = "read seed; echo '\(CommandFailure.prefix) out.html: cannot be written' >&2; exit 73"
        let failure = #expect(throws: CommandFailure.self) { _ = try play(script) }
        #expect(failure?.status == .cannotWrite)
        #expect(failure?.description == "out.html: cannot be written")
        #expect(throws: CommandFailure.self) { _ = try play("read seed; echo hello") }
    }

    @Test func `a worker is given up in the middle of a story`() throws {
        #expect(try play("read seed; read never", isOver: true) == nil)
    }
}

@Suite struct SimulatePartsTests {
    @Test(
        arguments: [
            ("1...6", 1...6), ("7", 7...7), ("0...0", 0...0), ("18446744073709551615", UInt64.max...UInt64.max),
        ] as [(String, ClosedRange<UInt64>)])
    func `seeds are a range or one`(text: String, range: ClosedRange<UInt64>) {
        #expect(SeedRange(argument: text)?.range == range)
    }

    @Test(arguments: ["", "6...1", "1..6", "1...2...3", "-1", "a...b", "1...", "0...18446744073709551615"])
    func `what is no range of seeds is refused`(text: String) { #expect(SeedRange(argument: text) == nil) }

    @Test(arguments: [
        ("Simulations/a-b_1.yaml", "Simulations/a-b_1.yaml"), ("案/故事.yaml", "案/故事.yaml"), ("", "''"),
        ("my story.yaml", "'my story.yaml'"), ("it's", "'it'\\''s'"), ("$HOME", "'$HOME'"),
    ])
    func `a word is quoted where a shell would take it apart`(text: String, word: String) {
        #expect(text.shellWord == word)
    }

    @Test func `what is false weighs more than what never agreed, and a crash more than both`() {
        #expect([SimulationEnd.stuck, .wrong, .passed].max() == .wrong)
        #expect([SimulationEnd.crashed, .wrong].max() == .crashed)
        #expect([SimulationEnd.passed, .stuck].max() == .stuck)
    }

    @Test func `a summary of nothing is a summary`() throws {
        let summary = SimulationSummary([], wall: .zero)
        #expect((summary.seeds, summary.failed, summary.events) == (0, 0, 0))
    }
}

@Suite struct ShrinkerTests {
    private static func story(_ acts: StoryAct...) throws -> Scenario {
        let text = "scenario: before\ntitle: t\nwhy: w\noffices: 1+1+1+2\nstory: []\n"
        var scenario = try StoryFile.parse(text, named: "before.yaml") { $0 }.draw(seed: 1)
        scenario.events = acts.enumerated().map { place, act in
            Scenario.Event(at: Instant(hour: 9, minute: UInt64(place)), act)
        }
        return scenario
    }

    private static let note = FieldEdit("tags", .set, .put(.text("例")))

    private static func write(_ record: String, at machine: String) -> StoryAct {
        let name = RecordName(kind: "case", home: "town-1-1-1", flow: .up, name: record)
        return .write(Writing(machine: machine, record: name, acting: "town-1-1-1", edits: [.creation, note]))
    }

    private static func whole() throws -> Scenario {
        let record = RecordName(kind: "case", home: "town-1-1-1", flow: .up, name: "a")
        return try story(
            write("a", at: "town-1-1-1"), write("b", at: "town-1-1-1"), .cut(name: "digger", .around(["county-1-1"])),
            .backup(machine: "town-1-1-1", name: "night"), .clone(machine: "town-1-1-1", as: "twin"),
            .crash(machine: "twin", .now), .mend(name: "digger"), .restore(machine: "town-1-1-1", name: "night"),
            .start(machine: "twin"), write("b", at: "twin"),
            .expect(.visible(record, true, machines: ["town-1-1-1"])), .heal)
    }

    /// What is looked for, and how many acts it cannot do without.
    @Test(arguments: [
        ("mend", 2), ("restore", 2), ("start", 2), ("expect", 2), ("heal", 2), ("write", 1), ("crash", 2),
    ])
    func `what a smaller story names has come up in it`(_ word: String, _ count: Int) throws {
        var shrinker = Shrinker(try Self.whole()) { story in story.events.contains { $0.act.word == word } }
        try shrinker.shrink()
        #expect(shrinker.best.events.count == count)
        var best = shrinker.best
        best.name = "after"
        let file = try StoryFile.parse(StoryWriter.render(best), named: "after.yaml") { $0 }
        #expect(file.draw(seed: 1).events == best.events)
    }

    @Test func `offices that do not matter are left out, with all that happens there`() throws {
        var shrinker = Shrinker(try Self.whole()) { story in
            story.events.contains { if case .write = $0.act { true } else { false } }
        }
        try shrinker.shrink()
        #expect(
            shrinker.best.tree.seats.map(\.division.text).sorted() == [
                "city-1", "county-1-1", "province", "town-1-1-1",
            ])
    }

    @Test func `what is thrown leaves the smallest story that was found`() throws {
        struct Enough: Error {}
        var trials = 0
        var shrinker = Shrinker(try Self.whole()) { story in
            trials += 1
            if trials == 2 { throw Enough() }
            return true
        }
        #expect(throws: Enough.self) { try shrinker.shrink() }
        #expect(trials == 2)
        #expect(shrinker.best.events.count < (try Self.whole().events.count))
    }
}

extension StoryAct {
    fileprivate var word: String {
        switch self {
        case .mend: "mend"
        case .restore: "restore"
        case .start: "start"
        case .expect: "expect"
        case .heal: "heal"
        case .write: "write"
        case .crash: "crash"
        default: "another"
        }
    }
}
