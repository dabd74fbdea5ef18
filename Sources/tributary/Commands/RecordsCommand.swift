import ArgumentParser
import Casework
import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Node

/// `tributary records`: any record of any kind.
struct RecordsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "records", abstract: "查询与修改记录 · Finds, shows and edits records of any kind.",
        subcommands: [Query.self, Show.self, History.self, Create.self, Edit.self, Remove.self, Follow.self])

    struct Query: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "查询 · Records of one kind that meet every condition.")
        @Argument(help: "类别 · The kind: \(CaseworkKinds.all.all.map(\.name).joined(separator: ", ")).") var kind: String
        @OptionGroup var query: QueryOptions
        func run() async throws { try await query.run(kind) }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "显示 · Shows a record with all its values.")
        @OptionGroup var one: RecordOptions

        func run() async throws {
            let record = try await one.calling { client, id throws(APIFailure) in try await client.record(id) }
            if one.json { return Terminal.output.line(try JSONOutput.text(record)) }
            Terminal.output.lines(RecordText.lines(record, .output))
        }
    }

    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "全过程记录 · Who wrote what, where and when, and when it arrived here.")
        @OptionGroup var one: RecordOptions

        func run() async throws {
            let history = try await one.calling { client, id throws(APIFailure) in try await client.history(id) }
            if one.json { return Terminal.output.line(try JSONOutput.text(history)) }
            Terminal.output.lines(RecordText.history(history, .output))
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "删除 · Removes a record; whoever edits it at the same time finds it in conflict.")
        @OptionGroup var one: RecordOptions

        @Option(help: ArgumentHelp("所见版本 · The etag that `show` printed.", valueName: "etag"))
        var ifMatch: String?

        func run() async throws {
            let written = try await one.calling { client, id throws(APIFailure) in
                let record = try await client.record(id)
                return try await client.remove(
                    id, seen: record.seen, ifMatch: ifMatch.map(EntityTag.quoted) ?? record.etag)
            }
            Terminal.output.line(one.json ? try JSONOutput.text(written) : "\(written.id): 已删除 removed")
        }
    }

    struct Follow: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "持续显示变更 · Prints every change of a record here as it becomes durable, until interrupted.")
        @OptionGroup var api: APIOptions

        @Flag(help: "输出 JSON · One JSON object a line.")
        var json = false

        func run() async throws {
            let client = try api.client()
            do {
                try await client.followChanges { event in
                    switch event {
                    case .change(let change):
                        Terminal.output.line(
                            json
                                ? try JSONOutput.text(change, isPretty: false)
                                : "\(ClockText.text(Date()))  \(change.record)  位置 position \(change.position)")
                    case .missed(let count):
                        Terminal.errors.line("漏报 not told: \(count.map(\.grouped) ?? "?") 次变更 changes")
                    }
                }
            } catch let failure as APIFailure {
                throw CommandFailure(failure)
            } catch let failure as CommandFailure {
                throw failure
            } catch {
                throw CommandFailure(.unavailable, "\(client.base): 推送中断 the stream broke off (\(error))")
            }
            throw CommandFailure(.unavailable, "\(client.base): 节点已停止推送 the node ended the stream")
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "新建 · Makes a record.")
        @Argument(help: "类别 · The kind.") var kind: String
        @OptionGroup var new: CreateOptions
        func run() async throws { try await new.run(kind) }
    }

    struct Edit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "修改 · Edits fields of a record; all edits are written, or none.",
            discussion: EditOptions.discussion)
        @OptionGroup var edit: EditOptions
        func run() async throws { try await edit.run() }
    }
}

/// A record's tag as `show` prints it, without the quotes that HTTP wants and a shell takes away.
enum EntityTag {
    static func quoted(_ tag: String) -> String { tag.hasPrefix("\"") ? tag : "\"\(tag)\"" }
}

/// One record, and whom to ask.
struct RecordOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("记录编号 · The record's id, kind:home:flow:key.", valueName: "record"))
    var record: RecordArgument

    @OptionGroup var api: APIOptions

    @Flag(help: "输出 JSON · As JSON.")
    var json = false

    func calling<Answer>(
        _ call: (APIClient, RecordID) async throws(APIFailure) -> Answer
    ) async throws(CommandFailure) -> Answer {
        let client = try api.client()
        do { return try await call(client, record.record) } catch { throw CommandFailure(error) }
    }
}

/// What finds records.
struct QueryOptions: ParsableArguments {
    static let pageMax = APILimits.recordsPerPageMax

    @OptionGroup var api: APIOptions

    @Option(help: ArgumentHelp("归属区划 · Only records of this division.", valueName: "code"))
    var home: CodeArgument?

    @Flag(help: "含下级 · With those of the divisions below it.")
    var below = false

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "条件 · A field that is indexed and the value it shows; may be repeated.", valueName: "field=value"))
    var conditions: [FieldArgument] = []

    @Option(help: "条数 · At most so many.")
    var limit = 50

    @Option(help: ArgumentHelp("续页 · What the page before ended with.", valueName: "cursor"))
    var cursor: String?

    @Flag(help: "输出 JSON · As JSON.")
    var json = false

    func validate() throws {
        guard (1...Self.pageMax).contains(limit) else { throw ValidationError("--limit: 1 to \(Self.pageMax)") }
        if below, home == nil { throw ValidationError("--below: of which division? give --home") }
    }

    func run(_ name: String, conditions further: [(String, String)] = []) async throws {
        let kind = try KindNames.wanted(name)
        let query = APIClient.Query(
            kind: name, home: home?.code.text, isSubtree: below,
            conditions: conditions.map { ($0.field, $0.text) } + further, cursor: cursor, limit: limit)
        let client = try api.client()
        let list: RecordList
        do { list = try await client.records(query) } catch { throw CommandFailure(error) }
        if json { return Terminal.output.line(try JSONOutput.text(list)) }
        guard !list.records.isEmpty else {
            Terminal.errors.line("没有符合的记录 no such records here")
            return
        }
        Terminal.output.lines(RecordText.table(list.records, kind: kind, fields: RecordText.listed(kind), .output))
        if let next = list.next { Terminal.errors.line("还有更多 there are more: --cursor \(next)") }
    }
}

