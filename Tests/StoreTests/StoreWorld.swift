import Divisions
import Foundation
import Lattice
import Ledger
import Replication
import Store
import Support

/// A folder that is gone when the test is over.
final class TemporaryFolder {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String = "node.sqlite") -> String { path + "/" + name }
}

/// A kind with a field of every type, one that collides with a fixed column, one that is personal and one searched.
let noteKind = Kind(
    "test-note", chinese: "记录", english: "Note", flow: .up,
    fields: [
        Field("title", isIndexed: true, chinese: "标题", english: "Title"),
        Field("text", chinese: "正文", english: "Text"),
        Field("amount", .register, .integer, isIndexed: true, chinese: "金额", english: "Amount"),
        Field("is-open", .register, .boolean, chinese: "公开", english: "Open"),
        Field("digest", .register, .bytes, chinese: "摘要", english: "Digest"),
        Field("about", .register, .record, isIndexed: true, chinese: "关于", english: "About"),
        Field("home", chinese: "住址", english: "Home"),
        Field("secret", isPersonal: true, chinese: "秘密", english: "Secret"),
        Field("tags", .set, chinese: "标签", english: "Tags"),
        Field("steps", .log, chinese: "步骤", english: "Steps"),
        Field("fines", .counter, .integer, chinese: "罚款", english: "Fines"),
    ], searched: "text")

let plainKind = Kind(
    "plain", chinese: "普通", english: "Plain", flow: .downUrgent,
    fields: [Field("name", isIndexed: true, chinese: "名称", english: "Name")])

let testKinds = Kinds([noteKind, plainKind])

/// Writers that make commits the way the core does: entries appended and sealed, their edits folded into states.
struct StoreWorld {
    let tree: DivisionTree
    var writers: [Writer]
    var states: [RecordID: RecordState] = [:]
    var heads: [StreamID: StreamHead] = [:]
    private(set) var now: UInt64 = 1_700_000_000_000

    init(seats: [DivisionCode] = ["44", "440781"], nonce: UInt8 = 1) throws {
        tree = try testTree()
        writers = seats.map { testWriter(seat: $0, nonce: nonce) }
    }

    /// One commit of entries by one writer for one place: each inner list is an entry, all under one seal.
    mutating func commit(
        _ writer: Int = 0, at place: StreamPlace, _ entries: [[EditDraft]], change: RecordKey? = nil
    ) -> Commit {
        var commit = Commit()
        add(writer, at: place, entries, change: change, to: &commit)
        return commit
    }

    mutating func add(
        _ writer: Int, at place: StreamPlace, _ entries: [[EditDraft]], change: RecordKey? = nil,
        to commit: inout Commit
    ) {
        var judged: [JudgedEntry] = []
        for drafts in entries {
            now += 1_000
            judged += writers[writer].write(drafts, to: place, tree: tree.version, now: now, change: change)
        }
        guard let head = writers[writer].heads[place] else { preconditionFailure("the stream was just written") }
        let run = Commit.Run(entries: judged, head: head, signature: writers[writer].seal(judged).signature)
        commit.runs.append(run)
        commit.arrived = now
        fold(run, into: &commit)
    }

    /// Folds a run's entries into the states, and the states they touch into the commit.
    mutating func fold(_ run: Commit.Run, into commit: inout Commit) {
        var touched = Set<RecordID>()
        for entry in run.entries where entry.id.number <= run.head.number {
            guard let act = entry.header.act, let level = tree.level(of: act.division) else { continue }
            for (record, write) in entry.writes(home: run.head.home, flow: run.head.flow, level: level) {
                let heads = self.heads
                states[record, default: RecordState(id: record)].apply(write) { stream in
                    stream == entry.id.stream ? entry.id.number - 1 : heads[stream]?.number ?? 0
                }
                touched.insert(record)
            }
        }
        heads[run.head.stream] = run.head
        for record in touched.sorted() {
            let state = states[record] ?? RecordState(id: record)
            commit.changes.removeAll { $0.state.id == record }
            commit.changes.append(Commit.Change(state: state))
        }
    }

    func state(_ id: RecordID) -> RecordState { states[id] ?? RecordState(id: id) }

    /// What the field shows now, cited, as an editor's screen gives it back.
    func seen(_ id: RecordID, _ field: String, _ type: FieldType) -> [Citation] {
        state(id)[FieldKey(name: field, type: type)]?.seen ?? []
    }
}

extension EditDraft {
    static func create(_ id: RecordID) -> EditDraft {
        EditDraft(kind: id.kind, record: id.key, field: "exists", type: .exists, value: nil)
    }

    static func remove(_ id: RecordID, seen: [Citation]) -> EditDraft {
        EditDraft(
            kind: id.kind, record: id.key, field: "exists", type: .exists, value: nil, isRemoval: true, replaces: seen)
    }

    static func set(
        _ id: RecordID, _ field: String, _ value: Value, _ type: FieldType = .register, replaces: [Citation] = [],
        isPersonal: Bool = false
    ) -> EditDraft {
        EditDraft(
            kind: id.kind, record: id.key, field: field, type: type, value: value, isPersonal: isPersonal,
            replaces: replaces)
    }
}

let countyCases = StreamPlace(home: "440781", flow: .up)
let provinceNotices = StreamPlace(home: "44", flow: .downUrgent)

func note(_ number: UInt64, at place: StreamPlace = countyCases) -> RecordID {
    RecordID(home: place.home, flow: place.flow, kind: "test-note", key: RecordKey(1, number))
}

func plain(_ number: UInt64) -> RecordID {
    RecordID(home: "44", flow: .downUrgent, kind: "plain", key: RecordKey(2, number))
}
