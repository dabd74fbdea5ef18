import Divisions
import Ledger
import Simulation
import Support
import Testing

@testable import Replication

/// What a link holds in memory on the way in.
@Suite struct `Runs that come in pieces` {
    @Test(arguments: Seed.some(100))
    func `are put together again, whatever else comes between`(seed: Seed) throws {
        var random = seed.generator
        let streams = (0..<4).map { _ in RandomFrame.stream(&random) }
        var waiting: [[Piece]] = []
        var expected: [StreamID: [SealedRun]] = [:]
        for stream in streams {
            var pieces: [Piece] = []
            var next: UInt64 = 1
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let entries = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                    Entry(header: random.bytes(20), body: [])
                }
                let seal = random.bytes(32)
                expected[stream, default: []].append(
                    SealedRun(stream: stream, first: next, entries: entries, signature: seal))
                pieces += cut(entries, of: stream, from: next, seal, &random)
                next += UInt64(entries.count)
            }
            waiting.append(pieces)
        }
        var inbound = Inbound()
        var sequence: UInt64 = 0
        var (runs, open): ([StreamID: [SealedRun]], [StreamID: UInt64]) = ([:], [:])
        while waiting.contains(where: { !$0.isEmpty }) {
            sequence += 1
            var batch: [Piece] = []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<waiting.count, using: &random)
                guard !waiting[place].isEmpty else { continue }
                let piece = waiting[place].removeFirst()
                batch.append(piece)
                open[piece.stream] = piece.signature == nil ? open[piece.stream] ?? sequence : nil
            }
            for run in try inbound.take(sequence: sequence, pieces: batch) { runs[run.stream, default: []].append(run) }
            #expect(inbound.owesAcknowledgement)
            let durable = (open.values.min() ?? sequence + 1) - 1
            let told = inbound.acknowledgement()
            #expect(told == (sequence, durable), "nothing under an open seal is durable")
        }
        #expect(runs == expected)
    }

    private func cut(
        _ entries: [Entry], of stream: StreamID, from first: UInt64, _ seal: [UInt8], _ random: inout SeededGenerator
    ) -> [Piece] {
        var pieces: [Piece] = []
        var rest = entries[...]
        while !rest.isEmpty {
            let part = rest.prefix(Int.random(in: 1...5, using: &random))
            let isLast = part.endIndex == entries.endIndex
            pieces.append(
                Piece(
                    stream: stream, first: first + UInt64(part.startIndex), entries: Array(part),
                    signature: isLast ? seal : nil))
            rest = rest.dropFirst(part.count)
        }
        return pieces
    }

    @Test func `begin anew where the sender was sent back`() throws {
        var random = Seed(1).generator
        let stream = RandomFrame.stream(&random)
        let entries = (0..<4).map { _ in Entry(header: random.bytes(20), body: []) }
        var inbound = Inbound()
        let begun = Piece(stream: stream, first: 3, entries: Array(entries[2...]), signature: nil)
        let none = try inbound.take(sequence: 1, pieces: [begun])
        #expect(none.isEmpty)
        #expect(inbound.durableSequence == 0)
        let whole = Piece(stream: stream, first: 1, entries: entries, signature: [7])
        let runs = try inbound.take(sequence: 2, pieces: [whole])
        #expect(runs == [SealedRun(stream: stream, first: 1, entries: entries, signature: [7])])
        #expect(inbound.durableSequence == 2)
    }
}

