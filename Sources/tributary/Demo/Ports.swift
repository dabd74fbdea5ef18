import NIOCore
import NIOPosix
import Synchronization

/// Ports on loopback that nobody uses.
enum Ports {
    /// Below those that the system gives to outgoing connections, so that a node that is down for a while finds its own
    /// free when it comes back.
    private static let range = 15_000..<32_000
    private static let attemptsMax = 1_000
    private static let taken = Mutex(Set<Int>())

    /// A port that was free a moment ago, and that this process has not handed out before.
    static func free() async throws(CommandFailure) -> Int {
        for _ in 0..<attemptsMax {
            let port = Int.random(in: range)
            guard taken.withLock({ $0.insert(port).inserted }) else { continue }
            if await isFree(port) { return port }
        }
        throw CommandFailure(
            .failed, "no port between \(range.lowerBound) and \(range.upperBound) is free on 127.0.0.1")
    }

    /// The surest way to know is to listen there.
    private static func isFree(_ port: Int) async -> Bool {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        guard let listener = try? await bootstrap.bind(host: "127.0.0.1", port: port).get() else { return false }
        try? await listener.close()
        return true
    }
}
