import Divisions
import Ledger
import Simulation
import Testing

/// Every verb of a file becomes the act it means.
@Suite struct StoryVerbTests {
    private static let town = "town-1-1-1"
    private static let record = RecordName(kind: "case", home: "town-1-1-1", flow: .up, name: "陈案")
    private static let opening = "at: 09:00, open: 陈案, by: town-1-1-1"

    @Test func `a case is opened at the seat of the machine and written in the order of the file`() throws {
        let acts = try Told.acts(
            "at: 09:00, open: 陈案, by: town-1-1-1, add: { tags: [river, night] }, set: { title: 例, facts: 例 }, "
                + "append: { notes: 一 }, count: { fines-fen: -200 }, thinking: 5s")
        let edits = [
            FieldEdit.creation, FieldEdit("tags", .set, .put(.text("river"))),
            FieldEdit("tags", .set, .put(.text("night"))), FieldEdit("title", .register, .put(.text("例"))),
            FieldEdit("facts", .register, .put(.text("例")), isPersonal: true),
            FieldEdit("notes", .log, .put(.text("一")), isPersonal: true),
            FieldEdit("fines-fen", .counter, .put(.integer(-200))),
        ]
        #expect(
            acts == [
                .write(
                    Writing(
                        machine: Self.town, record: Self.record, acting: "town-1-1-1", edits: edits, thinking: 5_000))
            ])
    }

    @Test func `a superior writes blindly on a lower case for the county between`() throws {
        let acts = try Told.acts(
            Self.opening,
            "at: 09:01, edit: 陈案, by: 市1, acting: 市1县1, drop: { officers: x }, set: { status: 已结案 }, blind: true")
        let edits = [
            FieldEdit("officers", .set, .drop(.text("x")), isBlind: true),
            FieldEdit("status", .register, .put(.text("已结案")), isBlind: true),
        ]
        #expect(
            acts == [
                .write(Writing(machine: "city-1", record: Self.record, acting: "county-1-1", edits: edits))
            ])
    }

    @Test func `a record is removed`() throws {
        let acts = try Told.acts(Self.opening, "at: 09:01, remove: 陈案, by: town-1-1-1, thinking: 1m")
        #expect(
            acts == [
                .write(
                    Writing(
                        machine: Self.town, record: Self.record, acting: "town-1-1-1", edits: [.removal],
                        thinking: 60_000))
            ])
    }

    @Test func `a kind of another release holds whatever the verbs say`() throws {
        let acts = try Told.acts(
            "at: 09:00, edit: x, by: city-1, home: county-1-2, kind: { name: future-kind, flow: down-urgent }, "
                + "set: { a: 7, b: \"7\", c: true, d: { bytes: 00ff } }, personal: true, also: [x-2..4, y]")
        let edits = [
            FieldEdit("a", .register, .put(.integer(7)), isPersonal: true),
            FieldEdit("b", .register, .put(.text("7")), isPersonal: true),
            FieldEdit("c", .register, .put(.boolean(true)), isPersonal: true),
            FieldEdit("d", .register, .put(.bytes([0, 255])), isPersonal: true),
        ]
        let record = RecordName(kind: "future-kind", home: "county-1-2", flow: .downUrgent, name: "x")
        #expect(
            acts == [
                .write(
                    Writing(
                        machine: "city-1", record: record, acting: "city-1", edits: edits,
                        also: ["x-2", "x-3", "x-4", "y"]))
            ])
    }

    @Test func `edits of one act may come in groups of any kind`() throws {
        let acts = try Told.acts(
            Self.opening,
            "at: 09:01, edit: 陈案, by: town-1-1-1, edits: [{ set: { title: 例 } }, { remove: true, blind: true }, "
                + "{ create: true }, { add: { tags: a }, personal: true }]")
        let edits = [
            FieldEdit("title", .register, .put(.text("例"))),
            FieldEdit("exists", .exists, .remove, isBlind: true), .creation,
            FieldEdit("tags", .set, .put(.text("a")), isPersonal: true),
        ]
        #expect(
            acts == [.write(Writing(machine: Self.town, record: Self.record, acting: "town-1-1-1", edits: edits))])
    }

    private static let lineActs: [(steps: [String], acts: [StoryAct])] = [
        (["at: 09:00, cut: [province, city-1]"], [.cut(name: "cut-1", .between(["province"], ["city-1"]))]),
        (
            ["at: 09:00, cut: { between: [[province], [city-1, city-2]] }, as: storm, for: 1m"],
            [.cut(name: "storm", .between(["province"], ["city-1", "city-2"])), .mend(name: "storm")]
        ),
        (["at: 09:00, cut: all"], [.cut(name: "cut-1", .all)]),
        (
            ["at: 09:00, cut: { below: 市2县2 }"],
            [.cut(name: "cut-1", .around(["county-2-2", "town-2-2-1", "town-2-2-2", "town-2-2-3"]))]
        ),
        (["at: 09:00, isolate: city-1, as: alone"], [.cut(name: "alone", .around(["city-1"]))]),
        (["at: 09:00, isolate: city-1", "at: 09:01, mend: city-1"], [.mend(name: "cut-1")]),
        (["at: 09:00, cut: [city-1, province]", "at: 09:01, mend: [city-1, province]"], [.mend(name: "cut-1")]),
        (["at: 09:00, cut: all, as: dark", "at: 09:01, mend: dark"], [.mend(name: "dark")]),
        (["at: 09:00, cut: all, as: dark", "at: +1m, mend: all"], [.mend(name: "dark")]),
        (["at: 09:00, heal: all"], [.heal]),
        (["at: 09:00, reset: { around: [city-1, city-2] }"], [.reset(.around(["city-1", "city-2"]))]),
        (["at: 09:00, silence: [city-1, province]"], [.silence(.between(["city-1"], ["province"]))]),
        (
            ["at: 09:00, shape: all, latency: 1s..2s, bandwidth: 8000, damages: 0.05%, for: 1h"],
            [
                .shape(.all, LineQuality(latency: 1_000...2_000, bytesPerSecond: 8_000, damages: 5)),
                .shape(.all, LineQuality()),
            ]
        ),
    ]

    @Test(arguments: lineActs.indices)
    func `lines are cut, mended, reset, silenced and shaped`(index: Int) throws {
        let (steps, acts) = Self.lineActs[index]
        let drawn = try Told.file(steps).draw(seed: 1).events.map(\.act)
        #expect(Array(drawn.suffix(acts.count)) == acts)
        #expect(drawn.count == acts.count + steps.count - 1)
    }

    private static let machineActs: [(step: String, acts: [StoryAct])] = [
        ("crash: city-1", [.crash(machine: "city-1", .now)]),
        (
            "crash: city-1, when: torn-commit, for: 5s",
            [.crash(machine: "city-1", .tornCommit), .start(machine: "city-1")]
        ),
        ("crash: city-1, when: before-commit", [.crash(machine: "city-1", .beforeCommit)]),
        ("crash: city-1, when: after-commit", [.crash(machine: "city-1", .afterCommit)]),
        ("start: city-1", [.start(machine: "city-1")]),
        ("restart: city-1", [.crash(machine: "city-1", .now), .start(machine: "city-1")]),
        ("backup: city-1", [.backup(machine: "city-1", name: "city-1")]),
        ("backup: city-1, as: monday", [.backup(machine: "city-1", name: "monday")]),
        ("restore: city-2", [.restore(machine: "city-2", name: "city-2")]),
        ("restore: city-1, from: sunday", [.restore(machine: "city-1", name: "sunday")]),
        ("clone: city-1, as: twin", [.clone(machine: "city-1", as: "twin")]),
        ("resume: city-1, as: twin", [.resume(machine: "city-1", as: "twin")]),
        ("crash: old-twin", [.crash(machine: "old-twin", .now)]),
        ("fill-disk: city-1, for: 1m", [.fillDisk(machine: "city-1"), .freeDisk(machine: "city-1")]),
        ("free-disk: city-1", [.freeDisk(machine: "city-1")]),
        ("clock: city-1, jump: -2h, drift: 200", [.clock(machine: "city-1", jump: -7_200_000, drift: 200)]),
        ("clock: city-1, jump: 1d", [.clock(machine: "city-1", jump: 86_400_000, drift: 0)]),
        (
            "upgrade: city-1, release: next, protocols: 1..2",
            [.upgrade(machine: "city-1", Release(name: "next", protocols: 1...2))]
        ),
        ("lie: city-1, to: province, with: fork", [.lie(machine: "city-1", to: "province", .fork)]),
    ]

    @Test(arguments: machineActs.indices)
    func `machines meet what a file says`(index: Int) throws {
        let (step, acts) = Self.machineActs[index]
        let drawn = try Told.acts(
            "at: 08:00, backup: city-2", "at: 08:00, backup: city-1, as: sunday",
            "at: 08:00, clone: city-2, as: old-twin",
            "at: 09:00, \(step)")
        #expect(drawn == acts)
    }

    @Test(arguments: Lie.allCases)
    func `every lie has a name`(lie: Lie) throws {
        #expect(
            try Told.acts("at: 09:00, lie: city-1, to: province, with: \(lie.rawValue)")
                == [.lie(machine: "city-1", to: "province", lie)])
    }

    private static let holders = ["city-1", "county-1-1", "province", "town-1-1-1"]

    private static let expectations: [(told: String, expected: [Simulation.Expectation])] = [
        (
            "record: 陈案, field: title, shows: 例",
            [.shows(record, field: "title", type: .register, values: [.text("例")], machines: holders)]
        ),
        (
            "record: 陈案, field: tags, shows: [a, b], at: city-1",
            [.shows(record, field: "tags", type: .set, values: [.text("a"), .text("b")], machines: ["city-1"])]
        ),
        (
            "record: 陈案, field: fines-fen, shows: 7, at: all",
            [.shows(record, field: "fines-fen", type: .counter, values: [.integer(7)], machines: holders)]
        ),
        (
            "record: 陈案, field: title, conflict: true, visible: true, held: false, at: [town-1-1-1, city-1]",
            [
                .conflict(record, field: "title", true, machines: ["town-1-1-1", "city-1"]),
                .visible(record, true, machines: ["town-1-1-1", "city-1"]),
                .held(record, false, machines: ["town-1-1-1", "city-1"]),
            ]
        ),
        ("link: city-1, to: province", [.linked(machine: "city-1", to: "province")]),
        ("link: city-1, to: none", [.linked(machine: "city-1", to: nil)]),
        ("alarm: county-1-1, at: city-1, is: false", [.alarm("county-1-1", false, machine: "city-1")]),
        ("forks: 2", [.forks(2)]),
        ("running: city-1, is: false", [.running(machine: "city-1", false)]),
        ("reported: faulty-frame, by: city-1", [.reported(machine: "city-1", "faulty-frame", true)]),
        ("agree: true", [.agree(true)]),
    ]

    @Test(arguments: expectations.indices, ["09:30", "end"])
    func `what must be true is told of anything that can be`(index: Int, at: String) throws {
        let (told, expected) = Self.expectations[index]
        let events = try Told.file([Self.opening, "at: \(at), expect: { \(told) }"]).draw(seed: 1).events.dropFirst()
        #expect(events.map(\.act) == expected.map { .expect($0) })
        #expect(events.allSatisfy { $0.at == (at == "end" ? .end : Instant(hour: 9, minute: 30)) })
    }

    @Test func `a field of an unknown kind is expected as the file wrote it`() throws {
        let acts = try Told.acts(
            "at: 09:00, open: x, by: city-1, kind: { name: future, flow: up }, count: { n: 3 }",
            "at: end, expect: { record: x, field: n, shows: 3, at: city-1 }",
            "at: end, expect: { record: x, field: m, type: log, shows: [3], at: city-1 }")
        let record = RecordName(kind: "future", home: "city-1", flow: .up, name: "x")
        #expect(
            acts == [
                .expect(.shows(record, field: "m", type: .log, values: [.integer(3)], machines: ["city-1"]))
            ])
    }
}
