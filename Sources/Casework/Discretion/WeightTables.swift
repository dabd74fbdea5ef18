package import Libraries

extension Benchmark.WeightTable {
    /// The most that weights can come to: the whole of the statutory maximum.
    static let basisPointsMax: Int64 = 10_000

    /// The start weight and those of the choices, 100 % at most.
    ///
    /// A factor that could not be established counts with its lightest choice (第5条); so does one that was not named.
    ///
    /// - Parameter chosen: the choice of each factor, by its name.
    /// - Returns: nil where a factor or a choice is not of this table.
    package func basisPoints(_ chosen: [String: String]) -> Int64? {
        var points = startBasisPoints
        var known = 0
        for factor in factors {
            if let name = chosen[factor.name] {
                guard let choice = factor.choices.first(where: { $0.name == name }) else { return nil }
                points = Int64(clamping: Int128(points) + Int128(choice.basisPoints))
                known += 1
            } else {
                points = Int64(clamping: Int128(points) + Int128(factor.choices.map(\.basisPoints).min() ?? 0))
            }
        }
        return known == chosen.count ? min(max(0, points), Self.basisPointsMax) : nil
    }

    /// The sum that 100 % stands for, in fen; nil where it is not known.
    package func most(statutory: Int64?, base: Int64?) -> Int64? {
        switch maximum {
        case .statutory: statutory
        case .ofBase(let points): base.map { Fen.share(of: $0, times: points, over: 10_000).down }
        }
    }

    /// The sum that weights come to, rounded down to the fen; a sum that drops what is no whole yuan is as good.
    package func range(basisPoints: Int64, of most: Int64) -> FineRange {
        let fen = Fen.share(of: most, times: basisPoints, over: 10_000).down
        return FineRange(least: fen - fen % 100, most: fen)
    }
}

/// The rows of a table of weights: one choice of one factor of one item each.
package struct WeightTables: Hashable, Sendable {
    package static let columns: [TableColumn] = [
        .required("item_no"), .required("factor"), .required("choice"), .required("percent"),
        .optional("statutory_min"), .optional("statutory_max"), .optional("base_percent"),
    ]

    /// One for each item that could be read whole, in the order of the file.
    package let benchmarks: [Benchmark]
    package let refused: [RefusedRow]

    /// Reads a table of weights: `item_no,factor,choice,percent`, and on the row of an item whose factor is empty, its
    /// start weight, what the law has at least and at most in yuan, `statutory_min` and `statutory_max`, or
    /// `base_percent`, the share of the base amount that is the maximum.
    ///
    /// An item with a row that cannot be read is left out as a whole: half a table would weigh too lightly.
    ///
    /// - Parameters:
    ///   - file: as the importer was given it, for what is refused.
    ///   - set: the name of the benchmark.
    package init(csv bytes: some Sequence<UInt8>, file: String, set: String, bounds: Benchmark.Bounds) {
        var reader = TableReader(file: file, columns: Self.columns)
        var drafts: [Draft] = []
        var refused: [RefusedRow] = []
        var broken: Set<String> = []
        for event in reader.feed(bytes) + reader.finish() {
            switch event {
            case .refused(let row): refused.append(row)
            case .row(let row):
                let item = row["item_no"]
                let place = drafts.firstIndex { $0.item == item } ?? drafts.endIndex
                if place == drafts.endIndex { drafts.append(Draft(item: item, line: row.line)) }
                do {
                    try drafts[place].take(row)
                } catch {
                    broken.insert(item)
                    refused.append(RefusedRow(file: file, line: row.line, reason: error))
                }
            }
        }
        var benchmarks: [Benchmark] = []
        for draft in drafts where !broken.contains(draft.item) {
            do {
                benchmarks.append(try draft.benchmark(set: set, bounds: bounds))
            } catch {
                refused.append(RefusedRow(file: file, line: draft.line, reason: error))
            }
        }
        (self.benchmarks, self.refused) = (benchmarks, refused)
    }
}

