import ArgumentParser
import Casework
import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Node

/// `tributary procedures`: the law as data: what is in force, and what is to be.
struct ProceduresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "procedures", abstract: "办案程序 · Procedures, templates, rules and forms of exchange as data.",
        subcommands: [Import.self, List.self, Check.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "现行程序 · The procedures in force at the node today.")
        @OptionGroup var api: APIOptions

        @Flag(help: "输出 JSON · As JSON.")
        var json = false

        func run() async throws {
            let client = try api.client()
            let list = try await CaseOptions.calling { () throws(APIFailure) in try await client.procedures() }
            if json { return Terminal.output.line(try JSONOutput.text(list)) }
            guard !list.procedures.isEmpty else {
                Terminal.errors.line("没有办案程序 no procedures here yet: `tributary procedures import` brings them")
                return
            }
            var table = Table([
                Table.Column("程序 procedure"), Table.Column("版本 version", .right),
                Table.Column("名称 name", isFlexible: true), Table.Column("环节 steps", .right),
                Table.Column("依据 articles", isFlexible: true),
            ])
            for procedure in list.procedures {
                table.add([
                    procedure.id, String(procedure.version), "\(procedure.name.chinese) \(procedure.name.english)",
                    String(procedure.steps.count),
                    (procedure.articles.first ?? "")
                        + (procedure.articles.count > 1 ? " 等 \(procedure.articles.count) 条" : ""),
                ])
            }
            Terminal.output.lines(table.lines(for: .output))
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "检查文件 · Checks files as the import does, without a node.")
        @Argument(help: "文件或目录 · Files or directories.") var paths: [String]

        func run() async throws {
            let files = try ProcedureFiles(paths)
            try ProceduresCommand.refuse(files.faults)
            for piece in files.pieces {
                let version = piece.version.map { "@\($0)" } ?? ""
                Terminal.output.line("\(piece.file): 正确 correct  \(piece.id)\(version)  \(piece.name)")
            }
        }
    }

    struct Import: AsyncParsableCommand {
        /// Drafts of one change: some hundred KiB of text.
        private static let draftsPerChange = 10

        static let configuration = CommandConfiguration(
            abstract: "导入程序 · Brings procedures, templates, rules and forms of exchange into the libraries.",
            discussion: """
                Nothing is written unless every file is right. Cases stay with the version they began under: a text \
                that has changed needs a higher version in its file, or it is refused. Files of exchange forms say no \
                version; a changed one is kept as the next.
                """)

        @Argument(help: "目录或文件 · Directories or files.") var paths: [String]

        @OptionGroup var api: APIOptions

        @Option(
            help: ArgumentHelp(
                "归属区划 · The division the library belongs to; the node's own by default.", valueName: "code"))
        var home: CodeArgument?

        @Option(
            help: ArgumentHelp(
                "启用日期 · Procedures are used from this day on; at once by default.", valueName: "YYYY-MM-DD"))
        var from: String?

        @Flag(help: "输出 JSON 报告 · The report as JSON.")
        var json = false

        private struct Report: Encodable {
            var written = 0
            var unchanged = 0
        }

        func run() async throws {
            if let from, LegalDate(from) == nil {
                throw CommandFailure(.usage, "--from: \(from) is no day; write it as 2026-03-01")
            }
            let files = try ProcedureFiles(paths)
            try ProceduresCommand.refuse(files.faults)
            let client = try api.client()
            var report = Report()
            do {
                let home = try await homeDivision(client)
                var drafts: [DraftMessage] = []
                var faults: [String] = []
                for piece in files.pieces {
                    switch try await draft(piece, home, client) {
                    case .write(let draft): drafts.append(draft)
                    case .same: report.unchanged += 1
                    case .changed(let reference):
                        faults.append(
                            "\(piece.file): \(reference) 内容已变，请提高版本号 the text differs from what is kept as "
                                + "\(reference): raise its version")
                    }
                }
                try ProceduresCommand.refuse(faults)
                while !drafts.isEmpty {
                    let change = ImportRequest(drafts: Array(drafts.prefix(Self.draftsPerChange)))
                    drafts.removeFirst(change.drafts.count)
                    let result = try await client.importDrafts(change)
                    report.written += result.written
                    report.unchanged += result.unchanged
                }
            } catch let failure as APIFailure {
                throw CommandFailure(failure)
            }
            if json { return Terminal.output.line(try JSONOutput.text(report)) }
            Terminal.output.line(
                "办案程序 procedures：已写 written \(report.written.grouped)，未变 unchanged \(report.unchanged.grouped)")
        }

        private func homeDivision(_ client: APIClient) async throws -> DivisionCode {
            if let home { return home.code }
            guard let code = DivisionCode(try await client.status().division) else {
                throw APIFailure.unreadable(path: "/v1/status", reason: "at division")
            }
            return code
        }

        private enum Judgement {
            case write(DraftMessage)
            case same
            /// Another text stands under this reference.
            case changed(String)
        }

        private func draft(
            _ piece: ProcedureFiles.Piece, _ home: DivisionCode, _ client: APIClient
        ) async throws(APIFailure) -> Judgement {
            let kind = piece.kind
            var version = piece.version ?? 1
            while true {
                let reference = "\(piece.id)@\(version)"
                let id = RecordID(home: home, flow: kind.flow, kind: kind.name, naturalKey: reference)
                let held = try await text(of: id, client)
                if held == piece.text, from == nil { return .same }
                if held == nil || held == piece.text {
                    return .write(
                        DraftMessage(kind: kind.name, home: home.text, key: reference, fields: fields(piece, version)))
                }
                guard piece.version == nil else { return .changed(reference) }
                version += 1
            }
        }

        /// Nil where the node has no such record.
        private func text(of id: RecordID, _ client: APIClient) async throws(APIFailure) -> String? {
            do throws(APIFailure) { return try await client.record(id)["text"]?.shown?.text } catch {
                if case .problem(let problem) = error, problem.status == 404 { return nil }
                throw error
            }
        }

        private func fields(_ piece: ProcedureFiles.Piece, _ version: Int) -> [String: JSON] {
            var fields: [String: JSON] = [
                "id": .text(piece.id), "version": .integer(Int64(version)), "text": .text(piece.text),
            ]
            if piece.kind.field("name") != nil { fields["name"] = .text(piece.name) }
            if let from, piece.kind.field("in-force-from") != nil { fields["in-force-from"] = .text(from) }
            return fields
        }
    }

    /// Nothing is done while anything is wrong; everything that is, is told.
    fileprivate static func refuse(_ faults: [String]) throws(CommandFailure) {
        guard !faults.isEmpty else { return }
        throw CommandFailure(
            .badData,
            (faults + [
                "\(faults.count.grouped) 处有误，未写入任何内容 are wrong, and nothing was written: correct and import them again"
            ])
            .joined(separator: "\n"))
    }
}

extension ProcedureFiles.Piece {
    fileprivate var kind: Kind {
        switch sort {
        case .procedure: CaseworkKinds.procedure
        case .template: CaseworkKinds.template
        case .ruleSet: CaseworkKinds.ruleSet
        }
    }
}
