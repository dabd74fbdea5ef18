import HTTPTypes
import Libraries

/// Officers: whether one may act on a day, and what the librarian keeps of them.
enum OfficerPages {
    static let section = Section(
        pages: [list, one, edit],
        actions: [Action(path: "/officers/{certificate}/edit", audience: librarians, page: edit, act: save)])

    private static let librarians = Audience.roles(["librarian"])
    private static let posts = ["officer", "reviewer", "responsible", "chair"]

    private static let list = Page(path: "/officers", template: "officers") { visit in
        let query = visit.query
        let names = ["q", "division", "below", "body", "on"]
        let page = try await visit.get(
            "/v1/officers",
            [
                "q": query["q"], "division": query["division"],
                "below": query["division"] == nil ? nil : query["below"], "body": query["body"], "on": query["on"],
                "cursor": query["cursor"], "limit": "40",
            ])
        return [
            "officers": page["officers"] ?? [], "asked": Choices.asked(names, visit),
            "isBelow": .boolean(query["below"] == "true"),
            "next": Choices.next(page, visit, at: "/officers", keeping: names),
        ]
    }

    private static let one = Page(path: "/officers/{certificate}", template: "officer") { visit in
        let query = visit.query
        let certificate = visit.parameter("certificate")
        let path = "/officers/\(Address.encoded(certificate))"
        let officer = try await visit.get(
            "/v1\(path)",
            [
                "on": query["on"], "place": query["place"], "field": query["field"], "body": query["body"],
                "post": query["post"],
            ])
        // What is personal is shown to whoever keeps it, and to others when they ask, since every view is logged.
        let isAsked = query["personal"] == "yes" || librarians.admits(visit.person)
        let people = isAsked ? try await personalRecords(certificate, visit) : []
        return [
            "detail": officer, "path": .text(path),
            "asked": Choices.asked(["on", "place", "field", "body"], visit),
            "posts": Choices.view(posts, chosen: query["post"]), "people": .array(people),
            "isPersonal": .boolean(isAsked), "mayEdit": .boolean(librarians.admits(visit.person) && !people.isEmpty),
        ]
    }

    // MARK: What is personal

    /// The personal records of a certificate, with the names of their fields.
    private static func personalRecords(_ certificate: String, _ visit: Visit) async throws -> [JSON] {
        do {
            let found = try await visit.get(
                "/v1/records", ["kind": "officer-person", "where.certificate-no": certificate, "limit": "4"])
            var people: [JSON] = []
            for id in (found["records"]?.array ?? []).compactMap({ $0["id"]?.text }) {
                people.append(particulars(try await visit.get("/v1/records/\(Address.encoded(id))"), nil))
            }
            return people
        } catch let refusal as Refusal where refusal.status == 403 {
            return []
        }
    }

    /// A record's personal fields as a page shows them, with what a form held instead where it was refused.
    private static func particulars(_ record: JSON, _ form: Form?) -> JSON {
        let id = record["id"]?.text ?? ""
        let fields = (record["fields"]?.array ?? []).filter { $0["isPersonal"] == .boolean(true) }
        return [
            "id": .text(id), "etag": record["etag"] ?? "",
            "edit": .text("/officers/\(Address.encoded(id))/edit"),
            "conflict": .text("/conflicts/\(Address.encoded(id))"),
            "fields": .array(
                fields.map { field in
                    let name = field["name"]?.text ?? ""
                    return [
                        "field": .text(name), "seen": field["seen"] ?? "", "shown": field["shown"] ?? .null,
                        "value": form?.fields[name]?.last.map(JSON.text) ?? field["shown"] ?? .null,
                        "now": form == nil ? .null : field["shown"] ?? .null,
                        "isInConflict": field["isInConflict"] ?? false,
                        "name": [
                            "chinese": field["chinese"] ?? .text(name), "english": field["english"] ?? .text(name),
                        ],
                    ]
                }),
        ]
    }

    /// The personal record that an address names, by its id or by its officer's certificate.
    private static func personalRecord(_ visit: Visit) async throws -> JSON {
        var id = visit.parameter("certificate")
        if !id.hasPrefix("officer-person:") {
            let found = try await visit.get(
                "/v1/records", ["kind": "officer-person", "where.certificate-no": id, "limit": "1"])
            guard let first = found["records"]?.array?.first?["id"]?.text else {
                throw Refusal(
                    status: 404,
                    problem: [
                        "type": "urn:tributary:problem:not-found",
                        "title": "本节点没有该人员的个人信息 · This node holds nothing personal of this officer",
                    ])
            }
            id = first
        }
        return try await visit.get("/v1/records/\(Address.encoded(id))")
    }

    private static let edit = Page(
        path: "/officers/{certificate}/edit", template: "officer-edit", audience: librarians
    ) { visit in
        let record = try await personalRecord(visit)
        return [
            "person": particulars(record, visit.form), "certificate": certificate(of: record),
            "path": .text("/officers/\(Address.encoded(visit.parameter("certificate")))/edit"),
            "officerPath": .text("/officers/\(Address.encoded(certificate(of: record).text ?? ""))"),
        ]
    }

    private static func certificate(of record: JSON) -> JSON {
        record["fields"]?.array?.first { $0["name"]?.text == "certificate-no" }?["shown"] ?? ""
    }

    /// Writes what differs from what the record shows, over what the librarian saw of it.
    private static func save(_ visit: Visit, _ form: Form) async throws -> Outcome {
        let record = try await personalRecord(visit)
        let path = "/officers/\(Address.encoded(certificate(of: record).text ?? ""))"
        let fields = (record["fields"]?.array ?? []).filter { $0["isPersonal"] == .boolean(true) }
        let edits = fields.compactMap { field -> JSON? in
            guard let name = field["name"]?.text, form.fields[name] != nil else { return nil }
            let (written, seen) = (form[name], JSON.text(form["seen.\(name)"] ?? ""))
            guard written != field["shown"]?.text else { return nil }
            guard let written else { return ["field": .text(name), "action": "clear", "seen": seen] }
            return ["field": .text(name), "action": "set", "value": .text(written), "seen": seen]
        }
        guard !edits.isEmpty else { return .seeOther(path) }
        _ = try await visit.send(
            .patch, "/v1/records/\(Address.encoded(record["id"]?.text ?? ""))", ["edits": .array(edits)],
            once: form["once"], ifMatch: form["etag"])
        return .seeOther(path, said: "record-saved")
    }
}
