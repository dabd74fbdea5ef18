import Foundation
import Synchronization

/// Ports on loopback that nobody uses.
enum Ports {
    /// Below those that the system gives to outgoing connections, so that a node that is down for a while finds its own
    /// free when it comes back.
    private static let range = 15_000..<32_000
    private static let attemptsMax = 10_000
    private static let taken = Mutex(Set<Int>())

    /// A port that was free a moment ago, and that this process has not handed out before.
    static func free() throws(CommandFailure) -> Int {
        for _ in 0..<attemptsMax {
            let port = Int.random(in: range)
            guard taken.withLock({ $0.insert(port).inserted }) else { continue }
            if isFree(port) { return port }
        }
        throw CommandFailure(
            .failed, "no port between \(range.lowerBound) and \(range.upperBound) is free on 127.0.0.1")
    }

    private static func isFree(_ port: Int) -> Bool {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = in_addr_t(UInt32(0x7F00_0001).bigEndian)
        return withUnsafeBytes(of: &address) { bytes in
            guard let base = bytes.baseAddress else { return false }
            return bind(
                descriptor, base.assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<sockaddr_in>.size))
                == 0
        }
    }
}
