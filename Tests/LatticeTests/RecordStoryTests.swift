import Divisions
import Lattice
import Ledger
import Testing

@Suite struct `A record when edits meet` {
    private var town = Office(.township, stream: 1)
    private var county = Office(.county, stream: 2)
    private var city = Office(.city, stream: 3)

    @Test mutating func `a later edit replaces what its author saw`() {
        town.create()
        town.write("phone", .register, .text("1"))
        county.receive(from: town)
        county.write("phone", .register, .text("2"))
        town.receive(from: county)
        #expect(town.shown("phone") == .text("2"))
        #expect(town.view.conflicts.isEmpty)
        #expect(town.view["phone"]?.values.count == 1)
    }

    @Test mutating func `concurrent values of a register are all kept, as a conflict, until someone writes over them`()
    {
        town.create()
        county.receive(from: town)
        town.write("phone", .register, .text("1"))
        county.write("phone", .register, .text("2"))
        Office.meet(&town, &county)
        #expect(town.normalised == county.normalised)
        #expect(town.view.conflicts == [.differentValues(FieldKey(name: "phone", type: .register))])
        #expect(town.view["phone"]?.values.map(\.value) == [.text("2"), .text("1")])
        town.write("phone", .register, .text("1"))
        county.receive(from: town)
        #expect(county.view.conflicts.isEmpty)
        #expect(county.shown("phone") == .text("1"))
    }

    @Test mutating func `the same value written twice is no conflict`() {
        town.create()
        town.write("phone", .register, .text("1"), replaces: [])
        county.write("phone", .register, .text("1"), replaces: [])
        Office.meet(&town, &county)
        #expect(town.view.conflicts.isEmpty)
        #expect(town.view["phone"]?.seen.count == 2)
    }

    @Test mutating func `the highest acting level is shown, however late a lower one wrote`() {
        town.create()
        city.write("name", .register, .text("市"), stamp: 1)
        county.write("name", .register, .text("县"), stamp: 500)
        town.write("name", .register, .text("镇"), stamp: 900)
        Office.meet(&town, &county)
        Office.meet(&town, &city)
        #expect(town.shown("name") == .text("市"))
        #expect(town.view["name"]?.values.map(\.value) == [.text("市"), .text("县"), .text("镇")])
    }

    @Test mutating func `within a level the latest stamp is shown, then the highest dot`() {
        var sister = Office(.township, stream: 9)
        town.write("name", .register, .text("早"), stamp: 5)
        town.write("name", .register, .text("晚"), replaces: [], stamp: 7)
        sister.write("name", .register, .text("同"), stamp: 7)
        Office.meet(&town, &sister)
        #expect(town.view["name"]?.values.map(\.value) == [.text("同"), .text("晚"), .text("早")])
    }

    @Test mutating func `a removed value does not come back from an office that was away for long`() {
        town.create()
        town.write("phone", .register, .text("1"))
        let away = town
        for round in 0..<50 { town.write("phone", .register, .text("later \(round)")) }
        town.write("phone", .register, isRemoval: true)
        county.receive(from: town)
        county.receive(from: away)
        #expect(county.view["phone"] == nil)
        var late = away
        late.receive(from: county)
        #expect(late.view["phone"] == nil)
        #expect(late.normalised == county.normalised)
    }

    @Test mutating func `a replaced value that arrives after its replacement never shows`() {
        let phone = FieldKey(name: "phone", type: .register)
        town.write("phone", .register, .text("1"))
        county.write("phone", .register, .text("2"), replaces: town.seen("phone"))
        city.receive(from: county)
        #expect(city.state[phone]?.owed == town.seen("phone"))
        city.receive(from: town)
        #expect(city.view["phone"]?.values.map(\.value) == [.text("2")])
        #expect(city.state[phone]?.owed == [])
    }

    @Test mutating func `a removal hides the record and leaves nothing behind`() {
        town.create()
        town.write("phone", .register, .text("1"))
        town.write("steps", .log, .text("立案"))
        town.remove()
        #expect(!town.view.isVisible)
        #expect(town.normalised == RecordState(id: Office.record))
        #expect(town.normalised.isEmpty)
    }

