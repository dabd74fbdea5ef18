import Divisions
import Simulation
import Support
import Testing

/// Stations 6 to 8 under every misfortune the foundation knows: 2,000 seeds a run. A failure names its seed.
@Suite struct Storms {
    private static let batches = 20
    private static let seedsPerBatch = 100

    /// What `Simulations/swarms` tell of larger trees, for the small one of these tests.
    private static func story() throws -> StoryFile {
        try StoryFile.parse(
            """
            swarm: storm
            title: Any work and any misfortune in a small province.
            why: The protocol core has to end equal whatever happened.
            offices: small.yaml
            calm: 15m
            lines: { latency: [1ms..5ms, 1ms..200ms, 50ms..2s], breaks: [0%, 0%, 1%, 5%], damages: [0%, 0%, 3%] }
            story:
              - { from: "08:00", to: "08:00:45", scribbles: { edits: 21, records: 6, blind: 15% } }
              - from: "08:00"
                to: "08:00:45"
                faults:
                  count: 9
                  kinds: { cut: 2, isolate: 1, crash: 2, torn: 1, restore: 1, clone: 1, resume: 1, clock: 1 }
                  lasting: 1s..60s
            """, named: "storm.yaml"
        ) { _ in Topology.render(try testTree()) }
    }

    @Test(arguments: 0..<batches)
    func `after any storm a calm brings all machines together, with nothing acknowledged lost`(batch: Int) throws {
        let story = try Self.story()
        for offset in 1...Self.seedsPerBatch {
            let seed = UInt64(batch * Self.seedsPerBatch + offset)
            let result = try Run(story.draw(seed: seed)).play()
            try #require(result.findings.isEmpty, "seed \(seed)")
        }
    }
}
