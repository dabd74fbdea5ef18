import Casework
import Foundation
import Ledger
import Libraries
import Testing

@testable import Papers

@Suite struct DocumentTests {
    private static let kinds = [
        "complaint-form", "entrustment", "filing-approval", "inquiry-record", "scene-record", "correction-order",
        "sampling-notice", "registration-notice", "registration-decision", "seizure-decision", "seizure-release",
        "investigation-report", "discussion-record", "review-opinion", "penalty-approval", "prior-notice",
        "hearing-notice", "hearing-record", "hearing-report", "defence-record", "penalty-decision", "on-spot-decision",
        "no-penalty-decision", "service-receipt", "instalment-approval", "demand-letter", "enforcement-application",
        "closing-report", "transfer-letter", "withdrawal-approval", "inspection-record", "publicity-withdrawal",
        "volume-cover", "volume-contents", "dispatch-order", "rectification-notice", "evaluation-form",
        "mediation-agreement", "warning-record", "patrol-record", "village-board", "directive-notice",
    ]

    @Test(arguments: kinds)
    func `every kind of document prints whole, and the same each time`(kind: String) throws {
        let templates = try PapersFixture.templates()
        let template = try #require(templates[kind])
        let context = try PapersFixture.context()
        let document = try templates.render(kind, with: context)
        #expect(!document.html.contains("{{") && !document.html.contains("}}"))
        #expect(document.html.contains("<h1>\(template.title.chinese)</h1>"))
        #expect(document.html.contains("示例区城市管理局"))
        #expect(document.html.contains("size: A4"))
        #expect(document.html.contains(#""第 " counter(page) " 页 共 " counter(pages) " 页""#))
        #expect(document.html.contains("（印章）") == template.isSealed)
        #expect(template.signs.isEmpty || document.html.contains("签名") || document.html.contains("盖章"))
        #expect(
            document.html.components(separatedBy: "<table").count
                == document.html.components(separatedBy: "</table>").count)
        for element in ["p", "td", "div", "ol", "tr"] {
            let opened =
                document.html.components(separatedBy: "<\(element)>").count
                + document.html.components(separatedBy: "<\(element) ").count - 1
            #expect(opened == document.html.components(separatedBy: "</\(element)>").count, "\(element) in \(kind)")
        }
        #expect(document == (try templates.render(kind, with: context)))
        #expect(document.digest == FrozenDocument.digest(of: document.html))
        #expect(document.digest.utf8.count == 64)
    }

    @Test(arguments: kinds)
    func `a value is never more than text`(kind: String) throws {
        let templates = try PapersFixture.templates()
        var context = try PapersFixture.context(number: "<b>&\"'〔2026〕1号")
        let hostile = "</style><script>alert(1)</script>\"\u{301} onload='x' {{fact.party-id}} \u{202E}"
        for (id, values) in context.facts {
            for case .text in values where context.procedure.fact(id)?.kind == .text {
                context.facts[id] = [.text(hostile)]
            }
        }
        context.body?.name = hostile
        context.officers = context.officers.map { .init(name: hostile, certificate: $0.certificate + hostile) }
        context.benchmark = hostile
        context.details = Dictionary(
            uniqueKeysWithValues: ["opinion", "court", "reason", "answers"].map { ($0, hostile) })
        context.evidence = [.init(title: hostile, digest: hostile, note: hostile)]
        let html = try templates.render(kind, with: context).html
        #expect(!html.contains("<script") && !html.contains("</style><") && !html.contains("<b>"))
        #expect(!html.unicodeScalars.contains("\u{202E}"))
        #expect(html.components(separatedBy: "</style>").count == 2)
        #expect(html.contains("&lt;script&gt;"))
        #expect(html.contains("{{fact.party-id}}"), "a tag in a value is text")
    }

    @Test func `the digest is plain SHA-256`() {
        #expect(
            FrozenDocument.digest(of: "abc")
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test(arguments: kinds)
    func `what is missing is told in an officer's words`(kind: String) throws {
        let templates = try PapersFixture.templates()
        let template = try #require(templates[kind])
        let empty = DocumentContext(
            procedure: PapersFixture.procedure, at: try PapersFixture.context().at, body: nil, officers: [], facts: [:])
        let fault = #expect(throws: DocumentFault.self) { try templates.render(kind, with: empty) }
        guard case .missing(let title, let missing) = try #require(fault) else {
            Issue.record("expected what is missing")
            return
        }
        #expect(title == template.title)
        #expect(missing.count == template.required.count + 1)
        #expect(missing.allSatisfy { !$0.what.chinese.isEmpty && !$0.what.english.isEmpty })
    }

    @Test func `a fact that is missing names the step that collects it`() throws {
        let templates = try PapersFixture.templates()
        var context = try PapersFixture.context()
        (context.facts["decision-text"], context.number) = (nil, nil)
        let fault = #expect(throws: DocumentFault.self) { try templates.render("penalty-decision", with: context) }
        #expect(fault?.says.chinese == "制作《行政处罚决定书》还缺：文书号、决定内容（在“作出决定”环节录入）")
        #expect(
            fault?.says.english
                == "Penalty decision still needs: the document's number, Decision (entered with \"Decide\")")
    }

    @Test func `a decision says the six things that article 59 asks for`() throws {
        let html = try PapersFixture.templates().render("penalty-decision", with: PapersFixture.context()).html
        let asked = [
            PapersFixture.party, "当事人于2026年3月1日在示例路占道摆卖。", "《示例条例》第十二条第一款", "罚款伍佰元", "人民币伍佰元整（500元）", "十五日内",
            "六十日内", "六个月内", "示例区人民法院", "2026年3月2日", "（印章）", "示城罚〔2026〕12号",
        ]
        for text in asked { #expect(html.contains(text), "\(text) is missing") }
    }

    @Test func `an inquiry shows certificates, tells rights and is confirmed on every page`() throws {
        let html = try PapersFixture.templates().render("inquiry-record", with: PapersFixture.context()).html
        for text in ["44010600001", "44010600002", "申请其回避", "陈述和申辩", "属实。被询问人签名"] {
            #expect(html.contains(text), "\(text) is missing")
        }
        #expect(html.contains("@bottom-left { content: \"以上笔录我已看过，属实。"))
    }

    @Test func `every document of a shipped procedure has a template that its facts can fill`() throws {
        let templates = try PapersFixture.templates()
        for procedure in try PapersFixture.procedures() {
            for step in procedure.steps {
                guard let kind = step.document else { continue }
                let template = try #require(templates[kind], "\(procedure.id): \(step.id) issues \(kind)")
                for name in template.required where !["officers", "case-number", "volume"].contains(name) {
                    let isThere = name == "number" ? step.numbered != nil : procedure.fact(name) != nil
                    #expect(isThere, "\(procedure.id): \(step.id) issues \(kind) without \(name)")
                }
            }
        }
    }

    @Test func `a context follows the words of its facts`() throws {
        var context = try PapersFixture.context()
        context.facts["violated-on"] = [.text("2026-02-28")]
        #expect(context.texts("violated-on") == ["2026年2月28日"])
        #expect(context.texts("fine-fen") == ["500元"])
        #expect(context.texts("party-kind") == ["公民"])
        #expect(context.texts("is-minor") == ["否"])
        #expect(context.texts("item") == ["占用城市道路摆卖（440001）"])
        context.facts["party"] = [.text("")]
        #expect(context.texts("party").isEmpty)
    }

    @Test func `a benchmark is quoted by the circumstance chosen`() {
        let tier = Benchmark.Tier(
            tier: 1, ordinal: 2, circumstance: "初次", standard: "处200元", unit: .yuan, least: 20_000, most: 20_000)
        let benchmark = Benchmark(set: "s", item: "1", bounds: .bothIncluded, model: .tiers([tier]))
        #expect(benchmark.words(circumstance: .integer(2)) == "初次：处200元")
        #expect(benchmark.words(circumstance: .integer(3)) == nil)
        #expect(benchmark.words(circumstance: nil) == nil)
    }
}

