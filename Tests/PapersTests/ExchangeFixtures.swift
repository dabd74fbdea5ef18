import Casework
import Divisions
import Foundation
import Libraries
import Testing

@testable import Papers

/// The forms as this repository ships them, and acts that fill them.
enum ExchangeFixtures {
    static let files: [ExchangeForms.File] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appending(path: "Exchange")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return names.sorted().compactMap { name in
            (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)).map { .init(name: name, text: $0) }
        }
    }()

    static func forms() throws -> ExchangeForms { try ExchangeForms(files) }

    /// The shipped files with one of them written otherwise.
    static func forms(changing name: String, _ change: (String) -> String) throws -> ExchangeForms {
        try ExchangeForms(files.map { $0.name == name ? .init(name: name, text: change($0.text)) : $0 })
    }

    static func day(_ text: String) throws -> LegalDate { try #require(LegalDate(text)) }
    static func moment(_ text: String) throws -> LegalMoment { try #require(LegalMoment(text)) }

    /// A penalty against a company, complete for every form.
    static func penalty(_ record: String = "case-1", at position: UInt64 = 1) throws -> ExchangeCase {
        let code = try #require(CreditCode.make(registrar: "11", area: "440000", serial: "00000001"))
        var act = ExchangeCase(
            record: record, version: "v1", position: position, firstPosition: position, behaviour: .penalty,
            changedAt: try moment("2026-03-10T09:30"), party: .init(kind: "legal", name: "示例食品有限公司"),
            item: .init(
                catalogueCode: "01234567890123", name: "生产不合格食品", bases: ["《食品安全法》第一百二十四条", "《行政处罚法》第二十八条"]),
            body: .init(name: "示例县市场监督管理局", creditCode: code), division: "440106")
        act.party.creditCode = CreditCode.make(registrar: "91", area: "440106", serial: "MA000001")
        act.party.representative = "赵某"
        act.party.representativeDocumentKind = "resident"
        act.party.representativeDocumentNumber = ResidentNumber.make(
            area: "440106", born: try day("1980-02-29"), serial: 13)
        act.party.registeredAddress = "示例路1号"
        act.conduct.name = "生产不合格食品案"
        act.conduct.number = "XZCF-\(record)"
        act.conduct.inspectionNumber = "XZJC-1"
        act.conduct.source = "inspection"
        act.conduct.procedure = "ordinary"
        act.conduct.facts = "抽检的糕点不合格。"
        act.conduct.filedOn = try day("2026-01-05")
        (act.conduct.hadHearing, act.conduct.isCriminal) = (false, false)
        act.penalty.documentNumber = "示市监罚〔2026〕1号"
        act.penalty.decidedOn = try day("2026-03-02")
        act.penalty.kinds = ["fine", "confiscate-goods", "confiscate-income"]
        act.penalty.content = "罚款并没收违法所得。"
        (act.penalty.fineFen, act.penalty.confiscatedFen) = (123_456_789, 1)
        act.penalty.validTo = try day("2027-03-02")
        (act.penalty.reconsideration, act.penalty.litigation) = ("none", "none")
        act.ending.isNotPenalised = false
        act.ending.closedOn = try day("2026-03-09")
        return act
    }

    static func export(
        _ acts: [ExchangeCase], _ form: String = "credit-penalty-2019", since cursor: ExchangeCursor? = nil,
        rowsMax: Int = ExchangeExporter.rowsMax
    ) throws -> ExchangeBatch {
        try ExchangeExporter(forms()).export(
            form, acts, since: cursor ?? ExchangeCursor(store: "s"), at: moment("2026-03-11T08:00"), rowsMax: rowsMax)
    }
}

extension ExchangeBatch {
    /// What a row says in a field.
    func text(_ code: String, row: Int = 0) -> String? {
        guard let place = form.fields.firstIndex(where: { $0.code == code }), rows.indices.contains(row) else {
            return nil
        }
        return rows[row].texts[place]
    }
}
