import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Node

/// What an import came to: the one report it ends with.
struct ImportReport: Encodable, Sendable {
    struct Row: Encodable, Sendable {
        let file: String
        /// 0 for a whole file.
        let line: Int
        let chinese: String
        let english: String

        init(_ row: RefusedRow) {
            (file, line) = (row.file, row.line)
            (chinese, english) = (row.reason.chinese, row.reason.english)
        }

        var text: String { (line > 0 ? "\(file):\(line)" : file) + ": \(chinese) (\(english))" }
    }

    /// Rows are counted beyond this number, and no longer kept.
    static let rowsKeptMax = 1_000
    /// Rows of one reason that a person is shown at once.
    static let rowsPerReasonMax = 10

    /// Records that had to be made or changed.
    var written = 0
    var unchanged = 0
    /// Changes that wrote something.
    var changes = 0
    /// Rows, or files of laws, that were read and sent.
    var rows = 0
    /// Rows that were not taken.
    var refused = 0
    var warned = 0
    /// Files of laws that hold what an earlier file held.
    var repeated = 0
    var seconds = 0.0
    private(set) var refusals: [Row] = []
    private(set) var warnings: [Row] = []

    mutating func refuse(_ row: RefusedRow, rows: Int = 1) {
        refused += rows
        if refusals.count < Self.rowsKeptMax { refusals.append(Row(row)) }
    }

    mutating func warn(_ row: RefusedRow) {
        warned += 1
        if warnings.count < Self.rowsKeptMax { warnings.append(Row(row)) }
    }

    /// In the order of files and lines: answers come in any order.
    mutating func sort() {
        refusals.sort { ($0.file, $0.line) < ($1.file, $1.line) }
    }

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
    /// Groups and drafts in one change, unless a single group has more.
    static let groupsPerChangeMax = 200
    static let draftsPerChangeMax = 600
    /// How long a node that does not answer is waited for.
    static let patienceDefault: Duration = .seconds(60)

    let client: APIClient
    let title: String
    /// 1 where each group is a change of its own, as for laws.
    var groupsPerChangeMax = Self.groupsPerChangeMax
    var patience = Self.patienceDefault
    var isSilent = false

    /// What became of the groups of one change.
    private struct Answer: Sendable {
        var written = 0
        var unchanged = 0
        var changes = 0
        var refused: [(row: RefusedRow, rows: Int)] = []

