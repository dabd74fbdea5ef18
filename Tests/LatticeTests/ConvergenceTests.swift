import Lattice
import Ledger
import Simulation
import Support
import Testing

/// A replica that takes entries as they come.
private struct Replica {
    var states: [RecordState] = RandomHistory.records.map { RecordState(id: $0) }
    var references = RandomHistory.records.map { ReferenceRecord(id: $0) }
    var heads: [StreamID: UInt64] = [:]

    mutating func take(_ arrival: RandomHistory.Arrival) {
        let heads = heads
        for placed in arrival.writes {
            guard let place = RandomHistory.records.firstIndex(of: placed.record) else { continue }
            states[place].apply(placed.write) { heads[$0, default: 0] }
            references[place].writes.append(placed.write)
        }
        self.heads[arrival.entry.stream] = arrival.entry.number
        for place in references.indices { references[place].heads = self.heads }
    }

    var normalised: [RecordState] {
        let heads = heads
        return states.map { $0.normalised { heads[$0, default: 0] } }
    }
}

@Suite struct `A record is a function of the set of its edits` {
    /// 125 seeds of 80 histories: 10,000 random histories, each in three orders of arrival.
    @Test(arguments: Seed.some(125))
    func `every order of arrival ends in the state and view of the reference`(seed: Seed) {
        var rng = seed.generator
        for _ in 0..<80 {
            let history = RandomHistory(using: &rng)
            var ends: [[RecordState]] = []
            for _ in 0..<3 {
                var replica = Replica()
                for arrival in history.anyOrder(using: &rng) { replica.take(arrival) }
                let end = replica.normalised
                ends.append(end)
                guard ends.count == 1 else { continue }
                for (state, reference) in zip(end, replica.references) {
                    #expect(StateSummary(state) == StateSummary(reference))
                    #expect(ViewSummary(state.view) == ViewSummary(reference))
                }
            }
            #expect(ends[0] == ends[1])
            #expect(ends[0] == ends[2])
        }
    }

    @Test(arguments: Seed.some(50))
    func `after every single entry the state is that of the reference`(seed: Seed) {
        var rng = seed.generator
        for _ in 0..<10 {
            var replica = Replica()
            for arrival in RandomHistory(using: &rng).anyOrder(using: &rng) {
                replica.take(arrival)
                for (state, reference) in zip(replica.normalised, replica.references) {
                    #expect(StateSummary(state) == StateSummary(reference))
                    #expect(ViewSummary(state.view) == ViewSummary(reference))
                }
            }
        }
    }

    @Test(arguments: Seed.some(50))
    func `normalising, storing and reading on the way changes nothing`(seed: Seed) throws {
        var rng = seed.generator
        for _ in 0..<10 {
            let order = RandomHistory(using: &rng).anyOrder(using: &rng)
            var (through, straight) = (Replica(), Replica())
            for arrival in order {
                straight.take(arrival)
                through.take(arrival)
                if rng.chance(50) { through.states = through.normalised }
                through.states = try through.states.map { try RecordState(id: $0.id, encoded: $0.encoded()) }
            }
            #expect(through.normalised == straight.normalised)
        }
    }

    /// The orders differ in what they leave behind, or comparing normalised states would prove little.
    @Test func `the random histories hold what merging has to cope with`() {
        var rng = Seed(1).generator
        var (owed, conflicts, removed, invisible) = (0, 0, 0, 0)
        for _ in 0..<200 {
            var replica = Replica()
            for arrival in RandomHistory(using: &rng).anyOrder(using: &rng) {
                replica.take(arrival)
                owed += replica.states.count { !$0.owed.isEmpty || $0.fields.contains { !$0.owed.isEmpty } }
            }
            for view in replica.states.map(\.view) {
                if !view.isVisible { invisible += 1 }
                if view.conflicts.contains(.removedWhileEdited) { removed += 1 }
                if view.conflicts.contains(where: { $0 != .removedWhileEdited }) { conflicts += 1 }
            }
        }
        #expect(owed > 100)
        #expect(conflicts > 20)
        #expect(removed > 20)
        #expect(invisible > 5)
    }
}
