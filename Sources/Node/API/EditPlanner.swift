package import Lattice
package import Ledger

/// What a source wants a record to hold, read and typed.
package struct PlannedDraft: Hashable, Sendable {
    package struct Wanted: Hashable, Sendable {
        package let field: Field
        package let values: [Value]

        package init(_ field: Field, _ values: [Value]) { (self.field, self.values) = (field, values) }
    }

    package let id: RecordID
    package let kind: Kind
    package let fields: [Wanted]
    package let onlyIfPresent: Bool

    package init(id: RecordID, kind: Kind, fields: [Wanted], onlyIfPresent: Bool = false) {
        (self.id, self.kind, self.fields, self.onlyIfPresent) = (id, kind, fields, onlyIfPresent)
    }
}

/// The edits of one record, in the order in which they are to stand.
package struct PlannedRecord: Hashable, Sendable {
    package let id: RecordID
    /// Whether it may share an entry with other records.
    package let isPacked: Bool
    package let edits: [EditDraft]
}

/// Turns what a person or a source wants into the edits that are needed, and packs edits into entries. Pure: what is
/// stored comes in, edits come out.
package enum EditPlanner {
    /// The name of the field that says a record exists.
    package static let existsField = "exists"

    /// Any record may have this log of reasons given with resolutions, whatever its kind says.
    package static let resolutionsField = Field(
        "resolutions", .log, isPersonal: true, chinese: "冲突处理说明", english: "Reasons of resolutions")

    // MARK: Drafts

    /// What brings a record to what a draft says; nothing at all where it holds that already.
    ///
    /// A difference in a register replaces everything that is live there, as the draft's author would on seeing it.
    /// Values erased by order of law stay erased, and a conflict whose shown value the draft agrees with is left to
    /// a person.
    ///
    /// - Parameter state: as it is stored; `nil` if nothing is known of the record.
    package static func edits(for draft: PlannedDraft, from state: RecordState?) -> [EditDraft] {
        let view = state?.view
        let isNew = view?.isVisible != true
        if isNew, draft.onlyIfPresent { return [] }
        var edits: [EditDraft] = []
        if isNew { edits.append(creation(of: draft.id)) }
        for wanted in draft.fields {
            let field = wanted.field
            let key = FieldKey(name: field.name, type: field.type)
            let current = view?.fields.first { $0.key == key }
            switch field.type {
            case .register: edits += register(draft.id, field, wanted.values.first, current)
            case .set: edits += set(draft.id, field, wanted.values, current, state?[key])
            case .log: edits += log(draft.id, field, wanted.values, current)
            case .counter:
                guard isNew, let value = wanted.values.first, value != .integer(0) else { continue }
                edits.append(edit(draft.id, field, value))
            case .exists: continue
            }
        }
        return edits
    }

    /// The edit that makes a record.
    package static func creation(of id: RecordID) -> EditDraft {
        EditDraft(kind: id.kind, record: id.key, field: existsField, type: .exists, value: nil)
    }

    /// The edit that removes a record as its author saw it.
    package static func removal(of id: RecordID, seen: [Citation]) -> EditDraft {
        EditDraft(
            kind: id.kind, record: id.key, field: existsField, type: .exists, value: nil, isRemoval: true,
            replaces: seen)
    }

    static func edit(
        _ id: RecordID, _ field: Field, _ value: Value?, replaces: [Citation] = [], reads: [Citation] = [],
        after: [Citation] = []
    ) -> EditDraft {
        EditDraft(
            kind: id.kind, record: id.key, field: field.name, type: field.type, value: value,
            isPersonal: field.isPersonal && value != nil, isRemoval: value == nil, replaces: replaces, reads: reads,
            after: after)
    }

    private static func register(
        _ id: RecordID, _ field: Field, _ wanted: Value?, _ current: FieldView?
    ) -> [EditDraft] {
        guard let current else { return wanted.map { [edit(id, field, $0)] } ?? [] }
        guard !current.isErased else { return [] }
        if let wanted, let shown = current.shown, shown.encoded == wanted.encoded { return [] }
        return [edit(id, field, wanted, replaces: current.seen)]
    }

    private static func set(
        _ id: RecordID, _ field: Field, _ wanted: [Value], _ current: FieldView?, _ state: FieldState?
    ) -> [EditDraft] {
        let held = Set((current?.values ?? []).compactMap { $0.value?.encoded })
        var kept: Set<[UInt8]> = []
        var edits: [EditDraft] = []
        for value in wanted where kept.insert(value.encoded).inserted && !held.contains(value.encoded) {
            edits.append(edit(id, field, value))
        }
        let surplus = citations(in: state) { !kept.contains($0.encoded) }
        if !surplus.isEmpty { edits.append(edit(id, field, nil, replaces: surplus)) }
        return edits
    }

    private static func log(
        _ id: RecordID, _ field: Field, _ wanted: [Value], _ current: FieldView?
    ) -> [EditDraft] {
        let last = current?.values.last?.citation
        // Of elements that occur twice, as many are held as match; the rest is new.
        var held: [[UInt8]: Int] = [:]
        for value in current?.values ?? [] { held[value.value?.encoded ?? [], default: 0] += 1 }
        var edits: [EditDraft] = []
        for value in wanted {
            let encoded = value.encoded
            if let count = held[encoded], count > 0 {
                held[encoded] = count - 1
            } else {
                edits.append(edit(id, field, value, after: last.map { [$0] } ?? []))
            }
        }
        return edits
    }

    /// The live dots of a field whose values are such; erased ones are not.
    static func citations(in state: FieldState?, where isMeant: (Value) -> Bool) -> [Citation] {
        (state?.live ?? []).compactMap { live in
            switch live.value {
            case .plain(let value), .personal(let value): isMeant(value) ? live.citation : nil
            case .none, .erased: nil
            }
        }
    }
}
