package import Divisions
package import Ledger

/// What a person has to decide, because merging must not.
package enum Conflict: Hashable, Sendable {
    /// A register holds several different values, written without knowledge of one another.
    case differentValues(FieldKey)
    /// Fields are live while the record's own existence is not: it was removed while someone edited it. (Where its
    /// creation has not arrived yet, or was never written, it shows the same, since the state cannot tell these apart.)
    case removedWhileEdited
}

/// A live value as a reader sees it.
package struct Candidate: Hashable, Sendable {
    package let dot: Dot
    /// Eight bytes of its entry's hash.
    package let check: UInt64
    /// `nil` where there is none to show: an erased value, or the existence of a record.
    package let value: Value?
    /// Whether the value was erased by order of law.
    package let isErased: Bool
    /// Milliseconds since 1970 by the writer's clock.
    package let stamp: UInt64
    /// The level of the division acted for.
    package let level: Level

    init(_ live: LiveValue) {
        (dot, check, stamp, level) = (live.dot, live.check, live.stamp, live.level)
        switch live.value {
        case .none: (value, isErased) = (nil, false)
        case .plain(let value), .personal(let value): (self.value, isErased) = (value, false)
        case .erased: (value, isErased) = (nil, true)
        }
    }

    package var citation: Citation { Citation(dot: dot, check: check) }
}

/// A field with something live in it, as a reader sees it.
package struct FieldView: Hashable, Sendable {
    package let key: FieldKey
    /// The one value to show of a register, or the sum of a counter; `nil` for the other types.
    package let shown: Value?
    /// Whether the value to show of a register was erased by order of law.
    package let isErased: Bool
    /// - register and `exists`: every live value, the one to show first: that of the highest acting level, then the
    ///   latest stamp, then the highest dot.
    /// - set: each different value once, ascending, by the candidate a register would show; then erased ones by dot.
    /// - log: every element in order of (depth, stamp, dot).
    /// - counter: every delta by dot.
    package let values: [Candidate]
    /// All live dots, ascending: what an editor of the field gives back as `replaces`.
    package let seen: [Citation]

    package init(_ state: FieldState) {
        (key, seen) = (state.key, state.seen)
        switch state.key.type {
        case .register:
            values = state.live.map(Candidate.init).sorted(by: Candidate.showsBefore)
            (shown, isErased) = (values.first?.value, values.first?.isErased ?? false)
        case .exists:
            values = state.live.map(Candidate.init).sorted(by: Candidate.showsBefore)
            (shown, isErased) = (nil, false)
        case .set:
            values = Candidate.distinct(state.live.map(Candidate.init))
            (shown, isErased) = (nil, false)
        case .log:
            values = state.live.inLogOrder().map(Candidate.init)
            (shown, isErased) = (nil, false)
        case .counter:
            values = state.live.map(Candidate.init)
            (shown, isErased) = (.integer(values.reduce(0) { $0 &+ $1.delta }), false)
        }
    }

    /// Whether a register's live values differ.
    package var isInConflict: Bool {
        guard key.type == .register, let first = values.first else { return false }
        return !values.allSatisfy { $0.showsSame(as: first) }
    }
}

extension Candidate {
    /// The order in which a register's values are shown: a superior's word first, then the latest.
    fileprivate static func showsBefore(_ left: Candidate, _ right: Candidate) -> Bool {
        if left.level != right.level { return left.level < right.level }
        if left.stamp != right.stamp { return left.stamp > right.stamp }
        return left.dot > right.dot
    }

    fileprivate static func distinct(_ candidates: [Candidate]) -> [Candidate] {
        let ordered = candidates.map { (candidate: $0, bytes: $0.value?.encoded ?? []) }.sorted { left, right in
            if left.candidate.isErased != right.candidate.isErased { return right.candidate.isErased }
            if left.candidate.isErased { return left.candidate.dot < right.candidate.dot }
            if left.bytes == right.bytes { return showsBefore(left.candidate, right.candidate) }
            if case .integer(let a) = left.candidate.value, case .integer(let b) = right.candidate.value {
                return a < b
            }
            return left.bytes.lexicographicallyPrecedes(right.bytes)
        }
        var kept: [Candidate] = []
        var last: [UInt8]?
        for (candidate, bytes) in ordered where candidate.isErased || bytes != last {
            kept.append(candidate)
            last = bytes
        }
        return kept
    }

    /// Whether both show the same, byte for byte: how Unicode may be written in several ways must not matter, since
    /// two releases may know two versions of it.
    fileprivate func showsSame(as other: Candidate) -> Bool {
        if case .text(let left) = value, case .text(let right) = other.value {
            return left.utf8.elementsEqual(right.utf8)
        }
        return value == other.value && isErased == other.isErased
    }

    /// What a counter adds for it: a value of another type than integer adds nothing.
    fileprivate var delta: Int64 {
        if case .integer(let delta) = value { delta } else { 0 }
    }
}

/// A record as a reader sees it.
package struct RecordView: Hashable, Sendable {
    package let id: RecordID
    package let isVisible: Bool
    /// The record's own conflict first, then those of its fields in their order.
    package let conflicts: [Conflict]
    /// The fields with something live, `exists` among them, in ascending order of their keys.
    package let fields: [FieldView]

    /// By name; where types under one name differ, the lowest type.
    package subscript(name: String) -> FieldView? { fields.first { $0.key.name == name } }
}

extension RecordState {
    package var view: RecordView {
        let shown = fields.filter { !$0.live.isEmpty }.map(FieldView.init)
        var conflicts: [Conflict] = []
        if !shown.isEmpty, !shown.contains(where: { $0.key.type == .exists }) { conflicts.append(.removedWhileEdited) }
        for field in shown where field.isInConflict { conflicts.append(.differentValues(field.key)) }
        return RecordView(id: id, isVisible: !shown.isEmpty, conflicts: conflicts, fields: shown)
    }
}
