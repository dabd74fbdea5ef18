import GRDB
import GRDBSQLite

/// A value as a column holds it.
enum ColumnValue: Hashable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}

/// A statement driven through SQLite's own calls, compiled once per connection: on the paths that every entry and
/// record takes, wrapping each value for GRDB costs more than SQLite needs to store it.
///
/// No statement may be left in the middle of its rows: it would hold its connection to an old snapshot. So each is
/// reset where it ends, whichever way it ends.
struct Prepared {
    private let statement: Statement
    private let handle: OpaquePointer
    private let connection: OpaquePointer

    /// A statement that the connection keeps under its text.
    init(_ db: Database, _ sql: String) throws {
        try self.init(db, db.cachedStatement(sql: sql))
        finish()
    }

    /// A statement of its own, for whoever keeps it.
    init(keeping sql: String, _ db: Database) throws { try self.init(db, db.makeStatement(sql: sql)) }

    private init(_ db: Database, _ statement: Statement) throws {
        guard let connection = db.sqliteConnection else {
            throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the connection is closed")
        }
        (self.statement, handle, self.connection) = (statement, statement.sqliteStatement, connection)
    }

    // MARK: Binding, places from 1

    @discardableResult
    func bind(_ place: Int, _ value: Int64) -> Prepared {
        check(sqlite3_bind_int64(handle, Int32(place), value))
        return self
    }

    @discardableResult
    func bind(_ place: Int, _ value: UInt64) -> Prepared { bind(place, Int64(bitPattern: value)) }

    @discardableResult
    func bind(_ place: Int, _ value: String) -> Prepared {
        var copy = value
        copy.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { text in
                // An empty string has no address, which SQLite would take for NULL.
                if let address = text.baseAddress {
                    check(sqlite3_bind_text(handle, Int32(place), address, Int32(text.count), Self.copies))
                } else {
                    check(sqlite3_bind_text(handle, Int32(place), "", 0, Self.copies))
                }
            }
        }
        return self
    }

    @discardableResult
    func bind(_ place: Int, _ value: [UInt8]) -> Prepared {
        value.withUnsafeBytes { bytes in
            if let address = bytes.baseAddress, !bytes.isEmpty {
                check(sqlite3_bind_blob(handle, Int32(place), address, Int32(bytes.count), Self.copies))
            } else {
                check(sqlite3_bind_zeroblob(handle, Int32(place), 0))
            }
        }
        return self
    }

    @discardableResult
    func bind(_ place: Int, _ value: [UInt8]?) -> Prepared {
        if let value { return bind(place, value) }
        return bindNull(place)
    }

    @discardableResult
    func bindNull(_ place: Int) -> Prepared {
        check(sqlite3_bind_null(handle, Int32(place)))
        return self
    }

    @discardableResult
    func bind(_ place: Int, _ value: ColumnValue) -> Prepared {
        switch value {
        case .null: bindNull(place)
        case .integer(let integer): bind(place, integer)
        case .text(let text): bind(place, text)
        case .blob(let bytes): bind(place, bytes)
        }
    }

    /// Tells SQLite to keep its own copy of what is bound (`SQLITE_TRANSIENT`, a macro that Swift does not see).
    private static var copies: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    private func check(_ code: Int32) {
        precondition(code == SQLITE_OK, "a value cannot be bound to: \(String(cString: sqlite3_sql(handle)))")
    }

    // MARK: Running

    /// Runs a statement that returns no rows.
    func run() throws {
        defer { finish() }
        while try step() {}
    }

    /// Reads rows for as long as `body` asks for more.
    func eachRow(_ body: (Prepared) throws -> Bool) throws {
        defer { finish() }
        while try step() { if try !body(self) { return } }
    }

    func all<T>(_ body: (Prepared) throws -> T) throws -> [T] {
        var rows: [T] = []
        try eachRow { row in
            rows.append(try body(row))
            return true
        }
        return rows
    }

    func first<T>(_ body: (Prepared) throws -> T) throws -> T? {
        defer { finish() }
        return try step() ? try body(self) : nil
    }

    private func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            throw DatabaseError(
                resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)))
        }
    }

    private func finish() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    // MARK: The row, columns from 0

    func integer(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }

    func unsigned(_ column: Int) -> UInt64 { UInt64(bitPattern: integer(column)) }

    func isNull(_ column: Int) -> Bool { sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL }

    func text(_ column: Int) -> String {
        guard let start = sqlite3_column_text(handle, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func bytes(_ column: Int) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, Int32(column)) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, Int32(column)))))
    }

    func value(_ column: Int) -> ColumnValue {
        switch sqlite3_column_type(handle, Int32(column)) {
        case SQLITE_INTEGER: .integer(integer(column))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .blob(bytes(column))
        default: .null
        }
    }

    func double(_ column: Int) -> Double { sqlite3_column_double(handle, Int32(column)) }
}
