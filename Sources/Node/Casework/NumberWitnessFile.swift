package import Casework
import Foundation

/// Why the witness of numbers cannot be kept. Nothing was handed out then.
package struct NumberWitnessFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    let what: String

    package var description: String {
        "\(path): the witness of document numbers \(what): check the path, who owns it and whether the disk is full"
    }
}

/// The file in which a machine's witness lies, outside the store and its backups.
package struct NumberWitnessFile: Sendable, Hashable {
    package let path: String

    package init(path: String) { self.path = path }

    /// - Returns: nil where there is no file, or one that is torn or was changed: either way nothing is known of what
    ///   this machine handed out.
    package func read() throws(NumberWitnessFault) -> NumberWitness? {
        guard let bytes = try DurableFile(path: path).read(bytesMax: NumberWitness.bytesMax) else { return nil }
        return String(validating: bytes, as: UTF8.self).flatMap { NumberWitness($0) }
    }

    /// Returns once the file is on the disk, whole: before that no number of it may be seen by anybody.
    package func write(_ witness: NumberWitness) throws(NumberWitnessFault) {
        try DurableFile(path: path).write(Array(witness.text.utf8))
    }
}

/// A small file that is exchanged as a whole.
struct DurableFile {
    let path: String

    /// - Returns: nil where there is none, and nothing of one that is longer than `bytesMax`.
    func read(bytesMax: Int) throws(NumberWitnessFault) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw fault("cannot be opened")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= bytesMax {
            let count = buffer.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw fault("cannot be read") }
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
        }
        return []
    }

    /// Writes a file beside it, makes that durable, puts it in its place and makes the place durable.
    func write(_ bytes: [UInt8]) throws(NumberWitnessFault) {
        let temporary = "\(path).new"
        try put(bytes, at: temporary)
        guard rename(temporary, path) == 0 else { throw fault("cannot be put in its place") }
        let directory = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard directory >= 0 else { throw fault("cannot be made durable") }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw fault("cannot be made durable") }
    }

    private func put(_ bytes: [UInt8], at path: String) throws(NumberWitnessFault) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw fault("cannot be written") }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                Foundation.write(descriptor, raw.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fault("cannot be written") }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw fault("cannot be made durable") }
    }

    private func fault(_ what: String) -> NumberWitnessFault {
        NumberWitnessFault(path: path, what: "\(what) (\(String(cString: strerror(errno))))")
    }
}
