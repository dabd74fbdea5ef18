package import Divisions
import GRDB
import Lattice
package import Ledger
package import Replication

/// What a neighbour above does not have yet.
package struct HeldBack: Hashable, Sendable {
    /// Entries of one flow that edit records of one kind.
    package struct Part: Hashable, Sendable {
        package let flow: Flow
        package let kind: String
        package let entries: Int
    }

    /// By flow, then kind; an entry of several kinds counts for each.
    package let parts: [Part]
    /// Entries that were looked at.
    package let entries: Int
    /// Whether that is all of them.
    package let isAll: Bool
}

extension StoreReader {
    /// Entries committed after a position that a neighbour above should have and does not: written at one of
    /// `seats`, which are this node's own and those below it.
    ///
    /// - Parameter limit: entries looked at; what lies beyond is not counted.
    package func heldBack(
        after position: UInt64, seats: Set<DivisionCode>, limit: Int
    ) throws(StoreFailure) -> HeldBack {
        try reading { connection in
            var counts: [Flow: [String: Int]] = [:]
            var (looked, entries) = (0, 0)
            try connection.prepared(
                """
                SELECT stream.digest, stream.opening, stream.seat, entry.header
                FROM entry JOIN stream ON stream.id = entry.stream
                WHERE entry.position > ? ORDER BY entry.position
                """
            ).bind(1, position).eachRow { row in
                looked += 1
                guard looked <= limit else { return false }
                guard let seat = DivisionCode(row.text(2)), seats.contains(seat) else { return true }
                var reader = ByteReader(row.bytes(1))
                let opening = try reader.opening()
                let stream = StreamID(try connection.digest(row.bytes(0), "stream"))
                let header = try ByteReader.header(row.bytes(3), in: stream)
                let kinds = Set(header.records(home: opening.home, flow: opening.flow).map(\.kind))
                guard !kinds.isEmpty else { return true }
                entries += 1
                for kind in kinds { counts[opening.flow, default: [:]][kind, default: 0] += 1 }
                return true
            }
            let parts = Flow.allCases.flatMap { flow in
                (counts[flow] ?? [:]).sorted { $0.key < $1.key }.map {
                    HeldBack.Part(flow: flow, kind: $0.key, entries: $0.value)
                }
            }
            return HeldBack(parts: parts, entries: entries, isAll: looked <= limit)
        }
    }

    /// Where every stream that a proven fork has ended stands, in the order of ids.
    package func forkedHeads() throws(StoreFailure) -> [StreamHead] {
        try reading { try $0.forkedHeads() }
    }
}
