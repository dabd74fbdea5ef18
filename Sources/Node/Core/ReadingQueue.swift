import Dispatch

/// Threads on which calls may wait for the disk, so many at once; the tasks that asked are suspended meanwhile.
final class ReadingQueue: Sendable {
    private let queue: DispatchQueue
    private let seats: AsyncSeats

    init(threadsMax: Int) {
        queue = DispatchQueue(label: "tributary.reading", attributes: .concurrent)
        seats = AsyncSeats(threadsMax)
    }

    func run<Answer: Sendable>(_ body: @escaping @Sendable () -> Answer) async -> Answer {
        await seats.take()
        let answer = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: body()) }
        }
        seats.leave()
        return answer
    }
}
