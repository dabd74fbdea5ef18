package import Divisions

/// What a stream is: everything one writer writes for one home in one flow. Its hash is the stream's id.
package struct Opening: Hashable, Sendable {
    package let home: DivisionCode
    package let flow: Flow
    /// The suite that seals the stream, all its life.
    package let suite: UInt8
    /// The writer's public key in the suite's own form (P-256: the 65 bytes of X9.63).
    package let key: [UInt8]
    /// Sixteen bytes drawn at the start of the writing process: no later process extends this stream.
    package let nonce: [UInt8]
    /// The stream this node wrote for the same home and flow in an earlier process, if it knows one.
    package let predecessor: StreamID?

    package init(
        home: DivisionCode, flow: Flow, suite: UInt8, key: [UInt8], nonce: [UInt8], predecessor: StreamID?
    ) {
        (self.home, self.flow, self.suite) = (home, flow, suite)
        (self.key, self.nonce, self.predecessor) = (key, nonce, predecessor)
    }

    package var stream: StreamID {
        var writer = ByteWriter()
        writer.opening(self)
        return StreamID(Digest.of(suite, HashDomain.stream, writer.bytes))
    }
}

/// The type of a field: which of the mergeable data types its edits are folded into.
package enum FieldType: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    /// Concurrent values are all kept; one is shown.
    case register = 1
    /// Add wins; a removal removes what its author saw.
    case set = 2
    /// Grow-only, ordered by what each element follows.
    case log = 3
    /// The sum of all deltas.
    case counter = 4
    /// The record itself: written when it is created, replaced together with every live dot when it is removed.
    case exists = 5

    package static func < (left: FieldType, right: FieldType) -> Bool { left.rawValue < right.rawValue }
}

/// What an edit's header says of its value.
package enum Content: Hashable, Sendable {
    case plain(Value)
    /// The salted digest of a value that travels beside the header and can be erased by order of law.
    case personal(Digest)
}

/// One change to one field of one record, as it stands in a header.
package struct Edit: Hashable, Sendable {
    package let kind: String
    package let record: RecordKey
    package let field: String
    package let type: FieldType
    /// `nil` on a removal, and on the creation of a record.
    package let content: Content?
    /// An edit that only takes away what it replaces.
    package let isRemoval: Bool
    /// The dots its author's screen showed and this edit supersedes.
    package let replaces: [Citation]
    /// What a gate looked at.
    package let reads: [Citation]
    /// The log elements this one follows.
    package let after: [Citation]

    package init(
        kind: String, record: RecordKey, field: String, type: FieldType, content: Content?, isRemoval: Bool = false,
        replaces: [Citation] = [], reads: [Citation] = [], after: [Citation] = []
    ) {
        (self.kind, self.record, self.field, self.type) = (kind, record, field, type)
        (self.content, self.isRemoval) = (content, isRemoval)
        (self.replaces, self.reads, self.after) = (Self.listed(replaces), Self.listed(reads), Self.listed(after))
    }
}

extension Edit {
    /// Citations as a header lists them: ascending, each once.
    private static func listed(_ citations: [Citation]) -> [Citation] {
        guard citations.count > 1 else { return citations }
        return Set(citations).sorted()
    }
}

/// Who did it: one officer, for one division and body, as one change.
package struct Act: Hashable, Sendable {
    /// The officer's record; `nil` for the node itself (imports, receipts).
    package let author: RecordID?
    package let division: DivisionCode
    /// The acting body's code; empty for the node itself.
    package let body: String
    /// Sixteen bytes that the parts of one change share.
    package let change: RecordKey

    package init(author: RecordID?, division: DivisionCode, body: String, change: RecordKey) {
        (self.author, self.division, self.body, self.change) = (author, division, body, change)
    }
}