/// What the rows of one item have told so far.
private struct Draft {
    let item: String
    /// Where it begins.
    let line: Int
    private var start: Int64?
    private var least: Int64?
    private var most: Int64?
    private var ofBase: Int64?
    private var factors: [Benchmark.WeightTable.Factor] = []

    init(item: String, line: Int) { (self.item, self.line) = (item, line) }

    mutating func take(_ row: TableRow) throws(Reason) {
        guard !item.isEmpty else { throw Reason("item_no 不能为空", "item_no is empty") }
        guard let points = Self.hundredths(row["percent"]), points <= Benchmark.WeightTable.basisPointsMax else {
            throw Reason("percent 应为 0 至 100、不超过两位小数的数", "percent must be 0 to 100 with at most two decimals")
        }
        let (factor, choice) = (row["factor"], row["choice"])
        guard !factor.isEmpty else {
            guard start == nil else { throw Reason("裁量起点重复", "the start weight stands twice") }
            start = points
            least = try Self.optional(row, "statutory_min")
            most = try Self.optional(row, "statutory_max")
            ofBase = try Self.optional(row, "base_percent")
            return
        }
        guard !choice.isEmpty, !factor.contains("="),
            !choice.contains(where: { $0 == ";" || $0 == "；" || $0.isNewline })
        else {
            throw Reason("choice 不能为空，也不能含分号", "choice must not be empty nor hold a semicolon")
        }
        let new = Benchmark.WeightTable.Choice(name: choice, basisPoints: points)
        guard let place = factors.firstIndex(where: { $0.name == factor }) else {
            factors.append(Benchmark.WeightTable.Factor(name: factor, choices: [new]))
            return
        }
        guard !factors[place].choices.contains(where: { $0.name == choice }) else {
            throw Reason("同一因素的选项重复", "a choice of the factor stands twice")
        }
        let after = factors[place].choices.firstIndex { $0.basisPoints > points } ?? factors[place].choices.endIndex
        factors[place].choices.insert(new, at: after)
    }

    func benchmark(set: String, bounds: Benchmark.Bounds) throws(Reason) -> Benchmark {
        guard let start else {
            throw Reason("缺少裁量起点：加一行 factor 为空的", "the start weight is missing: add a row with an empty factor")
        }
        guard (most == nil) != (ofBase == nil) else {
            throw Reason(
                "裁量起点行应填 statutory_max 或 base_percent 之一",
                "the row of the start weight must have either statutory_max or base_percent")
        }
        if let least, let most, most < least {
            throw Reason("statutory_max 小于 statutory_min", "statutory_max is less than statutory_min")
        }
        let maximum = ofBase.map { Benchmark.WeightTable.Maximum.ofBase(basisPoints: $0) } ?? .statutory
        let table = Benchmark.WeightTable(startBasisPoints: start, factors: factors, maximum: maximum)
        return Benchmark(
            set: set, item: item, bounds: bounds, model: .weights(table), statutoryLeast: least, statutoryMost: most)
    }

    private static func optional(_ row: TableRow, _ column: String) throws(Reason) -> Int64? {
        guard !row[column].isEmpty else { return nil }
        guard let value = hundredths(row[column]) else {
            throw Reason("\(column) 应为不超过两位小数的数", "\(column) must be a number with at most two decimals")
        }
        return value
    }

    /// A number with at most two decimals, in hundredths; at most 13 digits before the point, far from overflow.
    private static func hundredths(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...13).contains(parts[0].utf8.count),
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }), let whole = Int64(parts[0])
        else { return nil }
        guard parts.count == 2 else { return whole * 100 }
        guard (1...2).contains(parts[1].utf8.count), let fraction = Int64(parts[1]) else { return nil }
        return whole * 100 + (parts[1].utf8.count == 1 ? fraction * 10 : fraction)
    }
}
