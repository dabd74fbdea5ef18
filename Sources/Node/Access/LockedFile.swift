import Foundation
import Synchronization

// An optimised build sees `struct stat` through this module first.
#if canImport(CoreFoundation)
    import CoreFoundation
#endif

/// Why a file that says who may use the node could not be used.
package struct AccessFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let file: String
    package let what: String

    package var description: String { "\(file): \(what)" }
}

/// A JSON file that a running node and the operator's commands share: only their account may read it, one process at a
/// time changes it, and it is replaced whole, so that a crash leaves the old file or the new.
///
/// The node notices when the file has changed, so that what a command has written holds at once.
final class LockedFile<Content: Codable & Sendable, Reading: Sendable>: Sendable {
    /// What shows that a file has been replaced.
    private struct Stamp: Equatable {
        let node: UInt64
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    private struct Known {
        var stamp: Stamp?
        var reading: Reading?
    }

    /// Where the file lies; it need not be there yet.
    let path: String
    /// What it holds, for faults, such as "tokens".
    private let name: String
    private let empty: Content
    /// What the node makes of the content, once for each time that the file changes.
    private let reader: @Sendable (Content) throws(AccessFault) -> Reading
    private let known = Mutex(Known())

    init(
        path: String, of name: String, empty: Content,
        reader: @escaping @Sendable (Content) throws(AccessFault) -> Reading
    ) {
        (self.path, self.name, self.empty, self.reader) = (path, name, empty, reader)
    }

    /// What the file says now; read again only if it has been replaced.
    func current() throws(AccessFault) -> Reading {
        let stamp = stamp()
        if let reading = known.withLock({ $0.stamp == stamp && stamp != nil ? $0.reading : nil }) { return reading }
        let reading = try reader(try read())
        known.withLock { $0 = Known(stamp: stamp, reading: reading) }
        return reading
    }

    /// Changes the file while no other process does; nothing is written where `body` throws.
    func change<Answer>(_ body: (inout Content) throws(AccessFault) -> Answer) throws(AccessFault) -> Answer {
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw systemFault("locked") }
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else { throw systemFault("locked") }
        }
        var content = try read()
        let answer = try body(&content)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes: Data
        do { bytes = try encoder.encode(content) } catch { throw fault("the \(name) cannot be written as JSON") }
        guard bytes.count <= AccessLimits.fileBytesMax else {
            throw fault("the \(name) need more than \(AccessLimits.fileBytesMax) bytes: remove some")
        }
        try replace(with: Array(bytes))
        return answer
    }

    func fault(_ what: String) -> AccessFault { AccessFault(file: path, what: what) }

    // MARK: The file

    private func systemFault(_ doing: String) -> AccessFault {
        fault("the file of \(name) cannot be \(doing) (\(String(cString: strerror(errno)))): see who owns it")
    }

    private func stamp() -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Stamp(
            node: UInt64(status.st_ino), size: Int64(status.st_size), seconds: Int(status.st_mtim.tv_sec),
            nanoseconds: Int(status.st_mtim.tv_nsec))
    }

    private func read() throws(AccessFault) -> Content {
        guard let stamp = stamp() else {
            guard errno == ENOENT else { throw systemFault("examined") }
            return empty
        }
        guard stamp.size <= AccessLimits.fileBytesMax else {
            throw fault("has more than \(AccessLimits.fileBytesMax) bytes")
        }
        let bytes: Data
        do { bytes = try Data(contentsOf: URL(fileURLWithPath: path)) } catch { throw systemFault("read") }
        guard !bytes.isEmpty else { return empty }
        do { return try JSONDecoder().decode(Content.self, from: bytes) } catch {
            throw fault("is no file of \(name): restore it, or remove it and make the \(name) anew")
        }
    }

    private func replace(with content: [UInt8]) throws(AccessFault) {
        let temporary = path + ".new"
        guard unlink(temporary) == 0 || errno == ENOENT else { throw systemFault("replaced") }
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw systemFault("written") }
        defer { close(descriptor) }
        var written = 0
        while written < content.count {
            let count = content[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw systemFault("written")
            }
            written += count
        }
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw systemFault("written") }
    }
}

/// Every bound of tokens, accounts and sessions in one place.
package enum AccessLimits {
    /// A file of tokens or accounts: some thousands.
    static let fileBytesMax = 4 << 20
    /// Bytes of chance in a token: nobody guesses 256 bits, therefore one round of SHA-256 hides them well enough.
    static let secretBytes = 32
    static let saltBytes = 16
    static let hashBytes = 32
    /// A sign-in name or a person's name.
    static let nameBytesMax = 120
    /// Client certificates of one account.
    static let fingerprintsMax = 8
    package static let passwordCharactersMin = 10
    static let passwordBytesMax = 256
    /// Sessions on one node: every desk of a county and then some.
    static let sessionsMax = 2_048
    static let sessionsPerAccountMax = 8
    static let sessionMilliseconds = UInt64(NodeLimits.sessionMinutesMax) * 60_000
    /// Wrong passwords for one account within the window until it is locked for as long again.
    static let failuresPerAccountMax = 5
    /// The same from one address, behind which a whole office may sit.
    static let failuresPerAddressMax = 60
    static let failureWindowMilliseconds: UInt64 = 15 * 60_000
    /// Names and addresses whose failures are remembered, each.
    static let failuresRememberedMax = 8_192
    /// Passwords that are hashed at once: each takes 32 MiB and some tenths of a second.
    static let hashingMax = 2
    /// Those that wait behind them.
    static let hashingWaitingMax = 32
}
