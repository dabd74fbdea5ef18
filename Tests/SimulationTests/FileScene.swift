import Casework
import Divisions
import Ledger
import Replication
import Testing

@testable import Simulation

/// A province, a city, a county and two townships that keep evidence.
struct FileScene {
    static let province = "province"
    static let city = "city-1"
    static let county = "county-1-1"
    static let town = "town-1-1-1"
    static let otherTown = "town-1-1-2"
    let world: World

    init(_ seed: Seed = Seed(1), lines: LineQuality = LineQuality()) throws {
        let tree = try #require(Shape("1+1+1+2")).tree
        world = try World(tree: tree, seed: seed, lines: lines)
        let linked = try world.run(
            until: {
                world.machines.allSatisfy { machine in
                    machine.name == Self.province || machine.uplink != nil
                }
            }, within: 60_000)
        #expect(linked)
    }

    /// Bytes that no other file has.
    static func recording(_ size: Int, _ seed: UInt64 = 1) -> [UInt8] {
        var random = Seed(seed).generator
        let block = random.bytes(1_021)
        var bytes: [UInt8] = []
        while bytes.count < size { bytes += [UInt8(bytes.count / 1_021 % 256)] + block }
        return Array(bytes.prefix(size))
    }

    /// An officer hands a file in at a machine, and attaches it to a case of the machine's own division.
    @discardableResult
    func attach(_ bytes: [UInt8], at machine: String, number: UInt64 = 1) throws -> FileName {
        let name = world.machine(machine).files.add(bytes)
        try record(name, at: machine, number: number)
        return name
    }

    /// Writes the record alone.
    func record(_ name: FileName, at machine: String, number: UInt64 = 1) throws {
        let fields: [(String, Value)] = [
            ("digest", .text(name.digest.sha256Text)), ("chunk-root", .text(name.root.sha256Text)),
            ("size", .integer(Int64(name.size))),
        ]
        let key = RecordKey(number, 7)
        let exists = EditDraft(kind: "evidence", record: key, field: "exists", type: .exists, value: nil)
        let drafts = fields.map { field, value in
            EditDraft(kind: "evidence", record: key, field: field, type: .register, value: value)
        }
        let place = StreamPlace(home: world.machine(machine).seat, flow: .up)
        guard case .written = try world.write(machine, to: place, [exists] + drafts) else {
            Issue.record("the evidence of \(machine) was not written")
            return
        }
    }

    func holds(_ machine: String, _ name: FileName) -> Bool { world.machine(machine).files.holds(name.digest) }

    func missing(at machine: String) -> Int {
        world.machine(machine).performer?.inspect { $0.fileStatus.missing } ?? -1
    }

    /// Runs until a machine has the file.
    func run(until machine: String, has name: FileName, within limit: UInt64 = 600_000) throws -> Bool {
        try world.run(until: { holds(machine, name) }, within: limit)
    }

    /// Bytes of files that have left on the line between two machines from now on.
    func count(from sender: String, to receiver: String) -> FileBytes {
        let count = FileBytes(from: sender, to: receiver)
        world.watchers.append(count)
        return count
    }
}

final class FileBytes: Watcher {
    private let sender: String
    private let receiver: String
    private(set) var bytes = 0

    init(from sender: String, to receiver: String) { (self.sender, self.receiver) = (sender, receiver) }

    func sent(
        _ frame: [UInt8], from: World.Machine, to: World.Machine, connection: World.Connection, arrival: UInt64,
        in world: World
    ) {
        if from.name == sender, to.name == receiver { bytes += FrameView(frame)?.fileBytes ?? 0 }
    }
}
