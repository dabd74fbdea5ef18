import Divisions
import Ledger
import Simulation
import Support
import Testing

/// A town's stream of cases, as the town wrote it, and someone who judges it.
struct Hearing {
    static let town = DivisionCode("440781106")
    static let place = StreamPlace(home: town, flow: .up)

    let tree: DivisionTree
    let judge: Judge
    var writer: Writer

    init(seat: DivisionCode = Hearing.town, nonce: UInt8 = 1) throws {
        tree = try testTree()
        judge = Judge(notary: TestNotary(), trees: [tree.version: tree])
        writer = testWriter(seat: seat, nonce: nonce)
    }

    var key: [UInt8] { writer.identity.key }

    static func draft(_ text: String, isPersonal: Bool = false) -> EditDraft {
        EditDraft(
            kind: "case", record: RecordKey(0, 1), field: "party", type: .register, value: .text(text),
            isPersonal: isPersonal)
    }

    mutating func write(_ text: String, isPersonal: Bool = false, now: UInt64 = 1_000) -> [JudgedEntry] {
        writer.write([Self.draft(text, isPersonal: isPersonal)], to: Self.place, tree: tree.version, now: now)
    }

    /// The head after a first run of the opening and one edit, and those two entries.
    mutating func begin() throws -> (head: StreamHead, entries: [JudgedEntry]) {
        let entries = write("甲")
        guard case .accepted(let fresh, let head) = judge.judge(writer.seal(entries), head: nil, knownHash: nil) else {
            throw Unexpected.verdict
        }
        #expect(fresh == entries)
        return (head, entries)
    }

    /// A header that follows `last`, with whatever is wrong with it.
    func header(
        after last: JudgedEntry, number: UInt64? = nil, previous: Digest? = nil, stamp: UInt64? = nil,
        acting: DivisionCode = Hearing.town, payload: EntryHeader.Payload? = nil, tree: TreeVersion? = nil
    ) -> EntryHeader {
        let edit = Edit(
            kind: "case", record: RecordKey(0, 1), field: "party", type: .register, content: .plain(.text("乙")))
        let act = Act(author: nil, division: acting, body: "", change: RecordKey(0, 0))
        return EntryHeader(
            number: number ?? last.id.number + 1, previous: previous ?? last.hash,
            stamp: stamp ?? last.header.stamp, tree: tree ?? self.tree.version,
            payload: payload ?? .edits(act, [edit]))
    }

    func run(_ header: EntryHeader, _ personal: [PersonalValue] = [], in stream: StreamID, first: UInt64? = nil)
        -> SealedRun
    {
        testRun(stream, first: first ?? header.number, [testEntry(header, personal, in: stream)], key: key)
    }
}

enum Unexpected: Error { case verdict }

@Suite struct `The judge` {
    var hearing: Hearing
    let head: StreamHead
    let entries: [JudgedEntry]

    init() throws {
        var hearing = try Hearing()
        (head, entries) = try hearing.begin()
        self.hearing = hearing
    }

    private var stream: StreamID { head.stream }
    private var last: JudgedEntry { entries[entries.count - 1] }

    private func verdict(_ run: SealedRun, knownHash: Digest? = nil) -> Verdict {
        hearing.judge.judge(run, head: head, knownHash: knownHash)
    }

    private func refusal(_ header: EntryHeader) -> Verdict { verdict(hearing.run(header, in: stream)) }

    // MARK: What passes

    @Test mutating func `accepts what follows, and says where it leads`() {
        let more = hearing.write("乙", now: 2_000) + hearing.write("丙", now: 3_000)
        guard case .accepted(let fresh, let reached) = verdict(hearing.writer.seal(more)) else {
            Issue.record("a run that follows was not accepted")
            return
        }
        #expect(fresh == more)
        #expect(reached.number == 4)
        #expect(reached.hash == more[1].hash)
        #expect(reached.stamp == 3_000)
        #expect(reached.seat == Hearing.town)
    }

