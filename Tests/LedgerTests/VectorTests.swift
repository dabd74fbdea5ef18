import Divisions
import Foundation
import Ledger
import Simulation
import Support
import Testing

/// The bytes of the ledger, pinned: `Proto/vectors/ledger.json` is what other implementations are checked against, so a
/// difference here is a new version of the protocol, not a failed test to be updated. `Proto/vectors/check.py` derives
/// the same from `Docs/wire.md` alone.
@Suite struct `The golden vectors of the ledger` {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Proto/vectors/ledger.json")

    /// With `TRIBUTARY_WRITE_VECTORS` set the file is written first: for a new version of the protocol.
    @Test func `are the bytes this program makes`() throws {
        let made = try Self.make()
        if ProcessInfo.processInfo.environment["TRIBUTARY_WRITE_VECTORS"] != nil {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try (encoder.encode(made) + Data("\n".utf8)).write(to: Self.file)
        }
        let kept = try JSONDecoder().decode(LedgerVectors.self, from: Data(contentsOf: Self.file))
        #expect(made.integers == kept.integers)
        #expect(made.values == kept.values)
        #expect(made.naturalKeys == kept.naturalKeys)
        #expect(made.tree == kept.tree)
        for (made, kept) in zip(made.streams, kept.streams) {
            #expect(made.opening == kept.opening)
            for (made, kept) in zip(made.entries, kept.entries) { #expect(made == kept) }
            #expect(made.seals == kept.seals)
        }
        #expect(made == kept)
    }

    @Test func `are decoded to what they mean`() throws {
        for stream in try Self.make().streams {
            let id = StreamID(try #require(Digest(stream.stream)))
            for entry in stream.entries {
                let encoded = try #require(bytes(hexadecimal: entry.header))
                let header = try ByteReader.header(encoded, in: id)
                #expect(String(header.number) == entry.number)
                #expect(header.edits.map(LedgerVectors.Edit.init) == entry.edits ?? [])
            }
        }
    }

    @Test func `of what is refused are refused`() throws {
        for refused in try Self.make().refused {
            let header = try #require(bytes(hexadecimal: refused.header))
            let stream = StreamID(try #require(Digest(refused.stream)))
            #expect(throws: Malformed.self, "\(refused.why)") { try ByteReader.header(header, in: stream) }
        }
    }

    @Test func `of what is refused differ from what is read only where they are wrong`() throws {
        let lawful = HandmadeHeader.lawful(tree: try testTree().version)
        let header = try ByteReader.header(lawful.bytes, in: HandmadeHeader.stream)
        #expect(header.edits.map(\.replaces.count) == [2])
    }

    // MARK: What they are of

    private static func make() throws -> LedgerVectors {
        let tree = try testTree()
        let story = VectorStory(tree: tree.version)
        return LedgerVectors(
            integers: [0, 1, 127, 128, 300, 16_383, 16_384, 1_700_000_000_000, .max].map { (value: UInt64) in
                var writer = ByteWriter()
                writer.varint(value)
                return LedgerVectors.Integer(value: String(value), bytes: hexadecimal(writer.bytes))
            },
            values: VectorStory.values.map(LedgerVectors.PlainValue.init),
            naturalKeys: [("statute", "行政处罚法"), ("article", "行政处罚法/2021-01-22/第五十八条"), ("item", "")].map {
                LedgerVectors.NaturalKey(
                    kind: $0.0, naturalKey: $0.1, key: RecordKey(naturalKey: $0.1, kind: $0.0).description)
            },
            tree: LedgerVectors.Tree(tree), streams: story.streams,
            refused: story.refused
                + HandmadeHeader.all(tree: tree.version).map {
                    LedgerVectors.Refused(
                        why: $0.why, stream: HandmadeHeader.stream.description, header: hexadecimal($0.bytes))
                })
    }
}

/// A city and a town that write about one case and an officer: every structure of the ledger in two short streams.
private struct VectorStory {
    static let town = DivisionCode("440781106")
    static let officer = RecordID(home: town, flow: .up, kind: "officer", naturalKey: "19070300001")
    static let values: [Value] = [
        .text(""), .text("罚款 500 元"), .integer(0), .integer(-1), .integer(63), .integer(-65), .integer(.max),
        .integer(.min), .boolean(false), .boolean(true), .bytes([]), .bytes([0, 255]), .record(officer),
    ]

    let streams: [LedgerVectors.Stream]
    let refused: [LedgerVectors.Refused]

    init(tree: TreeVersion) {
        let place = StreamPlace(home: Self.town, flow: .up)
        let stamp: UInt64 = 1_700_000_000_000
        var city = testWriter(seat: "4407", nonce: 0xa1)
        var town = testWriter(seat: Self.town, nonce: 0xb2)
        let first = city.append(
            Act(author: nil, division: "440781", body: "", change: RecordKey(1, 2)), Self.creation, to: place,
            predecessor: nil, tree: tree, now: stamp)
        let second = city.append(
            Act(author: Self.officer, division: "4407", body: "11440700MB2D12345X", change: RecordKey(3, 4)),
            Self.change(of: first[1]), to: place, predecessor: nil, tree: tree, now: stamp - 5_000)
        let third = town.append(
            Act(author: Self.officer, division: Self.town, body: "", change: RecordKey(5, 6)),
            Self.answer(to: first[1], second[0]), to: place, predecessor: first[0].id.stream, tree: tree,
            now: stamp + 315_360_000_000)
        streams = [
            LedgerVectors.Stream([first, second], by: city), LedgerVectors.Stream([third], by: town),
        ]
        refused = Self.refusals(of: second[0])
    }

    private static let key = RecordKey(milliseconds: 1_700_000_000_000, chance: (1, 2))

    private static func draft(
        _ field: String, _ type: FieldType = .register, _ value: Value? = nil, isPersonal: Bool = false,
        isRemoval: Bool = false, replaces: [Citation] = [], reads: [Citation] = [], after: [Citation] = []
    ) -> EditDraft {
        EditDraft(
            kind: "case", record: key, field: field, type: type, value: value, isPersonal: isPersonal,
            isRemoval: isRemoval, replaces: replaces, reads: reads, after: after)
    }

    private static var creation: [EditDraft] {
        [draft("exists", .exists), draft("party", .register, .text("张三"), isPersonal: true)]
            + values.enumerated().map { draft("field-\($0)", .register, $1) }
            + [
                EditDraft(
                    kind: "officer", record: officer.key, field: "phone", type: .register, value: .text("1"),
                    isPersonal: true)
            ]
    }

    private static func dot(_ entry: JudgedEntry, _ index: UInt32) -> Citation {
        Citation(
            dot: Dot(stream: entry.id.stream, number: entry.id.number, index: index), check: entry.hash.check)
    }

    private static func change(of entry: JudgedEntry) -> [EditDraft] {
        [
            draft("party", .register, .text("李四"), isPersonal: true, replaces: [dot(entry, 1)]),
            draft("tags", .set, .text("甲")),
            draft("field-3", .register, isRemoval: true, replaces: [dot(entry, 5)]),
            draft("steps", .log, .text("立案"), reads: [dot(entry, 1), dot(entry, 2)]),
            draft("hours", .counter, .integer(-3)),
        ]
    }

    private static func answer(to entry: JudgedEntry, _ later: JudgedEntry) -> [EditDraft] {
        [
            draft("steps", .log, .text("审核"), after: [dot(later, 3)]),
            draft(
                "exists", .exists, isRemoval: true,
                replaces: [dot(entry, 0), dot(later, 0), dot(later, 3)]),
        ]
    }

    /// Bytes that are nearly an entry, and may not pass for one.
    private static func refusals(of entry: JudgedEntry) -> [LedgerVectors.Refused] {
        let header = entry.entry.header
        func refused(_ why: String, _ change: (inout [UInt8]) -> Void) -> LedgerVectors.Refused {
            var bytes = header
            change(&bytes)
            return LedgerVectors.Refused(
                why: why, stream: entry.id.stream.description, header: hexadecimal(bytes))
        }
        let flags = header.count - 4
        return [
            refused("nothing") { $0 = [] },
            refused("an unknown layout") { $0[0] = 2 },
            refused("an unknown type of entry") { $0[1] = 3 },
            refused("a number that is not in its shortest form") { $0.replaceSubrange(2...2, with: [0x83, 0]) },
            refused("a byte too few") { $0.removeLast() },
            refused("a byte too many") { $0.append(0) },
            refused("an unknown type of field") { $0[flags] |= 0x07 },
            refused("a reserved flag") { $0[flags] |= 0x80 },
            refused("a promise of citations that are not there") {
                $0[flags] |= 0x40
                $0 += [0, 0, 0]
            },
        ]
    }
}
