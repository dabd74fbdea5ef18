import Libraries
import Testing

struct StatuteRankTests {
    @Test(arguments: [
        ("中华人民共和国宪法", "2018年3月11日 第十三届全国人民代表大会第一次会议通过", "宪法", "全国人民代表大会"),
        (
            "中华人民共和国法官法", "2019-04-23 第十三届全国人民代表大会常务委员会第十次会议修订", "法律",
            "全国人民代表大会常务委员会"
        ),
        ("政府投资条例", "2019-04-14 中华人民共和国国务院令第712号公布", "行政法规", "国务院"),
        (
            "最高人民法院关于审理若干案件的解释", "2020-12-23 最高人民法院审判委员会第1823次会议通过", "司法解释",
            "最高人民法院"
        ),
        (
            "示例市农村建房条例",
            "2022-10-31 示例市第八届人民代表大会常务委员会第八次会议通过\n2022-11-30 示例省第十三届人民代表大会常务委员会批准",
            "地方性法规", "示例市人民代表大会常务委员会"
        ),
        ("明码标价规定", "2022-04-14 国家市场监督管理总局令第56号公布", "部门规章", "国家市场监督管理总局"),
        ("碳排放管理试行办法", "2014-03-01 示例省人民政府公布或者施行", "政府规章", "示例省人民政府"),
        ("裁量标准规定", "2020-03-01 示例市生态环境局公布或者施行", "其他规范性文件", "示例市生态环境局"),
    ])
    func `a law's rank and issuer are read from its title and history`(
        title: String, events: String, sort: String, issuer: String
    ) {
        let rank = StatuteRank(title: title, events: events)
        #expect(rank.sort.rawValue == sort)
        #expect(rank.issuer == issuer)
    }

    @Test func `a law without a history is of no known rank`() {
        let rank = StatuteRank(title: "示例办法", events: "")
        #expect(rank.sort == .other)
        #expect(rank.issuer == nil)
    }
}
