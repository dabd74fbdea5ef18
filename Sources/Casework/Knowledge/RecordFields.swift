import Divisions
import Lattice
import Ledger
import Libraries

/// Reads the fields of a record and keeps what it looked at, so that whoever decides by them can cite it.
struct RecordFields {
    private let view: RecordView
    /// Live dots of everything read so far.
    private(set) var seen: [Citation] = []

    init(_ record: RecordState) { view = record.view }

    /// The shown text of a register; nil for anything else.
    mutating func text(_ name: String) -> String? {
        guard let field = view[name] else { return nil }
        seen += field.seen
        return field.shown?.text
    }

    /// The same, without looking: for what decides nothing, such as names.
    func unread(_ name: String) -> String? { view[name]?.shown?.text }

    mutating func integer(_ name: String) -> Int64? {
        guard let field = view[name] else { return nil }
        seen += field.seen
        return if case .integer(let value) = field.shown { value } else { nil }
    }

    mutating func boolean(_ name: String) -> Bool? {
        guard let field = view[name] else { return nil }
        seen += field.seen
        return if case .boolean(let value) = field.shown { value } else { nil }
    }

    /// The texts of a set, ascending.
    mutating func texts(_ name: String) -> [String] {
        guard let field = view[name] else { return [] }
        seen += field.seen
        return field.values.compactMap { $0.value?.text }
    }

    mutating func date(_ name: String) -> LegalDate? { text(name).flatMap { LegalDate($0) } }

    mutating func division(_ name: String) -> DivisionCode? { text(name).flatMap { DivisionCode($0) } }

    mutating func divisions(_ name: String) -> [DivisionCode] { texts(name).compactMap { DivisionCode($0) } }

    /// Every live value of a register, the shown one first.
    mutating func candidates(_ name: String) -> [Candidate] {
        guard let field = view[name] else { return [] }
        seen += field.seen
        return field.values
    }

    /// The level of the division acted for in the shown value: what a superior wrote nobody below can have written.
    func level(_ name: String) -> Level? { view[name]?.values.map(\.level).max() }
}

extension Value {
    var text: String? { if case .text(let text) = self { text } else { nil } }
}

extension [Citation] {
    /// Ascending, each once, as an edit cites them.
    var listed: [Citation] { Set(self).sorted() }
}
