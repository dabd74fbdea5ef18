import Divisions
import Ledger
import Support
import Testing

@testable import Replication

let townSeat: DivisionCode = "440781106"
let countySeat: DivisionCode = "440781"
let citySeat: DivisionCode = "4407"
let provinceSeat: DivisionCode = "44"
let townCases = StreamPlace(home: townSeat, flow: .up)

/// A county with its honest city above it, and a link on which a town may say anything.
struct Scene {
    let node: LoneNode
    let above: LinkID
    let below: LinkID
    var writer = testWriter(seat: townSeat)
    private var work: UInt64 = 0

    init() throws {
        node = try LoneNode(at: countySeat)
        above = try node.uplink()
        below = try node.link(from: townSeat)
        #expect(node.status().map(\.phase) == [.streaming, .streaming])
    }

    /// The next run of the town's own stream of cases.
    mutating func run(_ texts: String..., now: UInt64 = 1_700_000_000_000, to place: StreamPlace = townCases)
        -> SealedRun
    {
        var entries: [JudgedEntry] = []
        for text in texts {
            let drafts = [draft(writer.heads[place]?.number ?? 1, text)]
            entries += writer.write(drafts, to: place, tree: node.tree.version, now: now)
        }
        return writer.seal(entries)
    }

    /// The link that brought it was dropped with a reason, nothing was stored, and whoever did nothing wrong notices
    /// nothing.
    mutating func expectDropped(
        on link: LinkID? = nil, since held: [StreamHead] = [], _ reason: String = "",
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let link = link ?? below
        let ending = node.endings[link]
        #expect(ending != nil, "the link was not dropped", sourceLocation: location)
        #expect(ending?.contains(reason) == true, "\(ending ?? "no reason")", sourceLocation: location)
        let isNoted = node.events.contains {
            if case .faultyFrame(link, peer: townSeat, let why) = $0 { why == ending } else { false }
        }
        #expect(isNoted, "no event tells of it", sourceLocation: location)
        let lastWords = try #require(node.said(link).last, sourceLocation: location)
        guard case .farewell(.fault, let told) = try Message(decoding: lastWords) else {
            Issue.record("the other side was not told", sourceLocation: location)
            return
        }
        #expect(told == ending, sourceLocation: location)
        try expectUnharmed(since: held, at: location)
    }

    /// Nothing was stored, and an edit made here still goes up.
    mutating func expectUnharmed(since held: [StreamHead] = [], at location: SourceLocation = #_sourceLocation) throws {
        let own = try node.holdings().filter { $0.seat != countySeat }
        #expect(own == held, "something was stored", sourceLocation: location)
        try expectWorking(at: location)
    }

    mutating func expectWorking(at location: SourceLocation = #_sourceLocation) throws {
        work += 1
        let answer = try node.write([draft(work, "work")], to: StreamPlace(home: countySeat, flow: .up))
        guard case .written(let ids) = answer else {
            Issue.record("the node no longer writes: \(answer)", sourceLocation: location)
            return
        }
        let sent = try node.news(above).compactMap { message -> (UInt64, [Piece])? in
            if case .batch(let sequence, _, let pieces) = message { (sequence, pieces) } else { nil }
        }
        #expect(
            sent.flatMap(\.1).contains { $0.stream == ids.first?.stream }, "nothing goes up", sourceLocation: location)
        if let last = sent.last { try node.hear(above, .acknowledgement(received: last.0, durable: last.0)) }
        #expect(node.status().contains { $0.link == above && $0.inFlightBytes == 0 }, sourceLocation: location)
    }
}
