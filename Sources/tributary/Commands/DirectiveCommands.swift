import ArgumentParser
import Casework
import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Node

/// What a superior asks of an office below, and what comes back.
extension SuperviseCommand {
    struct Directives: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "督办事项 · Directives that are not acknowledged or not answered, the earliest due first.")
        @OptionGroup var options: Options
        @OptionGroup var limit: LimitOption

        func run() async throws {
            let found: BoardDirectives = try await options.ask("directives", limit.parameters)
            var table = Table([
                Table.Column("督办 directive", isFlexible: true), Table.Column("类型 sort"),
                Table.Column("督办单位 from"), Table.Column("期限 due"), Table.Column("签收 acknowledged"),
                Table.Column("反馈 answers", .right), Table.Column("状态 state"),
            ])
            for item in found.directives {
                let sort = Directive.Sort(rawValue: item.sort)?.name.chinese ?? item.sort
                table.add([
                    item.record, "\(sort) \(item.sort)", item.from, item.due ?? "", item.acknowledged ?? "未签收 not yet",
                    String(item.answers), item.isLate ? "已超期 late" : "",
                ])
            }
            try options.show(found, table, empty: "没有待办督办 no directive waits")
        }
    }

    struct Direct: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "督办 · Asks something of an office below, about a case or about none.")

        @Option(name: .customLong("case"), help: ArgumentHelp("案件 · The case it is about.", valueName: "case"))
        var about: String?

        @Option(help: ArgumentHelp("被督办区划 · The office; by default that of the case.", valueName: "code"))
        var home: CodeArgument?

        @Option(help: ArgumentHelp("类型 · urge 催办, rectify 责令整改, explain 要求说明, follow 挂牌督办.", valueName: "sort"))
        var sort: String

        @Option(help: ArgumentHelp("督办单位 · The body or division that asks.", valueName: "code"))
        var from: String

        @Option(help: ArgumentHelp("办理期限 · By when.", valueName: "YYYY-MM-DD"))
        var due: String?

        @Option(help: ArgumentHelp("内容 · What is asked.", valueName: "text"))
        var text: String

        @OptionGroup var api: APIOptions

        @Flag(help: "输出 JSON · As JSON.")
        var json = false

        func run() async throws {
            guard let sort = Directive.Sort(rawValue: sort) else {
                let known = Directive.Sort.allCases.map { "\($0.rawValue) \($0.name.chinese)" }
                throw CommandFailure(.usage, "--sort: \(sort) is none; use one of \(known.joined(separator: ", "))")
            }
            let day = try due.map { text throws(CommandFailure) in
                guard let day = LegalDate(text) else {
                    throw CommandFailure(.usage, "--due: \(text) is no day; write it as 2026-03-01")
                }
                return day
            }
            let client = try api.client()
            var id: RecordID?
            if let about { id = try await CaseOptions.find(about, client) }
            guard let home = home?.code ?? id?.home else {
                throw CommandFailure(.usage, "of which office? give --case, or --home")
            }
            let record = NewRecord(
                kind: CaseworkKinds.directive.name, home: home.text, key: nil,
                fields: Directive.fields(sort, about: id, from: from, due: day, text: text))
            let written: WrittenRecord
            do { written = try await client.create(record) } catch { throw CommandFailure(error) }
            Terminal.output.line(json ? try JSONOutput.text(written) : written.id)
        }
    }

    struct Acknowledge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "签收 · Says that an office has taken note of a directive.")
        @OptionGroup var one: RecordOptions

        @Option(help: ArgumentHelp("签收人员证号 · The certificate of whoever takes note.", valueName: "certificate"))
        var officer: String

        func run() async throws {
            let now = UInt64(max(0, Date().timeIntervalSince1970 * 1_000))
            guard let moment = LegalMoment(milliseconds: now) else {
                throw CommandFailure(.failed, "this machine's clock stands beyond the year 9999: set it")
            }
            let mark = Directive.Acknowledgement(at: moment, officer: officer)
            try await SuperviseCommand.append(mark.description, to: "acknowledgements", one)
        }
    }

    struct AnswerDirective: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "answer", abstract: "反馈 · Answers a directive.")
        @OptionGroup var one: RecordOptions

        @Option(help: ArgumentHelp("内容 · The answer.", valueName: "text"))
        var text: String

        func run() async throws { try await SuperviseCommand.append(text, to: "answers", one) }
    }

    fileprivate static func append(_ text: String, to log: String, _ one: RecordOptions) async throws {
        guard one.record.record.kind == CaseworkKinds.directive.name else {
            throw CommandFailure(.usage, "\(one.record.record.kind): is no directive; its id begins with directive:")
        }
        let written = try await one.calling { client, id throws(APIFailure) in
            try await client.edit(
                id, [FieldEdit(field: log, action: .append, value: .text(text))], ifMatch: nil)
        }
        Terminal.output.line(one.json ? try JSONOutput.text(written) : written.id)
    }
}
