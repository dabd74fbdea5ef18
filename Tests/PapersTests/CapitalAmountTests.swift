import Testing

@testable import Papers

@Suite struct CapitalAmountTests {
    @Test(
        arguments: [
            (0, "零元整"), (1, "壹分"), (5, "伍分"), (10, "壹角整"), (15, "壹角伍分"), (100, "壹元整"), (105, "壹元零伍分"),
            (110, "壹元壹角整"), (1_005, "壹拾元零伍分"), (10_000, "壹佰元整"), (50_000, "伍佰元整"), (100_500, "壹仟零伍元整"),
            (140_950, "壹仟肆佰零玖元伍角整"), (600_714, "陆仟零柒元壹角肆分"), (168_032, "壹仟陆佰捌拾元叁角贰分"),
            (10_700_053, "壹拾万柒仟元伍角叁分"), (1_640_902, "壹万陆仟肆佰零玖元零贰分"), (1_000_000, "壹万元整"),
            (1_000_500, "壹万零伍元整"), (100_000_000, "壹佰万元整"), (10_000_000_000, "壹亿元整"),
            (10_000_000_500, "壹亿零伍元整"), (10_050_000_000, "壹亿零伍拾万元整"), (123_456_789_012, "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分"),
            (100_000_000_000_000, "壹万亿元整"), (100_000_000_000_001, "壹万亿元零壹分"), (-50_000, "负伍佰元整"),
        ] as [(Int64, String)])
    func `a sum is written in characters that cannot be altered`(fen: Int64, text: String) {
        #expect(CapitalAmount.text(fen: fen) == text)
    }

    @Test(
        arguments: [(0, "0"), (5, "0.05"), (50_000, "500"), (50_050, "500.50"), (-105, "-1.05")] as [(Int64, String)])
    func `a sum in digits has decimals only where it needs them`(fen: Int64, text: String) {
        #expect(CapitalAmount.yuan(fen: fen) == text)
    }

    @Test func `the largest and the least sum there are can be written`() {
        #expect(CapitalAmount.text(fen: .max).hasSuffix("元零柒分"))
        #expect(CapitalAmount.text(fen: .min).hasPrefix("负"))
    }
}
