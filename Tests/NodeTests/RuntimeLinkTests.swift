import Divisions
import Foundation
import Ledger
import Libraries
import Replication
import Store
import Testing

@testable import Node

/// Nodes that replicate to each other over real TLS on loopback.
struct RuntimeLinkTests {
    /// Runs the city below the province while `body` runs.
    private func linked(
        in scratch: String, log: RuntimeLog = RuntimeLog(),
        _ body: (_ province: NodeCore, _ city: NodeRunner) async throws -> Void
    ) async throws {
        let offices = try RuntimeProvince(in: scratch)
        let above = try offices.open("44")
        try await running(above) { province in
            let port = try #require(try await above.links.boundPort)
            let below = try offices.open("4407", ports: ["44": port], log: log)
            try await running(below) { _ in try await body(province, below) }
        }
    }

    /// Equal digests of all that both hold for the city, at a moment when nothing is on its way.
    private func expectEqual(_ left: NodeCore, _ right: NodeCore) async throws {
        let city: DivisionCode = "4407"
        let heads = try await (left.heads(of: city), right.heads(of: city))
        #expect(heads.0 == heads.1)
        #expect(!heads.0.isEmpty)
    }

    @Test
    func `a node whose link port is taken ends, and says which`() async throws {
        try await withRuntimeScratch { scratch in
            let offices = try RuntimeProvince(in: scratch)
            let above = try offices.open("44")
            try await running(above) { _ in
                let port = try #require(try await above.links.boundPort)
                let free = try offices.configuration("4407", ports: ["44": port])
                let taken = NodeConfiguration(
                    division: free.division, data: free.data, topologyFile: free.topologyFile,
                    link: NodeConfiguration.Link(host: "127.0.0.1", port: port))
                let below = try NodeRunner.open(taken, logger: RuntimeLog().logger)
                let fault = await #expect(throws: (any Error).self) { try await below.serve() }
                #expect(fault.map { "\($0)".contains("\(port)") } == true)
            }
        }
    }

    @Test
    func `a statute goes down, a case goes up, and both nodes hold the same`() async throws {
        try await withRuntimeScratch { scratch in
            try await linked(in: scratch) { province, runner in
                let city = runner.core
                try await province.write("行政处罚法", key: 1)
                try await city.write("擅自占道", of: LibraryKinds.caseFile, key: 2)
                try await city.shows(.text("行政处罚法"), of: province.recordID(key: 1, home: "44"))
                let file = city.recordID(of: LibraryKinds.caseFile, key: 2, home: "4407")
                try await province.shows(.text("擅自占道"), of: file)
                try await expectEqual(province, city)

                let link = try #require(try await city.status().links.first)
                #expect(link.peer == "44")
                #expect(link.peerName == "广东省")
                #expect(link.isUp)
                #expect(link.phase == "streaming")
                let metrics = await province.metricsText()
                #expect(metrics.contains("tributary_links{phase=\"streaming\"} 1\n"))
                #expect(metrics.contains("tributary_link_received_bytes_total{peer=\"4407\"}"))
                #expect(metrics.contains("tributary_commits_total{origin=\"remote\"}"))
            }
        }
    }

    @Test
    func `what was written while the other was away arrives when it is back`() async throws {
        try await withRuntimeScratch { scratch in
            let offices = try RuntimeProvince(in: scratch)
            try await running(offices.open("4407")) { city in
                for key in 0..<UInt64(20) { try await city.write("第\(key)案", of: LibraryKinds.caseFile, key: key) }
            }
            let above = try offices.open("44")
            try await running(above) { province in
                try await province.write("条例", key: 1)
                let port = try #require(try await above.links.boundPort)
                try await running(offices.open("4407", ports: ["44": port])) { city in
                    try await city.shows(.text("条例"), of: province.recordID(key: 1, home: "44"))
                    for key in 0..<UInt64(20) {
                        let file = city.recordID(of: LibraryKinds.caseFile, key: key, home: "4407")
                        try await province.shows(.text("第\(key)案"), of: file)
                    }
                    try await expectEqual(province, city)
                }
            }
        }
    }

    @Test
    func `a node whose store is locked lets go of its links and catches up when it is free`() async throws {
        try await withRuntimeScratch { scratch in
            let log = RuntimeLog()
            try await linked(in: scratch, log: log) { province, runner in
                let city = runner.core
                try await province.write("一", key: 1)
                try await city.shows(.text("一"), of: province.recordID(key: 1, home: "44"))
                let intruder = try StoreIntruder(city.configuration.data)
                try await province.write("二", key: 2)
                await city.reaches { !$0.isWriting }
                #expect(try await city.status().links.isEmpty)
                try intruder.release()
                try await city.shows(.text("二"), of: province.recordID(key: 2, home: "44"))
                try await province.write("三", key: 3)
                try await city.shows(.text("三"), of: province.recordID(key: 3, home: "44"))
            }
            #expect(log.lines.contains { $0.contains("the store can be written again") })
        }
    }

    @Test
    func `a parent that is gone is logged once with the reason, and found again`() async throws {
        try await withRuntimeScratch { scratch in
            let offices = try RuntimeProvince(in: scratch)
            let log = RuntimeLog()
            let below = try offices.open("4407", log: log)
            try await running(below) { _ in
                let line = await log.line(with: "an office above is not reached", "division=44")
                #expect(line.contains("reason=no link with 127.0.0.1:1"))
            }
        }
    }

    @Test
    func `a peer that greets from where it does not belong is refused with a reason in both logs`() async throws {
        try await withRuntimeScratch { scratch in
            let offices = try RuntimeProvince(in: scratch)
            let (lowLog, highLog) = (RuntimeLog(), RuntimeLog())
            let county = try offices.open("440781", log: highLog)
            try await running(county) { _ in
                let port = try #require(try await county.links.boundPort)
                // The city is told that its province answers there.
                try await running(offices.open("4407", ports: ["44": port], log: lowLog)) { _ in
                    let here = await lowLog.line(with: "refused")
                    let there = await highLog.line(with: "refused")
                    #expect(here.contains("reason="))
                    #expect(there.contains("reason="))
                }
            }
        }
    }
}

extension NodeCore {
    /// Where every stream of a division and those below it stands here.
    fileprivate func heads(of division: DivisionCode) async throws -> [StreamHead] {
        let below = Set(tree.subtree(of: division))
        return try await read { try $0.heads() }.filter { below.contains($0.home) || $0.flow.flowsDown }
    }
}
