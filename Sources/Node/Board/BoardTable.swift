import Casework
import Libraries

/// An answer that can be read as a table: the same rows as in JSON, for spreadsheet programs.
protocol BoardTable {
    /// Names of the columns.
    var columns: [Bilingual] { get }
    var rows: [[TableCell]] { get }
}

enum TableCell: Hashable {
    case none
    case text(String)
    case number(Int64)
    case figure(Double)

    static func optional(_ text: String?) -> TableCell { text.map { .text($0) } ?? .none }
    static func count(_ number: Int) -> TableCell { .number(Int64(number)) }

    /// As a field of CSV. A text that a spreadsheet program would take for a formula is told apart by an apostrophe
    /// before it, which such programs do not show.
    fileprivate var field: String {
        switch self {
        case .none: ""
        case .number(let number): String(number)
        case .figure(let figure): String(figure)
        case .text(let text):
            switch text.unicodeScalars.first {
            case "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠": "'" + text
            default: text
            }
        }
    }
}

extension BoardTable {
    /// RFC 4180 in UTF-8, with a byte order mark for spreadsheet programs.
    ///
    /// - Parameter isEnglish: whether columns are named in English rather than Chinese.
    func csv(isEnglish: Bool) -> [UInt8] {
        var text = "\u{FEFF}"
        text += Self.line(columns.map { isEnglish ? $0.english : $0.chinese })
        for row in rows { text += Self.line(row.map(\.field)) }
        return Array(text.utf8)
    }

    private static func line(_ fields: [String]) -> String { CSVWriter.row(fields).dropLast() + "\r\n" }
}

private enum Column {
    static let division = Bilingual("区划", "Division")
    static let divisionName = Bilingual("区划名称", "Name of division")
    static let body = Bilingual("执法主体", "Body")
    static let bodyName = Bilingual("执法主体名称", "Name of body")
    static let item = Bilingual("事项", "Item")
    static let itemName = Bilingual("事项名称", "Name of item")
    static let place = Bilingual("地点", "Place")
    static let month = Bilingual("月份", "Month")
    static let cases = Bilingual("案件数", "Cases")
    static let record = Bilingual("记录", "Record")
    static let due = Bilingual("期限", "Due")
    static let scores = [
        cases, Bilingual("公示", "Publicity"), Bilingual("全过程记录", "Recording"), Bilingual("法制审核", "Review"),
        Bilingual("三项制度", "Three systems"), Bilingual("扣分", "Lost"), Bilingual("得分", "Score"),
    ]

    static func yes(_ truth: Bool) -> TableCell { .text(truth ? "是" : "否") }
}

extension BoardOverview: BoardTable {
    var columns: [Bilingual] { [Column.division, Column.divisionName] + BoardIndicator.all.map(\.name) }
    var rows: [[TableCell]] {
        (counts.map { [$0] + children } ?? children).map { counts in
            [.text(counts.division), .text(counts.name)] + BoardIndicator.all.map { .number(counts[$0]) }
        }
    }
}

extension BoardTrends: BoardTable {
    var columns: [Bilingual] {
        [Column.month] + series.map { Bilingual($0.name.chinese, $0.name.english) }
    }
    var rows: [[TableCell]] {
        months.enumerated().map { place, month in [.text(month)] + series.map { .number($0.amounts[place]) } }
    }
}

