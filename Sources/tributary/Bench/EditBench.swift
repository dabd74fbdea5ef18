import Divisions
import Foundation
import Identity
import Lattice
import Ledger
import Libraries
import Node
import Replication
import Store

/// How long one officer waits until an edit is durable here, while nothing else happens and while a neighbour's bulk
/// comes in, against a bare commit of as many bytes: one after the other, in turn.
struct EditBench {
    let settings: BenchSettings
    let directory: String
    let progress: BenchProgress

    static let steps = 2

    private struct Samples {
        var ours: [Double] = []
        var bare: [Double] = []

        mutating func add(_ pair: (ours: Double, bare: Double)) {
            ours.append(pair.ours)
            bare.append(pair.bare)
        }
    }

    func run() async throws -> BenchPart {
        let province = try BenchProvince(in: directory, towns: settings.towns)
        let edits = EditSource(settings, province)
        let bare = try BareCommits(path: "\(directory)/bare.sqlite", bytes: edits.entryBytes)
        progress.begin("local edits, idle")
        let idle = try await measureIdle(province, edits, bare)
        progress.end()
        progress.begin("local edits while bulk comes in")
        let busy = try await measureBusy(province, edits, bare)
        progress.end()
        var part = BenchPart()
        for (name, chinese, english, samples) in [
            ("idle", "本地编辑（空闲）", "local edit, idle", idle),
            ("busy", "本地编辑（入库中）", "local edit during ingest", busy),
        ] {
            for hundredths in [50, 99] {
                let ratio =
                    BenchStatistics.percentile(hundredths, of: samples.ours)
                    / BenchStatistics.percentile(hundredths, of: samples.bare)
                part.rows.append(
                    BenchRow(
                        "edit-\(name)-p\(hundredths)", chinese: "\(chinese) p\(hundredths)",
                        english: "\(english) p\(hundredths)", against: "a bare commit, p\(hundredths)",
                        [ratio], goal: .atMost(1.5)))
            }
        }
        part.notes.append(
            """
            Local edit: a new case with all its fields, handed to a running node and durable when it returns \
            (\(idle.ours.count.grouped) samples idle, \(busy.ours.count.grouped) during ingest over TLS). The bare commit \
            inserts one row of \(edits.entryBytes.grouped) bytes, the size of that entry, into a table of its own file \
            with synchronous = FULL; here it took p50 \(Self.milliseconds(50, idle.bare)) ms and p99 \
            \(Self.milliseconds(99, idle.bare)) ms while idle.
            """)
        return part
    }

    private static func milliseconds(_ hundredths: Int, _ samples: [Double]) -> String {
        BenchStatistics.decimals(1_000 * BenchStatistics.percentile(hundredths, of: samples), 3)
    }

    @_optimize(none)
    private func measureIdle(
        _ province: BenchProvince, _ edits: EditSource, _ bare: BareCommits
    ) async throws -> Samples {
        let city = try province.freshDirectory("city-idle")
        let nodes = LinkedNodes(province: province, city: city)
        let runner = try nodes.open(province.province, data: try province.freshDirectory("province-idle"))
        return try await LinkedNodes.running(runner) { core in
            var samples = Samples()
            // The first ones compile statements and fill caches.
            for _ in 0..<20 { _ = try await once(core, edits, bare) }
            for _ in 0..<settings.editsIdle { samples.add(try await once(core, edits, bare)) }
            return samples
        }
    }

    /// As many linked ingests as it takes.
    @_optimize(none)
    private func measureBusy(
        _ province: BenchProvince, _ edits: EditSource, _ bare: BareCommits
    ) async throws -> Samples {
        let workload = BenchWorkload.personal(settings, province)
        let city = try province.freshDirectory("city-busy")
        let entries = try workload.write(into: city, province, changesPerStep: settings.changesPerStep)
        let nodes = LinkedNodes(province: province, city: city)
        var samples = Samples()
        while samples.ours.count < settings.editsBusy {
            let found = try await ingest(nodes, province, city, entries, edits, bare)
            guard !found.ours.isEmpty else { throw BenchFailure("the bulk was in before an edit was made") }
            samples.ours += found.ours
            samples.bare += found.bare
        }
        return samples
    }

    /// One province that edits are made at while its city brings the bulk up. Not optimised: see
    /// `once`.
    @_optimize(none)
    private func ingest(
        _ nodes: LinkedNodes, _ province: BenchProvince, _ city: DataDirectory, _ entries: UInt64, _ edits: EditSource,
        _ bare: BareCommits
    ) async throws -> Samples {
        let above = try nodes.open(province.province, data: try province.freshDirectory("province-busy"))
        return try await LinkedNodes.running(above) { upper in
            let port = try await above.links.boundPort ?? 0
            let below = try nodes.open(province.city, data: city, ports: [BenchProvince.provinceCode: port])
            return try await feed(below, upper, entries, edits, bare)
        }
    }

