import Casework
import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Logging
import Store
import Synchronization
import Testing

@testable import Node

/// An office with a store, a witness and a clock of its own, whose processes come and go.
private struct NumberOffice {
    let node: SmallNode
    let directory: String
    let time: Time
    static let body = "B-01"

    /// A clock that tests set, and chance that repeats itself.
    final class Time: Sendable {
        private let state = Mutex<(now: UInt64, drawn: UInt64)>((1_772_323_200_000, 0))

        var now: UInt64 { state.withLock { $0.now } }
        func set(_ day: String) {
            state.withLock { $0.now = LegalDate(day).map { LegalMoment($0).milliseconds } ?? 0 }
        }
        func draw() -> UInt64 {
            state.withLock { state in
                state.drawn += 1
                return state.drawn &* 0x9e37_79b9_7f4a_7c15
            }
        }
    }

    init(seat: DivisionCode, directory: String) throws {
        node = try SmallNode(seat: seat, directory: directory)
        (self.directory, time) = (directory, Time())
    }

    var clerk: RecordClerk { RecordClerk(node: node, clock: { [time] in time.now }, chance: { [time] in time.draw() }) }
    var witness: NumberWitnessFile { NumberWitnessFile(path: "\(directory)/out/witness") }

    /// A process that starts: what the one before had in memory is gone.
    func start() throws -> NumberService {
        try FileManager.default.createDirectory(atPath: "\(directory)/out", withIntermediateDirectories: true)
        return service(witness: witness)
    }