    @Test mutating func `takes only what is new of a run that overlaps`() {
        let more = hearing.write("乙")
        guard case .accepted(let fresh, let reached) = verdict(hearing.writer.seal(entries + more)) else {
            Issue.record("an overlapping run was not accepted")
            return
        }
        #expect(fresh == more)
        #expect(reached.number == 3)
    }

    @Test func `knows what it has`() {
        #expect(verdict(hearing.writer.seal(entries), knownHash: last.hash) == .alreadyKnown)
        #expect(verdict(hearing.writer.seal([entries[0]]), knownHash: entries[0].hash) == .alreadyKnown)
    }

    @Test mutating func `accepts a stamp ten years ahead, since no node's clock is the judge`() {
        let tenYears: UInt64 = 10 * 366 * 86_400_000
        let ahead = hearing.write("乙", now: 1_000 + tenYears)
        guard case .accepted(_, let reached) = verdict(hearing.writer.seal(ahead)) else {
            Issue.record("a stamp ahead was not accepted")
            return
        }
        #expect(reached.stamp == 1_000 + tenYears)
        #expect(hearing.write("丙", now: 5_000)[0].header.stamp == 1_000 + tenYears)
    }

    @Test(arguments: ["4407", "44"] as [DivisionCode])
    func `accepts a superior's stream for a division below, acting for any between`(seat: DivisionCode) throws {
        for (acting, flow) in [(seat, .up), ("440781", .upUrgent), (Hearing.town, .down)] as [(DivisionCode, Flow)] {
            var superior = try Hearing(seat: seat)
            let entries = superior.writer.write(
                [Hearing.draft("甲")], to: StreamPlace(home: Hearing.town, flow: flow), acting: acting,
                tree: superior.tree.version)
            let verdict = superior.judge.judge(superior.writer.seal(entries), head: nil, knownHash: nil)
            guard case .accepted(_, let reached) = verdict else {
                Issue.record("\(seat) acting for \(acting) was not accepted")
                continue
            }
            #expect(reached.seat == seat)
            #expect(reached.flow == flow)
        }
    }

    @Test mutating func `accepts personal values that are those their header names`() {
        let hidden = hearing.write("张三", isPersonal: true)
        #expect(!hidden[0].entry.header.contains(sequence: Array("张三".utf8)))
        guard case .accepted(let fresh, _) = verdict(hearing.writer.seal(hidden)) else {
            Issue.record("a true personal value was not accepted")
            return
        }
        #expect(fresh[0].personal.map(\.value) == [.text("张三")])
    }

    @Test func `accepts a citation of what does not exist`() {
        let nothing = Citation(dot: Dot(stream: stream, number: 999, index: 7), check: 1)
        let edit = Edit(
            kind: "case", record: RecordKey(0, 1), field: "party", type: .register, content: .plain(.text("乙")),
            replaces: [nothing])
        let act = Act(author: nil, division: Hearing.town, body: "", change: RecordKey(0, 0))
        guard case .accepted = refusal(hearing.header(after: last, payload: .edits(act, [edit]))) else {
            Issue.record("an entry that cites nothing real was not accepted")
            return
        }
    }

    // MARK: What waits

    @Test mutating func `waits for the number that is missing`() {
        _ = hearing.write("乙")
        let later = hearing.write("丙")
        #expect(verdict(hearing.writer.seal(later)) == .waitingFor(.number(3)))
        #expect(hearing.judge.judge(hearing.writer.seal(later), head: nil, knownHash: nil) == .waitingFor(.number(1)))
    }

    @Test func `never takes a run from number 0 or from beyond all numbers`() {
        for first in [0, .max] as [UInt64] {
            let run = testRun(stream, first: first, [last.entry], key: hearing.key)
            #expect(verdict(run) == .waitingFor(.number(3)))
        }
    }

    @Test func `waits for a tree it does not know`() throws {
        let future = try #require(TreeVersion(bytes: [UInt8](repeating: 9, count: 33)))
        #expect(refusal(hearing.header(after: last, tree: future)) == .waitingFor(.tree(future)))
    }

    // MARK: What is refused

