import Divisions
import Lattice
import Ledger
import Libraries
import Replication
import Simulation
import Support
import Testing

@testable import Node

struct APIPlannerTests {
    private static let kind = Kind(
        "thing", chinese: "物", english: "Thing", flow: .down,
        fields: [
            Field("name", chinese: "名", english: "Name"),
            Field("marks", .set, chinese: "标", english: "Marks"),
            Field("log", .log, chinese: "记", english: "Log"),
            Field("count", .counter, .integer, chinese: "数", english: "Count"),
            Field("secret", isPersonal: true, chinese: "密", english: "Secret"),
        ])
    private static let id = RecordID(home: "44", flow: .down, kind: "thing", naturalKey: "1")

    /// A record on its own, edited by one writer.
    private struct Desk {
        var state = RecordState(id: APIPlannerTests.id)
        var writer = testWriter(seat: "44")
        let tree: DivisionTree

        init() throws { tree = try testTree() }

        mutating func write(_ edits: [EditDraft]) {
            guard !edits.isEmpty else { return }
            let entries = writer.write(edits, to: StreamPlace(home: "44", flow: .down), tree: tree.version)
            for entry in entries {
                for (_, write) in entry.writes(home: "44", flow: .down, level: .province) {
                    state.apply(write) { _ in entry.id.number - 1 }
                }
            }
        }

        /// Plans and writes; the edits that were needed.
        mutating func reach(_ fields: [(String, [Value])], onlyIfPresent: Bool = false) -> [EditDraft] {
            let wanted = fields.compactMap { name, values in
                APIPlannerTests.kind.field(name).map { PlannedDraft.Wanted($0, values) }
            }
            let draft = PlannedDraft(
                id: APIPlannerTests.id, kind: APIPlannerTests.kind, fields: wanted, onlyIfPresent: onlyIfPresent)
            let edits = EditPlanner.edits(for: draft, from: state)
            write(edits)
            return edits
        }
    }

