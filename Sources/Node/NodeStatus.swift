import Divisions
import Replication

/// How a node is, in one value: for `tributary status`, the console and whoever watches.
package struct NodeStatus: Codable, Hashable, Sendable {
    package struct Link: Codable, Hashable, Sendable {
        package let number: UInt64
        /// The division at the other end; `nil` as long as its certificate names none.
        package let peer: String?
        /// How people call that division, where the tree knows it.
        package let peerName: String?
        /// Whether the peer stands above this node.
        package let isUp: Bool
        /// `greeting`, `comparing` or `streaming`.
        package let phase: String
        package let bytesIn: UInt64
        package let bytesOut: UInt64
        /// Entries of this node that the peer may not have yet: an upper bound.
        package let backlogEntries: UInt64
        /// How long the peer has been lacking something of this node without a moment's pause; 0 while it lacks nothing.
        package let lagSeconds: UInt64
        package let inFlightBytes: Int
        package let windowBytes: Int
    }

    package struct Kind: Codable, Hashable, Sendable {
        package let kind: String
        /// Visible records.
        package let records: Int
        package let inConflict: Int
    }

    /// A node of which two machines are alive at once.
    package struct Alarm: Codable, Hashable, Sendable {
        package let division: String
        /// The nonces of its processes, in hexadecimal.
        package let nonces: [String]
    }

    /// What of the evidence files is missing.
    package struct Files: Codable, Hashable, Sendable {
        /// Files that records here name and that are not here.
        package let missing: Int
        /// Those that are on their way at this moment.
        package let arriving: Int
        /// Those whose record contradicts itself, so that they can never come.
        package let unsound: Int
        /// Whether records are still looked through after a start: until then more may be missing.
        package let isScanning: Bool

        init(_ status: FileStatus) {
            (missing, arriving) = (status.missing, status.arriving)
            (unsound, isScanning) = (status.unsound, status.isScanning)
        }
    }

    package let division: String
    package let name: String
    package let level: String
    package let release: String
    /// The nonce of the writer, in hexadecimal: another one after every start and every recovery.
    package let nonce: String
    package let phase: NodePhase
    package let uptimeSeconds: UInt64
    /// The version of the tree of divisions.
    package let tree: String
    package let links: [Link]
    package let streams: Int
    package let entries: UInt64
    package let records: Int
    package let kinds: [Kind]
    /// The position of the last entry committed here.
    package let lastPosition: UInt64
    /// The digest of all that is held for this node's division and below: equal on two nodes that hold the same of it.
    /// `nil` while nothing is written.
    package let digest: String?
    /// Visible records in conflict.
    package let conflicts: Int
    /// Records that wait to be recomputed.
    package let dirty: Int
    package let forks: Int
    package let alarms: [Alarm]
    /// This node's clock, in milliseconds since 1970.
    package let clock: UInt64
    /// Entries that some linked neighbour may not have yet: the longest backlog of any link.
    package let backlog: UInt64
    /// Whether every link streams and nothing is on its way on any of them.
    package let isQuiet: Bool
    package let files: Files
}

/// Whether a node writes.
package enum NodePhase: Hashable, Sendable {
    /// The core has not yet begun.
    case starting
    case writing
    /// The store refuses to be written; reading goes on, and writing is tried again where that can help.
    case readOnly(reason: String)
    case stopped

    package var isWriting: Bool { self == .writing }
}

extension NodePhase: Codable {
    private enum Key: String, CodingKey { case state, reason }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        switch try fields.decode(String.self, forKey: .state) {
        case "starting": self = .starting
        case "writing": self = .writing
        case "readOnly": self = .readOnly(reason: try fields.decode(String.self, forKey: .reason))
        case "stopped": self = .stopped
        case let other:
            throw DecodingError.dataCorruptedError(
                forKey: .state, in: fields, debugDescription: "\(other) is no state of a node")
        }
    }

    /// As `{"state": "writing"}` or `{"state": "readOnly", "reason": "…"}`.
    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        switch self {
        case .starting: try fields.encode("starting", forKey: .state)
        case .writing: try fields.encode("writing", forKey: .state)
        case .readOnly(let reason):
            try fields.encode("readOnly", forKey: .state)
            try fields.encode(reason, forKey: .reason)
        case .stopped: try fields.encode("stopped", forKey: .state)
        }
    }
}
