import Divisions
import Lattice
import Ledger
import Simulation
import Support
import Testing

@Suite struct `The stored form of a record` {
    private func states(_ seed: Seed, histories: Int) -> [RecordState] {
        var rng = seed.generator
        var states: [RecordState] = []
        for _ in 0..<histories {
            var heads: [StreamID: UInt64] = [:]
            var state = RecordState(id: RandomHistory.records[0])
            for arrival in RandomHistory(using: &rng).anyOrder(using: &rng) {
                let before = heads
                for placed in arrival.writes where placed.record == state.id {
                    state.apply(placed.write) { before[$0, default: 0] }
                }
                heads[arrival.entry.stream] = arrival.entry.number
            }
            states.append(state)
        }
        return states
    }

    @Test(arguments: Seed.some(20))
    func `is read back as it was written`(seed: Seed) throws {
        for state in states(seed, histories: 20) {
            #expect(try RecordState(id: state.id, encoded: state.encoded()) == state)
        }
    }

    @Test(arguments: Seed.some(20))
    func `is refused when cut at any byte or with a byte more`(seed: Seed) {
        for state in states(seed, histories: 2) {
            let bytes = state.encoded()
            for end in bytes.indices {
                #expect(throws: Malformed.self) { try RecordState(id: state.id, encoded: Array(bytes[..<end])) }
            }
            #expect(throws: Malformed.self) { try RecordState(id: state.id, encoded: bytes + [0]) }
        }
    }

    @Test(arguments: Seed.some(20))
    func `with bytes changed is refused or is the one form of another record`(seed: Seed) {
        var rng = seed.generator
        for state in states(seed, histories: 4) {
            for _ in 0..<100 {
                var bytes = state.encoded()
                for _ in 0..<Int.random(in: 1...3, using: &rng) {
                    bytes[Int.random(in: bytes.indices, using: &rng)] = UInt8.random(in: .min ... .max, using: &rng)
                }
                if let read = try? RecordState(id: state.id, encoded: bytes) { #expect(read.encoded() == bytes) }
            }
        }
    }

    @Test func `counts that promise more than there is are refused`() {
        let id = RandomHistory.records[0]
        for bytes in [
            [1, 0xff, 0xff, 0xff, 0xff, 0x0f], [1, 0, 0, 0x80, 0x80, 1], [1, 0, 0, 0], [2, 0, 0, 0, 0], [],
        ] as [[UInt8]] {
            #expect(throws: Malformed.self) { try RecordState(id: id, encoded: bytes) }
        }
    }

    @Test func `of an untouched record is five bytes`() throws {
        let state = RecordState(id: RandomHistory.records[0])
        #expect(state.encoded() == [1, 0, 0, 0, 0])
        #expect(try RecordState(id: state.id, encoded: [1, 0, 0, 0, 0]) == state)
    }

    @Test func `costs five bytes a field beside its name and value, once its stream and entry are told`() {
        let id = RandomHistory.records[0]
        let stream = StreamID(Digest(tag: 255, 1, 2, 3, 4))
        func size(fields: Int) -> Int {
            var state = RecordState(id: id)
            for index in 0..<fields {
                let edit = Edit(
                    kind: id.kind, record: id.key, field: "field-\(index)", type: .register,
                    content: .plain(.text("abcd")))
                state.apply(
                    Write(
                        dot: Dot(stream: stream, number: 9, index: UInt32(index)), check: 7, edit: edit,
                        value: .plain(.text("abcd")), stamp: 1_700_000_000_000, level: .county)
                ) { _ in 8 }
            }
            return state.encoded().count
        }
        let (name, value) = (1 + 7, 2 + 4)
        #expect(size(fields: 2) - size(fields: 1) == name + value + 5)
        #expect(size(fields: 1) <= 60 + name + value)
    }
}
