package import Casework
import Divisions
import GRDB
import Lattice
package import Ledger
import Libraries
package import Store

/// Keeps the board level with the store, in bounded steps: what entries touch is noted, news that concern many cases
/// are handed out, and dirty cases are judged anew. Every step is one transaction of the board's own file; a crash
/// between two of them costs nothing, since the place in the log is written with what was read up to it.
package struct BoardFollower: Sendable {
    /// Judges cases as this node knows them; those that cannot be judged here, or are no cases any more, are left out.
    package typealias Judge = @Sendable ([RecordID], StoreReader) throws -> [CaseBoardRow]

    /// Entries read in one step.
    static let entriesPerStepMax = 1_000
    /// Cases that news are handed out to in one step.
    static let newsPerStepMax = 2_000
    /// Cases judged in one step: some tenths of a second.
    static let casesPerStepMax = 200

    /// What a step came to.
    package enum Step: Hashable, Sendable {
        /// Entries were read up to this position.
        case read(UInt64)
        case handedOut
        /// So many cases were judged.
        case judged(Int)
        /// The board is level with the store.
        case rested
    }

    package let board: BoardDatabase
    private let judge: Judge

    package init(board: BoardDatabase, judge: @escaping Judge) { (self.board, self.judge) = (board, judge) }

    /// Does the next thing there is to do.
    ///
    /// - Parameter today: days since 1970, by which cases are found that time alone has changed.
    package func step(_ store: StoreReader, today: Int) throws(BoardFailure) -> Step {
        if let position = try read(store) { return .read(position) }
        if try board.handOutNews(casesMax: Self.newsPerStepMax) { return .handedOut }
        let judged = try judgeDirty(store)
        if judged > 0 { return .judged(judged) }
        return try board.turn(before: today, casesMax: Self.newsPerStepMax) > 0 ? .handedOut : .rested
    }

    /// Steps until the board is level with the store.
    package func catchUp(_ store: StoreReader, today: Int) throws(BoardFailure) {
        while try step(store, today: today) != .rested {}
    }

    /// Notes records that may have changed without a new entry, such as by a cut.
    package func note(_ records: [RecordID], _ store: StoreReader) throws(BoardFailure) {
        let parts = try parts(of: records, store)
        try BoardFailure.translating { try board.pool.write { db in try enter(parts, db) } }
    }

    /// Has cases judged again that lacked the bytes of a file.
    package func lookForFiles() throws(BoardFailure) {
        try BoardFailure.translating {
            try board.pool.write { db in try board.enter([.news(BoardNews(sort: .files, key: ""))], db) }
        }
    }

    // MARK: Reading the log

    private struct Parts {
        var touches: [BoardTouch] = []
        var directives: [(record: RecordID, directive: Directive?)] = []
        var blocks: [(record: RecordID, block: NumberBlock?)] = []
    }

    /// - Returns: how far it read; nil if there was nothing new.
    private func read(_ store: StoreReader) throws(BoardFailure) -> UInt64? {
        let position = try start(store)
        let touched = try BoardFailure.translating {
            try store.touched(after: position, entriesMax: Self.entriesPerStepMax)
        }
        guard let entry = touched.entry else { return nil }
        let parts = try parts(of: touched.records, store)
        try BoardFailure.translating {
            try board.pool.write { db in
                try enter(parts, db)
                try BoardDatabase.set("position", to: String(touched.position), db)
                try BoardDatabase.set("entry", to: Self.name(entry), db)
            }
        }
        return touched.position
    }

    /// Where to read on. Another store than the one that was followed is read from its beginning.
    private func start(_ store: StoreReader) throws(BoardFailure) -> UInt64 {
        guard let position = try board.value("position").flatMap({ UInt64($0) }), position > 0 else { return 0 }
        let entry = try BoardFailure.translating { try store.entry(at: position) }
        if let entry, Self.name(entry) == (try board.value("entry")) { return position }
        try BoardFailure.translating {
            try board.pool.write { db in
                try db.execute(sql: BoardSchema.emptied)
            }
        }
        return 0
    }

    private static func name(_ entry: EntryID) -> String { "\(entry.stream)/\(entry.number)" }

    private func parts(of records: [RecordID], _ store: StoreReader) throws(BoardFailure) -> Parts {
        var parts = Parts()
        var seen = Set<BoardTouch>()
        for record in records {
            let isCase = record.kind == LibraryKinds.caseFile.name || record.kind == CaseworkKinds.urgentCase.name
            // A case is read when it is judged.
            let state = isCase ? nil : try BoardFailure.translating { try store.record(record) }
            let view = state?.view
            for touch in BoardTouch.all(of: record, view) where seen.insert(touch).inserted {
                parts.touches.append(touch)
                switch touch {
                case .directive(let id): parts.directives.append((id, view.flatMap { Directive($0) }))
                case .numberBlock(let id): parts.blocks.append((id, state.flatMap { NumberBlock($0) }))
                case .judge, .news, .unjudged: break
                }
            }
        }
        return parts
    }

    private func enter(_ parts: Parts, _ db: Database) throws {
        try board.enter(parts.touches, db)
        for (record, directive) in parts.directives { try board.put(directive, as: record, db) }
        for (record, block) in parts.blocks { try board.put(block, as: record, db) }
    }

    // MARK: Judging

    /// - Returns: how many cases were judged.
    private func judgeDirty(_ store: StoreReader) throws(BoardFailure) -> Int {
        let names = try BoardFailure.translating {
            try board.pool.read { db in
                try String.fetchAll(
                    db, sql: "SELECT record FROM dirty ORDER BY place LIMIT ?", arguments: [Self.casesPerStepMax])
            }
        }
        guard !names.isEmpty else { return 0 }
        let records = names.compactMap { RecordID($0) }
        let judged = try BoardFailure.translating { try judge(records, store) }
        let known = Set(judged.map(\.record))
        let lost = records.filter { !known.contains($0) }
        try BoardFailure.translating {
            try board.pool.write { db in
                var tallies = BoardTallies()
                try board.write(judged, gone: lost, &tallies, db)
                try tallies.write(db)
                for record in lost {
                    try db.execute(
                        sql: "INSERT OR IGNORE INTO unjudged VALUES (?)", arguments: [record.description])
                }
                for name in names { try db.execute(sql: "DELETE FROM dirty WHERE record = ?", arguments: [name]) }
            }
        }
        return names.count
    }
}

