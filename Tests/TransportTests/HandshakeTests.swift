import NIOSSL
import Testing

@testable import Transport

/// Who is turned away before a link stands, and that the side that turns him away says why in its log.
@Suite(.timeLimit(.minutes(1)))
struct HandshakeTests {
    @Test
    func `an expired certificate is refused by the listener, and its log says why`() async throws {
        let province = try TestAuthority()
        let log = CapturedLog()
        try await expectRefusal(
            listener: province.node("440100"), dialler: province.node("440183", .past), listenerLog: log)
        let line = try await log.line(with: "refused a peer in the handshake")
        #expect(line.hasPrefix("warning") && line.contains("expired") && line.contains("127.0.0.1"))
    }

    @Test
    func `an expired certificate is refused by the dialler, and its log says why`() async throws {
        let province = try TestAuthority()
        let (here, there) = (CapturedLog(), CapturedLog())
        let reason = try await expectRefusal(
            listener: province.node("440100", .past), dialler: province.node("440183"), listenerLog: there,
            diallerLog: here)
        #expect(reason.contains("expired"))
        #expect(try await here.line(with: "refused a peer in the handshake").contains("expired"))
        #expect(try await there.line(with: "a peer refused this node").contains("certificate"))
    }

    @Test
    func `a certificate that does not hold yet is refused`() async throws {
        let province = try TestAuthority()
        let log = CapturedLog()
        try await expectRefusal(
            listener: province.node("440100"), dialler: province.node("440183", .future), listenerLog: log)
        #expect(try await log.line(with: "refused a peer in the handshake").contains("begins only on"))
    }

    @Test
    func `a node of another province is refused by the listener`() async throws {
        let (ours, theirs) = (try TestAuthority(), try TestAuthority())
        let log = CapturedLog()
        try await expectRefusal(
            listener: ours.node("440100"), dialler: theirs.node("440183", believes: ours), listenerLog: log)
        #expect(try await log.line(with: "refused a peer in the handshake").contains("another province"))
    }

    @Test
    func `a node of another province is refused by the dialler`() async throws {
        let (ours, theirs) = (try TestAuthority(), try TestAuthority())
        let log = CapturedLog()
        let reason = try await expectRefusal(
            listener: theirs.node("440100", believes: ours), dialler: ours.node("440183"), diallerLog: log)
        #expect(reason.contains("another province"))
        #expect(try await log.line(with: "refused a peer in the handshake").contains("another province"))
    }

    @Test
    func `an issuer's certificate makes no link`() async throws {
        let province = try TestAuthority()
        let log = CapturedLog()
        try await expectRefusal(
            listener: province.node("440100"), dialler: province.issuerAsNode(), listenerLog: log)
        #expect(try await log.line(with: "refused a peer in the handshake").contains("issuer's certificate"))
    }

    /// Dials and expects that no link comes to stand on either side.
    @discardableResult
    private func expectRefusal(
        listener: TransportIdentity, dialler: TransportIdentity, listenerLog: CapturedLog = CapturedLog(),
        diallerLog: CapturedLog = CapturedLog()
    ) async throws -> String {
        try await withListener(listener, log: listenerLog) { _ in
            Issue.record("a link stood at the listener")
        } during: { _, port in
            let error = await failure {
                try await dialler.dialer(log: diallerLog).connect(host: "127.0.0.1", port: port) { _ in
                    Issue.record("a link stood at the dialler")
                }
            }
            guard case .unreachable(_, let reason)? = error as? LinkFailure else {
                Issue.record("threw \(String(describing: error))")
                return ""
            }
            return reason
        }
    }

    @Test
    func `a peer that does not speak TLS is refused`() async throws {
        try await expectRawRefusal(
            tls: nil, greeting: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", because: "does not speak TLS")
    }

    @Test
    func `TLS 1_2 is refused`() async throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        tls.maximumTLSVersion = .tlsv12
        try await expectRawRefusal(tls: tls, because: "does not offer TLS 1.3")
    }

    @Test
    func `a peer without a certificate is refused`() async throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        tls.applicationProtocols = ["h2"]
        try await expectRawRefusal(tls: tls, because: "shows no certificate")
    }

    @Test
    func `a peer that offers no HTTP_2 is refused`() async throws {
        let province = try TestAuthority()
        var tls = TLSConfiguration.makeClientConfiguration()
        let identity = try province.node("440183")
        tls.certificateVerification = .none
        tls.certificateChain = try identity.certificateChainPEM
            .flatMap { try NIOSSLCertificate.fromPEMBytes(Array($0.utf8)) }.map { .certificate($0) }
        tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem))
        try await expectRawRefusal(province, tls: tls, because: "does not offer HTTP/2")
    }

    @Test
    func `a peer that connects and says nothing is shown the door in time`() async throws {
        try await expectRawRefusal(
            tls: nil, limits: LinkLimits(connectTimeoutSeconds: 1), because: "not done within 1 seconds")
    }

    private func expectRawRefusal(
        _ province: TestAuthority? = nil, tls: TLSConfiguration?, greeting: String = "",
        limits: LinkLimits = LinkLimits(), because reason: String
    ) async throws {
        let log = CapturedLog()
        let identity = try (province ?? TestAuthority()).node("440100")
        try await withListener(identity, limits: limits, log: log) { _ in
            Issue.record("a link stood")
        } during: { _, port in
            let peer = try await RawPeer.connect(port: port, tls: tls, greeting: greeting)
            let line = try await log.line(with: "refused a peer in the handshake", reason)
            #expect(!line.contains("/Sources/"))
            try await peer.closed()
        }
    }

    @Test
    func `a listener holds so many connections and refuses the next, until one ends`() async throws {
        let province = try TestAuthority()
        let log = CapturedLog()
        let limits = LinkLimits(linksMax: 1)
        let links = Mailbox<Void>()
        try await withListener(province.node("440100"), limits: limits, log: log) { link in
            links.put(())
            for try await _ in link.frames {}
        } during: { _, port in
            let dialer = try province.node("440183").dialer()
            try await dialer.connect(host: "127.0.0.1", port: port) { _ in
                try await links.take()
                let refused = await failure {
                    try await dialer.connect(host: "127.0.0.1", port: port) { _ in Issue.record("a second link stood") }
                }
                #expect(refused is LinkFailure)
                _ = try await log.line(with: "refused a peer in the handshake", "1 connections are open")
            }
        }
    }

    @Test
    func `an identity that cannot be used is refused with what is wrong with it`() throws {
        let province = try TestAuthority()
        let (one, other) = (try province.node("440100"), try province.node("440183"))
        func refusal(_ chain: [String], _ key: String, _ root: String) -> String {
            do {
                _ = try LinkTLS(TransportIdentity(certificateChainPEM: chain, privateKeyPEM: key, rootPEM: root))
                return "none"
            } catch {
                return error.description
            }
        }
        #expect(refusal(one.certificateChainPEM, one.privateKeyPEM, "").contains("root certificate"))
        #expect(refusal([], one.privateKeyPEM, one.rootPEM).contains("certificate chain"))
        #expect(refusal(["-----"], one.privateKeyPEM, one.rootPEM).contains("certificate chain"))
        #expect(refusal(one.certificateChainPEM, "nothing", one.rootPEM).contains("private key cannot be read"))
        #expect(refusal(one.certificateChainPEM, other.privateKeyPEM, one.rootPEM).contains("does not fit"))
        #expect(!"\(one)".contains("PRIVATE"))
    }
}
