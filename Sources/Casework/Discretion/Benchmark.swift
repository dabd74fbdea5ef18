package import Libraries

/// How much discretion an item leaves (行政处罚法第34条): in one of the two models in use.
///
/// A rule of how sums are counted belongs to the set, not to us: 广东省生态环境行政处罚自由裁量权规定 (2022) has weights
/// and leaves 以下 out; Jiangmen's rule of 2020 has tiers and counts both bounds in.
package struct Benchmark: Hashable, Sendable {
    /// Whether a bound belongs to the range it bounds. 广东省生态环境行政处罚自由裁量权规定第23条 counts 以上 in
    /// and 以下 out; Jiangmen's rule, article 16, counts both in.
    package enum Bounds: String, Hashable, Sendable, CaseIterable {
        case upperExcluded = "upper-excluded"
        case bothIncluded = "both-included"

        /// The rule that says so.
        package var article: String {
            switch self {
            case .upperExcluded: "广东省生态环境行政处罚自由裁量权规定第23条"
            case .bothIncluded: "江门市生态环境行政处罚裁量标准规定第16条"
            }
        }
    }

    package enum Model: Hashable, Sendable {
        case tiers([Tier])
        case weights(WeightTable)
    }

    /// One circumstance and the range of the fine for it.
    package struct Tier: Hashable, Sendable {
        package var tier: Int
        package var ordinal: Int
        package var circumstance: String
        package var standard: String
        package var unit: BenchmarkRow.FineUnit?
        /// Hundredths of the unit: fen for yuan.
        package var least: Int64?
        package var most: Int64?

        package init(
            tier: Int, ordinal: Int, circumstance: String, standard: String, unit: BenchmarkRow.FineUnit?,
            least: Int64?,
            most: Int64?
        ) {
            (self.tier, self.ordinal, self.circumstance, self.standard) = (tier, ordinal, circumstance, standard)
            (self.unit, self.least, self.most) = (unit, least, most)
        }
    }

    /// A start weight and factors, in hundredths of a percent, times the statutory maximum (Guangdong ecology, 2022).
    package struct WeightTable: Hashable, Sendable {
        /// What the weights are a share of.
        package enum Maximum: Hashable, Sendable {
            /// The benchmark's `statutoryMost`.
            case statutory
            /// So many hundredths of a percent of the base amount, such as 5 % of the total investment.
            case ofBase(basisPoints: Int64)
        }

        package struct Factor: Hashable, Sendable {
            package var name: String
            /// The choices in ascending weight, each with its basis points.
            package var choices: [Choice]

            package init(name: String, choices: [Choice]) { (self.name, self.choices) = (name, choices) }
        }

        package struct Choice: Hashable, Sendable {
            package var name: String
            package var basisPoints: Int64

            package init(name: String, basisPoints: Int64) { (self.name, self.basisPoints) = (name, basisPoints) }
        }

        package var startBasisPoints: Int64
        package var factors: [Factor]
        package var maximum: Maximum

        package init(startBasisPoints: Int64, factors: [Factor], maximum: Maximum = .statutory) {
            (self.startBasisPoints, self.factors, self.maximum) = (startBasisPoints, factors, maximum)
        }
    }

    package var set: String
    package var item: String
    package var bounds: Bounds
    package var model: Model
    /// What the law itself allows at least and at most, in fen, where it names sums.
    package var statutoryLeast: Int64?
    package var statutoryMost: Int64?

    package init(
        set: String, item: String, bounds: Bounds, model: Model, statutoryLeast: Int64? = nil,
        statutoryMost: Int64? = nil
    ) {
        (self.set, self.item, self.bounds, self.model) = (set, item, bounds, model)
        (self.statutoryLeast, self.statutoryMost) = (statutoryLeast, statutoryMost)
    }
}
