import Dispatch
import Divisions
import Ledger
import Replication
import Synchronization

/// What the core's thread is asked for by tasks: local changes, what links bring, and questions.
///
/// Local changes wait apart from the rest, so that nobody's keystroke queues behind a neighbour's bulk. Frames wait up
/// to a bound in bytes; beyond it the readers of links wait, in the order in which they came, which shares the room
/// fairly between links and lets the line's own flow control slow the peers down.
final class Mailbox: Sendable {
    typealias WriteResult = Result<[EntryID], WriteFailure>

    struct Change: Sendable {
        let input: LocalChange
        let answer: CheckedContinuation<WriteResult, Never>

        var editCount: Int { input.parts.reduce(0) { $0 + $1.entries.reduce(0) { $0 + $1.count } } }
    }

    /// What happens to a link, or to a file.
    enum LinkNews: Sendable {
        case accepted(Link, division: DivisionCode?)
        case dialled(Link, division: DivisionCode?)
        case frame(Link, [UInt8])
        case ended(Link, reason: String)
        case fileArrived(FileName)
        case figures(NodeFigures)

        var byteCount: Int { if case .frame(_, let bytes) = self { bytes.count } else { 0 } }
    }

    /// What the thread takes out at once.
    struct Batch: Sendable {
        var changes: [Change] = []
        var news: [LinkNews] = []
        var questions: [CheckedContinuation<CoreSnapshot, Never>] = []
        var isStopping = false
        /// Whether more waited than was taken.
        var leavesChanges = false
        var leavesNews = false
    }

    /// A reader of a link that waits for room.
    fileprivate struct Waiting: Sendable {
        let news: LinkNews
        let continuation: CheckedContinuation<Void, Never>
    }

    fileprivate struct State: Sendable {
        var changes = Queue<Change>()
        var news = Queue<LinkNews>()
        var newsBytes = 0
        var waiting = Queue<Waiting>()
        var questions: [CheckedContinuation<CoreSnapshot, Never>] = []
        var lastRequest: UInt64 = 0
        var isSignalled = false
        var isStopping = false
        /// Set once the thread is gone: nothing is taken any more.
        var last: CoreSnapshot?
        var newsWereSkipped = false
    }

