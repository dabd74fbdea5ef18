package import Divisions
import Ledger

/// One link's conversation. The phases carry only what is true in them; the replica decides what each event means.
struct Session: Sendable {
    enum Side: Hashable, Sendable {
        /// We dialled: the other is an ancestor.
        case lower
        /// It dialled in: the other sits below us.
        case upper
    }

    enum Phase: Sendable {
        case greeting(since: UInt64)
        case comparing
        case streaming
    }

    /// What each side said of itself when the link began, as long as the other's greeting is not here.
    struct Opened: Sendable {
        let root: Digest
        let position: UInt64
        let greeting: [UInt8]
    }

    let link: LinkID
    let side: Side
    /// What its certificate names.
    let certified: DivisionCode?
    var phase: Phase
    var opened: Opened?
    /// Names this link once both greetings are known.
    var token: [UInt8] = []
    var peer: Greeting?
    var inbound = Inbound()
    var outbound: Outbound
    /// Survives the phase: whoever has finished still answers the other's questions.
    var comparing: Comparing?
    /// Branches asked for: through which number, and how far back last.
    var asks: [StreamID: (through: UInt64, span: UInt64)] = [:]
    /// Streams whose fork was told after entries of them: to whoever held nothing of them it meant nothing before.
    var forksTold: Set<StreamID> = []
    /// The question this link was asked to prove that its process lives.
    var probe: UInt64?
    var bytesIn: UInt64 = 0
    var bytesOut: UInt64 = 0
    /// Files the other side asked for, to be sent in turns.
    var serving: [ServedFile] = []
    /// Files it asked for that are not here.
    var askedInVain: Set<FileName> = []
    /// What the other side was told of nodes, where it stands above.
    var telling: Replica.Telling?
    /// When the other side last said anything.
    var heardAt: UInt64
    /// Since when the other side may lack something of ours; `nil` while it has all of it durably.
    var behindSince: UInt64?

    init(link: LinkID, side: Side, certified: DivisionCode?, position: UInt64, now: UInt64) {
        (self.link, self.side, self.certified) = (link, side, certified)
        phase = .greeting(since: now)
        outbound = Outbound(from: position)
        heardAt = now
        behindSince = now
    }

    /// The seat of the lower of the two, whose holdings both sides compare.
    func lowerSeat(own: DivisionCode) -> DivisionCode {
        side == .lower ? own : peer?.division ?? certified ?? own
    }

    var isStreaming: Bool { if case .streaming = phase { true } else { false } }

    /// When this link must be looked at although nothing arrives.
    func deadline() -> UInt64? {
        switch phase {
        case .greeting(let since): since + ReplicationLimits.greetingMilliseconds
        case .comparing: heardAt + ReplicationLimits.stallMilliseconds
        case .streaming: outboundDeadline
        }
    }

    private var outboundDeadline: UInt64? {
        outbound.sent.isEmpty ? nil : outbound.progressAt + ReplicationLimits.stallMilliseconds
    }
}

/// How one link stands, for people and for metrics.
package struct LinkStatus: Hashable, Sendable {
    package enum Phase: String, Hashable, Sendable { case greeting, comparing, streaming }
    package let link: LinkID
    package let peer: DivisionCode?
    /// Whether the peer is an ancestor.
    package let isUp: Bool
    package let phase: Phase
    package let bytesIn: UInt64
    package let bytesOut: UInt64
    /// Entries of our log that the peer may not have yet.
    package let backlogEntries: UInt64
    /// Since when the peer may lack something of ours, on the monotonic clock in milliseconds; `nil` while it has all
    /// of it durably.
    package let behindSince: UInt64?
    package let inFlightBytes: Int
    package let windowBytes: Int
}
