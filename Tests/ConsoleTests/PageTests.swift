import AsyncHTTPClient
import Foundation
import Libraries
import NIOCore
import NIOHTTP1
import Testing

@testable import Console
@testable import Node

/// Every page there is: who may open it, in which language, and that nothing in it is anybody's but ours.
@Suite struct PageTests {
    /// Pages that nothing can be shown on before their query says of what.
    private static let asking = ["/statutes/text", "/statutes/difference", "/statutes/citing"]

    /// An address of a page with something in the place of its parameters.
    private func filled(_ path: String, case id: String) -> String {
        let first = path.hasPrefix("/cases/") ? Address.encoded(id) : "x"
        var filled = path
        if let range = filled.firstRange(of: /\{[a-z]+\}/) { filled.replaceSubrange(range, with: first) }
        return filled.replacing(/\{[a-z]+\}/, with: "x")
    }

    @Test func `every page leads to the sign-in without a session, and opens for its roles alone`() async throws {
        try await TestConsole.serve { console in
            let id = try await console.openCase()
            for address in ConsoleAddress.all where address.isPage {
                let path = filled(address.path, case: id)
                let page = try #require(Console.sections.flatMap(\.pages).first { $0.path == address.path })
                let stranger = try await console.get(path)
                if page.audience == .everyone {
                    #expect(stranger.status < 500, "\(path): \(stranger.status)")
                } else {
                    let back = Address.of("/sign-in", ["back": path])
                    #expect(stranger.status == 303 && stranger.location == back, "\(path)")
                }
                for role in Role.allCases {
                    for language in Language.allCases {
                        let answer = try await console.get(path, as: role, in: language)
                        let isOpen = address.admits(role: role.rawValue)
                        let isWhole = !address.path.contains("{") && !Self.asking.contains(address.path)
                        #expect(answer.status < 500, "\(path) as \(role): \(answer.status)")
                        #expect(isOpen || answer.status == 403, "\(path) as \(role): \(answer.status)")
                        #expect(!isOpen || !isWhole || answer.status == 200, "\(path) as \(role): \(answer.status)")
                        #expect(answer.text.contains("<html lang=\"\(language.tag)\">"), "\(path) as \(role)")
                    }
                }
            }
        }
    }

