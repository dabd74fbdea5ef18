import ArgumentParser
import Casework
import Foundation
import Libraries
import Node

/// `tributary exchange`: acts of enforcement as files for other platforms.
struct ExchangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange", abstract: "数据交换 · Acts of enforcement as files for 双公示, 互联网+监管 and 信用广东.",
        discussion: "The forms and how their fields are filled: Docs/exchange.md.",
        subcommands: [Forms.self, Export.self])

    struct Forms: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "交换格式 · The forms, and with --fields their fields.")
        @OptionGroup var api: APIOptions

        @Flag(help: "列出字段 · With the fields of each.")
        var fields = false

        @Flag(help: "输出 JSON · As JSON.")
        var json = false

        func run() async throws {
            let client = try api.client()
            let list = try await CaseOptions.calling { () throws(APIFailure) in try await client.exchangeForms() }
            if json { return Terminal.output.line(try JSONOutput.text(list)) }
            guard fields else {
                var table = Table([
                    Table.Column("格式 form"), Table.Column("名称 name", isFlexible: true),
                    Table.Column("行为 behaviour"), Table.Column("字段 fields", .right), Table.Column("公开 published"),
                ])
                for form in list.forms {
                    table.add([
                        form.id, "\(form.name.chinese) \(form.name.english)", form.behaviour,
                        String(form.fields.count), form.isPublished ? "是 yes" : "否 no",
                    ])
                }
                return Terminal.output.lines(table.lines(for: .output))
            }
            for form in list.forms {
                Terminal.output.line(Terminal.output.styled("\(form.id)  \(form.name.chinese)", .bold))
                for field in form.fields {
                    let marks = [field.isRequired ? "必填 required" : nil, field.isHidden ? "不公开 hidden" : nil]
                    Terminal.output.line(
                        "  \(field.code)  \(field.name)  \(marks.compactMap(\.self).joined(separator: "，"))")
                }
            }
        }
    }

    struct Export: AsyncParsableCommand {
        enum Format: String, ExpressibleByArgument, CaseIterable { case csv, xml }

        static let cursorBytesMax = 1 << 20

        static let configuration = CommandConfiguration(
            abstract: "导出 · Writes what is new since the last export, as many files as it takes.",
            discussion: """
                The cursor is kept in a file, which is replaced only once what it stands for is written: a run that \
                broke off writes the same rows again under the same message ids, which receivers drop. Acts that are \
                not as the receiver wants them stay here, are told with the field and the reason, and leave by \
                themselves once they are mended; the exit code is 65 then. The credit message is written act by act \
                if --sender and --receiver are given.
                """)

        @Argument(help: "格式 · The form, as `exchange forms` lists it.")
        var form: String

        @Option(help: ArgumentHelp("游标文件 · Where the cursor is kept; without it everything leaves.", valueName: "file"))
        var since: String?

        @Option(help: ArgumentHelp("输出目录 · Where the files are written.", valueName: "directory"))
        var out: String

        @Option(help: "文件格式 · csv or xml.")
        var format: Format = .csv

        @Option(help: ArgumentHelp("发送单位 · Who sends, for messages.", valueName: "name"))
        var sender: String?

        @Option(help: ArgumentHelp("接收单位 · Who receives them.", valueName: "name"))
        var receiver: String?

        @Option(name: .customLong("operator"), help: ArgumentHelp("经办人 · Who answers for them.", valueName: "name"))
        var operatorName: String?

        @Option(help: ArgumentHelp("联系方式 · How that person is reached.", valueName: "text"))
        var contacts: String?

        @OptionGroup var api: APIOptions

        @Flag(help: "有行为未导出也算成功 · Exit with 0 even if acts stayed here.")
        var allowRefused = false

        @Flag(help: "输出 JSON 报告 · The report as JSON.")
        var json = false

        private struct Report: Encodable {
            var form: String
            var files: [String] = []
            var rows = 0
            var withheld = 0
            var refused: [ExchangeRemarkMessage] = []
            var warnings: [ExchangeRemarkMessage] = []
            var isStopped = false
        }

        func run() async throws {
            guard (sender == nil) == (receiver == nil) else {
                throw CommandFailure(.usage, "--sender and --receiver belong together: give both, or neither")
            }
            let client = try api.client()
            try Files.makeDirectory(out, mode: 0o700)
            var cursor = try since.flatMap { file throws(CommandFailure) -> String? in
                guard Files.exists(file) else { return nil }
                return try Files.readText(file, bytesMax: Self.cursorBytesMax)
                    .trimmingCharacters(in: .whitespacesAndNewlines)
            }
            var report = Report(form: form)
            var hasMore = true
            while hasMore {
                let batch = try await CaseOptions.calling { [cursor] () throws(APIFailure) in
                    try await client.exchange(form, since: cursor, parameters, limit: 1_000)
                }
                try write(batch, into: &report)
                if let since { try Files.write(batch.next + "\n", to: since, mode: 0o600) }
                cursor = batch.next
                // A batch that stopped has more, and will not come to it.
                hasMore = batch.hasMore && !batch.isStopped
            }
            try tell(report)
        }

        private var parameters: [(name: String, value: String)] {
            var parameters = [(name: "file", value: format.rawValue)]
            if let sender, let receiver { parameters += [("sender", sender), ("receiver", receiver)] }
            if let operatorName { parameters.append(("operator", operatorName)) }
            if let contacts { parameters.append(("contacts", contacts)) }
            return parameters
        }

        /// A batch has one file, named by what is in it, so that the same batch again replaces it.
        private func write(_ batch: ExchangeBatchMessage, into report: inout Report) throws(CommandFailure) {
            report.rows += batch.rows.count
            report.withheld += batch.withheld
            report.refused += batch.refused
            report.warnings += batch.warnings
            report.isStopped = batch.isStopped
            guard let first = batch.rows.first else { return }
            guard batch.letters.isEmpty else {
                for letter in batch.letters {
                    let path = "\(out)/\(form)-\(letter.message).xml"
                    try Files.write(letter.xml, to: path, mode: 0o600)
                    report.files.append(path)
                }
                return
            }
            let path = "\(out)/\(form)-\(first.message).\(format.rawValue)"
            try Files.write(batch.file ?? "", to: path, mode: 0o600)
            report.files.append(path)
        }

        private func tell(_ report: Report) throws {
            if json {
                Terminal.output.line(try JSONOutput.text(report))
            } else {
                Terminal.output.line(
                    "\(form): 已导出 rows \(report.rows.grouped)，依法不公开 withheld \(report.withheld.grouped)，"
                        + "未导出 faults \(report.refused.count.grouped)")
                for file in report.files { Terminal.output.line(file) }
                for remark in report.warnings { Terminal.errors.line(Self.line(remark, "提示 warned", .yellow)) }
                for remark in report.refused { Terminal.errors.line(Self.line(remark, "未导出 refused", .red)) }
            }
            if report.isStopped {
                throw CommandFailure(
                    .badData, "待更正的行为过多，已停止 too many acts wait to be mended: mend some and export again")
            }
            guard report.refused.isEmpty || allowRefused else {
                throw CommandFailure(
                    .badData, "部分行为未导出 some acts stayed here: mend them, they leave with the next export")
            }
        }

        private static func line(_ remark: ExchangeRemarkMessage, _ mark: String, _ style: Style) -> String {
            let field = remark.field.map { " \($0) \(remark.fieldName ?? "")" } ?? ""
            return "\(Terminal.errors.styled(mark, style)) \(remark.document ?? remark.record)\(field): "
                + "\(remark.chinese) (\(remark.english))"
        }
    }
}
