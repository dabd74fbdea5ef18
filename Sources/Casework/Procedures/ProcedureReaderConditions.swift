import Libraries
import Yams

/// Conditions.
extension ProcedureReader {
    /// How deep conditions stand within one another: more, nobody follows.
    static let conditionDepthMax = 12
    /// Conditions within one `all` or `any`, and values of one `in`.
    static let conditionPartsMax = 60

    /// The key that says what a condition asks, each with the keys that may stand beside it.
    private static let shapes: [(key: String, beside: [String])] = [
        ("fact", ["is", "in", "at-least", "above", "at-most", "below"]),
        ("tally", ["at-least", "above", "at-most", "below"]),
        ("step", ["outcome", "over"]),
        ("count", ["at-least"]),
        ("passed", []), ("running", []), ("item", []), ("benchmark", ["reason"]), ("all", []), ("any", []), ("not", []),
    ]

    /// What a node says; always met where it cannot be read, which is noted.
    mutating func condition(_ node: Node, depth: Int = 0) -> Condition {
        let nothing = Condition.all([])
        guard depth < Self.conditionDepthMax else {
            fault(
                node, "条件嵌套超过\(Self.conditionDepthMax)层，请简化",
                "conditions stand more than \(Self.conditionDepthMax) deep in one another: make it simpler")
            return nothing
        }
        let kinds = Self.shapes.map(\.key)
        guard case .mapping(let mapping) = node,
            let shape = Self.shapes.first(where: { shape in mapping.contains { $0.key.scalar?.string == shape.key } })
        else {
            fault(
                node, "条件须为下列之一：\(kinds.joined(separator: "、"))",
                "a condition has one of the keys \(kinds.joined(separator: ", "))")
            return nothing
        }
        let what = Bilingual("条件 \(shape.key)", "a condition with \"\(shape.key)\"")
        guard let keyed = keyed(node, known: [shape.key] + shape.beside, what: what), let subject = keyed[shape.key]
        else { return nothing }
        switch shape.key {
        case "all": return .all(parts(subject, depth))
        case "any": return .any(parts(subject, depth))
        case "not": return .not(condition(subject, depth: depth + 1))
        default: return leaf(shape.key, subject, keyed) ?? nothing
        }
    }

    private mutating func parts(_ node: Node, _ depth: Int) -> [Condition] {
        list(node, max: Self.conditionPartsMax, isEmptyAllowed: false) { reader, part in
            reader.condition(part, depth: depth + 1)
        }
    }

    private mutating func leaf(_ key: String, _ subject: Node, _ keyed: Keyed) -> Condition? {
        guard let id = name(subject, Bilingual(key, "\"\(key)\"")) else { return nil }
        switch key {
        case "fact":
            guard let test = test(in: keyed, isRequired: false) else { return nil }
            refer(.fact(id, .tested(test)), at: subject)
            return .fact(id, test)
        case "tally":
            guard let test = test(in: keyed, isRequired: true) else { return nil }
            refer(.tally(id), at: subject)
            return .tally(id, test)
        case "step":
            let (step, outcome) = stepAndOutcome(subject, in: keyed)
            return .step(step, outcome: outcome, over: names("over", in: keyed) { .fact($0, .asked) })
        case "count":
            refer(.step(id), at: subject)
            return number("at-least", in: keyed, within: 1...1_000).map { .count(id, atLeast: $0) }
        case "passed":
            refer(.deadline(id), at: subject)
            return .passed(deadline: id)
        case "running":
            refer(.deadline(id), at: subject)
            return .running(deadline: id)
        case "item":
            switch id {
            case "listed": return .itemListed
            case "needs-review": return .itemNeedsReview
            case "allows-hearing": return .itemAllowsHearing
            default:
                let known = ["listed", "needs-review", "allows-hearing"]
                unknown(id, Bilingual("事项条件", "condition on the item"), known, at: subject)
                return nil
            }
        default:
            refer(.fact(id, .money), at: subject)
            guard required("reason", in: keyed) != nil else { return nil }
            let reason = name("reason", in: keyed)
            if let node = keyed["reason"] { refer(.fact(reason, .asked), at: node) }
            return .withinBenchmark(fact: id, reason: reason)
        }
    }

    /// What stands beside the subject: one comparison at most, and one at least where it is required.
    private mutating func test(in keyed: Keyed, isRequired: Bool) -> Condition.Test? {
        let comparisons = ["is", "in", "at-least", "above", "at-most", "below"]
        let given = comparisons.filter { keyed[$0] != nil }
        guard given.count <= 1, !isRequired || given.count == 1 else {
            fault(
                keyed.node, "须有且只有一个比较：\(comparisons.joined(separator: "、"))",
                "give one comparison: \(comparisons.joined(separator: ", "))")
            return nil
        }
        guard let key = given.first, let node = keyed[key] else { return .isKnown }
        switch key {
        case "is":
            if case .scalar(let scalar) = node, scalar.style == .plain {
                if scalar.string == "true" { return .isTrue }
                if scalar.string == "false" { return .isNotTrue }
            }
            return text(node, Bilingual("is", "\"is\"")).map { .equals($0) }
        case "in":
            return .isOneOf(
                list(node, max: Self.conditionPartsMax, isEmptyAllowed: false) { reader, part in
                    reader.text(part, Bilingual("in", "\"in\""))
                })
        default:
            guard let number = number(key, in: keyed, within: -1_000_000_000_000_000...1_000_000_000_000_000) else {
                return nil
            }
            switch key {
            case "at-least": return .atLeast(Int64(number))
            case "above": return .above(Int64(number))
            case "at-most": return .atMost(Int64(number))
            default: return .below(Int64(number))
            }
        }
    }
}
