package import Divisions

/// What one process run writes with: drawn anew at every start, so that no process ever extends another's stream.
package struct WriterIdentity: Sendable {
    package let seat: DivisionCode
    package let suite: Suite
    /// The public key that seals can be checked with.
    package let key: [UInt8]
    /// The node's certificates, leaf first, DER; empty under the test suite.
    package let certificates: [[UInt8]]
    /// Sixteen bytes of chance.
    package let nonce: [UInt8]
    /// Thirty-two bytes of chance that salts are derived from; never leaves the process.
    package let saltSeed: [UInt8]

    package init(
        seat: DivisionCode, suite: Suite, key: [UInt8], certificates: [[UInt8]], nonce: [UInt8], saltSeed: [UInt8]
    ) {
        precondition(nonce.count == 16, "a nonce has 16 bytes, this one \(nonce.count)")
        (self.seat, self.suite, self.key) = (seat, suite, key)
        (self.certificates, self.nonce, self.saltSeed) = (certificates, nonce, saltSeed)
    }
}

/// An edit before it stands in a stream.
package struct EditDraft: Hashable, Sendable {
    package let kind: String
    package let record: RecordKey
    package let field: String
    package let type: FieldType
    package let value: Value?
    package let isPersonal: Bool
    package let isRemoval: Bool
    package let replaces: [Citation]
    package let reads: [Citation]
    package let after: [Citation]

    package init(
        kind: String, record: RecordKey, field: String, type: FieldType, value: Value?, isPersonal: Bool = false,
        isRemoval: Bool = false, replaces: [Citation] = [], reads: [Citation] = [], after: [Citation] = []
    ) {
        precondition(
            (value == nil) == (isRemoval || type == .exists), "\(kind).\(field): a value where none belongs, or none")
        (self.kind, self.record, self.field, self.type) = (kind, record, field, type)
        (self.value, self.isPersonal, self.isRemoval) = (value, isPersonal, isRemoval)
        (self.replaces, self.reads, self.after) = (replaces, reads, after)
    }
}

/// Where a stream of this writer leads: one home, one flow.
package struct StreamPlace: Hashable, Comparable, Sendable {
    package let home: DivisionCode
    package let flow: Flow
    package init(home: DivisionCode, flow: Flow) { (self.home, self.flow) = (home, flow) }
    package static func < (left: StreamPlace, right: StreamPlace) -> Bool {
        (left.home, left.flow) < (right.home, right.flow)
    }
}

/// Extends this process's own streams, opening each at its first write.
package struct Writer: Sendable {
    package let identity: WriterIdentity
    package var heads: [StreamPlace: StreamHead] = [:]

    package init(identity: WriterIdentity) { self.identity = identity }

    /// Appends one act to the stream of `place`; the first time, its opening goes before it.
    /// - Parameter now: the wall clock in milliseconds since 1970.
    package mutating func append(
        _ act: Act, _ drafts: [EditDraft], to place: StreamPlace, predecessor: StreamID?, tree: TreeVersion, now: UInt64
    ) -> [JudgedEntry] {
        precondition(!drafts.isEmpty, "an act without edits")
        var entries: [JudgedEntry] = []
        if heads[place] == nil {
            let (head, entry) = open(place, predecessor: predecessor, tree: tree, now: now)
            heads[place] = head
            entries.append(entry)
        }
        guard var head = heads[place] else { preconditionFailure("the stream of \(place) was just opened") }
        let number = head.number + 1
        let (edits, personal) = content(of: drafts, in: head.stream, number: number)
        let header = EntryHeader(
            number: number, previous: head.hash, stamp: max(now, head.stamp), tree: tree,
            payload: .edits(act, edits))
        let entry = seal(header, personal, in: head.stream)
        (head.number, head.hash, head.stamp) = (number, entry.hash, header.stamp)
        heads[place] = head
        return entries + [entry]
    }

    private func open(
        _ place: StreamPlace, predecessor: StreamID?, tree: TreeVersion, now: UInt64
    ) -> (StreamHead, JudgedEntry) {
        let opening = Opening(
            home: place.home, flow: place.flow, suite: identity.suite.rawValue, key: identity.key,
            nonce: identity.nonce, predecessor: predecessor)
        let stream = opening.stream
        let header = EntryHeader(
            number: 1, previous: stream.digest, stamp: now, tree: tree,
            payload: .opening(opening, seat: identity.seat, certificates: identity.certificates))
        let entry = seal(header, [], in: stream)
        let head = StreamHead(
            stream: stream, opening: opening, seat: identity.seat, number: 1, hash: entry.hash, stamp: now)
        return (head, entry)
    }

    private func content(of drafts: [EditDraft], in stream: StreamID, number: UInt64) -> ([Edit], [PersonalValue]) {
        var edits: [Edit] = []
        var personal: [PersonalValue] = []
        for (index, draft) in drafts.enumerated() {
            var content = draft.value.map(Content.plain)
            if draft.isPersonal, let value = draft.value {
                let hidden = PersonalValue(
                    index: UInt32(index), salt: salt(stream, number, UInt32(index)), value: value)
                personal.append(hidden)
                content = .personal(hidden.digest(suite: identity.suite.rawValue))
            }
            edits.append(
                Edit(
                    kind: draft.kind, record: draft.record, field: draft.field, type: draft.type, content: content,
                    isRemoval: draft.isRemoval, replaces: draft.replaces, reads: draft.reads, after: draft.after))
        }
        return (edits, personal)
    }

    private func salt(_ stream: StreamID, _ number: UInt64, _ index: UInt32) -> [UInt8] {
        var writer = ByteWriter()
        writer.raw(identity.saltSeed)
        writer.digest(stream.digest)
        writer.fixed64(number)
        writer.varint(UInt64(index))
        return Array(Digest.of(0, writer.bytes).bytes[1...PersonalValue.saltBytes])
    }

    private func seal(_ header: EntryHeader, _ personal: [PersonalValue], in stream: StreamID) -> JudgedEntry {
        var writer = ByteWriter(reserving: 512)
        writer.header(header, in: stream)
        var body = ByteWriter()
        body.body(personal)
        let entry = Entry(header: writer.bytes, body: body.bytes)
        return JudgedEntry(
            id: EntryID(stream: stream, number: header.number), hash: entry.hash(suite: identity.suite.rawValue),
            entry: entry, header: header, personal: personal)
    }
}
