import Logging
import NIOCore
import NIOSSL
import NIOTLS
import Synchronization

/// Stands behind the TLS handler of one connection until the handshake is over: gives it so long and no longer, insists
/// on HTTP/2, and writes into the log of the side that refuses whom it refused and why.
final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    /// HTTP/2 over TLS (RFC 9113, section 3.2).
    static let applicationProtocol = "h2"

    let note = HandshakeNote()
    private let peer: String
    private let timeoutSeconds: Int
    private let seats: LinkSeats?
    private let logger: Logger
    private let onTrouble: @Sendable (String) -> Void

    private enum Phase {
        case idle
        case waiting(timer: Scheduled<Void>)
        case open
        /// The reason is in the log; what follows from it need not be.
        case refused
        case closed
    }
    private var phase = Phase.idle
    private var isSeated = false

    /// - Parameters:
    ///   - peer: how the peer is called in logs: its address.
    ///   - seats: the listener's count of connections; nil on the dialling side.
    ///   - onTrouble: told every reason that is logged.
    init(
        peer: String, timeoutSeconds: Int, seats: LinkSeats?, logger: Logger,
        onTrouble: @escaping @Sendable (String) -> Void
    ) {
        self.peer = peer
        self.timeoutSeconds = timeoutSeconds
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
        let timer = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(timeoutSeconds))) {
            self.refuse("the handshake was not done within \(self.timeoutSeconds) seconds", context)
        }
        phase = .waiting(timer: timer)
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted(let negotiated) = event {
            stopTimer()
            guard negotiated == Self.applicationProtocol else {
                refuse("the peer does not offer HTTP/2", context)
                return
            }
            phase = .open
        }
        context.fireUserInboundEventTriggered(event)
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
        stopTimer()
        if isSeated { seats?.leave() }
        isSeated = false
        phase = .closed
        context.fireChannelInactive()
    }

    private func refuse(_ reason: String, _ context: ChannelHandlerContext) {
        stopTimer()
        log(reason)
        phase = .refused
        context.close(promise: nil)
    }

    private func stopTimer() {
        if case .waiting(let timer) = phase { timer.cancel() }
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
