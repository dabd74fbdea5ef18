import Divisions
import Foundation
import Lattice
import Ledger
import Replication
import Store
import Simulation
import Support
import Testing

@Suite struct BackupTests {
    private let folder = TemporaryFolder()

    private func store() throws -> (SQLiteStore, StoreWorld) {
        var world = try StoreWorld()
        let store = try SQLiteStore(path: folder.file(), kinds: testKinds)
        for number in 1...20 as ClosedRange<UInt64> {
            try store.commit(
                world.commit(at: countyCases, [[.create(note(number)), .set(note(number), "text", .text("罚款"))]]))
        }
        return (store, world)
    }

    @Test
    func `a backup of a store in use is the store as it was, in one file`() throws {
        var (store, world) = try store()
        let heads = try store.heads()
        let digest = try store.reader.rowsDigest()
        try store.reader.backup(to: folder.file("copy"))
        try store.commit(world.commit(at: countyCases, [[.create(note(99))]]))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("copy") }
        #expect(names == ["copy"])
        try SQLiteStore.check(path: folder.file("copy"))

        try SQLiteStore.restore(folder.file("copy"), to: folder.file("restored"))
        let restored = try SQLiteStore(path: folder.file("restored"), kinds: testKinds)
        #expect(try restored.heads() == heads)
        #expect(try restored.reader.rowsDigest() == digest)
        #expect(try restored.record(note(99)) == nil)
        #expect(try restored.reader.search(kind: "test-note", words: "罚款").hits.count == 20)
        #expect(try restored.reader.verify(notary: TestNotary(), trees: [world.tree.version: world.tree]).isSound)
        let late = try store.entries(of: heads[0].stream, from: heads[0].number + 1, bytesMax: .max)
        #expect(late.count == 1)
    }

    @Test
    func `nothing is ever overwritten`() throws {
        let (store, _) = try store()
        try store.reader.backup(to: folder.file("copy"))
        #expect(throws: BackupFailure.exists(folder.file("copy"))) { try store.reader.backup(to: folder.file("copy")) }
        #expect(throws: BackupFailure.exists(folder.file())) {
            try SQLiteStore.restore(folder.file("copy"), to: folder.file())
        }
        try Data().write(to: URL(fileURLWithPath: folder.file("new-wal")))
        #expect(throws: BackupFailure.exists(folder.file("new-wal"))) {
            try SQLiteStore.restore(folder.file("copy"), to: folder.file("new"))
        }
        #expect(try store.lastPosition() == 21)
    }

    @Test
    func `what is no sound store is not restored`() throws {
        try Data("nothing".utf8).write(to: URL(fileURLWithPath: folder.file("copy")))
        #expect(throws: BackupFailure.self) { try SQLiteStore.restore(folder.file("copy"), to: folder.file("new")) }
        #expect(throws: BackupFailure.self) { try SQLiteStore.restore(folder.file("absent"), to: folder.file("new")) }
        try Data().write(to: URL(fileURLWithPath: folder.file("empty")))
        #expect(throws: BackupFailure.self) { try SQLiteStore.restore(folder.file("empty"), to: folder.file("new")) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["copy", "empty"])
    }

    @Test
    func `a backup that cannot be written leaves nothing behind`() throws {
        let (store, _) = try store()
        #expect(throws: BackupFailure.self) { try store.reader.backup(to: folder.file("no/such/folder")) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.allSatisfy { $0.hasPrefix("node.sqlite") })
    }
}
