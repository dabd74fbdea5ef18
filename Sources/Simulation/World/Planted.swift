import Casework
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

extension World {
    /// The rules as a machine has them: the procedure and the knowledge it judges by are where a program could go wrong
    /// around a judge that is right.
    func judge(_ setting: CaseworkSetting, _ knowledge: any CaseKnowledge, at machine: Machine) -> CaseJudge {
        switch planted {
        case .everybodyReviews:
            let careless = CarelessKnowledge(base: knowledge) { $0.posts = Set(Post.allCases) }
            return CaseJudge(procedure: setting.procedure, knowledge: careless)
        case .suspensionsForgotten where tree.children(of: machine.seat).isEmpty:
            let careless = CarelessKnowledge(base: knowledge) { $0.status = nil }
            return CaseJudge(procedure: setting.procedure, knowledge: careless)
        case .anyTextReviewed:
            return CaseJudge(procedure: setting.procedure.reviewingAnyText, knowledge: knowledge)
        default: return CaseJudge(procedure: setting.procedure, knowledge: knowledge)
        }
    }
}

/// Knowledge that gets something wrong about every officer.
private struct CarelessKnowledge: CaseKnowledge {
    let base: any CaseKnowledge
    let change: (inout OfficerFacts) -> Void

    func officer(certificate: String) -> OfficerFacts? {
        guard var officer = base.officer(certificate: certificate) else { return nil }
        change(&officer)
        return officer
    }

    func item(code: String) -> ItemFacts? { base.item(code: code) }
    func body(code: String) -> BodyFacts? { base.body(code: code) }
    func benchmark(item: String) -> Benchmark? { base.benchmark(item: item) }
    func edit(_ citation: Citation) -> CitedEdit? { base.edit(citation) }
    func receipt(of entry: EntryID) -> UInt64? { base.receipt(of: entry) }
    var calendar: WorkCalendar { base.calendar }
    var tree: DivisionTree { base.tree }
}

extension Procedure {
    /// The same procedure, in which a review of some other text is as good as one of this.
    fileprivate var reviewingAnyText: Procedure {
        var careless = self
        for step in careless.steps.indices where careless.steps[step].id == CaseworkSetting.decision {
            for gate in careless.steps[step].gates.indices {
                guard case .step(let id, let outcome, _) = careless.steps[step].gates[gate].condition else { continue }
                careless.steps[step].gates[gate].condition = .step(id, outcome: outcome, over: [])
            }
        }
        return careless
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
