import Casework
import Ledger
import Libraries
import Testing

/// Start weights and factors, times the statutory maximum.
@Suite struct DiscretionWeightsTests {
    private static let table = """
        item_no,factor,choice,percent,statutory_min,statutory_max,base_percent
        1-1,,,20,,,5
        1-1,文件类型,登记表,0,,,
        1-1,文件类型,报告书,10,,,
        1-1,文件类型,报告表,5,,,
        1-1,持续时间,三个月以下,0,,,
        1-1,持续时间,一年以上,16.5,,,
        2-2,,,10,20000,200000,
        2-2,两年内次数,第1次,0,,,
        2-2,两年内次数,第4次以上,95,,,

        """

    private static func tables(_ text: String) -> WeightTables {
        WeightTables(csv: text.utf8, file: "weights.csv", set: "广东省2022", bounds: .upperExcluded)
    }

    private static func benchmark(_ item: String) throws -> Benchmark {
        try #require(tables(table).benchmarks.first { $0.item == item })
    }

    @Test func `a table of weights is read with its choices in ascending weight`() throws {
        let tables = Self.tables(Self.table)
        #expect(tables.refused.isEmpty)
        #expect(tables.benchmarks.map(\.item) == ["1-1", "2-2"])
        guard case .weights(let weights) = try Self.benchmark("1-1").model else {
            Issue.record("the table holds weights")
            return
        }
        #expect(weights.startBasisPoints == 2_000)
        #expect(weights.maximum == .ofBase(basisPoints: 500))
        #expect(weights.factors.map(\.name) == ["文件类型", "持续时间"])
        #expect(weights.factors[0].choices.map(\.basisPoints) == [0, 500, 1_000])
        #expect(weights.factors[1].choices.map(\.basisPoints) == [0, 1_650])
        #expect(try Self.benchmark("2-2").statutoryLeast == 2_000_000)
        #expect(try Self.benchmark("2-2").statutoryMost == 20_000_000)
    }

    private func answer(_ benchmark: Benchmark, _ fen: Int64, _ facts: [String: Value]) -> DiscretionAnswer {
        benchmark.judge(fen: fen) { facts[$0] }
    }

    @Test func `start and factors times the maximum make the sum, to the yuan below`() throws {
        let benchmark = try Self.benchmark("1-1")
        let facts: [String: Value] = [
            "factors": .text("文件类型=报告书\n持续时间=一年以上"), "base-amount": .integer(123_456_700),
        ]
        // 20 + 10 + 16.5 = 46.5 % of 5 % of 1,234,567 yuan, 61,728.35 yuan: 28,703.68275 yuan.
        #expect(answer(benchmark, 2_870_368, facts).standing == .within)
        #expect(answer(benchmark, 2_870_300, facts).standing == .within)
        #expect(answer(benchmark, 2_870_299, facts).standing == .below)
        #expect(answer(benchmark, 2_870_369, facts).standing == .above)
        #expect(answer(benchmark, 2_870_368, facts).range == FineRange(least: 2_870_300, most: 2_870_368))
    }

    @Test func `weights are capped at the whole, and the law's least holds`() throws {
        let benchmark = try Self.benchmark("2-2")
        #expect(benchmark.range { $0 == "factors" ? .text("两年内次数=第4次以上") : nil } == FineRange(exactly: 20_000_000))
        // 10 % of 200,000 yuan are the law's least themselves.
        #expect(benchmark.range { $0 == "factors" ? .text("两年内次数=第1次") : nil } == FineRange(exactly: 2_000_000))
        var dearer = benchmark
        dearer.statutoryLeast = 3_000_000
        #expect(dearer.range { $0 == "factors" ? .text("两年内次数=第1次") : nil } == FineRange(exactly: 3_000_000))
    }

    @Test func `a factor that was not established counts with its lightest choice`() throws {
        let benchmark = try Self.benchmark("1-1")
        let facts: [String: Value] = ["factors": .text("文件类型=报告书"), "base-amount": .integer(100_000_000)]
        // 30 % of 5 % of 1,000,000 yuan.
        #expect(answer(benchmark, 1_500_000, facts).standing == .within)
        let none: [String: Value] = ["factors": .text(""), "base-amount": .integer(100_000_000)]
        #expect(answer(benchmark, 1_000_000, none).standing == .within)
    }

    @Test(arguments: [
        ("factors", [String: Value]()), ("factors", ["factors": .text("文件类型")]),
        ("factors", ["factors": .text("文件类型=备案")]), ("factors", ["factors": .text("颜色=红")]),
        ("factors", ["factors": .text("文件类型=报告书;文件类型=报告表")]), ("factors", ["factors": .integer(1)]),
        ("base-amount", ["factors": .text("文件类型=报告书；持续时间=一年以上")]),
    ])
    func `what is not known, or no choice of the table, is asked for`(missing: String, facts: [String: Value]) throws {
        let answer = answer(try Self.benchmark("1-1"), 1, facts)
        #expect(answer.standing == .cannotTell(missing: [missing]))
    }

    @Test(arguments: [
        ("3-1,,,20,,100000,\n3-1,次数,第1次,101,,,", 3), ("3-1,,,20,,100000,\n3-1,次数,第1次,1.234,,,", 3),
        ("3-1,,,20,,100000,\n3-1,次数,,1,,,", 3), ("3-1,,,20,,100000,\n3-1,次数,一;二,1,,,", 3),
        ("3-1,,,20,,100000,\n3-1,,,20,,100000,", 3), ("3-1,次数,第1次,1,,,", 2), ("3-1,,,20,,,", 2),
        ("3-1,,,20,,100000,5", 2), ("3-1,,,20,200000,100000,", 2), ("3-1,,,20,x,100000,", 2), (",,,20,,100000,", 2),
        ("3-1,,,20,,100000,\n3-1,次数,第1次,1,,,\n3-1,次数,第1次,2,,,", 4), ("3-1,,,,,100000,", 2),
    ])
    func `an item with a row that cannot be read is refused as a whole, with the line`(rows: String, line: Int) {
        let header = "item_no,factor,choice,percent,statutory_min,statutory_max,base_percent\n"
        let tables = Self.tables("\(header)\(rows)\n9-9,,,30,,500,\n")
        #expect(tables.benchmarks.map(\.item) == ["9-9"])
        #expect(tables.refused.first?.line == line)
        #expect(tables.refused.count == 1)
    }

    @Test(arguments: 0..<30)
    func `a heavier choice never makes a lighter fine, nor one above the maximum`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<100 {
            let choices = (0..<4).map { number in
                Benchmark.WeightTable.Choice(name: "\(number)", basisPoints: Int64(number * random.below(2_500)))
            }.sorted { $0.basisPoints < $1.basisPoints }
            let table = Benchmark.WeightTable(
                startBasisPoints: Int64(random.below(4_000)),
                factors: [Benchmark.WeightTable.Factor(name: "次数", choices: choices)])
            let most = Int64(random.below(1 << 40))
            let benchmark = Benchmark(
                set: "s", item: "i", bounds: .bothIncluded, model: .weights(table), statutoryMost: most)
            let sums = try choices.map { choice in
                try #require(benchmark.range { $0 == "factors" ? .text("次数=\(choice.name)") : nil }?.most)
            }
            #expect(sums == sums.sorted())
            #expect(sums.allSatisfy { $0 <= most })
        }
    }
}
