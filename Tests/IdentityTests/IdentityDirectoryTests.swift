import Divisions
import Foundation
import Testing

@testable import Identity

struct IdentityDirectoryTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? NSNumber).intValue
    }

    private func write(_ text: String, _ path: String) throws {
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    private func loadFault(_ directory: String) -> IdentityFault? {
        do throws(IdentityFault) {
            if try NodeIdentity.load(directory: directory).mayIssue { _ = try Issuer.load(directory: directory) }
            _ = try Enrolment.show(directory: directory, now: today)
            return nil
        } catch {
            return error
        }
    }

    @Test func `secrets are readable by their owner only`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            try offices.join("4401", from: "44", mayIssue: true)
            _ = try offices.token("440103", from: "4401")
            for code: DivisionCode in ["44", "4401"] {
                let directory = offices.directory(code)
                #expect(try mode(directory) == 0o700)
                for file in ["key.pem", "issuer.key", "tokens.json"] {
                    #expect(try mode("\(directory)/\(file)") == 0o600, "\(file)")
                }
            }
        }
    }

    @Test(arguments: ["key.pem", "issuer.key", "tokens.json"])
    func `a secret that others may read is refused with its mode`(file: String) throws {
        try withScratch { path in
            let directory = try Offices(in: path).directory("44")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o640], ofItemAtPath: "\(directory)/\(file)")
            let fault = try #require(loadFault(directory))
            #expect(fault.problem == .open)
            #expect(fault.file == "\(directory)/\(file)")
            #expect(fault.what.contains("0640"))
            #expect(fault.remedy.contains("chmod 600"))
        }
    }

    @Test(arguments: ["root.pem", "chain.pem", "key.pem", "issuer.pem", "issuer.key", "tokens.json"])
    func `a broken, empty or missing file is named`(file: String) throws {
        try withScratch { path in
            let directory = try Offices(in: path).directory("44")
            let whole = try String(contentsOfFile: "\(directory)/\(file)", encoding: .utf8)
            #expect(loadFault(directory) == nil)
            let garbled = whole.replacing("A", with: "!").replacing(":", with: "!")
            for text in ["", "垃圾", "{}", String(whole.dropLast(30)), garbled] {
                try write(text, "\(directory)/\(file)")
                let fault = try #require(loadFault(directory), "\(file) as \(text)")
                #expect(fault.problem == .malformed)
                #expect(fault.file == "\(directory)/\(file)")
                #expect("\(fault)".hasPrefix("\(directory)/\(file): "))
                #expect(!fault.remedy.isEmpty)
            }
            try FileManager.default.removeItem(atPath: "\(directory)/\(file)")
            let fault = try #require(loadFault(directory))
            #expect(fault.problem == .missing)
            #expect(fault.file == "\(directory)/\(file)")
        }
    }

    @Test func `files of two identities do not pass for one`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            try offices.join("4401", from: "44", mayIssue: true)
            let stranger = try Offices(in: "\(path)/stranger")
            try stranger.join("4401", from: "44", mayIssue: true)
            for (file, named) in [
                ("key.pem", "key.pem"), ("chain.pem", "key.pem"), ("root.pem", "chain.pem"),
                ("issuer.key", "issuer.key"), ("issuer.pem", "issuer.key"),
            ] {
                let (own, other) = ("\(offices.directory("4401"))/\(file)", "\(stranger.directory("4401"))/\(file)")
                let before = try String(contentsOfFile: own, encoding: .utf8)
                try write(try String(contentsOfFile: other, encoding: .utf8), own)
                let fault = try #require(loadFault(offices.directory("4401")), "\(file)")
                #expect(fault.problem == .mismatched)
                #expect(fault.file == "\(offices.directory("4401"))/\(named)")
                try write(before, own)
                #expect(loadFault(offices.directory("4401")) == nil)
            }
        }
    }

    @Test func `the province's issuer must hold the root's key`() throws {
        try withScratch { path in
            let directory = try Offices(in: path).directory("44")
            try write(try String(contentsOfFile: "\(directory)/key.pem", encoding: .utf8), "\(directory)/issuer.key")
            let fault = try #require(loadFault(directory))
            #expect(fault.problem == .mismatched)
            #expect(fault.file == "\(directory)/issuer.key")
        }
    }

    @Test func `a token store of a newer program is refused`() throws {
        try withScratch { path in
            let directory = try Offices(in: path).directory("44")
            try write(#"{"format": 2, "tickets": []}"#, "\(directory)/tokens.json")
            let fault = try #require(loadFault(directory))
            #expect(fault.file == "\(directory)/tokens.json")
            #expect(fault.what.contains("format 2"))
        }
    }

    @Test func `the token store holds no secret`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            let token = try #require(EnrolmentToken(try offices.token("4401", from: "44")))
            let stored = try String(contentsOfFile: offices.directory("44") + "/tokens.json", encoding: .utf8)
            #expect(stored.contains(token.secretHash))
            #expect(!stored.contains(token.text))
            #expect(!stored.contains(hexadecimal(token.secret)))
            #expect(!stored.contains(Data(token.secret).base64EncodedString().replacing("=", with: "")))
        }
    }

    @Test func `an identity is never overwritten`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            let (province, key) = (offices.directory("44"), offices.directory("44") + "/key.pem")
            let before = try String(contentsOfFile: key, encoding: .utf8)
            let fault = #expect(throws: IdentityFault.self) {
                try Enrolment.initialise(directory: province, division: "44", name: "广东省", now: today)
            }
            #expect(fault?.problem == .occupied)
            #expect(fault?.file == province)
            let token = try offices.token("4401", from: "44")
            #expect(throws: EnrolmentFailure.identity(try #require(fault))) {
                try Enrolment.join(
                    directory: province, token: token, name: "甲", issuerDirectory: province, now: today,
                    tree: offices.tree)
            }
            #expect(try String(contentsOfFile: key, encoding: .utf8) == before)
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["44"])
        }
    }

    @Test func `an empty directory is filled and a deep one is made`() throws {
        try withScratch { path in
            for directory in ["\(path)/empty", "\(path)/a/b/c/"] {
                if directory.hasSuffix("empty") {
                    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
                }
                let made = try Enrolment.initialise(directory: directory, division: "44", name: "省", now: today)
                #expect(try NodeIdentity.load(directory: directory).publicKey == made.publicKey)
            }
        }
    }

    @Test(arguments: ["", "行\n行", String(repeating: "长", count: 41)])
    func `a name that no certificate can carry is refused`(name: String) throws {
        try withScratch { path in
            let fault = #expect(throws: IdentityFault.self) {
                try Enrolment.initialise(directory: "\(path)/44", division: "44", name: name, now: today)
            }
            #expect(fault?.problem == .argument)
            #expect(fault?.file == "name")
            #expect(!FileManager.default.fileExists(atPath: "\(path)/44"))
        }
    }

    @Test func `a crash between the two halves of a write leaves the old tokens in force`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            let token = try offices.token("4401", from: "44")
            let unfinished = offices.directory("44") + "/tokens.json.new"
            try Data("{\"form".utf8).write(to: URL(filePath: unfinished))
            _ = try Enrolment.join(
                directory: offices.directory("4401"), token: token, name: "甲",
                issuerDirectory: offices.directory("44"), now: today, tree: offices.tree)
            #expect(!FileManager.default.fileExists(atPath: unfinished))
            #expect(try Enrolment.show(directory: offices.directory("44"), now: today).tokens?.used == 1)
        }
    }

    @Test func `an issuer whose store is gone refuses without telling where it was`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            let issuer = try Issuer.load(directory: offices.directory("44"))
            let joiner = try Joiner(
                directory: "\(path)/new", token: try offices.token("4401", from: "44"), name: "甲")
            try FileManager.default.removeItem(atPath: offices.directory("44") + "/tokens.json")
            #expect(throws: EnrolmentRefusal.issuerFailed("its tokens.json is not there")) {
                try issuer.redeem(joiner.request, at: today, tree: offices.tree)
            }
        }
    }
}

