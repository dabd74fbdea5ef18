import Divisions
import Ledger

/// What one neighbour still has to be sent, and what it has been sent and not yet confirmed.
///
/// Each lane first works off its backfill (streams that comparing found behind) and then follows the store's own
/// order of commits from where comparing began. Nothing is held in memory but places: entries are read when there is
/// room on the line, so a slow neighbour costs no memory.
struct Outbound: Sendable {
    /// Part of one stream that the neighbour lacks.
    struct Backfill: Hashable, Sendable {
        let stream: StreamID
        var next: UInt64
        let through: UInt64
    }

    /// A batch on its way.
    struct InFlight: Sendable {
        let sequence: UInt64
        let bytes: Int
        let lane: Lane
        /// Where the lane's cursor stands once the batch is durable; `nil` for backfill.
        let cursor: UInt64?
        let sentAt: UInt64
        /// What the neighbour had of each stream in it, as far as is known, before it left.
        let starts: [StreamID: UInt64]
        /// Bytes that were unreceived when it left, itself included: what the line had to carry before its receipt.
        let queued: Int
    }

    private(set) var backfill: [Lane: [Backfill]] = [:]
    private(set) var cursors: [Lane: UInt64]
    private(set) var durableCursors: [Lane: UInt64]
    /// How far the neighbour is known or about to be in each stream that moved on this link.
    private(set) var peerHeads: [StreamID: UInt64] = [:]
    private var rewinds: [StreamID: Int] = [:]
    private(set) var sent: [InFlight] = []
    private(set) var received: UInt64 = 0
    private(set) var durable: UInt64 = 0
    private(set) var windowBytes = ReplicationLimits.windowBytesStart
    private(set) var progressAt: UInt64 = 0
    private(set) var lastSequence: UInt64 = 0

    init(from position: UInt64) {
        cursors = [.urgent: position, .ordinary: position]
        durableCursors = cursors
    }

    /// Continues where an earlier link to the same process of the neighbour was last durably acknowledged.
    init(resuming point: ResumePoint) {
        cursors = point.cursors
        durableCursors = point.cursors
        peerHeads = point.peerHeads
    }

    /// Where the next link between the same two processes can go on; `nil` if it had better compare.
    func resumePoint(token: [UInt8], received: UInt64) -> ResumePoint? {
        guard !hasBackfill, rewinds.isEmpty, sent.allSatisfy({ $0.cursor != nil || $0.lane == .files }) else {
            return nil
        }
        // What is in flight may be lost; what was confirmed, or came from the neighbour itself, is not told again.
        var heads = peerHeads
        for batch in sent { heads.merge(batch.starts) { min($0, $1) } }
        return ResumePoint(
            token: token, sent: lastSequence, received: received, acknowledged: durable, cursors: durableCursors,
            peerHeads: heads)
    }

    var unreceivedBytes: Int { sent.lazy.filter { $0.sequence > received }.reduce(0) { $0 + $1.bytes } }
    var undurableBytes: Int { sent.reduce(0) { $0 + $1.bytes } }
    /// Whether entries are under way: parts of files are nothing that the neighbour's records wait for.
    var hasEntriesInFlight: Bool { sent.contains { $0.lane != .files } }
    /// Up to which position of the store the neighbour is known to have durably what it should, but for backfill.
    var durableFrom: UInt64 { durableCursors.values.min() ?? 0 }
    var hasBackfill: Bool { backfill.values.contains { !$0.isEmpty } }

    /// Whether another batch may leave now.
    var hasRoom: Bool {
        unreceivedBytes < windowBytes && undurableBytes < windowBytes + ReplicationLimits.unsealedBytesMax
    }

    /// Whether a part of a file may leave now, after everything else: half of the window at most, so that what is urgent
    /// waits for a second of files and no more; and one part alone as long as the line has not shown what it carries.
    var hasRoomForFiles: Bool {
        received == 0 ? sent.isEmpty : unreceivedBytes + fileSliceBytes <= max(windowBytes / 2, fileSliceBytes)
    }

    /// Bytes of one part of a file.
    var fileSliceBytes: Int {
        received == 0 ? ReplicationLimits.batchBytesMin : min(batchBytes, ReplicationLimits.fileChunkBytes)
    }

    /// A sixteenth of two seconds of the line, so that the urgent lane never waits long behind a batch.
    var batchBytes: Int {
        min(max(windowBytes / 16, ReplicationLimits.batchBytesMin), ReplicationLimits.batchBytesMax)
    }

    // MARK: What we learn of the neighbour

    mutating func peerStands(_ stream: StreamID, at number: UInt64, of head: StreamHead) {
        peerHeads[stream] = max(peerHeads[stream] ?? 0, number)
        enqueue(stream, from: number + 1, through: head.number, lane: Lane(head.flow))
    }

    /// Entries that came over this very link need not go back.
    mutating func peerSent(_ stream: StreamID, through number: UInt64) {
        peerHeads[stream] = max(peerHeads[stream] ?? 0, number)
    }

