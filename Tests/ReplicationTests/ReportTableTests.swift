import Divisions
import Ledger
import Support
import Testing

@testable import Replication

private let otherTown: DivisionCode = "440781107"

@Suite struct `What a node knows of others` {
    private func told(_ division: DivisionCode, isUp: Bool, heardAt: Int64 = 0, by upper: DivisionCode) -> NodeReport {
        var report = NodeReport(division: division)
        report.link = NodeReport.Link(isUp: isUp, upper: upper, since: heardAt, heardAt: heardAt)
        return report
    }

    private func greeting(_ division: DivisionCode, nonce: UInt8 = 7) throws -> Greeting {
        Greeting(
            protocolVersion: 3, protocolOldest: 1, division: division, tree: try testTree().version,
            nonce: [UInt8](repeating: nonce, count: 16), remembers: [], root: .zero, clock: 0, release: "1.0")
    }

    @Test func `its own link says more than what is told, for as long as it stands`() throws {
        var table = ReportTable()
        table.linkBegan(with: try greeting(townSeat), upper: citySeat, at: 1_000)
        table.heard(told(townSeat, isUp: false, heardAt: 500, by: countySeat), by: countySeat, at: 2_000)
        #expect(table.current(townSeat)?.link?.upper == citySeat)
        table.linkEnded(with: townSeat, heardAt: 2_500, heldFrom: 9, at: 3_000)
        #expect(table.current(townSeat)?.link == .init(isUp: false, upper: citySeat, since: 3_000, heardAt: 2_500))
        table.heard(told(townSeat, isUp: true, by: countySeat), by: countySeat, at: 4_000)
        #expect(table.current(townSeat)?.link?.upper == countySeat)
        #expect(table.current(townSeat)?.link?.isUp == true)
    }

    @Test func `older news from another neighbour changes nothing`() {
        var table = ReportTable()
        table.heard(told(townSeat, isUp: true, by: countySeat), by: countySeat, at: 5_000)
        table.heard(told(townSeat, isUp: false, heardAt: 4_000, by: citySeat), by: citySeat, at: 6_000)
        #expect(table.current(townSeat)?.link?.isUp == true)
        table.heard(told(townSeat, isUp: false, heardAt: 5_500, by: countySeat), by: countySeat, at: 6_500)
        #expect(table.current(townSeat)?.link?.isUp == false)
    }

    @Test func `one of two links of a neighbour may end without its being down`() throws {
        var table = ReportTable()
        table.linkBegan(with: try greeting(townSeat), upper: countySeat, at: 1_000)
        table.linkBegan(with: try greeting(townSeat), upper: countySeat, at: 2_000)
        table.linkEnded(with: townSeat, heardAt: 2_500, heldFrom: nil, at: 3_000)
        #expect(table.current(townSeat)?.link?.isUp == true)
        #expect(table.current(townSeat)?.link?.since == 1_000)
        table.linkEnded(with: townSeat, heardAt: 3_500, heldFrom: nil, at: 4_000)
        #expect(table.current(townSeat)?.link?.isUp == false)
        #expect(table.current(townSeat)?.link?.since == 4_000)
    }

    @Test func `a new process has not said what the one before said`() throws {
        var table = ReportTable()
        table.linkBegan(with: try greeting(townSeat), upper: countySeat, at: 1_000)
        var report = NodeReport(division: townSeat)
        report.nonce = [UInt8](repeating: 7, count: 16)
        report.state = NodeState(digest: .zero)
        table.heard(report, by: townSeat, at: 2_000)
        #expect(table.current(townSeat)?.state != nil)
        table.linkEnded(with: townSeat, heardAt: 2_500, heldFrom: nil, at: 3_000)
        table.linkBegan(with: try greeting(townSeat, nonce: 8), upper: countySeat, at: 4_000)
        #expect(table.current(townSeat)?.state == nil)
        #expect(table.current(townSeat)?.link?.since == 4_000)
    }

