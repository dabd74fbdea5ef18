import Casework
import Divisions
import Libraries
import Testing

struct ProcedureReaderTests {
    @Test func `a file is read whole`() throws {
        let procedure = try Procedure(yaml: ProcedureFixture.text, file: "small-case.yaml")
        #expect(procedure.reference == "small-case@2")
        #expect(procedure.name == Bilingual("小案程序", "Small case"))
        #expect(procedure.articles == ["《示例条例》第一条"])
        #expect(procedure.facts.map(\.kind) == [.text, .item, .text, .money, .text, .truth, .choice, .date])
        #expect(procedure.fact("party")?.isPersonal == true)
        #expect(procedure.fact("party-kind")?.choices.map(\.id) == ["citizen"])
        #expect(procedure.stages.map(\.id) == ["survey", "decision"])
        let filing = try #require(procedure.step("filing"))
        #expect(filing.posts == [.officer, .responsible])
        #expect(filing.levels == [.county, .township])
        #expect(filing.certified == 2 && filing.recording == .video && filing.opens == ["transfer"])
        #expect(filing.advice == Bilingual("先核对事项", "Check the item first"))
        #expect(filing.outcomes == [StepRule.done])
        #expect(
            filing.gates == [
                Gate(
                    .itemListed, says: Bilingual("事项须在清单内", "The item must be on the list"), articles: ["示例条例第3条"])
            ])
        let review = try #require(procedure.step("review"))
        #expect(review.isRepeated && review.notWhoDid == ["filing"])
        #expect(review.gates[0].when == .any([.fact("is-minor", .isTrue), .fact("party-kind", .isOneOf(["citizen"]))]))
        let decision = try #require(procedure.step("decision"))
        #expect(decision.when == .not(.fact("is-minor", .isTrue)))
        #expect(decision.gates[0].condition == .step("review", outcome: "passed", over: ["draft-decision"]))
        #expect(decision.gates[1].condition == .withinBenchmark(fact: "fine-fen", reason: "deviation-reason"))
        #expect(decision.gates[2].condition == .all([.count("review", atLeast: 1), .tally("reviews", .atLeast(1))]))
        #expect(decision.gates[3].condition == .not(.passed(deadline: "ninety-days")))
        #expect(decision.numbered == "罚" && decision.isExclusive && decision.document == "penalty-decision")
        #expect(decision.outcomes[0].ending == Bilingual("结案", "closed"))
    }

    @Test func `deadlines, tallies, publicity and the archive are read whole`() throws {
        let procedure = try Procedure(yaml: ProcedureFixture.text, file: "small-case.yaml")
        let ninety = try #require(procedure.deadline("ninety-days"))
        #expect(ninety.start == .step("filing", outcome: "done", again: true))
        #expect(ninety.length == Span(90, .calendarDays) && ninety.warning == Span(10, .calendarDays))
        #expect(ninety.pauses == [DeadlineRule.Pause(from: "filing", to: "review")])
        #expect(
            ninety.extensions
                == [DeadlineRule.Extension(step: "review", outcome: "returned", by: Span(5, .workingDays), times: 2)])
        #expect(ninety.missed == .flagged)
        let payment = try #require(procedure.deadline("payment"))
        #expect(payment.start == .fact("served-on") && payment.missed == .charges(basisPointsADay: 300, of: "fine-fen"))
        #expect(procedure.tallies.map(\.way) == [.count])
        let result = procedure.publicity[0]
        #expect(result.phase == .after && result.shown == Span(3, .years) && result.deadline == "ninety-days")
        #expect(procedure.archive.main == ["penalty-decision", "filing", "evidence"] && procedure.archive.years == 30)
    }

    @Test func `every comparison is read as what it is`() throws {
        let comparisons: [(String, Condition.Test)] = [
            ("at-least: 5", .atLeast(5)), ("above: 5", .above(5)), ("at-most: 5", .atMost(5)),
            ("below: -5", .below(-5)),
        ]
        for (text, test) in comparisons {
            let yaml = ProcedureFixture.text("{ not: { passed: ninety-days } }", "{ fact: fine-fen, \(text) }")
            let procedure = try Procedure(yaml: yaml, file: "a")
            #expect(procedure.step("decision")?.gates[3].condition == .fact("fine-fen", test))
        }
        let texts: [(String, String, Condition.Test)] = [
            ("is-minor", "is: false", .isNotTrue), ("party", #"is: "true""#, .equals("true")),
            ("party", "is: 甲", .equals("甲")),
        ]
        for (fact, text, test) in texts {
            let yaml = ProcedureFixture.text("{ not: { passed: ninety-days } }", "{ fact: \(fact), \(text) }")
            let procedure = try Procedure(yaml: yaml, file: "a")
            #expect(procedure.step("decision")?.gates[3].condition == .fact(fact, test))
        }
    }

    @Test func `what happens when a deadline is missed is read in each of its forms`() throws {
        let forms: [(String, DeadlineRule.Missed)] = [
            ("flagged", .flagged), ("lapses", .lapses), ("{ blocks: [review] }", .blocks(["review"])),
            ("{ ends: { zh: 到期, en: expired } }", .ends(Bilingual("到期", "expired"))),
        ]
        for (text, missed) in forms {
            let yaml = ProcedureFixture.text(
                "warning: { calendar-days: 10 }", "warning: { calendar-days: 10 }\n    missed: \(text)")
            #expect(try Procedure(yaml: yaml, file: "a").deadline("ninety-days")?.missed == missed)
        }
    }

    /// A piece of the file, what stands there instead, and words of the fault it makes on that line.
    static let errors: [(String, String, String)] = [
        ("zh: 小案程序", "zh: 小案程序\nname: 小案", "unknown key \"name\" in the file"),
        ("en: Small case", "en: true", "\"en\" must be text, which \"true\" is not: put it in quotes"),
        ("en: Small case", "en:", "\"en\" is empty"),
        ("version: 2", "version: two", "\"version\" must be a whole number"),
        ("version: 2", "version: \"2\"", "without quotes"),
        ("version: 2", "version: 0", "from 1 to"),
        ("version: 2", "version: 2\nurgent: yes", "\"urgent\" must be true or false"),
        ("procedure: small-case", "procedure: Small Case", "lower-case letters, digits and hyphens"),
        ("personal: true }", "personal: true, secret: 1 }", "unknown key \"secret\" in a fact"),
        ("kind: item }", "kind: thing }", "\"thing\" is no kind of fact; known are text"),
        ("choices: [{ id: citizen, zh: 公民, en: Citizen }]", "many: false", "list its \"choices\""),
        ("posts: [reviewer]", "posts: [lawyer]", "\"lawyer\" is no post; known are officer"),
        ("levels: [county, township]", "levels: [region]", "\"region\" is no level; known are province"),
        ("certified: 2", "certified: 11", "from 0 to 10"),
        ("recording: video", "recording: tape", "\"tape\" is no way of recording"),
        ("collects: [served-on]", "collects: served-on", "this must be a list"),
        ("requires: [fine-fen]", "requires: [fine-fen, fine-fen]", "\"fine-fen\" stands here twice"),
        ("needs: { item: listed }", "needs: { item: yes-it-is }", "known are listed"),
        ("needs: { item: listed }", "needs: { thing: listed }", "a condition has one of the keys fact, tally"),
        ("needs: { item: listed }", "needs: { fact: party, is: a, in: [a] }", "give one comparison"),
        ("needs: { item: listed }", "needs: { tally: reviews }", "give one comparison"),
        ("needs: { item: listed }", "needs: { all: [] }", "this list has 0 elements; it may have 1 to"),
        ("needs: { item: listed }", "needs: { benchmark: fine-fen }", "needs the key \"reason\""),
        ("needs: { item: listed }, zh", "when: { item: listed }, zh", "a gate needs the key \"needs\""),
        ("ends: { zh: 结案, en: closed }", "ends: true", "\"ends\" must be a mapping"),
        ("length: { calendar-days: 90 }", "length: { weeks: 2 }", "unknown key \"weeks\""),
        ("length: { calendar-days: 90 }", "length: { months: 2, years: 1 }", "exactly one unit"),
        ("starts: { fact: served-on }", "starts: { fact: served-on, step: filing }", "remove \"step\""),
        ("starts: { fact: served-on }", "starts: { again: true }", "needs the key \"step\""),
        ("missed: { charges:", "missed: { ends: { zh: 甲, en: a }, charges:", "give exactly one of"),
        ("step: review, way: count", "step: review, way: mean", "needs the key \"figure\""),
        ("step: review, way: count", "step: review, way: count, figure: score", "remove \"figure\""),
        ("years: 30", "years: 30, months: 1", "unknown key \"months\""),
    ]

    @Test(arguments: errors)
    func `what cannot be read is refused with its line and what to do`(old: String, new: String, says: String) throws {
        let yaml = ProcedureFixture.text(old, new)
        let faults = ProcedureFixture.faults(yaml)
        let fault = try #require(faults.first { $0.reason.english.contains(says) }, "\(faults)")
        let last = new.split(separator: "\n").last.map(String.init) ?? new
        let line = try #require(ProcedureFixture.line(of: last, in: yaml))
        #expect(abs(fault.line - line) <= (old.contains("charges") ? 1 : 0), "\(fault)")
        #expect(!fault.reason.chinese.isEmpty)
    }

    @Test func `a description names file, line and column, one fault a line`() throws {
        let yaml = ProcedureFixture.text("version: 2", "version: two")
        let fault = #expect(throws: ProcedureFault.self) { try Procedure(yaml: yaml, file: "p/small-case.yaml") }
        let description = try #require(fault?.description)
        #expect(description.hasPrefix("p/small-case.yaml:2:10: version 须为1至1000000的整数"))
        #expect(!description.contains("\n"))
    }

    @Test func `all that cannot be read stands in one report, in the order of the file`() {
        let yaml = ProcedureFixture.text
            .replacing("recording: video", with: "recording: tape").replacing("version: 2", with: "version: two")
            .replacing("years: 30", with: "years: many")
        let lines = ProcedureFixture.faults(yaml).map(\.line)
        #expect(lines.count == 3)
        #expect(lines == lines.sorted())
    }

    @Test func `a key that stands twice is refused`() {
        let faults = ProcedureFixture.faults(ProcedureFixture.text("version: 2", "version: 2\nversion: 3"))
        #expect(faults.count == 1)
        #expect(faults.first?.reason.english.contains("\"version\" is given twice") == true)
    }

    @Test(arguments: ["", "# nothing\n", "- a\n", "a: [", "\u{0}", "a: b: c", "--- a\n--- b\n", "procedure: !!int 3"])
    func `what is no procedure at all is refused`(text: String) {
        #expect(!ProcedureFixture.faults(text).isEmpty)
    }

    @Test func `a text that is too long for one entry is refused before it is read`() {
        let faults = ProcedureFixture.faults(
            ProcedureFixture.text + String(repeating: "# 长\n", count: Procedure.textBytesMax / 4))
        #expect(faults.count == 1)
        #expect(faults.first?.reason.english.contains("at most \(Procedure.textBytesMax)") == true)
    }

    @Test(arguments: ["[", "{a: ", "- ", "? ", "{? ["])
    func `deep nesting is refused and ends nothing`(piece: String) {
        let text = String(repeating: piece, count: Procedure.textBytesMax / piece.utf8.count)
        #expect(!ProcedureFixture.faults(text).isEmpty)
        let closed = "procedure: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
        #expect(!ProcedureFixture.faults(closed).isEmpty)
    }

    @Test func `conditions that stand too deep in one another are refused`() {
        let deep = String(repeating: "{ not: ", count: 40) + "{ step: filing }" + String(repeating: " }", count: 40)
        let faults = ProcedureFixture.faults(ProcedureFixture.text("{ not: { passed: ninety-days } }", deep))
        #expect(faults.count == 1)
        #expect(faults.first?.reason.english.contains("deep in one another") == true)
    }

    @Test(arguments: ["a: &a [x, x]\nb: *a", "? &a x\n: *a", "- &a [x]\n- ? *a\n  : y", "k: [*a]"])
    func `anchors and aliases are refused before they can grow`(text: String) {
        let faults = ProcedureFixture.faults(text)
        #expect(faults.count == 1)
        #expect(faults.first?.reason.english.contains("anchors and aliases") == true)
    }

    @Test func `a text of nine aliases of nine aliases is refused at once`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...40 {
            let list = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "? &a\(level) [\(list)]\n: x\n"
        }
        #expect(ProcedureFixture.faults(text).count == 1)
    }

    @Test func `a sign that begins no anchor is text like any other`() throws {
        let yaml = ProcedureFixture.text("en: Small case", "en: Search & seizure, a*b and R&D")
        #expect(try Procedure(yaml: yaml, file: "a").name.english == "Search & seizure, a*b and R&D")
    }

    @Test func `a report has an end`() {
        let list = (0..<150).map { "  - { id: Fact \($0), zh: 甲, en: A }\n" }.joined()
        let faults = ProcedureFixture.faults(ProcedureFixture.text("facts:\n", "facts:\n" + list))
        #expect(faults.count == ProcedureFault.faultsMax)
    }
}
