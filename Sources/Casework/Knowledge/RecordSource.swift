package import Lattice
package import Ledger

/// Where knowledge reads records and entries: a node's store in one consistent read, or records in memory.
///
/// All of what it gives must stem from one moment: two answers that do not belong together would make a judgement that
/// was never true.
package protocol RecordSource {
    /// Nil where nothing is known of the record, or where it was removed.
    func record(_ id: RecordID) -> RecordState?
    /// The visible records of a kind whose indexed register `field` shows this text, in any order.
    func records(of kind: String, where field: String, is text: String) -> [RecordState]
    /// All visible records of a kind, in any order: for kinds that stay small, such as calendar days.
    func records(of kind: String) -> [RecordState]
    /// Nil for an entry that is not here, and for one that lies beyond a fork: evidence counts for nothing.
    func entry(_ id: EntryID) -> JudgedEntry?
}

/// Records in memory, for the simulator and for tests.
package final class MemoryRecords: RecordSource {
    private struct Shelf: Hashable {
        let kind: String
        let field: String
    }

    private let all: (_ kind: String) -> [RecordState]
    private let entryAt: (_ stream: StreamID, _ number: UInt64) -> JudgedEntry?
    private var visible: [String: [RecordState]] = [:]
    private var indices: [Shelf: [String: [RecordState]]] = [:]
    private var byID: [String: [RecordID: RecordState]] = [:]

    /// - Parameters:
    ///   - records: every record of a kind; asked once for each kind.
    ///   - entry: the entry of a stream and number, none beyond a fork.
    package init(
        records: @escaping (_ kind: String) -> [RecordState],
        entry: @escaping (_ stream: StreamID, _ number: UInt64) -> JudgedEntry?
    ) {
        (all, entryAt) = (records, entry)
    }

    package func record(_ id: RecordID) -> RecordState? {
        if byID[id.kind] == nil {
            byID[id.kind] = Dictionary(records(of: id.kind).map { ($0.id, $0) }) { first, _ in first }
        }
        return byID[id.kind]?[id]
    }

    package func records(of kind: String, where field: String, is text: String) -> [RecordState] {
        let shelf = Shelf(kind: kind, field: field)
        if indices[shelf] == nil {
            indices[shelf] = Dictionary(grouping: records(of: kind)) { $0.view[field]?.shown?.text ?? "" }
        }
        return text.isEmpty ? [] : indices[shelf]?[text] ?? []
    }

    package func records(of kind: String) -> [RecordState] {
        if let known = visible[kind] { return known }
        let found = all(kind).filter(\.isVisible)
        visible[kind] = found
        return found
    }

    package func entry(_ id: EntryID) -> JudgedEntry? { entryAt(id.stream, id.number) }
}
