package import Divisions

/// Why a certificate chain does not say what it claims: where in the chain, and what is wrong there.
package struct ChainFault: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Place: Hashable, Sendable {
        /// The chain as a whole.
        case chain
        /// A certificate by its number in the chain; 0 is the holder's own.
        case certificate(Int)
        case root
    }

    package enum Problem: Hashable, Sendable {
        case empty
        /// More certificates than `IdentityLimits.chainCertificatesMax`.
        case tooMany(Int)
        /// More bytes than `IdentityLimits.certificateBytesMax`.
        case tooLarge(bytes: Int)
        /// Not one DER-encoded X.509 version 3 certificate with readable extensions.
        case malformed
        /// The key is not P-256, or the signature not ECDSA with SHA-256.
        case algorithm
        /// The subject or the alternative names hold no division, or two different ones.
        case noDivision
        /// A critical extension that Tributary does not know.
        case unknownCriticalExtension
        /// The key is not the one whose holder is asked for.
        case otherKey
        /// A node's certificate where an issuer's is needed.
        case notAnIssuer
        /// An issuer's certificate where a node's is needed.
        case notANode
        /// The issuer named in the certificate is not the next certificate of the chain.
        case otherIssuer
        /// More issuers below this one than it may have (RFC 5280, path length constraint).
        case pathTooLong
        /// The division is not at or below the division of the issuer, or one of them is not in the tree.
        case notBelow(DivisionCode, issuer: DivisionCode)
        /// The issuer's key did not sign the certificate.
        case signature
    }

    package let place: Place
    package let problem: Problem

    package init(_ place: Place, _ problem: Problem) {
        self.place = place
        self.problem = problem
    }

    package var description: String { "\(place): \(problem)" }
}

extension ChainFault.Place: CustomStringConvertible {
    package var description: String {
        switch self {
        case .chain: "certificate chain"
        case .certificate(0): "the holder's own certificate"
        case .certificate(let number): "certificate \(number) above the holder's"
        case .root: "root certificate"
        }
    }
}

extension ChainFault.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "holds no certificate"
        case .tooMany(let count):
            "holds \(count) certificates, more than \(IdentityLimits.chainCertificatesMax)"
        case .tooLarge(let bytes): "has \(bytes) bytes, more than \(IdentityLimits.certificateBytesMax)"
        case .malformed: "is not a readable X.509 version 3 certificate"
        case .algorithm: "uses another algorithm than ECDSA over P-256 with SHA-256"
        case .noDivision: "does not name exactly one division"
        case .unknownCriticalExtension: "has a critical extension that is not known here"
        case .otherKey: "is for another key"
        case .notAnIssuer: "is not an issuer's, so it may issue nothing"
        case .notANode: "is not a node's"
        case .otherIssuer: "was issued by another issuer than the next in the chain"
        case .pathTooLong: "stands above more issuers than it may"
        case .notBelow(let division, let issuer):
            "is for division \(division), which is not at or below division \(issuer) of its issuer in this tree"
        case .signature: "was not signed by its issuer"
        }
    }
}
