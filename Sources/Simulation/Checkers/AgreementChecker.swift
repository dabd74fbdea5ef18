import Casework
import Ledger

/// All machines that hold a case judge it alike, and at most one decision of a case counts.
///
/// Where a machine does not hold the record of somebody who signed, it does not know, and those above it may. Then what
/// counts below must count above: nobody passes what he does not know.
package final class AgreementChecker: Checker {
    package let name = "agreement"
    package let chinese = "凡存有同一案件的节点，对每一环节的判断一致；同一案件至多一份决定有效。"
    package let english = "All nodes that hold a case judge every step of it alike, and at most one decision counts."

    private let reading: CaseReading

    init(reading: CaseReading) { self.reading = reading }

    package func verdict(on world: World) throws -> Inspection {
        var verdict = Inspection()
        var first: [RecordID: (name: String, office: CaseReading.Office, steps: [JudgedStep], history: CaseHistory)] =
            [:]
        for office in try reading.offices(of: world) {
            for (history, steps) in office.cases {
                verdict.looked += 1
                let decisions = steps.count { $0.counts && $0.taken.mark.step == CaseworkSetting.decision }
                if decisions > 1 {
                    verdict.add("\(office.machine.name): \(decisions) decisions of \(history.id) count")
                }
                guard let other = first[history.id] else {
                    first[history.id] = (office.machine.name, office, steps, history)
                    continue
                }
                if let wrong = difference(steps, other.steps) {
                    verdict.add("\(office.machine.name) and \(other.name) judge \(history.id) differently: \(wrong)")
                    continue
                }
                guard !(steps + other.steps).contains(where: \.isUnknown) else { continue }
                let standing = office.desk.judge.assess(history, at: office.desk.now).standing
                let others = other.office.desk.judge.assess(other.history, at: office.desk.now).standing
                if standing != others {
                    verdict.add(
                        "\(history.id) is \(standing.kind.rawValue) at \(office.machine.name) and "
                            + "\(others.kind.rawValue) at \(other.name)")
                }
            }
        }
        return verdict
    }

    /// - Parameter others: as the first machine has them, which stands above all others that hold the case.
    private func difference(_ steps: [JudgedStep], _ others: [JudgedStep]) -> String? {
        guard steps.map(\.taken) == others.map(\.taken) else { return "not the same steps in the same order" }
        let isKnown = !(steps + others).contains(where: \.isUnknown)
        for (step, other) in zip(steps, others) {
            let name = "\(step.taken.mark.step) \(step.taken.citation.dot)"
            if !isKnown {
                if step.counts && !other.counts { return "\(name) counts at the lower one only" }
                continue
            }
            if step.counts != other.counts { return "\(name) counts at one only" }
            if step.isVoid != other.isVoid { return "\(name) is set aside at one only" }
            if step.findings != other.findings { return "\(name) is found otherwise" }
            if step.doubts != other.doubts { return "\(name) is in other doubts" }
        }
        return nil
    }
}

extension JudgedStep {
    /// Whether something about it cannot be answered here.
    fileprivate var isUnknown: Bool { findings.contains { $0.answer == .unknown } }
}

extension Assessment.Standing {
    package var kind: CaseQuestion.StandingKind {
        switch self {
        case .open: .open
        case .waiting: .waiting
        case .ended: .ended
        }
    }
}
