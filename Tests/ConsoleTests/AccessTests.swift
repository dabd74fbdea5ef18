import AsyncHTTPClient
import Libraries
import NIOCore
import NIOHTTP1
import Testing

@testable import Console
@testable import Node

/// Who comes in, and what of another site is kept out.
@Suite struct AccessTests {
    private static func signIn(_ certificate: String, _ password: String, back: String? = nil) -> [String: String] {
        var fields = ["certificate": certificate, "password": password]
        fields["back"] = back
        return fields
    }

    @Test func `signing in sets a cookie for this site alone and leads back to where one was`() async throws {
        try await TestConsole.serve { console in
            let form = Self.signIn("GD-0001", TestConsole.password, back: "/cases?below=true")
            let answer = try await console.post("/sign-in", form)
            #expect(answer.status == 303 && answer.location == "/cases?below=true")
            let cookie = try #require(answer.cookies.first { $0.hasPrefix("session=") })
            let parts = cookie.split(separator: ";").map { $0.drop { $0 == " " } }
            #expect(parts.contains("HttpOnly") && parts.contains("SameSite=Lax") && parts.contains("Path=/"))
            #expect(!parts.contains { $0.hasPrefix("Domain") })
            let page = try await console.get("/work", headers: ["Cookie": String(parts[0])])
            #expect(page.status == 200 && page.text.contains("陈样"))
            for back in ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "x", ""] {
                let form = Self.signIn("GD-0001", TestConsole.password, back: back)
                #expect(try await console.post("/sign-in", form).location == "/", "\(back)")
            }
        }
    }

    @Test func `a wrong password shows the form again and does not say what of it was wrong`() async throws {
        try await TestConsole.serve { console in
            var pages: [String] = []
            for certificate in ["GD-0001", "GD-9999"] {
                let form = Self.signIn(certificate, "not <the> password", back: "/cases")
                let answer = try await console.post("/sign-in", form)
                #expect(answer.status == 401 && answer.cookies.isEmpty)
                let text = answer.text
                #expect(text.contains("action=\"/sign-in\"") && text.contains("role=\"alert\""))
                #expect(text.contains("name=\"back\" value=\"/cases\""))
                #expect(text.contains("value=\"\(certificate)\"") && !text.contains("password\" value"))
                #expect(!answer.holds("not &lt;the") && !answer.holds("not <the"))
                pages.append(text.replacing(certificate, with: ""))
            }
            #expect(pages[0] == pages[1])
        }
    }

    @Test func `whoever must choose a password of his own comes to no other page`() async throws {
        try await TestConsole.serve { console in
            let certificate = TestConsole.certificate(of: .reviewer)
            _ = try console.edge.accounts.change(certificate) { $0.mustChange = true }
            let answer = try await console.post("/sign-in", Self.signIn(certificate, TestConsole.password))
            #expect(answer.location == "/password")
            let there = try await console.get("/cases", as: .reviewer)
            #expect(there.status == 303 && there.location == "/password")
            #expect(try await console.get("/password", as: .reviewer).status == 200)
            let new = ["password-old": TestConsole.password, "password-new": "quite another", "password-again": "an"]
            let differs = try await console.post("/password", new, as: .reviewer)
            #expect(differs.status == 422 && differs.text.contains("两次输入的新密码不一致"))
            #expect(!differs.text.contains("quite another"))
            let right = new.merging(["password-again": "quite another"]) { $1 }
            #expect(try await console.post("/password", right, as: .reviewer).status == 303)
            #expect(try await console.get("/cases", as: .reviewer).status == 200)
        }
    }

    @Test func `signing out ends the session and takes the cookie away`() async throws {
        try await TestConsole.serve { console in
            #expect(try await console.get("/cases", as: .officer).status == 200)
            let answer = try await console.post("/sign-out", [:], as: .officer)
            #expect(answer.status == 303)
            #expect(answer.cookies.contains { $0.hasPrefix("session=;") && $0.contains("Max-Age=0") })
            let after = try await console.get("/cases", as: .officer)
            #expect(after.status == 303 && after.location == "/sign-in?back=%2Fcases")
        }
    }

    @Test func `a form without the session's secret, or of another site, changes nothing`() async throws {
        try await TestConsole.serve { console in
            let id = try await console.openCase()
            let path = "/cases/\(Address.encoded(id))/facts"
            let fields = ["fact.title": "改过的案由"]
            let other = try #require(console.csrf(.reviewer))
            for secret in ["", "x", other] {
                let refused = try await console.post(path, fields, as: .officer, csrf: secret)
                #expect(refused.status == 403, "\(secret)")
            }
            let port = console.base.dropFirst("http://".count)
            for headers in [
                ["Origin": "https://elsewhere.example"], ["Origin": "null"], ["Sec-Fetch-Site": "cross-site"],
                ["Sec-Fetch-Site": "same-site"], ["Origin": "http://elsewhere.example.\(port)"],
            ] {
                let refused = try await console.post(path, fields, as: .officer, headers: headers)
                #expect(refused.status == 403, "\(headers)")
                let signIn = Self.signIn("GD-0001", TestConsole.password)
                #expect(try await console.post("/sign-in", signIn, headers: headers).status == 403, "\(headers)")
            }
            #expect(try await console.fact("title", of: id) == "倾倒渣土案")
            let own = ["Origin": console.base, "Sec-Fetch-Site": "same-origin"]
            let taken = try await console.post(path, fields, as: .officer, headers: own)
            #expect(taken.status == 303)
            #expect(try await console.fact("title", of: id) == "改过的案由")
        }
    }

    @Test func `scripts of the pages reach the API by the cookie, and change things only with the secret`()
        async throws
    {
        try await TestConsole.serve { console in
            let id = try await console.openCase()
            #expect(try await console.get("/v1/cases/\(Address.encoded(id))", as: .officer).status == 200)
            #expect(try await console.get("/v1/cases", as: nil).status == 401)
            func send(_ headers: [String: String]) async throws -> Int {
                var request = console.request(
                    .POST, "/v1/cases/\(Address.encoded(id))/facts", as: .officer, headers: headers)
                request.headers.replaceOrAdd(name: "Content-Type", value: "application/json")
                request.body = .bytes(.init(string: #"{"facts":{"title":"脚本改的"}}"#))
                return try await console.send(request).status
            }
            let secret = try #require(console.csrf(.officer))
            #expect(try await send([:]) == 403)
            #expect(try await send(["X-CSRF-Token": "x"]) == 403)
            #expect(try await send(["X-CSRF-Token": secret, "Origin": "https://elsewhere.example"]) == 403)
            #expect(try await console.fact("title", of: id) == "倾倒渣土案")
            #expect(try await send(["X-CSRF-Token": secret, "Origin": console.base]) == 200)
            #expect(try await console.fact("title", of: id) == "脚本改的")
        }
    }
}
