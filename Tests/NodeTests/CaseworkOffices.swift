import Casework
import Divisions
import Ledger
import Libraries
import NIOHTTP1
import Testing

@testable import Node

/// Offices that work on cases through one county's node: two bodies of the county, two towns below it, and people who
/// watch over them; with an item whose basis was amended, a procedure that files and decides, and its documents.
struct CaseworkOffices {
    /// Someone with a token of his own.
    struct Person {
        let certificate: String
        let division: DivisionCode
        let body: String
        var role = Role.officer
        var posts: [Post] = [.officer]

        var record: RecordID {
            RecordID(home: TestAPI.county, flow: .down, kind: "officer", naturalKey: certificate)
        }
    }

    static let item = "44990000000001"
    /// Only on the list of the county's other body.
    static let foreignItem = "44990000000002"
    static let basis = "《示例条例》第八条"
    static let (oldText, newText) = ("倾倒渣土的，处一千元以下罚款。", "倾倒渣土的，处五千元以下罚款。")
    static let partyID = "440781189907070012"
    static let otherBody = "440781-02"
    static let (town, otherTown): (DivisionCode, DivisionCode) = ("440781106", "440781107")

    static let county = Person(certificate: "GD-0001", division: TestAPI.county, body: TestAPI.body)
    static let neighbour = Person(certificate: "GD-0003", division: TestAPI.county, body: otherBody)
    static let townsman = Person(certificate: "GD-1061", division: town, body: "440781106-01")
    static let otherTownsman = Person(certificate: "GD-1071", division: otherTown, body: "440781107-01")
    static let supervisor = Person(
        certificate: "GD-0009", division: TestAPI.county, body: TestAPI.body, role: .supervisor, posts: [.supervisor])
    static let townSupervisor = Person(
        certificate: "GD-1069", division: town, body: "440781106-01", role: .supervisor, posts: [.supervisor])
    private static let people = [county, neighbour, townsman, otherTownsman, supervisor, townSupervisor]

    private static let procedure = """
        procedure: matter
        version: 1
        zh: 示例程序
        en: A matter
        articles: [《示例法》第一条]
        facts:
          - { id: title, zh: 案由, en: Title }
          - { id: item, zh: 执法事项, en: Item, kind: item }
          - { id: party, zh: 当事人, en: Party, personal: true }
          - { id: party-id, zh: 证件号, en: Number, personal: true }
          - { id: violated-on, zh: 违法日期, en: Day of the act, kind: date }
          - { id: law-choice, zh: 适用法律, en: Which law applies }
          - { id: fine-fen, zh: 罚款, en: Fine, kind: money }
        stages:
          - { id: all, zh: 全程, en: All of it }
        steps:
          - id: file
            stage: all
            zh: 立案
            en: File
            certified: 1
            collects: [title, item, party, party-id, violated-on]
            requires: [item, party, party-id]
            document: filing-approval
            gates:
              - { needs: { item: listed }, zh: 事项不属于本主体职权, en: Not the body's item, articles: [行政处罚法第17条] }
          - id: decide
            stage: all
            zh: 决定
            en: Decide
            certified: 1
            collects: [law-choice, fine-fen]
            document: penalty-decision
            exclusive: true
            gates:
              - { needs: { step: file }, zh: 尚未立案, en: Not filed, articles: [行政处罚法第54条] }
          - id: archive
            stage: all
            zh: 归档
            en: Archive
            outcomes:
              - { id: done, zh: 已归档, en: archived, ends: { zh: 结案归档, en: closed and archived } }
            gates:
              - { needs: { step: decide }, zh: 尚未决定, en: Not decided, articles: [行政处罚法第47条] }
        deadlines:
          - id: decision
            zh: 作出决定期限
            en: Time to decide
            articles: [行政处罚法第60条]
            starts: { step: file }
            length: { calendar-days: 90 }
            ends: [decide]
        archive: { main: [filing-approval, penalty-decision, evidence], years: 10 }
        """

    /// What a machine numbers by itself, without people.
    private static let numbering = """
        procedure: numbering
        version: 1
        zh: 编号程序
        en: Numbering
        articles: [《示例法》第一条]
        facts:
          - { id: title, zh: 案由, en: Title }
        stages:
          - { id: all, zh: 全程, en: All of it }
        steps:
          - id: decide
            stage: all
            zh: 决定
            en: Decide
            posts: [officer, system]
            document: penalty-decision
            numbered: 罚
          - id: archive
            stage: all
            zh: 归档
            en: Archive
            outcomes:
              - { id: done, zh: 已归档, en: archived, ends: { zh: 结案归档, en: closed and archived } }
            gates:
              - { needs: { step: decide }, zh: 尚未决定, en: Not decided, articles: [行政处罚法第47条] }
        """

