package import Divisions
package import Lattice
package import Ledger
package import Replication

/// Several whole nodes, without sockets, clocks or threads: one seeded generator, one queue ordered by time and
/// insertion. Everything that can go wrong between offices can be done to it, and the same seed always tells the
/// same story.
package final class World {
    /// One machine: a disk, and the process that runs on it while it is up.
    package final class Machine {
        package let name: String
        package let seat: DivisionCode
        package let store: MemoryStore
        package fileprivate(set) var performer: Performer?
        /// How far its wall clock is off, in milliseconds.
        package var skew: Int64 = 0
        fileprivate var alarmAt: UInt64?
        fileprivate var accepted: UInt64 = 1
        /// The far ends of this machine's links, by their number here.
        fileprivate var ends: [LinkID: End] = [:]
        package fileprivate(set) var events: [Event] = []
        package fileprivate(set) var answers: [UInt64: ChangeAnswer] = [:]

        fileprivate init(name: String, seat: DivisionCode, disk: MemoryStore.Contents) {
            (self.name, self.seat) = (name, seat)
            store = MemoryStore(disk)
        }

        package var isUp: Bool { performer != nil }
        package func status() -> [LinkStatus] {
            performer?.inspect { $0.linkStatuses(lastPosition: UInt64.max / 2) } ?? []
        }
    }

    fileprivate struct End: Hashable {
        let machine: String
        let link: LinkID
        /// Told apart from an earlier link under the same numbers.
        let connection: Int
    }

    private enum Happening {
        case deliver(to: String, Input, connection: Int?)
        case wake(String)
        case connect(from: String, LinkID, Seat)
    }

    private struct Scheduled {
        let at: UInt64
        let order: Int
        let what: Happening
    }

    package let tree: DivisionTree
    package private(set) var now: UInt64 = 1_000
    package var random: SeededGenerator
    package private(set) var machines: [String: Machine] = [:]
    /// Frames that crossed the wire, and their bytes.
    package private(set) var frames = 0
    package private(set) var frameBytes = 0
    /// Entries sent over each ordered pair of machines: what "nothing is sent twice" is counted by.
    package var watchesFrames: ((_ from: String, _ to: String, _ frame: [UInt8]) -> [UInt8]?)?
    /// Per cent of frames at which the line breaks.
    package var breakPercent = 0
    package var latency: ClosedRange<UInt64> = 1...20

    private var queue: [Scheduled] = []
    private var inserted = 0
    private var connections = 0
    private var nonces: UInt64 = 0
    private var requests: UInt64 = 0
    private var cuts: Set<Set<String>> = []
    /// Which machine answers at a seat's address.
    private var listening: [DivisionCode: String] = [:]

    /// - Parameter starting: the seats whose nodes run from the beginning; all by default.
    package init(tree: DivisionTree, seed: Seed, starting: [DivisionCode]? = nil) throws {
        self.tree = tree
        random = seed.generator
        for seat in starting ?? tree.seats.map(\.division) { try add(machine: seat.text, at: seat) }
    }

    package func machine(_ name: String) -> Machine {
        guard let machine = machines[name] else { preconditionFailure("no machine \(name)") }
        return machine
    }

    /// Every machine that is up, in the order of names.
    package var running: [Machine] { machines.values.filter(\.isUp).sorted { $0.name < $1.name } }

    // MARK: What can be done to machines

    package func add(machine name: String, at seat: DivisionCode, disk: MemoryStore.Contents = .init()) throws {
        machines[name] = Machine(name: name, seat: seat, disk: disk)
        if listening[seat] == nil { listening[seat] = name }
        try start(name)
    }

    /// The process dies between two commits; what was on its way is lost, the disk stays.
    package func crash(_ name: String) {
        let machine = machine(name)
        machine.performer = nil
        for (link, end) in machine.ends.sorted(by: { $0.key < $1.key }) {
            drop(end, reason: "connection reset")
            machine.ends[link] = nil
        }
    }

    /// A new process on the disk as it is, with a newly drawn writer.
    package func start(_ name: String) throws {
        let machine = machine(name)
        precondition(!machine.isUp, "\(name) runs already")
        let replica = try Replica(
            ReplicaConfiguration(seat: machine.seat, tree: tree, notary: TestNotary(), release: "test"),
            writer: drawWriter(machine.seat), reading: machine.store)
        machine.performer = Performer(replica, store: machine.store, sealing: TestSealing(seat: machine.seat))
        schedule(.wake(name), after: 0)
    }

    package func restart(_ name: String) throws {
        crash(name)
        try start(name)
    }

    package func backup(_ name: String) -> MemoryStore.Contents { machine(name).store.contents }

    /// The machine is destroyed; a new one starts from a backup.
    package func restore(_ name: String, from backup: MemoryStore.Contents) throws {
        crash(name)
        machine(name).store.contents = backup
        try start(name)
    }

    /// A second machine of the same node starts from a copy of the first one's disk.
    package func clone(_ name: String, as twin: String) throws {
        try add(machine: twin, at: machine(name).seat, disk: backup(name))
    }

    /// A second machine resumes a snapshot of the first one's memory: the one thing that makes two processes extend
    /// one stream.
    package func resumeSnapshot(of name: String, as twin: String) {
        let original = machine(name)
        let copy = Machine(name: twin, seat: original.seat, disk: backup(name))
        guard let performer = original.performer else { preconditionFailure("\(name) does not run") }
        let replica = performer.inspect { $0 }
        copy.performer = Performer(replica, store: copy.store, sealing: TestSealing(seat: copy.seat))
        machines[twin] = copy
        // The network connections of the snapshot are dead.
        for link in original.ends.keys.sorted() {
            schedule(.deliver(to: twin, .linkClosed(link, reason: "connection reset"), connection: nil), after: 0)
        }
        schedule(.wake(twin), after: 0)
    }

    /// Cuts every line between two machines until `mend` or `heal`.
    package func cut(_ one: String, _ other: String) {
        cuts.insert([one, other])
        let machine = machine(one)
        for (link, end) in machine.ends.sorted(by: { $0.key < $1.key }) where end.machine == other {
            breakLine(machine, link, end)
        }
    }

    package func mend(_ one: String, _ other: String) { cuts.remove([one, other]) }

    /// Cuts a machine off from every other.
    package func isolate(_ name: String) {
        for other in machines.keys.sorted() where other != name { cut(name, other) }
    }

    package func heal() { cuts.removeAll() }

    private func drawWriter(_ seat: DivisionCode) -> WriterIdentity {
        nonces += 1
        return WriterIdentity(
            seat: seat, suite: .test, key: TestNotary.key(seat: seat), certificates: [], nonce: random.bytes(16),
            saltSeed: random.bytes(32))
    }

    // MARK: Writing

    /// Writes at a machine and returns once its step is done.
    @discardableResult
    package func write(
        _ name: String, to place: StreamPlace, acting: DivisionCode? = nil, _ drafts: [EditDraft]
    ) throws -> ChangeAnswer {
        requests += 1
        let act = Act(
            author: nil, division: acting ?? place.home, body: "", change: RecordKey(random.next(), random.next()))
        let change = LocalChange(
            request: requests, act: act, parts: [LocalChange.Part(place: place, entries: [drafts])])
        try step(machine(name), [.change(change)])
        guard let answer = machine(name).answers.removeValue(forKey: requests) else {
            preconditionFailure("no answer to request \(requests)")
        }
        return answer
    }

    package func view(_ record: RecordID, at name: String) throws -> RecordView? {
        try machine(name).store.record(record)?.view
    }

    // MARK: Time

    /// Runs until nothing is left to happen or `limit` milliseconds have passed.
    package func run(for limit: UInt64) throws {
        let end = now + limit
        while let next = queue.first, next.at <= end {
            queue.removeFirst()
            now = max(now, next.at)
            try happen(next.what)
        }
        now = end
    }

    /// Runs until the fact holds, looking every 50 ms of simulated time.
    /// - Returns: whether it did within `limit` milliseconds.
    package func run(until fact: () throws -> Bool, within limit: UInt64) throws -> Bool {
        let end = now + limit
        while now < end {
            if try fact() { return true }
            try run(for: 50)
        }
        return try fact()
    }

    private func schedule(_ what: Happening, after delay: UInt64) {
        inserted += 1
        let item = Scheduled(at: now + delay, order: inserted, what: what)
        var (low, high) = (0, queue.count)
        while low < high {
            let middle = (low + high) / 2
            if (queue[middle].at, queue[middle].order) < (item.at, item.order) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        queue.insert(item, at: low)
    }

    private func happen(_ what: Happening) throws {
        switch what {
        case .wake(let name):
            guard let machine = machines[name], machine.isUp else { return }
            try step(machine, [.alarm])
        case .connect(let from, let link, let seat): try connect(from, link, seat)
        case .deliver(let name, let input, let connection):
            guard let machine = machines[name], machine.isUp else { return }
            if let connection, case .frame(let link, _) = input, machine.ends[link]?.connection != connection { return }
            if case .linkClosed(let link, _) = input { machine.ends[link] = nil }
            try step(machine, [input])
        }
    }

    private func step(_ machine: Machine, _ inputs: [Input]) throws {
        var inputs = inputs
        for _ in 0..<10_000 {
            guard let performer = machine.performer else { return }
            let wall = UInt64(Int64(now + 1_700_000_000_000) + machine.skew)
            let done = try performer.perform(inputs, at: Moment(wall: wall, monotonic: now))
            machine.events += done.events
            for (request, answer) in done.answers { machine.answers[request] = answer }
            for duty in done.links { carry(duty, from: machine) }
            if done.needsNewWriter {
                try restart(machine.name)
                return
            }
            guard done.wantsMore else {
                if let alarm = done.alarm { wake(machine, at: max(alarm, now + 1)) }
                return
            }
            inputs = []
        }
        preconditionFailure("\(machine.name) never comes to rest")
    }

    /// One pending alarm a machine is enough: the earliest.
    private func wake(_ machine: Machine, at time: UInt64) {
        if let pending = machine.alarmAt, pending <= time, pending > now { return }
        machine.alarmAt = time
        schedule(.wake(machine.name), after: time - now)
    }

    // MARK: Lines

    private func connect(_ from: String, _ link: LinkID, _ seat: Seat) throws {
        guard let dialler = machines[from], dialler.isUp else { return }
        guard let to = listening[seat.division], let target = machines[to], target.isUp, !cuts.contains([from, to])
        else {
            try step(dialler, [.linkClosed(link, reason: "connection refused")])
            return
        }
        target.accepted += 2
        connections += 1
        let far = LinkID(target.accepted)
        dialler.ends[link] = End(machine: to, link: far, connection: connections)
        target.ends[far] = End(machine: from, link: link, connection: connections)
        try step(target, [.linkAccepted(far, division: dialler.seat)])
        try step(dialler, [.linkDialled(link, division: target.seat)])
    }

    private func carry(_ duty: LinkDuty, from machine: Machine) {
        switch duty {
        case .dial(let link, let seat): schedule(.connect(from: machine.name, link, seat), after: delay())
        case .close(let link, let reason):
            guard let end = machine.ends.removeValue(forKey: link) else { return }
            drop(end, reason: reason)
        case .send(let link, let frame):
            guard let end = machine.ends[link] else { return }
            if random.chance(breakPercent) {
                breakLine(machine, link, end)
                return
            }
            guard let carried = watchesFrames.map({ $0(machine.name, end.machine, frame) }) ?? frame else { return }
            frames += 1
            frameBytes += carried.count
            let order = lineDelay(to: end)
            schedule(.deliver(to: end.machine, .frame(end.link, carried), connection: end.connection), after: order)
        }
    }

    /// Frames of one connection never overtake one another.
    private var lastArrival: [End: UInt64] = [:]

    private func lineDelay(to end: End) -> UInt64 {
        let arrival = max(now + delay(), lastArrival[end] ?? 0)
        lastArrival[end] = arrival
        return arrival - now
    }

    private func delay() -> UInt64 { UInt64.random(in: latency, using: &random) }

    private func breakLine(_ machine: Machine, _ link: LinkID, _ end: End) {
        machine.ends[link] = nil
        schedule(.deliver(to: machine.name, .linkClosed(link, reason: "connection reset"), connection: nil), after: 0)
        drop(end, reason: "connection reset")
    }

    private func drop(_ end: End, reason: String) {
        guard let machine = machines[end.machine], machine.ends[end.link]?.connection == end.connection else { return }
        lastArrival[end] = nil
        schedule(.deliver(to: end.machine, .linkClosed(end.link, reason: reason), connection: nil), after: delay())
    }
}

/// Seals of a test writer.
package struct TestSealing: Sealing {
    private let seat: DivisionCode
    package init(seat: DivisionCode) { self.seat = seat }
    package func signature(over message: [UInt8]) -> [UInt8] {
        TestNotary.signature(over: message, key: TestNotary.key(seat: seat))
    }
}
