import Divisions
import Simulation
import Testing

/// What a file cannot mean is refused with the place that is wrong.
@Suite struct StoryRefusalTests {
    private static func refusal(_ yaml: String, named: String = "told.yaml") -> StoryFault? {
        do {
            _ = try Told.parse(yaml, named: named)
            return nil
        } catch {
            return error as? StoryFault
        }
    }

    private static let open = "at: 09:00, open: 陈案, by: town-1-1-1"

    /// Steps of which the last is wrong, and part of what is said of it.
    private static let steps: [(steps: [String], says: String)] = [
        (["at: 09:00"], "a step needs one of open, edit"),
        (["at: 09:00, cut: all, heal: all"], "a step tells one thing: \"cut\" or \"heal\""),
        (["at: 09:00, cut: all, until: 10:00"], "unknown key \"until\" in a step that tells \"cut\""),
        (["cut: all"], "needs the key \"at\""),
        (["at: 09:00, faults: { count: 3 }"], "unknown key \"at\""),
        (["from: 09:00, faults: { count: 3 }"], "needs the key \"to\""),
        (["from: 09:00, to: 08:00, faults: { count: 3 }"], "it ends before it begins"),
        (["from: 09:00..10:00, to: 09:30, faults: { count: 3 }"], "it ends before it begins"),
        (["from: 09:00, to: end, faults: { count: 3 }"], "it ends before it begins"),
        (["at: end, cut: all"], "at the end there is nothing but \"expect\""),
        (["at: +5m, cut: all"], "nothing happens before the first step"),
        (["at: 9:00, cut: all"], "at must be a moment"),
        (["at: 24:00, cut: all"], "at must be a moment"),
        (["at: 09:60, cut: all"], "at must be a moment"),
        (["at: day 0 09:00, cut: all"], "at must be a moment"),
        (["at: day 999 09:00, cut: all"], "must lie between"),
        (["at: 10:00..09:00, cut: all"], "a range from less to more"),
        (["at: [09:00, +5m], cut: all"], "mixes moments"),
        (["at: [], cut: all"], "no choices"),
        (["at: 09:00, cut: all, for: 5"], "for must be a duration"),
        (["at: 09:00, cut: all, for: -5s"], "for must lie between 0s and 366d"),
        (["at: 09:00, cut: all, for: 99999999999999d"], "for must be a duration"),
        // Lines.
        (["at: 09:00, cut: [city-1]"], "lines are [a, b]"),
        (["at: 09:00, cut: city-1"], "lines are [a, b]"),
        (["at: 09:00, cut: [city-1, city-1]"], "city-1 stands at both ends"),
        (["at: 09:00, cut: [city-1, city-9]"], "no machine \"city-9\""),
        (["at: 09:00, cut: { around: [] }"], "names no machine"),
        (["at: 09:00, cut: { around: [city-1, 市1] }"], "city-1 is named twice"),
        (["at: 09:00, cut: { between: [[city-1]] }"], "two groups"),
        (["at: 09:00, cut: { below: nowhere }"], "no one division \"nowhere\""),
        (["at: 09:00, cut: all, as: a", "at: 09:01, cut: all, as: a"], "there is a cut a before"),
        (["at: 09:00, mend: all"], "no step before this one cuts that"),
        (["at: 09:00, cut: all, as: a", "at: 08:00, mend: a"], "the cut a is only there from line 7 on"),
        (["at: 09:00, heal: city-1"], "heal: all"),
        (["at: 09:00, shape: all, latency: fast"], "latency must be a duration"),
        (["at: 09:00, shape: all, breaks: 101%"], "breaks must lie between 0% and 100%"),
        (["at: 09:00, shape: all, breaks: 0.001%"], "breaks must be a percentage"),
        (["at: 09:00, shape: all, bandwidth: 0"], "bandwidth must be bytes a second"),
        (["at: 09:00, shape: all, for: 5m"], "say how the lines are"),
        // Machines.
        (["at: 09:00, crash: twin"], "no machine \"twin\""),
        (["at: 09:00, crash: city-1, when: later"], "\"later\" is no moment of a crash; known are now"),
        (["at: 09:00, restore: city-1"], "no step before this one keeps a backup \"city-1\""),
        (["at: 09:00, backup: city-1", "at: 08:00, restore: city-1"], "the backup city-1 is only there from line 7"),
        (["at: 09:00, clone: city-1"], "needs the key \"as\""),
        (["at: 09:00, clone: city-1, as: city-2"], "city-2 is a machine or a division already"),
        (["at: 09:00, clone: city-1, as: Twin"], "lower-case letters"),
        (["at: 09:00, clone: city-1, as: twin", "at: 08:59, crash: twin"], "twin is only there from line 7 on"),
        (["at: 09:00, clock: city-1"], "say what is wrong with the clock"),
        (["at: 09:00, clock: city-1, jump: soon"], "jump must be a duration"),
        (["at: 09:00, upgrade: city-1, release: b, protocols: 2..1"], "a range from less to more"),
        (["at: 09:00, upgrade: city-1, release: b, protocols: 0..1"], "protocols must lie between 1"),
        (["at: 09:00, upgrade: city-1, release: b, protocols: [1, 2]"], "one range of versions"),
        (["at: 09:00, lie: city-1, to: city-1, with: fork"], "nobody lies to himself"),
        (["at: 09:00, lie: city-1, to: province, with: truth"], "\"truth\" is no lie; known are wrong-seal"),
        // Records.
        (["at: 09:00, open: a"], "needs the key \"by\""),
        (["at: 09:00, edit: 陈案, by: city-1, set: { title: x }"], "no step before this one opens"),
        ([open, "at: 08:59, edit: 陈案, by: city-1, set: { title: x }"], "陈案 is only there from line 7 on"),
        ([open, "at: 09:01, edit: 陈案, by: city-2, set: { title: x }"], "city-2 may not write at town-1-1-1"),
        ([open, "at: 09:01, edit: 陈案, by: city-1, acting: city-2, set: { title: x }"], "may not write"),
        ([open, "at: 09:01, open: 陈案, by: city-1"], "already names another record on line 7"),
        ([open, "at: 09:01, edit: 陈案, by: city-1"], "this edit changes nothing"),
        (["at: 09:00, open: a..b, by: city-1"], "no two dots in a row"),
        (["at: 09:00, open: a, by: city-1, kind: dog"], "\"dog\" is no kind of the libraries; known are statute"),
        (["at: 09:00, open: a, by: city-1, kind: { name: dog }"], "needs the key \"flow\""),
        (["at: 09:00, open: a, by: city-1, kind: { name: dog, flow: sideways }"], "\"sideways\" is no flow"),
        (["at: 09:00, open: a, by: city-1, set: { colour: red }"], "case has no field \"colour\"; known are case-no"),
        (["at: 09:00, open: a, by: city-1, set: { tags: x }"], "tags of case is a set; write it with \"add\""),
        (["at: 09:00, open: a, by: city-1, add: { title: x }"], "title of case is a register; write it with \"set\""),
        (["at: 09:00, open: a, by: city-1, count: { fines-fen: much }"], "fines-fen must be a whole number"),
        (["at: 09:00, open: a, by: city-1, kind: item, set: { hearing: maybe }"], "hearing must be true or false"),
        (["at: 09:00, open: a, by: city-1, edits: [{ set: { title: x } }], set: { title: y }"], "inside of \"edits\""),
        (["at: 09:00, open: a, by: city-1, also: [a]"], "named twice"),
        (["at: 09:00, open: a, by: city-1, also: [b-9..2]"], "name-2..9"),
        (["at: 09:00, open: a, by: city-1, thinking: hard"], "thinking must be a duration"),
        // Expectations.
        ([open, "at: 09:01, expect: { colour: red }"], "say of what something is expected: record, link"),
        ([open, "at: 09:01, expect: { record: 李案, held: true }"], "no step before this one opens"),
        ([open, "at: 09:01, expect: { record: 陈案 }"], "say what is expected of the record"),
        ([open, "at: 09:01, expect: { record: 陈案, shows: x }"], "needs the key \"field\""),
        ([open, "at: 09:01, expect: { record: 陈案, field: colour, shows: x }"], "has no field \"colour\""),
        ([open, "at: 09:01, expect: { record: 陈案, field: colour, conflict: true }"], "has no field \"colour\""),
        ([open, "at: 09:01, expect: { record: 陈案, held: perhaps }"], "held must be true or false"),
        (["at: 09:01, expect: { agree: true, is: true }"], "unknown key \"is\""),
        (["at: 09:01, expect: { forks: 1..2 }"], "forks must be one number"),
        (["at: 09:01, expect: { link: city-1, to: nowhere }"], "no one division"),
        // Plays.
        (["from: 09:00, to: 10:00, clerks: { edits: many }"], "edits must be a whole number"),
        (["from: 09:00, to: 10:00, clerks: { new: 5% }"], "needs the key \"edits\""),
        (["from: 09:00, to: 10:00, clerks: { edits: 5, at: villages }"], "no such office"),
        (["from: 18:00, to: 22:00, clerks: { edits: 5 }"], "offices are closed all the while"),
        (["from: 09:00, to: 10:00, superiors: { edits: 5 }"], "no step before this one opens any"),
        (["from: 09:00, to: 10:00, scribbles: { edits: 5, records: 0 }"], "records must lie between 1"),
        (["from: 09:00, to: 10:00, faults: { count: 5, kinds: { flood: 1 } }"], "unknown key \"flood\" in \"kinds\""),
        (["from: 09:00, to: 10:00, faults: { count: 5, kinds: { cut: 0 } }"], "no kind of fault has a weight"),
        (["at: 09:00, amendment: { statute: 法, articles: 3, by: nobody }"], "no machine \"nobody\""),
        ([open, "at: 09:01, amendment: { statute: 陈案, articles: 3 }"], "陈案 is no statute of province"),
        (["at: 09:00, import: { records: 9, by: city-1, kind: statute }"], "imports are of case, officer, item"),
        (["at: 09:00, import: { records: 9, by: city-1, home: city-2 }"], "city-1 may not write at city-2"),
        (["at: 09:00, typhoon: { cities: 3, for: 2h }"], "cities must lie between 0 and 2"),
        (["at: 09:00, typhoon: { cities: [county-1-1], for: 2h }"], "county-1-1 is no city"),
        (["at: 09:00, swizzle: { machines: 20, for: 2h }"], "machines must lie between 1 and 19"),
        (["at: 09:00, rolling-upgrade: { release: b }"], "needs the key \"every\""),
    ]

