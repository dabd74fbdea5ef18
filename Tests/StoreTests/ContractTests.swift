import Divisions
import Lattice
import Ledger
import Replication
import Store
import Simulation
import Support
import Testing

/// What every store must do, told once and run against each.
enum AnyStore: String, CaseIterable, CustomTestStringConvertible {
    case memory, sqlite

    var testDescription: String { rawValue }

    func with(_ body: (any Storing) throws -> Void) throws {
        switch self {
        case .memory: try body(MemoryStore())
        case .sqlite:
            let folder = TemporaryFolder()
            try withExtendedLifetime(folder) { try body(SQLiteStore(path: folder.file(), kinds: testKinds)) }
        }
    }
}

@Suite struct ContractTests {
    @Test(arguments: AnyStore.allCases)
    func `an empty store holds nothing`(_ kind: AnyStore) throws {
        try kind.with { (store) throws in
            #expect(try store.heads().isEmpty)
            #expect(try store.lastPosition() == 0)
            #expect(try store.record(note(1)) == nil)
            #expect(try store.history(of: note(1)).isEmpty)
            #expect(try store.log(lane: .ordinary, after: 0, bytesMax: 1_000).isEmpty)
            #expect(try store.dirtyRecords(limit: 10).isEmpty)
        }
    }

    @Test(arguments: AnyStore.allCases)
    func `what was committed is read back, bytes and all`(_ kind: AnyStore) throws {
        var world = try StoreWorld()
        let commit = world.commit(
            at: countyCases, [[.create(note(1)), .set(note(1), "secret", .text("张"), isPersonal: true)]])
        try kind.with { (store) throws in
            try store.commit(commit)
            let run = try #require(commit.runs.first)
            #expect(try store.heads() == [run.head])
            #expect(try store.lastPosition() == 2)
            #expect(try store.record(note(1)) == world.state(note(1)))
            let log = try store.log(lane: .ordinary, after: 0, bytesMax: .max)
            #expect(log.map(\.entry) == run.entries.map(\.entry))
            #expect(log.map(\.position) == [1, 2])
            #expect(log.map(\.signature) == [nil, run.signature])
            #expect(log.allSatisfy { $0.arrived == commit.arrived && $0.home == "440781" && $0.flow == .up })
            for entry in run.entries { #expect(try store.hash(of: entry.id) == entry.hash) }
            #expect(try store.hash(of: EntryID(stream: run.head.stream, number: 3)) == nil)
            #expect(try store.history(of: note(1)).map(\.id.number) == [2])
        }
    }

    @Test(arguments: AnyStore.allCases)
    func `a lane is read in commit order, without the other lane, up to so many bytes`(_ kind: AnyStore) throws {
        var world = try StoreWorld()
        try kind.with { (store) throws in
            for number in 1...6 as ClosedRange<UInt64> {
                try store.commit(world.commit(at: countyCases, [[.create(note(number))]]))
                try store.commit(world.commit(at: provinceNotices, [[.create(plain(number))]]))
            }
            let urgent = try store.log(lane: .urgent, after: 0, bytesMax: .max)
            #expect(urgent.count == 7)
            #expect(urgent.allSatisfy { $0.flow == .downUrgent })
            #expect(urgent.map(\.position) == urgent.map(\.position).sorted())
            let ordinary = try store.log(lane: .ordinary, after: 0, bytesMax: .max)
            #expect(urgent.count + ordinary.count == 14)
            #expect(try store.log(lane: .ordinary, after: 0, bytesMax: 1).count == 1)
            #expect(try store.log(lane: .ordinary, after: 0, bytesMax: 0).count == 1)
            let two = ordinary.prefix(2).reduce(0) { $0 + $1.entry.byteCount }
            #expect(try store.log(lane: .ordinary, after: 0, bytesMax: two).count == 2)
            #expect(try store.log(lane: .ordinary, after: 0, bytesMax: two + 1).count == 3)
            let rest = try store.log(lane: .ordinary, after: ordinary[3].position, bytesMax: .max)
            #expect(rest == Array(ordinary[4...]))
            #expect(try store.log(lane: .ordinary, after: .max, bytesMax: .max).isEmpty)
            #expect(try store.log(lane: .control, after: 0, bytesMax: .max).isEmpty)
        }
    }

    @Test(arguments: AnyStore.allCases)
    func `a stream is read from a number on`(_ kind: AnyStore) throws {
        var world = try StoreWorld()
        try kind.with { (store) throws in
            try store.commit(world.commit(at: countyCases, (1...4).map { [.create(note($0))] }))
            let stream = try #require(store.heads().first).stream
            #expect(try store.entries(of: stream, from: 1, bytesMax: .max).map(\.id.number) == [1, 2, 3, 4, 5])
            #expect(try store.entries(of: stream, from: 4, bytesMax: .max).map(\.id.number) == [4, 5])
            #expect(try store.entries(of: stream, from: 2, bytesMax: 1).map(\.id.number) == [2])
            #expect(try store.entries(of: stream, from: 6, bytesMax: .max).isEmpty)
            #expect(try store.entries(of: StreamID(.zero), from: 1, bytesMax: .max).isEmpty)
        }
    }

    /// Three entries under one seal, the fork after the first of them: all three are needed to prove that one.
    @Test(arguments: AnyStore.allCases)
    func `beyond a fork a stream is read to the seal that covers its last counted entry`(_ kind: AnyStore) throws {
        var world = try StoreWorld()
        try kind.with { (store) throws in
            try store.commit(world.commit(at: countyCases, [[.create(note(1))]]))
            var head = try #require(store.heads().first)
            try store.commit(world.commit(at: countyCases, (2...4).map { [.create(note($0))] }))
            try store.commit(world.commit(at: countyCases, [[.create(note(5))]]))
            let kept = try store.entries(of: head.stream, from: 3, bytesMax: .max)
            head.number = 3
            head.hash = try #require(try store.hash(of: kept[0].id))
            head.forkedAfter = 3
            let own = SealedRun(
                stream: head.stream, first: 4, entries: kept[1...2].map(\.entry), signature: kept[2].signature ?? [])
            let proof = try #require(ForkProof(own, own, suite: head.opening.suite))
            var fork = Commit()
            fork.forks = [Commit.Fork(proof: proof, head: head)]
            try store.commit(fork)

            #expect(try store.heads() == [head])
            #expect(try store.forkProof(of: head.stream) == proof)
            #expect(try store.entries(of: head.stream, from: 1, bytesMax: .max).map(\.id.number) == [1, 2, 3, 4, 5])
            #expect(try store.entries(of: head.stream, from: 6, bytesMax: .max).isEmpty)
            #expect(try store.log(lane: .ordinary, after: 0, bytesMax: .max).map(\.id.number) == [1, 2, 3, 4, 5, 6])
            #expect(try store.dirtyRecords(limit: 10) == [note(3), note(4), note(5)])
            #expect(try store.dirtyRecords(limit: 2) == [note(3), note(4)])
            #expect(try store.history(of: note(5)).count == 1)

            var recomputed = Commit()
            recomputed.changes = [Commit.Change(state: RecordState(id: note(4)))]
            recomputed.recomputed = [note(4)]
            try store.commit(recomputed)
            #expect(try store.dirtyRecords(limit: 10) == [note(3), note(5)])
            #expect(try store.record(note(4)) == nil)
            #expect(try store.history(of: note(4)).count == 1)
        }
    }

    @Test(arguments: AnyStore.allCases)
    func `a record that only evidence touches has a history and no state`(_ kind: AnyStore) throws {
        var world = try StoreWorld()
        try kind.with { (store) throws in
            try store.commit(world.commit(at: countyCases, [[.create(note(1))]]))
            var head = try #require(store.heads().first)
            head.forkedAfter = 2
            let late = world.commit(at: countyCases, [[.create(note(9))]])
            let run = try #require(late.runs.first)
            var commit = Commit()
            commit.runs = [Commit.Run(entries: run.entries, head: head, signature: run.signature)]
            try store.commit(commit)
            #expect(try store.heads() == [head])
            #expect(try store.record(note(9)) == nil)
            #expect(try store.history(of: note(9)).map(\.id.number) == [3])
        }
    }

    @Test(arguments: AnyStore.allCases)
    func `a state that owes what is not here yet is kept`(_ kind: AnyStore) throws {
        var world = try StoreWorld()
        let missing = StreamID(Digest.of(255, [1]))
        let citation = Citation(dot: Dot(stream: missing, number: 4, index: 2), check: 7)
        let commit = world.commit(at: countyCases, [[.set(note(1), "title", .text("b"), replaces: [citation])]])
        try kind.with { (store) throws in
            try store.commit(commit)
            #expect(try store.record(note(1)) == world.state(note(1)))
            #expect(try store.record(note(1))?.fields.first?.owed == [citation])
            #expect(try store.heads().count == 1)
        }
    }
}

@Suite struct ComparisonTests {
    @Test(arguments: Seed.some(40))
    func `both stores answer alike after any commits, and the file's rows are those of its log`(seed: Seed) throws {
        var commits = try RandomCommits(seed)
        let folder = TemporaryFolder()
        let memory = MemoryStore()
        var file = try SQLiteStore(path: folder.file(), kinds: testKinds)
        for round in 1...12 {
            let commit = commits.next()
            try memory.commit(commit)
            try file.commit(commit)
            if round.isMultiple(of: 5) {
                try file.close()
                file = try SQLiteStore(path: folder.file(), kinds: testKinds)
            }
            if round.isMultiple(of: 3) { try compare(memory, file, using: &commits.rng) }
        }
        try compare(memory, file, using: &commits.rng)
        let report = try file.reader.verify(
            notary: TestNotary(), trees: [commits.world.tree.version: commits.world.tree])
        #expect(report.faults.isEmpty)
        #expect(report.entries == Int(try memory.lastPosition()))
        withExtendedLifetime(folder) {}
    }

