import HTTPTypes
import Libraries

/// A new case, led by its item: basis, procedure, benchmark, documents and deadlines at once.
enum NewCasePages {
    static let choice = Page(path: "/cases/new", template: "case-new", audience: .roles(["officer"])) { visit in
        let chosen = visit.query["item"]
        let procedures = try await visit.get("/v1/procedures")["procedures"]?.array ?? []
        var view: [String: JSON] = [
            "procedures": .array(
                procedures.map { procedure in
                    [
                        "id": procedure["id"] ?? "", "name": procedure["name"] ?? "",
                        "isUrgent": procedure["isUrgent"] ?? false,
                    ]
                }),
            "asked": .text(visit.query["q"] ?? ""),
        ]
        guard let chosen else {
            view["items"] = try await items(visit)
            return .object(view)
        }
        let choice = try await visit.get(
            "/v1/items/choice", ["item": chosen, "violated-on": visit.query["violated-on"]])
        view["choice"] = choice
        view["chosen"] = procedures.first { $0["id"] == choice["procedure"] } ?? .null
        view["violatedOn"] = .text(visit.query["violated-on"] ?? "")
        return .object(view)
    }

    /// Items that the body may use, whose name or code holds what was asked for.
    private static func items(_ visit: Visit) async throws -> JSON {
        let found = try await visit.get(
            "/v1/items/search",
            ["q": visit.query["q"], "body": visit.person?.account["body"]?.text, "limit": String(itemsMax)])
        return found["items"] ?? []
    }

    private static let itemsMax = 60

    static func open(_ visit: Visit, _ form: Form) async throws -> Outcome {
        var facts: [String: JSON] = [:]
        facts["item"] = form["item"].map(JSON.text)
        facts["title"] = form["title"].map(JSON.text)
        facts["violated-on"] = form["violated-on"].map(JSON.text)
        let others = (form["with"] ?? "").split(whereSeparator: { ",，、 \n".contains($0) }).map { JSON.text(String($0)) }
        let officers = visit.person.map { [JSON.text($0.certificate)] } ?? []
        let procedures = try await visit.get("/v1/procedures")["procedures"]?.array ?? []
        let rules = procedures.first { $0["id"]?.text == form["procedure"] }?["facts"]?.array ?? []
        let known = Set(rules.compactMap { $0["id"]?.text })
        let opened = try await visit.send(
            .post, "/v1/cases",
            [
                "procedure": .text(form["procedure"] ?? ""), "officers": .array(officers + others),
                "facts": .object(facts.filter { known.contains($0.key) }),
            ], once: form["once"])
        return .seeOther("/cases/\(Address.encoded(opened["id"]?.text ?? ""))", said: "case-opened")
    }
}
