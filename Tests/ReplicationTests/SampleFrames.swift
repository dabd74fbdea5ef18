import Divisions
import Ledger
import Support

@testable import Replication

/// One frame of every kind and shape, the same on every machine.
struct SampleFrames {
    struct Sample {
        let name: String
        let message: Message
    }

    let tree: DivisionTree
    private(set) var all: [Sample] = []

    init() throws {
        tree = try testTree()
        var writer = testWriter(seat: townSeat)
        let opening = writer.write([draft(1, "drain into the river")], to: townCases, tree: tree.version)
        var twin = writer
        let next = writer.write([draft(1, "drain closed")], to: townCases, tree: tree.version, now: 2_000)
        let other = twin.write([draft(1, "drain still open")], to: townCases, tree: tree.version, now: 2_000)
        let hidden = EditDraft(
            kind: "case", record: RecordKey(0, 2), field: "party", type: .register, value: .text("李某"), isPersonal: true
        )
        let last = writer.write([hidden], to: townCases, tree: tree.version, now: 3_000)
        let stream = opening[0].id.stream
        let first = writer.seal(opening)
        let left = writer.seal(next)
        let right = twin.seal(other)

        addGreetings()
        add("farewell", .farewell(.tree, reason: "it works by another tree of divisions"))
        addComparisons(stream: stream, head: last[0].hash)
        let whole = Piece(writer.seal(last))
        let open = Piece(stream: stream, first: first.first, entries: Array(first.entries.prefix(1)), signature: nil)
        let rest = Piece(
            stream: stream, first: first.first + 1, entries: Array(first.entries.dropFirst()),
            signature: first.signature)
        add(
            "batch of a run in two pieces, and of another",
            .batch(sequence: 1, lane: .ordinary, pieces: [open, rest, Piece(left), whole]))
        add("batch without a seal", .batch(sequence: 2, lane: .urgent, pieces: [open]))
        add("acknowledgement", .acknowledgement(received: 3, durable: 2))
        add("acknowledgement of nothing yet", .acknowledgement(received: 0, durable: 0))
        add("have", .have(stream, number: 2, tree: nil))
        add("have that waits for a tree", .have(stream, number: 2, tree: tree.version))
        add("ask", .ask(stream, from: 1, through: 17))
        add("branch", .branch(left))
        add("fork", .fork(left: left, right: right))
        let nonces = [[UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16)]
        add("alarm of two machines", .twoMachines(townSeat, nonces: nonces))
        add("probe", .probe(token: 5, isAnswer: false))
        add("probe answered", .probe(token: 5, isAnswer: true))
        try addFiles()
        addReports()
    }

    private mutating func add(_ name: String, _ message: Message) { all.append(Sample(name: name, message: message)) }

    /// Of a file of three chunks, in which byte i is i modulo 251.
    private mutating func addFiles() throws {
        let bytes = (0..<140_000).map { UInt8($0 % 251) }
        let chunks = [bytes[..<65_536], bytes[65_536..<131_072], bytes[131_072...]].map(Array.init)
        let chunkTree = ChunkTree(leaves: chunks.map(ChunkTree.leaf))
        guard
            let name = FileName(
                digest: Digest.of(Suite.p256.rawValue, bytes), root: chunkTree.root(size: 140_000), size: 140_000)
        else { preconditionFailure("a file of 140,000 bytes is within the limits") }
        let record = RecordID(home: townSeat, flow: .up, kind: "evidence", key: RecordKey(1, 2))
        add("ask for a file", .fileAsk(FileAsk(name: name, record: record, first: 1, count: 2)))
        let first = FileSlice(
            name: name, chunk: 2, offset: 0, bytes: Array(chunks[2].prefix(8)), proof: chunkTree.proof(of: 2))
        let next = FileSlice(name: name, chunk: 2, offset: 8, bytes: Array(chunks[2][8..<12]), proof: [])
        add("batch of two parts of a file", .slices(sequence: 4, [first, next]))
        add("note of a file that is not here", .fileNote(name, isHere: false))
        add("note of a file that has come", .fileNote(name, isHere: true))
    }

