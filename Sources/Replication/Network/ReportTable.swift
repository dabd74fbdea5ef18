import Divisions
import Ledger

/// All that a node knows of the nodes it is or was linked with, and of those below them. Soft state: it begins empty with
/// each process, and holds at most one report of each node of the tree.
struct ReportTable: Sendable {
    /// A neighbour as this node sees its link.
    struct Neighbour: Hashable, Sendable {
        var report: NodeReport
        /// How many links with it have been greeted and not ended.
        var links = 0
        /// Where the store stood of what the neighbour was known to have durably when the last link ended.
        var heldFrom: UInt64?
    }

    /// What a neighbour told of a node below it.
    struct Told: Hashable, Sendable {
        var report: NodeReport
        let by: DivisionCode
        /// When it was known to be so.
        var asOf: Int64
    }

    private(set) var neighbours: [DivisionCode: Neighbour] = [:]
    private(set) var told: [DivisionCode: Told] = [:]
    private(set) var agreements = Agreements()

    // MARK: Links of this node

    mutating func linkBegan(with greeting: Greeting, upper: DivisionCode, at now: UInt64) {
        let time = Int64(clamping: now)
        var neighbour = neighbours[greeting.division] ?? Neighbour(report: NodeReport(division: greeting.division))
        if neighbour.links == 0 || neighbour.report.link == nil {
            neighbour.report.link = NodeReport.Link(isUp: true, upper: upper, since: time, heardAt: time)
        }
        if neighbour.report.nonce != greeting.nonce { neighbour.report.state = nil }
        (neighbour.report.release, neighbour.report.nonce) = (greeting.release, greeting.nonce)
        neighbour.links += 1
        neighbours[greeting.division] = neighbour
    }

    /// - Parameter heldFrom: where the store stood of what it was known to have durably.
    mutating func linkEnded(with division: DivisionCode, heardAt: UInt64, heldFrom: UInt64?, at now: UInt64) {
        guard var neighbour = neighbours[division] else { return }
        neighbour.links = max(0, neighbour.links - 1)
        neighbour.heldFrom = heldFrom ?? neighbour.heldFrom
        if neighbour.links == 0 {
            neighbour.report.link?.isUp = false
            neighbour.report.link?.since = Int64(clamping: now)
            neighbour.report.link?.heardAt = Int64(clamping: heardAt)
            neighbour.report.link?.backlog = 0
            neighbour.report.link?.behindSince = nil
        }
        neighbours[division] = neighbour
    }

    /// Whatever link there was has ended, unless it had before.
    mutating func linksEnded(at now: UInt64) {
        for division in neighbours.keys.sorted() {
            neighbours[division]?.links = 0
            guard let link = neighbours[division]?.report.link, link.isUp else { continue }
            neighbours[division]?.report.link = NodeReport.Link(
                isUp: false, upper: link.upper, since: Int64(clamping: now), heardAt: Int64(clamping: now))
        }
    }

    mutating func linkStands(with division: DivisionCode, backlog: UInt64, behindSince: UInt64?) {
        neighbours[division]?.report.link?.backlog = backlog
        neighbours[division]?.report.link?.behindSince = behindSince.map { Int64(clamping: $0) }
    }

    // MARK: What is told

    /// Takes a report in whose times are on this node's clock.
    mutating func heard(_ report: NodeReport, by neighbour: DivisionCode, at now: UInt64) {
        let time = Int64(clamping: now)
        guard report.division != neighbour else {
            neighbours[neighbour]?.report.release = report.release
            neighbours[neighbour]?.report.nonce = report.nonce
            neighbours[neighbour]?.report.state = report.state
            neighbours[neighbour]?.report.saidAt = report.saidAt
            return
        }
        guard let link = report.link else { return }
        // Nobody has heard of it before the moment at which it is told.
        let asOf = link.isUp ? time : min(link.heardAt, time)
        if let known = told[report.division], known.by != neighbour, known.asOf > asOf { return }
        told[report.division] = Told(report: report, by: neighbour, asOf: asOf)
    }

    /// The latest that is known of a node: its own link if it has one or had the last one, else what was told.
    func current(_ division: DivisionCode) -> NodeReport? {
        guard let own = neighbours[division], let link = own.report.link else { return told[division]?.report }
        guard !link.isUp, let other = told[division], other.asOf > link.heardAt else { return own.report }
        return other.report
    }

    /// Every node of which anything is known, in ascending order.
    var divisions: [DivisionCode] { Set(neighbours.keys).union(told.keys).sorted() }

    // MARK: Agreement

    mutating func compare(_ division: DivisionCode, told digest: Digest, own: Digest, at now: UInt64) {
        agreements.compare(division, told: digest, own: own, at: now)
    }
}

/// Whether nodes hold what this one holds of what is theirs.
///
/// While anything moves two digests differ without anything being wrong, so a difference counts only once both sides have
/// stood still for a while.
struct Agreements: Sendable {
    struct Standing: Hashable, Sendable {
        /// `nil` while it is not yet known.
        var agrees: Bool?
        /// When both were last found equal.
        var agreedAt: UInt64?
        fileprivate var told: Digest
        fileprivate var own: Digest
        fileprivate var since: UInt64
    }

    private(set) var of: [DivisionCode: Standing] = [:]
    /// Differences that are to be looked at again, and when.
    private var due: [DivisionCode: UInt64] = [:]

    mutating func compare(_ division: DivisionCode, told: Digest, own: Digest, at now: UInt64) {
        var standing = of[division] ?? Standing(told: told, own: own, since: now)
        let moved = standing.told != told || standing.own != own
        (standing.told, standing.own) = (told, own)
        if moved { standing.since = now }
        if told == own {
            (standing.agrees, standing.agreedAt) = (true, now)
            due[division] = nil
        } else if !moved, standing.since + ReplicationLimits.reportSettleMilliseconds <= now {
            standing.agrees = false
            due[division] = nil
        } else {
            if moved || standing.agrees == true { standing.agrees = nil }
            due[division] = standing.since + ReplicationLimits.reportSettleMilliseconds
        }
        of[division] = standing
    }

    /// When a difference is to be looked at again.
    var alarm: UInt64? { due.values.min() }

    /// Those to be looked at now, some a step, with what they said last.
    func overdue(at now: UInt64) -> [(division: DivisionCode, told: Digest)] {
        guard let alarm, alarm <= now else { return [] }
        return due.filter { $0.value <= now }.keys.sorted().prefix(ReplicationLimits.reportChecksPerStepMax)
            .compactMap { division in of[division].map { (division, $0.told) } }
    }
}
