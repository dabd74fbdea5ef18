import Divisions
import Foundation
import Libraries
import Node

/// One act of the story.
struct DemoAct: Sendable {
    static let count = 14

    let number: Int
    let chinese: String
    let english: String
}

/// What is where, live: one line for each office, the act, and how far a long work is.
actor DemoScreen {
    /// Between two looks at all nodes.
    private static let interval: Duration = .milliseconds(500)
    /// How long a picture stands still for people.
    private static let readingTime: Duration = .seconds(3)
    /// Between two lines about a long work where there is no terminal.
    private static let lineInterval: Duration = .seconds(5)

    nonisolated let presenter: Presenter
    private let province: LocalProvince
    private let begun = ContinuousClock.now
    private var act: DemoAct?
    private var views: [OfficeView] = []
    private var work: (title: String, total: Int, begun: ContinuousClock.Instant, told: ContinuousClock.Instant)?

    init(_ province: LocalProvince, _ presenter: Presenter) { (self.province, self.presenter) = (province, presenter) }

    var elapsed: Duration { begun.duration(to: .now) }

    // MARK: What the story says

    func begin(_ act: DemoAct) {
        self.act = act
        let title = "【\(act.number)/\(DemoAct.count)】\(act.chinese)  \(act.english)"
        presenter.say([presenter.terminal.styled(title, .bold, .cyan)])
        draw()
    }

    nonisolated func say(_ chinese: String, _ english: String) { presenter.say(chinese, english) }

    /// A long work, measured by the statutes that the province holds.
    func follow(_ title: String, total: Int) { work = (title, total, .now, .now) }

    func followNothing() { work = nil }

    /// The table as it is now: as lines that stay where nothing is drawn over, else for long enough to read it.
    func still() async {
        await look()
        draw()
        guard presenter.isLive else { return presenter.say(table.map { "  " + $0 }) }
        try? await Task.sleep(for: Self.readingTime)
    }

    // MARK: Drawing

    /// Looks and draws until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await look()
            draw()
            tellWork()
            try? await Task.sleep(for: Self.interval)
        }
    }

    private func look() async {
        let province = province
        views = await withTaskGroup(of: OfficeView.self) { group in
            for office in province.offices {
                group.addTask { await OfficeView(office, below: province.parent(of: office), in: province.tree) }
            }
            var views: [OfficeView] = []
            for await view in group { views.append(view) }
            let order = province.offices.map(\.seat)
            return views.sorted { (order.firstIndex(of: $0.seat) ?? 0) < (order.firstIndex(of: $1.seat) ?? 0) }
        }
    }

    private func draw() {
        guard presenter.isLive, !views.isEmpty else { return }
        let terminal = presenter.terminal
        let title = act.map { "\($0.number)/\(DemoAct.count) \($0.chinese) \($0.english)" } ?? ""
        let rule = terminal.styled(String(repeating: "─", count: presenter.columns), .dim)
        var lines = [rule, terminal.styled("支流 Tributary  \(elapsed.clock)  \(title)", .bold)] + table
        if let progress {
            lines.append(progress.line(elapsed: work?.begun.duration(to: .now) ?? .zero, columns: presenter.columns))
        }
        presenter.show(lines)
    }

    private var progress: Progress? {
        guard let work else { return nil }
        let done = views.first?.status?.records(of: LibraryKinds.statute) ?? 0
        return Progress(
            title: work.title, done: Int64(done), total: Int64(work.total),
            note: "\(done.grouped)/\(work.total.grouped)")
    }

    /// Where nothing is drawn, a long work says from time to time how far it is.
    private func tellWork() {
        guard !presenter.isLive, let progress, let work, work.told.duration(to: .now) >= Self.lineInterval else {
            return
        }
        self.work?.told = .now
        presenter.say(["    " + progress.plainLine(elapsed: work.begun.duration(to: .now))])
    }

    private var table: [String] {
        let terminal = presenter.terminal
        var table = Table([
            Table.Column("单位", isFlexible: true), Table.Column("状态"), Table.Column("上联", isFlexible: true),
            Table.Column("落后", .right), Table.Column("法规", .right), Table.Column("条文", .right),
            Table.Column("人员", .right), Table.Column("案件", .right), Table.Column("冲突", .right),
            Table.Column("一致"),
        ])
        table.add(
            ["office", "state", "uplink", "behind", "laws", "articles", "officers", "cases", "conflicts", "same"]
                .map { terminal.styled($0, .dim) })
        for view in views { table.add(view.cells(in: province.tree, terminal)) }
        for view in views {
            for hosted in province.tree.hosted(by: view.seat) where hosted != view.seat {
                guard let division = province.tree.division(hosted) else { continue }
                let cells = [
                    OfficeView.title(division), terminal.styled("托管 hosted", .dim), "在 at \(view.name)",
                ]
                table.add(cells + Array(repeating: "", count: table.columns.count - cells.count))
            }
        }
        return table.lines(columnsMax: presenter.columns, terminal)
    }
}

