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
    }

    private struct State {
        var isOn = false
        var statements: [Statement] = []
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
        sqlite3_trace_v2(database, UInt32(SQLITE_TRACE_PROFILE), onProfile, nil)
    }

    private typealias TraceHook =
        @convention(c) (UInt32, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Int32

    private static let onProfile: TraceHook = { _, _, statement, _ in
        guard let statement = statement.map({ OpaquePointer($0) }), state.withLock(\.isOn) else { return 0 }
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
            state.statements.append(Statement(file: file, sql: sql))
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

    /// How long it takes to ask all of them once, one after another, every column of every row read; compiled before.
    func seconds(_ statements: [ConsoleBenchStatements.Statement]) throws -> Double {
        let compiled = try statements.compactMap { statement -> BareStatement? in
            let database = try databases[statement.file] ?? BareDatabase(path: statement.file)
            databases[statement.file] = database
            do throws(BareFailure) { return try database.prepare(statement.sql) } catch {
                refused += 1
                return nil
            }
        }
        let start = ContinuousClock.now
        for statement in compiled { try run(statement) }
        return start.duration(to: .now).inSeconds
    }

    private func run(_ statement: BareStatement) throws {
        while try statement.step() {
            buffer.removeAll(keepingCapacity: true)
            for column in 0..<statement.columnCount { _ = statement.value(column, into: &buffer) }
        }
    }
}
