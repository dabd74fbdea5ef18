import HTTPTypes
import Libraries

/// The calculator on an item's page: a form that asks what a benchmark says of a sum. Nothing is written.
enum FineCalculator {
    private static let weighings = ["none", "mitigated", "lighter", "usual", "heavier"]
    private static let factorPrefix = "factors."

    /// The benchmark as a form, with what was chosen.
    static func form(_ benchmark: JSON, _ visit: Visit) -> JSON {
        let query = visit.query
        let chosen = Set(query.all("circumstances"))
        let tiers = (benchmark["tiers"]?.array ?? []).map { tier -> JSON in
            guard case .object(var members) = tier else { return tier }
            let ordinal = tier["ordinal"]?.integer.map { String($0) } ?? ""
            members["isChosen"] = .boolean(chosen.contains(ordinal))
            return .object(members)
        }
        let factors = (benchmark["factors"]?.array ?? []).enumerated().map { place, factor -> JSON in
            let name = factor["name"]?.text ?? ""
            let picked = query[factorPrefix + name]
            return [
                "id": .text("factor-\(place)"), "field": .text(factorPrefix + name), "name": .text(name),
                "choices": .array(
                    (factor["choices"]?.array ?? []).map { choice in
                        ["name": choice["name"] ?? "", "isChosen": .boolean(choice["name"]?.text == picked)]
                    }),
            ]
        }
        return [
            "tiers": .array(tiers), "factors": .array(factors), "needsBase": benchmark["needsBase"] ?? false,
            "weighings": Choices.view(weighings, chosen: query["weighing"]),
            "fine": .text(query["fineFen"] ?? ""), "base": .text(query["baseFen"] ?? ""),
            "repeats": .text(query["repeats"] ?? ""),
        ]
    }

    /// What the API says of what was entered; nothing where nothing was.
    static func answer(for item: String, _ benchmark: JSON, _ visit: Visit) async throws -> JSON {
        guard visit.query["calculate"] != nil else { return .null }
        let query = visit.query
        var body: [String: JSON] = ["item": .text(item)]
        body["fineFen"] = try fen(query["fineFen"])
        body["baseFen"] = try fen(query["baseFen"])
        body["repeats"] = try query["repeats"].map(number)
        body["weighing"] = query["weighing"].map(JSON.text)
        let circumstances = try query.all("circumstances").map(number)
        if !circumstances.isEmpty { body["circumstances"] = .array(circumstances) }
        var factors: [String: JSON] = [:]
        for factor in benchmark["factors"]?.array ?? [] {
            guard let name = factor["name"]?.text, let choice = query[factorPrefix + name] else { continue }
            factors[name] = .text(choice)
        }
        if !factors.isEmpty { body["factors"] = .object(factors) }
        let answer = try await visit.send(.post, "/v1/items/fine", .object(body))
        guard case .object(var members) = answer else { return answer }
        let words = (answer["missing"]?.array ?? []).compactMap(\.text)
        members["missing"] = .array(words.map(JSON.text))
        members["class"] = .text(answer["isWithin"] == .boolean(true) ? "is-good" : "is-late")
        members["hasFine"] = .boolean(answer["standing"] != nil)
        members["isOpen"] = .boolean(answer["range"] != nil && answer["range"]?["mostFen"] == nil)
        return .object(members)
    }

    private static func fen(_ text: String?) throws -> JSON? {
        guard let text else { return nil }
        guard let fen = FactInputs.fen(text) else { throw unreadable }
        return .integer(fen)
    }

    private static func number(_ text: String) throws -> JSON {
        guard let number = Int64(text), number >= 0 else { throw unreadable }
        return .integer(number)
    }

    private static var unreadable: Refusal {
        Refusal(
            status: 422,
            problem: [
                "type": "urn:tributary:problem:bad-value", "title": "填写的数额无法识别 · A number cannot be read",
                "detail": "请填写数字，金额以元为单位 · Write a number; sums in yuan",
            ])
    }
}
