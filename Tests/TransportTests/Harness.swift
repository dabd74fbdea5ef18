import Logging
import Synchronization

@testable import Transport

/// Runs a listener on a port of its own during `body`, then stops it gracefully.
func withListener<Answer: Sendable>(
    _ identity: TransportIdentity, limits: LinkLimits = LinkLimits(), log: CapturedLog = CapturedLog(),
    onLink: @escaping @Sendable (LinkConnection) async throws -> Void,
    during body: (LinkListener, _ port: Int) async throws -> Answer
) async throws -> Answer {
    let listener = try LinkListener(
        host: "127.0.0.1", port: 0, identity: identity, limits: limits, logger: log.logger)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await listener.run(onLink) }
        let answer = try await body(listener, listener.boundPort)
        listener.beginGracefulShutdown()
        try await group.waitForAll()
        return answer
    }
}

extension TransportIdentity {
    func dialer(limits: LinkLimits = LinkLimits(), log: CapturedLog = CapturedLog()) throws -> LinkDialer {
        try LinkDialer(identity: self, limits: limits, logger: log.logger)
    }
}

/// What one task tells another, once or several times.
struct Mailbox<Message: Sendable>: Sendable {
    private let stream: AsyncStream<Message>
    private let continuation: AsyncStream<Message>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: Message.self)
    }

    func put(_ message: Message) { continuation.yield(message) }

    /// The next message.
    func take() async throws -> Message {
        for await message in stream { return message }
        throw CancellationError()
    }
}

/// What a call is expected to throw.
func failure(of body: () async throws -> Void) async -> (any Error)? {
    do {
        try await body()
        return nil
    } catch {
        return error
    }
}

extension LinkConnection {
    /// The next frame, or nil at the link's end.
    func receive() async throws -> [UInt8]? {
        for try await frame in frames { return frame }
        return nil
    }
}

final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func increment() { count.withLock { $0 += 1 } }
}
