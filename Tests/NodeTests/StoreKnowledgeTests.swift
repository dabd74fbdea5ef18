import Casework
import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Replication
import Store
import Support
import Testing
@testable import Node

/// What a node knows by its own store: the same as by records in memory, out of one commit.
struct StoreKnowledgeTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("knowledge-\(UUID().uuidString)")
    private let office: StoreOffice

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        office = try StoreOffice(path: folder.appendingPathComponent("store.sqlite").path)
    }

    private func officer(_ number: String) throws {
        try office.write(
            LibraryKinds.officer, number, at: "440781",
            [
                ("certificate-no", .text(number)), ("body", .text("K")), ("division", .text("440781")),
                ("areas", .text("440781")), ("fields", .text("水务")), ("valid-from", .text("2023-01-01")),
                ("valid-to", .text("2027-12-31")),
            ])
    }

    private func knowing<Answer>(_ body: (StoreKnowledge) throws -> Answer) throws -> Answer {
        defer { try? FileManager.default.removeItem(at: folder) }
        return try office.store.reader.knowing(office.tree, body)
    }

    @Test func `an officer and his status are read from rows, and their edits found by citation`() throws {
        try officer("440781000001")
        let written = try office.write(
            LibraryKinds.certificateStatus, "440781000001", at: "440781",
            [("certificate-no", .text("440781000001")), ("status", .text("暂扣"))])
        try knowing { knowledge in
            let facts = try #require(knowledge.officer(certificate: "440781000001"))
            #expect(facts.body == "K" && facts.areas == ["440781"] && facts.status?.status == .suspended)
            #expect(facts.status?.citation == written[1])
            let edit = try #require(knowledge.edit(written[1]))
            #expect(edit.field == "status" && edit.value == .text("暂扣") && edit.record.home == "440781")
            #expect(facts.seen.allSatisfy { knowledge.edit($0) != nil }, "all that is cited can be looked up")
            #expect(knowledge.officer(certificate: "440781000009") == nil)
            #expect(knowledge.edit(Citation(dot: written[1].dot, check: written[1].check ^ 1)) == nil)
        }
    }

    @Test func `what is committed while a knowledge is in use is not in it`() throws {
        try officer("440781000001")
        try knowing { knowledge in
            try officer("440781000002")
            #expect(knowledge.officer(certificate: "440781000002") == nil)
            #expect(knowledge.officer(certificate: "440781000001") != nil)
        }
    }

    @Test func `evidence beyond a fork is no edit, and no part of a case's history`() throws {
        let id = RecordID(home: "440781", flow: .up, kind: "case", naturalKey: "C1")
        var written: [Citation] = []
        for title in ["一", "二", "三"] {
            written += try office.write(LibraryKinds.caseFile, "C1", at: "440781", [("title", .text(title))])
        }
        try office.fork(written[1].dot.stream, after: written[1].dot.number)
        try knowing { knowledge in
            #expect(knowledge.edit(written[1])?.value == .text("二"))
            #expect(knowledge.edit(written[2]) == nil)
            let history = try #require(knowledge.history(of: id))
            #expect(Set(history.edits.keys) == Set(written[..<2].map(\.dot)))
            #expect(knowledge.history(of: RecordID(home: "440781", flow: .up, kind: "case", naturalKey: "C2")) == nil)
        }
    }

    @Test func `a question that the store cannot answer passes no gate and is told at the end`() throws {
        #expect(throws: StoreFailure.self) {
            try knowing { knowledge in
                #expect(knowledge.source.records(of: "officer", where: "valid-from", is: "2023-01-01").isEmpty)
            }
        }
    }
}

/// A store with one writer of the county, which commits as the core does.
private final class StoreOffice {
    let store: SQLiteStore
    let tree: DivisionTree
    private var writer = testWriter(seat: "44")
    private var states: [RecordID: RecordState] = [:]
    private var now: UInt64 = 1_000

    init(path: String) throws {
        tree = try testTree()
        store = try SQLiteStore(path: path, kinds: CaseworkKinds.all)
    }

    @discardableResult
    func write(_ kind: Kind, _ key: String, at home: DivisionCode, _ values: [(String, Value)]) throws -> [Citation] {
        now += 1_000
        let id = RecordID(home: home, flow: kind.flow, kind: kind.name, naturalKey: key)
        let place = StreamPlace(home: home, flow: kind.flow)
        let drafts = values.map { name, value in
            let type = kind.field(name)?.type ?? .register
            return EditDraft(
                kind: kind.name, record: id.key, field: name, type: type, value: value,
                isPersonal: kind.field(name)?.isPersonal ?? false)
        }
        let entries = writer.write(drafts, to: place, tree: tree.version, now: now)
        guard let head = writer.heads[place], let last = entries.last else { return [] }
        var commit = Commit()
        commit.runs = [Commit.Run(entries: entries, head: head, signature: writer.seal(entries).signature)]
        commit.arrived = now
        let level = tree.level(of: home) ?? .county
        for (record, write) in last.writes(home: home, flow: kind.flow, level: level) {
            states[record, default: RecordState(id: record)].apply(write) { _ in last.id.number - 1 }
        }
        commit.changes = [Commit.Change(state: states[id] ?? RecordState(id: id))]
        try store.commit(commit)
        return drafts.indices.map {
            Citation(
                dot: Dot(stream: last.id.stream, number: last.id.number, index: UInt32($0)), check: last.hash.check)
        }
    }

    /// Ends a stream at an entry as a proven fork does, by an entry of the writer's that contradicts the next one.
    func fork(_ stream: StreamID, after number: UInt64) throws {
        guard var head = try store.reader.heads().first(where: { $0.stream == stream }) else { return }
        let stored = try store.entries(of: stream, from: 1, bytesMax: 1 << 20)
        guard let last = stored.first(where: { $0.id.number == number }),
            let next = stored.first(where: { $0.id.number == number + 1 })
        else { return }
        head.number = number
        head.forkedAfter = number
        head.hash = last.entry.hash(suite: head.opening.suite)
        // The store does not judge proofs: one branch stands for both.
        let run = testRun(stream, first: number + 1, [next.entry], key: writer.identity.key)
        guard let proof = ForkProof(run, run, suite: head.opening.suite) else { return }
        var commit = Commit()
        commit.forks = [Commit.Fork(proof: proof, head: head)]
        try store.commit(commit)
    }
}
