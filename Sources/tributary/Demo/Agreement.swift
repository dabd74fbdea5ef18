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

    /// - Parameters:
    ///   - offices: every machine that should hold what its division holds; two of one division are compared with the
    ///     same parent.
    ///   - acknowledged: what nodes have answered for, which must be somewhere at all.
    init(_ offices: [Office], in tree: DivisionTree, acknowledged: Set<Acknowledged.Name>) throws {
        let held = try offices.map { (office: $0, heads: try $0.reader().heads()) }
        for (office, heads) in held {
            let above = tree.uplinks(of: office.seat).lazy.compactMap { seat in
                held.first { $0.office.seat == seat.division }
            }
            findings.append(try Self.examine(office, heads, parent: above.first, in: tree))
        }
        lost = Self.lost(held.map { ($0.office.seat, $0.heads) }, acknowledged, tree: tree)
    }

    init(_ province: LocalProvince, acknowledged: Set<Acknowledged.Name>) throws {
        try self.init(province.offices, in: province.tree, acknowledged: acknowledged)
    }

    var isConverged: Bool { findings.allSatisfy(\.isSound) }

    private static func examine(
        _ office: Office, _ heads: [StreamHead], parent: (office: Office, heads: [StreamHead])?, in tree: DivisionTree
    ) throws -> Finding {
        var finding = Finding(seat: office.seat, name: office.name)
        let reader = try office.reader()
        let identity = try NodeIdentity.load(directory: office.data.identityDirectory)
        let report = try reader.verify(
            notary: try NodeNotary(identity: identity, tree: tree), trees: [tree.version: tree])
        (finding.streams, finding.entries, finding.rows) = (report.streams, report.entries, report.rows)
        finding.faults = report.faults.map(\.description)
        if report.dirty > 0 { finding.faults.append("\(report.dirty) records wait to be recomputed") }
        guard let parent else { return finding }
        finding.agreement = Agreement(heads, parent.heads, of: office.seat, in: tree)
        let isShared: (DivisionCode, Flow) -> Bool = { tree.holds(office.seat, home: $0, flow: $1) }
        finding.hasEqualRows =
            try reader.rowsDigest(where: isShared) == parent.office.reader().rowsDigest(where: isShared)
        return finding
    }

    private static func lost(
        _ held: [(seat: DivisionCode, heads: [StreamHead])], _ acknowledged: Set<Acknowledged.Name>,
        tree: DivisionTree
    ) -> Int {
        var furthest: [StreamID: StreamHead] = [:]
        for head in held.map(\.heads).joined() where head.number > furthest[head.stream]?.number ?? 0 {
            furthest[head.stream] = head
        }
        var lost: UInt64 = 0
        for (seat, heads) in held {
            let numbers = Dictionary(heads.map { ($0.stream, $0.number) }) { first, _ in first }
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