    @_optimize(none)
    private func feed(
        _ below: NodeRunner, _ upper: NodeCore, _ entries: UInt64, _ edits: EditSource, _ bare: BareCommits
    ) async throws -> Samples {
        try await LinkedNodes.running(below) { _ in
            try await during(upper, entries: entries, edits, bare)
        }
    }

    @_optimize(none)
    private func during(
        _ core: NodeCore, entries: UInt64, _ edits: EditSource, _ bare: BareCommits
    ) async throws -> Samples {
        try await LinkedNodes.wait { try await LinkedNodes.held(by: core) > 0 }
        let begun = ContinuousClock.now
        var samples = Samples()
        while try await LinkedNodes.held(by: core) < entries + UInt64(samples.ours.count) {
            samples.add(try await once(core, edits, bare))
            guard begun.duration(to: .now) < LinkedNodes.patience else { throw BenchFailure("the bulk never ended") }
        }
        return samples
    }

    /// One edit and one bare commit. What is awaited here is measured elsewhere, so nothing is lost by leaving these
    /// functions as they are: the optimiser of Swift 6.3 ends with a signal on them.
    @_optimize(none)
    private func once(
        _ core: NodeCore, _ edits: EditSource, _ bare: BareCommits
    ) async throws -> (ours: Double, bare: Double) {
        let change = edits.next()
        let start = ContinuousClock.now
        _ = try await core.write(change.act, change.parts)
        let ours = start.duration(to: .now).inSeconds
        return (ours, try bare.commit().inSeconds)
    }
}

/// New cases of the province, one after another.
private final class EditSource {
    private let rosters: SyntheticRosters
    private var chance: SplitMix64
    private var made = 0
    /// What an entry of such a case takes, header and personal values.
    let entryBytes: Int

    init(_ settings: BenchSettings, _ province: BenchProvince) {
        rosters = BenchWorkload.rosters(settings, province)
        chance = SplitMix64(seed: settings.seed)
        let identity = WriterIdentity(
            seat: BenchProvince.provinceCode, suite: .p256, key: province.province.publicKey,
            certificates: province.province.certificateChain, nonce: [UInt8](repeating: 0, count: 16),
            saltSeed: [UInt8](repeating: 0, count: 32))
        var writer = Writer(identity: identity)
        let change = Self.change(rosters.caseFile(0), number: 0, &chance)
        let entries = writer.append(
            change.act, change.parts[0].entries[0], to: change.parts[0].place, predecessor: nil,
            tree: province.tree.version, now: BenchClock.wallMilliseconds)
        entryBytes = entries.last?.entry.byteCount ?? 0
    }

    func next() -> LocalChange {
        made += 1
        return Self.change(rosters.caseFile(made), number: made, &chance)
    }

    private static func change(_ row: CaseRow, number: Int, _ chance: inout SplitMix64) -> LocalChange {
        let code = BenchProvince.provinceCode
        let kind = LibraryKinds.caseFile
        let id = RecordID(home: code, flow: kind.flow, kind: kind.name, key: RecordKey(0x6265_6e63, UInt64(number)))
        let drafts = row.drafts(home: code).flatMap { BenchWorkload.edits($0) }.map { edit in
            EditDraft(
                kind: kind.name, record: id.key, field: edit.field, type: edit.type, value: edit.value,
                isPersonal: edit.isPersonal)
        }
        let act = Act(author: nil, division: code, body: "", change: RecordKey(chance.next(), chance.next()))
        let place = StreamPlace(home: code, flow: kind.flow)
        return LocalChange(request: 0, act: act, parts: [LocalChange.Part(place: place, entries: [drafts])])
    }
}

/// One row, one commit, on the disk.
private final class BareCommits {
    private let insert: BareStatement
    private let begin: BareStatement
    private let end: BareStatement
    private let row: [UInt8]

    init(path: String, bytes: Int) throws {
        let database = try BareDatabase(path: path)
        try database.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT")
        insert = try database.prepare("INSERT INTO entry (bytes) VALUES (?)")
        begin = try database.prepare("BEGIN IMMEDIATE")
        end = try database.prepare("COMMIT")
        row = [UInt8](repeating: 0x5a, count: bytes)
    }

    func commit() throws -> Duration {
        let start = ContinuousClock.now
        try begin.run()
        try row.withUnsafeBytes { bytes in
            insert.bind(1, .blob(0..<bytes.count), in: bytes)
            try insert.run()
        }
        try end.run()
        return start.duration(to: .now)
    }
}
