import Casework
import Divisions
import Foundation
import Ledger
import Replication
import Testing

@testable import Node

/// Files between nodes over real TLS on loopback.
struct RuntimeFileTests {
    private static let size = 20 << 20

    private static func recording() -> [UInt8] {
        let block = (0..<4_093).map { UInt8($0 * 13 % 256) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size + 4_096)
        while bytes.count < size {
            bytes += [UInt8(bytes.count / 4_094 % 256), UInt8(bytes.count / 1_048_064 % 256)] + block
        }
        return Array(bytes.prefix(size))
    }

    private func attach(_ name: FileName, at node: NodeCore) async throws {
        let fields: [(String, Value)] = [
            ("digest", .text(name.digest.sha256Text)), ("chunk-root", .text(name.root.sha256Text)),
            ("size", .integer(Int64(name.size))),
        ]
        let key = RecordKey(0, 77)
        var drafts = [EditDraft(kind: "evidence", record: key, field: "exists", type: .exists, value: nil)]
        drafts += fields.map { field, value in
            EditDraft(kind: "evidence", record: key, field: field, type: .register, value: value)
        }
        let home = node.configuration.division
        _ = try await node.write(
            Act(author: nil, division: home, body: "", change: RecordKey(1, 77)),
            [LocalChange.Part(place: StreamPlace(home: home, flow: .up), entries: [drafts])])
    }

    /// Returns once a file is so far at a node: chunks of it, or all.
    private func waits(for node: NodeCore, _ fact: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while !fact() {
            guard ContinuousClock.now < deadline else {
                Issue.record("the file did not come")
                return
            }
            // Asking the core waits for its next step.
            _ = try await node.status()
        }
    }

    /// The city's officers hand a file in while there is no line; its process ends.
    private func handIn(_ offices: RuntimeProvince) async throws -> FileName {
        let city = try offices.open("4407")
        let upload = FileUpload(to: city.core.files)
        try upload.write(Self.recording())
        let name = try upload.finish()
        try await running(city) { try await attach(name, at: $0) }
        return name
    }

    /// Runs the province with the city below it.
    private func linked(
        _ offices: RuntimeProvince, _ body: (NodeCore) async throws -> Void
    ) async throws {
        let above = try offices.open("44")
        try await running(above) { province in
            let port = try #require(try await above.links.boundPort)
            try await running(offices.open("4407", ports: ["44": port])) { _ in try await body(province) }
        }
    }

    @Test func `twenty megabytes arrive whole although the receiver ends in the middle of a chunk`() async throws {
        try await withRuntimeScratch { scratch in
            let offices = try RuntimeProvince(in: scratch)
            let name = try await handIn(offices)
            var kept: UInt32 = 0
            try await linked(offices) { province in
                try await waits(for: province) { province.files.chunksHeld(of: name) > 40 }
                #expect(!province.files.holds(name.digest))
                #expect(try await province.status().files.missing == 1)
                kept = province.files.chunksHeld(of: name)
            }
            // What a kill leaves of a chunk that was being written: cut off at the next start.
            let part = "\(scratch)/44/files/partial/\(name.digest.sha256Text)-\(name.root.sha256Text.prefix(16))"
            let handle = try #require(FileHandle(forWritingAtPath: part))
            try handle.seekToEnd()
            try handle.write(contentsOf: [UInt8](repeating: 9, count: 1_000))
            try handle.close()
            let resumed = try FileShelf(directory: "\(scratch)/44/files").chunksHeld(of: name)
            #expect(resumed >= kept)
            #expect(resumed < name.chunkCount)
            try await linked(offices) { province in
                try await waits(for: province) { province.files.holds(name.digest) }
                let isSettled = { try await province.status().files.missing == 0 }
                while try await !isSettled() {}
                let metrics = await province.metricsText()
                #expect(metrics.contains("tributary_files_missing 0\n"))
            }
            let report = FileShelf.verify(directory: "\(scratch)/44/files")
            #expect(report == ShelfReport(files: 1, bytes: UInt64(Self.size), faults: []))
        }
    }
}
