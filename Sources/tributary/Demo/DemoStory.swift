import Divisions
import Foundation
import Ledger
import Libraries
import Node

/// The story that the demonstration plays on real processes: five offices come to hold the same through a cut line, a
/// killed node and a restored backup, and one case finds its lawful end although the line was cut at its decision.
final class DemoStory: Sendable {
    /// How long offices may take to find each other again: retries come up to a minute apart.
    static let convergenceLimit: Duration = .seconds(150)
    /// How long one fact of the story may take.
    static let factLimit: Duration = .seconds(60)
    /// How often the stores are read for the proof, if something was on its way meanwhile.
    static let proofAttemptsMax = 3
    private static let words = ["罚款", "处罚", "生态环境"]

    let province: LocalProvince
    let cast: DemoCast
    let screen: DemoScreen
    let checks: DemoChecks
    /// Who has to do with the case that is told from beginning to end.
    let people: DemoCaseCast
    let sources: DemoSources

    init(_ province: LocalProvince, _ sources: DemoSources, _ screen: DemoScreen) {
        (self.province, self.sources, self.screen) = (province, sources, screen)
        cast = DemoCast(province, officers: sources.officers)
        people = DemoCaseCast(
            province: province, officers: sources.officers + sources.caseOfficers, acknowledged: cast.acknowledged)
        checks = DemoChecks(screen.presenter)
    }

    /// Plays everything.
    ///
    /// - Returns: what it came to; whether every claim held is in `checks`.
    func play() async throws -> DemoSummary {
        try await startNodes()
        try await importLibraries()
        let file = try await workOnCases()
        let backup = try await backUpTownship()
        let story = try await workOnTheCase()
        let officer = try await editApart(file)
        let decision = try await decideApart(story)
        try await killCounty()
        try await restoreTownship(backup)
        try await heal()
        try await settleTheCase(story)
        try await closeTheCase(story, decision)
        let conflicts = try await showConflicts(file, officer)
        return try await prove(conflicts: conflicts, decision: decision.number)
    }

    // MARK: 1 and 2

    private func startNodes() async throws {
        await screen.begin(DemoAct(number: 1, chinese: "建立身份，启动五个节点", english: "identities, and five nodes"))
        screen.say(
            "省级根证书签发到市，市签发到县，县签发到镇；一次性令牌入网",
            "the province's root issues to the city, the city to the county, the county to its townships")
        for office in province.offices {
            try await office.start()
            screen.say(
                "\(office.division.level.chineseName)\(office.name) 已启动", "process \(office.pid ?? 0), \(office.api)")
        }
        try await Waiting.until("every office to be linked to its parent", within: Self.factLimit) {
            for office in province.offices {
                guard let parent = province.parent(of: office) else { continue }
                let link = try await office.client().status().uplink
                guard link?.phase == "streaming", link?.peer == parent.seat.text else { return false }
            }
            return true
        }
    }

    private func importLibraries() async throws {
        await screen.begin(DemoAct(number: 2, chinese: "导入三库", english: "the libraries"))
        let root = province.province
        let client = try root.client()
        await screen.follow("导入法规 statutes", total: sources.lawFileCount)
        let laws = Importer(client: client, title: "", groupsPerChangeMax: 1, isSilent: true)
        let report = try await laws.run(try StatuteSource(sources.laws, home: root.seat))
        screen.say(
            "省级导入法规：\(report.rows.grouped) 个文件，\(report.written.grouped) 条记录，拒绝 \(report.refused)",
            "statutes at the province: files, records, refused")
        for refused in report.refusals.prefix(3) {
            screen.say("拒绝：\(refused.chinese)", "refused: \(refused.english)")
        }
        let tables = Importer(client: client, title: "", isSilent: true)
        let bodies = try await tables.run(try RowSource<BodyRow>(sources.bodies) { $0.drafts(home: root.seat) })
        let items = try await tables.run(try RowSource<ItemRow>(sources.items) { $0.drafts(home: root.seat) })
        let benchmarks = try await tables.run(
            try RowSource<BenchmarkRow>(sources.benchmarks) { $0.drafts(home: root.seat, set: "示例裁量基准") })
        let days = try await tables.run(try RowSource<CalendarRow>(sources.calendar) { $0.drafts(home: root.seat) })
        screen.say(
            "省级导入主体 \(bodies.rows)、事项 \(items.rows)、裁量基准 \(benchmarks.rows)、节假日 \(days.rows) 行",
            "bodies, items, benchmarks, calendar at the province")
        try await importRules(at: root)
        for office in province.offices {
            let staff = (sources.officers + sources.caseOfficers).filter {
                province.tree.seatServing($0.division)?.division == office.seat
            }
            let drafts = staff.flatMap { $0.drafts(home: office.seat) }.map { DraftMessage($0) }
            let result = try await office.client().importDrafts(ImportRequest(drafts: drafts))
            screen.say("\(office.name)导入执法人员 \(staff.count) 名", "\(result.written) officers' records at their office")
        }
        try await province.converge(within: Self.convergenceLimit)
        await screen.followNothing()
        await screen.still()
    }