    @Test func `two digests differ for good only once neither has moved for a while`() {
        let (mine, its, next) = (Digest.of(1, [1]), Digest.of(1, [2]), Digest.of(1, [3]))
        var agreements = Agreements()
        agreements.compare(townSeat, told: mine, own: mine, at: 0)
        #expect(agreements.of[townSeat]?.agrees == true)
        agreements.compare(townSeat, told: its, own: mine, at: 1_000)
        #expect(agreements.of[townSeat]?.agrees == nil)
        #expect(agreements.of[townSeat]?.agreedAt == 0)
        let due = 1_000 + ReplicationLimits.reportSettleMilliseconds
        #expect(agreements.alarm == due)
        #expect(agreements.overdue(at: due - 1).isEmpty)
        #expect(agreements.overdue(at: due).map(\.division) == [townSeat])
        agreements.compare(townSeat, told: its, own: next, at: due)
        #expect(agreements.of[townSeat]?.agrees == nil, "this side moved meanwhile")
        agreements.compare(townSeat, told: its, own: next, at: due * 2)
        #expect(agreements.of[townSeat]?.agrees == false)
        #expect(agreements.alarm == nil)
        agreements.compare(townSeat, told: next, own: next, at: due * 3)
        #expect(agreements.of[townSeat]?.agrees == true)
    }

    @Test func `times that only tremble are no news, and what is said is`() {
        var report = told(townSeat, isUp: true, by: countySeat)
        var later = report
        later.saidAt = 90_000
        later.link?.since = 3_000
        later.link?.heardAt = 90_000
        #expect(!later.isNews(after: report))
        later.link?.since = 60_000
        #expect(later.isNews(after: report))
        later = report
        later.link?.isUp = false
        #expect(later.isNews(after: report))
        report.state = NodeState(digest: .zero)
        later = report
        later.state?.clockAhead = 4_000
        #expect(!later.isNews(after: report))
        later.state?.entries = 1
        #expect(later.isNews(after: report))
    }
}

/// A county that is told of nodes by whoever sits at the other end of its links.
@Suite struct `A report of nodes` {
    private func node(_ division: DivisionCode, linkedTo upper: DivisionCode? = nil) -> NodeReport {
        var report = NodeReport(division: division)
        report.state = NodeState(digest: .zero)
        report.link = upper.map { NodeReport.Link(isUp: true, upper: $0, since: 10, heardAt: 0) }
        return report
    }

    /// A city to which the county streams in protocol 3.
    private func city(protocol version: UInt32 = 3) throws -> (LoneNode, LinkID) {
        let node = try LoneNode(at: citySeat)
        let link = try node.accept(countySeat)
        var greeting = node.greeting(as: countySeat)
        greeting.protocolVersion = version
        try node.hear(link, .greeting(greeting))
        _ = try node.news(link)
        return (node, link)
    }

    @Test func `is taken from below, of nodes below, and shown`() throws {
        let (node, link) = try city()
        var town = self.node(townSeat, linkedTo: countySeat)
        town.link?.since = 60_000
        try node.hear(link, .report(Report(clock: node.wall + 2_000, nodes: [self.node(countySeat), town])))
        #expect(node.endings[link] == nil)
        let view = node.view()
        #expect(view.node(townSeat)?.state == .up)
        #expect(view.node(townSeat)?.since == Int64(node.now) - 60_000)
        #expect(view.node(countySeat)?.report?.state?.clockAhead == 2_000)
        #expect(view.node(otherTown) == nil, "it has no node")
        try node.step([.linkClosed(link, reason: "over")])
        #expect(node.view().node(townSeat)?.state == .unknown)
        #expect(node.view().node(countySeat)?.state == .down)
    }

    @Test func `of a node elsewhere, of an upper node, or without its link drops its link`() throws {
        let bad = [
            node("440783", linkedTo: citySeat), node(citySeat), node(provinceSeat),
            node(otherTown, linkedTo: countySeat),
            node(townSeat), node(townSeat, linkedTo: citySeat), node(townSeat, linkedTo: townSeat),
            node(countySeat, linkedTo: townSeat),
        ]
        for report in bad {
            let (node, link) = try city()
            try node.hear(link, .report(Report(clock: node.wall, nodes: [report])))
            #expect(node.endings[link]?.contains("a report of") == true, "\(report.division)")
            #expect(node.view().node(townSeat)?.state == .unknown)
        }
    }