    @Test mutating func `a concurrent edit keeps a removed record visible, with a conflict`() {
        town.create()
        town.write("phone", .register, .text("1"))
        county.receive(from: town)
        county.remove()
        town.write("phone", .register, .text("2"))
        Office.meet(&town, &county)
        #expect(town.normalised == county.normalised)
        #expect(county.view.isVisible)
        #expect(county.view.conflicts == [.removedWhileEdited])
        #expect(county.shown("phone") == .text("2"))
        town.create()
        county.receive(from: town)
        #expect(county.view.conflicts.isEmpty)
    }

    @Test mutating func `a removal that arrives before what it removes still removes it`() {
        town.create()
        town.write("phone", .register, .text("1"))
        town.write("steps", .log, .text("立案"))
        county.write("exists", .exists, isRemoval: true, replaces: town.state.seenByRemoval)
        city.receive(from: county)
        #expect(city.state.owed == town.state.seenByRemoval)
        #expect(!city.view.isVisible)
        city.receive(from: town)
        #expect(city.state.isEmpty)
    }

    @Test mutating func `a creation takes nothing away`() {
        town.create()
        town.write("phone", .register, .text("1"))
        county.receive(from: town)
        county.write("exists", .exists, replaces: county.state.seenByRemoval)
        town.receive(from: county)
        #expect(town.shown("phone") == .text("1"))
        #expect(town.view["exists"]?.values.count == 2)
    }
}

@Suite struct `A citation` {
    private var town = Office(.township, stream: 1)
    private var county = Office(.county, stream: 2)

    @Test mutating func `with a wrong check has no effect on what is here`() {
        let true1 = town.write("phone", .register, .text("1"))
        county.receive(from: town)
        county.write("phone", .register, isRemoval: true, replaces: [Citation(dot: true1.dot, check: true1.check ^ 1)])
        #expect(county.shown("phone") == .text("1"))
        #expect(county.state[FieldKey(name: "phone", type: .register)]?.owed.isEmpty == true)
    }

    @Test mutating func `with a wrong check has no effect on what comes later`() {
        let true1 = town.write("phone", .register, .text("1"))
        let forged = [Citation(dot: true1.dot, check: true1.check ^ 1)]
        county.write("phone", .register, isRemoval: true, replaces: forged)
        county.write("exists", .exists, isRemoval: true, replaces: forged)
        county.receive(from: town)
        #expect(county.shown("phone") == .text("1"))
        #expect(county.state[FieldKey(name: "phone", type: .register)]?.owed.isEmpty == true)
        #expect(county.state.owed.isEmpty)
    }

    @Test mutating func `of another field has no effect there, and is forgotten when its entry has come`() {
        let phone = town.write("phone", .register, .text("1"))
        county.write("name", .register, .text("甲"), replaces: [phone])
        county.receive(from: town)
        #expect(county.shown("phone") == .text("1"))
        #expect(county.state[FieldKey(name: "name", type: .register)]?.owed == [phone])
        #expect(county.normalised[FieldKey(name: "name", type: .register)]?.owed == [])
    }

    @Test mutating func `of the same name under another type has no effect`() {
        let phone = town.write("phone", .register, .text("1"))
        county.receive(from: town)
        county.write("phone", .set, .text("2"), replaces: [phone])
        #expect(county.shown("phone") == .text("1"))
        #expect(county.view.fields.map(\.key.type) == [.register, .set])
    }

    @Test mutating func `of what does not exist waits and does no harm`() {
        let nothing = Citation(dot: Dot(stream: county.stream, number: 999, index: 0), check: 1)
        town.write("phone", .register, .text("1"), replaces: [nothing])
        #expect(town.shown("phone") == .text("1"))
        #expect(town.normalised[FieldKey(name: "phone", type: .register)]?.owed == [nothing])
        #expect(town.view.isVisible)
    }
}