    func service(witness: NumberWitnessFile) -> NumberService {
        NumberService(
            node: node, witness: witness, machineFile: "\(directory)/machine", clock: { [time] in time.now },
            chance: { [time] in time.draw() }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// A body with a sign, and a procedure that numbers with one word.
    func equip(division: DivisionCode? = nil, sign: String? = "粤示") async throws {
        let division = division ?? node.seat
        let id = RecordID(home: division, flow: .down, kind: "body", naturalKey: Self.body)
        try await clerk.write(
            id, LibraryKinds.body,
            [("code", [.text(Self.body)]), ("division", [.text(division.text)])]
                + (sign.map { [("sign", [.text($0)])] } ?? []))
        let text = """
            procedure: small
            version: 1
            zh: 小案
            en: Small
            facts: []
            stages: [{ id: all, zh: 全程, en: All }]
            steps:
              - { id: decision, stage: all, zh: 决定, en: Decision, document: penalty-decision, numbered: 罚,
                  outcomes: [{ id: done, zh: 办结, en: done, ends: { zh: 办结, en: closed } }] }

            """.replacing("facts: []", with: "facts: [{ id: place, zh: 地点, en: Place }]")
        let procedure = RecordID(home: node.seat, flow: .down, kind: "procedure", naturalKey: "small@1")
        try await clerk.write(procedure, CaseworkKinds.procedure, [("id", [.text("small")]), ("text", [.text(text)])])
    }

    func holder(_ number: UInt64) -> RecordID {
        RecordID(home: node.seat, flow: .up, kind: "case", key: RecordKey(7, number))
    }

    /// The step that holds a number.
    func store(_ number: IssuedNumber, in holder: RecordID) async throws {
        let moment = try #require(LegalMoment(milliseconds: time.now))
        let mark = StepMark(
            step: "decision", at: moment,
            issued: [StepMark.Issued(kind: "penalty-decision", number: "\(number)", digest: "00")])
        try await clerk.write(
            holder, LibraryKinds.caseFile, [("body", [.text(Self.body)]), ("steps", [.text(mark.text)])])
    }

    func take(_ service: NumberService, _ holder: UInt64 = 1) async throws(NumberRefusal) -> Int {
        try await service.take("罚", of: Self.body, year: 2026, for: self.holder(holder)).ordinal
    }

    /// Takes a number and stores the step that holds it.
    func use(_ service: NumberService, _ holder: UInt64 = 1) async throws -> Int {
        let number = try await service.take("罚", of: Self.body, year: 2026, for: self.holder(holder))
        try await store(number, in: self.holder(holder))
        return number.ordinal
    }

    func blocks() async throws -> [NumberBlock] {
        try await node.read { reader throws(QueryFailure) in
            try NumberShelf(reader: reader).blocks(ofBody: Self.body)
        }.sorted { $0.first < $1.first }
    }

    func requests() async throws -> [NumberRequest] {
        let homes = node.tree.divisions.map(\.code)
        return try await node.read { reader throws(QueryFailure) in
            try NumberShelf(reader: reader).requests(homes: homes)
        }
    }
}

struct NumberServiceTests {
    /// The province's node, which leases to itself.
    private func withRoot(_ body: (NumberOffice) async throws -> Void) async throws {
        try await withRuntimeScratch { scratch in
            let office = try NumberOffice(seat: "44", directory: scratch)
            try await office.equip()
            try await body(office)
        }
    }

    @Test func `an office asks ahead of time, is leased a block, and numbers from it`() async throws {
        try await withRoot { office in
            let service = try office.start()
            try await service.pass()
            #expect(try await office.requests().map(\.had) == [0])
            try await service.pass()
            let block = try #require(try await office.blocks().first)
            #expect((block.first, block.last) == (1, NumberLimits.blockCount))
            for expected in 1...3 as ClosedRange<UInt64> {
                #expect(try await office.use(service, expected) == Int(expected))
            }
            let number = try await service.take("罚", of: NumberOffice.body, year: 2026, for: office.holder(9))
            #expect("\(number)" == "粤示罚〔2026〕4号")
        }
    }

    @Test func `a second block is asked for when few numbers are left, and once`() async throws {
        try await withRoot { office in
            let service = try office.start()
            for _ in 0..<2 { try await service.pass() }
            for _ in 0..<NumberLimits.blockCount - NumberLimits.fewLeft { _ = try await office.take(service) }
            try await service.pass()
            #expect(try await office.requests().count == 1)
            _ = try await office.take(service)
            for _ in 0..<3 { try await service.pass() }
            #expect(try await office.requests().map(\.had).sorted() == [0, 1])
            #expect(try await office.blocks().map(\.first) == [1, NumberLimits.blockCount + 1])
        }
    }

    @Test func `numbers that are taken at the same time are different`() async throws {
        try await withRoot { office in
            let service = try office.start()
            for _ in 0..<2 { try await service.pass() }
            let taken = try await withThrowingTaskGroup(of: Int.self) { group in
                for holder in 1...40 as ClosedRange<UInt64> {
                    group.addTask { try await office.take(service, holder) }
                }
                var taken: [Int] = []
                for try await ordinal in group { taken.append(ordinal) }
                return taken
            }
            #expect(taken.sorted() == Array(1...40))
        }
    }

    @Test func `a process that starts goes on where the last one stopped`() async throws {
        try await withRoot { office in
            let first = try office.start()
            for _ in 0..<2 { try await first.pass() }
            for holder in 1...3 as ClosedRange<UInt64> { _ = try await office.use(first, holder) }
            let second = try office.start()
            try await second.pass()
            #expect(try await office.take(second) == 4)
            #expect(try await office.blocks().map(\.voidFrom) == [nil])
        }
    }

    @Test func `a number that is out when the process ends is never given again, and the gap is explained`()
        async throws
    {
        try await withRoot { office in
            let first = try office.start()
            for _ in 0..<2 { try await first.pass() }
            _ = try await office.use(first)
            #expect(try await office.take(first) == 2)
            let second = try office.start()
            let refusal = await #expect(throws: NumberRefusal.self) { try await office.take(second) }
            #expect(refusal?.reason.chinese.contains("停用") == true)
            for _ in 0..<3 { try await second.pass() }
            let block = try await office.blocks()[0]
            #expect(block.voidFrom == 3)
            #expect(block.explanations.map(\.text) == ["2-\(NumberLimits.blockCount) store-behind"])
            #expect(try await office.take(second) == NumberLimits.blockCount + 1)
        }
    }

    @Test func `a lost witness makes void what was leased to it, and a new lease comes first`() async throws {
        try await withRoot { office in
            let first = try office.start()
            for _ in 0..<2 { try await first.pass() }
            for holder in 1...3 as ClosedRange<UInt64> { _ = try await office.use(first, holder) }
            try FileManager.default.removeItem(atPath: office.witness.path)
            let second = try office.start()
            let refusal = await #expect(throws: NumberRefusal.self) { try await office.take(second) }
            #expect(refusal == .noBlock(NumberSeries(body: NumberOffice.body, word: "罚", year: 2026), asked: true))
            for _ in 0..<2 { try await second.pass() }
            let blocks = try await office.blocks()
            #expect(blocks[0].voidFrom == 4)
            #expect(blocks[0].explanations.map(\.text) == ["4-\(NumberLimits.blockCount) witness-lost"])
            #expect(try await office.take(second) == NumberLimits.blockCount + 1)
            let third = try office.start()
            try await third.pass()
            #expect(try await office.blocks()[0].explanations.count == 1, "it is told once")
        }
    }

    @Test func `nothing is handed out if the witness cannot be written`() async throws {
        try await withRoot { office in
            let service = try office.start()
            for _ in 0..<2 { try await service.pass() }
            try FileManager.default.removeItem(atPath: "\(office.directory)/out")
            let refusal = await #expect(throws: NumberRefusal.self) { try await office.take(service) }
            guard case .witnessNotWritten = refusal else {
                Issue.record("\(String(describing: refusal))")
                return
            }
            try FileManager.default.createDirectory(
                atPath: "\(office.directory)/out", withIntermediateDirectories: true)
            #expect(try await office.take(service) == 1)
        }
    }

    @Test func `a number whose step was refused goes out again first`() async throws {
        try await withRoot { office in
            let service = try office.start()
            for _ in 0..<2 { try await service.pass() }
            let first = try await service.take("罚", of: NumberOffice.body, year: 2026, for: office.holder(1))
            #expect(try await office.take(service) == 2)
            await service.giveBack(first, of: NumberOffice.body)
            #expect(try await office.take(service) == 1)
            #expect(try await office.take(service) == 3)
            let strange = try #require(IssuedNumber(sign: "粤示", word: "罚", year: 2026, ordinal: 40))
            await service.giveBack(strange, of: NumberOffice.body)
            #expect(try await office.take(service) == 4, "what was never out does not come back")
        }
    }

    @Test func `a number that a case holds does not come back, whoever gives it back`() async throws {
        try await withRoot { office in
            let service = try office.start()
            for _ in 0..<2 { try await service.pass() }
            let number = try await service.take("罚", of: NumberOffice.body, year: 2026, for: office.holder(1))
            try await office.store(number, in: office.holder(1))
            await service.giveBack(number, of: NumberOffice.body)
            #expect(try await office.take(service) == 2)
        }
    }

    @Test func `a body without a sign is told so`() async throws {
        try await withRuntimeScratch { scratch in
            let office = try NumberOffice(seat: "44", directory: scratch)
            try await office.equip(sign: nil)
            let service = try office.start()
            for _ in 0..<2 { try await service.pass() }
            #expect(try await office.requests().isEmpty)
            await #expect(throws: NumberRefusal.noSign(body: NumberOffice.body)) { try await office.take(service) }
        }
    }

    @Test func `in December next year's numbers come, and in January leftovers are explained`() async throws {
        try await withRoot { office in
            let service = try office.start()
            for _ in 0..<2 { try await service.pass() }
            for holder in 1...2 as ClosedRange<UInt64> { _ = try await office.use(service, holder) }
            office.time.set("2026-12-01")
            for _ in 0..<2 { try await service.pass() }
            #expect(try await office.blocks().map(\.series.year).sorted() == [2026, 2027])
            office.time.set("2027-01-01")
            let next = try office.start()
            try await next.pass()
            let old = try #require(try await office.blocks().first { $0.series.year == 2026 })
            #expect(old.voidFrom == 3)
            #expect(old.explanations.map(\.text) == ["3-\(NumberLimits.blockCount) year-over"])
            #expect(NumberDesk.gaps(in: old, used: [1, 2]).isEmpty)
            let number = try await next.take("罚", of: NumberOffice.body, year: 2027, for: office.holder(3))
            #expect("\(number)" == "粤示罚〔2027〕1号")
        }
    }

    @Test func `a city leases to its counties, and not to the towns below them`() async throws {
        try await withRuntimeScratch { scratch in
            let city = try NumberOffice(seat: "4407", directory: scratch)
            try await city.equip(division: "440781")
            let series = NumberSeries(body: NumberOffice.body, word: "罚", year: 2026)
            for (home, machine) in [("440781", "county"), ("440781106", "town")] as [(DivisionCode, String)] {
                let id = RecordID(
                    home: home, flow: .up, kind: "number-request",
                    naturalKey: NumberRequest.naturalKey(series, machine: machine, had: 0))
                try await city.clerk.write(
                    id, CaseworkKinds.numberRequest,
                    [
                        ("body", [.text(series.body)]), ("word", [.text(series.word)]), ("year", [.integer(2026)]),
                        ("machine", [.text(machine)]), ("count", [.integer(20)]), ("had", [.integer(0)]),
                    ])
            }
            let service = try city.start()
            for _ in 0..<3 { try await service.pass() }
            let blocks = try await city.blocks()
            #expect(blocks.map(\.machines) == [["county"]])
            #expect(blocks.first?.record.home == "440781")
            #expect(blocks.first.map { [$0.first, $0.last] } == [1, 20])
        }
    }
}

struct NumberWitnessFileTests {
    @Test func `what was written is read, whatever a broken write left beside it`() async throws {
        try await withRuntimeScratch { scratch in
            let file = NumberWitnessFile(path: "\(scratch)/witness")
            #expect(try file.read() == nil)
            let witness = NumberWitness(chance: (1, 2))
            try file.write(witness)
            try "half".write(toFile: "\(scratch)/witness.new", atomically: true, encoding: .utf8)
            #expect(try file.read() == witness)
            let other = NumberWitness(chance: (3, 4))
            try file.write(other)
            #expect(try file.read() == other)
        }
    }

    @Test func `a torn file is no witness, and a place that cannot be used is told`() async throws {
        try await withRuntimeScratch { scratch in
            let file = NumberWitnessFile(path: "\(scratch)/witness")
            let text = NumberWitness(chance: (1, 2)).text
            try String(text.dropLast(3)).write(toFile: file.path, atomically: true, encoding: .utf8)
            #expect(try file.read() == nil)
            let nowhere = NumberWitnessFile(path: "\(scratch)/none/witness")
            #expect(try nowhere.read() == nil)
            let fault = #expect(throws: NumberWitnessFault.self) { try nowhere.write(NumberWitness(chance: (1, 2))) }
            #expect(fault?.description.contains("\(scratch)/none/witness") == true)
        }
    }

    @Test func `the witness lies beside the data directory unless the configuration says otherwise`() throws {
        let yaml = "division: \"44\"\ndata: node\ntopology: topology.yaml\n"
        let plain = try NodeConfiguration.parse(yaml, named: "a", directory: "/srv")
        #expect(plain.witnessFile == "/srv/node.witness")
        let told = try NodeConfiguration.parse(yaml + "witness: safe/numbers\n", named: "a", directory: "/srv")
        #expect(told.witnessFile == "/srv/safe/numbers")
        #expect(DataDirectory(path: "/srv/node/").witnessFile == "/srv/node.witness")
    }
}