extension BoardDatabase {
    func put(_ directive: Directive?, as record: RecordID, _ db: Database) throws {
        guard let directive else {
            try db.execute(sql: "DELETE FROM directive WHERE record = ?", arguments: [record.description])
            return
        }
        let first = directive.acknowledgements.first
        try db.execute(
            sql: "INSERT OR REPLACE INTO directive VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                record.description, record.home.text, directive.about?.description, directive.sort.rawValue,
                directive.from, directive.due?.daysSince1970, first.map { "\($0.at)" }, first?.officer,
                directive.answers,
            ])
    }

    func put(_ block: NumberBlock?, as record: RecordID, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM number_block WHERE record = ?", arguments: [record.description])
        try db.execute(sql: "DELETE FROM number_explanation WHERE block = ?", arguments: [record.description])
        guard let block else { return }
        try db.execute(
            sql: "INSERT INTO number_block VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                record.description, record.home.text, block.series.body,
                "\(block.sign)\(block.series.word)〔\(block.series.year)〕", block.first, block.last, block.voidFrom,
            ])
        for explanation in block.explanations {
            try db.execute(
                sql: "INSERT OR IGNORE INTO number_explanation VALUES (?, ?, ?, ?)",
                arguments: [record.description, explanation.first, explanation.last, explanation.cause.rawValue])
        }
    }
}