        static func + (left: Answer, right: Answer) -> Answer {
            Answer(
                written: left.written + right.written, unchanged: left.unchanged + right.unchanged,
                changes: left.changes + right.changes, refused: left.refused + right.refused)
        }
    }

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
        try await withThrowingTaskGroup(of: Answer.self) { group in
            var inFlight = 0
            while let groups = try nextChange(&source, &report) {
                if inFlight >= Self.changesInFlightMax, let answer = try await group.next() {
                    inFlight -= 1
                    count(answer, into: &report)
                }
                report.rows += groups.reduce(0) { $0 + $1.rows }
                group.addTask { try await write(groups) }
                inFlight += 1
                bar.update(done: source.done, note: note(report))
            }
            while let answer = try await group.next() {
                count(answer, into: &report)
                bar.update(done: source.done, note: note(report))
            }
        }
    }

    private func note(_ report: ImportReport) -> String {
        "已写 \(report.written.grouped) 未变 \(report.unchanged.grouped)"
            + (report.refused > 0 ? " 拒绝 \(report.refused.grouped)" : "")
    }

    private func count(_ answer: Answer, into report: inout ImportReport) {
        report.written += answer.written
        report.unchanged += answer.unchanged
        report.changes += answer.changes
        for refused in answer.refused { report.refuse(refused.row, rows: refused.rows) }
    }

    /// The groups of the next change; nil at the end. What needs no sending goes straight into the report.
    private func nextChange(
        _ source: inout some ImportSource, _ report: inout ImportReport
    ) throws(CommandFailure) -> [ImportGroup]? {
        var groups: [ImportGroup] = []
        var drafts = 0
        while groups.count < groupsPerChangeMax, drafts < Self.draftsPerChangeMax {
            guard let step = try source.next() else { break }
            switch step {
            case .group(let group):
                groups.append(group)
                drafts += group.drafts.count
            case .warned(let row): report.warn(row)
            case .refused(let row): report.refuse(row)
            case .repeated: report.repeated += 1
            }
        }
        return groups.isEmpty ? nil : groups
    }

    /// An outage that lasts is told; a short one passes in silence.
    private func tell(_ failure: APIFailure, _ pause: Duration) {
        guard !isSilent, pause >= .seconds(1) else { return }
        let clearing = Terminal.errors.isInteractive ? "\r\u{1B}[K" : ""
        Terminal.errors.line(clearing + "重试 trying again: \(failure.brief)")
    }

    /// Writes the groups as one change. If the node refuses it, the groups it does not take are left out and the others
    /// are sent again, so that one bad row does not take its neighbours with it.
    private func write(_ groups: [ImportGroup]) async throws(APIFailure) -> Answer {
        let request = ImportRequest(drafts: groups.flatMap { $0.drafts.map { DraftMessage($0) } })
        do throws(APIFailure) {
            let result = try await client.retrying(patience: patience, onPause: tell) { () throws(APIFailure) in
                try await client.importDrafts(request)
            }
            return Answer(written: result.written, unchanged: result.unchanged, changes: result.written > 0 ? 1 : 0)
        } catch {
            guard let problem = error.refusal else { throw error }
            guard groups.count > 1 else { return refused(groups, problem) }
            guard let bad = Self.groups(meantBy: problem, of: groups) else {
                let middle = groups.count / 2
                return try await write(Array(groups[..<middle])) + write(Array(groups[middle...]))
            }
            let rest = groups.indices.filter { !bad.contains($0) }.map { groups[$0] }
            let answer = refused(bad.sorted().map { groups[$0] }, problem)
            return rest.isEmpty ? answer : try await answer + write(rest)
        }
    }

    private func refused(_ groups: [ImportGroup], _ problem: APIProblem) -> Answer {
        let reason = Reason(problem.chineseTitle, problem.detail.isEmpty ? problem.title : problem.detail)
        return Answer(
            refused: groups.map { (RefusedRow(file: $0.file, line: $0.line, reason: reason), $0.rows) })
    }

    /// The group whose draft the problem names; where a home is forbidden, every group with a record of that home. Nil
    /// if the problem names no draft.
    private static func groups(meantBy problem: APIProblem, of groups: [ImportGroup]) -> Set<Int>? {
        guard var place = problem.index(in: "drafts") else { return nil }
        for (index, group) in groups.enumerated() {
            guard place >= group.drafts.count else {
                guard problem.kind == "home-forbids" else { return [index] }
                let home = group.drafts[place].id.home
                return Set(groups.indices.filter { groups[$0].drafts.contains { $0.id.home == home } })
            }
            place -= group.drafts.count
        }
        return nil
    }
}

extension DraftMessage {
    init(_ draft: RecordDraft) {
        let fields = draft.fields.map { field in
            let type = draft.kind.field(field.name)?.type
            let values = field.values.map { JSON($0) }
            return (field.name, type == .set || type == .log ? JSON.array(values) : values.first ?? .null)
        }
        self.init(
            id: draft.id.description, onlyIfPresent: draft.onlyIfPresent ? true : nil,
            fields: Dictionary(fields) { _, last in last })
    }
}

extension JSON {
    /// A value as the API writes it.
    init(_ value: Ledger.Value) {
        switch value {
        case .text(let text): self = .text(text)
        case .integer(let integer): self = .integer(integer)
        case .boolean(let boolean): self = .boolean(boolean)
        case .bytes(let bytes): self = .text(hexadecimal(bytes))
        case .record(let record): self = .text(record.description)
        }
    }

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
