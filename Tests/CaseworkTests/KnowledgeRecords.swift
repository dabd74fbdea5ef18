import Casework
import Divisions
import Lattice
import Ledger
import Libraries

/// Records as offices would have written them: each write is an entry of its writer's own stream, merged at once.
final class KnowledgeRecords {
    let tree: DivisionTree
    private(set) var states: [RecordID: RecordState] = [:]
    private var entries: [EntryID: JudgedEntry] = [:]
    private var heads: [StreamID: JudgedEntry] = [:]
    private(set) var reads = 0

    init() throws { tree = try KnowledgeScene.makeTree() }

    /// The knowledge of what was written so far.
    func knowledge() -> RecordKnowledge<MemoryRecords> {
        RecordKnowledge(
            source: MemoryRecords { [states] kind in
                self.reads += 1
                return states.values.filter { $0.id.kind == kind }.sorted { $0.id < $1.id }
            } entry: { [entries] stream, number in
                entries[EntryID(stream: stream, number: number)]
            }, tree: tree)
    }

    /// Writes fields of a record, for a division that is its home unless another is named.
    ///
    /// - Parameters:
    ///   - replacing: what the writer's screen showed; by default all that is live.
    ///   - writer: tells the streams of one home and flow apart.
    /// - Returns: the citations of what was written, in order.
    @discardableResult
    func write(
        _ kind: Kind, _ key: String, at home: DivisionCode, for division: DivisionCode? = nil, writer: UInt8 = 1,
        stamp: UInt64 = 1_000, replacing: Bool = true, _ values: [(String, [Value])]
    ) -> [Citation] {
        let id = RecordID(home: home, flow: kind.flow, kind: kind.name, naturalKey: key)
        var edits: [Edit] = []
        for (name, values) in values {
            guard let field = kind.field(name) else { preconditionFailure("\(kind.name) has no \(name)") }
            let live = states[id]?[FieldKey(name: name, type: field.type)]?.live.map(\.citation) ?? []
            for value in values {
                edits.append(
                    Edit(
                        kind: kind.name, record: id.key, field: name, type: field.type, content: .plain(value),
                        replaces: replacing && field.type == .register ? live : []))
            }
        }
        let opening = Opening(
            home: home, flow: kind.flow, suite: Suite.p256.rawValue, key: [writer],
            nonce: [UInt8](repeating: 7, count: 16),
            predecessor: nil)
        let stream = opening.stream
        if heads[stream] == nil { append(.opening(opening, seat: home, certificates: []), to: stream, stamp) }
        let act = Act(author: nil, division: division ?? home, body: "", change: RecordKey(0, 0))
        let entry = append(.edits(act, edits), to: stream, stamp)
        guard let level = tree.level(of: act.division) else { preconditionFailure("no such division") }
        for (record, write) in entry.writes(home: home, flow: kind.flow, level: level) {
            states[record, default: RecordState(id: record)].apply(write) { _ in UInt64.max }
        }
        return edits.indices.map {
            Citation(dot: Dot(stream: stream, number: entry.id.number, index: UInt32($0)), check: entry.hash.check)
        }
    }

    @discardableResult
    private func append(_ payload: EntryHeader.Payload, to stream: StreamID, _ stamp: UInt64) -> JudgedEntry {
        let last = heads[stream]
        let header = EntryHeader(
            number: (last?.id.number ?? 0) + 1, previous: last?.hash ?? stream.digest, stamp: stamp, tree: tree.version,
            payload: payload)
        var writer = ByteWriter()
        writer.header(header, in: stream)
        let entry = Entry(header: writer.bytes, body: [])
        let id = EntryID(stream: stream, number: header.number)
        let judged = JudgedEntry(
            id: id, hash: entry.hash(suite: Suite.p256.rawValue), entry: entry, header: header, personal: [])
        heads[stream] = judged
        entries[id] = judged
        return judged
    }

    // MARK: What most tests need

    func officer(_ number: String, at division: DivisionCode = "440781", body: String = "K") {
        write(
            LibraryKinds.officer, number, at: division,
            [
                ("certificate-no", [.text(number)]), ("name", [.text("某")]), ("body", [.text(body)]),
                ("division", [.text(division.text)]), ("areas", [.text(division.text)]), ("fields", [.text("水务")]),
                ("valid-from", [.text("2023-01-01")]), ("valid-to", [.text("2027-12-31")]),
            ])
    }

    @discardableResult
    func status(
        _ number: String, _ status: String, since: String? = nil, at home: DivisionCode = "440781",
        for division: DivisionCode? = nil, writer: UInt8 = 1, stamp: UInt64 = 1_000, replacing: Bool = true
    ) -> [Citation] {
        write(
            LibraryKinds.certificateStatus, number, at: home, for: division, writer: writer, stamp: stamp,
            replacing: replacing,
            [("certificate-no", [.text(number)]), ("status", [.text(status)])]
                + (since.map { [("since", [.text($0)])] } ?? []))
    }

    func item(
        _ code: String, at home: DivisionCode = "440000", levels: [String] = ["县级"], more: [(String, [Value])] = []
    ) {
        write(
            LibraryKinds.item, code, at: home,
            [
                ("code", [.text(code)]), ("name", [.text("示例事项")]), ("item-kind", [.text("处罚")]),
                ("field", [.text("水务")]), ("levels", levels.map { .text($0) }), ("body-type", [.text("法定行政机关")]),
                ("bases", [.text("《示例河道保护条例》第八条")]), ("valid-from", [.text("2024-03-01")]),
            ] + more)
    }

    func delegation(
        _ item: String, to: DivisionCode, from: String = "2026-01-01", until: String? = nil,
        at home: DivisionCode = "440781", for division: DivisionCode? = nil, sort: String = "下放"
    ) {
        write(
            LibraryKinds.delegation, "\(item) \(to) \(from)", at: home, for: division,
            [
                ("item", [.text(item)]), ("by", [.text("示例")]), ("to", [.text(to.text)]), ("sort", [.text(sort)]),
                ("valid-from", [.text(from)]),
            ] + (until.map { [("valid-to", [.text($0)])] } ?? []))
    }
}
