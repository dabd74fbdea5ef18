import Casework
import Divisions
import Lattice
import Ledger
import Libraries
import Testing

/// What records come to as facts, and what of them is cited.
struct KnowledgeReadingTests {
    private let records: KnowledgeRecords

    init() throws { records = try KnowledgeRecords() }

    @Test func `an officer is read with everything that decides, and cites it ascending`() throws {
        records.officer("1")
        let officer = try #require(records.knowledge().officer(certificate: "1"))
        #expect(officer.body == "K" && officer.division == "440781" && officer.areas == ["440781"])
        #expect(officer.fields == ["水务"] && officer.posts == [.officer] && !officer.isLegallyQualified)
        #expect(officer.validFrom == KnowledgeScene.day("2023-01-01"))
        #expect(officer.status == nil && officer.duties.isEmpty && officer.name == "某")
        // Eight fields were written; the name decides nothing and is not cited.
        #expect(officer.seen.count == 7 && officer.seen == officer.seen.sorted())
        #expect(records.knowledge().officer(certificate: "2") == nil)
    }

    @Test func `of statuses written without knowledge of each other the most severe counts`() throws {
        records.officer("1")
        records.status("1", "有效", since: "2026-05-01", writer: 2, stamp: 9_000, replacing: false)
        let revoked = records.status("1", "撤销", since: "2026-02-01", writer: 3, stamp: 2_000, replacing: false)
        records.status("1", "暂扣", since: "2026-03-01", at: "440781", for: "440781", writer: 4, replacing: false)
        let status = try #require(records.knowledge().officer(certificate: "1")?.status)
        #expect(status.status == .revoked && status.stamp == 2_000)
        #expect(status.citation == revoked[1])
        #expect(status.since == KnowledgeScene.day("2026-02-01"), "its own day, not that of another value")
    }

    @Test func `a status that was lifted counts no more, and a word of a later release forbids`() throws {
        records.officer("1")
        records.status("1", "暂扣", since: "2026-03-01")
        records.status("1", "有效", since: "2026-04-01", stamp: 2_000)
        #expect(records.knowledge().officer(certificate: "1")?.status?.status == .valid)
        records.status("1", "冻结", stamp: 3_000)
        #expect(records.knowledge().officer(certificate: "1")?.status?.status == .suspended)
    }

    @Test func `a status counts from the officer's own line alone`() throws {
        records.officer("1")
        records.status("1", "撤销", at: "440703")
        #expect(records.knowledge().officer(certificate: "1")?.status == nil)
        records.status("1", "暂扣", at: "440000")
        #expect(records.knowledge().officer(certificate: "1")?.status?.status == .suspended)
    }

    private func duty(grantedBy: DivisionCode, at home: DivisionCode, for division: DivisionCode) {
        records.write(
            LibraryKinds.jointDuty, "3 \(home) \(division)", at: home, for: division,
            [
                ("certificate-no", [.text("3")]), ("divisions", [.text("440781")]),
                ("granted-by", [.text(grantedBy.text)]), ("valid-from", [.text("2026-03-01")]),
                ("valid-to", [.text("2026-03-31")]),
            ])
    }

    @Test func `a grant of joint duty counts only if whoever it names can have written it`() throws {
        records.officer("3", at: "440703", body: "N")
        duty(grantedBy: "440700", at: "440781", for: "440781")
        duty(grantedBy: "440700", at: "440703", for: "440703")
        duty(grantedBy: "440700", at: "440900", for: "440900")
        #expect(records.knowledge().officer(certificate: "3")?.duties == [])
        duty(grantedBy: "440700", at: "440700", for: "440700")
        let officer = try #require(records.knowledge().officer(certificate: "3"))
        #expect(officer.duties.map(\.grantedBy) == ["440700"])
        #expect(officer.seen.contains(officer.duties[0].citation))
    }

    @Test func `an officer who moved is read where his certificate became valid last`() throws {
        records.officer("1")
        records.write(
            LibraryKinds.officer, "1", at: "440703",
            [
                ("certificate-no", [.text("1")]), ("body", [.text("N")]), ("division", [.text("440703")]),
                ("valid-from", [.text("2025-01-01")]), ("valid-to", [.text("2027-12-31")]),
            ])
        let officer = records.knowledge().officer(certificate: "1")
        #expect(officer?.division == "440703" && officer?.areas == ["440703"])
    }

    @Test func `an item is read with its levels, and delegations only from above`() throws {
        records.item("I1", levels: ["乡级", "县级"], more: [("delegated-to", [.text("440781001"), .text("440781114")])])
        var item = try #require(records.knowledge().item(code: "I1"))
        #expect(item.levels == [.county, .township] && item.bases == ["《示例河道保护条例》第八条"])
        #expect(item.delegations.map(\.to) == ["440781001", "440781114"])
        #expect(item.delegations.allSatisfy { $0.from == KnowledgeScene.day("2024-03-01") && $0.until == nil })

        records.delegation("I1", to: "440781001", until: "2026-06-30")
        records.delegation("I1", to: "440781114", at: "440781114")
        item = try #require(records.knowledge().item(code: "I1"))
        #expect(item.delegations.map(\.to) == ["440781001", "440781114"])
        #expect(item.delegations[0].until == KnowledgeScene.day("2026-06-30"), "the record says it more exactly")
        #expect(item.delegations[1].from == KnowledgeScene.day("2024-03-01"), "a town hands nothing down to itself")
        #expect(item.seen.contains(item.delegations[0].citation))
    }

