import ArgumentParser
import Foundation
import Node

/// `tributary status`: how a node is, and its links.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "节点状态 · How a node is: its links and what waits on them, records, conflicts, alarms.")

    @OptionGroup var api: APIOptions

    @Flag(help: "持续刷新 · Draw it anew until interrupted.")
    var watch = false

    @Option(help: ArgumentHelp("刷新间隔秒数 · Seconds between two drawings.", valueName: "seconds"))
    var interval = 1.0

    @Flag(help: "输出 JSON · As JSON; with --watch one line for each reading.")
    var json = false

    func validate() throws {
        guard (0.2...3600).contains(interval) else { throw ValidationError("--interval: 0.2 to 3600 seconds") }
    }

    func run() async throws {
        let client = try api.client()
        let output = Terminal.output
        guard watch else {
            do throws(APIFailure) { try show(try await client.status(), output) } catch { throw CommandFailure(error) }
            return
        }
        while true {
            do throws(APIFailure) {
                let status = try await client.status()
                if output.isInteractive { output.write("\u{1B}[H\u{1B}[2J") }
                try show(status, output)
            } catch {
                // A node that is being started again answers before long.
                guard error.isPassing else { throw CommandFailure(error) }
                if output.isInteractive { output.write("\u{1B}[H\u{1B}[2J") }
                Terminal.errors.line(error.description)
            }
            try await Task.sleep(for: .seconds(interval))
        }
    }

    private func show(_ status: NodeStatus, _ output: Terminal) throws(APIFailure) {
        guard json else { return output.lines(StatusView(status).lines(for: output)) }
        do throws(CommandFailure) { output.line(try JSONOutput.text(status, isPretty: !watch)) } catch {
            throw .unreadable(path: "/v1/status", reason: error.description)
        }
    }
}

/// A node's status as lines for a screen.
struct StatusView {
    /// Digits of a digest that two people compare.
    static let digestDigits = 16

    let status: NodeStatus

    init(_ status: NodeStatus) { self.status = status }

    func lines(for terminal: Terminal) -> [String] {
        var lines = [
            terminal.styled("\(status.name) \(status.division)", .bold)
                + "  \(phase(terminal))  \(status.release)  运行 up \(Self.span(status.uptimeSeconds))"
        ]
        var listing = Listing()
        listing.add("条目 entries", "\(Int64(clamping: status.entries).grouped)（流 streams \(status.streams.grouped)）")
        listing.add(
            "摘要 digest", status.digest.map { String($0.suffix(64).prefix(Self.digestDigits)) } ?? "计算中 not known yet")
        listing.add(
            "冲突 conflicts",
            status.conflicts > 0 ? terminal.styled(status.conflicts.grouped, .yellow, .bold) : "0")
        listing.add("未送达 backlog", "\(status.backlog)" + (status.isQuiet ? "（无在途 quiet）" : ""))
        if status.files.missing > 0 || status.files.isScanning {
            let missing = terminal.styled(status.files.missing.grouped, .yellow, .bold)
            let note = status.files.isScanning ? "，仍在清点 still counting" : ""
            listing.add("缺证据文件 missing files", "\(missing)（传输中 arriving \(status.files.arriving.grouped)\(note)）")
        }
        if status.dirty > 0 { listing.add("待重算 dirty", status.dirty.grouped) }
        if status.forks > 0 { listing.add("分叉 forks", terminal.styled(status.forks.grouped, .red)) }
        lines += listing.lines(columnsMax: nil, terminal)
        for alarm in status.alarms {
            lines.append(
                terminal.styled("警报 alarm", .red, .bold)
                    + " 区划 \(alarm.division) 有 \(alarm.nonces.count) 台机器同时运行 machines answer for one node: stop all but one"
            )
        }
        lines += [""] + links(terminal) + [""] + kinds(terminal)
        return lines
    }

    private func phase(_ terminal: Terminal) -> String {
        switch status.phase {
        case .starting: terminal.styled("启动中 starting", .yellow)
        case .writing: terminal.styled("正常 writing", .green)
        case .readOnly(let reason): terminal.styled("只读 read-only: \(reason)", .red, .bold)
        case .stopped: terminal.styled("已停止 stopped", .red)
        }
    }

    private func links(_ terminal: Terminal) -> [String] {
        guard !status.links.isEmpty else { return ["无连接 no links"] }
        var table = Table([
            Table.Column("方向 link"), Table.Column("对方 peer", isFlexible: true),
            Table.Column("状态 phase", isFlexible: true), Table.Column("未送达 backlog", .right),
            Table.Column("滞后 lag", .right),
            Table.Column("在途 sent", .right), Table.Column("收 in", .right), Table.Column("发 out", .right),
        ])
        // The parent first, then children by code.
        let ordered = status.links.sorted {
            ($0.isUp ? 0 : 1, $0.peer ?? "", $0.number) < ($1.isUp ? 0 : 1, $1.peer ?? "", $1.number)
        }
        for link in ordered {
            table.add([
                link.isUp ? "↑ 上级 up" : "↓ 下级 down",
                [link.peerName, link.peer].compactMap(\.self).joined(separator: " "),
                Self.phase(link.phase, terminal), "\(link.backlogEntries)",
                link.lagSeconds > 0 ? Self.span(link.lagSeconds) : "—",
                ByteCount.text(Int64(link.inFlightBytes)), ByteCount.text(Int64(clamping: link.bytesIn)),
                ByteCount.text(Int64(clamping: link.bytesOut)),
            ])
        }
        return table.lines(for: terminal)
    }

    private static func phase(_ phase: String, _ terminal: Terminal) -> String {
        switch phase {
        case "greeting": terminal.styled("握手 greeting", .yellow)
        case "comparing": terminal.styled("比对 comparing", .yellow)
        case "streaming": terminal.styled("同步 streaming", .green)
        default: phase
        }
    }

    private func kinds(_ terminal: Terminal) -> [String] {
        var table = Table([
            Table.Column("类别 kind"), Table.Column("记录 records", .right), Table.Column("冲突 in conflict", .right),
        ])
        for kind in status.kinds where kind.records > 0 || kind.inConflict > 0 {
            table.add([KindNames.text(kind.kind), kind.records.grouped, kind.inConflict.grouped])
        }
        return table.isEmpty ? ["尚无记录 no records yet"] : table.lines(for: terminal)
    }

    /// `42 s`, `12:30`, `3 天 4:05:06`.
    static func span(_ seconds: UInt64) -> String {
        let days = seconds / 86_400
        let clock = Duration.seconds(Int64(clamping: seconds % 86_400)).clock
        return days > 0 ? "\(days) 天 \(clock)" : clock
    }
}
