import Divisions
import Ledger
import Support
import Testing

@testable import Replication

/// A neighbour that does not do its part: bounded memory, and an end by the clock.
@Suite struct `A neighbour` {
    private let filling = String(repeating: "x", count: 4_000)

    /// A megabyte waits for the city.
    private func burden(_ scene: Scene) throws {
        for number in UInt64(1)...250 {
            try scene.node.write([draft(number, filling)], to: StreamPlace(home: countySeat, flow: .up))
        }
    }

    private func batchBytes(_ messages: [Message]) -> (bytes: Int, last: UInt64) {
        var (bytes, last) = (0, UInt64(0))
        for case .batch(let sequence, _, let pieces) in messages {
            bytes += pieces.reduce(0) { $0 + $1.byteCount }
            last = sequence
        }
        return (bytes, last)
    }

    @Test func `that never reads and never acknowledges gets one window, and is given up as stalled`() throws {
        let scene = try Scene()
        try burden(scene)
        let sent = batchBytes(try scene.node.news(scene.above))
        #expect(sent.bytes >= ReplicationLimits.windowBytesStart)
        #expect(
            sent.bytes <= ReplicationLimits.windowBytesStart + ReplicationLimits.batchBytesMin + Limits.entryBytesMax)
        #expect(scene.node.status().first { $0.link == scene.above }?.backlogEntries ?? 0 > 200)
        let alarm = try #require(scene.node.alarm)
        #expect(alarm <= scene.node.now + ReplicationLimits.stallMilliseconds)
        try scene.node.wait(ReplicationLimits.stallMilliseconds - 1)
        #expect(scene.node.endings[scene.above] == nil)
        try scene.node.wait(1)
        #expect(scene.node.endings[scene.above] == "no acknowledgement in 60 s")
        #expect(scene.node.endings[scene.below] == nil)
        guard case .farewell(.stalled, _) = try #require(try scene.node.news(scene.above).last) else {
            Issue.record("it was not told why")
            return
        }
    }

    @Test func `that only repeats its last acknowledgement is given up as stalled`() throws {
        let scene = try Scene()
        try burden(scene)
        for _ in 0..<6 {
            try scene.node.wait(ReplicationLimits.stallMilliseconds / 5)
            try scene.node.hear(scene.above, .acknowledgement(received: 0, durable: 0))
        }
        #expect(scene.node.endings[scene.above] == "no acknowledgement in 60 s")
    }

    @Test func `that receives and never stores is sent no more than may stand under open seals`() throws {
        let scene = try Scene()
        let large = String(repeating: "x", count: 100_000)
        for number in UInt64(1)...300 {
            try scene.node.write([draft(number, large)], to: StreamPlace(home: countySeat, flow: .up))
        }
        var bytes = 0
        for _ in 0..<2_000 {
            let sent = batchBytes(try scene.node.news(scene.above))
            guard sent.last > 0 else { break }
            bytes += sent.bytes
            scene.node.now += 1
            try scene.node.hear(scene.above, .acknowledgement(received: sent.last, durable: 0))
        }
        let bound = ReplicationLimits.windowBytesMax + ReplicationLimits.unsealedBytesMax
        #expect(bytes >= ReplicationLimits.unsealedBytesMax)
        #expect(bytes <= bound + ReplicationLimits.batchBytesMax + Limits.entryBytesMax)
        try scene.node.wait(ReplicationLimits.stallMilliseconds)
        #expect(scene.node.endings[scene.above] == "no acknowledgement in 60 s")
    }

    @Test func `that takes its time and goes on is kept`() throws {
        let scene = try Scene()
        try burden(scene)
        var last: UInt64 = 0
        for _ in 0..<100 {
            last = max(last, batchBytes(try scene.node.news(scene.above)).last)
            guard scene.node.status().contains(where: { $0.link == scene.above && $0.inFlightBytes > 0 }) else { break }
            try scene.node.wait(ReplicationLimits.stallMilliseconds - 1)
            try scene.node.hear(scene.above, .acknowledgement(received: last, durable: last))
        }
        #expect(scene.node.endings[scene.above] == nil)
        #expect(scene.node.status().first { $0.link == scene.above }?.inFlightBytes == 0)
    }

    @Test(arguments: [
        (received: UInt64(1), durable: UInt64(0)), (1, 1), (.max, 0), (0, 1),
    ])
    func `that acknowledges what was never sent is dropped`(received: UInt64, durable: UInt64) throws {
        var scene = try Scene()
        try scene.node.hear(scene.below, .acknowledgement(received: received, durable: durable))
        try scene.expectDropped("never sent")
    }

    @Test func `that takes an acknowledgement back is dropped`() throws {
        let scene = try Scene()
        try scene.node.write([draft(1, "work")], to: StreamPlace(home: countySeat, flow: .up))
        try scene.node.hear(scene.above, .acknowledgement(received: 1, durable: 1))
        try scene.node.hear(scene.above, .acknowledgement(received: 1, durable: 0))
        #expect(scene.node.endings[scene.above]?.contains("acknowledgement") == true)
        #expect(scene.node.endings[scene.below] == nil)
    }

    @Test func `that never greets is given up after ten seconds`() throws {
        var scene = try Scene()
        let link = try scene.node.accept(townSeat)
        try scene.node.wait(ReplicationLimits.greetingMilliseconds - 1)
        #expect(scene.node.endings[link] == nil)
        try scene.node.wait(1)
        #expect(scene.node.endings[link] == "no greeting in 10 s")
        try scene.expectUnharmed()
    }

    @Test func `that falls silent while comparing is given up after a minute`() throws {
        var scene = try Scene()
        let link = try scene.node.accept(townSeat)
        var greeting = scene.node.greeting(as: townSeat)
        greeting.root = Digest.of(1, [1])
        try scene.node.hear(link, .greeting(greeting))
        try scene.node.wait(ReplicationLimits.stallMilliseconds)
        #expect(scene.node.endings[link] == "no answer while comparing in 60 s")
        try scene.expectUnharmed()
    }

    @Test func `beyond the last link is refused with a reason`() throws {
        let node = try LoneNode(at: countySeat)
        for _ in 0..<ReplicationLimits.linksMax { _ = try node.accept(townSeat) }
        let link = try node.accept(townSeat)
        #expect(node.endings[link] == "all links are taken")
        #expect(node.events.contains { if case .refusedPeer(link, townSeat, _) = $0 { true } else { false } })
    }
}

