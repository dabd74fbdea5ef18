import Casework
import Ledger
import Libraries
import Testing

/// Ranges of fines by tiers, at, on and beyond every bound.
@Suite struct DiscretionTiersTests {
    /// A violation with five tiers, two circumstances in the second, and a sum in the fifth.
    static let sums = """
        item_no,statute_sheet,violation,basis_law,basis_article,tier,circumstance,standard,fine_unit,fine_min,fine_max
        2-1,水污染防治法,拒绝检查,水污染防治法,第八十一条,1,拖延三十分钟以下,二万元以上五万元以下,yuan,20000,50000
        2-1,水污染防治法,拒绝检查,水污染防治法,第八十一条,2,拖延超过三十分钟,五万元以上十万元以下,yuan,50000,100000
        2-1,水污染防治法,拒绝检查,水污染防治法,第八十一条,2,经提醒不改正,五万元以上十万元以下,yuan,50000,100000
        2-1,水污染防治法,拒绝检查,水污染防治法,第八十一条,3,弄虚作假,十万元以上十五万元以下,yuan,100000,150000
        2-1,水污染防治法,拒绝检查,水污染防治法,第八十一条,5,暴力抗拒,二十万元,yuan,200000,200000

        """

    static func benchmark(_ table: String, _ bounds: Benchmark.Bounds) throws -> Benchmark {
        try #require(Benchmark(rows: try rows(table), set: "基准", bounds: bounds))
    }

    static func rows(_ table: String) throws -> [BenchmarkRow] {
        var reader = TableReader(file: "benchmarks.csv", columns: BenchmarkRow.columns)
        var rows: [BenchmarkRow] = []
        for event in reader.feed(table.utf8) + reader.finish() {
            guard case .row(let row) = event else {
                Issue.record("the table of the test cannot be read: \(event)")
                continue
            }
            rows.append(try BenchmarkRow(reading: row, after: rows.last))
        }
        return rows
    }

    private static let oneOfEach = """
        item_no,statute_sheet,violation,basis_law,basis_article,tier,circumstance,standard,fine_unit,fine_min,fine_max
        1-1,环境影响评价法,未批先建,环境影响评价法,第三十一条第一款,1,报告表,百分之一以上百分之二以下,percent,1,2
        1-1,环境影响评价法,未批先建,环境影响评价法,第三十一条第一款,2,报告书,百分之二以上百分之三以下,percent,2,3
        1-1,环境影响评价法,未批先建,环境影响评价法,第三十一条第一款,3,并处收费,三倍以上四倍以下,times,3,4
        1-1,环境影响评价法,未批先建,环境影响评价法,第三十一条第一款,4,禁止从业,所收费用五倍的罚款,,,

        """

    private func standing(
        _ benchmark: Benchmark, _ fen: Int64, _ facts: [String: Value]
    ) -> DiscretionAnswer.Standing {
        benchmark.judge(fen: fen) { facts[$0] }.standing
    }

    @Test(arguments: Benchmark.Bounds.allCases)
    func `every bound behaves as its set says`(bounds: Benchmark.Bounds) throws {
        let benchmark = try Self.benchmark(Self.sums, bounds)
        guard case .tiers(let tiers) = benchmark.model else {
            Issue.record("rows are tiers")
            return
        }
        #expect(tiers.count == 5)
        for tier in tiers {
            let least = try #require(tier.least)
            let most = try #require(tier.most)
            let facts: [String: Value] = ["circumstance": .integer(Int64(tier.ordinal))]
            let includesMost = bounds == .bothIncluded || least == most
            #expect(standing(benchmark, least - 1, facts) == .below)
            #expect(standing(benchmark, least, facts) == .within)
            #expect(standing(benchmark, most - 1, facts) == (least == most ? .below : .within))
            #expect(standing(benchmark, most, facts) == (includesMost ? .within : .above))
            #expect(standing(benchmark, most + 1, facts) == .above)
            #expect(standing(benchmark, -1, facts) == .below)
            #expect(standing(benchmark, .max, facts) == .above)
        }
    }