    private static func template(_ kind: String) -> String {
        """
        {{!
        kind: \(kind)
        version: 1
        zh: 示例文书
        en: Document
        }}
        <!DOCTYPE html><html lang="zh-CN"><body><h1>\(kind)</h1><p>{{fact.party}}</p></body></html>
        """
    }

    let api: TestAPI
    private let tokens: [String: String]

    /// Brings everything into the libraries, and makes a token for everyone.
    static func prepare(_ api: TestAPI) async throws -> CaseworkOffices {
        let drafts = bodies + items + law + papers + people.map(officer)
        try await api.call(.POST, "/v1/import", ["drafts": .array(drafts)], as: .librarian, expecting: 200)
        var tokens: [String: String] = [:]
        for person in people {
            let holder = TokenHolder(
                label: person.certificate, role: person.role, author: person.record, division: person.division,
                body: person.body)
            tokens[person.certificate] = try api.tokens.create(holder, now: 0)
        }
        return CaseworkOffices(api: api, tokens: tokens)
    }

    // MARK: What the libraries hold

    private static var bodies: [JSON] {
        [
            (TestAPI.body, "示例市水利局", TestAPI.county, nil), (otherBody, "示例市渔业局", TestAPI.county, nil),
            ("440781106-01", "示例甲镇", town, TestAPI.body), ("440781107-01", "示例乙镇", otherTown, TestAPI.body),
        ].map { (code: String, name: String, division: DivisionCode, parent: String?) -> JSON in
            [
                "kind": "body", "key": .text(code),
                "fields": [
                    "code": .text(code), "name": .text(name), "division": .text(division.text),
                    "body-type": "法定行政机关", "parent": parent.map(JSON.text) ?? .null,
                ],
            ]
        }
    }

    private static var items: [JSON] {
        [
            [
                "kind": "item", "key": .text(item),
                "fields": [
                    "code": .text(item), "name": "对倾倒渣土的处罚", "item-kind": "行政处罚", "procedure": "matter",
                    "bases": [.text(basis)], "valid-from": "2020-01-01",
                ],
            ],
            [
                "kind": "item", "key": .text(foreignItem),
                "fields": [
                    "code": .text(foreignItem), "name": "对电鱼的处罚", "item-kind": "行政处罚",
                    "bodies": [.text(otherBody)],
                ],
            ],
        ]
    }

    /// One law in two editions, the second in force from 2025 on.
    private static var law: [JSON] {
        let title = "示例条例"
        return [("2017-09-01", "2018-01-01", oldText), ("2024-10-01", "2025-01-01", newText)].flatMap {
            (edition: String, effective: String, text: String) -> [JSON] in
            let key = ParsedStatute.naturalKey(title: title, versionDate: LegalDate(edition), part: nil)
            let statute = RecordID(home: TestAPI.county, flow: .down, kind: "statute", naturalKey: key)
            return [
                [
                    "kind": "statute", "key": .text(key),
                    "fields": [
                        "title": .text(title), "version-date": .text(edition), "effective-date": .text(effective),
                        "effective-source": "events", "article-count": 1,
                    ],
                ],
                [
                    "id": .text(ParsedStatute.article("8", of: key, home: TestAPI.county).description),
                    "fields": [
                        "statute": .text(statute.description), "ordinal": 1, "number": 8, "label": "第八条",
                        "text": .text(text),
                    ],
                ],
            ]
        }
    }

    private static var papers: [JSON] {
        let procedures = [("matter", procedure), ("numbering", numbering)].map { id, text -> JSON in
            [
                "kind": "procedure", "key": .text("\(id)@1"),
                "fields": ["id": .text(id), "version": 1, "name": .text(id), "text": .text(text)],
            ]
        }
        let templates = ["filing-approval", "penalty-decision"].map { kind -> JSON in
            [
                "kind": "template", "key": .text("\(kind)@1"),
                "fields": ["id": .text(kind), "version": 1, "name": .text(kind), "text": .text(template(kind))],
            ]
        }
        return procedures + templates
    }

