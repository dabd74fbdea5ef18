import Foundation

/// The directory of one node: its store, its lock, and what the other parts of the program keep beside them.
package struct DataDirectory: Sendable, Hashable {
    package let path: String

    package init(path: String) { self.path = path }

    package var storeFile: String { "\(path)/store.sqlite" }
    /// Held by the process that runs on this directory.
    package var lockFile: String { "\(path)/lock" }
    /// Where the identity lies unless the configuration says otherwise.
    package var identityDirectory: String { "\(path)/identity" }
    /// Where bearer tokens lie unless the configuration says otherwise.
    package var tokensFile: String { "\(path)/api-tokens.json" }
    /// Where the accounts of people lie.
    package var accountsFile: String { "\(path)/accounts.json" }
    /// Where evidence files lie.
    package var filesDirectory: String { "\(path)/files" }
    /// Which machine the store belonged to last, as numbers of documents know it.
    package var machineFile: String { "\(path)/machine" }
    /// Where the witness of document numbers lies unless the configuration says otherwise: beside the directory and not
    /// in it, so that no backup holds it and no restored one brings an old one back.
    package var witnessFile: String { "\(path.hasSuffix("/") ? String(path.dropLast()) : path).witness" }
    var probeFile: String { "\(path)/probe" }

    /// Makes the directory if it is not there, for this account alone, and takes it for this process until the lock
    /// is released or the process ends, however it ends.
    package func lock() throws(DataDirectoryFault) -> DataLock {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw DataDirectoryFault(path: path, problem: .cannotBeMade)
        }
        let descriptor = open(lockFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw DataDirectoryFault(path: lockFile, problem: .system(String(cString: strerror(errno))))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isTaken = errno == EWOULDBLOCK
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw DataDirectoryFault(path: path, problem: isTaken ? .taken : .system(reason))
        }
        return DataLock(descriptor: descriptor)
    }

    /// Whether so many bytes can be written here now. The store alone cannot tell: it asks for space only when it
    /// writes something new.
    func hasRoom(forBytes bytes: Int) -> Bool {
        let descriptor = open(probeFile, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer {
            close(descriptor)
            unlink(probeFile)
        }
        return posix_fallocate(descriptor, 0, off_t(bytes)) == 0
    }
}

/// This process's hold on a data directory.
package final class DataLock: Sendable {
    private let descriptor: Int32

    fileprivate init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}

/// Why a node cannot run on its directory.
package struct DataDirectoryFault: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Problem: Hashable, Sendable {
        case cannotBeMade
        /// Another process runs on it.
        case taken
        case system(String)
    }

    package let path: String
    package let problem: Problem

    package var description: String {
        switch problem {
        case .cannotBeMade: "\(path): the directory is not there and cannot be made: check the path and who owns it"
        case .taken:
            "\(path): another node runs on this directory: stop it first, or give this one a directory of its own"
        case .system(let reason): "\(path): \(reason)"
        }
    }
}
