import Divisions
package import Ledger

/// The form in which a state is kept in the local store. It never travels: another version of the program may write
/// another layout, and rebuild it from the log.
///
///     layout                         1 byte: 1
///     streams                        count, then each id (33 bytes), ascending
///     entries                        count, then each: place of its stream, number, check (8 bytes), stamp, level
///                                    (1 byte), ascending in this order
///     fields                         count, then each, ascending:
///         name, type                 text, 1 byte
///         live                       count, then each: place of its entry, index * 4 + what it holds, the value if
///                                    any, and in a log what it comes after (citations)
///         owed                       citations
///     owed by removals               citations
///
/// Citations are a count, then each: place of the stream, number, index, check (8 bytes). Every other number is a
/// varint. Streams and entries stand in their tables once, however many dots share them, and only if one does.
extension RecordState {
    private static let layout: UInt8 = 1

    /// What a live dot holds: the lowest two bits beside its index.
    private enum Holding {
        static let plain: UInt64 = 0
        static let personal: UInt64 = 1
        static let none: UInt64 = 2
        static let erased: UInt64 = 3
    }

    package func encoded() -> [UInt8] {
        let tables = CodingTables(of: self)
        var writer = ByteWriter(
            reserving: 64 + 40 * tables.streams.count + 24 * tables.entries.count + 32 * fields.count)
        writer.byte(Self.layout)
        writer.varint(tables.streams.count)
        for stream in tables.streams { writer.digest(stream.digest) }
        writer.varint(tables.entries.count)
        for entry in tables.entries {
            writer.varint(tables.place(of: entry.stream))
            writer.varint(entry.number)
            writer.fixed64(entry.check)
            writer.varint(entry.stamp)
            writer.byte(entry.level.rawValue)
        }
        writer.varint(fields.count)
        for field in fields {
            writer.text(field.key.name)
            writer.byte(field.key.type.rawValue)
            writer.varint(field.live.count)
            for live in field.live { Self.write(live, isLog: field.key.type == .log, tables, to: &writer) }
            Self.write(field.owed, tables, to: &writer)
        }
        Self.write(owed, tables, to: &writer)
        return writer.bytes
    }

    private static func write(_ live: LiveValue, isLog: Bool, _ tables: CodingTables, to writer: inout ByteWriter) {
        writer.varint(tables.place(of: CodedEntry(live)))
        let index = UInt64(live.dot.index) << 2
        switch live.value {
        case .plain(let value):
            writer.varint(index | Holding.plain)
            writer.value(value)
        case .personal(let value):
            writer.varint(index | Holding.personal)
            writer.value(value)
        case .none: writer.varint(index | Holding.none)
        case .erased: writer.varint(index | Holding.erased)
        }
        if isLog { write(live.after, tables, to: &writer) }
    }

    private static func write(_ citations: [Citation], _ tables: CodingTables, to writer: inout ByteWriter) {
        writer.varint(citations.count)
        for citation in citations {
            writer.varint(tables.place(of: citation.dot.stream))
            writer.varint(citation.dot.number)
            writer.varint(UInt64(citation.dot.index))
            writer.fixed64(citation.check)
        }
    }

    /// Reads what `encoded` wrote and refuses everything else.
    package init(id: RecordID, encoded bytes: [UInt8]) throws(Malformed) {
        var reader = ByteReader(bytes)
        guard try reader.byte() == Self.layout else { throw .outOfRange(what: "a record state's layout", at: 0) }
        var tables = try ReadingTables(from: &reader, limit: bytes.count)
        var fields: [FieldState] = []
        for _ in 0..<(try reader.count(max: bytes.count, of: "the number of fields")) {
            let start = reader.offset
            let field = try Self.field(from: &reader, &tables)
            if let last = fields.last, last.key >= field.key {
                throw .notCanonical(what: "the order of fields", at: start)
            }
            guard !field.isEmpty else { throw .notCanonical(what: "a field", at: start) }
            fields.append(field)
        }
        let owed = try tables.citations(from: &reader)
        guard tables.areUsed else { throw .notCanonical(what: "a table with an entry that nothing uses", at: 1) }
        try reader.finish()
        self.init(id: id, fields: fields, owed: owed)
    }

    private static func field(
        from reader: inout ByteReader, _ tables: inout ReadingTables
    ) throws(Malformed) -> FieldState {
        let name = try reader.name("a field's name")
        let typeStart = reader.offset
        guard let type = FieldType(rawValue: try reader.byte()) else {
            throw .outOfRange(what: "a field's type", at: typeStart)
        }
        var live: [LiveValue] = []
        for _ in 0..<(try reader.count(max: tables.limit, of: "the number of live dots")) {
            let start = reader.offset
            let next = try Self.live(from: &reader, isLog: type == .log, &tables)
            if let last = live.last, last.dot >= next.dot { throw .notCanonical(what: "the order of dots", at: start) }
            live.append(next)
        }
        return FieldState(
            key: FieldKey(name: name, type: type), live: live, owed: try tables.citations(from: &reader))
    }