    @Test func `nobody below rewrites a superior's item or body`() throws {
        records.item("I1")
        records.item("I1", at: "440781001", levels: ["乡级"])
        #expect(records.knowledge().item(code: "I1")?.levels == [.county])
        #expect(records.knowledge().item(code: "I2") == nil)
    }

    @Test func `a body is read with its organ and its sign`() throws {
        records.write(
            LibraryKinds.body, "E", at: "440781001",
            [
                ("code", [.text("E")]), ("name", [.text("示例执法队")]), ("division", [.text("440781001")]),
                ("body-type", [.text("受委托组织")]), ("entrusted-by", [.text("T")]), ("sign", [.text("示执")]),
                ("fields", [.text("水务")]),
            ])
        let body = try #require(records.knowledge().body(code: "E"))
        #expect(body.entrustedBy == "T" && body.sign == "示执" && body.type == "受委托组织" && body.fields == ["水务"])
        #expect(body.seen.count == 5)
    }

    @Test func `the calendar of the higher office counts`() throws {
        for (home, kind) in [("440781", "work"), ("440000", "off")] as [(DivisionCode, String)] {
            records.write(
                LibraryKinds.calendarDay, "2026-10-01", at: home,
                [("date", [.text("2026-10-01")]), ("day-kind", [.text(kind)])])
        }
        let calendar = records.knowledge().calendar
        #expect(!calendar.isWorkingDay(KnowledgeScene.day("2026-10-01")))
        #expect(calendar.isKnown(year: 2026) && !calendar.isKnown(year: 2027))
    }

    @Test func `a citation finds its edit, and with wrong bytes nothing`() throws {
        let cited = records.status("1", "暂扣")
        let knowledge = records.knowledge()
        let edit = try #require(knowledge.edit(cited[1]))
        #expect(edit.field == "status" && edit.value == .text("暂扣"))
        #expect(edit.record.home == "440781" && edit.record.kind == "certificate-status")
        #expect(knowledge.edit(Citation(dot: cited[1].dot, check: cited[1].check ^ 1)) == nil)
        let beyond = Dot(stream: cited[1].dot.stream, number: cited[1].dot.number, index: 9)
        #expect(knowledge.edit(Citation(dot: beyond, check: cited[1].check)) == nil)
        let later = Dot(stream: cited[1].dot.stream, number: 99, index: 0)
        #expect(knowledge.edit(Citation(dot: later, check: cited[1].check)) == nil)
    }

    @Test func `a receipt counts from a superior, and nobody is his own notary`() throws {
        let cited = records.status("1", "暂扣")
        let head = ReceiptElement.Head(stream: cited[1].dot.stream, number: 2, check: cited[1].check)
        let entry = EntryID(stream: cited[1].dot.stream, number: cited[1].dot.number)
        func receipt(_ time: UInt64, for division: DivisionCode) throws {
            let element = try #require(ReceiptElement(time: time, heads: [head]))
            records.write(
                CaseworkKinds.receipt, "\(division)", at: "440781", for: division, [("heads", [.bytes(element.bytes)])])
        }
        try receipt(5_000, for: "440781")
        #expect(records.knowledge().receipt(of: entry) == nil)
        try receipt(8_000, for: "440000")
        try receipt(7_000, for: "440700")
        #expect(records.knowledge().receipt(of: entry) == 7_000)
        #expect(records.knowledge().receipt(of: EntryID(stream: entry.stream, number: 3)) == nil)
    }

    @Test func `a thousand questions about one officer read each kind once`() throws {
        records.officer("1")
        let knowledge = records.knowledge()
        for _ in 0..<1_000 { #expect(knowledge.officer(certificate: "1") != nil) }
        for _ in 0..<1_000 { #expect(knowledge.officer(certificate: "9") == nil) }
        #expect(records.reads == 3, "officers, statuses and duties")
    }

    @Test(arguments: [
        ("示例基准", "both-included", Benchmark.Bounds.bothIncluded), ("别的基准", "both-included", .upperExcluded),
    ])
    func `an item's benchmark is its set's rows, with the bounds its set counts by`(
        named: String, bounds: String, expected: Benchmark.Bounds
    ) throws {
        records.item("I1", more: [("benchmark", [.text("示例基准#1-1")])])
        for (ordinal, least, most) in [(2, 300_000, 1_000_000), (1, 100_000, 300_000)] as [(Int64, Int64, Int64)] {
            for set in ["示例基准", "他处基准"] {
                records.write(
                    LibraryKinds.benchmark, "\(set) \(ordinal)", at: "440000",
                    [
                        ("set", [.text(set)]), ("item", [.text("1-1")]), ("ordinal", [.integer(ordinal)]),
                        ("tier", [.integer(ordinal)]), ("circumstance", [.text("情节\(ordinal)")]),
                        ("standard", [.text("处罚款")]), ("fine-unit", [.text("yuan")]),
                        ("fine-min-hundredths", [.integer(least)]), ("fine-max-hundredths", [.integer(most)]),
                    ])
            }
        }
        records.write(
            CaseworkKinds.ruleSet, "benchmark-sets@1", at: "440000",
            [("id", [.text("benchmark-sets")]), ("text", [.text("# 说明\n\(named),\(bounds)\n")])])
        let benchmark = try #require(records.knowledge().benchmark(item: "I1"))
        #expect(benchmark.set == "示例基准" && benchmark.item == "1-1" && benchmark.bounds == expected)
        guard case .tiers(let tiers) = benchmark.model else {
            Issue.record("no tiers")
            return
        }
        #expect(tiers.map(\.ordinal) == [1, 2] && tiers.map(\.most) == [300_000, 1_000_000])
        #expect(records.knowledge().benchmark(item: "I9") == nil)
    }
}
