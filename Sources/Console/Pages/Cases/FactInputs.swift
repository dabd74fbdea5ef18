import Libraries

/// Facts of a case as fields of a form, and back.
///
/// A field is called `fact.ID`; what its reader saw of it, `seen.ID`, goes back with it, so that what somebody else wrote
/// meanwhile is kept beside it instead of being replaced.
enum FactInputs {
    /// - Parameters:
    ///   - asks: the facts asked for, as the API describes them.
    ///   - facts: what the case knows, as the API shows it.
    ///   - form: what was entered and refused.
    static func view(_ asks: [JSON], known facts: [JSON], form: Form?) -> JSON {
        .array(
            asks.map { ask in
                let id = ask["id"]?.text ?? ""
                let fact = facts.first { $0["id"]?.text == id }
                let entered = form.map { $0.fields["fact.\(id)"] ?? [] }
                return input(ask, fact, entered)
            })
    }

    /// The body's items by code and name, where a fact of the form names one: as many as a browser lists with ease.
    static func items(for asks: [JSON], _ visit: Visit) async throws -> JSON {
        guard asks.contains(where: { $0["kind"]?.text == "item" }) else { return [] }
        let found = try await visit.get(
            "/v1/items/search", ["body": visit.person?.account["body"]?.text, "limit": "100"])
        return found["items"] ?? []
    }

    private static func input(_ ask: JSON, _ fact: JSON?, _ entered: [String]?) -> JSON {
        let kind = ask["kind"]?.text ?? "text"
        let values = entered ?? (fact?["values"]?.array ?? []).map { shown($0, as: kind) }
        let isMany = ask["isMany"] == .boolean(true)
        var members: [String: JSON] = [
            "id": ask["id"] ?? "", "factID": ask["id"] ?? "",
            "name": ["chinese": ask["chinese"] ?? "", "english": ask["english"] ?? ""],
            "kind": .text(kind), "value": .text(values.last ?? ""), "isPersonal": ask["isPersonal"] ?? false,
            "isInConflict": fact?["isInConflict"] ?? false, "words": fact?["words"] ?? [],
        ]
        members["sort"] = .text(sort(kind, isMany: isMany, id: ask["id"]?.text ?? ""))
        members["choices"] = .array(
            (ask["choices"]?.array ?? []).map { choice in
                let isChosen = choice["id"]?.text.map(values.contains) ?? false
                return [
                    "id": choice["id"] ?? "", "isChosen": .boolean(isChosen),
                    "name": ["chinese": choice["chinese"] ?? "", "english": choice["english"] ?? ""],
                ]
            })
        if isMany, ask["choices"]?.array?.isEmpty ?? true { members["value"] = .text(values.joined(separator: "\n")) }
        if let seen = fact?["seen"] { members["seen"] = seen }
        return .object(members)
    }

    /// Which sort of control a fact has.
    private static func sort(_ kind: String, isMany: Bool, id: String) -> String {
        switch kind {
        case "choice": return isMany ? "boxes" : "choice"
        case "truth", "money", "integer", "date", "moment", "item": return isMany ? "lines" : kind
        case "text" where isMany: return "lines"
        case "text" where longWords.contains(where: id.contains): return "long"
        default: return "line"
        }
    }

    /// Facts whose ids hold one of these words are written in sentences.
    private static let longWords = [
        "facts", "text", "reason", "opinion", "draft", "content", "result", "finding", "summary", "statement", "note",
    ]

    /// A value as a control holds it: sums in yuan.
    private static func shown(_ value: JSON, as kind: String) -> String {
        switch value {
        case .text(let text): return text
        case .boolean(let truth): return truth ? "true" : "false"
        case .integer(let fen) where kind == "money":
            let (yuan, rest) = fen.quotientAndRemainder(dividingBy: 100)
            return rest == 0 ? "\(yuan)" : "\(yuan).\(rest < 10 ? "0" : "")\(rest)"
        case .integer(let integer): return String(integer)
        default: return ""
        }
    }

    /// What a form says of facts, as the API takes it.
    ///
    /// - Throws: a refusal that names the first field that cannot be read.
    static func facts(_ asks: [JSON], in form: Form) throws -> (facts: JSON, seen: JSON) {
        var facts: [String: JSON] = [:]
        var seen: [String: JSON] = [:]
        for ask in asks {
            guard let id = ask["id"]?.text else { continue }
            let kind = ask["kind"]?.text ?? "text"
            let isMany = ask["isMany"] == .boolean(true)
            var entered = form.all("fact.\(id)")
            if isMany, kind != "choice" {
                entered = entered.flatMap { $0.split(whereSeparator: \.isNewline).map(String.init) }
            }
            guard !entered.isEmpty else { continue }
            let values = try entered.map { try value($0, kind, ask) }
            facts[id] = isMany ? .array(values) : values[values.count - 1]
            if let token = form["seen.\(id)"] { seen[id] = .text(token) }
        }
        return (.object(facts), .object(seen))
    }

    private static func value(_ text: String, _ kind: String, _ ask: JSON) throws -> JSON {
        switch kind {
        case "truth": return .boolean(text == "true")
        case "integer":
            guard let integer = Int64(text) else { throw unreadable(ask) }
            return .integer(integer)
        case "money":
            guard let fen = fen(text) else { throw unreadable(ask) }
            return .integer(fen)
        case "moment": return .text(String(text.prefix(16)))
        default: return .text(text)
        }
    }

    /// `1234.5` and `1,234.50元` as fen; nil for what is no sum.
    static func fen(_ text: String) -> Int64? {
        let plain = text.filter { $0 != "," && $0 != "，" && $0 != " " && $0 != "元" && $0 != "¥" }
        let halves = plain.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let yuan = Int64(halves[0]), yuan >= 0, yuan < 1_000_000_000_000 else { return nil }
        guard halves.count == 2 else { return yuan * 100 }
        guard (1...2).contains(halves[1].count), let part = Int64(halves[1]), part >= 0 else { return nil }
        return yuan * 100 + (halves[1].count == 1 ? part * 10 : part)
    }

    private static func unreadable(_ ask: JSON) -> Refusal {
        let (chinese, english) = (ask["chinese"]?.text ?? "", ask["english"]?.text ?? "")
        return Refusal(
            status: 422,
            problem: [
                "type": "urn:tributary:problem:bad-value",
                "title": .text("“\(chinese)”的填写无法识别 · “\(english)” cannot be read"),
                "detail": "请填写数字，金额以元为单位 · Write a number; sums in yuan",
                "where": .text("fact.\(ask["id"]?.text ?? "")"),
            ])
    }
}
