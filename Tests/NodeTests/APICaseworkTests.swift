import Foundation
import Ledger
import Libraries
import NIOHTTP1
import Testing

@testable import Node

/// Items and parties before a case, and what several offices make of one: who takes it over, who rules on it.
struct APICaseworkTests {
    private typealias Offices = CaseworkOffices

    // MARK: Items and parties

    @Test func `a body is shown the items it may use, and those of bodies below, but of none above`() async throws {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let own: ItemList = try await api.call(
                .GET, "/v1/items", headers: offices.headers(Offices.county), expecting: 200
            ).read()
            #expect(own.items.map(\.code) == [Offices.item])
            #expect(own.items.first?.bases == [Offices.basis])
            let other: ItemList = try await api.call(
                .GET, "/v1/items?body=\(Offices.otherBody)", headers: offices.headers(Offices.county), expecting: 200
            ).read()
            #expect(other.items.map(\.code) == [Offices.item, Offices.foreignItem])
            let early: ItemList = try await api.call(
                .GET, "/v1/items?on=2019-12-31", headers: offices.headers(Offices.county), expecting: 200
            ).read()
            #expect(early.items.isEmpty)
            try await api.refused(
                .GET, "/v1/items?body=\(TestAPI.body)", headers: offices.headers(Offices.townsman), .homeForbids,
                at: "query:body")
            try await api.refused(.GET, "/v1/items?body=440781-77", .badValue, at: "query:body")
            try await api.refused(.GET, "/v1/items?on=today", .badValue, at: "query:on")
        }
    }

    @Test func `choosing an item brings its law of both days, its procedure, documents and deadlines`() async throws {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let choice: ItemChoiceMessage = try await api.call(
                .GET, "/v1/items/choice?item=\(Offices.item)&violated-on=2024-05-01",
                headers: offices.headers(Offices.county), expecting: 200
            ).read()
            #expect(choice.item.code == Offices.item)
            #expect(choice.procedure == "matter")
            let basis = try #require(choice.bases.first)
            #expect(choice.bases.count == 1 && basis.reference == Offices.basis)
            #expect(basis.atAct == Offices.oldText && basis.now == Offices.newText && basis.differs)
            #expect(choice.documents.map(\.kind) == ["filing-approval", "penalty-decision"])
            #expect(choice.documents.map(\.step.chinese) == ["立案", "决定"])
            #expect(choice.deadlines.map(\.id) == ["decision"])
            #expect(choice.deadlines.first?.articles == ["行政处罚法第60条"])
            #expect(choice.remarks.contains { $0.articles == ["行政处罚法第37条"] && $0.chinese.contains("违法行为发生时") })

            let recent: ItemChoiceMessage = try await api.call(
                .GET, "/v1/items/choice?item=\(Offices.item)&violated-on=2026-02-01",
                headers: offices.headers(Offices.county), expecting: 200
            ).read()
            #expect(recent.bases.map(\.differs) == [false])
            try await api.refused(.GET, "/v1/items/choice", .missingMember, at: "query:item")
        }
    }

    @Test func `an item on another body's list is refused with its article`() async throws {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let path = "/v1/items/choice?item=\(Offices.foreignItem)"
            let refusal = try await offices.refusal(.GET, path, by: Offices.county)
            #expect(refusal.detail == "该事项不在示例市水利局的权责清单上(行政处罚法第17条)")
            #expect(refusal.articles == ["行政处罚法第17条"] && refusal.place == "query:item")
            try await api.call(.GET, path, headers: offices.headers(Offices.neighbour), expecting: 200)
            let unknown = try await offices.refusal(.GET, "/v1/items/choice?item=44990000000099", by: Offices.county)
            #expect(unknown.detail == "本单位查不到事项44990000000099(行政处罚法第17条)")
        }
    }

    @Test func `items whose basis was amended since they were made are listed`() async throws {
        try await TestAPI.serve { api in
            _ = try await Offices.prepare(api)
            let stale: StaleBasisList = try await api.call(.GET, "/v1/items/stale", expecting: 200).read()
            #expect(stale.bases.map(\.holder) == [Offices.item])
            #expect(stale.bases.map(\.reference) == [Offices.basis])
            #expect(stale.bases.first?.says.chinese == "《示例条例》已修改（2024年10月1日版），该条文字已变")
            let before: StaleBasisList = try await api.call(
                .GET, "/v1/items/stale?on=2024-05-01", expecting: 200
            ).read()
            #expect(before.bases.isEmpty)
        }
    }

    @Test func `stale bases of items and benchmarks are listed together, a page at a time`() async throws {
        try await TestAPI.serve { api in
            _ = try await Offices.prepare(api)
            let tier: JSON = [
                "kind": "benchmark", "key": "示例#1-1/1",
                "fields": [
                    "set": "示例", "item": "1-1", "ordinal": 1, "violation": "倾倒渣土", "basis-law": "示例条例",
                    "basis-article": "第八条", "basis-text": "《示例条例》（2017年通过）第八条：……",
                ],
            ]
            try await api.call(.POST, "/v1/import", ["drafts": [tier]], as: .librarian, expecting: 200)
            let all: StaleBasisList = try await api.call(.GET, "/v1/items/stale", expecting: 200).read()
            #expect(all.bases.map(\.holder) == [Offices.item, "示例#1-1"])
            #expect(all.total == 2 && all.next == nil)
            let first: StaleBasisList = try await api.call(.GET, "/v1/items/stale?limit=1", expecting: 200).read()
            #expect(first.bases == Array(all.bases.prefix(1)) && first.total == 2)
            let next = try #require(first.next?.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
            let second: StaleBasisList = try await api.call(
                .GET, "/v1/items/stale?limit=1&cursor=\(next)", expecting: 200
            ).read()
            #expect(second.bases == Array(all.bases.suffix(1)) && second.next == nil)
        }
    }

    @Test func `a party that registers know is filled in, and one they do not is entered by hand`() async throws {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let drafts: JSON = [
                [
                    "kind": "legal-person", "key": "914407810000000000",
                    "fields": [
                        "uscc": "914407810000000000", "name": "示例建材有限公司", "representative": "李样平",
                        "address": "示例市示例路1号", "phone": "07500000000", "status": "吊销",
                    ],
                ],
                [
                    "kind": "person", "key": .text(Offices.partyID),
                    "fields": ["id-no": .text(Offices.partyID), "name": "孙样明", "address": "示例市示例村2号"],
                ],
            ]
            try await api.call(.POST, "/v1/import", ["drafts": drafts], as: .operator, expecting: 200)
            let company: PartyMessage = try await api.call(
                .POST, "/v1/parties", ["number": "914407810000000000"], expecting: 200
            ).read()
            #expect(company.facts["party"] == "示例建材有限公司" && company.facts["party-kind"] == "legal")
            #expect(company.facts["legal-representative"] == "李样平")
            #expect(company.warnings.contains { $0.chinese == "登记状态为“吊销”，请核对主体" })
            let person: PartyMessage = try await api.call(
                .POST, "/v1/parties", ["number": .text(Offices.partyID)], headers: offices.headers(Offices.townsman),
                expecting: 200
            ).read()
            #expect(person.facts["party"] == "孙样明" && person.facts["party-kind"] == "citizen")
            #expect(person.facts["party-id"] == Offices.partyID)
            try await api.refused(.POST, "/v1/parties", ["number": "914407810000000001"], .notFound, at: "/number")
            try await api.refused(.POST, "/v1/parties", ["id": "914407810000000001"], .missingMember, at: "/number")
        }
    }

    // MARK: Who handles a case

    @Test func `a superior takes a case over, and the lower office cannot take it back`() async throws {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let filed = try await offices.file(by: Offices.townsman)
            #expect(filed.handler == "440781106 440781106-01 GD-1061")
            let path = "/v1/cases/\(filed.id)/handler"
            let taken: CaseMessage = try await api.call(
                .POST, path, ["division": "440781", "body": .text(TestAPI.body), "officers": ["GD-0001"]],
                headers: offices.headers(Offices.county), expecting: 200
            ).read()
            #expect(taken.handler == "440781 440781-01 GD-0001")
            let back = try await offices.refusal(
                .POST, path, ["division": "440781106", "body": "440781106-01", "officers": ["GD-1061"]],
                by: Offices.townsman)
            #expect(back.detail == "本案由上级承办，不能收回")
            #expect(try await offices.read(filed.id, by: Offices.townsman).handler == taken.handler)
            let below = try await offices.refusal(
                .POST, "/v1/cases/\(filed.id)/steps", ["step": "decide"], by: Offices.townsman)
            #expect(below.detail.hasPrefix("本案由其他单位承办，本单位不得作出"))
            let decided = try await offices.take("decide", in: filed.id, by: Offices.county)
            #expect(decided.steps.map(\.division) == ["440781106", "440781"])
            #expect(decided.steps.allSatisfy { $0.counts })
            // Nor is a case handed to an office beside its own.
            let beside = try await offices.refusal(
                .POST, path, ["division": "440781107", "body": "440781107-01"], by: Offices.county, expecting: 403)
            #expect(beside.place == "/division")
        }
    }

    @Test func `a step whose officer was suspended meanwhile waits until a superior, not its own office, confirms it`()
        async throws
    {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let id = try await offices.file(by: Offices.townsman).id
            let status: JSON = [
                "kind": "certificate-status", "key": "GD-1061",
                "fields": ["certificate-no": "GD-1061", "status": "暂扣", "since": "2026-02-01"],
            ]
            try await api.call(.POST, "/v1/import", ["drafts": [status]], as: .librarian, expecting: 200)
            let waiting = try await offices.read(id, by: Offices.supervisor)
            let step = try #require(waiting.steps.first)
            #expect(waiting.standing == "waiting")
            #expect(step.doubts.map(\.chinese) == ["执法证GD-1061在办理时已被暂扣或撤销"])

            let path = "/v1/cases/\(id)/rulings"
            let own = try await offices.refusal(
                .POST, path, Offices.ruling("confirm", on: step), by: Offices.townSupervisor)
            #expect(own.detail == "只有上级机关可以上级确认(行政处罚法第25条)" && own.articles == ["行政处罚法第25条"])
            // An officer of the superior is no supervisor.
            _ = try await offices.refusal(.POST, path, Offices.ruling("confirm", on: step), by: Offices.county)
            let unknown: JSON = ["ruling": "confirm", "target": "00:1:0", "reason": "经核实"]
            let nothing = try await offices.refusal(.POST, path, unknown, by: Offices.supervisor, expecting: 400)
            #expect(nothing.place == "/target")

            let confirmed = try await offices.rule("confirm", on: step, of: id, by: Offices.supervisor)
            #expect(confirmed.standing == "open")
            #expect(confirmed.steps.map(\.step) == ["file", "superior:confirm"])
            #expect(confirmed.steps.allSatisfy { $0.counts && $0.doubts.isEmpty })
        }
    }

    @Test func `a step that a superior sets aside counts no more`() async throws {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let filed = try await offices.file(by: Offices.townsman)
            let step = try #require(filed.steps.first)
            let ruled = try await offices.rule("set-aside", on: step, of: filed.id, by: Offices.supervisor)
            let target = try #require(ruled.steps.first)
            #expect(target.isVoid && !target.counts)
            let refusal = try await offices.refusal(
                .POST, "/v1/cases/\(filed.id)/steps", ["step": "decide"], by: Offices.townsman)
            #expect(refusal.detail == "尚未立案(行政处罚法第54条)")
        }
    }

    // MARK: The archive

    @Test func `a sealed volume is sound until a file is altered, and tells of one that is gone`() async throws {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let id = try await offices.file(by: Offices.townsman).id
            let path = "/v1/cases/\(id)/volume"
            let headers = offices.headers(Offices.townsman)
            try await api.refused(.GET, path, headers: headers, .notFound, at: "path:id")
            try await offices.take("decide", ["fine-fen": 50_000], in: id, by: Offices.townsman)
            try await offices.take("archive", in: id, by: Offices.townsman)

            let sound: VolumeMessage = try await api.call(.GET, path, headers: headers, expecting: 200).read()
            #expect(sound.isSound && sound.altered.isEmpty && sound.absent.isEmpty)
            #expect(sound.sealedOn == "2026-03-01")
            #expect(sound.pieces.map(\.name) == ["filing-approval-1", "penalty-decision-2"])
            #expect(sound.pieces.map(\.ordinal) == [1, 2] && sound.pieces.allSatisfy { $0.volume == "main" })

            func file(_ place: Int) -> String {
                let digest = sound.pieces[place].digest
                return "\(api.directory)/files/\(digest.prefix(2))/\(digest)"
            }
            try FileManager.default.removeItem(atPath: file(1))
            try Data("罚款一元".utf8).write(to: URL(fileURLWithPath: file(1)))
            let altered: VolumeMessage = try await api.call(.GET, path, headers: headers, expecting: 200).read()
            #expect(!altered.isSound && altered.altered == ["penalty-decision-2"] && altered.absent.isEmpty)
            #expect(altered.digest == sound.digest)

            try FileManager.default.removeItem(atPath: file(0))
            let gone: VolumeMessage = try await api.call(.GET, path, headers: headers, expecting: 200).read()
            #expect(gone.absent == ["filing-approval-1"] && gone.altered == ["penalty-decision-2"])
        }
    }

    @Test func `nothing is added to a case that has ended`() async throws {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let id = try await offices.file(by: Offices.townsman).id
            try await offices.take("decide", in: id, by: Offices.townsman)
            let ended = try await offices.take("archive", in: id, by: Offices.townsman)
            #expect(ended.standing == "ended" && ended.standingWords.map(\.chinese) == ["结案归档"])
            #expect(ended.next.isEmpty)
            for (path, body) in [
                ("steps", ["step": "archive"] as JSON), ("facts", ["facts": ["title": "另一案"]]),
            ] {
                let refusal = try await offices.refusal(
                    .POST, "/v1/cases/\(id)/\(path)", body, by: Offices.townsman)
                #expect(refusal.detail.hasPrefix("案件已办结") && refusal.articles == ["环境行政处罚办法第70条"])
            }
            #expect(try await offices.read(id, by: Offices.townsman) == ended)
        }
    }

    // MARK: What several cases raise

    @Test func `a matter that two offices filed waits in both until the common superior has designated one`()
        async throws
    {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let first = try await offices.file(by: Offices.townsman)
            #expect(first.standing == "open")
            let second = try await offices.file(by: Offices.otherTownsman)
            for (id, person) in [(first.id, Offices.townsman), (second.id, Offices.otherTownsman)] {
                let waiting = try await offices.read(id, by: person)
                #expect(waiting.standing == "waiting")
                #expect(waiting.standingWords.map(\.chinese) == ["同一事项另有单位立案，待共同上级指定管辖"])
                let refusal = try await offices.refusal(
                    .POST, "/v1/cases/\(id)/steps", ["step": "decide"], by: person)
                #expect(refusal.detail.contains("另有单位立案"))
            }
            let filing = try #require(first.steps.first)
            let rivalFiling = try #require(second.steps.first)
            let designated = try await offices.rule(
                "designate", on: filing, of: first.id, rival: second.id, by: Offices.supervisor)
            #expect(designated.standing == "open")
            #expect(try await offices.read(second.id, by: Offices.supervisor).standing == "waiting")
            let handedOver = try await offices.rule(
                "hand-over", on: rivalFiling, of: second.id, rival: first.id, by: Offices.supervisor)
            #expect(handedOver.standing == "ended")
            #expect(handedOver.standingWords.map(\.chinese) == ["上级指定其他单位管辖"])
            let decided = try await offices.take("decide", in: first.id, by: Offices.townsman)
            #expect(decided.standing == "open" && decided.steps.last?.counts == true)
        }
    }

    @Test func `the same party on another day is another matter`() async throws {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let first = try await offices.file(by: Offices.townsman)
            let second = try await offices.file(violatedOn: "2026-02-02", by: Offices.otherTownsman)
            #expect(second.standing == "open")
            #expect(try await offices.read(first.id, by: Offices.townsman).standing == "open")
        }
    }

    @Test func `the later of two documents with one number makes its case wait`() async throws {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let number = "示水罚〔2026〕1号"
            let first = try await offices.open("numbering", by: Offices.townsman).id
            let second = try await offices.open("numbering", by: Offices.townsman).id
            try await offices.issue(number, in: first)
            #expect(try await offices.read(first, by: Offices.townsman).standing == "open")
            try await offices.issue(number, in: second)
            #expect(try await offices.read(first, by: Offices.townsman).standing == "open")
            let waiting = try await offices.read(second, by: Offices.townsman)
            #expect(waiting.standing == "waiting")
            #expect(waiting.standingWords.map(\.chinese) == ["文号\(number)重复"])
            let refusal = try await offices.refusal(
                .POST, "/v1/cases/\(second)/steps", ["step": "archive"], by: Offices.townsman)
            #expect(refusal.detail == "本案有待确认：文号\(number)重复")
            try await offices.take("archive", in: first, by: Offices.townsman)
        }
    }

    @Test func `a case waits where the law changed since the act, until somebody says which law applies`()
        async throws
    {
        try await TestAPI.serve { api in
            let offices = try await Offices.prepare(api)
            let id = try await offices.file(by: Offices.townsman).id
            let waiting = try await offices.enter(["violated-on": "2024-05-01"], into: id, by: Offices.townsman)
            #expect(waiting.standing == "waiting" && waiting.standingWords.count == 1)
            #expect(waiting.standingWords.first?.chinese.contains("示例条例》第八条") == true)
            #expect(waiting.standingWords.first?.chinese.contains("已修改，须核对新旧规定") == true)
            let refusal = try await offices.refusal(
                .POST, "/v1/cases/\(id)/steps", ["step": "decide"], by: Offices.townsman)
            #expect(refusal.detail.contains("已修改，须核对新旧规定"))
            let chosen = try await offices.enter(["law-choice": "适用行为时的规定：处罚较轻"], into: id, by: Offices.townsman)
            #expect(chosen.standing == "open" && chosen.standingWords.isEmpty)
            let decided = try await offices.take("decide", in: id, by: Offices.townsman)
            #expect(decided.steps.last?.counts == true)
        }
    }
}
