import Casework
import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Testing

@testable import Papers

/// The templates as this repository ships them, and one case that fills them.
enum PapersFixture {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func templateFiles() throws -> [(name: String, text: String)] {
        let folder = root.appending(path: "Templates")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
            .filter { $0.hasSuffix(".mustache") }
            .map { ($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8)) }
    }

    private static let loaded = Result { try DocumentTemplates(try templateFiles()) }

    static func templates() throws -> DocumentTemplates { try loaded.get() }

    static func procedures() throws -> [Procedure] {
        let folder = root.appending(path: "Procedures")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
            .filter { $0.hasSuffix(".yaml") }
            .map { try Procedure(yaml: String(contentsOf: folder.appending(path: $0), encoding: .utf8), file: $0) }
    }

    /// Everything that is personal in the case: none of it may be read in anything published.
    static let party = "欧阳文轩"
    static let partyPhone = "13826001234"
    static let partyAddress = "广州市天河区示例一路128号之二3栋501房"
    static let witness = "陈小明"
    static var partyID: String {
        LegalDate("1980-02-29").flatMap { ResidentNumber.make(area: "440106", born: $0, serial: 13) } ?? ""
    }

    static let procedure = Procedure(
        id: "example", version: 1, name: Bilingual("示例程序", "Example"),
        facts: [
            FactRule(id: "title", name: Bilingual("案由", "Title")),
            FactRule(id: "party", name: Bilingual("当事人", "Party"), isPersonal: true),
            FactRule(
                id: "party-kind", name: Bilingual("当事人类型", "Kind of party"), kind: .choice,
                choices: [
                    .init(id: "citizen", name: Bilingual("公民", "Citizen")),
                    .init(id: "legal", name: Bilingual("法人", "Legal person")),
                ]),
            FactRule(id: "party-id", name: Bilingual("证件号", "Number"), isPersonal: true),
            FactRule(id: "party-phone", name: Bilingual("电话", "Phone"), isPersonal: true),
            FactRule(id: "party-address", name: Bilingual("住址", "Address"), isPersonal: true),
            FactRule(id: "witness", name: Bilingual("见证人", "Witness"), isPersonal: true),
            FactRule(id: "facts", name: Bilingual("违法事实", "Facts"), isPersonal: true),
            FactRule(id: "place", name: Bilingual("地点", "Place")),
            FactRule(id: "violated-on", name: Bilingual("发生日期", "Day"), kind: .date),
            FactRule(id: "item", name: Bilingual("执法事项", "Item"), kind: .item),
            FactRule(id: "draft-decision", name: Bilingual("拟处罚决定", "Draft"), isPersonal: true),
            FactRule(id: "decision-text", name: Bilingual("决定内容", "Decision"), isPersonal: true),
            FactRule(id: "fine-fen", name: Bilingual("罚款", "Fine"), kind: .money),
            FactRule(id: "is-minor", name: Bilingual("未成年人", "Minor"), kind: .truth),
        ],
        stages: [Stage(id: "all", name: Bilingual("全部", "All"))],
        steps: [
            StepRule(
                id: "file", stage: "all", name: Bilingual("立案", "File"),
                collects: ["title", "party", "facts", "item", "place"], document: "filing-approval"),
            StepRule(
                id: "prior-notice", stage: "all", name: Bilingual("事先告知", "Notify"), collects: ["draft-decision"]),
            StepRule(
                id: "decide", stage: "all", name: Bilingual("作出决定", "Decide"), collects: ["decision-text", "fine-fen"],
                document: "penalty-decision", numbered: "罚"),
        ])

    static func day(_ text: String) throws -> LegalDate { try #require(LegalDate(text)) }

    static let body = BodyFacts(
        record: RecordID(home: "440106", flow: .down, kind: "body", naturalKey: "gz-th"), code: "gz-th",
        name: "示例区城市管理局", division: "440106")

    static let item = ItemFacts(
        record: RecordID(home: "44", flow: .down, kind: "item", naturalKey: "440001"), code: "440001",
        name: "占用城市道路摆卖", bases: ["《示例条例》第十二条第一款"], needsHearing: true, needsReview: true)

    /// A case in which everything is known.
    static func context(number: String? = "示城罚〔2026〕12号") throws -> DocumentContext {
        let officers = [
            DocumentContext.Person(name: "林一", certificate: "44010600001"),
            DocumentContext.Person(name: "何二", certificate: "44010600002"),
        ]
        let at = try #require(LegalMoment("2026-03-02T09:05"))
        return DocumentContext(
            procedure: procedure, caseNumber: "示城案〔2026〕7号", at: at, number: number, body: body,
            bodyAddress: "示例路1号", bodyPhone: "020-00000000", officers: officers,
            facts: [
                "title": [.text("\(party)占用道路摆卖案")], "party": [.text(party)], "party-kind": [.text("citizen")],
                "party-id": [.text(partyID)], "party-phone": [.text(partyPhone)],
                "party-address": [.text(partyAddress)],
                "witness": [.text(witness)], "facts": [.text("当事人于2026年3月1日在示例路占道摆卖。")],
                "place": [.text("示例路")], "violated-on": [.text("2026-03-01")], "item": [.text("440001")],
                "draft-decision": [.text("拟罚款")], "decision-text": [.text("罚款伍佰元")], "fine-fen": [.integer(50_000)],
                "is-minor": [.boolean(false)],
            ],
            item: item, benchmark: "初次且及时改正：200元以上500元以下",
            steps: [
                DocumentContext.StepLine(
                    step: "file", name: Bilingual("立案", "File"), outcome: StepRule.done.name, at: at, people: officers),
                DocumentContext.StepLine(
                    step: "prior-notice", name: Bilingual("事先告知", "Notify"), outcome: StepRule.done.name, at: at,
                    people: officers),
            ],
            documents: [.init(title: "事先告知书", number: "示城罚告〔2026〕3号", day: at.day, digest: digest("a"))],
            evidence: [.init(title: "现场照片", day: at.day, digest: digest("b"), note: "共2张")],
            details: ["opinion": "建议立案", "court": "示例区"], volume: try volume())
    }

    static func digest(_ text: String) -> String { FrozenDocument.digest(of: text) }

    static func pieces() throws -> [ArchivePiece] {
        let day = try day("2026-03-02")
        return [
            ArchivePiece(
                name: "filing-approval/1", kind: "filing-approval", step: "file", title: "立案审批表", day: day,
                digest: digest("filing")),
            ArchivePiece(
                name: "evidence/1", sort: .evidence, kind: "photo", step: "survey", title: "现场照片", day: day,
                digest: digest("photo"), note: "共2张"),
            ArchivePiece(
                name: "penalty-decision/1", kind: "penalty-decision", step: "decide", title: "行政处罚决定书",
                number: "示城罚〔2026〕12号", day: day, digest: digest("decision")),
            ArchivePiece(
                name: "discussion-record/1", kind: "discussion-record", step: "discuss", title: "集体讨论笔录", day: day,
                digest: digest("discussion"), volume: .sub),
            ArchivePiece(
                name: "complaint-form/1", kind: "complaint-form", step: "clue", title: "举报登记表", day: day,
                digest: digest("complaint")),
            ArchivePiece(name: "note/1", kind: "note", step: "other", title: "其他", digest: digest("note")),
        ]
    }

    static func volume() throws -> ArchiveVolume {
        ArchiveVolume(
            caseNumber: "示城案〔2026〕7号", title: "占用道路摆卖案", body: "gz-th", sealedOn: try day("2026-05-01"),
            rule: ArchiveRule(main: ["penalty-decision", "file", "evidence"], sub: ["complaint-form"], years: 30),
            pieces: try pieces())
    }
}