    @Test(arguments: steps.indices)
    func `a step that cannot be is refused with its line`(index: Int) throws {
        let (steps, says) = Self.steps[index]
        let story = steps.map { "  - { \($0) }\n" }.joined()
        let fault = try #require(Self.refusal(Told.head(rest: "calm: 30m") + story), "it is taken")
        #expect(fault.message.contains(says), "it says: \(fault)")
        #expect(fault.line == Told.firstLine + steps.count - 1, "it says: \(fault)")
        #expect(fault.column > 1)
        #expect(fault.description.hasPrefix("told.yaml:\(fault.line):\(fault.column): "))
    }

    private static let files: [(yaml: String, line: Int, says: String)] = [
        ("", 1, "the file is empty"),
        ("[1]", 1, "the file must be a mapping"),
        ("scenario: [", 2, "this is not YAML"),
        ("scenario: told\nscenario: told", 1, "given twice"),
        ("title: x\n", 1, "needs the key \"scenario\" or \"swarm\""),
        ("scenario: told\nswarm: told\n", 2, "a scenario or a swarm, not both"),
        ("scenario: other\n", 1, "must be that of the file, which is \"told\""),
        ("scenario: told\nstorry: []\n", 2, "unknown key \"storry\" in the file"),
        ("scenario: told\n", 1, "needs the key \"offices\""),
        ("scenario: told\noffices: 1+2+4+12\n", 1, "needs the key \"title\""),
        ("scenario: told\noffices: 1+2+4+12\ntitle: a\n", 1, "needs the key \"why\""),
        ("scenario: told\noffices: 1+2+4+12\ntitle: a\nwhy: b\n", 1, "needs the key \"story\""),
        ("scenario: told\noffices: 2+2\n", 2, "\"2+2\" is none of them"),
        ("scenario: told\noffices: 1+0+3\n", 2, "is none of them"),
        ("scenario: told\noffices: trees/none.yaml\n", 2, "could not be read: no such file"),
        (
            "scenario: told\ntitle: a\noffices:\n  - { code: a, name: 省, level: province, node: { host: h, port: 1 } }\n"
                + "  - { code: b, name: 市, level: town, parent: a }\nstory: []\n", 5, "town"
        ),
        (
            "scenario: told\noffices: [{ code: a, name: 省, level: province }]\nwhy: x\n", 2, "has no node"
        ),
        ("{ scenario: told, offices: [{ code: a }] }", 1, "one key a line"),
        ("scenario: told\noffices: 1+1\nseeds: 5\n", 3, "a scenario has one seed"),
        ("swarm: told\noffices: 1+1\nseed: 5\n", 3, "a swarm has many seeds"),
        ("swarm: told\noffices: 1+1\nseeds: 0\n", 3, "seeds must lie between 1"),
        ("scenario: told\noffices: 1+1\nseed: -1\n", 3, "seed must lie between 0"),
        ("scenario: told\noffices: 1+1\nbegins: noon\n", 3, "begins must be a moment"),
        ("scenario: told\noffices: 1+1\ncalm: long\n", 3, "calm must be a duration"),
        ("scenario: told\noffices: 1+1\nlines: { loss: 1% }\n", 3, "unknown key \"loss\" in \"lines\""),
        ("scenario: told\noffices: 1+1\nlines:\n  breaks: 1\n", 4, "breaks must be a percentage"),
        ("scenario: told\noffices: 1+1\nplant: moth\n", 3, "\"moth\" is no planted bug; known are sends-before"),
        ("swarm: told\noffices: 1+1\nplant: { moth: 3 }\n", 3, "\"moth\" is no planted bug"),
        (
            "swarm: told\noffices: 1+1\nplant:\n  stream-extended: { within: 3, by: nobody }\n", 4,
            "\"nobody\" is no checker"
        ),
        ("swarm: told\noffices: 1+1\nplant:\n  stream-extended: { by: scope }\n", 4, "within how many seeds"),
        ("swarm: told\noffices: 1+1\nplant:\n  stream-extended: x\n", 4, "must be a whole number"),
        ("scenario: told\noffices: 1+1\ntitle: a\nwhy: b\nstory: none\n", 5, "\"story\" must be a list"),
        ("scenario: told\noffices: 1+1\ntitle: a\nwhy: b\nstory:\n  - soon\n", 6, "a step must be a mapping"),
    ]