/// What a link has in flight on the way out.
@Suite struct `The window of a link` {
    /// A line that carries so many bytes a millisecond, and a neighbour that stores at once.
    private func send(_ total: Int, over bytesPerMillisecond: Int, latency: UInt64) -> (outbound: Outbound, worst: Int)
    {
        var outbound = Outbound(from: 0)
        var (now, lineFree, left, worst): (UInt64, UInt64, Int, Int) = (0, 0, total, 0)
        var arriving: [(at: UInt64, sequence: UInt64)] = []
        while left > 0 {
            while left > 0, outbound.hasRoom {
                let bytes = min(outbound.batchBytes, left)
                left -= bytes
                let sequence = outbound.batchLeft(
                    bytes: bytes, lane: .ordinary, cursor: UInt64(total - left), starts: [:], at: now)
                lineFree = max(lineFree, now) + UInt64(bytes / bytesPerMillisecond)
                arriving.append((lineFree + latency, sequence))
                worst = max(worst, outbound.unreceivedBytes - outbound.windowBytes - outbound.batchBytes)
            }
            let next = arriving.removeFirst()
            now = max(now, next.at)
            let isKnown = outbound.acknowledged(received: next.sequence, durable: next.sequence, at: now)
            #expect(isKnown)
        }
        return (outbound, worst)
    }

    @Test(arguments: [8, 125, 1_000, 2_000])
    func `comes to about two seconds of the line`(bytesPerMillisecond: Int) {
        let (outbound, worst) = send(20_000_000, over: bytesPerMillisecond, latency: 20)
        let twoSeconds = 2_000 * bytesPerMillisecond
        #expect(outbound.windowBytes >= max(twoSeconds / 2, ReplicationLimits.windowBytesMin))
        #expect(outbound.windowBytes <= max(twoSeconds * 5 / 4, ReplicationLimits.windowBytesMin))
        #expect(worst <= 0, "more than a window and a batch were in flight")
    }

    @Test func `is bounded on the fastest line and on the slowest`() {
        #expect(send(50_000_000, over: 1_000_000, latency: 0).outbound.windowBytes == ReplicationLimits.windowBytesMax)
        #expect(send(1_000_000, over: 1, latency: 500).outbound.windowBytes == ReplicationLimits.windowBytesMin)
    }

