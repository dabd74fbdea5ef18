import Libraries

/// The sums, in fen, that a rule leaves open.
package struct FineRange: Hashable, Sendable {
    package enum Standing: String, Hashable, Sendable {
        case below, within, above
    }

    /// Always belongs to the range; 0 where nothing is named.
    package let least: Int64
    /// Nil where nothing is named.
    package let most: Int64?
    package let includesMost: Bool

    /// - Parameter includesMost: passed over where both bounds are the same sum, which then is the only one.
    package init(least: Int64, most: Int64?, includesMost: Bool = true) {
        (self.least, self.most) = (least, most)
        self.includesMost = includesMost || most == nil || most == least
    }

    /// One sum and no other.
    package init(exactly fen: Int64) { self.init(least: fen, most: fen) }

    package func standing(of fen: Int64) -> Standing {
        if fen < least { return .below }
        guard let most else { return .within }
        return fen < most || (includesMost && fen == most) ? .within : .above
    }

    package func contains(_ fen: Int64) -> Bool { standing(of: fen) == .within }

    /// What of it the law leaves open, whose own 以上 and 以下 both count in (民法典第1259条). Where nothing is left,
    /// the nearest sum that the law allows.
    package func within(statutoryLeast: Int64?, statutoryMost: Int64?) -> FineRange {
        var range = self
        if let statutoryMost, range.most.map({ $0 > statutoryMost }) ?? true {
            range = FineRange(least: min(range.least, statutoryMost), most: statutoryMost)
        }
        if let statutoryLeast, range.least < statutoryLeast {
            let most = range.most.map { max($0, statutoryLeast) }
            range = FineRange(least: statutoryLeast, most: most, includesMost: range.includesMost)
        }
        return range
    }

    /// As an officer reads it: `20000元以上50000元以下（含本数）`.
    package var words: Bilingual {
        let low = Fen.yuan(least)
        guard let most else { return Bilingual("\(low)元以上", "at least \(low) yuan") }
        let high = Fen.yuan(most)
        if least == most { return Bilingual("\(low)元", "\(low) yuan") }
        return includesMost
            ? Bilingual("\(low)元以上\(high)元以下（含本数）", "\(low) to \(high) yuan, both included")
            : Bilingual("\(low)元以上不足\(high)元", "from \(low) to less than \(high) yuan")
    }
}

/// How heavily a case weighs within what the law allows (行政处罚法第5、30、32、33条).
package enum Weighing: String, Hashable, Sendable, CaseIterable {
    /// 不予处罚.
    case none
    /// 减轻: below what the law or the tier has at least.
    case mitigated
    /// 从轻: in the lower part.
    case lighter
    /// 一般: in the middle.
    case usual
    /// 从重: in the upper part.
    case heavier

    package var name: Bilingual {
        switch self {
        case .none: Bilingual("不予处罚", "no penalty")
        case .mitigated: Bilingual("减轻处罚", "mitigated")
        case .lighter: Bilingual("从轻处罚", "lighter")
        case .usual: Bilingual("一般处罚", "usual")
        case .heavier: Bilingual("从重处罚", "heavier")
        }
    }

    package var article: String {
        switch self {
        case .none: "行政处罚法第33条"
        case .mitigated, .lighter: "行政处罚法第32条"
        case .usual, .heavier: "广东省生态环境行政处罚自由裁量权规定第12条"
        }
    }
}

extension FineRange {
    /// The part of a range that a weighing leaves, by 广东省生态环境行政处罚自由裁量权规定第12条: with both bounds
    /// heavier is the middle or more, lighter less than the middle, usual the middle itself; with only an upper bound
    /// lighter is 20 % of it and usual 50 %; with only a lower bound usual is twice and heavier five times of it.
    ///
    /// The article is silent on heavier without a lower bound (taken as half or more) and on lighter without an upper
    /// one (taken as less than twice). Half a fen is dropped from a single sum and from what is allowed at most, and
    /// made whole in what is asked for at least.
    package func weighed(_ weighing: Weighing) -> FineRange {
        switch weighing {
        case .none: return FineRange(exactly: 0)
        case .mitigated: return FineRange(least: 0, most: least, includesMost: false)
        case .lighter, .usual, .heavier: break
        }
        guard let most else { return weighedFromLeast(weighing) }
        guard least != most else { return self }
        if least == 0, weighing == .lighter { return FineRange(exactly: most / 5) }
        let sum = Int128(least) + Int128(most)
        let (middleDown, middleUp) = (Int64(sum / 2), Int64((sum + 1) / 2))
        switch weighing {
        case .heavier: return FineRange(least: middleUp, most: most, includesMost: includesMost)
        // What is less than the middle is at most the fen below it.
        case .lighter: return FineRange(least: least, most: max(least, middleUp - 1))
        case .usual, .mitigated, .none: return FineRange(exactly: middleDown)
        }
    }

    private func weighedFromLeast(_ weighing: Weighing) -> FineRange {
        switch weighing {
        case .heavier: FineRange(exactly: Fen.share(of: least, times: 5, over: 1).down)
        case .lighter: FineRange(least: least, most: Fen.share(of: least, times: 2, over: 1).down, includesMost: false)
        case .usual, .mitigated, .none: FineRange(exactly: Fen.share(of: least, times: 2, over: 1).down)
        }
    }
}

/// Sums of money in fen, that neither overflow nor lose a fen unnoticed.
enum Fen {
    /// `amount × times ÷ over`, rounded down and up; the largest number there is where it would be larger. What is
    /// negative counts as nothing.
    static func share(of amount: Int64, times: Int64, over: Int64) -> (down: Int64, up: Int64) {
        let product = Int128(max(0, amount)) * Int128(max(0, times))
        let (quotient, rest) = product.quotientAndRemainder(dividingBy: Int128(over))
        let down = Int64(clamping: quotient)
        return (down, rest == 0 ? down : Int64(clamping: quotient + 1))
    }

    /// `20000` or `123.45`.
    static func yuan(_ fen: Int64) -> String {
        let (whole, rest) = fen.magnitude.quotientAndRemainder(dividingBy: 100)
        let sign = fen < 0 ? "-" : ""
        return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}
