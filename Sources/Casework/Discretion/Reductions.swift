import Libraries

/// A public apology with a promise to keep the law, before the decision: 30 to 50 % less, never below what the law has
/// at least (广东省生态环境行政处罚自由裁量权规定第14条).
package enum PublicApology {
    /// What excludes it.
    package enum Exclusion: Int, Hashable, Sendable, CaseIterable {
        case drinkingWater = 1
        case hazardousWasteGivenAway
        case hazardousWasteUnlicensed
        case heavierInEmergency
        case detention
        case crime
        case continuedAfterOrder
        case againAfterPromise
        case togetherWithExcluded
        case fixedOrLeastSum
        case otherRule

        package var name: Bilingual {
            switch self {
            case .drinkingWater: Bilingual("违反饮用水水源保护区禁止性规定", "forbidden in a drinking water reserve")
            case .hazardousWasteGivenAway: Bilingual("危险废物交给无证者", "hazardous waste given to the unlicensed")
            case .hazardousWasteUnlicensed: Bilingual("无证或违证经营危险废物", "hazardous waste handled without licence")
            case .heavierInEmergency: Bilingual("突发事件期间从重", "heavier in an emergency")
            case .detention: Bilingual("适用行政拘留", "to be detained by the police")
            case .crime: Bilingual("涉嫌环境污染犯罪", "suspected crime")
            case .continuedAfterOrder: Bilingual("责令改正后仍持续", "continued after an order to correct")
            case .againAfterPromise: Bilingual("承诺后再犯", "done again after a promise")
            case .togetherWithExcluded: Bilingual("同时存在不适用的违法行为", "found together with an excluded one")
            case .fixedOrLeastSum: Bilingual("定额或法定最低罚款", "a fixed or the least fine of the law")
            case .otherRule: Bilingual("其他规定不得适用", "excluded by another rule")
            }
        }
    }

    package static let article = "广东省生态环境行政处罚自由裁量权规定第14条"

    /// - Parameters:
    ///   - standard: the fine without an apology, in fen.
    ///   - percent: the reduction, 30 to 50; what it takes off is rounded down to the fen.
    ///   - statutoryLeast: what the law has at least; a standard that lies below it already stays as it is.
    /// - Returns: nil where the reduction is not open to the case.
    package static func fen(
        standard: Int64, percent: Int64, statutoryLeast: Int64?, exclusions: Set<Exclusion> = []
    ) -> Int64? {
        guard standard >= 0, (30...50).contains(percent), exclusions.isEmpty else { return nil }
        let reduced = standard - Fen.share(of: standard, times: percent, over: 100).down
        return max(reduced, min(standard, statutoryLeast ?? 0))
    }

    /// Every sum that an apology can bring the standard down to; nil where it is excluded.
    package static func range(
        standard: Int64, statutoryLeast: Int64?, exclusions: Set<Exclusion> = []
    ) -> FineRange? {
        guard let least = fen(standard: standard, percent: 50, statutoryLeast: statutoryLeast, exclusions: exclusions),
            let most = fen(standard: standard, percent: 30, statutoryLeast: statutoryLeast, exclusions: exclusions)
        else { return nil }
        return FineRange(least: least, most: most)
    }
}

extension Benchmark {
    /// The most that it allows for a case, in fen; nil where it names no maximum, or the base is not known.
    package func most(base: Int64?) -> Int64? {
        switch model {
        case .weights(let table): table.most(statutory: statutoryMost, base: base)
        case .tiers(let tiers):
            statutoryMost
                ?? tiers.filter { $0.unit != nil }.reduce(.some(0)) { most, tier in
                    guard let most, let high = tier.range(base: base, bounds: bounds)?.most else { return nil }
                    return Swift.max(most, high)
                }
        }
    }

    /// Of several norms that one act breaks, the one with the higher fine, under which alone it is fined
    /// (行政处罚法第29条). Of equals the first.
    ///
    /// - Returns: nil for none, and where a norm's maximum cannot be told, since it might be the higher.
    package static func governing(_ norms: [Benchmark], base: Int64?) -> Benchmark? {
        var highest: (norm: Benchmark, most: Int64)?
        for norm in norms {
            guard let most = norm.most(base: base) else { return nil }
            if most > highest?.most ?? .min { highest = (norm, most) }
        }
        return highest?.norm
    }
}
