import GRDB
import Ledger
import Replication

extension StoreFailure {
    /// What SQLite's answer means for an operator. Its messages name tables and columns, never values.
    init(_ error: any Error) {
        switch error {
        case let failure as StoreFailure: self = failure
        case let error as DatabaseError:
            let message = "\(error.message ?? "no message"), code \(error.extendedResultCode.rawValue)"
            switch error.resultCode {
            case .SQLITE_FULL: self = .diskFull
            case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_SCHEMA:
                self = .corrupt(message)
            default: self = .inputOutput(message)
            }
        case let failure as BackupFailure: self = .inputOutput("\(failure)")
        case let malformed as Malformed: self = .corrupt("\(malformed)")
        default: self = .inputOutput(String(describing: type(of: error)))
        }
    }
}

/// Runs something that GRDB throws anything from, and says what went wrong in the contract's words.
func translating<T>(_ body: () throws -> T) throws(StoreFailure) -> T {
    do { return try body() } catch { throw StoreFailure(error) }
}
