import Casework
import Divisions
import Foundation
import Ledger
import Libraries
import Node

/// The worst moment: the township decides and serves alone, and the county takes the case over, neither knowing.
extension DemoStory {
    /// - Returns: the decision's document as the township froze it.
    func decideApart(_ file: DemoCaseFile) async throws -> IssuedMessage {
        let office = province[DemoCaseCast.home]
        await screen.begin(
            DemoAct(number: 7, chinese: "断网之中：镇级作出决定，县级同时接管", english: "a decision, and a takeover, apart"))
        let (officer, head) = (try people.desk(.officer), try people.desk(.head))
        let before = try await officer.read(file.id)
        screen.presenter.say(
            CaseGuideTable(before).lines(columnsMax: screen.presenter.columns - 2, screen.presenter.terminal)
                .map { "  " + $0 })
        checks.expect(
            before.next("decide")?.isPossible ?? false, "断网时\(office.name)的办案指引照常：可以作出决定",
            "guidance works without any line: the township may decide")

        let decided = try await head.take(.init(step: "decide", facts: DemoCaseCast.decision), in: file.id)
        let served = try await officer.take(.init(step: "serve", facts: DemoCaseCast.service), in: file.id)
        guard let paper = decided.record.last("decide")?.issued.first else {
            throw CommandFailure(.failed, "the decision was taken without its document")
        }
        checks.expect(
            decided.number != nil && paper.number == decided.number,
            "\(office.name)作出决定 \(decided.number ?? "没有文号")，文书定稿 \(paper.digest.prefix(12))…",
            "the township decides: numbered, and the document frozen")
        checks.expect(
            served.record.last("serve")?.counts ?? false, "并当场送达当事人", "and serves it")

        let county = try people.desk(.county)
        try await county.grant(
            file.id, to: DemoCast.county.text, DemoCaseCast.countyBody, officers: [county.certificate])
        let above = try await county.read(file.id)
        checks.expect(
            above.last("decide") == nil && above.next("decide")?.isPossible ?? false,
            "同时\(province[DemoCast.county].name)不知情，接管本案，指引说可以由县级作出决定",
            "the county, not knowing, takes the case over, and is told that it may decide")
        return paper
    }
}

/// What an officer may do next, as his own node tells him.
struct CaseGuideTable {
    private var table = Table([
        Table.Column("下一步 next", isFlexible: true), Table.Column("可办 now"), Table.Column("期限 due"),
        Table.Column("依据或者缺什么 articles, or what is missing", isFlexible: true),
    ])

    /// The steps that no case of the kind can leave out and that this one has not seen yet: those that can be taken
    /// now, and the next of the others.
    init(_ record: CaseMessage) {
        let steps = record.next.filter { next in
            !next.isOptional && !record.steps.contains { $0.step == next.step && $0.counts }
        }
        for next in steps.filter(\.isPossible) + steps.filter({ !$0.isPossible }).prefix(2) {
            table.add([
                "\(next.name.chinese) \(next.name.english)", next.isPossible ? "✓" : "—",
                next.due.map { String($0.prefix(10)) } ?? "",
                next.isPossible
                    ? next.articles.joined(separator: "、")
                    : next.missing.first.map { "\($0.chinese)(\($0.articles.joined(separator: "、")))" } ?? "",
            ])
        }
    }

    func lines(columnsMax: Int, _ terminal: Terminal) -> [String] {
        table.lines(columnsMax: columnsMax, terminal)
    }
}
