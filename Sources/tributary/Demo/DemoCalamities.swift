import Divisions
import Foundation
import Ledger
import Libraries
import Node

/// What goes wrong, and how it is made good.
extension DemoStory {
    // MARK: 8

    func killCounty() async throws {
        let county = province[DemoCast.county]
        let township = province[DemoCast.restored]
        await screen.begin(
            DemoAct(number: 8, chinese: "办案时强行终止\(county.name)节点", english: "kill -9 of the county while writes go on"))
        let clerks = [DemoCast.restored, DemoCast.county, DemoCast.hosted, DemoCast.city].map(cast.clerk)
        try await Load.during(clerks) { counts in
            try await Waiting.until("every clerk to have opened cases", within: Self.factLimit) {
                clerks.allSatisfy { counts[$0.seat] >= 3 }
            }
            let pid = county.pid ?? 0
            await county.kill()
            screen.say("kill -9 \(pid)：\(county.name)节点已终止", "the county's process is gone")
            let before = counts[DemoCast.restored]
            try await Waiting.until("the township to turn to the city", within: Self.factLimit) {
                let link = try await township.client().status().uplink
                return link?.peer == DemoCast.city.text && link?.phase == "streaming"
                    && counts[DemoCast.restored] >= before + 3
            }
            screen.say(
                "\(township.name)改接\(province[DemoCast.city].name)，照常办案", "the township turned to the city and goes on")
            await screen.still()
            try await county.start()
            try await Waiting.until("the township to be back at the county", within: Self.factLimit) {
                let link = try await township.client().status().uplink
                return link?.peer == county.seat.text && link?.phase == "streaming"
            }
            screen.say(
                "\(county.name)重新启动，\(township.name)接回；期间已立案 \(counts.total) 宗",
                "the county is back, the township returned; cases opened meanwhile")
        }
    }

    // MARK: 9

    func restoreTownship(_ backup: String) async throws {
        let office = province[DemoCast.restored]
        let county = province[DemoCast.county]
        await screen.begin(
            DemoAct(number: 9, chinese: "毁坏\(office.name)的磁盘，恢复备份", english: "a disk is lost, an old backup restored"))
        try await Waiting.until("the county to hold all of the township's cases", within: Self.factLimit) {
            try Agreement(office, county, in: province.tree).isWhole
        }
        let before = try await office.client().status().records(of: LibraryKinds.caseFile)
        await office.kill()
        try office.destroyStore()
        try office.restore(from: backup)
        office.isolate()
        try await office.start()
        let restored = try await office.client().status().records(of: LibraryKinds.caseFile)
        for _ in 0..<3 { try await cast.openCase(of: office.seat) }
        screen.say(
            "恢复后有案件 \(restored) 宗（毁坏前 \(before) 宗）；离线再立 3 宗",
            "cases after the restore, and before; three more are opened offline")
        office.reconnect()
        try await Waiting.until("what the backup lacks to come back", within: Self.convergenceLimit) {
            try Agreement(office, county, in: province.tree).isWhole
        }
        let after = try await office.client().status().records(of: LibraryKinds.caseFile)
        checks.expect(
            after == before + 3, "备份所缺的案件自动取回，共 \(after) 宗", "what the backup lacked came back by itself, nothing twice"
        )
    }

    // MARK: 10

    func heal() async throws {
        await screen.begin(DemoAct(number: 10, chinese: "恢复全部线路", english: "every line is mended"))
        province.reconnectAll()
        try await province.converge(within: Self.convergenceLimit)
        screen.say("五个节点数据一致", "all five offices hold the same of what they share")
        await screen.still()
    }

    // MARK: 13

    /// - Returns: how many records wait for a person.
    func showConflicts(_ file: RecordID, _ officer: OfficerRow) async throws -> Int {
        await screen.begin(
            DemoAct(number: 13, chinese: "留给人裁决的冲突", english: "what remains for a person (all values are invented)"))
        let county = try province[DemoCast.county].client()
        let table = try await ConflictTable(county)
        screen.presenter.say(
            table.lines(columnsMax: screen.presenter.columns - 2, screen.presenter.terminal).map { "  " + $0 })
        let expected = ["case.status", "officer-person.phone", "officer.valid-to"]
        checks.expect(
            table.fields.sorted() == expected, "冲突恰为两边同时改过的三个字段", "exactly the three fields that both sides set")
        let township = try await ConflictTable(province[DemoCast.cutOff].client())
        checks.expect(
            township.fields.sorted() == expected, "镇级看到同样的冲突", "the township sees the same conflicts")

        let merged = try await county.record(file)
        let fines = merged["fines-fen"]?.shown
        let isMerged =
            merged["notes"]?.values.count == 2 && merged["tags"]?.values.count == 2 && fines == .integer(200_000)
        checks.expect(
            isMerged, "其余自动合并：记录、标签都在，罚款合计 2,000 元", "the rest merged: both notes, both tags, the sum of both fines")
        return try await province.province.client().status().conflicts
    }

