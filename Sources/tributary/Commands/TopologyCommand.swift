import ArgumentParser
import Divisions

/// `tributary topology`: makes, checks and shows the tree of offices.
struct TopologyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology", abstract: "机构树 · Makes, checks and shows the tree of offices.",
        subcommands: [FromCSV.self, Check.self, Show.self])

    struct FromCSV: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "from-csv", abstract: "由区划表生成机构树 · Makes a topology from a table of divisions.",
            discussion: """
                The table's first line names the columns code, name, level, parent and kind, in any order. \
                Rows of the kind 类乡级单位 are left out: they count as townships in statistics but are no divisions.
                """)

        @Argument(help: "区划表 · The table, in CSV; - reads standard input.")
        var file: String

        @Option(help: "写到此文件 · Where to write the topology; - is standard output.")
        var output = Files.standard

        @Option(help: "设节点的层级 · Levels whose divisions get a node, separated by commas, the top one among them.")
        var seats = Level.allCases.map(\.englishName).joined(separator: ",")

        @Option(help: "节点主机 · The host of each node; {code} stands for the division's code.")
        var host = SeatPlan().host

        @Option(help: "端口 · The first port; counted up where all nodes share one host.")
        var port = SeatPlan().firstPort

        func run() async throws {
            let levels = try seats.split(separator: ",").map { name in
                guard let level = Level(name: name) else {
                    throw CommandFailure(
                        .usage,
                        "--seats: \(name) is not one of "
                            + Level.allCases.map(\.englishName).joined(separator: ", "))
                }
                return level
            }
            let text = try Files.readText(file, bytesMax: Topology.textBytesMax)
            let tree: DivisionTree
            do {
                tree = try Topology.fromCSV(
                    text, named: file, seats: SeatPlan(levels: Set(levels), host: host, firstPort: port))
            } catch {
                throw CommandFailure(.badData, "\(error)")
            }
            try Files.write(Topology.render(tree), to: output)
            if output != Files.standard { Terminal.errors.line("\(output): \(TopologySummary(tree).line)") }
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "检查机构树文件 · Checks a topology file; the first fault is named with its line.")

        @Argument(help: "机构树文件 · The topology file; - reads standard input.")
        var file: String

        func run() async throws {
            let tree = try Files.topology(file)
            Terminal.output.line("\(file): 正确 correct")
            Terminal.output.line(TopologySummary(tree).line)
            Terminal.output.line("版本 version \(tree.version)")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "画出机构树 · Draws the tree.",
            discussion: "● 有节点 has a node · ○ 由上级托管 served by the nearest office above that has one.")

        @Argument(help: "机构树文件 · The topology file; - reads standard input.")
        var file: String

        @Option(help: ArgumentHelp("只画此区划以下 · Only this division and those below it.", valueName: "code"))
        var below: CodeArgument?

        @Option(
            help: ArgumentHelp(
                "画到此层级 · The lowest level to draw: province, city, county, township.", valueName: "level"))
        var to: String?

        func run() async throws {
            let tree = try Files.topology(file)
            let lowest = try to.map { name in
                guard let level = Level(name: name) else {
                    throw CommandFailure(.usage, "--to: \(name) is not a level")
                }
                return level
            }
            if let below { _ = try tree.wanted(below.code, in: file) }
            let drawing = TreeDrawing(tree, from: below?.code ?? tree.root, lowest: lowest ?? .village)
            Terminal.output.lines(drawing.lines(for: .output))
            Terminal.output.line()
            Terminal.output.line(TopologySummary(tree).line)
        }
    }
}

/// How many divisions of each level there are, and nodes.
struct TopologySummary {
    let line: String

    init(_ tree: DivisionTree) {
        let counts = Level.allCases.compactMap { level in
            let count = tree.divisions.count { $0.level == level }
            return count > 0 ? "\(level.chineseName) \(level.englishName) \(count.grouped)" : nil
        }
        line = (counts + ["节点 nodes \(tree.seats.count.grouped)"]).joined(separator: " · ")
    }
}

/// The tree as a drawing in text: a line for each division, its columns below one another.
struct TreeDrawing {
    private let tree: DivisionTree
    private let root: DivisionCode
    private let lowest: Level

    init(_ tree: DivisionTree, from root: DivisionCode, lowest: Level) {
        (self.tree, self.root, self.lowest) = (tree, root, lowest)
    }

    func lines(for terminal: Terminal) -> [String] {
        var table = Table([
            Table.Column("名称 name", isFlexible: true), Table.Column("代码 code"), Table.Column("层级 level"),
            Table.Column("节点 node", isFlexible: true),
        ])
        draw(root, margin: "", branch: "", into: &table)
        return table.lines(for: terminal)
    }

    private func draw(_ code: DivisionCode, margin: String, branch: String, into table: inout Table) {
        guard let division = tree.division(code) else { return }
        table.add([
            margin + branch + division.name, code.text, "\(division.level.chineseName) \(division.level.englishName)",
            node(of: code),
        ])
        let children = tree.children(of: code).filter { (tree.level(of: $0) ?? .village) <= lowest }
        let inner =
            switch branch {
            case "": margin
            case Self.lastBranch: margin + "   "
            default: margin + "│  "
            }
        for child in children {
            draw(child, margin: inner, branch: child == children.last ? Self.lastBranch : "├─ ", into: &table)
        }
    }

    private static let lastBranch = "└─ "

    private func node(of code: DivisionCode) -> String {
        if let seat = tree.seat(at: code) {
            let name = seat.name == tree.division(code)?.name ? "" : "\(seat.name) "
            return "● \(name)\(seat.host):\(seat.port)"
        }
        return tree.seatServing(code).map { "○ \($0.name) \($0.division)" } ?? ""
    }
}
