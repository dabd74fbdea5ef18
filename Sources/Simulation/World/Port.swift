import Lattice
import Ledger
import Replication

/// A machine's way to its disk: where the power can leave, where there may be no room, and where one can look on.
final class Port: Storing {
    private let base: any Storing
    private unowned let machine: World.Machine
    private unowned let world: World

    init(_ base: any Storing, of machine: World.Machine, in world: World) {
        (self.base, self.machine, self.world) = (base, machine, world)
    }

    static let powerLost = StoreFailure.inputOutput("the power is gone")
    private(set) var isPowerLost = false

    func commit(_ original: Commit) throws(StoreFailure) {
        let commit = world.planted == .forgottenOwedDot ? original.forgettingOwed : original
        if world.planted == .sendsBeforeDurable { machine.kept.beforeLastCommit = try machine.disk.image() }
        if machine.isDiskFull { throw .diskFull }
        switch machine.crashPoint {
        case .beforeCommit:
            isPowerLost = true
        case .tornCommit:
            try machine.disk.tear(commit)
            isPowerLost = true
        case .afterCommit:
            try base.commit(commit)
            world.committed(commit, at: machine)
            isPowerLost = true
        case .now, nil:
            try base.commit(commit)
            world.committed(commit, at: machine)
        }
        if isPowerLost { throw Self.powerLost }
    }

    func heads() throws(StoreFailure) -> [StreamHead] { try base.heads() }
    func lastPosition() throws(StoreFailure) -> UInt64 { try base.lastPosition() }
    func hash(of entry: EntryID) throws(StoreFailure) -> Digest? { try base.hash(of: entry) }
    func log(lane: Lane, after position: UInt64, bytesMax: Int) throws(StoreFailure) -> [LoggedEntry] {
        try base.log(lane: lane, after: position, bytesMax: bytesMax)
    }
    func entries(
        of stream: StreamID, from number: UInt64, bytesMax: Int
    ) throws(StoreFailure) -> [LoggedEntry] {
        try base.entries(of: stream, from: number, bytesMax: bytesMax)
    }
    func record(_ id: RecordID) throws(StoreFailure) -> RecordState? { try base.record(id) }
    func records(of kind: String, after record: RecordID?, limit: Int) throws(StoreFailure) -> [RecordState] {
        try base.records(of: kind, after: record, limit: limit)
    }
    func history(of record: RecordID) throws(StoreFailure) -> [LoggedEntry] { try base.history(of: record) }
    func forkProof(of stream: StreamID) throws(StoreFailure) -> ForkProof? { try base.forkProof(of: stream) }
    func dirtyRecords(limit: Int) throws(StoreFailure) -> [RecordID] { try base.dirtyRecords(limit: limit) }
}
