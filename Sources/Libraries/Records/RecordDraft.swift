import Divisions
package import Lattice
package import Ledger

/// What an import wants a record to hold: compared with what the record holds, it becomes the edits that are needed,
/// and none at all if nothing changed.
package struct RecordDraft: Hashable, Sendable {
    /// The record; its key follows from the natural key, so that two imports of one thing are one record.
    package let id: RecordID
    package let kind: Kind
    /// The fields that the import is responsible for, in the order of the kind. A register with no value should hold
    /// none; a set should hold exactly these; a counter is only set when the record is made.
    package let fields: [DraftField]
    /// Whether nothing is to be made if the record does not exist yet, because its absence says the same.
    package let onlyIfPresent: Bool

    init(_ kind: Kind, home: DivisionCode, naturalKey: String, onlyIfPresent: Bool = false, _ values: [DraftField]) {
        self.init(
            kind, id: RecordID(home: home, flow: kind.flow, kind: kind.name, naturalKey: naturalKey),
            onlyIfPresent: onlyIfPresent, values)
    }

    init(_ kind: Kind, id: RecordID, onlyIfPresent: Bool = false, _ values: [DraftField]) {
        for value in values {
            guard let field = kind.field(value.name) else { preconditionFailure("\(kind.name) has no \(value.name)") }
            precondition(
                value.values.allSatisfy(field.value.admits), "\(kind.name).\(value.name) holds another type")
            precondition(
                value.values.count <= 1 || field.type == .set || field.type == .log,
                "\(kind.name).\(value.name) holds one value")
        }
        (self.id, self.kind, self.fields, self.onlyIfPresent) = (id, kind, values, onlyIfPresent)
    }

    package subscript(field: String) -> [Value] { fields.first { $0.name == field }?.values ?? [] }
}

/// A field of a draft and what it should hold.
package struct DraftField: Hashable, Sendable {
    package let name: String
    package let values: [Value]

    init(_ name: String, text: String?) {
        (self.name, self.values) = (name, text.map { $0.isEmpty ? [] : [.text($0)] } ?? [])
    }

    init(_ name: String, texts: [String]) { (self.name, self.values) = (name, texts.map { .text($0) }) }

    init(_ name: String, integer: Int64?) { (self.name, self.values) = (name, integer.map { [.integer($0)] } ?? []) }

    init(_ name: String, boolean: Bool) { (self.name, self.values) = (name, [.boolean(boolean)]) }

    init(_ name: String, date: LegalDate?) { self.init(name, text: date?.description) }

    init(_ name: String, record: RecordID) { (self.name, self.values) = (name, [.record(record)]) }
}

/// Joins the parts of a natural key with a character that no part holds.
func naturalKey(_ parts: String...) -> String {
    parts.joined(separator: "\u{1F}")
}
