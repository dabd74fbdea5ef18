import Divisions
import Replication
import Synchronization

/// One link between the core's thread and the tasks that hold its connection: what waits to be sent, and whether it
/// is to end.
final class Link: Sendable {
    let id: LinkID
    /// Whom it was dialled for; `nil` on an accepted link.
    let seat: Seat?
    private let state = Mutex(State())
    private let closing = AsyncStream.makeStream(of: Never.self)

    private struct State {
        var waiting = Queue<[UInt8]>()
        var waitingBytes = 0
        var isClosed = false
        var isHeld = false
        var sender: CheckedContinuation<[UInt8]?, Never>?
    }

    init(id: LinkID, seat: Seat?) { (self.id, self.seat) = (id, seat) }

    // MARK: From the core's thread

    /// Queues a frame. False where the peer reads so slowly that more waits than may; then the link is cut.
    func send(_ frame: [UInt8]) -> Bool {
        let (sender, fits) = state.withLock { state -> (CheckedContinuation<[UInt8]?, Never>?, Bool) in
            guard !state.isClosed else { return (nil, true) }
            if let sender = state.sender {
                state.sender = nil
                return (sender, true)
            }
            guard state.waiting.isEmpty || state.waitingBytes + frame.count <= NodeLimits.outboxBytesMax else {
                return (nil, false)
            }
            state.waiting.append(frame)
            state.waitingBytes += frame.count
            return (nil, true)
        }
        sender?.resume(returning: frame)
        if !fits { cut() }
        return fits
    }

    /// Nothing more is sent than what waits already.
    func close() { end(keepingWaiting: true) }

    // MARK: From the link's tasks

    /// Nothing more is sent at all.
    func cut() { end(keepingWaiting: false) }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Whether its connection stands.
    var isHeld: Bool { state.withLock { $0.isHeld } }

    func holds() { state.withLock { $0.isHeld = true } }

    /// Returns once the link is to end, or when the task is cancelled.
    func waitUntilClosed() async { for await _ in closing.stream {} }

    /// The next frame to send; `nil` once the link is to end and nothing waits. One task asks at a time.
    func next() async -> [UInt8]? {
        await withCheckedContinuation { continuation in
            let (isAnswered, frame) = state.withLock { state -> (Bool, [UInt8]?) in
                if let frame = state.waiting.popFirst() {
                    state.waitingBytes -= frame.count
                    return (true, frame)
                }
                guard !state.isClosed else { return (true, nil) }
                state.sender = continuation
                return (false, nil)
            }
            if isAnswered { continuation.resume(returning: frame) }
        }
    }

    private func end(keepingWaiting: Bool) {
        let sender = state.withLock { state in
            state.isClosed = true
            if !keepingWaiting { (state.waiting, state.waitingBytes) = (Queue(), 0) }
            defer { state.sender = nil }
            return state.sender
        }
        sender?.resume(returning: nil)
        closing.continuation.finish()
    }
}
