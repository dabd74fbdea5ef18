package import Lattice
package import Ledger

/// One element of a receipt: what a superior had of a child's streams at one moment of his own clock. It is the notary
/// against backdating and repudiation: what it covers was there by then, whatever the writer's clock says.
///
/// One valid encoding: the byte 1, the time as varint, the count as varint, and for each stream, ascending by id, its
/// digest, its number as varint and eight bytes of that entry's hash.
package struct ReceiptElement: Hashable, Sendable {
    /// A stream up to an entry that was durable at the superior.
    package struct Head: Hashable, Sendable {
        package let stream: StreamID
        /// From 1.
        package let number: UInt64
        /// Eight bytes of the entry's hash: tells the branches of a forked stream apart.
        package let check: UInt64

        package init(stream: StreamID, number: UInt64, check: UInt64) {
            (self.stream, self.number, self.check) = (stream, number, check)
        }
    }

    /// Streams in one element: an element with so many takes half an entry (43 to 51 bytes each).
    package static let headsMax = 1_024

    /// Milliseconds since 1970 by the superior's clock.
    package let time: UInt64
    /// Ascending by stream, each stream once, never empty.
    package let heads: [Head]

    /// Nil where there is nothing to tell, or more than one element can hold; of a stream given twice the further head counts.
    package init?(time: UInt64, heads: [Head]) {
        var last: [Head] = []
        for head in heads.sorted(by: { ($0.stream, $0.number) < ($1.stream, $1.number) }) where head.number > 0 {
            if last.last?.stream == head.stream { last.removeLast() }
            last.append(head)
        }
        guard (1...Self.headsMax).contains(last.count) else { return nil }
        (self.time, self.heads) = (time, last)
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter(reserving: 16 + heads.count * 51)
        writer.byte(1)
        writer.varint(time)
        writer.varint(heads.count)
        for head in heads {
            writer.digest(head.stream.digest)
            writer.varint(head.number)
            writer.fixed64(head.check)
        }
        return writer.bytes
    }

    /// Reads what `bytes` writes.
    ///
    /// - Throws: for every other encoding.
    package init(_ bytes: [UInt8]) throws(Malformed) {
        var reader = ByteReader(bytes)
        guard try reader.byte() == 1 else { throw .outOfRange(what: "the form of a receipt", at: 0) }
        let time = try reader.varint()
        let count = try reader.count(max: Self.headsMax, of: "streams of a receipt")
        var heads: [Head] = []
        for _ in 0..<count {
            let start = reader.offset
            let head = Head(
                stream: StreamID(try reader.digest()), number: try reader.varint(), check: try reader.fixed64())
            guard head.number > 0, heads.last.map({ $0.stream < head.stream }) ?? true else {
                throw .notCanonical(what: "a stream of a receipt", at: start)
            }
            heads.append(head)
        }
        try reader.finish()
        guard !heads.isEmpty else { throw .outOfRange(what: "streams of a receipt", at: 0) }
        (self.time, self.heads) = (time, heads)
    }
}

/// The field and the natural key of receipts.
package enum ReceiptRecord {
    package static let heads = "heads"
    package static let superior = "superior"
    package static let day = "day"

    /// - Parameter day: `YYYY-MM-DD`, local to China.
    package static func naturalKey(superior: String, day: String) -> String { "\(superior) \(day)" }

    /// The elements of a receipt; what cannot be read is passed over.
    package static func elements(of record: RecordState) -> [ReceiptElement] {
        let key = FieldKey(name: heads, type: .log)
        let values = record.view.fields.first { $0.key == key }?.values ?? []
        return values.compactMap { candidate in
            guard case .bytes(let bytes) = candidate.value else { return nil }
            return try? ReceiptElement(bytes)
        }
    }
}

/// When superiors had entries, from all receipts that are known: he who has a stream up to a head has all before it.
package struct ReceiptTimes: Sendable {
    private struct Row {
        var number: UInt64
        var time: UInt64
    }

    /// Numbers ascending; each with the earliest time of it or of any that follows.
    private var times: [StreamID: [Row]] = [:]

    package init(_ elements: [ReceiptElement]) {
        for element in elements {
            for head in element.heads {
                times[head.stream, default: []].append(Row(number: head.number, time: element.time))
            }
        }
        times = times.mapValues { told in
            var rows = told.sorted { ($0.number, $0.time) < ($1.number, $1.time) }
            for index in rows.indices.reversed().dropFirst() {
                rows[index].time = min(rows[index].time, rows[index + 1].time)
            }
            return rows
        }
    }

    /// - Parameter records: of kind `receipt`.
    package init(_ records: [RecordState]) { self.init(records.flatMap { ReceiptRecord.elements(of: $0) }) }

    /// The earliest time, in milliseconds since 1970 by a superior's clock, by which a superior had the entry; nil
    /// while none has said so.
    package func earliest(of entry: EntryID) -> UInt64? {
        guard let rows = times[entry.stream] else { return nil }
        var (low, high) = (0, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].number < entry.number { low = middle + 1 } else { high = middle }
        }
        return low < rows.count ? rows[low].time : nil
    }
}
