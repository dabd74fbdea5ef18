import Divisions
import Ledger
package import Replication

/// What it costs stays within what was promised: the size of frames, what a reconnection takes, what is under way, what
/// a machine remembers; and nothing goes twice over one connection.
package final class BoundsChecker: Checker {
    package let name = "bounds"
    package let chinese = "帧的大小、重连的开销、在途的数据量都在承诺的限度之内，同一连接上没有内容重复发送。"
    package let english =
        "Frames, reconnections and what is under way stay within their limits; nothing is sent twice on one connection."

    /// A reconnection with nothing new: frames and bytes until it streams.
    package static let idleFramesMax = 4
    package static let idleBytesMax = 4_096
    /// What may be under way on one link and not yet durable: a full window, runs that wait for their seal, and the
    /// batch that went over.
    package static let inFlightBytesMax =
        ReplicationLimits.windowBytesMax + ReplicationLimits.unsealedBytesMax + ReplicationLimits.batchBytesMax
        + Limits.entryBytesMax
    /// Every so many batches the sender's links are looked at.
    private static let batchesPerLook: UInt64 = 64

    /// What went over one connection so far.
    private final class Traffic {
        let connection: World.Connection
        /// Whether both ends held the same when it came to be, and how many commits each had made by then.
        let beganEqual: Bool
        let commits: (lower: UInt64, upper: UInt64)
        var up = Way()
        var down = Way()
        /// What each greeting says its sender holds.
        var roots: (lower: Digest?, upper: Digest?) = (nil, nil)
        /// Whether the lower end goes on where it was.
        var resumes = false
        /// Frames until both ends stream, and their bytes; new entries that go meanwhile are not counted.
        var opening = (frames: 0, bytes: 0)
        var isBegun = false
        /// Whether the line, or a liar, has changed or added anything.
        var isTampered = false

        init(_ connection: World.Connection, beganEqual: Bool, commits: (UInt64, UInt64)) {
            (self.connection, self.beganEqual, self.commits) = (connection, beganEqual, commits)
        }

        /// Whether the greetings say that both ends hold the same.
        var isIdle: Bool { roots.lower != nil && roots.lower == roots.upper }

        var isOver: Bool { !connection.isOpen(at: connection.lower) && !connection.isOpen(at: connection.upper) }
    }

    /// One direction of it.
    private struct Way {
        private var lastBatch: UInt64 = 0
        /// The last entry of each stream that was sent.
        private var sent: [StreamID: UInt64] = [:]
        /// From which entry on the other end has asked for a stream again.
        private var rewinds: [StreamID: UInt64] = [:]

        /// - Returns: the first entry that went before and was not asked for again.
        mutating func take(_ view: FrameView) -> EntryID? {
            guard let batch = view.sequence, batch > lastBatch else { return nil }
            lastBatch = batch
            var again: EntryID?
            for part in view.parts where part.count > 0 {
                let last = part.first + UInt64(part.count) - 1
                guard let before = sent[part.stream], part.first <= before else {
                    sent[part.stream] = last
                    continue
                }
                if let rewind = rewinds.removeValue(forKey: part.stream), rewind <= part.first {
                    sent[part.stream] = last
                } else {
                    again = again ?? EntryID(stream: part.stream, number: part.first)
                    sent[part.stream] = max(before, last)
                }
            }
            return again
        }

        mutating func rewind(_ part: FrameView.Part) { rewinds[part.stream] = part.first }
    }

    private let reader: FrameReader
    private var traffic: [Int: Traffic] = [:]
    private var trafficMax = 64
    private var commits: [UInt64] = []
    private var batches: UInt64 = 0
    private var forked = Set<StreamID>()
    /// What was sent twice, the first of each stream: right where it turns out to be forked.
    private var twice: [StreamID: String] = [:]
    private var wrongs = Inspection()

    init(reading reader: FrameReader) { self.reader = reader }

    package convenience init() { self.init(reading: FrameReader()) }

    // MARK: Connections

    package func connected(_ connection: World.Connection, in world: World) {
        forgetEnded()
        let (lower, upper) = (connection.lower, connection.upper)
        let own = lower.performer?.inspect { $0.digest(of: lower.seat) }
        let theirs = upper.performer?.inspect { $0.digest(of: lower.seat) }
        traffic[connection.number] = Traffic(
            connection, beganEqual: own != nil && own == theirs, commits: (commits(of: lower), commits(of: upper)))
        checkLinks(of: upper, in: world)
    }

    /// Bounded by what is open, not by what ever was.
    private func forgetEnded() {
        guard traffic.count >= trafficMax else { return }
        traffic = traffic.filter { !$0.value.isOver }
        trafficMax = max(64, traffic.count * 2)
    }

    private func checkLinks(of machine: World.Machine, in world: World) {
        // The core takes as many as it may from below and refuses one more; it dials its own.
        let most = ReplicationLimits.linksMax + 1 + world.tree.uplinks(of: machine.seat).count
        if machine.links.count > most {
            wrongs.add("\(machine.name) has \(machine.links.count) links, at most \(most)")
        }
    }

    package func told(_ event: Replication.Event, by machine: World.Machine, in world: World) {
        guard case .greeted(let link, _, let resumes) = event, let connection = machine.links[link],
            let traffic = traffic[connection.number], !traffic.isTampered
        else { return }
        defer { judgeOpening(traffic) }
        guard machine === connection.lower else { return }
        let isUndisturbed =
            traffic.commits == (commits(of: connection.lower), commits(of: connection.upper)) && traffic.beganEqual
        if isUndisturbed, !resumes {
            wrongs.add("\(connection.ends) compare although both hold the same")
        }
        traffic.resumes = resumes
    }

    /// Counts what goes before both ends stream.
    private func open(_ view: FrameView, _ bytes: Int, goesUp: Bool, _ traffic: Traffic) {
        guard !traffic.isBegun else { return }
        if view.kind == .greeting {
            if goesUp { traffic.roots.lower = view.root } else { traffic.roots.upper = view.root }
        }
        if view.kind == .comparison, traffic.isIdle {
            wrongs.add("\(traffic.connection.ends) compare although they greeted as equal")
        }
        // Who asks whether an earlier process still lives, or warns of two machines, says nothing of what is held.
        if ![.batch, .acknowledgement, .probe, .alarm].contains(view.kind) {
            traffic.opening.frames += 1
            traffic.opening.bytes += bytes
        }
        judgeOpening(traffic)
    }

    private func judgeOpening(_ traffic: Traffic) {
        guard !traffic.isBegun, traffic.connection.streams else { return }
        traffic.isBegun = true
        guard traffic.isIdle || traffic.resumes else { return }
        wrongs.looked += 1
        let (frames, bytes) = traffic.opening
        if frames > Self.idleFramesMax || bytes > Self.idleBytesMax {
            wrongs.add(
                "\(traffic.connection.ends) took \(frames) frames and \(bytes) bytes to begin with nothing to compare")
        }
    }

    package func committed(_ commit: Commit, at machine: World.Machine, in world: World) {
        while commits.count <= machine.index { commits.append(0) }
        commits[machine.index] += 1
        for fork in commit.forks { forked.insert(fork.head.stream) }
    }

    private func commits(of machine: World.Machine) -> UInt64 {
        machine.index < commits.count ? commits[machine.index] : 0
    }

    // MARK: Frames

    package func sent(
        _ frame: [UInt8], from: World.Machine, to: World.Machine, connection: World.Connection, arrival: UInt64,
        in world: World
    ) {
        wrongs.looked += 1
        if frame.count > ReplicationLimits.frameBytesMax, !world.isForging {
            wrongs.add("\(from.name) sent \(to.name) a frame of \(frame.count) bytes")
        }
        guard let traffic = traffic[connection.number], !traffic.isTampered else { return }
        let quality = world.lines.quality(connection.lower.name, connection.upper.name)
        guard !world.isForging, quality.damages == 0, quality.duplicates == 0 else {
            traffic.isTampered = true
            return
        }
        guard let view = reader.view(of: frame) else { return }
        let goesUp = from === connection.lower
        open(view, frame.count, goesUp: goesUp, traffic)
        switch view.kind {
        case .batch:
            if let entry = goesUp ? traffic.up.take(view) : traffic.down.take(view), twice[entry.stream] == nil {
                twice[entry.stream] = "\(from.name) sent \(entry) to \(to.name) twice on one connection"
            }
            checkFlight(of: from)
        case .have:
            // What is asked for again may be sent again.
            guard let rewind = view.rewind else { return }
            if goesUp { traffic.down.rewind(rewind) } else { traffic.up.rewind(rewind) }
        default: break
        }
    }

    private func checkFlight(of machine: World.Machine) {
        batches += 1
        guard batches.isMultiple(of: Self.batchesPerLook) else { return }
        look(at: machine.status(), of: machine.name, &wrongs)
    }

    private func look(at links: [LinkStatus], of name: String, _ verdict: inout Inspection) {
        for link in links where link.inFlightBytes > Self.inFlightBytesMax {
            verdict.add("\(name) has \(link.inFlightBytes) bytes under way to \(link.peer?.text ?? "a stranger")")
        }
        for link in links where link.windowBytes > ReplicationLimits.windowBytesMax {
            verdict.add("\(name) has a window of \(link.windowBytes) bytes to \(link.peer?.text ?? "a stranger")")
        }
    }

    // MARK: Judging

    package func verdict(on world: World) throws -> Inspection {
        var verdict = wrongs
        for stream in twice.keys.sorted() where !forked.contains(stream) {
            if let finding = twice[stream] { verdict.add(finding) }
        }
        for machine in world.running {
            verdict.looked += 1
            look(at: machine.status(), of: machine.name, &verdict)
            if machine.events.count > World.Machine.eventsMax {
                verdict.add("\(machine.name) remembers \(machine.events.count) events")
            }
        }
        return verdict
    }
}

extension World.Connection {
    fileprivate var ends: String { "\(lower.name) and \(upper.name)" }

    /// Whether both ends have greeted and compared.
    fileprivate var streams: Bool {
        [lower, upper].allSatisfy { end in
            let link = link(at: end)
            return isOpen(at: end) && end.status().contains { $0.link == link && $0.phase == .streaming }
        }
    }
}
