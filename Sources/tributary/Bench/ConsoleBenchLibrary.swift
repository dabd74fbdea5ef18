import Casework
import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Node
import Replication

/// What a township holds of the libraries: laws, items with their benchmarks, its body and its people, procedures.
struct ConsoleBenchLibrary {
    /// Somebody at work in the town.
    struct Person: Sendable {
        let certificate: String
        let record: RecordID
        let role: Role
        let name: String
    }

    private(set) var people: [Person] = []
    /// Codes of items that the town may use.
    private(set) var usableItems: [String] = []
    private(set) var laws = 0
    private(set) var articles = 0
    private(set) var items = 0
    private(set) var benchmarks = 0
    /// What somebody looks for in laws: two to six characters that stand in them.
    private(set) var words: [String] = []

    private let settings: BenchSettings
    private let town: DivisionCode
    private var chance: SplitMix64
    private var cited: [SyntheticLaw] = []

    static let body = "\(ConsoleBenchTown.town)-01"

    func people(_ role: Role) -> [Person] { people.filter { $0.role == role } }

    init(_ settings: BenchSettings) {
        (self.settings, town) = (settings, ConsoleBenchTown.town)
        chance = SplitMix64(seed: settings.seed ^ 0x6c69_6272)
    }

    /// - Parameter tell: hears how far it is.
    mutating func write(with writer: ConsoleBenchWriter, tell: (String) -> Void) throws {
        tell("laws")
        try writeLaws(writer)
        tell("procedures")
        try writeProcedures(writer)
        tell("items and benchmarks")
        try writeItems(writer)
        tell("officers")
        try writePeople(writer)
    }

    // MARK: Laws

    private static let lawsPerWrite = 40

    private mutating func writeLaws(_ writer: ConsoleBenchWriter) throws {
        var waiting: [[RecordDraft]] = []
        func flush() throws {
            try writer.write(waiting)
            waiting.removeAll()
        }
        if let directory = settings.statutes {
            var source = try StatuteSource(directory, home: town)
            while let step = try source.next() {
                guard case .group(let group) = step else { continue }
                note(group.drafts)
                waiting.append(group.drafts)
                if waiting.count == Self.lawsPerWrite { try flush() }
            }
        } else {
            var invented = SyntheticLaws(seed: settings.seed, sentencesMin: 1)
            for _ in 0..<settings.consoleLaws {
                let drafts = invented.next(articles: Self.articles(&chance)).drafts(home: town)
                note(drafts)
                waiting.append(drafts)
                if waiting.count == Self.lawsPerWrite { try flush() }
            }
        }
        try flush()
    }

    /// How many articles the laws of the public library have: hundredths of all laws, and articles.
    private static let articleCounts = [
        (0, 1), (10, 8), (25, 17), (50, 32), (75, 55), (90, 80), (95, 100), (99, 258), (100, 708),
    ]

    private static func articles(_ chance: inout SplitMix64) -> Int {
        let place = chance.below(10_000)
        for (low, high) in zip(articleCounts, articleCounts.dropFirst()) where place < high.0 * 100 {
            return low.1 + (high.1 - low.1) * (place - low.0 * 100) / ((high.0 - low.0) * 100)
        }
        return 1
    }

    private mutating func note(_ drafts: [RecordDraft]) {
        laws += 1
        for draft in drafts {
            if draft.kind.name == LibraryKinds.statute.name, case .text(let title) = draft["title"].first,
                case .integer(let count) = draft["article-count"].first, (1...9_999).contains(count)
            {
                cited.append(SyntheticLaw(title: title, articleCount: Int(count)))
            }
            guard draft.kind.name == LibraryKinds.article.name else { continue }
            articles += 1
            if articles.isMultiple(of: 29), case .text(let text) = draft["text"].first { noteWord(text) }
        }
    }

    private mutating func noteWord(_ text: String) {
        let runs = text.split { !("\u{4e00}"..."\u{9fff}").contains($0) }.filter { $0.count >= 6 }
        guard !runs.isEmpty else { return }
        let run = Array(runs[chance.below(runs.count)])
        let length = 2 + chance.below(5)
        let start = chance.below(run.count - length + 1)
        words.append(String(run[start..<start + length]))
    }

    // MARK: Procedures

    private mutating func writeProcedures(_ writer: ConsoleBenchWriter) throws {
        let files = try ProcedureFiles([settings.procedures])
        guard files.faults.isEmpty else { throw BenchFailure(files.faults.joined(separator: "\n")) }
        var edits: [StreamPlace: [ConsoleBenchWriter.Content]] = [:]
        for piece in files.pieces {
            let kind =
                switch piece.sort {
                case .procedure: CaseworkKinds.procedure
                case .template: CaseworkKinds.template
                case .ruleSet: CaseworkKinds.ruleSet
                }
            let version = piece.version ?? 1
            let id = RecordID(
                home: town, flow: kind.flow, kind: kind.name, naturalKey: "\(piece.id)@\(version)")
            let values: [(String, Value)] = [
                ("id", .text(piece.id)), ("version", .integer(Int64(version))), ("name", .text(piece.name)),
                ("text", .text(piece.text)),
            ]
            edits[StreamPlace(home: town, flow: kind.flow), default: []].append(
                ConsoleBenchWriter.record(id, kind, values))
        }
        for (place, entries) in edits.sorted(by: { $0.key < $1.key }) { try writer.write(entries, at: place) }
    }

