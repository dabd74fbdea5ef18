import Libraries
import Testing

struct EffectiveDayTests {
    private func law(
        head: String = "", text: String, fileName: String = "示例(2020-06-01).md"
    ) throws -> ParsedStatute {
        try StatuteFile.parse("# 示例\n\(head)\n<!-- INFO END -->\n\(text)", fileName: fileName).get()
    }

    @Test(arguments: [
        ("本法自2020年9月1日起施行。", "2020-09-01"), ("本条例自二〇二〇年九月一日起施行。", "2020-09-01"),
        ("本规定自二○二○年十月十一日起实施。", "2020-10-11"), ("本办法自２０２０年１２月３１日起施行。", "2020-12-31"),
        ("本规则于2020年9月1日零时起施行。", "2020-09-01"), ("本规定从2020年7月1日起实行。", "2020-07-01"),
        ("本条例自2020年9月1日起施行。自1997年2月5日起施行的《旧规定》同时废止。", "2020-09-01"),
        ("十五、本决定自2020年8月1日起施行。", "2020-08-01"), ("本安排自2020年8月1日起生效。", "2020-08-01"),
    ])
    func `a closing article that names the day is understood`(sentence: String, day: String) throws {
        let law = try law(text: "第一条 总则。\n第二条 \(sentence)")
        #expect(law.effectiveDate?.description == day)
        #expect(law.effectiveSource == .closingArticle)
        #expect(law.originalEffectiveDate == nil)
    }

    @Test(arguments: ["公布", "发布", "颁布", "国务院批准", "印发", "修订发布"])
    func `a closing article that names publication means that day`(word: String) throws {
        let law = try law(text: "第一条 总则。\n第二条 本办法自\(word)之日起施行。")
        #expect(law.effectiveDate?.description == "2020-06-01")
        #expect(law.effectiveSource == .closingArticle)
    }

    @Test(arguments: [
        "许可自批准登记之日起生效。", "罚款自决定作出之日起执行。", "自2030年1月1日，企业应当报告。", "本市自2030年1月1日起，每年检查一次，结果另行公布后施行。",
    ])
    func `a day that is not the law's own is not taken for it`(sentence: String) throws {
        let law = try law(text: "第一条 \(sentence)\n第二条 其他。")
        #expect(law.effectiveDate?.description == "2020-06-01")
        #expect(law.effectiveSource == .publication)
    }

    @Test func `an event goes before the closing article`() throws {
        let law = try law(head: "2020年7月15日 施行", text: "第一条 本法自2020年9月1日起施行。")
        #expect(law.effectiveDate?.description == "2020-07-15")
        #expect(law.effectiveSource == .events)
    }

    @Test func `an event that names another day than its own is read to its end`() throws {
        let law = try law(head: "2020年6月1日 示例总署发布 自2020年8月1日施行", text: "第一条 文。")
        #expect(law.effectiveDate?.description == "2020-08-01")
    }

    @Test func `an event that speaks of implementing an act is no day of effect`() throws {
        let law = try law(head: "2020年5月2日 通过《关于实施示例法的办法》修正案", text: "第一条 文。")
        #expect(law.effectiveSource == .publication)
    }

    @Test func `an amended version that repeats the first closing article is in force from its publication`() throws {
        let law = try Fixtures.law("示例市容环境管理条例(2020-07-31).md")
        #expect(law.effectiveDate?.description == "2020-07-31")
        #expect(law.effectiveSource == .publication)
        #expect(law.originalEffectiveDate?.description == "2012-06-01")
    }

    @Test(arguments: [
        ("示例河道保护条例(2016-05-20).md", "2016-09-01", EffectiveSource.closingArticle),
        ("示例河道保护条例(2023-11-30).md", "2024-03-01", .closingArticle),
        ("示例市容环境管理条例(2012-03-15).md", "2012-06-01", .closingArticle),
        ("示例行政执法监督办法(2022-08-10).md", "2022-10-01", .events),
        ("示例生态环境有奖举报规定(2021-04-12).md", "2021-04-12", .closingArticle),
        ("示例噪声投诉处理规则.md", "2019-07-15", .events), ("示例法典·总则编.md", "2020-05-28", .publication),
    ])
    func `fixtures tell their day and where it stands`(name: String, day: String, source: EffectiveSource) throws {
        let law = try Fixtures.law(name)
        #expect(law.effectiveDate?.description == day)
        #expect(law.effectiveSource == source)
    }

    @Test func `a file without a name date is dated by its adoption`() throws {
        let law = try Fixtures.law("示例噪声投诉处理规则.md")
        #expect(law.nameDate == nil)
        #expect(law.versionDate?.description == "2019-06-03")
    }

    @Test func `a law of which no day is known says so`() throws {
        let law = try Fixtures.law("示例村规民约指引.md")
        #expect(law.versionDate == nil)
        #expect(law.effectiveDate == nil)
        #expect(law.effectiveSource == .unknown)
        #expect(law.events == [StatuteEvent(date: nil, text: "示例省民政厅拟订")])
    }
}
