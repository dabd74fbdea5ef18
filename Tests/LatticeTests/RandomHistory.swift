import Divisions
import Lattice
import Ledger
import Simulation
import Support

/// Everything several writers wrote about two records: true, stale, forged and senseless citations among it.
struct RandomHistory {
    /// One edit and the record it touches.
    struct Placed {
        let record: RecordID
        let write: Write
        var citation: Citation { Citation(dot: write.dot, check: write.check) }
        var key: FieldKey { FieldKey(name: write.edit.field, type: write.edit.type) }
    }

    /// One entry as merging takes it.
    struct Arrival {
        let entry: EntryID
        let writes: [Placed]
    }

    static let records = ["a", "b"].map {
        RecordID(home: "4401", flow: .up, kind: "case", naturalKey: $0)
    }

    private static let fields = [
        FieldKey(name: "phone", type: .register), FieldKey(name: "phone", type: .set),
        FieldKey(name: "name", type: .register), FieldKey(name: "tags", type: .set),
        FieldKey(name: "steps", type: .log), FieldKey(name: "hours", type: .counter),
        FieldKey(name: "exists", type: .exists), FieldKey(name: "also-exists", type: .exists),
    ]

    /// The entries of each stream in their order.
    private(set) var streams: [[Arrival]]
    private let lengths: [Int]
    private var written: [Placed] = []

    init(using rng: inout SeededGenerator) {
        let count = Int.random(in: 2...4, using: &rng)
        lengths = (0..<count).map { _ in Int.random(in: 1...7, using: &rng) }
        streams = lengths.map { _ in [] }
        var waiting = Array(streams.indices)
        while !waiting.isEmpty {
            let stream = rng.pick(waiting)
            let entry = EntryID(stream: Self.stream(stream), number: UInt64(streams[stream].count + 1))
            streams[stream].append(arrival(entry, using: &rng))
            if streams[stream].count == lengths[stream] { waiting.removeAll { $0 == stream } }
        }
    }

    /// All entries in a random order that keeps each stream in its own.
    func anyOrder(using rng: inout SeededGenerator) -> [Arrival] {
        var next = streams.map { $0[...] }
        var order: [Arrival] = []
        while true {
            let waiting = next.indices.filter { !next[$0].isEmpty }
            guard !waiting.isEmpty else { return order }
            order.append(next[rng.pick(waiting)].removeFirst())
        }
    }

    // MARK: What is written

    private static func stream(_ number: Int) -> StreamID {
        StreamID(Digest(tag: 255, UInt64(number) &* 0x9e37_79b9_7f4a_7c15, 0, 0, 0))
    }

    /// The check of any entry, written or not, so that even what is still to come can be cited truly.
    private static func check(_ entry: EntryID) -> UInt64 {
        var generator = SeededGenerator(state: entry.stream.digest.check &+ entry.number)
        return generator.next()
    }

    private mutating func arrival(_ entry: EntryID, using rng: inout SeededGenerator) -> Arrival {
        let (stamp, level) = (UInt64.random(in: 0...5, using: &rng), rng.pick(Level.allCases))
        let own = (0..<Int.random(in: 1...3, using: &rng)).map { index in
            let record = rng.chance(80) ? Self.records[0] : Self.records[1]
            let edit = edit(record, using: &rng)
            let write = Write(
                dot: Dot(stream: entry.stream, number: entry.number, index: UInt32(index)), check: Self.check(entry),
                edit: edit, value: value(edit, using: &rng), stamp: stamp, level: level)
            return Placed(record: record, write: write)
        }
        written += own
        return Arrival(entry: entry, writes: own)
    }

    private func edit(_ record: RecordID, using rng: inout SeededGenerator) -> Edit {
        let field = rng.pick(Self.fields)
        let isRemoval = rng.chance(25)
        var replaces = citations(record, isRemoval && field.type == .exists ? nil : field, using: &rng)
        if isRemoval, field.type == .exists, rng.chance(50) {
            replaces = Set(written.filter { $0.record == record && rng.chance(80) }.map(\.citation)).union(replaces)
        }
        let value: Value =
            field.type == .counter || rng.chance(30)
            ? .integer(.random(in: -2...2, using: &rng)) : .text(rng.pick(["甲", "乙", "丙"]))
        return Edit(
            kind: record.kind, record: record.key, field: field.name, type: field.type,
            content: isRemoval || field.type == .exists ? nil : .plain(value), isRemoval: isRemoval,
            replaces: Array(replaces), after: Array(citations(record, field, using: &rng)))
    }

    private func value(_ edit: Edit, using rng: inout SeededGenerator) -> Write.Held {
        guard case .plain(let value) = edit.content else { return .none }
        return rng.chance(10) ? .erased : rng.chance(20) ? .personal(value) : .plain(value)
    }

    private func citations(
        _ record: RecordID, _ field: FieldKey?, using rng: inout SeededGenerator
    ) -> Set<Citation> {
        let near = written.filter { $0.record == record && (field == nil || $0.key == field) }
        return Set((0..<Int.random(in: 0...3, using: &rng)).map { _ in citation(near.map(\.citation), using: &rng) })
    }

    private func citation(_ near: [Citation], using rng: inout SeededGenerator) -> Citation {
        let dice = Int.random(in: 0..<100, using: &rng)
        if dice < 55, !near.isEmpty { return rng.pick(near) }
        if dice < 65, !written.isEmpty { return rng.pick(written.map(\.citation)) }
        if dice < 75, !near.isEmpty { return Citation(dot: rng.pick(near).dot, check: rng.next()) }
        let stream = Int.random(in: 0..<lengths.count + 1, using: &rng)
        let last = stream < lengths.count ? lengths[stream] : 3
        let number = UInt64(Int.random(in: 1...last + (dice < 95 ? 0 : 2), using: &rng))
        let entry = EntryID(stream: Self.stream(stream), number: number)
        let dot = Dot(stream: entry.stream, number: number, index: .random(in: 0...2, using: &rng))
        return Citation(dot: dot, check: dice < 97 ? Self.check(entry) : rng.next())
    }
}
