import Divisions
import Ledger
import Replication
import Testing

@testable import Node

/// The bounds between the core's thread and the tasks around it.
struct RuntimeQueueTests {
    private let act = Act(author: nil, division: "44", body: "", change: RecordKey(0, 1))
    private let link = Link(id: LinkID(1), seat: nil)

    private func bytes(_ batch: Mailbox.Batch) -> [Int] { batch.news.map(\.byteCount) }

    @Test
    func `a reader of a link waits while there is no room, and comes in when there is`() async {
        let mailbox = Mailbox(inboxBytesMax: 100)
        await mailbox.receive([UInt8](repeating: 1, count: 80), on: link)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await mailbox.receive([UInt8](repeating: 2, count: 30), on: link) }
            while mailbox.readersWaiting == 0 { await Task.yield() }
            #expect(mailbox.bytesWaiting == 80)
            #expect(bytes(mailbox.take()) == [80])
            await group.waitForAll()
            #expect(bytes(mailbox.take()) == [30])
        }
    }

    @Test
    func `a frame larger than all room is still taken, alone`() async {
        let mailbox = Mailbox(inboxBytesMax: 100)
        await mailbox.receive([UInt8](repeating: 1, count: 500), on: link)
        #expect(bytes(mailbox.take()) == [500])
    }

    @Test
    func `a local change goes before frames, and frames go along with the next`() async {
        let mailbox = Mailbox(inboxBytesMax: 1_000)
        await mailbox.receive([1, 2, 3], on: link)
        await withTaskGroup(of: Void.self) { group in
            for waiting in 1...2 {
                group.addTask { _ = await mailbox.write(act, []) }
                while mailbox.changesWaiting == 0 { await Task.yield() }
                let batch = mailbox.take()
                #expect(batch.changes.count == 1)
                #expect(bytes(batch) == (waiting == 1 ? [] : [3]))
                for change in batch.changes { change.answer.resume(returning: .success([])) }
            }
        }
    }

    @Test
    func `whoever waits is answered when the core ends, and so is whoever comes later`() async {
        let mailbox = Mailbox(inboxBytesMax: 10)
        await mailbox.receive([1], on: link)
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await mailbox.write(act, []) == .failure(.stopping) }
            group.addTask { await mailbox.ask().lastPosition == 7 }
            group.addTask {
                await mailbox.receive([UInt8](repeating: 2, count: 30), on: link)
                return true
            }
            while mailbox.changesWaiting == 0 || mailbox.readersWaiting == 0 { await Task.yield() }
            mailbox.close(CoreSnapshot(lastPosition: 7))
            for await isAnswered in group { #expect(isAnswered) }
        }
        #expect(await mailbox.write(act, []) == .failure(.stopping))
        #expect(await mailbox.ask().lastPosition == 7)
    }

    @Test
    func `a peer that does not read is cut, and its memory given back`() async {
        let frame = [UInt8](repeating: 0, count: NodeLimits.outboxBytesMax / 4)
        for _ in 0..<4 { #expect(link.send(frame)) }
        #expect(!link.send(frame))
        #expect(link.isClosed)
        #expect(await link.next() == nil)
    }

    @Test
    func `what waits still leaves after a link is closed`() async {
        #expect(link.send([1]))
        link.close()
        #expect(await link.next() == [1])
        #expect(await link.next() == nil)
    }

    @Test
    func `a slow follower loses the oldest notices and is told how many`() async {
        let feed = ChangeFeed()
        var follower = feed.follow().makeAsyncIterator()
        let id = RecordID(home: "44", flow: .down, kind: "statute", key: RecordKey(0, 1))
        let stream = StreamID(Digest.of(1, []))
        func change(_ number: UInt64) -> ChangeNotice.Change {
            ChangeNotice.Change(record: id, entry: EntryID(stream: stream, number: number), position: number)
        }
        let all = (1...UInt64(NodeLimits.noticesWaitingMax + 3)).map(change)
        feed.tell(all)
        #expect(await follower.next() == .missed(3))
        #expect(await follower.next() == .changed(change(4)))
        feed.tell([change(99_999)])
        for _ in 5...NodeLimits.noticesWaitingMax + 3 { _ = await follower.next() }
        #expect(await follower.next() == .changed(change(99_999)))
        feed.close()
        #expect(await follower.next() == nil)
    }

    @Test
    func `a follower that goes away gives its place back`() async {
        let feed = ChangeFeed()
        do {
            let stream = feed.follow()
            #expect(feed.readerCount == 1)
            _ = stream
        }
        #expect(feed.readerCount == 0)
    }
}