    @Test func `a draft that is reached needs nothing more`() throws {
        var desk = try Desk()
        let draft: [(String, [Value])] = [
            ("name", [.text("一")]), ("marks", [.text("甲"), .text("乙"), .text("甲")]), ("log", [.text("x"), .text("x")]),
            ("count", [.integer(3)]), ("secret", [.text("密")]),
        ]
        #expect(
            desk.reach(draft).map(\.field) == ["exists", "name", "marks", "marks", "log", "log", "count", "secret"])
        #expect(desk.reach(draft).isEmpty)
        #expect(desk.state.view["log"]?.values.count == 2)
    }

    @Test func `only differences are edited, and they replace what is shown`() throws {
        var desk = try Desk()
        _ = desk.reach([("name", [.text("一")]), ("marks", [.text("甲"), .text("乙")]), ("log", [.text("x")])])
        let edits = desk.reach([
            ("name", [.text("二")]), ("marks", [.text("乙"), .text("丙")]), ("log", [.text("x"), .text("y")]),
            ("count", [.integer(9)]),
        ])
        #expect(edits.map(\.field) == ["name", "marks", "marks", "log"])
        let view = desk.state.view
        #expect(view["name"]?.values.map(\.value) == [.text("二")])
        #expect(Set(view["marks"]?.values.compactMap(\.value) ?? []) == [.text("乙"), .text("丙")])
        #expect(view["log"]?.values.map(\.value) == [.text("x"), .text("y")])
        #expect(view["count"] == nil, "a counter is set only where the record is made")
    }

    @Test func `a register without a value is emptied, and one that is not named is left`() throws {
        var desk = try Desk()
        _ = desk.reach([("name", [.text("一")]), ("secret", [.text("密")])])
        #expect(desk.reach([("name", [])]).map(\.isRemoval) == [true])
        #expect(desk.state.view["name"] == nil)
        #expect(desk.state.view["secret"]?.shown == .text("密"))
        #expect(desk.reach([("name", [])]).isEmpty)
    }

    @Test func `a conflict whose shown value the draft agrees with is left to a person`() throws {
        var desk = try Desk()
        _ = desk.reach([("name", [.text("一")])])
        let seen = desk.state.view["name"]?.seen ?? []
        let field = try #require(Self.kind.field("name"))
        desk.write([EditPlanner.edit(Self.id, field, .text("二"), replaces: seen)])
        desk.write([EditPlanner.edit(Self.id, field, .text("三"), replaces: seen)])
        #expect(desk.state.view.conflicts.count == 1)
        let shown = try #require(desk.state.view["name"]?.shown)
        #expect(desk.reach([("name", [shown])]).isEmpty)
        #expect(desk.reach([("name", [.text("四")])]).map(\.replaces.count) == [2])
        #expect(desk.state.view.conflicts.isEmpty)
    }

    @Test func `texts that only look alike are different`() throws {
        var desk = try Desk()
        _ = desk.reach([("name", [.text("\u{E9}")])])
        #expect(desk.reach([("name", [.text("e\u{301}")])]).count == 1)
    }

    @Test func `a value erased by order of law is not written again`() throws {
        var desk = try Desk()
        _ = desk.reach([("name", [.text("一")])])
        let personal = PersonalValue(index: 0, salt: Array(repeating: 1, count: 16), value: .text("密"))
        let edit = Edit(
            kind: "thing", record: Self.id.key, field: "secret", type: .register,
            content: .personal(personal.digest(suite: 255)))
        let dot = Dot(stream: StreamID(.zero), number: 2, index: 0)
        desk.state.apply(
            Write(dot: dot, check: 0, edit: edit, value: .erased, stamp: 1, level: .province)
        ) { _ in 0 }
        #expect(desk.reach([("secret", [.text("密")])]).isEmpty)
    }

    @Test func `a record that is not there is made only where that is wanted`() throws {
        var desk = try Desk()
        #expect(desk.reach([("name", [.text("一")])], onlyIfPresent: true).isEmpty)
        #expect(desk.reach([]).map(\.type) == [.exists])
        #expect(desk.reach([("name", [.text("一")])], onlyIfPresent: true).map(\.field) == ["name"])
    }

    // MARK: Packing

    private func record(_ number: Int, home: DivisionCode = "44", bytes: Int, isPacked: Bool = true) -> PlannedRecord {
        let id = RecordID(home: home, flow: .down, kind: "thing", naturalKey: "\(number)")
        let text = Value.text(String(repeating: "x", count: bytes))
        return PlannedRecord(
            id: id, isPacked: isPacked,
            edits: [
                EditPlanner.creation(of: id),
                EditDraft(kind: "thing", record: id.key, field: "name", type: .register, value: text),
            ])
    }

    @Test func `entries are filled to their target and no further, in order`() throws {
        let parts = try EditPlanner.parts((0..<100).map { record($0, bytes: 2_000) })
        #expect(parts.count == 1)
        let entries = try #require(parts.first?.entries)
        #expect((4...6).contains(entries.count))
        #expect(entries.flatMap { $0 } == (0..<100).flatMap { record($0, bytes: 2_000).edits })
        var writer = testWriter(seat: "44")
        let tree = try testTree()
        for entry in entries {
            let written = writer.write(entry, to: StreamPlace(home: "44", flow: .down), tree: tree.version)
            let size = try #require(written.last?.entry.byteCount)
            #expect(size <= EditPlanner.packedBytesTarget + 1_024)
        }
    }

    @Test func `records with personal data never share an entry`() throws {
        let records = (0..<10).map { record($0, bytes: 10, isPacked: $0 % 3 != 0) }
        let entries = try #require(try EditPlanner.parts(records).first?.entries)
        #expect(entries.map(\.count) == [2, 4, 2, 4, 2, 4, 2])
    }

    @Test func `each home and flow has a part of its own`() throws {
        let parts = try EditPlanner.parts([
            record(1, home: "4407", bytes: 1), record(2, bytes: 1), record(3, home: "4407", bytes: 1),
        ])
        #expect(parts.map(\.place.home) == ["4407", "44"])
        #expect(parts.map { $0.entries.map(\.count) } == [[4], [2]])
    }

    @Test func `what does not fit is refused before anything is written`() {
        #expect(throws: PackingFault.editTooLarge(record(1, bytes: 1).id, field: "name")) {
            try EditPlanner.parts([record(1, bytes: 130_000)])
        }
        #expect(throws: PackingFault.changeTooLarge) {
            try EditPlanner.parts((0..<60).map { record($0, bytes: 100_000) })
        }
        #expect(throws: PackingFault.changeTooLarge) {
            try EditPlanner.parts((0..<Limits.entriesPerSealMax).map { record($0, bytes: 1, isPacked: false) })
        }
    }

    @Test(arguments: Seed.some(20))
    func `whatever is planned fits the limits of entries when it is written`(seed: Seed) throws {
        var generator = seed.generator
        let records = (0..<40).map { number in
            record(number, bytes: Int.random(in: 0...60_000, using: &generator), isPacked: generator.chance(70))
        }
        var writer = testWriter(seat: "44")
        let tree = try testTree()
        for part in try EditPlanner.parts(records) {
            for entry in part.entries {
                for written in writer.write(entry, to: part.place, tree: tree.version) {
                    #expect(written.entry.byteCount <= Limits.entryBytesMax)
                }
            }
        }
    }
}
