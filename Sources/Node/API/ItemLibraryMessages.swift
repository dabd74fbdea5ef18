import Casework
import Divisions
import Ledger
import Libraries
import Store

/// What the API says of items beyond a list: where they rest, what they cost, who may use them.

package struct ItemListing: Codable, Hashable, Sendable {
    package let code: String
    package let record: String
    package let name: String
    package let kind: String
    package let field: String
    /// Empty for any.
    package let levels: [WordsMessage]
    package let bodyType: String?
    package let validFrom: String?
    package let validTo: String?
}

package struct ItemPage: Codable, Hashable, Sendable {
    package let items: [ItemListing]
    /// A page may be short, or empty, and not the last.
    package let next: String?
}

/// An article that an item rests on, by the law of a day.
package struct ItemArticle: Codable, Hashable, Sendable {
    package let reference: String
    /// The law as it is kept here, and the article, as `/v1/statutes/article` takes them.
    package let title: String?
    package let number: String?
    /// Absent where the law of that day has no such article, or is not here.
    package let text: String?
    package let version: String?
    package let since: String?
    /// Why it is to be looked at before anything rests on it.
    package let stale: WordsMessage?

    init(_ text: String, of item: ItemFacts, on day: LegalDate, _ library: LibraryKnowledge) {
        let reference = StatuteReference(text)
        let found = reference.flatMap { library.article($0, on: day) }
        self.reference = text
        (title, number) = (reference.flatMap { library.title(of: $0) }, reference?.key)
        (self.text, version) = (found?.text, found?.version.versionDate?.description)
        since = found?.since?.description
        let basis = reference.map { StaleBasis.Basis(holder: item.code, reference: $0, since: item.validFrom) }
        let stale = basis.flatMap { StaleBasis.list([$0], in: library, on: day).first }
        self.stale = stale.map { WordsMessage(Bilingual($0.says.chinese, $0.says.english)) }
    }
}

/// A range of sums in fen. What is absent above has no end.
package struct FineRangeMessage: Codable, Hashable, Sendable {
    package let leastFen: Int64
    package let mostFen: Int64?
    package let includesLeast: Bool
    package let includesMost: Bool
    package let words: WordsMessage

    init(_ range: FineRange) {
        (leastFen, mostFen, includesLeast) = (range.least, range.most, true)
        (includesMost, words) = (range.includesMost, WordsMessage(range.words))
    }
}

/// A circumstance of a benchmark with its range.
package struct BenchmarkTierDetail: Codable, Hashable, Sendable {
    package let ordinal: Int
    package let tier: Int
    package let circumstance: String
    package let standard: String
    /// `yuan`, `times` or `percent`; absent where the standard is no fine.
    package let unit: String?
    /// In hundredths of the unit.
    package let least: Int64?
    package let most: Int64?
    /// Of yuan alone: multiples and shares need a base amount.
    package let range: FineRangeMessage?

    init(_ tier: Benchmark.Tier, _ bounds: Benchmark.Bounds) {
        (ordinal, self.tier) = (tier.ordinal, tier.tier)
        (circumstance, standard) = (tier.circumstance, tier.standard)
        (unit, least, most) = (tier.unit?.rawValue, tier.least, tier.most)
        range = tier.range(base: nil, bounds: bounds).map(FineRangeMessage.init)
    }
}

package struct BenchmarkChoice: Codable, Hashable, Sendable {
    package let name: String
    /// Hundredths of a percent of the maximum.
    package let basisPoints: Int64
}

package struct BenchmarkFactor: Codable, Hashable, Sendable {
    package let name: String
    package let choices: [BenchmarkChoice]
}

