import Casework
import Ledger
import Libraries
import Testing

@testable import Papers

@Suite struct MaskingTests {
    @Test(arguments: [("张三", "张**"), ("李小龙", "李**"), ("欧阳文轩", "欧阳**"), ("欧阳", "欧**"), ("", "")])
    func `a name keeps its family name`(name: String, masked: String) { #expect(Masking.name(name) == masked) }

    @Test(arguments: [
        ("440106198002290013", "440106********0013"), ("13812341234", "138****1234"), ("138 1234-1234", "138****1234"),
        ("440106800229001", "440106*********"), ("6222021234567890", "************7890"), ("12345", "*****"),
    ])
    func `a number keeps what tells nobody apart`(number: String, masked: String) {
        #expect(Masking.number(number) == masked)
    }

    @Test(arguments: [
        ("广州市天河区中山大道128号3栋501房", "广州市天河区中山大道***"), ("深圳市南山区科技园街道科苑路15号", "深圳市南山区科技园街道科苑路***"),
        ("鹤山市雅瑶镇隔朗村3队", "鹤山市雅瑶镇隔朗村***"), ("广州市越秀区", "广州市越秀区***"), ("佛山市禅城区祖庙街道", "佛山市禅城区祖庙街道***"),
        ("88号", "***"), ("", "***"),
    ])
    func `an address is cut behind the street`(address: String, masked: String) {
        #expect(Masking.address(address) == masked)
    }

    @Test(arguments: [
        ("电话13812341234。", "电话138****1234。"), ("电话１３８１２３４１２３４。", "电话１３８****１２３４。"),
        ("致电138 1234 1234", "致电138 **** 1234"),
        ("+86 13812341234", "+86 138****1234"), ("座机020-87654321", "座机020-8*****21"),
        ("邮箱 li.si@qq.com", "邮箱 *****@qq.com"),
        ("微信号：abc_12345", "微信号：*********"), ("驾驶粤A12345号车", "驾驶粤A*****号车"), ("粤B·D12345", "粤B·******"),
        ("住在中山路12号3栋501房。", "住在中山路***。"), ("位于幸福小区甲栋二单元", "位于幸福小区***"),
    ])
    func `what has the form of something personal is found in free text`(text: String, masked: String) {
        #expect(Masking().text(text) == masked)
    }

    @Test(arguments: [
        "粤环罚〔2026〕13号", "罚款13800元，于2026年3月1日前缴纳", "事项编码44010600123456", "依据《行政处罚法》第五十九条", "信用代码91440101MA5CXA1T34",
        "共计123456789012元",
    ])
    func `numbers that name nobody stay`(text: String) { #expect(Masking().text(text) == text) }

    @Test func `identity numbers are found by their check digit, also within other digits`() throws {
        let valid = PapersFixture.partyID
        #expect(ResidentNumber.isValid(valid))
        #expect(Masking().text("证件\(valid)号") == "证件\(valid.prefix(6))********\(valid.suffix(4))号")
        #expect(!Masking().text("99\(valid)88").contains(valid))
        #expect(Masking().text("卡号6222021234567894") == "卡号************7894")
    }

    @Test func `credit codes of organisations stay`() throws {
        let code = try #require(CreditCode.make(registrar: "91", area: "440101", serial: "MA5CXA1T"))
        #expect(Masking().text("代码\(code)。") == "代码\(code)。")
    }

    @Test func `organisations stay readable, and the name of a person in them elsewhere does not`() {
        let masking = Masking(people: ["王二麻"], organisations: ["示例王二麻贸易有限公司"])
        #expect(masking.text("示例王二麻贸易有限公司的负责人王二麻到场。") == "示例王二麻贸易有限公司的负责人王**到场。")
    }

    @Test func `what the case names is hidden however it is written`() throws {
        let masking = Masking(procedure: PapersFixture.procedure, facts: try PapersFixture.context().facts)
        for written in ["欧阳文轩", "欧阳 文轩", "欧阳·文轩", "欧阳\u{200B}文轩"] {
            #expect(masking.text("查明\(written)摆卖") == "查明欧阳**摆卖")
        }
        #expect(masking.text("文轩摆卖") == "**摆卖")
        #expect(masking.text("见证人陈小明") == "见证人陈**")
        #expect(masking.text("住\(PapersFixture.partyAddress)") == "住广州市天河区示例一路***")
        #expect(masking.text("128号之二3栋501房") == "***")
        #expect(!masking.text("1382600-1234").contains("1382600"))
    }

    @Test func `long texts with many names are masked in bounded time`() {
        let masking = Masking(people: ["张三丰", "李四光"])
        let text = String(repeating: "张三丰与李四光到场。", count: 4_000)
        #expect(masking.text(text) == String(repeating: "张**与李**到场。", count: 4_000))
    }

    @Test func `a short story is no name, and an account is no story`() {
        let procedure = Procedure(
            id: "p", version: 1, name: Bilingual("示例", "Example"),
            facts: ["facts", "talk-text", "contact", "keeper"].map {
                FactRule(id: $0, name: Bilingual($0, $0), isPersonal: true)
            })
        let masking = Masking(
            procedure: procedure,
            facts: [
                "facts": [.text("未戴安全帽")], "talk-text": [.text("已劝阻")], "contact": [.text("li.si.1990@example.cn")],
                "keeper": [.text("赵六")],
            ])
        #expect(masking.text("赵六未戴安全帽，已劝阻") == "赵**未戴安全帽，已劝阻")
        #expect(masking.text("联系li.si.1990@example.cn。") == "联系***@example.cn。")
    }

    @Test(arguments: 0..<200)
    func `no personal value of a case is ever published, wherever free text holds it`(seed: Int) throws {
        var chance = SplitMix64(seed: 4_107, purpose: 1, index: seed)
        var context = try PapersFixture.context()
        let values = [
            PapersFixture.party, String(PapersFixture.party.dropFirst(2)), PapersFixture.partyID,
            PapersFixture.partyPhone,
            PapersFixture.partyAddress, "128号之二3栋501房", PapersFixture.witness,
            String(PapersFixture.witness.dropFirst()),
        ]
        func scattered(_ text: String) -> String {
            var scalars = Array(text.unicodeScalars)
            for _ in 0..<(1 + chance.below(4)) {
                let value = values[chance.below(values.count)]
                let spaced = chance.below(3) == 0 ? value.map { "\($0) " }.joined() : value
                scalars.insert(contentsOf: spaced.unicodeScalars, at: chance.below(scalars.count + 1))
            }
            return Masking.string(scalars)
        }
        for id in ["title", "facts", "place", "decision-text"] {
            context.facts[id] = [.text(scattered("当事人于2026年3月1日在示例路12号旁占道摆卖，罚款13800元，电话020-87654321。"))]
        }
        let rule = PublicityRule(
            id: "decision", name: Bilingual("处罚决定", "Decision"), after: "decide",
            shows: [
                "title", "party", "party-id", "party-phone", "party-address", "witness", "facts", "place",
                "decision-text", "fine-fen",
            ])
        let draft = PublicationDraft(
            rule, of: PublicationEdits.id, context: context, decidedOn: context.at.day, calendar: WorkCalendar([]))
        let piece = PublicationEdits(draft).piece
        let pages = PublicityPages(site: Bilingual("示例公示", "Example"), root: "/public")
        let published = [
            draft.title, pages.detail(piece, on: context.at.day), pages.list([piece], on: context.at.day),
            pages.feed([piece], on: context.at.day, origin: "https://example.cn"),
        ]
        for text in published {
            let folded = Masking.string(Folded(Array(text.unicodeScalars)).scalars)
            for value in values {
                let needle = Masking.string(Folded(Array(value.unicodeScalars)).scalars)
                #expect(!folded.contains(needle), "value \(values.firstIndex(of: value) ?? 0) can be read")
            }
        }
    }
}
