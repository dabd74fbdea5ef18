import ArgumentParser
import Casework
import Divisions
import Foundation
import Ledger
import Libraries
import Node
import Store

/// `tributary case`: an officer's way through a case, and what `records` does, for cases.
struct CaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "案件 · Opens cases, says what is next, takes steps.",
        discussion: """
            A case is named by its id, or by as much of the beginning of its key as no other case here shares: `list` \
            prints the shortest. What stands in the way of a step is told with the article it rests on, and nothing \
            is written.
            """,
        subcommands: [
            List.self, Open.self, Show.self, Next.self, Step.self, Fact.self, DocumentPage.self, Numbers.self,
            Evidence.self, Takeover.self, Rule.self, Create.self, RecordsCommand.Edit.self, History.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "案件列表 · Cases with where they stand, in the order in which this node heard of them.")
        @OptionGroup var query: QueryOptions

        @Option(help: ArgumentHelp("状态 · Only imported cases in this state, such as 已立案.", valueName: "status"))
        var status: String?

        @Flag(help: "紧急事项 · Urgent matters instead of ordinary cases.")
        var urgent = false

        func run() async throws {
            guard status == nil, query.conditions.isEmpty else {
                return try await query.run("case", conditions: status.map { [("status", $0)] } ?? [])
            }
            let client = try query.api.client()
            let list: CaseList
            do {
                list = try await client.cases(
                    isUrgent: urgent, home: query.home?.code.text, isSubtree: query.below, cursor: query.cursor,
                    limit: min(query.limit, 100))
            } catch {
                throw CommandFailure(error)
            }
            if query.json { return Terminal.output.line(try JSONOutput.text(list)) }
            if list.cases.isEmpty, list.next == nil {
                Terminal.errors.line("没有案件 no cases here")
                return
            }
            Terminal.output.lines(CaseText.table(list.cases, .output))
            if let next = list.next { Terminal.errors.line("还有更多 there are more: --cursor \(next)") }
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "登记既有案件 · Keeps a case without a procedure: title=… status=已立案 filed-on=2026-03-01")
        @OptionGroup var new: CreateOptions
        func run() async throws { try await new.run("case") }
    }

    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "立项 · Opens a case under a procedure, to whose present version it stays pinned.")

        @Argument(help: "程序 · The procedure, such as ordinary-penalty; `tributary procedures list` has them.")
        var procedure: String

        @Option(help: ArgumentHelp("归属区划 · The division it belongs to; the token's own by default.", valueName: "code"))
        var home: CodeArgument?

        @Option(help: ArgumentHelp("承办人员证号 · Who handles it; whoever opens it by default.", valueName: "certificate"))
        var officer: [String] = []

        @Option(help: ArgumentHelp("已知事实 · What is known already; may be repeated.", valueName: "fact=value"))
        var fact: [FactArgument] = []

        @Option(help: ArgumentHelp("来源记录 · The record out of which it comes.", valueName: "record"))
        var origin: String?

        @OptionGroup var api: APIOptions

        @Flag(help: "输出 JSON · As JSON.")
        var json = false

        func run() async throws {
            let client = try api.client()
            let opened: CaseMessage
            do {
                var request: [String: JSON] = ["procedure": .text(procedure)]
                if let home { request["home"] = .text(home.code.text) }
                if !officer.isEmpty { request["officers"] = .array(officer.map(JSON.text)) }
                if !fact.isEmpty {
                    let known = try await client.procedures().procedures.filter { $0.id == procedure }.flatMap(\.facts)
                    request["facts"] = .object(try FactArgument.values(fact, known))
                }
                if let origin {
                    request["origin"] = .text(try await CaseOptions.find(origin, client).description)
                }
                opened = try await client.openCase(.object(request))
            } catch let failure as APIFailure {
                throw CommandFailure(failure)
            }
            if json { return Terminal.output.line(try JSONOutput.text(opened)) }
            Terminal.output.line(opened.id)
            Terminal.errors.lines(CaseText.next(opened, .errors))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "显示案件 · Where a case stands: its steps and how they are judged, its time limits, the three systems.")
        @OptionGroup var one: CaseOptions

        func run() async throws {
            let (client, id) = try await one.found()
            let record: CaseMessage
            do throws(APIFailure) { record = try await client.caseFile(id) } catch {
                // A case that was imported as it is has no procedure to be judged by.
                guard case .problem(let problem) = error, problem.status == 404 else { throw CommandFailure(error) }
                let plain = try await CaseOptions.calling { () throws(APIFailure) in try await client.record(id) }
                if one.json { return Terminal.output.line(try JSONOutput.text(plain)) }
                return Terminal.output.lines(RecordText.lines(plain, .output))
            }
            if one.json { return Terminal.output.line(try JSONOutput.text(record)) }
            Terminal.output.lines(CaseText.lines(record, .output))
            // The board may not have come to the case yet, or there may be none.
            if let board = try? await client.boardCase(id) {
                Terminal.output.lines(CaseText.systems(board, .output))
            }
        }
    }

    struct Next: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "下一步 · What may come next, what is missing, by which article, and by when.")
        @OptionGroup var one: CaseOptions

        @Option(help: ArgumentHelp("环节 · Only this step.", valueName: "step"))
        var step: String?

        func run() async throws {
            let (client, id) = try await one.found()
            let record = try await CaseOptions.calling { () throws(APIFailure) in try await client.caseFile(id) }
            if one.json { return Terminal.output.line(try JSONOutput.text(record.next)) }
            Terminal.output.lines(CaseText.next(record, only: step, .output))
        }
    }

    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "全过程记录 · Who wrote what, where and when, and when it arrived here.")
        @OptionGroup var one: CaseOptions

        func run() async throws {
            let (client, id) = try await one.found()
            let history = try await CaseOptions.calling { () throws(APIFailure) in try await client.history(id) }
            if one.json { return Terminal.output.line(try JSONOutput.text(history)) }
            Terminal.output.lines(RecordText.history(history, .output))
        }
    }

    struct Numbers: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "number", abstract: "文号余量 · Document numbers that are left on this machine, by series.")
        @OptionGroup var api: APIOptions

        @Option(help: ArgumentHelp("执法主体代码 · The body; the token's own by default.", valueName: "code"))
        var body: String?

        @Flag(help: "输出 JSON · As JSON.")
        var json = false

        func run() async throws {
            let client = try api.client()
            let list = try await CaseOptions.calling { () throws(APIFailure) in try await client.numbers(body: body) }
            if json { return Terminal.output.line(try JSONOutput.text(list)) }
            guard !list.series.isEmpty else {
                Terminal.errors.line("本机没有\(list.body)的号段 no numbers of this body are leased to this machine yet")
                return
            }
            var table = Table([
                Table.Column("文种字 word"), Table.Column("年份 year"), Table.Column("剩余 left", .right),
            ])
            for series in list.series { table.add([series.word, String(series.year), series.left.grouped]) }
            Terminal.output.lines(table.lines(for: .output))
        }
    }
}