extension BoardCases: BoardTable {
    var columns: [Bilingual] {
        [
            Column.record, Bilingual("案由", "Title"), Column.division, Column.divisionName, Column.body, Column.item,
            Column.itemName, Column.place, Bilingual("阶段", "Stage"), Bilingual("状态", "Standing"),
            Bilingual("立案", "Filed"), Bilingual("决定", "Decided"), Bilingual("办结", "Closed"), Column.due,
            Bilingual("时限", "Time limit"), Bilingual("逾期天数", "Days over"), Bilingual("公示", "Publicity"),
            Bilingual("全过程记录", "Recording"), Bilingual("法制审核", "Review"), Bilingual("监督发现", "Findings"),
        ]
    }
    var rows: [[TableCell]] {
        cases.map { one in
            [
                .text(one.record), .optional(one.title), .text(one.division), .optional(one.divisionName),
                .text(one.body), .text(one.item), .optional(one.itemName), .text(one.place),
                .text(one.stageWords?.chinese ?? one.stage), .text(one.standing), .optional(one.filed),
                .optional(one.decided), .optional(one.closed), .optional(one.due),
                .optional(one.deadlineWords?.chinese ?? one.deadline), one.daysOver.map { .count($0) } ?? .none,
                .text(one.publicity), .text(one.recording), .text(one.review),
                .text(one.flags.joined(separator: "；")),
            ]
        }
    }
}

extension BoardScores: BoardTable {
    var columns: [Bilingual] { [Column.body, Bilingual("名称", "Name"), Column.division] + Column.scores }
    var rows: [[TableCell]] {
        bodies.map { one in
            [
                .text(one.body), .optional(one.name), .text(one.division), .count(one.cases), .figure(one.publicity),
                .figure(one.recording), .figure(one.review), .figure(one.threeSystems), .figure(one.lost),
                .figure(one.score),
            ]
        }
    }
}

extension BoardOfficerScores: BoardTable {
    var columns: [Bilingual] {
        [
            Bilingual("执法证号", "Certificate"), Bilingual("姓名", "Name"), Column.division, Column.body,
            Column.bodyName,
        ] + Column.scores
    }
    var rows: [[TableCell]] {
        officers.map { one in
            [
                .text(one.officer), .optional(one.name), .optional(one.division), .optional(one.body),
                .optional(one.bodyName), .count(one.cases), .figure(one.publicity), .figure(one.recording),
                .figure(one.review), .figure(one.threeSystems), .figure(one.lost), .figure(one.score),
            ]
        }
    }
}

extension BoardHotSpots: BoardTable {
    var columns: [Bilingual] {
        [
            Column.division, Column.divisionName, Column.place, Column.item, Column.itemName, Column.month,
            Column.cases, Bilingual("前六个月月均", "Mean of six months before"), Bilingual("倍数", "Growth"),
        ]
    }
    var rows: [[TableCell]] {
        spots.map { one in
            [
                .text(one.division), .optional(one.divisionName), .optional(one.place), .optional(one.item),
                .optional(one.itemName), .text(one.month), .count(one.cases), .figure(one.meanBefore),
                one.growth.map { .figure($0) } ?? .none,
            ]
        }
    }
}

extension BoardDirectives: BoardTable {
    var columns: [Bilingual] {
        [
            Column.record, Column.division, Column.divisionName, Bilingual("案件", "Case"), Bilingual("案由", "Title"),
            Bilingual("类型", "Sort"), Bilingual("来自", "From"), Column.due, Bilingual("签收", "Acknowledged"),
            Bilingual("签收人", "Officer"),
            Bilingual("答复数", "Answers"), Bilingual("逾期", "Late"),
        ]
    }
    var rows: [[TableCell]] {
        directives.map { one in
            [
                .text(one.record), .text(one.division), .optional(one.divisionName), .optional(one.about),
                .optional(one.aboutTitle), .text(one.sort), .text(one.fromName ?? one.from), .optional(one.due),
                .optional(one.acknowledged), .optional(one.officer), .count(one.answers),
                Column.yes(one.isLate),
            ]
        }
    }
}

extension BoardNumberGaps: BoardTable {
    var columns: [Bilingual] {
        [
            Column.body, Column.bodyName, Column.division, Bilingual("文号系列", "Series"), Bilingual("首号", "First"),
            Bilingual("末号", "Last"), Bilingual("已说明", "Explained"),
        ]
    }
    var rows: [[TableCell]] {
        gaps.map { one in
            [
                .text(one.body), .optional(one.bodyName), .text(one.division), .text(one.series), .count(one.first),
                .count(one.last),
                Column.yes(one.isExplained),
            ]
        }
    }
}