    private func compare(_ left: MemoryStore, _ right: SQLiteStore, using rng: inout SeededGenerator) throws {
        let heads = try left.heads()
        #expect(try right.heads() == heads)
        #expect(try right.reader.heads() == heads)
        let last = try left.lastPosition()
        #expect(try right.lastPosition() == last)
        for lane in Lane.allCases {
            let after = UInt64.random(in: 0...last, using: &rng)
            let bytesMax = Int.random(in: 0...2_000, using: &rng)
            let ours = try left.log(lane: lane, after: after, bytesMax: bytesMax)
            #expect(try right.log(lane: lane, after: after, bytesMax: bytesMax) == ours)
        }
        for head in heads {
            let number = UInt64.random(in: 0...head.number + 2, using: &rng)
            let bytesMax = Int.random(in: 0...2_000, using: &rng)
            let ours = try left.entries(of: head.stream, from: number, bytesMax: bytesMax)
            #expect(try right.entries(of: head.stream, from: number, bytesMax: bytesMax) == ours)
            #expect(try right.forkProof(of: head.stream) == left.forkProof(of: head.stream))
            let entry = EntryID(stream: head.stream, number: number)
            #expect(try right.hash(of: entry) == left.hash(of: entry))
        }
        for state in left.records {
            #expect(try right.record(state.id) == state)
            #expect(try right.history(of: state.id) == left.history(of: state.id))
        }
        #expect(try right.dirtyRecords(limit: 1_000) == left.dirtyRecords(limit: 1_000))
        #expect(try right.dirtyRecords(limit: 2) == left.dirtyRecords(limit: 2))
    }
}