@Suite struct `A set, a log and a counter` {
    private var town = Office(.township, stream: 1)
    private var county = Office(.county, stream: 2)

    @Test mutating func `adding to a set wins over a concurrent removal of the same value`() {
        town.write("tags", .set, .text("甲"))
        county.receive(from: town)
        county.write("tags", .set, isRemoval: true)
        town.write("tags", .set, .text("甲"), replaces: [])
        Office.meet(&town, &county)
        #expect(county.view["tags"]?.values.map(\.value) == [.text("甲")])
        #expect(county.view["tags"]?.seen.count == 1)
    }

    @Test mutating func `a set shows each value once, in order`() {
        for value in ["b", "a", "b"] { town.write("tags", .set, .text(value), replaces: []) }
        for number in [Int64(300), 2] { county.write("tags", .set, .integer(number), replaces: []) }
        Office.meet(&town, &county)
        #expect(town.view["tags"]?.values.map(\.value) == [.text("a"), .text("b"), .integer(2), .integer(300)])
        #expect(town.view["tags"]?.seen.count == 5)
    }

    @Test mutating func `a bad clock cannot put a step before the one it follows`() {
        let filed = town.write("steps", .log, .text("立案"), stamp: 9_000_000)
        county.receive(from: town)
        let reviewed = county.write("steps", .log, .text("审核"), after: [filed], stamp: 50)
        county.write("steps", .log, .text("决定"), after: [reviewed], stamp: 10)
        town.write("steps", .log, .text("补充"), after: [filed], stamp: 60)
        Office.meet(&town, &county)
        #expect(town.view["steps"]?.values.map(\.value) == ["立案", "审核", "补充", "决定"].map(Value.text))
        #expect(town.view["steps"] == county.view["steps"])
    }

    @Test mutating func `an element that follows something forged or gone stands at the start`() {
        let filed = town.write("steps", .log, .text("立案"), stamp: 5)
        town.write(
            "steps", .log, .text("伪"), after: [Citation(dot: filed.dot, check: filed.check ^ 1)], stamp: 4)
        #expect(town.view["steps"]?.values.map(\.value) == ["伪", "立案"].map(Value.text))
    }

    @Test mutating func `a log keeps what an edit of it claims to replace`() {
        let filed = town.write("steps", .log, .text("立案"))
        town.write("steps", .log, .text("撤"), replaces: [filed])
        town.write("steps", .log, isRemoval: true, replaces: [filed])
        #expect(town.view["steps"]?.values.count == 2)
    }

    @Test mutating func `a circle of followers ends in some order, the same everywhere`() {
        let first = Citation(dot: Dot(stream: town.stream, number: 1, index: 0), check: 1_001)
        let second = Citation(dot: Dot(stream: town.stream, number: 2, index: 0), check: 1_002)
        town.write("steps", .log, .text("一"), after: [second])
        town.write("steps", .log, .text("二"), after: [first])
        town.write("steps", .log, .text("三"), after: [second])
        county.receive(from: town)
        #expect(town.view["steps"]?.values.map(\.value) == ["一", "二", "三"].map(Value.text))
        #expect(county.view == town.view)
    }

    @Test mutating func `a counter is the sum of all deltas, and wraps rather than stops`() {
        town.write("hours", .counter, .integer(5), replaces: [])
        county.write("hours", .counter, .integer(-2), replaces: [])
        Office.meet(&town, &county)
        #expect(town.shown("hours") == .integer(3))
        town.write("hours", .counter, .integer(.max), replaces: [])
        #expect(town.shown("hours") == .integer(.min + 2))
        town.write("hours", .counter, .text("not a number"), replaces: [])
        #expect(town.shown("hours") == .integer(.min + 2))
    }

    @Test mutating func `a counter can be settled in one delta`() {
        town.write("hours", .counter, .integer(5), replaces: [])
        town.write("hours", .counter, .integer(7), replaces: [])
        town.write("hours", .counter, .integer(12))
        #expect(town.shown("hours") == .integer(12))
        #expect(town.view["hours"]?.seen.count == 1)
    }
}
