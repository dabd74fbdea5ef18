import Divisions
import Lattice
import Ledger

/// A record told in the plainest way: it keeps every edit, and works everything out from all of them.
struct ReferenceRecord {
    let id: RecordID
    var writes: [Write] = []
    /// The last entry of each stream that has come.
    var heads: [StreamID: UInt64] = [:]

    func key(_ write: Write) -> FieldKey { FieldKey(name: write.edit.field, type: write.edit.type) }

    /// What takes effect of an edit's `replaces`, and where: `nil` for everywhere in the record.
    private func replacements(_ write: Write) -> (citations: [Citation], field: FieldKey?) {
        switch write.edit.type {
        case .register, .set, .counter: (write.edit.replaces, key(write))
        case .exists: (write.edit.isRemoval ? write.edit.replaces : [], nil)
        case .log: ([], key(write))
        }
    }

    /// Written − replaced.
    var live: [FieldKey: [Write]] {
        var inField: [FieldKey: Set<Citation>] = [:]
        var anywhere: Set<Citation> = []
        for write in writes {
            let (citations, field) = replacements(write)
            if let field { inField[field, default: []].formUnion(citations) } else { anywhere.formUnion(citations) }
        }
        var live: [FieldKey: [Write]] = [:]
        for write in writes where !write.edit.isRemoval {
            let citation = Citation(dot: write.dot, check: write.check)
            if anywhere.contains(citation) || inField[key(write)]?.contains(citation) == true { continue }
            live[key(write), default: []].append(write)
        }
        return live.mapValues { $0.sorted { $0.dot < $1.dot } }
    }

    /// Replaced − written, as far as it may still come.
    var owed: (inField: [FieldKey: Set<Citation>], anywhere: Set<Citation>) {
        var inField: [FieldKey: Set<Citation>] = [:]
        var anywhere: Set<Citation> = []
        for write in writes {
            let (citations, field) = replacements(write)
            for citation in citations where citation.dot.number > heads[citation.dot.stream, default: 0] {
                if let field { inField[field, default: []].insert(citation) } else { anywhere.insert(citation) }
            }
        }
        return (inField, anywhere)
    }
}

/// What a state says, in a form that a reference can say too.
struct StateSummary: Equatable {
    var live: [FieldKey: [LiveValue]]
    var owed: [FieldKey: Set<Citation>]
    var owedAnywhere: Set<Citation>

    init(_ state: RecordState) {
        live = [:]
        owed = [:]
        for field in state.fields {
            if !field.live.isEmpty { live[field.key] = field.live }
            if !field.owed.isEmpty { owed[field.key] = Set(field.owed) }
        }
        owedAnywhere = Set(state.owed)
    }

    init(_ reference: ReferenceRecord) {
        live = reference.live.mapValues { writes in
            writes.map {
                LiveValue(
                    dot: $0.dot, check: $0.check, value: $0.value, stamp: $0.stamp, level: $0.level,
                    after: $0.edit.type == .log ? $0.edit.after : [])
            }
        }
        (owed, owedAnywhere) = reference.owed
    }
}

/// What a view says, in a form that a reference can say too.
struct ViewSummary: Equatable {
    struct Field: Equatable {
        var shown: Value?
        var isErased: Bool
        var order: [Dot]
        var seen: [Citation]
    }

    var isVisible: Bool
    var conflicts: [Conflict]
    var fields: [FieldKey: Field]

    init(_ view: RecordView) {
        isVisible = view.isVisible
        conflicts = view.conflicts
        fields = Dictionary(
            uniqueKeysWithValues: view.fields.map {
                ($0.key, Field(shown: $0.shown, isErased: $0.isErased, order: $0.values.map(\.dot), seen: $0.seen))
            })
    }

    init(_ reference: ReferenceRecord) {
        let live = reference.live
        isVisible = !live.isEmpty
        conflicts = []
        fields = [:]
        if !live.isEmpty, !live.keys.contains(where: { $0.type == .exists }) { conflicts.append(.removedWhileEdited) }
        for (key, writes) in live.sorted(by: { $0.key < $1.key }) {
            var field = Field(
                shown: nil, isErased: false, order: [],
                seen: writes.map { Citation(dot: $0.dot, check: $0.check) }.sorted())
            switch key.type {
            case .register:
                let ordered = Self.byRank(writes)
                field.order = ordered.map(\.dot)
                field.shown = ordered[0].shown
                field.isErased = ordered[0].value == .erased
                if Set(writes.map(\.shown)).count > 1 { conflicts.append(.differentValues(key)) }
            case .exists: field.order = Self.byRank(writes).map(\.dot)
            case .set: field.order = Self.distinct(writes)
            case .log: field.order = Self.byDepth(writes)
            case .counter:
                field.order = writes.map(\.dot)
                field.shown = .integer(writes.reduce(0) { $0 &+ $1.delta })
            }
            fields[key] = field
        }
    }

    private static func byRank(_ writes: [Write]) -> [Write] {
        writes.sorted { left, right in
            let leftRank = (-Int(left.level.rawValue), left.stamp)
            let rightRank = (-Int(right.level.rawValue), right.stamp)
            return leftRank == rightRank ? left.dot > right.dot : leftRank > rightRank
        }
    }

    private static func distinct(_ writes: [Write]) -> [Dot] {
        let values = Set(writes.compactMap(\.shown)).sorted()
        let shown = values.map { value in byRank(writes.filter { $0.shown == value })[0].dot }
        return shown + writes.filter { $0.shown == nil }.map(\.dot)
    }

    private static func byDepth(_ writes: [Write]) -> [Dot] {
        var depths: [Dot: Int] = [:]
        func followed(_ write: Write) -> [Write] {
            writes.filter { write.edit.after.contains(Citation(dot: $0.dot, check: $0.check)) }
        }
        var isSettled = false
        while !isSettled {
            isSettled = true
            for write in writes where depths[write.dot] == nil {
                let before = followed(write).map { depths[$0.dot] }
                guard !before.contains(nil) else { continue }
                depths[write.dot] = 1 + (before.compactMap(\.self).max() ?? 0)
                isSettled = false
            }
        }
        let grounded = depths
        for write in writes where grounded[write.dot] == nil {
            depths[write.dot] = 1 + (followed(write).compactMap { grounded[$0.dot] }.max() ?? 0)
        }
        return writes.sorted {
            (depths[$0.dot, default: 0], $0.stamp, $0.dot) < (depths[$1.dot, default: 0], $1.stamp, $1.dot)
        }.map(\.dot)
    }
}

extension Write {
    /// What is shown of it; `nil` for an erased value.
    fileprivate var shown: Value? {
        switch value {
        case .plain(let value), .personal(let value): value
        case .none, .erased: nil
        }
    }

    fileprivate var delta: Int64 {
        if case .integer(let delta) = shown { delta } else { 0 }
    }
}
