import Divisions
import Ledger
import Simulation
import Testing

/// What a seed draws stays within what the file says, and is the same for ever.
@Suite struct StoryDrawTests {
    private static let swarm = """
        swarm: told
        title: All plays at once
        why: To see what they draw.
        offices: 1+2+4+12
        begins: 08:00..08:10
        calm: [10m, 20m..30m]
        lines: { latency: [1ms..20ms, 100ms..2s], bandwidth: [none, 8000, 1000..2000], breaks: 0%..1%, duplicates: [0%, 0.1%] }
        seeds: 25
        plant: { stream-extended: 3, unsealed-entry: { within: 10, by: chain } }
        story:
          - { from: 08:30, to: 17:30, clerks: { edits: 60..90, new: 20%..50%, thinking: 0s..10m } }
          - { from: 09:00, to: +3h, superiors: { edits: 10 } }
          - { from: 08:30, to: 17:30, scribbles: { edits: 40, records: 3, blind: 50% } }
          - { from: 08:30, to: 17:30, roster: { moves: 20 } }
          - { at: 12:00, amendment: { statute: 示例条例, articles: 0..5 } }
          - { at: +1h, amendment: { statute: 示例条例, articles: 3 } }
          - { at: 10:00..11:00, import: { records: 250, by: city-1, batch: 100 } }
          - { from: 09:00, to: 16:00, faults: { count: 30, lasting: 1s..10m, kinds: { cut: 1, isolate: 1, crash: 1, torn: 1,
              restore: 1, clone: 1, resume: 1, clock: 1, disk: 1, silence: 1, reset: 1, shape: 1, lie: 1 } } }
          - { at: 13:00, typhoon: { cities: 1..2, for: 2h } }
          - { at: 16:00, swizzle: { machines: 3..6, for: 10m } }
          - { at: 17:00, rolling-upgrade: { release: next, protocols: 1..2, every: 1m..5m } }
          - { at: [09:10, 09:20..09:30], open: a, by: town-1-1-1, count: { fines-fen: [5, 7..9] }, set: { status: [x, y] }, thinking: 1s..3s }
          - { at: +1s..+5s, clock: town-1-1-1, jump: -1h..1h, drift: [-3, 3] }
          - { at: end, expect: { agree: true } }
        """

    private static let file = Result { try Told.parse(swarm) }

    private static func draw(_ seed: UInt64) throws -> Scenario { try file.get().draw(seed: seed) }

    private static let seeds = 1...UInt64(40)

    @Test func `the head says what a swarm is`() throws {
        let file = try Self.file.get()
        #expect(file.isSwarm)
        #expect((file.name, file.title, file.why) == ("told", "All plays at once", "To see what they draw."))
        #expect((file.seedsDefault, file.seed) == (25, 1))
        #expect(file.planted.map(\.bug) == [.streamExtended, .unsealedEntry])
        #expect(file.planted.map(\.within) == [3, 10])
        #expect(file.planted.map(\.by) == [nil, "chain"])
        #expect(file.draw(seed: 1).planted == nil)
        #expect(file.draw(seed: 1, planting: .dictionaryOrder).planted == .dictionaryOrder)
    }

    @Test func `a scenario carries what it plants`() throws {
        let file = try Told.file(["at: 09:00, heal: all"], rest: "plant: dictionary-order")
        #expect(!file.isSwarm)
        #expect((file.seedsDefault, file.seed) == (1, 1))
        #expect(file.planted.map(\.within) == [1])
        #expect(file.draw(seed: 5).planted == .dictionaryOrder)
    }

    @Test func `a story begins a minute before its first event and has half an hour to agree`() throws {
        let story = try Told.file(["at: 09:00, heal: all"], rest: "").draw(seed: 1)
        #expect(story.begins == Instant(hour: 8, minute: 59))
        #expect(story.calm == 1_800_000)
        #expect(story.lines == LineQuality())
        #expect(try Told.file(["at: 00:00, heal: all"]).draw(seed: 1).begins == Instant(milliseconds: 0))
    }

    @Test func `offices come from a file beside the story`() throws {
        let yaml = Told.head(offices: "trees/small.yaml") + "  - { at: 09:00, heal: all }\n"
        #expect(try Told.parse(yaml).tree == Shape("1+1")?.tree)
    }

    @Test(arguments: seeds)
    func `the same seed draws the same, in the order of time`(seed: UInt64) throws {
        let (one, two) = (try Self.draw(seed), try Told.parse(Self.swarm).draw(seed: seed))
        #expect(one.events == two.events)
        #expect((one.begins, one.calm, one.lines) == (two.begins, two.calm, two.lines))
        #expect(zip(one.events, one.events.dropFirst()).allSatisfy { $0.at <= $1.at })
        #expect(one.events.last == Scenario.Event(at: .end, .expect(.agree(true))))
    }

    @Test func `different seeds draw different stories`() throws {
        #expect(Set(try Self.seeds.map { try Self.draw($0).events }).count == Self.seeds.count)
    }

