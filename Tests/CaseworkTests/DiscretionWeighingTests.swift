import Casework
import Ledger
import Libraries
import Testing

/// Lighter and heavier, apologies, and several norms for one act.
@Suite struct DiscretionWeighingTests {
    private let both = FineRange(least: 2_000_000, most: 20_000_000)

    @Test func `with both bounds the middle divides lighter from heavier`() {
        #expect(both.weighed(.usual) == FineRange(exactly: 11_000_000))
        #expect(both.weighed(.heavier) == FineRange(least: 11_000_000, most: 20_000_000))
        #expect(both.weighed(.lighter) == FineRange(least: 2_000_000, most: 10_999_999))
        #expect(both.weighed(.mitigated) == FineRange(least: 0, most: 2_000_000, includesMost: false))
        #expect(both.weighed(.none) == FineRange(exactly: 0))
    }

    @Test func `half a fen in the middle goes neither way twice`() {
        let odd = FineRange(least: 1, most: 4, includesMost: false)
        #expect(odd.weighed(.usual) == FineRange(exactly: 2))
        #expect(odd.weighed(.lighter) == FineRange(least: 1, most: 2))
        #expect(odd.weighed(.heavier) == FineRange(least: 3, most: 4, includesMost: false))
    }

    @Test func `with only an upper bound lighter is a fifth of it and usual a half`() {
        let upper = FineRange(least: 0, most: 5_000_000)
        #expect(upper.weighed(.lighter) == FineRange(exactly: 1_000_000))
        #expect(upper.weighed(.usual) == FineRange(exactly: 2_500_000))
        #expect(upper.weighed(.heavier) == FineRange(least: 2_500_000, most: 5_000_000))
    }

    @Test func `with only a lower bound usual is twice and heavier five times of it`() {
        let lower = FineRange(least: 1_000_000, most: nil)
        #expect(lower.weighed(.usual) == FineRange(exactly: 2_000_000))
        #expect(lower.weighed(.heavier) == FineRange(exactly: 5_000_000))
        #expect(lower.weighed(.lighter) == FineRange(least: 1_000_000, most: 2_000_000, includesMost: false))
        #expect(FineRange(least: .max, most: nil).weighed(.heavier) == FineRange(exactly: .max))
    }

    @Test func `a sum has no middle`() {
        for weighing in [Weighing.lighter, .usual, .heavier] {
            #expect(FineRange(exactly: 20_000_000).weighed(weighing) == FineRange(exactly: 20_000_000))
        }
    }

    @Test(arguments: [
        (Weighing.none, Int64(0), "行政处罚法第33条"), (.mitigated, 1_999_999, "行政处罚法第32条"),
        (.lighter, 3_499_999, "行政处罚法第32条"), (.usual, 3_500_000, "广东省生态环境行政处罚自由裁量权规定第12条"),
        (.heavier, 5_000_000, "广东省生态环境行政处罚自由裁量权规定第12条"),
    ])
    func `a weighing of the case narrows its range and names its article`(
        weighing: Weighing, most: Int64, article: String
    ) throws {
        let benchmark = try DiscretionTiersTests.benchmark(DiscretionTiersTests.sums, .bothIncluded)
        let facts: [String: Value] = ["circumstance": .integer(1), "weighing": .text(weighing.rawValue)]
        let answer = benchmark.judge(fen: most) { facts[$0] }
        #expect(answer.isWithin, "\(answer.says)")
        #expect(answer.articles.last == article)
        #expect(benchmark.judge(fen: most + 1) { facts[$0] }.standing == .above)
    }

    @Test func `an apology takes off thirty to fifty percent and never goes below the law`() {
        #expect(PublicApology.fen(standard: 10_000_000, percent: 30, statutoryLeast: 2_000_000) == 7_000_000)
        #expect(PublicApology.fen(standard: 10_000_000, percent: 50, statutoryLeast: 2_000_000) == 5_000_000)
        #expect(PublicApology.fen(standard: 3_000_000, percent: 50, statutoryLeast: 2_000_000) == 2_000_000)
        #expect(PublicApology.fen(standard: 10_000_000, percent: 29, statutoryLeast: nil) == nil)
        #expect(PublicApology.fen(standard: 10_000_000, percent: 51, statutoryLeast: nil) == nil)
        // Mitigated below the law already: an apology makes it no heavier.
        #expect(PublicApology.fen(standard: 1_000_000, percent: 40, statutoryLeast: 2_000_000) == 1_000_000)
        // What is taken off is rounded down: 33 % of 101 fen are 33.
        #expect(PublicApology.fen(standard: 101, percent: 33, statutoryLeast: 0) == 68)
        #expect(
            PublicApology.range(standard: 3_000_000, statutoryLeast: 2_000_000)
                == FineRange(least: 2_000_000, most: 2_100_000))
    }

    @Test(arguments: PublicApology.Exclusion.allCases)
    func `each of the eleven exclusions closes the way of an apology`(exclusion: PublicApology.Exclusion) {
        #expect(PublicApology.Exclusion.allCases.count == 11)
        #expect(!exclusion.name.chinese.isEmpty)
        #expect(
            PublicApology.fen(standard: 10_000_000, percent: 40, statutoryLeast: 0, exclusions: [exclusion]) == nil)
        #expect(PublicApology.range(standard: 10_000_000, statutoryLeast: 0, exclusions: [exclusion]) == nil)
    }

    @Test func `of several norms the one with the higher fine governs`() throws {
        func norm(_ item: String, most: Int64) -> Benchmark {
            Benchmark(
                set: "基准", item: item, bounds: .bothIncluded,
                tiers: [
                    Benchmark.Tier(
                        tier: 1, ordinal: 1, circumstance: "一般", standard: "罚款", unit: .yuan, least: 0, most: most)
                ])
        }
        let share = Benchmark(
            set: "基准", item: "c", bounds: .bothIncluded,
            tiers: [
                Benchmark.Tier(
                    tier: 1, ordinal: 1, circumstance: "一般", standard: "罚款", unit: .percent, least: 100, most: 500)
            ])
        let (low, high) = (norm("a", most: 1_000_000), norm("b", most: 2_000_000))
        #expect(Benchmark.governing([low, high], base: nil)?.item == "b")
        #expect(Benchmark.governing([high, low], base: nil)?.item == "b")
        #expect(Benchmark.governing([low, norm("z", most: 1_000_000)], base: nil)?.item == "a")
        #expect(Benchmark.governing([], base: nil) == nil)
        // 5 % of 500,000 yuan are 25,000; without the base it might be the higher, so nothing is said.
        #expect(Benchmark.governing([low, high, share], base: 50_000_000)?.item == "c")
        #expect(Benchmark.governing([low, high, share], base: 30_000_000)?.item == "b")
        #expect(Benchmark.governing([low, high, share], base: nil) == nil)
    }
}
