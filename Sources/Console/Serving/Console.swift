import Divisions
import Foundation
import HTTPTypes
import Hummingbird
import Libraries
import Logging
import NIOCore
import Node

/// Answers every address of the console: pages, forms, its own files, and the API for scripts of its pages.
struct Console: Sendable {
    let door: APIDoor
    let site: Site
    let tree: DivisionTree
    let seat: DivisionCode
    /// Whether it is reached over HTTPS, so that cookies may be kept from plain lines.
    let isSecure: Bool
    /// Milliseconds since 1970.
    let clock: @Sendable () -> UInt64
    let logger: Logger

    func router() -> Router<ConsoleContext> {
        let router = Router(context: ConsoleContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: TimingMiddleware())
        router.add(
            middleware: SafetyMiddleware(isSecure: isSecure, logger: logger) { request, context in
                await answer(request, context, .everyone) { _ in throw Refusal.noSuchPage }
            })
        for section in Self.sections {
            for page in section.pages {
                router.get(RouterPath(page.path)) { request, context in
                    await answer(request, context, page.audience) { visit in
                        try await show(page.template, try await page.fill(visit), visit)
                    }
                }
            }
            for action in section.actions {
                router.post(RouterPath(action.path)) { request, context in
                    await answer(request, context, action.audience) { try await take(action, request, $0) }
                }
            }
            for download in section.downloads {
                router.get(RouterPath(download.path)) { request, context in
                    await answer(request, context, download.audience) { try await download.answer($0) }
                }
            }
        }
        router.get("/assets/{name}") { request, context in
            asset(context.parameters.get("name") ?? "", request)
        }
        // Browsers ask for it beside documents, which name none and, shut in as they are, have an origin of their own.
        router.get("/favicon.ico") { request, _ in
            var response = asset("icon.svg", request)
            if let policy = HTTPField.Name(SafetyMiddleware.resourcePolicy) {
                response.headers[policy] = "cross-origin"
            }
            return response
        }
        router.get("/language/{language}") { request, context in chooseLanguage(request, context) }
        for method in [HTTPRequest.Method.get, .post, .patch, .put, .delete] {
            router.on("/v1/**", method: method) { request, context in await passOn(request, context) }
        }
        for path in ["/openapi.json", "/healthz"] {
            router.get(RouterPath(path)) { request, context in await door.answer(request, from: await context.peer()) }
        }
        return router
    }

    // MARK: Pages

    /// Finds out who asks, lets him in or not, and tells what goes wrong as a page.
    private func answer(
        _ request: Request, _ context: ConsoleContext, _ audience: Audience,
        _ body: (Visit) async throws -> Response
    ) async -> Response {
        let visit: Visit
        do { visit = try await self.visit(request, context) } catch {
            return await problemPage(.unreadableAddress, await self.visit(request, context, [:], Form()))
        }
        do {
            if let person = visit.person, person.mustChangePassword, audience != .everyone,
                request.uri.path != AccessPages.passwordPath
            {
                return Self.seeOther(AccessPages.passwordPath)
            }
            guard audience.admits(visit.person) else {
                guard visit.person != nil else { throw Refusal.signInFirst }
                throw Refusal.notYourPage
            }
            return try await body(visit)
        } catch let refusal as Refusal {
            guard refusal.status != 401 || audience == .everyone else {
                let back = request.method == .get ? visit.here : nil
                return Self.seeOther(Address.of(AccessPages.signInPath, ["back": back]))
            }
            return await problemPage(refusal, visit)
        } catch {
            logger.error("a page failed", metadata: ["error": "\(type(of: error))"])
            return await problemPage(.ownFault, visit)
        }
    }

    /// - Throws: where the address cannot be read: what it names would be nothing, and nothing is another thing.
    private func visit(_ request: Request, _ context: ConsoleContext) async throws -> Visit {
        var parameters: [String: String] = [:]
        for (name, value) in context.parameters {
            guard let text = String(value).removingPercentEncoding, text.contains(where: { !$0.isWhitespace }) else {
                throw Refusal.unreadableAddress
            }
            parameters[String(name)] = text
        }
        return await visit(request, context, parameters, try Form(encoded: request.uri.query ?? ""))
    }

    private func visit(
        _ request: Request, _ context: ConsoleContext, _ parameters: [String: String], _ query: Form
    ) async -> Visit {
        let cookies = Cookies(request.headers)
        let language =
            cookies["language"].flatMap(Language.init) ?? .preferred(by: request.headers[.acceptLanguage])
        let peer = await context.peer()
        var visit = Visit(
            door: door, peer: peer, site: site, isSecure: isSecure, language: language, person: nil,
            parameters: parameters, authority: request.head.authority,
            query: query, here: request.uri.string, now: clock(),
            form: nil, refusal: nil)
        if let token = cookies[visit.cookieName] { visit.person = await person(token, visit) }
        return visit
    }

    /// Whoever a session token stands for; nil once the session has ended.
    private func person(_ token: String, _ visit: Visit) async -> Person? {
        var asking = visit
        asking.person = Person(token: token, csrf: "", account: .null)
        guard let session = try? await asking.get("/v1/sessions/current"), let csrf = session["csrf"]?.text,
            let account = session["account"]
        else { return nil }
        return Person(token: token, csrf: csrf, account: account)
    }

