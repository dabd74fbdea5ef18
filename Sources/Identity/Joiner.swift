import Crypto
package import Divisions
package import Foundation
import SwiftASN1
import X509

/// A joiner between its request and the issuer's answer. Its keys exist in memory only until the answer is accepted.
package struct Joiner: Sendable {
    /// What to send to the issuer that made the token.
    package let request: EnrolmentRequest
    /// What the token promises: the division, and the root by which to know the issuer.
    package let token: EnrolmentToken
    private let directory: String
    private let key: P256.Signing.PrivateKey
    private let issuerKey: P256.Signing.PrivateKey?

    /// Makes the keys and the request. Nothing is written yet.
    package init(directory: String, token text: String, name: String) throws(EnrolmentFailure) {
        guard let token = EnrolmentToken(text) else { throw .refused(.tokenMalformed) }
        do throws(IdentityFault) {
            try Enrolment.check(name: name)
            try IdentityFiles.checkFree(directory)
        } catch {
            throw .identity(error)
        }
        self.directory = directory
        self.token = token
        self.key = P256.Signing.PrivateKey()
        self.issuerKey = token.mayIssue ? P256.Signing.PrivateKey() : nil
        do {
            self.request = EnrolmentRequest(
                token: token.text,
                nodeRequest: try Self.signingRequest(
                    CertificateSubject(role: .node, division: token.division, name: name), key),
                issuerRequest: try issuerKey.map {
                    try Self.signingRequest(
                        CertificateSubject(role: .issuer, division: token.division, name: name), $0)
                })
        } catch {
            throw .identity(
                IdentityFault(
                    problem: .argument, file: "name", what: "no signing request could be made with it",
                    remedy: "give another name"))
        }
    }

    /// Checks the answer against the token, the tree and this joiner's own keys, and writes the identity directory.
    package func accept(
        _ answer: EnrolmentAnswer, now: Date, tree: DivisionTree
    ) throws(EnrolmentFailure) -> NodeIdentity {
        let accepted: Accepted
        do throws(AnswerFault) { accepted = try judge(answer, now: now, tree: tree) } catch { throw .answer(error) }
        do throws(IdentityFault) {
            var issuer: (chain: String, key: P256.Signing.PrivateKey)?
            if let chain = accepted.issuerChain, let issuerKey { issuer = (PEM.text(chain), issuerKey) }
            try IdentityDirectory(path: directory).create(
                root: PEM.text([accepted.root]), chain: PEM.text(accepted.chain), key: key, issuer: issuer)
            return try NodeIdentity.load(directory: directory)
        } catch {
            throw .identity(error)
        }
    }

    /// An answer that keeps what the token promised, in DER.
    private struct Accepted {
        let root: [UInt8]
        let chain: [[UInt8]]
        let issuerChain: [[UInt8]]?
    }

    private func judge(_ answer: EnrolmentAnswer, now: Date, tree: DivisionTree) throws(AnswerFault) -> Accepted {
        guard let roots = Self.certificates(answer.root), roots.count == 1,
            fingerprint(ofDER: roots[0]) == token.rootFingerprint
        else { throw .otherRoot }
        guard (answer.issuerChain != nil) == token.mayIssue else { throw .issuerChain(expected: token.mayIssue) }
        let chain = Self.certificates(answer.nodeChain) ?? []
        let issuerChain = answer.issuerChain.map { Self.certificates($0) ?? [] }
        let verifier: ChainVerifier
        var divisions: [DivisionCode] = []
        do throws(ChainFault) {
            verifier = try ChainVerifier(rootDER: roots[0], tree: tree)
            divisions.append(try verifier.division(chain: chain, publicKey: Self.bytes(of: key)).get())
            if let issuerChain, let issuerKey {
                let division = verifier.issuerDivision(chain: issuerChain, publicKey: Self.bytes(of: issuerKey))
                divisions.append(try division.get())
            }
        } catch {
            throw .chain(error)
        }
        if let other = divisions.first(where: { $0 != token.division }) { throw .otherDivision(other) }
        for chain in [chain, issuerChain].compactMap({ $0 }) {
            guard case .valid = verifier.validity(chain: chain, at: now) else { throw .notValidNow }
        }
        return Accepted(root: roots[0], chain: chain, issuerChain: issuerChain)
    }

    private static func certificates(_ text: String) -> [[UInt8]]? {
        guard text.utf8.count <= IdentityLimits.chainCharactersMax else { return nil }
        return PEM.certificates(text)
    }

    private static func bytes(of key: P256.Signing.PrivateKey) -> [UInt8] { Array(key.publicKey.x963Representation) }

    private static func signingRequest(
        _ subject: CertificateSubject, _ key: P256.Signing.PrivateKey
    ) throws -> String {
        try CertificateSigningRequest(
            version: .v1, subject: subject.distinguishedName, privateKey: Certificate.PrivateKey(key),
            attributes: CertificateSigningRequest.Attributes(), signatureAlgorithm: .ecdsaWithSHA256
        ).serializeAsPEM().pemString
    }
}
