import Divisions
import Ledger
import Libraries
import NIOHTTP1
import Support
import Testing

@testable import Node
@testable import Replication

private let town: DivisionCode = "440781106"
private let city: DivisionCode = "4407"
private let townLink = LinkID(1)

struct APINetworkTests {
    private func greeting(as division: DivisionCode, for node: SmallNode) async throws -> [UInt8] {
        let lower = division == town ? town : TestAPI.county
        return Message.greeting(
            Greeting(
                protocolVersion: 3, protocolOldest: 1, division: division, tree: node.tree.version,
                nonce: [UInt8](repeating: 7, count: 16), remembers: [], root: await node.digest(of: lower),
                clock: node.clock.now, release: "tributary 0.1.0")
        ).encoded
    }

    /// The township dials in, and tells of itself.
    private func link(_ node: SmallNode, at time: UInt64, changing change: (inout NodeState) -> Void = { _ in })
        async throws
    {
        try await node.hear([.linkAccepted(townLink, division: town)], at: time)
        try await node.hear([.frame(townLink, try await greeting(as: town, for: node))], at: time)
        var report = NodeReport(division: town)
        report.release = "tributary 0.1.0"
        report.nonce = [UInt8](repeating: 7, count: 16)
        var state = NodeState(digest: await node.digest(of: town))
        (state.entries, state.startedAt) = (12, 60_000)
        state.figures = NodeFigures(conflicts: 2, dirty: 0, storeFailures: 1)
        change(&state)
        report.state = state
        let frame = Message.report(Report(clock: node.clock.now, nodes: [report])).encoded
        try await node.hear([.frame(townLink, frame)], at: time)
    }

    private func network(_ api: TestAPI, _ query: String = "") async throws -> NetworkMessage {
        try await api.call(.GET, "/v1/network\(query)", expecting: 200).read()
    }

    @Test func `a node shows itself, a township that never came, and one that it serves itself`() async throws {
        try await TestAPI.serve { api in
            try await api.node.hear([.alarm], at: 1_000)
            let network = try await network(api)
            #expect(network.division == "440781")
            #expect(network.path.map(\.division) == ["440781"])
            #expect(network.node.linkState == "up")
            #expect(network.node.phase == "writing")
            #expect(network.uplinks.map(\.division) == ["4407", "44"])
            #expect(network.uplinks.allSatisfy { $0.linkState == "never" })
            #expect(network.heldBack == nil)
            #expect(network.children.map(\.node.division) == ["440781106", "440781107"])
            #expect(network.children.map(\.node.linkState) == ["never", "up"])
            #expect(network.children.map(\.node.servedBy) == ["440781106", "440781"])
            #expect(network.children.map(\.below.nodes) == [1, 0])
            #expect(network.below.heard == 1)
            #expect(network.below.worst == "never")
        }
    }

    @Test func `the line upward says that it never was, and nobody without a token is told`() async throws {
        try await TestAPI.serve { api in
            try await api.node.hear([.alarm], at: 1_000)
            let line: UplinkMessage = try await api.call(.GET, "/v1/network/uplink", expecting: 200).read()
            #expect(line.state == "never" && line.division == "4407")
            try await api.call(.GET, "/v1/network/uplink?below=44", expecting: 400)
            try await api.call(.GET, "/v1/network/uplink", as: nil, expecting: 401)
        }
    }

    @Test func `a township that is linked shows what it says, and since when it is gone`() async throws {
        try await TestAPI.serve { api in
            try await api.node.hear([.alarm], at: 1_000)
            try await link(api.node, at: 100_000)
            var child = try #require(try await network(api).children.first)
            #expect(child.node.linkState == "up")
            #expect(child.node.since == Int64(api.node.clock.now))
            #expect(child.node.release == "tributary 0.1.0")
            #expect(child.node.digestAgrees == true)
            #expect(child.node.says?.entries == 12)
            #expect(child.node.says?.conflicts == 2)
            #expect(child.node.says?.storeFailures == 1)
            #expect(child.node.says?.startedAt == Int64(api.node.clock.now) - 60_000)

            try await api.node.hear([.linkClosed(townLink, reason: "cut")], at: 400_000)
            try await api.node.hear([.alarm], at: 700_000)
            child = try #require(try await network(api).children.first)
            let now = Int64(api.node.clock.now)
            #expect(child.node.linkState == "down")
            #expect(child.node.since == now - 300_000)
            #expect(child.node.lastSeen == now - 600_000)
            #expect(child.below.silent == 1)
            #expect(child.below.silentSince == now - 600_000)
            #expect(child.node.phase == "unknown")
        }
    }

    @Test func `a page of divisions leads to the next, and one of them can be asked for`() async throws {
        try await TestAPI.serve { api in
            let first = try await network(api, "?limit=1")
            #expect(first.children.map(\.node.division) == ["440781106"])
            let next = try #require(first.next)
            let second = try await network(api, "?limit=1&cursor=\(next)")
            #expect(second.children.map(\.node.division) == ["440781107"])
            #expect(second.next == nil)
            let below = try await network(api, "?below=440781106")
            #expect(below.path.map(\.division) == ["440781", "440781106"])
            #expect(below.children.isEmpty)
        }
    }

