package import Divisions
package import Ledger
import Replication

/// What happens in a story. Work, misfortune and looking are the same kind of thing: one act at one moment.
package enum StoryAct: Hashable, Sendable {
    case write(Writing)
    /// These lines carry nothing until `mend` under the same name.
    case cut(name: String, Lines)
    case mend(name: String)
    /// Whatever is cut is mended.
    case heal
    /// Connections on these lines break at once; they may be made again.
    case reset(Lines)
    /// Connections on these lines carry nothing any more, and neither end is told.
    case silence(Lines)
    /// How these lines are from now on.
    case shape(Lines, LineQuality)
    case crash(machine: String, CrashPoint)
    case start(machine: String)
    /// Keeps what the disk holds now under a name.
    case backup(machine: String, name: String)
    /// The machine ends; a new process starts on a disk as it was kept under this name.
    case restore(machine: String, name: String)
    /// A second machine of the same node starts on a copy of the disk.
    case clone(machine: String, as: String)
    /// A second machine goes on from a snapshot of the memory and a copy of the disk.
    case resume(machine: String, as: String)
    case fillDisk(machine: String)
    case freeDisk(machine: String)
    /// The wall clock jumps by so many milliseconds and gains so many parts in a million from now on.
    case clock(machine: String, jump: Int64, drift: Int64)
    /// The process ends and another release of the program starts on the same disk.
    case upgrade(machine: String, Release)
    /// A node with a valid certificate lies to a neighbour.
    case lie(machine: String, to: String, Lie)
    /// Officers work on a case, or change what cases stand on.
    case casework(CaseAct)
    case expect(Expectation)
}

/// An officer, an importer or the node itself changes one record.
package struct Writing: Hashable, Sendable {
    /// The machine it is done at.
    package var machine: String
    /// What the story calls the record; the same name is the same record everywhere.
    package var record: RecordName
    /// The division acted for.
    package var acting: DivisionCode
    package var edits: [FieldEdit]
    /// Milliseconds between looking at the record and saving: what arrives meanwhile is not replaced.
    package var thinking: UInt64
    /// Further records of the same kind, home and flow, written by the same act: an import in bulk.
    package var also: [String]

    package init(
        machine: String, record: RecordName, acting: DivisionCode, edits: [FieldEdit], thinking: UInt64 = 0,
        also: [String] = []
    ) {
        (self.machine, self.record, self.acting) = (machine, record, acting)
        (self.edits, self.thinking, self.also) = (edits, thinking, also)
    }
}

/// A record as a story names it.
package struct RecordName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let kind: String
    package let home: DivisionCode
    package let flow: Flow
    package let name: String

    package init(kind: String, home: DivisionCode, flow: Flow, name: String) {
        (self.kind, self.home, self.flow, self.name) = (kind, home, flow, name)
    }

    package static func < (left: RecordName, right: RecordName) -> Bool {
        (left.kind, left.home, left.flow, left.name) < (right.kind, right.home, right.flow, right.name)
    }

    package var description: String { "\(kind) \(name) of \(home)" }
}

/// One edit of one field, as its author means it; the citations are taken from what his screen shows.
package struct FieldEdit: Hashable, Sendable {
    package enum Change: Hashable, Sendable {
        /// A register takes a value, a set gains one, a log an element, a counter a delta.
        case put(Value)
        /// A set loses this value, wherever it was seen; a register nothing.
        case drop(Value)
        /// The record begins to exist.
        case create
        /// The record is removed, with all that was seen of it.
        case remove
    }

    package var field: String
    package var type: FieldType
    package var change: Change
    package var isPersonal: Bool
    /// A careless author: nothing he saw is cited.
    package var isBlind: Bool

    package init(
        _ field: String, _ type: FieldType, _ change: Change, isPersonal: Bool = false, isBlind: Bool = false
    ) {
        (self.field, self.type, self.change) = (field, type, change)
        (self.isPersonal, self.isBlind) = (isPersonal, isBlind)
    }

    package static let creation = FieldEdit("exists", .exists, .create)
    package static let removal = FieldEdit("exists", .exists, .remove)
}

