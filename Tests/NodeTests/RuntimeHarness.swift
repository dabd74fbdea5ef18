import Divisions
import Foundation
import GRDB
import Identity
import Lattice
import Ledger
import Libraries
import Logging
import Replication
import Store
import Testing

@testable import Node

/// Hands `body` a fresh directory and removes it afterwards.
func withRuntimeScratch<Answer>(_ body: (String) async throws -> Answer) async throws -> Answer {
    let path = FileManager.default.temporaryDirectory.appending(path: "node-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}

/// A province with one city and one county below it, each with an identity, in one directory.
struct RuntimeProvince {
    let path: String
    private let tree: DivisionTree

    init(in path: String) throws {
        self.path = path
        tree = try Topology.parse(Self.topology(ports: [:]), named: "topology")
        let now = Date()
        _ = try Enrolment.initialise(directory: "\(path)/44/identity", division: "44", name: "广东省", now: now)
        try join("4407", from: "44", now: now)
        try join("440781", from: "4407", now: now)
    }

    private func join(_ division: DivisionCode, from issuer: DivisionCode, now: Date) throws {
        let token = try Enrolment.token(
            directory: "\(path)/\(issuer)/identity", division: division, mayIssue: true, validSeconds: 3_600, now: now,
            tree: tree)
        _ = try Enrolment.join(
            directory: "\(path)/\(division)/identity", token: token.text, name: "办公室",
            issuerDirectory: "\(path)/\(issuer)/identity", now: now, tree: tree)
    }

    /// - Parameter ports: where nodes are reached; nobody listens on those that are not named.
    private static func topology(ports: [DivisionCode: Int]) -> String {
        func node(_ code: DivisionCode, elsewhere: Int) -> String {
            "{ host: \"127.0.0.1\", port: \(ports[code] ?? elsewhere) }"
        }
        let county = node("440781", elsewhere: 3)
        return """
            divisions:
              - { code: "44", name: 广东省, level: province, node: \(node("44", elsewhere: 1)) }
              - { code: "4407", name: 江门市, level: city, parent: "44", node: \(node("4407", elsewhere: 2)) }
              - { code: "440781", name: 台山市, level: county, parent: "4407", node: \(county) }

            """
    }

    func configuration(_ division: DivisionCode, ports: [DivisionCode: Int] = [:]) throws -> NodeConfiguration {
        let directory = "\(path)/\(division)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Self.topology(ports: ports).write(toFile: "\(directory)/topology.yaml", atomically: true, encoding: .utf8)
        return NodeConfiguration(
            division: division, data: DataDirectory(path: directory), topologyFile: "\(directory)/topology.yaml",
            link: NodeConfiguration.Link(host: "127.0.0.1", port: 0))
    }

    func open(
        _ division: DivisionCode, ports: [DivisionCode: Int] = [:], log: RuntimeLog = RuntimeLog()
    ) throws -> NodeRunner {
        try NodeRunner.open(configuration(division, ports: ports), logger: log.logger)
    }
}

/// Runs a node while `body` runs, then stops it in order.
func running<Answer: Sendable>(
    _ runner: NodeRunner, _ body: (NodeCore) async throws -> Answer
) async throws -> Answer {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await runner.serve() }
        await runner.core.reaches(.writing)
        let answer = try await body(runner.core)
        await runner.stop()
        try await group.waitForAll()
        return answer
    }
}

extension NodeCore {
    /// Returns once the node is in a phase that is wanted.
    func reaches(where isWanted: (NodePhase) -> Bool) async {
        for await phase in phaseChanges() where isWanted(phase) { return }
    }

    func reaches(_ phase: NodePhase) async { await reaches { $0 == phase } }

    /// Writes one register of one record for this node's own division or another home.
    @discardableResult
    func write(
        _ value: String, in field: String = "title", of kind: Kind = LibraryKinds.statute, key: UInt64,
        home: DivisionCode? = nil
    ) async throws -> [EntryID] {
        let home = home ?? configuration.division
        let draft = EditDraft(
            kind: kind.name, record: RecordKey(0, key), field: field, type: .register, value: .text(value))
        return try await write(
            Act(author: nil, division: home, body: "", change: RecordKey(1, key)),
            [LocalChange.Part(place: StreamPlace(home: home, flow: kind.flow), entries: [[draft]])])
    }

    func recordID(of kind: Kind = LibraryKinds.statute, key: UInt64, home: DivisionCode) -> RecordID {
        RecordID(home: home, flow: kind.flow, kind: kind.name, key: RecordKey(0, key))
    }

    /// What this node shows of a record's field.
    func shown(_ field: String = "title", of record: RecordID) async throws -> Value? {
        try await read { reader in try reader.record(record) }?.view[field]?.shown
    }

    /// Returns once this node shows `value`; wakes at every change of a record.
    func shows(_ value: Value, _ field: String = "title", of record: RecordID) async throws {
        let changes = changes()
        if try await shown(field, of: record) == value { return }
        for await _ in changes {
            if try await shown(field, of: record) == value { return }
        }
        Issue.record("the node stopped before it showed the value")
    }
}

/// Another program that holds the store's file: nobody else writes until it is released.
final class StoreIntruder {
    private let queue: DatabaseQueue

    init(_ data: DataDirectory) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        queue = try DatabaseQueue(path: data.storeFile, configuration: configuration)
        try queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    }

    func release() throws { try queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") } }
}
