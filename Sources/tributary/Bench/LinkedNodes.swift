import Divisions
import Foundation
import Identity
import Libraries
import Logging
import Node
import Replication
import Store

/// A province's node and its city's in this process, linked over TLS on loopback as two machines would be.
struct LinkedNodes {
    let province: BenchProvince
    /// Where the city's store is, written before.
    let city: DataDirectory

    /// How long the province is waited for.
    static let patience: Duration = .seconds(600)
    /// Between two looks at how far it is.
    static let pollInterval: Duration = .milliseconds(5)

    /// Lets an empty province fill itself from the city.
    ///
    /// - Parameter entries: how many the city holds.
    /// - Returns: how long it took from the greeting to the last commit.
    func ingest(entries: UInt64) async throws -> Duration {
        let above = try open(province.province, data: try province.freshDirectory("province-tls"))
        return try await Self.running(above) { upper in
            let port = try await above.links.boundPort ?? 0
            let below = try open(province.city, data: city, ports: [BenchProvince.provinceCode: port])
            return try await Self.running(below) { _ in
                try await Self.wait { try await !upper.status().links.isEmpty }
                let start = ContinuousClock.now
                try await Self.wait { try await Self.held(by: upper) >= entries }
                return start.duration(to: .now)
            }
        }
    }

    /// Looks again and again until a fact holds.
    static func wait(until fact: () async throws -> Bool) async throws {
        let begun = ContinuousClock.now
        while try await !fact() {
            guard begun.duration(to: .now) < patience else { throw BenchFailure("waited in vain for \(patience)") }
            try await Task.sleep(for: pollInterval)
        }
    }

    static func held(by core: NodeCore) async throws -> UInt64 {
        try await core.read { (reader) throws(StoreFailure) in try reader.totals().entries }
    }

    func open(
        _ identity: NodeIdentity, data: DataDirectory, ports: [DivisionCode: Int] = [:]
    ) throws -> NodeRunner {
        try NodeRunner.open(
            try province.configuration(identity, data: data, ports: ports),
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Runs a node while `body` runs, then stops it in order.
    @_optimize(none)
    static func running<Answer: Sendable>(
        _ runner: NodeRunner, _ body: (NodeCore) async throws -> Answer
    ) async throws -> Answer {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.serve() }
            for await phase in runner.core.phaseChanges() where phase != .starting {
                guard phase == .writing else { throw BenchFailure("a node does not write: \(phase)") }
                break
            }
            let answer = try await body(runner.core)
            await runner.stop()
            try await group.waitForAll()
            return answer
        }
    }
}