/// One case, and whom to ask.
struct CaseOptions: ParsableArguments {
    /// Cases that are named where a beginning fits several.
    private static let namedMax = 10

    @Argument(help: ArgumentHelp("案件 · The case's id, or the beginning of its key.", valueName: "case"))
    var record: String

    @OptionGroup var api: APIOptions

    @Flag(help: "输出 JSON · As JSON.")
    var json = false

    /// The client, and the case that is meant.
    func found() async throws(CommandFailure) -> (APIClient, RecordID) {
        let client = try api.client()
        return (client, try await Self.find(record, client))
    }

    static func find(_ text: String, _ client: APIClient) async throws(CommandFailure) -> RecordID {
        if let id = RecordID(text) { return id }
        guard RecordKey.beginning(with: text) != nil else {
            throw CommandFailure(
                .usage, "\(text): a case is named by kind:home:flow:key, or by the first hexadecimal digits of its key")
        }
        let list = try await calling { () throws(APIFailure) in
            try await client.cases(key: text, limit: namedMax)
        }
        let ids = list.cases.compactMap { RecordID($0.id) }
        guard let id = ids.first else {
            throw CommandFailure(.badData, "\(text): 本节点没有这样的案件 no case here has a key that begins so")
        }
        guard ids.count == 1 else {
            let names = ids.map { "  \($0.key)" }.joined(separator: "\n")
            throw CommandFailure(.usage, "\(text): 不止一个案件 several keys begin so, give more of it:\n\(names)")
        }
        return id
    }

    static func calling<Answer>(
        _ call: () async throws(APIFailure) -> Answer
    ) async throws(CommandFailure) -> Answer {
        do { return try await call() } catch { throw CommandFailure(error) }
    }
}

/// A fact and its value as an argument, typed by what the procedure says of the fact.
struct FactArgument: ExpressibleByArgument, Sendable {
    let fact: String
    let text: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else { return nil }
        (fact, text) = (String(argument[..<sign]), String(argument[argument.index(after: sign)...]))
    }

    /// The facts as the API takes them; a fact that is given several times is a set.
    static func values(
        _ arguments: [FactArgument], _ known: [AskedFactMessage]
    ) throws(CommandFailure) -> [String: JSON] {
        var values: [String: JSON] = [:]
        for argument in arguments {
            guard let rule = known.first(where: { $0.id == argument.fact }) else {
                let names = Set(known.map(\.id)).sorted().joined(separator: ", ")
                throw CommandFailure(.usage, "\(argument.fact): the procedure has no such fact; it has \(names)")
            }
            let value = try argument.value(rule)
            if rule.isMany {
                values[argument.fact] = .array((values[argument.fact]?.array ?? []) + [value])
            } else if values.updateValue(value, forKey: argument.fact) != nil {
                throw CommandFailure(.usage, "\(argument.fact): holds one value, and two are given")
            }
        }
        return values
    }

    private func value(_ rule: AskedFactMessage) throws(CommandFailure) -> JSON {
        switch rule.kind {
        case "integer":
            guard let integer = Int64(text) else { throw CommandFailure(.usage, "\(fact): \(text) is not an integer") }
            return .integer(integer)
        case "money":
            guard let fen = Self.fen(text) else {
                throw CommandFailure(.usage, "\(fact): \(text) is no sum; give fen, or yuan as 2000元 or 12.50元")
            }
            return .integer(fen)
        case "truth":
            switch text {
            case "true", "是": return .boolean(true)
            case "false", "否": return .boolean(false)
            default: throw CommandFailure(.usage, "\(fact): give true or false, 是 or 否")
            }
        default: return .text(text)
        }
    }

    /// `200000` is fen, `2000元` and `12.5元` are yuan.
    static func fen(_ text: String) -> Int64? {
        guard text.hasSuffix("元") else { return Int64(text) }
        let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let yuan = Int64(parts[0]), yuan >= 0 else { return nil }
        let digits = parts.count == 2 ? String(parts[1]) : "0"
        guard (1...2).contains(digits.count), let hundredths = Int64(digits), hundredths >= 0 else { return nil }
        let whole = yuan.multipliedReportingOverflow(by: 100)
        let sum = whole.partialValue.addingReportingOverflow(digits.count == 1 ? hundredths * 10 : hundredths)
        return whole.overflow || sum.overflow ? nil : sum.partialValue
    }
}
