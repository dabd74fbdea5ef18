package import Divisions
package import Ledger
import Simulation

/// A writer as a process at `seat` would start it under suite 255; `nonce` tells its runs apart.
package func testWriter(seat: DivisionCode, nonce: UInt8 = 1) -> Writer {
    Writer(
        identity: WriterIdentity(
            seat: seat, suite: .test, key: TestNotary.key(seat: seat), certificates: [],
            nonce: [UInt8](repeating: nonce, count: 16), saltSeed: [UInt8](repeating: ~nonce, count: 32)))
}

extension Writer {
    /// The run of these entries of one of its streams, sealed at the last.
    package func seal(_ entries: [JudgedEntry]) -> SealedRun {
        guard let first = entries.first else { preconditionFailure("a run has at least one entry") }
        return testRun(
            first.id.stream, first: first.id.number, entries.map(\.entry), key: identity.key,
            suite: identity.suite.rawValue)
    }

    /// One entry with these edits, by the node itself for its own seat, with the opening before it where it is the
    /// first of its stream.
    package mutating func write(
        _ drafts: [EditDraft], to place: StreamPlace, acting: DivisionCode? = nil, tree: TreeVersion,
        now: UInt64 = 1_000, change: RecordKey? = nil
    ) -> [JudgedEntry] {
        let act = Act(author: nil, division: acting ?? place.home, body: "", change: change ?? RecordKey(0, now))
        return append(act, drafts, to: place, predecessor: nil, tree: tree, now: now)
    }
}

/// Any entries as one run, sealed under suite 255 whether they deserve it or not.
package func testRun(
    _ stream: StreamID, first: UInt64, _ entries: [Entry], key: [UInt8], suite: UInt8 = Suite.test.rawValue
) -> SealedRun {
    guard let last = entries.last else {
        return SealedRun(stream: stream, first: first, entries: [], signature: [])
    }
    let message = Seal.message(
        stream: stream, number: first &+ UInt64(entries.count - 1), hash: last.hash(suite: suite))
    return SealedRun(
        stream: stream, first: first, entries: entries, signature: TestNotary.signature(over: message, key: key))
}

/// An entry with this header, whether it is a lawful one or not.
package func testEntry(_ header: EntryHeader, _ personal: [PersonalValue] = [], in stream: StreamID) -> Entry {
    var (head, body) = (ByteWriter(), ByteWriter())
    head.header(header, in: stream)
    body.body(personal)
    return Entry(header: head.bytes, body: body.bytes)
}

/// A small province with a node everywhere but in the second town of its first county:
///
///     44 province
///     └ 4407 city
///       ├ 440781 county
///       │ ├ 440781106 town
///       │ └ 440781107 town, hosted by the county
///       └ 440783 county
///         └ 440783102 town
package func testTree() throws -> DivisionTree {
    let divisions: [Division] = [
        Division(code: "44", name: "广东省", level: .province, parent: nil),
        Division(code: "4407", name: "江门市", level: .city, parent: "44"),
        Division(code: "440781", name: "台山市", level: .county, parent: "4407"),
        Division(code: "440781106", name: "广海镇", level: .township, parent: "440781"),
        Division(code: "440781107", name: "海宴镇", level: .township, parent: "440781"),
        Division(code: "440783", name: "开平市", level: .county, parent: "4407"),
        Division(code: "440783102", name: "月山镇", level: .township, parent: "440783"),
    ]
    let seated = divisions.filter { $0.code != "440781107" }
    return try DivisionTree(
        divisions: divisions,
        seats: seated.map { Seat(division: $0.code, name: $0.name, host: "\($0.code).example", port: 7443) })
}
