import Casework
import Foundation
import Libraries
package import Logging
import ServiceLifecycle
import Synchronization

/// Runs the operator's jobs, one of a kind at a time, and remembers the last of them. A restart forgets what ran: the
/// file of running jobs says so to whoever asks afterwards.
package final class JobDesk: Service {
    /// Jobs that are remembered.
    package static let jobsMax = 50

    package typealias Work = @Sendable (JobProgress) async throws -> JobResult

    private struct Held {
        var job: Job
        let progress: JobProgress?
    }

    private let file: String
    private let clock: @Sendable () -> UInt64
    private let logger: Logger
    /// The latest last.
    private let held: Mutex<[Held]>
    private let begun: (stream: AsyncStream<Begun>, continuation: AsyncStream<Begun>.Continuation)

    private struct Begun: Sendable {
        let id: String
        let progress: JobProgress
        let work: Work
    }

    /// - Parameters:
    ///   - file: where running jobs are noted.
    ///   - clock: milliseconds since 1970.
    package init(file: String, clock: @escaping @Sendable () -> UInt64, logger: Logger) {
        (self.file, self.clock, self.logger) = (file, clock, logger)
        begun = AsyncStream.makeStream(of: Begun.self, bufferingPolicy: .bufferingOldest(Job.Kind.allCases.count))
        let noted = FileManager.default.contents(atPath: file).flatMap {
            try? JSONDecoder().decode([Job].self, from: $0)
        }
        let now = clock()
        held = Mutex(
            (noted ?? []).map { job in
                var job = job
                (job.state, job.ended) = (.forgotten, now)
                job.problem = WordsMessage(
                    Bilingual("节点重新启动，任务已中断，请重新开始", "the node restarted while it ran: start it again"))
                return Held(job: job, progress: nil)
            })
    }

    package func run() async {
        await withDiscardingTaskGroup { group in
            for await one in begun.stream.cancelOnGracefulShutdown() {
                group.addTask { await self.carryOut(one) }
            }
            for one in held.withLock({ $0 }) { one.progress?.cancel() }
        }
        note()
    }

    /// Every job that is remembered, the latest first.
    package var jobs: [Job] { held.withLock { $0.map(\.job) }.reversed() }

    package func job(_ id: String) -> Job? { held.withLock { $0.first { $0.job.id == id }?.job } }

    /// Begins a job.
    ///
    /// - Returns: nil if one of the kind is not over yet.
    package func start(_ kind: Job.Kind, subject: String? = nil, _ work: @escaping Work) -> Job? {
        let id = UUID().uuidString.lowercased()
        let progress = JobProgress { [weak self] phase, done, total in
            self?.change(id) { job in (job.phase, job.done, job.total) = (phase, done, total) }
        }
        let job = Job(id: id, kind: kind, subject: subject, state: .waiting, started: clock(), done: 0)
        let isFree = held.withLock { held in
            guard !held.contains(where: { $0.job.kind == kind && !$0.job.state.isOver }) else { return false }
            held.append(Held(job: job, progress: progress))
            if held.count > Self.jobsMax, let old = held.firstIndex(where: { $0.job.state.isOver }) {
                held.remove(at: old)
            }
            return true
        }
        guard isFree else { return nil }
        note()
        begun.continuation.yield(Begun(id: id, progress: progress, work: work))
        return job
    }

    /// Has a job end as soon as it can.
    ///
    /// - Returns: the job; nil if there is none of this id.
    package func cancel(_ id: String) -> Job? {
        held.withLock { $0.first { $0.job.id == id }?.progress }?.cancel()
        return job(id)
    }

    private func carryOut(_ one: Begun) async {
        change(one.id) { $0.state = .running }
        let now = clock
        do {
            guard !one.progress.isCancelled else { throw CancellationError() }
            let result = try await one.work(one.progress)
            change(one.id) { job in (job.state, job.result, job.ended) = (.done, result, now()) }
        } catch {
            let isCancelled = one.progress.isCancelled
            let problem = (error as? JobFailure)?.says ?? WordsMessage(Bilingual("未能完成：\(error)", "\(error)"))
            change(one.id) { job in
                (job.state, job.ended) = (isCancelled ? .cancelled : .failed, now())
                if !isCancelled { job.problem = problem }
            }
            if !isCancelled {
                logger.error("a job of the operator failed", metadata: ["reason": "\(problem.english)"])
            }
        }
        note()
    }

    private func change(_ id: String, _ body: (inout Job) -> Void) {
        held.withLock { held in
            guard let place = held.firstIndex(where: { $0.job.id == id }) else { return }
            body(&held[place].job)
        }
    }

    /// Notes what runs. That a note is lost costs a sentence after a restart, and nothing else.
    private func note() {
        let running = jobs.filter { !$0.state.isOver }
        do {
            guard !running.isEmpty else {
                if FileManager.default.fileExists(atPath: file) { try FileManager.default.removeItem(atPath: file) }
                return
            }
            try JSONEncoder().encode(running).write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            logger.warning("running jobs cannot be noted in the data directory", metadata: ["reason": "\(error)"])
        }
    }
}

/// Why a job came to nothing, in an operator's words.
package struct JobFailure: Error, Hashable, Sendable {
    package let says: WordsMessage

    init(_ chinese: String, _ english: String) { says = WordsMessage(Bilingual(chinese, english)) }
}
