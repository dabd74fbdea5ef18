import Synchronization

/// Threads on which passwords are hashed, so that no task of the program stands still meanwhile: few, since each takes
/// much memory, and with few who wait, since a crowd there is no crowd of officers.
final class HashingQueue: Sendable {
    private let queue = ReadingQueue(threadsMax: AccessLimits.hashingMax)
    private let taken = Mutex(0)

    /// - Returns: nil, and `body` is not run, where too many wait already.
    func run<Answer: Sendable>(_ body: @escaping @Sendable () -> Answer) async -> Answer? {
        let mayWait = taken.withLock { taken in
            guard taken < AccessLimits.hashingMax + AccessLimits.hashingWaitingMax else { return false }
            taken += 1
            return true
        }
        guard mayWait else { return nil }
        defer { taken.withLock { $0 -= 1 } }
        return await queue.run(body)
    }
}
