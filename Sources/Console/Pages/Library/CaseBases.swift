import Libraries

/// The law that a case's item rests on: on the day of the act, and where it reads otherwise today (行政处罚法第37条).
struct CaseBases {
    /// The articles, each with the way to its law as it was on the day of the act.
    private(set) var all: JSON = []
    /// The laws that were amended since while the case is open, each with the articles in question and the way to both
    /// versions side by side.
    private(set) var amended: JSON = []

    init(of record: JSON, _ visit: Visit) async throws {
        guard let item = Self.fact("item", of: record),
            let act = Self.fact("violated-on", of: record).map({ String($0.prefix(10)) })
        else { return }
        let choice: JSON
        do {
            choice = try await visit.get("/v1/items/choice", ["item": item, "violated-on": act])
        } catch let refusal as Refusal where refusal.status != 401 {
            // The reader's own body may not use the item: then it is for others to compare.
            return
        }
        let bases = choice["bases"]?.array ?? []
        all = .array(
            bases.compactMap { basis in
                basis["reference"]?.text.map { reference in
                    let path = Address.of("/statutes/text", ["title": Self.title(in: reference), "on": act])
                    return ["reference": .text(reference), "path": .text(path)]
                }
            })
        guard record["standing"]?.text != "ended" else { return }
        var titles: [String] = []
        var articles: [String: [JSON]] = [:]
        for basis in bases where basis["differs"] == .boolean(true) {
            guard let reference = basis["reference"]?.text else { continue }
            let title = Self.title(in: reference)
            if articles[title] == nil { titles.append(title) }
            articles[title, default: []].append(.text(reference))
        }
        let mayChoose = CasePages.writers.admits(visit.person) && Self.fact("law-choice", of: record) == nil
        let choose = "\(CasePages.path(visit))/facts#fact-law-choice"
        var laws: [JSON] = []
        for title in titles {
            let before = try await Self.version(of: title, on: act, visit)
            let after = try await Self.version(of: title, on: String(visit.moment.prefix(10)), visit)
            laws.append([
                "title": .text(title), "articles": .array(articles[title] ?? []), "act": .text(act),
                "path": .text(Address.of("/statutes/difference", ["title": title, "from": before, "to": after])),
                "choose": mayChoose ? .text(choose) : .null,
            ])
        }
        amended = .array(laws)
    }

    /// The record of the version that is in force on a day; nil where there is none.
    private static func version(of title: String, on day: String, _ visit: Visit) async throws -> String? {
        let versions = try await visit.find("/v1/statutes/versions", ["title": title, "on": day])
        return versions?["versions"]?.array?.first { $0["status"]?.text == "in-force" }?["statute"]?.text
    }

    private static func fact(_ id: String, of record: JSON) -> String? {
        record["facts"]?.array?.first { $0["id"]?.text == id }?["values"]?.array?.first?.text
    }

    /// What stands before the number of the article: `示例条例` of `示例条例第八条第二款`.
    static func title(in reference: String) -> String {
        let numerals = Set("零〇一二三四五六七八九十百千0123456789")
        let signs = Array(reference)
        for start in signs.indices where signs[start] == "第" {
            guard let end = signs[(start + 1)...].firstIndex(where: { !numerals.contains($0) }), end > start + 1 else {
                continue
            }
            if signs[end] == "条" { return String(signs[..<start]) }
        }
        return reference
    }
}
