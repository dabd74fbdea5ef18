import Crypto
import Foundation
import Identity
import SwiftASN1
import X509

/// Judges the certificates that a peer shows in a handshake, and says why where it refuses them.
///
/// TLS libraries answer only "verification failed"; an operator has to know whether a certificate has run out or was
/// made in another province. So the chain is verified here (RFC 5280: signatures, times, constraints), on both sides
/// alike. Host names are not looked at: offices sit behind NAT, and it is the division that counts.
struct PeerVerifier: Sendable {
    enum Verdict: Sendable {
        /// From the peer's own certificate up to our root.
        case accepted([Certificate])
        case refused(CertificateRefusal)
    }

    private let roots: CertificateStore

    init(root: Certificate) {
        self.roots = CertificateStore([root])
    }

    /// - Parameter presented: DER, as the peer sent them: its own first, the others in any order.
    func judge(_ presented: [[UInt8]]) async -> Verdict {
        guard !presented.isEmpty else { return .refused(.none) }
        // A stranger chooses these, and the work grows with every order they could be chained in.
        guard presented.count <= IdentityLimits.chainCertificatesMax + 1 else {
            return .refused(.tooMany(presented.count))
        }
        let certificates = presented.compactMap { try? Certificate(derEncoded: $0) }
        guard certificates.count == presented.count else { return .refused(.unreadable) }
        let holder = certificates[0]
        guard P256.Signing.PublicKey(holder.publicKey) != nil else { return .refused(.otherKeyType) }
        if case .isCertificateAuthority? = try? holder.extensions.basicConstraints { return .refused(.issuer) }

        var verifier = Verifier(rootCertificates: roots) { RFC5280Policy() }
        let result = await verifier.validate(
            leaf: holder, intermediates: CertificateStore(certificates.dropFirst()))
        switch result {
        case .validCertificate(let chain): return .accepted(Array(chain))
        case .couldNotValidate(let failures): return .refused(Self.refusal(failures, now: Date()))
        }
    }

    /// The library tries every path to our root: with none there is no failure either, and the peer is a stranger.
    private static func refusal(
        _ failures: [CertificateValidationResult.PolicyFailure], now: Date
    ) -> CertificateRefusal {
        guard let chain = failures.first?.chain else { return .otherProvince }
        if let end = chain.map(\.notValidAfter).min(), now > end { return .expired(since: end) }
        if let begin = chain.map(\.notValidBefore).max(), now < begin { return .notYetValid(from: begin) }
        return .constraints
    }
}

/// Why a peer's certificates are refused.
enum CertificateRefusal: Equatable, Sendable {
    case none
    case tooMany(Int)
    case unreadable
    case otherKeyType
    case issuer
    case otherProvince
    case expired(since: Date)
    case notYetValid(from: Date)
    case constraints
}

extension CertificateRefusal: CustomStringConvertible {
    var description: String {
        switch self {
        case .none: "the peer shows no certificate"
        case .tooMany(let count): "the peer shows \(count) certificates, more than a chain may have"
        case .unreadable: "the peer shows a certificate that cannot be read"
        case .otherKeyType: "the peer's key is not P-256"
        case .issuer: "the peer shows an issuer's certificate where a node's is needed"
        case .otherProvince:
            "the peer's certificate is of another province: no chain of issuers leads from it to this province's root"
        case .expired(let since):
            "a certificate of the peer's chain has expired on \(Self.text(since)): renew it, or set this machine's clock"
        case .notYetValid(let from):
            "a certificate of the peer's chain begins only on \(Self.text(from)): set the clock that is wrong"
        case .constraints: "the peer's certificates break the constraints of their issuers (RFC 5280)"
        }
    }

    private static func text(_ date: Date) -> String { date.formatted(.iso8601) }
}