struct IdentitySummaryTests {
    @Test func `a summary tells who issued what until when`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            let identities = try offices.joinAllLevels()
            _ = try offices.token("440103001", from: "440103")
            let county = try Enrolment.show(directory: offices.directory("440103"), now: today + 0.5 * day)
            #expect(county.division == "440103")
            #expect(county.issuers.map(\.division) == ["4401", "44"])
            #expect(county.mayIssueFor == "440103")
            #expect(county.tokens.map { [$0.open, $0.used, $0.expired] } == [0, 1, 1])
            #expect(county.daysLeft == 3 * 366 - 1)
            #expect(county.rootFingerprint == hexadecimal(fingerprint(ofDER: identities[0].rootDER)))
            let encoded = try JSONEncoder().encode(county)
            #expect(try JSONDecoder().decode(IdentitySummary.self, from: encoded) == county)

            let township = try Enrolment.show(directory: offices.directory("440103001"), now: today)
            #expect(township.issuers.map(\.division) == ["440103", "4401", "44"])
            #expect(township.issuers.map(\.name) == ["区划440103", "区划4401", "广东省"])
            #expect(township.mayIssueFor == nil)
            #expect(township.tokens == nil)
            #expect(township.lines.contains { $0.contains("440103 区划440103 ← 4401 区划4401 ← 44 广东省") })
            #expect(township.lines.contains { $0.contains("1098 天") })
        }
    }

    @Test func `an expired identity is still shown`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            let summary = try Enrolment.show(directory: offices.directory("44"), now: today + 1_100 * day)
            #expect(summary.daysLeft == -2)
            #expect(summary.lines.contains { $0.contains("已过期") })
        }
    }
}
