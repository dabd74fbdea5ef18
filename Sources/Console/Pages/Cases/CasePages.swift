import HTTPTypes
import Hummingbird
import Libraries

/// Cases: the list, one case with all that is known of it, and what may be done with it.
enum CasePages {
    static let readers = Audience.roles(["officer", "reviewer", "responsible", "supervisor"])
    static let writers = Audience.roles(["officer", "reviewer", "responsible"])

    static let section = Section(
        pages: [list, one, facts, StepPages.page, NewCasePages.choice],
        actions: [
            Action(path: "/cases/{id}/facts", audience: writers, page: facts, act: enterFacts),
            Action(path: "/cases/{id}/evidence", audience: writers, page: one, act: attachEvidence),
            Action(path: "/cases/{id}/handler", audience: writers, page: one, act: grantHandler),
            Action(path: "/cases/{id}/rulings", audience: writers, page: one, act: rule),
            Action(path: "/cases/{id}/steps/{step}", audience: writers, page: StepPages.page, act: StepPages.take),
            Action(
                path: "/cases/new", audience: .roles(["officer"]), page: NewCasePages.choice, act: NewCasePages.open),
        ],
        downloads: [
            Download(path: "/cases/{id}/documents/{kind}", audience: readers, answer: CasePapers.preview),
            Download(path: "/cases/{id}/papers/{digest}", audience: readers, answer: CasePapers.issued),
            Download(path: "/cases/{id}/files/{digest}", audience: readers, answer: CasePapers.file),
        ])

    static func path(_ visit: Visit) -> String { "/cases/\(Address.encoded(visit.parameter("id")))" }
    static func call(_ visit: Visit) -> String { "/v1/cases/\(Address.encoded(visit.parameter("id")))" }

    // MARK: Pages

    private static let list = Page(path: "/cases", template: "cases", audience: readers) { visit in
        let query = visit.query
        let page = try await visit.get(
            "/v1/cases",
            [
                "key": query["key"], "home": query["home"], "below": query["home"] == nil ? nil : "true",
                "urgent": query["urgent"], "cursor": query["cursor"], "limit": "30",
            ])
        let next = page["next"]?.text.map {
            Address.of("/cases", ["home": query["home"], "urgent": query["urgent"], "cursor": $0])
        }
        return [
            "cases": page["cases"] ?? [], "next": next.map(JSON.text) ?? .null,
            "asked": ["key": .text(query["key"] ?? ""), "isUrgent": .boolean(query["urgent"] == "true")],
        ]
    }

    static let one = Page(path: "/cases/{id}", template: "case", audience: readers) { visit in
        let record = try await visit.get(call(visit))
        let dossier = try await visit.get("\(call(visit))/dossier")
        let supervision = try await visit.find("\(call(visit))/supervision")
        let people = names(dossier)
        let bases = try await CaseBases(of: record, visit)
        let isOpen = record["standing"]?.text != "ended"
        let possible = steps(record, visit, isPossible: true)
        let deadlines = deadlines(record)
        return [
            // Pieces of evidence name a record of their own.
            "record": record, "caseID": record["id"] ?? "", "facts": .array(try await facts(record, dossier, visit)),
            "dossier": named(dossier, people),
            "supervision": supervision ?? .null, "isOpen": .boolean(isOpen),
            "bases": bases.all, "hasBases": .boolean(bases.all != []), "amended": bases.amended,
            "hasForemost": .boolean(possible.contains { isForemost($0, record) }),
            "hasPossible": .boolean(possible.contains { !isForemost($0, record) }),
            "hasKept": .boolean(deadlines.contains { $0["state"]?.text == "fulfilled" }),
            "foremost": .array(possible.filter { isForemost($0, record) }),
            "possible": .array(possible.filter { !isForemost($0, record) }),
            "impossible": .array(steps(record, visit, isPossible: false)),
            "deadlines": .array(deadlines.filter { $0["state"]?.text != "fulfilled" }),
            "kept": .array(deadlines.filter { $0["state"]?.text == "fulfilled" }),
            "taken": .array(taken(record, people).reversed()),
            "title": title(record), "mayWrite": .boolean(writers.admits(visit.person) && isOpen),
            "maySuperior": .boolean(visit.person.map { $0.division != home(visit) } ?? false),
            "handlers": .array(handlers(record, people)),
            "hasPreviews": .boolean(!(dossier["previews"]?.array ?? []).isEmpty),
            "recordings": .array(
                (record["next"]?.array ?? []).map { ["id": $0["step"] ?? "", "name": $0["name"] ?? ""] }),
        ]
    }

