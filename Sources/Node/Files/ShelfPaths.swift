import Foundation
import Ledger
import Replication

/// Where evidence files lie below a node's directory.
struct ShelfPaths: Sendable {
    let root: String

    var partial: String { "\(root)/partial" }
    /// Files whose bytes changed after they were whole.
    var damaged: String { "\(root)/damaged" }

    func folder(of digest: Digest) -> String { "\(root)/\(digest.sha256Text.prefix(2))" }
    func file(_ digest: Digest) -> String { "\(folder(of: digest))/\(digest.sha256Text)" }
    /// The digests of its chunks.
    func tree(_ digest: Digest) -> String { "\(file(digest)).tree" }
    /// A file on its way, and the digests of the chunks that have come.
    func part(_ name: FileName) -> String { "\(partial)/\(name.digest.sha256Text)-\(name.root.sha256Text.prefix(16))" }
    func partTree(_ name: FileName) -> String { "\(part(name)).tree" }

    func make(_ folder: String) throws(StoreFailure) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { throw .inputOutput("the folder for evidence files cannot be made in the node's directory") }
    }

    /// Moves a file and makes the move durable.
    func move(_ from: String, to: String) throws(StoreFailure) {
        guard rename(from, to) == 0 else { throw FileDescriptor.failure("moved") }
        let folder = String(to[..<(to.lastIndex(of: "/") ?? to.endIndex)])
        try FileDescriptor.open(folder, O_RDONLY | O_DIRECTORY).synchronise()
    }

    func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    func remove(_ path: String) { unlink(path) }

    /// Names in a folder, ascending; none where it is not there.
    func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
}

/// What lies beside a file: its name, and the digest of each chunk, so that chunks are proven without reading it all.
struct TreeFile {
    static let headerBytes = 2 * Digest.byteCount + 8
    let name: FileName
    var leaves: [Digest]

    static func header(_ name: FileName) -> [UInt8] {
        var writer = ByteWriter(reserving: headerBytes)
        writer.digest(name.digest)
        writer.digest(name.root)
        writer.fixed64(name.size)
        return writer.bytes
    }

    var bytes: [UInt8] { Self.header(name) + leaves.flatMap(\.bytes) }

    /// - Returns: `nil` for bytes that are none; a digest cut in half is left out.
    init?(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let digest = try? reader.digest(), let root = try? reader.digest(), let size = try? reader.fixed64(),
            let name = FileName(digest: digest, root: root, size: size)
        else { return nil }
        self.name = name
        leaves = []
        while leaves.count < Int(name.chunkCount), let leaf = try? reader.digest() { leaves.append(leaf) }
    }

    /// - Returns: `nil` where none can be read.
    init?(at path: String) {
        guard let file = try? FileDescriptor.open(path, O_RDONLY), let count = try? file.byteCount,
            count <= Self.headerBytes + (1 << ReplicationLimits.fileProofMax) * Digest.byteCount,
            let bytes = try? file.read(count, at: 0)
        else { return nil }
        self.init(bytes)
    }

    init(name: FileName, leaves: [Digest]) { (self.name, self.leaves) = (name, leaves) }
}
