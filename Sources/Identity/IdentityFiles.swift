import Foundation

// An optimised build sees `struct stat` through this module first.
#if canImport(CoreFoundation)
    import CoreFoundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads and writes the few small files of an identity directory so that a crash leaves the old content or the new,
/// a secret is never readable by others even for a moment, and every failure names its file.
enum IdentityFiles {
    static let ownerOnly: mode_t = 0o600
    static let everyoneReads: mode_t = 0o644

    /// The whole content of `path`. A `secret` file that its group or others may touch is refused.
    static func read(_ path: String, secret: Bool) throws(IdentityFault) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw systemFault(path, doing: "opened") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw systemFault(path, doing: "examined") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw IdentityFault(
                problem: .malformed, file: path, what: "is not a file", remedy: "put the file in its place")
        }
        guard !secret || status.st_mode & 0o077 == 0 else {
            throw IdentityFault(
                problem: .open, file: path,
                what: "holds a secret but has mode \(octal(status.st_mode & 0o777)), so other accounts may read it",
                remedy: "run chmod 600 on it, and consider the secret known if other people use this machine")
        }
        guard status.st_size <= off_t(IdentityLimits.fileBytesMax) else {
            throw IdentityFault(
                problem: .malformed, file: path, what: "has more than \(IdentityLimits.fileBytesMax) bytes",
                remedy: "restore it from a backup")
        }
        return try readAll(descriptor, path)
    }

    /// Replaces `path` as a whole: a crash at any moment leaves what was there before, or all of `bytes`.
    static func replace(_ path: String, with bytes: [UInt8], mode: mode_t) throws(IdentityFault) {
        let temporary = path + ".new"
        guard unlink(temporary) == 0 || errno == ENOENT else { throw systemFault(temporary, doing: "removed") }
        try create(temporary, bytes, mode: mode)
        guard rename(temporary, path) == 0 else { throw systemFault(path, doing: "replaced") }
        try synchronise(directory: parent(of: path))
    }

    /// Makes `directory` with all of `files` in it, or nothing. A directory that already holds something is refused.
    static func createDirectory(
        _ directory: String, files: [(name: String, bytes: [UInt8], mode: mode_t)]
    ) throws(IdentityFault) {
        let (parent, name) = (parent(of: directory), lastComponent(of: directory))
        try makeParents(parent)
        let temporary = "\(parent)/.\(name).\(hexadecimal(Randomness.bytes(6))).partial"
        guard mkdir(temporary, 0o700) == 0 else { throw systemFault(temporary, doing: "made") }
        do throws(IdentityFault) {
            for file in files { try create("\(temporary)/\(file.name)", file.bytes, mode: file.mode) }
            try synchronise(directory: temporary)
            guard rename(temporary, directory) == 0 else { throw occupiedOrSystemFault(directory) }
            try synchronise(directory: parent)
        } catch {
            for file in files { unlink("\(temporary)/\(file.name)") }
            rmdir(temporary)
            throw error
        }
    }

    /// Refuses a directory that `createDirectory` would refuse, before any work is done for it.
    static func checkFree(_ directory: String) throws(IdentityFault) {
        guard exists(directory) else { return }
        let content = try? FileManager.default.contentsOfDirectory(atPath: directory)
        guard content?.isEmpty == true else { throw occupiedFault(directory) }
    }

    /// Runs `body` while no other process or thread holds the lock file at `path`. The lock ends with its holder.
    static func withLock<Answer, Failure: Error>(
        _ path: String, lockFailed: (IdentityFault) -> Failure, _ body: () throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, ownerOnly)
        guard descriptor >= 0 else { throw lockFailed(systemFault(path, doing: "opened")) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw lockFailed(systemFault(path, doing: "locked")) }
        }
        return try body()
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private static func create(_ path: String, _ bytes: [UInt8], mode: mode_t) throws(IdentityFault) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw systemFault(path, doing: "created") }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw systemFault(path, doing: "written")
            }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw systemFault(path, doing: "made durable") }
    }

    private static func readAll(_ descriptor: Int32, _ path: String) throws(IdentityFault) -> [UInt8] {
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16_384)
        while content.count <= IdentityLimits.fileBytesMax {
            let count = piece.withUnsafeMutableBytes { posixRead(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return content }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw systemFault(path, doing: "read")
            }
            content += piece[..<count]
        }
        throw IdentityFault(
            problem: .malformed, file: path, what: "grew while it was read", remedy: "try again")
    }

    /// Makes a rename in `directory` survive a power cut.
    private static func synchronise(directory: String) throws(IdentityFault) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw systemFault(directory, doing: "opened") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw systemFault(directory, doing: "made durable") }
    }

    private static func makeParents(_ directory: String) throws(IdentityFault) {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw IdentityFault(
                problem: .system, file: directory, what: "could not be made",
                remedy: "see that its parent is a directory in which this account may write")
        }
    }

    private static func occupiedOrSystemFault(_ directory: String) -> IdentityFault {
        let isOccupied = [ENOTEMPTY, EEXIST, ENOTDIR].contains(errno)
        return isOccupied ? occupiedFault(directory) : systemFault(directory, doing: "put in place")
    }

    private static func occupiedFault(_ directory: String) -> IdentityFault {
        IdentityFault(
            problem: .occupied, file: directory, what: "already holds something, and a key is never overwritten",
            remedy: "move it away first, or name another directory")
    }

    private static func systemFault(_ path: String, doing verb: String) -> IdentityFault {
        let code = errno
        let reason = String(cString: strerror(code))
        guard code != ENOENT else {
            return IdentityFault(
                problem: .missing, file: path, what: "is not there",
                remedy: "run pki init or pki join first, or name the right directory")
        }
        return IdentityFault(
            problem: .system, file: path, what: "could not be \(verb): \(reason)",
            remedy: "see that this account may use it and that the disk is not full")
    }

    private static func octal(_ mode: mode_t) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func parent(of path: String) -> String {
        let trimmed = trimmingSlashes(path)
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }

    private static func lastComponent(of path: String) -> String {
        let trimmed = trimmingSlashes(path)
        guard let slash = trimmed.lastIndex(of: "/") else { return String(trimmed) }
        return String(trimmed[trimmed.index(after: slash)...])
    }

    private static func trimmingSlashes(_ path: String) -> Substring {
        var rest = path[...]
        while rest.count > 1, rest.last == "/" { rest.removeLast() }
        return rest
    }
}

/// The one place where chance enters, apart from the keys and signatures that the cryptographic library makes itself.
enum Randomness {
    static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

/// Lower-case hexadecimal digits, two for each byte.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.reduce(into: "") { text, byte in
        text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}

/// The system's `read`, reachable where a method of the same name stands in the way.
private func posixRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