    private static func officer(_ person: Person) -> JSON {
        [
            "kind": "officer", "key": .text(person.certificate),
            "fields": [
                "certificate-no": .text(person.certificate), "name": "陈样某", "body": .text(person.body),
                "division": .text(person.division.text), "areas": [.text(person.division.text)],
                "posts": .array(person.posts.map { .text($0.rawValue) }), "valid-from": "2024-03-01",
                "valid-to": "2049-02-28",
            ],
        ]
    }

    // MARK: What people do

    func headers(_ person: Person) -> [String: String] {
        ["Authorization": "Bearer \(tokens[person.certificate] ?? "")"]
    }

    func open(_ procedure: String = "matter", _ facts: JSON = [:], by person: Person) async throws -> CaseMessage {
        try await api.call(
            .POST, "/v1/cases",
            ["procedure": .text(procedure), "officers": [.text(person.certificate)], "facts": facts],
            headers: headers(person), expecting: 201
        ).read()
    }

    func read(_ id: String, by person: Person) async throws -> CaseMessage {
        try await api.call(.GET, "/v1/cases/\(id)", headers: headers(person), expecting: 200).read()
    }

    @discardableResult
    func take(_ step: String, _ facts: JSON = [:], in id: String, by person: Person) async throws -> CaseMessage {
        let taken: TakenStepMessage = try await api.call(
            .POST, "/v1/cases/\(id)/steps", ["step": .text(step), "facts": facts], headers: headers(person),
            expecting: 201
        ).read()
        return taken.record
    }

    @discardableResult
    func enter(_ facts: JSON, into id: String, by person: Person) async throws -> CaseMessage {
        try await api.call(
            .POST, "/v1/cases/\(id)/facts", ["facts": facts], headers: headers(person), expecting: 200
        ).read()
    }

    /// A case that was filed.
    func file(violatedOn: String = "2026-02-01", by person: Person) async throws -> CaseMessage {
        let id = try await open(by: person).id
        return try await take(
            "file",
            [
                "title": "倾倒渣土案", "item": .text(Self.item), "party": "孙样明", "party-id": .text(Self.partyID),
                "violated-on": .text(violatedOn),
            ], in: id, by: person)
    }

    /// What a copy of a whole machine would write: a decision with a number, and the record of its file.
    func issue(_ number: String, in id: String) async throws {
        let record = try #require(RecordID(id))
        let clock = api.node.clock
        let clerk = RecordClerk(node: api.node, clock: { clock.now }, chance: { UInt64(number.utf8.count) })
        let mark = StepMark(
            step: "decide", at: try #require(LegalMoment(milliseconds: clock.now)), post: .system,
            issued: [StepMark.Issued(kind: "penalty-decision", number: number, digest: "00")])
        try await clerk.write(record, LibraryKinds.caseFile, [("steps", [.text(mark.text)])])
        let evidence = RecordID(home: record.home, flow: .up, kind: "evidence", naturalKey: id)
        try await clerk.write(
            evidence, CaseworkKinds.evidence, [("case", [.record(record)]), ("document-no", [.text(number)])])
    }

    /// The problem that an officer is answered with, in his words.
    func refusal(
        _ method: HTTPMethod, _ path: String, _ body: JSON? = nil, by person: Person, expecting status: Int = 422
    ) async throws -> (detail: String, articles: [String], place: String?) {
        let answer = try await api.call(method, path, body, headers: headers(person), expecting: status)
        let json = try answer.json
        let articles = (json["findings"]?.array ?? []).flatMap { ($0["articles"]?.array ?? []).compactMap(\.text) }
        return (json["detail"]?.text ?? "", articles, json["where"]?.text)
    }

    /// A superior's word on a step.
    func rule(
        _ ruling: String, on step: CaseStepMessage, of id: String, rival: String? = nil, by person: Person
    ) async throws -> CaseMessage {
        try await api.call(
            .POST, "/v1/cases/\(id)/rulings", Self.ruling(ruling, on: step, rival: rival), headers: headers(person),
            expecting: 200
        ).read()
    }

    static func ruling(_ ruling: String, on step: CaseStepMessage, rival: String? = nil) -> JSON {
        var members: [String: JSON] = [
            "ruling": .text(ruling), "target": .text(step.target), "reason": "经核实",
        ]
        if let rival { members["rival"] = .text(rival) }
        return .object(members)
    }
}
