import HTTPTypes
import Libraries

/// Taking one step of a case.
enum StepPages {
    static let page = Page(path: "/cases/{id}/steps/{step}", template: "step", audience: CasePages.writers) { visit in
        let record = try await visit.get(CasePages.call(visit))
        let step = try find(visit.parameter("step"), in: record)
        let dossier = try await visit.get("\(CasePages.call(visit))/dossier")
        let facts = record["facts"]?.array ?? []
        let details = details(of: step, dossier, visit)
        let isAlone = (step["certified"]?.integer ?? 0) < 2
        return [
            "items": try await FactInputs.items(for: step["asks"]?.array ?? [], visit), "record": record, "step": step,
            "title": CasePages.title(record),
            "amended": try await CaseBases(of: record, visit).amended,
            "inputs": FactInputs.view(step["asks"]?.array ?? [], known: facts, form: visit.form),
            "outcomes": outcomes(step, chosen: visit.form?["outcome"]),
            "hasOutcomes": .boolean((step["outcomes"]?.array ?? []).count > 1),
            "needsOther": .boolean(!isAlone), "isPossible": step["isPossible"] ?? false,
            "others": .array(others(record, visit)), "at": .text(visit.form?["at"] ?? visit.moment),
            "details": .array(details), "hasDetails": .boolean(details.contains { $0["isOpinion"] != .boolean(true) }),
            "with": .text(visit.form?["with"] ?? others(record, visit).first?.text ?? ""),
        ]
    }

    /// What the step's document shows beside the facts; an opinion where somebody approves, decides or reviews.
    private static func details(of step: JSON, _ dossier: JSON, _ visit: Visit) -> [JSON] {
        let paper = dossier["previews"]?.array?.first { $0["kind"] == step["document"] }
        var names = (paper?["details"]?.array ?? []).compactMap(\.text)
        let judges: [JSON] = ["responsible", "reviewer", "chair", "expert"]
        let isJudged = !Set(step["posts"]?.array ?? []).isDisjoint(with: judges)
        if isJudged || names.contains("opinion") { names = ["opinion"] + names.filter { $0 != "opinion" } }
        return names.map { name in
            [
                "detail": .text(name), "value": .text(visit.form?["detail.\(name)"] ?? ""),
                "isLong": .boolean(longDetails.contains(name)), "isOpinion": .boolean(name == "opinion"),
            ]
        }
    }

    private static let longDetails: Set = [
        "opinion", "head-opinion", "unit-opinion", "findings", "answers", "defence", "course", "problems", "content",
        "discussion", "evidence", "law", "reason", "result", "conclusion", "decision", "text", "note",
    ]

    private static func find(_ id: String, in record: JSON) throws -> JSON {
        guard let step = record["next"]?.array?.first(where: { $0["step"]?.text == id }) else {
            throw Refusal(
                status: 404,
                problem: [
                    "type": "urn:tributary:problem:not-found",
                    "title": "本案目前没有这个环节 · The case does not have this step now",
                    "detail": "可能刚刚已经办理，请回到案件页查看 · It may have just been taken: look at the case",
                ])
        }
        return step
    }

    private static func outcomes(_ step: JSON, chosen: String?) -> JSON {
        let outcomes = step["outcomes"]?.array ?? []
        guard outcomes.count > 1 else { return [] }
        return .array(
            outcomes.map { outcome in
                [
                    "id": outcome["id"] ?? "", "isChosen": .boolean(outcome["id"]?.text == chosen),
                    "name": ["chinese": outcome["chinese"] ?? "", "english": outcome["english"] ?? ""],
                ]
            })
    }

    /// Officers of the case beside whoever takes the step: those who took steps, and those it was given to.
    private static func others(_ record: JSON, _ visit: Visit) -> [JSON] {
        var seen = Set([visit.person?.certificate ?? ""])
        let took: [JSON] = (record["steps"]?.array ?? []).reversed().flatMap { $0["officers"]?.array ?? [] }
        let granted = (record["handler"]?.text ?? "").split(separator: " ").dropFirst(2)
        let named = took + granted.flatMap { $0.split(separator: ",") }.map { JSON.text(String($0)) }
        return named.filter { officer in officer.text.map { seen.insert($0).inserted } ?? false }
    }

    static func take(_ visit: Visit, _ form: Form) async throws -> Outcome {
        let record = try await visit.get(CasePages.call(visit))
        let step = try find(visit.parameter("step"), in: record)
        let (facts, seen) = try FactInputs.facts(step["asks"]?.array ?? [], in: form)
        let with = (form["with"] ?? "").split(whereSeparator: { ",，、 \n".contains($0) }).map { JSON.text(String($0)) }
        var body: [String: JSON] = ["step": step["step"] ?? "", "facts": facts, "seen": seen, "with": .array(with)]
        body["outcome"] = form["outcome"].map(JSON.text)
        if let at = form["at"], String(at.prefix(16)) != form["at-shown"] { body["at"] = .text(String(at.prefix(16))) }
        let details = form.fields.keys.filter { $0.hasPrefix("detail.") }.sorted()
        body["details"] = .object(
            Dictionary(
                uniqueKeysWithValues: details.compactMap { name in
                    form[name].map { (String(name.dropFirst("detail.".count)), .text($0)) }
                }))
        let posts = step["posts"]?.array ?? []
        if let role = visit.person?.role, posts.contains(.text(role)) { body["post"] = .text(role) }
        let taken = try await visit.send(.post, "\(CasePages.call(visit))/steps", .object(body), once: form["once"])
        let said = taken["number"]?.text == nil ? "step-taken" : "step-taken-numbered"
        return .seeOther(CasePages.path(visit), said: said)
    }
}
