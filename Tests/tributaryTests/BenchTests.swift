import Foundation
import Testing

@testable import tributary

/// The bench on sizes that prove nothing about speed and everything about what is counted.
struct BenchTests {
    private static let tiny = BenchSettings(
        laws: 2, articlesPerLaw: 6, items: 20, cases: 24, officers: 8, towns: 2, recordsPerChange: 10, rounds: 1,
        editsIdle: 4, editsBusy: 1, homes: 4, histories: [1, 8], changed: [1, 3])

    private func measure(_ part: BenchCommand.Part) async throws -> BenchReport {
        try await BenchDirectory.with { path in
            try await BenchCommand.measure(Self.tiny, [part], in: path, isSilent: true)
        }
    }

    @Test
    func `a reconnect with nothing new costs the same after a long history as after a short one`() async throws {
        let report = try await measure(.reconnect)
        for name in ["restart-frames", "restart-bytes", "loss-frames", "loss-bytes"] {
            let row = try #require(report.rows.first { $0.name == "reconnect-\(name)" })
            #expect(row.values.count == 2)
            #expect(Set(row.values).count == 1, "\(name): \(row.values)")
            #expect(row.isMet == true)
        }
        #expect(report.rows.contains { $0.name == "reconnect-changed-3" })
    }

    @Test
    func `ingest is held against every baseline for both kinds of data`() async throws {
        let report = try await measure(.ingest)
        let names = ["ingest-tls", "ingest-core", "rows-tls", "rows-core", "rows-tls-plain", "rows-core-plain"]
        for kind in ["packed", "personal"] {
            for name in names + ["size", "size-plain", "wire"] {
                let row = try #require(report.rows.first { $0.name == "\(kind)-\(name)" })
                #expect(row.median > 0)
                #expect(row.goal != nil)
            }
        }
    }

    @Test
    func `the temporary directory is gone afterwards, also when measuring fails`() async throws {
        var kept = ""
        await #expect(throws: BenchFailure.self) {
            try await BenchDirectory.with { path in
                kept = path
                #expect(FileManager.default.fileExists(atPath: path))
                throw BenchFailure("on purpose")
            }
        }
        #expect(!kept.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: kept))
    }

    @Test
    func `a median lies in the middle and a percentile is a value that was measured`() {
        #expect(BenchStatistics.median([3, 1, 2]) == 2)
        #expect(BenchStatistics.median([4, 1, 2, 3]) == 2.5)
        let hundred = (1...100).map(Double.init)
        #expect(BenchStatistics.percentile(50, of: hundred) == 50)
        #expect(BenchStatistics.percentile(99, of: hundred) == 99)
        #expect(BenchStatistics.percentile(99, of: [7]) == 7)
    }

    @Test(arguments: [(0.5, 3, "0.500"), (12.34, 1, "12.3"), (-1.25, 1, "-1.3"), (3, 0, "3"), (0.0651, 4, "0.0651")])
    func `a figure is written with its places`(value: Double, places: Int, text: String) {
        #expect(BenchStatistics.decimals(value, places) == text)
    }

    @Test
    func `a goal is met at its bound and missed beyond it`() {
        #expect(BenchGoal.atLeast(0.5).isMet(by: 0.5))
        #expect(!BenchGoal.atLeast(0.5).isMet(by: 0.49))
        #expect(BenchGoal.atMost(1.5).isMet(by: 1.5))
        #expect(!BenchGoal.atMost(1.5).isMet(by: 1.51))
    }
}
