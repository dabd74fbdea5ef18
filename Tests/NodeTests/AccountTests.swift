import Divisions
import Foundation
import Ledger
import Testing

@testable import Node

/// The file of accounts, and what is kept of a password.
struct AccountTests {
    private let weak = ScryptCost(rounds: 16, blockSize: 1, parallelism: 1)

    private func withFile(_ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "accounts-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body("\(directory)/accounts.json")
    }

    private func account(_ certificate: String, password: String = "a long password") -> Account {
        Account(
            certificate: certificate, name: "陈警官", role: .responsible, division: "440781", body: "440781-01",
            author: TestAPI.author, password: PasswordHash(password, cost: weak), now: 7)
    }

    @Test func `scrypt gives what RFC 7914 says`() throws {
        let cost = ScryptCost(rounds: 1_024, blockSize: 8, parallelism: 16)
        let hash = try #require(
            bytes(hexadecimal: "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"))
        let known = PasswordHash(cost: cost, salt: Array("NaCl".utf8), hash: hash)
        #expect(known.matches("password"))
        #expect(!known.matches("Password"))
    }

    @Test func `a password is known again however it is typed, and each has a salt of its own`() {
        let hash = PasswordHash("Zoe\u{308} 的密码很长", cost: weak)
        #expect(hash.matches("Zo\u{EB} 的密码很长"))
        #expect(!hash.matches("Zoe 的密码很长"))
        #expect(PasswordHash("same password", cost: weak).salt != PasswordHash("same password", cost: weak).salt)
        #expect(!PasswordHash.decoy(weak).matches("anything at all"))
    }

    @Test(arguments: [
        ("short", "10"), ("123456789", "10"), ("gd-00012345", "certificate"), ("aaaaaaaaaaaa", "different"),
        ("a long\npassword", "control"), (String(repeating: "密码口令", count: 30), "256"), ("the old password", "old"),
    ])
    func `a password that is too easy is refused with the reason`(password: String, word: String) throws {
        let fault = try #require(
            PasswordRules.fault(of: password, for: "GD-00012345", instead: "the old password"))
        #expect(fault.contains(word))
    }

    @Test func `a drawn password follows the rules and is another each time`() {
        var chance = SystemRandomNumberGenerator()
        let drawn = (0..<50).map { _ in PasswordRules.draw(using: &chance) }
        #expect(Set(drawn).count == 50)
        #expect(drawn.allSatisfy { PasswordRules.fault(of: $0, for: "GD-0001") == nil && $0.count == 19 })
    }

    @Test func `an account comes back from the file as it was, and no password is in it`() throws {
        try withFile { path in
            let (node, command) = (Accounts(path: path), Accounts(path: path))
            #expect(try node.all().isEmpty)
            let made = account("GD-0002")
            #expect(try command.add(made))
            #expect(try !command.add(made))
            #expect(try node.account("GD-0002") == made)
            #expect(try node.account("GD-0001") == nil)
            #expect(try command.add(account("GD-0001")))
            #expect(try node.all().map(\.certificate) == ["GD-0001", "GD-0002"])
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(!text.contains("a long password"))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func `a change is of the file as it is now, and of nobody where nobody is`() throws {
        try withFile { path in
            let (node, command) = (Accounts(path: path), Accounts(path: path))
            _ = try node.add(account("GD-0001"))
            _ = try command.change("GD-0001") { $0.isDisabled = true }
            let changed = try node.change("GD-0001") { $0.name = "陈科长" }
            #expect(changed?.isDisabled == true && changed?.name == "陈科长")
            #expect(try command.account("GD-0001") == changed)
            let nobody = try node.change("GD-0009") { $0.isDisabled = true }
            #expect(nobody == nil)
            #expect(throws: AccessFault.self) { try node.change("GD-0001") { $0.name = "" } }
            #expect(throws: AccessFault.self) { try node.add(account("with space")) }
            #expect(throws: AccessFault.self) { try node.change("GD-0001") { $0.fingerprints = ["ff"] } }
            #expect(try node.account("GD-0001") == changed)
        }
    }

    @Test func `a damaged file is named and never a reason to crash`() throws {
        try withFile { path in
            let accounts = Accounts(path: path)
            _ = try accounts.add(account("GD-0001"))
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let damages = [
                ("\"rounds\" : 16", "\"rounds\" : 15"), ("\"rounds\" : 16", "\"rounds\" : 1073741824"),
                ("\"salt\" : \"", "\"salt\" : \"00"), ("\"division\" : \"440781\"", "\"division\" : \"x y\""),
                ("\"role\" : \"responsible\"", "\"role\" : \"emperor\""), ("{", "["),
            ]
            for (from, to) in damages {
                let damaged = text.replacing(from, with: to, maxReplacements: 1)
                #expect(damaged != text, "\(from)")
                try Data(damaged.utf8).write(to: URL(fileURLWithPath: path))
                let fault = #expect(throws: AccessFault.self, "\(from)") { try Accounts(path: path).all() }
                #expect(fault?.file == path)
            }
        }
    }
}
