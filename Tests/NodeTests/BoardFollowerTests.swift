import Casework
import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Replication
import Store
import Support
import Synchronization
import Testing

@testable import Node

/// A node's store, its board, and a judge that tells how often it was asked for what.
private final class FollowerScene: Sendable {
    static let county: DivisionCode = "440781"
    static let today = 20_759

    let node: SmallNode
    let follower: BoardFollower
    private let asked: Asked
    private let counter = Mutex<UInt64>(0)

    /// The judge's memory; it takes a case without a procedure for one that cannot be judged here.
    private final class Asked: Sendable {
        let records = Mutex<[RecordID]>([])
        let knowsProcedures = Mutex(true)

        func row(_ id: RecordID, _ store: StoreReader) throws -> CaseBoardRow? {
            records.withLock { $0.append(id) }
            guard let view = try store.record(id)?.view, view.isVisible, knowsProcedures.withLock({ $0 }) else {
                return nil
            }
            func text(_ field: String) -> String {
                if case .text(let text) = view[field]?.shown { text } else { "" }
            }
            var row = CaseBoardRow(record: id, procedure: text("procedure"), stage: "whole", opened: 20_700)
            (row.item, row.body, row.calendar) = (text("item"), text("body"), "c")
            row.standing = text("status") == "closed" ? .ended : .open
            row.officers = (view["officers"]?.values ?? []).compactMap { candidate in
                if case .text(let text) = candidate.value { text } else { nil }
            }
            return row
        }
    }

    init(directory: String) throws {
        node = try SmallNode(seat: Self.county, directory: directory)
        var chance = SplitMix64(seed: 1)
        let board = try BoardDatabase(
            path: "\(directory)/casework.sqlite", tree: node.tree, rules: BoardFixture.rules, using: &chance)
        let asked = Asked()
        self.asked = asked
        follower = BoardFollower(board: board) { records, store in try records.compactMap { try asked.row($0, store) } }
    }

    static func with(_ body: (FollowerScene) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "board-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await body(try FollowerScene(directory: directory))
    }

    var board: Board { Board(follower.board) }

    /// Whether procedures are known from now on.
    func knowProcedures(_ known: Bool) { asked.knowsProcedures.withLock { $0 = known } }

    /// Brings the board level with the store.
    ///
    /// - Returns: whom the judge was asked for.
    @discardableResult
    func catchUp(today: Int = today) throws -> [RecordID] {
        asked.records.withLock { $0 = [] }
        try follower.catchUp(node.store.reader, today: today)
        return asked.records.withLock { $0 }.sorted()
    }

    /// Writes registers, a set of officers or a log, and that the record is there.
    @discardableResult
    func write(_ kind: Kind, _ name: String, _ fields: [(String, FieldType, Value)]) async throws -> RecordID {
        let number = counter.withLock { number in
            number += 1
            return number
        }
        let id = RecordID(home: Self.county, flow: kind.flow, kind: kind.name, naturalKey: name)
        let drafts =
            [EditDraft(kind: kind.name, record: id.key, field: "exists", type: .exists, value: nil)]
            + fields.map { EditDraft(kind: kind.name, record: id.key, field: $0.0, type: $0.1, value: $0.2) }
        let act = Act(author: nil, division: Self.county, body: "", change: RecordKey(9, number))
        let place = StreamPlace(home: Self.county, flow: kind.flow)
        _ = try await node.write(act, [LocalChange.Part(place: place, entries: [drafts])])
        return id
    }

    func open(_ name: String, item: String = "I-1", officer: String = "A1", status: String = "") async throws
        -> RecordID
    {
        try await write(
            LibraryKinds.caseFile, name,
            [
                ("item", .register, .text(item)), ("body", .register, .text("B-1")),
                ("procedure", .register, .text("small@1")), ("status", .register, .text(status)),
                ("officers", .set, .text(officer)),
            ])
    }
}

@Suite struct BoardFollowerTests {
    @Test func `a case comes onto the board, and is judged again only when something touches it`() async throws {
        try await FollowerScene.with { scene in
            let id = try await scene.open("a")
            #expect(try scene.catchUp() == [id])
            #expect(try scene.catchUp() == [])
            #expect(try scene.board.overview("44", today: FollowerScene.today).counts?[.cases] == 1)
            _ = try await scene.write(
                CaseworkKinds.evidence, "e", [("case", .register, .record(id)), ("digest", .register, .text("d"))])
            #expect(try scene.catchUp() == [id])
        }
    }

    @Test func `a suspended certificate has the cases of its holder judged again, and no others`() async throws {
        try await FollowerScene.with { scene in
            let one = try await scene.open("a", officer: "A1")
            _ = try await scene.open("b", officer: "A2")
            try scene.catchUp()
            _ = try await scene.write(
                LibraryKinds.certificateStatus, "A1",
                [("certificate-no", .register, .text("A1")), ("status", .register, .text("暂停"))])
            #expect(try scene.catchUp() == [one])
        }
    }

