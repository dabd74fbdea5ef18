package import Ledger
package import Libraries

extension Benchmark {
    /// The tiers of one item as a file has them; nil for no rows, or rows of several items.
    ///
    /// Where every tier names yuan, the least and the most of all are taken for what the law has, since a set divides
    /// up the whole of it.
    package init?(rows: [BenchmarkRow], set: String, bounds: Bounds) {
        guard let first = rows.first, rows.allSatisfy({ $0.itemNo == first.itemNo }) else { return nil }
        self.init(set: set, item: first.itemNo, bounds: bounds, tiers: rows.map(Tier.init))
    }

    /// The tiers of one item, in any order.
    package init(set: String, item: String, bounds: Bounds, tiers: [Tier]) {
        let sums = tiers.filter { $0.unit == .yuan }
        let isAll = sums.count == tiers.count
        self.init(
            set: set, item: item, bounds: bounds,
            model: .tiers(tiers.sorted { ($0.tier, $0.ordinal) < ($1.tier, $1.ordinal) }),
            statutoryLeast: isAll ? sums.map { $0.least ?? 0 }.min() : nil,
            statutoryMost: isAll && sums.allSatisfy { $0.most != nil } ? sums.compactMap(\.most).max() : nil)
    }
}

extension Benchmark.Tier {
    init(_ row: BenchmarkRow) {
        self.init(
            tier: row.tier, ordinal: row.ordinal, circumstance: row.circumstance, standard: row.standard,
            unit: row.fineUnit, least: row.fineMinHundredths, most: row.fineMaxHundredths)
    }

    /// As a record of kind `benchmark` keeps it; nil where that record lacks what a tier needs.
    ///
    /// - Parameter field: what a field of the record shows.
    package init?(record field: (String) -> Value?) {
        func integer(_ name: String) -> Int64? { if case .integer(let value) = field(name) { value } else { nil } }
        func text(_ name: String) -> String? { if case .text(let value) = field(name) { value } else { nil } }
        guard let tier = integer("tier").flatMap({ Int(exactly: $0) }), let circumstance = text("circumstance"),
            let ordinal = integer("ordinal").flatMap({ Int(exactly: $0) }), let standard = text("standard")
        else { return nil }
        self.init(
            tier: tier, ordinal: ordinal, circumstance: circumstance, standard: standard,
            unit: text("fine-unit").flatMap(BenchmarkRow.FineUnit.init), least: integer("fine-min-hundredths"),
            most: integer("fine-max-hundredths"))
    }

    /// The sums of this tier. Nil where the standard is no range of fines, or the amount it counts from is not known.
    ///
    /// What is asked for at least is rounded up to a fen, what is allowed at most down, so that no sum slips in.
    ///
    /// - Parameter base: in fen.
    package func range(base: Int64?, bounds: Benchmark.Bounds) -> FineRange? {
        guard let unit, least != nil || most != nil else { return nil }
        let includesMost = bounds == .bothIncluded
        guard unit != .yuan else { return FineRange(least: least ?? 0, most: most, includesMost: includesMost) }
        guard let base, base >= 0 else { return nil }
        // Hundredths of a multiple, or of a hundredth.
        let over: Int64 = unit == .times ? 100 : 10_000
        let low = Fen.share(of: base, times: least ?? 0, over: over)
        guard let most else { return FineRange(least: low.up, most: nil) }
        let high = Fen.share(of: base, times: most, over: over)
        // An upper bound between two fen leaves the lower of them in, even where the bound itself stays out.
        return FineRange(
            least: min(low.up, high.down), most: high.down, includesMost: includesMost || high.up != high.down)
    }

    /// Whether it needs a base amount.
    package var needsBase: Bool { unit == .times || unit == .percent }
}

extension [Benchmark.Tier] {
    /// What several circumstances come to: the heaviest, by tier and then by what it allows (Jiangmen's rule, article
    /// 14). A circumstance of 0 says that none could be established, which counts as the lightest tier.
    ///
    /// - Returns: nil for none, and where one of the ordinals is not of this item.
    package func heaviest(of ordinals: [Int]) -> Benchmark.Tier? {
        var found: [Benchmark.Tier] = []
        for ordinal in ordinals {
            guard let tier = ordinal == 0 ? self.min(by: Self.isLighter) : first(where: { $0.ordinal == ordinal })
            else { return nil }
            found.append(tier)
        }
        return found.max(by: Self.isLighter)
    }

    /// The range after earlier penalties for the same kind of violation within two years: two of them make it the top
    /// of the tier, three or more the next tier up, which for the highest is its top (Jiangmen's rule, article 5).
    ///
    /// Not where the circumstances of the item count repetitions themselves: nobody is charged twice for them.
    package func range(
        of tier: Benchmark.Tier, repeats: Int, base: Int64?, bounds: Benchmark.Bounds
    ) -> FineRange? {
        guard let range = tier.range(base: base, bounds: bounds), repeats >= 2, !countRepeats else {
            return tier.range(base: base, bounds: bounds)
        }
        if repeats >= 3, let next = filter({ $0.tier > tier.tier && $0.unit != nil }).min(by: Self.isLighter) {
            return next.range(base: base, bounds: bounds)
        }
        return range.most.map { FineRange(exactly: $0) } ?? range
    }

    /// Whether one of the circumstances is itself how often something was done within two years.
    package var countRepeats: Bool {
        contains { $0.circumstance.contains("两年内") || $0.circumstance.contains("二年内") }
    }

    private static func isLighter(_ left: Benchmark.Tier, _ right: Benchmark.Tier) -> Bool {
        (left.tier, left.most ?? .max, left.ordinal) < (right.tier, right.most ?? .max, right.ordinal)
    }
}
