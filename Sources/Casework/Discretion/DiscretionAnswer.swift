package import Ledger
import Libraries

/// What a benchmark says of a sum.
package struct DiscretionAnswer: Hashable, Sendable {
    package enum Standing: Hashable, Sendable {
        case below, within, above
        /// These facts would have to be known; none where the standard itself is no range of fines.
        case cannotTell(missing: [String])
    }

    package let standing: Standing
    package let range: FineRange?
    /// A whole sentence for the officer, with what would be right.
    package let says: Bilingual
    package let articles: [String]

    package var isWithin: Bool { standing == .within }
}

/// Facts of a case that a benchmark reads.
package enum DiscretionFact {
    /// The ordinal of the circumstance chosen; several as text, separated by commas; 0 if none could be established.
    package static let circumstance = "circumstance"
    /// In fen: what multiples and percentages are counted from.
    package static let baseAmount = "base-amount"
    /// Texts `factor=choice`; a set is handed in as one text, one element a line or separated by semicolons.
    package static let factors = "factors"
    /// How many penalties for the same kind of violation within the two years before; 0 while not known.
    package static let repeats = "repeats"
    /// A `Weighing` by its id; the whole range while not known.
    package static let weighing = "weighing"

    package static let all = [circumstance, baseAmount, factors, repeats, weighing]
}

extension Benchmark {
    /// Whether a fine lies within what the benchmark gives for a case. A deviation with a reason is for the caller to
    /// allow: this only measures.
    ///
    /// - Parameters:
    ///   - fen: the sum chosen.
    ///   - facts: what is known of the case, by the ids of `DiscretionFact`.
    package func judge(fen: Int64, facts: (String) -> Value?) -> DiscretionAnswer {
        let facts = CaseFacts(facts)
        switch whole(facts) {
        case .failure(let obstacle): return obstacle.answer
        case .success(let whole):
            let range: FineRange
            let articles: [String]
            switch facts.weighing {
            case .unknown: (range, articles) = (whole, [])
            case .unreadable: return Obstacle.unreadable(DiscretionFact.weighing).answer
            case .known(.none): (range, articles) = (FineRange(exactly: 0), [Weighing.none.article])
            case .known(.mitigated):
                (range, articles) = (whole.weighed(.mitigated), [Weighing.mitigated.article])
            case .known(let weighing):
                (range, articles) = (
                    whole.weighed(weighing).within(statutoryLeast: statutoryLeast, statutoryMost: statutoryMost),
                    [weighing.article]
                )
            }
            return answer(fen, range, articles: articles)
        }
    }

    /// The sums that the benchmark gives for a case before any weighing; nil where that cannot be told.
    package func range(facts: (String) -> Value?) -> FineRange? {
        if case .success(let range) = whole(CaseFacts(facts)) { range } else { nil }
    }

    private func whole(_ facts: CaseFacts) -> Result<FineRange, Obstacle> {
        let range: FineRange
        switch model {
        case .tiers(let tiers):
            guard let ordinals = facts.circumstances, let tier = tiers.heaviest(of: ordinals) else {
                return .failure(facts.untold(DiscretionFact.circumstance))
            }
            guard let repeats = facts.repeats else { return .failure(.unreadable(DiscretionFact.repeats)) }
            guard !tier.needsBase || facts.base != nil else { return .failure(.missing([DiscretionFact.baseAmount])) }
            guard let found = tiers.range(of: tier, repeats: repeats, base: facts.base, bounds: bounds) else {
                return .failure(.noRange(standard: tier.standard))
            }
            range = found
        case .weights(let table):
            guard let chosen = facts.factors else {
                return .failure(facts.untold(DiscretionFact.factors))
            }
            guard let points = table.basisPoints(chosen) else { return .failure(.unreadable(DiscretionFact.factors)) }
            guard let most = table.most(statutory: statutoryMost, base: facts.base) else {
                return .failure(
                    table.maximum == .statutory ? .noRange(standard: item) : .missing([DiscretionFact.baseAmount]))
            }
            range = table.range(basisPoints: points, of: most)
        }
        return .success(range.within(statutoryLeast: statutoryLeast, statutoryMost: statutoryMost))
    }

