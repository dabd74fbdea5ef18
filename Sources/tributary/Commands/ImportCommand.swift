import ArgumentParser
import Divisions
import Foundation
import Libraries
import Node

/// `tributary import`: brings the libraries, and cases, to what files say.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "导入法规、名录与案件 · Brings the libraries and cases to what files say.",
        discussion: """
            The formats are described in Docs/formats.md. One version of a law, or one group of rows, is one change: \
            there whole or not at all. A second import of the same files writes nothing; so a run that broke off is \
            taken up by running it again. Rows that cannot be taken are named at the end with file, line and reason; \
            the rest is imported all the same, and the exit code is 65 unless --allow-refused is given.
            """,
        subcommands: [
            Statutes.self, Bodies.self, Officers.self, Items.self, ItemSheets.self, Delegations.self, JointDuties.self,
            Benchmarks.self, Calendar.self, LegalPersons.self, Persons.self, Licences.self, Cases.self,
        ])

    /// What all of them share.
    struct Options: ParsableArguments {
        @OptionGroup var api: APIOptions

        @Option(
            help: ArgumentHelp(
                "归属区划 · The division the library belongs to; by default the node's own. Rows that name a division belong to that one.",
                valueName: "code"))
        var home: CodeArgument?

        @Flag(help: "有行被拒绝也算成功 · Exit with 0 even if rows were refused.")
        var allowRefused = false

        @Flag(help: "输出 JSON 报告 · The report as JSON, and no progress.")
        var json = false

        /// Imports everything from a source and reports.
        ///
        /// - Parameters:
        ///   - source: made once the home is known.
        ///   - groupsPerChangeMax: 1 where each group is to be a change of its own.
        func run<Source: ImportSource>(
            _ title: String, groupsPerChangeMax: Int = ImportWriter.groupsPerChangeMax,
            _ source: (DivisionCode) throws(CommandFailure) -> Source
        ) async throws {
            let client = try api.client()
            let source = try source(try await homeDivision(client))
            let importer = Importer(
                client: client, title: title, groupsPerChangeMax: groupsPerChangeMax, isSilent: json)
            let report = try await importer.run(source)
            if json {
                Terminal.output.line(try JSONOutput.text(report))
            } else {
                Terminal.output.lines(report.lines(title: title, .output))
            }
            guard report.refused == 0 || allowRefused else {
                throw CommandFailure(
                    .badData,
                    "\(report.refused.grouped) 项被拒绝 were refused: correct and import them again; "
                        + "everything else is imported")
            }
        }

        private func homeDivision(_ client: APIClient) async throws(CommandFailure) -> DivisionCode {
            if let home { return home.code }
            do throws(APIFailure) {
                let status = try await client.retrying(patience: Importer.patienceDefault) { () throws(APIFailure) in
                    try await client.status()
                }
                guard let code = DivisionCode(status.division) else {
                    throw .unreadable(path: "/v1/status", reason: "at division")
                }
                return code
            } catch {
                throw CommandFailure(error)
            }
        }

        func table<Row: ImportedRow>(_ title: String, _ file: String, _: Row.Type) async throws {
            try await run(title) { home throws(CommandFailure) in
                try RowSource<Row>(file) { $0.drafts(home: home) }
            }
        }
    }

    struct Statutes: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "法律法规 · Law files (*.md) of a directory and its folders; each version is one change.")
        @Argument(help: "目录或文件 · A directory, or one law file.") var path: String
        @OptionGroup var options: Options

        func run() async throws {
            try await options.run("导入法规 statutes", groupsPerChangeMax: 1) { home throws(CommandFailure) in
                try StatuteSource(path, home: home)
            }
        }
    }

    struct Bodies: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "执法主体 · Enforcement bodies.")
        @Argument(help: "CSV 文件 · The table; - is standard input.") var file: String
        @OptionGroup var options: Options
        func run() async throws { try await options.table("导入主体 bodies", file, BodyRow.self) }
    }

    struct Officers: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "执法人员 · Officers.")
        @Argument(help: "CSV 文件 · The table; - is standard input.") var file: String
        @OptionGroup var options: Options
        func run() async throws { try await options.table("导入人员 officers", file, OfficerRow.self) }
    }

    struct Items: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "执法事项 · Enforcement items.")
        @Argument(help: "CSV 文件 · The table; - is standard input.") var file: String
        @OptionGroup var options: Options
        func run() async throws { try await options.table("导入事项 items", file, ItemRow.self) }
    }

    struct Benchmarks: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "裁量基准 · A discretion benchmark; the circumstances of one violation are one change.")
        @Argument(help: "CSV 文件 · The table; - is standard input.") var file: String

        @Option(
            help: ArgumentHelp(
                "基准名称 · What the benchmark is called, since items are numbered anew in each; by default the file's name.",
                valueName: "name"))
        var set: String?

        @OptionGroup var options: Options

        func run() async throws {
            let name = set ?? ((file as NSString).lastPathComponent as NSString).deletingPathExtension
            try await options.run("导入裁量基准 benchmarks") { home throws(CommandFailure) in
                try RowSource<BenchmarkRow>(file) { $0.drafts(home: home, set: name) }
            }
        }
    }

    struct Calendar: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "节假日 · Days on which the week is not what it seems; a year is one change.")
        @Argument(help: "CSV 文件 · The table; - is standard input.") var file: String
        @OptionGroup var options: Options
        func run() async throws { try await options.table("导入节假日 calendar", file, CalendarRow.self) }
    }

    struct Cases: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "案件 · Cases.")
        @Argument(help: "CSV 文件 · The table; - is standard input.") var file: String
        @OptionGroup var options: Options
        func run() async throws { try await options.table("导入案件 cases", file, CaseRow.self) }
    }
}
