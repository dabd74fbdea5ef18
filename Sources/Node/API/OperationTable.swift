import Hummingbird
import Libraries

extension Endpoint {
    private static let job = Parameter.path("id", "The job's id.")
    private static let importKinds: JSON = [
        "type": "string", "enum": .array(ImportUpload.Subject.allCases.map { .text($0.rawValue) }),
    ]

    /// Calls for operators alone.
    static let operation: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/operation", operation: "readOperation",
            summary:
                "How the machine is kept: disk, store, certificates and their days, tokens without secrets, backups, "
                + "jobs, figures.", answer: .json("OperationMessage", "The state."), problems: [.roleForbids],
            handler: .holder { api, call, holder in try await api.readOperation(call, holder) }),
        Endpoint(
            method: .post, path: "/v1/operation/tokens", operation: "createToken",
            summary: "Makes a bearer token for an officer or a machine. It is shown this once.",
            body: "TokenRequest", answer: .json("NewToken", status: 201, "The token."),
            problems: [.roleForbids, .homeForbids, .alreadyExists, .notJSON, .tooLarge],
            handler: .holder { api, call, holder in try await api.createToken(call, holder) }),
        Endpoint(
            method: .delete, path: "/v1/operation/tokens/{label}", operation: "revokeToken",
            summary: "Takes a token away, at once.", parameters: [.path("label", "The token's label.")],
            answer: .json("OperationTokens", "The tokens that are left."), problems: [.roleForbids, .notFound],
            handler: .holder { api, call, holder in try await api.revokeToken(call, holder) }),
        Endpoint(
            method: .post, path: "/v1/operation/backups", operation: "startBackup",
            summary: "Copies the store, as it is at one moment, into the directory of backups.",
            answer: .json("Job", status: 202, "The job, under way."), problems: [.roleForbids, .alreadyExists],
            handler: .holder { api, call, holder in try await api.startBackup(call, holder) }),
        Endpoint(
            method: .post, path: "/v1/operation/verifications", operation: "startVerification",
            summary: "Checks every chain, seal, record and row against the log, and every evidence file.",
            answer: .json("Job", status: 202, "The job, under way."), problems: [.roleForbids, .alreadyExists],
            handler: .holder { api, call, holder in try await api.startVerification(call, holder) }),
        Endpoint(
            method: .post, path: "/v1/operation/imports", operation: "startImport",
            summary:
                "Brings in a file as `tributary import` does: a table as CSV, or one law. A second import of the same "
                + "writes nothing; rows that cannot be taken are told with their line.",
            parameters: [
                .query("kind", importKinds, required: true, "What the file holds."),
                .query("name", ["type": "string"], "What the file is called; names a benchmark."),
                .query("home", ["type": "string"], "The division the library belongs to; the token's by default."),
            ], bodyMediaType: "application/octet-stream", answer: .json("Job", status: 202, "The job, under way."),
            problems: [.roleForbids, .homeForbids, .alreadyExists, .tooLarge],
            handler: .holder { api, call, holder in try await api.startImport(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/operation/jobs", operation: "listJobs",
            summary: "The jobs that are remembered, the latest first.", answer: .json("JobList", "The jobs."),
            problems: [.roleForbids],
            handler: .holder { api, call, holder in try await api.listJobs(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/operation/jobs/{id}", operation: "readJob",
            summary: "How far a job is, and what came of it.", parameters: [job], answer: .json("Job", "The job."),
            problems: [.roleForbids, .notFound],
            handler: .holder { api, call, holder in try await api.readJob(call, holder) }),
        Endpoint(
            method: .delete, path: "/v1/operation/jobs/{id}", operation: "cancelJob",
            summary: "Has a job end as soon as it can; what it has written stays.", parameters: [job],
            answer: .json("Job", "The job, which may still be ending."), problems: [.roleForbids, .notFound],
            handler: .holder { api, call, holder in try await api.cancelJob(call, holder) }),
    ]
}

extension Schemas {
    private static let word: JSON = ["type": "string"]
    private static let number: JSON = ["type": "integer"]
    private static let figure: JSON = ["type": ["number", "integer"]]
    private static let truth: JSON = ["type": "boolean"]
    private static let pair = reference("WordsMessage")

    private static func message(_ required: [String: JSON], optional: [String: JSON] = [:]) -> JSON {
        [
            "type": "object", "required": .array(required.keys.sorted().map { .text($0) }),
            "properties": .object(required.merging(optional) { first, _ in first }), "additionalProperties": false,
        ]
    }

    private static func list(of name: String) -> JSON { ["type": "array", "items": reference(name)] }
    private static func choice(_ names: [String]) -> JSON {
        ["type": "string", "enum": .array(names.map { .text($0) })]
    }

    static let operation: [String: JSON] = [
        "OperationMessage": message(
            [
                "division": word, "name": word, "release": word, "phase": ["type": "object"], "uptimeSeconds": number,
                "clock": number, "storeBytes": number, "boardBytes": number, "entries": number, "records": number,
                "conflicts": number, "dirty": number, "forks": number, "filesMissing": number,
                "certificates": list(of: "OperationCertificate"), "tokens": list(of: "OperationToken"),
                "backups": list(of: "OperationBackup"), "jobs": list(of: "Job"),
                "metrics": ["type": "array", "items": message(["name": word, "labels": word, "value": figure])],
            ], optional: ["diskFree": number, "diskTotal": number]),
        "OperationCertificate": message([
            "division": word, "name": word, "validFrom": number, "validTo": number, "daysLeft": number,
        ]),
        "OperationToken": message(
            ["label": word, "role": word, "roleName": pair, "division": word, "body": word],
            optional: ["author": word]),
        "OperationTokens": message(["tokens": list(of: "OperationToken")]),
        "OperationBackup": message(["file": word, "bytes": number]),
        "TokenRequest": message(
            ["label": word, "role": choice(Role.allCases.map(\.rawValue))],
            optional: ["division": word, "body": word, "author": word]),
        "NewToken": message(["label": word, "token": word]),
        "JobList": message(["jobs": list(of: "Job")]),
        "Job": message(
            [
                "id": word, "kind": choice(Job.Kind.allCases.map(\.rawValue)),
                "state": choice(Job.State.allCases.map(\.rawValue)), "started": number, "done": number,
            ],
            optional: [
                "subject": word, "ended": number, "phase": pair, "total": number, "result": reference("JobResult"),
                "problem": pair,
            ]),
        "JobResult": message(
            [:],
            optional: [
                "file": word, "bytes": number, "entries": number, "records": number, "files": number,
                "isSound": truth, "faults": ["type": "array", "items": pair], "faultCount": number, "rows": number,
                "written": number, "unchanged": number, "refused": number,
            ]),
    ]
}
