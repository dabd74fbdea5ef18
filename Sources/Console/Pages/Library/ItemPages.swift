import Libraries

/// Items with what they rest on and what they cost, and a calculator of fines.
enum ItemPages {
    static let section = Section(pages: [list, stale, one])

    private static let levels = ["province", "city", "county", "township", "village"]

    // MARK: The library

    private static let list = Page(path: "/items", template: "items") { visit in
        let query = visit.query
        let names = ["q", "kind", "field", "level", "body", "on"]
        let page = try await visit.get(
            "/v1/items/search",
            [
                "q": query["q"], "kind": query["kind"], "field": query["field"], "level": query["level"],
                "body": query["body"], "on": query["on"], "cursor": query["cursor"], "limit": "40",
            ])
        return [
            "items": page["items"] ?? [], "asked": Choices.asked(names, visit),
            "levels": Choices.view(levels, chosen: query["level"]),
            "ownBody": visit.person?.account["body"] ?? .null,
            "next": Choices.next(page, visit, at: "/items", keeping: names),
        ]
    }

    /// Stale bases that one page shows.
    private static let staleMax = 60

    private static let stale = Page(path: "/items/stale", template: "items-stale") { visit in
        let query = visit.query
        let page = try await visit.get(
            "/v1/items/stale", ["on": query["on"], "cursor": query["cursor"], "limit": String(staleMax)])
        return [
            "bases": .array(
                (page["bases"]?.array ?? []).map { basis in
                    guard case .object(var members) = basis, let holder = basis["holder"]?.text else { return basis }
                    // A row of a benchmark is named by its set and number.
                    if !holder.contains("#") { members["path"] = .text("/items/\(Address.encoded(holder))") }
                    return .object(members)
                }),
            "total": page["total"] ?? 0, "asked": Choices.asked(["on"], visit),
            "next": Choices.next(page, visit, at: "/items/stale", keeping: ["on"]),
        ]
    }

    // MARK: One item

    private static let one = Page(path: "/items/{code}", template: "item") { visit in
        let query = visit.query
        let code = visit.parameter("code")
        let item = try await visit.get(
            "/v1/items/\(Address.encoded(code))", ["on": query["on"], "body": query["body"]])
        let record = item["item"]?["record"]?.text ?? ""
        var view: [String: JSON] = [
            "detail": item, "asked": Choices.asked(["on", "body"], visit),
            "articles": .array((item["articles"]?.array ?? []).map { article($0, visit) }),
            "bodyName": await bodyName(item["body"], visit),
            "moreBodies": more(item["bodyCount"], item["bodies"]),
            "moreDelegations": more(item["delegationCount"], item["delegations"]),
            "history": try await history(of: record, visit),
            "path": .text("/items/\(Address.encoded(code))"),
            "take": .text(Address.of("/cases/new", ["item": code])),
        ]
        if let benchmark = item["benchmark"] {
            view["calculator"] = FineCalculator.form(benchmark, visit)
            do {
                view["answer"] = try await FineCalculator.answer(for: code, benchmark, visit)
            } catch let refusal as Refusal where refusal.status != 401 {
                view["problem"] = refusal.view
            }
        }
        return .object(view)
    }

    /// What a body is called; nothing where this node knows none of the code.
    private static func bodyName(_ code: JSON?, _ visit: Visit) async -> JSON {
        guard let code = code?.text, !code.isEmpty else { return .null }
        return (try? await visit.find("/v1/bodies/\(Address.encoded(code))"))?["body"]?["name"] ?? .null
    }

    /// How many there are beside those that are shown; nothing where all are.
    private static func more(_ count: JSON?, _ shown: JSON?) -> JSON {
        let rest = (count?.integer ?? 0) - Int64(shown?.array?.count ?? 0)
        return rest > 0 ? .integer(rest) : .null
    }

    private static func article(_ article: JSON, _ visit: Visit) -> JSON {
        guard case .object(var members) = article, let title = article["title"]?.text else { return article }
        members["path"] = .text(
            Address.of(
                "/statutes/text", ["title": title, "on": visit.query["on"], "number": article["number"]?.text])
                + (article["number"]?.text.map { "#a-\($0)" } ?? ""))
        return .object(members)
    }

    // MARK: Who wrote it

    /// Entries that one page shows, and values of a field within an entry.
    private static let (entriesMax, valuesMax) = (20, 6)

    private static func history(of record: String, _ visit: Visit) async throws -> JSON {
        let path = "/v1/records/\(Address.encoded(record))"
        guard !record.isEmpty, let state = try await visit.find(path),
            let history = try await visit.find(
                "\(path)/history", ["limit": String(entriesMax), "cursor": visit.query["entries"]])
        else { return .null }
        var names: [String: JSON] = [:]
        for field in state["fields"]?.array ?? [] {
            names[field["name"]?.text ?? ""] = [
                "chinese": field["chinese"] ?? field["name"] ?? "", "english": field["english"] ?? field["name"] ?? "",
            ]
        }
        let entries = (history["entries"]?.array ?? []).map { entry -> JSON in
            [
                "written": Choices.milliseconds(entry["written"]?.text), "division": entry["divisionName"] ?? "",
                "body": entry["body"] ?? "", "counts": entry["counts"] ?? true,
                "edits": .array(edits(entry["edits"]?.array ?? [], names)),
            ]
        }
        let next = history["next"]?.text.map { JSON.text(Address.of(visit.path, ["entries": $0]) + "#history") }
        return ["entries": .array(entries), "next": next ?? .null]
    }

    /// The edits of an entry field by field, each with the first of its values.
    private static func edits(_ edits: [JSON], _ names: [String: JSON]) -> [JSON] {
        var order: [String] = []
        var values: [String: [JSON]] = [:]
        for edit in edits {
            guard let field = edit["field"]?.text, edit["type"]?.text != "exists" else { continue }
            if values[field] == nil { order.append(field) }
            values[field, default: []].append(edit["value"] ?? .null)
        }
        return order.map { field in
            let written = (values[field] ?? []).filter { $0 != .null }
            return [
                "name": names[field] ?? .text(field), "values": .array(Array(written.prefix(valuesMax))),
                "more": more(.integer(Int64(written.count)), .array(Array(written.prefix(valuesMax)))),
                "isCleared": .boolean(written.isEmpty),
            ]
        }
    }
}

extension Visit {
    /// The address without its query.
    var path: String { String(here.prefix { $0 != "?" }) }
}
