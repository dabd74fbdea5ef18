import Casework
import Foundation
import Ledger
import Libraries
package import Logging
import Replication
import ServiceLifecycle
import Store
import Synchronization

/// Runs the follower beside the core: whenever something changed, and once a quarter of an hour for what time alone
/// changes and for files that came without an entry. Its reading goes through the same bounded queue as everyone's, its writing touches only the board's file.
package struct BoardService: Service {
    /// How often the day is looked at although nothing changed.
    static let lookSecondsMax = 900
    /// Records heard of that are noted by name; more are found in the log alone.
    static let heardMax = 4_096

    private let core: any NodeAccess
    private let follower: BoardFollower
    private let clock: @Sendable () -> UInt64
    private let logger: Logger

    /// - Parameter clock: milliseconds since 1970.
    package init(
        core: any NodeAccess, follower: BoardFollower, clock: @escaping @Sendable () -> UInt64, logger: Logger
    ) {
        (self.core, self.follower, self.clock, self.logger) = (core, follower, clock, logger)
    }

    /// The service of a node with a board in its data directory, and what reads it.
    package static func open(
        of core: NodeCore, clock: @escaping @Sendable () -> UInt64, chance: inout some RandomNumberGenerator
    ) throws(BoardFailure) -> (service: BoardService, board: Board) {
        let rules = try BoardFailure.translating { try SupervisionRules.held(by: core.store.reader) }
        let database = try BoardDatabase(
            path: "\(core.configuration.data.path)/casework.sqlite", tree: core.tree, rules: rules, using: &chance)
        let files = core.files
        let judge = BoardJudge(
            tree: core.tree, rules: rules, board: database,
            isHere: { text in Digest(sha256: text).map { files.holds($0) } ?? false }, clock: clock)
        let service = BoardService(
            core: core, follower: BoardFollower(board: database, judge: judge.judge), clock: clock, logger: core.logger)
        return (service, Board(database))
    }

    /// Records that were heard of since the board was last level with the store.
    private final class Heard: Sendable {
        private let records = Mutex<Set<RecordID>>([])

        func add(_ record: RecordID) {
            records.withLock { if $0.count < BoardService.heardMax { $0.insert(record) } }
        }

        func take() -> [RecordID] {
            records.withLock { records in
                defer { records = [] }
                return records.sorted()
            }
        }
    }

    package func run() async throws {
        let heard = Heard()
        let bell = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        bell.continuation.yield()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await notice in core.changes().cancelOnGracefulShutdown() {
                    if case .changed(let change) = notice { heard.add(change.record) }
                    bell.continuation.yield()
                }
                bell.continuation.finish()
            }
            group.addTask {
                let ticks = AsyncStream { try? await Task.sleep(for: .seconds(Self.lookSecondsMax)) }
                for await _ in ticks.cancelOnGracefulShutdown() {
                    await look()
                    bell.continuation.yield()
                }
            }
            for await _ in bell.stream { await catchUp(heard.take()) }
            group.cancelAll()
        }
    }

    private func look() async {
        do {
            try await core.read { [follower] _ throws(BoardFailure) in try follower.lookForFiles() }
        } catch {
            logger.error("the board cannot look for files", metadata: ["reason": "\(error)"])
        }
    }

    /// Steps until the board is level with the store, or the node stops. After a failure it waits for the next change.
    private func catchUp(_ heard: [RecordID]) async {
        do {
            try await core.read { [follower] store throws(BoardFailure) in try follower.note(heard, store) }
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                let today = Moments.chineseDay(clock())?.daysSince1970 ?? 0
                let step = try await core.read { [follower] store throws(BoardFailure) in
                    try follower.step(store, today: today)
                }
                if step == .rested { return }
            }
        } catch {
            logger.error(
                "the board is behind; it goes on with the next change", metadata: ["reason": "\(error)"])
        }
    }
}
