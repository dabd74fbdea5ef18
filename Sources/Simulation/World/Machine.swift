package import Divisions
package import Ledger
package import Replication

extension World {
    /// One machine: a disk, and the process that runs on it while it is up.
    package final class Machine {
        /// What its process is about.
        enum Phase {
            case down
            case writing(Performer)
            /// The store refuses commits; the next try is due then.
            case readOnly(failures: UInt64)
        }

        package let name: String
        package let seat: DivisionCode
        /// Its place among all machines, in the order in which they came to be.
        package let index: Int
        package let disk: any Disk
        /// Its place for evidence files, beside the store.
        package internal(set) var files = MemoryFiles()
        /// The store of the process that runs; `nil` while none does.
        package internal(set) var store: (any Storing)?
        var port: Port?
        var phase = Phase.down
        /// Counts its processes, so that nothing meant for one reaches the next.
        package internal(set) var generation = 0
        package internal(set) var release = Release.current
        /// The release that its processes run from the next start on.
        var nextRelease = Release.current
        package internal(set) var isDiskFull = false
        /// Where the power will leave it.
        var crashPoint: CrashPoint?
        var clock = MachineClock()
        var alarmAt: UInt64?
        var reportsAt: UInt64?
        var accepted: UInt64 = 1
        var links: [LinkID: Connection] = [:]
        /// What has come for its process and waits for the next step.
        var inbox: [Input] = []
        /// Whether the next step is on its way already.
        var isServed = false
        var answers: [UInt64: ChangeAnswer] = [:]
        /// What its processes reported, but for what happens all the time.
        package internal(set) var events: [Event] = []
        var kept = Keepsakes()

        init(name: String, seat: DivisionCode, index: Int, disk: any Disk) {
            (self.name, self.seat, self.index, self.disk) = (name, seat, index, disk)
        }

        package static let eventsMax = 1_000

        /// Whether a process runs.
        package var isUp: Bool { if case .down = phase { false } else { true } }

        /// Whether it can write.
        package var isWriting: Bool { performer != nil }

        package var performer: Performer? {
            if case .writing(let performer) = phase { performer } else { nil }
        }

        /// The links of its process, for people.
        ///
        /// - Parameter lastPosition: that of its store's last entry, for whoever wants to know how much is left to send.
        package func status(lastPosition: UInt64 = .max / 2) -> [LinkStatus] {
            performer?.inspect { $0.linkStatuses(lastPosition: lastPosition) } ?? []
        }

        /// The neighbour above that it streams with.
        package var uplink: DivisionCode? {
            status().first { $0.isUp && $0.phase == .streaming }?.peer
        }

        /// What its wall clock shows now, in milliseconds since 1970.
        package func wall(in world: World) -> UInt64 { clock.wall(at: world.now) }

        /// How far its wall clock is off, in milliseconds.
        package var skew: Int64 {
            get { clock.jump }
            set { clock.jump = newValue }
        }
    }

    /// A wall clock that may be wrong.
    package struct MachineClock: Sendable {
        var jump: Int64 = 0
        /// Parts in a million that it gains, and since when.
        var drift: Int64 = 0
        var driftsSince: UInt64 = 0

        /// Milliseconds since 1970 as the machine believes them at this moment of the world.
        func wall(at now: UInt64) -> UInt64 {
            let right = Int64(Instant.epochWall + now)
            return UInt64(max(0, right + jump + gained(at: now)))
        }

        private func gained(at now: UInt64) -> Int64 { Int64(now - min(now, driftsSince)) * drift / 1_000_000 }

        mutating func change(jump: Int64, drift: Int64, at now: UInt64) {
            self.jump += gained(at: now) + jump
            (self.drift, driftsSince) = (drift, now)
        }
    }

    /// One connection between two machines, from its making to its end.
    package final class Connection {
        package let number: Int
        package let lower: Machine
        package let upper: Machine
        let lowerLink: LinkID
        let upperLink: LinkID
        /// Whether what is sent on it vanishes: a line that was cut, or died half-open.
        var isSilent = false
        /// When the last frame of each direction arrives: frames of one connection never overtake one another.
        var lastArrival: (up: UInt64, down: UInt64) = (0, 0)
        /// When the last report of nodes arrives: they all go up.
        var lastReport: UInt64 = 0
        /// The latest frames each end sent, for whoever replays them, and its last batch.
        var recent: (up: [[UInt8]], down: [[UInt8]]) = ([], [])
        var lastBatch: (up: [UInt8], down: [UInt8]) = ([], [])

        init(_ number: Int, lower: Machine, _ lowerLink: LinkID, upper: Machine, _ upperLink: LinkID) {
            self.number = number
            (self.lower, self.lowerLink, self.upper, self.upperLink) = (lower, lowerLink, upper, upperLink)
        }

        func other(than machine: Machine) -> Machine { machine === lower ? upper : lower }
        func link(at machine: Machine) -> LinkID { machine === lower ? lowerLink : upperLink }
        /// Whether that end has not been told of its end yet.
        func isOpen(at machine: Machine) -> Bool { machine.links[link(at: machine)] === self }

        static let recentMax = 4

        func remember(_ frame: [UInt8], from machine: Machine) {
            let isBatch = frame.first == ForgedFrame.batchStart
            if machine === lower {
                Self.append(frame, to: &recent.up)
                if isBatch { lastBatch.up = frame }
            } else {
                Self.append(frame, to: &recent.down)
                if isBatch { lastBatch.down = frame }
            }
        }

        private static func append(_ frame: [UInt8], to frames: inout [[UInt8]]) {
            if frames.count == recentMax { frames.removeFirst() }
            frames.append(frame)
        }
    }

    /// A local change on its way into a machine's core.
    package struct Change {
        package let request: UInt64
        package let act: Ledger.Act
        package let place: StreamPlace
        package let entries: [[EditDraft]]
        /// What of the record its author's screen showed.
        package let screen: Screen?
    }

    /// What an officer looked at before he wrote.
    package struct Screen {
        package let record: RecordID
        /// Every live dot that was shown.
        package let shown: Set<Citation>
    }
}
