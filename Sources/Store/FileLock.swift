import Foundation
import Replication
import Synchronization

/// Keeps a second process from writing the same store: it would give out the same positions. The lock is the kernel's
/// (`flock` on a file of its own beside the store, which SQLite does not touch), so that it ends with its process,
/// however that ends.
final class FileLock: Sendable {
    private let file: Mutex<Int32?>

    init(_ path: String) throws(StoreFailure) {
        let file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw .inputOutput("\(path) cannot be made: \(String(cString: strerror(errno)))")
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            Foundation.close(file)
            throw .locked
        }
        self.file = Mutex(file)
    }

    /// Lets the next process in; a second time does nothing.
    func release() {
        file.withLock { file in
            if let open = file { Foundation.close(open) }
            file = nil
        }
    }

    deinit { release() }
}
