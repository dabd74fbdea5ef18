import Casework
import Ledger
import Node

/// Cases as lines for a screen.
enum CaseText {
    /// Digits of a key that are shown at least.
    private static let digitsMin = 8

    // MARK: A list

    static func table(_ cases: [CaseSummary], _ terminal: Terminal) -> [String] {
        let keys = cases.map { RecordID($0.id)?.key.description ?? $0.id }
        let count = shortest(keys)
        var table = Table([
            Table.Column("案件 case"), Table.Column("案由 title", isFlexible: true),
            Table.Column("程序 procedure", isFlexible: true), Table.Column("阶段 stage", isFlexible: true),
            Table.Column("状态 standing"), Table.Column("期限 due"),
        ])
        for (key, record) in zip(keys, cases) {
            table.add([
                String(key.prefix(count)), record.title ?? "", record.name?.chinese ?? record.procedure ?? "—",
                record.stage?.chinese ?? "—", record.standing.map(standing) ?? record.status ?? "—",
                record.due.map { String($0.prefix(10)) } ?? "",
            ])
        }
        return table.lines(for: terminal)
    }

    /// So many first digits tell these keys apart.
    static func shortest(_ keys: [String]) -> Int {
        let longest = keys.map(\.count).max() ?? digitsMin
        return (digitsMin...max(digitsMin, longest)).first { count in
            Set(keys.map { $0.prefix(count) }).count == Set(keys).count
        } ?? longest
    }

    private static func standing(_ name: String) -> String {
        switch name {
        case "open": "办理中 open"
        case "waiting": "待确认 waiting"
        case "ended": "已结 ended"
        default: name
        }
    }

    // MARK: One case

    static func lines(_ record: CaseMessage, _ terminal: Terminal) -> [String] {
        var lines = [
            terminal.styled("\(record.name.chinese) \(record.name.english)", .bold) + "  \(record.procedure)",
            terminal.styled(record.id, .dim),
        ]
        var listing = Listing()
        listing.add("阶段 stage", "\(record.stage.chinese) \(record.stage.english)")
        let why = record.standingWords.map { "\($0.chinese) \($0.english)" }.joined(separator: "；")
        listing.add("状态 standing", standing(record.standing) + (why.isEmpty ? "" : "：\(why)"))
        listing.add("承办 handler", record.handler ?? "—")
        lines += listing.lines(for: terminal)
        lines += facts(record, terminal) + steps(record, terminal) + deadlines(record, terminal)
        return lines
    }

    static func facts(_ record: CaseMessage, _ terminal: Terminal) -> [String] {
        guard !record.facts.isEmpty else { return [] }
        var listing = Listing()
        for fact in record.facts {
            let mark = fact.isInConflict ? "（不一致 in conflict）" : ""
            listing.add("\(fact.chinese) \(fact.id)", fact.words.joined(separator: "；") + mark)
        }
        return ["", terminal.styled("事实 facts", .bold)]
            + listing.lines(columnsMax: terminal.columns, terminal, indent: 2)
    }

    private static func steps(_ record: CaseMessage, _ terminal: Terminal) -> [String] {
        guard !record.steps.isEmpty else { return [] }
        var table = Table([
            Table.Column("#", .right), Table.Column("环节 step", isFlexible: true),
            Table.Column("结果 outcome", isFlexible: true), Table.Column("时间 at"),
            Table.Column("人员 officers", isFlexible: true), Table.Column("文书 document", isFlexible: true),
            Table.Column("判定 judged"),
        ])
        var remarks: [String] = []
        for (place, step) in record.steps.enumerated() {
            let number = String(place + 1)
            table.add([
                number, step.name.chinese, step.outcome.chinese, step.at, step.officers.joined(separator: "、"),
                step.issued.map { $0.number ?? $0.kind }.joined(separator: "、"), verdict(step, terminal),
            ])
            remarks += step.findings.map { "  \(number)  \(sentence($0))" }
            remarks += step.doubts.map { "  \(number)  \($0.chinese) \($0.english)" }
        }
        return ["", terminal.styled("环节 steps", .bold)] + table.lines(for: terminal) + remarks
    }

    private static func verdict(_ step: CaseStepMessage, _ terminal: Terminal) -> String {
        if step.isVoid { return terminal.styled("已撤销 void", .dim) }
        if step.findings.contains(where: { $0.answer == "broken" }) { return terminal.styled("违法 broken", .red) }
        if !step.findings.isEmpty { return terminal.styled("无法核实 unknown", .yellow) }
        if !step.doubts.isEmpty { return terminal.styled("待确认 in doubt", .yellow) }
        return step.counts ? terminal.styled("有效 lawful", .green) : terminal.styled("不计 counts not", .yellow)
    }

