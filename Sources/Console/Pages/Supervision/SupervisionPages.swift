import Libraries

/// The supervision board: figures that open the cases behind them, trends, a map, and the longest overdue.
enum SupervisionPages {
    static let watchers = Audience.roles(["supervisor", "responsible", "reviewer"])

    static let overview = SupervisionTable(name: "overview", isPaged: false)
    static let trends = SupervisionTable(name: "trends", further: ["months", "indicator"], isPaged: false)
    static let cases = SupervisionTable(
        name: "cases", further: ["indicator", "month", "item", "place", "body", "officer", "rule"])
    static let overdue = SupervisionTable(name: "overdue")
    static let nearlyOverdue = SupervisionTable(name: "nearly-overdue")
    static let findings = SupervisionTable(name: "findings", further: ["finding"])
    static let hotSpots = SupervisionTable(name: "hot-spots", further: ["by", "item"])
    static let scores = SupervisionTable(name: "scores")
    static let officers = SupervisionTable(name: "officers", further: ["body"])
    static let directives = SupervisionTable(name: "directives")
    static let numberGaps = SupervisionTable(name: "number-gaps")

    static let section = Section(
        pages: [
            board, trendPage, SupervisionLists.cases, SupervisionLists.overdue, SupervisionLists.nearlyOverdue,
            SupervisionLists.findings, SupervisionScores.hotSpots, SupervisionScores.bodies,
            SupervisionScores.officers, SupervisionScores.numberGaps, DirectivePages.list, DirectivePages.new,
            DirectivePages.one,
        ],
        actions: DirectivePages.actions,
        downloads: [
            overview, trends, cases, overdue, nearlyOverdue, findings, hotSpots, scores, officers, numberGaps,
        ].map { $0.download(watchers) } + [directives.download(CasePages.readers)])

    // MARK: The board

    /// The board's figures, in the order in which they stand; the tone colours what wants attention.
    private static let groups: [(group: String, figures: [(indicator: String, tone: String)])] = [
        (
            "caseload",
            [
                ("standing-overdue", "late"), ("found-nearly-overdue", "near"), ("cases", "note"), ("open", "note"),
                ("waiting", "near"), ("decided", "note"), ("ended", "good"), ("fines-fen", "note"),
            ]
        ),
        (
            "systems",
            [
                ("publicity-owed", "near"), ("publicity-done", "good"), ("recording-owed", "near"),
                ("recording-done", "good"), ("review-needed", "near"), ("review-passed", "good"),
                ("review-skipped", "late"),
            ]
        ),
        (
            "found",
            SupervisionLists.findingNames.filter { $0 != "nearly-overdue" }.map { ("found-\($0)", "late") }
        ),
    ]

    private static let board = Page(path: "/supervision", template: "supervision", audience: watchers) { visit in
        let scope = try await SupervisionScope(visit)
        let board = try await visit.get("/v1/supervision/overview", ["division": scope.division])
        let trends = try await visit.get("/v1/supervision/trends", ["division": scope.division, "months": "12"])
        let late = try await visit.get("/v1/supervision/overdue", ["division": scope.division, "limit": "6"])
        let counts = board["counts"]?["counts"] ?? .null
        let isByCases = visit.query["colour"] == "cases"
        let months = trends["months"]?.array ?? []
        let charts = (trends["series"]?.array ?? []).filter { mainSeries.contains($0["indicator"]?.text ?? "") }
        var view = scope.members("board")
        view["groups"] = .array(
            groups.map { group, figures in
                [
                    "group": .text(group),
                    "figures": .array(figures.map { figure($0.indicator, $0.tone, counts, scope) }),
                ]
            })
        view["charts"] = .array(
            charts.map { SupervisionPictures.chart($0, months: months, scope: scope) })
        view["cases"] = .array(SupervisionLists.rows(late, visit))
        view["children"] = .array((board["children"]?.array ?? []).map { child($0, scope) })
        view["map"] = map(board, isByCases: isByCases, scope)
        view["today"] = board["today"] ?? .null
        view["colour"] = .text(isByCases ? "cases" : "overdue")
        view["otherColour"] = .text(
            Address.of("/supervision", ["division": scope.asked, "colour": isByCases ? nil : "cases"]))
        view["csv"] = overview.csv(visit)
        return .object(view)
    }

