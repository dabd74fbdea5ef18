import Casework
import HTTPTypes
import Libraries

/// The conflict desk: the values side by side, and one to stand in their place with a reason.
enum ConflictPages {
    static let section = Section(
        pages: [list, one],
        actions: [Action(path: "/conflicts/{id}/resolve", audience: desk, page: one, act: resolve)])

    private static let desk = Audience.roles(["officer", "reviewer", "responsible", "librarian", "supervisor"])

    private static let list = Page(path: "/conflicts", template: "conflicts", audience: desk) { visit in
        let whose = visit.query["whose"] ?? "all"
        let division = visit.person?.division
        let page = try await visit.get(
            "/v1/conflicts",
            [
                "home": whose == "ours" ? division : nil, "below": whose == "ours" ? "false" : nil,
                "cursor": visit.query["cursor"], "limit": "50",
            ])
        let days = visit.query["days"].flatMap { Int64($0) } ?? 0
        let records = page["records"]?.array ?? []
        let names = await names(of: records, visit)
        let rows = records.map { row($0, names, visit) }.filter { ($0["days"]?.integer ?? 0) >= days }
        let next = page["next"]?.text.map {
            Address.of("/conflicts", ["whose": visit.query["whose"], "days": visit.query["days"], "cursor": $0])
        }
        return [
            "rows": .array(rows.sorted { ($0["days"]?.integer ?? 0) > ($1["days"]?.integer ?? 0) }),
            "next": next.map(JSON.text) ?? .null, "whose": .text(whose), "days": .text(visit.query["days"] ?? ""),
        ]
    }

    /// What the homes of records and the officers that they are about are called, by their codes.
    private static func names(of records: [JSON], _ visit: Visit) async -> [String: JSON] {
        var names: [String: JSON] = [:]
        for home in Set(records.compactMap { $0["home"]?.text }) {
            names[home] = (try? await visit.get("/v1/divisions", ["below": home]))?["below"]?["name"]
        }
        for officer in Set(records.compactMap { certificate($0["fields"]?.array ?? []) }) {
            let path = "/v1/officers/\(Address.encoded(officer))"
            names[officer] = (try? await visit.find(path))?["officer"]?["name"]
        }
        return names
    }

    private static func certificate(_ fields: [JSON]) -> String? {
        fields.first { $0["name"]?.text == "certificate-no" }?["shown"]?.text
    }

    /// A record with the fields in dispute, who is to decide, and since how many days.
    private static func row(_ record: JSON, _ names: [String: JSON], _ visit: Visit) -> JSON {
        let fields = record["fields"]?.array ?? []
        let disputed = Set((record["conflicts"]?.array ?? []).compactMap { $0["field"]?.text })
        let written = fields.filter { $0["name"]?.text.map(disputed.contains) ?? false }
            .flatMap { $0["values"]?.array ?? [] }.compactMap { $0["written"]?.text }
        // The dispute is as old as the later of two values; the first of them was undisputed before.
        let since = day(written.max() ?? "")
        let home = record["home"]?.text ?? ""
        return [
            "id": record["id"] ?? "", "kind": record["kind"] ?? "",
            "fields": .array(
                fields.filter { $0["name"]?.text.map(disputed.contains) ?? false }.map { field in
                    [
                        "field": field["name"] ?? "",
                        "name": ["chinese": field["chinese"] ?? "", "english": field["english"] ?? ""],
                    ]
                }),
            "isRemoved": .boolean((record["conflicts"]?.array ?? []).contains { $0["field"] == nil }),
            "title": certificate(fields).flatMap { names[$0] } ?? title(fields), "home": names[home] ?? .text(home),
            "since": .text(since),
            "days": .integer(age(since, visit)), "isOurs": .boolean(home == visit.person?.division),
        ]
    }

    private static func title(_ fields: [JSON]) -> JSON {
        for name in ["title", "name", "certificate-no", "code"] {
            if let field = fields.first(where: { $0["name"]?.text == name }), let shown = field["shown"]?.text {
                return .text(shown)
            }
        }
        return .null
    }

    /// The day in China of a moment in UTC.
    private static func day(_ moment: String) -> String {
        LegalMoment(moment.prefix(16)).flatMap { LegalMoment(minutesSince1970: $0.minutesSince1970 + 480) }?.day
            .description ?? ""
    }

    private static func age(_ moment: String, _ visit: Visit) -> Int64 {
        guard let then = LegalDate(moment.prefix(10)), let today = LegalDate(visit.moment.prefix(10)) else { return 0 }
        return Int64(max(0, today.daysSince1970 - then.daysSince1970))
    }

    private static let one = Page(path: "/conflicts/{id}", template: "conflict", audience: desk) { visit in
        let conflict = try await visit.get("/v1/conflicts/\(Address.encoded(visit.parameter("id")))")
        let id = visit.parameter("id")
        let isCase = id.hasPrefix("case:") || id.hasPrefix("urgent-case:")
        return [
            "conflict": conflict, "isSettled": .boolean(isSettled(conflict)),
            "casePath": isCase ? .text("/cases/\(Address.encoded(id))") : .null,
        ]
    }

    private static func isSettled(_ conflict: JSON) -> Bool {
        (conflict["fields"]?.array ?? []).isEmpty && conflict["isRemovedWhileEdited"] != .boolean(true)
    }

    private static func resolve(_ visit: Visit, _ form: Form) async throws -> Outcome {
        let id = Address.encoded(visit.parameter("id"))
        let conflict = try await visit.get("/v1/conflicts/\(id)")
        let field = form["field"] ?? ""
        var body: [String: JSON] = ["field": .text(field), "reason": .text(form["reason"] ?? "")]
        if field == "exists" {
            body["value"] = .boolean(form["choice"] == "keep")
            body["seen"] = .text(form["seen"] ?? "")
        } else {
            let disputed = conflict["fields"]?.array?.first { $0["field"]?.text == field }
            body["value"] = try value(form, of: disputed)
            body["seen"] = .text(form["seen"] ?? "")
        }
        _ = try await visit.send(.post, "/v1/records/\(id)/resolve", .object(body), once: form["once"])
        return .seeOther("/conflicts", said: "resolved")
    }

    /// What was written, or else the value chosen among those at hand.
    private static func value(_ form: Form, of field: JSON?) throws -> JSON {
        if let written = form["value"] {
            switch field?["holds"]?.text {
            case "integer": return Int64(written).map(JSON.integer) ?? .text(written)
            case "boolean": return .boolean(written == "true" || written == "是")
            default: return .text(written)
            }
        }
        let values = field?["values"]?.array ?? []
        guard let index = form["choice"].flatMap({ Int($0) }), values.indices.contains(index),
            let value = values[index]["value"]
        else {
            throw Refusal(
                status: 422,
                problem: [
                    "type": "urn:tributary:problem:missing-member",
                    "title": "请选择一个值，或者另写一个值 · Choose a value or write another",
                ])
        }
        return value
    }
}
