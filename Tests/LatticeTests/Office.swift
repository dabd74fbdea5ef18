import Divisions
import Lattice
import Ledger

/// An office with one stream of its own and one record it knows: enough to tell a story of edits that meet.
struct Office {
    static let record = RecordID(home: "440781106", flow: .up, kind: "officer", naturalKey: "7")

    let stream: StreamID
    let level: Level
    private(set) var state = RecordState(id: Office.record)
    private var log: [StreamID: [[Write]]] = [:]

    /// - Parameter number: tells its stream from others'; a higher one gives higher dots.
    init(_ level: Level, stream number: UInt64) {
        self.level = level
        stream = StreamID(Digest(tag: 255, number, 0, 0, 0))
    }

    var view: RecordView { state.view }
    func shown(_ field: String) -> Value? { view[field]?.shown }

    func seen(_ field: String, _ type: FieldType = .register) -> [Citation] {
        state[FieldKey(name: field, type: type)]?.seen ?? []
    }

    /// Writes one edit, which replaces what this office sees in the field unless told otherwise.
    ///
    /// - Returns: how others cite it.
    @discardableResult
    mutating func write(
        _ field: String, _ type: FieldType = .register, _ value: Value? = nil, isRemoval: Bool = false,
        replaces: [Citation]? = nil, after: [Citation] = [], stamp: UInt64 = 100
    ) -> Citation {
        let number = head(stream) + 1
        let edit = Edit(
            kind: Self.record.kind, record: Self.record.key, field: field, type: type,
            content: value.map(Content.plain),
            isRemoval: isRemoval, replaces: replaces ?? (type == .log ? [] : seen(field, type)), after: after)
        let write = Write(
            dot: Dot(stream: stream, number: number, index: 0), check: stream.digest.check &* 1_000 &+ number,
            edit: edit, value: value.map(Write.Held.plain) ?? .none, stamp: stamp, level: level)
        take([write])
        return Citation(dot: write.dot, check: write.check)
    }

    mutating func create() { write("exists", .exists) }

    mutating func remove() { write("exists", .exists, isRemoval: true, replaces: state.seenByRemoval) }

    /// Takes what `other` has and this office has not, stream by stream in their order.
    mutating func receive(from other: Office) {
        for (stream, entries) in other.log.sorted(by: { $0.key < $1.key }) {
            for entry in entries.dropFirst(Int(head(stream))) { take(entry) }
        }
    }

    /// Both offices end with everything either has.
    static func meet(_ one: inout Office, _ other: inout Office) {
        one.receive(from: other)
        other.receive(from: one)
    }

    var normalised: RecordState { state.normalised { head($0) } }

    private func head(_ stream: StreamID) -> UInt64 { UInt64(log[stream, default: []].count) }

    private mutating func take(_ entry: [Write]) {
        let log = log
        for write in entry { state.apply(write) { UInt64(log[$0, default: []].count) } }
        if let first = entry.first { self.log[first.dot.stream, default: []].append(entry) }
    }
}