    @Test func `the answer names what would be right, and the articles`() throws {
        let benchmark = try Self.benchmark(Self.sums, .bothIncluded)
        let answer = benchmark.judge(fen: 1_999_999) { $0 == "circumstance" ? .integer(1) : nil }
        #expect(answer.says.chinese == "罚款19999.99元低于裁量幅度：应为20000元以上50000元以下（含本数），低于此数须说明理由")
        #expect(answer.articles == ["行政处罚法第34条", "江门市生态环境行政处罚裁量标准规定第16条"])
        let provincial = try Self.benchmark(Self.sums, .upperExcluded)
        let above = provincial.judge(fen: 5_000_000) { $0 == "circumstance" ? .integer(1) : nil }
        #expect(
            above.says.english
                == "50000 yuan is above the range of from 20000 to less than 50000 yuan: deviating needs a reason")
        #expect(above.articles.last == "广东省生态环境行政处罚自由裁量权规定第23条")
    }

    @Test(arguments: [
        ("circumstance", [String: Value]()), ("circumstance", ["circumstance": .integer(9)]),
        ("circumstance", ["circumstance": .text("1, zwei")]), ("circumstance", ["circumstance": .boolean(true)]),
        ("repeats", ["circumstance": .integer(1), "repeats": .integer(-1)]),
        ("weighing", ["circumstance": .integer(1), "weighing": .text("gentle")]),
    ])
    func `what is not known, or no choice of the item, is asked for`(missing: String, facts: [String: Value]) throws {
        let benchmark = try Self.benchmark(Self.sums, .bothIncluded)
        let answer = benchmark.judge(fen: 2_000_000) { facts[$0] }
        #expect(answer.standing == .cannotTell(missing: [missing]))
        #expect(answer.range == nil)
        #expect(!answer.isWithin)
    }

    @Test func `facts in several tiers come to the heavier, and none established to the lightest`() throws {
        let benchmark = try Self.benchmark(Self.sums, .bothIncluded)
        func range(_ circumstance: Value) -> FineRange? {
            benchmark.range { $0 == "circumstance" ? circumstance : nil }
        }
        #expect(range(.text("1、4，2")) == FineRange(least: 10_000_000, most: 15_000_000))
        #expect(range(.text("4")) == FineRange(least: 10_000_000, most: 15_000_000))
        #expect(range(.integer(0)) == FineRange(least: 2_000_000, most: 5_000_000))
        #expect(range(.text("0,2")) == FineRange(least: 5_000_000, most: 10_000_000))
    }

    @Test(arguments: Benchmark.Bounds.allCases)
    func `two penalties before make the top of the tier, three the next tier up`(bounds: Benchmark.Bounds) throws {
        let benchmark = try Self.benchmark(Self.sums, bounds)
        func range(_ circumstance: Int64, _ repeats: Int64) -> FineRange? {
            benchmark.range {
                $0 == "circumstance" ? .integer(circumstance) : $0 == "repeats" ? .integer(repeats) : nil
            }
        }
        let includes = bounds == .bothIncluded
        #expect(range(1, 0) == FineRange(least: 2_000_000, most: 5_000_000, includesMost: includes))
        #expect(range(1, 1) == FineRange(least: 2_000_000, most: 5_000_000, includesMost: includes))
        #expect(range(1, 2) == FineRange(exactly: 5_000_000))
        #expect(range(1, 3) == FineRange(least: 5_000_000, most: 10_000_000, includesMost: includes))
        // Tier 4 has no row: the next one up is tier 5.
        #expect(range(4, 3) == FineRange(exactly: 20_000_000))
        #expect(range(5, 3) == FineRange(exactly: 20_000_000))
        #expect(range(5, .max) == FineRange(exactly: 20_000_000))
    }

    @Test func `repetitions that the circumstances count themselves are not counted twice`() throws {
        let counting = Self.sums.replacing("拖延三十分钟以下", with: "两年内第1次")
        let benchmark = try Self.benchmark(counting, .bothIncluded)
        let range = benchmark.range {
            $0 == "circumstance" ? .integer(1) : $0 == "repeats" ? .integer(3) : nil
        }
        #expect(range == FineRange(least: 2_000_000, most: 5_000_000))
    }

    @Test func `percentages and multiples count from the base amount`() throws {
        let benchmark = try Self.benchmark(Self.oneOfEach, .bothIncluded)
        func range(_ circumstance: Int64, _ base: Int64?) -> FineRange? {
            benchmark.range {
                $0 == "circumstance" ? .integer(circumstance) : $0 == "base-amount" ? base.map(Value.integer) : nil
            }
        }
        // 1 % to 2 % of 3,000,000 yuan; three to four times 12,345.67 yuan.
        #expect(range(1, 300_000_000) == FineRange(least: 3_000_000, most: 6_000_000))
        #expect(range(3, 1_234_567) == FineRange(least: 3_703_701, most: 4_938_268))
        #expect(range(1, nil) == nil)
        #expect(range(1, -1) == nil)
        #expect(range(4, 100) == nil)
        let missing = benchmark.judge(fen: 1) { $0 == "circumstance" ? .integer(1) : nil }
        #expect(missing.standing == .cannotTell(missing: ["base-amount"]))
        let none = benchmark.judge(fen: 1) { $0 == "circumstance" ? .integer(4) : nil }
        #expect(none.standing == .cannotTell(missing: []))
        #expect(none.says.chinese.hasSuffix("所收费用五倍的罚款"))
    }

    @Test func `fractions of a fen are rounded into the range`() throws {
        let table = Self.oneOfEach
        func range(_ bounds: Benchmark.Bounds, _ base: Int64) throws -> FineRange? {
            try Self.benchmark(table, bounds).range {
                $0 == "circumstance" ? .integer(1) : $0 == "base-amount" ? .integer(base) : nil
            }
        }
        // 1 % of 1.50 yuan is 1.5 fen, 2 % are 3 fen.
        #expect(try range(.bothIncluded, 150) == FineRange(least: 2, most: 3))
        #expect(try range(.upperExcluded, 150) == FineRange(least: 2, most: 3, includesMost: false))
        // 2 % of 1.75 yuan are 3.5 fen: 3 are less than that even where the bound stays out.
        #expect(try range(.upperExcluded, 175) == FineRange(least: 2, most: 3))
        #expect(try range(.upperExcluded, 0) == FineRange(exactly: 0))
    }

    @Test func `the largest amounts do not overflow`() throws {
        let benchmark = try Self.benchmark(Self.oneOfEach, .bothIncluded)
        let range = benchmark.range {
            $0 == "circumstance" ? .integer(3) : $0 == "base-amount" ? .integer(.max) : nil
        }
        #expect(range == FineRange(exactly: .max))
    }

    @Test func `no range exceeds what the law has`() throws {
        var benchmark = try Self.benchmark(Self.oneOfEach, .bothIncluded)
        benchmark.statutoryLeast = 1_000_000
        benchmark.statutoryMost = 5_000_000
        func range(_ base: Int64) -> FineRange? {
            benchmark.range {
                $0 == "circumstance" ? .integer(1) : $0 == "base-amount" ? .integer(base) : nil
            }
        }
        #expect(range(300_000_000) == FineRange(least: 3_000_000, most: 5_000_000))
        #expect(range(900_000_000) == FineRange(exactly: 5_000_000))
        #expect(range(75_000_000) == FineRange(least: 1_000_000, most: 1_500_000))
        #expect(range(1_000) == FineRange(exactly: 1_000_000))
    }

    @Test func `rows of several items, or none, are no benchmark`() throws {
        let rows = try Self.rows(Self.sums)
        let others = try Self.rows(Self.oneOfEach)
        #expect(Benchmark(rows: [], set: "基准", bounds: .bothIncluded) == nil)
        #expect(Benchmark(rows: rows + others, set: "基准", bounds: .bothIncluded) == nil)
        let benchmark = try #require(Benchmark(rows: rows.reversed(), set: "基准", bounds: .bothIncluded))
        #expect(benchmark == (try Self.benchmark(Self.sums, .bothIncluded)))
        #expect(benchmark.item == "2-1")
        #expect(benchmark.statutoryLeast == 2_000_000)
        #expect(benchmark.statutoryMost == 20_000_000)
        #expect(try Self.benchmark(Self.oneOfEach, .bothIncluded).statutoryMost == nil)
    }

    @Test func `a tier reads from the fields of its record`() {
        let fields: [String: Value] = [
            "tier": .integer(2), "ordinal": .integer(3), "circumstance": .text("经提醒不改正"), "standard": .text("罚款"),
            "fine-unit": .text("yuan"), "fine-min-hundredths": .integer(5), "fine-max-hundredths": .integer(9),
        ]
        #expect(
            Benchmark.Tier { fields[$0] }
                == Benchmark.Tier(
                    tier: 2, ordinal: 3, circumstance: "经提醒不改正", standard: "罚款", unit: .yuan, least: 5, most: 9))
        #expect(Benchmark.Tier { $0 == "tier" ? nil : fields[$0] } == nil)
    }

    @Test(arguments: 0..<40)
    func `ordered tiers give ordered ranges, and every sum has one standing`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let benchmark = try Self.benchmark(Self.sums, seed % 2 == 0 ? .bothIncluded : .upperExcluded)
        for _ in 0..<200 {
            let ordinal = Int64(1 + random.below(5))
            let repeats = Int64(random.below(5))
            let fen = Int64(random.below(25_000_000))
            func range(_ repeats: Int64) throws -> FineRange {
                try #require(
                    benchmark.range {
                        $0 == "circumstance" ? .integer(ordinal) : $0 == "repeats" ? .integer(repeats) : nil
                    })
            }
            let (fewer, more) = (try range(repeats), try range(repeats + 1))
            #expect(fewer.least <= more.least)
            #expect(try #require(fewer.most) <= (try #require(more.most)))
            #expect(try #require(more.most) <= 20_000_000)
            let inside = fen >= fewer.least && (fen < fewer.most ?? .max || (fen == fewer.most && fewer.includesMost))
            #expect(fewer.contains(fen) == inside)
        }
    }
}