    @Test func `refuses a run without entries`() {
        let empty = SealedRun(stream: stream, first: 3, entries: [], signature: [])
        #expect(verdict(empty) == .refused(.emptyRun))
    }

    @Test mutating func `refuses a broken chain within a run`() {
        let more = hearing.write("乙") + hearing.write("丙")
        let broken = hearing.header(after: more[0], previous: last.hash)
        let run = testRun(
            stream, first: 3, [more[0].entry, testEntry(broken, in: stream)], key: hearing.key)
        #expect(verdict(run) == .refused(.brokenChain(number: 4)))
    }

    @Test func `refuses a number that jumps`() {
        let jumped = hearing.header(after: last, number: 5)
        #expect(verdict(hearing.run(jumped, in: stream, first: 3)) == .refused(.wrongNumber(expected: 3, found: 5)))
    }

    @Test mutating func `refuses a wrong seal`() {
        let run = hearing.writer.seal(hearing.write("乙"))
        for signature in [[], run.signature.reversed(), Array(run.signature.dropLast())] as [[UInt8]] {
            let forged = SealedRun(stream: stream, first: 3, entries: run.entries, signature: signature)
            #expect(verdict(forged) == .refused(.wrongSeal(number: 3)))
        }
    }

    @Test mutating func `refuses a seal under another number, or another writer's`() {
        let more = hearing.write("乙") + hearing.write("丙")
        let short = SealedRun(
            stream: stream, first: 3, entries: [more[0].entry], signature: hearing.writer.seal(more).signature)
        #expect(verdict(short) == .refused(.wrongSeal(number: 3)))
        let stranger = testRun(stream, first: 3, more.map(\.entry), key: TestNotary.key(seat: "440783"))
        #expect(verdict(stranger) == .refused(.wrongSeal(number: 4)))
    }

    @Test mutating func `refuses a header with any byte changed`() {
        let entry = hearing.write("乙")[0].entry
        let run = hearing.writer.seal([entries[1]])
        let signature = testRun(stream, first: 3, [entry], key: hearing.key).signature
        #expect(run.signature != signature)
        for place in entry.header.indices {
            var header = entry.header
            header[place] ^= 1
            let changed = SealedRun(
                stream: stream, first: 3, entries: [Entry(header: header, body: entry.body)], signature: signature)
            guard case .refused = verdict(changed) else {
                Issue.record("byte \(place) could be changed")
                continue
            }
        }
    }

    @Test mutating func `refuses a stamp that runs back`() {
        #expect(refusal(hearing.header(after: last, stamp: 999)) == .refused(.stampRunsBack(number: 3)))
    }