/// The structure of an entry: exactly the bytes that are hashed, stored and sent, and what they mean.
package struct EntryHeader: Hashable, Sendable {
    package enum Payload: Hashable, Sendable {
        /// Entry 1: what the stream is, the division the writer is seated at, and its certificates, leaf first (DER).
        case opening(Opening, seat: DivisionCode, certificates: [[UInt8]])
        case edits(Act, [Edit])
    }

    package let number: UInt64
    /// The hash of the entry before; for entry 1 the stream's id.
    package let previous: Digest
    /// Milliseconds since 1970 by the writer's clock, never below its last in this stream.
    package let stamp: UInt64
    package let tree: TreeVersion
    package let payload: Payload

    package init(number: UInt64, previous: Digest, stamp: UInt64, tree: TreeVersion, payload: Payload) {
        (self.number, self.previous, self.stamp, self.tree, self.payload) = (number, previous, stamp, tree, payload)
    }

    package var edits: [Edit] {
        if case .edits(_, let edits) = payload { edits } else { [] }
    }

    package var act: Act? {
        if case .edits(let act, _) = payload { act } else { nil }
    }
}

private let layout: UInt8 = 1

extension ByteWriter {
    package mutating func opening(_ opening: Opening) {
        code(opening.home)
        byte(opening.flow.rawValue)
        byte(opening.suite)
        block(opening.key)
        raw(opening.nonce)
        byte(opening.predecessor == nil ? 0 : 1)
        if let predecessor = opening.predecessor { digest(predecessor.digest) }
    }

    /// The one valid encoding of a header; `stream` is the stream it stands in, which its citations do not repeat.
    package mutating func header(_ header: EntryHeader, in stream: StreamID) {
        byte(layout)
        switch header.payload {
        case .opening: byte(1)
        case .edits: byte(2)
        }
        varint(header.number)
        digest(header.previous)
        fixed64(header.stamp)
        raw(header.tree.bytes)
        switch header.payload {
        case .opening(let opening, let seat, let certificates):
            self.opening(opening)
            code(seat)
            varint(certificates.count)
            for certificate in certificates { block(certificate) }
        case .edits(let act, let edits):
            self.act(act)
            self.edits(edits, in: stream)
        }
    }

    private mutating func act(_ act: Act) {
        byte(act.author == nil ? 0 : 1)
        if let author = act.author { record(author) }
        code(act.division)
        text(act.body)
        key(act.change)
    }

    private mutating func edits(_ edits: [Edit], in stream: StreamID) {
        var cited = Set<StreamID>()
        for edit in edits {
            for citation in edit.replaces + edit.reads + edit.after { cited.insert(citation.dot.stream) }
        }
        cited.remove(stream)
        let streams = cited.sorted()
        var places: [StreamID: Int] = [stream: 0]
        varint(streams.count)
        for (index, cited) in streams.enumerated() {
            places[cited] = index + 1
            digest(cited.digest)
        }

        var names: [String] = []
        var nameIndex: [String: Int] = [:]
        for name in edits.lazy.flatMap({ [$0.kind, $0.field] }) where nameIndex[name] == nil {
            nameIndex[name] = names.count
            names.append(name)
        }
        varint(names.count)
        for name in names { text(name) }

        varint(edits.count)
        var previous: Edit?
        for edit in edits {
            let isSameRecord = previous.map { $0.record == edit.record && $0.kind == edit.kind } ?? false
            let citations = [edit.replaces, edit.reads, edit.after]
            var flags = edit.type.rawValue
            if edit.isRemoval { flags |= EditFlag.removal }
            if isSameRecord { flags |= EditFlag.sameRecord }
            if case .personal = edit.content { flags |= EditFlag.personal }
            if citations.contains(where: { !$0.isEmpty }) { flags |= EditFlag.cites }
            byte(flags)
            if !isSameRecord {
                varint(nameIndex[edit.kind, default: 0])
                key(edit.record)
            }
            varint(nameIndex[edit.field, default: 0])
            switch edit.content {
            case .plain(let value): self.value(value)
            case .personal(let digest): self.digest(digest)
            case nil: break
            }
            if flags & EditFlag.cites != 0 {
                for group in citations {
                    varint(group.count)
                    for citation in group.sorted(by: { order($0, places) < order($1, places) }) {
                        varint(places[citation.dot.stream, default: 0])
                        varint(citation.dot.number)
                        varint(UInt64(citation.dot.index))
                        fixed64(citation.check)
                    }
                }
            }
            previous = edit
        }
    }

