import Divisions
import Lattice
import Ledger
import Replication
import Store

/// Writes records in the node's own name, for its services: what they want a record to hold, and no more than that needs.
struct RecordClerk: Sendable {
    let node: any NodeAccess
    /// Milliseconds since 1970.
    let clock: @Sendable () -> UInt64
    let chance: @Sendable () -> UInt64

    /// - Returns: whether anything had to be written.
    @discardableResult
    func write(_ id: RecordID, _ kind: Kind, _ values: [(field: String, values: [Value])]) async throws -> Bool {
        let state = try await node.read { reader in try reader.record(id) }
        let wanted = values.compactMap { name, values in
            kind.fields.first { $0.name == name }.map { PlannedDraft.Wanted($0, values) }
        }
        precondition(wanted.count == values.count, "\(kind.name) has not all of these fields")
        let edits = EditPlanner.edits(for: PlannedDraft(id: id, kind: kind, fields: wanted), from: state)
        guard !edits.isEmpty else { return false }
        let act = Act(
            author: nil, division: node.seat, body: "",
            change: RecordKey(milliseconds: clock(), chance: (chance(), chance())))
        _ = try await node.write(
            act, [LocalChange.Part(place: StreamPlace(home: id.home, flow: id.flow), entries: [edits])])
        return true
    }
}