    @Test func `what is offered beside pages fails as a page does`() async throws {
        try await TestConsole.serve { console in
            let id = try await console.openCase()
            for address in ConsoleAddress.all where !address.isPage {
                let path = filled(address.path, case: id)
                for role in Role.allCases {
                    let answer = try await console.get(path, as: role)
                    #expect(answer.status < 500, "\(path) as \(role): \(answer.status)")
                    #expect(
                        address.admits(role: role.rawValue) || answer.status == 403,
                        "\(path) as \(role): \(answer.status)")
                }
            }
        }
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "{{record.id}}{{{x}}}{{/x}}", "\"\u{301} onfocus=\u{301}x '>\u{338}",
        "<\u{338}script>", "&lt;b&gt;", "[[site.name]]", "a</textarea><img src=x>",
    ])
    func `a hostile text comes out as a text in both languages`(text: String) async throws {
        try await TestConsole.serve { console in
            let id = try await console.openCase()
            let path = "/cases/\(Address.encoded(id))"
            let fields = ["fact.title": text, "fact.party": text, "fact.facts": text]
            #expect(try await console.post("\(path)/facts", fields, as: .officer).status == 303)
            #expect(try await console.fact("party", of: id) == .text(text))
            for language in Language.allCases {
                for page in [path, "\(path)/facts", "\(path)/steps/look", "/cases", "/work"] {
                    let request = console.request(.GET, page, as: .officer, in: language)
                    let response = try await console.client.execute(request, timeout: .seconds(60))
                    let bytes = Array(try await response.body.collect(upTo: 1 << 24).readableBytesView)
                    let answer = TestConsole.Answer(
                        status: Int(response.status.code), headers: response.headers, bytes: bytes)
                    #expect(answer.status == 200, "\(page)")
                    let isMarkup = text.utf8.contains { [UInt8(ascii: "<"), UInt8(ascii: "\"")].contains($0) }
                    if isMarkup { #expect(!answer.holds(text), "\(page)") }
                    #expect(page == "/work" || answer.holds(escaped(text)), "\(page)")
                    #expect(!answer.holds("<script>") && !answer.holds("<img src=x"), "\(page)")
                }
            }
        }
    }

    /// As HTML writes a text, byte by byte.
    private func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): bytes += Array("&amp;".utf8)
            case UInt8(ascii: "<"): bytes += Array("&lt;".utf8)
            case UInt8(ascii: ">"): bytes += Array("&gt;".utf8)
            case UInt8(ascii: "\""): bytes += Array("&quot;".utf8)
            case UInt8(ascii: "'"): bytes += Array("&#39;".utf8)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a hostile text in a form that is refused, or in an address, comes out as a text`() async throws {
        try await TestConsole.serve { console in
            let text = "\"><script>alert(1)</script>"
            let form = ["certificate": text, "password": "x", "back": "/cases?x=\(Address.encoded(text))"]
            let again = try await console.post("/sign-in", form)
            #expect(again.status == 401 && again.holds("&lt;script&gt;alert"))
            for path in ["/cases?key=", "/officers?q=", "/bodies?q=", "/statutes?q=", "/items?q=", "/nowhere/"] {
                let answer = try await console.get(path + Address.encoded(text), as: .officer)
                #expect(answer.status < 500 && !answer.holds("<script>alert"), "\(path)")
            }
        }
    }

    @Test func `the language is kept for a year and leads back to the page, and to no other site`() async throws {
        try await TestConsole.serve { console in
            let answer = try await console.get("/language/en?back=\(Address.encoded("/cases?below=true"))")
            #expect(answer.status == 303 && answer.location == "/cases?below=true")
            let cookie = try #require(answer.cookies.first)
            #expect(cookie.hasPrefix("language=en;") && cookie.contains("Max-Age=31536000"))
            for back in ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/a\nb", ""] {
                let answer = try await console.get("/language/en?back=\(Address.encoded(back))")
                #expect(answer.location == "/", "\(back)")
            }
            #expect(try await console.get("/language/xx?back=%2Fcases").cookies.isEmpty)
            let page = try await console.get("/cases?below=true", as: .officer, in: .english)
            #expect(page.text.contains("/language/zh?back=%2Fcases%3Fbelow%3Dtrue"))
            let preferred = try await console.get(
                "/sign-in", headers: ["Cookie": "x=y", "Accept-Language": "en-GB,zh;q=0.5"])
            #expect(preferred.text.contains("<html lang=\"en\">"))
            let unspoken = try await console.get(
                "/sign-in", headers: ["Cookie": "language=xx", "Accept-Language": "fr"])
            #expect(unspoken.text.contains("<html lang=\"zh-Hans\">"))
        }
    }

    @Test func `files of the console are kept for ever under their version, and under no other`() async throws {
        try await TestConsole.serve { console in
            let site = try Site()
            for (name, asset) in site.assets {
                let answer = try await console.get(site.address(of: name))
                #expect(answer.status == 200 && answer.bytes == asset.bytes, "\(name)")
                #expect(answer.headers.first(name: "cache-control")?.contains("immutable") == true, "\(name)")
                #expect(answer.headers.first(name: "content-type") == asset.mediaType)
                let tag = try #require(answer.headers.first(name: "etag"))
                for query in ["", "?v=0"] {
                    let other = try await console.get("/assets/\(name)\(query)")
                    #expect(other.headers.first(name: "cache-control") == "no-cache", "\(name)\(query)")
                }
                let again = try await console.get("/assets/\(name)", headers: ["If-None-Match": tag])
                #expect(again.status == 304 && again.bytes.isEmpty)
            }
            for name in ["none.css", "..%2Fwords.en.yaml", "%2e%2e%2flayout.mustache"] {
                #expect(try await console.get("/assets/\(name)").status == 404, "\(name)")
            }
        }
    }

    @Test func `a page that is none is told in its reader's language`() async throws {
        try await TestConsole.serve { console in
            for path in ["/nowhere", "/cases/x/y/z", "/sign-in/x"] {
                let chinese = try await console.get(path)
                #expect(chinese.status == 404 && chinese.text.contains("没有此页"), "\(path)")
                let english = try await console.get(path, as: .officer, in: .english)
                #expect(english.status == 404 && english.text.contains("There is no such page"), "\(path)")
                #expect(!english.text.contains("没有此页"))
            }
            #expect(try await console.post("/nowhere", [:], as: .officer).status == 404)
            let none = try await console.get("/cases/case:44:up:\(String(repeating: "0", count: 32))", as: .officer)
            #expect(none.status == 404)
        }
    }

    @Test func `a head is answered as its page is, without a body`() async throws {
        try await TestConsole.serve { console in
            let answer = try await console.send(console.request(.HEAD, "/sign-in"))
            #expect(answer.status == 200 && answer.bytes.isEmpty)
        }
    }
}
