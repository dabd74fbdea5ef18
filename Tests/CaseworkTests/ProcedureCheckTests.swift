import Casework
import Libraries
import Testing

struct ProcedureCheckTests {
    @Test func `a procedure that is right passes`() {
        #expect(ProcedureFixture.faults(ProcedureFixture.text) == [])
    }

    /// A piece of the file, what stands there instead, and words of the fault it makes.
    static let errors: [(String, String, String)] = [
        // Names of what is not there.
        ("{ step: filing }", "{ step: filling }", "there is no step \"filling\"; there are: filing, review, decision"),
        ("outcome: passed, over", "outcome: past, over", "there is no outcome of step \"review\" \"past\""),
        ("over: [draft-decision]", "over: [draft]", "there is no fact \"draft\""),
        ("requires: [fine-fen]", "requires: [fine]", "there is no fact \"fine\""),
        ("collects: [served-on]", "collects: [served-on, other]", "there is no fact \"other\""),
        ("not-who-did: [filing]", "not-who-did: [scene]", "there is no step \"scene\""),
        ("stage: decision\n", "stage: decisions\n", "there is no stage \"decisions\""),
        ("{ passed: ninety-days }", "{ running: ninety }", "there is no deadline \"ninety\""),
        ("{ tally: reviews,", "{ tally: scores,", "there is no tally \"scores\""),
        ("starts: { step: filing,", "starts: { step: opening,", "there is no step \"opening\""),
        ("outcome: done, again", "outcome: filed, again", "there is no outcome of step \"filing\" \"filed\""),
        ("starts: { fact: served-on }", "starts: { fact: paid-on }", "there is no fact \"paid-on\""),
        ("ends: [decision]", "ends: [decided]", "there is no step \"decided\""),
        ("pauses: [{ from: filing,", "pauses: [{ from: appraisal,", "there is no step \"appraisal\""),
        ("extends: [{ step: review, outcome: returned", "extends: [{ step: longer", "there is no step \"longer\""),
        ("of: fine-fen }", "of: base }", "there is no fact \"base\""),
        ("step: review, way: count", "step: score, way: count", "there is no step \"score\""),
        ("after: decision,", "after: closing,", "there is no step \"closing\""),
        ("outcomes: [fined],", "outcomes: [freed],", "there is no outcome of step \"decision\" \"freed\""),
        ("shows: [party, fine-fen]", "shows: [name]", "there is no fact \"name\""),
        ("deadline: ninety-days,\n", "deadline: seven,\n", "there is no deadline \"seven\""),
        ("main: [penalty-decision,", "main: [penalty,", "\"penalty\" in \"archive\" is no step and no document"),
        ("warning: { calendar-days: 10 }", "missed: { blocks: [appeal] }", "there is no step \"appeal\""),
        (
            "{ fact: party-kind, in: [citizen] }", "{ fact: party-kind, in: [legal] }",
            "no choice of \"party-kind\" \"legal\""
        ),
        // Twice.
        ("{ id: decision, zh: 决定", "{ id: survey, zh: 决定", "\"survey\" is defined in line"),
        ("{ id: returned,", "{ id: passed,", "\"passed\" stands here twice"),
        ("- id: review\n", "- id: filing\n", "\"filing\" is defined in line"),
        ("sub: [review]", "sub: [review, filing]", "\"filing\" stands here twice"),
        // Of the wrong sort.
        ("{ fact: is-minor, is: true }, {", "{ fact: is-minor, at-least: 1 }, {", "here it must be integer or money"),
        ("{ fact: is-minor, is: true }, {", "{ fact: party, is: true }, {", "here it must be truth"),
        ("{ fact: is-minor, is: true }, {", "{ fact: is-minor, is: hello }, {", "write is: true or is: false"),
        ("{ fact: is-minor, is: true }, {", "{ fact: fine-fen, is: \"5\" }, {", "compare it with at-least"),
        ("starts: { fact: served-on }", "starts: { fact: party }", "here it must be date or moment"),
        ("of: fine-fen }", "of: party }", "here it must be money"),
        ("{ id: party, zh: 当事人, en: Party, personal: true }", "{ id: party, zh: 甲, en: A }", "add personal: true"),
        ("{ id: served-on,", "{ id: handler,", "is a field that every case has"),
        // What a step cannot be.
        ("    document: penalty-decision\n", "", "is exclusive: name the document"),
        ("    document: filing-approval\n", "    numbered: 立\n", "is numbered: name the document"),
        ("numbered: 罚", "numbered: F", "must be 1 to 8 Chinese characters"),
        ("posts: [reviewer]", "posts: []", "nobody can take step \"review\""),
        ("posts: [officer, responsible]", "posts: [system]", "the system, which holds no certificate"),
        ("not-who-did: [filing]", "not-who-did: [review]\n    optional: true", ""),
        // What cannot be done.
        (
            "collects: [draft-decision, fine-fen,", "collects: [fine-fen,",
            "no step collects the fact \"draft-decision\""
        ),
        ("{ count: review, at-least: 1 }", "{ count: filing, at-least: 2 }", "which is taken once (repeated: true)"),
        ("collects: [party, item,", "collects: [party,", "a fact of kind item that is collected"),
        (", ends: { zh: 结案, en: closed } }", " }", "a case can never end"),
        ("ends: [decision]\n", "ends: []\n", "no step fulfils deadline \"ninety-days\""),
        ("pauses: [{ from: filing, to: review }]", "pauses: [{ from: filing, to: filing }]", "begins and ends with"),
    ]

