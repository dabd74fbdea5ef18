import ArgumentParser
import Foundation
import Simulation

/// `tributary simulate namespaces`: the simulator's stories on real processes.
struct NamespacesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "namespaces",
        abstract: "在网络命名空间中重演 · Plays stories on real processes, each in a network namespace of its own.",
        discussion: """
            Lines are pairs of virtual network cards: they are cut by taking cards down, made slow by token buckets, and \
            delayed, broken or silenced by a relay on each. Time is compressed, and the order of what happens is kept. A \
            story with something that cannot be done to a process (a wrong clock, a lying node, damaged frames) is not \
            run, and what it is is said. Where network namespaces are not allowed nothing is run, and that is said.

            退出码 Exit codes: 0 符合 as told, or not run · 1 有误 something is wrong · 2 未一致 the machines never agreed
            """)

    @Argument(
        help: ArgumentHelp("故事文件 · Scenarios or swarms, such as Simulations/scenarios/*.yaml.", valueName: "file"))
    var files: [String]

    @Option(help: ArgumentHelp("种子 · The seed to draw with; by default each file's own.", valueName: "n"))
    var seed: UInt64?

    private enum Verdict {
        case played(NamespaceHarness.Outcome)
        case impossible([String])
        case broken(String)

        var end: SimulationEnd {
            switch self {
            case .played(let outcome): outcome.isSound ? .passed : outcome.hasAgreed ? .wrong : .stuck
            case .impossible: .passed
            case .broken: .wrong
            }
        }
    }

    func run() async throws {
        let terminal = Terminal.output
        let scenarios = try files.map { file throws(CommandFailure) in
            let story = try StoryLoader.load(file)
            return story.draw(seed: seed ?? story.seed)
        }
        if let reason = NamespaceHarness.unavailable() {
            terminal.line("\(terminal.styled("跳过 skipped", .yellow)): \(reason)")
            return
        }
        let verdicts = await withTaskGroup(of: [(Scenario, Verdict)]?.self) { group in
            group.addTask { await Self.play(scenarios, terminal) }
            group.addTask { await Interruption.wait() ? nil : [] }
            var played: [(Scenario, Verdict)]?
            if let first = await group.next() { played = first }
            group.cancelAll()
            // What was interrupted takes its network away before it ends.
            await group.waitForAll()
            return played
        }
        guard let verdicts else { throw CommandFailure(.failed, "已中断 interrupted; every process is ended") }
        terminal.lines([""] + Self.table(verdicts, terminal))
        try (verdicts.map { $0.1.end }.max() ?? .passed).exit()
    }

    private static func play(_ scenarios: [Scenario], _ terminal: Terminal) async -> [(Scenario, Verdict)] {
        var verdicts: [(Scenario, Verdict)] = []
        for scenario in scenarios where !Task.isCancelled {
            terminal.line(terminal.styled("\(scenario.name)", .bold) + "  \(scenario.title)")
            let obstacles = NamespaceHarness.obstacles(of: scenario)
            guard obstacles.isEmpty else {
                for obstacle in obstacles { terminal.line("  不能在此重演 not expressible: \(obstacle)") }
                verdicts.append((scenario, .impossible(obstacles)))
                continue
            }
            do {
                let outcome = try await NamespaceHarness.run(scenario) { terminal.line($0) }
                for unmet in outcome.unmet { terminal.line("  \(terminal.styled("✗", .red, .bold)) \(unmet)") }
                if let files = outcome.files { terminal.line("  日志 logs: \(files)/*/node.log") }
                verdicts.append((scenario, .played(outcome)))
            } catch is CancellationError {
                break
            } catch {
                terminal.line("  \(terminal.styled("✗", .red, .bold)) \(error)")
                verdicts.append((scenario, .broken("\(error)")))
            }
        }
        return verdicts
    }

    // MARK: What it came to

    private static func table(_ verdicts: [(Scenario, Verdict)], _ terminal: Terminal) -> [String] {
        var table = Table([
            Table.Column("故事 story"), Table.Column("结果 result"), Table.Column("动作 acts", .right),
            Table.Column("期望 expected", .right), Table.Column("跳过 skipped", .right),
            Table.Column("条目 entries", .right), Table.Column("用时 in", .right),
            Table.Column("说明 note", isFlexible: true),
        ])
        for (scenario, verdict) in verdicts {
            switch verdict {
            case .played(let outcome):
                table.add([
                    scenario.name, verdict.end.word(terminal), "\(outcome.acts)", "\(outcome.expectations)",
                    "\(outcome.skipped.count)",
                    outcome.entries.grouped, Duration.seconds(outcome.seconds).clock, outcome.unmet.first ?? "",
                ])
            case .impossible(let obstacles):
                table.add([
                    scenario.name, terminal.styled("○ 跳过 skipped", .yellow), "", "", "", "", "",
                    obstacles.joined(separator: "; "),
                ])
            case .broken(let reason):
                table.add([
                    scenario.name, terminal.styled("✗ 失败 failed", .red, .bold), "", "", "", "", "", reason,
                ])
            }
        }
        return table.lines(for: terminal)
    }
}
