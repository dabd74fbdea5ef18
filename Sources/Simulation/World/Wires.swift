import Divisions
import Ledger
import Replication

/// What lies between machines: dialling, frames on their way, and all that can happen to a line.
extension World {
    /// Cuts every line between two machines until `mend` or `heal`.
    package func cut(_ one: String, _ other: String) { cut("\(one) \(other)", .between([one], [other])) }

    package func mend(_ one: String, _ other: String) {
        if !mend("\(one) \(other)") { mend("\(other) \(one)") }
    }

    /// Cuts a machine off from every other.
    package func isolate(_ name: String) { cut("around \(name)", .around([name])) }

    /// These lines carry nothing, and each connection over them is dead from now on.
    package func cut(_ name: String, _ group: Lines) {
        lines.cut(name, group)
        silence(group)
    }

    @discardableResult
    package func mend(_ name: String) -> Bool { lines.mend(name) }

    package func heal() { lines.heal() }

    package func shape(_ group: Lines, _ quality: LineQuality) { lines.shape(group, quality) }

    package func straighten() { lines.straighten() }

    /// Milliseconds that frames are on their way where no act says otherwise.
    package var latency: ClosedRange<UInt64> {
        get { lines.usual.latency }
        set { lines.usual.latency = newValue }
    }

    package func calmLines() { lines.calm() }

    /// Connections on these lines carry nothing any more, and neither end is told before it notices.
    package func silence(_ group: Lines) {
        for connection in open(on: group) where !connection.isSilent {
            connection.isSilent = true
            schedule(.noticed(connection), after: noticeMilliseconds)
        }
    }

    package func reset(_ group: Lines) {
        for connection in open(on: group) { breakDown(connection) }
    }

    private func open(on group: Lines) -> [Connection] {
        let group = LineGroup(group)
        var found: [Connection] = []
        for machine in machines {
            for link in machine.links.keys.sorted() {
                guard let connection = machine.links[link], connection.lower === machine,
                    group.contains(connection.lower.name, connection.upper.name)
                else { continue }
                found.append(connection)
            }
        }
        return found
    }

    /// The line lives, the connection does not, and both ends are told.
    private func breakDown(_ connection: Connection) {
        guard !connection.isSilent else { return }
        connection.isSilent = true
        schedule(.closed(connection, connection.lower, reason: "connection reset"), after: 0)
        schedule(
            .closed(connection, connection.upper, reason: "connection reset"),
            after: delay(connection.lower, connection.upper))
    }

    /// One end learns that the other has ended a connection. Over a line that carries nothing it learns nothing before it
    /// notices by itself.
    func tellEnd(of connection: Connection, to machine: Machine, reason: String) {
        guard connection.isOpen(at: machine), !connection.isSilent else { return }
        // What the other end had sent before it ended arrives first.
        let last = machine === connection.upper ? connection.lastArrival.up : connection.lastArrival.down
        let wait = max(delay(connection.lower, connection.upper), last - min(last, now))
        schedule(.closed(connection, machine, reason: reason), after: wait)
    }

    func dial(_ dialler: Machine, _ link: LinkID, _ seat: Seat) {
        guard dialler.isWriting else { return }
        guard let target = listening[seat.division], !lines.isCut(dialler.name, target.name) else {
            schedule(
                .refused(dialler, generation: dialler.generation, link, reason: "no answer"),
                after: Self.dialMilliseconds)
            return
        }
        guard target.isWriting else {
            hand(dialler, .linkClosed(link, reason: "connection refused"))
            return
        }
        target.accepted += 2
        connections += 1
        let far = LinkID(target.accepted)
        let connection = Connection(connections, lower: dialler, link, upper: target, far)
        dialler.links[link] = connection
        target.links[far] = connection
        trace.note(.link, at: now, dialler.index, UInt64(target.index))
        for watcher in watchers { watcher.connected(connection, in: self) }
        hand(target, .linkAccepted(far, division: dialler.seat))
        hand(dialler, .linkDialled(link, division: target.seat))
    }

    func carry(_ duty: LinkDuty, from machine: Machine) {
        switch duty {
        case .dial(let link, let seat):
            schedule(
                .dial(machine, generation: machine.generation, link, seat),
                after: delay(machine, listening[seat.division] ?? machine))
        case .close(let link, let reason):
            guard let connection = machine.links.removeValue(forKey: link) else { return }
            tellEnd(of: connection, to: connection.other(than: machine), reason: reason)
        case .send(let link, let frame):
            guard let connection = machine.links[link], !connection.isSilent else { return }
            send(frame, on: connection, from: machine)
        }
    }