    @Test(arguments: seeds)
    func `a change of one step leaves what the others draw`(seed: UInt64) throws {
        let changed = try Told.parse(Self.swarm.replacing("records: 250", with: "records: 251")).draw(seed: seed)
        let before = try Self.draw(seed).events.filter { !Self.isImport($0.act) && !Self.isSuperior($0.act) }
        let after = changed.events.filter { !Self.isImport($0.act) && !Self.isSuperior($0.act) }
        #expect(before == after)
    }

    private static func isImport(_ act: StoryAct) -> Bool {
        if case .write(let writing) = act { writing.record.name.hasPrefix("import") } else { false }
    }

    private static func isSuperior(_ act: StoryAct) -> Bool {
        guard case .write(let writing) = act, writing.record.kind == "case" else { return false }
        return !writing.record.name.hasPrefix("scribble") && writing.machine != writing.record.home.text
    }

    @Test(arguments: seeds)
    func `the head's ranges are kept`(seed: UInt64) throws {
        let story = try Self.draw(seed)
        #expect((Instant(hour: 8)...Instant(hour: 8, minute: 10)).contains(story.begins))
        #expect(story.calm == 600_000 || (1_200_000...1_800_000).contains(story.calm))
        #expect([1...20, 100...2_000].contains(story.lines.latency))
        let bytes = story.lines.bytesPerSecond
        #expect(bytes == nil || bytes == 8_000 || (1_000...2_000).contains(bytes ?? 0))
        #expect((0...100).contains(story.lines.breaks))
        #expect([0, 10].contains(story.lines.duplicates))
        #expect(story.lines.damages == 0)
    }

    @Test(arguments: seeds)
    func `a single step's ranges are kept`(seed: UInt64) throws {
        let events = try Self.draw(seed).events
        let opening = try #require(events.first { Self.writing($0.act)?.record.name == "a" })
        let minutes = opening.at.milliseconds / Instant.minute % 60
        #expect(minutes == 10 || (20...30).contains(minutes))
        let writing = try #require(Self.writing(opening.act))
        #expect((1_000...3_000).contains(writing.thinking))
        let fines = writing.edits.first { $0.field == "fines-fen" }?.change
        #expect([5, 7, 8, 9].map { .put(.integer($0)) }.contains(fines))
        let status = writing.edits.first { $0.field == "status" }?.change
        #expect(["x", "y"].map { .put(.text($0)) }.contains(status))
        let clock = try #require(events.first { $0.at > opening.at && Self.isNarrowClock($0.act) })
        #expect((1_000...5_000).contains(clock.at.milliseconds - opening.at.milliseconds))
    }

    /// Only the single step drifts by three.
    private static func isNarrowClock(_ act: StoryAct) -> Bool {
        guard case .clock("town-1-1-1", let jump, let drift) = act else { return false }
        return abs(jump) <= 3_600_000 && abs(drift) == 3
    }

    private static func writing(_ act: StoryAct) -> Writing? {
        if case .write(let writing) = act { writing } else { nil }
    }

    @Test(arguments: seeds)
    func `whoever writes may write there, and fields are what the libraries say`(seed: UInt64) throws {
        let story = try Self.draw(seed)
        for case .write(let writing) in story.events.map(\.act) {
            let seat = try #require(DivisionCode(writing.machine))
            #expect(story.tree.mayWrite(seat: seat, acting: writing.acting, home: writing.record.home))
            #expect(!writing.edits.isEmpty)
        }
    }

    @Test(arguments: seeds)
    func `clerks sit at their desks in office hours and open a case before they edit it`(seed: UInt64) throws {
        var opened: Set<String> = []
        var count = 0
        for event in try Self.draw(seed).events {
            guard let writing = Self.writing(event.act), writing.record.name.hasPrefix("case-1-"),
                writing.machine == writing.record.home.text
            else { continue }
            count += 1
            let minute = event.at.milliseconds / Instant.minute % 1_440
            #expect((510...720).contains(minute) || (870...1_050).contains(minute))
            #expect(writing.thinking <= 600_000)
            if writing.edits.first == .creation {
                #expect(opened.insert(writing.record.name).inserted)
            } else {
                #expect(opened.contains(writing.record.name))
            }
        }
        #expect((60...90).contains(count))
    }

    @Test(arguments: seeds)
    func `superiors write on cases below for their own office`(seed: UInt64) throws {
        let story = try Self.draw(seed)
        let acts = story.events.filter { Self.isSuperior($0.act) }
        // The import's cases lie at the city itself; above it is only the province.
        #expect(acts.count == 10)
        for event in acts {
            let writing = try #require(Self.writing(event.act))
            #expect(writing.acting.text == writing.machine)
            #expect(story.tree.isAtOrBelow(writing.record.home, writing.acting))
            #expect((Instant(hour: 9)...Instant(hour: 12)).contains(event.at))
        }
    }

