import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Node

extension ImportReport {
    /// Rows of one reason that a person is shown at once.
    static let rowsPerReasonMax = 10

    func lines(title: String, _ terminal: Terminal) -> [String] {
        var listing = Listing()
        listing.add("已写 written", "\(written.grouped) 条记录 records，\(changes.grouped) 次变更 changes")
        listing.add("未变 unchanged", "\(unchanged.grouped) 条记录 records")
        if repeated > 0 { listing.add("重复 repeated", "\(repeated.grouped) 个文件 files") }
        if warned > 0 { listing.add("提示 warned", warned.grouped) }
        listing.add("拒绝 refused", refused.grouped)
        let elapsed = Duration.seconds(seconds).clock
        var lines = [terminal.styled("\(title)：读入 read \(rows.grouped)，用时 in \(elapsed)", .bold)]
        lines += listing.lines(columnsMax: nil, terminal, indent: 2)
        lines += Self.lines(
            warnings, of: warned, terminal.styled("提示 warned", .yellow), isBrief: terminal.isInteractive)
        lines += Self.lines(
            refusals, of: refused, terminal.styled("拒绝 refused", .red), isBrief: terminal.isInteractive)
        return lines
    }

    /// The rows as lines; before a person on a terminal, the first few of each reason stand for the others.
    private static func lines(_ rows: [Row], of count: Int, _ mark: String, isBrief: Bool) -> [String] {
        var told: [String: Int] = [:]
        let shown = rows.filter { row in
            told[row.english, default: 0] += 1
            return !isBrief || told[row.english, default: 0] <= rowsPerReasonMax
        }
        var lines = shown.map { "\(mark) \($0.text)" }
        if count > shown.count {
            let hint = isBrief ? "，--json 列出 lists them" : ""
            lines.append("\(mark) … 另有 and \((count - shown.count).grouped) 条 more\(hint)")
        }
        return lines
    }
}

/// Sends what a source brings to a node, some changes at a time, and counts what became of it.
///
/// Memory is bounded by the changes in flight. A broken run is taken up by running it again: the node writes only what
/// differs from what it holds.
struct Importer: Sendable {
    /// Changes that are sent and not yet answered: enough for the node to commit several at once.
    static let changesInFlightMax = 4
    /// How long a node that does not answer is waited for.
    static let patienceDefault: Duration = .seconds(60)

    let client: APIClient
    let title: String
    /// 1 where each group is a change of its own, as for laws.
    var groupsPerChangeMax = ImportWriter.groupsPerChangeMax
    var patience = Self.patienceDefault
    var isSilent = false

    func run(_ source: consuming some ImportSource) async throws(CommandFailure) -> ImportReport {
        var source = source
        var bar = ProgressBar(Progress(title: title, total: source.total), isSilent: isSilent)
        var report = ImportReport()
        do {
            try await send(&source, &bar, &report)
        } catch let failure as CommandFailure {
            bar.clear()
            throw failure
        } catch let failure as APIFailure {
            bar.clear()
            throw interrupted(failure, report)
        } catch {
            bar.clear()
            throw CommandFailure(.failed, "\(error)")
        }
        bar.clear()
        report.sort()
        let elapsed = bar.elapsed.components
        report.seconds = Double(elapsed.seconds) + (Double(elapsed.attoseconds) / 1e15).rounded() / 1e3
        return report
    }

    private func interrupted(_ failure: APIFailure, _ report: ImportReport) -> CommandFailure {
        let status = CommandFailure(failure).status
        return CommandFailure(
            status,
            """
            \(failure)
            导入中断 the import broke off after \(report.rows.grouped) rows (\(report.written.grouped) records written): \
            run it again, what is there already is skipped
            """)
    }

    private func send(
        _ source: inout some ImportSource, _ bar: inout ProgressBar, _ report: inout ImportReport
    ) async throws {
        try await withThrowingTaskGroup(of: ImportAnswer.self) { group in
            var inFlight = 0
            let writer = writer
            while let groups = try writer.next(&source, &report) {
                if inFlight >= Self.changesInFlightMax, let answer = try await group.next() {
                    inFlight -= 1
                    report.add(answer)
                }
                report.rows += groups.reduce(0) { $0 + $1.rows }
                group.addTask { try await writer.write(groups) }
                inFlight += 1
                bar.update(done: source.done, note: note(report))
            }
            while let answer = try await group.next() {
                report.add(answer)
                bar.update(done: source.done, note: note(report))
            }
        }
    }

    private func note(_ report: ImportReport) -> String {
        "已写 \(report.written.grouped) 未变 \(report.unchanged.grouped)"
            + (report.refused > 0 ? " 拒绝 \(report.refused.grouped)" : "")
    }

    /// An outage that lasts is told; a short one passes in silence.
    private func tell(_ failure: APIFailure, _ pause: Duration) {
        guard !isSilent, pause >= .seconds(1) else { return }
        let clearing = Terminal.errors.isInteractive ? "\r\u{1B}[K" : ""
        Terminal.errors.line(clearing + "重试 trying again: \(failure.brief)")
    }

    /// Writes through the node's API; what it will never take as it is comes back as a refusal.
    private var writer: ImportWriter {
        ImportWriter(groupsPerChangeMax: groupsPerChangeMax) { request in
            do throws(APIFailure) {
                return try await client.retrying(patience: patience, onPause: tell) { () throws(APIFailure) in
                    try await client.importDrafts(request)
                }
            } catch {
                guard let problem = error.refusal else { throw error }
                throw ImportRefusal(
                    kind: problem.kind,
                    reason: Reason(problem.chineseTitle, problem.detail.isEmpty ? problem.title : problem.detail),
                    draft: problem.index(in: "drafts"))
            }
        }
    }
}

extension JSON {
    /// A value as a person reads it.
    var shown: String {
        switch self {
        case .null: ""
        case .boolean(let boolean): boolean ? "是" : "否"
        case .integer(let integer): String(integer)
        case .number(let number): String(number)
        case .text(let text): text
        case .array(let elements): elements.map(\.shown).joined(separator: "；")
        case .object: "{…}"
        }
    }
}
