import Divisions
import GRPCCore
import GRPCNIOTransportHTTP2Posix
package import Logging
import NIOCore

/// The side of a parent: waits for its children to dial, and hands over each link that stands.
///
/// One value listens once. A peer has one link per connection.
package struct LinkListener: Sendable {
    private let transport: HTTP2ServerTransport.Posix
    private let address: String
    private let limits: LinkLimits
    private let logger: Logger

    /// - Parameters:
    ///   - host: an IPv4 or IPv6 address of this machine, `0.0.0.0` or `::` for all, or `localhost`.
    ///   - port: 0 lets the system choose; see `boundPort`.
    /// - Throws: `LinkFailure.identityUnusable`.
    package init(
        host: String, port: Int, identity: TransportIdentity, limits: LinkLimits, logger: Logger
    ) throws(LinkFailure) {
        let tls = try LinkTLS(identity)
        let address = host == "localhost" ? "127.0.0.1" : host
        self.address = "\(host):\(port)"
        self.limits = limits
        self.logger = logger
        self.transport = HTTP2ServerTransport.Posix(
            address: address.contains(":") ? .ipv6(host: address, port: port) : .ipv4(host: address, port: port),
            // Plaintext to the transport's eyes: LinkTLS puts mutual TLS in front of it, below.
            transportSecurity: .plaintext,
            config: Self.configuration(tls, limits, logger))
    }

    private static func configuration(
        _ tls: LinkTLS, _ limits: LinkLimits, _ logger: Logger
    ) -> HTTP2ServerTransport.Posix.Config {
        let seats = LinkSeats(max: limits.linksMax)
        return .defaults { config in
            config.rpc.maxRequestPayloadSize = limits.messageBytesMax
            config.http2.targetWindowSize = limits.windowBytes
            config.http2.maxConcurrentStreams = 1
            config.connection.maxIdleTime = .seconds(limits.connectTimeoutSeconds)
            config.connection.maxGraceTime = .seconds(limits.closeTimeoutSeconds)
            config.connection.keepalive = .init(
                time: .seconds(limits.keepaliveSeconds), timeout: .seconds(limits.keepaliveTimeoutSeconds),
                clientBehavior: .init(
                    minPingIntervalWithoutCalls: .milliseconds(LinkLimits.pingIntervalMilliseconds),
                    allowWithoutCalls: true))
            config.channelDebuggingCallbacks.onAcceptTCPConnection = { channel in
                channel.eventLoop.makeCompletedFuture {
                    let watch = ConnectionWatch(
                        peer: LinkWire.text(channel.remoteAddress),
                        limits: limits, seats: seats, logger: logger, onTrouble: { _ in })
                    try tls.secureAccepted(channel, watch: watch)
                }
            }
            config.channelDebuggingCallbacks.onAcceptHTTP2Stream = { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(WireFinder(), position: .first)
                }
            }
        }
    }

    /// The port that is listened on. Waits until `run` has bound it.
    ///
    /// - Throws: `LinkFailure.cannotListen` if it never will be, or no longer is.
    package var boundPort: Int {
        get async throws {
            guard let bound = try? await transport.listeningAddress, let port = bound.ipv4?.port ?? bound.ipv6?.port
            else { throw LinkFailure.cannotListen(address: address, reason: "it is not bound") }
            return port
        }
    }

    /// Listens until `beginGracefulShutdown()` was called and the last link has ended.
    ///
    /// - Parameter onLink: runs for each link, in a task of its own that is cancelled when the peer is gone or the
    ///   listener stops; the link ends when it returns. What it throws is logged and ends that link only.
    /// - Throws: `LinkFailure.cannotListen`. If the task is cancelled, all links are cut at once.
    package func run(_ onLink: @escaping @Sendable (LinkConnection) async throws -> Void) async throws {
        do {
            try await transport.listen { stream, context in
                await serve(stream, context, onLink)
            }
        } catch {
            try Task.checkCancellation()
            throw LinkFailure.cannotListen(address: address, reason: "\(error)")
        }
    }

    /// Takes no more links and ends those that stand: the tasks of `onLink` are cancelled, the peers are told. Whoever
    /// has not hung up after `closeTimeoutSeconds` is cut.
    package func beginGracefulShutdown() {
        transport.beginGracefulShutdown()
    }

    private typealias Stream = RPCStream<HTTP2ServerTransport.Posix.Inbound, HTTP2ServerTransport.Posix.Outbound>

    private func serve(
        _ stream: Stream, _ context: ServerContext, _ onLink: @escaping @Sendable (LinkConnection) async throws -> Void
    ) async {
        let inbox = LinkInbox(requests: stream.inbound, limits: limits)
        guard let wire = await wire(of: stream) else {
            let reason = await inbox.ending()
            logger.notice(
                "a link ended before it stood", metadata: ["peer": "\(context.remotePeer)", "reason": "\(reason)"])
            return
        }
        guard stream.descriptor.fullyQualifiedMethod == LinkService.exchange.fullyQualifiedMethod else {
            await end(stream, wire, Status(code: .unimplemented, message: "this node serves links only"))
            return
        }
        let proven = context.transportSpecific as? HTTP2ServerTransport.Posix.Context
        guard let chain = proven?.peerCertificateChain,
            let peer = LinkPeer(chain: Array(chain), remoteAddress: wire.remoteAddress)
        else {
            await end(stream, wire, Status(code: .unauthenticated, message: "this connection showed no certificate"))
            return
        }
        var logger = logger
        logger[metadataKey: "peer"] = "\(peer.remoteAddress)"
        logger[metadataKey: "division"] = "\(peer.division?.text ?? "unreadable")"
        let link = LinkConnection(peer: peer, inbox: inbox, wire: wire, limits: limits) { bytes in
            try await stream.outbound.write(.message(bytes))
        }
        let status: Status
        do {
            try await stream.outbound.write(.metadata([:]))
            logger.debug("a link stands")
            status = try await outcome(of: link, stream, wire, context, onLink)
            logger.debug("a link ended", metadata: ["reason": "\(status.message)"])
        } catch {
            logger.notice("a link ended", metadata: ["reason": "\(error)"])
            status = Self.status(for: error)
        }
        await end(stream, wire, status)
        // The farewell stands behind what the peer may still have on the way; the cut bounds this.
        try? await inbox.drain()
    }

    /// Nil where the stream is gone already.
    private func wire(of stream: Stream) async -> LinkWire? {
        let (answers, answer) = AsyncStream.makeStream(of: LinkWire.self)
        await stream.outbound.finish(throwing: WireWanted(answer))
        for await wire in answers { return wire }
        return nil
    }

    /// Runs `onLink` until it returns, or cancels it once the link is lost or the listener stops.
    private func outcome(
        of link: LinkConnection, _ stream: Stream, _ wire: LinkWire, _ context: ServerContext,
        _ onLink: @escaping @Sendable (LinkConnection) async throws -> Void
    ) async throws -> Status {
        try await withThrowingTaskGroup(of: Status.self) { group in
            group.addTask {
                try await link.run(onLink) { await end(stream, wire, Self.farewell) }
                return Self.farewell
            }
            group.addTask {
                try await context.cancellation.cancelled
                return Self.broken
            }
            defer { group.cancelAll() }
            return try await group.next() ?? Self.farewell
        }
    }

    private static let farewell = Status(code: .ok, message: "closed")
    /// The transport does not say which of the two it is, and only a peer that is still there can read it.
    private static let broken = Status(
        code: .unavailable, message: "the peer is gone or the listening node is stopping")
    private static let failed = Status(
        code: .aborted, message: "the link was ended by the listening side; its log says why")

    private func end(_ stream: Stream, _ wire: LinkWire, _ status: Status) async {
        wire.cut(afterSeconds: limits.closeTimeoutSeconds)
        // Fails where the stream is gone or has been ended before, and then there is nobody left to tell.
        try? await stream.outbound.write(.status(status, [:]))
        await stream.outbound.finish()
    }

    /// What a peer is told of an error: its own fault in full, ours not at all.
    private static func status(for error: any Error) -> Status {
        switch error {
        case LinkFailure.peerFrameTooLong: Status(code: .resourceExhausted, message: "\(error)")
        case is CancellationError: broken
        default: failed
        }
    }
}