    @Test(arguments: errors)
    func `what cannot be is refused with what to do`(old: String, new: String, says: String) {
        let faults = ProcedureFixture.faults(ProcedureFixture.text(old, new))
        if says.isEmpty {
            #expect(faults == [], "a repeated step may ask for another person each time")
        } else {
            #expect(faults.contains { $0.reason.english.contains(says) }, "\(faults)")
        }
    }

    @Test func `a fault stands at the line of what names the missing thing`() throws {
        let yaml = ProcedureFixture.text("over: [draft-decision]", "over: [draft]")
        let fault = try #require(ProcedureFixture.faults(yaml).first)
        #expect(fault.line == ProcedureFixture.line(of: "over: [draft]", in: yaml))
    }

    @Test func `a cycle of needs is refused at each gate, and the circle is told`() throws {
        let yaml = ProcedureFixture.text("needs: { item: listed }", "needs: { step: decision }")
        let faults = ProcedureFixture.faults(yaml)
        let gate = try #require(faults.first { $0.reason.english.contains("wait for one another") })
        #expect(gate.line == ProcedureFixture.line(of: "needs: { step: decision }", in: yaml))
        #expect(gate.reason.english.contains("filing → decision → review → filing"))
        #expect(gate.reason.chinese.contains("互相等待"))
        let unreachable = faults.filter { $0.reason.english.contains("can never be taken") }.map(\.line)
        #expect(
            unreachable
                == ["- id: filing", "- id: review", "- id: decision"].map { piece in
                    ProcedureFixture.line(of: piece, in: yaml)
                })
        #expect(faults.contains { $0.reason.english.contains("stage \"survey\" can never be come to") })
        #expect(faults.contains { $0.reason.english.contains("deadline \"ninety-days\" never begins") })
    }

    @Test func `a step that waits for itself is refused`() {
        let yaml = ProcedureFixture.text("{ step: filing }", "{ all: [{ step: review }, { step: filing }] }")
            .replacing("when: { any:", with: "when: { all:")
        let faults = ProcedureFixture.faults(
            yaml.replacing(
                "when: { all: [{ fact: is-minor, is: true }, { fact: party-kind, in: [citizen] }] }",
                with: "articles: [示例条例第4条]"))
        #expect(faults.contains { $0.reason.english.contains("review → review") }, "\(faults)")
    }

    @Test func `a gate that stands only sometimes bars no way`() {
        let yaml = ProcedureFixture.text("{ step: filing }", "{ step: decision }")
        #expect(ProcedureFixture.faults(yaml) == [], "whoever is no minor and no citizen passes it")
    }

    @Test func `a stage without steps is refused at its line`() throws {
        let yaml = ProcedureFixture.text("stages:\n", "stages:\n  - { id: empty, zh: 空, en: Empty }\n")
        let faults = ProcedureFixture.faults(yaml)
        #expect(faults.count == 1)
        #expect(faults.first?.line == ProcedureFixture.line(of: "id: empty", in: yaml))
        #expect(faults.first?.reason.english.contains("it has no steps") == true)
    }

    @Test func `a case that ends by a deadline alone does end`() {
        let yaml = ProcedureFixture.text(", ends: { zh: 结案, en: closed } }", " }")
            .replacing("warning: { calendar-days: 10 }", with: "missed: { ends: { zh: 到期, en: expired } }")
        #expect(ProcedureFixture.faults(yaml) == [])
    }

    @Test func `all that is wrong stands in one report`() {
        let yaml = ProcedureFixture.text.replacing("posts: [reviewer]", with: "posts: []")
            .replacing("numbered: 罚", with: "numbered: F").replacing("after: decision,", with: "after: closing,")
        #expect(ProcedureFixture.faults(yaml).count == 3)
    }
}
