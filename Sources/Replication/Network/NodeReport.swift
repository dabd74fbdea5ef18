package import Divisions
package import Ledger

/// What only the surroundings of a core know of it, handed in for its reports.
package struct NodeFigures: Hashable, Sendable {
    /// Records in conflict, and records that wait to be recomputed.
    package var conflicts: UInt64
    package var dirty: UInt64
    /// How often the store could not be written since the program began.
    package var storeFailures: UInt64

    package init(conflicts: UInt64 = 0, dirty: UInt64 = 0, storeFailures: UInt64 = 0) {
        (self.conflicts, self.dirty, self.storeFailures) = (conflicts, dirty, storeFailures)
    }
}

/// What a node says of itself.
///
/// Times are in milliseconds, either on the monotonic clock of whoever keeps them, and then possibly before that clock
/// began, or, on the wire, ages.
package struct NodeState: Hashable, Sendable {
    /// Of everything it holds.
    package var digest: Digest
    package var entries: UInt64 = 0
    package var startedAt: Int64 = 0
    /// Its clock, less the clock of whoever keeps this.
    package var clockAhead: Int64 = 0
    package var figures = NodeFigures()
    package var missingFiles: UInt64 = 0
    package var forks: UInt64 = 0
    /// Nodes of which it knows that two machines answer for them.
    package var alarms: UInt64 = 0
    /// Since its process began.
    package var refused: UInt64 = 0
    package var faults: UInt64 = 0
    /// When entries of its own came back that its store had lost.
    package var restoredAt: Int64?
    /// What it still has for the node above, and since when it has had something without a pause.
    package var backlog: UInt64 = 0
    package var behindSince: Int64?

    package init(digest: Digest) { self.digest = digest }
}

/// What is known of one node: what it said of itself, and how the upper end of its link sees it. It is shown to people and
/// decides nothing.
package struct NodeReport: Hashable, Sendable {
    /// How the upper end of a link sees it.
    package struct Link: Hashable, Sendable {
        package var isUp: Bool
        /// The node at the upper end.
        package var upper: DivisionCode
        package var since: Int64
        /// When the upper end last heard anything over a link that is down.
        package var heardAt: Int64
        /// What the upper end still has for it, and since when without a pause.
        package var backlog: UInt64 = 0
        package var behindSince: Int64?

        package init(isUp: Bool, upper: DivisionCode, since: Int64, heardAt: Int64) {
            (self.isUp, self.upper, self.since, self.heardAt) = (isUp, upper, since, heardAt)
        }
    }

    package let division: DivisionCode
    package var release = ""
    /// Of its process; empty where it is not known.
    package var nonce: [UInt8] = []
    /// `nil` in what a node says of itself: whoever hears it knows the link better.
    package var link: Link?
    package var hasTwoMachines = false
    /// When it said `state`.
    package var saidAt: Int64 = 0
    /// `nil` of a node that speaks no reports, or was not heard since.
    package var state: NodeState?

    package init(division: DivisionCode) { self.division = division }
}

// MARK: Times

extension NodeReport {
    /// Times turned into ages at a moment, or ages back into times.
    func turned(at now: UInt64) -> NodeReport {
        func turn(_ time: Int64) -> Int64 { Int64(clamping: now) &- time }
        var turned = self
        turned.saidAt = turn(saidAt)
        if let link {
            turned.link?.since = turn(link.since)
            turned.link?.heardAt = turn(link.heardAt)
            turned.link?.behindSince = link.behindSince.map(turn)
        }
        if let state {
            turned.state?.startedAt = turn(state.startedAt)
            turned.state?.restoredAt = state.restoredAt.map(turn)
            turned.state?.behindSince = state.behindSince.map(turn)
        }
        return turned
    }

    /// Whether it says something that `other` did not, the time of saying it and the tremble of clocks and lines aside.
    func isNews(after other: NodeReport) -> Bool { steadied(on: other) != other }

    /// The same with every time that only trembles put to where `other` has it.
    private func steadied(on other: NodeReport) -> NodeReport {
        func steady(_ time: Int64, _ old: Int64) -> Int64 {
            (time &- old).magnitude <= UInt64(ReplicationLimits.reportTrembleMilliseconds) ? old : time
        }
        func steady(_ time: Int64?, _ old: Int64?) -> Int64? {
            guard let time, let old else { return time }
            return steady(time, old)
        }
        var steadied = self
        steadied.saidAt = other.saidAt
        if let link, let old = other.link {
            steadied.link?.since = steady(link.since, old.since)
            steadied.link?.heardAt = link.isUp && old.isUp ? old.heardAt : steady(link.heardAt, old.heardAt)
            steadied.link?.behindSince = steady(link.behindSince, old.behindSince)
        }
        if let state, let old = other.state {
            steadied.state?.startedAt = steady(state.startedAt, old.startedAt)
            steadied.state?.clockAhead = steady(state.clockAhead, old.clockAhead)
            steadied.state?.restoredAt = steady(state.restoredAt, old.restoredAt)
            steadied.state?.behindSince = steady(state.behindSince, old.behindSince)
        }
        return steadied
    }
}
