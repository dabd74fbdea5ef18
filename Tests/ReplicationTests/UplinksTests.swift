import Divisions
import Simulation
import Support
import Testing

@testable import Replication

/// A town below county, city and province, as its parent fails and comes back.
@Suite struct `An office that looks for a parent` {
    private struct Office {
        var uplinks: Uplinks
        var lastLink: UInt64 = 0
        var now: UInt64 = 0

        init(chance: UInt64 = 1) throws {
            uplinks = Uplinks(try testTree().uplinks(of: townSeat), chance: chance)
        }

        mutating func dial() -> [(link: LinkID, seat: DivisionCode)] {
            uplinks.due(at: now, lastLink: &lastLink).map { ($0.0, $0.1.division) }
        }

        /// Lets time pass until the next dial.
        mutating func next() throws -> [(link: LinkID, seat: DivisionCode)] {
            now = max(now, try #require(uplinks.alarm()))
            return dial()
        }

        mutating func fail(_ link: LinkID) { uplinks.closed(link, at: now) }

        mutating func stream(_ link: LinkID) -> (superseded: [LinkID], turned: DivisionCode?) {
            guard uplinks.connected(link) else { return ([], nil) }
            return uplinks.streaming(link, at: now)
        }
    }

    @Test func `dials its parent first, and nobody else while it answers`() throws {
        var office = try Office()
        let dials = office.dial()
        #expect(dials.map(\.seat) == [countySeat])
        let turned = office.stream(dials[0].link).turned
        #expect(turned == countySeat)
        office.now += 1_000_000
        let more = office.dial()
        #expect(more.isEmpty)
        #expect(office.uplinks.alarm() == nil)
        #expect(office.uplinks.current?.seat.division == countySeat)
    }

    @Test func `turns to the next ancestor after two failures, and to the one after that when it fails too`() throws {
        var office = try Office()
        var seats: [DivisionCode] = []
        for dial in office.dial() { office.fail(dial.link) }
        while !seats.contains(provinceSeat), seats.count < 50 {
            for dial in try office.next() {
                seats.append(dial.seat)
                office.fail(dial.link)
            }
        }
        let firstCity = try #require(seats.firstIndex(of: citySeat))
        #expect(seats[..<firstCity] == [countySeat], "the city is asked once the county has failed twice")
        #expect(seats[firstCity...].filter { $0 == citySeat }.count == 2, "the province once the city has failed twice")
    }

    @Test func `goes on asking its parent while a fallback serves it, and comes back`() throws {
        var office = try Office()
        for dial in office.dial() { office.fail(dial.link) }
        for dial in try office.next() { office.fail(dial.link) }
        var fallback: LinkID?
        while fallback == nil {
            for dial in try office.next() {
                if dial.seat == citySeat { fallback = dial.link } else { office.fail(dial.link) }
            }
        }
        let up = try #require(fallback)
        let first = office.stream(up).turned
        #expect(first == citySeat)
        #expect(office.uplinks.current?.seat.division == citySeat)
        // The county is dialled again, again and again, and the province never.
        for _ in 0..<5 {
            let dials = try office.next()
            #expect(dials.map(\.seat) == [countySeat])
            for dial in dials { office.fail(dial.link) }
        }
        let back = try office.next()[0].link
        let turned = office.stream(back)
        #expect(turned.turned == countySeat)
        #expect(turned.superseded == [up])
        // The surroundings close what was superseded; that is no failure of the city's.
        office.uplinks.closed(up, at: office.now)
        #expect(office.uplinks.candidates.map(\.failures).dropFirst() == [0, 0])
        #expect(office.uplinks.alarm() == nil)
    }

    @Test func `waits twice as long after each failure, up to a minute, and never less than half of it`() throws {
        for chance in UInt64(0)..<50 {
            var office = try Office(chance: chance &* 0x9e37_79b9_7f4a_7c15)
            var link = office.dial()[0].link
            for failures in 1...12 {
                office.fail(link)
                let bound = min(
                    ReplicationLimits.retryMillisecondsMin << UInt64(failures - 1),
                    ReplicationLimits.retryMillisecondsMax)
                guard case .waiting(let until) = office.uplinks.candidates[0].phase else { return }
                #expect((bound / 2...bound).contains(until - office.now), "after \(failures) failures")
                office.now = until
                link = try #require(office.dial().first { $0.seat == countySeat }).link
            }
        }
    }

    @Test func `does not come back in step with a hundred and fifty others`() throws {
        var random = Seed(1).generator
        let waits = try (0..<150).map { _ -> UInt64 in
            var office = try Office(chance: random.next())
            var link = office.dial()[0].link
            for _ in 1...5 {
                office.fail(link)
                guard case .waiting(let until) = office.uplinks.candidates[0].phase else { return 0 }
                office.now = until
                link = try #require(office.dial().first { $0.seat == countySeat }).link
            }
            office.fail(link)
            guard case .waiting(let until) = office.uplinks.candidates[0].phase else { return 0 }
            return until - office.now
        }
        // Over the upper half of 16 seconds: eight slots of a second, none of them empty or crowded.
        let slots = Dictionary(grouping: waits) { ($0 - 8_000) / 1_000 }.mapValues(\.count)
        #expect((0..<8).allSatisfy { (6...40).contains(slots[UInt64($0)] ?? 0) }, "\(slots)")
    }

    @Test func `gives up a dial that leads to nothing in half a minute`() throws {
        var office = try Office()
        let link = office.dial()[0].link
        #expect(office.uplinks.alarm() == ReplicationLimits.dialMilliseconds)
        office.now = ReplicationLimits.dialMilliseconds - 1
        #expect(office.uplinks.overdue(at: office.now).isEmpty)
        office.now += 1
        #expect(office.uplinks.overdue(at: office.now) == [link])
        office.fail(link)
        #expect(office.uplinks.overdue(at: office.now).isEmpty)
        let isWanted = office.uplinks.connected(link)
        #expect(!isWanted, "an answer that comes now comes too late")
    }

    @Test func `asks others where its parent drops it again and again, however well it streams in between`() throws {
        var office = try Office()
        var link = office.dial()[0].link
        var others = Set<DivisionCode>()
        for round in 1...10 {
            _ = office.stream(link)
            office.now += ReplicationLimits.steadyMilliseconds - 1
            office.fail(link)
            #expect(office.uplinks.candidates[0].failures == round)
            var again: LinkID?
            while again == nil {
                for dial in try office.next() {
                    if dial.seat == countySeat {
                        again = dial.link
                    } else {
                        others.insert(dial.seat)
                        office.fail(dial.link)
                    }
                }
            }
            link = try #require(again)
        }
        #expect(others.contains(citySeat))
    }

    @Test func `starts afresh after a link that held`() throws {
        var office = try Office()
        var link = office.dial()[0].link
        for _ in 1...10 {
            _ = office.stream(link)
            office.now += ReplicationLimits.steadyMilliseconds
            office.fail(link)
            #expect(office.uplinks.candidates[0].failures == 1)
            let dials = try office.next()
            #expect(dials.map(\.seat) == [countySeat])
            link = dials[0].link
        }
    }
}
