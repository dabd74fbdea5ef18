import Foundation

/// Why the bench could not measure something: a fault of the program, or of this machine.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

enum BenchClock {
    static var wallMilliseconds: UInt64 { UInt64(max(0, Date().timeIntervalSince1970 * 1_000)) }
}

/// A directory that is gone when the work is over, however it ends.
enum BenchDirectory {
    static func with<Answer>(_ body: (String) async throws -> Answer) async throws -> Answer {
        let path = FileManager.default.temporaryDirectory.appending(path: "tributary-bench-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }
}

/// Tells how far the whole bench is, on one bar.
final class BenchProgress {
    private var bar: ProgressBar
    private var done: Int64 = 0

    init(steps: Int, isSilent: Bool) {
        bar = ProgressBar(Progress(title: "测量 measuring", total: Int64(max(1, steps))), isSilent: isSilent)
    }

    /// A step begins: what it is.
    func begin(_ what: String) { bar.update(done: done, note: what) }

    func end() {
        done += 1
        bar.update(done: done)
    }

    func clear() { bar.clear() }
}
