import Lattice
import Ledger

/// What a person reads off a record's view.
extension RecordView {
    /// The field of this name and type, if anything is live in it.
    subscript(name: String, type: FieldType) -> FieldView? {
        fields.first { $0.key == FieldKey(name: name, type: type) }
    }
}

extension FieldView {
    /// The one value of a register or a counter, every value of a set or a log in its order.
    var shownValues: [Value] {
        switch key.type {
        case .register, .counter: [shown].compactMap { $0 }
        case .set, .log: values.compactMap(\.value)
        case .exists: []
        }
    }
}

extension Conflict {
    func concerns(_ field: String) -> Bool {
        switch self {
        case .differentValues(let key): key.name == field
        case .removedWhileEdited: field == "exists"
        }
    }
}

extension LiveValue {
    func shows(_ value: Value) -> Bool {
        switch self.value {
        case .plain(let own), .personal(let own): own == value
        case .none, .erased: false
        }
    }
}
