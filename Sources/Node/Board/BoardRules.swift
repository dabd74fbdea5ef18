package import Casework
import Lattice
import Ledger
import Libraries
package import Store

extension SupervisionRules {
    /// The id of the rule set by which a node supervises.
    package static let recordName = "supervision"

    /// The rules that a store holds: of the records of kind `rule-set` that can be read, the latest version.
    ///
    /// - Returns: rules without any weight where there is none; everything is found all the same.
    package static func held(by store: StoreReader) throws(QueryFailure) -> SupervisionRules {
        let query = RecordQuery(
            kind: CaseworkKinds.ruleSet.name,
            conditions: [RecordQuery.Condition(field: "id", equals: .text(recordName))], limit: RecordQuery.limitMax)
        let found = try store.records(query).records.compactMap { record -> SupervisionRules? in
            guard case .text(let text) = record.view["text"]?.shown else { return nil }
            return try? SupervisionRules(yaml: text, file: record.id.description)
        }
        return found.max { $0.version < $1.version } ?? bare
    }

    private static let bare = SupervisionRules(
        id: recordName, version: 0, name: Bilingual("行政执法监督规则", "Rules of supervision"),
        rules: SupervisionFinding.allCases.map { finding in
            SupervisionRule(
                id: finding.rawValue, name: Bilingual(finding.rawValue, finding.rawValue), finding: finding,
                severity: .note)
        }, weights: Weights(publicity: 30, recording: 30, review: 40),
        milestones: Milestones(
            filed: ["filing-approval", "on-spot-decision"],
            decided: ["penalty-decision", "on-spot-decision", "no-penalty-decision", "seizure-decision"],
            reviewed: ["review-opinion"], passed: ["passed", "done"]))
}