/// Which lines an act means.
package enum Lines: Hashable, Sendable {
    case all
    /// Every line between a machine of the one group and one of the other.
    case between([String], [String])
    /// Every line with exactly one end in the group.
    case around([String])
}

/// What a line does to frames.
package struct LineQuality: Hashable, Sendable {
    /// Milliseconds a frame is on its way.
    package var latency: ClosedRange<UInt64>
    /// Bytes a second in each direction; `nil` is as many as you like.
    package var bytesPerSecond: UInt64?
    /// Frames in ten thousand at which the connection breaks.
    package var breaks: Int
    /// Frames in ten thousand that arrive twice.
    package var duplicates: Int
    /// Frames in ten thousand in which one bit is wrong, as if the neighbour lied: TLS keeps strangers from it.
    package var damages: Int

    package init(
        latency: ClosedRange<UInt64> = 1...20, bytesPerSecond: UInt64? = nil, breaks: Int = 0, duplicates: Int = 0,
        damages: Int = 0
    ) {
        (self.latency, self.bytesPerSecond) = (latency, bytesPerSecond)
        (self.breaks, self.duplicates, self.damages) = (breaks, duplicates, damages)
    }
}

/// Where in its work the power leaves a machine.
package enum CrashPoint: String, Hashable, Sendable, CaseIterable {
    /// Between two steps.
    case now
    /// At its next commit: nothing of it is durable.
    case beforeCommit = "before-commit"
    /// At its next commit: part of it reached the disk.
    case tornCommit = "torn-commit"
    /// At its next commit: it is durable, and nobody was told.
    case afterCommit = "after-commit"
}

/// A release of the program, as far as neighbours can tell.
package struct Release: Hashable, Sendable {
    package var name: String
    /// The versions of the protocol it speaks.
    package var protocols: ClosedRange<UInt32>

    package init(name: String, protocols: ClosedRange<UInt32>) { (self.name, self.protocols) = (name, protocols) }

    package static let current = Release(name: "simulated", protocols: ReplicationLimits.protocols)
}

/// What a dishonest node may send under its own, valid certificate.
package enum Lie: String, Hashable, Sendable, CaseIterable {
    /// A run of its own stream with a wrong seal.
    case wrongSeal = "wrong-seal"
    /// A new entry at the end of a stream that another process writes.
    case strangersStream = "strangers-stream"
    /// An entry at a home it has no right to write at.
    case foreignHome = "foreign-home"
    /// Two different entries under one number of its own stream.
    case fork
    /// A frame it sent before.
    case replay
    /// "I have up to 2^63 of every stream."
    case boast
    /// Bytes that are no frame.
    case noise
}

/// What must be true when its moment comes.
package enum Expectation: Hashable, Sendable {
    /// The field of the record shows this at these machines.
    case shows(RecordName, field: String, type: FieldType, values: [Value], machines: [String])
    /// Whether a register of the record holds several different values there.
    case conflict(RecordName, field: String, Bool, machines: [String])
    /// Whether the record is shown at all.
    case visible(RecordName, Bool, machines: [String])
    /// Whether anything of the record is stored there.
    case held(RecordName, Bool, machines: [String])
    /// Whose link upward the machine uses; `nil` for none.
    case linked(machine: String, to: DivisionCode?)
    /// Whether two live machines of this division are known at that machine.
    case alarm(DivisionCode, Bool, machine: String)
    /// How many streams end in a proven fork.
    case forks(Int)
    /// Whether the machine runs and can write.
    case running(machine: String, Bool)
    /// Something of this word was reported by the machine since the story began: `faulty-frame`, `refused-run`, …
    case reported(machine: String, String, Bool)
    /// Whether all machines agree by now.
    case agree(Bool)
    /// What the rules make of the case at these machines.
    case judged(RecordName, CaseQuestion, machines: [String])
    /// Whether the public sees the publication, as these machines have it.
    case published(RecordName, PublicationStanding, machines: [String])
}
