import GRDB

/// Why the board could not be read or written. Nothing is lost by it: the board is derived from the store.
package struct BoardFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    /// What SQLite says names tables and columns, never values.
    init(_ error: any Error) {
        switch error {
        case let failure as BoardFailure: self = failure
        case let error as DatabaseError:
            self.init(
                "the board's file: \(error.message ?? "no message"), code \(error.extendedResultCode.rawValue): delete it "
                    + "and start the node again, and it is filled anew")
        case let error as any CustomStringConvertible: self.init(error.description)
        default: self.init("the board: \(type(of: error))")
        }
    }

    static func translating<Answer>(_ body: () throws -> Answer) throws(BoardFailure) -> Answer {
        do { return try body() } catch { throw BoardFailure(error) }
    }
}
