import GRDBSQLite

/// What SQLite said when the bench used it bare.
struct BareFailure: Error, CustomStringConvertible {
    let description: String
}

/// A value for a column: texts and blobs are places in bytes that are bound as they lie, without a copy.
enum BareValue: Sendable {
    case null
    case integer(Int64)
    case text(Range<Int>)
    case blob(Range<Int>)
}

/// SQLite and nothing above it: what every ratio is held against. Set up like a node's store, in write-ahead mode and
/// with every commit on the disk before it returns.
final class BareDatabase {
    private let handle: OpaquePointer

    init(path: String) throws(BareFailure) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard let opened else { throw BareFailure(description: "\(path): SQLite has no memory left") }
        handle = opened
        guard code == SQLITE_OK else { throw failure() }
        try execute(
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;
            PRAGMA journal_size_limit = \(64 << 20);
            """)
    }

    deinit { sqlite3_close_v2(handle) }

    static var version: String { String(cString: sqlite3_libversion()) }

    func execute(_ sql: String) throws(BareFailure) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    func prepare(_ sql: String) throws(BareFailure) -> BareStatement {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil) == SQLITE_OK,
            let statement
        else { throw failure() }
        return BareStatement(statement, of: self)
    }

    func integer(_ sql: String) throws(BareFailure) -> Int64 {
        let statement = try prepare(sql)
        guard try statement.step() else { throw BareFailure(description: "no row: \(sql)") }
        return statement.integer(0)
    }

    /// The size of the file with nothing left in the log.
    func settledBytes() throws(BareFailure) -> Int {
        _ = try integer("PRAGMA wal_checkpoint(TRUNCATE)")
        return Int(try integer("PRAGMA page_count") * (try integer("PRAGMA page_size")))
    }

    fileprivate func failure() -> BareFailure {
        BareFailure(description: "SQLite: \(String(cString: sqlite3_errmsg(handle)))")
    }
}

/// A compiled statement; it keeps its database open.
final class BareStatement {
    private let statement: OpaquePointer
    private let database: BareDatabase

    fileprivate init(_ statement: OpaquePointer, of database: BareDatabase) {
        (self.statement, self.database) = (statement, database)
    }

    deinit { sqlite3_finalize(statement) }

    /// - Parameter bytes: where texts and blobs lie; they stay there until the statement has run.
    func bind(_ place: Int, _ value: BareValue, in bytes: UnsafeRawBufferPointer) {
        let place = Int32(place)
        switch value {
        case .null: sqlite3_bind_null(statement, place)
        case .integer(let integer): sqlite3_bind_int64(statement, place, integer)
        case .text(let range):
            let start = bytes.baseAddress.map { ($0 + range.lowerBound).assumingMemoryBound(to: CChar.self) }
            sqlite3_bind_text(statement, place, start, Int32(range.count), nil)
        case .blob(let range):
            if range.isEmpty {
                sqlite3_bind_zeroblob(statement, place, 0)
            } else {
                let start = bytes.baseAddress.map { $0 + range.lowerBound }
                sqlite3_bind_blob(statement, place, start, Int32(range.count), nil)
            }
        }
    }

    /// Runs a statement without rows, ready to be bound anew.
    func run() throws(BareFailure) {
        let code = sqlite3_step(statement)
        sqlite3_reset(statement)
        guard code == SQLITE_DONE else { throw database.failure() }
    }

    /// - Returns: whether there is a row.
    func step() throws(BareFailure) -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            sqlite3_reset(statement)
            return false
        default:
            let failure = database.failure()
            sqlite3_reset(statement)
            throw failure
        }
    }

    func reset() { sqlite3_reset(statement) }

    var columnCount: Int { Int(sqlite3_column_count(statement)) }

    func integer(_ column: Int) -> Int64 { sqlite3_column_int64(statement, Int32(column)) }

    func text(_ column: Int) -> String {
        sqlite3_column_text(statement, Int32(column)).map { String(cString: $0) } ?? ""
    }

    /// The value of a column, its bytes appended to `bytes`.
    func value(_ column: Int, into bytes: inout [UInt8]) -> BareValue {
        let column = Int32(column)
        let type = sqlite3_column_type(statement, column)
        switch type {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_TEXT, SQLITE_BLOB:
            let start = bytes.count
            if let address = sqlite3_column_blob(statement, column) {
                let count = Int(sqlite3_column_bytes(statement, column))
                bytes.append(contentsOf: UnsafeRawBufferPointer(start: address, count: count))
            }
            return type == SQLITE_TEXT ? .text(start..<bytes.count) : .blob(start..<bytes.count)
        default: return .null
        }
    }
}
