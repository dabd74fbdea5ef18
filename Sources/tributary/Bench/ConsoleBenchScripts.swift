import Casework
import Ledger
import Libraries
import Node

/// What happens in an invented case, in order, until somebody has to go on or it has ended.
struct ConsoleBenchScript {
    enum Move {
        /// Facts become known.
        case facts([(id: String, value: Value)])
        /// A step is taken, so many days after the first, with this outcome; the rule's first by default.
        case step(String, day: Int, by: Role, outcome: String? = nil)
        /// Recordings of the steps so far are attached.
        case recordings
        /// The decision is published.
        case publication
        /// Two people change one fact at once.
        case conflict(id: String, Value, Value)
    }

    let procedure: String
    let opening: [(id: String, value: Value)]
    private(set) var moves: [Move]
    /// Whether the last step of the procedure is among the moves.
    private(set) var isWhole = true
    /// The step that comes next; nil in a case that has ended or was returned.
    private(set) var next: String?

    /// Everything until `count` steps are taken.
    mutating func cut(afterSteps count: Int) {
        var steps = 0
        for (place, move) in moves.enumerated() {
            guard case .step(let id, _, _, _) = move else { continue }
            if steps == count {
                moves.removeSubrange(place...)
                (isWhole, next) = (false, id)
                return
            }
            steps += 1
        }
    }

    mutating func add(_ move: Move) { moves.append(move) }

    var steps: Int { moves.count { if case .step = $0 { true } else { false } } }

    // MARK: What is known

    /// Parties from which every case draws its own.
    private static let partiesMax = 30_000

    private static func party(_ chance: inout SplitMix64, _ number: Int) -> [(id: String, value: Value)] {
        let isCitizen = chance.below(100) < 60
        let name = isCitizen ? "示例当事人\(number)" : "示例\(number)商贸有限公司"
        return [
            ("party", .text(name)), ("party-kind", .text(isCitizen ? "citizen" : "legal")),
            // Every second case or so is of somebody who has another.
            ("party-id", .text("SHILI\(1_000_000 + chance.below(partiesMax))")),
            ("party-address", .text("示例镇样板街\(1 + chance.below(300))号")),
            ("party-phone", .text("1000\(1_000_000 + chance.below(8_000_000))")),
            (
                "facts",
                .text(
                    "经现场检查，\(name)在示例镇样板街\(1 + chance.below(300))号实施上述行为，现场有照片和视频为证，"
                        + "当事人对事实没有异议，并表示愿意配合调查、按期改正。")
            ),
        ]
    }

    private static func scene(
        _ item: String, opened: LegalDate, _ chance: inout SplitMix64, _ number: Int
    ) -> [(id: String, value: Value)] {
        [
            ("title", .text("涉嫌\(breaches[chance.below(breaches.count)])案")),
            ("place", .text("示例镇\(villages[chance.below(villages.count)])")),
            ("violated-on", .text(opened.description)), ("item", .text(item)),
        ] + party(&chance, number)
    }

    private static let breaches = ["擅自设置户外广告设施", "超出门窗经营", "随意倾倒餐厨垃圾", "未按规定处置建筑垃圾", "占用绿地停放机动车"]
    private static let villages = ["东一村", "东二村", "西一村", "西二村", "南一村", "南二村", "北一村", "北二村", "中心社区", "河口社区"]

    // MARK: Procedures

    static func simple(
        item: String, opened: LegalDate, _ chance: inout SplitMix64, number: Int
    ) -> ConsoleBenchScript {
        let fine = Int64(5 + chance.below(16)) * 1_000
        return ConsoleBenchScript(
            procedure: "simple-penalty",
            opening: scene(item, opened: opened, &chance, number) + [("facts-clear", .boolean(true))],
            moves: [
                .step("show-identity", day: 0, by: .officer), .step("show-certificate", day: 0, by: .officer),
                .step("tell-rights", day: 0, by: .officer),
                .step("survey", day: 0, by: .officer, outcome: "simple"), .recordings,
                .facts([
                    ("penalty-kinds", .text("fine")), ("fine-fen", .integer(fine)),
                    ("deviation-reason", .text("依照本镇从轻情形处理")), ("defence-text", .text("没有意见")),
                ]),
                .step("defend", day: 0, by: .officer, outcome: "nothing"),
                .facts([("decision-text", .text("罚款人民币\(fine / 100)元"))]),
                .step("decide", day: 0, by: .officer), .recordings, .step("report", day: 1, by: .officer),
                .step("publish", day: 3, by: .officer, outcome: "published"), .publication,
                .facts([("paid-fen", .integer(fine))]), .step("pay", day: 6, by: .officer),
                .step("close", day: 12, by: .officer), .step("archive", day: 13, by: .officer),
            ])
    }

    /// - Parameter isReviewed: whether legal review is asked for; `isReturned` tells that it did not pass, with which
    ///   the script ends.
    static func ordinary(
        item: String, opened: LegalDate, isReviewed: Bool, isReturned: Bool, _ chance: inout SplitMix64, number: Int
    ) -> ConsoleBenchScript {
        let fine = Int64(5 + chance.below(40)) * 10_000
        var moves: [Move] = [
            .step("clue", day: 0, by: .officer), .step("file", day: 1, by: .officer),
            .step("approve-filing", day: 2, by: .responsible, outcome: "approved"),
            .step("show-identity", day: 5, by: .officer), .step("show-certificate", day: 5, by: .officer),
            .step("tell-rights", day: 5, by: .officer), .step("survey", day: 5, by: .officer),
            .step("inquire", day: 8, by: .officer), .recordings,
            .facts([
                ("draft-decision", .text("拟罚款人民币\(fine / 100)元")), ("fine-fen", .integer(fine)),
                ("penalty-kinds", .text("fine")), ("deviation-reason", .text("依照本镇从轻情形处理")),
                ("review-listed", .boolean(isReviewed)),
            ]),
            .step("end-investigation", day: 20, by: .officer),
            .step("review-result", day: 22, by: .responsible, outcome: "penalty"),
            .step("prior-notice", day: 24, by: .officer), .step("waive-rights", day: 26, by: .officer),
        ]
        if isReviewed {
            moves += [
                .step("submit-review", day: 28, by: .officer),
                .step("legal-review", day: 31, by: .reviewer, outcome: isReturned ? "returned" : "passed"),
            ]
        }
        let day = ConsoleBenchCases.day(opened, 37)
        let end: [Move] = [
            .facts([("decision-text", .text("罚款人民币\(fine / 100)元"))]), .step("decide", day: 35, by: .responsible),
            .facts([("service-way", .text("direct")), ("served-on", .text(day.description))]),
            .step("serve", day: 37, by: .officer),
            .step("publish", day: 39, by: .officer, outcome: "published"), .publication,
            .facts([("paid-fen", .integer(fine))]), .step("pay", day: 45, by: .officer),
            .step("close", day: 50, by: .responsible), .step("archive", day: 52, by: .officer),
        ]
        let isEnd = isReviewed && isReturned
        var script = ConsoleBenchScript(
            procedure: "ordinary-penalty",
            opening: scene(item, opened: opened, &chance, number) + [
                ("source", .text("inspection")), ("endangers-life", .boolean(false)),
            ], moves: isEnd ? moves : moves + end)
        if isEnd { script.isWhole = false }
        return script
    }
}