/// Who is refused in the greeting, with the same reason on both sides.
@Suite struct `A greeting` {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What the certificate names.
        let certificate: DivisionCode?
        let change: @Sendable (inout Greeting) -> Void
        let code: FarewellCode
        let reason: String
    }

    private static let fromBelow = [
        Case(
            testDescription: "of another division than the certificate's", certificate: townSeat,
            change: { $0.division = "440783102" }, code: .notYourDivision,
            reason: "it greets as 440783102, its certificate names 440781106"),
        Case(
            testDescription: "under a certificate that names none", certificate: nil, change: { _ in },
            code: .notYourDivision, reason: "names no division"),
        Case(
            testDescription: "of a division the tree does not know", certificate: "440799",
            change: { $0.division = "440799" }, code: .unknownDivision, reason: "no node at 440799"),
        Case(
            testDescription: "of a division that has no node", certificate: "440781107",
            change: { $0.division = "440781107" }, code: .unknownDivision, reason: "no node at 440781107"),
        Case(
            testDescription: "from beside", certificate: "440783", change: { $0.division = "440783" },
            code: .notMyNeighbour, reason: "440783 does not lie below 440781"),
        Case(
            testDescription: "from above", certificate: citySeat, change: { $0.division = citySeat },
            code: .notMyNeighbour, reason: "4407 does not lie below 440781"),
        Case(
            testDescription: "from the same division", certificate: countySeat, change: { $0.division = countySeat },
            code: .notMyNeighbour, reason: "does not lie below"),
        Case(
            testDescription: "under another tree", certificate: townSeat,
            change: { $0.tree = TreeVersion(bytes: [UInt8](repeating: 3, count: 33)) ?? $0.tree }, code: .tree,
            reason: "another tree of divisions"),
        Case(
            testDescription: "in a newer protocol", certificate: townSeat,
            change: { ($0.protocolVersion, $0.protocolOldest) = (9, 4) }, code: .protocolVersion,
            reason: "it speaks protocol 4 to 9, this node 1 to 3"),
        Case(
            testDescription: "in an older protocol", certificate: townSeat,
            change: { ($0.protocolVersion, $0.protocolOldest) = (0, 0) }, code: .protocolVersion,
            reason: "it speaks protocol 0 to 0"),
    ]

    @Test(arguments: fromBelow)
    func `from below is refused, and both sides are told why:`(example: Case) throws {
        var scene = try Scene()
        let link = try scene.node.accept(example.certificate)
        var greeting = scene.node.greeting(as: townSeat)
        example.change(&greeting)
        try scene.node.hear(link, .greeting(greeting))
        let reason = try expectRefusal(of: greeting, by: scene.node, on: link, example)

        // The other side hears the same words.
        let refused = try LoneNode(at: townSeat)
        let up = try refused.uplink()
        try refused.hear(up, .farewell(example.code, reason: reason))
        #expect(refused.events.contains(.refusedByPeer(up, reason: reason)))
        #expect(refused.endings[up] == reason)
        try scene.expectUnharmed()
    }

    private func expectRefusal(
        of greeting: Greeting, by node: LoneNode, on link: LinkID, _ example: Case
    ) throws -> String {
        guard case .farewell(let code, let reason) = try #require(try node.news(link).last) else {
            Issue.record("no farewell")
            return ""
        }
        #expect(code == example.code)
        #expect(reason.contains(example.reason), "\(reason)")
        #expect(node.events.contains(.refusedPeer(link, peer: greeting.division, reason: reason)))
        #expect(node.endings[link] == reason)
        return reason
    }

    private static let fromAbove = [
        Case(
            testDescription: "of another division than the certificate's", certificate: citySeat,
            change: { $0.division = provinceSeat }, code: .notYourDivision,
            reason: "it greets as 44, its certificate names 4407"),
        Case(
            testDescription: "of an ancestor at another's address", certificate: provinceSeat,
            change: { $0.division = provinceSeat }, code: .notMyNeighbour,
            reason: "at the address of 4407 answers 44"),
        Case(
            testDescription: "of a division beside", certificate: "440783", change: { $0.division = "440783" },
            code: .notMyNeighbour, reason: "at the address of 4407 answers 440783"),
        Case(
            testDescription: "under another tree", certificate: citySeat,
            change: { $0.tree = TreeVersion(bytes: [UInt8](repeating: 3, count: 33)) ?? $0.tree }, code: .tree,
            reason: "another tree of divisions"),
    ]

    @Test(arguments: fromAbove)
    func `from above is refused as well, and dialled again later:`(example: Case) throws {
        let node = try LoneNode(at: countySeat)
        try node.step([.alarm])
        let (link, parent) = try #require(node.dials.last)
        #expect(parent.division == citySeat)
        try node.step([.linkDialled(link, division: example.certificate)])
        guard case .greeting = try #require(try node.news(link).first) else {
            Issue.record("the lower side speaks first")
            return
        }
        var greeting = node.greeting(as: citySeat)
        example.change(&greeting)
        try node.hear(link, .greeting(greeting))
        _ = try expectRefusal(of: greeting, by: node, on: link, example)
        try node.wait(ReplicationLimits.retryMillisecondsMin)
        #expect(node.dials.count == 2)
        #expect(node.dials.last?.link != link)
    }

    @Test func `from whoever was refused once is heard when it is right`() throws {
        let scene = try Scene()
        var greeting = scene.node.greeting(as: townSeat)
        greeting.protocolVersion = 0
        let refused = try scene.node.accept(townSeat)
        try scene.node.hear(refused, .greeting(greeting))
        let link = try scene.node.link(from: townSeat)
        #expect(scene.node.status().contains { $0.link == link && $0.phase == .streaming })
    }

    @Test func `with a field of a later release is heard, and names the link alike on both sides`() throws {
        let scene = try Scene()
        let mine = Message.greeting(scene.node.greeting(as: townSeat, nonce: 5)).encoded + [0xf2, 0x07, 0x01, 0x2a]
        let link = try scene.node.accept(townSeat)
        try scene.node.step([.frame(link, mine)])
        let answer = try #require(scene.node.said(link).first)
        try scene.node.step([.linkClosed(link, reason: "reset")])
        let again = try scene.node.accept(townSeat)
        var greeting = scene.node.greeting(as: townSeat, nonce: 5)
        greeting.remembers = Array(Digest.of(1, mine, answer).bytes[1...16])
        try scene.node.hear(again, .greeting(greeting))
        guard case .greeting(let resumed) = try #require(try scene.node.news(again).first) else { return }
        #expect(resumed.remembers == greeting.remembers)
    }

    @Test func `may not fill a log with its release or its farewell`() throws {
        let scene = try Scene()
        let long = "x" + String(repeating: "\u{301}", count: 100_000)
        var greeting = scene.node.greeting(as: townSeat)
        greeting.release = long
        guard case .greeting(let heard) = try Message(decoding: Message.greeting(greeting).encoded),
            case .farewell(_, let reason) = try Message(decoding: Message.farewell(.fault, reason: long).encoded)
        else { return }
        #expect(heard.release.unicodeScalars.count == 40)
        #expect(reason.unicodeScalars.count == 500)
    }
}