    private static let facts = Page(path: "/cases/{id}/facts", template: "case-facts", audience: writers) { visit in
        let record = try await visit.get(call(visit))
        let asks = try await rules(of: record, visit)
        return [
            "record": record, "title": title(record), "items": try await FactInputs.items(for: asks, visit),
            "inputs": FactInputs.view(asks, known: record["facts"]?.array ?? [], form: visit.form),
        ]
    }

    /// The home division in a case's id.
    private static func home(_ visit: Visit) -> String {
        visit.parameter("id").split(separator: ":").dropFirst().first.map(String.init) ?? ""
    }

    /// The facts of the procedure that a case is pinned to.
    static func rules(of record: JSON, _ visit: Visit) async throws -> [JSON] {
        let id = record["procedure"]?.text?.split(separator: "@").first.map(String.init)
        let procedures = try await visit.get("/v1/procedures")["procedures"]?.array ?? []
        return procedures.first { $0["id"]?.text == id }?["facts"]?.array ?? []
    }

    /// What a case is called: its title as far as it has one.
    static func title(_ record: JSON) -> JSON {
        let fact = record["facts"]?.array?.first { $0["id"]?.text == "title" }
        return fact?["words"]?.array?.first ?? record["name"] ?? ""
    }

    /// Names of officers by the numbers of their certificates.
    static func names(_ dossier: JSON) -> [String: JSON] {
        var names: [String: JSON] = [:]
        for person in dossier["people"]?.array ?? [] {
            if let certificate = person["certificate"]?.text { names[certificate] = person["name"] ?? .null }
        }
        return names
    }

    /// A dossier whose evidence and timeline name the officers whose certificates they hold.
    private static func named(_ dossier: JSON, _ people: [String: JSON]) -> JSON {
        guard case .object(var members) = dossier else { return dossier }
        for part in ["evidence", "timeline"] {
            members[part] = .array(
                (dossier[part]?.array ?? []).map { entry in
                    guard case .object(var entry) = entry else { return entry }
                    entry["officerName"] = entry["officer"]?.text.flatMap { people[$0] }
                    return .object(entry)
                })
        }
        return .object(members)
    }

    private static func steps(_ record: JSON, _ visit: Visit, isPossible: Bool) -> [JSON] {
        let role = visit.person?.role ?? ""
        let next = (record["next"]?.array ?? []).filter { ($0["isPossible"] == .boolean(true)) == isPossible }
        return next.map { step in
            guard case .object(var members) = step else { return step }
            let posts = step["posts"]?.array ?? []
            members["isMine"] = .boolean(posts.contains(.text(role)))
            members["path"] = .text("\(path(visit))/steps/\(Address.encoded(step["step"]?.text ?? ""))")
            return .object(members)
        }
    }

    /// Whether a step carries the case on: it must be taken, and has not been.
    private static func isForemost(_ step: JSON, _ record: JSON) -> Bool {
        guard step["isOptional"] != .boolean(true) else { return false }
        return !(record["steps"]?.array ?? []).contains {
            $0["step"] == step["step"] && $0["counts"] == .boolean(true)
        }
    }

