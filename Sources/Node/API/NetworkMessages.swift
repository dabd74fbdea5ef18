import Casework

/// How one division stands in the network. Moments are milliseconds since 1970 by the clock of the node that answers.
package struct NetworkNodeMessage: Codable, Hashable, Sendable {
    package let division: String
    package let name: String
    package let level: String
    /// The division whose node serves it: itself, or the nearest above that has one.
    package let servedBy: String
    package let hasNode: Bool
    /// `up`, `behind`, `down`, `never` or `unknown`; that of the node that serves it.
    package let linkState: String
    package let since: Int64?
    package let lastSeen: Int64?
    /// The node at the upper end of its link.
    package let linked: String?
    package let linkedName: String?
    package let lagSeconds: UInt64
    /// Entries that it has for the node above, and those that the node above has for it.
    package let backlogEntries: UInt64
    package let downBacklogEntries: UInt64
    package let release: String?
    /// `writing`, `read-only`, `starting`, `stopped` or `unknown`.
    package let phase: String
    /// Whether it holds what this node holds of all that is its; absent while that is not known or moves.
    package let digestAgrees: Bool?
    package let digestAgreedAt: Int64?
    package let twoMachines: Bool
    /// What it said of itself; absent for one that has said nothing.
    package let says: NetworkStateMessage?
}

/// What a node said of itself last.
package struct NetworkStateMessage: Codable, Hashable, Sendable {
    package let saidAt: Int64
    package let startedAt: Int64
    /// Its clock less that of the node that answers.
    package let clockAheadMilliseconds: Int64
    package let nonce: String
    package let entries: UInt64
    package let conflicts: UInt64
    package let dirty: UInt64
    package let missingFiles: UInt64
    package let forks: UInt64
    package let alarms: UInt64
    package let refused: UInt64
    package let faults: UInt64
    package let storeFailures: UInt64
    /// When entries of its own came back that its store had lost.
    package let restoredAt: Int64?
}

/// All nodes at and below one division in one line.
package struct NetworkRollupMessage: Codable, Hashable, Sendable {
    package let nodes: Int
    /// Heard within two minutes.
    package let heard: Int
    package let silent: Int
    package let silentSince: Int64?
    package let behind: Int
    package let disagreeing: Int
    package let restored: Int
    package let twoMachines: Int
    package let forks: UInt64
    /// The worst link state of them.
    package let worst: String
}

package struct NetworkChildMessage: Codable, Hashable, Sendable {
    package let node: NetworkNodeMessage
    package let below: NetworkRollupMessage
    /// How many divisions stand directly below it.
    package let children: Int
}

/// What a line to the node above holds back.
package struct HeldBackMessage: Codable, Hashable, Sendable {
    package struct Part: Codable, Hashable, Sendable {
        package let flow: String
        package let kind: String
        package let entries: Int
    }

    package let entries: Int
    /// Whether all were looked at: where not, there is more than is told.
    package let isAll: Bool
    package let parts: [Part]
}

package struct NetworkMessage: Codable, Hashable, Sendable {
    /// This node's clock.
    package let clock: Int64
    /// The division that was asked for, and the way to it from this node's own.
    package let division: String
    package let path: [NetworkStepMessage]
    package let node: NetworkNodeMessage
    package let below: NetworkRollupMessage
    /// The nodes above this one, the nearest first; `linkState` is that of the link from here.
    package let uplinks: [NetworkNodeMessage]
    /// What is held back from the node above; absent where there is none, or no link was ever up since the start.
    package let heldBack: HeldBackMessage?
    package let children: [NetworkChildMessage]
    package let next: String?
}

package struct NetworkStepMessage: Codable, Hashable, Sendable {
    package let division: String
    package let name: String
}

package struct NetworkIncidentMessage: Codable, Hashable, Sendable {
    package let kind: String
    package let words: WordsMessage
    package let division: String?
    package let divisionName: String?
    package let stream: String?
    /// What the program said, in English, for whoever keeps the machines.
    package let detail: String
    /// When it happened first and last; absent where it was found in the store.
    package let first: Int64?
    package let last: Int64?
    package let count: UInt64
}

package struct NetworkIncidentList: Codable, Hashable, Sendable {
    package let incidents: [NetworkIncidentMessage]
}

/// The data of an event `network` in the stream of changes: read the network anew.
package struct NetworkChangeMessage: Codable, Hashable, Sendable {
    package let clock: UInt64
}

extension NetworkIncident.Kind {
    /// What people call it.
    var words: Bilingual {
        switch self {
        case .fork:
            Bilingual("数据分叉，该数据流已停用", "A writer contradicted itself: its stream has stopped")
        case .twoMachines: Bilingual("同一单位有两台机器在线", "Two live machines answer for one office")
        case .restored: Bilingual("节点数据由备份恢复", "The node was restored from a backup")
        case .refusedRun: Bilingual("数据批次被拒绝", "Entries were refused")
        case .faultyFrame: Bilingual("收到无法识别的数据", "A frame could not be used")
        case .refusedPeer: Bilingual("拒绝了对方的连接", "A neighbour was refused")
        case .refusedByPeer: Bilingual("对方拒绝了本节点的连接", "A neighbour refused this node")
        case .waiting: Bilingual("数据流在等待缺失的内容", "A stream waits for what is missing")
        case .storeFailure: Bilingual("存储无法写入", "The store could not be written")
        }
    }
}

/// How the line from a node upward stands.
package struct UplinkMessage: Codable, Hashable, Sendable {
    /// Of a node that has nobody above it.
    package static let root = "root"

    /// `up`, `behind`, `down`, `never` or `unknown` of the link that counts, or `root`.
    package let state: String
    /// Milliseconds since 1970; absent where nobody here knows.
    package let since: Int64?
    /// The node at its upper end.
    package let division: String?
    package let name: String?

    init(state: String, since: Int64? = nil, division: String? = nil, name: String? = nil) {
        (self.state, self.since, self.division, self.name) = (state, since, division, name)
    }
}
