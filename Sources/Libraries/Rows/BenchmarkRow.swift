package import Divisions

/// A row of a benchmark file: one circumstance of a violation, and the range of the fine for it.
///
/// The layout is that of the tier model (Jiangmen, 2020): a violation has tiers, a tier circumstances. The rows of one
/// violation stand together, are imported as one change, and are told apart by their order.
package struct BenchmarkRow: ImportedRow {
    /// What a range of fines is counted in.
    package enum FineUnit: String, RowChoice {
        case yuan
        /// Multiples of an amount that the standard names, such as the illegal gains.
        case times
        /// Hundredths of an amount that the standard names, such as the total investment.
        case percent
    }

    /// The largest number of circumstances of one violation: what one change holds comfortably.
    package static let circumstancesMax = 500

    package var itemNo: String
    /// The place among the circumstances of the same violation, from 1.
    package var ordinal: Int
    package var statuteSheet: String
    package var violation: String
    package var basisLaw: String?
    package var basisArticle: String?
    package var tier: Int
    package var circumstance: String
    package var standard: String
    /// Nil where the standard is not a fine.
    package var fineUnit: FineUnit?
    /// In hundredths of the unit: fen for yuan.
    package var fineMinHundredths: Int64?
    package var fineMaxHundredths: Int64?
    package var note: String?
    package var basisText: String

    package static let columns: [TableColumn] = [
        .required("item_no"), .required("statute_sheet"), .required("violation"), .required("basis_law"),
        .required("basis_article"), .required("tier"), .required("circumstance"), .required("standard"),
        .required("fine_unit"), .required("fine_min"), .required("fine_max"), .optional("note"),
        .optional("basis_text"),
    ]

    package init(reading row: TableRow, after previous: BenchmarkRow?) throws(Reason) {
        itemNo = try row.code("item_no", lengths: 1...32)
        ordinal = previous?.itemNo == itemNo ? (previous?.ordinal ?? 0) + 1 : 1
        guard ordinal <= Self.circumstancesMax else {
            throw Reason(
                "同一违法行为超过 \(Self.circumstancesMax) 档情节",
                "a violation has more than \(Self.circumstancesMax) circumstances")
        }
        statuteSheet = try row.text("statute_sheet")
        violation = try row.text("violation")
        basisLaw = try row.optionalText("basis_law")
        basisArticle = try row.optionalText("basis_article")
        tier = try row.integer("tier", in: 1...99)
        circumstance = try row.text("circumstance")
        standard = try row.text("standard")
        fineUnit = row["fine_unit"].isEmpty ? nil : try row.choice("fine_unit") as FineUnit
        fineMinHundredths = try row.optionalHundredths("fine_min")
        fineMaxHundredths = try row.optionalHundredths("fine_max")
        if fineUnit == nil, fineMinHundredths != nil || fineMaxHundredths != nil {
            throw Reason("填了罚款数额却没有 fine_unit", "there is a fine but no fine_unit")
        }
        if let least = fineMinHundredths, let most = fineMaxHundredths, most < least {
            throw Reason("fine_max 小于 fine_min", "fine_max is less than fine_min")
        }
        note = try row.optionalText("note")
        basisText = try row.optionalText("basis_text") ?? ""
    }

    /// The article the range stands on, if the file names one that can be read.
    package var basis: StatuteReference? {
        guard let basisLaw, let basisArticle else { return nil }
        return StatuteReference(title: basisLaw, article: basisArticle)
    }

    package var fields: [String] {
        [
            itemNo, statuteSheet, violation, basisLaw ?? "", basisArticle ?? "", String(tier), circumstance, standard,
            fineUnit?.rawValue ?? "", fineMinHundredths.map(Amount.text) ?? "",
            fineMaxHundredths.map(Amount.text) ?? "", note ?? "", basisText,
        ]
    }

    package var naturalKey: String { Libraries.naturalKey(itemNo, String(ordinal)) }

    package func belongs(with previous: BenchmarkRow) -> Bool { itemNo == previous.itemNo }

    package func drafts(home: DivisionCode) -> [RecordDraft] { drafts(home: home, set: "") }

    /// - Parameter set: the name of the benchmark the file holds, since items are numbered anew in each.
    package func drafts(home: DivisionCode, set: String) -> [RecordDraft] {
        [
            RecordDraft(
                LibraryKinds.benchmark, home: home,
                naturalKey: Libraries.naturalKey(set, itemNo, String(ordinal)),
                [
                    DraftField("set", text: set), DraftField("item", text: itemNo),
                    DraftField("ordinal", integer: Int64(ordinal)), DraftField("statute-sheet", text: statuteSheet),
                    DraftField("violation", text: violation), DraftField("basis-law", text: basisLaw),
                    DraftField("basis-article", text: basisArticle), DraftField("basis-text", text: basisText),
                    DraftField("tier", integer: Int64(tier)), DraftField("circumstance", text: circumstance),
                    DraftField("standard", text: standard), DraftField("fine-unit", text: fineUnit?.rawValue),
                    DraftField("fine-min-hundredths", integer: fineMinHundredths),
                    DraftField("fine-max-hundredths", integer: fineMaxHundredths), DraftField("note", text: note),
                ])
        ]
    }
}
