import Libraries
import Yams

/// Deadlines, tallies, publicity and the archive.
extension ProcedureReader {
    private static let deadlineKeys = [
        "id", "zh", "en", "articles", "when", "starts", "length", "ends", "pauses", "extends", "warning", "missed",
    ]

    mutating func deadline(_ node: Node) -> DeadlineRule? {
        let what = Bilingual("期限", "a deadline")
        guard let keyed = keyed(node, known: Self.deadlineKeys, what: what) else { return nil }
        let id = defined(in: keyed) { .deadline($0) }
        let start = required("starts", in: keyed).flatMap { self.start($0) }
        let length = required("length", in: keyed).flatMap { span($0) }
        var rule = DeadlineRule(
            id: id, name: words(in: keyed), articles: texts("articles", in: keyed),
            start: start ?? .fact(""), length: length ?? Span(1, .calendarDays))
        rule.when = keyed["when"].map { condition($0) }
        rule.ends = names("ends", in: keyed) { .step($0) }
        rule.pauses = list("pauses", in: keyed, max: Self.listMax) { reader, node in reader.pause(node) }
        rule.extensions = list("extends", in: keyed, max: Self.listMax) { reader, node in reader.lengthening(node) }
        rule.warning = keyed["warning"].flatMap { span($0) }
        if let node = keyed["missed"] { rule.missed = missed(node) ?? .flagged }
        return rule
    }

    private mutating func start(_ node: Node) -> DeadlineRule.Start? {
        let what = Bilingual("期限起点", "the start of a deadline")
        guard let keyed = keyed(node, known: ["step", "outcome", "again", "fact"], what: what) else { return nil }
        if let fact = keyed["fact"] {
            let id = name(fact, Bilingual("fact", "\"fact\"")) ?? ""
            refer(.fact(id, .begins), at: fact)
            for key in ["step", "outcome", "again"] {
                guard let other = keyed[key] else { continue }
                fault(other, "起点是事实，不能再有 \(key)", "it starts with a fact: remove \"\(key)\"")
            }
            return .fact(id)
        }
        guard let step = required("step", in: keyed) else { return nil }
        let (id, outcome) = stepAndOutcome(step, in: keyed)
        return .step(id, outcome: outcome, again: flag("again", in: keyed))
    }

    /// A step and the outcome of it that may be named beside, both noted as references.
    mutating func stepAndOutcome(_ step: Node, in keyed: Keyed) -> (step: String, outcome: String?) {
        let id = name(step, Bilingual("step", "\"step\"")) ?? ""
        refer(.step(id), at: step)
        guard let node = keyed["outcome"] else { return (id, nil) }
        let outcome = name(node, Bilingual("outcome", "\"outcome\"")) ?? ""
        refer(.outcome(outcome, of: id), at: node)
        return (id, outcome)
    }

    private mutating func pause(_ node: Node) -> DeadlineRule.Pause? {
        let what = Bilingual("中止", "a pause")
        guard let keyed = keyed(node, known: ["from", "to", "articles"], what: what) else { return nil }
        let from = name("from", in: keyed)
        let to = name("to", in: keyed)
        if let node = keyed["from"] { refer(.step(from), at: node) }
        if let node = keyed["to"] { refer(.step(to), at: node) }
        return DeadlineRule.Pause(from: from, to: to, articles: texts("articles", in: keyed))
    }

    private mutating func lengthening(_ node: Node) -> DeadlineRule.Extension? {
        let known = ["step", "outcome", "by", "times", "articles"]
        guard let keyed = keyed(node, known: known, what: Bilingual("延长", "an extension")),
            let stepNode = required("step", in: keyed), let by = required("by", in: keyed)
        else { return nil }
        let (step, outcome) = stepAndOutcome(stepNode, in: keyed)
        let times = number("times", in: keyed, within: 1...100, isRequired: false) ?? 1
        return DeadlineRule.Extension(
            step: step, outcome: outcome, by: span(by) ?? Span(1, .calendarDays), times: times,
            articles: texts("articles", in: keyed))
    }