    /// Puts a frame on a connection; what the line does to it is drawn here.
    func send(_ frame: [UInt8], on connection: Connection, from machine: Machine) {
        if Self.isReport(frame) {
            sendReport(frame, on: connection, from: machine)
            return
        }
        let quality = lines.quality(connection.lower.name, connection.upper.name)
        if random.chanceInTenThousand(quality.breaks) {
            breakDown(connection)
            return
        }
        let other = connection.other(than: machine)
        guard var carried = tampers.map({ $0(machine.name, other.name, frame) }) ?? frame else { return }
        if !carried.isEmpty, random.chanceInTenThousand(quality.damages) {
            damaged.formUnion([machine.index, other.index])
            carried[Int.random(in: 0..<carried.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
        connection.remember(carried, from: machine)
        let copies = random.chanceInTenThousand(quality.duplicates) ? 2 : 1
        for _ in 0..<copies {
            frames += 1
            frameBytes += UInt64(carried.count)
            let arrival = arrival(of: carried.count, on: connection, from: machine, quality)
            for watcher in watchers {
                watcher.sent(
                    carried, from: machine, to: other, connection: connection, arrival: arrival, in: self)
            }
            schedule(.frame(connection, to: other, carried), after: arrival - now)
        }
    }

    /// The machine is stepped for its reports at this moment, if not earlier.
    func report(_ machine: Machine, at time: UInt64) {
        if let pending = machine.reportsAt, pending <= time, pending > now { return }
        machine.reportsAt = time
        schedule(.report(machine, generation: machine.generation), after: time - now)
    }

    static func isReport(_ frame: [UInt8]) -> Bool { frame.first == ForgedFrame.reportStart }

    /// A report takes its time and nobody else's, and no misfortune finds it alone: whatever ends its connection ends it.
    private func sendReport(_ frame: [UInt8], on connection: Connection, from machine: Machine) {
        let quality = lines.quality(connection.lower.name, connection.upper.name)
        let other = connection.other(than: machine)
        let carrying = quality.bytesPerSecond.map { UInt64(frame.count) * 1_000 / max($0, 1) } ?? 0
        let drawn = now + carrying + UInt64.random(in: quality.latency, using: &reportRandom)
        let arrival = max(drawn, connection.lastReport)
        connection.lastReport = arrival
        (frames, frameBytes) = (frames + 1, frameBytes + UInt64(frame.count))
        for watcher in watchers {
            watcher.sent(frame, from: machine, to: other, connection: connection, arrival: arrival, in: self)
        }
        schedule(.frame(connection, to: other, frame), after: arrival - now)
    }

    private func arrival(
        of bytes: Int, on connection: Connection, from machine: Machine, _ quality: LineQuality
    ) -> UInt64 {
        var leaves = now
        if let rate = quality.bytesPerSecond {
            let direction = LineDirection(from: machine.index, to: connection.other(than: machine).index)
            leaves = max(now, busyUntil[direction] ?? 0) + UInt64(bytes) * 1_000 / max(rate, 1)
            busyUntil[direction] = leaves
        }
        let arrival = leaves + UInt64.random(in: quality.latency, using: &random)
        if machine === connection.lower {
            connection.lastArrival.up = max(arrival, connection.lastArrival.up)
            return connection.lastArrival.up
        }
        connection.lastArrival.down = max(arrival, connection.lastArrival.down)
        return connection.lastArrival.down
    }

    private func delay(_ one: Machine, _ other: Machine) -> UInt64 {
        UInt64.random(in: lines.quality(one.name, other.name).latency, using: &random)
    }

    /// A node with a valid certificate puts a frame of its own making on its connection with a neighbour, if it has one.
    package func inject(_ frame: [UInt8], from machine: Machine, to other: Machine) {
        guard let connection = connection(between: machine, and: other), !connection.isSilent else { return }
        isForging = true
        send(frame, on: connection, from: machine)
        isForging = false
    }

    package func connection(between machine: Machine, and other: Machine) -> Connection? {
        machine.links.keys.sorted().lazy.compactMap { machine.links[$0] }.last { $0.other(than: machine) === other }
    }
}
