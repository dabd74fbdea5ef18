package import Divisions
import Lattice
package import Ledger

/// The time a step happens at: the wall clock stamps entries, the monotonic one drives every delay.
package struct Moment: Hashable, Sendable {
    /// Milliseconds since 1970.
    package let wall: UInt64
    /// Milliseconds since some fixed moment of this process.
    package let monotonic: UInt64

    package init(wall: UInt64, monotonic: UInt64) { (self.wall, self.monotonic) = (wall, monotonic) }
}

/// One connection to one neighbour, numbered by whoever opened or accepted it; never used again.
package struct LinkID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let number: UInt64
    package init(_ number: UInt64) { self.number = number }
    package static func < (left: LinkID, right: LinkID) -> Bool { left.number < right.number }
    package var description: String { "link \(number)" }
}

/// What happens to the core.
package enum Input: Sendable {
    /// A local change, written whole or not at all.
    case change(LocalChange)
    /// A neighbour dialled in; `division` is what its certificate names, `nil` if it names none.
    case linkAccepted(LinkID, division: DivisionCode?)
    /// A connection that `LinkDuty.dial` asked for stands.
    case linkDialled(LinkID, division: DivisionCode?)
    /// It could not be made, or it ended.
    case linkClosed(LinkID, reason: String)
    case frame(LinkID, [UInt8])
    /// A file was made whole here by other means than a link.
    case fileArrived(FileName)
    /// What only the surroundings know has changed.
    case figures(NodeFigures)
    /// The alarm that an earlier outcome asked for.
    case alarm

    var isChange: Bool { if case .change = self { true } else { false } }
    var isAlarm: Bool { if case .alarm = self { true } else { false } }
}

/// An edit as an officer or an importer means it: one act, in one or several homes, one change.
package struct LocalChange: Sendable {
    package struct Part: Sendable {
        package let place: StreamPlace
        /// One inner list an entry: an importer packs as many records into one as the limits allow.
        package let entries: [[EditDraft]]

        package init(place: StreamPlace, entries: [[EditDraft]]) { (self.place, self.entries) = (place, entries) }
    }

    /// Names the reply.
    package let request: UInt64
    package let act: Act
    package let parts: [Part]

    package init(request: UInt64, act: Act, parts: [Part]) {
        (self.request, self.act, self.parts) = (request, act, parts)
    }
}

/// What becomes of a local change.
package enum ChangeAnswer: Hashable, Sendable {
    /// Durable here once the outcome's commit is; the entries it stands in.
    case written([EntryID])
    case refused(ChangeRefusal)
}

package enum ChangeRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case mayNotWrite(home: DivisionCode, acting: DivisionCode)
    case tooLarge(bytes: Int, limit: Int)
    case tooManyEdits(limit: Int)
    case tooManyCitations(limit: Int)
    case badName(String)
    case empty

    package var description: String {
        switch self {
        case .mayNotWrite(let home, let acting):
            "this node may not write at \(home) for \(acting): the office acted for lies between the record's home and this node"
        case .tooLarge(let bytes, let limit):
            "an entry of \(bytes) bytes is larger than the limit of \(limit): write less at once"
        case .tooManyEdits(let limit): "more than \(limit) edits in one entry: write fewer at once"
        case .tooManyCitations(let limit): "more than \(limit) citations on one edit: cite fewer at once"
        case .badName(let name): "\(name) is no name of a kind or field: use up to \(Name.bytesMax) of a-z, 0-9 and -"
        case .empty: "a change without edits"
        }
    }
}

/// What a step wants done, in this order: sign, commit, then (only once the commit is durable) keep files, answer and
/// send.
package struct Outcome: Sendable {
    /// A seal to sign: `message` for the run of `commit.runs` at `run`.
    package struct SealDuty: Hashable, Sendable {
        package let run: Int
        package let message: [UInt8]
    }

    package var seals: [SealDuty] = []
    package var commit = Commit()
    /// What to do to files, in this order.
    package var files: [FileDuty] = []
    package var answers: [(request: UInt64, answer: ChangeAnswer)] = []
    package var links: [LinkDuty] = []
    /// When the core wants to be stepped next, on the monotonic clock, whatever happens.
    package var alarm: UInt64?
    /// The same for reports of nodes alone, which nothing else waits for.
    package var reportsAlarm: UInt64?
    package var events: [Event] = []
    /// There is more to do at once: step again (with `.alarm` or anything else) when no local change waits.
    package var wantsMore = false
    /// Somebody else extends our own streams (a resumed snapshot, a stolen key): replace the replica by one with a
    /// newly drawn writer.
    package var needsNewWriter = false

    package init() {}
}

/// What to do with connections.
package enum LinkDuty: Hashable, Sendable {
    case send(LinkID, frame: [UInt8])
    case close(LinkID, reason: String)
    /// Connect to a seat; answer with `linkDialled` or `linkClosed` under this number.
    case dial(LinkID, Seat)
}

/// What happened, for logs, metrics and the console. Never a citizen's data.
package enum Event: Hashable, Sendable {
    case greeted(LinkID, peer: DivisionCode, resumes: Bool)
    case refusedPeer(LinkID, peer: DivisionCode?, reason: String)
    case refusedByPeer(LinkID, reason: String)
    case compared(LinkID, peer: DivisionCode, frames: Int, differing: Int)
    case caughtUp(LinkID, peer: DivisionCode)
    case linkEnded(LinkID, peer: DivisionCode?, reason: String)
    case faultyFrame(LinkID, peer: DivisionCode?, reason: String)
    case refusedRun(LinkID, StreamID, Refusal)
    case waiting(LinkID, StreamID, Gap)
    case forked(StreamID, after: UInt64)
    /// Two live machines answer for one node.
    case twoMachines(DivisionCode, nonces: [[UInt8]])
    case clockAhead(StreamID, milliseconds: UInt64)
    case committed(entries: Int, records: Int, remote: Bool)
    /// A record changed, for whoever follows changes.
    case changed(RecordID, by: EntryID)
    case turned(to: DivisionCode)
    /// A neighbour told of itself and of nodes below it.
    case reported(LinkID, nodes: Int)
    /// Entries that this node had written came back from a neighbour: its store had been set back.
    case restored(StreamID)
    /// A file is whole and durable here.
    case fileComplete(Digest, bytes: UInt64)
    /// A file's chunks are what its record says and its bytes do not have the digest: the record contradicts itself.
    case fileUnsound(Digest)
    /// A whole file's bytes on the disk have changed; it was set aside.
    case fileDamaged(Digest)
    /// Files could not be written; it is tried again in a while.
    case filesFailed(StoreFailure)
}
