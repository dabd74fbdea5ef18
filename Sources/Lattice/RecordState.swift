package import Ledger

/// What all edits of one record, folded together, come to.
///
/// Who edits a field replaces there what he saw; who removes a record replaces everything he saw; a log only grows,
/// and nobody else takes anything away. A dot is live if it was written and not replaced, and owed if it was replaced
/// and not yet written. So every order of arrival that keeps each stream in order ends in the same state, without
/// version vectors or tombstones, and nothing removed comes back, however late its edit arrives (the observed-remove
/// idea of Shapiro et al., "Conflict-free replicated data types", 2011; streams without gaps take the place of the
/// causal order it asks for).
package struct RecordState: Hashable, Sendable {
    package let id: RecordID
    /// The fields something is known of, in ascending order of their keys.
    package private(set) var fields: [FieldState] = []
    /// What removals of the whole record replaced, in whatever field, and is not yet here; ascending.
    package private(set) var owed: [Citation] = []

    package init(id: RecordID) { self.id = id }

    /// A state as it was read from the store; the caller has checked that both lists ascend.
    init(id: RecordID, fields: [FieldState], owed: [Citation]) {
        (self.id, self.fields, self.owed) = (id, fields, owed)
    }

    /// Folds one edit in. Each edit may be applied once, those of a stream in the order they stand there.
    ///
    /// - Parameter head: the number of the last entry of a stream that was merged before the entry this edit stands
    ///   in, of its own stream too; 0 for a stream that is not here. What is cited above it is still to come.
    package mutating func apply(_ write: Write, head: (StreamID) -> UInt64) {
        let edit = write.edit
        precondition(
            edit.record == id.key && edit.kind == id.kind, "the edit \(write.dot) is of another record than \(id)")
        let key = FieldKey(name: edit.field, type: edit.type)
        switch edit.type {
        case .register, .set, .counter:
            if !edit.replaces.isEmpty { replace(edit.replaces, in: key, head: head) }
        case .exists:
            if edit.isRemoval { replaceAnywhere(edit.replaces, head: head) }
        case .log: break
        }
        insert(write, in: key)
    }

    /// The state without owed dots that have come: they named another field or record, or nothing, and mean nothing.
    /// They do no harm where they stand, but which of them stand there depends on the order of arrival.
    package func normalised(head: (StreamID) -> UInt64) -> RecordState {
        var state = self
        let isJunk: (Citation) -> Bool = { $0.dot.number <= head($0.dot.stream) }
        state.owed.removeAll(where: isJunk)
        for place in state.fields.indices where !state.fields[place].owed.isEmpty {
            state.fields[place].forgetOwed(where: isJunk)
        }
        state.fields.removeAll(where: \.isEmpty)
        return state
    }

    package subscript(key: FieldKey) -> FieldState? {
        let place = fields.firstPlace { $0.key >= key }
        return place < fields.count && fields[place].key == key ? fields[place] : nil
    }

    /// Whether anything of the record is live: a removal that missed a concurrent edit does not hide it.
    package var isVisible: Bool { fields.contains { !$0.live.isEmpty } }

    /// Whether nothing is known that a fresh state would not know: a store need not keep it.
    package var isEmpty: Bool { fields.isEmpty && owed.isEmpty }

    /// Every live dot of the record in ascending order: what its removal gives back as `replaces`.
    package var seenByRemoval: [Citation] { fields.flatMap(\.seen).sorted() }

    // MARK: One edit

    private mutating func replace(_ citations: [Citation], in key: FieldKey, head: (StreamID) -> UInt64) {
        let place = findOrAdd(key)
        for citation in citations where !fields[place].remove(citation) && isToCome(citation, head) {
            fields[place].owe(citation)
        }
        if fields[place].isEmpty { fields.remove(at: place) }
    }

    private mutating func replaceAnywhere(_ citations: [Citation], head: (StreamID) -> UInt64) {
        for citation in citations {
            let wasFound = fields.indices.contains { fields[$0].remove(citation) }
            if !wasFound, isToCome(citation, head) { owed.insertSorted(citation) }
        }
        fields.removeAll(where: \.isEmpty)
    }

    private func isToCome(_ citation: Citation, _ head: (StreamID) -> UInt64) -> Bool {
        citation.dot.number > head(citation.dot.stream)
    }

    private mutating func insert(_ write: Write, in key: FieldKey) {
        let citation = Citation(dot: write.dot, check: write.check)
        var isReplaced = owed.settle(citation)
        let place = findOrAdd(key)
        if fields[place].settle(citation) { isReplaced = true }
        if !write.edit.isRemoval, !isReplaced {
            fields[place].insert(
                LiveValue(
                    dot: write.dot, check: write.check, value: write.value, stamp: write.stamp, level: write.level,
                    after: key.type == .log ? write.edit.after : []))
        }
        if fields[place].isEmpty { fields.remove(at: place) }
    }

    private mutating func findOrAdd(_ key: FieldKey) -> Int {
        let place = fields.firstPlace { $0.key >= key }
        if place == fields.count || fields[place].key != key { fields.insert(FieldState(key: key), at: place) }
        return place
    }
}