/// How much discretion an item leaves: tiers, or factors with weights.
package struct BenchmarkMessage: Codable, Hashable, Sendable {
    package let set: String
    package let item: String
    /// `tiers` or `weights`.
    package let model: String
    /// The rule that says whether bounds count in.
    package let boundsArticle: String
    package let includesMost: Bool
    package let tiers: [BenchmarkTierDetail]
    package let factors: [BenchmarkFactor]
    package let startBasisPoints: Int64?
    package let statutoryLeastFen: Int64?
    package let statutoryMostFen: Int64?
    /// Whether a sum can be told only from a base amount, for at least one circumstance.
    package let needsBase: Bool

    init(_ benchmark: Benchmark) {
        (set, item, boundsArticle) = (benchmark.set, benchmark.item, benchmark.bounds.article)
        includesMost = benchmark.bounds == .bothIncluded
        (statutoryLeastFen, statutoryMostFen) = (benchmark.statutoryLeast, benchmark.statutoryMost)
        switch benchmark.model {
        case .tiers(let tiers):
            (model, factors, startBasisPoints) = ("tiers", [], nil)
            self.tiers = tiers.map { BenchmarkTierDetail($0, benchmark.bounds) }
            needsBase = tiers.contains(where: \.needsBase)
        case .weights(let table):
            (model, tiers, startBasisPoints) = ("weights", [], table.startBasisPoints)
            factors = table.factors.map { factor in
                BenchmarkFactor(
                    name: factor.name,
                    choices: factor.choices.map { BenchmarkChoice(name: $0.name, basisPoints: $0.basisPoints) })
            }
            needsBase = table.maximum != .statutory
        }
    }
}

package struct NamedCode: Codable, Hashable, Sendable {
    package let code: String
    package let name: String?
}

/// A power that was given downward, or entrusted.
package struct DelegationMessage: Codable, Hashable, Sendable {
    package let record: String
    package let item: NamedCode
    package let by: String?
    package let to: NamedCode
    /// `下放` or `委托`.
    package let sort: String?
    package let from: String?
    package let until: String?
    package let basis: String?
    package let publishedOn: String?
    /// By its days alone.
    package let isInForce: Bool

    static let fields = ["item", "by", "to", "sort", "valid-from", "valid-to", "basis", "published-on"]

    init(_ row: ShownRow, itemName: String?, on day: LegalDate, _ tree: DivisionTree) {
        let to = row.text("to") ?? ""
        record = row.id.description
        item = NamedCode(code: row.text("item") ?? "", name: itemName)
        self.to = NamedCode(code: to, name: DivisionCode(to).flatMap { tree.division($0)?.name })
        (by, sort, basis) = (row.text("by"), row.text("sort"), row.text("basis"))
        (from, until, publishedOn) = (row.text("valid-from"), row.text("valid-to"), row.text("published-on"))
        isInForce = Validity(row).holds(on: day)
    }
}

/// An item with all that hangs on it.
package struct ItemDetail: Codable, Hashable, Sendable {
    package let item: ItemListing
    package let on: String
    package let articles: [ItemArticle]
    package let penalties: [String]
    package let hearing: Bool
    package let legalReview: Bool
    package let publicity: Bool
    package let limitationYears: Int?
    package let benchmark: BenchmarkMessage?
    package let procedure: String
    package let procedureName: WordsMessage?
    package let documents: [ChosenDocumentMessage]
    package let deadlines: [ChosenDeadlineMessage]
    /// Bodies that have it on their list of powers, the first of them; empty for all of its levels, type and field.
    package let bodies: [NamedCode]
    package let bodyCount: Int
    /// The first of them, those to the holder's division and below.
    package let delegations: [DelegationMessage]
    package let delegationCount: Int
    /// What keeps the body from using it on the day; empty where it may.
    package let body: String
    package let mayUse: Bool
    package let findings: [FindingMessage]
}

/// `POST /v1/items/fine`.
package struct FineMessage: Codable, Hashable, Sendable {
    package let item: String
    package let benchmark: String
    /// Absent where it cannot be told.
    package let range: FineRangeMessage?
    package let fineFen: Int64?
    /// `below`, `within`, `above` or `cannot-tell`; absent without a sum.
    package let standing: String?
    package let isWithin: Bool?
    package let says: WordsMessage
    /// Facts that would have to be known.
    package let missing: [String]
    package let articles: [String]
}

/// The days of a row that has `valid-from` and `valid-to`; both count.
struct Validity {
    let from: LegalDate?
    let to: LegalDate?

    init(_ row: ShownRow) {
        from = row.text("valid-from").flatMap { LegalDate($0) }
        to = row.text("valid-to").flatMap { LegalDate($0) }
    }

    func holds(on day: LegalDate) -> Bool { (from.map { $0 <= day } ?? true) && (to.map { day <= $0 } ?? true) }
}
