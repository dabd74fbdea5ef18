import Foundation
import Replication

// An optimised build sees `struct stat` through this module first.
#if canImport(CoreFoundation)
    import CoreFoundation
#endif

/// An open file, closed with this value; every error is one of the store's.
struct FileDescriptor: ~Copyable {
    private let number: Int32

    private init(number: Int32) { self.number = number }

    /// - Parameter flags: as of `open(2)`.
    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(StoreFailure) -> FileDescriptor {
        let number = Foundation.open(path, flags | O_CLOEXEC, mode)
        guard number >= 0 else { throw failure("opened") }
        return FileDescriptor(number: number)
    }

    deinit { close(number) }

    /// Why the last call failed.
    static func failure(_ what: String) -> StoreFailure {
        errno == ENOSPC || errno == EDQUOT
            ? .diskFull : .inputOutput("an evidence file cannot be \(what): \(String(cString: strerror(errno)))")
    }

    var byteCount: Int {
        get throws(StoreFailure) {
            var facts = stat()
            guard fstat(number, &facts) == 0 else { throw Self.failure("looked at") }
            return Int(facts.st_size)
        }
    }

    /// Writes all of it, at the place.
    func write(_ bytes: some Collection<UInt8>, at offset: Int) throws(StoreFailure) {
        let bytes = Array(bytes)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                pwrite(number, raw.baseAddress?.advanced(by: written), bytes.count - written, off_t(offset + written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("written") }
            written += count
        }
    }

    /// - Returns: fewer bytes than asked for only at the end of the file.
    func read(_ count: Int, at offset: Int) throws(StoreFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var read = 0
        while read < count {
            let taken = bytes.withUnsafeMutableBytes { raw in
                pread(number, raw.baseAddress?.advanced(by: read), count - read, off_t(offset + read))
            }
            if taken < 0, errno == EINTR { continue }
            guard taken >= 0 else { throw Self.failure("read") }
            if taken == 0 { break }
            read += taken
        }
        bytes.removeLast(count - read)
        return bytes
    }

    func truncate(to count: Int) throws(StoreFailure) {
        guard ftruncate(number, off_t(count)) == 0 else { throw Self.failure("cut") }
    }

    /// Returns when all that was written is on the disk.
    func synchronise() throws(StoreFailure) {
        guard fsync(number) == 0 else { throw Self.failure("made durable") }
    }

    /// From now on nobody writes it.
    func seal() throws(StoreFailure) {
        guard fchmod(number, 0o400) == 0 else { throw Self.failure("sealed") }
    }
}