    private static let mainSeries: Set = [
        "opened", "decided", "closed", "fines-fen", "complaints", "standing-overdue",
    ]

    private static func figure(
        _ indicator: String, _ tone: String, _ counts: JSON, _ scope: SupervisionScope
    ) -> JSON {
        let amount = counts[indicator]?.integer ?? 0
        let path =
            switch indicator {
            case "standing-overdue": Address.of("/supervision/overdue", ["division": scope.asked])
            case "found-nearly-overdue": Address.of("/supervision/nearly-overdue", ["division": scope.asked])
            case "found-number-gap": Address.of("/supervision/number-gaps", ["division": scope.asked])
            default: SupervisionPictures.casesPath(scope, indicator: indicator)
            }
        return [
            "indicator": .text(indicator), "amount": .integer(amount), "isMoney": .boolean(indicator == "fines-fen"),
            "tone": .text(amount == 0 ? "none" : tone), "path": .text(path),
        ]
    }

    /// A child's row beside the map.
    private static func child(_ child: JSON, _ scope: SupervisionScope) -> JSON {
        let code = child["division"]?.text
        let counts = child["counts"] ?? .null
        func number(_ indicator: String) -> JSON {
            [
                "indicator": .text(indicator), "amount": counts[indicator] ?? 0,
                "path": .text(SupervisionPictures.casesPath(scope, indicator: indicator, division: code)),
            ]
        }
        return [
            "name": child["name"] ?? "", "path": .text(Address.of("/supervision", ["division": code])),
            "total": number("cases"), "late": number("standing-overdue"),
            "open": counts["open"] ?? 0, "decided": counts["decided"] ?? 0,
            "near": counts["found-nearly-overdue"] ?? 0, "fines": counts["fines-fen"] ?? 0,
        ]
    }

    private static func map(_ board: JSON, isByCases: Bool, _ scope: SupervisionScope) -> JSON {
        var counts: [String: JSON] = [:]
        for child in board["children"]?.array ?? [] {
            if let code = child["division"]?.text { counts[code] = child["counts"] }
        }
        func amount(_ code: String, _ indicator: String) -> Int64 { counts[code]?[indicator]?.integer ?? 0 }
        return SupervisionPictures.map(
            scope, heat: { amount($0, isByCases ? "cases" : "standing-overdue") },
            path: { Address.of("/supervision", ["division": $0, "colour": isByCases ? "cases" : nil]) },
            fill: { code in
                [
                    "total": .integer(amount(code, "cases")), "late": .integer(amount(code, "standing-overdue")),
                    "sort": .text(isByCases ? "cases" : "overdue"),
                ]
            })
    }

    // MARK: Trends

    private static let trendPage = Page(path: "/supervision/trends", template: "trends", audience: watchers) { visit in
        let scope = try await SupervisionScope(visit)
        let answer = try await trends.ask(visit)
        let months = answer["months"]?.array ?? []
        let charts = (answer["series"]?.array ?? []).map {
            SupervisionPictures.chart($0, months: months, scope: scope)
        }
        var view = scope.members("trends")
        view["charts"] = .array(charts)
        view["isOne"] = .boolean(visit.query["indicator"] != nil)
        view["months"] = .array(months)
        view["asked"] = [
            "months": .text(visit.query["months"] ?? "12"), "indicator": .text(visit.query["indicator"] ?? ""),
        ]
        view["all"] = .text(Address.of("/supervision/trends", ["division": scope.asked]))
        view["csv"] = trends.csv(visit)
        return .object(view)
    }
}
