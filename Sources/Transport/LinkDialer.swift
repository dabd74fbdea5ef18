import GRPCCore
import GRPCNIOTransportHTTP2Posix
package import Logging
import NIOCore
import Synchronization

/// The side of a child: dials a parent and holds the link until it ends. When to dial again is for the protocol core.
package struct LinkDialer: Sendable {
    private let tls: LinkTLS
    private let limits: LinkLimits
    private let logger: Logger

    /// - Throws: `LinkFailure.identityUnusable`.
    package init(identity: TransportIdentity, limits: LinkLimits, logger: Logger) throws(LinkFailure) {
        self.tls = try LinkTLS(identity)
        self.limits = limits
        self.logger = logger
    }

    /// Dials once, runs `onLink` on the link and returns when it has ended. Cancelling the task cuts the link.
    ///
    /// - Parameters:
    ///   - host: a name or an address; of several addresses each is tried in turn.
    ///   - onLink: the link is closed when it returns. It should return when `frames` have ended.
    /// - Throws: `LinkFailure.unreachable` if no link came to stand within `connectTimeoutSeconds`; what `onLink`
    ///   throws; `LinkFailure` if the peer ended the link with a reason; `CancellationError`.
    package func connect(
        host: String, port: Int, _ onLink: @escaping @Sendable (LinkConnection) async throws -> Void
    ) async throws {
        let dial = Dial(address: "\(host):\(port)", tls: tls, limits: limits, logger: logger)
        let transport: HTTP2ClientTransport.Posix
        do {
            transport = try HTTP2ClientTransport.Posix(
                target: .dns(host: host, port: port), transportSecurity: .customSecure, config: dial.configuration())
        } catch {
            throw LinkFailure.unreachable(address: dial.address, reason: "\(error)")
        }

        try await withThrowingTaskGroup(of: Step.self) { group in
            group.addTask {
                try await transport.connect()
                return .connectionEnded
            }
            group.addTask {
                try await dial.waitForTimeout()
                return .timerEnded
            }
            group.addTask {
                try await dial.exchange(over: transport, onLink)
                return .linkEnded
            }
            defer { group.cancelAll() }
            while let step = try await group.next() {
                if case .linkEnded = step { return }
            }
        }
    }

    private enum Step { case connectionEnded, timerEnded, linkEnded }
}

/// One attempt to dial, and the link that may come of it.
private final class Dial: Sendable {
    let address: String
    private let tls: LinkTLS
    private let limits: LinkLimits
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var isOpen = false
        var trouble: String?
        var met: (peer: LinkPeer, wire: LinkWire)?
    }

    init(address: String, tls: LinkTLS, limits: LinkLimits, logger: Logger) {
        self.address = address
        self.tls = tls
        self.limits = limits
        self.logger = logger
    }

    func configuration() -> HTTP2ClientTransport.Posix.Config {
        .defaults { config in
            config.http2.targetWindowSize = limits.windowBytes
            config.connection.keepalive = .init(
                time: .seconds(limits.keepaliveSeconds), timeout: .seconds(limits.keepaliveTimeoutSeconds),
                allowWithoutCalls: true)
            // One attempt is made here; the transport's own second one would come after we have given up.
            config.backoff.initial = .seconds(2 * limits.connectTimeoutSeconds)
            config.channelDebuggingCallbacks.onCreateTCPConnection = { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    // The transport would dial anew when the connection of a link is lost; the link is over by then.
                    guard !state.withLock({ $0.isOpen }) else { throw LinkFailure.lost(reason: "the link is over") }
                    let watch = ConnectionWatch(
                        peer: address, limits: limits, seats: nil, logger: logger,
                        onTrouble: { [self] reason in state.withLock { $0.trouble = reason } })
                    try tls.secureDialled(channel, watch: watch)
                }
            }
            config.channelDebuggingCallbacks.onCreateHTTP2Stream = { [self] channel in
                channel.eventLoop.makeCompletedFuture { meet(channel) }
            }
        }
    }

    /// Notes whose connection the link's stream runs over. On the connection's event loop.
    private func meet(_ stream: any Channel) {
        let wire = LinkWire(stream)
        guard let chain = stream.parent.flatMap(LinkTLS.peerChain(of:)),
            let peer = LinkPeer(chain: chain, remoteAddress: wire.remoteAddress)
        else { return }
        state.withLock { $0.met = (peer, wire) }
    }

    func waitForTimeout() async throws {
        try await Task.sleep(for: .seconds(limits.connectTimeoutSeconds))
        let (isOpen, trouble) = state.withLock { ($0.isOpen, $0.trouble) }
        if !isOpen {
            throw LinkFailure.unreachable(
                address: address,
                reason: trouble ?? "nothing answered within \(limits.connectTimeoutSeconds) seconds")
        }
    }

    func exchange(
        over transport: HTTP2ClientTransport.Posix, _ onLink: @Sendable (LinkConnection) async throws -> Void
    ) async throws {
        var options = CallOptions.defaults
        options.maxRequestMessageBytes = limits.messageBytesMax
        options.maxResponseMessageBytes = limits.messageBytesMax
        options.waitForReady = false
        do {
            try await transport.withStream(descriptor: LinkService.exchange, options: options) { stream, _ in
                try await self.hold(stream, onLink)
            }
        } catch let error as RPCError where !state.withLock({ $0.isOpen }) {
            try Task.checkCancellation()
            throw LinkFailure.unreachable(address: address, reason: state.withLock { $0.trouble } ?? error.deepReason)
        }
    }

    private func hold(
        _ stream: RPCStream<HTTP2ClientTransport.Posix.Inbound, HTTP2ClientTransport.Posix.Outbound>,
        _ onLink: @Sendable (LinkConnection) async throws -> Void
    ) async throws {
        let met = state.withLock { state in
            state.isOpen = true
            return state.met
        }
        guard let (peer, wire) = met else {
            throw LinkFailure.unreachable(address: address, reason: "the peer shows no certificate")
        }
        do {
            try await stream.outbound.write(.metadata([:]))
        } catch {
            try Task.checkCancellation()
            throw LinkFailure.unreachable(address: address, reason: "the connection ended before the link stood")
        }
        let inbox = LinkInbox(responses: stream.inbound, limits: limits)
        let link = LinkConnection(peer: peer, inbox: inbox, wire: wire, limits: limits) { bytes in
            try await stream.outbound.write(.message(bytes))
        }
        let farewell: @Sendable () async -> Void = { [limits] in
            wire.cut(afterSeconds: limits.closeTimeoutSeconds)
            // Closes our half: the listener sees our frames end.
            await stream.outbound.finish()
        }
        do {
            try await link.run(onLink, onClose: farewell)
        } catch {
            await farewell()
            throw error
        }
        await farewell()
        try await inbox.drain()
    }
}

extension RPCError {
    /// The innermost cause, which is where sockets say "connection refused".
    fileprivate var deepReason: String {
        guard let cause else { return message }
        return (cause as? RPCError)?.deepReason ?? "\(cause)"
    }
}