    @Test func `of more nodes than a report may have drops its link`() throws {
        let (node, link) = try city()
        let many = Array(repeating: self.node(countySeat), count: ReplicationLimits.reportNodesMax + 1)
        try node.hear(link, .report(Report(clock: node.wall, nodes: many)))
        #expect(node.endings[link] == "a report of \(many.count) nodes")
    }

    @Test func `from above, or over a link of an older protocol, drops its link`() throws {
        let (older, link) = try city(protocol: 2)
        try older.hear(link, .report(Report(clock: older.wall, nodes: [node(countySeat)])))
        #expect(older.endings[link] == "a report where none belongs")
        let county = try LoneNode(at: countySeat)
        let above = try county.uplink(protocol: 3)
        try county.hear(above, .report(Report(clock: county.wall, nodes: [node(citySeat)])))
        #expect(county.endings[above] == "a report where none belongs")
    }

    @Test func `may boast of any number and age, and nothing overflows`() throws {
        let (node, link) = try city()
        var town = self.node(townSeat, linkedTo: countySeat)
        var boast = NodeReport.Link(isUp: true, upper: countySeat, since: 1 << 61, heardAt: 1 << 61)
        (boast.backlog, boast.behindSince) = (1 << 61, 1 << 61)
        var state = NodeState(digest: .zero)
        (state.startedAt, state.clockAhead, state.restoredAt) = (1 << 61, 1 << 61, 1 << 61)
        (town.link, town.state) = (boast, state)
        town.release = String(repeating: "x", count: 9_000)
        try node.hear(link, .report(Report(clock: .max, nodes: [self.node(countySeat), town])))
        #expect(node.endings[link] == nil)
        let shown = node.view().node(townSeat)
        #expect(shown?.state == .behind)
        #expect(shown?.report?.release.count == 40)
    }

    @Test func `leaves no earlier than half a minute after the last, and only if something is new`() throws {
        let node = try LoneNode(at: countySeat)
        let above = try node.uplink(protocol: 3)
        #expect(try node.news(above).isEmpty)
        try node.wait(1_000)
        guard case .report(let first)? = try node.news(above).last else {
            Issue.record("nothing was told")
            return
        }
        #expect(first.nodes.map(\.division) == [countySeat])
        #expect(first.nodes.first?.link == nil)
        try node.wait(600_000)
        #expect(try node.news(above).isEmpty, "nothing is new")
        let below = try node.link(from: townSeat)
        try node.wait(1_000)
        guard case .report(let second)? = try node.news(above).last else {
            Issue.record("a new link was not told")
            return
        }
        #expect(second.nodes.map(\.division) == [townSeat], "only what changed")
        #expect(second.nodes.first?.link?.isUp == true)
        try node.step([.linkClosed(below, reason: "over")])
        try node.wait(28_000)
        #expect(try node.news(above).isEmpty, "too early")
        try node.wait(2_000)
        guard case .report(let third)? = try node.news(above).last else {
            Issue.record("the end of the link was not told")
            return
        }
        #expect(third.nodes.map(\.link?.isUp) == [false])
        #expect(third.nodes.first?.link.map { $0.since >= 30_000 && $0.since < 31_000 } == true)
    }

    @Test func `tells all there is on a new link, and keeps quiet towards an older release`() throws {
        let node = try LoneNode(at: countySeat)
        _ = try node.link(from: townSeat)
        let older = try node.uplink(protocol: 2)
        try node.wait(600_000)
        #expect(try node.news(older).isEmpty)
        try node.step([.linkClosed(older, reason: "over")])
        try node.wait(1_000)
        let newer = try node.uplink(protocol: 3)
        try node.wait(1_000)
        guard case .report(let report)? = try node.news(newer).last else {
            Issue.record("nothing was told")
            return
        }
        #expect(report.nodes.map(\.division) == [countySeat, townSeat])
        #expect(Message.report(report).encoded.count < 400)
    }
}
