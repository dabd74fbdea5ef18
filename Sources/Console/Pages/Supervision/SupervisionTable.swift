import HTTPTypes
import Hummingbird
import Libraries

/// A table of the supervision board: a call of the API, a page that shows it, and the same rows as CSV.
struct SupervisionTable: Sendable {
    /// Its name in the API and in addresses.
    let name: String
    /// Parameters of its own.
    var further: [String] = []
    var isPaged = true

    static let rowsPerPage = "40"

    private var call: String { "/v1/supervision/\(name)" }

    /// A query of the parameters that the visit has, or of those that were chosen instead.
    func query(_ visit: Visit, _ chosen: [String: String] = [:]) -> String {
        let own = ["division", "on"] + further
        let pairs = (own + ["limit", "cursor"]).compactMap { name in
            (chosen[name] ?? (own.contains(name) ? visit.query[name] : nil)).map { "\(name)=\(Address.encoded($0))" }
        }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }

    /// The page of rows that the visit asks for.
    func ask(_ visit: Visit, _ chosen: [String: String] = [:]) async throws -> JSON {
        var chosen = chosen
        if isPaged {
            chosen["limit"] = chosen["limit"] ?? Self.rowsPerPage
            chosen["cursor"] = visit.query["cursor"]
        }
        return try await visit.get(call + query(visit, chosen))
    }

    /// Where the page after this one is.
    func next(_ answer: JSON, _ visit: Visit, _ chosen: [String: String] = [:]) -> JSON {
        guard let cursor = answer["next"]?.text else { return .null }
        return .text("/supervision/\(name)" + query(visit, chosen.merging(["cursor": cursor]) { _, new in new }))
    }

    /// Where the same rows are to be had as CSV.
    func csv(_ visit: Visit, _ chosen: [String: String] = [:]) -> JSON {
        .text("/supervision/\(name).csv" + query(visit, chosen))
    }

    func download(_ audience: Audience) -> Download {
        Download(path: "/supervision/\(name).csv", audience: audience) { visit in
            let answer = await visit.response(
                .get, call + query(visit),
                [.accept: "text/csv", .acceptLanguage: visit.language == .english ? "en" : "zh"])
            try await Visit.check(answer)
            return answer
        }
    }
}

/// The division that a page of supervision looks at, and what all such pages show around their tables.
struct SupervisionScope: Sendable {
    let visit: Visit
    let division: String
    /// The division's children on the map, and the way up, as the API tells them.
    let map: JSON

    init(_ visit: Visit) async throws {
        self.visit = visit
        division = visit.query["division"] ?? visit.person?.division ?? ""
        map = try await visit.get("/v1/divisions", ["below": division])
    }

    /// The division in addresses; nil for the reader's own.
    var asked: String? { division == visit.person?.division ? nil : division }

    /// - Parameter tab: the part of supervision in which the page lies.
    func members(_ tab: String) -> [String: JSON] {
        [
            "tab": .text(tab), "inDivision": .text(asked.map { "?division=\(Address.encoded($0))" } ?? ""),
            "division": map["below"] ?? .null, "crumbs": .array(crumbs),
        ]
    }

    /// From the reader's division down to the one above this.
    private var crumbs: [JSON] {
        let page = String(visit.here.prefix { $0 != "?" })
        let line = (map["line"]?.array ?? []).drop { $0["code"]?.text != visit.person?.division }
        return line.map { above in
            let code = above["code"]?.text
            let isOwn = code == visit.person?.division
            return [
                "name": above["name"] ?? "", "path": .text(Address.of(page, ["division": isOwn ? nil : code])),
            ]
        }
    }
}
