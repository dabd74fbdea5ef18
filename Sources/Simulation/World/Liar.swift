import Divisions
import Lattice
import Ledger
import Replication

/// What a node with a valid certificate can put on a line that an honest core never would.
struct Liar {
    private var random: SeededGenerator
    private(set) var told = 0

    /// - Parameter random: whose next number it starts from, so that it draws otherwise than whoever it was copied from.
    init(random: SeededGenerator) {
        var random = random
        self.random = SeededGenerator(state: random.next())
    }

    mutating func tell(_ lie: Lie, from liar: World.Machine, to other: World.Machine, in world: World) throws {
        guard let connection = world.connection(between: liar, and: other), let store = liar.store,
            let performer = liar.performer
        else { return }
        told += 1
        let sequence = connection.nextSequence(from: liar)
        let batch = { (flow: Flow, run: SealedRun) in
            ForgedFrame.batch(sequence: sequence, lane: Lane(flow), runs: [run])
        }
        var writer = performer.inspect { $0.writer }
        let now = liar.clock.wall(at: world.now)
        switch lie {
        case .wrongSeal:
            let place = StreamPlace(home: liar.seat, flow: .up)
            var run = writer.forge("wrong seal", at: place, tree: world.tree.version, now: now)
            run = SealedRun(
                stream: run.stream, first: run.first, entries: run.entries, signature: random.bytes(run.signature.count)
            )
            world.inject(batch(.up, run), from: liar, to: other)
        case .foreignHome:
            let homes = world.tree.seats.map(\.division).filter { !world.tree.isAtOrBelow($0, liar.seat) }
            guard !homes.isEmpty else { return }
            let place = StreamPlace(home: random.pick(homes), flow: .down)
            let run = writer.forge("foreign home", at: place, tree: world.tree.version, now: now)
            world.inject(batch(.down, run), from: liar, to: other)
        case .fork:
            let place = StreamPlace(home: liar.seat, flow: .up)
            for words in ["one branch", "another branch"] {
                var branch = writer
                let run = branch.forge(words, at: place, tree: world.tree.version, now: now)
                world.inject(
                    ForgedFrame.batch(
                        sequence: connection.nextSequence(from: liar), lane: Lane(.up), runs: [run]),
                    from: liar, to: other)
            }
        case .strangersStream:
            let strangers = try store.heads().filter { $0.seat != liar.seat && $0.number > 0 }
            guard !strangers.isEmpty else { return }
            let head = random.pick(strangers)
            writer.heads[StreamPlace(home: head.home, flow: head.flow)] = head
            let place = StreamPlace(home: head.home, flow: head.flow)
            let run = writer.forge("in a stranger's name", at: place, tree: world.tree.version, now: now)
            world.inject(batch(head.flow, run), from: liar, to: other)
        case .replay:
            let frames = liar === connection.lower ? connection.recent.up : connection.recent.down
            if let frame = frames.first { world.inject(frame, from: liar, to: other) }
        case .boast:
            for head in try store.heads().prefix(8) {
                world.inject(ForgedFrame.have(head.stream, number: 1 << 63), from: liar, to: other)
            }
        case .noise: world.inject(random.bytes(64), from: liar, to: other)
        }
    }
}

extension World.Connection {
    /// The number of the next batch that the machine might send.
    fileprivate func nextSequence(from machine: World.Machine) -> UInt64 {
        (FrameView(machine === lower ? lastBatch.up : lastBatch.down)?.sequence ?? 0) &+ 1
    }
}

extension Writer {
    /// A sealed run with one more entry at the place, whatever anyone else thinks of it.
    fileprivate mutating func forge(
        _ words: String, at place: StreamPlace, tree: TreeVersion, now: UInt64
    ) -> SealedRun {
        let act = Ledger.Act(author: nil, division: place.home, body: "", change: RecordKey(now, 0))
        let draft = EditDraft(
            kind: "case", record: RecordKey(now, 1), field: "title", type: .register, value: .text(words))
        let entries = append(act, [draft], to: place, predecessor: nil, tree: tree, now: now)
        guard let last = entries.last else { preconditionFailure("an append without entries") }
        let message = Seal.message(stream: last.id.stream, number: last.id.number, hash: last.hash)
        return SealedRun(
            stream: last.id.stream, first: entries[0].id.number, entries: entries.map(\.entry),
            signature: TestNotary.signature(over: message, key: identity.key))
    }
}
