import NIOCore
import NIOPosix
import Simulation
import Synchronization

// `struct linger`.
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What stands on a line between an office and one above it: it passes bytes on after a while, and does to connections
/// what the kernel cannot be told to do.
final class LineRelay: Sendable {
    private struct State {
        var isCut = false
        var latency: ClosedRange<UInt64> = 0...0
        /// Pieces in ten thousand at which the connection breaks.
        var breaks = 0
        var random: SeededGenerator
        var connections: [ObjectIdentifier: Connection] = [:]
        var listener: (any Channel)?
    }

    private static let connectTimeout: TimeAmount = .seconds(5)

    private let state: Mutex<State>

    init(seed: UInt64) { state = Mutex(State(random: Seed(seed).generator)) }

    /// Begins to listen for the office below.
    ///
    /// - Parameters:
    ///   - host: this machine's end of the line.
    ///   - target: where the office above listens, now or later.
    func open(host: String, port: Int, target: String) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [self] lower in accepted(lower, target: target, port: port) }
            .bind(host: host, port: port).get()
        state.withLock { $0.listener = listener }
    }

    /// How long pieces take, and how often one is the end of its connection.
    func shape(latency: ClosedRange<UInt64>, breaks: Int) {
        state.withLock { ($0.latency, $0.breaks) = (latency, breaks) }
    }

    /// Every connection ends at once, and both ends are told.
    func reset() async {
        let connections = state.withLock { state in
            defer { state.connections = [:] }
            return Array(state.connections.values)
        }
        for connection in connections { await connection.abort() }
    }

    /// Every connection that stands goes on to take bytes, and passes nothing on any more; new ones are not concerned.
    func silence() {
        for connection in state.withLock({ Array($0.connections.values) }) { connection.silence() }
    }

    /// Whether connections are refused.
    func set(isCut: Bool) { state.withLock { $0.isCut = isCut } }

    /// Ends the relay for good.
    func close() async {
        let listener = state.withLock { state in
            defer { state.listener = nil }
            state.isCut = true
            return state.listener
        }
        try? await listener?.close()
        await reset()
    }

    private func accepted(_ lower: any Channel, target: String, port: Int) -> EventLoopFuture<Void> {
        guard !state.withLock({ $0.isCut }) else { return lower.eventLoop.makeFailedFuture(ChannelError.eof) }
        return ClientBootstrap(group: lower.eventLoop)
            .connectTimeout(Self.connectTimeout)
            .connect(host: target, port: port)
            .flatMapThrowing { [self] upper in
                let connection = Connection(lower, upper)
                let (left, right) = RelayEnd.pair(of: connection, on: self)
                try lower.pipeline.syncOperations.addHandler(left)
                try upper.pipeline.syncOperations.addHandler(right)
                keep(connection)
            }
    }

    private func keep(_ connection: Connection) {
        let id = ObjectIdentifier(connection)
        let isWanted = state.withLock { state in
            guard !state.isCut else { return false }
            state.connections[id] = connection
            return true
        }
        guard isWanted else {
            connection.lower.close(promise: nil)
            connection.upper.close(promise: nil)
            return
        }
        connection.lower.closeFuture.and(connection.upper.closeFuture).whenComplete { [self] _ in
            _ = state.withLock { $0.connections.removeValue(forKey: id) }
        }
    }

    // MARK: One connection

    /// What becomes of a piece.
    fileprivate enum Fate {
        case passes(after: UInt64)
        case breaks
    }

    fileprivate func fate() -> Fate {
        state.withLock { state in
            if state.breaks > 0, Int.random(in: 0..<10_000, using: &state.random) < state.breaks { return .breaks }
            guard state.latency.upperBound > 0 else { return .passes(after: 0) }
            return .passes(after: UInt64.random(in: state.latency, using: &state.random))
        }
    }

    /// A connection through the relay: the two that it joins.
    fileprivate final class Connection: Sendable {
        let lower, upper: any Channel
        private let isSilenced = Atomic(false)

        init(_ lower: any Channel, _ upper: any Channel) { (self.lower, self.upper) = (lower, upper) }

        var isSilent: Bool { isSilenced.load(ordering: .relaxed) }

        func silence() { isSilenced.store(true, ordering: .relaxed) }

        /// What was on its way is lost: both ends get a reset.
        func abort() async {
            silence()
            for channel in [lower, upper] {
                if let socket = channel as? any SocketOptionProvider {
                    try? await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
                }
                try? await channel.close()
            }
        }
    }
}

/// One end of a connection through a relay: hands what it reads to the other end when its time has come, and reads no
/// faster than that end can write. Both ends live on one event loop.
private final class RelayEnd: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Bytes that may be on their way in one direction.
    private static let underwayBytesMax = 1 << 20

    private let connection: LineRelay.Connection
    private let relay: LineRelay
    private var other: RelayEnd?
    private var context: ChannelHandlerContext?
    private var wantsToRead = false
    /// When the last piece that was read here arrives there.
    private var lastArrival = NIODeadline.uptimeNanoseconds(0)
    private var underwayBytes = 0

    private init(_ connection: LineRelay.Connection, _ relay: LineRelay) {
        (self.connection, self.relay) = (connection, relay)
    }

    static func pair(of connection: LineRelay.Connection, on relay: LineRelay) -> (RelayEnd, RelayEnd) {
        let (left, right) = (RelayEnd(connection, relay), RelayEnd(connection, relay))
        (left.other, right.other) = (right, left)
        return (left, right)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        other = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !connection.isSilent else { return }
        let bytes = unwrapInboundIn(data)
        switch relay.fate() {
        case .breaks:
            connection.silence()
            context.close(promise: nil)
            other?.context?.close(promise: nil)
        case .passes(let delay):
            underwayBytes += bytes.readableBytes
            let arrival = max(lastArrival, .now() + .milliseconds(Int64(delay)))
            lastArrival = arrival
            after(arrival, on: context) { end in
                end.underwayBytes -= bytes.readableBytes
                end.other?.write(bytes)
                end.readAgain()
            }
        }
    }

    /// The end of a connection is told behind all that came before it.
    func channelInactive(context: ChannelHandlerContext) {
        if !connection.isSilent {
            after(lastArrival, on: context) { $0.other?.context?.close(promise: nil) }
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { other?.readAgain() }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if canRead { context.read() } else { wantsToRead = true }
    }

    private var canRead: Bool {
        connection.isSilent
            || (underwayBytes < Self.underwayBytesMax && other?.context?.channel.isWritable == true)
    }

    private func after(
        _ moment: NIODeadline, on context: ChannelHandlerContext, _ body: @escaping (RelayEnd) -> Void
    ) {
        guard moment > .now() else {
            body(self)
            return
        }
        context.eventLoop.assumeIsolated().scheduleTask(deadline: moment) { body(self) }
    }

    private func write(_ bytes: ByteBuffer) {
        guard !connection.isSilent else { return }
        context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    private func readAgain() {
        guard wantsToRead, canRead else { return }
        wantsToRead = false
        context?.read()
    }
}
