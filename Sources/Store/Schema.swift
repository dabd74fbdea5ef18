import GRDB
import Replication

/// The tables that do not depend on kinds: the log, the states of records, and what belongs to them.
///
/// Streams, shelves and records go by small integers here, so that 33 bytes of digest stand once in the file and not
/// in every row. An entry's hash is not stored: the next header carries it, and it is recomputed from the header's own
/// bytes where it is asked for. Foreign keys are named for the reader; `verify` checks them, SQLite does not, row by row.
enum Schema {
    /// "Trib", in the file's header (SQLite `application_id`).
    static let applicationID: Int64 = 0x5472_6962

    /// Steps are never changed once released: a new release adds its own.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("log, records and history") { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: logTables)
            try db.execute(sql: recordTables)
        }
        migrator.registerMigration("named changes") { db in try db.execute(sql: namedChanges) }
        return migrator
    }

    private static let logTables = """
        -- A stream without an opening is only cited here, its entries have not come.
        CREATE TABLE stream (
            id INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            opening BLOB,
            home TEXT,
            flow INTEGER,
            suite INTEGER,
            seat TEXT,
            number INTEGER NOT NULL DEFAULT 0,
            hash BLOB,
            stamp INTEGER,
            forked_after INTEGER
        ) STRICT;
        -- In the order of commits. `urgent` tells the lane, `seal` ends a run, `arrived` is in milliseconds since 1970.
        CREATE TABLE entry (
            position INTEGER PRIMARY KEY,
            stream INTEGER NOT NULL REFERENCES stream(id),
            number INTEGER NOT NULL,
            urgent INTEGER NOT NULL,
            arrived INTEGER NOT NULL,
            seal BLOB,
            body BLOB NOT NULL,
            header BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX entry_by_number ON entry(stream, number);
        CREATE INDEX entry_by_lane ON entry(urgent);
        CREATE TABLE fork (
            stream INTEGER PRIMARY KEY REFERENCES stream(id),
            proof BLOB NOT NULL
        ) STRICT;
        """

    private static let recordTables = """
        -- Where records of one kind, home and flow lie.
        CREATE TABLE shelf (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            home TEXT NOT NULL,
            flow INTEGER NOT NULL,
            UNIQUE (kind, home, flow)
        ) STRICT;
        -- A record without a state is touched by entries that count for nothing, or everything in it was replaced.
        CREATE TABLE record (
            id INTEGER PRIMARY KEY,
            shelf INTEGER NOT NULL REFERENCES shelf(id),
            key BLOB NOT NULL,
            state BLOB
        ) STRICT;
        CREATE UNIQUE INDEX record_by_key ON record(key, shelf);
        CREATE TABLE touch (
            record INTEGER NOT NULL REFERENCES record(id),
            position INTEGER NOT NULL REFERENCES entry(position),
            PRIMARY KEY (record, position)
        ) STRICT, WITHOUT ROWID;
        -- Records to be recomputed, oldest first.
        CREATE TABLE dirty (
            place INTEGER PRIMARY KEY,
            record INTEGER NOT NULL UNIQUE REFERENCES record(id)
        ) STRICT;
        -- Which field each table of words was made from.
        CREATE TABLE searched (
            kind TEXT PRIMARY KEY,
            field TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    private static let namedChanges = """
        -- Where the changes stand whose key is made of a name: whoever asks for the same twice is answered from here.
        CREATE TABLE named_change (
            change BLOB NOT NULL,
            position INTEGER NOT NULL REFERENCES entry(position),
            PRIMARY KEY (change, position)
        ) STRICT, WITHOUT ROWID;
        """

    /// Brings a file to this release's schema; one of a newer release, or of another program, is left as it is.
    static func migrate(_ pool: DatabasePool) throws {
        try pool.read { db in try check(db) }
        try migrator.migrate(pool)
    }

    /// Whether the file has all that this release's schema has.
    static func isComplete(_ db: Database) throws -> Bool {
        try Int64.fetchOne(db, sql: "PRAGMA application_id") == applicationID && migrator.hasCompletedMigrations(db)
    }

    /// Throws unless this release can open the file.
    static func check(_ db: Database) throws {
        let found = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        if found != applicationID {
            let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
            guard found == 0, tables == 0 else { throw StoreFailure.corrupt("the file belongs to another program") }
            return
        }
        let unknown = try migrator.appliedIdentifiers(db).subtracting(migrator.migrations)
        guard unknown.isEmpty else { throw StoreFailure.newerVersion(unknown.sorted().joined(separator: ", ")) }
    }
}
