import Divisions
import Foundation
@testable import Simulation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct ReportTests {
    /// Collects what a page consists of; a page that is not well-formed has a fault.
    private final class Page: NSObject, XMLParserDelegate {
        private(set) var fault: String?
        private(set) var ids: [String] = []
        private(set) var uses: Set<String> = []
        private(set) var text = ""
        private(set) var counts: [String: Int] = [:]

        init(_ html: String) {
            super.init()
            let parser = XMLParser(data: Data(html.utf8))
            parser.delegate = self
            if !parser.parse() {
                fault = "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "no reason given")"
            }
        }

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            counts[name, default: 0] += 1
            if let id = attributes["id"] { ids.append(id) }
            if name == "use", let target = attributes["href"] { uses.insert(target) }
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
    }

    /// The data of the page's script, as an object.
    private func data(of html: String) throws -> [String: Any] {
        let start = try #require(html.range(of: "id=\"data\">"))
        let end = try #require(html.range(of: "</script>", range: start.upperBound..<html.endIndex))
        let json = try JSONSerialization.jsonObject(with: Data(html[start.upperBound..<end.lowerBound].utf8))
        return try #require(json as? [String: Any])
    }

    private static let five = Report(ReportJournals.five()).html
    private static let province = Report(ReportJournals.province(ReportJournals.provinceOffices(), seed: 1)).html

    // MARK: form

    @Test(arguments: ["five", "province", "empty"])
    func `a page is well-formed, whole and speaks to no network`(name: String) throws {
        let html = name == "five" ? Self.five : name == "province" ? Self.province : Report(Journal()).html
        let page = Page(html)
        #expect(page.fault == nil)
        #expect(Set(page.ids).count == page.ids.count, "an id stands twice")
        let addresses = html.split(separator: "://").dropLast().map { $0.suffix(5) }
        #expect(addresses.count == html.components(separatedBy: "http://www.w3.org/2000/svg").count - 1)
        for word in ["<link", "@import", "url(h", "src=", "fetch(", "XMLHttpRequest"] { #expect(!html.contains(word)) }
        for use in page.uses { #expect(page.ids.contains(String(use.dropFirst())), "\(use) is drawn nowhere") }
        #expect(try data(of: html)["lanes"] is [Any])
    }

    @Test func `a page stays small enough to be sent around`() {
        #expect(Self.five.utf8.count < 400_000)
        #expect(Self.province.utf8.count < 6_000_000)
    }

    @Test func `names and texts cannot become markup`() throws {
        var journal = ReportJournals.five()
        let evil = "</script><b a=\"1\">&amp;'\u{1}\u{2028}"
        journal.title = evil
        journal.why = evil
        journal.scenario = evil
        journal.trace = evil
        journal.faults[evil] = 3
        journal.offices[3] = Journal.Office(
            machine: evil, division: "440781001", name: evil, level: .township, parent: 2)
        journal.spans.append(
            Journal.Span(kind: .cut([3], [2]), from: journal.begins, through: journal.ends, name: evil))
        journal.marks.append(Journal.Mark(at: journal.begins, kind: .failed, offices: [3], text: evil))
        journal.checks.append(
            Journal.Check(name: evil, chinese: evil, english: evil, looked: 1, findings: [evil]))
        journal.entries[0] = Journal.Entry(
            id: journal.entries[0].id, writer: 3, written: journal.begins, home: "440781001", flow: .up, text: evil)
        let html = Report(journal).html
        let page = Page(html)
        #expect(page.fault == nil)
        #expect(page.counts["script"] == 2)
        #expect(!html.contains("<b a="))
        #expect(page.text.contains("</script><b a=\"1\">&amp;'\u{FFFD}\u{2028}"))
        let names = try #require(try data(of: html)["names"] as? [String])
        #expect(names[3] == evil)
    }

    // MARK: what it tells

    @Test func `every kind of mark has a shape, and those that occur stand in the diagram and the legend`() {
        var journal = ReportJournals.five()
        journal.marks.append(Journal.Mark(at: journal.begins, kind: .failed, offices: [1], text: ""))
        let page = Page(Report(journal).html)
        for kind in Journal.Mark.Kind.allCases {
            #expect(page.ids.contains("glyph-\(kind.rawValue)"))
            #expect(page.uses.contains("#glyph-\(kind.rawValue)"))
        }
        for words in ["断电崩溃 crash", "节点说谎 node lies", "预期落空 expectation failed", "分叉得证 fork proven"] {
            #expect(page.text.contains(words))
        }
    }

    @Test func `an entry's path names every station and what it waited for`() {
        let text = Page(Self.five).text
        #expect(text.contains("08:42:56 写于 台城街道；1.2 秒后到 台山市（县级）"))
        #expect(text.contains("1 小时 57 分后到 江门市（市级），因为线路断着（台风）；1 小时 57 分后到 广东省（省级）。"))
        #expect(text.contains("Written at 08:42:56 by 台城街道; at 台山市 (county) after 1.2 s; at 江门市 (city) after"))
        #expect(text.contains("because the line was cut (台风); at 广东省 (province) after 1 h 57 min."))
    }

    @Test func `an entry that waited for a machine says so`() {
        var journal = ReportJournals.five()
        journal.spans = [
            Journal.Span(
                kind: .down(1), from: Instant(hour: 8, minute: 30), through: Instant(hour: 10, minute: 40),
                name: "440700")
        ]
        #expect(Page(Report(journal).html).text.contains("because 江门市 was down"))
    }

    @Test func `an entry for the whole province is told by level`() {
        let text = Page(Self.province).text
        #expect(
            text.contains(
                "at 21 city machines after 44 ms to 1 h, 第3市 last because the line was cut (台风 typhoon); at 122 county")
        )
        #expect(text.contains("1,610 台乡级机器"))
    }

    @Test func `the words say how long the cut was, what was written behind it and when all of it was there`() {
        let text = Page(Self.five).text
        #expect(text.contains("台风：08:40:00 起，台山市（连同下属共 3 台） 与 广东省（连同下属共 2 台） 之间的线路断了 2 小时"))
        #expect(text.contains("behind the cut work went on, and 24 entries were written; "))
        #expect(text.contains("after the lines returned the last of them was everywhere it belongs."))
        #expect(text.contains("全部一致，无一丢失 All agree, nothing was lost"))
        #expect(
            text.contains("tributary simulate run Simulations/scenarios/typhoon-morning.yaml --seed 7 --store sqlite"))
    }

    @Test func `a run that went wrong says what is wrong and never that all is well`() {
        var journal = ReportJournals.five()
        journal.agreed = nil
        journal.marks.append(Journal.Mark(at: journal.ends, kind: .failed, offices: [], text: "not shown"))
        journal.checks.append(
            Journal.Check(
                name: "chain", chinese: "链没有断。", english: "No chain is broken.", looked: 9,
                findings: ["entry 7 does not follow entry 6"]))
        let text = Page(Report(journal).html).text
        #expect(!text.contains("All agree"))
        #expect(text.contains("the offices never came to agree; an expectation failed; checker “chain” found 1"))
        #expect(text.contains("entry 7 does not follow entry 6"))
        #expect(!text.contains("✓链没有断"))
    }

    @Test func `what the journal left out is told`() {
        #expect(Page(Self.province).text.contains("96,004 messages"))
        #expect(!Page(Self.five).text.contains("To keep this page small"))
    }

    // MARK: lanes

    @Test func `five offices have a lane each, in the order of the tree`() throws {
        let lanes = try #require(try data(of: Self.five)["lanes"] as? [[Any]])
        #expect(lanes.map { $0[0] as? Int } == [0, 1, 2, 3, 4])
        #expect(lanes.allSatisfy { $0[3] as? Int == -1 })
    }

    @Test func `a twin stands beside the machine it was copied from`() throws {
        var journal = ReportJournals.five()
        journal.offices.append(
            Journal.Office(machine: "440781-twin", division: "440781", name: "台山市", level: .county, parent: 1))
        let lanes = try #require(try data(of: Report(journal).html)["lanes"] as? [[Any]])
        #expect(lanes.map { $0[0] as? Int } == [0, 1, 2, 3, 4, 5])
        journal.offices[4] = Journal.Office(
            machine: "440783", division: "440783", name: "开平市", level: .county, parent: 1)
        let others = try #require(try data(of: Report(journal).html)["lanes"] as? [[Any]])
        #expect(others.map { $0[0] as? Int } == [0, 1, 2, 3, 5, 4])
    }

    @Test func `a province has a lane per city, each of which opens into every machine below it`() throws {
        let lanes = try #require(try data(of: Self.province)["lanes"] as? [[Any]])
        let fixed = lanes.filter { $0[3] as? Int == -1 }
        #expect(fixed.count == 22)
        #expect(fixed.dropFirst().allSatisfy { $0[1] as? Int == 1 })
        let machines = lanes.filter { $0[1] as? Int == 0 }.compactMap { $0[0] as? Int }
        #expect(machines.sorted() == Array(0..<1_754))
        let page = Page(Self.province)
        #expect(page.ids.count { $0.hasPrefix("lane-") } == 22)
        #expect(Self.province.contains("class=\"away\""))
    }

    @Test func `every lane that a city opens into is markup once its phrases are written out`() throws {
        let data = try data(of: Self.province)
        let phrases = try #require(data["phrases"] as? [String])
        let lanes = try #require(data["lanes"] as? [[Any]]).filter { $0[3] as? Int != -1 }
        var markup = ""
        for lane in lanes {
            for part in [lane[4], lane[5]] {
                for scalar in try #require(part as? String).unicodeScalars {
                    let mark = Int(scalar.value) - 0xFDD0
                    markup += phrases.indices.contains(mark) ? phrases[mark] : String(scalar)
                }
            }
        }
        let page = Page("<svg>\(markup)</svg>")
        #expect(page.fault == nil)
        #expect(page.ids.count == 122 + 21 + 1_610 + 122)
        #expect(page.uses.contains("#glyph-crash"))
    }

    @Test func `lines cut more often than a lane can show are drawn as the times in which one was`() throws {
        var journal = ReportJournals.five()
        for minute in UInt64(0)..<60 {
            let from = Instant(hour: 9, minute: minute)
            journal.spans.append(Journal.Span(kind: .cut([4], [2]), from: from, through: from + 30_000, name: "flap"))
        }
        let html = Report(journal).html
        #expect(html.contains("断线 · cut × 61"))
        #expect(Page(html).text.contains("There were 57 more cuts"))
    }

    @Test func `what the page keeps of each entry is bounded, and small entries keep everything`() throws {
        let entries = try #require(try data(of: Self.province)["entries"] as? [[Any]])
        let sizes = entries.map { (($0[6] as? [Int])?.count ?? 0) / 2 + (($0[7] as? [Int])?.count ?? 0) }
        #expect(entries.count == Journal.entriesMax)
        #expect(sizes.last == 1_753)
        #expect(sizes.dropLast().allSatisfy { $0 >= 1 && $0 <= 8 })
    }

    // MARK: numbers

    @Test func `a link's traffic, a fault and a checker stand in the tables`() {
        let text = Page(Self.five).text
        for words in [
            "江门市 ⟷ 广东省", "64.2 kB", "duplicates", "20,412", "Nothing that another office acknowledged was lost.",
        ] {
            #expect(text.contains(words), "\(words)")
        }
        #expect(Page(Self.province).text.contains("The 50 busiest of 1,753 lines."))
    }

    @Test func `axes are labelled in words, and the lag's axis reaches what was measured`() {
        let text = Page(Self.five).text
        for label in ["1 ms", "1 s", "1 min", "1 h", "6 h", "08:30", "11:00"] {
            #expect(text.contains(label), "\(label)")
        }
    }
}