    @Test(arguments: files.indices)
    func `a head that cannot be is refused with its line`(index: Int) throws {
        let (yaml, line, says) = Self.files[index]
        let fault = try #require(Self.refusal(yaml), "it is taken")
        #expect(fault.message.contains(says), "it says: \(fault)")
        #expect(fault.line == line, "it says: \(fault)")
    }

    @Test func `a fault of a listed division keeps its column`() throws {
        let rest = "name: 省, level: province, node: { host: h, port: 0 } }"
        let block = "scenario: told\noffices:\n  - { code: a, \(rest)\nstory: []\n"
        let flow = "scenario: told\noffices: [{ code: a, \(rest)]\nstory: []\n"
        let columns = [block, flow].map { yaml in (Self.refusal(yaml)?.line, Self.refusal(yaml)?.column) }
        #expect(columns[0] == (3, 65))
        #expect(columns[1] == (2, 71))
    }

    @Test func `a hosted division is no machine, and the refusal says who serves it`() throws {
        let yaml = """
            scenario: told
            title: a
            why: b
            offices:
              - { code: p, name: 省, level: province, node: { host: h, port: 1 } }
              - { code: c, name: 市, level: city, parent: p }
              - { code: d, name: 市, level: city, parent: p }
            story:
              - { at: "09:00", crash: c }
            """
        let fault = try #require(Self.refusal(yaml))
        #expect(fault.description == "told.yaml:9:27: division c has no machine of its own; its clerks work at p")
        let named = try #require(Self.refusal(yaml.replacing("crash: c", with: "crash: 市")))
        #expect(named.message.contains("use the code"))
    }
}