    /// The neighbour could not take what we sent of a stream and names where to go on from.
    mutating func peerRewound(_ stream: StreamID, to number: UInt64, of head: StreamHead) {
        rewinds[stream, default: 0] += 1
        guard rewinds[stream, default: 0] <= ReplicationLimits.rewindsPerStreamMax else { return }
        peerHeads[stream] = number
        let lane = Lane(head.flow)
        backfill[lane]?.removeAll { $0.stream == stream }
        enqueue(stream, from: number + 1, through: head.number, lane: lane)
    }

    private mutating func enqueue(_ stream: StreamID, from next: UInt64, through: UInt64, lane: Lane) {
        guard next <= through else { return }
        guard backfill[lane]?.contains(where: { $0.stream == stream }) != true else { return }
        backfill[lane, default: []].append(Backfill(stream: stream, next: next, through: through))
    }

    // MARK: Sending

    /// What the next piece of work in a lane is.
    enum Work: Sendable {
        case stream(Backfill)
        case log(after: UInt64)
    }

    func work(in lane: Lane, lastPosition: UInt64) -> Work? {
        if let first = backfill[lane]?.first { return .stream(first) }
        guard let cursor = cursors[lane], cursor < lastPosition else { return nil }
        return .log(after: cursor)
    }

    /// - Parameter isSealed: whether a seal covers all of it. Where a stream ended in a fork the last seal lies beyond
    ///   the last entry that counts, and without it the neighbour could take none of the run.
    mutating func backfillRead(_ lane: Lane, through number: UInt64, isSealed: Bool) {
        guard var first = backfill[lane]?.first else { return }
        first.next = number + 1
        peerHeads[first.stream] = max(peerHeads[first.stream] ?? 0, number)
        if first.next > first.through, isSealed {
            backfill[lane]?.removeFirst()
        } else {
            backfill[lane]?[0] = first
        }
    }

    /// Gives up a stream that the store has nothing more of.
    mutating func backfillEnded(_ lane: Lane) { backfill[lane]?.removeFirst() }

    /// Which of the entries read from the log the neighbour does not have yet; they count as sent from here on.
    mutating func take(_ entries: [LoggedEntry]) -> [LoggedEntry] {
        entries.filter { entry in
            guard entry.id.number > peerHeads[entry.id.stream] ?? 0 else { return false }
            peerHeads[entry.id.stream] = entry.id.number
            return true
        }
    }

    mutating func logRead(_ lane: Lane, through position: UInt64) {
        cursors[lane] = position
        if !sent.contains(where: { $0.lane == lane }) { durableCursors[lane] = position }
    }

    mutating func batchLeft(
        bytes: Int, lane: Lane, cursor: UInt64?, starts: [StreamID: UInt64], at now: UInt64
    ) -> UInt64 {
        if sent.isEmpty { progressAt = now }
        lastSequence += 1
        let batch = InFlight(
            sequence: lastSequence, bytes: bytes, lane: lane, cursor: cursor, sentAt: now, starts: starts,
            queued: unreceivedBytes + bytes)
        sent.append(batch)
        return lastSequence
    }

    /// - Returns: `false` if the neighbour confirms what was never sent.
    mutating func acknowledged(received: UInt64, durable: UInt64, at now: UInt64) -> Bool {
        guard received <= lastSequence, durable <= received, received >= self.received, durable >= self.durable else {
            return false
        }
        // Repeating the last one is no progress: whoever only does that is as good as silent.
        if received > self.received || durable > self.durable { progressAt = now }
        if received > self.received, let last = sent.last(where: { $0.sequence <= received }) { measure(last, now) }
        (self.received, self.durable) = (received, durable)
        for batch in sent where batch.sequence <= durable {
            if let cursor = batch.cursor { durableCursors[batch.lane] = max(durableCursors[batch.lane] ?? 0, cursor) }
        }
        sent.removeAll { $0.sequence <= durable }
        if !hasEntriesInFlight { durableCursors = cursors }
        return true
    }

    /// Two seconds of the line, as this receipt shows it.
    private mutating func measure(_ batch: InFlight, _ now: UInt64) {
        let elapsed = max(now - min(batch.sentAt, now), 1)
        let window = UInt64(batch.queued) * ReplicationLimits.windowMilliseconds / elapsed
        let bounded = min(
            UInt64(ReplicationLimits.windowBytesMax), max(UInt64(ReplicationLimits.windowBytesMin), window))
        // A line that was not full shows only what was asked of it: grow at most twofold a receipt.
        windowBytes = min(Int(bounded), windowBytes * 2)
    }
}

/// The resume points of one process, by neighbour.
package struct ResumePoints: Sendable {
    var of: [DivisionCode: ResumePoint] = [:]
}

/// How far an earlier link got, as long as both processes live.
struct ResumePoint: Hashable, Sendable {
    /// Names the link that ended.
    let token: [UInt8]
    /// Batches sent on it, received durably on it, and known to be durable at the other side.
    let sent: UInt64
    let received: UInt64
    let acknowledged: UInt64
    let cursors: [Lane: UInt64]
    let peerHeads: [StreamID: UInt64]

    /// Whether what the other side says of the ended link fits what we know of it: one that was rolled back to a
    /// snapshot has received or sent less than we have proof of.
    func fits(_ greeting: Greeting) -> Bool {
        greeting.remembers == token && greeting.received >= acknowledged && greeting.sent >= received
    }
}
