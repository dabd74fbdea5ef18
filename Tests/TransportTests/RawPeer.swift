import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Something on the other end of a connection that is no node of Tributary.
struct RawPeer: Sendable {
    private let channel: any Channel

    /// Connects, speaks TLS if told to, and says `greeting`.
    static func connect(
        port: Int, tls: TLSConfiguration? = nil, greeting: String = ""
    ) async throws -> RawPeer {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        let handler = try NIOSSLClientHandler(context: context, serverHostname: nil)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(ErrorSink())
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        if !greeting.isEmpty {
            channel.writeAndFlush(ByteBuffer(string: greeting), promise: nil)
        }
        return RawPeer(channel: channel)
    }

    func closed() async throws {
        try await channel.closeFuture.get()
    }

    func close() async throws {
        channel.close(promise: nil)
        try await closed()
    }

    private final class ErrorSink: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}

/// A line between two nodes that can fall silent: bytes stop, and neither end is told of anything any more.
struct SilentLine: Sendable {
    let port: Int
    /// One message for each connection that was made over the line.
    let connections: Mailbox<Void>
    private let listener: any Channel
    private let ends: Ends

    static func open(to target: Int) async throws -> SilentLine {
        let ends = Ends()
        let connections = Mailbox<Void>()
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { near in
                ClientBootstrap(group: near.eventLoop)
                    .channelOption(.autoRead, value: false)
                    .connect(host: "127.0.0.1", port: target)
                    .flatMap { far in
                        ends.add([near, far])
                        connections.put(())
                        return near.eventLoop.makeCompletedFuture {
                            try near.pipeline.syncOperations.addHandler(Glue(to: far, ends))
                            try far.pipeline.syncOperations.addHandler(Glue(to: near, ends))
                        }
                    }

                    .flatMap { ends.startReading(on: near.eventLoop) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return SilentLine(
            port: listener.localAddress?.port ?? 0, connections: connections, listener: listener, ends: ends)
    }

    func fallSilent() async throws {
        ends.isSilent.store(true, ordering: .releasing)
        try await ends.setReading(false, on: listener.eventLoop).get()
    }

    func close() async throws {
        ends.closeAll()
        try await listener.close().get()
    }

    private final class Ends: Sendable {
        private let channels = Mutex<[any Channel]>([])
        let isSilent = Atomic(false)

        func add(_ more: [any Channel]) { channels.withLock { $0 += more } }

        /// Not on a line that has fallen silent: a new connection over it finds the same silence.
        func startReading(on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
            setReading(!isSilent.load(ordering: .acquiring), on: eventLoop)
        }

        func setReading(_ isReading: Bool, on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
            let changes = channels.withLock { $0 }.map { $0.setOption(.autoRead, value: isReading) }
            return EventLoopFuture.andAllSucceed(changes, on: eventLoop)
        }

        func closeAll() {
            for channel in channels.withLock({ $0 }) { channel.close(promise: nil) }
        }
    }

    private final class Glue: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let other: any Channel

        private let ends: Ends

        init(to other: any Channel, _ ends: Ends) {
            self.other = other
            self.ends = ends
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard !ends.isSilent.load(ordering: .acquiring) else { return }
            other.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            if !ends.isSilent.load(ordering: .acquiring) { other.close(promise: nil) }
        }
    }
}
