import Casework
import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Testing

@testable import Node

/// A county with a block of numbers for penalties on the spot, and an officer who goes out with a device.
struct FieldScene {
    static let device = "00112233445566778899aabbccddeeff"
    static let word = "当罚"
    private static let procedure = CaseDeskFixture.procedure
        .replacing("procedure: spot", with: "procedure: simple-penalty")
        .replacing("document: on-spot-decision", with: "document: on-spot-decision\n    numbered: \(word)")

    let api: TestAPI
    let desk: CaseDeskFixture
    /// The process that hands out numbers.
    let numbers: NumberService
    /// Of the second officer.
    let secondToken: String

    /// Serves the county's API for as long as `body` runs.
    static func serve(_ body: (FieldScene) async throws -> Void) async throws {
        try await TestAPI.serve { bare in
            _ = try await CaseDeskFixture.prepare(bare)
            try await bare.call(
                .POST, "/v1/import",
                [
                    "drafts": [
                        [
                            "kind": "procedure", "key": "simple-penalty@1",
                            "fields": ["id": "simple-penalty", "version": 1, "name": "简易", "text": .text(procedure)],
                        ]
                    ]
                ], as: .librarian, expecting: 200)
            let second = RecordID(
                home: TestAPI.county, flow: .down, kind: "officer", naturalKey: CaseDeskFixture.second)
            let token = try bare.tokens.create(
                TokenHolder(
                    label: "second", role: .officer, author: second, division: TestAPI.county, body: TestAPI.body),
                now: 0)
            let numbers = service(of: bare)
            _ = try await numbers.left(of: TestAPI.body)
            try await leaseBlock(bare)
            try await bare.again(numbers: numbers) { api in
                try await body(
                    FieldScene(
                        api: api, desk: CaseDeskFixture(api: api), numbers: numbers, secondToken: token))
            }

        }
    }

    private static func service(of api: TestAPI) -> NumberService {
        let clock = api.node.clock
        return NumberService(
            node: api.node, witness: NumberWitnessFile(path: "\(api.directory)/witness"),
            machineFile: "\(api.directory)/machine", clock: { clock.now }, chance: { UInt64.random(in: 0 ... .max) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// What the superior writes.
    private static func leaseBlock(_ api: TestAPI) async throws {
        let machine = try #require(try NumberWitnessFile(path: "\(api.directory)/witness").read()).machine
        let clock = api.node.clock
        let clerk = RecordClerk(node: api.node, clock: { clock.now }, chance: { UInt64.random(in: 0 ... .max) })
        let series = NumberSeries(body: TestAPI.body, word: word, year: 2026)
        let kind = CaseworkKinds.numberBlock
        let id = RecordID(
            home: TestAPI.county, flow: kind.flow, kind: kind.name,
            naturalKey: NumberBlock.naturalKey(series, first: 1))
        try await clerk.write(
            id, kind,
            [
                ("body", [.text(TestAPI.body)]), ("sign", [.text("示水")]), ("word", [.text(word)]),
                ("year", [.integer(2026)]), ("first", [.integer(1)]), ("last", [.integer(50)]),
                ("machine", [.text(machine)]),
            ])
    }

    /// The process ended, and another has started on the same machine and store.
    func again(_ body: (FieldScene) async throws -> Void) async throws {
        let numbers = Self.service(of: api)
        try await api.again(numbers: numbers) { api in
            try await body(
                FieldScene(api: api, desk: CaseDeskFixture(api: api), numbers: numbers, secondToken: secondToken))
        }
    }

    // MARK: The device

    @discardableResult
    func register(_ device: String = device) async throws -> DeviceMessage {
        try await api.call(.POST, "/v1/devices", ["device": .text(device), "name": "巡查手机"], expecting: 201).read()
    }

    func lease(_ count: Int64, key: String? = nil) async throws -> DeviceLeaseMessage {
        try await api.call(
            .POST, "/v1/devices/\(Self.device)/numbers", ["word": .text(Self.word), "count": .integer(count)],
            headers: key.map { ["Idempotency-Key": $0] } ?? [:], expecting: 201
        ).read()
    }

    func read() async throws -> DeviceMessage {
        try await api.call(.GET, "/v1/devices/\(Self.device)", expecting: 200).read()
    }

    /// The next number that the node itself hands out.
    func take() async throws -> Int {
        let holder = RecordID(home: TestAPI.county, flow: .up, kind: "case", key: RecordKey(9, 9))
        return try await numbers.take(Self.word, of: TestAPI.body, year: 2026, for: holder).ordinal
    }

    // MARK: What it brings back

    static let facts: JSON = [
        "title": "倾倒垃圾案", "item": "44990000000001", "party": .text(CaseDeskFixture.party),
        "party-kind": "citizen", "party-id": "440781189907070012", "facts": "倾倒垃圾一袋", "is-minor": false,
        "fine-fen": 10_000, "decision-text": "罚款一百元",
    ]

    static func delivery(_ ordinal: Int64, number: Int64, skipping skipped: String? = nil) -> JSON {
        let steps: [JSON] = [
            ["step": "look", "at": "2026-03-01T07:00"],
            ["step": "decide", "at": "2026-03-01T07:10", "number": .integer(number)],
        ].filter { $0["step"]?.text != skipped }
        return [
            "device": .text(device), "ordinal": .integer(ordinal), "capturedAt": "2026-03-01T07:10",
            "with": [.text(CaseDeskFixture.second)], "facts": facts, "steps": .array(steps),
        ]
    }

    func deliver(_ delivery: JSON) async throws -> FieldDeliveryMessage {
        try await api.call(.POST, "/v1/field/deliveries", delivery, expecting: 201).read()
    }

    func cases() async throws -> [String] {
        let list: CaseList = try await api.call(.GET, "/v1/cases", expecting: 200).read()
        return list.cases.map(\.id)
    }
}