    private func order(_ citation: Citation, _ places: [StreamID: Int]) -> (Int, UInt64, UInt32, UInt64) {
        (places[citation.dot.stream, default: 0], citation.dot.number, citation.dot.index, citation.check)
    }
}

private enum EditFlag {
    static let typeMask: UInt8 = 0x07
    static let removal: UInt8 = 0x08
    static let sameRecord: UInt8 = 0x10
    static let personal: UInt8 = 0x20
    static let cites: UInt8 = 0x40
}

extension ByteReader {
    package mutating func opening() throws(Malformed) -> Opening {
        let home = try code()
        let flow = try flow()
        let suite = try byte()
        let key = try block(max: Limits.keyBytesMax, of: "a key")
        let nonce = try raw(16)
        let start = offset
        var predecessor: StreamID?
        switch try byte() {
        case 0: break
        case 1: predecessor = StreamID(try digest())
        default: throw .outOfRange(what: "a presence byte", at: start)
        }
        return Opening(home: home, flow: flow, suite: suite, key: key, nonce: nonce, predecessor: predecessor)
    }

    /// A whole header and nothing after it.
    package static func header(_ bytes: [UInt8], in stream: StreamID) throws(Malformed) -> EntryHeader {
        var reader = ByteReader(bytes)
        let header = try reader.header(in: stream)
        try reader.finish()
        return header
    }

    private mutating func header(in stream: StreamID) throws(Malformed) -> EntryHeader {
        guard try byte() == layout else { throw .outOfRange(what: "a header's layout", at: 0) }
        let type = try byte()
        let number = try varint()
        let previous = try digest()
        let stamp = try fixed64()
        guard let tree = TreeVersion(bytes: try raw(TreeVersion.bytesCount)) else {
            throw .notCanonical(what: "a tree version", at: offset)
        }
        let payload: EntryHeader.Payload
        switch type {
        case 1:
            let opening = try opening()
            let seat = try code()
            var certificates: [[UInt8]] = []
            for _ in 0..<(try count(max: Limits.certificatesMax, of: "the number of certificates")) {
                certificates.append(try block(max: Limits.certificateBytesMax, of: "a certificate"))
            }
            payload = .opening(opening, seat: seat, certificates: certificates)
        case 2: payload = .edits(try act(), try edits(in: stream))
        default: throw .outOfRange(what: "an entry's type", at: 1)
        }
        return EntryHeader(number: number, previous: previous, stamp: stamp, tree: tree, payload: payload)
    }

    private mutating func act() throws(Malformed) -> Act {
        let start = offset
        var author: RecordID?
        switch try byte() {
        case 0: break
        case 1: author = try record()
        default: throw .outOfRange(what: "a presence byte", at: start)
        }
        return Act(
            author: author, division: try code(), body: try text(max: Limits.bodyBytesMax, of: "a body's code"),
            change: try key())
    }

    private mutating func edits(in stream: StreamID) throws(Malformed) -> [Edit] {
        var streams = [stream]
        let tableStart = offset
        for _ in 0..<(try count(max: Limits.streamsPerEntryMax, of: "the number of cited streams")) {
            let next = StreamID(try digest())
            if streams.count > 1, let last = streams.last, last >= next {
                throw .notCanonical(what: "the table of cited streams", at: tableStart)
            }
            guard next != stream else { throw .notCanonical(what: "the table of cited streams", at: tableStart) }
            streams.append(next)
        }
        var names: [String] = []
        let namesStart = offset
        for _ in 0..<(try count(max: Limits.namesPerEntryMax, of: "the number of names")) {
            names.append(try name("a kind or field"))
        }
        guard Set(names).count == names.count else { throw .notCanonical(what: "the table of names", at: namesStart) }

        let countStart = offset
        let count = try count(max: Limits.editsPerEntryMax, of: "the number of edits")
        guard count > 0 else { throw .outOfRange(what: "the number of edits", at: countStart) }
        var tables = EditTables(streams: streams, names: names)
        var edits: [Edit] = []
        for _ in 0..<count { edits.append(try edit(&tables, after: edits.last)) }
        guard tables.namesUsed == names.count, tables.streamsUsed.count == streams.count - 1 else {
            throw .notCanonical(what: "a table with an entry that nothing uses", at: tableStart)
        }
        return edits
    }

