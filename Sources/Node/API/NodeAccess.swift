package import Divisions
package import Lattice
package import Ledger
package import Replication
package import Store

/// All that the local API needs of a running node. `NodeCore` is the one that runs; a test may put a smaller one in
/// its place.
package protocol NodeAccess: Sendable {
    /// The division at which the node writes.
    var seat: DivisionCode { get }
    /// The tree in force.
    var tree: DivisionTree { get }
    var kinds: Kinds { get }

    /// Writes a local change, whole or not at all; the entries are durable here once it returns.
    func write(_ act: Act, _ parts: [LocalChange.Part]) async throws(WriteFailure) -> [EntryID]

    /// Every change of a record from now on; ends when the node stops. A slow reader is told what it missed.
    func changes() -> AsyncStream<ChangeNotice>

    func status() async throws(StoreFailure) -> NodeStatus

    /// Where evidence files lie.
    var files: FileShelf { get }

    /// A file was handed in here.
    func fileArrived(_ name: FileName)

    /// How many files are missing, and the first of them.
    func missingFiles() async -> (FileStatus, [MissingFile])

    /// Whether the node writes at this moment.
    var phase: NodePhase { get }

    /// What is known here of the nodes at and below this one and of those above it.
    func network() async -> NetworkView

    /// What happened to nodes and links since this process began, the latest first.
    var incidents: [NetworkIncident] { get }

    /// Tells that `network` or `incidents` has changed; ends when the node stops.
    func networkChanges() -> AsyncStream<Void>

    /// Reads the store where waiting for the disk holds up nobody else.
    func read<Answer: Sendable, Failure: Error>(
        _ body: @escaping @Sendable (StoreReader) throws(Failure) -> Answer
    ) async throws(Failure) -> Answer
}

extension NodeCore: NodeAccess {
    package var seat: DivisionCode { configuration.division }
}
