import ArgumentParser
import Casework
import Divisions
import Foundation
import Ledger
import Libraries
import Node

/// `tributary supervise`: what an office sees of the cases at and below it, and what it asks of the offices below.
struct SuperviseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supervise", abstract: "执法监督 · Counts, overdue cases, findings, scores, early signs, directives.",
        discussion: "All of it can be asked of the board's file as well, in SQL: see Docs/supervision.md.",
        subcommands: [
            BoardView.self, Overdue.self, Findings.self, Scores.self, HotSpots.self, Gaps.self, Directives.self,
            Direct.self, Acknowledge.self, AnswerDirective.self,
        ], defaultSubcommand: BoardView.self)

    /// What all questions share.
    struct Options: ParsableArguments {
        @OptionGroup var api: APIOptions

        @Option(
            help: ArgumentHelp(
                "区划 · Of this division and those below it; the token's own by default.", valueName: "code"))
        var division: CodeArgument?

        @Option(help: ArgumentHelp("日期 · As of this day; today by default.", valueName: "YYYY-MM-DD"))
        var on: String?

        @Flag(help: "输出 JSON · As JSON.")
        var json = false

        func ask<Answer: Decodable>(
            _ name: String, _ further: [(name: String, value: String)] = []
        ) async throws(CommandFailure) -> Answer {
            let client = try api.client()
            var parameters = further
            if let division { parameters.append(("division", division.code.text)) }
            if let on { parameters.append(("on", on)) }
            do { return try await client.supervision(name, parameters) } catch { throw CommandFailure(error) }
        }

        func show(_ answer: some Encodable, _ table: Table, empty: String) throws {
            if json { return Terminal.output.line(try JSONOutput.text(answer)) }
            guard !table.isEmpty else { return Terminal.errors.line(empty) }
            Terminal.output.lines(table.lines(for: .output))
        }
    }

    /// How many rows are asked for.
    struct LimitOption: ParsableArguments {
        @Option(help: "条数 · At most so many.")
        var limit = 50

        var parameters: [(name: String, value: String)] { [("limit", String(limit))] }
    }

    struct BoardView: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "board", abstract: "监督看板 · The indicators of a division and of those below it.")
        @OptionGroup var options: Options

        func run() async throws {
            let overview: BoardOverview = try await options.ask("overview")
            if options.json { return Terminal.output.line(try JSONOutput.text(overview)) }
            Terminal.output.lines(Self.table(overview).lines(for: .output))
        }

        /// One row an indicator; the division first, then those below it that have anything to tell.
        private static func table(_ overview: BoardOverview) -> Table {
            let below = overview.children.filter { $0.counts.values.contains { $0 != 0 } }
            let places = [overview.counts].compactMap(\.self) + below
            var table = Table(
                [Table.Column("指标 indicator", isFlexible: true)]
                    + places.map { Table.Column("\($0.name) \($0.division)", .right, isFlexible: true) })
            for indicator in BoardIndicator.all {
                let counts = places.map { $0[indicator] }
                guard counts.contains(where: { $0 != 0 }) else { continue }
                table.add(["\(indicator.name.chinese) \(indicator.id)"] + counts.map(\.grouped))
            }
            return table
        }
    }

    struct Overdue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "超期案件 · Cases whose time limit is over, the longest first; or those whose limit is near.")
        @OptionGroup var options: Options
        @OptionGroup var limit: LimitOption

        @Flag(help: "临期 · Those whose time limit is near instead.")
        var near = false

        func run() async throws {
            let found: BoardCases = try await options.ask(near ? "nearly-overdue" : "overdue", limit.parameters)
            try options.show(found, SuperviseCommand.table(found.cases), empty: "没有 there are none")
        }
    }

    struct Findings: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "监督发现 · Cases in which supervision finds something, with the articles.")

        @Argument(help: "发现 · \(SupervisionFinding.allCases.map(\.rawValue).joined(separator: ", ")).")
        var finding: String

        @OptionGroup var options: Options
        @OptionGroup var limit: LimitOption

        func run() async throws {
            let found: BoardCases = try await options.ask("findings", [("finding", finding)] + limit.parameters)
            if options.json { return Terminal.output.line(try JSONOutput.text(found)) }
            guard !found.cases.isEmpty else { return Terminal.errors.line("没有 there are none") }
            for item in found.cases {
                Terminal.output.line(Terminal.output.styled(item.record, .bold) + "  \(item.body)  \(item.item)")
                for told in item.findings where told.finding == finding {
                    let articles = told.articles.isEmpty ? "" : "(\(told.articles))"
                    Terminal.output.line("  \(told.chinese)\(articles) \(told.english)")
                }
            }
        }
    }

    struct Scores: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "主体评分 · Scores of the bodies, the lowest first.")
        @OptionGroup var options: Options
        @OptionGroup var limit: LimitOption

        func run() async throws {
            let found: BoardScores = try await options.ask("scores", limit.parameters)
            var table = Table([
                Table.Column("主体 body"), Table.Column("区划 division"), Table.Column("案件 cases", .right),
                Table.Column("公示 publicity", .right), Table.Column("记录 recording", .right),
                Table.Column("审核 review", .right), Table.Column("三项 systems", .right),
                Table.Column("扣分 lost", .right), Table.Column("得分 score", .right),
            ])
            for body in found.bodies {
                table.add(
                    [body.body, body.division, body.cases.grouped]
                        + [
                            body.publicity, body.recording, body.review, body.threeSystems, body.lost, body.score,
                        ].map(SuperviseCommand.points))
            }
            try options.show(found, table, empty: "没有 there are none")
        }
    }

    struct HotSpots: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hotspots", abstract: "热点与苗头 · Items with more cases this month than in the six before.")
        @OptionGroup var options: Options
        @OptionGroup var limit: LimitOption

        func run() async throws {
            let found: BoardHotSpots = try await options.ask("hot-spots", limit.parameters)
            var table = Table([
                Table.Column("事项 item"), Table.Column("月份 month"), Table.Column("案件 cases", .right),
                Table.Column("此前月均 mean before", .right), Table.Column("倍数 growth", .right),
            ])
            for spot in found.spots {
                table.add([
                    spot.item ?? "", spot.month, spot.cases.grouped, SuperviseCommand.points(spot.meanBefore),
                    spot.growth.map(SuperviseCommand.points) ?? "新 new",
                ])
            }
            try options.show(found, table, empty: "没有 there are none")
        }
    }

    struct Gaps: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "文号空号 · Document numbers that were left out, explained or not.")
        @OptionGroup var options: Options
        @OptionGroup var limit: LimitOption

        func run() async throws {
            let found: BoardNumberGaps = try await options.ask("number-gaps", limit.parameters)
            var table = Table([
                Table.Column("主体 body"), Table.Column("序列 series", isFlexible: true), Table.Column("起 first", .right),
                Table.Column("止 last", .right), Table.Column("说明 explained"),
            ])
            for gap in found.gaps {
                table.add([
                    gap.body, gap.series, String(gap.first), String(gap.last), gap.isExplained ? "已说明 yes" : "未说明 no",
                ])
            }
            try options.show(found, table, empty: "没有空号 there are no gaps")
        }
    }

    // MARK: Shared

    static func table(_ cases: [BoardCase]) -> Table {
        let keys = cases.map { RecordID($0.record)?.key.description ?? $0.record }
        let count = CaseText.shortest(keys)
        var table = Table([
            Table.Column("案件 case"), Table.Column("区划 division"), Table.Column("主体 body"),
            Table.Column("程序 procedure", isFlexible: true), Table.Column("阶段 stage", isFlexible: true),
            Table.Column("期限 time limit", isFlexible: true), Table.Column("截止 due"), Table.Column("超期天数 days", .right),
        ])
        for (key, item) in zip(keys, cases) {
            table.add([
                String(key.prefix(count)), item.division, item.body, item.procedure, item.stage, item.deadline ?? "",
                item.due ?? "", item.daysOver.map { String($0) } ?? "",
            ])
        }
        return table
    }

    /// Two decimals at most.
    static func points(_ number: Double) -> String {
        let hundredths = Int64((number * 100).rounded())
        let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        if rest == 0 { return whole.grouped }
        let digits = String(abs(rest))
        return "\(whole.grouped).\(digits.count == 1 ? "0" : "")\(digits)"
    }
}
