import NIOCore
import NIOHTTP2

/// The HTTP/2 stream under a link, for the two things that gRPC's streams do not offer.
struct LinkWire: Sendable {
    private let stream: any Channel

    init(_ stream: any Channel) { self.stream = stream }

    /// The peer's address and port, such as `10.0.0.7:52144`.
    var remoteAddress: String { Self.text(stream.parent?.remoteAddress) }

    static func text(_ address: SocketAddress?) -> String {
        switch address {
        case .v6?: "[\(address?.ipAddress ?? "unknown")]:\(address?.port ?? 0)"
        default: "\(address?.ipAddress ?? "unknown"):\(address?.port ?? 0)"
        }
    }

    /// Returns when everything written before has reached the stream's buffer.
    ///
    /// The transport makes a writer wait while that buffer is full, but only learns that it is from the event loop:
    /// a writer in a hurry could queue any number of frames before the loop comes round.
    func settle() async throws {
        try await stream.eventLoop.submit {}.get()
    }

    /// Ends the stream in so many seconds, whatever then still waits to be sent.
    ///
    /// A peer that never reads would otherwise keep our farewell, and with it the stream and its memory, for ever: it
    /// answers every ping, so keepalive has nothing to complain about.
    func cut(afterSeconds seconds: Int) {
        stream.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) { [stream] in
            stream.close(promise: nil)
        }
    }
}

/// Asks the stream of an accepted link for its wire. It travels as an error because that is the one thing the gRPC
/// transport passes from a stream's user to the stream's channel; `WireFinder` takes it out before anything else sees it.
///
/// Where the stream is gone, nobody answers and nothing says so: the question is dropped, and its end ends the wait.
final class WireWanted: Error {
    private let answer: AsyncStream<LinkWire>.Continuation

    init(_ answer: AsyncStream<LinkWire>.Continuation) { self.answer = answer }

    func answer(_ wire: LinkWire) { answer.yield(wire) }

    deinit { answer.finish() }
}

/// Heads the pipeline of every accepted HTTP/2 stream and answers `WireWanted`.
final class WireFinder: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = HTTP2Frame.FramePayload

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let wanted = error as? WireWanted else {
            context.fireErrorCaught(error)
            return
        }
        wanted.answer(LinkWire(context.channel))
    }
}
