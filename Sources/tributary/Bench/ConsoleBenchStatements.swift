import GRDBSQLite
import Synchronization

/// Hears every statement that SQLite runs in this process on connections opened since it began to listen, and writes
/// down those that read: the bare SQL behind a page, exactly as it was asked.
enum ConsoleBenchStatements {
    struct Statement: Hashable, Sendable {
        /// The path of the database.
        let file: String
        /// With its values in place.
        let sql: String
        /// How many rows were taken of it: whoever finds what he wants takes no more.
        let rows: Int
    }

    private struct State {
        var isOn = false
        var statements: [Statement] = []
        /// Rows taken so far of statements that have not ended, by their addresses.
        var rows: [UInt: Int] = [:]
        var commits = 0
    }

    private static let state = Mutex(State())

    /// Connections that are opened from now on are heard, until `end`.
    static func begin() throws {
        guard sqlite3_auto_extension(unsafeBitCast(onOpen, to: (@convention(c) () -> Void).self)) == SQLITE_OK else {
            throw BenchFailure("SQLite does not tell of its connections")
        }
    }

    static func end() {
        _ = sqlite3_cancel_auto_extension(unsafeBitCast(onOpen, to: (@convention(c) () -> Void).self))
    }

    /// What is read and how often something is committed while `body` runs, by whomever in this process.
    static func heard<Answer>(
        during body: () async throws -> Answer
    ) async throws -> (answer: Answer, statements: [Statement], commits: Int) {
        state.withLock { $0 = State(isOn: true) }
        let answer = try await body()
        let found = state.withLock { state in
            state.isOn = false
            return state
        }
        return (answer, found.statements, found.commits)
    }

    private typealias OpenHook = @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, UnsafeRawPointer?) -> Int32

    private static let onOpen: OpenHook = { database, _, _ in
        sqlite3_trace_v2(database, UInt32(SQLITE_TRACE_PROFILE | SQLITE_TRACE_ROW), onTrace, nil)
    }

    private typealias TraceHook =
        @convention(c) (UInt32, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Int32

    private static let onTrace: TraceHook = { event, _, statement, _ in
        guard let statement = statement.map({ OpaquePointer($0) }), state.withLock(\.isOn) else { return 0 }
        let address = UInt(bitPattern: statement)
        guard event == UInt32(SQLITE_TRACE_PROFILE) else {
            state.withLock { $0.rows[address, default: 0] += 1 }
            return 0
        }
        let rows = state.withLock { $0.rows.removeValue(forKey: address) } ?? 0
        guard let text = sqlite3_expanded_sql(statement) else { return 0 }
        defer { sqlite3_free(text) }
        let sql = String(cString: text)
        let file = sqlite3_db_filename(sqlite3_db_handle(statement), "main").map { String(cString: $0) } ?? ""
        let head = sql.prefix(8).uppercased()
        state.withLock { state in
            if head.hasPrefix("COMMIT") { state.commits += 1 }
            guard head.hasPrefix("SELECT") || head.hasPrefix("WITH"), sqlite3_stmt_readonly(statement) != 0 else {
                return
            }
            state.statements.append(Statement(file: file, sql: sql, rows: rows))
        }
        return 0
    }
}

/// Runs statements on connections of its own to the same files, and nothing above SQLite.
final class ConsoleBenchReplay {
    private var databases: [String: BareDatabase] = [:]
    private var buffer: [UInt8] = []
    /// Statements that only the node's own connections can run.
    private(set) var refused = 0

    /// How long it takes to ask all of them once, one after another, every column read of as many rows as were taken;
    /// compiled before.
    func seconds(_ statements: [ConsoleBenchStatements.Statement]) throws -> Double {
        let compiled = try statements.compactMap { statement -> (bare: BareStatement, rows: Int)? in
            let database = try databases[statement.file] ?? BareDatabase(path: statement.file)
            databases[statement.file] = database
            do throws(BareFailure) { return (try database.prepare(statement.sql), statement.rows) } catch {
                refused += 1
                return nil
            }
        }
        let start = ContinuousClock.now
        for statement in compiled { try run(statement.bare, rows: statement.rows) }
        return start.duration(to: .now).inSeconds
    }

    private func run(_ statement: BareStatement, rows: Int) throws {
        var taken = 0
        while try statement.step() {
            taken += 1
            buffer.removeAll(keepingCapacity: true)
            for column in 0..<statement.columnCount { _ = statement.value(column, into: &buffer) }
            if taken >= rows { break }
        }
    }
}
