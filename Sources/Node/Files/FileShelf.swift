import struct Crypto.SHA256
import Foundation
package import Ledger
package import Replication
import Synchronization

/// A node's evidence files: `files/ab/abcdef…` in its directory, named by their SHA-256 and never written again once
/// they are whole.
///
/// The core's thread, the API and whoever verifies use it side by side. No file is ever held in memory: a chunk is the
/// most that is.
package final class FileShelf: FileStoring, Sendable {
    /// A file on its way.
    private struct Part {
        var hash = SHA256()
        var leaves: [Digest] = []
        var unsynced = 0
    }

    private struct State {
        var parts: [FileName: Part] = [:]
        /// The trees of the files that were read last, the latest at the end.
        var trees: [(name: FileName, tree: ChunkTree)] = []
    }

    let paths: ShelfPaths
    private let state = Mutex(State())
    /// Chunks after which what has come is made durable.
    static let chunksPerSync = 64
    private static let treesMax = 4

    /// Opens the folder, or makes it, and checks what an earlier process had received in part.
    ///
    /// - Parameter directory: `files` in the node's directory.
    package init(directory: String) throws(StoreFailure) {
        paths = ShelfPaths(root: directory)
        try paths.make(paths.partial)
        for name in paths.names(in: paths.partial) {
            let path = "\(paths.partial)/\(name)"
            if name.hasPrefix(FileUpload.prefix) { paths.remove(path) }
            if name.hasSuffix(".tree") { try resume(path) }
        }
    }

    // MARK: What the core reads

    package func holds(_ digest: Digest) -> Bool { paths.exists(paths.file(digest)) }

    package func chunksHeld(of name: FileName) -> UInt32 {
        state.withLock { UInt32($0.parts[name]?.leaves.count ?? 0) }
    }

    package func chunk(_ chunk: UInt32, of name: FileName) -> FileChunk? {
        guard chunk < name.chunkCount, let tree = tree(of: name),
            let file = try? FileDescriptor.open(paths.file(name.digest), O_RDONLY),
            let bytes = try? file.read(
                name.byteCount(ofChunk: chunk), at: Int(chunk) * ReplicationLimits.fileChunkBytes)
        else { return nil }
        return FileChunk(bytes: bytes, proof: tree.proof(of: chunk))
    }

    private func tree(of name: FileName) -> ChunkTree? {
        if let known = state.withLock({ state in state.trees.first { $0.name == name }?.tree }) { return known }
        guard let kept = TreeFile(at: paths.tree(name.digest)), kept.name == name,
            kept.leaves.count == Int(name.chunkCount)
        else { return nil }
        let tree = ChunkTree(leaves: kept.leaves)
        guard tree.root(size: name.size) == name.root else { return nil }
        state.withLock { state in
            if state.trees.count == Self.treesMax { state.trees.removeFirst() }
            state.trees.append((name, tree))
        }
        return tree
    }

    // MARK: What the core wants done

    package func perform(_ duty: FileDuty) throws(StoreFailure) {
        switch duty {
        case .append(let name, let chunk, let bytes): try append(bytes, chunk, of: name)
        case .finish(let name): try finish(name)
        case .setAside(let name): try setAside(name)
        }
    }

    private func append(_ bytes: [UInt8], _ chunk: UInt32, of name: FileName) throws(StoreFailure) {
        var part = state.withLock { $0.parts[name] } ?? Part()
        guard Int(chunk) == part.leaves.count else {
            precondition(Int(chunk) < part.leaves.count, "chunk \(chunk) of \(name) leaves a gap")
            return
        }
        let file = try FileDescriptor.open(paths.part(name), O_WRONLY | O_CREAT)
        let tree = try FileDescriptor.open(paths.partTree(name), O_WRONLY | O_CREAT)
        if chunk == 0 { try tree.write(TreeFile.header(name), at: 0) }
        let leaf = ChunkTree.leaf(of: bytes)
        try file.write(bytes, at: Int(chunk) * ReplicationLimits.fileChunkBytes)
        try tree.write(leaf.bytes, at: TreeFile.headerBytes + Int(chunk) * Digest.byteCount)
        part.hash.update(data: bytes)
        part.leaves.append(leaf)
        part.unsynced += 1
        if part.unsynced >= Self.chunksPerSync {
            try file.synchronise()
            try tree.synchronise()
            part.unsynced = 0
        }
        state.withLock { $0.parts[name] = part }
    }

    private func finish(_ name: FileName) throws(StoreFailure) {
        guard let part = state.withLock({ $0.parts[name] }), part.leaves.count == Int(name.chunkCount) else { return }
        let digest = Digest(tag: Suite.p256.rawValue, hash: part.hash.finalize())
        if digest == name.digest {
            try keep(paths.part(name), TreeFile(name: name, leaves: part.leaves))
        } else {
            paths.remove(paths.part(name))
        }
        paths.remove(paths.partTree(name))
        state.withLock { $0.parts[name] = nil }
    }

    /// Makes a file whole: durable, for nobody to write, and under its name only then.
    func keep(_ path: String, _ tree: TreeFile) throws(StoreFailure) {
        let digest = tree.name.digest
        try paths.make(paths.folder(of: digest))
        let treePath = "\(paths.partial)/\(digest.sha256Text).whole"
        let treeFile = try FileDescriptor.open(treePath, O_WRONLY | O_CREAT | O_TRUNC)
        try treeFile.write(tree.bytes, at: 0)
        try treeFile.synchronise()
        try treeFile.seal()
        try paths.move(treePath, to: paths.tree(digest))
        let file = try FileDescriptor.open(path, O_RDONLY)
        try file.synchronise()
        try file.seal()
        try paths.move(path, to: paths.file(digest))
        // The folder of two digits may be new as well.
        try FileDescriptor.open(paths.root, O_RDONLY | O_DIRECTORY).synchronise()
    }

    private func setAside(_ name: FileName) throws(StoreFailure) {
        guard holds(name.digest) else { return }
        try paths.make(paths.damaged)
        try paths.move(paths.file(name.digest), to: "\(paths.damaged)/\(name.digest.sha256Text)")
    }

    // MARK: After a start

    /// Takes up what has come of a file, as far as the bytes are those that were checked: what a loss of power left
    /// half written is cut off.
    private func resume(_ treePath: String) throws(StoreFailure) {
        guard let tree = TreeFile(at: treePath), paths.partTree(tree.name) == treePath,
            paths.exists(paths.part(tree.name))
        else {
            paths.remove(treePath)
            return
        }
        let name = tree.name
        let file = try FileDescriptor.open(paths.part(name), O_RDWR)
        var part = Part()
        for (chunk, leaf) in tree.leaves.enumerated() {
            let count = name.byteCount(ofChunk: UInt32(chunk))
            let bytes = try file.read(count, at: chunk * ReplicationLimits.fileChunkBytes)
            guard bytes.count == count, ChunkTree.leaf(of: bytes) == leaf else { break }
            part.hash.update(data: bytes)
            part.leaves.append(leaf)
        }
        if part.leaves.count < Int(name.chunkCount) {
            try file.truncate(to: part.leaves.count * ReplicationLimits.fileChunkBytes)
        }
        state.withLock { $0.parts[name] = part }
    }

    // MARK: For the API

    /// The size of a whole file; `nil` where it is not here.
    package func byteCount(of digest: Digest) -> Int? {
        guard let file = try? FileDescriptor.open(paths.file(digest), O_RDONLY) else { return nil }
        return try? file.byteCount
    }

    /// Part of a whole file.
    package func read(_ digest: Digest, from offset: Int, count: Int) throws(StoreFailure) -> [UInt8] {
        try FileDescriptor.open(paths.file(digest), O_RDONLY).read(count, at: offset)
    }

    /// How the record of a whole file names it.
    package func name(of digest: Digest) -> FileName? {
        guard holds(digest), let tree = TreeFile(at: paths.tree(digest)), tree.name.digest == digest else { return nil }
        return tree.name
    }
}
