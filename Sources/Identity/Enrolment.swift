import Crypto
package import Divisions
package import Foundation
import X509

/// Why an identity could not be made, told apart by who must act.
package enum EnrolmentFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// A file or argument on this side.
    case identity(IdentityFault)
    /// The issuer said no.
    case refused(EnrolmentRefusal)
    /// The issuer said yes but gave something that must not be trusted.
    case answer(AnswerFault)

    package var description: String {
        switch self {
        case .identity(let fault): "\(fault)"
        case .refused(let refusal): "\(refusal)"
        case .answer(let fault): "\(fault)"
        }
    }
}

/// What is wrong with an issuer's answer. Nothing is written then, and the token must be taken for lost.
package enum AnswerFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// Not the root whose fingerprint the token carries: the answer may come from a stranger.
    case otherRoot
    case chain(ChainFault)
    /// A genuine certificate, but for another place than the token promised.
    case otherDivision(DivisionCode)
    /// The token promises the right to issue and no issuer's certificate came, or the other way round.
    case issuerChain(expected: Bool)
    /// Genuine, but not valid on this machine's day.
    case notValidNow

    package var description: String {
        let what =
            switch self {
            case .otherRoot: "its root is not the one the token names; it may come from a stranger"
            case .chain(let fault): "\(fault)"
            case .otherDivision(let division): "the certificate is for division \(division)"
            case .issuerChain(let expected):
                expected ? "the issuer's certificate is missing" : "it brings an issuer's certificate nobody asked for"
            case .notValidNow: "the certificate is not valid today; check this machine's clock"
            }
        return "the issuer's answer is refused: \(what); ask the issuer for a new token"
    }
}

/// What `tributary pki` does: makes a province, makes tokens, joins, and shows who a node is.
package enum Enrolment {
    // MARK: init

    /// Makes a province: its root and the identity of its own node, in a new directory.
    ///
    /// - Parameter name: how people call the office, such as 广东省.
    package static func initialise(
        directory: String, division: DivisionCode, name: String, now: Date,
        lifetimes: CertificateLifetimes = .standard
    ) throws(IdentityFault) -> NodeIdentity {
        try check(name: name)
        let (rootKey, nodeKey) = (P256.Signing.PrivateKey(), P256.Signing.PrivateKey())
        let root: [UInt8]
        let node: [UInt8]
        do {
            let maker = CertificateMaker(now: now, lifetimes: lifetimes)
            let certificate = try maker.root(rootKey, division: division, name: name)
            let credential = IssuerCredential(
                key: rootKey, certificate: try ReadCertificate(certificate, at: .root), chain: [])
            let subject = CertificateSubject(role: .node, division: division, name: name)
            root = try certificate.derBytes
            node = try maker.issue(subject, nodeKey.publicKey, by: credential).derBytes
        } catch {
            throw IdentityFault(
                problem: .argument, file: "division or date", what: "no certificate could be made with it",
                remedy: "check this machine's clock")
        }
        try IdentityDirectory(path: directory).create(
            root: PEM.text([root]), chain: PEM.text([node]), key: nodeKey, issuer: (PEM.text([root]), rootKey))
        return try NodeIdentity.load(directory: directory)
    }

    // MARK: token

    /// Makes a token at the issuer in `directory`; see `Issuer.makeToken`.
    package static func token(
        directory: String, division: DivisionCode, mayIssue: Bool, validSeconds: Int, now: Date, tree: DivisionTree
    ) throws(EnrolmentFailure) -> EnrolmentToken {
        let issuer = try issuer(directory)
        do throws(EnrolmentRefusal) {
            return try issuer.makeToken(
                for: division, mayIssue: mayIssue, validSeconds: validSeconds, at: now, tree: tree)
        } catch {
            throw .refused(error)
        }
    }

    // MARK: join

    /// Joins with the issuer's directory at hand: on one machine, or with the directory on a carried disk.
    package static func join(
        directory: String, token: String, name: String, issuerDirectory: String, now: Date, tree: DivisionTree,
        lifetimes: CertificateLifetimes = .standard
    ) throws(EnrolmentFailure) -> NodeIdentity {
        let issuer = try issuer(issuerDirectory)
        let joiner = try Joiner(directory: directory, token: token, name: name)
        let answer: EnrolmentAnswer
        do throws(EnrolmentRefusal) {
            answer = try issuer.redeem(joiner.request, at: now, tree: tree, lifetimes: lifetimes)
        } catch {
            throw .refused(error)
        }
        return try joiner.accept(answer, now: now, tree: tree)
    }

    // MARK: show

    /// Who the node in `directory` is.
    package static func show(directory: String, now: Date) throws(IdentityFault) -> IdentitySummary {
        let identity = try NodeIdentity.load(directory: directory)
        guard identity.mayIssue else { return IdentitySummary(identity, issuer: nil, tokens: nil, at: now) }
        let issuer = try Issuer.load(directory: directory)
        let tokens = try IdentityDirectory(path: directory).readTokens().count(at: now)
        return IdentitySummary(identity, issuer: issuer.division, tokens: tokens, at: now)
    }

    private static func issuer(_ directory: String) throws(EnrolmentFailure) -> Issuer {
        do throws(IdentityFault) { return try Issuer.load(directory: directory) } catch { throw .identity(error) }
    }

    static func check(name: String) throws(IdentityFault) {
        guard CertificateSubject.isName(name) else {
            throw IdentityFault(
                problem: .argument, file: "name", what: "is empty, too long or has control characters",
                remedy: "give the office's name in 1 to \(IdentityLimits.nameBytesMax) bytes")
        }
    }
}