    private static func deadlines(_ record: CaseMessage, _ terminal: Terminal) -> [String] {
        guard !record.deadlines.isEmpty else { return [] }
        var table = Table([
            Table.Column("期限 time limit", isFlexible: true), Table.Column("状态 state"), Table.Column("截止 due"),
            Table.Column("依据 articles", isFlexible: true),
        ])
        for limit in record.deadlines {
            table.add([
                "\(limit.name.chinese) \(limit.name.english)", state(limit.state, terminal) + charge(limit),
                limit.due ?? "",
                limit.articles.joined(separator: "、"),
            ])
        }
        return ["", terminal.styled("期限 time limits", .bold)] + table.lines(for: terminal)
    }

    /// What being late has cost by now.
    private static func charge(_ limit: DeadlineMessage) -> String {
        guard let fen = limit.lateChargeFen, fen > 0 else { return "" }
        return " 加处罚款 \(fen / 100).\(fen % 100 < 10 ? "0" : "")\(fen % 100) 元 late charge"
    }

    private static func state(_ name: String, _ terminal: Terminal) -> String {
        switch name {
        case "running": "进行中 running"
        case "nearly-due": terminal.styled("临期 nearly due", .yellow)
        case "paused": "中止 paused"
        case "fulfilled": terminal.styled("已完成 fulfilled", .green)
        case "late": terminal.styled("逾期完成 late", .red)
        case "missed": terminal.styled("已超期 missed", .red)
        default: name
        }
    }

    /// The three-systems column (G38), and what supervision finds.
    static func systems(_ board: BoardCase, _ terminal: Terminal) -> [String] {
        func text(_ state: String, _ due: String?) -> String {
            switch state {
            case "done": terminal.styled("已完成 done", .green)
            case "owed": terminal.styled("未完成 owed", .yellow) + (due.map { "，期限 due \($0)" } ?? "")
            default: "不涉及 none"
            }
        }
        var listing = Listing()
        listing.add("公示 publicity", text(board.publicity, board.publicityDue))
        listing.add("全过程记录 recording", text(board.recording, board.recordingDue))
        listing.add("法制审核 legal review", text(board.review, nil))
        var lines = ["", terminal.styled("三项制度 three systems", .bold)]
        lines += listing.lines(columnsMax: terminal.columns, terminal, indent: 2)
        for finding in board.findings {
            lines.append("  \(terminal.styled("●", .red)) \(finding.chinese) \(finding.english) \(finding.articles)")
        }
        return lines
    }

    // MARK: What is next

    /// What may be taken now first, then what stands in the way of the others.
    static func next(_ record: CaseMessage, only step: String? = nil, _ terminal: Terminal) -> [String] {
        let wanted = record.next.filter { step == nil || $0.step == step }
        guard !wanted.isEmpty else {
            let why = record.standingWords.map { "\($0.chinese) \($0.english)" }.joined(separator: "；")
            return [step == nil ? "没有下一步 nothing is next：\(why)" : "没有该环节，或已办理 there is no such step to be taken"]
        }
        return wanted.filter(\.isPossible).flatMap { lines($0, terminal) }
            + wanted.filter { !$0.isPossible }.flatMap { lines($0, terminal) }
    }

    private static func lines(_ next: NextStepMessage, _ terminal: Terminal) -> [String] {
        let mark = next.isPossible ? terminal.styled("○", .green) : terminal.styled("×", .red)
        var head = "\(mark) \(terminal.styled(next.step, .bold))  \(next.name.chinese) \(next.name.english)"
        if next.isOptional { head += "（可选 optional）" }
        if let due = next.due { head += "  期限 due \(due)" }
        var lines = [head]
        if next.isPossible {
            if let advice = next.advice { lines.append("    \(advice.chinese) \(advice.english)") }
            for fact in next.asks {
                let choices = fact.choices.map { "\($0.id) \($0.chinese)" }.joined(separator: " | ")
                let kind = choices.isEmpty ? fact.kind : choices
                lines.append("    需填 fact  \(fact.id)  \(fact.chinese) \(fact.english)（\(kind)）")
            }
            if next.outcomes.count > 1 {
                let outcomes = next.outcomes.map { "\($0.id) \($0.chinese)" }.joined(separator: " | ")
                lines.append("    结果 outcome  \(outcomes)")
            }
            if let document = next.document { lines.append("    文书 document  \(document)") }
        } else {
            lines += next.missing.map { "    \(sentence($0))" }
        }
        return lines.map { line in terminal.columns.map { line.fitted(to: $0) } ?? line }
    }

    /// `立案前须有两名持证执法人员(行政处罚法第42条)`, and the English beside it.
    static func sentence(_ finding: FindingMessage) -> String {
        let articles = finding.articles.isEmpty ? "" : "(\(finding.articles.joined(separator: "、")))"
        return "\(finding.chinese)\(articles) \(finding.english)"
    }
}
