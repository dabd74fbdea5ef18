package import Divisions
import Ledger

/// The nodes at and below one, and those above it, as that one knows them at a moment: for people.
package struct NetworkView: Sendable {
    /// How a node stands, from the best to the worst.
    package enum State: String, Hashable, Sendable, CaseIterable {
        case up
        /// Its link is up, and one end has been lacking something of the other for a while.
        case behind
        /// Something between here and the node is not heard, so that nothing is known of it now.
        case unknown
        /// It has not been heard since the node above it began.
        case never
        case down

        /// Whether it is heard at this moment.
        package var isHeard: Bool { self == .up || self == .behind }
    }

    package struct Node: Hashable, Sendable {
        package let division: DivisionCode
        package var state: State
        /// Since when its link has been so, on this node's monotonic clock; `nil` where nobody here knows.
        package var since: Int64?
        /// When it, or whoever tells of it, was last heard.
        package var heardAt: Int64?
        /// How long one end of its link has been lacking something of the other.
        package var lagMilliseconds: UInt64 = 0
        /// What was last told of it.
        package var report: NodeReport?
        /// Whether it holds what this node holds of all that is its: `nil` while that is not known or moves.
        package var agrees: Bool?
        /// When both were last found equal.
        package var agreedAt: UInt64?
    }

    /// A division and all nodes below it in one line.
    package struct Rollup: Hashable, Sendable {
        package var nodes = 0
        /// Nodes heard within `heardMilliseconds`.
        package var heard = 0
        /// Since when the one longest silent has been so; `nil` where all are heard or none ever was.
        package var silentSince: Int64?
        package var behind = 0
        package var disagreeing = 0
        package var restored = 0
        package var twoMachines = 0
        package var forks: UInt64 = 0
        package var worst = State.up
    }

    /// Whoever was heard within this time counts as heard.
    package static let heardMilliseconds: Int64 = 120_000
    /// A link on which something has been lacking for longer is behind.
    package static let behindMilliseconds: UInt64 = 60_000

    package let seat: DivisionCode
    package let tree: DivisionTree
    package let now: Moment
    /// Where the store stood of what the nearest node above ever linked is known to have durably.
    package let heldFrom: UInt64?
    private let table: ReportTable
    /// Nodes of which two machines answered this one.
    private let doubles: Set<DivisionCode>
    /// What this node says of itself.
    private let own: NodeReport
    private var nodes: [DivisionCode: Node] = [:]

    init(
        seat: DivisionCode, tree: DivisionTree, now: Moment, table: ReportTable, doubles: Set<DivisionCode>,
        own: NodeReport, heldFrom: UInt64?
    ) {
        (self.seat, self.tree, self.now, self.heldFrom) = (seat, tree, now, heldFrom)
        (self.table, self.doubles, self.own) = (table, doubles, own)
    }

    /// The latest that is known of a node, with what this one knows of its machines.
    private func report(_ division: DivisionCode) -> NodeReport? {
        guard var report = division == seat ? own : table.current(division) else { return nil }
        report.hasTwoMachines = report.hasTwoMachines || doubles.contains(division)
        return report
    }

    /// The same with every node looked at: some milliseconds for a province, and nothing that needs the core.
    package func resolved() -> NetworkView {
        var view = self
        for division in tree.parentsFirst.map(\.code) where tree.seat(at: division) != nil {
            if tree.isAtOrBelow(division, seat) { view.nodes[division] = view.resolve(division) }
        }
        return view
    }

    /// This node, one below it, or one above it that it dials; `nil` for a division without a node, or elsewhere.
    package func node(_ division: DivisionCode) -> Node? {
        if let node = nodes[division] { return node }
        guard tree.uplinks(of: seat).contains(where: { $0.division == division }) else { return nil }
        return above(division)
    }

    /// Nodes above this one, the nearest first.
    package var uplinks: [Node] { tree.uplinks(of: seat).map { above($0.division) } }

    package func rollup(of division: DivisionCode) -> Rollup {
        var rollup = Rollup()
        for code in tree.subtree(of: division) {
            guard let node = nodes[code] else { continue }
            rollup.nodes += 1
            if isHeard(node) {
                rollup.heard += 1
            } else if let heardAt = node.heardAt {
                rollup.silentSince = min(rollup.silentSince ?? heardAt, heardAt)
            }
            if node.state == .behind { rollup.behind += 1 }
            if node.agrees == false { rollup.disagreeing += 1 }
            if node.report?.state?.restoredAt != nil { rollup.restored += 1 }
            if node.report?.hasTwoMachines == true { rollup.twoMachines += 1 }
            rollup.forks = max(rollup.forks, node.report?.state?.forks ?? 0)
            rollup.worst = max(rollup.worst, node.state)
        }
        return rollup
    }

    /// A time of the monotonic clock in milliseconds since 1970.
    package func wall(_ time: Int64) -> Int64 {
        Int64(clamping: now.wall) &- (Int64(clamping: now.monotonic) &- time)
    }

    // MARK: One node

    private var time: Int64 { Int64(clamping: now.monotonic) }

    private func isHeard(_ node: Node) -> Bool {
        node.state.isHeard || node.heardAt.map { time &- $0 <= Self.heardMilliseconds } == true
    }

    /// Those above it are looked at before it.
    private func resolve(_ division: DivisionCode) -> Node {
        let report = report(division)
        var node = Node(division: division, state: .unknown, report: report)
        let agreement = table.agreements.of[division]
        (node.agrees, node.agreedAt) = (agreement?.agrees, agreement?.agreedAt)
        if division == seat {
            (node.state, node.since, node.heardAt) = (.up, report?.state?.startedAt, time)
            node.agrees = true
            return node
        }
        guard let report, let link = report.link else {
            guard let above = tree.uplinks(of: division).first.flatMap({ nodes[$0.division] }), above.state.isHeard,
                let state = above.report?.state
            else { return node }
            (node.state, node.since) = (.never, state.startedAt)
            return node
        }
        let upper = nodes[link.upper]
        guard upper?.state.isHeard == true else {
            let silent = upper?.heardAt
            node.heardAt = link.isUp ? silent : silent.map { min($0, link.heardAt) } ?? link.heardAt
            (node.state, node.since) = (.unknown, silent)
            return node
        }
        return look(at: link, of: node)
    }

    private func look(at link: NodeReport.Link, of node: Node) -> Node {
        var node = node
        node.since = link.since
        guard link.isUp else {
            (node.state, node.heardAt) = (.down, link.heardAt)
            return node
        }
        let lags = [link.behindSince, node.report?.state?.behindSince].compactMap { $0 }
        node.lagMilliseconds = lags.map { (time &- min($0, time)).magnitude }.max() ?? 0
        (node.state, node.heardAt) = (node.lagMilliseconds > Self.behindMilliseconds ? .behind : .up, time)
        return node
    }

    private func above(_ division: DivisionCode) -> Node {
        let report = report(division)
        let node = Node(division: division, state: .never, since: own.state?.startedAt, report: report)
        guard let link = report?.link else { return node }
        var above = look(at: link, of: node)
        // What is lacking above is what this node still has for it.
        // What it lacks of this node stands in the link itself, what this node lacks of it, nobody here can know.
        above.state = max(above.state, above.lagMilliseconds > Self.behindMilliseconds ? .behind : .up)
        return above
    }
}

extension NetworkView.State: Comparable {
    package static func < (left: NetworkView.State, right: NetworkView.State) -> Bool {
        place(of: left) < place(of: right)
    }

    private static func place(of state: NetworkView.State) -> Int { allCases.firstIndex(of: state) ?? 0 }
}
