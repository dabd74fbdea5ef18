package import Divisions

/// A row of `items.csv`: a matter that bodies may enforce, with the articles it stands on.
package struct ItemRow: ImportedRow {
    package enum ItemKind: String, RowChoice {
        case penalty = "处罚"
        case coercion = "强制"
        case inspection = "检查"
        case licence = "许可"
        case levy = "征收"
        case requisition = "征用"
        case payment = "给付"
        case confirmation = "确认"
        case ruling = "裁决"
        case other = "其他"
    }

    /// The levels that may use an item.
    package enum ItemLevel: String, RowChoice {
        case province = "省级"
        case city = "市级"
        case county = "县级"
        case township = "乡级"
    }

    /// The kinds of penalties (行政处罚法, article 9).
    package enum PenaltyKind: String, RowChoice {
        case warning = "警告"
        case criticism = "通报批评"
        case fine = "罚款"
        case confiscatedGains = "没收违法所得"
        case confiscatedProperty = "没收非法财物"
        case suspendedLicence = "暂扣许可证件"
        case downgrade = "降低资质等级"
        case revokedLicence = "吊销许可证件"
        case restriction = "限制开展生产经营活动"
        case stoppedProduction = "责令停产停业"
        case closure = "责令关闭"
        case barredFromTrade = "限制从业"
        case detention = "行政拘留"
        case other = "其他"

        /// Whether the party may ask for a hearing whatever the amount (行政处罚法, article 63).
        package var alwaysHasHearing: Bool {
            switch self {
            case .downgrade, .revokedLicence, .stoppedProduction, .closure, .barredFromTrade: true
            default: false
            }
        }
    }

    package enum Procedure: String, RowChoice {
        case simple = "简易程序"
        case ordinary = "普通程序"
    }

    package var code: String
    package var name: String
    package var kind: ItemKind
    package var enforcementField: String
    package var levels: [ItemLevel]
    package var bodyType: BodyRow.BodyType
    /// The articles that allow it; at least one: 法无授权不可为.
    package var bases: [StatuteReference]
    package var penaltyKinds: [PenaltyKind]
    /// The item of a discretion benchmark: its number, or `set#number` where several sets have one of that number.
    package var benchmark: String?
    package var hasHearing: Bool
    package var needsLegalReview: Bool
    package var isPublic: Bool
    package var limitationYears: Int?
    package var procedure: Procedure
    /// The divisions to whose offices a county's power was handed down (行政处罚法, article 24).
    package var delegatedTo: [DivisionCode]
    /// Codes of the bodies that have it on their list of powers; empty for all of its levels, type and field.
    package var bodies: [String]
    package var validFrom: LegalDate
    package var validTo: LegalDate?

    package static let columns: [TableColumn] = [
        .required("code"), .required("name"), .required("kind"), .required("field"), .required("levels"),
        .optional("body_type"), .required("basis_law"), .required("basis_article"), .optional("penalty_kinds"),
        .optional("benchmark"), .optional("hearing"), .optional("legal_review"), .optional("publicity"),
        .optional("limitation_years"), .optional("procedure"), .optional("delegated_to"), .required("valid_from"),
        .optional("valid_to"), .optional("bodies"),
    ]

    package init(
        code: String, name: String, kind: ItemKind, enforcementField: String, levels: [ItemLevel],
        bodyType: BodyRow.BodyType, bases: [StatuteReference], penaltyKinds: [PenaltyKind], benchmark: String?,
        hasHearing: Bool, needsLegalReview: Bool, isPublic: Bool, limitationYears: Int?, procedure: Procedure,
        delegatedTo: [DivisionCode], validFrom: LegalDate, validTo: LegalDate?, bodies: [String] = []
    ) {
        (self.code, self.name, self.kind, self.enforcementField) = (code, name, kind, enforcementField)
        (self.levels, self.bodyType, self.bases, self.penaltyKinds) = (levels, bodyType, bases, penaltyKinds)
        (self.benchmark, self.hasHearing, self.needsLegalReview) = (benchmark, hasHearing, needsLegalReview)
        (self.isPublic, self.limitationYears, self.procedure) = (isPublic, limitationYears, procedure)
        (self.delegatedTo, self.validFrom, self.validTo, self.bodies) = (delegatedTo, validFrom, validTo, bodies)
    }

    package init(reading row: TableRow, after previous: ItemRow?) throws(Reason) {
        code = try row.code("code", lengths: 4...32)
        name = try row.text("name")
        kind = try row.choice("kind")
        enforcementField = try row.text("field")
        levels = try row.choices("levels")
        guard !levels.isEmpty else { throw Reason("levels 不能为空", "levels is empty") }
        bodyType = try row.choice("body_type", default: .statutory)
        bases = try Self.bases(row)
        penaltyKinds = try row.choices("penalty_kinds")
        guard (kind == .penalty) == !penaltyKinds.isEmpty else {
            throw Reason(
                "处罚事项须填 penalty_kinds，其他事项不得填", "penalty_kinds belongs to items of kind 处罚, and to all of them")
        }
        benchmark = try row.optionalText("benchmark")
        hasHearing = try row.flag("hearing")
        needsLegalReview = try row.flag("legal_review")
        isPublic = try row.flag("publicity")
        limitationYears = try row.optionalInteger("limitation_years", in: 1...20)
        procedure = try row.choice("procedure", default: .ordinary)
        delegatedTo = try row.divisions("delegated_to")
        bodies = try row.list("bodies")
        validFrom = try row.date("valid_from")
        validTo = try row.optionalDate("valid_to")
        try row.period(from: validFrom, to: validTo)
    }

    /// Pairs the laws of one column with the articles of the other.
    private static func bases(_ row: TableRow) throws(Reason) -> [StatuteReference] {
        let isSeparator: (Character) -> Bool = { $0 == ";" || $0 == "；" }
        let laws = try row.text("basis_law").split(whereSeparator: isSeparator)
        let articles = try row.text("basis_article").split(whereSeparator: isSeparator)
        guard !laws.isEmpty, laws.count == articles.count, laws.count <= 64 else {
            throw Reason(
                "basis_law 与 basis_article 须一一对应", "basis_law and basis_article must name as many laws as articles")
        }
        var bases: [StatuteReference] = []
        for (law, article) in zip(laws, articles) {
            guard let basis = StatuteReference(title: law, article: String(article).trimmingBlanks()) else {
                throw Reason("basis_article 应写作“第十二条第一款”", "basis_article must be written like 第十二条第一款")
            }
            if !bases.contains(basis) { bases.append(basis) }
        }
        return bases
    }

    package var warnings: [Reason] {
        guard !hasHearing, let penalty = penaltyKinds.first(where: \.alwaysHasHearing) else { return [] }
        return [
            Reason(
                "“\(penalty.rawValue)”应当告知听证权利（行政处罚法第六十三条），hearing 却为“否”",
                "\(penalty.rawValue) carries a right to a hearing (行政处罚法, article 63) but hearing is 否")
        ]
    }

    package var fields: [String] {
        let flag = { (isSet: Bool) in isSet ? "是" : "否" }
        return [
            code, name, kind.rawValue, enforcementField, levels.map(\.rawValue).joined(separator: ";"),
            bodyType.rawValue, bases.map(\.title).joined(separator: ";"),
            bases.map(\.articleText).joined(separator: ";"), penaltyKinds.map(\.rawValue).joined(separator: ";"),
            benchmark ?? "", flag(hasHearing), flag(needsLegalReview), flag(isPublic),
            limitationYears.map(String.init) ?? "", procedure.rawValue,
            delegatedTo.map(\.text).joined(separator: ";"), validFrom.description, validTo?.description ?? "",
            bodies.joined(separator: ";"),
        ]
    }

    package var naturalKey: String { code }

    package func drafts(home: DivisionCode) -> [RecordDraft] {
        [
            RecordDraft(
                LibraryKinds.item, home: home, naturalKey: naturalKey,
                [
                    DraftField("code", text: code), DraftField("name", text: name),
                    DraftField("item-kind", text: kind.rawValue), DraftField("field", text: enforcementField),
                    DraftField("levels", texts: levels.map(\.rawValue)),
                    DraftField("body-type", text: bodyType.rawValue),
                    DraftField("bases", texts: bases.map(\.description)),
                    DraftField("penalty-kinds", texts: penaltyKinds.map(\.rawValue)),
                    DraftField("benchmark", text: benchmark), DraftField("hearing", boolean: hasHearing),
                    DraftField("legal-review", boolean: needsLegalReview), DraftField("publicity", boolean: isPublic),
                    DraftField("limitation-years", integer: limitationYears.map(Int64.init)),
                    DraftField("procedure", text: procedure.rawValue),
                    DraftField("delegated-to", texts: delegatedTo.map(\.text)), DraftField("bodies", texts: bodies),
                    DraftField("valid-from", date: validFrom), DraftField("valid-to", date: validTo),
                ])
        ]
    }
}