    private static func deadlines(_ record: JSON) -> [JSON] {
        let urgency = ["missed": 0, "late": 1, "nearly-due": 2, "running": 3, "paused": 4, "fulfilled": 5]
        return (record["deadlines"]?.array ?? []).sorted { left, right in
            let (a, b) = (urgency[left["state"]?.text ?? ""] ?? 9, urgency[right["state"]?.text ?? ""] ?? 9)
            return (a, left["due"]?.text ?? "") < (b, right["due"]?.text ?? "")
        }
    }

    private static func taken(_ record: JSON, _ people: [String: JSON]) -> [JSON] {
        (record["steps"]?.array ?? []).map { step in
            guard case .object(var members) = step else { return step }
            members["who"] = .array(
                (step["officers"]?.array ?? []).map { officer in
                    ["certificate": officer, "name": officer.text.flatMap { people[$0] } ?? .null]
                })
            members["isBroken"] = .boolean(!(step["findings"]?.array ?? []).isEmpty)
            if case .object(let details) = step["details"] {
                members["said"] = .array(
                    details.sorted { $0.key < $1.key }.map { ["detail": .text($0.key), "text": $0.value] })
            }
            members["isInDoubt"] = .boolean(!(step["doubts"]?.array ?? []).isEmpty)
            return .object(members)
        }
    }

    /// Whoever handles the case: the officers that the grant names after the division and the body.
    private static func handlers(_ record: JSON, _ people: [String: JSON]) -> [JSON] {
        let words = (record["handler"]?.text ?? "").split(separator: " ").dropFirst(2)
        return words.flatMap { $0.split(separator: ",") }.map { certificate in
            ["certificate": .text(String(certificate)), "name": people[String(certificate)] ?? .null]
        }
    }

    /// Facts with their values as people read them: an item by its name, days and sums as officials write them.
    private static func facts(_ record: JSON, _ dossier: JSON, _ visit: Visit) async throws -> [JSON] {
        // What the API says of a choice is Chinese; its English name stands in the procedure.
        let rules = visit.language == .english ? try await rules(of: record, visit) : []
        return (record["facts"]?.array ?? []).map { fact in
            guard case .object(var members) = fact else { return fact }
            let rule = rules.first { $0["id"] == fact["id"] }
            let words = fact["words"]?.array ?? []
            members["shown"] = .array(
                zip(fact["values"]?.array ?? [], words).map { .text(shown($0, $1.text ?? "", rule, visit)) })
            if fact["id"]?.text == "item", let name = dossier["itemName"], let code = words.first {
                members["shown"] = [name, code]
            }
            return .object(members)
        }
    }

    private static func shown(_ value: JSON, _ words: String, _ rule: JSON?, _ visit: Visit) -> String {
        guard let formats = visit.site.words[visit.language]?.formats else { return words }
        switch value {
        case .boolean(let truth): return visit.text(truth ? "form.yes" : "form.no")
        case .integer(let fen) where words.hasSuffix("元"): return formats.money(fen: fen)
        case .text(let id):
            let choice = rule?["choices"]?.array?.first { $0["id"]?.text == id }
            return choice?["english"]?.text ?? formats.moment(words)
        default: return words
        }
    }

    // MARK: Forms

    private static func enterFacts(_ visit: Visit, _ form: Form) async throws -> Outcome {
        let record = try await visit.get(call(visit))
        let (facts, seen) = try FactInputs.facts(try await rules(of: record, visit), in: form)
        _ = try await visit.send(
            .post, "\(call(visit))/facts", ["facts": facts, "seen": seen], once: form["once"])
        return .seeOther(path(visit), said: "facts-saved")
    }

    private static func grantHandler(_ visit: Visit, _ form: Form) async throws -> Outcome {
        let officers = (form["officers"] ?? "").split(whereSeparator: { ",，、 \n".contains($0) })
        _ = try await visit.send(
            .post, "\(call(visit))/handler",
            [
                "division": .text(form["division"] ?? visit.person?.division ?? ""), "body": .text(form["body"] ?? ""),
                "officers": .array(officers.map { .text(String($0)) }),
            ], once: form["once"])
        return .seeOther(path(visit), said: "handler-granted")
    }

