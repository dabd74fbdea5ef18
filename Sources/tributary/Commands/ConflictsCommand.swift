import ArgumentParser
import Casework
import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Node

/// `tributary conflicts`: what a person has to decide, because merging must not.
struct ConflictsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts", abstract: "待裁决的冲突 · What a person has to decide.",
        subcommands: [List.self, Resolve.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "列出冲突 · Records in conflict, and their values.")

        @OptionGroup var api: APIOptions

        @Option(help: ArgumentHelp("区划 · Only of this division and those below it.", valueName: "code"))
        var home: CodeArgument?

        @Option(help: "条数 · At most so many records.")
        var limit = 50

        @Option(help: ArgumentHelp("续页 · What the page before ended with.", valueName: "cursor"))
        var cursor: String?

        @Flag(help: "输出 JSON · As JSON.")
        var json = false

        func run() async throws {
            let client = try api.client()
            let list: ConflictList
            do { list = try await client.conflicts(home: home?.code.text, cursor: cursor, limit: limit) } catch {
                throw CommandFailure(error)
            }
            if json { return Terminal.output.line(try JSONOutput.text(list)) }
            guard !list.records.isEmpty else { return Terminal.output.line("没有冲突 no conflicts") }
            for (place, record) in list.records.enumerated() {
                if place > 0 { Terminal.output.line() }
                Terminal.output.lines(Self.lines(record, .output))
            }
            if let next = list.next { Terminal.errors.line("还有更多 there are more: --cursor \(next)") }
        }

        private static func lines(_ record: RecordMessage, _ terminal: Terminal) -> [String] {
            let title = ["title", "name", "case-no", "certificate-no"].lazy.compactMap { record[$0]?.shown?.shown }
                .first
            var lines = [terminal.styled(record.id, .bold) + (title.map { "  \($0)" } ?? "")]
            for conflict in record.conflicts {
                lines.append("  " + RecordText.text(conflict, of: record.kind))
                guard let field = conflict.field.flatMap({ record[$0] }) else { continue }
                lines += RecordText.candidates(field, terminal).map { "    " + $0 }
            }
            return lines
        }
    }

    struct Resolve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "裁决 · Settles a conflict: the value chosen replaces all that are shown.")

        @OptionGroup var one: RecordOptions

        @Option(
            help: ArgumentHelp("字段 · The field; may be left out where only one is in conflict.", valueName: "field"))
        var field: String?

        @Option(help: ArgumentHelp("取第几个值 · The value of this number in `conflicts list`.", valueName: "n"))
        var choose: Int?

        @Option(help: ArgumentHelp("改为此值 · Another value.", valueName: "value"))
        var value: String?

        @Flag(help: "保留记录 · For a record that was removed while it was edited: it stays.")
        var keep = false

        @Flag(help: "删除记录 · For a record that was removed while it was edited: it goes.")
        var drop = false

        @Option(help: ArgumentHelp("理由 · Why; kept with the record.", valueName: "words"))
        var reason: String?

        func validate() throws {
            let given = [choose != nil, value != nil, keep, drop].count { $0 }
            guard given == 1 else { throw ValidationError("give one of --choose, --value, --keep and --drop") }
        }

        func run() async throws {
            let record = try await one.calling { client, id throws(APIFailure) in try await client.record(id) }
            let resolution = try resolution(of: record)
            let written = try await one.calling { client, id throws(APIFailure) in
                try await client.resolve(id, resolution)
            }
            if one.json { return Terminal.output.line(try JSONOutput.text(written)) }
            guard let record = written.record else { return Terminal.output.line("\(written.id): 已删除 removed") }
            Terminal.output.lines(RecordText.lines(record, .output))
        }

        private func resolution(of record: RecordMessage) throws(CommandFailure) -> Resolution {
            if keep || drop {
                return Resolution(field: "exists", value: .boolean(keep), seen: record.seen, reason: reason)
            }
            let name = try conflictingField(of: record)
            guard let message = record[name], message.isInConflict else {
                throw CommandFailure(.usage, "--field: \(name) is not in conflict")
            }
            return Resolution(field: name, value: try chosen(message), seen: message.seen, reason: reason)
        }

        private func conflictingField(of record: RecordMessage) throws(CommandFailure) -> String {
            if let field { return field }
            let fields = record.conflicts.compactMap(\.field)
            guard let first = fields.first else {
                throw CommandFailure(
                    .usage, record.conflicts.isEmpty ? "the record is not in conflict" : "give --keep or --drop")
            }
            guard fields.count == 1 else {
                throw CommandFailure(.usage, "--field: which of \(fields.joined(separator: ", "))?")
            }
            return first
        }

        private func chosen(_ field: FieldMessage) throws(CommandFailure) -> JSON? {
            if let choose {
                guard field.values.indices.contains(choose - 1) else {
                    throw CommandFailure(.usage, "--choose: there are \(field.values.count) values, from 1")
                }
                return field.values[choose - 1].value
            }
            guard let value, let kind = CaseworkKinds.all[one.record.record.kind],
                let argument = FieldArgument(argument: "\(field.name)=\(value)")
            else { throw CommandFailure(.usage, "--value: give --choose for a field that this release does not know") }
            return try argument.value(in: kind)
        }
    }
}