    private func answer(_ fen: Int64, _ range: FineRange, articles: [String]) -> DiscretionAnswer {
        let (sum, words) = (Fen.yuan(fen), range.words)
        let standing = range.standing(of: fen)
        let says =
            switch standing {
            case .within:
                Bilingual("罚款\(sum)元在裁量幅度之内：\(words.chinese)", "\(sum) yuan is within the range: \(words.english)")
            case .below:
                Bilingual(
                    "罚款\(sum)元低于裁量幅度：应为\(words.chinese)，低于此数须说明理由",
                    "\(sum) yuan is below the range of \(words.english): deviating needs a reason")
            case .above:
                Bilingual(
                    "罚款\(sum)元高于裁量幅度：应为\(words.chinese)，高于此数须说明理由",
                    "\(sum) yuan is above the range of \(words.english): deviating needs a reason")
            }
        let place: DiscretionAnswer.Standing =
            switch standing {
            case .within: .within
            case .below: .below
            case .above: .above
            }
        return DiscretionAnswer(
            standing: place, range: range, says: says, articles: ["行政处罚法第34条", bounds.article] + articles)
    }
}

/// Why no range can be told.
private enum Obstacle: Error {
    case missing([String])
    case unreadable(String)
    case noRange(standard: String)

    var answer: DiscretionAnswer {
        let (missing, says): ([String], Bilingual) =
            switch self {
            case .missing(let facts):
                (
                    facts,
                    Bilingual(
                        "无法核对裁量幅度：还缺 \(facts.joined(separator: "、"))",
                        "the range cannot be told: \(facts.joined(separator: ", ")) is not known")
                )
            case .unreadable(let fact):
                (
                    [fact],
                    Bilingual(
                        "无法核对裁量幅度：\(fact) 不是本事项裁量基准所列的选项，请重新选择",
                        "the range cannot be told: \(fact) is no choice of this item's benchmark; choose again")
                )
            case .noRange(let standard):
                (
                    [],
                    Bilingual(
                        "裁量标准不是可计算的罚款幅度，请按标准说明理由：\(standard)",
                        "the standard is no range that can be calculated; give the reason for the sum: \(standard)")
                )
            }
        return DiscretionAnswer(
            standing: .cannotTell(missing: missing), range: nil, says: says, articles: ["行政处罚法第34条"])
    }
}

/// The facts of a case as a benchmark understands them.
private struct CaseFacts {
    enum Weighed {
        case unknown, unreadable
        case known(Weighing)
    }

    private let values: [String: Value]

    init(_ fact: (String) -> Value?) {
        var values: [String: Value] = [:]
        for id in DiscretionFact.all { values[id] = fact(id) }
        self.values = values
    }

    /// Why a fact says nothing.
    func untold(_ id: String) -> Obstacle { values[id] == nil ? .missing([id]) : .unreadable(id) }

    /// Nil while not known or not numbers.
    var circumstances: [Int]? {
        switch values[DiscretionFact.circumstance] {
        case .integer(let ordinal): return Int(exactly: ordinal).map { [$0] }
        case .text(let text):
            let parts = text.split { $0 == "," || $0 == "，" || $0 == "、" || $0.isWhitespace }
            let ordinals = parts.compactMap { Int($0) }
            return ordinals.isEmpty || ordinals.count != parts.count ? nil : ordinals
        default: return nil
        }
    }

    /// Nil while not known, or negative.
    var base: Int64? {
        if case .integer(let fen) = values[DiscretionFact.baseAmount], fen >= 0 { fen } else { nil }
    }

    /// Nil for what is no number of penalties.
    var repeats: Int? {
        switch values[DiscretionFact.repeats] {
        case nil: 0
        case .integer(let count) where count >= 0: Int(clamping: count)
        default: nil
        }
    }

    /// Choices by factor; nil while not known, and where one is no `factor=choice` or a factor stands twice.
    var factors: [String: String]? {
        guard case .text(let text) = values[DiscretionFact.factors] else { return nil }
        var chosen: [String: String] = [:]
        for part in text.split(whereSeparator: { $0 == ";" || $0 == "；" || $0.isNewline }) {
            guard let equals = part.firstIndex(of: "=") else { return nil }
            let choice = String(part[part.index(after: equals)...])
            guard chosen.updateValue(choice, forKey: String(part[..<equals])) == nil else { return nil }
        }
        return chosen
    }

    var weighing: Weighed {
        switch values[DiscretionFact.weighing] {
        case nil: .unknown
        case .text(let id): Weighing(rawValue: id).map { .known($0) } ?? .unreadable
        default: .unreadable
        }
    }
}
