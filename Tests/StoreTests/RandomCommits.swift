import Divisions
import Lattice
import Ledger
import Replication
import Simulation
import Support

/// Commits as three offices might make them: two writers, three places, known and unknown kinds, every type of field,
/// citations of what is seen, of what was never there and of what is not here yet, removals, and a fork now and then.
struct RandomCommits {
    var world: StoreWorld
    var rng: SeededGenerator
    private let places = [
        countyCases, provinceNotices, StreamPlace(home: "440781", flow: .upUrgent),
        StreamPlace(home: "440783102", flow: .up),
    ]

    init(_ seed: Seed) throws {
        world = try StoreWorld(seats: ["44", "4407"])
        rng = seed.generator
    }

    mutating func next() -> Commit {
        var commit = Commit()
        if rng.chance(12), fork(&commit) { return commit }
        if rng.chance(15), !world.states.isEmpty { recompute(&commit) }
        for _ in 0..<Int.random(in: 1...2, using: &rng) {
            let writer = Int.random(in: 0..<2, using: &rng)
            var place = rng.pick(places)
            // The city does not write for the province.
            if writer == 1, place.home == "44" { place = countyCases }
            if let stream = world.writers[writer].heads[place]?.stream, world.heads[stream]?.forkedAfter != nil {
                continue
            }
            let entries = (0..<Int.random(in: 1...3, using: &rng)).map { _ in
                (0..<Int.random(in: 1...5, using: &rng)).map { _ in draft(at: place) }
            }
            world.add(writer, at: place, entries, to: &commit)
        }
        return commit
    }

    private mutating func record(at place: StreamPlace) -> RecordID {
        let kind = rng.pick(["test-note", "test-note", "plain", "unknown-kind"])
        return RecordID(
            home: place.home, flow: place.flow, kind: kind, key: RecordKey(7, UInt64.random(in: 0..<5, using: &rng)))
    }

    private mutating func draft(at place: StreamPlace) -> EditDraft {
        let id = record(at: place)
        if rng.chance(15) { return .create(id) }
        if rng.chance(8) { return .remove(id, seen: world.state(id).seenByRemoval) }
        let field = rng.pick(noteKind.fields + [Field("unknown", chinese: "未知", english: "Unknown")])
        var replaces = rng.chance(60) && field.type != .log ? world.seen(id, field.name, field.type) : []
        if rng.chance(5), field.type != .log {
            let stranger = StreamID(Digest.of(255, rng.bytes(8)))
            replaces.append(Citation(dot: Dot(stream: stranger, number: 3, index: 0), check: rng.next()))
        }
        let value = value(for: field)
        return .set(id, field.name, value, field.type, replaces: replaces, isPersonal: field.isPersonal)
    }

    private mutating func value(for field: Field) -> Value {
        if rng.chance(5) { return .integer(Int64.random(in: -9...9, using: &rng)) }
        switch field.value {
        case .text: return .text(rng.pick(["", "罚款五百元", "责令改正", "Café \"x\" \\ \n", "行政处罚法", "a b c"]))
        case .integer: return .integer(Int64.random(in: -1_000...1_000, using: &rng))
        case .boolean: return .boolean(rng.chance(50))
        case .bytes: return .bytes(rng.bytes(Int.random(in: 0...5, using: &rng)))
        case .record: return .record(plain(UInt64.random(in: 0..<3, using: &rng)))
        }
    }

    private mutating func recompute(_ commit: inout Commit) {
        let record = rng.pick(world.states.keys.sorted())
        let heads = world.heads
        let state = world.state(record).normalised { heads[$0]?.number ?? 0 }
        world.states[record] = state
        commit.changes.append(Commit.Change(state: state))
        commit.recomputed.append(record)
    }

    /// The process of one stream is resumed twice and goes on twice; one branch is here, the other comes as a proof.
    private mutating func fork(_ commit: inout Commit) -> Bool {
        let writer = Int.random(in: 0..<2, using: &rng)
        let open = world.writers[writer].heads.keys.sorted().filter { place in
            world.writers[writer].heads[place].map { world.heads[$0.stream]?.forkedAfter == nil } ?? false
        }
        guard !open.isEmpty else { return false }
        let place = rng.pick(open)
        guard var head = world.writers[writer].heads[place] else { return false }
        var clone = world.writers[writer]
        let other = clone.seal(clone.write([draft(at: place)], to: place, tree: world.tree.version, now: world.now + 7))
        let drafts = (0..<Int.random(in: 1...3, using: &rng)).map { _ in [draft(at: place)] }
        let entries = drafts.flatMap {
            world.writers[writer].write($0, to: place, tree: world.tree.version, now: world.now + 9)
        }
        let own = world.writers[writer].seal(entries)
        guard let proof = ForkProof(own, other, suite: head.opening.suite) else { return false }
        head.forkedAfter = head.number
        commit.arrived = world.now
        commit.runs.append(Commit.Run(entries: entries, head: head, signature: own.signature))
        commit.forks.append(Commit.Fork(proof: proof, head: head))
        world.heads[head.stream] = head
        return true
    }
}