    private let inboxBytesMax: Int
    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)

    init(inboxBytesMax: Int) { self.inboxBytesMax = inboxBytesMax }

    var changesWaiting: Int { state.withLock { $0.changes.count } }
    /// Readers of links that wait for room.
    var readersWaiting: Int { state.withLock { $0.waiting.count } }
    var bytesWaiting: Int { state.withLock { $0.newsBytes } }

    // MARK: From tasks

    func write(_ act: Act, _ parts: [LocalChange.Part]) async -> WriteResult {
        await withCheckedContinuation { continuation in
            let refusal = post { state -> WriteFailure? in
                guard !state.isStopping else { return .stopping }
                guard state.changes.count < NodeLimits.changesWaitingMax else {
                    return .overloaded(waiting: state.changes.count)
                }
                state.lastRequest += 1
                let change = LocalChange(request: state.lastRequest, act: act, parts: parts)
                state.changes.append(Change(input: change, answer: continuation))
                return nil
            }
            if let refusal { continuation.resume(returning: .failure(refusal)) }
        }
    }

    /// What the core says of itself; once the thread is gone, what it said last.
    func ask() async -> CoreSnapshot {
        await withCheckedContinuation { continuation in
            let last = post { state -> CoreSnapshot? in
                if let last = state.last { return last }
                state.questions.append(continuation)
                return nil
            }
            if let last { continuation.resume(returning: last) }
        }
    }

    /// Hands over a frame, and waits for as long as there is no room for it.
    func receive(_ frame: [UInt8], on link: Link) async {
        await withCheckedContinuation { continuation in
            let isIn = post { state in
                if state.last != nil { return true }
                let fits = state.newsBytes == 0 || state.newsBytes + frame.count <= inboxBytesMax
                guard fits, state.waiting.isEmpty else {
                    state.waiting.append(Waiting(news: .frame(link, frame), continuation: continuation))
                    return false
                }
                state.news.append(.frame(link, frame))
                state.newsBytes += frame.count
                return true
            }
            if isIn { continuation.resume() }
        }
    }

    /// Hands over what has no size and must not be lost. Of one link it comes after its frames, since one task tells
    /// both.
    func tell(_ news: LinkNews) {
        post { state in
            if state.last == nil { state.news.append(news) }
        }
    }

    /// No change is taken any more; those that wait are still written.
    func stop() {
        post { $0.isStopping = true }
    }

    private func post<Answer>(_ change: (inout State) -> Answer) -> Answer {
        let (answer, wakes) = state.withLock { state in
            let answer = change(&state)
            defer { state.isSignalled = true }
            return (answer, !state.isSignalled)
        }
        if wakes { signal.signal() }
        return answer
    }

    // MARK: From the core's thread

    /// Returns when something was posted or the deadline is over.
    func wait(until deadline: DispatchTime) {
        guard signal.wait(timeout: deadline) == .success else { return }
        state.withLock { $0.isSignalled = false }
    }

    /// Local changes first. Frames come along only where no change waits, or where they had to stand back before.
    func take() -> Batch {
        let (batch, admitted) = state.withLock { state in
            var batch = Batch()
            batch.isStopping = state.isStopping
            swap(&batch.questions, &state.questions)
            state.takeChanges(into: &batch)
            if batch.changes.isEmpty || state.newsWereSkipped {
                state.takeNews(into: &batch)
                state.newsWereSkipped = false
            } else {
                state.newsWereSkipped = !state.news.isEmpty
            }
            let admitted = state.admit(bytesMax: inboxBytesMax)
            (batch.leavesChanges, batch.leavesNews) = (!state.changes.isEmpty, !state.news.isEmpty)
            return (batch, admitted)
        }
        for continuation in admitted { continuation.resume() }
        return batch
    }

    /// Answers everything that waits or will ever come: the thread is gone.
    func close(_ last: CoreSnapshot) {
        let (changes, waiting, questions) = state.withLock { state in
            state.isStopping = true
            state.last = last
            var rest: (Queue<Change>, Queue<Waiting>, [CheckedContinuation<CoreSnapshot, Never>]) = (
                Queue(), Queue(), []
            )
            swap(&rest.0, &state.changes)
            swap(&rest.1, &state.waiting)
            swap(&rest.2, &state.questions)
            state.news = Queue()
            state.newsBytes = 0
            return rest
        }
        for change in changes { change.answer.resume(returning: .failure(.stopping)) }
        for waiter in waiting { waiter.continuation.resume() }
        for question in questions { question.resume(returning: last) }
    }
}

extension Mailbox.State {
    fileprivate mutating func takeChanges(into batch: inout Mailbox.Batch) {
        var edits = 0
        while let next = changes.first, batch.changes.count < NodeLimits.changesPerStepMax {
            edits += next.editCount
            guard batch.changes.isEmpty || edits <= NodeLimits.editsPerStepMax else { return }
            batch.changes.append(next)
            changes.removeFirst()
        }
    }

    fileprivate mutating func takeNews(into batch: inout Mailbox.Batch) {
        var bytes = 0
        while let next = news.first, batch.news.count < NodeLimits.framesPerStepMax {
            bytes += next.byteCount
            guard batch.news.isEmpty || bytes <= NodeLimits.frameBytesPerStepMax else { return }
            batch.news.append(next)
            newsBytes -= next.byteCount
            news.removeFirst()
        }
    }

    /// Lets in whoever waits for room, as far as there is some.
    fileprivate mutating func admit(bytesMax: Int) -> [CheckedContinuation<Void, Never>] {
        var admitted: [CheckedContinuation<Void, Never>] = []
        while let next = waiting.first {
            guard newsBytes == 0 || newsBytes + next.news.byteCount <= bytesMax else { break }
            news.append(next.news)
            newsBytes += next.news.byteCount
            admitted.append(next.continuation)
            waiting.removeFirst()
        }
        return admitted
    }
}
