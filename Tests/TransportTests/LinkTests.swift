import Crypto
import Divisions
import SwiftASN1
import Testing
import X509

@testable import Transport

@Suite(.timeLimit(.minutes(1)))
struct LinkTests {
    @Test
    func `frames of every size arrive in order, both ways at once`() async throws {
        let province = try TestAuthority()
        let outcomes = Mailbox<Int>()
        try await withListener(province.node("440100")) { link in
            outcomes.put(try await swap(link, seed: 7, expecting: 3))
        } during: { _, port in
            try await province.node("440183").dialer().connect(host: "127.0.0.1", port: port) { link in
                outcomes.put(try await swap(link, seed: 3, expecting: 7))
            }
            #expect(try await outcomes.take() == frameCount)
            #expect(try await outcomes.take() == frameCount)
        }
    }

    private let frameCount = 1_000

    /// Sends the frames of one seed, reads those of another, and answers how many came as expected.
    private func swap(_ link: LinkConnection, seed: Int, expecting other: Int) async throws -> Int {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 0..<frameCount { try await link.send(frame(number, seed: seed)) }
            }
            var right = 0
            for try await received in link.frames {
                guard received == frame(right, seed: other) else { break }
                right += 1
                if right == frameCount { break }
            }
            try await group.waitForAll()
            return right
        }
    }

    /// From nothing to 64 kilobytes, and never twice the same.
    private func frame(_ number: Int, seed: Int) -> [UInt8] {
        let size = number < 3 ? [0, 1, 65_536][number] : number * 7_919 % 65_537
        return [UInt8](repeating: UInt8(truncatingIfNeeded: number &+ seed), count: size)
    }

    @Test
    func `each side is shown the certificate that the other has proven to hold`() async throws {
        let province = try TestAuthority()
        let (city, county) = (try province.node("440100"), try province.node("440183"))
        let seenByCity = Mailbox<LinkPeer>()
        let seenByCounty = Mailbox<LinkPeer>()
        try await withListener(city) {
            seenByCity.put($0.peer)
        } during: { _, port in
            try await county.dialer().connect(host: "localhost", port: port) { seenByCounty.put($0.peer) }
            try expect(try await seenByCity.take(), is: county, of: "440183")
            try expect(try await seenByCounty.take(), is: city, of: "440100")
        }
    }

    private func expect(_ peer: LinkPeer, is identity: TransportIdentity, of division: DivisionCode) throws {
        let chain = try identity.certificateChainPEM.map { try Certificate(pemEncoded: $0) }
        let own = try #require(chain.first)
        let der = try own.serializeAsPEM().derBytes
        #expect(peer.division == division)
        let chainDER = try chain.map { try $0.serializeAsPEM().derBytes }
        #expect(peer.chainDER == chainDER)
        #expect(peer.certificateFingerprint == SHA256.hash(data: der).map { hexadecimal($0) }.joined())
        #expect(peer.publicKey == P256.Signing.PublicKey(own.publicKey).map { Array($0.x963Representation) })
        #expect(peer.remoteAddress.hasPrefix("127.0.0.1:"))
    }

    private func hexadecimal(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
    }

    @Test
    func `a certificate whose two names disagree names no division, and the link stands for the greeting to refuse`()
        async throws
    {
        let province = try TestAuthority()
        let divisions = Mailbox<DivisionCode?>()
        try await withListener(province.node("440100")) {
            divisions.put($0.peer.division)
        } during: { _, port in
            let odd = try province.node("440183", locator: "440184")
            try await odd.dialer().connect(host: "127.0.0.1", port: port) { link in
                let end = try await link.receive()
                #expect(end == nil)
            }
            #expect(try await divisions.take() == nil)
        }
    }

    @Test
    func `what was sent before a dialler closes still arrives, and then the frames end on both sides`() async throws {
        let province = try TestAuthority()
        let received = Mailbox<[[UInt8]]>()
        try await withListener(province.node("440100")) { link in
            var frames: [[UInt8]] = []
            for try await frame in link.frames { frames.append(frame) }
            received.put(frames)
        } during: { _, port in
            try await province.node("440183").dialer().connect(host: "127.0.0.1", port: port) { link in
                try await link.send([1])
                try await link.send([2, 2])
                link.close()
                let end = try await link.receive()
                #expect(end == nil)
            }
            #expect(try await received.take() == [[1], [2, 2]])
        }
    }

    @Test
    func `what was sent before a listener closes still arrives, and then the frames end on both sides`() async throws {
        let province = try TestAuthority()
        let endSeen = Mailbox<Bool>()
        try await withListener(province.node("440100")) { link in
            try await link.send([9])
            link.close()
            endSeen.put(try await link.receive() == nil)
        } during: { _, port in
            try await province.node("440183").dialer().connect(host: "127.0.0.1", port: port) { link in
                let frame = try await link.receive()
                #expect(frame == [9])
                let end = try await link.receive()
                #expect(end == nil)
            }
            #expect(try await endSeen.take())
        }
    }

    @Test
    func `a frame that cannot be sent any more is told so`() async throws {
        let province = try TestAuthority()
        try await withListener(province.node("440100")) { _ in
        } during: { _, port in
            try await province.node("440183").dialer().connect(host: "127.0.0.1", port: port) { link in
                let end = try await link.receive()
                #expect(end == nil)
                link.close()
                let error = await failure { while true { try await link.send([1]) } }
                guard case .lost? = error as? LinkFailure else {
                    Issue.record("threw \(String(describing: error))")
                    return
                }
            }
        }
    }

    @Test
    func `a listener that stops ends its links, and the other side is told why`() async throws {
        let province = try TestAuthority()
        try await withListener(province.node("440100")) { link in
            try await link.send([1])
            for try await _ in link.frames {}
        } during: { listener, port in
            let dialer = try province.node("440183").dialer()
            let error = await failure {
                try await dialer.connect(host: "127.0.0.1", port: port) { link in
                    for try await frame in link.frames where frame == [1] { listener.beginGracefulShutdown() }
                }
            }
            guard case .lost(let reason)? = error as? LinkFailure else {
                Issue.record("threw \(String(describing: error))")
                return
            }
            #expect(reason.contains("stopping"))
        }
    }

    @Test
    func `a dialler that is cancelled ends the listener's handler, even one that does not read`() async throws {
        let province = try TestAuthority()
        let stands = Mailbox<Void>()
        let ended = Mailbox<Bool>()
        let never = Mailbox<Void>()
        try await withListener(province.node("440100")) { _ in
            stands.put(())
            try? await never.take()
            ended.put(Task.isCancelled)
        } during: { _, port in
            let dialer = try province.node("440183").dialer()
            await withTaskGroup(of: (any Error)?.self) { group in
                group.addTask {
                    await failure {
                        try await dialer.connect(host: "127.0.0.1", port: port) { link in
                            for try await _ in link.frames {}
                        }
                    }
                }
                try? await stands.take()
                group.cancelAll()
                for await error in group { #expect(error is CancellationError) }
            }
            #expect(try await ended.take())
        }
    }

    @Test
    func `what a link's own code throws ends that link only, and reaches the dialler's caller`() async throws {
        struct Mine: Error {}
        let province = try TestAuthority()
        let log = CapturedLog()
        let isFirst = Mailbox<Bool>()
        isFirst.put(true)
        isFirst.put(false)
        try await withListener(province.node("440100"), log: log) { _ in
            if try await isFirst.take() { throw Mine() }
        } during: { _, port in
            let dialer = try province.node("440183").dialer()
            let refused = await failure {
                try await dialer.connect(host: "127.0.0.1", port: port) { for try await _ in $0.frames {} }
            }
            #expect(refused is LinkFailure)
            #expect(try await log.line(with: "a link ended", "Mine").contains("division=440183"))
            let own = await failure {
                try await dialer.connect(host: "127.0.0.1", port: port) { _ in throw Mine() }
            }
            #expect(own is Mine)
        }
    }

    @Test
    func `nobody at the address is said at once, with the system's reason`() async throws {
        let province = try TestAuthority()
        let port = try await withListener(province.node("440100")) { _ in
        } during: { _, port in
            port
        }
        let error = await failure {
            try await province.node("440183").dialer().connect(host: "127.0.0.1", port: port) { _ in }
        }
        guard case .unreachable(let address, let reason)? = error as? LinkFailure else {
            Issue.record("threw \(String(describing: error))")
            return
        }
        #expect(address == "127.0.0.1:\(port)")
        #expect(reason.contains("refused"))
    }

    @Test
    func `a port that is taken is refused by name`() async throws {
        let province = try TestAuthority()
        try await withListener(province.node("440100")) { _ in
        } during: { _, port in
            let second = try LinkListener(
                host: "127.0.0.1", port: port, identity: province.node("440100"), limits: LinkLimits(),
                logger: CapturedLog().logger)
            let error = await failure { try await second.run { _ in } }
            guard case .cannotListen("127.0.0.1:\(port)", _)? = error as? LinkFailure else {
                Issue.record("threw \(String(describing: error))")
                return
            }
        }
    }
}
