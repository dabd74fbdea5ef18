import HTTPTypes
import HummingbirdCore
import Libraries
import Node

/// Signing in and out, and one's own password.
enum AccessPages {
    static let signInPath = "/sign-in"
    static let passwordPath = "/password"

    static let section = Section(
        pages: [signIn, password],
        actions: [
            Action(path: signInPath, audience: .everyone, page: signIn, act: openSession),
            Action(path: "/sign-out", audience: .everyone, page: nil, act: endSession),
            Action(path: passwordPath, page: password, act: changePassword),
        ])

    private static let signIn = Page(path: signInPath, template: "sign-in", audience: .everyone) { visit in
        [
            "back": Address.local(visit.form?["back"] ?? visit.query["back"]).map(JSON.text) ?? .null,
            "hasCertificate": .boolean(visit.peer.certificate != nil),
        ]
    }

    private static let password = Page(path: passwordPath, template: "password") { _ in [:] }

    private static func openSession(_ visit: Visit, _ form: Form) async throws -> Outcome {
        var asking = visit
        asking.person = nil
        let body: JSON =
            form["certificate"] == nil && visit.peer.certificate != nil
            ? [:]
            : [
                "certificate": .text(form["certificate"] ?? ""),
                "password": .text(form.fields["password"]?.last ?? ""),
            ]
        let session = try await asking.send(.post, "/v1/sessions", body)
        guard let token = session["token"]?.text else { throw Refusal.ownFault }
        let mustChange = session["account"]?["mustChange"] == .boolean(true)
        let next = mustChange ? passwordPath : Address.local(form["back"]) ?? "/"
        var response = Console.seeOther(next)
        response.headers[values: .setCookie].append(
            Cookies.setting(visit.cookieName, token, isSecure: visit.isSecure))
        return .response(response)
    }

    private static func endSession(_ visit: Visit, _ form: Form) async throws -> Outcome {
        if visit.person != nil { _ = try? await visit.send(.delete, "/v1/sessions/current") }
        var response = Console.seeOther(Address.of(signInPath, ["said": "signed-out"]))
        response.headers[values: .setCookie].append(
            Cookies.setting(visit.cookieName, "", isSecure: visit.isSecure, days: 0))
        return .response(response)
    }

    private static func changePassword(_ visit: Visit, _ form: Form) async throws -> Outcome {
        let (new, again) = (form.fields["password-new"]?.last ?? "", form.fields["password-again"]?.last ?? "")
        guard new == again else {
            throw Refusal(
                status: 422,
                problem: [
                    "type": "urn:tributary:problem:password-rules", "title": "两次输入的新密码不一致 · The new passwords differ",
                ])
        }
        _ = try await visit.send(
            .post, "/v1/sessions/current/password",
            ["old": .text(form.fields["password-old"]?.last ?? ""), "new": .text(new)])
        return .seeOther("/", said: "password-changed")
    }
}
