import Logging
import NIOCore
import NIOSSL
import NIOTLS
import Synchronization

/// Stands behind the TLS handler of one connection. It gives the handshake so long and no longer, insists on HTTP/2, and
/// writes into the log of the side that refuses whom it refused and why; then it listens for silence.
///
/// Both ends ping (HTTP/2 keepalive of the transport), so a live peer is never silent for long. The transport's dialling
/// side hangs up on a silent peer by itself, but its listening side only begins a farewell that waits for the peer's
/// answer; so it is here that a connection ends when nothing comes, and when a stop is not answered in time.
final class ConnectionWatch: ChannelInboundHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    /// HTTP/2 over TLS (RFC 9113, section 3.2).
    static let applicationProtocol = "h2"

    let note = HandshakeNote()
    private let peer: String
    private let limits: LinkLimits
    private let seats: LinkSeats?
    private let logger: Logger
    private let onTrouble: @Sendable (String) -> Void

    private enum Phase {
        case idle
        case shakingHands
        case open(lastRead: NIODeadline)
        /// The reason is in the log; what follows from it need not be.
        case refused
        case closed
    }
    private var phase = Phase.idle
    /// The end of the handshake's time, and later of the peer's silence.
    private var timer: Scheduled<Void>?
    private var stopTimer: Scheduled<Void>?
    private var isSeated = false

    /// - Parameters:
    ///   - peer: how the peer is called in logs: its address.
    ///   - seats: the listener's count of connections; nil on the dialling side.
    ///   - onTrouble: told every reason that is logged.
    init(
        peer: String, limits: LinkLimits, seats: LinkSeats?, logger: Logger,
        onTrouble: @escaping @Sendable (String) -> Void
    ) {
        self.peer = peer
        self.limits = limits
        self.seats = seats
        self.logger = logger
        self.onTrouble = onTrouble
    }

    func channelActive(context: ChannelHandlerContext) {
        if let seats {
            guard seats.take() else {
                refuse("\(seats.max) connections are open, and this node holds no more", context)
                return
            }
            isSeated = true
        }
        phase = .shakingHands
        let seconds = limits.connectTimeoutSeconds
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(seconds))) {
            self.refuse("the handshake was not done within \(seconds) seconds", context)
        }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted(let negotiated):
            timer?.cancel()
            guard negotiated == Self.applicationProtocol else {
                refuse("the peer does not offer HTTP/2", context)
                return
            }
            phase = .open(lastRead: .now())
            listenForSilence(context)
        case is ChannelShouldQuiesceEvent:
            let seconds = Int64(limits.closeTimeoutSeconds)
            stopTimer = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(seconds)) {
                context.close(promise: nil)
            }
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .open = phase { phase = .open(lastRead: .now()) }
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .refused = phase {
            context.fireErrorCaught(error)
            return
        }
        if let refusal = note.refusal {
            log(refusal.description)
            phase = .refused
        } else if let trouble = HandshakeTrouble(error) {
            tell(trouble)
            phase = .refused
        }
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        stopTimer?.cancel()
        if isSeated { seats?.leave() }
        isSeated = false
        phase = .closed
        context.fireChannelInactive()
    }

    private func listenForSilence(_ context: ChannelHandlerContext) {
        guard case .open(let lastRead) = phase else { return }
        let seconds = limits.keepaliveSeconds + limits.keepaliveTimeoutSeconds
        let end = lastRead + .seconds(Int64(seconds))
        guard end > .now() else {
            logger.notice(
                "a peer has fallen silent",
                metadata: [
                    "peer": "\(peer)", "reason": "nothing came for \(seconds) seconds, not even answers to pings",
                ])
            context.close(promise: nil)
            return
        }
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: end) { self.listenForSilence(context) }
    }

    private func refuse(_ reason: String, _ context: ChannelHandlerContext) {
        timer?.cancel()
        log(reason)
        phase = .refused
        context.close(promise: nil)
    }

    private func log(_ reason: String) {
        logger.warning("refused a peer in the handshake", metadata: ["peer": "\(peer)", "reason": "\(reason)"])
        onTrouble(reason)
    }

    private func tell(_ trouble: HandshakeTrouble) {
        switch trouble.side {
        case .here: log(trouble.reason)
        case .peer:
            logger.warning(
                "a peer refused this node in the handshake",
                metadata: ["peer": "\(peer)", "reason": "\(trouble.reason)"])
            onTrouble(trouble.reason)
        case .line:
            logger.info("a handshake was broken off", metadata: ["peer": "\(peer)", "reason": "\(trouble.reason)"])
            onTrouble(trouble.reason)
        }
    }
}

/// Counts the connections a listener holds, so that there are never more than so many.
final class LinkSeats: Sendable {
    let max: Int
    private let taken = Mutex(0)

    init(max: Int) { self.max = max }

    /// False where all are taken.
    func take() -> Bool {
        taken.withLock { count in
            guard count < max else { return false }
            count += 1
            return true
        }
    }

    func leave() { taken.withLock { $0 -= 1 } }
}
