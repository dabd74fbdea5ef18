package import Casework
package import Divisions
import Foundation
import GRDB
import Ledger

/// The board's own file beside the store, `casework.sqlite`: rows of cases, counts and views, all derived. It is
/// written by one process and read by anyone; the store is never held up by it.
package final class BoardDatabase: Sendable {
    /// How long one connection waits for another that holds the file.
    static let busySecondsMax = 5.0
    static let readersMax = 4
    static let walBytesKept = 64 << 20
    static let saltBytes = 32

    let pool: DatabasePool
    /// From each division up to the root, the division itself first.
    let lines: [String: [String]]
    /// Mixed into the hash of a party's number. It lies in a file of its own, so that a copy of the board handed to
    /// somebody tells nothing about anybody.
    private let salt: [UInt8]

    /// Opens the file at `path` or makes it; one that is broken, of another version or of another program's is made anew.
    ///
    /// - Parameters:
    ///   - tree: by which counts are rolled up; with another than before all counts are made anew from the rows.
    ///   - chance: for the salt, where there is none yet.
    package init(
        path: String, tree: DivisionTree, rules: SupervisionRules, using chance: inout some RandomNumberGenerator
    ) throws(BoardFailure) {
        salt = try Self.salt(path + ".salt", using: &chance)
        lines = Dictionary(
            uniqueKeysWithValues: tree.divisions.map { division in
                (division.code.text, [division.code.text] + tree.ancestors(of: division.code).map(\.text))
            })
        var opened: DatabasePool?
        if FileManager.default.fileExists(atPath: path) { opened = try? Self.open(path) }
        if opened == nil {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        }
        let old = opened
        pool = try BoardFailure.translating { try old ?? Self.make(path) }
        try BoardFailure.translating { try pool.write { db in try Self.fill(db, tree, rules) } }
        let version = "\(tree.version)"
        if try value("tree") != version {
            try rebuildTallies()
            try BoardFailure.translating { try pool.write { db in try Self.set("tree", to: version, db) } }
        }
        if try value("rules") != rules.reference {
            // Other milestones make other rows: the log is read from its beginning, and rows stay until they are replaced.
            try BoardFailure.translating {
                try pool.write { db in
                    try db.execute(sql: "DELETE FROM meta WHERE key IN ('position', 'entry')")
                    try Self.set("rules", to: rules.reference, db)
                }
            }
        }
    }

    package func close() throws(BoardFailure) { try BoardFailure.translating { try pool.close() } }

    /// The hash that stands for a party in the board.
    package func hash(ofParty number: String) -> [UInt8] {
        Array(Digest.of(Suite.p256.rawValue, salt, Array(number.utf8)).bytes.dropFirst().prefix(16))
    }

    // MARK: Opening

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "board"
        configuration.busyMode = .timeout(busySecondsMax)
        configuration.maximumReaderCount = readersMax
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { db in
            // In kibibytes: the writer's holds the leaves of counts while many cases come in.
            try db.execute(sql: "PRAGMA cache_size = -\(db.configuration.readonly ? 16_384 : 65_536)")
        }
        return configuration
    }

    /// Nil if the file is not this release's.
    private static func open(_ path: String) throws -> DatabasePool? {
        let pool = try DatabasePool(path: path, configuration: configuration())
        let isOurs = try pool.read { db in
            try Int64.fetchOne(db, sql: "PRAGMA application_id") == BoardSchema.applicationID
                && Int64.fetchOne(db, sql: "PRAGMA user_version") == BoardSchema.version
        }
        guard isOurs else {
            try pool.close()
            return nil
        }
        return pool
    }

    private static func make(_ path: String) throws -> DatabasePool {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw BoardFailure("\(path) cannot be made: check the directory and who owns it")
        }
        let pool = try DatabasePool(path: path, configuration: configuration())
        try pool.writeWithoutTransaction { db in
            // What a power cut takes is made anew from the store, so a commit need not wait for the disk.
            try db.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = \(walBytesKept)")
            try db.inTransaction {
                try db.execute(sql: BoardSchema.tables)
                try db.execute(sql: BoardViews.all)
                try db.execute(
                    sql: """
                        PRAGMA application_id = \(BoardSchema.applicationID);
                        PRAGMA user_version = \(BoardSchema.version)
                        """)
                return .commit
            }
        }
        return pool
    }

    private static func salt(
        _ path: String, using chance: inout some RandomNumberGenerator
    ) throws(BoardFailure) -> [UInt8] {
        if let kept = FileManager.default.contents(atPath: path), kept.count == saltBytes { return Array(kept) }
        let made = (0..<saltBytes).map { _ in UInt8.random(in: 0...255, using: &chance) }
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(made), attributes: [.posixPermissions: 0o600])
        else { throw BoardFailure("\(path) cannot be made: check the directory and who owns it") }
        return made
    }

    /// What names things for readers: divisions, indicators, rules.
    private static func fill(_ db: Database, _ tree: DivisionTree, _ rules: SupervisionRules) throws {
        try db.execute(
            sql: "DELETE FROM division; DELETE FROM above; DELETE FROM indicator; DELETE FROM rule; DELETE FROM weight")
        for division in tree.divisions {
            try db.execute(
                sql: "INSERT INTO division VALUES (?, ?, ?, ?)",
                arguments: [division.code.text, division.name, division.level.englishName, division.parent?.text])
            for ancestor in [division.code] + tree.ancestors(of: division.code) {
                try db.execute(sql: "INSERT INTO above VALUES (?, ?)", arguments: [division.code.text, ancestor.text])
            }
        }
        for indicator in BoardIndicator.all {
            try db.execute(
                sql: "INSERT INTO indicator VALUES (?, ?, ?, ?)",
                arguments: [indicator.number, indicator.id, indicator.name.chinese, indicator.name.english])
        }
        for rule in rules.rules {
            try db.execute(
                sql: "INSERT INTO rule VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    rule.finding.rawValue, rule.finding.bit, rule.id, rule.name.chinese, rule.name.english,
                    rule.severity.rawValue, rule.points, rule.articles.joined(separator: "；"),
                ])
        }
        for (system, points) in [
            ("publicity", rules.weights.publicity), ("recording", rules.weights.recording),
            ("review", rules.weights.review),
        ] { try db.execute(sql: "INSERT INTO weight VALUES (?, ?)", arguments: [system, points]) }
    }

    // MARK: What is remembered

    func value(_ key: String) throws(BoardFailure) -> String? {
        try BoardFailure.translating {
            try pool.read { db in
                try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
            }
        }
    }

    static func set(_ key: String, to value: String, _ db: Database) throws {
        try db.execute(sql: "INSERT OR REPLACE INTO meta VALUES (?, ?)", arguments: [key, value])
    }
}
