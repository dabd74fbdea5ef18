import Divisions
import Ledger

/// Headers written by hand, byte by byte: lawful up to their edits, and there not in the one valid form.
struct HandmadeHeader {
    static let stream = StreamID(Digest(tag: 255, 5, 0, 0, 0))
    private static let lower = StreamID(Digest(tag: 255, 1, 0, 0, 0))
    private static let higher = StreamID(Digest(tag: 255, 9, 0, 0, 0))

    let why: String
    let bytes: [UInt8]

    /// - Parameter edits: writes the tables and the edits.
    init(_ why: String, tree: TreeVersion, _ edits: (inout ByteWriter) -> Void) {
        var writer = ByteWriter()
        writer.byte(1)
        writer.byte(2)
        writer.varint(2)
        writer.digest(Digest(tag: 255, 7, 7, 7, 7))
        writer.fixed64(1_700_000_000_000)
        writer.raw(tree.bytes)
        writer.byte(0)
        writer.code("4407")
        writer.text("")
        writer.key(RecordKey(1, 2))
        edits(&writer)
        (self.why, bytes) = (why, writer.bytes)
    }

    /// The same header with nothing wrong in it: an edit that cites another stream and its own.
    static func lawful(tree: TreeVersion) -> HandmadeHeader {
        HandmadeHeader("nothing is wrong", tree: tree) { writer in
            tables(&writer, [lower])
            edit(&writer, flags: 0x41)
            cite(&writer, [(0, 1, 0), (1, 3, 2)])
            cite(&writer, [])
            cite(&writer, [])
        }
    }

    static func all(tree: TreeVersion) -> [HandmadeHeader] {
        func header(_ why: String, _ edits: (inout ByteWriter) -> Void) -> HandmadeHeader {
            HandmadeHeader(why, tree: tree, edits)
        }
        return wrongTables(header) + wrongEdits(header) + wrongCitations(header)
    }

    private typealias Make = (String, (inout ByteWriter) -> Void) -> HandmadeHeader

    private static func wrongTables(_ header: Make) -> [HandmadeHeader] {
        func citing(_ writer: inout ByteWriter, places: [UInt64]) {
            edit(&writer, flags: 0x41)
            cite(&writer, places.map { ($0, 1, 0) })
            cite(&writer, [])
            cite(&writer, [])
        }
        return [
            header("cited streams out of order") {
                tables(&$0, [higher, lower])
                citing(&$0, places: [1, 2])
            },
            header("a cited stream told twice") {
                tables(&$0, [lower, lower])
                citing(&$0, places: [1, 2])
            },
            header("the entry's own stream in the table") {
                tables(&$0, [stream])
                citing(&$0, places: [1])
            },
            header("a stream that nothing cites") {
                tables(&$0, [lower, higher])
                citing(&$0, places: [1])
            },
            header("a name that nothing uses") {
                tables(&$0, [], names: ["case", "party", "phone"])
                edit(&$0, flags: 0x01)
            },
            header("a name told twice") {
                tables(&$0, [], names: ["case", "case"])
                edit(&$0, flags: 0x01)
            },
            header("names not in the order of their use") {
                tables(&$0, [], names: ["party", "case"])
                edit(&$0, flags: 0x01, kind: 1, field: 0)
            },
            header("a name with a capital letter") {
                tables(&$0, [], names: ["case", "Party"])
                edit(&$0, flags: 0x01)
            },
            header("a place beyond the names") {
                tables(&$0, [])
                edit(&$0, flags: 0x01, field: 2)
            },
            header("no edits") { tables(&$0, [], names: [], edits: 0) },
            header("more edits than the limit") { tables(&$0, [], names: [], edits: 4_097) },
        ]
    }

    private static func wrongEdits(_ header: Make) -> [HandmadeHeader] {
        [
            header("the record of the edit before, on the first") {
                tables(&$0, [])
                $0.byte(0x11)
                $0.varint(1)
                $0.value(.boolean(true))
            },
            header("a record told again") {
                tables(&$0, [], edits: 2)
                edit(&$0, flags: 0x01)
                edit(&$0, flags: 0x01)
            },
            header("a removal of a personal value") {
                tables(&$0, [])
                edit(&$0, flags: 0x29, value: nil)
                $0.digest(Digest.zero)
            },
            header("a removal with a value") {
                tables(&$0, [])
                edit(&$0, flags: 0x09)
            },
            header("type 0") {
                tables(&$0, [])
                edit(&$0, flags: 0x00)
            },
            header("type 6") {
                tables(&$0, [])
                edit(&$0, flags: 0x06)
            },
            header("a truth value of 2") {
                tables(&$0, [])
                edit(&$0, flags: 0x01, value: nil)
                $0.raw([3, 2])
            },
            header("a text that is not UTF-8") {
                tables(&$0, [])
                edit(&$0, flags: 0x01, value: nil)
                $0.raw([1, 2, 0xc0, 0x80])
            },
            header("a value longer than the header") {
                tables(&$0, [])
                edit(&$0, flags: 0x01, value: nil)
                $0.byte(4)
                $0.varint(2_147_483_648 as UInt64)
            },
            header("a value of an unknown type") {
                tables(&$0, [])
                edit(&$0, flags: 0x01, value: nil)
                $0.raw([6, 0])
            },
        ]
    }

    private static func wrongCitations(_ header: Make) -> [HandmadeHeader] {
        func citing(_ why: String, _ citations: [(UInt64, UInt64, UInt64)]) -> HandmadeHeader {
            header(why) {
                tables(&$0, [lower])
                edit(&$0, flags: 0x41)
                cite(&$0, citations)
                cite(&$0, [])
                cite(&$0, [])
            }
        }
        return [
            citing("citations out of order", [(1, 3, 2), (0, 1, 0)]),
            citing("a citation told twice", [(1, 3, 2), (1, 3, 2)]),
            citing("a citation of a stream that is not in the table", [(1, 3, 2), (2, 1, 0)]),
            citing("a citation of an edit no entry can have", [(1, 3, 4_097)]),
            citing("a flag for citations and none of them", []),
        ]
    }

    private static func tables(
        _ writer: inout ByteWriter, _ streams: [StreamID], names: [String] = ["case", "party"], edits: Int = 1
    ) {
        writer.varint(streams.count)
        for stream in streams { writer.digest(stream.digest) }
        writer.varint(names.count)
        for name in names { writer.text(name) }
        writer.varint(edits)
    }

    private static func edit(
        _ writer: inout ByteWriter, flags: UInt8, kind: UInt64 = 0, field: UInt64 = 1, value: Value? = .boolean(true)
    ) {
        writer.byte(flags)
        writer.varint(kind)
        writer.key(RecordKey(3, 4))
        writer.varint(field)
        if let value { writer.value(value) }
    }

    private static func cite(_ writer: inout ByteWriter, _ citations: [(UInt64, UInt64, UInt64)]) {
        writer.varint(citations.count)
        for (place, number, index) in citations {
            writer.varint(place)
            writer.varint(number)
            writer.varint(index)
            writer.fixed64(0x0123_4567_89ab_cdef)
        }
    }
}