/// One office as the screen shows it.
struct OfficeView: Sendable {
    let seat: DivisionCode
    let name: String
    let isRunning: Bool
    /// Whether every line upward is cut; false for the province, which has none.
    let isCut: Bool
    let status: NodeStatus?
    /// With its parent; nil for the province, and while a store cannot be read.
    let agreement: Agreement?
    private let hasParent: Bool

    init(_ office: Office, below parent: Office?, in tree: DivisionTree) async {
        (seat, name) = (office.seat, office.name)
        isRunning = office.isRunning
        isCut = !office.lines.isEmpty && office.lines.allSatisfy { $0.line.isCut }
        status = isRunning ? try? await office.client().status() : nil
        agreement = parent.flatMap { try? Agreement(office, $0, in: tree) }
        hasParent = parent != nil
    }

    static func title(_ division: Division) -> String { "\(division.level.chineseName) \(division.name)" }

    func cells(in tree: DivisionTree, _ terminal: Terminal) -> [String] {
        let counts = [LibraryKinds.statute, LibraryKinds.article, LibraryKinds.officer, LibraryKinds.caseFile].map {
            kind in
            status.map { $0.records(of: kind).grouped } ?? "—"
        }
        let conflicts = status.map { status in
            status.conflicts > 0 ? terminal.styled(status.conflicts.grouped, .yellow, .bold) : "0"
        }
        let behind = hasParent ? agreement.map { Int64(clamping: $0.behind).grouped } ?? "—" : ""
        return [tree.division(seat).map(Self.title) ?? name, state(terminal), uplink(terminal), behind] + counts
            + [conflicts ?? "—", same(terminal)]
    }

    private func state(_ terminal: Terminal) -> String {
        guard isRunning else { return terminal.styled("停止 down", .red, .bold) }
        switch status?.phase {
        case .writing: return terminal.styled("正常 up", .green)
        case .readOnly: return terminal.styled("只读 r/o", .red)
        case .starting, .stopped, nil: return terminal.styled("启动 wait", .yellow)
        }
    }

    private func uplink(_ terminal: Terminal) -> String {
        guard hasParent else { return "" }
        if isCut { return terminal.styled("已断开 cut", .red) }
        guard let link = status?.uplink else { return terminal.styled("等待 wait", .yellow) }
        let phase =
            switch link.phase {
            case "streaming": terminal.styled("同步", .green)
            case "comparing": terminal.styled("比对", .yellow)
            default: terminal.styled("握手", .yellow)
            }
        return "\(link.peerName ?? link.peer ?? "") \(phase)"
    }

    private func same(_ terminal: Terminal) -> String {
        guard hasParent else { return "" }
        guard let agreement else { return "—" }
        return agreement.isWhole ? terminal.styled("✓", .green) : terminal.styled("…", .yellow)
    }
}
