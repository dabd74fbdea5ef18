import Lattice
package import Ledger
package import Libraries

extension DraftMessage {
    /// A draft as the API takes it.
    package init(_ draft: RecordDraft) {
        let fields = draft.fields.map { field in
            let type = draft.kind.field(field.name)?.type
            let values = field.values.map { JSON($0) }
            return (field.name, type == .set || type == .log ? JSON.array(values) : values.first ?? .null)
        }
        self.init(
            id: draft.id.description, onlyIfPresent: draft.onlyIfPresent ? true : nil,
            fields: Dictionary(fields) { _, last in last })
    }
}

extension JSON {
    /// A value as the API writes it.
    package init(_ value: Ledger.Value) {
        switch value {
        case .text(let text): self = .text(text)
        case .integer(let integer): self = .integer(integer)
        case .boolean(let boolean): self = .boolean(boolean)
        case .bytes(let bytes): self = .text(hexadecimal(bytes))
        case .record(let record): self = .text(record.description)
        }
    }
}
