import ArgumentParser
import Divisions
import Foundation
import Libraries
import Node

/// What else an office brings in: who may do what for how long, and what other registers know.
extension ImportCommand {
    struct Delegations: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "权力下放与委托 · Powers handed down or entrusted for a time.")
        @Argument(help: "CSV 文件 · The table; - is standard input.") var file: String
        @OptionGroup var options: Options
        func run() async throws { try await options.table("导入下放事项 delegations", file, DelegationRow.self) }
    }

    struct JointDuties: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "joint-duties",
            abstract: "联合执法授权 · Leave to enforce elsewhere; each belongs to the superior that grants it.")
        @Argument(help: "CSV 文件 · The table; - is standard input.") var file: String
        @OptionGroup var options: Options
        func run() async throws { try await options.table("导入联合执法授权 joint duties", file, JointDutyRow.self) }
    }

    struct LegalPersons: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "legal-persons", abstract: "法人库 · Legal persons, to prefill and to check.")
        @Argument(help: "CSV 文件 · The table; - is standard input.") var file: String
        @OptionGroup var options: Options
        func run() async throws { try await options.table("导入法人 legal persons", file, LegalPersonRow.self) }
    }

    struct Persons: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "人口库 · Natural persons, to prefill and to check; all of it is personal.")
        @Argument(help: "CSV 文件 · The table; - is standard input.") var file: String
        @OptionGroup var options: Options
        func run() async throws { try await options.table("导入人口 persons", file, PersonRow.self) }
    }

    struct Licences: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "电子证照库 · Licences and permits.")
        @Argument(help: "CSV 文件 · The table; - is standard input.") var file: String
        @OptionGroup var options: Options
        func run() async throws { try await options.table("导入证照 licences", file, LicenceRow.self) }
    }

    struct ItemSheets: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "item-sheets",
            abstract: "由裁量基准生成执法事项 · One item for each violation of a benchmark sheet.",
            discussion: """
                For offices without a list of items of their own. What the sheet does not say is given here for all of \
                its violations. Import the sheet itself with `import benchmarks` under the same name.
                """)
        @Argument(help: "CSV 文件 · The benchmark sheet; - is standard input.") var file: String

        @Option(
            help: ArgumentHelp(
                "基准名称 · What the benchmark is called; by default the file's name, as `import benchmarks` has it.",
                valueName: "name"))
        var set: String?

        @Option(help: ArgumentHelp("执法领域 · The field of enforcement.", valueName: "field"))
        var field: String

        @Option(
            help: ArgumentHelp("行使层级 · 省级, 市级, 县级, 乡级; several separated by commas.", valueName: "levels"))
        var levels: String

        @Option(help: ArgumentHelp("生效日期 · The day from which the items count, YYYY-MM-DD.", valueName: "day"))
        var validFrom: String

        @OptionGroup var options: Options

        func run() async throws {
            let name = set ?? ((file as NSString).lastPathComponent as NSString).deletingPathExtension
            let chosen = levels.split(whereSeparator: { ",，;；".contains($0) }).map(String.init)
            let levels = chosen.compactMap(ItemRow.ItemLevel.init(rawValue:))
            guard !levels.isEmpty, levels.count == chosen.count else {
                throw CommandFailure(.usage, "--levels: give 省级, 市级, 县级 or 乡级, separated by commas")
            }
            guard let day = LegalDate(validFrom) else {
                throw CommandFailure(.usage, "--valid-from: a day is written YYYY-MM-DD")
            }
            let sheet = ItemSheetReader(set: name, field: field, levels: levels, validFrom: day)
            try await options.run("由裁量基准生成事项 items") { home throws(CommandFailure) in
                try ItemSheetSource(file, sheet: sheet, home: home)
            }
        }
    }
}

/// The items of a benchmark sheet, one after another.
struct ItemSheetSource: ImportSource {
    private var rows: RowSource<BenchmarkRow>
    private var sheet: ItemSheetReader
    private let path: String
    private let home: DivisionCode
    private let gathered = Gathered()
    private var isAtEnd = false

    /// Rows that were read since the last step: what a closure hands over.
    private final class Gathered {
        var rows: [BenchmarkRow] = []
    }

    init(_ path: String, sheet: ItemSheetReader, home: DivisionCode) throws(CommandFailure) {
        let gathered = gathered
        rows = try RowSource<BenchmarkRow>(path) { row in
            gathered.rows.append(row)
            return []
        }
        (self.path, self.sheet, self.home) = (path, sheet, home)
    }

    var done: Int64 { rows.done }
    var total: Int64? { rows.total }

    mutating func next() throws -> ImportStep? {
        while !isAtEnd {
            guard let step = try rows.next() else {
                isAtEnd = true
                if let step = gather(line: 0, isLast: true) { return step }
                break
            }
            guard case .group(let group) = step else { return step }
            if let step = gather(line: group.line, isLast: false) { return step }
        }
        return nil
    }

    /// The items that are complete with the rows handed over since.
    private mutating func gather(line: Int, isLast: Bool) -> ImportStep? {
        var items = gathered.rows.compactMap { sheet.add($0) }
        gathered.rows.removeAll()
        if isLast, let last = sheet.finish() { items.append(last) }
        let drafts = items.flatMap { $0.drafts(home: home) }
        return drafts.isEmpty ? nil : .group(ImportGroup(file: path, line: line, rows: items.count, drafts: drafts))
    }
}
