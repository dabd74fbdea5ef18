package import Divisions
package import Ledger
import Replication
import Synchronization

/// Something about nodes and links that a person should look at.
package struct NetworkIncident: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A writer contradicted itself: its stream has stopped.
        case fork
        /// Two live machines answer for one node.
        case twoMachines = "two-machines"
        /// A store was set back: entries of its own came back from a neighbour.
        case restored
        /// Entries were refused.
        case refusedRun = "refused-run"
        /// A frame could not be used.
        case faultyFrame = "faulty-frame"
        /// A neighbour was refused, or refused this node.
        case refusedPeer = "refused-peer"
        case refusedByPeer = "refused-by-peer"
        /// Entries wait for what is not here.
        case waiting
        /// The store could not be written.
        case storeFailure = "store-failure"
    }

    package let kind: Kind
    /// The node or neighbour it is about, where that is known.
    package let division: DivisionCode?
    package let stream: StreamID?
    /// What the core said, for whoever keeps the machines.
    package let detail: String
    /// When it happened first and last, by this node's clock in milliseconds since 1970; `nil` before this process began.
    package var first: UInt64?
    package var last: UInt64?
    package var count: UInt64

    package init(
        _ kind: Kind, of division: DivisionCode?, stream: StreamID? = nil, detail: String = "", at time: UInt64? = nil
    ) {
        (self.kind, self.division, self.stream, self.detail) = (kind, division, stream, detail)
        (first, last, count) = (time, time, 1)
    }

    fileprivate func isSame(as other: NetworkIncident) -> Bool {
        (kind, division, stream, detail) == (other.kind, other.division, other.stream, other.detail)
    }
}

/// Keeps the latest incidents in memory; one that happens again is counted.
final class IncidentBook: Sendable {
    private let incidents = Mutex<[NetworkIncident]>([])

    func note(_ incident: NetworkIncident) {
        incidents.withLock { incidents in
            var incident = incident
            if let place = incidents.firstIndex(where: { $0.isSame(as: incident) }) {
                let before = incidents.remove(at: place)
                (incident.first, incident.count) = (before.first, before.count + 1)
            }
            if incidents.count == NodeLimits.incidentsMax { incidents.removeFirst() }
            incidents.append(incident)
        }
    }

    /// The latest first.
    var all: [NetworkIncident] { incidents.withLock { $0.reversed() } }
}

extension NetworkIncident {
    /// What of the core's events is one; `peer` is the division at the other end of a link, `seat` the writer's.
    init?(
        _ event: Event, at time: UInt64, own: DivisionCode, peer: (LinkID) -> DivisionCode?,
        seat: (StreamID) -> DivisionCode?
    ) {
        switch event {
        case .forked(let stream, let after):
            self.init(.fork, of: seat(stream), stream: stream, detail: "after entry \(after)", at: time)
        case .twoMachines(let division, _): self.init(.twoMachines, of: division, at: time)
        case .restored(let stream): self.init(.restored, of: own, stream: stream, at: time)
        case .refusedRun(let link, let stream, let refusal):
            self.init(.refusedRun, of: peer(link), stream: stream, detail: "\(refusal)", at: time)
        case .faultyFrame(_, let peer, let reason): self.init(.faultyFrame, of: peer, detail: reason, at: time)
        case .refusedPeer(_, let peer, let reason): self.init(.refusedPeer, of: peer, detail: reason, at: time)
        case .refusedByPeer(let link, let reason):
            self.init(.refusedByPeer, of: peer(link), detail: reason, at: time)
        case .waiting(let link, let stream, let gap):
            self.init(.waiting, of: peer(link), stream: stream, detail: "\(gap)", at: time)
        default: return nil
        }
    }
}

extension Event {
    /// Whether the picture of the network may look another way after it.
    var changesNetwork: Bool {
        switch self {
        case .greeted, .refusedPeer, .refusedByPeer, .linkEnded, .faultyFrame, .refusedRun, .forked, .twoMachines,
            .turned, .reported, .restored, .caughtUp, .waiting:
            true
        case .compared, .clockAhead, .committed, .changed, .fileComplete, .fileUnsound, .fileDamaged, .filesFailed:
            false
        }
    }
}
