import HTTPTypes
import Hummingbird
import Libraries
import Logging
import NIOCore

/// Keeps forms and calls of other sites out (OWASP, "Cross-Site Request Forgery Prevention").
enum Guard {
    /// Refuses what a browser says comes from another site.
    static func checkOrigin(_ request: Request) throws(Refusal) {
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headers[$0] }) {
            guard site == "same-origin" || site == "none" else { throw foreign }
        }
        guard let origin = request.headers[.origin] else { return }
        guard let authority = request.head.authority, origin.hasSuffix("//\(authority)") else { throw foreign }
    }

    static func checkForm(_ form: Form, of person: Person) throws(Refusal) {
        guard let sent = form["csrf"], isEqual(sent, person.csrf) else { throw foreign }
    }

    /// For calls of scripts, which send the secret as a header.
    static func checkScript(_ request: Request, of person: Person) throws(Refusal) {
        try checkOrigin(request)
        guard let sent = HTTPField.Name("X-CSRF-Token").flatMap({ request.headers[$0] }), isEqual(sent, person.csrf)
        else { throw foreign }
    }

    static let forbidden = Response(
        status: .forbidden, headers: [.contentType: "application/problem+json", .cacheControl: "no-store"],
        body: ResponseBody(
            byteBuffer: ByteBuffer(
                string:
                    #"{"type":"urn:tributary:problem:role-forbids","title":"请求来源不符 · The request comes from elsewhere","status":403,"detail":"send the header X-CSRF-Token"}"#
            )))

    private static let foreign = Refusal(
        status: 403,
        problem: [
            "type": "urn:tributary:problem:role-forbids",
            "title": "表单已过期或来源不符 · The form is too old or comes from elsewhere",
            "detail": "请刷新页面后重新提交 · Load the page again and send the form anew",
        ])

    /// Takes the same time however much is equal.
    private static func isEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count, !right.isEmpty else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// What every answer tells a browser, so that nothing from outside is ever run, framed or kept.
struct SafetyMiddleware: RouterMiddleware {
    typealias Context = ConsoleContext

    let isSecure: Bool
    let logger: Logger
    /// Answers for an address that is none, whatever is done there.
    let noSuchPage: @Sendable (Request, Context) async -> Response

    /// Scripts, styles and everything else come from here and stand in files of their own (W3C, CSP level 3).
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        + "font-src 'self'; frame-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'"

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do { response = try await next(request, context) } catch let error as HTTPError where error.status == .notFound
        {
            response = await noSuchPage(request, context)
        }
        if response.headers[.contentSecurityPolicy] == nil { response.headers[.contentSecurityPolicy] = Self.policy }
        response.headers[.xContentTypeOptions] = "nosniff"
        for (name, value) in Self.headers where response.headers[name] == nil { response.headers[name] = value }
        if isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        logger.log(
            level: response.status.code >= 500 ? .warning : .debug, "page answered",
            metadata: [
                "method": "\(request.method)", "page": "\(context.endpointPath ?? "none")",
                "status": "\(response.status.code)",
            ])
        return response
    }

    /// Who else may use an answer.
    static let resourcePolicy = "Cross-Origin-Resource-Policy"

    private static let headers: [(HTTPField.Name, String)] = [
        ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
        (resourcePolicy, "same-origin"),
        ("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()"),
    ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
}

/// The cookies of a request, and how one is set (RFC 6265).
struct Cookies: Sendable {
    private var values: [String: String] = [:]

    init(_ headers: HTTPFields) {
        for header in headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let halves = pair.split(separator: "=", maxSplits: 1)
                guard halves.count == 2 else { continue }
                values[String(halves[0].drop { $0 == " " })] = String(halves[1])
            }
        }
    }

    subscript(name: String) -> String? { values[name] }

    /// - Parameter days: nil for as long as the browser is open.
    static func setting(
        _ name: String, _ value: String, isSecure: Bool, isForScripts: Bool = false, days: Int? = nil
    ) -> String {
        var text = "\(name)=\(value); Path=/; SameSite=Lax"
        if !isForScripts { text += "; HttpOnly" }
        if isSecure { text += "; Secure" }
        if let days { text += "; Max-Age=\(days * 86_400)" }
        return text
    }
}
