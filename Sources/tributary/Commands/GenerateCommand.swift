import ArgumentParser
import Divisions
import Libraries

/// `tributary generate`: rosters of any size that look lawful and are plainly nobody's.
struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "生成示例数据 · Invents bodies, officers, items and cases of any number.",
        discussion: """
            The same topology, seed and numbers give the same rows everywhere. Rows refer to each other: give all four \
            commands the same --bodies, --officers and --items, and every reference points at a row that exists. \
            Names hold 示, 例, 拟 or 样, persons were born before 1900, and no phone number can be dialled.
            """,
        subcommands: [Bodies.self, Officers.self, Items.self, Cases.self])

    /// What the four commands share.
    struct Options: ParsableArguments {
        @Option(help: "行数 · How many rows.")
        var count: Int

        @Option(help: "种子 · The seed.")
        var seed: UInt64 = 1

        @OptionGroup var topology: TopologyOption

        @Option(help: ArgumentHelp("只为此区划及以下 · Only for this division and those below it.", valueName: "code"))
        var division: CodeArgument?

        @Option(help: "写到此文件 · Where to write; - is standard output.")
        var output = Files.standard

        @Option(
            help: ArgumentHelp("全部执法主体数 · Bodies there are in all; by default one for each division.", valueName: "n"))
        var bodies: Int?

        @Option(help: ArgumentHelp("全部执法人员数 · Officers there are in all; by default 28 for each body.", valueName: "n"))
        var officers: Int?

        @Option(help: ArgumentHelp("全部执法事项数 · Items there are in all.", valueName: "n"))
        var items: Int?

        func validate() throws {
            guard count > 0 else { throw ValidationError("--count must be at least 1") }
            for number in [bodies, officers, items].compactMap(\.self) where number < 1 {
                throw ValidationError("--bodies, --officers and --items must be at least 1, not \(number)")
            }
        }

        /// - Parameter counted: which of the numbers `--count` itself is.
        func rosters(counted: WritableKeyPath<SyntheticRosters.Counts, Int>?) throws(CommandFailure) -> SyntheticRosters
        {
            let tree = try topology.tree()
            if let division { _ = try tree.wanted(division.code, in: topology.topology) }
            let places = tree.subtree(of: division?.code ?? tree.root).count {
                (tree.level(of: $0) ?? .village) <= .township
            }
            let bodies = bodies ?? (counted == \.bodies ? count : max(1, places))
            var counts = SyntheticRosters.Counts(
                bodies: bodies, officers: officers ?? bodies * Self.officersPerBody, items: items ?? Self.itemsDefault)
            if let counted { counts[keyPath: counted] = max(counts[keyPath: counted], count) }
            guard let rosters = SyntheticRosters(tree: tree, scope: division?.code, seed: seed, counts: counts) else {
                throw CommandFailure(.usage, "--division: there is no office at or above the level of townships in it")
            }
            return rosters
        }

        /// As in Guangdong: 150,000 officers in 5,366 bodies.
        static let officersPerBody = 28
        static let itemsDefault = 1_000

        /// Writes `count` rows under their header, one by one.
        func write<Row: ImportedRow>(_ row: (Int) -> Row) throws(CommandFailure) {
            let file = try OutputFile(output)
            var bar = ProgressBar(
                Progress(title: "生成 generating", total: Int64(count)), isSilent: output == Files.standard)
            try file.write(Row.header)
            for index in 0..<count {
                try file.write(row(index).line)
                if index.isMultiple(of: 1_024) { bar.update(done: Int64(index)) }
            }
            try file.finish()
            bar.clear()
            if output != Files.standard { Terminal.errors.line("\(output): \(count.grouped) 行 rows") }
        }
    }

    struct Bodies: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "执法主体 · Enforcement bodies.")
        @OptionGroup var options: Options

        func run() async throws {
            let rosters = try options.rosters(counted: \.bodies)
            try options.write { rosters.body($0) }
        }
    }

    struct Officers: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "执法人员 · Officers.")
        @OptionGroup var options: Options

        func run() async throws {
            let rosters = try options.rosters(counted: \.officers)
            try options.write { rosters.officer($0) }
        }
    }

    struct Items: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "执法事项 · Enforcement items.")
        @OptionGroup var options: Options

        func run() async throws {
            let rosters = try options.rosters(counted: \.items)
            try options.write { rosters.item($0) }
        }
    }

    struct Cases: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "案件 · Cases.")
        @OptionGroup var options: Options

        func run() async throws {
            let rosters = try options.rosters(counted: nil)
            try options.write { rosters.caseFile($0) }
        }
    }
}
