package import Divisions
import GRDB
package import Ledger
package import Replication

/// A change whose key is made of a name, as the log has it.
package struct NamedChange: Hashable, Sendable {
    package let key: RecordKey
    /// The officer who made it; nil for the node itself.
    package let author: RecordID?
    /// The division acted for.
    package let division: DivisionCode
    /// In the order of commits.
    package internal(set) var entries: [EntryID]
    /// What it wrote to, each once, in the order in which it did.
    package internal(set) var records: [RecordID]
}

extension StoreReader {
    /// Every change of a key's name that counts, in the order of keys: entries beyond a fork are none.
    package func changes(namedAs key: RecordKey) throws(StoreFailure) -> [NamedChange] {
        try reading { connection in
            let rows = try connection.prepared(
                """
                SELECT entry.position, entry.stream, entry.number, arrived, seal, body, header FROM named_change
                JOIN entry ON entry.position = named_change.position
                JOIN stream ON stream.id = entry.stream AND entry.number <= stream.number
                WHERE change BETWEEN ? AND ? ORDER BY change, entry.position
                """)
            let range = key.namesakes
            rows.bind(1, range.lowerBound.bytes).bind(2, range.upperBound.bytes)
            var changes: [NamedChange] = []
            var seen = Set<RecordID>()
            for entry in try rows.all(connection.logged) {
                let header = try ByteReader.header(entry.entry.header, in: entry.id.stream)
                guard let act = header.act else { continue }
                if changes.last?.key != act.change {
                    seen = []
                    changes.append(
                        NamedChange(
                            key: act.change, author: act.author, division: act.division, entries: [], records: []))
                }
                let last = changes.count - 1
                changes[last].entries.append(entry.id)
                changes[last].records += header.records(home: entry.home, flow: entry.flow).filter { record in
                    seen.insert(record).inserted
                }
            }
            return changes
        }
    }
}