    // MARK: Items

    /// Items in one change.
    private static let itemsPerChange = 200
    private static let set = "示例行政处罚裁量基准"
    /// Of a hundred items of penalties, so many have a benchmark, with so many circumstances each.
    private static let (benchmarkPercent, circumstances) = (60, 3)
    /// Items that a township's cases are about.
    private static let usedMax = 300

    private mutating func writeItems(_ writer: ConsoleBenchWriter) throws {
        let counts = SyntheticRosters.Counts(bodies: 1, officers: 1, items: settings.consoleItems)
        guard
            let rosters = SyntheticRosters(
                tree: writer.tree, scope: town, seed: settings.seed, counts: counts, laws: cited)
        else { throw BenchFailure("no law of the library has an article that items could cite") }
        var (sheet, fields) = ("", Set<String>())
        var changes: [[RecordDraft]] = []
        for first in stride(from: 0, to: settings.consoleItems, by: Self.itemsPerChange) {
            var drafts: [RecordDraft] = []
            for index in first..<min(first + Self.itemsPerChange, settings.consoleItems) {
                var item = rosters.item(index)
                fields.insert(item.enforcementField)
                if item.kind == .penalty, chance.below(100) < Self.benchmarkPercent {
                    item.benchmark = BenchmarkName(set: Self.set, item: String(index)).description
                    sheet += Self.circumstances(of: item, number: index)
                    benchmarks += Self.circumstances
                }
                if item.kind == .penalty, item.levels.contains(.township), usableItems.count < Self.usedMax {
                    usableItems.append(item.code)
                }
                drafts += item.drafts(home: town)
            }
            changes.append(drafts)
        }
        items = settings.consoleItems
        changes += benchmarkDrafts(sheet)
        var body = rosters.body(0)
        body.enforcementFields = fields.sorted()
        body.sign = ConsoleBenchTown.sign
        changes.append(body.drafts(home: town))
        try writer.write(changes)
    }

    private static func circumstances(of item: ItemRow, number: Int) -> String {
        guard let basis = item.bases.first else { return "" }
        let (law, article) = (basis.title, "第\(ChineseNumeral.text(basis.article))条")
        return zip(["情节轻微", "情节一般", "情节严重"], [(100, 1_000), (1_000, 5_000), (5_000, 20_000)]).enumerated().map {
            tier, kind in
            let standard = "责令改正，处\(kind.1.0)元以上\(kind.1.1)元以下的罚款"
            return CSVWriter.row([
                String(number), law, item.name, law, article, String(tier + 1), kind.0, standard, "yuan",
                String(kind.1.0), String(kind.1.1), "", "",
            ])
        }.joined()
    }

    private func benchmarkDrafts(_ sheet: String) -> [[RecordDraft]] {
        var importer = RowImporter<BenchmarkRow>(file: "benchmarks")
        let events = importer.feed(Array((BenchmarkRow.header + sheet).utf8)) + importer.finish()
        let rows = events.compactMap { if case .row(let row, _) = $0 { row } else { nil } }
        return stride(from: 0, to: rows.count, by: Self.itemsPerChange).map { first in
            rows[first..<min(first + Self.itemsPerChange, rows.count)].flatMap { $0.drafts(home: town, set: Self.set) }
        }
    }

    // MARK: People

    /// Who works in the town, by role; more officers handle cases than click.
    private static let cast: [(role: Role, posts: [Post], count: Int)] = [
        (.officer, [.officer, .clerk], 60), (.reviewer, [.reviewer], 4), (.responsible, [.responsible], 4),
        (.supervisor, [.supervisor], 4), (.librarian, [.clerk], 3), (.operator, [.clerk], 3),
    ]

    private mutating func writePeople(_ writer: ConsoleBenchWriter) throws {
        guard let today = LegalMoment(milliseconds: BenchClock.wallMilliseconds)?.day,
            let from = today.adding(days: -4 * 365), let to = today.adding(days: 365)
        else { throw BenchFailure("this machine's clock is wrong") }
        var drafts: [RecordDraft] = []
        for (role, posts, count) in Self.cast {
            for _ in 0..<count {
                let certificate = "440781\(String(people.count + 1_000_001).suffix(6))"
                let name = "示例\(role.chinese)\(people.count + 1)"
                let row = OfficerRow(
                    certificateNo: certificate, name: name, body: Self.body, division: town, areas: [town],
                    enforcementFields: [], powerSource: .statutory, validFrom: from, validTo: to, status: .valid,
                    phone: nil, idNo: nil, posts: posts.map(\.rawValue), isLegallyQualified: role == .reviewer)
                drafts += row.drafts(home: town)
                let id = RecordID(
                    home: town, flow: LibraryKinds.officer.flow, kind: LibraryKinds.officer.name,
                    naturalKey: certificate)
                people.append(Person(certificate: certificate, record: id, role: role, name: name))
            }
        }
        try writer.write([drafts])
    }
}
