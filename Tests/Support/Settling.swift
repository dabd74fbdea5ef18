package import Simulation

/// What stories ask of a world that had time to settle.
extension World {
    /// Runs until all machines agree and the fact holds.
    /// - Returns: what is still wrong after `limit` milliseconds; `nil` when all is well.
    package func settle(within limit: UInt64, when fact: () throws -> Bool = { true }) throws -> String? {
        let isSettled = try run(
            until: { try ConvergenceChecker.divergence(of: self) == nil && fact() }, within: limit)
        guard !isSettled else { return nil }
        return try ConvergenceChecker.divergence(of: self) ?? "all agree, and what was waited for did not come"
    }

    /// The first record that is not what its machine's log comes to.
    package func staleRecord() throws -> String? { try RowsChecker(for: self).verdict(on: self).findings.first }
}
