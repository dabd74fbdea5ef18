import Libraries
import Testing

struct ChineseNumeralTests {
    @Test func `every number that an article can have is read back as it was written`() {
        for number in 0...9_999 where ChineseNumeral.value(ChineseNumeral.text(number)) != number {
            Issue.record("\(number) is written \(ChineseNumeral.text(number))")
        }
    }

    @Test(arguments: [
        (1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (99, "九十九"), (100, "一百"), (103, "一百零三"), (110, "一百一十"),
        (120, "一百二十"), (1_003, "一千零三"), (1_030, "一千零三十"), (1_260, "一千二百六十"),
    ])
    func `numbers are written as laws write them`(number: Int, text: String) {
        #expect(ChineseNumeral.text(number) == text)
    }

    @Test(arguments: [
        ("一百〇三", 103), ("二〇〇一", 2001), ("二○○四", 2004), ("二零零三", 2003), ("１９９８", 1998), ("2024", 2024),
        ("一百十二", 112), ("一万零五", 10_005),
    ])
    func `other ways of writing are read`(text: String, value: Int) {
        #expect(ChineseNumeral.value(text) == value)
    }

    @Test(arguments: ["", "甲", "百", "一二十", "十百", "十十", "一百二百", "二三四五六七", "第一", "12 3", "九九九九九九九九九九九九九", "-1"])
    func `what is no numeral is nothing`(text: String) {
        #expect(ChineseNumeral.value(text) == nil)
    }
}
