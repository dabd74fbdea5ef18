import NIOCore
import NIOPosix
import Synchronization

/// The line from one office to another above it, as far as this machine has lines: a relay on loopback that the lower
/// office dials in the place of the upper one. Cut, it closes what goes through it and refuses what comes.
final class Line: Sendable {
    private struct State {
        var isCut = false
        var channels: [ObjectIdentifier: any Channel] = [:]
        var listener: (any Channel)?
    }

    private static let host = "127.0.0.1"
    private static let connectTimeout: TimeAmount = .seconds(5)

    /// Where the lower office dials.
    let port: Int
    private let target: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - port: a free one.
    ///   - target: the port on which the upper office listens, now or later.
    init(from port: Int, to target: Int) { (self.port, self.target) = (port, target) }

    var isCut: Bool { state.withLock { $0.isCut } }

    /// Begins to listen.
    func open() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [self] lower in accepted(lower) }
            .bind(host: Self.host, port: port).get()
        state.withLock { $0.listener = listener }
    }

    /// Everything on the line breaks off, and nothing gets through until it is mended.
    func cut() {
        let channels = state.withLock { state in
            state.isCut = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.close(promise: nil) }
    }

    func mend() { state.withLock { $0.isCut = false } }

    /// Ends the line for good.
    func close() async {
        cut()
        let listener = state.withLock { state in
            defer { state.listener = nil }
            return state.listener
        }
        try? await listener?.close()
    }

    private func accepted(_ lower: any Channel) -> EventLoopFuture<Void> {
        guard keep(lower) else { return lower.eventLoop.makeFailedFuture(ChannelError.connectPending) }
        return ClientBootstrap(group: lower.eventLoop)
            .connectTimeout(Self.connectTimeout)
            .connect(host: Self.host, port: target)
            .flatMapThrowing { [self] upper in
                let (left, right) = Splice.pair()
                try lower.pipeline.syncOperations.addHandler(left)
                try upper.pipeline.syncOperations.addHandler(right)
                if !keep(upper) { upper.close(promise: nil) }
            }
    }

    /// Keeps account of a connection while it stands; false where the line is cut.
    private func keep(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        channel.closeFuture.whenComplete { [self] _ in
            _ = state.withLock { $0.channels.removeValue(forKey: id) }
        }
        return state.withLock { state in
            guard !state.isCut else { return false }
            state.channels[id] = channel
            return true
        }
    }
}

/// One end of a relay: hands what it reads to the other end, and reads no faster than that end can write. Both ends
/// live on one event loop.
private final class Splice: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var other: Splice?
    private var context: ChannelHandlerContext?
    private var wantsToRead = false

    static func pair() -> (Splice, Splice) {
        let (left, right) = (Splice(), Splice())
        (left.other, right.other) = (right, left)
        return (left, right)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        other = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { other?.write(unwrapInboundIn(data)) }

    func channelReadComplete(context: ChannelHandlerContext) { other?.context?.flush() }

    func channelInactive(context: ChannelHandlerContext) {
        other?.context?.close(promise: nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { other?.readAgain() }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if other?.context?.channel.isWritable == true {
            context.read()
        } else {
            wantsToRead = true
        }
    }

    private func write(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(bytes), promise: nil) }

    private func readAgain() {
        guard wantsToRead else { return }
        wantsToRead = false
        context?.read()
    }
}
