import Casework
import Libraries

/// What the API says of items: the list of powers, what a choice brings, bases gone stale, and a party as registers
/// know it.

/// An item in a list.
package struct ItemSummary: Codable, Hashable, Sendable {
    package let code: String
    package let name: String
    package let kind: String
    package let field: String
    package let bases: [String]

    init(_ item: ItemFacts) {
        (code, name, kind, field, bases) = (item.code, item.name, item.kind, item.field, item.bases)
    }
}

package struct ItemList: Codable, Hashable, Sendable {
    package let items: [ItemSummary]
}

/// One article an item rests on, by the law of both days that matter.
package struct ItemBasisMessage: Codable, Hashable, Sendable {
    package let reference: String
    /// Absent where the law of that day has no such article, or is not here.
    package let atAct: String?
    package let now: String?
    package let differs: Bool
    package let stale: WordsMessage?

    init(_ basis: ItemChoice.Basis) {
        (reference, atAct, now) = (basis.text, basis.atAct?.text, basis.now?.text)
        (differs, stale) = (
            basis.differs, basis.stale.map { WordsMessage(Bilingual($0.says.chinese, $0.says.english)) }
        )
    }
}

/// A circumstance of a benchmark.
package struct BenchmarkTierMessage: Codable, Hashable, Sendable {
    package let ordinal: Int
    package let tier: Int
    package let circumstance: String
    package let standard: String

    init(_ tier: Benchmark.Tier) {
        (ordinal, self.tier) = (tier.ordinal, tier.tier)
        (circumstance, standard) = (tier.circumstance, tier.standard)
    }
}

package struct ChosenDocumentMessage: Codable, Hashable, Sendable {
    package let kind: String
    package let step: WordsMessage
}

package struct ChosenDeadlineMessage: Codable, Hashable, Sendable {
    package let id: String
    package let name: WordsMessage
    package let length: WordsMessage
    package let articles: [String]
}

/// What choosing an item brings at once.
package struct ItemChoiceMessage: Codable, Hashable, Sendable {
    package let item: ItemSummary
    package let procedure: String
    package let bases: [ItemBasisMessage]
    /// Empty where the item has no benchmark of tiers here.
    package let benchmark: [BenchmarkTierMessage]
    package let documents: [ChosenDocumentMessage]
    package let deadlines: [ChosenDeadlineMessage]
    /// What to see to, though the item may be used.
    package let remarks: [FindingMessage]

    init(_ choice: ItemChoice) {
        (item, procedure) = (ItemSummary(choice.item), choice.procedureID)
        bases = choice.bases.map(ItemBasisMessage.init)
        if case .tiers(let tiers)? = choice.benchmark?.model {
            benchmark = tiers.map(BenchmarkTierMessage.init)
        } else {
            benchmark = []
        }
        documents = choice.documents.map { ChosenDocumentMessage(kind: $0.kind, step: WordsMessage($0.step)) }
        deadlines = choice.deadlines.map {
            ChosenDeadlineMessage(
                id: $0.id, name: WordsMessage($0.name), length: WordsMessage($0.length.words), articles: $0.articles)
        }
        remarks = choice.remarks.map(FindingMessage.init)
    }
}

/// A basis that is the law no more.
package struct StaleBasisMessage: Codable, Hashable, Sendable {
    /// The item's code, or the benchmark's set and number.
    package let holder: String
    package let reference: String
    package let says: WordsMessage

    init(_ finding: StaleBasis.Finding) {
        (holder, reference) = (finding.basis.holder, finding.basis.reference.description)
        says = WordsMessage(Bilingual(finding.says.chinese, finding.says.english))
    }
}

package struct StaleBasisList: Codable, Hashable, Sendable {
    package let bases: [StaleBasisMessage]
    /// How many there are on all pages.
    package let total: Int
    /// For the page that follows; absent on the last.
    package let next: String?
}

/// `POST /v1/parties`: the number stands in the body, since paths and queries are logged by others.
package struct PartyMessage: Codable, Hashable, Sendable {
    /// What registers know of the party, by the ids of facts.
    package let facts: [String: String]
    package let warnings: [WordsMessage]

    init(_ party: Prefill.Party) {
        facts = party.facts
        warnings = party.warnings.map { WordsMessage(Bilingual($0.chinese, $0.english)) }
    }
}
