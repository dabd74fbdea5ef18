import Libraries

/// Scores of bodies and officers, places that stand out, and numbers that were left out.
enum SupervisionScores {
    private static func view(
        _ table: SupervisionTable, _ list: String, _ visit: Visit, _ row: (JSON, SupervisionScope) -> JSON
    ) async throws -> [String: JSON] {
        let scope = try await SupervisionScope(visit)
        let answer = try await table.ask(visit)
        var view = scope.members(table.name)
        view["rows"] = .array((answer[list]?.array ?? []).map { row($0, scope) })
        view["next"] = table.next(answer, visit)
        view["csv"] = table.csv(visit)
        return view
    }

    /// Good from 90, to be watched below it, bad below 60, as offices are rated.
    private static func tone(_ row: JSON) -> JSON {
        let score = Double(row["score"].map(digits) ?? "") ?? 0
        return .text(score < 60 ? "late" : score < 90 ? "near" : "good")
    }

    private static func digits(_ value: JSON) -> String {
        switch value {
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        default: ""
        }
    }

    // MARK: Scores

    static let bodies = Page(
        path: "/supervision/scores", template: "supervision-scores", audience: SupervisionPages.watchers
    ) { visit in
        .object(
            try await view(SupervisionPages.scores, "bodies", visit) { row, scope in
                guard case .object(var members) = row else { return row }
                let body = row["body"]?.text
                members["tone"] = tone(row)
                members["casesPath"] = .text(
                    Address.of("/supervision/cases", ["indicator": "cases", "body": body, "division": scope.asked]))
                members["officersPath"] = .text(
                    Address.of("/supervision/officers", ["body": body, "division": scope.asked]))
                return .object(members)
            })
    }

    static let officers = Page(
        path: "/supervision/officers", template: "supervision-officers", audience: SupervisionPages.watchers
    ) { visit in
        var view = try await view(SupervisionPages.officers, "officers", visit) { row, scope in
            guard case .object(var members) = row else { return row }
            members["tone"] = tone(row)
            members["casesPath"] = .text(
                Address.of(
                    "/supervision/cases",
                    ["indicator": "cases", "officer": row["officer"]?.text, "division": scope.asked]))
            return .object(members)
        }
        view["body"] = visit.query["body"].map(JSON.text) ?? .null
        view["bodyName"] = view["rows"]?.array?.first?["bodyName"] ?? .null
        return .object(view)
    }

    static let numberGaps = Page(
        path: "/supervision/number-gaps", template: "number-gaps", audience: SupervisionPages.watchers
    ) { visit in
        .object(
            try await view(SupervisionPages.numberGaps, "gaps", visit) { row, _ in
                guard case .object(var members) = row else { return row }
                members["count"] = .integer((row["last"]?.integer ?? 0) - (row["first"]?.integer ?? 0) + 1)
                return .object(members)
            })
    }

    // MARK: Hot spots

    static let hotSpots = Page(
        path: "/supervision/hot-spots", template: "hot-spots", audience: SupervisionPages.watchers
    ) { visit in
        let scope = try await SupervisionScope(visit)
        let item = visit.query["item"]
        let by = item == nil && visit.query["by"] != "place" ? "item" : "place"
        let chosen = ["by": by]
        let answer = try await SupervisionPages.hotSpots.ask(visit, chosen)
        let divisions = try await visit.get(
            "/v1/supervision/hot-spots", ["by": "division", "item": item, "division": scope.division])
        let rows = (answer["spots"]?.array ?? []).map { spot($0, scope) }
        var view = scope.members("hot-spots")
        view["rows"] = .array(rows)
        view["by"] = .text(by)
        view["item"] = item.map(JSON.text) ?? .null
        view["itemName"] = item == nil ? .null : rows.first?["itemName"] ?? .null
        view["byItem"] = .text(Address.of("/supervision/hot-spots", ["division": scope.asked]))
        view["byPlace"] = .text(Address.of("/supervision/hot-spots", ["by": "place", "division": scope.asked]))
        view["map"] = map(divisions, item: item, scope)
        view["next"] = SupervisionPages.hotSpots.next(answer, visit, chosen)
        view["csv"] = SupervisionPages.hotSpots.csv(visit, chosen)
        return .object(view)
    }

    private static func spot(_ spot: JSON, _ scope: SupervisionScope) -> JSON {
        guard case .object(var members) = spot else { return spot }
        members["casesPath"] = .text(
            Address.of(
                "/supervision/cases",
                [
                    "indicator": "cases", "month": spot["month"]?.text, "item": spot["item"]?.text,
                    "place": spot["place"]?.text, "division": spot["division"]?.text,
                ]))
        members["itemPath"] = .text(
            Address.of("/supervision/hot-spots", ["item": spot["item"]?.text, "division": scope.asked]))
        return .object(members)
    }

    /// The month's cases on the map: of all items, or of one.
    private static func map(_ answer: JSON, item: String?, _ scope: SupervisionScope) -> JSON {
        var spots: [String: JSON] = [:]
        for spot in answer["spots"]?.array ?? [] {
            if let code = spot["division"]?.text { spots[code] = spot }
        }
        return SupervisionPictures.map(
            scope, heat: { spots[$0]?["cases"]?.integer ?? 0 },
            path: { Address.of("/supervision/hot-spots", ["item": item, "division": $0]) },
            fill: { code in
                [
                    "total": spots[code]?["cases"] ?? 0, "mean": spots[code]?["meanBefore"] ?? 0, "sort": "cases",
                ]
            })
    }
}