    private mutating func missed(_ node: Node) -> DeadlineRule.Missed? {
        if case .scalar(let scalar) = node {
            switch scalar.string {
            case "flagged": return .flagged
            case "lapses": return .lapses
            default:
                unknown(
                    scalar.string, Bilingual("逾期后果", "consequence of a missed deadline"),
                    ["flagged", "lapses", "{ blocks: [steps] }", "{ ends: {zh, en} }", "{ charges: … }"], at: node)
                return nil
            }
        }
        let what = Bilingual("逾期后果", "the consequence of a missed deadline")
        guard let keyed = keyed(node, known: ["blocks", "ends", "charges"], what: what) else { return nil }
        guard keyed.values.count == 1 else {
            fault(node, "逾期后果须为一项", "give exactly one of \"blocks\", \"ends\" and \"charges\"")
            return nil
        }
        if keyed["blocks"] != nil { return .blocks(names("blocks", in: keyed, isRequired: true) { .step($0) }) }
        if let ends = keyed["ends"] { return words(ends, what: Bilingual("ends", "\"ends\"")).map { .ends($0) } }
        guard let node = keyed["charges"],
            let charges = self.keyed(node, known: ["basis-points", "of"], what: Bilingual("charges", "\"charges\""))
        else { return nil }
        let points = number("basis-points", in: charges, within: 1...10_000) ?? 1
        let fact = name("of", in: charges)
        if let node = charges["of"] { refer(.fact(fact, .money), at: node) }
        return .charges(basisPointsADay: points, of: fact)
    }

    mutating func span(_ node: Node) -> Span? {
        let units = Span.Unit.allCases.map(\.rawValue)
        guard let keyed = keyed(node, known: units, what: Bilingual("时长", "a length of time")) else { return nil }
        guard keyed.values.count == 1, let (key, _) = keyed.values.first, let unit = Span.Unit(rawValue: key) else {
            fault(
                node, "时长须写一个单位，如 { working-days: 5 }",
                "a length of time has exactly one unit, such as { working-days: 5 }")
            return nil
        }
        return number(key, in: keyed, within: 1...100_000).map { Span($0, unit) }
    }

    // MARK: Tallies, publicity, archive

    mutating func tally(_ node: Node) -> TallyRule? {
        let known = ["id", "zh", "en", "step", "figure", "way", "shown-when"]
        guard let keyed = keyed(node, known: known, what: Bilingual("统计", "a tally")) else { return nil }
        let id = defined(in: keyed) { .tally($0) }
        let step = name("step", in: keyed)
        if let node = keyed["step"] { refer(.step(step), at: node) }
        guard let wayNode = required("way", in: keyed) else { return nil }
        let way: TallyRule.Way = word(wayNode, of: Bilingual("统计方式", "way of adding up")) ?? .count
        let figure = keyed["figure"].flatMap { name($0, Bilingual("figure", "\"figure\"")) }
        if way != .count, keyed["figure"] == nil {
            fault(node, "统计“\(id)”须写明 figure", "tally \"\(id)\" needs the key \"figure\": what of the step is added up")
        } else if way == .count, let node = keyed["figure"] {
            fault(node, "way: count 不用 figure", "way: count counts takings: remove \"figure\"")
        }
        return TallyRule(
            id: id, name: words(in: keyed), step: step, figure: figure, way: way,
            shownWhen: keyed["shown-when"].flatMap { condition($0) })
    }

    mutating func publicity(_ node: Node) -> PublicityRule? {
        let known = [
            "id", "zh", "en", "phase", "after", "outcomes", "when", "deadline", "shows", "shown", "articles",
        ]
        let what = Bilingual("公示", "a rule of publicity")
        guard let keyed = keyed(node, known: known, what: what) else { return nil }
        let id = defined(in: keyed) { .publicity($0) }
        let after = name("after", in: keyed)
        if let node = keyed["after"] { refer(.step(after), at: node) }
        var rule = PublicityRule(id: id, name: words(in: keyed), after: after)
        rule.phase = word("phase", in: keyed, of: Bilingual("公示阶段", "phase")) ?? .after
        rule.outcomes = names("outcomes", in: keyed) { .outcome($0, of: after) }
        rule.when = keyed["when"].map { condition($0) }
        if let node = keyed["deadline"] {
            rule.deadline = name(node, Bilingual("deadline", "\"deadline\""))
            refer(.deadline(rule.deadline ?? ""), at: node)
        }
        rule.shows = names("shows", in: keyed) { .fact($0, .shown) }
        rule.shown = keyed["shown"].flatMap { span($0) }
        rule.articles = texts("articles", in: keyed)
        return rule
    }

    mutating func archive(_ node: Node) -> ArchiveRule {
        let what = Bilingual("归档", "\"archive\"")
        guard let keyed = keyed(node, known: ["main", "sub", "years"], what: what) else { return ArchiveRule() }
        let main = names("main", in: keyed) { .archived($0) }
        let sub = names("sub", in: keyed) { .archived($0) }
        twice(main + sub, at: node)
        return ArchiveRule(
            main: main, sub: sub, years: number("years", in: keyed, within: 1...1_000, isRequired: false))
    }
}