    private func importRules(at root: Office) async throws {
        let rules = try DemoCaseRules(in: sources.root, home: root.seat.text)
        try await rules.bring(to: try root.client())
        screen.say(
            "省级导入办案程序 \(rules.procedures)、文书模板 \(rules.templates)：都是数据，不是代码",
            "procedures and document templates: data that flows down, no code")
    }

    // MARK: 3

    /// - Returns: the case that both sides will edit.
    private func workOnCases() async throws -> RecordID {
        await screen.begin(DemoAct(number: 3, chinese: "立案与办理", english: "cases are opened and worked on"))
        let file = try await cast.openCase(of: DemoCast.cutOff)
        let others = [DemoCast.cutOff, DemoCast.restored, DemoCast.restored, DemoCast.hosted, DemoCast.hosted]
        for division in others {
            let id = try await cast.openCase(of: division)
            try await cast.desk(.officer, of: division).edit(
                id, .set("status", CaseRow.Status.investigated.rawValue), .append("notes", "现场检查，制作笔录。"),
                .add("tags", "现场检查"))
        }
        screen.say(
            "两镇各自立案、办理；北陡镇没有节点，由台山市托管，经县级接口办理",
            "both townships work on their own nodes; the third is hosted by the county and works through it")
        try await province.converge(within: Self.convergenceLimit)
        let count = try await province.province.client().status().records(of: LibraryKinds.caseFile)
        checks.expect(count == others.count + 1, "省级看到全部 \(count) 宗案件", "the province sees every case")
        await screen.still()
        return file
    }

    // MARK: 4

    private func backUpTownship() async throws -> String {
        let office = province[DemoCast.restored]
        await screen.begin(
            DemoAct(number: 4, chinese: "备份\(office.name)，再写五宗", english: "a backup, and five cases after it"))
        let backup = "\(province.path)/\(office.seat)-backup.sqlite"
        try office.backUp(to: backup)
        for _ in 0..<5 { try await cast.openCase(of: office.seat) }
        try await Waiting.until("the county to hold the five cases", within: Self.factLimit) {
            try Agreement(office, province[DemoCast.county], in: province.tree).isWhole
        }
        screen.say(
            "运行中备份；其后五宗案件已同步到县，备份里没有", "backed up while in use; the county has five cases that it lacks")
        return backup
    }

    // MARK: 6

    /// - Returns: the officer that both sides have edited.
    private func editApart(_ file: RecordID) async throws -> OfficerRow {
        let office = province[DemoCast.cutOff]
        await screen.begin(
            DemoAct(number: 6, chinese: "切断\(office.name)的全部线路", english: "one township is cut off and goes on"))
        office.isolate()
        try await Waiting.until("the township to notice that it is cut off", within: Self.factLimit) {
            try await office.client().status().links.isEmpty
        }
        let clerk = try cast.desk(.officer, of: office.seat)
        for words in Self.words {
            let hits = try await clerk.hits(words)
            checks.expect(
                hits.count > 0, "断网检索“\(words)”：\(hits.isBound ? "超过 " : "")\(hits.count.grouped) 条",
                "articles found at the township without any line")
        }
        guard let officer = sources.officers.last(where: { $0.division == office.seat }) else {
            throw CommandFailure(.badData, "Fixtures/officers.csv: names nobody of \(office.seat)")
        }
        try await edit(file, officer, at: office.seat, status: .decided, validTo: "2031-12-31", phone: "10001110001")
        try await edit(
            file, officer, at: DemoCast.county, status: .withdrawn, validTo: "2030-06-30", phone: "10002220002")
        screen.say(
            "镇、县同时改同一案件的状态和同一人员的证件、电话；两边各加记录、标签和罚款",
            "both edit the same case and the same officer, neither knows of the other")
        await screen.still()
        return officer
    }

    /// The same acts on either side of the cut: three fields that will be in conflict, three that merge.
    private func edit(
        _ file: RecordID, _ officer: OfficerRow, at division: DivisionCode, status: CaseRow.Status, validTo: String,
        phone: String
    ) async throws {
        let name = province.tree.division(division)?.name ?? division.text
        try await cast.desk(.officer, of: division).edit(
            file, .set("status", status.rawValue), .append("notes", "\(name)的意见。"), .add("tags", name),
            .increment("fines-fen", by: 100_000))
        let librarian = try cast.desk(.librarian, of: division)
        try await librarian.edit(DemoCast.certificate(officer), .set("valid-to", validTo))
        try await librarian.edit(DemoCast.person(officer), .set("phone", phone))
    }
}
