import HTTPTypes
import Hummingbird
import Libraries

/// Keeping the machine: how it is, tokens, backups, verification, imports.
enum OperationPages {
    static let keepers = Audience.roles(["operator"])

    static let section = Section(
        pages: [state, tokens, job, AccountPages.list, AccountPages.one],
        actions: [
            Action(path: "/operation/tokens", audience: keepers, page: tokens, act: createToken),
            Action(path: "/operation/tokens/revoke", audience: keepers, page: tokens, act: revokeToken),
            Action(path: "/operation/backups", audience: keepers, page: state) { visit, form in
                try await start("backups", visit, form)
            },
            Action(path: "/operation/verifications", audience: keepers, page: state) { visit, form in
                try await start("verifications", visit, form)
            },
            Action(path: "/operation/imports", audience: keepers, page: state, act: startImport),
            Action(path: "/operation/jobs/{id}/cancel", audience: keepers, page: job, act: cancel),
        ] + AccountPages.actions)

    // MARK: How it is

    /// What may be brought in, as the API calls it.
    private static let importKinds = [
        "statutes", "bodies", "officers", "items", "delegations", "benchmarks", "calendar", "joint-duties",
        "legal-persons", "persons", "licences", "cases",
    ]

    /// Seconds between two looks at a job that runs.
    private static let pollSeconds: JSON = 2

    private static let state = Page(path: "/operation", template: "operation", audience: keepers) { visit in
        let operation = try await visit.get("/v1/operation")
        let jobs = (operation["jobs"]?.array ?? []).map(shown)
        var disk: JSON = .null
        if let free = operation["diskFree"]?.integer, let total = operation["diskTotal"]?.integer, total > 0 {
            disk = [
                "free": .integer(free), "total": .integer(total), "used": .integer(total - free),
                "isLow": .boolean(free < total / 10),
            ]
        }
        return [
            "operation": operation, "disk": disk, "jobs": .array(Array(jobs.prefix(jobsMax))),
            "certificates": .array(certificates(operation["certificates"]?.array ?? [])), "tab": "state",
            "poll": jobs.contains { $0["isOver"] == .boolean(false) } ? pollSeconds : .null,
            "tokenCount": .integer(Int64(operation["tokens"]?.array?.count ?? 0)),
            "kinds": .array(
                importKinds.map { ["kind": .text($0), "isChosen": .boolean($0 == visit.form?["kind"])] }),
        ]
    }

    private static let jobsMax = 12

    /// The node's own stands first and the root's last; between them stand those of the offices that issued them.
    private static func certificates(_ certificates: [JSON]) -> [JSON] {
        certificates.enumerated().map { place, certificate in
            guard case .object(var members) = certificate else { return certificate }
            let days = certificate["daysLeft"]?.integer ?? 0
            members["tone"] = .text(days < 0 ? "late" : days < 30 ? "near" : "good")
            members["sort"] = place == 0 ? "node" : place == certificates.count - 1 ? "root" : "issuer"
            return .object(members)
        }
    }

    /// A job with its address and how it stands.
    private static func shown(_ job: JSON) -> JSON {
        guard case .object(var members) = job else { return job }
        let state = job["state"]?.text ?? ""
        members["path"] = .text("/operation/jobs/\(Address.encoded(job["id"]?.text ?? ""))")
        members["isOver"] = .boolean(state != "waiting" && state != "running")
        let isSound = job["result"]?["isSound"] != .boolean(false)
        let tones = ["done": isSound ? "good" : "late", "failed": "late", "forgotten": "late", "running": "note"]
        members["tone"] = .text(tones[state] ?? "near")
        return .object(members)
    }

    // MARK: Jobs

    private static let job = Page(path: "/operation/jobs/{id}", template: "operation-job", audience: keepers) { visit in
        let job = shown(try await visit.get("/v1/operation/jobs/\(Address.encoded(visit.parameter("id")))"))
        return [
            "job": job, "poll": job["isOver"] == .boolean(false) ? pollSeconds : .null,
            "isVerified": .boolean(job["result"]?["isSound"] == .boolean(true)),
            "isUnsound": .boolean(job["result"]?["isSound"] == .boolean(false)),
        ]
    }

    private static func start(_ sort: String, _ visit: Visit, _ form: Form) async throws -> Outcome {
        started(try await visit.send(.post, "/v1/operation/\(sort)"))
    }

    private static func startImport(_ visit: Visit, _ form: Form) async throws -> Outcome {
        guard let file = form.files["file"]?.first else {
            throw Refusal(
                status: 422,
                problem: ["type": "urn:tributary:problem:missing-member", "title": "请选择文件 · Choose a file"])
        }
        let target = Address.of(
            "/v1/operation/imports", ["kind": form["kind"], "name": form["name"] ?? file.name, "home": form["home"]])
        return started(try await visit.upload(file.bytes, to: target))
    }

    private static func started(_ job: JSON) -> Outcome {
        .seeOther("/operation/jobs/\(Address.encoded(job["id"]?.text ?? ""))")
    }

    private static func cancel(_ visit: Visit, _ form: Form) async throws -> Outcome {
        let id = Address.encoded(visit.parameter("id"))
        _ = try await visit.send(.delete, "/v1/operation/jobs/\(id)")
        return .seeOther("/operation/jobs/\(id)", said: "job-cancelled")
    }

    // MARK: Tokens

    static let roles = ["officer", "reviewer", "responsible", "supervisor", "librarian", "operator"]

    private static let tokens = Page(
        path: "/operation/tokens", template: "operation-tokens", audience: keepers
    ) { visit in
        let operation = try await visit.get("/v1/operation")
        return [
            "tab": "tokens", "tokens": operation["tokens"] ?? [],
            "roles": AccountPages.roles(chosen: visit.form?["role"]),
            "home": .text(visit.form?["division"] ?? visit.person?.division ?? ""),
        ]
    }

    private static func createToken(_ visit: Visit, _ form: Form) async throws -> Outcome {
        var body: [String: JSON] = ["label": .text(form["label"] ?? ""), "role": .text(form["role"] ?? "")]
        for name in ["division", "body", "author"] { body[name] = form[name].map(JSON.text) }
        let made = try await visit.send(.post, "/v1/operation/tokens", .object(body))
        return .shown(template: "token-shown", ["made": made])
    }

    private static func revokeToken(_ visit: Visit, _ form: Form) async throws -> Outcome {
        _ = try await visit.send(.delete, "/v1/operation/tokens/\(Address.encoded(form["label"] ?? ""))")
        return .seeOther("/operation/tokens", said: "token-revoked")
    }
}
