import Divisions
import Ledger
import Simulation
import Support

/// Random structures of every shape a header may have.
struct RandomEntry {
    let stream: StreamID
    let header: EntryHeader
    let personal: [PersonalValue]

    init(using rng: inout SeededGenerator) {
        if rng.chance(20) {
            let opening = Self.opening(using: &rng)
            stream = opening.stream
            let certificates = (0..<Int.random(in: 0...3, using: &rng)).map { _ in
                rng.bytes(.random(in: 0...40, using: &rng))
            }
            let payload = EntryHeader.Payload.opening(opening, seat: Self.code(using: &rng), certificates: certificates)
            (header, personal) = (Self.header(payload, using: &rng), [])
        } else {
            let stream = StreamID(Self.digest(using: &rng))
            self.stream = stream
            let others = (0..<Int.random(in: 0...3, using: &rng)).map { _ in StreamID(Self.digest(using: &rng)) }
            let act = Act(
                author: rng.chance(50) ? Self.record(using: &rng) : nil, division: Self.code(using: &rng),
                body: rng.pick(["", "粤A01", "11440000MB2D12345X"]), change: RecordKey(rng.next(), rng.next()))
            var (edits, personal): ([Edit], [PersonalValue]) = ([], [])
            for index in 0..<Int.random(in: 1...6, using: &rng) {
                let edit = Self.edit(after: edits.last, citing: others + [stream], using: &rng)
                edits.append(edit)
                if case .personal = edit.content {
                    let value = Self.value(using: &rng)
                    personal.append(PersonalValue(index: UInt32(index), salt: rng.bytes(16), value: value))
                }
            }
            (header, self.personal) = (Self.header(.edits(act, edits), using: &rng), personal)
        }
    }

    var bytes: [UInt8] { testEntry(header, personal, in: stream).header }
    var body: [UInt8] { testEntry(header, personal, in: stream).body }

    static func opening(using rng: inout SeededGenerator) -> Opening {
        Opening(
            home: code(using: &rng), flow: rng.pick(Flow.allCases), suite: rng.pick([1, 2, 255]),
            key: rng.bytes(.random(in: 0...65, using: &rng)), nonce: rng.bytes(16),
            predecessor: rng.chance(50) ? StreamID(digest(using: &rng)) : nil)
    }

    static func value(using rng: inout SeededGenerator) -> Value {
        switch Int.random(in: 0..<5, using: &rng) {
        case 0: .text(rng.pick(["", "甲", "罚款 500 元", "e\u{301}", "\0"]))
        case 1: .integer(rng.pick([0, 1, -1, 63, 64, -64, -65, .max, .min, Int64(truncatingIfNeeded: rng.next())]))
        case 2: .boolean(rng.chance(50))
        case 3: .bytes(rng.bytes(.random(in: 0...200, using: &rng)))
        default: .record(record(using: &rng))
        }
    }

    static func digest(using rng: inout SeededGenerator) -> Digest {
        Digest(tag: rng.pick([1, 2, 255]), rng.next(), rng.next(), rng.next(), rng.next())
    }

    private static func header(
        _ payload: EntryHeader.Payload, using rng: inout SeededGenerator
    ) -> EntryHeader {
        guard let tree = TreeVersion(bytes: rng.bytes(TreeVersion.bytesCount)) else {
            preconditionFailure("a tree version has \(TreeVersion.bytesCount) bytes")
        }
        let number = rng.pick([1, 2, 127, 128, 16_383, 16_384, .max, rng.next()])
        return EntryHeader(
            number: number, previous: digest(using: &rng), stamp: rng.next(), tree: tree, payload: payload)
    }

    private static func code(using rng: inout SeededGenerator) -> DivisionCode {
        rng.pick(["44", "4407", "440781106", "a-town-of-15-ch"])
    }

    private static func record(using rng: inout SeededGenerator) -> RecordID {
        RecordID(
            home: code(using: &rng), flow: rng.pick(Flow.allCases), kind: rng.pick(["case", "officer"]),
            key: RecordKey(rng.next(), rng.next()))
    }

    private static func edit(
        after previous: Edit?, citing streams: [StreamID], using rng: inout SeededGenerator
    ) -> Edit {
        let type = rng.pick(FieldType.allCases)
        let isRemoval = rng.chance(20)
        var content: Content?
        if !isRemoval, type != .exists {
            content = rng.chance(30) ? .personal(digest(using: &rng)) : .plain(value(using: &rng))
        }
        func citations() -> [Citation] {
            guard rng.chance(40) else { return [] }
            let all = (0..<Int.random(in: 0...4, using: &rng)).map { _ in
                Citation(
                    dot: Dot(
                        stream: rng.pick(streams), number: rng.pick([1, 2, 300, .max]),
                        index: .random(in: 0...200, using: &rng)),
                    check: rng.next())
            }
            return Array(Set(all))
        }
        let stays = previous != nil && rng.chance(50)
        return Edit(
            kind: stays ? previous?.kind ?? "case" : rng.pick(["case", "officer", "name"]),
            record: stays ? previous?.record ?? RecordKey(0, 0) : RecordKey(rng.next(), rng.next()),
            field: rng.pick(["name", "phone", "case", "x"]), type: type, content: content, isRemoval: isRemoval,
            replaces: citations(), reads: citations(), after: citations())
    }
}
