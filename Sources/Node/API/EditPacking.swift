package import Ledger
package import Replication

/// Why edits do not fit.
package enum PackingFault: Error, Hashable, Sendable {
    /// One edit alone is larger than an entry may be.
    case editTooLarge(RecordID, field: String)
    case tooManyCitations(RecordID, field: String)
    /// More than one change can carry: it is sealed and passed on as a whole.
    case changeTooLarge
}

extension EditPlanner {
    /// What an entry of many records is filled to: a fraction of what one may have, so that a slow line is not held up
    /// by it, and enough that its header and seal cost little.
    package static let packedBytesTarget = 49_152
    /// What the edits of an entry may come to before they are split: the limit, less its header, tables and names.
    package static let entryBytesMax = Limits.entryBytesMax - 8_192
    /// What a change may come to at one place: the run it becomes is judged as a whole.
    package static let changeBytesMax = Limits.sealRunBytesMax - Limits.entryBytesMax

    /// Edits as a change takes them: one part for each home and flow, in the order of their first records. Records of
    /// kinds without personal data share entries; any other has an entry of its own, or several where one is too small.
    package static func parts(_ records: [PlannedRecord]) throws(PackingFault) -> [LocalChange.Part] {
        var order: [StreamPlace] = []
        var packings: [StreamPlace: Packing] = [:]
        for record in records where !record.edits.isEmpty {
            let place = StreamPlace(home: record.id.home, flow: record.id.flow)
            if packings[place] == nil { order.append(place) }
            try packings[place, default: Packing()].add(record)
        }
        var parts: [LocalChange.Part] = []
        for place in order {
            guard var packing = packings[place] else { continue }
            packing.close()
            guard packing.bytes <= changeBytesMax, packing.entries.count < Limits.entriesPerSealMax else {
                throw .changeTooLarge
            }
            parts.append(LocalChange.Part(place: place, entries: packing.entries))
        }
        return parts
    }

    private struct Packing {
        private(set) var entries: [[EditDraft]] = []
        /// Of all entries, roughly, never too low.
        private(set) var bytes = 0
        private var open: [EditDraft] = []
        private var openBytes = 0
        private var openStreams: Set<StreamID> = []
        private var openNames: Set<String> = []

        mutating func add(_ record: PlannedRecord) throws(PackingFault) {
            if !record.isPacked { close() }
            let whole = record.edits.reduce(0) { $0 + EditPlanner.bytes($1) }
            if openBytes > 0, openBytes + whole > EditPlanner.packedBytesTarget { close() }
            for edit in record.edits { try add(edit, of: record.id) }
            if !record.isPacked { close() }
        }

        private mutating func add(_ edit: EditDraft, of id: RecordID) throws(PackingFault) {
            let size = EditPlanner.bytes(edit)
            guard size <= EditPlanner.entryBytesMax else { throw .editTooLarge(id, field: edit.field) }
            let cited = edit.replaces + edit.reads + edit.after
            guard max(edit.replaces.count, edit.reads.count, edit.after.count) <= Limits.citationsPerEditMax else {
                throw .tooManyCitations(id, field: edit.field)
            }
            let streams = openStreams.union(cited.map(\.dot.stream))
            let names = openNames.union([edit.kind, edit.field])
            if openBytes + size > EditPlanner.entryBytesMax || open.count == Limits.editsPerEntryMax
                || streams.count > Limits.streamsPerEntryMax / 2 || names.count > Limits.namesPerEntryMax
            {
                close()
            }
            open.append(edit)
            openBytes += size
            openStreams.formUnion(cited.map(\.dot.stream))
            openNames.formUnion([edit.kind, edit.field])
        }

        mutating func close() {
            guard !open.isEmpty else { return }
            entries.append(open)
            bytes += openBytes + EditPlanner.headerBytes + openStreams.count * Digest.byteCount
            (open, openBytes, openStreams, openNames) = ([], 0, [], [])
        }
    }

    /// A header without edits: hashes, stamps, the act, and the names of a kind's fields.
    private static let headerBytes = 1_024
    /// A citation: the stream's place, the number, the index, the check; and its stream in the table, at worst.
    private static let citationBytes = 16 + Digest.byteCount

    /// What an edit adds to an entry, at most: flags, names and key; then its value, or a digest with the value beside.
    private static func bytes(_ edit: EditDraft) -> Int {
        let value = edit.value?.encoded.count ?? 0
        let content = edit.isPersonal ? value + Digest.byteCount + PersonalValue.saltBytes + 8 : value
        return 32 + content + citationBytes * (edit.replaces.count + edit.reads.count + edit.after.count)
    }
}
