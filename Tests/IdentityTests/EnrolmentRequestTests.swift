import Crypto
import Divisions
import Foundation
import SwiftASN1
import Testing
import X509

@testable import Identity

/// What dishonest joiners send.
struct EnrolmentRequestTests {
    /// Hands out a fresh token of the province for city 4401 and the province's issuer, and checks afterwards that
    /// the refusals left the token unused.
    private func withToken(
        mayIssue: Bool = false, _ body: (Offices, Issuer, EnrolmentToken) throws -> Void
    ) throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            let token = try offices.token("4401", from: "44", mayIssue: mayIssue)
            try body(
                offices, Issuer.load(directory: offices.directory("44")), try #require(EnrolmentToken(token)))
            _ = try Enrolment.join(
                directory: "\(path)/honest", token: token, name: "甲", issuerDirectory: offices.directory("44"),
                now: today, tree: offices.tree)
        }
    }

    private func signingRequest(
        _ code: DivisionCode, role: CertificateSubject.Role = .node,
        key: P256.Signing.PrivateKey = P256.Signing.PrivateKey(), signer: P256.Signing.PrivateKey? = nil
    ) throws -> String {
        let subject = try CertificateSubject(role: role, division: code, name: "甲").distinguishedName
        let attributes = CertificateSigningRequest.Attributes()
        let honest = try CertificateSigningRequest(
            version: .v1, subject: subject, privateKey: .init(signer ?? key), attributes: attributes,
            signatureAlgorithm: .ecdsaWithSHA256)
        return try CertificateSigningRequest(
            version: .v1, subject: subject, publicKey: .init(key.publicKey), attributes: attributes,
            signatureAlgorithm: .ecdsaWithSHA256, signature: honest.signature
        ).serializeAsPEM().pemString
    }

    @Test func `a request for another division than the token's is refused`() throws {
        try withToken { offices, issuer, token in
            let request = EnrolmentRequest(
                token: token.text, nodeRequest: try signingRequest("4403"), issuerRequest: nil)
            #expect(throws: EnrolmentRefusal.otherDivision(token: "4401", request: "4403")) {
                try issuer.redeem(request, at: today, tree: offices.tree)
            }
        }
    }

    @Test func `a token rewritten for another division or for more rights is refused`() throws {
        try withToken { offices, issuer, token in
            let elsewhere = EnrolmentToken(
                division: "4403", mayIssue: false, rootFingerprint: token.rootFingerprint, secret: token.secret)
            let stronger = EnrolmentToken(
                division: "4401", mayIssue: true, rootFingerprint: token.rootFingerprint, secret: token.secret)
            for forged in [elsewhere, stronger] {
                let joiner = try Joiner(directory: offices.directory("new"), token: forged.text, name: "甲")
                #expect(throws: EnrolmentRefusal.tokenAltered) {
                    try issuer.redeem(joiner.request, at: today, tree: offices.tree)
                }
            }
        }
    }

    @Test func `a request signed by another key than its own is refused`() throws {
        try withToken { offices, issuer, token in
            let request = EnrolmentRequest(
                token: token.text, nodeRequest: try signingRequest("4401", signer: P256.Signing.PrivateKey()),
                issuerRequest: nil)
            #expect(throws: EnrolmentRefusal.requestSignature) {
                try issuer.redeem(request, at: today, tree: offices.tree)
            }
        }
    }

    @Test func `a request that cannot be read is refused`() throws {
        try withToken { offices, issuer, token in
            let honest = try signingRequest("4401")
            let texts = [
                "", "封", String(honest.dropLast(40)), honest + honest, try signingRequest("4401", role: .issuer),
                honest + String(repeating: "\n", count: IdentityLimits.requestCharactersMax),
            ]
            for text in texts {
                let request = EnrolmentRequest(token: token.text, nodeRequest: text, issuerRequest: nil)
                #expect(throws: EnrolmentRefusal.requestMalformed) {
                    try issuer.redeem(request, at: today, tree: offices.tree)
                }
            }
            let request = EnrolmentRequest(
                token: String(token.text.dropLast()), nodeRequest: honest, issuerRequest: nil)
            #expect(throws: EnrolmentRefusal.tokenMalformed) {
                try issuer.redeem(request, at: today, tree: offices.tree)
            }
        }
    }

    @Test(arguments: [true, false])
    func `an issuer's key comes exactly where the token promises one`(mayIssue: Bool) throws {
        try withToken(mayIssue: mayIssue) { offices, issuer, token in
            let request = EnrolmentRequest(
                token: token.text, nodeRequest: try signingRequest("4401"),
                issuerRequest: mayIssue ? nil : try signingRequest("4401", role: .issuer))
            #expect(throws: EnrolmentRefusal.issuerRequest(expected: mayIssue)) {
                try issuer.redeem(request, at: today, tree: offices.tree)
            }
        }
    }

    @Test func `one key may not both seal and issue`() throws {
        try withToken(mayIssue: true) { offices, issuer, token in
            let key = P256.Signing.PrivateKey()
            let request = EnrolmentRequest(
                token: token.text, nodeRequest: try signingRequest("4401", key: key),
                issuerRequest: try signingRequest("4401", role: .issuer, key: key))
            #expect(throws: EnrolmentRefusal.keysNotSeparate) {
                try issuer.redeem(request, at: today, tree: offices.tree)
            }
        }
    }

    @Test func `requests, answers and refusals travel as JSON`() throws {
        try withToken(mayIssue: true) { offices, issuer, _ in
            func travelled<Value: Codable>(_ value: Value) throws -> Value {
                try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
            }
            let token = try offices.token("4403", from: "44", mayIssue: true)
            let joiner = try Joiner(directory: offices.directory("4403"), token: token, name: "深圳市")
            let request = try travelled(joiner.request)
            #expect(request == joiner.request)
            let answer = try travelled(issuer.redeem(request, at: today, tree: offices.tree))
            let identity = try joiner.accept(answer, now: today, tree: offices.tree)
            #expect(identity.division == "4403")
            #expect(identity.name == "深圳市")
            for refusal: EnrolmentRefusal in [
                .tokenUsed(at: today), .outsideIssuer("4403", issuer: "4401"), .issuersTooDeep,
                .issuerRequest(expected: true), .issuerFailed("its tokens.json is not there"),
            ] {
                #expect(try travelled(refusal) == refusal)
            }
        }
    }
}
