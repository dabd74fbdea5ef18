import Casework
package import Divisions
package import Lattice
package import Ledger
package import Replication

/// Several whole nodes, without sockets, clocks or threads: one seeded generator, one queue ordered by time and
/// insertion. Everything that can go wrong between offices can be done to it, and the same seed always tells the
/// same story.
package final class World {
    enum Happening {
        case frame(Connection, to: Machine, [UInt8])
        case closed(Connection, Machine, reason: String)
        /// A dial came to nothing.
        case refused(Machine, generation: Int, LinkID, reason: String)
        /// Both ends notice that nothing comes any more.
        case noticed(Connection)
        case dial(Machine, generation: Int, LinkID, Seat)
        case wake(Machine)
        /// Reports of nodes are due at the machine's process.
        case report(Machine, generation: Int)
        /// The machine takes what has come meanwhile.
        case serve(Machine)
        case recover(Machine, generation: Int)
        case perform(() throws -> Void)
    }

    package let tree: DivisionTree
    package let storeKind: StoreKind
    package let planted: PlantedBug?
    /// What its cases stand on; nil where there are none.
    package let casework: CaseworkSetting?
    /// Milliseconds since the midnight the story's first day began with.
    package private(set) var now: UInt64
    package var random: SeededGenerator
    /// For what becomes of reports of nodes: they draw from a generator of their own and step a machine by themselves, so
    /// that a story goes as it would without them.
    var reportRandom: SeededGenerator
    /// The least time between two reports over one link; `nil` for releases that tell none.
    let reportMilliseconds: UInt64?
    /// Every machine there ever was, in the order in which they came to be.
    package private(set) var machines: [Machine] = []
    private var named: [String: Machine] = [:]
    package var watchers: [any Watcher] = []
    /// What leaves in place of each frame; `nil` swallows it.
    package var tampers: ((_ from: String, _ to: String, _ frame: [UInt8]) -> [UInt8]?)?
    /// Whether the frame that watchers are told of is one that a dishonest node made up.
    package internal(set) var isForging = false
    package private(set) var events: UInt64 = 0
    package internal(set) var frames: UInt64 = 0
    package internal(set) var frameBytes: UInt64 = 0
    /// How long a dead connection takes to be noticed: what the transport waits for a sign of life.
    package var noticeMilliseconds: UInt64 = 30_000
    /// How long a dial over a dead line takes to fail.
    package static let dialMilliseconds: UInt64 = 10_000
    /// What a node whose store fails waits before it tries again, doubled up to the second.
    static let recoveryMilliseconds: ClosedRange<UInt64> = 1_000...8_000

    /// Machines at either end of a connection that carried a wrong bit, by their indices.
    package internal(set) var damaged = Set<Int>()
    var lines: LineBook
    var trace = Trace()
    /// When each direction of a line is free to carry more, where it has a bandwidth.
    var busyUntil: [LineDirection: UInt64] = [:]
    var connections = 0
    private var agenda = Agenda<Happening>()
    private var nonces: UInt64 = 0
    private var requests: UInt64 = 0
    /// Which machine answers at a seat's address.
    private(set) var listening: [DivisionCode: Machine] = [:]
    private let notary: any Notary
    private let makeDisk: (Int) throws -> any Disk

    struct LineDirection: Hashable {
        let from: Int
        let to: Int
    }

    /// - Parameters:
    ///   - starting: the seats whose nodes run from the beginning; all by default.
    ///   - makeDisk: an empty disk for the machine with this index.
    package init(
        tree: DivisionTree, seed: Seed, starting: [DivisionCode]? = nil, begins: Instant = Instant(milliseconds: 1_000),
        lines: LineQuality = LineQuality(), planted: PlantedBug? = nil,
        casework: CaseworkSetting? = nil, store: StoreKind = .memory, reportMilliseconds: UInt64? = 300_000,
        makeDisk: @escaping (Int) throws -> any Disk = { _ in MemoryDisk() }
    ) throws {
        (self.tree, self.planted, self.makeDisk, storeKind) = (tree, planted, makeDisk, store)
        self.casework = casework
        self.lines = LineBook(usual: lines)
        now = begins.milliseconds
        random = seed.generator
        reportRandom = Seed(~seed.number).generator
        self.reportMilliseconds = reportMilliseconds
        notary = planted == .unsealedEntry ? CarelessNotary() : TestNotary()
        for seat in starting ?? tree.seats.map(\.division) { try add(machine: seat.text, at: seat) }
    }

    package var instant: Instant { Instant(milliseconds: now) }

    package func machine(_ name: String) -> Machine {
        guard let machine = named[name] else { preconditionFailure("no machine \(name)") }
        return machine
    }

    package func find(machine name: String) -> Machine? { named[name] }

    /// Every machine that is up, in the order in which they came to be.
    package var running: [Machine] { machines.filter(\.isUp) }

    // MARK: What can be done to machines

    @discardableResult
    package func add(
        machine name: String, at seat: DivisionCode, disk image: DiskImage? = nil, files: MemoryFiles = MemoryFiles()
    ) throws -> Machine {
        precondition(named[name] == nil, "two machines of one name: \(name)")
        let disk = try makeDisk(machines.count)
        if let image { try disk.load(image) }
        let machine = Machine(name: name, seat: seat, index: machines.count, disk: disk)
        machine.files = files
        machines.append(machine)
        named[name] = machine
        if listening[seat] == nil { listening[seat] = machine }
        try start(name)
        return machine
    }

    /// The process dies between two commits; what was on its way is lost, the disk stays.
    package func crash(_ name: String) throws {
        let machine = machine(name)
        guard machine.isUp else { return }
        end(machine)
        try loseLastCommit(of: machine)
    }

    private func end(_ machine: Machine) {
        keepResumePoints(of: machine)
        machine.files.losePower()
        hangUp(machine, reason: "connection reset")
        machine.phase = .down
        machine.disk.close()
        (machine.store, machine.port, machine.crashPoint, machine.alarmAt) = (nil, nil, nil, nil)
        trace.note(.stop, at: now, machine.index, 0)
        for watcher in watchers { watcher.stopped(machine, in: self) }
    }

    private func hangUp(_ machine: Machine, reason: String) {
        for link in machine.links.keys.sorted() {
            guard let connection = machine.links.removeValue(forKey: link) else { continue }
            tellEnd(of: connection, to: connection.other(than: machine), reason: reason)
        }
    }

    /// A new process on the disk as it is, with a newly drawn writer.
    package func start(_ name: String) throws {
        let machine = machine(name)
        precondition(!machine.isUp, "\(name) runs already")
        machine.inbox = []
        machine.generation += 1
        machine.release = machine.nextRelease
        let port = Port(try machine.disk.open(), of: machine, in: self)
        (machine.port, machine.store) = (port, port)
        try begin(machine)
        trace.note(.start, at: now, machine.index, UInt64(machine.generation))
        for watcher in watchers { watcher.started(machine, in: self) }
    }

    /// Makes a core over the store as it is, with a writer that was never used.
    private func begin(_ machine: Machine) throws {
        guard let store = machine.store else { preconditionFailure("\(machine.name) has no disk open") }
        let configuration = ReplicaConfiguration(
            seat: machine.seat, tree: tree, notary: notary, release: machine.release.name,
            protocols: machine.release.protocols, files: CaseworkKinds.files,
            reportMilliseconds: reportMilliseconds)
        var replica = try Replica(configuration, writer: drawWriter(machine.seat), reading: store)
        try inherit(&replica, on: machine)
        machine.phase = .writing(
            Performer(replica, store: store, sealing: TestSealing(seat: machine.seat), files: machine.files))
        (machine.alarmAt, machine.reportsAt) = (nil, nil)
        hangUp(machine, reason: "connection reset")
        machine.inbox = []
        schedule(.wake(machine), after: 0)
    }

    private func drawWriter(_ seat: DivisionCode) -> WriterIdentity {
        nonces += 1
        return WriterIdentity(
            seat: seat, suite: .test, key: TestNotary.key(seat: seat), certificates: [], nonce: random.bytes(16),
            saltSeed: random.bytes(32))
    }

    package func restart(_ name: String) throws {
        try crash(name)
        try start(name)
    }

    package func backup(_ name: String) throws -> DiskImage { try machine(name).disk.image() }

    /// The machine is destroyed; a new one starts from a backup.
    package func restore(_ name: String, from backup: DiskImage) throws {
        let machine = machine(name)
        if machine.isUp { end(machine) }
        try machine.disk.load(backup)
        machine.files = MemoryFiles()
        machine.kept.beforeLastCommit = nil
        for watcher in watchers { watcher.diskReplaced(machine, in: self) }
        try start(name)
    }

    func tellDiskIsWorn(_ machine: Machine) {
        trace.note(.stop, at: now, machine.index, 1)
    }

    /// A second machine of the same node starts from a copy of the first one's disk.
    package func clone(_ name: String, as twin: String) throws {
        try add(machine: twin, at: machine(name).seat, disk: try backup(name), files: machine(name).files.copy())
    }

    /// A second machine resumes a snapshot of the first one's memory: the one thing that makes two processes extend
    /// one stream.
    package func resumeSnapshot(of name: String, as twin: String) throws {
        let original = machine(name)
        guard let performer = original.performer else { preconditionFailure("\(name) does not write") }
        precondition(named[twin] == nil, "two machines of one name: \(twin)")
        let disk = try makeDisk(machines.count)
        try disk.load(try original.disk.image())
        let copy = Machine(name: twin, seat: original.seat, index: machines.count, disk: disk)
        let port = Port(try disk.open(), of: copy, in: self)
        (copy.port, copy.store, copy.generation) = (port, port, 1)
        let replica = performer.inspect { $0 }
        copy.files = original.files.copy()
        copy.phase = .writing(
            Performer(replica, store: port, sealing: TestSealing(seat: copy.seat), files: copy.files))
        copy.clock = original.clock
        machines.append(copy)
        named[twin] = copy
        for watcher in watchers { watcher.started(copy, in: self) }
        // The network connections of the snapshot are dead.
        (copy.accepted, copy.release, copy.nextRelease) = (original.accepted, original.release, original.nextRelease)
        for link in original.links.keys.sorted() {
            schedule(.refused(copy, generation: 1, link, reason: "connection reset"), after: 0)
        }
        // What it was dialling nobody answers.
        let dialling = performer.inspect { $0.pendingDials }
        for link in dialling { schedule(.refused(copy, generation: 1, link, reason: "connection reset"), after: 0) }
        schedule(.wake(copy), after: 0)
    }

    package func fillDisk(of name: String) { machine(name).isDiskFull = true }
    package func freeDisk(of name: String) { machine(name).isDiskFull = false }

    package func changeClock(of name: String, jump: Int64, drift: Int64) {
        machine(name).clock.change(jump: jump, drift: drift, at: now)
    }

    /// Lets the power leave the machine at this point of its work.
    package func crash(_ name: String, _ point: CrashPoint) throws {
        if point == .now { try crash(name) } else { machine(name).crashPoint = point }
    }

    package func upgrade(_ name: String, to release: Release) throws {
        machine(name).nextRelease = release
        try restart(name)
    }

    // MARK: Writing

    /// Writes at a machine and returns once its step is done.
    @discardableResult
    package func write(
        _ name: String, to place: StreamPlace, acting: DivisionCode? = nil, _ drafts: [EditDraft]
    ) throws -> ChangeAnswer {
        guard let answer = try submit(at: machine(name), place, acting ?? place.home, [drafts], screen: nil) else {
            preconditionFailure("\(name) gave no answer")
        }
        return answer
    }

    /// - Returns: what the machine answers; nothing if its process ends over it or cannot write.
    package func submit(
        at machine: Machine, _ place: StreamPlace, _ acting: DivisionCode, _ entries: [[EditDraft]], screen: Screen?,
        author: RecordID? = nil, body: String = ""
    ) throws -> ChangeAnswer? {
        guard machine.isWriting else { return nil }
        requests += 1
        let act = Ledger.Act(
            author: author, division: acting, body: body, change: RecordKey(random.next(), random.next()))
        let change = Change(request: requests, act: act, place: place, entries: entries, screen: screen)
        let part = LocalChange.Part(place: place, entries: entries)
        // What waits goes into the same step, as it does in a node.
        machine.inbox.append(.change(LocalChange(request: change.request, act: act, parts: [part])))
        try serve(machine)
        guard let answer = machine.answers.removeValue(forKey: change.request) else { return nil }
        for watcher in watchers { watcher.answered(answer, to: change, at: machine, in: self) }
        return answer
    }

    package func view(_ record: RecordID, at name: String) throws -> RecordView? {
        try machine(name).store?.record(record)?.view
    }

    // MARK: Time

    /// Runs until nothing is left to happen or `limit` milliseconds have passed.
    package func run(for limit: UInt64) throws { try run(through: now + limit) }

    /// Runs everything that happens up to this moment.
    package func run(through end: UInt64) throws {
        while let next = agenda.next, next <= end, let happening = agenda.take() {
            now = max(now, next)
            events += 1
            try happen(happening.what)
        }
        now = max(now, end)
    }

    /// Runs until the fact holds, looking every so many milliseconds of simulated time.
    /// - Returns: whether it did within `limit` milliseconds.
    package func run(
        until fact: () throws -> Bool, within limit: UInt64, lookingEvery pause: UInt64 = 50
    ) throws -> Bool {
        let end = now + limit
        while now < end {
            if try fact() { return true }
            try run(for: pause)
        }
        return try fact()
    }

    /// Does something at a moment to come.
    package func at(_ moment: Instant, _ body: @escaping () throws -> Void) {
        schedule(.perform(body), after: moment.milliseconds - min(now, moment.milliseconds))
    }

    func schedule(_ what: Happening, after delay: UInt64) { agenda.add(what, at: now + delay) }

    private func happen(_ what: Happening) throws {
        switch what {
        case .wake(let machine):
            if machine.alarmAt == now { machine.alarmAt = nil }
            machine.inbox.append(.alarm)
            try serve(machine)
        case .report(let machine, let generation):
            if machine.reportsAt == now { machine.reportsAt = nil }
            if machine.generation == generation { try step(machine, [.alarm]) }
        case .dial(let machine, let generation, let link, let seat):
            if machine.generation == generation { dial(machine, link, seat) }
        case .frame(let connection, let machine, let bytes):
            guard !connection.isSilent, connection.isOpen(at: machine) else { return }
            trace.note(.frame, at: now, machine.index, UInt64(connection.number), bytes)
            let input = Input.frame(connection.link(at: machine), bytes)
            if Self.isReport(bytes) { try step(machine, [input]) } else { hand(machine, input) }
        case .closed(let connection, let machine, let reason):
            guard connection.isOpen(at: machine) else { return }
            let link = connection.link(at: machine)
            machine.links[link] = nil
            trace.note(.link, at: now, machine.index, link.number)
            hand(machine, .linkClosed(link, reason: reason))
        case .refused(let machine, let generation, let link, let reason):
            guard machine.generation == generation else { return }
            hand(machine, .linkClosed(link, reason: reason))
        case .noticed(let connection):
            for machine in [connection.lower, connection.upper] where connection.isOpen(at: machine) {
                schedule(.closed(connection, machine, reason: "no sign of life"), after: 0)
            }
        case .serve(let machine): try serve(machine)
        case .recover(let machine, let generation):
            if machine.generation == generation { try recover(machine) }
        case .perform(let body): try body()
        }
    }

    /// What a machine may take to finish a step, in milliseconds, in which more comes in: the next step takes all of it.
    static let stepMilliseconds: ClosedRange<UInt64> = 0...3

    /// Something has come for a machine's process.
    func hand(_ machine: Machine, _ input: Input) {
        guard machine.isUp else { return }
        machine.inbox.append(input)
        guard !machine.isServed else { return }
        machine.isServed = true
        schedule(.serve(machine), after: UInt64.random(in: Self.stepMilliseconds, using: &random))
    }

    private func serve(_ machine: Machine) throws {
        machine.isServed = false
        let inputs = machine.inbox
        machine.inbox = []
        if !inputs.isEmpty { try step(machine, inputs) }
    }

    private func step(_ machine: Machine, _ inputs: [Input]) throws {
        var inputs = inputs
        for _ in 0..<10_000 {
            guard let performer = machine.performer else { return }
            let moment = Moment(wall: machine.clock.wall(at: now), monotonic: now)
            let done: Performer.Performed
            do throws(StoreFailure) { done = try performer.perform(inputs, at: moment) } catch {
                try failed(machine, error)
                return
            }
            for event in done.events { tell(event, by: machine) }
            for (request, answer) in done.answers {
                machine.answers[request] = answer
                trace.note(.answer, at: now, machine.index, request)
            }
            for duty in disordered(done.links) { carry(duty, from: machine) }
            if done.needsNewWriter {
                machine.generation += 1
                try begin(machine)
                for watcher in watchers { watcher.started(machine, in: self) }
                return
            }
            if let due = done.reportsAlarm { report(machine, at: max(due, now + 1)) }
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
        schedule(.wake(machine), after: time - now)
    }

    private func tell(_ event: Event, by machine: Machine) {
        for watcher in watchers { watcher.told(event, by: machine, in: self) }
        switch event {
        case .committed, .changed, .caughtUp, .compared, .reported: break
        default:
            if machine.events.count == Machine.eventsMax { machine.events.removeFirst() }
            machine.events.append(event)
        }
    }

    func committed(_ commit: Commit, at machine: Machine) {
        for run in commit.runs { trace.note(.commit, at: now, machine.index, run.head.number, run.head.hash.bytes) }
        for watcher in watchers { watcher.committed(commit, at: machine, in: self) }
    }

    // MARK: When a store fails

    private func failed(_ machine: Machine, _ failure: StoreFailure) throws {
        if machine.port?.isPowerLost == true {
            end(machine)
            return
        }
        guard failure.isPassing else { throw failure }
        hangUp(machine, reason: "connection reset")
        var failures: UInt64 = 1
        if case .readOnly(let before) = machine.phase { failures = before + 1 }
        machine.phase = .readOnly(failures: failures)
        retry(machine, failures)
    }

    private func retry(_ machine: Machine, _ failures: UInt64) {
        let delay = min(
            Self.recoveryMilliseconds.lowerBound << min(failures - 1, 16), Self.recoveryMilliseconds.upperBound)
        schedule(.recover(machine, generation: machine.generation), after: delay)
    }

    private func recover(_ machine: Machine) throws {
        guard case .readOnly(let failures) = machine.phase else { return }
        guard !machine.isDiskFull else {
            machine.phase = .readOnly(failures: failures + 1)
            retry(machine, failures + 1)
            return
        }
        machine.generation += 1
        try begin(machine)
        for watcher in watchers { watcher.started(machine, in: self) }
    }

    /// Ends everything, so that memory and disks are given back: a world refers to itself by what is still to happen in
    /// it and by its connections, and would otherwise stay for as long as the process.
    package func dissolve() {
        agenda = Agenda()
        watchers = []
        tampers = nil
        listening = [:]
        for machine in machines {
            machine.links = [:]
            machine.phase = .down
            (machine.store, machine.port) = (nil, nil)
            machine.disk.close()
        }
    }

    /// The digest of all that has happened so far.
    package var traceDigest: String { trace.digest }
}