    private static func rule(_ visit: Visit, _ form: Form) async throws -> Outcome {
        _ = try await visit.send(
            .post, "\(call(visit))/rulings",
            [
                "ruling": .text(form["ruling"] ?? ""), "target": .text(form["target"] ?? ""),
                "reason": .text(form["reason"] ?? ""),
            ], once: form["once"])
        return .seeOther(path(visit), said: "ruled")
    }

    private static func attachEvidence(_ visit: Visit, _ form: Form) async throws -> Outcome {
        guard let file = form.files["file"]?.first else {
            throw Refusal(
                status: 422,
                problem: [
                    "type": "urn:tributary:problem:missing-member", "title": "请选择文件 · Choose a file",
                ])
        }
        let uploaded = try await visit.upload(file.bytes)
        var body: [String: JSON] = [
            "digest": uploaded["digest"] ?? "", "kind": .text(form["kind"] ?? "视听资料"),
            "capturedAt": .text(String((form["capturedAt"] ?? visit.moment).prefix(16))),
            "mediaType": .text(file.mediaType),
        ]
        for name in ["place", "caption", "recording", "device"] { body[name] = form[name].map(JSON.text) }
        _ = try await visit.send(.post, "\(call(visit))/evidence", .object(body), once: form["once"])
        return .seeOther("\(path(visit))#evidence", said: "evidence-attached")
    }
}

/// Papers and files of a case, as browsers may show them.
enum CasePapers {
    /// A paper is shown alone, without scripts, within a page of this console.
    private static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'self'; sandbox allow-modals"

    static func preview(_ visit: Visit) async throws -> Response {
        let kind = Address.encoded(visit.parameter("kind"))
        return try await paper(visit.response(.get, "\(CasePages.call(visit))/documents/\(kind)"))
    }

    /// Only what the case issued is shown as a paper: any other file might look like one.
    static func issued(_ visit: Visit) async throws -> Response {
        let digest = visit.parameter("digest")
        let papers = try await visit.get("\(CasePages.call(visit))/dossier")["papers"]?.array ?? []
        guard papers.contains(where: { $0["digest"]?.text == digest }) else { throw noSuchFile }
        return try await paper(visit.response(.get, "/v1/files/\(Address.encoded(digest))"))
    }

    private static let noSuchFile = Refusal(
        status: 404,
        problem: ["type": "urn:tributary:problem:not-found", "title": "没有该文件 · There is no such file"])

    private static func paper(_ answer: Response) async throws -> Response {
        try await Visit.check(answer)
        var response = answer
        response.headers[.contentType] = "text/html; charset=utf-8"
        response.headers[.contentSecurityPolicy] = policy
        return response
    }

    /// Media that browsers show safely; everything else is saved instead of opened.
    private static let shownTypes = [
        "image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4", "video/webm", "audio/mpeg", "audio/ogg",
        "audio/mp4", "application/pdf", "text/plain",
    ]

    static func file(_ visit: Visit) async throws -> Response {
        let digest = visit.parameter("digest")
        let dossier = try await visit.get("\(CasePages.call(visit))/dossier")
        let piece = dossier["evidence"]?.array?.first { $0["digest"]?.text == digest }
        guard let piece else { throw noSuchFile }
        var response = await visit.response(.get, "/v1/files/\(Address.encoded(digest))")
        try await Visit.check(response)
        let type = piece["mediaType"]?.text ?? ""
        let isShown = shownTypes.contains(type)
        response.headers[.contentType] = isShown ? type : "application/octet-stream"
        response.headers[.contentDisposition] = isShown ? "inline" : "attachment; filename=\"\(digest.prefix(12))\""
        response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'self'; sandbox"
        return response
    }
}
