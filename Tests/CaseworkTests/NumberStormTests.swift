import Casework
import Ledger
import Testing

/// A machine that numbers documents while it crashes, is restored and loses its witness, and a superior that leases.
private struct NumberStorm {
    /// What a backup holds.
    struct Store {
        var used: Set<Int> = []
        var blocks: [RecordID: NumberBlock] = [:]
        /// The machine that this store belonged to last.
        var former: String?
    }

    var chance: SeededChance
    var store = Store()
    var backups: [Store] = []
    /// What neighbours have: everything that was ever committed, no matter what a restored store forgot.
    var neighbours = Store()
    var disk: NumberWitness?
    var superior = NumberWitness(chance: (9, 9))
    // The process.
    var handed: Set<Int> = []
    var returned: Set<Int> = []
    /// On paper or on a screen: what must never be there twice.
    var seen: [Int] = []

    init(seed: UInt64) { chance = SeededChance(seed: seed) }

    var blocks: [NumberBlock] { store.blocks.values.sorted { $0.first < $1.first } }
    var known: Set<Int> { store.used.union(handed) }

    mutating func start() {
        (handed, returned) = ([], [])
        let witness = disk ?? NumberWitness(chance: (chance.next(), chance.next()))
        disk = witness
        let former = store.former == witness.machine ? nil : store.former
        for found in NumberDesk.voids(
            blocks: blocks, used: [NumberFixture.series: store.used], witness: witness, former: former)
        {
            change(found.block) { block in
                block.voidFrom = found.from
                block.explanations += found.explanations
            }
        }
        store.former = witness.machine
    }

    private mutating func change(_ id: RecordID, _ body: (inout NumberBlock) -> Void) {
        guard var block = store.blocks[id] else { return }
        body(&block)
        store.blocks[id] = block
        neighbours.blocks[id] = block
    }

    /// Takes a number; the process may end at any point of it.
    mutating func take() {
        guard let witness = disk else { return }
        let result = NumberDesk.next(
            of: NumberFixture.series, blocks: blocks, used: known, returned: returned, witness: witness,
            for: NumberFixture.holder())
        guard case .success(let taking) = result else { return ask(witness) }
        if chance.below(12) == 0 { return start() }
        disk = taking.witness
        if chance.below(12) == 0 { return start() }
        let ordinal = taking.number.ordinal
        handed.insert(ordinal)
        returned.remove(ordinal)
        if chance.below(10) == 0 {
            // The step was refused before anybody saw the number.
            returned.insert(ordinal)
            return
        }
        seen.append(ordinal)
        if chance.below(12) == 0 { return start() }
        store.used.insert(ordinal)
        neighbours.used.insert(ordinal)
    }

    private mutating func ask(_ witness: NumberWitness) {
        let had = blocks.count { $0.machines.contains(witness.machine) }
        let request = NumberFixture.request(witness.machine, count: 1 + chance.below(8), had: had)
        let held = neighbours.blocks.values.sorted { $0.first < $1.first }
        guard
            let lease = NumberDesk.lease(
                for: request, sign: NumberFixture.sign, blocks: held, witness: superior)
        else { return arrive() }
        superior = lease.witness
        neighbours.blocks[lease.block.record] = lease.block
        if chance.below(3) > 0 { store.blocks[lease.block.record] = lease.block }
    }

    /// What a restored store forgot comes back from neighbours.
    private mutating func arrive() {
        store.used.formUnion(neighbours.used)
        store.blocks.merge(neighbours.blocks) { mine, theirs in
            var merged = mine
            merged.voidFrom = [mine.voidFrom, theirs.voidFrom].compactMap { $0 }.min()
            merged.explanations = Array(Set(mine.explanations + theirs.explanations)).sorted { $0.text < $1.text }
            return merged
        }
    }

    mutating func step() {
        switch chance.below(30) {
        case 0: start()
        case 1: backups.append(store)
        case 2:
            if !backups.isEmpty {
                store = backups[chance.below(backups.count)]
                start()
            }
        case 3:
            disk = nil
            start()
        case 4: arrive()
        default: take()
        }
    }
}

private struct SeededChance {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}

struct NumberStormTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `no number is seen twice, whenever the process ends and whatever is restored or lost`(block: UInt64) {
        for seed in block * 12..<(block + 1) * 12 {
            var storm = NumberStorm(seed: seed)
            storm.start()
            for _ in 0..<200 { storm.step() }
            #expect(Set(storm.seen).count == storm.seen.count, "seed \(seed): \(storm.seen)")
            #expect(storm.seen.count > 20, "seed \(seed): numbers went out all the same")
            #expect(NumberDesk.overlaps(Array(storm.neighbours.blocks.values)).isEmpty)
        }
    }

    @Test func `without the witness a restored store would give numbers twice`() {
        var duplicates = 0
        for seed in 1...20 as ClosedRange<UInt64> {
            var storm = NumberStorm(seed: seed)
            storm.start()
            for _ in 0..<200 {
                // What a witness inside the backed up store would come to: it says what the store says.
                storm.step()
                for block in storm.blocks where storm.disk?.marks[block.record] != nil {
                    let highest = storm.known.filter { block.contains($0) }.max()
                    storm.disk?.marks[block.record] = highest.map { .init(ordinal: $0, holder: NumberFixture.holder()) }
                }
            }
            duplicates += storm.seen.count - Set(storm.seen).count
        }
        #expect(duplicates > 0, "the storm is strong enough to find what the witness is for")
    }
}
