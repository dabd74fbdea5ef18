import Libraries

/// Bodies that enforce, with what was handed down or entrusted to them.
enum BodyPages {
    static let section = Section(pages: [list, one])

    private static let types = ["法定行政机关", "法律法规授权组织", "受委托组织"]

    private static let list = Page(path: "/bodies", template: "bodies") { visit in
        let query = visit.query
        let names = ["q", "division", "below", "type", "on"]
        let page = try await visit.get(
            "/v1/bodies",
            [
                "q": query["q"], "division": query["division"],
                "below": query["division"] == nil ? nil : query["below"], "type": query["type"], "on": query["on"],
                "cursor": query["cursor"], "limit": "40",
            ])
        return [
            "bodies": page["bodies"] ?? [], "asked": Choices.asked(names, visit),
            "isBelow": .boolean(query["below"] == "true"), "types": Choices.view(types, chosen: query["type"]),
            "next": Choices.next(page, visit, at: "/bodies", keeping: names),
        ]
    }

    private static let one = Page(path: "/bodies/{code}", template: "body") { visit in
        let path = "/bodies/\(Address.encoded(visit.parameter("code")))"
        let body = try await visit.get(
            "/v1\(path)", ["on": visit.query["on"], "cursor": visit.query["cursor"], "limit": "40"])
        let home = body["body"]?["division"]?["code"]?.text ?? ""
        let line = try await visit.get("/v1/divisions", ["below": home])["line"]?.array ?? []
        let divisions = [home] + line.compactMap { $0["code"]?.text }
        return [
            "detail": body, "asked": Choices.asked(["on"], visit), "path": .text(path),
            "mayListItems": .boolean(visit.person.map { divisions.contains($0.division) } ?? false),
            "next": Choices.next(body, visit, at: path, keeping: ["on"]),
        ]
    }
}