    @Test(arguments: seeds)
    func `scribbles keep to few records of each home and flow, of every type`(seed: UInt64) throws {
        let writings = try Self.draw(seed).events.compactMap { Self.writing($0.act) }
            .filter { $0.record.name.hasPrefix("scribble-3-") }
        #expect(writings.count == 40)
        #expect(writings.allSatisfy { ["1", "2", "3"].contains($0.record.name.suffix(1)) })
        #expect(writings.contains { $0.edits.contains { $0.isBlind } })
        #expect(writings.contains { $0.edits.contains { !$0.isBlind && $0.type == .register } })
    }

    @Test(arguments: seeds)
    func `an amendment writes the statute and each article at one moment`(seed: UInt64) throws {
        let events = try Self.draw(seed).events
        let first = events.filter { $0.at == Instant(hour: 12) }.compactMap { Self.writing($0.act) }
            .filter { $0.record.name.hasPrefix("示例条例") }
        let second = events.filter { $0.at == Instant(hour: 13) }.compactMap { Self.writing($0.act) }
            .filter { $0.record.name.hasPrefix("示例条例") }
        #expect(first[0].edits.first == .creation)
        #expect(second[0].edits.first != .creation)
        #expect(first.count <= 2 && second.count == 2)
        #expect(([second[1].record.name] + second[1].also) == (1...3).map { "示例条例-\($0)" })
    }

    @Test(arguments: seeds)
    func `an import is batches back to back`(seed: UInt64) throws {
        let batches = try Self.draw(seed).events.filter { Self.isImport($0.act) && !Self.isSuperior($0.act) }
        #expect(batches.compactMap { Self.writing($0.act)?.also.count } == [99, 99, 49])
        #expect(batches[2].at.milliseconds - batches[0].at.milliseconds == 2)
    }

    @Test(arguments: seeds)
    func `faults pass, leave the root without a twin, and restore only what was kept`(seed: UInt64) throws {
        let story = try Self.draw(seed)
        var kept: Set<String> = [], cut: Set<String> = [], twins = 0
        for event in story.events {
            switch event.act {
            case .backup(_, let name): kept.insert(name)
            case .restore(_, let name): #expect(kept.contains(name))
            case .cut(let name, _): #expect(cut.insert(name).inserted)
            case .mend(let name): #expect(cut.remove(name) != nil)
            case .clone(let machine, _), .resume(let machine, _):
                twins += 1
                #expect(machine != "province")
            default: continue
            }
        }
        #expect(cut.isEmpty)
        #expect(twins <= 2)
        for case .crash(let machine, _) in story.events.map(\.act) {
            #expect(story.events.contains { $0.act == .start(machine: machine) })
        }
    }

    @Test func `all kinds of faults come`() throws {
        var kinds: Set<String> = []
        for seed in Self.seeds {
            for event in try Self.draw(seed).events { kinds.insert(event.act.label) }
        }
        #expect(
            kinds == [
                "write", "cut", "mend", "crash", "start", "backup", "restore", "clone", "resume", "fillDisk",
                "freeDisk",
                "clock", "silence", "reset", "shape", "lie", "upgrade", "expect",
            ])
    }

    @Test(arguments: seeds)
    func `a typhoon cuts whole cities, and an upgrade reaches everyone once`(seed: UInt64) throws {
        let story = try Self.draw(seed)
        let cuts = story.events.filter { $0.at == Instant(hour: 13) }.compactMap { event -> Int? in
            if case .cut(let name, .around(let group)) = event.act, name.hasPrefix("typhoon") {
                group.count
            } else {
                nil
            }
        }
        #expect((1...2).contains(cuts.count))
        #expect(cuts.allSatisfy { $0 == 9 })
        let upgraded = story.events.compactMap { event -> String? in
            if case .upgrade(let machine, Release(name: "next", protocols: 1...2)) = event.act { machine } else { nil }
        }
        #expect(upgraded.sorted() == story.tree.seats.map(\.division.text))
    }

    @Test func `hosted clerks work at their host for their own office`() throws {
        let yaml = """
            scenario: told
            title: a
            why: b
            offices:
              - { code: p, name: 省, level: province, node: { host: h, port: 1 } }
              - { code: c, name: 市, level: city, parent: p }
            story:
              - { from: "09:00", to: "10:00", clerks: { edits: 5, at: cities } }
              - { from: "09:00", to: "10:00", roster: { moves: 5 } }
            """
        for event in try Told.parse(yaml).draw(seed: 1).events {
            let writing = try #require(Self.writing(event.act))
            #expect((writing.machine, writing.acting, writing.record.home) == ("p", "c", "c"))
        }
    }

    @Test func `what a range puts before its making is moved behind it`() throws {
        let file = try Told.file(["at: 09:00, clone: city-1, as: twin", "at: 08:30..09:30, crash: twin"])
        for seed in Self.seeds {
            let events = file.draw(seed: seed).events
            #expect(events.map(\.act.label) == ["clone", "crash"])
            #expect(events[1].at >= Instant(hour: 9))
        }
    }
}

extension StoryAct {
    /// The case's name.
    var label: String { String("\(self)".prefix { $0.isLetter }) }
}
