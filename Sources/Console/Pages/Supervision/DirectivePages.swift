import HTTPTypes
import Libraries

/// What a superior asks of an office below: the list, one with its answers, and writing one.
enum DirectivePages {
    private static let writers = Audience.roles(["supervisor"])

    static let actions = [
        Action(path: "/supervision/directives/new", audience: writers, page: new, act: write),
        Action(
            path: "/supervision/directives/{id}/acknowledge", audience: CasePages.writers, page: one,
            act: acknowledge),
        Action(path: "/supervision/directives/{id}/answer", audience: CasePages.writers, page: one, act: answer),
    ]

    static let list = Page(
        path: "/supervision/directives", template: "directives", audience: CasePages.readers
    ) { visit in
        let scope = try await SupervisionScope(visit)
        let answer = try await SupervisionPages.directives.ask(visit)
        var view = scope.members("directives")
        view["rows"] = .array(
            (answer["directives"]?.array ?? []).map { row in
                guard case .object(var members) = row else { return row }
                members["path"] = row["record"]?.text.map { .text(path($0)) }
                members["casePath"] = row["about"]?.text.map { .text("/cases/\(Address.encoded($0))") }
                return .object(members)
            })
        view["next"] = SupervisionPages.directives.next(answer, visit)
        view["csv"] = SupervisionPages.directives.csv(visit)
        view["mayWrite"] = .boolean(writers.admits(visit.person))
        view["maySupervise"] = .boolean(SupervisionPages.watchers.admits(visit.person))
        return .object(view)
    }

    private static func path(_ id: String) -> String { "/supervision/directives/\(Address.encoded(id))" }

    private static func call(_ visit: Visit) -> String { "/v1/records/\(Address.encoded(visit.parameter("id")))" }

    /// The division in whose home a record is.
    private static func home(_ id: String) -> String {
        id.split(separator: ":").dropFirst().first.map(String.init) ?? ""
    }

    // MARK: One

    static let one = Page(
        path: "/supervision/directives/{id}", template: "directive", audience: CasePages.readers
    ) { visit in
        let record = try await visit.get(call(visit))
        func field(_ name: String) -> JSON? { record["fields"]?.array?.first { $0["name"]?.text == name } }
        func values(_ name: String) -> [JSON] { (field(name)?["values"]?.array ?? []).compactMap { $0["value"] } }
        let id = visit.parameter("id")
        let about = field("case")?["shown"]?.text
        var notes: [JSON] = []
        for note in values("acknowledgements").compactMap(\.text) {
            let parts = note.split(separator: " ", maxSplits: 1)
            let officer = parts.dropFirst().first.map(String.init) ?? ""
            // Without a name his number has to do.
            let known = try? await visit.get("/v1/officers/\(Address.encoded(officer))")
            notes.append([
                "at": .text(parts.first.map(String.init) ?? ""), "officer": .text(officer),
                "name": known?["officer"]?["name"] ?? .null,
            ])
        }
        let answers = values("answers")
        let due = field("due-on")?["shown"]?.text
        let isOffice = CasePages.writers.admits(visit.person) && home(id) == visit.person?.division
        return [
            "id": .text(id), "sort": field("sort")?["shown"] ?? "", "words": field("text")?["shown"] ?? "",
            "from": field("from")?["shown"] ?? "", "fromName": await name(field("from")?["shown"]?.text, visit),
            "due": due.map(JSON.text) ?? .null, "home": .text(home(id)),
            "homeName": await name(home(id), visit),
            "casePath": about.map { .text("/cases/\(Address.encoded($0))") } ?? .null, "notes": .array(notes),
            "answers": .array(answers), "mayAnswer": .boolean(isOffice),
            "mayAcknowledge": .boolean(isOffice && notes.isEmpty),
            "isLate": .boolean(answers.isEmpty && due.map { $0 < visit.moment.prefix(10) } ?? false),
        ]
    }

    /// What a division is called; nothing where the tree has none of the code.
    private static func name(_ division: String?, _ visit: Visit) async -> JSON {
        guard let division, !division.isEmpty else { return .null }
        return (try? await visit.get("/v1/divisions", ["below": division]))?["below"]?["name"] ?? .null
    }

    private static func acknowledge(_ visit: Visit, _ form: Form) async throws -> Outcome {
        try await append("\(visit.moment) \(visit.person?.certificate ?? "")", to: "acknowledgements", visit, form)
        return .seeOther(path(visit.parameter("id")), said: "directive-acknowledged")
    }

    private static func answer(_ visit: Visit, _ form: Form) async throws -> Outcome {
        guard let text = form["text"] else {
            throw Refusal(
                status: 422,
                problem: [
                    "type": "urn:tributary:problem:missing-member", "title": "请填写反馈内容 · Write an answer",
                ])
        }
        try await append(text, to: "answers", visit, form)
        return .seeOther(path(visit.parameter("id")), said: "directive-answered")
    }

    private static func append(_ text: String, to field: String, _ visit: Visit, _ form: Form) async throws {
        _ = try await visit.send(
            .patch, call(visit),
            ["edits": [["field": .text(field), "action": "append", "value": .text(text)]]], once: form["once"])
    }

    // MARK: Writing

    private static let sorts: [JSON] = ["urge", "rectify", "explain", "follow"]

    static let new = Page(
        path: "/supervision/directives/new", template: "directive-new", audience: writers
    ) { visit in
        var view: [String: JSON] = [
            "sorts": .array(
                sorts.map { sort in ["id": sort, "isChosen": .boolean(sort.text == visit.form?["sort"])] })
        ]
        if let id = visit.query["case"] {
            let record = try await visit.get("/v1/cases/\(Address.encoded(id))")
            view["about"] = [
                "id": .text(id), "title": CasePages.title(record), "path": .text("/cases/\(Address.encoded(id))"),
            ]
        }
        view["home"] = .text(visit.form?["home"] ?? visit.query["division"] ?? "")
        return .object(view)
    }

    private static func write(_ visit: Visit, _ form: Form) async throws -> Outcome {
        let about = visit.query["case"]
        var fields: [String: JSON] = [
            "sort": .text(form["sort"] ?? ""), "text": .text(form["text"] ?? ""),
            "from": .text(visit.person?.division ?? ""),
        ]
        fields["due-on"] = form["due-on"].map(JSON.text)
        fields["case"] = about.map(JSON.text)
        let written = try await visit.send(
            .post, "/v1/records",
            [
                "kind": "directive", "home": .text(about.map(home) ?? form["home"] ?? ""), "fields": .object(fields),
            ], once: form["once"])
        return .seeOther(path(written["id"]?.text ?? ""), said: "directive-written")
    }
}
