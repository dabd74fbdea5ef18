import Casework
import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Testing

@testable import Papers

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct PublicityTests {
    private let rule = PublicityRule(
        id: "decision", name: Bilingual("处罚决定", "Decision"), after: "decide",
        shows: ["title", "party", "facts", "fine-fen"],
        shown: Span(3, .months))
    private let pages = PublicityPages(site: Bilingual("示例公示", "Example"), root: "/public")

    private func draft(_ change: (inout DocumentContext) -> Void = { _ in }, withheld: Withholding? = nil) throws
        -> PublicationDraft
    {
        var context = try PapersFixture.context()
        change(&context)
        return PublicationDraft(
            rule, of: RecordID(home: "440106", flow: .up, kind: "case", naturalKey: "1"), context: context,
            decidedOn: try PapersFixture.day("2026-03-02"), calendar: WorkCalendar([]), withheld: withheld)
    }

    @Test func `a publication holds the summary that articles 12 and 13 name, desensitised`() throws {
        let draft = try draft()
        #expect(draft.title == "欧阳**占用道路摆卖案")
        #expect(
            draft.lines.map(\.text) == [
                "示城罚〔2026〕12号", "欧阳**占用道路摆卖案", "欧阳**", "当事人于2026年3月1日在示例路占道摆卖。", "500元", "《示例条例》第十二条第一款", "示例区城市管理局",
                "2026年3月2日",
            ])
        #expect(draft.dueOn == LegalDate("2026-03-11"))
        #expect(draft.expiresOn == LegalDate("2026-06-02"))
        #expect(draft.values.allSatisfy { CaseworkKinds.publication.field($0.field) != nil })
        let again = PublishedPieceLines(PublicationEdits(draft).piece)
        #expect(again.lines == draft.lines && again.title == draft.title)
    }

    private struct PublishedPieceLines {
        let lines: [PublicationDraft.Line]
        let title: String
        init(_ piece: PublishedPiece) { (lines, title) = (piece.lines, piece.title) }
    }

    @Test func `an organisation is named and its representative is not`() throws {
        let draft = try draft { context in
            context.facts["party"] = [.text("示例贸易有限公司")]
            context.facts["party-kind"] = [.text("legal")]
        }
        #expect(draft.lines.contains { $0.text == "示例贸易有限公司" })
    }

    @Test func `a case of a minor is withheld by itself, and shows nothing at all`() throws {
        let draft = try draft { $0.facts["is-minor"] = [.boolean(true)] }
        #expect(draft.withheld == Withholding(.minors))
        #expect(draft.lines.isEmpty && draft.documentNumber == nil)
        let piece = PublicationEdits(draft).piece
        let day = try PapersFixture.day("2026-03-03")
        #expect(piece.standing(on: day) == .withheld(Withholding(.minors)))
        #expect(pages.detail(piece, on: day) == pages.missing())
        #expect(!pages.list([piece], on: day).contains("摆卖"))
    }

    @Test(arguments: NotPublicGround.allCases)
    func `what the law keeps from the public is filed with its reason`(ground: NotPublicGround) throws {
        let withholding = Withholding(ground, reason: "报同级司法行政部门备案")
        #expect(Withholding(withholding.text) == withholding)
        let piece = PublicationEdits(try draft(withheld: withholding)).piece
        #expect(piece.withheld == withholding)
        #expect(!piece.isShown(on: try PapersFixture.day("2026-04-01")))
        #expect(Withholding("其他理由")?.ground == .otherLaw)
    }

    @Test func `a publication is shown from its day to its last day`() throws {
        let piece = PublicationEdits(try draft()).piece
        #expect(piece.standing(on: try PapersFixture.day("2026-03-01")) == .notYet)
        #expect(piece.standing(on: try PapersFixture.day("2026-03-02")) == .shown)
        #expect(piece.standing(on: try PapersFixture.day("2026-06-02")) == .shown)
        let last = try PapersFixture.day("2026-06-02")
        #expect(piece.standing(on: try PapersFixture.day("2026-06-03")) == .expired(last))
    }

    @Test func `a withdrawal wins over every edit made beside it or after it`() throws {
        var edits = PublicationEdits(try draft())
        let at = try #require(LegalMoment("2026-03-20T10:00"))
        edits.write("withdrawals", .log, PublishedPiece.Withdrawal(at: at, reason: "决定被撤销").text, by: 2, level: .county)
        edits.write(
            "content", .register, #"[{"zh":"事实","en":"Facts","text":"改过的内容"}]"#, by: 3, level: .province, stamp: 900)
        edits.write("published-on", .register, "2026-03-21", by: 3, level: .province, stamp: 901)
        edits.write("expires-on", .register, "2036-03-21", by: 3, level: .province, stamp: 902)
        let piece = edits.piece
        let day = try PapersFixture.day("2026-03-25")
        #expect(piece.standing(on: day) == .withdrawn(PublishedPiece.Withdrawal(at: at, reason: "决定被撤销")))
        let detail = pages.detail(piece, on: day)
        #expect(detail.contains("决定被撤销") && !detail.contains("改过的内容"))
        #expect(!pages.list([piece], on: day).contains(piece.id.description))
        let feed = pages.feed([piece], on: day, origin: "https://example.cn")
        #expect(feed.contains("<at:deleted-entry") && !feed.contains("<entry>"))
        // Even an element that says nothing withdraws.
        var odd = PublicationEdits(try draft())
        odd.write("withdrawals", .log, "?", by: 2)
        #expect(!odd.piece.isShown(on: day))
    }

    @Test func `of concurrent ends the sooner counts, and one office's withholding is enough`() throws {
        var edits = PublicationEdits(try draft())
        edits.write("expires-on", .register, "2026-04-01", by: 2, level: .township)
        #expect(!edits.piece.isShown(on: try PapersFixture.day("2026-04-02")))
        edits.write("withheld", .register, "secrets", by: 2, level: .township)
        #expect(!edits.piece.isShown(on: try PapersFixture.day("2026-03-03")))
    }

    @Test func `terms are seven and twenty working days, and three for a withdrawal`() throws {
        // 2026-03-02 is a Monday.
        let day = try PapersFixture.day("2026-03-02")
        let calendar = WorkCalendar([(date: try PapersFixture.day("2026-03-05"), kind: .off)])
        #expect(PublicityTerms.due(phase: .after, itemKind: "行政处罚", from: day, by: calendar) == LegalDate("2026-03-12"))
        #expect(PublicityTerms.due(phase: .after, itemKind: "行政检查", from: day, by: calendar) == LegalDate("2026-03-31"))
        #expect(PublicityTerms.due(phase: .before, itemKind: nil, from: day, by: calendar) == LegalDate("2026-03-31"))
        #expect(PublicityTerms.withdrawalDue(ruledOn: day, by: calendar) == LegalDate("2026-03-06"))
        #expect(PublicityTerms.withdrawalDue(ruledOn: day, isMistake: true, by: calendar) == day)
    }

    @Test func `being late is seen before and after publishing`() throws {
        let late = try #require(LegalMoment("2026-03-12T08:00"))
        let piece = PublicationEdits(try draft { $0.at = late }).piece
        #expect(piece.isLate(on: try PapersFixture.day("2026-03-12")))
        #expect(!PublicationEdits(try draft()).piece.isLate(on: try PapersFixture.day("2027-01-01")))
    }

    @Test func `pages and feed escape what a publication holds, and bring nothing from outside`() throws {
        let draft = try draft { context in
            context.facts["facts"] = [.text("<script>x</script>\" onload='x'&")]
            context.body?.name = "<b>局</b>"
        }
        let piece = PublicationEdits(draft).piece
        let day = try PapersFixture.day("2026-03-03")
        let shown = [
            pages.detail(piece, on: day), pages.list([piece], on: day),
            pages.feed([piece], on: day, origin: "https://example.cn"),
        ]
        for text in shown {
            #expect(!text.contains("<script") && !text.contains("<b>"))
        }
        #expect(!shown[0].contains("http"))
        #expect(shown[0].contains("name=\"viewport\""))
        let parser = XMLParser(data: Data(shown[2].utf8))
        #expect(parser.parse(), "the feed is well-formed XML")
        #expect(shown[2].contains("<updated>2026-03-02T00:00:00+08:00</updated>"))
        #expect(shown[2].contains("urn:tributary:publication:440106:up:"))
    }

    @Test func `a list turns its pages, the latest first`() throws {
        let piece = PublicationEdits(try draft()).piece
        let day = try PapersFixture.day("2026-03-03")
        let many = Array(repeating: piece, count: PublicityPages.piecesPerPageMax + 1)
        #expect(pages.list(many, on: day).contains("?page=2"))
        #expect(!pages.list(many, on: day, page: 2).contains("?page=3"))
        #expect(pages.list(many, on: day, page: 2).contains("?page=1"))
        #expect(pages.list(many, on: day, page: 9).contains("暂无公示信息"))
    }

    @Test func `anyone may look an officer up, and learns seven things`() throws {
        var officer = OfficerFacts(
            record: RecordID(home: "440106", flow: .down, kind: "officer", naturalKey: "44010600001"),
            certificate: "44010600001", name: "林一", body: "gz-th", division: "440106", areas: ["440106"],
            fields: ["城市管理"],
            validFrom: LegalDate("2022-01-01"), validTo: LegalDate("2026-12-31"))
        let day = try PapersFixture.day("2026-03-03")
        let shown = PublicOfficer(officer, bodyName: "示例区城市管理局", areaNames: ["示例区"], on: day)
        let page = pages.officers(asked: "44010600001", shown)
        for text in ["林一", "44010600001", "示例区城市管理局", "示例区", "城市管理", "2022年1月1日至2026年12月31日", "有效"] {
            #expect(page.contains(text), "\(text) is missing")
        }
        #expect(page.components(separatedBy: "<dt>").count == 8)
        let later = try PapersFixture.day("2027-01-01")
        #expect(PublicOfficer(officer, bodyName: nil, areaNames: [], on: later).status == .expired)
        officer.status = CertificateStatus(
            status: .suspended, since: LegalDate("2026-03-03"), stamp: 1,
            citation: Citation(dot: Dot(stream: StreamID(.zero), number: 1, index: 0), check: 0))
        #expect(PublicOfficer(officer, bodyName: nil, areaNames: [], on: day).status == .suspended)
        let before = try PapersFixture.day("2026-03-02")
        #expect(PublicOfficer(officer, bodyName: nil, areaNames: [], on: before).status == .valid)
        #expect(pages.officers(asked: "<x>", nil).contains("没有这个证号"))
        #expect(!pages.officers(asked: "<x>", nil).contains("<x>"))
    }
}
