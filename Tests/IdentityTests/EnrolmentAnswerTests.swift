import Crypto
import Divisions
import Foundation
import SwiftASN1
import Testing
import X509

@testable import Identity

/// What dishonest issuers answer.
struct EnrolmentAnswerTests {
    private func failure(_ change: (Offices, Issuer, Joiner, EnrolmentAnswer) throws -> EnrolmentAnswer) throws
        -> EnrolmentFailure?
    {
        try withScratch { path in
            let offices = try Offices(in: path)
            let issuer = try Issuer.load(directory: offices.directory("44"))
            let token = try offices.token("4401", from: "44", mayIssue: true)
            let joiner = try Joiner(directory: offices.directory("4401"), token: token, name: "甲")
            let honest = try issuer.redeem(joiner.request, at: today, tree: offices.tree)
            let answer = try change(offices, issuer, joiner, honest)
            defer {
                let isWritten = FileManager.default.fileExists(atPath: offices.directory("4401"))
                #expect(isWritten == (answer == honest))
            }
            do throws(EnrolmentFailure) {
                _ = try joiner.accept(answer, now: today, tree: offices.tree)
                return nil
            } catch {
                return error
            }
        }
    }

    @Test func `an honest answer is accepted`() throws {
        #expect(try failure { _, _, _, honest in honest } == nil)
    }

    @Test func `an answer with another root is refused`() throws {
        let failure = try failure { offices, _, _, honest in
            let stranger = try Offices(in: "\(offices.path)/stranger")
            let root = try NodeIdentity.load(directory: stranger.directory("44")).rootPEM
            return EnrolmentAnswer(root: root, nodeChain: honest.nodeChain, issuerChain: honest.issuerChain)
        }
        #expect(failure == .answer(.otherRoot))
        for text in ["", "根", String(repeating: "-", count: 1_000_000)] {
            let failure = try self.failure { _, _, _, honest in
                EnrolmentAnswer(root: text, nodeChain: honest.nodeChain, issuerChain: honest.issuerChain)
            }
            #expect(failure == .answer(.otherRoot))
        }
    }

    @Test func `an answer for another's key is refused`() throws {
        let failure = try failure { offices, issuer, _, _ in
            let token = try offices.token("4401", from: "44", mayIssue: true)
            let other = try Joiner(directory: offices.directory("other"), token: token, name: "乙")
            return try issuer.redeem(other.request, at: today, tree: offices.tree)
        }
        #expect(failure == .answer(.chain(ChainFault(.certificate(0), .otherKey))))
    }

    @Test func `an answer without certificates, or with an issuer's too few, is refused`() throws {
        let empty = try failure { _, _, _, honest in
            EnrolmentAnswer(root: honest.root, nodeChain: "", issuerChain: honest.issuerChain)
        }
        #expect(empty == .answer(.chain(ChainFault(.chain, .empty))))
        let poor = try failure { _, _, _, honest in
            EnrolmentAnswer(root: honest.root, nodeChain: honest.nodeChain, issuerChain: nil)
        }
        #expect(poor == .answer(.issuerChain(expected: true)))
        let swapped = try failure { _, _, _, honest in
            EnrolmentAnswer(root: honest.root, nodeChain: honest.nodeChain, issuerChain: honest.nodeChain)
        }
        #expect(swapped == .answer(.chain(ChainFault(.certificate(0), .notAnIssuer))))
    }

    @Test func `a genuine certificate for another division is refused`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            let issuer = try Issuer.load(directory: offices.directory("44"))
            let joiner = try Joiner(
                directory: offices.directory("4401"), token: try offices.token("4401", from: "44"), name: "甲")
            let honest = try issuer.redeem(joiner.request, at: today, tree: offices.tree)
            let leaf = try #require(PEM.certificates(honest.nodeChain)?.first)
            let publicKey = try #require(P256.Signing.PublicKey(try Certificate(derEncoded: leaf).publicKey))
            let files = IdentityDirectory(path: offices.directory("44"))
            let root = try ChainVerifier.readRoot(try files.readRoot())
            let credential = IssuerCredential(key: try files.readKey(files.issuerKeyFile), certificate: root, chain: [])
            let subject = CertificateSubject(role: .node, division: "4403", name: "甲")
            let other = try CertificateMaker(now: today, lifetimes: .standard).issue(subject, publicKey, by: credential)
            let answer = EnrolmentAnswer(
                root: honest.root, nodeChain: PEM.text([try other.derBytes]), issuerChain: nil)
            #expect(throws: EnrolmentFailure.answer(.otherDivision("4403"))) {
                try joiner.accept(answer, now: today, tree: offices.tree)
            }
        }
    }

    @Test func `a certificate that is not valid on the joiner's day is refused`() throws {
        try withScratch { path in
            let offices = try Offices(in: path)
            let issuer = try Issuer.load(directory: offices.directory("44"))
            let joiner = try Joiner(
                directory: offices.directory("4401"), token: try offices.token("4401", from: "44"), name: "甲")
            var brief = CertificateLifetimes.standard
            brief.nodeSeconds = 10
            let answer = try issuer.redeem(joiner.request, at: today, tree: offices.tree, lifetimes: brief)
            for late in [today + 11, today - 3_601] {
                #expect(throws: EnrolmentFailure.answer(.notValidNow)) {
                    try joiner.accept(answer, now: late, tree: offices.tree)
                }
            }
        }
    }
}
