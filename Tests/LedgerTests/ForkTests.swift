import Divisions
import Ledger
import Simulation
import Support
import Testing

/// A writer that was copied, as a memory snapshot resumed twice: both copies go on under the same numbers.
@Suite struct `A writer that contradicts itself` {
    var one: Hearing
    var other: Hearing
    let head: StreamHead
    let common: [JudgedEntry]

    init() throws {
        var hearing = try Hearing()
        (head, common) = try hearing.begin()
        (one, other) = (hearing, hearing)
    }

    private func proof(_ left: SealedRun, _ right: SealedRun) throws -> ForkProof {
        try #require(ForkProof(left, right, suite: 255))
    }

    private func isValid(_ proof: ForkProof) -> Bool { proof.isValid(for: head.opening, notary: TestNotary()) }

    private func head(at entry: JudgedEntry, forkedAfter limit: UInt64? = nil) -> StreamHead {
        StreamHead(
            stream: head.stream, opening: head.opening, seat: head.seat, number: entry.id.number, hash: entry.hash,
            stamp: entry.header.stamp, forkedAfter: limit)
    }

    @Test mutating func `diverges under one number`() {
        let (left, right) = (one.write("乙"), other.write("丙"))
        let run = other.writer.seal(right)
        #expect(one.judge.judge(run, head: head(at: left[0]), knownHash: left[0].hash) == .diverged(first: 3))
    }

    @Test mutating func `diverges where its branch goes further than ours`() {
        let left = one.write("乙")
        let right = other.write("丙") + other.write("丁")
        let run = other.writer.seal(right)
        #expect(one.judge.judge(run, head: head(at: left[0]), knownHash: nil) == .diverged(first: 3))
        let next = other.writer.seal([right[1]])
        #expect(one.judge.judge(next, head: head(at: left[0]), knownHash: nil) == .diverged(first: 4))
    }

    @Test mutating func `is proven by two sealed branches that part at one number`() throws {
        let (left, right) = (one.writer.seal(one.write("乙")), other.writer.seal(other.write("丙", isPersonal: true)))
        let proof = try proof(left, right)
        #expect(isValid(proof))
        #expect(proof.common == 2)
        #expect(proof.stream == head.stream)
    }

    @Test mutating func `is proven alike by whoever finds it, and without personal values`() throws {
        let (left, right) = (one.writer.seal(one.write("乙")), other.writer.seal(other.write("丙", isPersonal: true)))
        #expect(try proof(left, right) == proof(right, left))
        #expect(try proof(left, right).left.entries.allSatisfy { $0.body.isEmpty })
        #expect(try proof(left, right).right.entries.allSatisfy { $0.body.isEmpty })
    }

    @Test func `is proven at its very first entry, where nothing is common`() throws {
        let opening = head.opening
        func first(stamp: UInt64) -> SealedRun {
            let header = EntryHeader(
                number: 1, previous: opening.stream.digest, stamp: stamp, tree: one.tree.version,
                payload: .opening(opening, seat: Hearing.town, certificates: []))
            return testRun(opening.stream, first: 1, [testEntry(header, in: opening.stream)], key: opening.key)
        }
        let proof = try proof(first(stamp: 1), first(stamp: 2))
        #expect(isValid(proof))
        #expect(proof.common == 0)
    }

    @Test mutating func `is not proven by one branch twice`() throws {
        let run = one.writer.seal(one.write("乙"))
        #expect(!isValid(try proof(run, run)))
    }

    @Test mutating func `is not proven by a branch someone else sealed`() throws {
        let left = one.writer.seal(one.write("乙"))
        let forged = testRun(
            head.stream, first: 3, other.write("丙").map(\.entry), key: TestNotary.key(seat: "440783"))
        #expect(!isValid(try proof(left, forged)))
        #expect(!isValid(try proof(forged, left)))
    }

    @Test mutating func `is not proven where the branches share no entry before`() throws {
        let left = one.writer.seal(one.write("乙"))
        _ = other.write("丙")
        let later = other.write("丁")[0]
        let shifted = EntryHeader(
            number: 3, previous: later.header.previous, stamp: later.header.stamp, tree: later.header.tree,
            payload: later.header.payload)
        #expect(!isValid(try proof(left, one.run(shifted, in: head.stream))))
    }

    @Test mutating func `is not proven by runs of two streams or two numbers`() throws {
        let (left, right) = (one.write("乙"), other.write("丙") + other.write("丁"))
        #expect(ForkProof(one.writer.seal(left), other.writer.seal([right[1]]), suite: 255) == nil)
        var stranger = try Hearing(nonce: 2)
        _ = try stranger.begin()
        #expect(ForkProof(one.writer.seal(left), stranger.writer.seal(stranger.write("乙")), suite: 255) == nil)
    }

    @Test mutating func `counts only up to the last common entry, though a run goes beyond it`() throws {
        let right = other.write("丙") + other.write("丁")
        let limited = head(at: common[1], forkedAfter: 3)
        guard
            case .accepted(let fresh, let reached) = one.judge.judge(
                other.writer.seal(right), head: limited, knownHash: nil)
        else { throw Unexpected.verdict }
        #expect(fresh == right)
        #expect(reached.number == 3)
        #expect(reached.hash == right[0].hash)
        #expect(reached.forkedAfter == 3)
    }

    @Test mutating func `has nothing to add once the last common entry is here`() {
        let right = other.write("丙")
        let limited = head(at: common[1], forkedAfter: 2)
        #expect(one.judge.judge(other.writer.seal(right), head: limited, knownHash: nil) == .alreadyKnown)
    }
}
