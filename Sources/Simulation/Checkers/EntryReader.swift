import Divisions
import Lattice
import Ledger
import Replication

/// Decodes each entry once, however many machines hold it.
final class EntryReader {
    struct Read {
        let judged: JudgedEntry
        /// The entry's edits as merging takes them; none of an opening.
        let writes: [(record: RecordID, write: Write)]
    }

    private let tree: DivisionTree
    private var known: [EntryID: Read] = [:]

    init(tree: DivisionTree) { self.tree = tree }

    /// - Returns: `nil` for bytes that are no entry.
    func read(_ item: LoggedEntry, suite: UInt8) -> Read? {
        if let read = known[item.id], read.judged.entry == item.entry { return read }
        guard let judged = JudgedEntry(logged: item, suite: suite) else { return nil }
        let read = Read(judged: judged, writes: judged.writes(at: item, in: tree))
        known[item.id] = read
        return read
    }
}

extension JudgedEntry {
    fileprivate func writes(at item: LoggedEntry, in tree: DivisionTree) -> [(record: RecordID, write: Write)] {
        guard header.tree == tree.version, let act = header.act, let level = tree.level(of: act.division) else {
            return []
        }
        return writes(home: item.home, flow: item.flow, level: level)
    }
}

extension StoreReading {
    /// Everything that is stored of a stream, in its order.
    func readAll(of stream: StreamID, _ body: (LoggedEntry) throws -> Void) throws {
        var next: UInt64 = 1
        while true {
            let page = try entries(of: stream, from: next, bytesMax: 4 << 20)
            guard let last = page.last, last.id.number >= next else { return }
            for item in page { try body(item) }
            next = last.id.number + 1
        }
    }

    /// Everything that is stored, lane by lane, in the order of commits.
    func readAll(_ body: (LoggedEntry) throws -> Void) throws {
        for lane in [Lane.urgent, .ordinary] {
            var position: UInt64 = 0
            while true {
                let page = try log(lane: lane, after: position, bytesMax: 4 << 20)
                guard let last = page.last, last.position > position else { break }
                for item in page { try body(item) }
                position = last.position
            }
        }
    }
}
