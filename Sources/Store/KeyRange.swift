package import Ledger
package import Replication

extension StoreReader {
    /// Records of some kinds whose keys lie within a range, ascending by key: how a person who typed the beginning of a
    /// key finds what he means.
    ///
    /// - Parameter limit: so many at most; two are enough to see that a beginning is not unique.
    package func records(
        keys range: ClosedRange<RecordKey>, kinds: [String], limit: Int
    ) throws(StoreFailure) -> [RecordID] {
        try reading { connection in
            var found: [RecordID] = []
            for kind in kinds {
                let rows = try connection.prepared(
                    """
                    SELECT shelf, key FROM record WHERE key BETWEEN ?1 AND ?2 AND state IS NOT NULL
                    AND shelf IN (SELECT id FROM shelf WHERE kind = ?3) ORDER BY key LIMIT ?4
                    """)
                rows.bind(1, range.lowerBound.bytes).bind(2, range.upperBound.bytes)
                    .bind(3, kind).bind(4, Int64(max(1, limit)))
                found += try rows.all { row in
                    try connection.recordName(shelf: row.integer(0), key: row.bytes(1))
                }
            }
            return Array(found.sorted { $0.key < $1.key }.prefix(max(1, limit)))
        }
    }
}

extension RecordKey {
    /// All keys that begin with these hexadecimal digits; nil for what is no beginning of a key.
    package static func beginning(with digits: String) -> ClosedRange<RecordKey>? {
        let digits = digits.lowercased()
        guard (1...32).contains(digits.utf8.count),
            let first = RecordKey(hexadecimal: digits + String(repeating: "0", count: 32 - digits.utf8.count)),
            let last = RecordKey(hexadecimal: digits + String(repeating: "f", count: 32 - digits.utf8.count))
        else { return nil }
        return first...last
    }
}
