import Casework
import Divisions
import Foundation
import Ledger
import Libraries
import Node

/// What the line brings when it returns, and the superior's word on it.
extension DemoStory {
    /// Who looks at the case at each of its four levels.
    private static let watchers: [DemoCaseCast.Person] = [.officer, .county, .city, .province]

    func settleTheCase(_ file: DemoCaseFile) async throws {
        await screen.begin(
            DemoAct(number: 11, chinese: "线路恢复：各级判断一致，上级定夺", english: "all levels judge alike; the city rules"))
        let waiting = try await judgements(of: file)
        show(waiting)
        checks.expect(
            waiting.areAlike, "四级节点逐环节判断一致", "four levels judge every step alike")
        checks.expect(
            waiting.all { $0.standing == "waiting" && $0.last("decide")?.isVoid ?? false },
            "镇级的决定因上级同时接管而不作数，也不丢失，等候上级确认", "the decision counts for nothing and is not lost: it waits")
        let officer = try people.desk(.officer)
        let blocked = try await people.desk(.county).read(file.id).next("decide")
        checks.expect(
            blocked.map { !$0.isPossible } ?? false, "县级也不能另作决定：待上级确认", "nor may the county decide: no two decisions")
        try await expectOnBoard(file, isThere: true)

        let city = try people.desk(.city)
        for step in ["decide", "serve"] {
            guard let target = try await city.read(file.id).last(step)?.target else {
                throw CommandFailure(.failed, "the city does not see the step \(step)")
            }
            try await city.confirm(target, in: file.id, reason: "决定在断网期间依法作出并已送达，予以确认。")
        }
        let county = try people.desk(.county)
        try await Waiting.until("the county to hear the city's word", within: Self.factLimit) {
            try await county.read(file.id).standing == "open"
        }
        try await county.grant(
            file.id, to: DemoCaseCast.home.text, DemoCaseCast.body,
            officers: [DemoCaseCast.Person.officer, .second].map(\.rawValue))
        try await Waiting.until("the township to have its case back", within: Self.factLimit) {
            let record = try await officer.read(file.id)
            return record.standing == "open" && record.handler?.contains(DemoCaseCast.body) ?? false
        }
        try await province.converge(within: Self.convergenceLimit)
        let settled = try await judgements(of: file)
        show(settled)
        checks.expect(
            settled.areAlike && settled.all { $0.last("decide")?.counts ?? false && $0.last("serve")?.counts ?? false },
            "江门市确认镇级的决定和送达，台山市交回本案：四级一致", "the city confirms, the county hands back: alike at four levels")
        try await expectOnBoard(file, isThere: false)
    }

    // MARK: What each level makes of it

    private func judgements(of file: DemoCaseFile) async throws -> CaseJudgements {
        var found: [(name: String, record: CaseMessage)] = []
        for person in Self.watchers {
            let desk = try people.desk(person)
            guard let office = province.offices.first(where: { $0.api == desk.client.base }) else { continue }
            found.append((office.name, try await desk.read(file.id)))
        }
        return CaseJudgements(found)
    }

    private func show(_ judgements: CaseJudgements) {
        let presenter = screen.presenter
        presenter.say(
            judgements.lines(columnsMax: presenter.columns - 2, presenter.terminal).map { "  " + $0 })
    }

    /// The province's board, which is kept beside the log, follows within moments.
    private func expectOnBoard(_ file: DemoCaseFile, isThere: Bool) async throws {
        let desk = try people.desk(.province)
        let finding = SupervisionFinding.toBeConfirmed.rawValue
        let hasFollowed = try await Waiting.comesTrue(within: Self.factLimit) {
            let list: BoardCases = try await desk.client.supervision("findings", [("finding", finding)])
            return list.cases.contains { $0.record == file.id.description } == isThere
        }
        checks.expect(
            hasFollowed, isThere ? "省级监督平台列出本案：待确认" : "省级监督平台不再列出本案",
            isThere ? "the province's board lists it: to be confirmed" : "the province's board lists it no more")
    }
}

/// One case as several nodes judge it.
struct CaseJudgements {
    private let found: [(name: String, record: CaseMessage)]

    init(_ found: [(name: String, record: CaseMessage)]) { self.found = found }

    /// Whether every node says the same of every step, of where the case stands and of who handles it.
    var areAlike: Bool {
        guard let first = found.first?.record else { return false }
        return found.allSatisfy { _, record in
            record.steps == first.steps && record.standing == first.standing
                && record.standingWords == first.standingWords && record.handler == first.handler
        }
    }

    func all(_ holds: (CaseMessage) -> Bool) -> Bool { !found.isEmpty && found.allSatisfy { holds($0.record) } }

    func lines(columnsMax: Int, _ terminal: Terminal) -> [String] {
        var table = Table([
            Table.Column("节点 node"), Table.Column("本案 case"), Table.Column("决定 decision"),
            Table.Column("送达 service"), Table.Column("为何 why", isFlexible: true),
        ])
        for (name, record) in found {
            let doubts = record.last("decide")?.doubts.first
            table.add([
                name, Self.standing(record, terminal), Self.mark(record.last("decide"), terminal),
                Self.mark(record.last("serve"), terminal), doubts.map { "\($0.chinese) \($0.english)" } ?? "",
            ])
        }
        return table.lines(columnsMax: columnsMax, terminal)
    }

    private static func standing(_ record: CaseMessage, _ terminal: Terminal) -> String {
        switch record.standing {
        case "open": terminal.styled("办理中 open", .green)
        case "ended": "办结 ended"
        default: terminal.styled("待确认 waiting", .yellow)
        }
    }

    private static func mark(_ step: CaseStepMessage?, _ terminal: Terminal) -> String {
        guard let step else { return "—" }
        return step.counts ? terminal.styled("有效 counts", .green) : terminal.styled("不作数 void", .yellow)
    }
}
