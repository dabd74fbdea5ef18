/// Words from which rows are invented. Every name of a person holds one of 示, 例, 拟, 样 and every name of a company
/// begins with 示例, so that nobody takes them for real.
enum SyntheticWords {
    static let surnames = Array("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜谢邹喻柏水窦章").map(String.init)
    static let marks = Array("示例拟样").map(String.init)
    static let givenNames = Array("安宁明远文静海涛建华志强丽敏晓峰雨晨佳怡子涵思源立新国栋").map(String.init)

    static let fields = [
        "城市管理和综合执法", "生态环境", "市场监督管理", "交通运输", "农业农村", "文化广电旅游体育", "应急管理", "卫生健康",
        "水务", "自然资源",
    ]

    static let breaches = [
        "擅自设置户外广告设施", "擅自占用河道管理范围", "擅自改变农用设施用途", "擅自夜间施工作业", "未经许可采砂", "未经许可从事道路运输",
        "未经备案举办营业性演出", "未按规定处置建筑垃圾", "未按规定保存进货查验记录", "未按规定公示收费标准", "未按规定维护消防设施",
        "未按规定填报危险废物台账", "未在指定地点停放共享车辆", "未建立从业人员健康档案", "逾期未改正超标排放", "逾期未拆除临时建筑",
        "拒不提供检查所需资料", "超出门窗经营", "超出核定载重量运输", "使用未经检定的计量器具", "堵塞公共排水管道", "堆放物料影响通行",
        "占用绿地停放机动车", "随意倾倒餐厨垃圾",
    ]

    static let trades = ["餐饮", "建材", "运输", "水产养殖", "印刷", "物业服务", "汽车维修", "日用百货"]
    static let companyWords = ["甲一", "乙二", "丙三", "丁四", "戊五", "己六", "庚七", "辛八"]
    static let streets = ["示例路", "样板街", "拟建大道", "例湾巷"]
}

/// A law that invented items may cite, and how many articles it has.
package struct SyntheticLaw: Hashable, Sendable {
    package let title: String
    package let articleCount: Int

    package init(title: String, articleCount: Int) {
        precondition((1...9_999).contains(articleCount), "a law that is cited has articles")
        (self.title, self.articleCount) = (title, articleCount)
    }

    /// Laws of our own invention, shipped under `Fixtures/laws`.
    package static let fixtures = [
        SyntheticLaw(title: "示例河道保护条例", articleCount: 12), SyntheticLaw(title: "示例市容环境管理条例", articleCount: 14),
        SyntheticLaw(title: "示例行政执法监督办法", articleCount: 10),
    ]
}
