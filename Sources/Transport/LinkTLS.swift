import NIOCore
import NIOSSL
import SwiftASN1
import Synchronization
import X509

/// Mutual TLS 1.3 for both ends of a link, from one identity.
///
/// The gRPC transport makes TLS handlers of its own, but its settings fix TLS 1.2 as the floor, offer no way to log why
/// a handshake failed, and show the server's certificate to no client. All three are needed here, so the handlers come
/// from this type: the transport is told to leave security to us and each new connection gets a TLS handler at the head
/// of its pipeline before its first byte. 1.3 is the floor on both sides, so 1.2 is refused in the handshake; suites
/// and curves are those BoringSSL has for 1.3; HTTP/2 is negotiated (ALPN `h2`) and nothing else; sessions are not
/// resumed, so every connection proves itself anew.
struct LinkTLS: Sendable {
    private let server: NIOSSLContext
    private let client: NIOSSLContext
    private let verifier: PeerVerifier

    /// - Throws: `.identityUnusable` with what cannot be read or does not fit together.
    init(_ identity: TransportIdentity) throws(LinkFailure) {
        guard let root = try? Certificate(pemEncoded: identity.rootPEM) else {
            throw .identityUnusable(reason: "the root certificate cannot be read")
        }
        guard
            let chain = try? identity.certificateChainPEM.flatMap({ try NIOSSLCertificate.fromPEMBytes(Array($0.utf8)) }
            ),
            !chain.isEmpty
        else { throw .identityUnusable(reason: "the node's certificate chain cannot be read") }
        guard let key = try? NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem) else {
            throw .identityUnusable(reason: "the node's private key cannot be read")
        }
        guard let trusted = try? NIOSSLCertificate.fromPEMBytes(Array(identity.rootPEM.utf8)) else {
            throw .identityUnusable(reason: "the root certificate cannot be read")
        }

        let shown = chain.map { NIOSSLCertificateSource.certificate($0) }
        var forServer = TLSConfiguration.makeServerConfiguration(certificateChain: shown, privateKey: .privateKey(key))
        var forClient = TLSConfiguration.makeClientConfiguration()
        forClient.certificateChain = shown
        forClient.privateKey = .privateKey(key)
        Self.harden(&forServer, trusted)
        Self.harden(&forClient, trusted)
        do {
            self.server = try NIOSSLContext(configuration: forServer)
            self.client = try NIOSSLContext(configuration: forClient)
        } catch {
            throw .identityUnusable(reason: "the private key does not fit the node's certificate")
        }
        self.verifier = PeerVerifier(root: root)
    }

    private static func harden(_ configuration: inout TLSConfiguration, _ trusted: [NIOSSLCertificate]) {
        configuration.minimumTLSVersion = .tlsv13
        // Makes both sides ask for a certificate and insist on one; what it is worth is judged by PeerVerifier.
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates(trusted)
        configuration.applicationProtocols = [ConnectionWatch.applicationProtocol]
        configuration.shutdownTimeout = .seconds(Int64(LinkLimits.tlsCloseSeconds))
    }

    /// Puts TLS in front of a connection that a listener accepted and that has not carried a byte yet.
    func secureAccepted(_ channel: any Channel, watch: ConnectionWatch) throws {
        let handler = NIOSSLServerHandler(
            context: server, customVerificationCallbackWithMetadata: verification(watch.note))
        try channel.pipeline.syncOperations.addHandlers([handler, watch], position: .first)
    }

    /// The same for a connection that is about to be dialled.
    func secureDialled(_ channel: any Channel, watch: ConnectionWatch) throws {
        let handler = try NIOSSLClientHandler(
            context: client, serverHostname: nil, customVerificationCallbackWithMetadata: verification(watch.note))
        try channel.pipeline.syncOperations.addHandlers([handler, watch], position: .first)
    }

    private func verification(_ note: HandshakeNote) -> NIOSSLCustomVerificationCallbackWithMetadata {
        { [verifier] presented, promise in
            promise.completeWithTask {
                switch await verifier.judge(presented.compactMap { try? $0.toDERBytes() }) {
                case .accepted(let chain):
                    return .certificateVerified(VerificationMetadata(try Self.forTransport(chain)))
                case .refused(let refusal):
                    note.set(refusal)
                    return .failed
                }
            }
        }
    }

    private static func forTransport(_ chain: [Certificate]) throws -> NIOSSL.ValidatedCertificateChain {
        NIOSSL.ValidatedCertificateChain(
            try chain.map { certificate in
                var serializer = DER.Serializer()
                try serializer.serialize(certificate)
                return try NIOSSLCertificate(bytes: serializer.serializedBytes, format: .der)
            })
    }

    /// The verified chain of a connection's peer, its own certificate first, our root last; nil before the handshake.
    ///
    /// Must be called on the connection's event loop.
    static func peerChain(of channel: any Channel) -> [Certificate]? {
        let chain = try? channel.pipeline.syncOperations.nioSSL_peerValidatedCertificateChain()
        return try? chain?.map { try Certificate(derEncoded: $0.toDERBytes()) }
    }
}

/// Why verification refused the peer of one connection, kept for the handler that logs it.
final class HandshakeNote: Sendable {
    private let stored = Mutex<CertificateRefusal?>(nil)

    var refusal: CertificateRefusal? { stored.withLock { $0 } }

    func set(_ refusal: CertificateRefusal) { stored.withLock { $0 = refusal } }
}