    // MARK: 14

    func prove(conflicts: Int, decision: String?) async throws -> DemoSummary {
        await screen.begin(DemoAct(number: 14, chinese: "逐节点核验", english: "the proof, from the stores themselves"))
        let proof = try await provenAtRest()
        let terminal = screen.presenter.terminal
        var table = Table([
            Table.Column("节点 node"), Table.Column("流 streams", .right), Table.Column("条目 entries", .right),
            Table.Column("行 rows", .right), Table.Column("链与签章 chains"), Table.Column("与上级 with its parent"),
        ])
        func mark(_ holds: Bool?) -> String {
            guard let holds else { return "" }
            return holds ? terminal.styled("✓", .green) : terminal.styled("✗", .red, .bold)
        }
        for finding in proof.findings {
            let isSame = finding.agreement.map { $0.isWhole && finding.hasEqualRows ?? false }
            table.add([
                "\(finding.name) \(finding.seat)", finding.streams.grouped, finding.entries.grouped,
                finding.rows.grouped, mark(finding.faults.isEmpty), mark(isSame),
            ])
        }
        screen.presenter.say(table.lines(columnsMax: screen.presenter.columns, terminal).map { "  " + $0 })
        for finding in proof.findings where !finding.isSound {
            let faults = finding.faults.first ?? "it does not hold what its parent holds"
            checks.expect(false, "\(finding.name)核验不通过", "\(finding.seat): \(faults)")
        }
        checks.expect(proof.isConverged, "每个节点与其上级一致", "every office holds the same as its parent of what they share")
        checks.expect(
            proof.lost == 0, "丢失 \(proof.lost) 条；已确认的 \(cast.acknowledged.count.grouped) 条全部都在",
            "entries lost; every entry that a node answered for is everywhere it belongs")
        let alarms = try await province.offices.asyncCount { try await !$0.client().status().alarms.isEmpty }
        checks.expect(alarms == 0, "无警报", "no alarm stands anywhere")
        let status = try await province.province.client().status()
        return DemoSummary(
            converged: proof.isConverged, nodes: province.offices.count,
            statutes: status.records(of: LibraryKinds.statute), articles: status.records(of: LibraryKinds.article),
            officers: status.records(of: LibraryKinds.officer), cases: status.records(of: LibraryKinds.caseFile),
            conflicts: conflicts, lost: proof.lost, decision: decision ?? "", seconds: 0)
    }

    /// The proof of a moment in which nothing is on its way: a superior's receipt may be, while the stores are read one
    /// after the other.
    private func provenAtRest() async throws -> Proof {
        var attempts = 1
        while true {
            try await province.converge(within: Self.convergenceLimit)
            let proof = try Proof(province, acknowledged: cast.acknowledged.names)
            guard !proof.isConverged, attempts < Self.proofAttemptsMax else { return proof }
            attempts += 1
        }
    }
}

/// What the demonstration came to: the one line that programs read.
struct DemoSummary: Sendable {
    var converged: Bool
    let nodes: Int
    let statutes: Int
    let articles: Int
    let officers: Int
    let cases: Int
    let conflicts: Int
    let lost: Int
    /// The number under which the one case was decided while its office stood alone.
    let decision: String
    var seconds: Double

    var json: String {
        let tenths = (seconds * 10).rounded() / 10
        return """
            {"converged":\(converged),"nodes":\(nodes),"statutes":\(statutes),"articles":\(articles),\
            "officers":\(officers),"cases":\(cases),"conflicts":\(conflicts),"lost":\(lost),"decision":"\(decision)","seconds":\(tenths)}
            """
    }
}

extension Sequence where Element: Sendable {
    fileprivate func asyncCount(where holds: (Element) async throws -> Bool) async rethrows -> Int {
        var count = 0
        for element in self where try await holds(element) { count += 1 }
        return count
    }
}
