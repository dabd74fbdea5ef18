import Foundation
import Simulation
import Synchronization

/// Several workers at the seeds of one file.
final class Workers: Sendable {
    struct Request: Sendable {
        let file: String
        let options: StoryOptions
        let seeds: ClosedRange<UInt64>
        let jobs: Int
        var isTwice = false
        var report: String?
        /// No further seed is begun from then on; the first always is, so that nothing passes that was not played.
        var deadline: ContinuousClock.Instant?
        /// No further seed is begun once one has come to this, and what came after that one does not count.
        var stops: @Sendable (SeedResult) -> Bool = { _ in false }

        fileprivate var arguments: [String] {
            ["simulate", "worker", file] + options.words + (isTwice ? ["--twice"] : [])
                + (report.map { ["--report", $0] } ?? [])
        }
    }

    /// How far the work is.
    struct Standing: Sendable {
        fileprivate(set) var results: [SeedResult] = []
        /// How far the seeds in play have come, from 0 to 1 each, and what time it is there.
        fileprivate var inPlay: [UInt64: (fraction: Double, clock: String)] = [:]

        /// In seeds, those that are not done counted in part.
        var done: Double { inPlay.values.reduce(Double(results.count)) { $0 + $1.fraction } }
        /// What time it is in the earliest story in play.
        var clock: String { inPlay.min { $0.key < $1.key }?.value.clock ?? "" }
    }

    private struct State {
        var next: UInt64?
        var standing = Standing()
        var failure: CommandFailure?
        /// No further seed is begun.
        var isOver = false
    }

    private let request: Request
    private let state: Mutex<State>

    init(_ request: Request) {
        self.request = request
        state = Mutex(State(next: request.seeds.lowerBound))
    }

    /// Plays all seeds, or as many as there is time for; those in play are given up when the command is to stop.
    /// - Parameter progress: told now and then how far the work is.
    /// - Returns: the results in the order of their seeds.
    func run(progress: (Standing) -> Void = { _ in }) throws(CommandFailure) -> [SeedResult] {
        let group = DispatchGroup()
        for _ in 0..<request.jobs {
            let thread = Thread { [self] in
                work()
                group.leave()
            }
            group.enter()
            thread.start()
        }
        while group.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
            progress(state.withLock { $0.standing })
        }
        let (results, failure) = state.withLock { ($0.standing.results, $0.failure) }
        if let failure { throw failure }
        let ordered = results.sorted { $0.seed < $1.seed }
        guard let first = ordered.firstIndex(where: request.stops) else { return ordered }
        // How many more were in play then is chance.
        return Array(ordered[...first])
    }

    private func work() {
        var worker: Worker?
        defer { worker?.stop() }
        while let seed = nextSeed() {
            do throws(CommandFailure) {
                let current: Worker
                if let worker { current = worker } else { current = try Worker(request.arguments) }
                worker = current
                let result = try current.play(seed, isOver: { StopRequest.isMade }) { fraction, clock in
                    state.withLock { $0.standing.inPlay[seed] = (fraction, clock) }
                }
                if result?.end == .crashed { worker = nil }
                state.withLock { state in
                    state.standing.inPlay[seed] = nil
                    guard let result else { return }
                    state.standing.results.append(result)
                    if request.stops(result) { state.isOver = true }
                }
            } catch {
                state.withLock { ($0.failure, $0.isOver) = ($0.failure ?? error, true) }
            }
        }
    }

    private func nextSeed() -> UInt64? {
        state.withLock { state in
            guard !state.isOver, !StopRequest.isMade, let seed = state.next else { return nil }
            if let deadline = request.deadline, deadline <= .now, seed > request.seeds.lowerBound { return nil }
            state.next = seed < request.seeds.upperBound ? seed + 1 : nil
            return seed
        }
    }
}