/// Offices that edit one publication without knowing of one another.
struct PublicationEdits {
    static let id = RecordID(home: "440106", flow: .up, kind: "publication", naturalKey: "case 1")
    private var writes: [Write] = []
    private var counts: [UInt64: UInt64] = [:]

    @discardableResult
    mutating func write(
        _ field: String, _ type: FieldType = .register, _ text: String?, by office: UInt64 = 1, level: Level = .county,
        replaces: [Citation] = [], stamp: UInt64 = 100
    ) -> Citation {
        counts[office, default: 0] += 1
        let value = text.map(Value.text)
        let edit = Edit(
            kind: Self.id.kind, record: Self.id.key, field: field, type: type, content: value.map(Content.plain),
            isRemoval: text == nil && type != .exists, replaces: replaces)
        let write = Write(
            dot: Dot(
                stream: StreamID(Digest(tag: 255, office, 0, 0, 0)), number: counts[office, default: 0], index: 0),
            check: office &* 1_000 &+ counts[office, default: 0], edit: edit,
            value: value.map(Write.Held.plain) ?? .none, stamp: stamp, level: level)
        writes.append(write)
        return Citation(dot: write.dot, check: write.check)
    }

    /// As a node that has everything shows it.
    var piece: PublishedPiece {
        var state = RecordState(id: Self.id)
        var heads: [StreamID: UInt64] = [:]
        for write in writes {
            state.apply(write) { heads[$0, default: 0] }
            heads[write.dot.stream] = write.dot.number
        }
        return PublishedPiece(state.view)
    }

    /// A publication with everything that a draft writes.
    init(_ draft: PublicationDraft) {
        write("exists", .exists, nil)
        for (field, value) in draft.values {
            if case .text(let text) = value { write(field, .register, text) }
        }
    }
}
