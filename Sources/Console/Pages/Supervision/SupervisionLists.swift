import Libraries

/// Lists of cases: those behind a number, overdue and nearly so, and those in which supervision finds something.
enum SupervisionLists {
    /// What supervision looks for in a case or at a body, as the API calls it.
    static let findingNames = [
        "overdue", "nearly-overdue", "gate-broken", "officer-not-certified", "fine-out-of-range",
        "item-not-delegated", "missing-recording", "publicity-late", "number-gap", "to-be-confirmed",
        "not-known-here", "evidence-missing",
    ]

    /// The board's rows as tables show them.
    static func rows(_ answer: JSON, _ visit: Visit) -> [JSON] {
        let mayDirect = visit.person?.role == "supervisor"
        return (answer["cases"]?.array ?? []).map { row in
            guard case .object(var members) = row, let record = row["record"]?.text else { return row }
            if row["mayOpen"] != .boolean(false) { members["path"] = .text("/cases/\(Address.encoded(record))") }
            if mayDirect { members["direct"] = .text(Address.of("/supervision/directives/new", ["case": record])) }
            members["daysOver"] = nil
            if let days = row["daysOver"]?.integer, row["standing"]?.text != "ended" {
                members[days > 0 ? "over" : "left"] = .integer(abs(days))
            }
            return .object(members)
        }
    }

    private static func list(
        _ table: SupervisionTable, _ tab: String, _ visit: Visit, _ chosen: [String: String] = [:]
    ) async throws -> [String: JSON] {
        let scope = try await SupervisionScope(visit)
        let answer = try await table.ask(visit, chosen)
        var view = scope.members(tab)
        view["cases"] = .array(rows(answer, visit))
        view["next"] = table.next(answer, visit, chosen)
        view["csv"] = table.csv(visit, chosen)
        return view
    }

    static let cases = Page(
        path: "/supervision/cases", template: "supervision-cases", audience: SupervisionPages.watchers
    ) { visit in
        var view = try await list(SupervisionPages.cases, "cases", visit)
        var asked: [String: JSON] = [:]
        for name in SupervisionPages.cases.further { asked[name] = visit.query[name].map(JSON.text) }
        if let first = view["cases"]?.array?.first {
            asked["itemName"] = visit.query["item"] == nil ? nil : first["itemName"]
            asked["bodyName"] = visit.query["body"] == nil ? nil : first["bodyName"]
        }
        view["asked"] = .object(asked)
        return .object(view)
    }

    static let overdue = Page(
        path: "/supervision/overdue", template: "supervision-overdue", audience: SupervisionPages.watchers
    ) { visit in .object(try await list(SupervisionPages.overdue, "overdue", visit)) }

    static let nearlyOverdue = Page(
        path: "/supervision/nearly-overdue", template: "supervision-nearly-overdue",
        audience: SupervisionPages.watchers
    ) { visit in .object(try await list(SupervisionPages.nearlyOverdue, "overdue", visit)) }

    static let findings = Page(
        path: "/supervision/findings", template: "supervision-findings", audience: SupervisionPages.watchers
    ) { visit in
        let overview = try await SupervisionPages.overview.ask(visit)
        let counts = overview["counts"]?["counts"]
        let names = findingNames.filter { $0 != "number-gap" }
        func amount(_ name: String) -> Int64 { counts?["found-\(name)"]?.integer ?? 0 }
        let most = names.first { amount($0) > 0 } ?? "overdue"
        let finding = visit.query["finding"] ?? most
        var view = try await list(SupervisionPages.findings, "findings", visit, ["finding": finding])
        view["finding"] = .text(finding)
        view["findings"] = .array(
            names.map { name in
                [
                    "finding": .text(name), "amount": .integer(amount(name)),
                    "isChosen": .boolean(name == finding),
                    "path": .text(
                        Address.of(
                            "/supervision/findings", ["finding": name, "division": visit.query["division"]])),
                ]
            })
        return .object(view)
    }
}
