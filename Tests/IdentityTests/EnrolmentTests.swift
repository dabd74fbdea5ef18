import Crypto
import Divisions
import Foundation
import Testing

@testable import Identity

struct EnrolmentTests {
    @Test func `province, city, county and township enrol each other and know each other`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            let identities = try offices.joinAllLevels()
            #expect(identities.map(\.division) == ["44", "4401", "440103", "440103001"])
            #expect(identities.map(\.certificateChain.count) == [1, 1, 2, 3])
            #expect(identities.map(\.mayIssue) == [true, true, true, false])
            for identity in identities {
                #expect(identity.rootDER == identities[0].rootDER)
                let verifier = try ChainVerifier(rootDER: identity.rootDER, tree: offices.tree)
                for other in identities {
                    #expect(
                        verifier.division(chain: other.certificateChain, publicKey: other.publicKey)
                            == .success(other.division))
                }
            }
        }
    }

    @Test func `an identity is the same after it is loaded again`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            let joined = try offices.join("4401", from: "44")
            let loaded = try NodeIdentity.load(directory: offices.directory("4401"))
            #expect(loaded.certificateChain == joined.certificateChain)
            #expect(loaded.publicKey == joined.publicKey)
            #expect(loaded.name == "区划4401")
            let seal = try loaded.sealingKey.signature(for: Data("封印".utf8))
            #expect(joined.sealingKey.publicKey.isValidSignature(seal, for: Data("封印".utf8)))
            #expect(PEM.certificates(loaded.chainPEM) == joined.certificateChain)
            #expect(PEM.certificates(loaded.rootPEM) == [joined.rootDER])
            #expect(loaded.keyPEM.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        }
    }

    @Test func `a token admits one joiner only`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            let token = try offices.token("4401", from: "44")
            func join(_ directory: String) throws -> NodeIdentity {
                try Enrolment.join(
                    directory: directory, token: token, name: "甲", issuerDirectory: offices.directory("44"),
                    now: today, tree: offices.tree)
            }
            _ = try join("\(path)/first")
            #expect(throws: EnrolmentFailure.refused(.tokenUsed(at: today))) { try join("\(path)/second") }
            #expect(!FileManager.default.fileExists(atPath: "\(path)/second"))
        }
    }

    @Test func `many who present one token at once get one certificate`() async throws {
        let path = scratchPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let offices = try Offices(in: path)
        let token = try offices.token("4401", from: "44")
        let issuer = try Issuer.load(directory: offices.directory("44"))
        let joiners = try (0..<8).map { try Joiner(directory: "\(path)/\($0)", token: token, name: "甲") }
        let outcomes = await withTaskGroup(of: EnrolmentRefusal?.self) { group in
            for joiner in joiners {
                group.addTask {
                    do throws(EnrolmentRefusal) {
                        _ = try issuer.redeem(joiner.request, at: today, tree: offices.tree)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == nil }.count == 1)
        #expect(outcomes.filter { $0 == .tokenUsed(at: today) }.count == 7)
    }

    @Test func `an expired token is refused`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            let token = try offices.token("4401", from: "44")
            #expect(throws: EnrolmentFailure.refused(.tokenExpired(at: today + 3_600))) {
                try Enrolment.join(
                    directory: offices.directory("4401"), token: token, name: "甲",
                    issuerDirectory: offices.directory("44"), now: today + 3_600, tree: offices.tree)
            }
        }
    }

    @Test func `a token counts only at the issuer that made it`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            try offices.join("4401", from: "44", mayIssue: true)
            let ofProvince = try Joiner(
                directory: "\(path)/new", token: try offices.token("440103", from: "44"), name: "甲")
            let city = try Issuer.load(directory: offices.directory("4401"))
            #expect(throws: EnrolmentRefusal.tokenUnknown) {
                try city.redeem(ofProvince.request, at: today, tree: offices.tree)
            }
            let elsewhere = try Offices(in: "\(path)/elsewhere")
            let stranger = try Issuer.load(directory: elsewhere.directory("44"))
            #expect(throws: EnrolmentRefusal.otherRoot) {
                try stranger.redeem(ofProvince.request, at: today, tree: offices.tree)
            }
        }
    }

    @Test func `an issuer makes tokens for its own division and those below, nowhere else`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            try offices.join("4401", from: "44", mayIssue: true)
            for code: DivisionCode in ["4401", "440103", "440103001"] {
                #expect(EnrolmentToken(try offices.token(code, from: "4401"))?.division == code)
            }
            for code: DivisionCode in ["44", "4403", "440199"] {
                #expect(throws: EnrolmentFailure.refused(.outsideIssuer(code, issuer: "4401"))) {
                    try offices.token(code, from: "4401")
                }
            }
        }
    }

    @Test func `only cities and counties become issuers`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            for code: DivisionCode in ["44", "440103001"] {
                #expect(throws: EnrolmentFailure.refused(.levelMayNotIssue(code))) {
                    try offices.token(code, from: "44", mayIssue: true)
                }
            }
            #expect(EnrolmentToken(try offices.token("4401", from: "44", mayIssue: true))?.mayIssue == true)
            #expect(EnrolmentToken(try offices.token("440103", from: "44", mayIssue: true))?.mayIssue == true)
        }
    }

    @Test func `issuers below issuers end where no chain could carry them`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            var above = offices.directory("44")
            for number in 1...IdentityLimits.issuersBelowRootMax {
                let token = try Enrolment.token(
                    directory: above, division: "4401", mayIssue: true, validSeconds: 60, now: today,
                    tree: offices.tree)
                let directory = "\(path)/issuer-\(number)"
                _ = try Enrolment.join(
                    directory: directory, token: token.text, name: "甲", issuerDirectory: above, now: today,
                    tree: offices.tree)
                above = directory
            }
            let deepest = above
            #expect(throws: EnrolmentFailure.refused(.issuersTooDeep)) {
                try Enrolment.token(
                    directory: deepest, division: "4401", mayIssue: true, validSeconds: 60, now: today,
                    tree: offices.tree)
            }
            let token = try Enrolment.token(
                directory: deepest, division: "440103", mayIssue: false, validSeconds: 60, now: today,
                tree: offices.tree)
            let node = try Enrolment.join(
                directory: "\(path)/node", token: token.text, name: "甲", issuerDirectory: deepest, now: today,
                tree: offices.tree)
            #expect(node.certificateChain.count == IdentityLimits.chainCertificatesMax)
        }
    }

    @Test func `a node that is no issuer makes no token`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            try offices.join("4401", from: "44")
            let failure = #expect(throws: EnrolmentFailure.self) { try offices.token("440103", from: "4401") }
            guard case .identity(let fault) = failure else { return #expect(Bool(false), "\(failure as Any)") }
            #expect(fault.problem == .missing)
            #expect(fault.file == offices.directory("4401") + "/issuer.pem")
        }
    }

    @Test func `an issuer whose own certificate has ended gives none`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            try offices.join("4401", from: "44", mayIssue: true)
            let end = today.addingTimeInterval(TimeInterval(CertificateLifetimes.standard.issuerSeconds))
            #expect(throws: EnrolmentFailure.refused(.issuerExpired(at: end))) {
                try Enrolment.token(
                    directory: offices.directory("4401"), division: "440103", mayIssue: false, validSeconds: 60,
                    now: end + 1, tree: offices.tree)
            }
        }
    }

    @Test func `neither a request nor an identity shows its secret in a log`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            let token = try offices.token("4401", from: "44")
            let joiner = try Joiner(directory: "\(path)/new", token: token, name: "甲")
            let identity = try NodeIdentity.load(directory: offices.directory("44"))
            for shown in ["\(joiner)", String(reflecting: joiner.request), String(reflecting: joiner.token)] {
                #expect(!shown.contains(token))
            }
            #expect(String(reflecting: identity) == "identity of division 44, 1 certificates")
        }
    }
}
