import Libraries
import Testing

/// Which bases are the law no more.
struct StaleBasisTests {
    private func law(_ title: String, _ day: String, _ lines: String) throws -> ParsedStatute {
        try StatuteFile.parse(
            "# \(title)\n\n\(chinese(day)) 示例省人民代表大会常务委员会通过\n\n<!-- INFO END -->\n\n\(lines)\n",
            fileName: "\(title)(\(day)).md"
        ).get()
    }

    private func chinese(_ day: String) -> String { LegalDate(day)?.chineseText ?? "" }

    private func shelf(repeals: [StatuteRepeal] = []) throws -> StatuteShelf {
        StatuteShelf(
            [
                try law("中华人民共和国示例防治法", "2016-11-07", "第一条 为了示例。\n\n第八条 罚一千元。\n\n第九条 罚二千元。"),
                try law("中华人民共和国示例防治法", "2020-04-29", "第一条 为了示例。\n\n第八条 罚五千元。"),
                try law("中华人民共和国示例噪声法", "2018-12-29", "第三条 罚三百元。"),
                try law(
                    "中华人民共和国噪声示例法", "2021-12-24",
                    "第三条 罚五百元。\n\n第九十条 本法自2022年6月5日起施行。《中华人民共和国示例噪声法》同时废止。"),
                try law("实施《中华人民共和国示例噪声法》办法", "2018-11-29", "第二条 适用本省。"),
            ], repeals: repeals)
    }

