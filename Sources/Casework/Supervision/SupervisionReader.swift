import Libraries
import Yams

extension SupervisionRules {
    /// Reads a file of supervision rules as strictly as a procedure's: what is not known is refused, so that a typing
    /// error is never a silent default.
    ///
    /// - Parameter file: the name of the file, or of the record it comes from, for faults.
    /// - Throws: every fault of the file, each with its line.
    package init(yaml: String, file: String) throws(ProcedureFault) {
        var reader = ProcedureReader()
        let rules = reader.supervision(yaml)
        guard reader.faults.isEmpty, let rules else { throw ProcedureFault(file: file, faults: reader.faults) }
        self = rules
    }
}

extension ProcedureReader {
    private static let supervisionKeys = [
        "rules", "version", "zh", "en", "weights", "milestones", "findings",
    ]
    static let pointsMax = 100

    /// Nil where something is missing, which is noted.
    fileprivate mutating func supervision(_ yaml: String) -> SupervisionRules? {
        guard let root = document(yaml),
            let top = keyed(root, known: Self.supervisionKeys, what: Bilingual("文件", "the file"))
        else { return nil }
        let id = name("rules", in: top)
        let version = number("version", in: top, within: 1...1_000_000)
        let name = words(in: top)
        let weights = required("weights", in: top).flatMap { supervisionWeights($0) }
        let milestones = required("milestones", in: top).flatMap { supervisionMilestones($0) }
        let rules: [SupervisionRule] = list(
            "findings", in: top, max: SupervisionFinding.allCases.count, isRequired: true
        ) { reader, node in reader.supervisionRule(node) }
        if let node = top["findings"] {
            twice(rules.map(\.id), at: node)
            twice(rules.map(\.finding.rawValue), at: node)
        }
        guard let version, let weights, let milestones else { return nil }
        return SupervisionRules(
            id: id, version: version, name: name, rules: rules, weights: weights, milestones: milestones)
    }

    private mutating func supervisionRule(_ node: Node) -> SupervisionRule? {
        let known = ["id", "zh", "en", "finding", "severity", "articles", "points"]
        guard let keyed = keyed(node, known: known, what: Bilingual("监督规则", "a rule")) else { return nil }
        let id = name("id", in: keyed)
        let name = words(in: keyed)
        let finding: SupervisionFinding? = required("finding", in: keyed).flatMap {
            word($0, of: Bilingual("监督发现", "finding"))
        }
        let severity: SupervisionRule.Severity? = required("severity", in: keyed).flatMap {
            word($0, of: Bilingual("严重程度", "severity"))
        }
        let articles = texts("articles", in: keyed)
        let points = number("points", in: keyed, within: 0...Self.pointsMax, isRequired: false) ?? 0
        guard let finding, let severity else { return nil }
        return SupervisionRule(
            id: id, name: name, finding: finding, severity: severity, articles: articles, points: points)
    }

    private mutating func supervisionWeights(_ node: Node) -> SupervisionRules.Weights? {
        let known = ["publicity", "recording", "review"]
        guard let keyed = keyed(node, known: known, what: Bilingual("权重", "the weights")) else { return nil }
        let range = 0...Self.pointsMax
        guard let publicity = number("publicity", in: keyed, within: range),
            let recording = number("recording", in: keyed, within: range),
            let review = number("review", in: keyed, within: range)
        else { return nil }
        guard publicity + recording + review == Self.pointsMax else {
            fault(node, "三项权重之和须为100", "the three weights must come to 100")
            return nil
        }
        return SupervisionRules.Weights(publicity: publicity, recording: recording, review: review)
    }

    private mutating func supervisionMilestones(_ node: Node) -> SupervisionRules.Milestones? {
        let known = ["filed", "decided", "reviewed", "passed"]
        guard let keyed = keyed(node, known: known, what: Bilingual("节点", "the milestones")) else { return nil }
        return SupervisionRules.Milestones(
            filed: names("filed", in: keyed, isRequired: true) { _ in nil },
            decided: names("decided", in: keyed, isRequired: true) { _ in nil },
            reviewed: names("reviewed", in: keyed, isRequired: true) { _ in nil },
            passed: names("passed", in: keyed, isRequired: true) { _ in nil })
    }
}
