/// Enforcement items derived from a sheet of discretion benchmarks: where an office has no list of items of its own yet,
/// each violation of the sheet is one.
///
/// A benchmark sheet says what is punished, by which article and how much; it says nothing of levels, hearings or
/// fields, which whoever imports it adds for the sheet as a whole.
package enum ItemSheet {
    /// One item for each violation that names an article, in the order of the sheet; several articles become several
    /// bases of it. Where no row names one in its own columns, it is read from what the row quotes of the law.
    ///
    /// The item's code is `prefix` and its number in the sheet, so that a second import finds the same items. Violations
    /// without any article are left out: no power without law.
    ///
    /// - Parameters:
    ///   - set: the name under which the sheet's benchmarks are imported.
    ///   - prefix: what codes begin with; by default one that depends on the set's name alone.
    package static func items(
        of rows: [BenchmarkRow], set: String, prefix: String? = nil, field: String, levels: [ItemRow.ItemLevel],
        validFrom: LegalDate
    ) -> [ItemRow] {
        var sheet = ItemSheetReader(set: set, prefix: prefix, field: field, levels: levels, validFrom: validFrom)
        var items: [ItemRow] = []
        for row in rows {
            if let item = sheet.add(row) { items.append(item) }
        }
        return items + [sheet.finish()].compactMap { $0 }
    }

    /// Six digits that stand for a set's name.
    static func prefix(of set: String) -> String {
        let digits = String(Fingerprint(set.utf8).number % 900_000 + 100_000)
        return "BM\(digits)-"
    }
}

/// Gathers the rows of one violation after another into items, so that a sheet is read as it arrives.
package struct ItemSheetReader: Sendable {
    private let set: String
    private let prefix: String
    private let field: String
    private let levels: [ItemRow.ItemLevel]
    private let validFrom: LegalDate
    private var open: [BenchmarkRow] = []

    package init(set: String, prefix: String? = nil, field: String, levels: [ItemRow.ItemLevel], validFrom: LegalDate) {
        (self.set, self.prefix) = (set, prefix ?? ItemSheet.prefix(of: set))
        (self.field, self.levels, self.validFrom) = (field, levels, validFrom)
    }

    /// - Returns: the item of the violation before, once a row of the next has come.
    package mutating func add(_ row: BenchmarkRow) -> ItemRow? {
        defer { open.append(row) }
        guard let last = open.last, last.itemNo != row.itemNo else { return nil }
        let item = item()
        open.removeAll()
        return item
    }

    /// The last item of the sheet.
    package mutating func finish() -> ItemRow? {
        defer { open.removeAll() }
        return item()
    }

    /// Where only some rows of a violation name an article the others rest on it too.
    private func item() -> ItemRow? {
        guard let first = open.first else { return nil }
        var bases: [StatuteReference] = []
        for basis in open.compactMap(\.basis) where !bases.contains(basis) { bases.append(basis) }
        if bases.isEmpty, let quoted = open.lazy.compactMap({ Self.quoted($0.basisText) }).first { bases = [quoted] }
        guard !bases.isEmpty else { return nil }
        let kinds = penalties
        return ItemRow(
            code: prefix + first.itemNo, name: "对\(first.violation)的处罚", kind: .penalty, enforcementField: field,
            levels: levels, bodyType: .statutory, bases: bases, penaltyKinds: kinds,
            benchmark: BenchmarkName(set: set, item: first.itemNo).description,
            hasHearing: kinds.contains(where: \.alwaysHasHearing), needsLegalReview: false, isPublic: true,
            limitationYears: nil, procedure: .ordinary, delegatedTo: [], validFrom: validFrom, validTo: nil)
    }

    /// The article of `《title》（2016年修订）第八条第一款：text`; sheets leave the first mark out at times.
    static func quoted(_ text: String) -> StatuteReference? {
        guard let close = text.firstIndex(of: "》") else { return nil }
        let title = text[..<close].drop { $0 == "《" || $0 == " " }
        let rest = text[text.index(after: close)...]
        guard let start = rest.firstIndex(of: "第"), let end = rest.firstIndex(where: { $0 == "：" || $0 == ":" }),
            start < end
        else { return nil }
        return StatuteReference(title: title, article: rest[start..<end])
    }

    /// The penalties that the standards of the violation name; a fine where they name none.
    private var penalties: [ItemRow.PenaltyKind] {
        let words: [(String, ItemRow.PenaltyKind)] = [
            ("警告", .warning), ("通报批评", .criticism), ("罚款", .fine), ("没收违法所得", .confiscatedGains),
            ("责令停产", .stoppedProduction), ("停业", .stoppedProduction), ("责令关闭", .closure), ("吊销", .revokedLicence),
        ]
        var kinds: [ItemRow.PenaltyKind] = []
        for (word, kind) in words where !kinds.contains(kind) && open.contains(where: { $0.standard.contains(word) }) {
            kinds.append(kind)
        }
        return kinds.isEmpty ? [.fine] : kinds
    }
}
