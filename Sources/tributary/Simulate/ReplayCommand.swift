import ArgumentParser
import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Replication
import Simulation

/// `tributary simulate replay`: what one node knew at one moment of a story.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "回放 · Shows what one node knew at one moment of a story.")

    @Argument(help: ArgumentHelp("故事文件 · The story.", valueName: "file"), completion: .file())
    var file: String

    @Option(help: ArgumentHelp("种子 · The seed; by default the file's own.", valueName: "n"))
    var seed: UInt64?

    @Option(help: ArgumentHelp("时刻 · The moment, as 08:30, 08:30:15.250 or \"day 2 08:30\".", valueName: "time"))
    var until: String

    @Option(help: ArgumentHelp("节点 · The code of the node's seat, or the name of a twin.", valueName: "code"))
    var node: String

    @OptionGroup var options: StoryOptions

    private static let namesShown = 20
    /// Of a set or a log.
    private static let valuesShown = 4

    @Option(help: ArgumentHelp("最多记录 · So many records at the most.", valueName: "n"))
    var records = 40

    func run() throws {
        let story = try StoryLoader.load(file)
        guard let moment = Instant(until) else {
            throw CommandFailure(.usage, "\(until): is no moment: write 08:30, 08:30:15.250 or \"day 2 08:30\"")
        }
        let scenario = story.draw(seed: seed ?? story.seed, planting: options.plant)
        var settings = Run.Options()
        settings.store = options.store
        StopRequest.listen()
        var bar = ProgressBar(Progress(title: story.name, total: 1_000))
        do {
            try Run(scenario, settings).look(at: moment) { fraction, world in
                try StopRequest.check()
                bar.update(done: Int64(fraction * 1_000), note: "\(world.instant)")
            } _: { world in
                bar.clear()
                try show(world, scenario)
            }
        } catch is StopRequest.GivenUp {
            bar.clear()
            StopRequest.follow()
        }
    }

    private func show(_ world: World, _ scenario: Scenario) throws {
        guard let machine = world.find(machine: node) else {
            let names = world.machines.prefix(Self.namesShown).map(\.name).joined(separator: ", ")
            let rest = world.machines.count - Self.namesShown
            throw CommandFailure(
                .usage,
                "\(node): there is no such node at \(world.instant); there are \(names)"
                    + (rest > 0 ? " and \(rest) more" : ""))
        }
        let terminal = Terminal.output
        terminal.lines(heading(machine, scenario, world, terminal))
        guard machine.isUp else {
            terminal.line("停机 it is down: its disk is as its last process left it")
            return
        }
        terminal.lines([""] + links(of: machine, terminal))
        terminal.lines([""] + (try missing(at: machine, in: world, terminal)))
        terminal.lines([""] + (try shown(at: machine, scenario, terminal)))
    }

    private func heading(
        _ machine: World.Machine, _ scenario: Scenario, _ world: World, _ terminal: Terminal
    ) -> [String] {
        let division = scenario.tree.division(machine.seat)
        var listing = Listing()
        listing.add("时刻 moment", "\(world.instant)")
        listing.add(
            "本机时钟 its clock", "\(Instant(milliseconds: machine.wall(in: world) - Instant.epochWall))")
        listing.add("状态 state", machine.isWriting ? "可写 writes" : machine.isUp ? "只读 read-only" : "停机 down")
        listing.add("版本 release", machine.release.name)
        if let position = try? machine.store?.lastPosition() { listing.add("条目 entries", Int(position).grouped) }
        let alarms = machine.performer?.inspect { $0.alarms.keys.sorted() } ?? []
        for division in alarms { listing.add("警报 alarm", "\(division): 两台机器 two machines") }
        let name = "\(division?.name ?? "") \(machine.name)"
        return [terminal.styled(name, .bold)] + listing.lines(for: terminal)
    }

    private func links(of machine: World.Machine, _ terminal: Terminal) -> [String] {
        var table = Table([
            Table.Column("邻居 neighbour"), Table.Column("方向 way"), Table.Column("阶段 phase"),
            Table.Column("待发 to send", .right), Table.Column("在途字节 in flight", .right),
            Table.Column("落后自 behind since"),
        ])
        for status in machine.status(lastPosition: (try? machine.store?.lastPosition()) ?? 0) {
            table.add([
                status.peer?.text ?? "?", status.isUp ? "↑" : "↓", status.phase.rawValue,
                Int(status.backlogEntries).grouped, status.inFlightBytes.grouped,
                status.behindSince.map { "\(Instant(milliseconds: $0))" } ?? "",
            ])
        }
        return table.isEmpty ? ["没有连接 no links"] : table.lines(for: terminal)
    }

    private func missing(at machine: World.Machine, in world: World, _ terminal: Terminal) throws -> [String] {
        let pending = try ConvergenceChecker.pending(of: world).filter { $0.machine == machine.name }
        guard !pending.isEmpty else { return ["别处有而此处缺 missing here: 0"] }
        let count = pending.reduce(0) { $0 + Int($1.through - $1.from + 1) }
        return ["别处有而此处缺 missing here: \(count.grouped)"] + pending.prefix(20).map { "  \($0)" }
    }

    private func shown(at machine: World.Machine, _ scenario: Scenario, _ terminal: Terminal) throws -> [String] {
        var lines: [String] = []
        var hidden = 0
        for name in scenario.recordNames {
            guard let state = try machine.store?.record(name.id) else { continue }
            guard lines.count < records else {
                hidden += 1
                continue
            }
            let view = state.view
            let mark = view.conflicts.isEmpty ? "" : terminal.styled(" ⚠ 冲突 conflict", .yellow)
            let gone = view.isVisible ? "" : " (不显示 not shown)"
            let fields = view.fields.filter { $0.key.type != .exists }.map { Self.field($0, in: view) }
                .joined(separator: "  ")
            lines.append("\(terminal.styled(name.description, .bold))\(gone)\(mark)  \(fields)")
        }
        let heading = "记录 records: \(lines.count + hidden)"
        return [heading] + lines + (hidden > 0 ? ["… \(hidden) more: --records"] : [])
    }

    /// Of a field in conflict what is shown comes first, and then what stands against it.
    private static func field(_ field: FieldView, in view: RecordView) -> String {
        let all = field.values.compactMap(\.value)
        if view.conflicts.contains(.differentValues(field.key)), let shown = field.shown {
            let others = all.filter { $0 != shown }.prefix(valuesShown)
            return "\(field.key.name)=\(([shown] + others).map(text).joined(separator: " ⚠ "))"
        }
        let values = field.shown.map { [$0] } ?? all
        let text = values.prefix(valuesShown).map(text).joined(separator: ", ")
        return "\(field.key.name)=\(values.count > valuesShown ? text + ", …" : text)"
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .boolean(let isTrue): isTrue ? "是 yes" : "否 no"
        case .bytes(let bytes): "\(bytes.count) bytes"
        case .record(let id): "\(id)"
        }
    }
}
