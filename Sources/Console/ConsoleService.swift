import Divisions
import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import HummingbirdTLS
import Identity
import Logging
import NIOCore
import NIOSSL
package import Node
import ServiceLifecycle

/// The pages of a node as a service: a township clerk, a county reviewer and a provincial supervisor at work.
///
/// They are served over HTTPS with the node's own certificate, and asked of nothing but the node's API.
package struct ConsoleService: Service {
    private let application: any ApplicationProtocol
    private let bound: BoundPort
    private let address: String

    /// - Parameter edge: the node whose pages they are.
    /// - Throws: `NodeStartFault` where the node's certificate or the console's own files cannot be used.
    package init(_ edge: NodeEdge, _ configuration: NodeConfiguration.Console) throws(NodeStartFault) {
        let bound = BoundPort()
        let site: Site
        do { site = try Site() } catch { throw NodeStartFault("the console cannot start: \(error)") }
        let console = Console(
            door: edge.door, site: site, tree: edge.tree, seat: edge.configuration.division,
            isSecure: configuration.usesTLS, clock: edge.clock, logger: edge.logger)
        var application = ApplicationConfiguration(address: .hostname(configuration.host, port: configuration.port))
        application.availableConnectionsDelegate = MaximumAvailableConnections(ConsoleLimits.connectionsMax)
        self.application = Application(
            responder: console.router().buildResponder(),
            server: try Self.server(configuration, identityDirectory: edge.configuration.identityDirectory),
            configuration: application, onServerRunning: { bound.settle($0.localAddress?.port) }, logger: edge.logger)
        (self.bound, address) = (bound, "\(configuration.host):\(configuration.port)")
    }

    package func run() async throws {
        defer { bound.settle(nil) }
        do {
            try await application.run()
        } catch let error as IOError {
            throw NodeStartFault(
                "the console cannot listen on \(address): \(error); end what uses it, or change the key \"console\"")
        }
    }

    /// The port it listens on, as soon as it does; `nil` if it never listened.
    package var port: Int? { get async { await bound.value } }

    private static func server(
        _ configuration: NodeConfiguration.Console, identityDirectory: String
    ) throws(NodeStartFault) -> HTTPServerBuilder {
        guard configuration.usesTLS else {
            return .http1(
                configuration: HTTP1Channel.Configuration(idleTimeout: .seconds(ConsoleLimits.idleSecondsMax)))
        }
        do {
            let tls = try ConsoleTLS.configuration(configuration, identityDirectory: identityDirectory)
            return try .http2Upgrade(
                tlsChannelConfiguration: TLSChannelConfiguration(tlsConfiguration: tls),
                configuration: HTTP2UpgradeChannel.Configuration(idleTimeout: .seconds(ConsoleLimits.idleSecondsMax)))
        } catch let fault as IdentityFault {
            throw NodeStartFault("\(fault)")
        } catch {
            let file = configuration.certificateFile ?? identityDirectory
            throw NodeStartFault("\(file): the console cannot use the certificate or its key: \(error)")
        }
    }
}

/// How browsers reach the console.
enum ConsoleTLS {
    /// HTTPS with the node's certificate, or another where the configuration names one. A browser may show a
    /// certificate of the province's root, and need not.
    static func configuration(
        _ console: NodeConfiguration.Console, identityDirectory: String
    ) throws -> TLSConfiguration {
        let identity = try NodeIdentity.load(directory: identityDirectory)
        let chain: [NIOSSLCertificate]
        let key: NIOSSLPrivateKey
        if let certificateFile = console.certificateFile, let keyFile = console.keyFile {
            chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
            key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
        } else {
            chain = try NIOSSLCertificate.fromPEMBytes(Array(identity.chainPEM.utf8))
            key = try NIOSSLPrivateKey(bytes: Array(identity.keyPEM.utf8), format: .pem)
        }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        tls.minimumTLSVersion = .tlsv12
        tls.certificateVerification = .optionalVerification
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(identity.rootPEM.utf8)))
        return tls
    }
}

extension NIOSSLServerHandler {
    /// SHA-256 of the certificate that the other end proved to hold, in hexadecimal; nil where it showed none.
    var peerFingerprint: String? {
        guard let certificate = peerCertificate, let bytes = try? certificate.toDERBytes() else { return nil }
        return Fingerprint.hexadecimal(of: bytes)
    }
}

/// What the console takes at most.
enum ConsoleLimits {
    static let connectionsMax = 1_024
    /// A connection on which nothing is asked for so long is closed.
    static let idleSecondsMax: Int64 = 120
}