    @Test func `a changed delegation has the cases of its item judged again`() async throws {
        try await FollowerScene.with { scene in
            _ = try await scene.open("a", item: "I-1")
            let other = try await scene.open("b", item: "I-2")
            try scene.catchUp()
            _ = try await scene.write(LibraryKinds.delegation, "d", [("item", .register, .text("I-2"))])
            #expect(try scene.catchUp() == [other])
        }
    }

    @Test func `a corrected calendar reaches every open case, in bounded steps`() async throws {
        try await FollowerScene.with { scene in
            var open: [RecordID] = []
            for number in 0..<5 { open.append(try await scene.open("open-\(number)")) }
            _ = try await scene.open("closed", status: "closed")
            try scene.catchUp()
            _ = try await scene.write(
                LibraryKinds.calendarDay, "2026-10-01",
                [("date", .register, .text("2026-10-01")), ("day-kind", .register, .text("放假"))])
            let reader = scene.node.store.reader
            guard case .read = try scene.follower.step(reader, today: FollowerScene.today) else {
                Issue.record("the log was not read first")
                return
            }
            // One commit notes the news; nothing is judged by it yet.
            #expect(try scene.follower.board.waiting() == (0, 1))
            #expect(try scene.follower.board.handOutNews(casesMax: 2))
            #expect(try scene.follower.board.waiting() == (2, 1))
            #expect(try scene.catchUp() == open.sorted())
            #expect(try scene.follower.board.waiting() == (0, 0))
        }
    }

    @Test func `what could not be judged is judged when a procedure comes`() async throws {
        try await FollowerScene.with { scene in
            scene.knowProcedures(false)
            let id = try await scene.open("a")
            #expect(try scene.catchUp() == [id])
            #expect(try scene.board.one(id.description, today: FollowerScene.today) == nil)
            scene.knowProcedures(true)
            #expect(try scene.catchUp() == [])
            _ = try await scene.write(
                CaseworkKinds.procedure, "small@1",
                [("id", .register, .text("small")), ("version", .register, .integer(1))])
            #expect(try scene.catchUp() == [id])
            #expect(try scene.board.one(id.description, today: FollowerScene.today) != nil)
        }
    }

    @Test func `time alone has a case judged again once its limit has turned`() async throws {
        try await FollowerScene.with { scene in
            let id = try await scene.open("a")
            try scene.catchUp()
            var row = CaseBoardRow(record: id, procedure: "small@1", stage: "whole", opened: 1)
            row.turns = FollowerScene.today
            try scene.follower.board.write([row])
            #expect(try scene.catchUp() == [])
            #expect(try scene.catchUp(today: FollowerScene.today + 1) == [id])
            #expect(try scene.catchUp(today: FollowerScene.today + 1) == [])
        }
    }

    @Test func `a case that lacked a file is judged again, since files come without an entry`() async throws {
        try await FollowerScene.with { scene in
            let id = try await scene.open("a")
            _ = try await scene.open("b")
            try scene.catchUp()
            var row = CaseBoardRow(record: id, procedure: "small@1", stage: "whole", opened: 1)
            row.flags.insert(.evidenceMissing)
            try scene.follower.board.write([row])
            try scene.follower.lookForFiles()
            #expect(try scene.catchUp() == [id])
        }
    }

    @Test func `a directive is open until it is acknowledged and answered, and late after its day`() async throws {
        try await FollowerScene.with { scene in
            let about = try await scene.open("a")
            let id = try await scene.write(
                CaseworkKinds.directive, "d",
                [
                    ("sort", .register, .text("urge")), ("case", .register, .record(about)),
                    ("from", .register, .text("4407")), ("due-on", .register, .text("2026-11-02")),
                ])
            try scene.catchUp()
            func directive(_ today: Int) throws -> BoardDirective? {
                try scene.board.directives("4407", today: today).first
            }
            #expect(try directive(FollowerScene.today)?.record == id.description)
            #expect(try directive(FollowerScene.today)?.about == about.description)
            #expect(try directive(FollowerScene.today)?.isLate == false)
            #expect(try directive(FollowerScene.today + 1)?.isLate == true)
            #expect(try directive(FollowerScene.today)?.acknowledged == nil)
            _ = try await scene.write(
                CaseworkKinds.directive, "d", [("acknowledgements", .log, .text("2026-11-01T09:30 A1"))])
            try scene.catchUp()
            #expect(try directive(FollowerScene.today)?.acknowledged == "2026-11-01T09:30")
            #expect(try directive(FollowerScene.today)?.officer == "A1")
            _ = try await scene.write(CaseworkKinds.directive, "d", [("answers", .log, .text("已办理"))])
            try scene.catchUp()
            #expect(try directive(FollowerScene.today + 1) == nil)
        }
    }

    @Test func `a board that followed another store begins anew`() async throws {
        try await FollowerScene.with { first in
            _ = try await first.open("a")
            _ = try await first.open("b")
            try first.catchUp()
            try await FollowerScene.with { second in
                let id = try await second.open("c")
                try first.follower.catchUp(second.node.store.reader, today: FollowerScene.today)
                #expect(try first.board.overview("44", today: FollowerScene.today).counts?[.cases] == 1)
                #expect(try first.board.one(id.description, today: FollowerScene.today) != nil)
            }
        }
    }
}
