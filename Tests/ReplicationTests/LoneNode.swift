import Divisions
import Ledger
import Simulation
import Support
import Testing

@testable import Replication

/// One whole node, while the test plays whoever is at the other ends of its links.
final class LoneNode {
    let tree: DivisionTree
    let seat: DivisionCode
    let store = MemoryStore()
    private let performer: Performer
    /// The monotonic clock; the wall clock goes along with it.
    var now: UInt64 = 1_000
    private(set) var events: [Event] = []
    private(set) var answers: [UInt64: ChangeAnswer] = [:]
    private(set) var dials: [(link: LinkID, seat: Seat)] = []
    /// Why the node ended a link.
    private(set) var endings: [LinkID: String] = [:]
    private(set) var alarm: UInt64?
    private(set) var wantedNewWriter = false
    private var frames: [LinkID: [[UInt8]]] = [:]
    private var accepted: UInt64 = 1
    private var requests: UInt64 = 0

    init(at seat: DivisionCode) throws {
        (tree, self.seat) = (try testTree(), seat)
        let identity = WriterIdentity(
            seat: seat, suite: .test, key: TestNotary.key(seat: seat), certificates: [],
            nonce: [UInt8](repeating: 0xee, count: 16), saltSeed: [UInt8](repeating: 0xdd, count: 32))
        let replica = try Replica(
            ReplicaConfiguration(seat: seat, tree: tree, notary: TestNotary(), release: "node"), writer: identity,
            reading: store)
        performer = Performer(replica, store: store, sealing: TestSealing(seat: seat))
    }

    var wall: UInt64 { now + 1_700_000_000_000 }

    func step(_ inputs: [Input]) throws {
        var inputs = inputs
        for _ in 0..<10_000 {
            let done = try performer.perform(inputs, at: Moment(wall: wall, monotonic: now))
            events += done.events
            for (request, answer) in done.answers { answers[request] = answer }
            for duty in done.links {
                switch duty {
                case .send(let link, let frame): frames[link, default: []].append(frame)
                case .close(let link, let reason): endings[link] = reason
                case .dial(let link, let seat): dials.append((link, seat))
                }
            }
            alarm = [done.alarm, done.reportsAlarm].compactMap { $0 }.min()
            wantedNewWriter = wantedNewWriter || done.needsNewWriter
            guard done.wantsMore else { return }
            inputs = []
        }
        Issue.record("the node never comes to rest")
    }

    func wait(_ milliseconds: UInt64) throws {
        now += milliseconds
        try step([.alarm])
    }

    // MARK: Links

    /// A neighbour below dials in; `division` is what its certificate names.
    func accept(_ division: DivisionCode?) throws -> LinkID {
        accepted += 2
        try step([.linkAccepted(LinkID(accepted), division: division)])
        return LinkID(accepted)
    }

    func hear(_ link: LinkID, _ message: Message) throws { try step([.frame(link, message.encoded)]) }

    func said(_ link: LinkID) -> [[UInt8]] { frames[link] ?? [] }

    /// What the node has sent over a link since the last look.
    func news(_ link: LinkID) throws -> [Message] {
        try (frames.removeValue(forKey: link) ?? []).map { try Message(decoding: $0) }
    }

    /// A greeting that this node accepts: as a neighbour would say it who holds the same, so that both stream at once.
    func greeting(as division: DivisionCode, nonce: UInt8 = 7) -> Greeting {
        let lower = tree.isAtOrBelow(division, seat) ? division : seat
        return Greeting(
            protocolVersion: 1, protocolOldest: 1, division: division, tree: tree.version,
            nonce: [UInt8](repeating: nonce, count: 16), remembers: [],
            root: performer.inspect { $0.digest(of: lower) },
            clock: wall, release: "test")
    }

    /// A link from below that streams.
    func link(from division: DivisionCode, nonce: UInt8 = 7) throws -> LinkID {
        let link = try accept(division)
        try hear(link, .greeting(greeting(as: division, nonce: nonce)))
        _ = try news(link)
        return link
    }

    /// The link to the node's parent, streaming.
    func uplink(protocol version: UInt32 = 1) throws -> LinkID {
        try step([.alarm])
        let (link, parent) = try #require(dials.last)
        try step([.linkDialled(link, division: parent.division)])
        var greeting = greeting(as: parent.division, nonce: 9)
        greeting.protocolVersion = version
        try hear(link, .greeting(greeting))
        _ = try news(link)
        return link
    }

    // MARK: Work

    @discardableResult
    func write(_ drafts: [EditDraft], to place: StreamPlace) throws -> ChangeAnswer {
        requests += 1
        try step([.change(change(requests, [drafts], to: place))])
        return try #require(answers[requests])
    }

    func change(_ request: UInt64, _ entries: [[EditDraft]], to place: StreamPlace) -> LocalChange {
        LocalChange(
            request: request, act: Act(author: nil, division: place.home, body: "", change: RecordKey(0, request)),
            parts: [LocalChange.Part(place: place, entries: entries)])
    }

    /// Every stream held, where it ends and with which hash: what nothing bad may move.
    func holdings() throws -> [StreamHead] { try store.heads() }

    /// What it shows people of other nodes.
    func view() -> NetworkView {
        performer.inspect {
            $0.networkView(
                lastPosition: (try? self.store.lastPosition()) ?? 0, at: Moment(wall: self.wall, monotonic: self.now))
        }.resolved()
    }

    func status() -> [LinkStatus] {
        performer.inspect { $0.linkStatuses(lastPosition: (try? self.store.lastPosition()) ?? 0) }
    }
}

/// The field of a test record, as text.
func draft(_ number: UInt64, _ text: String, replaces: [Citation] = []) -> EditDraft {
    EditDraft(
        kind: "case", record: RecordKey(0, number), field: "title", type: .register, value: .text(text),
        replaces: replaces)
}

extension Message {
    /// Whole runs as one batch.
    static func batch(_ sequence: UInt64, _ runs: SealedRun...) -> Message {
        .batch(sequence: sequence, lane: .ordinary, pieces: runs.map { Piece($0) })
    }
}

extension Piece {
    init(_ run: SealedRun) {
        self.init(stream: run.stream, first: run.first, entries: run.entries, signature: run.signature)
    }
}