    private mutating func addReports() {
        var town = NodeReport(division: townSeat)
        (town.release, town.nonce) = ("1.0", [UInt8](repeating: 1, count: 16))
        var state = NodeState(digest: Digest.of(1, Array("town".utf8)))
        (state.entries, state.startedAt, state.clockAhead) = (412, 86_400_000, -1_500)
        state.figures = NodeFigures(conflicts: 2, dirty: 1, storeFailures: 3)
        (state.missingFiles, state.forks, state.alarms, state.refused, state.faults) = (4, 5, 6, 7, 8)
        (state.restoredAt, state.backlog, state.behindSince) = (3_600_000, 9, 20_000)
        (town.state, town.saidAt, town.hasTwoMachines) = (state, 30_000, true)
        town.link = NodeReport.Link(isUp: true, upper: countySeat, since: 7_200_000, heardAt: 0)
        town.link?.backlog = 10
        town.link?.behindSince = 1
        var silent = NodeReport(division: "440781107")
        silent.link = NodeReport.Link(isUp: false, upper: countySeat, since: 600_000, heardAt: 630_000)
        var county = NodeReport(division: countySeat)
        (county.release, county.nonce) = ("1.0", [UInt8](repeating: 2, count: 16))
        county.state = NodeState(digest: .zero)
        county.state?.clockAhead = 250
        add(
            "report of a node and of two below it",
            .report(Report(clock: 1_700_000_000_000, nodes: [county, town, silent])))
    }

    private mutating func addGreetings() {
        var greeting = Greeting(
            protocolVersion: 1, protocolOldest: 1, division: townSeat, tree: tree.version,
            nonce: [UInt8](repeating: 1, count: 16), remembers: [], root: .zero, clock: 1_700_000_000_000,
            release: "1.0")
        add("greeting", .greeting(greeting))
        greeting.remembers = [UInt8](repeating: 0xaa, count: 16)
        (greeting.sent, greeting.received) = (12, 300)
        greeting.root = Digest.of(1, Array("root".utf8))
        add("greeting that remembers", .greeting(greeting))
    }

    private mutating func addComparisons(stream: StreamID, head: Digest) {
        let digest = Digest.of(1, Array("digest".utf8))
        let laws = StreamPlace(home: provinceSeat, flow: .down)
        let root = Expanded.children([
            .subtree(townCases): digest, .trie(laws, prefix: []): digest,
            .trie(StreamPlace(home: citySeat, flow: .downUrgent), prefix: []): digest,
        ])
        add("comparison of the root", .comparison(Comparing.Turn(expansions: [(.root, root)])))
        let below = StreamPlace(home: countySeat, flow: .upUrgent)
        let children = Expanded.children([
            .trie(below, prefix: []): digest, .subtree(StreamPlace(home: townSeat, flow: .upUrgent)): digest,
        ])
        let inner = Expanded.children([.trie(laws, prefix: [3, 0]): digest, .trie(laws, prefix: [3, 15]): digest])
        add(
            "comparison of a subtree and of a trie",
            .comparison(Comparing.Turn(expansions: [(.subtree(below), children), (.trie(laws, prefix: [3]), inner)])))
        let leaves = [
            LeafStanding(stream: stream, number: 4, hash: head, isForked: false),
            LeafStanding(stream: StreamID(digest), number: 0, hash: .zero, isForked: true),
        ]
        add(
            "comparison of leaves, with replies",
            .comparison(
                Comparing.Turn(expansions: [(.trie(townCases, prefix: []), .leaves(leaves))], replies: leaves)))
        add(
            "comparison of no leaves",
            .comparison(Comparing.Turn(expansions: [(.trie(townCases, prefix: []), .leaves([]))])))
        add("comparison that ends", .comparison(Comparing.Turn(isFinal: true)))
    }
}
