import Divisions
import Foundation
import Ledger
import Testing

@testable import Node

struct APITokenTests {
    private func withFile(_ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "tokens-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body("\(directory)/tokens.json")
    }

    private func holder(_ label: String, _ role: Role = .officer) -> TokenHolder {
        TokenHolder(label: label, role: role, author: TestAPI.author, division: "440781", body: "440781-01")
    }

    @Test func `a token stands for whom it was made, and the file does not hold it`() throws {
        try withFile { path in
            let tokens = APITokens(path: path)
            let text = try tokens.create(holder("一"), now: 5)
            #expect(try tokens.holder(of: text) == holder("一"))
            #expect(try tokens.holder(of: text + "x") == nil)
            #expect(try tokens.holder(of: "") == nil)
            let content = try String(contentsOfFile: path, encoding: .utf8)
            #expect(!content.contains(text.dropFirst(APITokens.prefix.count)))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func `a running node takes up and drops tokens as the file changes`() throws {
        try withFile { path in
            let (node, command) = (APITokens(path: path), APITokens(path: path))
            let first = try command.create(holder("一"), now: 0)
            #expect(try node.holder(of: first) != nil)
            let second = try command.create(holder("二", .supervisor), now: 0)
            #expect(try node.holder(of: second)?.role == .supervisor)
            #expect(try node.holders().map(\.label) == ["一", "二"])
            #expect(try command.revoke(label: "一"))
            #expect(try !command.revoke(label: "一"))
            #expect(try node.holder(of: first) == nil)
            #expect(try node.holder(of: second) != nil)
            let renewed = try command.create(holder("二"), now: 0)
            #expect(try node.holder(of: second) == nil)
            #expect(try node.holder(of: renewed) != nil)
        }
    }

    @Test func `no file means no tokens, and a broken one is named`() throws {
        try withFile { path in
            let tokens = APITokens(path: path)
            #expect(try tokens.holder(of: "x") == nil)
            try Data("{".utf8).write(to: URL(fileURLWithPath: path))
            let fault = #expect(throws: AccessFault.self) { try tokens.holder(of: "x") }
            #expect(fault?.file == path)
            #expect(throws: AccessFault.self) { try tokens.create(holder("一"), now: 0) }
        }
    }

    @Test func `a label or body that is too long is refused`() throws {
        try withFile { path in
            let tokens = APITokens(path: path)
            #expect(throws: AccessFault.self) { try tokens.create(holder(""), now: 0) }
            #expect(throws: AccessFault.self) {
                try tokens.create(holder(String(repeating: "一", count: 100)), now: 0)
            }
            let long = TokenHolder(
                label: "一", role: .officer, author: nil, division: "44", body: String(repeating: "1", count: 65))
            #expect(throws: AccessFault.self) { try tokens.create(long, now: 0) }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }
}
