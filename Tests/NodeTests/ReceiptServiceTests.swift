import Casework
import Divisions
import Lattice
import Ledger
import Libraries
import Logging
import Store
import Synchronization
import Testing

@testable import Node

/// A province that has its city's streams over a real link, and writes receipts of them.
struct ReceiptServiceTests {
    private static let city: DivisionCode = "4407"

    private final class Time: Sendable {
        private let milliseconds = Mutex<UInt64>(1_772_323_200_000)

        var now: UInt64 { milliseconds.withLock { $0 } }
        func pass(minutes: UInt64) { milliseconds.withLock { $0 += minutes * 60_000 } }
    }

    private func service(_ node: NodeCore, _ time: Time) -> ReceiptService {
        ReceiptService(
            node: node, clock: { time.now }, chance: { 5 },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func elements(_ node: NodeCore, day: String = "2026-03-01") async throws -> [ReceiptElement] {
        let id = RecordID(
            home: Self.city, flow: .up, kind: "receipt",
            naturalKey: ReceiptRecord.naturalKey(superior: "44", day: day))
        return try await node.read { reader in try reader.record(id) }.map { ReceiptRecord.elements(of: $0) } ?? []
    }

    private func linked(_ body: (_ province: NodeCore, _ city: NodeCore) async throws -> Void) async throws {
        try await withRuntimeScratch { scratch in
            let offices = try RuntimeProvince(in: scratch)
            let above = try offices.open("44")
            try await running(above) { province in
                let port = try #require(try await above.links.boundPort)
                let below = try offices.open("4407", ports: ["44": port])
                try await running(below) { city in try await body(province, city) }
            }
        }
    }

    /// Writes a case at the city and returns its entry once the province has it.
    private func arrived(_ key: UInt64, _ city: NodeCore, _ province: NodeCore) async throws -> EntryID {
        let entries = try await city.write("案件\(key)", of: LibraryKinds.caseFile, key: key)
        let file = city.recordID(of: LibraryKinds.caseFile, key: key, home: Self.city)
        try await province.shows(.text("案件\(key)"), of: file)
        return try #require(entries.last)
    }

    @Test func `a superior tells what it had and when, at most every five minutes, and only what moved`() async throws {
        try await linked { province, city in
            let time = Time()
            let service = service(province, time)
            let first = try await arrived(1, city, province)
            try await service.pass()
            let told = try await elements(province)
            #expect(told.map(\.time) == [time.now])
            #expect(ReceiptTimes(told).earliest(of: first) == time.now)

            let second = try await arrived(2, city, province)
            time.pass(minutes: 4)
            try await service.pass()
            #expect(try await elements(province) == told)
            time.pass(minutes: 1)
            try await service.pass()
            let later = try await elements(province)
            #expect(later.count == 2)
            #expect(ReceiptTimes(later).earliest(of: first) == told[0].time)
            #expect(ReceiptTimes(later).earliest(of: second) == time.now)

            time.pass(minutes: 60)
            try await service.pass()
            #expect(try await elements(province) == later, "a receipt calls for no other")
        }
    }

    @Test func `a head carries eight bytes of its entry's hash`() async throws {
        try await linked { province, city in
            let entry = try await arrived(1, city, province)
            try await service(province, Time()).pass()
            let heads = try await province.read { reader in try reader.heads() }
            let head = try #require(heads.first { $0.stream == entry.stream })
            let told = try #require(try await elements(province).first?.heads.first { $0.stream == entry.stream })
            #expect((told.number, told.check) == (head.number, head.hash.check))
        }
    }

    @Test func `a process that starts does not tell again what receipts say already`() async throws {
        try await linked { province, city in
            let time = Time()
            _ = try await arrived(1, city, province)
            try await service(province, time).pass()
            let told = try await elements(province)
            time.pass(minutes: 10)
            try await service(province, time).pass()
            #expect(try await elements(province) == told)
        }
    }

    @Test func `each day has a receipt of its own`() async throws {
        try await linked { province, city in
            let time = Time()
            let service = service(province, time)
            _ = try await arrived(1, city, province)
            try await service.pass()
            time.pass(minutes: 24 * 60)
            _ = try await arrived(2, city, province)
            try await service.pass()
            #expect(try await elements(province).count == 1)
            #expect(try await elements(province, day: "2026-03-02").count == 1)
        }
    }
}