    private mutating func edit(_ tables: inout EditTables, after previous: Edit?) throws(Malformed) -> Edit {
        let start = offset
        let flags = try byte()
        guard flags & 0x80 == 0, let type = FieldType(rawValue: flags & EditFlag.typeMask) else {
            throw .outOfRange(what: "an edit's type", at: start)
        }
        let kind: String
        let key: RecordKey
        if flags & EditFlag.sameRecord != 0 {
            guard let previous else { throw .notCanonical(what: "an edit's flags", at: start) }
            (kind, key) = (previous.kind, previous.record)
        } else {
            kind = try name(&tables)
            key = try self.key()
            if let previous, previous.kind == kind, previous.record == key {
                throw .notCanonical(what: "an edit's flags", at: start)
            }
        }
        let field = try name(&tables)
        let isRemoval = flags & EditFlag.removal != 0
        var content: Content?
        if isRemoval || type == .exists {
            guard flags & EditFlag.personal == 0 else { throw .notCanonical(what: "an edit's flags", at: start) }
        } else if flags & EditFlag.personal != 0 {
            content = .personal(try digest())
        } else {
            content = .plain(try value(bytesMax: Limits.entryBytesMax))
        }
        guard flags & EditFlag.cites != 0 else {
            return Edit(kind: kind, record: key, field: field, type: type, content: content, isRemoval: isRemoval)
        }
        let groups = (try citations(&tables), try citations(&tables), try citations(&tables))
        guard !groups.0.isEmpty || !groups.1.isEmpty || !groups.2.isEmpty else {
            throw .notCanonical(what: "an edit's flags", at: start)
        }
        return Edit(
            kind: kind, record: key, field: field, type: type, content: content, isRemoval: isRemoval,
            replaces: groups.0, reads: groups.1, after: groups.2)
    }

    private mutating func name(_ tables: inout EditTables) throws(Malformed) -> String {
        let start = offset
        let index = try count(max: Limits.namesPerEntryMax, of: "a name's index")
        guard index < tables.names.count, index <= tables.namesUsed else {
            throw .notCanonical(what: "a name's index", at: start)
        }
        tables.namesUsed = max(tables.namesUsed, index + 1)
        return tables.names[index]
    }

    private mutating func citations(_ tables: inout EditTables) throws(Malformed) -> [Citation] {
        var citations: [Citation] = []
        var last: (Int, UInt64, UInt32, UInt64)?
        for _ in 0..<(try count(max: Limits.citationsPerEditMax, of: "the number of citations")) {
            let start = offset
            let place = try count(max: tables.streams.count - 1, of: "a cited stream's index")
            let number = try varint()
            let index = try count(max: Limits.editsPerEntryMax, of: "a cited edit's index")
            let order = (place, number, UInt32(index), try fixed64())
            if let last, last >= order { throw .notCanonical(what: "a list of citations", at: start) }
            last = order
            if place > 0 { tables.streamsUsed.insert(place) }
            let dot = Dot(stream: tables.streams[place], number: number, index: UInt32(index))
            citations.append(Citation(dot: dot, check: order.3))
        }
        return citations
    }
}

private struct EditTables {
    let streams: [StreamID]
    let names: [String]
    var namesUsed = 0
    var streamsUsed = Set<Int>()
}
