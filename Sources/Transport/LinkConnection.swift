import GRPCCore
import GRPCNIOTransportHTTP2Posix

/// A link that stands: frames both ways with one peer, until either side closes it or it is lost.
///
/// It lives as long as the closure it is given to. When that returns, the link is closed as by `close()`.
package struct LinkConnection: Sendable {
    package let peer: LinkPeer
    private let inbox: LinkInbox
    private let wire: LinkWire
    private let write: @Sendable (GRPCNIOTransportBytes) async throws -> Void
    private let limits: LinkLimits
    private let closing = AsyncStream.makeStream(of: Never.self)

    init(
        peer: LinkPeer, inbox: LinkInbox, wire: LinkWire, limits: LinkLimits,
        write: @escaping @Sendable (GRPCNIOTransportBytes) async throws -> Void
    ) {
        self.peer = peer
        self.inbox = inbox
        self.wire = wire
        self.limits = limits
        self.write = write
    }

    /// What the peer sends; see `LinkFrames`.
    package var frames: LinkFrames { LinkFrames(inbox: inbox) }

    /// Hands a frame to the line, and waits for as long as the line takes no more: about 64 kilobytes and one frame for
    /// each sending task wait in our memory, however slowly the peer reads. Frames of one task arrive in its order;
    /// between tasks there is none.
    ///
    /// - Throws: `LinkFailure.frameTooLong`, after which the link is as before; `LinkFailure.lost` once the link is
    ///   closed or broken; `CancellationError` if the task is cancelled, when the frame may be sent or not.
    package func send(_ frame: [UInt8]) async throws {
        guard frame.count <= limits.frameBytesMax else {
            throw LinkFailure.frameTooLong(bytes: frame.count, bytesMax: limits.frameBytesMax)
        }
        do {
            try await write(GRPCNIOTransportBytes(frame))
            try await wire.settle()
        } catch {
            try Task.checkCancellation()
            throw LinkFailure.lost(reason: "it was closed while a frame was sent")
        }
    }

    /// Says farewell: what was sent before still arrives, the peer's `frames` end, then ours. Returns at once; the link
    /// is cut where the peer has not hung up after `closeTimeoutSeconds`. Nothing can be sent afterwards.
    package func close() {
        closing.continuation.finish()
    }

    /// Runs `body` on this link, and `farewell` as soon as it calls `close()`.
    ///
    /// When `body` returns or throws without having closed the link, the farewell is left to the caller.
    func run(
        _ body: (LinkConnection) async throws -> Void, onClose farewell: @escaping @Sendable () async -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in closing.stream {}
                if !Task.isCancelled { await farewell() }
            }
            defer { group.cancelAll() }
            try await body(self)
        }
    }
}
