import AsyncHTTPClient
import Divisions
import Foundation
import Ledger
import Libraries
import NIOCore
import NIOHTTP1
import Testing

@testable import Node

/// An office that can work on cases: two certified officers, a body, an item, and a small procedure of its own with the
/// documents it issues.
struct CaseDeskFixture {
    static let procedure = """
        procedure: spot
        version: 1
        zh: 当场处罚
        en: On the spot
        articles: [《示例法》第一条]
        facts:
          - { id: title, zh: 案由, en: Title }
          - { id: item, zh: 执法事项, en: Item, kind: item }
          - { id: party, zh: 当事人, en: Party, personal: true }
          - id: party-kind
            zh: 当事人类型
            en: Kind of party
            kind: choice
            choices: [{ id: citizen, zh: 公民, en: Citizen }, { id: legal, zh: 法人, en: Legal person }]
          - { id: party-id, zh: 证件号, en: Number, personal: true }
          - { id: facts, zh: 违法事实, en: Facts, personal: true }
          - { id: is-minor, zh: 未成年人, en: Minor, kind: truth }
          - { id: fine-fen, zh: 罚款, en: Fine, kind: money }
          - { id: decision-text, zh: 决定, en: Decision, personal: true }
        stages:
          - { id: only, zh: 办理, en: Handling }
        steps:
          - id: look
            stage: only
            zh: 现场检查
            en: Look
            certified: 2
            collects: [title, item, party, party-kind, party-id, facts, is-minor]
            recording: video
          - id: decide
            stage: only
            zh: 决定
            en: Decide
            certified: 2
            collects: [fine-fen, decision-text]
            requires: [party, facts]
            document: on-spot-decision
            gates:
              - { needs: { step: look }, zh: 尚未现场检查, en: Nobody looked, articles: [行政处罚法第42条] }
          - id: publish
            stage: only
            zh: 公示
            en: Publish
            gates:
              - { needs: { step: decide }, zh: 尚未决定, en: Nothing was decided, articles: [行政处罚法第48条] }
          - id: finish
            stage: only
            zh: 办结
            en: Finish
            outcomes:
              - { id: done, zh: 办结, en: done, ends: { zh: 办结, en: finished } }
            gates:
              - { needs: { step: publish }, zh: 尚未公示, en: Nothing was published, articles: [行政处罚法第48条] }
        publicity:
          - id: decision
            zh: 处罚决定
            en: The decision
            phase: after
            after: publish
            shows: [party, facts]
            articles: [行政处罚法第48条]
        """

    static let template = """
        {{!
        kind: on-spot-decision
        version: 1
        zh: 当场处罚决定书
        en: Decision
        required: party, facts
        }}
        <!DOCTYPE html><html lang="zh-CN"><body><p>{{fact.party}}：{{fact.facts}}</p></body></html>
        """

    static let second = "GD-0002"
    static let party = "孙样明"

    let api: TestAPI

    /// Brings everything into the libraries.
    static func prepare(_ api: TestAPI) async throws -> CaseDeskFixture {
        var drafts: [JSON] = [
            [
                "kind": "body", "key": .text(TestAPI.body),
                "fields": [
                    "code": .text(TestAPI.body), "name": "示例市水利局", "division": .text(TestAPI.county.text),
                    "body-type": "法定行政机关", "uscc": "114407810000000358", "sign": "示水",
                ],
            ],
            [
                "kind": "item", "key": "44990000000001",
                "fields": [
                    "code": "44990000000001", "name": "对倾倒渣土的处罚", "item-kind": "行政处罚",
                    "bases": ["《示例条例》第八条"],
                ],
            ],
            [
                "kind": "procedure", "key": "spot@1",
                "fields": ["id": "spot", "version": 1, "name": "当场处罚", "text": .text(procedure)],
            ],
            [
                "kind": "template", "key": "on-spot-decision@1",
                "fields": ["id": "on-spot-decision", "version": 1, "name": "决定书", "text": .text(template)],
            ],
        ]
        for certificate in ["GD-0001", second] {
            drafts.append([
                "kind": "officer", "key": .text(certificate),
                "fields": [
                    "certificate-no": .text(certificate), "name": .text("陈样\(certificate.suffix(1))"),
                    "body": .text(TestAPI.body), "division": .text(TestAPI.county.text),
                    "areas": [.text(TestAPI.county.text)], "valid-from": "2024-03-01", "valid-to": "2049-02-28",
                ],
            ])
        }
        try await api.call(.POST, "/v1/import", ["drafts": .array(drafts)], as: .librarian, expecting: 200)
        return CaseDeskFixture(api: api)
    }

    /// The forms of exchange that this repository ships.
    func importForms() async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Exchange")
        let drafts = try FileManager.default.contentsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".csv") }
            .sorted().map { name -> JSON in
                let text = try String(contentsOf: root.appending(path: name), encoding: .utf8)
                let id = "exchange-form:\(name.dropLast(4))"
                return [
                    "kind": "rule-set", "key": .text("\(id)@1"),
                    "fields": ["id": .text(id), "version": 1, "text": .text(text)],
                ]
            }
        try await api.call(.POST, "/v1/import", ["drafts": .array(drafts)], as: .librarian, expecting: 200)
    }

    func open(_ facts: JSON = [:]) async throws -> CaseMessage {
        try await api.call(
            .POST, "/v1/cases", ["procedure": "spot", "officers": ["GD-0001", .text(Self.second)], "facts": facts],
            expecting: 201
        ).read()
    }

    @discardableResult
    func take(_ step: String, _ facts: JSON = [:], in id: String) async throws -> TakenStepMessage {
        try await api.call(
            .POST, "/v1/cases/\(id)/steps", ["step": .text(step), "with": [.text(Self.second)], "facts": facts],
            expecting: 201
        ).read()
    }

    /// A case that was looked at, decided and published.
    ///
    /// - Returns: its id, and that of its publication.
    func publish(isMinor: Bool = false) async throws -> (record: String, publication: String) {
        let id = try await open().id
        try await take(
            "look",
            [
                "title": "倾倒渣土案", "item": "44990000000001", "party": .text(Self.party), "party-kind": "citizen",
                "party-id": "440781189907070012", "facts": .text("当事人\(Self.party)倾倒渣土"),
                "is-minor": .boolean(isMinor),
            ], in: id)
        try await take("decide", ["fine-fen": 10_000, "decision-text": "罚款一百元"], in: id)
        let published = try await take("publish", in: id).published
        return (id, try #require(published.first))
    }

    func upload(_ text: String) async throws -> FileMessage {
        var request = try api.request(.POST, "/v1/files", headers: ["Content-Type": "application/octet-stream"])
        request.body = .bytes(ByteBuffer(string: text))
        return try await api.send(request, expecting: 201).read()
    }
}
