import Divisions
import Identity
import Ledger
import Node
import Replication
import Store

/// What two neighbours have in common, read from their stores.
struct Agreement: Sendable {
    /// Entries that one of the two has and the other, which should hold them too, has not.
    private(set) var behind: UInt64 = 0
    /// Streams of which the two hold different entries under one number.
    private(set) var contradictions = 0

    var isWhole: Bool { behind == 0 && contradictions == 0 }

    /// - Parameters:
    ///   - seat: the lower office: what it holds the upper one holds too.
    init(_ lower: [StreamHead], _ upper: [StreamHead], of seat: DivisionCode, in tree: DivisionTree) {
        func held(_ heads: [StreamHead]) -> [StreamID: StreamHead] {
            let wanted = heads.filter { tree.holds(seat, home: $0.home, flow: $0.flow) }
            return Dictionary(wanted.map { ($0.stream, $0) }) { first, _ in first }
        }
        let (below, above) = (held(lower), held(upper))
        for stream in Set(below.keys).union(above.keys) {
            let (left, right) = (below[stream]?.number ?? 0, above[stream]?.number ?? 0)
            behind += max(left, right) - min(left, right)
            if left == right, below[stream]?.hash != above[stream]?.hash { contradictions += 1 }
        }
    }

    /// Reads both stores as they are at this moment.
    init(_ lower: Office, _ upper: Office, in tree: DivisionTree) throws {
        self.init(try lower.reader().heads(), try upper.reader().heads(), of: lower.seat, in: tree)
    }
}

/// The proof that a province has converged and lost nothing: made from the stores of its nodes, each read beside its
/// node, not from what the nodes say of themselves.
struct Proof: Sendable {
    /// One node against its parent, and against itself.
    struct Finding: Sendable {
        let seat: DivisionCode
        let name: String
        var streams = 0
        var entries = 0
        var rows = 0
        /// Nil for the province, which has no parent.
        var agreement: Agreement?
        /// Whether the rows that both hold are the same on both; nil for the province.
        var hasEqualRows: Bool?
        /// What is wrong with its chains, seals, records or rows.
        var faults: [String] = []

        var isSound: Bool { faults.isEmpty && agreement?.isWhole ?? true && hasEqualRows ?? true }
    }

    private(set) var findings: [Finding] = []
    /// Entries that are missing from a node that should hold them, each counted once for each such node.
    private(set) var lost = 0

    /// - Parameter acknowledged: what nodes have answered for, which must be somewhere at all.
    init(_ province: LocalProvince, acknowledged: Set<Acknowledged.Name>) throws {
        var heads: [DivisionCode: [StreamHead]] = [:]
        for office in province.offices { heads[office.seat] = try office.reader().heads() }
        for office in province.offices {
            findings.append(try Self.examine(office, heads, in: province))
        }
        lost = Self.lost(heads, acknowledged, tree: province.tree)
    }

    var isConverged: Bool { findings.allSatisfy(\.isSound) }

    private static func examine(
        _ office: Office, _ heads: [DivisionCode: [StreamHead]], in province: LocalProvince
    ) throws -> Finding {
        var finding = Finding(seat: office.seat, name: office.name)
        let reader = try office.reader()
        let identity = try NodeIdentity.load(directory: office.data.identityDirectory)
        let report = try reader.verify(
            notary: try NodeNotary(identity: identity, tree: province.tree),
            trees: [province.tree.version: province.tree])
        (finding.streams, finding.entries, finding.rows) = (report.streams, report.entries, report.rows)
        finding.faults = report.faults.map(\.description)
        if report.dirty > 0 { finding.faults.append("\(report.dirty) records wait to be recomputed") }
        guard let parent = province.parent(of: office) else { return finding }
        finding.agreement = Agreement(
            heads[office.seat] ?? [], heads[parent.seat] ?? [], of: office.seat, in: province.tree)
        let isShared: (DivisionCode, Flow) -> Bool = { province.tree.holds(office.seat, home: $0, flow: $1) }
        finding.hasEqualRows = try reader.rowsDigest(where: isShared) == parent.reader().rowsDigest(where: isShared)
        return finding
    }

    private static func lost(
        _ heads: [DivisionCode: [StreamHead]], _ acknowledged: Set<Acknowledged.Name>, tree: DivisionTree
    ) -> Int {
        var furthest: [StreamID: StreamHead] = [:]
        for head in heads.values.joined() where head.number > furthest[head.stream]?.number ?? 0 {
            furthest[head.stream] = head
        }
        var lost: UInt64 = 0
        for (seat, held) in heads {
            let numbers = Dictionary(held.map { ($0.stream, $0.number) }) { first, _ in first }
            for head in furthest.values where tree.holds(seat, home: head.home, flow: head.flow) {
                lost += head.number - (numbers[head.stream] ?? 0)
            }
        }
        let known = Dictionary(furthest.values.map { ($0.stream.description, $0.number) }) { first, _ in first }
        return Int(lost) + acknowledged.count { $0.number > known[$0.stream] ?? 0 }
    }
}

extension LocalProvince {
    /// Returns once no node lacks an entry that its parent or child has, nothing is on its way, and nothing waits to be
    /// recomputed.
    func converge(within limit: Duration) async throws {
        try await Waiting.until("all offices to hold the same", within: limit, pause: .milliseconds(200)) {
            for office in offices {
                guard let parent = parent(of: office) else { continue }
                guard try Agreement(office, parent, in: tree).isWhole else { return false }
            }
            for office in offices where try await office.client().status().dirty > 0 { return false }
            return true
        }
    }
}