    private func cause(
        _ title: String, _ article: String, year: Int? = nil, since: String? = nil, on day: String = "2026-03-02",
        repeals: [StatuteRepeal] = []
    ) throws -> StaleBasis.Cause? {
        let reference = try #require(StatuteReference(title: title, article: article))
        let basis = StaleBasis.Basis(
            holder: "I1", reference: reference, citedYear: year, since: since.flatMap { LegalDate($0) })
        return StaleBasis.list([basis], in: try shelf(repeals: repeals), on: try #require(LegalDate(day))).first?.cause
    }

    private func day(_ text: String) -> LegalDate? { LegalDate(text) }

    @Test func `an article in force has nothing against it, with its full or its short title`() throws {
        #expect(try cause("中华人民共和国示例防治法", "第八条") == nil)
        #expect(try cause("示例防治法", "第八条第一款") == nil)
        #expect(try cause("示例防治法", "第八条", year: 2020) == nil)
    }

    @Test func `a cited edition that another has followed is told, with whether the article itself changed`() throws {
        #expect(try cause("示例防治法", "第八条", year: 2016) == .amended(version: day("2020-04-29"), text: true))
        #expect(try cause("示例防治法", "第一条", year: 2016) == .amended(version: day("2020-04-29"), text: false))
        #expect(try cause("示例防治法", "第一条", year: 2013) == .amended(version: day("2020-04-29"), text: nil))
        #expect(try cause("示例防治法", "第八条", year: 2016, on: "2019-01-01") == nil, "it was the law then")
    }

    @Test func `an edition later than any here is the library's fault, not the basis's`() throws {
        let cause = try cause("示例防治法", "第八条", year: 2024)
        #expect(cause == .editionMissing(year: 2024, latest: day("2020-04-29")))
    }

    @Test func `an article that the edition in force has no more is gone`() throws {
        #expect(try cause("示例防治法", "第九条") == .articleGone(version: day("2020-04-29")))
        #expect(try cause("示例防治法", "第九条", on: "2019-01-01") == nil)
    }

    @Test func `an item written before an amendment of its article is listed, and one of a like text not`() throws {
        #expect(
            try cause("示例防治法", "第八条", since: "2019-01-01") == .amended(version: day("2020-04-29"), text: true))
        #expect(try cause("示例防治法", "第一条", since: "2019-01-01") == nil)
        #expect(try cause("示例防治法", "第八条", since: "2021-01-01") == nil)
        #expect(
            try cause("示例防治法", "第八条", since: "2010-01-01") == .amended(version: day("2020-04-29"), text: nil),
            "what it read like then is not here")
    }

    @Test func `a law that another ended is listed from that day`() throws {
        let ended = StaleBasis.Cause.repealed(by: "中华人民共和国噪声示例法", from: try #require(day("2022-06-05")))
        #expect(try cause("中华人民共和国示例噪声法", "第三条") == ended)
        #expect(try cause("示例噪声法", "第三条", year: 2018) == ended)
        #expect(try cause("示例噪声法", "第三条", on: "2022-06-04") == nil)
    }

    @Test func `a repeal that no text states comes from a table`() throws {
        let table = try #require(StatuteRepeal.list("# 说明\n中华人民共和国示例防治法,,2025-01-01\n不存在的法,示例防治法,2020-05-01\n"))
        let first = try #require(day("2025-01-01"))
        #expect(try cause("示例防治法", "第八条", repeals: table) == .repealed(by: nil, from: first))
        #expect(try cause("示例防治法", "第八条", on: "2024-12-31", repeals: table) == nil)
        let old = try #require(day("2020-05-01"))
        #expect(try cause("不存在的法", "第一条", repeals: table) == .repealed(by: "示例防治法", from: old))
        #expect(StatuteRepeal.list("示例,2025-01-01") == nil && StatuteRepeal.list("示例,,明天") == nil)
    }

    @Test func `a law made anew after a repeal of its title is in force`() throws {
        let table = [StatuteRepeal(title: "中华人民共和国示例防治法", by: nil, from: try #require(day("2018-01-01")))]
        #expect(try cause("示例防治法", "第八条", repeals: table) == nil)
        #expect(try cause("示例防治法", "第八条", on: "2019-01-01", repeals: table) != nil)
    }

    @Test func `what is not here, or was not the law yet, is told as that`() throws {
        #expect(try cause("没有的法", "第一条") == .notHere)
        #expect(try cause("示例防治法", "第八条", on: "2010-01-01") == .notInForce)
        let shelf = try shelf()
        let reference = try #require(StatuteReference(title: "示例防治法", article: "第九条"))
        #expect(StaleBasis.resolves(reference, in: shelf), "a former version has it")
        let nested = try #require(StatuteReference(title: "实施〈中华人民共和国示例噪声法〉办法", article: "第二条"))
        #expect(StaleBasis.resolves(nested, in: shelf))
        let never = try #require(StatuteReference(title: "示例防治法", article: "第九百条"))
        #expect(!StaleBasis.resolves(never, in: shelf))
    }

    @Test func `every finding says in both languages what is to be looked at`() throws {
        let reference = try #require(StatuteReference(title: "示例噪声法", article: "第三条"))
        let basis = StaleBasis.Basis(holder: "I1", reference: reference)
        let found = StaleBasis.list([basis], in: try shelf(), on: try #require(day("2026-01-01")))
        #expect(found.map(\.says.chinese) == ["《示例噪声法》自2022年6月5日起废止，由《中华人民共和国噪声示例法》代替"])
        #expect(found.allSatisfy { $0.isStale && $0.says.english.contains("2022-06-05") })
    }

    @Test(arguments: [
        ("第九条 本法自2022年1月1日起施行，《甲法》同时废止。", ["甲法"]),
        ("第九条 2001年1月1日公布的《甲规定》（公安部第69号令）和《乙〈丙〉办法》（第95号）同时废止。", ["乙〈丙〉办法", "甲规定"]),
        ("第九条 根据《乙法》，《甲法》同时废止。", ["甲法"]), ("第九条 《甲条例》中有关看守所的规定即行废止。", []),
        ("第九条 《甲法》的修改和废止，依照《立法法》执行。", []), ("第九条 《示例法》同时废止。", []),
        ("第九条 《实施《甲法》办法》即行废止。《乙法》继续有效。", ["实施《甲法》办法"]), ("第九条 》同时废止", []), ("第九条 同时废止", []),
    ])
    func `a law ends what it says it ends`(text: String, titles: [String]) throws {
        #expect(try law("示例法", "2021-01-01", text).repeals == titles)
    }

    @Test(
        arguments: [
            ("《中华人民共和国示例法》（2016年修订）第八条：……", "中华人民共和国示例法", 2016), ("《示例法》(2018年修正)", "示例法", 2018),
            ("《示例法五》（2016年修订）", "示例法", 2016), ("《示例法》第八条", "示例法", nil),
            ("《别的法》（2016年修订）《示例法》（2019年）", "示例法", 2019), ("《实施〈示例法〉办法》（2018年）", "实施示例法办法", 2018),
            ("《示例法》（第16号）", "示例法", nil), ("《示例法", "示例法", nil),
        ] as [(String, String, Int?)])
    func `a quotation says which edition it is from`(text: String, title: String, year: Int?) {
        #expect(CitedEdition.year(in: text, of: title) == year)
    }

    @Test func `a benchmark is named by set and number, or by number alone`() {
        #expect(BenchmarkName("1-1") == BenchmarkName(set: nil, item: "1-1"))
        #expect(BenchmarkName("甲#1-1") == BenchmarkName(set: "甲", item: "1-1"))
        #expect(BenchmarkName(set: "甲#乙", item: "1-1").description == "甲#乙#1-1")
        #expect(BenchmarkName("甲#乙#1-1").set == "甲#乙")
    }
}
