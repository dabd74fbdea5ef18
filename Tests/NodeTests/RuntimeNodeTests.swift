import Casework
import Divisions
import Foundation
import GRDB
import Ledger
import Replication
import Testing
@testable import Node
@testable import Store

/// Whole nodes in this process, over real stores and real TLS on loopback.
struct RuntimeNodeTests {
    @Test
    func `a change is durable when it is answered, and told to whoever follows`() async throws {
        try await withRuntimeScratch { scratch in
            let province = try RuntimeProvince(in: scratch)
            let written = try await running(province.open("44")) { core in
                var changes = core.changes().makeAsyncIterator()
                let written = try await core.write("行政处罚法", key: 1)
                let record = core.recordID(key: 1, home: "44")
                #expect(try await core.shown(of: record) == .text("行政处罚法"))
                let change = ChangeNotice.Change(record: record, entry: written[0], position: 2)
                #expect(await changes.next() == .changed(change))
                let status = try await core.status()
                #expect(status.phase == .writing)
                #expect(status.entries == 2)
                #expect(status.records == 1)
                #expect(status.name == "广东省")
                #expect(status.level == "province")
                #expect(status.digest?.isEmpty == false)
                return written
            }
            #expect(written.count == 1)
            let store = try SQLiteStore(path: "\(scratch)/44/store.sqlite", kinds: CaseworkKinds.all)
            #expect(try store.hash(of: written[0]) != nil)
        }
    }

    @Test
    func `a change where this node may not write is refused with both offices named`() async throws {
        try await withRuntimeScratch { scratch in
            try await running(RuntimeProvince(in: scratch).open("4407")) { core in
                let failure = await #expect(throws: WriteFailure.self) { try await core.write("x", key: 1, home: "44") }
                #expect(failure == .refused(.mayNotWrite(home: "44", acting: "44")))
            }
        }
    }

    @Test
    func `two hundred writers at once share commits and are all answered`() async throws {
        try await withRuntimeScratch { scratch in
            try await running(RuntimeProvince(in: scratch).open("44")) { core in
                let entries = try await withThrowingTaskGroup(of: [EntryID].self) { group in
                    for key in 0..<UInt64(200) { group.addTask { try await core.write("第\(key)号", key: key) } }
                    return try await group.reduce(into: Set<EntryID>()) { $0.formUnion($1) }
                }
                #expect(entries.count == 200)
                #expect(try await core.status().entries == 201)
            }
        }
    }

    @Test
    func `after every start the node writes as another writer`() async throws {
        try await withRuntimeScratch { scratch in
            let province = try RuntimeProvince(in: scratch)
            var streams: Set<StreamID> = []
            for key in 0..<UInt64(2) {
                let written = try await running(province.open("44")) { try await $0.write("x", key: key) }
                streams.formUnion(written.map(\.stream))
            }
            #expect(streams.count == 2)
        }
    }

    @Test
    func `a locked store stops writing with a reason, is still read, and is written again by itself`() async throws {
        try await withRuntimeScratch { scratch in
            let province = try RuntimeProvince(in: scratch)
            let log = RuntimeLog()
            let runner = try province.open("44", log: log)
            try await running(runner) { core in
                try await core.write("before", key: 1)
                let nonce = try await core.status().nonce
                let intruder = try StoreIntruder(core.configuration.data)
                let failure = await #expect(throws: WriteFailure.self) { try await core.write("during", key: 2) }
                #expect(failure == .storeUnavailable(.locked))
                await core.reaches { !$0.isWriting }
                #expect(core.phase == .readOnly(reason: StoreFailure.locked.description))
                #expect(!core.health.isHealthy)
                #expect(try await core.shown(of: core.recordID(key: 1, home: "44")) == .text("before"))
                #expect(try await core.shown(of: core.recordID(key: 2, home: "44")) == nil)
                #expect(await core.metricsText().contains("tributary_store_writable 0\n"))
                let again = await #expect(throws: WriteFailure.self) { try await core.write("during", key: 2) }
                #expect(again == .storeUnavailable(.locked))

                try intruder.release()
                await core.reaches(.writing)
                try await core.write("after", key: 3)
                #expect(try await core.status().nonce != nonce)
                #expect(await core.metricsText().contains("tributary_store_writable 1\n"))
            }
            #expect(log.lines.count { $0.contains("refuses to be written") } == 1)
        }
    }

    @Test
    func `a full disk stops writing with a reason, and writing resumes when there is room`() async throws {
        try await withRuntimeScratch { scratch in
            try await running(RuntimeProvince(in: scratch).open("44")) { core in
                try await core.write("before", key: 1)
                try core.store.limitPages(to: { $0 })
                let large = String(repeating: "长", count: 30_000)
                let failure = await #expect(throws: WriteFailure.self) { try await core.write(large, key: 2) }
                #expect(failure == .storeUnavailable(.diskFull))
                await core.reaches(.readOnly(reason: StoreFailure.diskFull.description))
                #expect(try await core.shown(of: core.recordID(key: 1, home: "44")) == .text("before"))

                try core.store.limitPages(to: { $0 + 10_000 })
                await core.reaches(.writing)
                try await core.write(large, key: 2)
                #expect(try await core.shown(of: core.recordID(key: 2, home: "44")) == .text(large))
            }
        }
    }

    @Test
    func `two processes do not run on one directory`() async throws {
        try await withRuntimeScratch { scratch in
            let province = try RuntimeProvince(in: scratch)
            try await running(province.open("44")) { core in
                let fault = #expect(throws: NodeStartFault.self) { try province.open("44") }
                #expect(fault?.description.contains("another node runs on this directory") == true)
            }
            _ = try await running(province.open("44")) { core in try await core.write("x", key: 1) }
        }
    }

    @Test
    func `an identity of another division is refused by name`() async throws {
        try await withRuntimeScratch { scratch in
            let province = try RuntimeProvince(in: scratch)
            var configuration = try province.configuration("4407")
            configuration.identityDirectory = "\(scratch)/44/identity"
            let fault = #expect(throws: NodeStartFault.self) {
                try NodeRunner.open(configuration, logger: RuntimeLog().logger)
            }
            #expect(fault?.description.contains("the identity is of division 44, the configuration of 4407") == true)
        }
    }

    @Test
    func `what was answered before a stop is there after it, and what comes later is refused`() async throws {
        try await withRuntimeScratch { scratch in
            let province = try RuntimeProvince(in: scratch)
            let runner = try province.open("44")
            let answered = try await running(runner) { core in
                await withTaskGroup(of: UInt64?.self) { group in
                    for key in 0..<UInt64(50) {
                        group.addTask { (try? await core.write("第\(key)号", key: key)) == nil ? nil : key }
                    }
                    group.addTask {
                        await runner.stop()
                        return nil
                    }
                    return await group.reduce(into: [UInt64]()) { $0 += [$1].compactMap { $0 } }
                }
            }
            #expect(runner.core.phase == .stopped)
            await #expect(throws: WriteFailure.stopping) { try await runner.core.write("late", key: 99) }
            let store = try SQLiteStore(path: "\(scratch)/44/store.sqlite", kinds: CaseworkKinds.all)
            for key in answered { #expect(try store.record(runner.core.recordID(key: key, home: "44")) != nil) }
        }
    }
}

extension SQLiteStore {
    /// Lets the file grow to so many pages and no further, given how many it has: a disk of that size.
    fileprivate func limitPages(to pages: (Int) -> Int) throws {
        try pool.writeWithoutTransaction { db in
            let count = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages(count))")
        }
    }
}
