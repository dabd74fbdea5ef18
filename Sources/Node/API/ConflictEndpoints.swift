import Casework
import Divisions
import HTTPTypes
import Hummingbird
import Lattice
import Ledger
package import Libraries
import Replication
import Store

/// The conflict desk: between which values somebody has to decide, who wrote each of them where, and what he had seen.
extension Endpoint {
    static let conflictDesk: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/conflicts/{id}", operation: "readConflict",
            summary: "A record in conflict as the desk shows it: of each field that is in dispute every value with its "
                + "writer, his office and node, when it was written and came here, and what he had seen before. To "
                + "settle it: POST /v1/records/{id}/resolve with the field's token.",
            parameters: [.path("id", "The record's id, kind:home:flow:key, percent-encoded where need be.")],
            answer: .json("DeskConflict", "The conflict; without fields where there is none any more."),
            isViewLogged: true, problems: [.roleForbids, .notFound],
            handler: .holder { api, call, holder in try await api.readConflict(call, holder) })
    ]
}

/// One of the values of a field.
package struct DeskValue: Codable, Hashable, Sendable {
    /// Absent where it was erased, or says that the record is kept.
    package let value: JSON?
    package let isErased: Bool
    /// Whether it is the one shown until somebody decides.
    package let isShown: Bool
    package let level: WordsMessage
    /// Milliseconds since 1970, by the writer's clock.
    package let written: UInt64
    /// By this node's clock.
    package let arrived: UInt64?
    package let writer: String?
    package let certificate: String?
    package let division: String?
    package let divisionName: String?
    package let seatName: String?
    /// Values that its writer saw and replaced.
    package let saw: [JSON]
}

/// A field in dispute.
package struct DeskField: Codable, Hashable, Sendable {
    package let field: String
    package let name: WordsMessage
    /// What it may hold, as `FieldMessage` says; absent for a field that this release does not know.
    package let holds: String?
    package let isPersonal: Bool
    /// What a resolution gives back.
    package let seen: String
    package let values: [DeskValue]
}

package struct DeskConflict: Codable, Hashable, Sendable {
    package let id: String
    package let kind: WordsMessage
    package let home: String
    package let homeName: String?
    /// What the record is called: its title or name, or the name of the officer that it is about.
    package let title: String?
    package let etag: String
    /// Whether it was removed by one while another edited it; `seen` is then what a resolution of `exists` gives back.
    package let isRemovedWhileEdited: Bool
    package let seen: String
    package let fields: [DeskField]
    /// Whether whoever asks may settle it.
    package let mayResolve: Bool
}

extension API {
    func readConflict(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let id = try call.record()
        try call.query.finish()
        try await checkSight(of: id, holder)
        let state = try await visible(id)
        let (log, heads) = try await core.read { (reader) throws(StoreFailure) in
            let log = try reader.history(of: id)
            let streams = Set(log.map(\.id.stream))
            let heads = try reader.heads().filter { streams.contains($0.stream) }
            return (log, Dictionary(uniqueKeysWithValues: heads.map { ($0.stream, $0) }))
        }
        let kind = core.kinds[id.kind]
        let history = HistoryMessage(of: id, log: log, heads: heads, tree: core.tree).entries
        let stamps = Dictionary(
            log.map { item in
                let stamp = JudgedEntry(logged: item, suite: Suite.p256.rawValue)?.header.stamp ?? item.arrived
                return (item.id.text, (stamp, item.arrived))
            }, uniquingKeysWith: { first, _ in first })
        try await logView(.record, ofRecord: id, call, holder)
        let mayResolve =
            kind.map { holder.role.permits(.resolve($0)) } ?? false
            && core.tree.mayWrite(seat: core.seat, acting: holder.division, home: id.home)
        let tree = core.tree
        let message = try await knowing { knowledge in
            ConflictDesk(
                record: RecordMessage(state, kind: kind), kind: kind, history: history, stamps: stamps, tree: tree,
                knowledge: knowledge
            ).message(of: id, mayResolve: mayResolve)
        }
        return try Self.json(message)
    }
}

/// Puts what is in dispute together with who wrote it.
private struct ConflictDesk {
    let record: RecordMessage
    let kind: Kind?
    let history: [HistoryEntry]
    let stamps: [String: (written: UInt64, arrived: UInt64)]
    let tree: DivisionTree
    let knowledge: StoreKnowledge

    func message(of id: RecordID, mayResolve: Bool) -> DeskConflict {
        let inDispute = Set(record.conflicts.compactMap(\.field))
        return DeskConflict(
            id: record.id, kind: WordsMessage(Bilingual(kind?.chinese ?? id.kind, kind?.english ?? id.kind)),
            home: record.home, homeName: tree.division(id.home)?.name, title: title, etag: record.etag,
            isRemovedWhileEdited: record.conflicts.contains { $0.field == nil }, seen: record.seen,
            fields: record.fields.filter { inDispute.contains($0.name) && $0.isInConflict }.map(field),
            mayResolve: mayResolve)
    }

    private var title: String? {
        func shown(_ name: String) -> String? { record.fields.first { $0.name == name }?.shown?.text }
        let officer = shown("certificate-no").flatMap { knowledge.officer(certificate: $0)?.name }
        return officer ?? shown("title") ?? shown("name") ?? shown("certificate-no") ?? shown("code")
    }

    private func field(_ field: FieldMessage) -> DeskField {
        DeskField(
            field: field.name,
            name: WordsMessage(Bilingual(field.chinese ?? field.name, field.english ?? field.name)),
            holds: field.holds, isPersonal: field.isPersonal, seen: field.seen,
            values: field.values.enumerated().map { value($1, isShown: $0 == 0, of: field.name) })
    }

    private func value(_ candidate: CandidateMessage, isShown: Bool, of field: String) -> DeskValue {
        let entryName = candidate.dot.split(separator: ".").first.map(String.init) ?? ""
        let entry = history.first { $0.entry == entryName }
        let replaced = entry?.edits.filter { $0.field == field }.flatMap(\.replaces) ?? []
        let officer = entry?.author.flatMap { RecordID($0) }.flatMap { knowledge.source.record($0)?.view }
        func text(_ name: String) -> String? {
            if case .text(let text) = officer?[name]?.shown { text } else { nil }
        }
        let certificate = text("certificate-no")
        let level = Level(name: candidate.level)
        return DeskValue(
            value: candidate.value, isErased: candidate.isErased, isShown: isShown,
            level: WordsMessage(Bilingual(level?.chineseName ?? "", candidate.level)),
            written: stamps[entryName]?.written ?? 0, arrived: stamps[entryName]?.arrived,
            writer: certificate.flatMap { knowledge.officer(certificate: $0)?.name } ?? text("name"),
            certificate: certificate, division: entry?.division, divisionName: entry?.divisionName,
            seatName: entry?.seat.flatMap { DivisionCode($0) }.flatMap { tree.division($0)?.name },
            saw: replaced.compactMap { value(ofDot: $0, field) })
    }

    /// What an edit of the field once wrote.
    private func value(ofDot dot: String, _ field: String) -> JSON? {
        let parts = dot.split(separator: ".")
        guard parts.count == 2, let entry = history.first(where: { $0.entry == parts[0] }) else { return nil }
        let edits = entry.edits.filter { $0.field == field && $0.action == "write" }
        return edits.count == 1 ? edits[0].value : nil
    }
}
