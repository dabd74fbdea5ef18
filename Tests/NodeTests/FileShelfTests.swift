import Foundation
import Ledger
import Replication
import Testing

@testable import Node

/// A node's evidence files on a real disk.
@Suite struct FileShelfTests {
    private static let chunk = ReplicationLimits.fileChunkBytes

    private func withShelf(_ body: (FileShelf, String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "shelf-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(try FileShelf(directory: path), path)
    }

    private static func recording(_ size: Int) -> [UInt8] {
        let block = (0..<1_021).map { UInt8($0 * 7 % 256) }
        var bytes: [UInt8] = []
        while bytes.count < size { bytes += [UInt8(bytes.count / 1_021 % 256)] + block }
        return Array(bytes.prefix(size))
    }

    @discardableResult
    private func upload(_ bytes: [UInt8], to shelf: FileShelf) throws -> FileName {
        let upload = FileUpload(to: shelf)
        for start in stride(from: 0, to: bytes.count, by: 50_000) {
            try upload.write(bytes[start..<min(start + 50_000, bytes.count)])
        }
        return try upload.finish()
    }

    @Test func `what is handed in is there, whole, under its digest, and nobody may write it`() throws {
        try withShelf { shelf, path in
            let bytes = Self.recording(3 * Self.chunk + 17)
            let name = try upload(bytes, to: shelf)
            #expect(name.digest == Digest.of(1, bytes))
            #expect(name.size == UInt64(bytes.count))
            #expect(shelf.holds(name.digest))
            #expect(shelf.name(of: name.digest) == name)
            #expect(try shelf.read(name.digest, from: 0, count: bytes.count + 1) == bytes)
            let file = "\(path)/\(name.digest.sha256Text.prefix(2))/\(name.digest.sha256Text)"
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o400)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(path)/partial").isEmpty)
            #expect(try upload(bytes, to: shelf) == name, "the same file twice is one file")
            #expect(FileShelf.verify(directory: path) == ShelfReport(files: 1, bytes: name.size, faults: []))
        }
    }

    @Test func `nothing of a file that is empty, too large or broken off is left`() throws {
        try withShelf { shelf, path in
            #expect(throws: UploadFailure.empty) { try FileUpload(to: shelf).finish() }
            #expect(throws: UploadFailure.tooLarge(limit: 100)) {
                try FileUpload(to: shelf, bytesMax: 100).write([UInt8](repeating: 1, count: 101))
            }
            do {
                let broken = FileUpload(to: shelf)
                try broken.write(Self.recording(2 * Self.chunk))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(path)/partial").isEmpty)
            #expect(FileShelf.verify(directory: path).files == 0)
        }
    }

    /// The chunks of a file from one shelf on another, as far as `count`.
    private func carry(_ name: FileName, _ chunks: Range<UInt32>, from: FileShelf, to: FileShelf) throws {
        for place in chunks {
            let chunk = try #require(from.chunk(place, of: name))
            #expect(ChunkTree.isChunk(chunk.bytes, place, of: name, proof: chunk.proof))
            try to.perform(.append(name, chunk: place, chunk.bytes))
        }
    }

    @Test func `a file in parts goes on after a restart, but for what was half written`() throws {
        try withShelf { source, _ in
            let bytes = Self.recording(6 * Self.chunk + 5)
            let name = try upload(bytes, to: source)
            try withShelf { target, path in
                try carry(name, 0..<5, from: source, to: target)
                #expect(target.chunksHeld(of: name) == 5)
                // The last chunk reached the disk in part only.
                let part = "\(path)/partial/\(name.digest.sha256Text)-\(name.root.sha256Text.prefix(16))"
                let handle = try #require(FileHandle(forWritingAtPath: part))
                try handle.seek(toOffset: UInt64(4 * Self.chunk + 100))
                try handle.write(contentsOf: [0, 0, 0, 0])
                try handle.close()
                let again = try FileShelf(directory: path)
                #expect(again.chunksHeld(of: name) == 4)
                #expect(!again.holds(name.digest))
                try carry(name, 4..<7, from: source, to: again)
                try again.perform(.finish(name))
                #expect(again.holds(name.digest))
                #expect(try again.read(name.digest, from: 0, count: bytes.count) == bytes)
                #expect(again.chunksHeld(of: name) == 0)
                #expect(FileShelf.verify(directory: path).faults.isEmpty)
            }
        }
    }

    @Test func `a file whose digest is another is thrown away whole`() throws {
        try withShelf { source, _ in
            let real = try upload(Self.recording(2 * Self.chunk), to: source)
            let name = try #require(FileName(digest: Digest.of(1, [1]), root: real.root, size: real.size))
            try withShelf { target, path in
                for place in UInt32(0)..<2 {
                    let chunk = try #require(source.chunk(place, of: real))
                    try target.perform(.append(name, chunk: place, chunk.bytes))
                }
                try target.perform(.finish(name))
                #expect(!target.holds(name.digest))
                #expect(target.chunksHeld(of: name) == 0)
                #expect(try FileManager.default.contentsOfDirectory(atPath: "\(path)/partial").isEmpty)
            }
        }
    }

    @Test func `verify finds a changed bit, and what is set aside is here no more`() throws {
        try withShelf { shelf, path in
            let name = try upload(Self.recording(2 * Self.chunk), to: shelf)
            let file = "\(path)/\(name.digest.sha256Text.prefix(2))/\(name.digest.sha256Text)"
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
            let handle = try #require(FileHandle(forWritingAtPath: file))
            try handle.seek(toOffset: 1_000)
            try handle.write(contentsOf: [255, 255, 255])
            try handle.close()
            let report = FileShelf.verify(directory: path)
            #expect(report.faults.map(\.file) == [name.digest.sha256Text])
            let chunk = try #require(shelf.chunk(0, of: name))
            #expect(!ChunkTree.isChunk(chunk.bytes, 0, of: name, proof: chunk.proof))
            try shelf.perform(.setAside(name))
            #expect(!shelf.holds(name.digest))
            #expect(FileManager.default.fileExists(atPath: "\(path)/damaged/\(name.digest.sha256Text)"))
        }
    }

    @Test func `a chunk by a wrong root or size is not given`() throws {
        try withShelf { shelf, _ in
            let name = try upload(Self.recording(2 * Self.chunk), to: shelf)
            let shorter = try #require(FileName(digest: name.digest, root: name.root, size: name.size - 1))
            let other = try #require(FileName(digest: name.digest, root: name.digest, size: name.size))
            #expect(shelf.chunk(0, of: shorter) == nil)
            #expect(shelf.chunk(0, of: other) == nil)
            #expect(shelf.chunk(2, of: name) == nil)
        }
    }
}
