import Divisions
import Lattice
import Ledger
import Replication

/// What planted bugs need of the past; nothing is kept while none is planted.
struct Keepsakes {
    /// The disk as it was before the last commit.
    var beforeLastCommit: DiskImage?
    var resumePoints: ResumePoints?
}

/// The bugs a canary carries, each at the one place where the program would have it.
extension World {
    /// A crash that loses the last commit although frames already spoke of it.
    func loseLastCommit(of machine: Machine) throws(StoreFailure) {
        guard planted == .sendsBeforeDurable, let image = machine.kept.beforeLastCommit else { return }
        machine.kept.beforeLastCommit = nil
        try machine.disk.load(image)
        tellDiskIsWorn(machine)
    }

    /// The process says goodbye on all its links and leaves where it was on each.
    func keepResumePoints(of machine: Machine) {
        guard planted == .cursorTrustedAfterRestore, let performer = machine.performer else { return }
        let moment = Moment(wall: machine.clock.wall(at: now), monotonic: now)
        for link in machine.links.keys.sorted() {
            _ = try? performer.perform([.linkClosed(link, reason: "stopping")], at: moment)
        }
        machine.kept.resumePoints = performer.inspect { $0.resumePoints }
    }

    /// The process before goes on in the one that starts.
    func inherit(_ replica: inout Replica, on machine: Machine) throws(StoreFailure) {
        switch planted {
        case .cursorTrustedAfterRestore:
            if let points = machine.kept.resumePoints { replica.resumePoints = points }
        case .streamExtended:
            guard let store = machine.store else { return }
            for head in try store.heads() where head.seat == machine.seat && head.forkedAfter == nil && head.number > 0
            {
                let place = StreamPlace(home: head.home, flow: head.flow)
                if let known = replica.writer.heads[place], known.stamp >= head.stamp { continue }
                replica.writer.heads[place] = head
            }
        default: break
        }
    }

    /// Link by link, in the order of a Dictionary.
    func disordered(_ duties: [LinkDuty]) -> [LinkDuty] {
        guard planted == .dictionaryOrder else { return duties }
        var byLink: [LinkID: [LinkDuty]] = [:]
        for duty in duties { byLink[duty.link, default: []].append(duty) }
        return byLink.values.flatMap { $0 }
    }
}

/// A notary that checks no seal.
struct CarelessNotary: Notary {
    private let honest = TestNotary()

    func seat(certificates: [[UInt8]], key: [UInt8], suite: UInt8) -> Result<DivisionCode, Refusal> {
        honest.seat(certificates: certificates, key: key, suite: suite)
    }

    func isValid(signature: [UInt8], over message: [UInt8], key: [UInt8], suite: UInt8) -> Bool { true }

    func accepts(suite: UInt8) -> Bool { honest.accepts(suite: suite) }
}

extension Commit {
    /// The same commit, with every citation of what has not arrived yet forgotten.
    var forgettingOwed: Commit {
        var commit = self
        commit.changes = changes.map { Change(state: $0.state.normalised { _ in .max }) }
        return commit
    }
}

extension LinkDuty {
    var link: LinkID {
        switch self {
        case .send(let link, _), .close(let link, _), .dial(let link, _): link
        }
    }
}
