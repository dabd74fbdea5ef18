import Divisions
import Ledger
import Replication

/// What the core says of itself between two steps.
struct CoreSnapshot: Sendable {
    var links: [LinkStatus] = []
    var streams = 0
    var lastPosition: UInt64 = 0
    /// `nil` while there is no core because the store fails.
    var digest: Digest?
    var nonce: [UInt8] = []
    var alarms: [DivisionCode: [[UInt8]]] = [:]
    var isQuiet = false
    var files = FileStatus.none
    /// What is known of other nodes.
    var network: NetworkView?
    /// The first `NodeLimits.missingFilesMax` of them.
    var missingFiles: [MissingFile] = []
}
