import Divisions
import Ledger
import Simulation
import Testing

@testable import tributary

@Suite struct NamespacePlanTests {
    private static func scenario(_ acts: [StoryAct]) -> Scenario { .told(acts.map { (Instant(hour: 9), $0) }) }

    private static func writing(
        kind: String = "case", flow: Flow = .up, _ edits: [FieldEdit], also: [String] = []
    ) -> StoryAct {
        .write(
            Writing(
                machine: "province", record: RecordName(kind: kind, home: "province", flow: flow, name: "a"),
                acting: "province", edits: edits, also: also))
    }

    @Test(arguments: [
        (StoryAct.resume(machine: "town-1-1-1", as: "twin"), "cannot be resumed"),
        (.clock(machine: "town-1-1-1", jump: 1, drift: 0), "share this machine's clock"),
        (.lie(machine: "town-1-1-1", to: "county-1-1", .noise), "does not lie"),
        (.upgrade(machine: "town-1-1-1", Release(name: "next", protocols: 2...3)), "one release"),
        (.shape(.all, LineQuality(duplicates: 1)), "TCP never"),
        (.shape(.all, LineQuality(damages: 1)), "TLS keeps"),
        (.clone(machine: "province", as: "twin"), "twin of the root"),
        (.expect(.reported(machine: "province", "humming", true)), "no such word"),
        (writing(kind: "future-kind", []), "no such kind"),
        (writing(flow: .down, []), "case down"),
        (writing([FieldEdit("a", .register, .put(.text("1")))]), "no such field"),
        (writing([FieldEdit("status", .set, .put(.text("1")))]), "no such field"),
        (writing([FieldEdit("fines-fen", .counter, .put(.text("1")))]), "no such field"),
        (writing([FieldEdit("exists", .exists, .remove, isBlind: true)]), "was seen"),
        (writing([.removal, FieldEdit("status", .register, .put(.text("1")))]), "does nothing else"),
        (writing([FieldEdit("tags", .set, .put(.text("1")))], also: ["b"]), "many records"),
    ])
    func `what cannot be done to a process is said`(_ act: StoryAct, _ words: String) throws {
        let obstacles = NamespaceHarness.obstacles(of: Self.scenario([act, act]))
        #expect(obstacles.count == 1)
        #expect(try #require(obstacles.first).contains(words))
    }

    @Test func `bugs on purpose and doubled frames of a whole story are obstacles too`() {
        var scenario = Self.scenario([])
        scenario.planted = .unsealedEntry
        scenario.lines = LineQuality(duplicates: 10)
        #expect(NamespaceHarness.obstacles(of: scenario).count == 2)
    }

    @Test func `the acts of an ordinary story are none`() {
        let acts: [StoryAct] = [
            Self.writing([.creation, FieldEdit("status", .register, .put(.text("已立案")))], also: ["b", "c"]),
            Self.writing([FieldEdit("status", .register, .put(.text("已结案")))], also: ["b", "c"]),
            .cut(name: "", .all), .mend(name: ""), .heal, .reset(.all), .silence(.all),
            .shape(.all, LineQuality(latency: 50...90, bytesPerSecond: 8_000, breaks: 5)),
            .crash(machine: "town-1-1-1", .tornCommit), .start(machine: "town-1-1-1"),
            .backup(machine: "town-1-1-1", name: "b"), .restore(machine: "town-1-1-1", name: "b"),
            .clone(machine: "town-1-1-1", as: "twin"), .fillDisk(machine: "city-1"), .freeDisk(machine: "city-1"),
            .upgrade(machine: "city-1", .current), .expect(.agree(true)),
            .expect(.reported(machine: "province", "refused-run", false)),
        ]
        #expect(NamespaceHarness.obstacles(of: Self.scenario(acts)) == [])
    }

    @Test func `an officer saves after he has thought, whatever happens meanwhile`() throws {
        let begin = Instant(hour: 9)
        var writing = Writing(
            machine: "province", record: RecordName(kind: "case", home: "province", flow: .up, name: "a"),
            acting: "province", edits: [.creation])
        writing.thinking = 5_000
        let plan = NamespacePlan(
            .told([
                (begin, .write(writing)), (begin + 2_000, .heal), (begin + 5_000, .reset(.all)),
                (.end, .expect(.agree(true))),
            ]))
        let steps = plan.moments.map { moment in
            switch moment.step {
            case .look: "look"
            case .save: "save"
            case .act(let act): act.words.split(separator: " ").first.map(String.init) ?? ""
            }
        }
        #expect(steps == ["look", "全部复线", "save", "连接重置"])
        #expect(plan.ending == [.agree(true)])
        let tree = Shape("1+1+1+2")?.tree
        let hears: (String, Int) throws -> Bool = { name, place in
            plan.isSaved(
                for: name, at: try #require(DivisionCode(name)), after: place, in: try #require(tree))
        }
        #expect(try hears("province", 0))
        #expect(try hears("province", 2) == false)
        // Cases of the province go no lower.
        #expect(try hears("city-1", 0) == false)
    }
}

extension Scenario {
    /// A story of five offices, two of them townships of one county.
    static func told(_ events: [(Instant, StoryAct)]) -> Scenario {
        guard let shape = Shape("1+1+1+2") else { preconditionFailure("1+1+1+2 is a shape") }
        return Scenario(
            name: "told", title: "", why: "", tree: shape.tree, seed: 1, begins: Instant(hour: 8, minute: 59),
            events: events.map { Event(at: $0, $1) }, calm: 30 * Instant.minute, lines: LineQuality())
    }
}
