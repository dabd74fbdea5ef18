import ArgumentParser
import Divisions
import Foundation
import Identity
import Ledger
import Libraries
import Node
import Replication
import Store

/// `tributary verify`: every chain, seal, record and row of a store against its log, and every evidence file.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "核验数据库 · Checks every chain, seal, record and row of a store against its log.",
        discussion: """
            Nothing is changed, and the node may run meanwhile: one moment of its store is checked, and every evidence \
            file is read. The first wrong thing is named. Exit code 0 if everything is as it should be, 65 if not.
            """)

    @OptionGroup var data: DataOption

    @Option(
        help: ArgumentHelp(
            "机构树文件 · The topology file; by default the one that the configuration in the data directory names.",
            valueName: "file"))
    var topology: String?

    @Option(
        help: ArgumentHelp(
            "身份目录 · The identity's directory; by default the one in the data directory.", valueName: "dir"))
    var identity: String?

    @Flag(help: "输出 JSON · As JSON, and no progress.")
    var json = false

    func run() async throws {
        let path = try data.existingStore()
        let tree = try tree()
        let directory = identity ?? data.identity
        let identity = try translatingIdentityFaults { () throws(IdentityFault) in
            try NodeIdentity.load(directory: directory)
        }
        let notary: any Notary
        do { notary = try NodeNotary(identity: identity, tree: tree) } catch {
            throw CommandFailure(.badData, "\(directory)/root.pem: \(error)")
        }
        let reader = try StoreFile.open(path)
        var bar = ProgressBar(Progress(title: "核验 verifying"), isSilent: json)
        let report: VerifyReport
        do {
            report = try reader.verify(notary: notary, trees: [tree.version: tree]) { progress in
                bar.update(
                    done: Int64(progress.done), total: Int64(progress.total), note: Self.name(progress.stage))
            }
            bar.clear()
        } catch {
            bar.clear()
            throw CommandFailure(error, path: path)
        }
        let files = FileShelf.verify(directory: data.directory.filesDirectory)
        if json {
            Terminal.output.line(try JSONOutput.text(VerifyAnswer(report, files)))
        } else {
            Terminal.output.lines(Self.lines(report, path) + Self.lines(files))
        }
        guard files.faults.isEmpty || !report.isSound else {
            throw CommandFailure(
                .badData,
                "\(data.directory.filesDirectory): \(files.faults.count.grouped) 个文件有误 files are wrong; "
                    + "move them away, neighbours that hold them send them again")
        }
        guard report.isSound else {
            throw CommandFailure(
                .badData,
                "\(path): \(report.faultCount.grouped) 处有误 faults; restore a backup, its neighbours fill in the rest")
        }
    }

    private func tree() throws(CommandFailure) -> DivisionTree {
        if let topology { return try Files.topology(topology) }
        let configuration = data.directory.configurationFile
        guard Files.exists(configuration) else {
            throw CommandFailure(.usage, "\(configuration): is not there; name the topology file with --topology")
        }
        return try Files.topology(try ConfigurationFile.load(configuration).topologyFile)
    }

    private static func name(_ stage: VerifyProgress.Stage) -> String {
        switch stage {
        case .file: "文件 file"
        case .entries: "条目与签章 entries and seals"
        case .records: "记录与行 records and rows"
        }
    }

    private static func lines(_ report: VerifyReport, _ path: String) -> [String] {
        let terminal = Terminal.output
        var listing = Listing()
        listing.add("流 streams", report.streams.grouped)
        listing.add("条目 entries", report.entries.grouped)
        listing.add("记录 records", report.records.grouped)
        listing.add("行 rows", report.rows.grouped)
        if report.dirty > 0 { listing.add("待重算 to be recomputed", report.dirty.grouped) }
        let verdict =
            report.isSound ? terminal.styled("全部正确 sound", .green) : terminal.styled("有误 not sound", .red, .bold)
        var lines = ["\(path): \(verdict)"] + listing.lines(columnsMax: nil, terminal, indent: 2)
        lines += report.faults.map { "\(terminal.styled("有误 wrong", .red)) \($0)" }
        if report.faultCount > report.faults.count {
            lines.append("… 另有 and \((report.faultCount - report.faults.count).grouped) 处 more")
        }
        return lines
    }
}

extension VerifyCommand {
    fileprivate static func lines(_ files: ShelfReport) -> [String] {
        guard files.files > 0 else { return [] }
        let terminal = Terminal.output
        let verdict =
            files.faults.isEmpty
            ? terminal.styled("全部正确 sound", .green) : terminal.styled("有误 not sound", .red, .bold)
        let summary = "证据文件 evidence files: \(files.files.grouped)，\(files.bytes) 字节 bytes: \(verdict)"
        return [summary] + files.faults.map { "\(terminal.styled("有误 wrong", .red)) \($0)" }
    }
}

/// A report of `verify` as programs read it.
private struct VerifyAnswer: Encodable {
    let sound: Bool
    let streams: Int
    let entries: Int
    let records: Int
    let rows: Int
    let dirty: Int
    let faultCount: Int
    let faults: [String]
    let files: Int
    let fileBytes: UInt64
    let fileFaults: [String]

    init(_ report: VerifyReport, _ files: ShelfReport) {
        (sound, streams, entries) = (report.isSound && files.faults.isEmpty, report.streams, report.entries)
        (records, rows, dirty) = (report.records, report.rows, report.dirty)
        (faultCount, faults) = (report.faultCount, report.faults.map(\.description))
        (self.files, fileBytes, fileFaults) = (files.files, files.bytes, files.faults.map(\.description))
    }
}