/// What makes a record.
struct CreateOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "字段 · Fields and their values; repeat a field for the elements of a set or log.", valueName: "field=value"))
    var fields: [FieldArgument]

    @Option(
        help: ArgumentHelp("归属区划 · The division the record belongs to; by default the token's own.", valueName: "code"))
    var home: CodeArgument?

    @Option(
        help: ArgumentHelp("自然键 · The natural key of a library record; without it the id is drawn.", valueName: "key"))
    var key: String?

    @OptionGroup var api: APIOptions

    @Flag(help: "输出 JSON · As JSON.")
    var json = false

    func run(_ name: String) async throws {
        let kind = try KindNames.wanted(name)
        var values: [String: JSON] = [:]
        for argument in fields {
            let value = try argument.value(in: kind)
            let type = kind.field(argument.field)?.type
            if type == .set || type == .log {
                values[argument.field] = .array((values[argument.field]?.array ?? []) + [value])
            } else if values.updateValue(value, forKey: argument.field) != nil {
                throw CommandFailure(.usage, "\(argument.field): holds one value, and two are given")
            }
        }
        let client = try api.client()
        let record = NewRecord(kind: name, home: home?.code.text, key: key, fields: values)
        let written: WrittenRecord
        do { written = try await client.create(record) } catch { throw CommandFailure(error) }
        Terminal.output.line(json ? try JSONOutput.text(written) : written.id)
    }
}

/// What edits a record.
struct EditOptions: ParsableArguments {
    static let discussion = """
        An edit replaces what its author saw. The command reads the record right before it writes, so it is you who \
        must have seen it: give --if-match with the etag that `show` printed, and nothing is written if the record has \
        changed since. A field in conflict is not edited here: settle it with `tributary conflicts resolve`.
        """

    @Argument(help: ArgumentHelp("记录编号 · The record's id; of a case, the beginning of its key.", valueName: "record"))
    var record: String

    @Argument(help: ArgumentHelp("写入 · Fields to set.", valueName: "field=value"))
    var set: [FieldArgument] = []

    @Option(help: ArgumentHelp("加入集合 · Adds an element to a set.", valueName: "field=value"))
    var add: [FieldArgument] = []

    @Option(help: ArgumentHelp("移出集合 · Takes an element of a set away.", valueName: "field=value"))
    var remove: [FieldArgument] = []

    @Option(help: ArgumentHelp("追加记录 · Adds an element to a log, such as notes=….", valueName: "field=value"))
    var append: [FieldArgument] = []

    @Option(help: ArgumentHelp("累加 · Adds a number to a counter.", valueName: "field=number"))
    var increment: [FieldArgument] = []

    @Option(help: ArgumentHelp("清除 · Takes a field's value away.", valueName: "field"))
    var clear: [String] = []

    @Option(help: ArgumentHelp("所见版本 · The etag that `show` printed.", valueName: "etag"))
    var ifMatch: String?

    @OptionGroup var api: APIOptions

    @Flag(help: "输出 JSON · As JSON.")
    var json = false

    func run() async throws {
        let client = try api.client()
        let id = try await CaseOptions.find(record, client)
        let kind = try KindNames.wanted(id.kind)
        let before: RecordMessage
        do { before = try await client.record(id) } catch { throw CommandFailure(error) }
        let edits = try edits(kind, seen: before)
        guard !edits.isEmpty else { throw CommandFailure(.usage, "nothing to write: give field=value, or an option") }
        let written: WrittenRecord
        do {
            written = try await client.edit(id, edits, ifMatch: ifMatch.map(EntityTag.quoted) ?? before.etag)
        } catch {
            throw CommandFailure(error)
        }
        if json { return Terminal.output.line(try JSONOutput.text(written)) }
        if let record = written.record { Terminal.output.lines(RecordText.lines(record, .output)) }
    }

    private func edits(_ kind: Kind, seen record: RecordMessage) throws(CommandFailure) -> [FieldEdit] {
        var edits: [FieldEdit] = []
        let valued: [(FieldEdit.Action, [FieldArgument])] = [
            (.set, set), (.add, add), (.remove, remove), (.append, append), (.increment, increment),
        ]
        for (action, arguments) in valued {
            for argument in arguments {
                let value = try argument.value(in: kind)
                let field = record[argument.field]
                if field?.isInConflict == true {
                    throw CommandFailure(
                        .failed,
                        "\(argument.field): holds different values; settle it with `tributary conflicts resolve`")
                }
                let needsSeen = action == .set || action == .remove
                edits.append(
                    FieldEdit(
                        field: argument.field, action: action, value: value, seen: needsSeen ? field?.seen ?? "" : nil))
            }
        }
        for name in clear {
            guard kind.field(name) != nil else {
                throw CommandFailure(.usage, "--clear: \(kind.name) has no field \(name)")
            }
            edits.append(FieldEdit(field: name, action: .clear, seen: record[name]?.seen ?? ""))
        }
        return edits
    }
}
