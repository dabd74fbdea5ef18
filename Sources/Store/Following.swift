import GRDB
package import Ledger
package import Replication

/// What a run of the log touched.
package struct TouchedRecords: Hashable, Sendable {
    /// Each once, in the order in which entries first touched them.
    package let records: [RecordID]
    /// The position of the last entry that was looked at; the one that was asked about where there is none after it.
    package let position: UInt64
    /// That entry; nil where there was none.
    package let entry: EntryID?
}

extension StoreReader {
    /// What the entries after a position touch, some at a time: how something that is derived from the log follows it.
    ///
    /// - Parameters:
    ///   - entriesMax: so many entries at most.
    ///   - bytesMax: no further entry is looked at once so many bytes were.
    package func touched(
        after position: UInt64, entriesMax: Int, bytesMax: Int = 4 << 20
    ) throws(StoreFailure) -> TouchedRecords {
        guard position < UInt64(Int64.max) else {
            return TouchedRecords(records: [], position: position, entry: nil)
        }
        return try reading { connection in
            let rows = try connection.prepared(
                "SELECT \(StoreConnection.entryColumns) FROM entry WHERE position > ? ORDER BY position LIMIT ?"
            ).bind(1, position).bind(2, Int64(max(1, entriesMax)))
            var records: [RecordID] = []
            var seen = Set<RecordID>()
            var last: LoggedEntry?
            for entry in try connection.taking(bytesMax, of: rows) {
                let header = try ByteReader.header(entry.entry.header, in: entry.id.stream)
                for record in header.records(home: entry.home, flow: entry.flow) where seen.insert(record).inserted {
                    records.append(record)
                }
                last = entry
            }
            return TouchedRecords(records: records, position: last?.position ?? position, entry: last?.id)
        }
    }

    /// The entry at a position of the log; nil where there is none.
    package func entry(at position: UInt64) throws(StoreFailure) -> EntryID? {
        guard position < UInt64(Int64.max) else { return nil }
        return try reading { connection in try connection.entry(at: Int64(position))?.id }
    }
}
