import Casework
import Divisions
import Foundation
import Identity
import Logging
import Node
import Replication
import Store

/// How fast a province takes in what a city wrote, what that costs in its file and on the line, all against bare SQLite
/// that is given the same rows in the same batches. One round measures each once, in turn.
struct IngestBench {
    let settings: BenchSettings
    let directory: String
    let progress: BenchProgress

    /// Bare SQLite with rows alone, in the measurement that the design's goal stands on: a CRDT extension without
    /// signatures or history reaches this part of its rate.
    static let extensionShare = 0.07

    /// What the rounds of one workload found.
    private struct Findings {
        var inProcess: [StoreImage.Selection: [Double]] = [:]
        var overTLS: [StoreImage.Selection: [Double]] = [:]
        var size: [StoreImage.Selection: [Double]] = [:]
        var wire: [Double] = []
        var commitShare: [Double] = []
        var entriesPerCommit: [Double] = []
        var rowsPerSecond: [Double] = []
        var tables: [String] = []
        var rows = 0
        var entries = 0
    }

    /// Two workloads, three measures a round.
    static func steps(_ settings: BenchSettings) -> Int { 2 * 3 * settings.rounds }

    func run() async throws -> BenchPart {
        let province = try BenchProvince(in: directory, towns: settings.towns)
        var part = BenchPart()
        for workload in [try BenchWorkload.packed(settings, province), BenchWorkload.personal(settings, province)] {
            let city = try province.freshDirectory("city-\(workload.name)")
            try workload.write(into: city, province, changesPerStep: settings.changesPerStep)
            var findings = Findings()
            for round in 1...settings.rounds {
                try await measure(workload, city, province, round, &findings)
            }
            report(workload, findings, &part)
            try FileManager.default.removeItem(atPath: city.path)
        }
        return part
    }

    // MARK: One round

    private func measure(
        _ workload: BenchWorkload, _ city: DataDirectory, _ province: BenchProvince, _ round: Int,
        _ findings: inout Findings
    ) async throws {
        progress.begin("\(workload.name) \(round): core to core")
        let ours = try ingest(city, province, workload, &findings)
        progress.end()
        progress.begin("\(workload.name) \(round): bare SQLite")
        let image = try StoreImage(storeAt: ours.store, positions: ours.positions)
        var bare: [StoreImage.Selection: Double] = [:]
        for selection in StoreImage.Selection.allCases {
            let path = "\(directory)/bare.sqlite"
            let (time, bytes) = try image.insert(selection, into: path)
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            bare[selection] = Double(image.rowCount) / time.inSeconds
            findings.size[selection, default: []].append(Double(image.storeBytes) / Double(bytes))
        }
        progress.end()
        progress.begin("\(workload.name) \(round): over TLS")
        let linked = try await LinkedNodes(province: province, city: city).ingest(entries: ours.entries)
        progress.end()

        let rate = Double(image.rowCount) / ours.seconds
        let linkedRate = Double(image.rowCount) / linked.inSeconds
        for (selection, bare) in bare {
            findings.inProcess[selection, default: []].append(rate / bare)
            findings.overTLS[selection, default: []].append(linkedRate / bare)
        }
        findings.rowsPerSecond.append(rate)
        findings.entriesPerCommit.append(Double(ours.entries) / Double(max(1, image.batchCount)))
        (findings.tables, findings.rows, findings.entries) = (image.tableNames, image.rowCount, Int(ours.entries))
    }

    /// What one ingest in one process came to.
    private struct Ingest {
        let store: String
        let positions: [UInt64]
        let entries: UInt64
        let seconds: Double
    }

    /// Fills an empty province from the city's store; only the province's steps are timed.
    private func ingest(
        _ city: DataDirectory, _ province: BenchProvince, _ workload: BenchWorkload, _ findings: inout Findings
    ) throws -> Ingest {
        let data = try province.freshDirectory("province")
        let cityStore = try SQLiteStore(path: city.storeFile, kinds: CaseworkKinds.all)
        let watched = try WatchedStore(SQLiteStore(path: data.storeFile, kinds: CaseworkKinds.all))
        let pair = try CorePair(
            city: province.performer(province.city, over: cityStore),
            province: province.performer(province.province, over: watched))
        try pair.connect()
        let (held, wanted) = (try watched.lastPosition(), try cityStore.lastPosition())
        guard held == wanted else { throw BenchFailure("the province took \(held) of \(wanted) entries") }
        try cityStore.close()
        try watched.store.close()
        findings.wire.append(Double(pair.up[.batch].bytes) / Double(workload.ownBytes))
        findings.commitShare.append(watched.commitTime.inSeconds / pair.province.spent.inSeconds)
        return Ingest(
            store: data.storeFile, positions: watched.positions, entries: held,
            seconds: pair.province.spent.inSeconds)
    }

    // MARK: The report

    private func report(_ workload: BenchWorkload, _ findings: Findings, _ part: inout BenchPart) {
        let isPacked = workload.name == "packed"
        let (name, kind) = (workload.name, workload.english)
        func row(
            _ suffix: String, _ chinese: String, _ english: String, _ against: String, _ values: [Double]?,
            _ goal: BenchGoal?
        ) {
            guard let values else { return }
            part.rows.append(
                BenchRow(
                    "\(name)-\(suffix)", chinese: "\(workload.chinese)\(chinese)", english: "\(name): \(english)",
                    against: against, values, goal: goal))
        }
        let allTables = "bare SQLite, same bytes"
        let rows = "rows, indexes, words alone"
        let plain = "rows alone, no index"
        let share = BenchGoal.atLeast((isPacked ? 3 : 1) * Self.extensionShare)
        row("ingest-tls", "入库（TLS）", "ingest over TLS", allTables, findings.overTLS[.allTables], .atLeast(0.5))
        row("ingest-core", "入库（核心）", "ingest, core to core", allTables, findings.inProcess[.allTables], .atLeast(0.5))
        row("rows-tls", "行速（TLS）", "rows/s over TLS", rows, findings.overTLS[.rows], share)
        row("rows-core", "行速（核心）", "rows/s, core to core", rows, findings.inProcess[.rows], share)
        row("rows-tls-plain", "行速（TLS）", "rows/s over TLS", plain, findings.overTLS[.plainRows], share)
        row("rows-core-plain", "行速（核心）", "rows/s, core to core", plain, findings.inProcess[.plainRows], share)
        let sizeGoal = BenchGoal.atMost(isPacked ? 4.6 : 8)
        row("size", "每行字节", "store bytes a row", rows, findings.size[.rows], sizeGoal)
        row("size-plain", "每行字节", "store bytes a row", plain, findings.size[.plainRows], sizeGoal)
        row(
            "wire", "传输字节", "wire bytes an edit", "edits' own bytes", findings.wire,
            .atMost(isPacked ? 1.3 : 2.5))

        let share100 = BenchStatistics.decimals(100 * BenchStatistics.median(findings.commitShare), 0)
        let perCommit = BenchStatistics.decimals(BenchStatistics.median(findings.entriesPerCommit), 1)
        part.notes.append(
            """
            \(kind): \(findings.rows.grouped) rows of \(workload.records.grouped) records, \(workload.edits.grouped) \
            edits in \(findings.entries.grouped) entries (\(perCommit) entries a commit at the province); \
            \(settings.rounds) rounds; core to core the province took in \
            \(Int(BenchStatistics.median(findings.rowsPerSecond)).grouped) rows/s on this machine, \(share100) % of \
            that time inside the store's commits. Tables: \(findings.tables.joined(separator: ", ")).
            """)
    }
}
