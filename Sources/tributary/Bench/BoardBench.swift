import Casework
import Divisions
import Foundation
import Libraries
import Node

/// How long the supervision board of a province takes to open, and how long it takes to go through all its cases for
/// what is overdue, against SQLite asked the same without anything between.
struct BoardBench {
    let settings: BenchSettings
    let directory: String
    let progress: BenchProgress

    private static let rowsPerWrite = 5_000
    private static let openings = 300

    static func steps(_ settings: BenchSettings) -> Int { settings.boardCases / rowsPerWrite + 2 }

    func run() throws -> BenchPart {
        let workload = try BoardWorkload(cases: settings.boardCases, seed: settings.seed)
        let path = "\(directory)/casework.sqlite"
        var chance = SplitMix64(seed: settings.seed)
        let database = try BoardDatabase(path: path, tree: workload.tree, rules: Self.rules, using: &chance)
        let filling = try fill(database, workload)
        // The board of a node that has run for a while: nothing waits in the log.
        let bytes = try BareDatabase(path: path).settledBytes()
        let (board, bare) = (Board(database), try BareDatabase(path: path))
        progress.begin("opening the board")
        let opening = try open(board, bare)
        progress.end()
        progress.begin("scanning for what is overdue")
        let scan = try scan(board, bare)
        progress.end()
        try database.close()
        return part(opening: opening, scan: scan, filling: filling, bytes: bytes)
    }

    // MARK: Measuring

    private struct Samples {
        var ours: [Double] = []
        var bare: [Double] = []
    }

    private func fill(_ database: BoardDatabase, _ workload: BoardWorkload) throws -> Double {
        let start = ContinuousClock.now
        var first = 0
        while first < workload.cases {
            progress.begin("filling the board")
            let next = min(first + Self.rowsPerWrite, workload.cases)
            try database.write(workload.rows(first..<next))
            first = next
            progress.end()
        }
        return start.duration(to: .now).inSeconds
    }

    private func open(_ board: Board, _ bare: BareDatabase) throws -> Samples {
        let statement = try bare.prepare(Board.overviewSQL)
        let root = Array(BoardWorkload.root.text.utf8)
        func ask() throws -> Int64 {
            var cases: Int64 = 0
            try root.withUnsafeBytes { bytes in
                statement.bind(1, .text(0..<bytes.count), in: bytes)
                statement.bind(2, .integer(Int64(BoardWorkload.today)), in: bytes)
                while try statement.step() {
                    if statement.integer(1) == 1, statement.text(0) == BoardWorkload.root.text {
                        cases = statement.integer(2)
                    }
                }
            }
            return cases
        }
        var samples = Samples()
        for round in 0..<Self.openings + 10 {
            var start = ContinuousClock.now
            let overview = try board.overview(BoardWorkload.root, today: BoardWorkload.today)
            let ours = start.duration(to: .now).inSeconds
            start = .now
            let cases = try ask()
            let raw = start.duration(to: .now).inSeconds
            guard overview.counts?[.cases] == Int64(settings.boardCases), cases == Int64(settings.boardCases) else {
                throw BenchFailure("the board does not count all cases it was given")
            }
            // The first ones compile statements and fill caches.
            guard round >= 10 else { continue }
            samples.ours.append(ours)
            samples.bare.append(raw)
        }
        return samples
    }

    private func scan(_ board: Board, _ bare: BareDatabase) throws -> Samples {
        let statement = try bare.prepare(Board.overdueScanSQL)
        let counted = try board.overview(BoardWorkload.root, today: BoardWorkload.today).counts?[.standingOverdue]
        var samples = Samples()
        for _ in 0..<settings.rounds {
            var start = ContinuousClock.now
            let ours = try board.overdueScan(today: BoardWorkload.today).reduce(0) { $0 + $1.cases }
            samples.ours.append(start.duration(to: .now).inSeconds)
            start = .now
            statement.bind(1, .integer(Int64(BoardWorkload.today)), in: UnsafeRawBufferPointer(start: nil, count: 0))
            var cases = 0
            while try statement.step() { cases += Int(statement.integer(2)) }
            samples.bare.append(start.duration(to: .now).inSeconds)
            guard cases == ours, counted == Int64(ours) else {
                throw BenchFailure("the counts of the board are not those of its cases")
            }
        }
        return samples
    }

    // MARK: Telling

    private func part(opening: Samples, scan: Samples, filling: Double, bytes: Int) -> BenchPart {
        var part = BenchPart()
        for hundredths in [50, 99] {
            let ours = BenchStatistics.percentile(hundredths, of: opening.ours)
            part.rows += [
                BenchRow(
                    "board-open-p\(hundredths)", chinese: "打开监督看板 p\(hundredths)",
                    english: "opening the board p\(hundredths)", against: "", unit: .milliseconds, [ours * 1_000],
                    goal: .atMost(300)),
                BenchRow(
                    "board-open-ratio-p\(hundredths)", chinese: "打开监督看板 p\(hundredths)",
                    english: "opening the board p\(hundredths)", against: "bare SQLite, the same sums",
                    [ours / BenchStatistics.percentile(hundredths, of: opening.bare)], goal: nil),
            ]
        }
        part.rows += [
            BenchRow(
                "board-scan", chinese: "全部案件逾期扫描", english: "overdue scan over all cases", against: "",
                unit: .milliseconds, scan.ours.map { $0 * 1_000 }, goal: .atMost(10_000)),
            BenchRow(
                "board-scan-ratio", chinese: "全部案件逾期扫描", english: "overdue scan over all cases",
                against: "bare SQLite, the same scan", zip(scan.ours, scan.bare).map { $0 / $1 }, goal: nil),
        ]
        let seconds = BenchStatistics.decimals(filling, 1)
        let rate = Int(Double(settings.boardCases) / max(filling, 0.001)).grouped
        part.notes.append(
            """
            Board: \(settings.boardCases.grouped) invented cases in the rows of a province of 1,754 divisions, written \
            through the node's own writer with all counts in \(seconds) s (\(rate) a second); the file has \
            \(bytes.grouped) bytes. Opening reads the province's counts and its 21 children's, warm, \
            \(opening.ours.count.grouped) times; the scan goes through every case and none of the counts.
            """)
        return part
    }

    private static let rules = SupervisionRules(
        id: "supervision", version: 1, name: Bilingual("行政执法监督规则", "Rules of supervision"), rules: [],
        weights: SupervisionRules.Weights(publicity: 30, recording: 30, review: 40),
        milestones: SupervisionRules.Milestones(filed: [], decided: [], reviewed: [], passed: []))
}