    @Test(arguments: Seed.some(100))
    func `is never passed by more than one batch, whatever is acknowledged when`(seed: Seed) {
        var random = seed.generator
        var outbound = Outbound(from: 0)
        var now: UInt64 = 0
        for _ in 0..<500 {
            now += UInt64.random(in: 0...3_000, using: &random)
            if random.chance(60), outbound.hasRoom {
                let window = outbound.windowBytes
                let bytes = Int.random(in: 1...outbound.batchBytes + Limits.entryBytesMax, using: &random)
                _ = outbound.batchLeft(bytes: bytes, lane: .ordinary, cursor: nil, starts: [:], at: now)
                #expect(outbound.unreceivedBytes < window + bytes)
                #expect(outbound.undurableBytes < window + ReplicationLimits.unsealedBytesMax + bytes)
            } else {
                let received = UInt64.random(in: outbound.received...outbound.lastSequence, using: &random)
                let durable = UInt64.random(in: outbound.durable...received, using: &random)
                let before = outbound.windowBytes
                let isKnown = outbound.acknowledged(received: received, durable: durable, at: now)
                #expect(isKnown)
                #expect(outbound.windowBytes <= 2 * before)
            }
            #expect(
                (ReplicationLimits.windowBytesMin...ReplicationLimits.windowBytesMax).contains(outbound.windowBytes))
            #expect((ReplicationLimits.batchBytesMin...ReplicationLimits.batchBytesMax).contains(outbound.batchBytes))
        }
    }

    /// A link that resumes goes on behind what was confirmed as durable, in each lane, and skips nothing else.
    @Test(arguments: Seed.some(200))
    func `resumes at the last durable acknowledgement`(seed: Seed) throws {
        var random = seed.generator
        let first = UInt64.random(in: 0...50, using: &random)
        var outbound = Outbound(from: first)
        let lanes = (0...400).map { _ in random.pick([Lane.urgent, .ordinary]) }
        var sent: [(position: UInt64, lane: Lane, sequence: UInt64)] = []
        var now: UInt64 = 0
        for _ in 0..<120 {
            now += 10
            let lane = random.pick([Lane.urgent, .ordinary])
            if random.chance(60), outbound.hasRoom, case .log(let after) = outbound.work(in: lane, lastPosition: 400) {
                let page = (after + 1...400).filter { lanes[Int($0)] == lane }.prefix(
                    Int.random(in: 1...5, using: &random))
                guard let last = page.last else {
                    outbound.logRead(lane, through: 400)
                    continue
                }
                // Some pages hold nothing that the neighbour needs.
                if random.chance(70) {
                    let sequence = outbound.batchLeft(bytes: 100, lane: lane, cursor: last, starts: [:], at: now)
                    sent += page.map { ($0, lane, sequence) }
                }
                outbound.logRead(lane, through: last)
            } else {
                let received = UInt64.random(in: outbound.received...outbound.lastSequence, using: &random)
                let durable = UInt64.random(in: outbound.durable...received, using: &random)
                let isKnown = outbound.acknowledged(received: received, durable: durable, at: now)
                #expect(isKnown)
            }
            let point = try #require(outbound.resumePoint(token: [1], received: 0))
            for item in sent where item.position <= point.cursors[item.lane] ?? 0 {
                #expect(item.sequence <= outbound.durable, "position \(item.position) was not confirmed")
            }
            let unconfirmed = sent.filter { $0.sequence > outbound.durable }
            if unconfirmed.isEmpty { #expect(point.cursors == outbound.cursors, "what is confirmed is not sent again") }
            #expect(point.cursors.allSatisfy { $0.value >= first })
            #expect((point.sent, point.acknowledged) == (outbound.lastSequence, outbound.durable))
        }
    }

    @Test func `resumes without telling again what was confirmed or came from the neighbour`() throws {
        var make = RandomHeads(tree: try testTree(), seed: Seed(1))
        let (confirmed, theirs, lost) = (make.head().stream, make.head().stream, make.head().stream)
        var outbound = Outbound(from: 0)
        func entry(_ stream: StreamID, _ number: UInt64) -> LoggedEntry {
            LoggedEntry(
                position: number, id: EntryID(stream: stream, number: number), home: townSeat, flow: .up,
                entry: Entry(header: [], body: []), signature: nil, arrived: 0)
        }
        for (stream, number) in [(confirmed, UInt64(4)), (lost, 7)] {
            let taken = outbound.take([entry(stream, number)])
            #expect(taken.count == 1)
            _ = outbound.batchLeft(bytes: 9, lane: .ordinary, cursor: number, starts: [stream: number - 1], at: 1)
        }
        outbound.peerSent(theirs, through: 5)
        let isKnown = outbound.acknowledged(received: 2, durable: 1, at: 2)
        #expect(isKnown)
        let point = try #require(outbound.resumePoint(token: [1], received: 0))
        #expect(point.peerHeads == [confirmed: 4, theirs: 5, lost: 6])
        var next = Outbound(resuming: point)
        let again = next.take([entry(confirmed, 4), entry(theirs, 5), entry(lost, 7)])
        #expect(again.map(\.id.stream) == [lost])
    }

    @Test func `is not resumed while a stream is still being filled in or was sent back`() throws {
        var make = RandomHeads(tree: try testTree(), seed: Seed(1))
        var head = make.head()
        head.number = 5
        var filling = Outbound(from: 0)
        filling.peerStands(head.stream, at: 2, of: head)
        #expect(filling.resumePoint(token: [1], received: 0) == nil)
        var rewound = Outbound(from: 0)
        rewound.peerRewound(head.stream, to: 5, of: head)
        #expect(rewound.resumePoint(token: [1], received: 0) == nil)
    }

    @Test func `sends a stream back a few times and then leaves it to the next session`() throws {
        var make = RandomHeads(tree: try testTree(), seed: Seed(1))
        var head = make.head()
        head.number = 5
        var outbound = Outbound(from: 0)
        for round in 1...6 {
            outbound.peerRewound(head.stream, to: 2, of: head)
            let isFilling = outbound.hasBackfill
            #expect(isFilling == (round <= ReplicationLimits.rewindsPerStreamMax))
            outbound.backfillRead(Lane(head.flow), through: 5, isSealed: true)
        }
    }
}
