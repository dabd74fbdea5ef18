import HTTPTypes

extension Endpoint {
    private static let caseID = Parameter.path(
        "id", "The case's id, kind:home:flow:key, percent-encoded where need be.")

    /// The calls that casework adds.
    static let cases: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/procedures", operation: "listProcedures",
            summary: "The procedures in force here today, each in its latest version.",
            answer: .json("ProcedureList", "The procedures."),
            handler: .holder { api, call, _ in try await api.listProcedures(call) }),
        Endpoint(
            method: .post, path: "/v1/cases", operation: "openCase",
            summary: "Opens a case under the latest version of a procedure, to which it stays pinned.",
            body: "OpenCaseRequest", answer: .json("CaseMessage", status: 201, "The case, and what is next."),
            isKeyed: true, isViewLogged: true,
            problems: [.roleForbids, .notJSON, .tooLarge, .unknownField, .unknownKind],
            handler: .holder { api, call, holder in try await api.openCase(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/cases/{id}", operation: "readCase",
            summary: "A case: where it stands, every step as it is judged here, what is next, what is missing and why.",
            parameters: [caseID], answer: .json("CaseMessage", "The case."), isViewLogged: true,
            problems: [.roleForbids, .notFound, .refused],
            handler: .holder { api, call, holder in try await api.readCase(call, holder) }),
        Endpoint(
            method: .post, path: "/v1/cases/{id}/facts", operation: "enterFacts",
            summary:
                "Makes facts of a case known, or changes them; nothing is typed twice. `seen` names what the author saw "
                + "of a fact, by the token that came with the read: what was written since stays beside it, in conflict.",
            parameters: [caseID, ifMatch], body: "EnterFactsRequest", answer: .json("CaseMessage", "The case."),
            isKeyed: true, isViewLogged: true,
            problems: [
                .changedMeanwhile, .roleForbids, .notFound, .notJSON, .tooLarge, .unknownKind, .unknownField, .refused,
            ],
            handler: .holder { api, call, holder in try await api.enterFacts(call, holder) }),
        Endpoint(
            method: .post, path: "/v1/cases/{id}/steps", operation: "takeStep",
            summary:
                "Takes a step, with its facts, its document and its number, and publishes what the procedure says. "
                + "What stands in the way is refused with its article.",
            parameters: [caseID, ifMatch], body: "TakeStepRequest",
            answer: .json("TakenStepMessage", status: 201, "What was written, and the case."),
            isKeyed: true, isViewLogged: true,
            problems: [
                .changedMeanwhile, .roleForbids, .notFound, .notJSON, .tooLarge, .unknownKind, .unknownField, .refused,
            ],
            handler: .holder { api, call, holder in try await api.takeStep(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/cases/{id}/documents/{kind}", operation: "previewDocument",
            summary: "A document of the case as it would be issued now, as a page ready to print.",
            parameters: [caseID, .path("kind", "The kind of document.")],
            answer: .text("text/html; charset=utf-8", "The page."), isViewLogged: true,
            problems: [.roleForbids, .notFound, .refused],
            handler: .holder { api, call, holder in try await api.previewDocument(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/cases/{id}/volume", operation: "readVolume",
            summary:
                "The sealed volume of an archived case, and whether all its pieces are here and as they were sealed.",
            parameters: [caseID], answer: .json("VolumeMessage", "The volume."), isViewLogged: true,
            problems: [.roleForbids, .notFound, .refused],
            handler: .holder { api, call, holder in try await api.readVolume(call, holder) }),
        Endpoint(
            method: .post, path: "/v1/cases/{id}/handler", operation: "grantHandler",
            summary: "Hands the case to another office or other officers; by a superior, takes it over.",
            parameters: [caseID, ifMatch], body: "GrantRequest", answer: .json("CaseMessage", "The case."),
            isKeyed: true, isViewLogged: true,
            problems: [.changedMeanwhile, .roleForbids, .notFound, .notJSON, .tooLarge, .unknownKind, .refused],
            handler: .holder { api, call, holder in try await api.grantHandler(call, holder) }),
        Endpoint(
            method: .post, path: "/v1/cases/{id}/rulings", operation: "rule",
            summary: "A superior's word on a step: confirm, set-aside, designate or hand-over.",
            parameters: [caseID, ifMatch], body: "RulingRequest", answer: .json("CaseMessage", "The case."),
            isKeyed: true, isViewLogged: true,
            problems: [.changedMeanwhile, .roleForbids, .notFound, .notJSON, .tooLarge, .unknownKind, .refused],
            handler: .holder { api, call, holder in try await api.rule(call, holder) }),
    ]
}
