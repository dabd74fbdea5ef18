package import Divisions
package import Lattice
package import Ledger

/// The order in which a link carries what it has to carry: a function of the flow, nothing else.
package enum Lane: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    /// Greetings, comparisons, acknowledgements.
    case control = 0
    case urgent = 1
    case ordinary = 2
    /// Evidence files, last in line.
    case files = 3

    package init(_ flow: Flow) { self = flow.isUrgent ? .urgent : .ordinary }

    package static func < (left: Lane, right: Lane) -> Bool { left.rawValue < right.rawValue }
}

/// An entry as the store keeps it: its place in the order of commits, and its run's seal if it ends the run.
package struct LoggedEntry: Hashable, Sendable {
    /// Where it stands in this store's own order of commits, from 1 upward. Means nothing to any other store.
    package let position: UInt64
    package let id: EntryID
    package let home: DivisionCode
    package let flow: Flow
    package let entry: Entry
    package let signature: [UInt8]?
    /// When it was committed here, milliseconds since 1970 by this node's clock.
    package let arrived: UInt64

    package init(
        position: UInt64, id: EntryID, home: DivisionCode, flow: Flow, entry: Entry, signature: [UInt8]?,
        arrived: UInt64
    ) {
        (self.position, self.id, self.home, self.flow) = (position, id, home, flow)
        (self.entry, self.signature, self.arrived) = (entry, signature, arrived)
    }
}

/// Why a store could not do what it was asked. Nothing of a failed commit is kept.
package enum StoreFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case diskFull
    /// Another program holds the file.
    case locked
    /// The file was written by a newer release; its migrations are named.
    case newerVersion(String)
    case corrupt(String)
    case inputOutput(String)

    package var description: String {
        switch self {
        case .diskFull: "the disk is full: nothing is written until there is room; free some, writing resumes by itself"
        case .locked: "the store's file is locked by another program: end it, writing resumes by itself"
        case .newerVersion(let what):
            "the store was written by a newer release (\(what)): install that release or newer"
        case .corrupt(let what): "the store is damaged (\(what)): restore a backup, its neighbours fill in the rest"
        case .inputOutput(let what): "the store cannot be read or written: \(what)"
        }
    }

    /// Whether writing may succeed later without anyone repairing the file.
    package var isPassing: Bool {
        switch self {
        case .diskFull, .locked, .inputOutput: true
        case .newerVersion, .corrupt: false
        }
    }
}

/// What the core reads while it decides. Everything it returns was committed before the step began.
package protocol StoreReading {
    /// Every stream held, in the order of ids.
    func heads() throws(StoreFailure) -> [StreamHead]
    /// The position of the last entry committed; 0 in an empty store.
    func lastPosition() throws(StoreFailure) -> UInt64
    func hash(of entry: EntryID) throws(StoreFailure) -> Digest?
    /// Entries of one lane in commit order after `position`: at least one if there is any, no more than needed to reach `bytesMax`.
    func log(lane: Lane, after position: UInt64, bytesMax: Int) throws(StoreFailure) -> [LoggedEntry]
    /// Entries of one stream in its order, from `number` on, beyond a fork as far as the seal that covers the last
    /// counted entry: at least one if there is any, no more than needed to reach `bytesMax`.
    func entries(of stream: StreamID, from number: UInt64, bytesMax: Int) throws(StoreFailure) -> [LoggedEntry]
    func record(_ id: RecordID) throws(StoreFailure) -> RecordState?
    /// Records of one kind that the store keeps rows of, in an order of its own, after `record`: no more than `limit`,
    /// and fewer only where it has no more.
    func records(of kind: String, after record: RecordID?, limit: Int) throws(StoreFailure) -> [RecordState]
    /// Every entry that touches a record, in commit order, evidence beyond forks included.
    func history(of record: RecordID) throws(StoreFailure) -> [LoggedEntry]
    func forkProof(of stream: StreamID) throws(StoreFailure) -> ForkProof?
    /// Records that wait to be recomputed, oldest first.
    func dirtyRecords(limit: Int) throws(StoreFailure) -> [RecordID]
}

/// One transaction: all of it becomes durable, or none.
package struct Commit: Hashable, Sendable {
    /// Consecutive entries of one stream that end at a seal.
    package struct Run: Hashable, Sendable {
        package let entries: [JudgedEntry]
        /// The stream's head once the run is in.
        package let head: StreamHead
        /// `nil` until the performer has signed it: only on runs written here.
        package var signature: [UInt8]?

        package init(entries: [JudgedEntry], head: StreamHead, signature: [UInt8]?) {
            (self.entries, self.head, self.signature) = (entries, head, signature)
        }
    }

    /// A record as it is after the commit. Which entries made it so is told by the runs themselves.
    package struct Change: Hashable, Sendable {
        package let state: RecordState

        package init(state: RecordState) { self.state = state }
    }

    /// A proven fork: the proof, and the head the stream falls back to (its `forkedAfter` set).
    package struct Fork: Hashable, Sendable {
        package let proof: ForkProof
        package let head: StreamHead

        package init(proof: ForkProof, head: StreamHead) { (self.proof, self.head) = (proof, head) }
    }

    package var runs: [Run] = []
    package var changes: [Change] = []
    /// Every record that an entry beyond the new head touches goes onto the dirty list in the same transaction.
    package var forks: [Fork] = []
    /// Records of `changes` that were recomputed: off the dirty list.
    package var recomputed: [RecordID] = []
    /// The wall clock at the commit, milliseconds since 1970: the entries' time of arrival here.
    package var arrived: UInt64 = 0

    package init() {}

    package var isEmpty: Bool { runs.isEmpty && changes.isEmpty && forks.isEmpty && recomputed.isEmpty }
}

/// What the performer needs of a store beside reading.
package protocol Storing: StoreReading, AnyObject {
    func commit(_ commit: Commit) throws(StoreFailure)
}
