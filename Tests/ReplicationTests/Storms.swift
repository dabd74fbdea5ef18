import Divisions
import Support
import Testing

/// Stations 6 to 8 under every misfortune the foundation knows: 2,000 seeds a run. A failure names its seed.
@Suite struct Storms {
    private static let batches = 20
    private static let seedsPerBatch = 100

    @Test(arguments: 0..<batches)
    func `after any storm a calm brings all machines together, with nothing acknowledged lost`(batch: Int) throws {
        for offset in 1...Self.seedsPerBatch {
            let seed = Seed(UInt64(batch * Self.seedsPerBatch + offset))
            let wrong = try weather(seed)
            try #require(wrong == nil, "\(seed)")
        }
    }

    private func weather(_ seed: Seed) throws -> String? {
        var storm = try Storm(tree: try testTree(), seed: seed, mayFork: seed.number % 4 == 0)
        return try storm.run(steps: 30)
    }
}
