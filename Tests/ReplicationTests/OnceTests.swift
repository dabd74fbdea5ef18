import Divisions
import Ledger
import Simulation
import Support
import Testing

@testable import Replication

/// Watches every line of a world and counts what it carries.
private final class Tally {
    private struct Line: Hashable { let from, to: String }

    private struct Flight {
        var sent: [EntryID: Int] = [:]
        /// Sent on the present link and not yet confirmed as durable, by batch.
        var unconfirmed: [UInt64: [EntryID]] = [:]
        /// What an ended link left unconfirmed: may be sent once more.
        var excused: [EntryID: Int] = [:]
        var brokenAt: UInt64?
    }

    private var flights: [Line: Flight] = [:]
    private(set) var faults: [String] = []
    private(set) var again = 0
    var total: Int { flights.values.reduce(0) { $0 + $1.sent.values.reduce(0, +) } }

    /// Acknowledgements count when they must have arrived, `latency` after they left.
    private var confirmations: [(at: UInt64, line: Line, durable: UInt64)] = []

    func watch(_ from: String, _ to: String, _ frame: [UInt8], now: UInt64, latency: UInt64) {
        settle(now)
        let line = Line(from: from, to: to)
        switch try? Message(decoding: frame) {
        case .batch(let sequence, _, let pieces):
            for piece in pieces {
                for number in piece.first..<piece.next {
                    count(EntryID(stream: piece.stream, number: number), sequence, line, now, latency)
                }
            }
        case .acknowledgement(_, let durable):
            let back = Line(from: to, to: from)
            confirmations.append((now + latency, back, durable))
        case .greeting, .farewell: broke(now) { $0 == line || $0 == Line(from: to, to: from) }
        default: break
        }
    }

    /// Every line of a machine breaks: what is not confirmed by now will not be.
    func broke(_ machine: String, now: UInt64) { broke(now) { $0.from == machine || $0.to == machine } }

    private func broke(_ now: UInt64, where isBroken: (Line) -> Bool) {
        settle(now)
        confirmations.removeAll { isBroken($0.line) }
        for line in flights.keys where isBroken(line) {
            var flight = flights[line, default: Flight()]
            for id in flight.unconfirmed.values.joined() { flight.excused[id, default: 0] += 1 }
            flight.unconfirmed = [:]
            flight.brokenAt = now
            flights[line] = flight
        }
    }

    private func settle(_ now: UInt64) {
        for confirmation in confirmations where confirmation.at <= now {
            for sequence in flights[confirmation.line]?.unconfirmed.keys.filter({ $0 <= confirmation.durable }) ?? [] {
                flights[confirmation.line]?.unconfirmed[sequence] = nil
            }
        }
        confirmations.removeAll { $0.at <= now }
    }

    private func count(_ id: EntryID, _ sequence: UInt64, _ line: Line, _ now: UInt64, _ latency: UInt64) {
        var flight = flights[line, default: Flight()]
        if flight.sent[id] != nil {
            again += 1
            if flight.excused[id, default: 0] > 0 {
                flight.excused[id, default: 0] -= 1
            } else {
                faults.append("\(line.from) sent \(id) to \(line.to) again")
            }
        }
        flight.sent[id, default: 0] += 1
        // One side learns a moment later that the line is gone, and talks on into it until then.
        if let broken = flight.brokenAt, now <= broken + 2 * latency { flight.excused[id, default: 0] += 1 }
        flight.unconfirmed[sequence, default: []].append(id)
        flights[line] = flight
    }

    /// Entries that went both ways between two machines.
    var echoes: Int {
        flights.reduce(0) { sum, flight in
            let back = flights[Line(from: flight.key.to, to: flight.key.from)]?.sent ?? [:]
            return sum + flight.value.sent.keys.filter { back[$0] != nil }.count
        }
    }
}

@Suite struct `Over one line nothing goes twice` {
    private func world(_ seed: Seed, _ tally: Tally) throws -> World {
        let world = try World(tree: try testTree(), seed: seed)
        world.tampers = { [unowned world] from, to, frame in
            tally.watch(from, to, frame, now: world.now, latency: world.latency.upperBound)
            return frame
        }
        return world
    }

    private func write(_ world: World, _ number: UInt64, _ random: inout SeededGenerator) throws {
        let machine = random.pick(world.running)
        let home = random.pick(world.tree.subtree(of: machine.seat))
        let place = StreamPlace(home: home, flow: random.pick(Flow.allCases))
        for index in 0..<UInt64.random(in: 1...3, using: &random) {
            try world.write(machine.name, to: place, [draft(number * 10 + index, String(repeating: "x", count: 3_000))])
        }
    }

    @Test(arguments: Seed.some(5))
    func `while lines hold, and nothing comes back to where it came from`(seed: Seed) throws {
        let tally = Tally()
        let world = try world(seed, tally)
        var random = seed.generator
        try world.run(for: 2_000)
        for number in UInt64(1)...80 {
            try write(world, number, &random)
            try world.run(for: UInt64.random(in: 0...100, using: &random))
        }
        #expect(try world.settle(within: 60_000) == nil)
        #expect(tally.total > 500)
        #expect(tally.again == 0)
        #expect(tally.echoes == 0)
    }

    @Test(arguments: Seed.some(8))
    func `but for what was in flight when a line broke`(seed: Seed) throws {
        let tally = Tally()
        let world = try world(seed, tally)
        var random = seed.generator
        world.latency = 1...200
        for number in UInt64(1)...80 {
            try write(world, number, &random)
            try world.run(for: UInt64.random(in: 0...400, using: &random))
            switch Int.random(in: 0...9, using: &random) {
            case 0:
                let machine = random.pick(world.running).name
                world.isolate(machine)
                tally.broke(machine, now: world.now)
            case 1: world.heal()
            case 2:
                let machine = random.pick(world.running).name
                try world.restart(machine)
                tally.broke(machine, now: world.now)
            default: break
            }
        }
        world.heal()
        #expect(try world.settle(within: 300_000) == nil)
        #expect(tally.total > 200)
        #expect(tally.faults.isEmpty, "\(tally.faults.first ?? ""), and \(tally.faults.count) in all")
    }
}

@Suite struct `A neighbour that lost part of a stream on the way` {
    /// A line that loses one piece of a batch, as no TLS line does: the gap is named, and filled.
    @Test(arguments: Seed.some(10))
    func `names the gap and is sent the rest again`(seed: Seed) throws {
        let world = try World(tree: try testTree(), seed: seed)
        var lost = 0
        world.tampers = { from, _, frame in
            guard from == townSeat.text, lost == 0,
                case .batch(let sequence, let lane, let pieces) = try? Message(decoding: frame),
                sequence == 3
            else { return frame }
            lost += pieces.count
            return Message.batch(sequence: sequence, lane: lane, pieces: []).encoded
        }
        try world.run(for: 2_000)
        for number in UInt64(1)...6 {
            try world.write(townSeat.text, to: townCases, [draft(number, "edit \(number)")])
            try world.run(for: 200)
        }
        #expect(lost > 0)
        #expect(try world.settle(within: 30_000) == nil)
        let gaps = world.machine(countySeat.text).events.filter { if case .waiting = $0 { true } else { false } }
        #expect(!gaps.isEmpty)
    }
}
