package import Divisions
package import Ledger

/// What a field of a kind may hold; a value of another type is carried and shown, but not written here.
package enum ValueType: String, Hashable, Sendable, CaseIterable {
    case text, integer, boolean, bytes, record

    package func admits(_ value: Value) -> Bool {
        switch (self, value) {
        case (.text, .text), (.integer, .integer), (.boolean, .boolean), (.bytes, .bytes), (.record, .record): true
        default: false
        }
    }
}

/// A field of a kind: how its edits merge, what it holds, and how it is stored and shown.
package struct Field: Hashable, Sendable {
    package let name: String
    package let type: FieldType
    package let value: ValueType
    /// Its values stand in headers only as salted digests (PIPL Art. 47: they must be erasable).
    package let isPersonal: Bool
    /// Plain SQL finds records by it quickly.
    package let isIndexed: Bool
    package let chinese: String
    package let english: String

    package init(
        _ name: String, _ type: FieldType = .register, _ value: ValueType = .text, isPersonal: Bool = false,
        isIndexed: Bool = false, chinese: String, english: String
    ) {
        precondition(Name.isValid(name), "\(name) is no valid field name")
        (self.name, self.type, self.value) = (name, type, value)
        (self.isPersonal, self.isIndexed) = (isPersonal, isIndexed)
        (self.chinese, self.english) = (chinese, english)
    }
}

/// A kind of record, as data: handed to the core and the store at wiring. A kind that is not known is carried,
/// stored, merged and passed on all the same, since each edit names its own merge type.
package struct Kind: Hashable, Sendable {
    package let name: String
    package let chinese: String
    package let english: String
    /// The flow its records are written in.
    package let flow: Flow
    package let fields: [Field]
    /// The field whose words full-text search finds, if any.
    package let searched: String?

    package init(
        _ name: String, chinese: String, english: String, flow: Flow, fields: [Field], searched: String? = nil
    ) {
        precondition(Name.isValid(name), "\(name) is no valid kind name")
        precondition(Set(fields.map(\.name)).count == fields.count, "\(name) names a field twice")
        (self.name, self.chinese, self.english) = (name, chinese, english)
        (self.flow, self.fields, self.searched) = (flow, fields, searched)
    }

    package func field(_ name: String) -> Field? { fields.first { $0.name == name } }

    /// Kinds without personal data may pack many records into one entry.
    package var isPacked: Bool { !fields.contains { $0.isPersonal } }
}

/// The kinds a node knows, by name.
package struct Kinds: Hashable, Sendable {
    package let all: [Kind]
    private let byName: [String: Kind]

    package init(_ kinds: [Kind]) {
        all = kinds
        byName = Dictionary(kinds.map { ($0.name, $0) }) { first, second in
            preconditionFailure("the kind \(second.name) is defined twice")
        }
    }

    package subscript(name: String) -> Kind? { byName[name] }
}

/// One edit with all that merging needs to know of its entry.
package struct Write: Hashable, Sendable {
    /// A value as it is held here.
    package enum Held: Hashable, Sendable {
        /// A removal, or the creation of a record.
        case none
        case plain(Value)
        case personal(Value)
        /// A personal value erased by order of law: its dot and citations live on.
        case erased
    }

    package let dot: Dot
    /// Eight bytes of the entry's hash, which citations of the dot must carry.
    package let check: UInt64
    package let edit: Edit
    package let value: Held
    /// The entry's stamp, milliseconds since 1970.
    package let stamp: UInt64
    /// The level of the division acted for, by the tree version the entry names.
    package let level: Level

    package init(dot: Dot, check: UInt64, edit: Edit, value: Held, stamp: UInt64, level: Level) {
        (self.dot, self.check, self.edit, self.value) = (dot, check, edit, value)
        (self.stamp, self.level) = (stamp, level)
    }
}

extension JudgedEntry {
    /// The entry's edits as merging takes them, each with the record it touches.
    package func writes(home: DivisionCode, flow: Flow, level: Level) -> [(record: RecordID, write: Write)] {
        var personal = self.personal[...]
        return header.edits.enumerated().map { index, edit in
            let value: Write.Held
            switch edit.content {
            case nil: value = .none
            case .plain(let plain): value = .plain(plain)
            case .personal:
                if let first = personal.first, first.index == UInt32(index) {
                    value = .personal(first.value)
                    personal.removeFirst()
                } else {
                    value = .erased
                }
            }
            let dot = Dot(stream: id.stream, number: id.number, index: UInt32(index))
            let write = Write(
                dot: dot, check: hash.check, edit: edit, value: value, stamp: header.stamp, level: level)
            return (RecordID(home: home, flow: flow, kind: edit.kind, key: edit.record), write)
        }
    }
}