    @Test func `a division elsewhere and a strange cursor are refused`() async throws {
        try await TestAPI.serve { api in
            for query in ["below=440783", "below=4407", "below=nowhere%20", "cursor=440783", "limit=0", "what=1"] {
                _ = try await api.call(.GET, "/v1/network?\(query)", expecting: 400)
            }
            _ = try await api.call(.GET, "/v1/network", as: nil, expecting: 401)
            _ = try await api.call(.GET, "/v1/network/incidents", as: nil, expecting: 401)
        }
    }

    @Test func `what a cut line holds back is told by flow and kind`() async throws {
        try await TestAPI.serve { api in
            let duties = try await api.node.hear([.alarm], at: 1_000)
            _ = try await api.createCase()
            let link = try #require(
                duties.compactMap { if case .dial(let link, _) = $0 { link } else { nil } }.first)
            try await api.node.hear([.linkDialled(link, division: city)], at: 1_000)
            try await api.node.hear([.frame(link, try await greeting(as: city, for: api.node))], at: 1_000)
            var network = try await network(api)
            #expect(network.uplinks.first?.linkState == "up")
            #expect(network.heldBack == HeldBackMessage(entries: 0, isAll: true, parts: []))
            try await api.node.hear([.linkClosed(link, reason: "cut")], at: 2_000)
            for _ in 0..<2 { _ = try await api.createCase() }
            network = try await self.network(api)
            #expect(network.uplinks.first?.linkState == "down")
            let held = try #require(network.heldBack)
            #expect(held.isAll)
            #expect(held.entries == 2)
            #expect(held.parts == [HeldBackMessage.Part(flow: "up", kind: "case", entries: 2)])
        }
    }

    @Test func `incidents are told with their words, the latest first, and counted`() async throws {
        try await TestAPI.serve { api in
            try await link(api.node, at: 100_000) { $0.restoredAt = 5_000 }
            let book = api.node.incidentBook
            for time in [UInt64(1_000), 2_000, 3_000] {
                book.note(NetworkIncident(.refusedPeer, of: "440783", detail: "another tree", at: time))
            }
            book.note(NetworkIncident(.twoMachines, of: town, at: 2_500))
            let list = try await api.call(.GET, "/v1/network/incidents", expecting: 200).read(NetworkIncidentList.self)
            #expect(list.incidents.map(\.kind) == ["restored", "refused-peer", "two-machines"])
            #expect(list.incidents.first?.division == "440781106")
            #expect(list.incidents.first?.divisionName == "广海镇")
            #expect(list.incidents.first?.last == Int64(api.node.clock.now) - 5_000)
            let refused = list.incidents[1]
            #expect((refused.first, refused.last, refused.count) == (1_000, 3_000, 3))
            #expect(refused.words.chinese == "拒绝了对方的连接")
            let one = try await api.call(.GET, "/v1/network/incidents?limit=1", expecting: 200)
                .read(NetworkIncidentList.self)
            #expect(one.incidents.count == 1)
        }
    }

    @Test func `the book of incidents keeps the latest`() {
        let book = IncidentBook()
        for number in 0..<(NodeLimits.incidentsMax + 10) {
            book.note(NetworkIncident(.faultyFrame, of: town, detail: "\(number)", at: UInt64(number)))
        }
        #expect(book.all.count == NodeLimits.incidentsMax)
        #expect(book.all.first?.detail == "\(NodeLimits.incidentsMax + 9)")
    }
}

/// Two real nodes on loopback.
struct RuntimeNetworkTests {
    @Test func `a province sees its city come, what it says, and go`() async throws {
        try await withRuntimeScratch { scratch in
            let offices = try RuntimeProvince(in: scratch)
            let above = try offices.open("44")
            try await running(above) { province in
                let changes = province.networkChanges()
                #expect(await province.network().resolved().node("4407")?.state == .never)
                let port = try #require(try await above.links.boundPort)
                try await running(try offices.open("4407", ports: ["44": port])) { _ in
                    for await _ in changes where await province.sees("4407", { $0.report?.state != nil }) { break }
                    let node = try #require(await province.network().resolved().node("4407"))
                    #expect(node.state == .up)
                    #expect(node.report?.release == Release.name)
                    #expect(node.agrees == true)
                    #expect(await province.network().resolved().node("440781")?.state == .never)
                }
                let more = province.networkChanges()
                if await !province.sees("4407", { $0.state == .down }) {
                    for await _ in more where await province.sees("4407", { $0.state == .down }) { break }
                }
                #expect(await province.network().resolved().node("440781")?.state == .unknown)
            }
        }
    }
}

extension NodeCore {
    fileprivate func sees(_ division: DivisionCode, _ fact: (NetworkView.Node) -> Bool) async -> Bool {
        await network().resolved().node(division).map(fact) ?? false
    }
}
