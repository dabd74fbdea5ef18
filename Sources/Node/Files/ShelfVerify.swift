import struct Crypto.SHA256
import Foundation
import Ledger
import Replication

/// What a look at every evidence file found.
package struct ShelfReport: Hashable, Sendable {
    package struct Fault: Hashable, Sendable, CustomStringConvertible {
        /// The name that the file has in its folder.
        package let file: String
        package let problem: String
        package var description: String { "file \(file): \(problem)" }
    }

    package var files = 0
    package var bytes: UInt64 = 0
    package var faults: [Fault] = []
}

extension FileShelf {
    /// Reads every whole file and compares it with the digest it is named by, and with the root of its chunks.
    package static func verify(directory: String) -> ShelfReport {
        let paths = ShelfPaths(root: directory)
        var report = ShelfReport()
        for folder in paths.names(in: directory) where folder.count == 2 {
            for file in paths.names(in: "\(directory)/\(folder)") where !file.hasSuffix(".tree") {
                report.files += 1
                if let problem = problem(of: file, in: "\(directory)/\(folder)", &report.bytes) {
                    report.faults.append(ShelfReport.Fault(file: file, problem: problem))
                }
            }
        }
        return report
    }

    private static func problem(of file: String, in folder: String, _ bytes: inout UInt64) -> String? {
        guard let digest = Digest(sha256: file) else { return "is no evidence file: move it elsewhere" }
        var hash = SHA256()
        var leaves: [Digest] = []
        var size: UInt64 = 0
        do throws(StoreFailure) {
            let descriptor = try FileDescriptor.open("\(folder)/\(file)", O_RDONLY)
            while true {
                let chunk = try descriptor.read(ReplicationLimits.fileChunkBytes, at: Int(size))
                guard !chunk.isEmpty else { break }
                size += UInt64(chunk.count)
                hash.update(data: chunk)
                leaves.append(ChunkTree.leaf(of: chunk))
            }
        } catch { return error.description }
        bytes += size
        guard Digest(tag: Suite.p256.rawValue, hash: hash.finalize()) == digest else {
            return "its bytes have changed: move it away, it is fetched anew from a neighbour"
        }
        let tree = TreeFile(at: "\(folder)/\(file).tree")
        guard let tree, tree.leaves == leaves, tree.name.size == size,
            ChunkTree(leaves: leaves).root(size: size) == tree.name.root
        else { return "the digests of its chunks are missing or wrong: move it away, it is fetched anew" }
        return nil
    }
}
