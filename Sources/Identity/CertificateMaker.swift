import Crypto
import Divisions
import Foundation
import SwiftASN1
import X509

/// Makes the three kinds of certificate there are: the root, issuers below it, and nodes.
struct CertificateMaker {
    let now: Date
    let lifetimes: CertificateLifetimes

    /// A province's root: signed by itself, with room below it for `IdentityLimits.issuersBelowRootMax` issuers.
    func root(_ key: P256.Signing.PrivateKey, division: DivisionCode, name: String) throws -> Certificate {
        let subject = CertificateSubject(role: .root, division: division, name: name)
        return try make(
            subject, key.publicKey, seconds: lifetimes.rootSeconds, issuer: subject.distinguishedName,
            signer: key, endsBy: nil,
            constraints: .isCertificateAuthority(maxPathLength: IdentityLimits.issuersBelowRootMax))
    }

    /// A node's certificate, or a delegated issuer's with room for `issuersBelowMax` more below it.
    func issue(
        _ subject: CertificateSubject, _ publicKey: P256.Signing.PublicKey, by issuer: IssuerCredential,
        issuersBelowMax: Int = 0
    ) throws -> Certificate {
        let isIssuer = subject.role == .issuer
        return try make(
            subject, publicKey, seconds: isIssuer ? lifetimes.issuerSeconds : lifetimes.nodeSeconds,
            issuer: issuer.certificate.certificate.subject, signer: issuer.key,
            endsBy: issuer.certificate.certificate.notValidAfter,
            constraints: isIssuer
                ? .isCertificateAuthority(maxPathLength: issuersBelowMax) : .notCertificateAuthority)
    }

    private func make(
        _ subject: CertificateSubject, _ publicKey: P256.Signing.PublicKey, seconds: Int,
        issuer: DistinguishedName, signer: P256.Signing.PrivateKey, endsBy: Date?, constraints: BasicConstraints
    ) throws -> Certificate {
        let isNode = subject.role == .node
        let usage = isNode ? KeyUsage(digitalSignature: true) : KeyUsage(keyCertSign: true, cRLSign: true)
        let extensions = try Certificate.Extensions {
            Critical(constraints)
            Critical(usage)
            if isNode { try ExtendedKeyUsage([.serverAuth, .clientAuth]) }
            subject.alternativeNames
            SubjectKeyIdentifier(keyIdentifier: Self.identifier(of: publicKey))
            AuthorityKeyIdentifier(keyIdentifier: Self.identifier(of: signer.publicKey))
        }
        // Certificates know whole seconds only, and the library rounds to the nearest.
        let begin = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
        let end = begin.addingTimeInterval(TimeInterval(seconds))
        return try Certificate(
            version: .v3, serialNumber: Self.serialNumber(), publicKey: Certificate.PublicKey(publicKey),
            notValidBefore: begin.addingTimeInterval(-TimeInterval(lifetimes.backdatedSeconds)),
            notValidAfter: endsBy.map { min($0, end) } ?? end, issuer: issuer,
            subject: subject.distinguishedName, signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions,
            issuerPrivateKey: Certificate.PrivateKey(signer))
    }

    /// The leftmost 160 bits of the SHA-256 of the key (RFC 7093, section 2, method 1).
    private static func identifier(of key: P256.Signing.PublicKey) -> ArraySlice<UInt8> {
        Array(SHA256.hash(data: key.x963Representation))[..<20]
    }

    /// Sixteen random bytes, always positive and of one length (RFC 5280, 4.1.2.2).
    private static func serialNumber() -> Certificate.SerialNumber {
        var bytes = Randomness.bytes(16)
        bytes[0] = bytes[0] & 0x3F | 0x40
        return Certificate.SerialNumber(bytes: bytes)
    }
}

/// What signs certificates: an issuer's key, its certificate and the issuers above it.
struct IssuerCredential {
    let key: P256.Signing.PrivateKey
    let certificate: ReadCertificate
    /// What a holder puts behind its own certificate: this issuer's and those above, the root left out; so it is
    /// empty where the root itself issues.
    let chain: [[UInt8]]

    /// How many issuers may still stand below one that this issuer appoints; nil if it may appoint none.
    var belowAppointedMax: Int? {
        guard case .issuer(let belowMax) = certificate.authority else { return nil }
        let free = belowMax ?? IdentityLimits.issuersBelowRootMax
        return free > 0 ? free - 1 : nil
    }
}

extension Certificate {
    /// The DER encoding of this certificate.
    var derBytes: [UInt8] {
        get throws {
            var serializer = DER.Serializer()
            try serializer.serialize(self)
            return serializer.serializedBytes
        }
    }
}
