import Ledger

/// Makes seals: the writer's private key, wherever it is kept.
package protocol Sealing: Sendable {
    func signature(over message: [UInt8]) -> [UInt8]
}

/// Carries out what the core decides, completely and in order: seals are signed, the commit made durable, and only
/// then anything is answered or sent. The node and the simulator drive the same core through this one.
package final class Performer {
    /// What is left for the surroundings: everything in it may leave at once.
    package struct Performed: Sendable {
        package let answers: [(request: UInt64, answer: ChangeAnswer)]
        package let links: [LinkDuty]
        package let alarm: UInt64?
        /// When the core wants to be stepped for its reports of nodes.
        package let reportsAlarm: UInt64?
        package let events: [Event]
        package let wantsMore: Bool
        package let needsNewWriter: Bool
    }

    package private(set) var replica: Replica
    private let store: any Storing
    private let sealing: any Sealing
    private let files: (any FileStoring)?

    /// - Parameter files: where files outside the log lie; `nil` for a core that keeps none.
    package init(_ replica: Replica, store: any Storing, sealing: any Sealing, files: (any FileStoring)? = nil) {
        (self.replica, self.store, self.sealing, self.files) = (replica, store, sealing, files)
    }

    /// One step. After a failure nothing was stored or may be sent, and this performer is of no further use: the
    /// core had already moved on.
    package func perform(_ inputs: [Input], at now: Moment) throws(StoreFailure) -> Performed {
        var outcome = try replica.step(inputs, at: now, reading: store, files: files ?? NoFiles())
        for duty in outcome.seals { outcome.commit.runs[duty.run].signature = sealing.signature(over: duty.message) }
        if !outcome.commit.isEmpty { try store.commit(outcome.commit) }
        if let failure = keep(outcome.files) {
            replica.filesFailed(at: now)
            outcome.events.append(.filesFailed(failure))
            outcome.wantsMore = true
        }
        return Performed(
            answers: outcome.answers, links: outcome.links, alarm: outcome.alarm,
            reportsAlarm: outcome.reportsAlarm, events: outcome.events,
            wantsMore: outcome.wantsMore, needsNewWriter: outcome.needsNewWriter)
    }

    /// A place for files that cannot be written stops no record.
    private func keep(_ duties: [FileDuty]) -> StoreFailure? {
        guard let files else { return nil }
        do throws(StoreFailure) { for duty in duties { try files.perform(duty) } } catch { return error }
        return nil
    }

    /// Reads the replica, for people.
    package func inspect<Answer>(_ body: (inout Replica) -> Answer) -> Answer { body(&replica) }
}