    private static func live(
        from reader: inout ByteReader, isLog: Bool, _ tables: inout ReadingTables
    ) throws(Malformed) -> LiveValue {
        let entry = try tables.entry(from: &reader)
        let start = reader.offset
        let packed = try reader.varint()
        guard let index = UInt32(exactly: packed >> 2) else { throw .outOfRange(what: "a dot's index", at: start) }
        let value: Write.Held
        switch packed & 3 {
        case Holding.plain: value = .plain(try reader.value(bytesMax: tables.limit))
        case Holding.personal: value = .personal(try reader.value(bytesMax: tables.limit))
        case Holding.none: value = .none
        default: value = .erased
        }
        return LiveValue(
            dot: Dot(stream: entry.stream, number: entry.number, index: index), check: entry.check, value: value,
            stamp: entry.stamp, level: entry.level, after: isLog ? try tables.citations(from: &reader) : [])
    }
}

/// What the dots of one entry have in common.
private struct CodedEntry: Hashable, Comparable {
    let stream: StreamID
    let number, check, stamp: UInt64
    let level: Level

    init(stream: StreamID, number: UInt64, check: UInt64, stamp: UInt64, level: Level) {
        (self.stream, self.number, self.check, self.stamp, self.level) = (stream, number, check, stamp, level)
    }

    init(_ live: LiveValue) {
        self.init(
            stream: live.dot.stream, number: live.dot.number, check: live.check, stamp: live.stamp, level: live.level)
    }

    static func < (left: CodedEntry, right: CodedEntry) -> Bool {
        if left.stream != right.stream { return left.stream < right.stream }
        return (left.number, left.check, left.stamp, left.level) < (right.number, right.check, right.stamp, right.level)
    }
}

/// The tables of a state that is being written.
private struct CodingTables {
    let streams: [StreamID]
    let entries: [CodedEntry]

    init(of state: RecordState) {
        var streams: [StreamID] = state.owed.map(\.dot.stream)
        var entries: [CodedEntry] = []
        for field in state.fields {
            for live in field.live {
                let entry = CodedEntry(live)
                if entries.last != entry { entries.append(entry) }
                streams += live.after.lazy.map(\.dot.stream)
            }
            streams += field.owed.lazy.map(\.dot.stream)
        }
        self.entries = entries.sortedOnce()
        var last: StreamID?
        for entry in self.entries where entry.stream != last {
            streams.append(entry.stream)
            last = entry.stream
        }
        self.streams = streams.sortedOnce()
    }

    func place(of stream: StreamID) -> Int { streams.firstPlace { $0 >= stream } }

    func place(of entry: CodedEntry) -> Int { entries.firstPlace { $0 >= entry } }
}

/// The tables of a state that is being read, and which of their rows something has named.
private struct ReadingTables {
    /// No count in the state can be greater: each thing counted takes a byte at least.
    let limit: Int
    private var streams: [StreamID] = []
    private var entries: [CodedEntry] = []
    private var streamsUsed: [Bool]
    private var entriesUsed: [Bool]

    init(from reader: inout ByteReader, limit: Int) throws(Malformed) {
        self.limit = limit
        streamsUsed = []
        entriesUsed = []
        for _ in 0..<(try reader.count(max: limit, of: "the number of streams")) {
            let start = reader.offset
            let next = StreamID(try reader.digest())
            if let last = streams.last, last >= next { throw .notCanonical(what: "the table of streams", at: start) }
            streams.append(next)
            streamsUsed.append(false)
        }
        for _ in 0..<(try reader.count(max: limit, of: "the number of entries")) {
            let start = reader.offset
            let stream = try stream(from: &reader)
            let (number, check, stamp) = (try reader.varint(), try reader.fixed64(), try reader.varint())
            guard let level = Level(rawValue: try reader.byte()) else { throw .outOfRange(what: "a level", at: start) }
            let next = CodedEntry(stream: stream, number: number, check: check, stamp: stamp, level: level)
            if let last = entries.last, last >= next { throw .notCanonical(what: "the table of entries", at: start) }
            entries.append(next)
            entriesUsed.append(false)
        }
    }

    var areUsed: Bool { !streamsUsed.contains(false) && !entriesUsed.contains(false) }

    private mutating func stream(from reader: inout ByteReader) throws(Malformed) -> StreamID {
        let start = reader.offset
        let place = try reader.count(max: limit, of: "a stream's place")
        guard place < streams.count else { throw .outOfRange(what: "a stream's place", at: start) }
        streamsUsed[place] = true
        return streams[place]
    }

    mutating func entry(from reader: inout ByteReader) throws(Malformed) -> CodedEntry {
        let start = reader.offset
        let place = try reader.count(max: limit, of: "an entry's place")
        guard place < entries.count else { throw .outOfRange(what: "an entry's place", at: start) }
        entriesUsed[place] = true
        return entries[place]
    }

    mutating func citations(from reader: inout ByteReader) throws(Malformed) -> [Citation] {
        var citations: [Citation] = []
        for _ in 0..<(try reader.count(max: limit, of: "the number of citations")) {
            let start = reader.offset
            let (stream, number, packed) = (try stream(from: &reader), try reader.varint(), try reader.varint())
            guard let index = UInt32(exactly: packed) else { throw .outOfRange(what: "a dot's index", at: start) }
            let dot = Dot(stream: stream, number: number, index: index)
            let next = Citation(dot: dot, check: try reader.fixed64())
            if let last = citations.last, last >= next { throw .notCanonical(what: "a list of citations", at: start) }
            citations.append(next)
        }
        return citations
    }
}

extension Array where Element: Comparable {
    /// Ascending, each element once.
    fileprivate func sortedOnce() -> [Element] {
        guard count > 1 else { return self }
        var kept: [Element] = []
        kept.reserveCapacity(count)
        for element in sorted() where kept.last != element { kept.append(element) }
        return kept
    }
}
