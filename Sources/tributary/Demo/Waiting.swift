/// Waits for facts, never for time alone.
enum Waiting {
    /// Between two looks.
    static let pause: Duration = .milliseconds(50)

    /// Looks until `holds` says so.
    ///
    /// - Parameters:
    ///   - fact: what is waited for, in words that follow "waited for".
    ///   - limit: when it is given up.
    static func until(
        _ fact: String, within limit: Duration, pause: Duration = pause, _ holds: () async throws -> Bool
    ) async throws {
        guard try await comesTrue(within: limit, pause: pause, holds) else { throw NotInTime(fact: fact, limit: limit) }
    }

    /// Looks until `holds` says so.
    ///
    /// - Returns: whether it did within the limit.
    static func comesTrue(
        within limit: Duration, pause: Duration = pause, _ holds: () async throws -> Bool
    ) async throws -> Bool {
        let end = ContinuousClock.now + limit
        while try await !holds() {
            guard ContinuousClock.now < end else { return false }
            try await Task.sleep(for: pause)
        }
        return true
    }
}

/// A fact did not come about.
struct NotInTime: Error, CustomStringConvertible {
    let fact: String
    let limit: Duration

    var description: String { "waited \(limit.components.seconds) s in vain for \(fact)" }
}
