import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Libraries
import NIOCore
import NIOHTTP1
import Testing

@testable import Console
@testable import Node

@Suite struct FormTests {
    private func form(_ type: String?, _ bytes: [UInt8], mayHoldFiles: Bool = true) async throws -> Form {
        var head = HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/x")
        head.headerFields[.contentType] = type
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: bytes)))
        return try await Form(request, mayHoldFiles: mayHoldFiles)
    }

    private func form(parts: String, type: String = "multipart/form-data; boundary=b") async throws -> Form {
        try await form(type, Array(parts.replacing("\n", with: "\r\n").utf8))
    }

    private func status(_ body: () async throws -> Form) async throws -> Int? {
        do {
            _ = try await body()
            return nil
        } catch let refusal as Refusal { return refusal.status }
    }

    @Test func `fields are decoded, repeated ones kept, and blanks around them left out`() async throws {
        let text = "a=%E6%A1%88+1%2B1&a=2&b=%20x%20&c=&d&=e"
        let form = try await form("application/x-www-form-urlencoded", Array(text.utf8))
        #expect(form.fields["a"] == ["案 1+1", "2"])
        #expect(form["a"] == "2" && form["b"] == "x" && form["c"] == nil && form["d"] == nil)
        #expect(form.all("c").isEmpty && form.all("a").count == 2)
    }

    @Test func `a form is shown again without its secrets`() async throws {
        let form = try Form(encoded: "a=1&csrf=2&once=3&password=4&password-new=5")
        #expect(form.view == ["a": "1"])
    }

    @Test func `a field that is not UTF-8 or badly encoded is refused`() async throws {
        for text in ["a=%FF", "a=%G1", "%=1"] {
            #expect(try await status { try await form(nil, Array(text.utf8)) } == 400, "\(text)")
        }
        #expect(try await status { try await form(nil, [0x61, 0x3D, 0xFF]) } == 400)
    }

    @Test func `a form that is too large or has too many fields is refused`() async throws {
        let large = [UInt8](repeating: UInt8(ascii: "a"), count: Form.bytesMax + 1)
        #expect(try await status { try await form(nil, large) } == 413)
        #expect(try await status { try await form(nil, large.dropLast()) } == nil)
        let many = (0...Form.fieldsMax).map { "f\($0)=" }.joined(separator: "&")
        #expect(try await status { try await form(nil, Array(many.utf8)) } == 400)
        let file = [UInt8](repeating: 0, count: Form.bytesWithFilesMax + 1)
        #expect(try await status { try await form("multipart/form-data; boundary=b", file) } == 413)
    }

    @Test func `nobody sends more files than a form can have, or large ones before he has signed in`() async throws {
        let type = "multipart/form-data; boundary=b"
        func body(files: Int, bytes: Int) -> [UInt8] {
            let part = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n"
            let content = [UInt8](repeating: 7, count: bytes) + Array("\r\n".utf8)
            return (0..<files).flatMap { _ in Array(part.utf8) + content } + Array("--b--\r\n".utf8)
        }
        let full = try await form(type, body(files: Form.filesMax, bytes: 1))
        #expect(full.files["f"]?.count == Form.filesMax)
        #expect(try await status { try await form(type, body(files: Form.filesMax + 1, bytes: 1)) } == 400)
        let large = body(files: 1, bytes: Form.bytesMax)
        #expect(try await status { try await form(type, large, mayHoldFiles: false) } == 413)
        #expect(try await form(type, large).files["f"]?.first?.bytes.count == Form.bytesMax)
    }

    @Test(arguments: [
        "multipart/form-data; boundary=b", "Multipart/Form-Data; charset=utf-8; boundary=\"b\"",
        "multipart/form-data;boundary=b; x=y",
    ])
    func `files come with their names and types, and fields beside them`(type: String) async throws {
        let form = try await form(
            parts: """
                --b
                Content-Disposition: form-data; name="caption"

                现场照片
                两行
                --b
                content-disposition: form-data; name="file"; filename="照片.jpg"
                Content-Type: image/jpeg

                \u{1}--b\u{2}
                --c
                --b
                Content-Disposition: form-data; name="none"; filename=""
                Content-Type: application/octet-stream


                --b--
                behind
                """, type: type)
        #expect(form["caption"] == "现场照片\r\n两行")
        let file = try #require(form.files["file"]?.first)
        #expect(file.name == "照片.jpg" && file.mediaType == "image/jpeg")
        #expect(file.bytes == Array("\u{1}--b\u{2}\r\n--c".utf8))
        #expect(form.files["none"] == nil && form.fields["none"] == nil)
    }

    @Test(arguments: [
        "", "no boundary", "--b\n", "--b\nContent-Disposition: form-data; name=\"a\"\n\ncut off",
        "--b\nContent-Disposition: form-data; name=\"a\"\n--b--\n", "--b\nContent-Disposition: form-data\n\nx\n--b--\n",
        "--b\nX: y\n\nx\n--b--\n",
    ])
    func `a broken form is refused`(parts: String) async throws {
        #expect(try await status { try await form(parts: parts) } == 400)
    }

    @Test(arguments: [
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=" + String(repeating: "b", count: 71),
    ])
    func `a form whose boundary is not told is refused`(type: String) async throws {
        let parts = "--b\nContent-Disposition: form-data; name=\"a\"\n\nx\n--b--\n"
        #expect(try await status { try await form(parts: parts, type: type) } == 400)
    }

    @Test func `a field of a multipart form that is not UTF-8 is refused, a file may be anything`() async throws {
        func parts(_ extra: String) -> [UInt8] {
            Array("--b\r\nContent-Disposition: form-data; name=\"a\"\(extra)\r\n\r\n".utf8) + [0xFF, 0x0D, 0x0A]
                + Array("--b--\r\n".utf8)
        }
        let type = "multipart/form-data; boundary=b"
        #expect(try await status { try await form(type, parts("")) } == 400)
        #expect(try await form(type, parts("; filename=\"f\"")).files["a"]?.first?.bytes == [0xFF])
    }

    @Test func `evidence is handed in with a form, and one without a file is told so`() async throws {
        try await TestConsole.serve { console in
            let id = try await console.openCase()
            let secret = try #require(console.csrf(.officer))
            func send(_ file: String) async throws -> TestConsole.Answer {
                var request = console.request(.POST, "/cases/\(Address.encoded(id))/evidence", as: .officer)
                request.headers.add(name: "Content-Type", value: "multipart/form-data; boundary=b")
                let field = "--b\r\nContent-Disposition: form-data; name="
                let body =
                    "\(field)\"csrf\"\r\n\r\n\(secret)\r\n\(field)\"kind\"\r\n\r\n视听资料\r\n"
                    + "\(field)\"capturedAt\"\r\n\r\n2026-03-01T08:00\r\n\(file)--b--\r\n"
                request.body = .bytes(ByteBuffer(string: body))
                return try await console.send(request)
            }
            let none = try await send("")
            #expect(none.status == 422 && none.text.contains("请选择文件"))
            let file = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n"
            let taken = try await send("\(file)Content-Type: text/plain\r\n\r\n现场记录\r\n")
            #expect(taken.status == 303)
            let dossier = try await console.call(.get, "/v1/cases/\(Address.encoded(id))/dossier")
            let evidence = try #require(dossier["evidence"]?.array)
            #expect(evidence.count == 1 && evidence[0]["mediaType"]?.text == "text/plain")
            let digest = try #require(evidence[0]["digest"]?.text)
            let shown = try await console.get("/cases/\(Address.encoded(id))/files/\(digest)", as: .officer)
            #expect(shown.status == 200 && shown.text == "现场记录")
            #expect(shown.headers.first(name: "content-type") == "text/plain")
        }
    }
}