@Suite struct TemplateTests {
    private static let head = "{{!\nkind: a\nversion: 1\nzh: 甲\nen: A\n}}\n"

    @Test(arguments: [
        ("<p>{{{fact.party}}}</p>", "{{{"), ("<p>{{&fact.party}}</p>", "{{&"), ("{{=<% %>=}}", "{{="),
        ("<SCRIPT>x</SCRIPT>", "<script"), ("<p onclick=\"x\">", "onclick"), ("<img src=\"x\">", "<img"),
        ("<a href=\"x\">", "href="), ("<style>p{background:url(x)}</style>", "url("), ("@import 'x'", "@import"),
        ("{{%CONTENT_TYPE: HTML}}", "{{%"), ("<p>{{fct.party}}</p>", "fct"), ("{{#nobody}}x{{/nobody}}", "nobody"),
        ("{{>*fact}}", "{{>*"),
    ])
    func `a template that could act, fetch or print nothing is refused with its line`(line: String, named: String) {
        let fault = #expect(throws: TemplateFault.self) {
            try DocumentTemplate(name: "a.mustache", text: Self.head + "<p>甲</p>\n" + line + "\n")
        }
        #expect(fault?.line == 8)
        #expect(fault?.what.contains(named) == true)
    }

    @Test(arguments: [
        ("<p></p>", 1, "begins with a comment"), ("{{!\nkind: a\n", 1, "has no end"),
        ("{{!\nkind: a\n}}\n", 1, "version"),
        ("{{!\nkind: a\nversion: 0\n}}\n", 3, "version"), ("{{!\nkind: a\ncolour: red\n}}\n", 3, "colour"),
        ("{{!\nkind: a\nversion: 1\nzh: 甲\nen: A\nvolume: third\n}}\n", 6, "volume"),
        ("{{!\nkind: a\nversion: 1\nzh: 甲\nen: A\nseal: maybe\n}}\n", 6, "seal"), ("{{!\nkind\n}}\n", 2, "key: value"),
    ])
    func `a head that says too little or too much is refused with its line`(text: String, line: Int, named: String) {
        let fault = #expect(throws: TemplateFault.self) { try DocumentTemplate(name: "a.mustache", text: text) }
        #expect(fault?.line == line)
        #expect(fault?.what.contains(named) == true)
    }

    @Test func `a section that is not closed is refused`() {
        #expect(throws: TemplateFault.self) {
            try DocumentTemplate(name: "a.mustache", text: Self.head + "{{#number}}\n<p></p>\n")
        }
    }

    @Test func `a part that is missing is told of`() throws {
        let template = try DocumentTemplate(name: "a.mustache", text: Self.head + "{{>_nowhere}}\n")
        #expect(template.parts == ["_nowhere"])
        #expect(throws: TemplateFault.self) { try DocumentTemplates([("a", Self.head + "{{>_nowhere}}\n")]) }
        var templates = DocumentTemplates()
        templates.add(template)
        #expect(throws: DocumentFault.unknownPart(kind: "a", part: "_nowhere")) {
            try templates.render("a", with: PapersFixture.context())
        }
    }

    @Test func `a case keeps to its version of a template, and others take the latest`() throws {
        var templates = DocumentTemplates()
        templates.add(try DocumentTemplate(name: "1", text: Self.head + "old\n"))
        let newer = Self.head.replacing("version: 1", with: "version: 2")
        templates.add(try DocumentTemplate(name: "2", text: newer + "new\n"))
        let context = try PapersFixture.context()
        #expect(try templates.render("a", with: context).html == "new\n")
        #expect(try templates.render("a", version: 1, with: context).html == "old\n")
        #expect(throws: DocumentFault.unknownTemplate(kind: "a", version: 3)) {
            try templates.render("a", version: 3, with: context)
        }
        #expect(templates.kinds == ["a"])
    }
}