    @Test func `refuses an act for a division that is not between seat and home`() {
        for acting in ["440781", "440781107", "440783", "nowhere"] as [DivisionCode] {
            #expect(
                refusal(hearing.header(after: last, acting: acting)) == .refused(.actsElsewhere(acting, number: 3)))
        }
    }

    @Test(arguments: ["440781", "440783102", "440781107", "44"] as [DivisionCode])
    func `refuses a home above or beside the writer's seat`(home: DivisionCode) throws {
        var stranger = try Hearing()
        let entries = stranger.writer.write(
            [Hearing.draft("甲")], to: StreamPlace(home: home, flow: .up), tree: stranger.tree.version)
        let verdict = stranger.judge.judge(stranger.writer.seal(entries), head: nil, knownHash: nil)
        #expect(verdict == .refused(.strangerHome(home)))
    }

    @Test func `refuses an opening that is not entry 1, and an entry 1 that is no opening`() throws {
        guard let opening = entries.first?.header.payload else { throw Unexpected.verdict }
        #expect(refusal(hearing.header(after: last, payload: opening)) == .refused(.misplacedOpening(number: 3)))
        let first = hearing.header(after: last, number: 1, previous: stream.digest)
        #expect(
            hearing.judge.judge(hearing.run(first, in: stream), head: nil, knownHash: nil)
                == .refused(.misplacedOpening(number: 1)))
    }

    @Test func `refuses an opening under another stream's name`() {
        let other = StreamID(Digest(tag: 255, 1, 2, 3, 4))
        let run = testRun(other, first: 1, [entries[0].entry], key: hearing.key)
        #expect(hearing.judge.judge(run, head: nil, knownHash: nil) == .refused(.wrongStream))
    }

    @Test(arguments: [0, 1, 2, 3, 254] as [UInt8])
    func `refuses a suite it does not accept`(suite: UInt8) {
        let opening = Opening(
            home: Hearing.town, flow: .up, suite: suite, key: hearing.key, nonce: [UInt8](repeating: 1, count: 16),
            predecessor: nil)
        #expect(open(opening, seat: Hearing.town) == .refused(.unknownSuite(suite)))
    }

    @Test func `refuses a certificate that names another seat`() {
        let opening = head.opening
        guard case .refused(.certificate) = open(opening, seat: "440781") else {
            Issue.record("an opening may claim a seat its certificate does not name")
            return
        }
        let unknown = Opening(
            home: Hearing.town, flow: .up, suite: 255, key: [0], nonce: opening.nonce, predecessor: nil)
        guard case .refused(.certificate) = open(unknown, seat: Hearing.town) else {
            Issue.record("an uncertified key may open a stream")
            return
        }
    }

    private func open(_ opening: Opening, seat: DivisionCode) -> Verdict {
        let header = EntryHeader(
            number: 1, previous: opening.stream.digest, stamp: 1, tree: hearing.tree.version,
            payload: .opening(opening, seat: seat, certificates: []))
        let run = testRun(
            opening.stream, first: 1, [testEntry(header, in: opening.stream)], key: opening.key, suite: opening.suite)
        return hearing.judge.judge(run, head: nil, knownHash: nil)
    }

    @Test mutating func `refuses a personal value that is altered, missing, another's or too many`() {
        let entry = hearing.write("张三", isPersonal: true)[0]
        let value = entry.personal[0]
        let altered = PersonalValue(index: value.index, salt: value.salt, value: .text("李四"))
        let resalted = PersonalValue(index: value.index, salt: value.salt.map { $0 ^ 1 }, value: value.value)
        let moved = PersonalValue(index: 1, salt: value.salt, value: value.value)
        for personal in [[], [altered], [resalted], [moved], [value, moved]] {
            let run = hearing.run(entry.header, personal, in: stream)
            #expect(verdict(run) == .refused(.personalValue(number: 3)))
        }
        let plain = hearing.header(after: last)
        #expect(verdict(hearing.run(plain, [value], in: stream)) == .refused(.personalValue(number: 3)))
    }

    @Test mutating func `refuses an entry larger than the limit`() {
        let room = Limits.entryBytesMax - hearing.write("")[0].entry.byteCount
        var again = hearing
        let largest = again.write(String(repeating: "a", count: room - 2))
        #expect(largest[0].entry.byteCount <= Limits.entryBytesMax)
        let tooLarge = hearing.write(String(repeating: "a", count: room + 8))
        #expect(tooLarge[0].entry.byteCount > Limits.entryBytesMax)
        let run = testRun(stream, first: 4, [tooLarge[0].entry], key: hearing.key)
        var here = head
        here.number = 3
        #expect(hearing.judge.judge(run, head: here, knownHash: nil) == .refused(.tooLarge(number: 4)))
    }

    @Test func `refuses bytes that are no entry`() {
        for header in [[], [0], [1], [1, 3], [UInt8](repeating: 0xff, count: 500)] as [[UInt8]] {
            let run = testRun(stream, first: 3, [Entry(header: header, body: [])], key: hearing.key)
            guard case .refused(.malformed(_, number: 3)) = verdict(run) else {
                Issue.record("\(header.count) bytes passed for an entry")
                continue
            }
        }
        let run = testRun(stream, first: 3, [Entry(header: last.entry.header, body: [1])], key: hearing.key)
        guard case .refused(.malformed) = verdict(run) else {
            Issue.record("a cut body passed for one")
            return
        }
    }
}

extension [UInt8] {
    fileprivate func contains(sequence: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: sequence) }
    }
}