    func show(
        _ template: String, _ view: JSON, _ visit: Visit, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        var members = Frame.members(of: visit, tree: tree, seat: seat)
        members["line"] = await line(visit)
        if case .object(let own) = view { members.merge(own) { _, own in own } }
        guard let html = site.render(template, .object(members), in: visit.language) else {
            throw SiteFault("there is no template \(template)")
        }
        return Self.html(html, status)
    }

    /// How the line upward stands, for whoever has signed in; nothing where it cannot be told.
    private func line(_ visit: Visit) async -> JSON? {
        guard visit.person != nil else { return nil }
        return try? await visit.get("/v1/network/uplink")
    }

    private func problemPage(_ refusal: Refusal, _ visit: Visit) async -> Response {
        var visit = visit
        visit.refusal = refusal
        var members = Frame.members(of: visit, tree: tree, seat: seat)
        members["line"] = await line(visit)
        members["problem"] = refusal.view
        let html = site.render("problem", .object(members), in: visit.language) ?? ""
        return Self.html(html, HTTPResponse.Status(code: refusal.status))
    }

    // MARK: Forms

    private func take(_ action: Action, _ request: Request, _ visit: Visit) async throws -> Response {
        try Guard.checkOrigin(request)
        let form = try await Form(request, mayHoldFiles: visit.person != nil)
        if let person = visit.person { try Guard.checkForm(form, of: person) }
        do {
            switch try await action.act(visit, form) {
            case .seeOther(let path, let said):
                return Self.seeOther(Address.adding(said, to: path))
            case .shown(let template, let view): return try await show(template, view, visit)
            case .response(let response): return response
            }
        } catch let refusal as Refusal {
            // A session that has ended is another matter than a wrong password on the page that asks for one.
            let isAsked = refusal.status != 401 || action.audience == .everyone
            guard let page = action.page, isAsked else { throw refusal }
            var visit = visit
            (visit.form, visit.refusal) = (form, refusal)
            return try await show(
                page.template, try await page.fill(visit), visit, status: HTTPResponse.Status(code: refusal.status))
        }
    }

    // MARK: What is no page

    private func asset(_ name: String, _ request: Request) -> Response {
        guard let asset = site.assets[name] else {
            return Response(status: .notFound)
        }
        var headers: HTTPFields = [.contentType: asset.mediaType, .eTag: "\"\(asset.version)\""]
        let isVersioned = request.uri.query == "v=\(asset.version)"
        headers[.cacheControl] = isVersioned ? "public, max-age=31536000, immutable" : "no-cache"
        if request.headers[.ifNoneMatch] == headers[.eTag] { return Response(status: .notModified, headers: headers) }
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes)))
    }

    private func chooseLanguage(_ request: Request, _ context: ConsoleContext) -> Response {
        let query = try? Form(encoded: request.uri.query ?? "")
        let back = Address.local(query?["back"]) ?? "/"
        guard let language = context.parameters.get("language").flatMap(Language.init) else {
            return Self.seeOther(back)
        }
        var response = Self.seeOther(back)
        response.headers[values: .setCookie].append(
            Cookies.setting("language", language.rawValue, isSecure: isSecure, isForScripts: true, days: 365))
        return response
    }

    /// The API for scripts of these pages: the cookie stands for the token, and whatever changes something must carry
    /// the session's secret. Whoever brings a token of his own needs no cookie.
    private func passOn(_ request: Request, _ context: ConsoleContext) async -> Response {
        let peer = await context.peer()
        guard request.headers[.authorization] == nil else { return await door.answer(request, from: peer) }
        guard let person = await visit(request, context, [:], Form()).person else {
            return await door.answer(request, from: peer)
        }
        do {
            if request.method != .get, request.method != .head { try Guard.checkScript(request, of: person) }
        } catch {
            return Guard.forbidden
        }
        var head = request.head
        head.headerFields[.authorization] = "Bearer \(person.token)"
        return await door.answer(Request(head: head, body: request.body), from: peer)
    }

    // MARK: Answering

    static func html(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static func seeOther(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
    }
}

extension Refusal {
    static let signInFirst = Refusal(status: 401, problem: ["type": "urn:tributary:problem:unauthenticated"])
    static let noSuchPage = Refusal(
        status: 404,
        problem: ["type": "urn:tributary:problem:not-found", "title": "没有此页 · There is no such page"])
    static let unreadableAddress = Refusal(
        status: 400,
        problem: [
            "type": "urn:tributary:problem:bad-value", "title": "网址无法识别 · The address cannot be read",
        ])
    static let notYourPage = Refusal(
        status: 403,
        problem: [
            "type": "urn:tributary:problem:role-forbids", "title": "您的角色不能打开此页 · Your role has no access to this page",
        ])
    static let ownFault = Refusal(
        status: 500,
        problem: ["type": "urn:tributary:problem:internal-error", "title": "页面出错 · The page failed"])
}
