import HTTPTypes
import Libraries

/// Accounts of people on this node.
enum AccountPages {
    static let actions = [
        Action(path: "/operation/accounts", audience: OperationPages.keepers, page: list, act: create),
        Action(
            path: "/operation/accounts/{certificate}", audience: OperationPages.keepers, page: one, act: change),
        Action(
            path: "/operation/accounts/{certificate}/password", audience: OperationPages.keepers, page: one,
            act: resetPassword),
        Action(
            path: "/operation/accounts/{certificate}/state", audience: OperationPages.keepers, page: one,
            act: changeState),
    ]

    static func roles(chosen: String?) -> JSON {
        .array(OperationPages.roles.map { ["role": .text($0), "isChosen": .boolean($0 == chosen)] })
    }

    private static func path(_ certificate: String) -> String {
        "/operation/accounts/\(Address.encoded(certificate))"
    }

    static let list = Page(
        path: "/operation/accounts", template: "operation-accounts", audience: OperationPages.keepers
    ) { visit in
        let page = try await visit.get("/v1/accounts", ["cursor": visit.query["cursor"], "limit": "50"])
        let next = page["next"]?.text.map { Address.of("/operation/accounts", ["cursor": $0]) }
        return [
            "accounts": .array(
                (page["accounts"]?.array ?? []).map { account in
                    guard case .object(var members) = account else { return account }
                    members["path"] = .text(path(account["certificate"]?.text ?? ""))
                    return .object(members)
                }),
            "tab": "accounts", "next": next.map(JSON.text) ?? .null, "roles": roles(chosen: visit.form?["role"]),
            "home": .text(visit.form?["division"] ?? visit.person?.division ?? ""),
        ]
    }

    static let one = Page(
        path: "/operation/accounts/{certificate}", template: "operation-account", audience: OperationPages.keepers
    ) { visit in
        let account = try await account(visit)
        let prints = (account["fingerprints"]?.array ?? []).compactMap(\.text)
        let form = visit.form
        return [
            "account": account, "path": .text(path(visit.parameter("certificate"))),
            "roles": roles(chosen: form?["role"] ?? account["role"]?.text),
            "entered": [
                "name": .text(form?["name"] ?? account["name"]?.text ?? ""),
                "division": .text(form?["division"] ?? account["division"]?.text ?? ""),
                "body": .text(form?["body"] ?? account["body"]?.text ?? ""),
                "fingerprints": .text(form?["fingerprints"] ?? prints.joined(separator: "\n")),
            ],
        ]
    }

    /// The account that the address names, found page by page.
    private static func account(_ visit: Visit) async throws -> JSON {
        let certificate = visit.parameter("certificate")
        var cursor: String?
        repeat {
            let page = try await visit.get("/v1/accounts", ["cursor": cursor, "limit": "200"])
            if let found = page["accounts"]?.array?.first(where: { $0["certificate"]?.text == certificate }) {
                return found
            }
            cursor = page["next"]?.text
        } while cursor != nil
        throw Refusal(
            status: 404,
            problem: [
                "type": "urn:tributary:problem:not-found", "title": "本节点没有该账号 · This node has no such account",
            ])
    }

    // MARK: Forms

    private static func create(_ visit: Visit, _ form: Form) async throws -> Outcome {
        var body: [String: JSON] = ["fingerprints": prints(form)]
        for name in ["certificate", "name", "role", "division", "body"] { body[name] = form[name].map(JSON.text) }
        return shown(try await visit.send(.post, "/v1/accounts", .object(body)))
    }

    private static func change(_ visit: Visit, _ form: Form) async throws -> Outcome {
        var body: [String: JSON] = ["fingerprints": prints(form), "body": .text(form["body"] ?? "")]
        for name in ["name", "role", "division"] { body[name] = form[name].map(JSON.text) }
        return try await edit(visit, .object(body))
    }

    private static func changeState(_ visit: Visit, _ form: Form) async throws -> Outcome {
        try await edit(visit, ["isDisabled": .boolean(form["state"] == "disabled")])
    }

    private static func edit(_ visit: Visit, _ body: JSON) async throws -> Outcome {
        let certificate = visit.parameter("certificate")
        _ = try await visit.send(.patch, "/v1/accounts/\(Address.encoded(certificate))", body)
        return .seeOther(path(certificate), said: "account-changed")
    }

    private static func resetPassword(_ visit: Visit, _ form: Form) async throws -> Outcome {
        let certificate = Address.encoded(visit.parameter("certificate"))
        return shown(try await visit.send(.patch, "/v1/accounts/\(certificate)", ["resetPassword": true]))
    }

    /// The password that was drawn, this once.
    private static func shown(_ written: JSON) -> Outcome {
        .shown(template: "password-shown", ["written": written])
    }

    private static func prints(_ form: Form) -> JSON {
        let words = (form["fingerprints"] ?? "").split(whereSeparator: { $0.isWhitespace || $0 == "," })
        return .array(words.map { .text(String($0).lowercased()) })
    }
}
