import Divisions
import Lattice
import Ledger
import Libraries
import Replication

extension FieldType {
    /// The name in messages.
    var name: String {
        switch self {
        case .register: "register"
        case .set: "set"
        case .log: "log"
        case .counter: "counter"
        case .exists: "exists"
        }
    }
}

extension EntryID {
    /// The stream as all digits of its hash, so that the text names the entry anywhere.
    var text: String { "\(stream)/\(number)" }
}

extension Dot {
    var text: String { "\(stream)/\(number).\(index)" }
}

extension RecordState {
    /// All that is live.
    var seenToken: SeenToken { SeenToken(seenByRemoval) }
}

extension CandidateMessage {
    init(_ candidate: Candidate) {
        self.init(
            value: candidate.value?.json, isErased: candidate.isErased, level: candidate.level.englishName,
            written: Moments.text(candidate.stamp), dot: candidate.dot.text,
            seen: SeenToken([candidate.citation]).text)
    }
}

extension FieldMessage {
    init(_ view: FieldView, _ field: Field?, isInConflict: Bool) {
        self.init(
            name: view.key.name, type: view.key.type.name, holds: field?.value.rawValue, chinese: field?.chinese,
            english: field?.english, isPersonal: field?.isPersonal ?? false, shown: view.shown?.json,
            isErased: view.isErased, isInConflict: isInConflict, values: view.values.map(CandidateMessage.init),
            seen: SeenToken(view.seen).text)
    }

    /// A field in which nothing is live.
    init(empty field: Field) {
        self.init(
            name: field.name, type: field.type.name, holds: field.value.rawValue, chinese: field.chinese,
            english: field.english, isPersonal: field.isPersonal, shown: field.type == .counter ? 0 : nil,
            isErased: false, isInConflict: false, values: [], seen: "")
    }
}

extension ConflictMessage {
    init(_ conflict: Conflict) {
        switch conflict {
        case .differentValues(let key): self.init(conflict: "different-values", field: key.name)
        case .removedWhileEdited: self.init(conflict: "removed-while-edited", field: nil)
        }
    }
}

extension RecordMessage {
    /// - Parameter kind: `nil` for one that this release does not know: its records are shown all the same.
    init(_ state: RecordState, kind: Kind?) {
        let view = state.view
        let seen = state.seenToken
        let known = (kind?.fields ?? []).map { field in
            let key = FieldKey(name: field.name, type: field.type)
            return view.fields.first { $0.key == key }.map { FieldMessage($0, field, in: view) }
                ?? FieldMessage(empty: field)
        }
        let others = view.fields.filter { shown in
            kind?.fields.contains { $0.name == shown.key.name && $0.type == shown.key.type } != true
        }.map { FieldMessage($0, Self.common($0.key), in: view) }
        self.init(
            id: state.id.description, kind: state.id.kind, home: state.id.home.text, flow: state.id.flow.name,
            etag: seen.entityTag, conflicts: view.conflicts.map(ConflictMessage.init), fields: known + others,
            seen: seen.text)
    }

    /// A field that records of every kind may have.
    private static func common(_ key: FieldKey) -> Field? {
        let field = EditPlanner.resolutionsField
        return key == FieldKey(name: field.name, type: field.type) ? field : nil
    }
}

extension FieldMessage {
    fileprivate init(_ view: FieldView, _ field: Field?, in record: RecordView) {
        self.init(view, field, isInConflict: record.conflicts.contains(.differentValues(view.key)))
    }
}

extension RecordSummary {
    init(_ state: RecordState) {
        let view = state.view
        var values: [String: JSON] = [:]
        for field in view.fields where values[field.key.name] == nil {
            switch field.key.type {
            case .register, .counter: values[field.key.name] = field.shown.map(\.json)
            case .set, .log: values[field.key.name] = .array(field.values.compactMap { $0.value?.json })
            case .exists: continue
            }
        }
        self.init(id: state.id.description, conflicts: view.conflicts.count, values: values)
    }
}

extension HistoryMessage {
    /// - Parameters:
    ///   - log: every entry that touches the record, in commit order.
    ///   - heads: those of the streams they stand in.
    ///   - next: where the entries after these begin.
    init(of id: RecordID, log: [LoggedEntry], heads: [StreamID: StreamHead], tree: DivisionTree, next: String? = nil) {
        let entries = log.compactMap { item -> HistoryEntry? in
            let head = heads[item.id.stream]
            guard let entry = JudgedEntry(logged: item, suite: head?.opening.suite ?? 0), let act = entry.header.act
            else {
                return nil
            }
            let edits = entry.writes(home: item.home, flow: item.flow, level: tree.level(of: act.division) ?? .village)
                .filter { $0.record == id }.map { HistoryEdit($0.write) }
            return HistoryEntry(
                entry: item.id.text, change: act.change.description, author: act.author?.description,
                division: act.division.text, divisionName: tree.division(act.division)?.name, body: act.body,
                seat: head?.seat.text, written: Moments.text(entry.header.stamp), arrived: Moments.text(item.arrived),
                counts: item.id.number <= head?.number ?? 0, edits: edits)
        }
        self.init(id: id.description, entries: entries, next: next)
    }
}

extension HistoryEdit {
    fileprivate init(_ write: Write) {
        let edit = write.edit
        let (value, isErased): (Value?, Bool) =
            switch write.value {
            case .none: (nil, false)
            case .plain(let value), .personal(let value): (value, false)
            case .erased: (nil, true)
            }
        self.init(
            field: edit.field, type: edit.type.name, action: edit.isRemoval ? "remove" : "write", value: value?.json,
            isErased: isErased, replaces: edit.replaces.map(\.dot.text), reads: edit.reads.map(\.dot.text))
    }
}
