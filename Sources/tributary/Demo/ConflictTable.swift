import Foundation
import Ledger
import Node

/// Conflicts as a person decides them: each value with who wrote it, where and when.
struct ConflictTable {
    private static let titles = ["title", "name", "case-no", "certificate-no"]

    private var table = Table([
        Table.Column("记录 record", isFlexible: true), Table.Column("字段 field"),
        Table.Column("值 value", isFlexible: true), Table.Column("何人 who", isFlexible: true),
        Table.Column("何处 where"), Table.Column("何时 when"),
    ])

    /// Every register that holds different values, as `kind.field`, in the order of the rows.
    private(set) var fields: [String] = []

    /// Reads what is in conflict at a node, and the history of each record for who wrote what.
    init(_ client: APIClient) async throws {
        let list = try await client.conflicts(home: nil, cursor: nil, limit: 100)
        for record in list.records {
            guard let id = RecordID(record.id) else { continue }
            let history = try await client.history(id)
            for conflict in record.conflicts {
                guard let name = conflict.field, let field = record[name] else { continue }
                fields.append("\(record.kind).\(name)")
                for (place, value) in field.values.enumerated() {
                    try await add(value, of: field, place == 0 ? record : nil, history, client)
                }
            }
        }
    }

    func lines(columnsMax: Int, _ terminal: Terminal) -> [String] { table.lines(columnsMax: columnsMax, terminal) }

    /// - Parameter record: what stands in the first columns; nil below them.
    private mutating func add(
        _ value: CandidateMessage, of field: FieldMessage, _ record: RecordMessage?, _ history: HistoryMessage,
        _ client: APIClient
    ) async throws {
        let entry = history.entries.first { value.dot.hasPrefix($0.entry + ".") }
        var who = "节点 the node"
        if let author = entry?.author.flatMap({ RecordID($0) }) {
            who = try await client.record(author)["name"]?.shown?.shown ?? "—"
        }
        table.add([
            record.map { record in
                let title = Self.titles.lazy.compactMap { record[$0]?.shown?.shown }.first
                return [KindNames.text(record.kind), title].compactMap(\.self).joined(separator: " ")
            } ?? "",
            record == nil ? "" : KindNames.field(field), value.value?.shown ?? "—", who,
            entry?.divisionName ?? entry?.division ?? "—", String(ClockText.text(iso8601: value.written).suffix(8)),
        ])
    }
}
