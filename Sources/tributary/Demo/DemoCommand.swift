import ArgumentParser
import Divisions
import Foundation
import Node
import Synchronization

/// `tributary demo`: the whole system on one machine, with everything that goes wrong in real life.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract:
            "五个节点的完整演示 · Five nodes on this machine: one case over a cut line, a killed node, a restored backup, and the proof.",
        discussion: """
            Everything is real: processes of this very program, their stores, and mutual TLS between them on loopback. \
            The exit code is 0 only if every check held; a check that failed is named.
            """)

    @Option(
        help: ArgumentHelp(
            "法规目录 · Another directory of law files; by default the invented ones of Fixtures/laws.", valueName: "dir"))
    var statutes: String?

    @Option(
        help: ArgumentHelp(
            "数据目录 · Where the nodes keep their data; it must not hold anything yet. By default a directory that is removed at the end.",
            valueName: "dir"))
    var data: String?

    @Flag(help: "结束后保留节点运行 · Leave the nodes running, and say how to reach and stop them.")
    var keep = false

    @Flag(help: "最后输出一行 JSON · One last line of JSON on standard output; the story goes to standard error.")
    var json = false

    func run() async throws {
        let presenter = Presenter(json ? .errors : .output)
        let sources = try DemoSources(laws: statutes)
        guard Files.exists(sources.laws) else {
            throw CommandFailure(.noInput, "\(sources.laws): there is no such directory")
        }
        let tree = try Files.topology(sources.topology)
        let (path, isTemporary) = try directory()
        let begun = ContinuousClock.now
        let province = try await LocalProvince(tree, at: path, executable: Executable.path)
        let outcome = await play(province, sources, presenter)
        presenter.clear()

        var isLeft = false
        var failure = outcome.failure
        if keep, outcome.summary != nil {
            do {
                try await leave(province, DemoConsoles(province, sources), presenter)
                isLeft = true
            } catch {
                failure = failure ?? Self.failure(error)
            }
        }
        if !isLeft { await province.stop() }
        if isTemporary, !isLeft, failure == nil { try? FileManager.default.removeItem(atPath: path) }
        if failure != nil { presenter.say("各节点的日志在 \(path)/*/node.log", "the nodes' logs") }

        let seconds = begun.duration(to: .now).seconds
        if var summary = outcome.summary {
            summary.seconds = seconds
            summary.converged = summary.converged && failure == nil
            presenter.say(Self.lines(summary, presenter.terminal))
            if json { Terminal.output.line(summary.json) }
        }
        if let failure { throw failure }
    }

    // MARK: Playing

    private struct Outcome: Sendable {
        var summary: DemoSummary?
        var failure: CommandFailure?
    }

    /// Plays the story beside the screen, until it ends or somebody interrupts it.
    private func play(_ province: LocalProvince, _ sources: DemoSources, _ presenter: Presenter) async -> Outcome {
        let screen = DemoScreen(province, presenter)
        let story = DemoStory(province, sources, screen)
        return await withTaskGroup(of: Outcome?.self) { group in
            group.addTask {
                do {
                    let summary = try await story.play()
                    guard let first = story.checks.failures.first else { return Outcome(summary: summary) }
                    let rest = story.checks.failures.dropFirst().map { "\n  \($0)" }.joined()
                    return Outcome(
                        summary: summary, failure: CommandFailure(.failed, "检查未通过 a check failed: \(first)\(rest)"))
                } catch {
                    return Outcome(failure: Self.failure(error))
                }
            }
            group.addTask {
                await screen.run()
                return nil
            }
            group.addTask {
                guard await Interruption.wait() else { return nil }
                return Outcome(failure: CommandFailure(.failed, "已中断 interrupted; every node is stopped"))
            }
            var outcome = Outcome()
            while let ended = await group.next() {
                guard let ended else { continue }
                outcome = ended
                break
            }
            group.cancelAll()
            return outcome
        }
    }

    private static func failure(_ error: any Error) -> CommandFailure {
        switch error {
        case let failure as CommandFailure: failure
        case let failure as APIFailure: CommandFailure(failure)
        default: CommandFailure(.failed, "检查未通过 a check failed: \(error)")
        }
    }

    private func directory() throws(CommandFailure) -> (path: String, isTemporary: Bool) {
        guard let data else {
            let name = "tributary-demo-\(ProcessInfo.processInfo.processIdentifier)"
            return (FileManager.default.temporaryDirectory.appending(path: name).path, true)
        }
        let content = (try? FileManager.default.contentsOfDirectory(atPath: data)) ?? []
        guard content.isEmpty else {
            throw CommandFailure(.cannotWrite, "\(data): holds something already; give --data another directory")
        }
        return (URL(fileURLWithPath: data).standardizedFileURL.path, false)
    }

    // MARK: Afterwards

    /// Lets the nodes run on without this process, with consoles for people: they dial each other directly.
    private func leave(_ province: LocalProvince, _ consoles: DemoConsoles, _ presenter: Presenter) async throws {
        var ports: [DivisionCode: Int] = [:]
        for office in province.offices {
            let port = try await Ports.free()
            await office.stop()
            try province.configure(office, isDirect: true, consolePort: port)
            try consoles.openAccounts(at: office)
            try await office.start()
            for (_, line) in office.lines { await line.close() }
            ports[office.seat] = port
        }
        var lines = ["", presenter.terminal.styled("节点继续运行 The nodes run on:", .bold)]
        for office in province.offices {
            let file = "\(office.data.path)/operator.token"
            let holder = TokenHolder(
                label: "operator", role: .operator, author: nil, division: office.seat, body: "")
            try Files.write(try office.token(for: holder) + "\n", to: file, mode: 0o600)
            lines.append("  \(office.division.level.chineseName)\(office.name)  process \(office.pid ?? 0)")
            lines += ports[office.seat].map { consoles.lines(for: office, port: $0) } ?? []
            lines.append("    tributary status --api \(office.api) --token-file \(file)")
        }
        let root = "\(province[DemoCast.province].data.identityDirectory)/root.pem"
        let pids = province.offices.compactMap { $0.pid.map(String.init) }.joined(separator: " ")
        presenter.say(
            lines + [
                "所有示例账户的密码 The password of every sample account:  \(DemoConsoles.password)",
                "浏览器须信任省级根证书 Let the browser trust the province's root, or accept its warning:",
                "  \(root)",
                "同一浏览器一次登录一个节点 One browser is signed in at one of them at a time: cookies know no ports.",
                "停止并删除 Stop and remove:", "  kill \(pids); rm -r \(province.path)",
            ])
    }

    private static func lines(_ summary: DemoSummary, _ terminal: Terminal) -> [String] {
        let verdict =
            summary.converged
            ? terminal.styled("全部检查通过 every check held", .green, .bold)
            : terminal.styled("有检查未通过 a check failed", .red, .bold)
        let counts = """
            节点 nodes \(summary.nodes) · 法规 statutes \(summary.statutes.grouped) · \
            条文 articles \(summary.articles.grouped) · 人员 officers \(summary.officers) · \
            案件 cases \(summary.cases.grouped) · 冲突 conflicts \(summary.conflicts) · 丢失 lost \(summary.lost)
            """
        let elapsed = Duration.seconds(summary.seconds).clock
        return ["", "\(verdict)  \(elapsed)"] + counts.wrapped(to: Presenter.columnsMax - 2).map { "  " + $0 }
    }
}

/// SIGINT and SIGTERM of this process, as something to wait for.
enum Interruption {
    private static let pause: Duration = .milliseconds(100)
    private static let happened = Atomic(false)

    /// - Returns: true once a signal came, false where the task was cancelled first.
    static func wait() async -> Bool {
        // A handler, unlike being ignored, is not inherited by the nodes' processes.
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in Interruption.happened.store(true, ordering: .relaxed) }
        }
        defer { for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) } }
        while !happened.load(ordering: .relaxed) {
            guard (try? await Task.sleep(for: pause)) != nil else { return false }
        }
        return true
    }
}

extension Duration {
    /// With its fraction.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
