import HTTPTypes
import Hummingbird
import Libraries

/// The site for the public, who need not sign in: what is published, and whether a certificate is good.
enum PublicPages {
    static let section = Section(
        pages: [list, officers, one, office, withdrawal],
        actions: [
            Action(path: "/publicity/{id}/withdraw", audience: withdrawing, page: withdrawal, act: withdraw)
        ],
        downloads: [Download(path: "/publicity/feed.atom", audience: .everyone, answer: feed)])

    /// Whoever works on cases of the office, and whoever watches over it.
    private static let withdrawing = Audience.roles(["officer", "reviewer", "responsible", "supervisor"])

    // MARK: For everyone

    private static let list = Page(path: "/publicity", template: "publicity", audience: .everyone) { visit in
        let query = visit.query
        let page = try await visit.get(
            "/public/entries",
            [
                "q": query["q"], "phase": query["phase"], "item": query["item"], "from": query["from"],
                "to": query["to"], "cursor": query["cursor"],
            ])
        let next = page["next"]?.text.map {
            Address.of(
                "/publicity",
                [
                    "q": query["q"], "phase": query["phase"], "item": query["item"], "from": query["from"],
                    "to": query["to"], "cursor": $0,
                ])
        }
        return [
            "entries": page["entries"] ?? [], "next": next.map(JSON.text) ?? .null,
            "asked": [
                "q": .text(query["q"] ?? ""), "phase": .text(query["phase"] ?? ""),
                "item": .text(query["item"] ?? ""), "from": page["from"] ?? "", "to": page["to"] ?? "",
            ],
            "isOffice": .boolean(withdrawing.admits(visit.person)),
        ]
    }

    private static let one = Page(path: "/publicity/{id}", template: "publicity-entry", audience: .everyone) { visit in
        let entry = try await visit.get("/public/entries/\(Address.encoded(visit.parameter("id")))")
        let said = (entry["lines"]?.array ?? []).compactMap { $0["text"]?.text }
        let (number, body) = (entry["documentNumber"]?.text, entry["bodyName"] ?? entry["body"] ?? .null)
        return [
            "entry": entry, "isPublic": .boolean(entry["state"]?.text == "public"),
            "number": number.map { said.contains($0) ? .null : .text($0) } ?? .null,
            "body": body.text.map { said.contains($0) ? .null : .text($0) } ?? .null,
            "isOffice": .boolean(withdrawing.admits(visit.person)),
        ]
    }

    private static let officers = Page(
        path: "/publicity/officers", template: "publicity-officers", audience: .everyone
    ) { visit in
        guard let number = visit.query["certificate"] else { return [:] }
        let check = try await visit.get("/public/certificates/\(Address.encoded(number))")
        return ["check": check, "isKnown": .boolean(check["officer"] != nil)]
    }

    private static func feed(_ visit: Visit) async throws -> Response {
        var headers: HTTPFields = [:]
        if let name = HTTPField.Name("X-Forwarded-Host") { headers[name] = visit.authority }
        if visit.isSecure, let name = HTTPField.Name("X-Forwarded-Proto") { headers[name] = "https" }
        return await visit.response(.get, "/public/feed.atom?root=%2Fpublicity", headers)
    }

    // MARK: For the office

    private static let standings = ["shown", "withdrawn", "withheld", "expired", "not-yet"]

    private static let office = Page(path: "/publications", template: "publications", audience: withdrawing) { visit in
        let (standing, late) = (visit.query["standing"], visit.query["late"])
        let page = try await visit.get(
            "/v1/publications",
            ["standing": standing, "late": late, "limit": "50", "cursor": visit.query["cursor"]])
        let next = page["next"]?.text.map {
            Address.of("/publications", ["standing": standing, "late": late, "cursor": $0])
        }
        let rows = (page["publications"]?.array ?? []).map { publication -> JSON in
            guard case .object(var members) = publication else { return publication }
            members["mayWithdraw"] = .boolean(publication["standing"]?.text == "shown")
            members["casePath"] = publication["record"]?.text.map { .text("/cases/\(Address.encoded($0))") } ?? .null
            members["withdrawal"] = publication["withdrawals"]?.array?.first ?? .null
            return .object(members)
        }
        return [
            "rows": .array(rows), "next": next.map(JSON.text) ?? .null,
            "standings": .array(
                standings.map { ["standing": .text($0), "isChosen": .boolean($0 == standing)] }),
            "isLateOnly": .boolean(late == "true"),
        ]
    }

    private static let withdrawal = Page(
        path: "/publicity/{id}/withdraw", template: "publicity-withdraw", audience: withdrawing
    ) { visit in
        let entry = try await visit.get("/public/entries/\(Address.encoded(visit.parameter("id")))")
        return ["entry": entry, "isPublic": .boolean(entry["state"]?.text == "public")]
    }

    private static func withdraw(_ visit: Visit, _ form: Form) async throws -> Outcome {
        let id = Address.encoded(visit.parameter("id"))
        var body: [String: JSON] = ["reason": .text(form["reason"] ?? "")]
        if let day = form["ruledOn"] { body["ruledOn"] = .text(day) }
        if form["isMistake"] != nil { body["isMistake"] = true }
        let answer = try await visit.send(.post, "/v1/publications/\(id)/withdraw", .object(body), once: form["once"])
        return .seeOther(
            "/publicity/\(id)", said: answer["isLate"] == .boolean(true) ? "withdrawn-late" : "withdrawn")
    }
}
