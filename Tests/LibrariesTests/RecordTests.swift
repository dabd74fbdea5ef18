import Divisions
import Lattice
import Ledger
import Libraries
import Testing

struct RecordTests {
    @Test func `a version of a law becomes its record and one for each article`() throws {
        let law = try Fixtures.law("示例河道保护条例(2023-11-30).md")
        let drafts = law.drafts(home: "440000")
        #expect(drafts.count == 1 + law.articles.count)
        let statute = drafts[0]
        #expect(statute.id.kind == "statute" && statute.id.flow == .down && statute.id.home == "440000")
        #expect(statute["title"] == [.text("示例河道保护条例")])
        #expect(statute["effective-date"] == [.text("2024-03-01")])
        #expect(statute["article-count"] == [.integer(14)])
        #expect(statute["part"] == [], "what a law has not is told as nothing, so that an older value goes")
        let article = try #require(drafts.first { $0["label"] == [.text("第五条之一")] })
        #expect(article["statute"] == [.record(statute.id)])
        #expect((article["number"], article["suffix"]) == ([.integer(5)], [.integer(1)]))
        #expect(article["chapter"] == [.text("第二章 河道管理 / 第一节 一般规定")])
        #expect(article.id == ParsedStatute.article("5-1", of: law.naturalKey, home: "440000"))
        #expect(Set(drafts.map(\.id)).count == drafts.count)
    }

    @Test func `two imports of one law give equal drafts, and two versions different records`() throws {
        let new = try Fixtures.law("示例河道保护条例(2023-11-30).md")
        let old = try Fixtures.law("示例河道保护条例(2016-05-20).md")
        #expect(new.drafts(home: "440000") == new.drafts(home: "440000"))
        let shared = Set(new.drafts(home: "440000").map(\.id)).intersection(old.drafts(home: "440000").map(\.id))
        #expect(shared.isEmpty)
    }

    @Test func `every draft of every fixture fits into one entry`() throws {
        for name in Fixtures.laws {
            guard case .success(let law) = StatuteFile.parse(try Fixtures.bytes("laws/\(name)"), fileName: name) else {
                continue
            }
            for draft in law.drafts(home: "440000") {
                let bytes = draft.fields.flatMap(\.values).reduce(0) { $0 + $1.encoded.count }
                #expect(bytes < Limits.entryBytesMax / 2)
            }
        }
        #expect(StatuteFile.articleBytesMax + 20_000 < Limits.entryBytesMax)
    }

    @Test func `an officer's facts go down, his person goes up, and his status goes ahead`() throws {
        let line = "440781000001,赵示安,B1,440781114,,水务,,2023-01-01,2027-12-31,暂扣,10001234567,440781189304120117,,\n"
        let rows: [OfficerRow] = importRows(OfficerRow.header + line, as: OfficerRow.self).accepted()
        let drafts = try #require(rows.first).drafts(home: "440000")
        #expect(drafts.map(\.id.kind) == ["officer", "officer-person", "certificate-status"])
        #expect(drafts.map(\.id.flow) == [.down, .up, .downUrgent])
        #expect(drafts.allSatisfy { $0.id.home == "440781114" }, "an officer belongs to his own division")
        #expect(drafts.map(\.onlyIfPresent) == [false, false, false])
        #expect(drafts[1]["phone"] == [.text("10001234567")])
        #expect(drafts[2]["status"] == [.text("暂扣")])
        let down = drafts[0].fields.flatMap(\.values) + drafts[2].fields.flatMap(\.values)
        #expect(!down.contains(.text("10001234567")) && !down.contains(.text("440781189304120117")))
    }

    @Test func `a valid certificate makes no status record but ends one`() throws {
        let line = "440781000001,赵示安,B1,440781114,,水务,,2023-01-01,2027-12-31,有效,,,,\n"
        let rows: [OfficerRow] = importRows(OfficerRow.header + line, as: OfficerRow.self).accepted()
        let status = try #require(rows.first?.drafts(home: "440000").last)
        #expect(status.onlyIfPresent && status["status"] == [.text("有效")])
    }

    @Test func `what names a person is marked personal, and no packed kind holds any`() throws {
        let personal = LibraryKinds.all.all.flatMap { kind in
            kind.fields.filter(\.isPersonal).map { "\(kind.name).\($0.name)" }
        }
        #expect(
            personal == [
                "officer.name", "officer-person.phone", "officer-person.id-no", "case.party", "case.party-id",
                "case.facts", "case.notes",
            ])
        for name in ["statute", "article", "item", "body", "benchmark", "calendar-day"] {
            #expect(try #require(LibraryKinds.all[name]).isPacked)
        }
    }

    @Test func `kinds name a searched field that they have, and every label in both languages`() {
        for kind in LibraryKinds.all.all {
            if let searched = kind.searched { #expect(kind.field(searched) != nil) }
            #expect(!kind.chinese.isEmpty && !kind.english.isEmpty)
            #expect(kind.fields.allSatisfy { !$0.chinese.isEmpty && !$0.english.isEmpty })
        }
        #expect(LibraryKinds.all["article"]?.searched == "text")
        #expect(LibraryKinds.reservedNames.filter { LibraryKinds.all[$0] != nil } == ["certificate-status"])
    }

    @Test func `a law that stands in two folders is taken once, and a contradiction is told`() throws {
        var admission = StatuteAdmission()
        let law = try Fixtures.law("示例河道保护条例(2016-05-20).md")
        #expect(admission.admit(law, file: "a.md") == .first)
        #expect(admission.admit(law, file: "b.md") == .repeated(file: "a.md"))
        var other = law
        other.articles[3].text += "另行规定。"
        #expect(admission.admit(other, file: "c.md") == .contradicts(file: "a.md"))
        #expect(StatuteAdmission.reason(contradicting: "a.md").english.contains("a.md"))
        #expect(admission.admit(try Fixtures.law("示例河道保护条例(2023-11-30).md"), file: "d.md") == .first)
    }

    @Test func `benchmarks of two places do not overwrite each other`() throws {
        var importer = RowImporter<BenchmarkRow>(file: "benchmarks.csv")
        let rows: [BenchmarkRow] = importer.feed(try Fixtures.bytes("benchmarks.csv")).accepted()
        let one = rows.flatMap { $0.drafts(home: "440000", set: "甲") }
        let two = rows.flatMap { $0.drafts(home: "440000", set: "乙") }
        #expect(Set((one + two).map(\.id)).count == 2 * rows.count)
        #expect(one[0]["fine-max-hundredths"] == [.integer(300_000)])
    }
}
