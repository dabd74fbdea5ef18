package import Casework
package import Ledger

extension Masking {
    /// The rules for one case: everything that its personal facts name is hidden wherever it stands.
    ///
    /// Addresses are known by the end of the fact's id (`-address`), numbers and accounts by their digits; other personal
    /// facts of a few words are names, but for those that tell a story (`facts`, `-text`, `-decision`, `-reason` and the
    /// like), in which things are hidden. The party is kept readable where it is an organisation.
    ///
    /// - Parameters:
    ///   - facts: what is known, by fact.
    ///   - others: names of persons who are in no fact, such as witnesses.
    package init(procedure: Procedure, facts: [String: [Value]], others: [String] = []) {
        var people = others
        var organisations: [String] = []
        var numbers: [String] = []
        var addresses: [String] = []
        for rule in procedure.facts where rule.isPersonal || Self.alwaysPersonal.contains(rule.id) {
            for case .text(let text) in facts[rule.id] ?? [] where !text.isEmpty {
                if rule.id == "party" {
                    if Self.isOrganisation(text, kind: facts["party-kind"]?.first) {
                        organisations.append(text)
                    } else {
                        people.append(text)
                    }
                } else if rule.id.hasSuffix("address") {
                    addresses.append(text)
                } else if Self.isNumber(text) {
                    numbers.append(text)
                } else if !Self.isFreeText(rule) && text.unicodeScalars.count <= Self.nameScalarsMax {
                    if Self.isOrganisation(text, kind: nil) { organisations.append(text) } else { people.append(text) }
                }
            }
        }
        self.init(people: people, organisations: organisations, numbers: numbers, addresses: addresses)
    }

    /// Personal whatever a procedure says of them.
    private static let alwaysPersonal: Set<String> = [
        "party", "party-id", "party-phone", "party-address", "legal-representative", "witness", "guardian",
    ]

    /// A name with this many characters or fewer; longer texts say more than a name.
    private static let nameScalarsMax = 12

    private static let stories: Set<String> = [
        "facts", "statement", "deed", "hardship", "account", "agreement", "title",
    ]

    private static func isFreeText(_ rule: FactRule) -> Bool {
        rule.kind != .text || stories.contains(rule.id)
            || ["-text", "-decision", "-reason", "-summary"].contains(where: rule.id.hasSuffix)
    }

    /// A number, or an account with digits in it, such as a mail address.
    private static func isNumber(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        let isPlain = scalars.allSatisfy { $0.isASCII || (0xFF01...0xFF5E).contains($0.value) }
        return scalars.count <= numberScalarsMax && isPlain
            && scalars.contains { MaskingPatterns.isDigit($0) || $0 == "@" }
    }

    /// No number or account of a person is longer.
    private static let numberScalarsMax = 64

    /// By the kind of party if it is known, or else by how the name ends.
    package static func isOrganisation(_ name: String, kind: Value?) -> Bool {
        switch kind {
        case .text("citizen"): return false
        case .text("legal"), .text("other"): return true
        default:
            return name.unicodeScalars.count >= 4
                && [
                    "公司", "厂", "店", "社", "中心", "局", "院", "校", "集团", "部", "所", "行", "馆", "站", "场", "协会", "委员会",
                    "商户", "酒楼", "餐厅", "超市", "农庄",
                ].contains(where: name.hasSuffix)
        }
    }
}
