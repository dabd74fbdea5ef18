import Crypto
import Divisions
import SwiftASN1
import X509

/// One certificate, read from bytes that anyone may have made, with what judging a chain needs already taken out.
struct ReadCertificate: Sendable {
    let certificate: Certificate
    let subject: CertificateSubject
    let division: DivisionCode
    /// The holder's P-256 point, uncompressed (X9.63: `04`, then X and Y, 65 bytes).
    let publicKey: [UInt8]
    let authority: Authority
    /// The holder may sign with this key (RFC 5280, 4.2.1.3: digitalSignature).
    let maySign: Bool

    enum Authority: Equatable, Sendable {
        case none
        /// May issue, with at most so many issuers below it, or any number.
        case issuer(belowMax: Int?)
    }

    private static let extensionsKnown: [ASN1ObjectIdentifier] = [
        .X509ExtensionID.basicConstraints, .X509ExtensionID.keyUsage, .X509ExtensionID.extendedKeyUsage,
        .X509ExtensionID.subjectAlternativeName, .X509ExtensionID.subjectKeyIdentifier,
        .X509ExtensionID.authorityKeyIdentifier,
    ]

    init(der: [UInt8], at place: ChainFault.Place) throws(ChainFault) {
        guard der.count <= IdentityLimits.certificateBytesMax else {
            throw ChainFault(place, .tooLarge(bytes: der.count))
        }
        guard let certificate = try? Certificate(derEncoded: der), certificate.version == .v3 else {
            throw ChainFault(place, .malformed)
        }
        // The library overlooks the count of unused bits before a signature (X.690, 8.6.2): it must be 0.
        let signature = [0] + certificate.signature.rawRepresentation
        guard der.suffix(signature.count).elementsEqual(signature) else { throw ChainFault(place, .malformed) }
        try self.init(certificate, at: place)
    }

    init(_ certificate: Certificate, at place: ChainFault.Place) throws(ChainFault) {
        guard let key = P256.Signing.PublicKey(certificate.publicKey),
            certificate.signatureAlgorithm == .ecdsaWithSHA256
        else { throw ChainFault(place, .algorithm) }
        guard let extensions = try? Extensions(certificate.extensions) else { throw ChainFault(place, .malformed) }
        guard certificate.extensions.allSatisfy({ !$0.critical || Self.extensionsKnown.contains($0.oid) }) else {
            throw ChainFault(place, .unknownCriticalExtension)
        }
        guard let subject = CertificateSubject(certificate.subject),
            let division = CertificateSubject.division(in: extensions.names), division == subject.division
        else { throw ChainFault(place, .noDivision) }

        self.certificate = certificate
        self.subject = subject
        self.division = division
        self.publicKey = Array(key.x963Representation)
        self.maySign = extensions.usage.digitalSignature
        switch extensions.constraints {
        case .notCertificateAuthority: self.authority = .none
        case .isCertificateAuthority(let belowMax):
            guard extensions.usage.keyCertSign, belowMax ?? 0 >= 0 else { throw ChainFault(place, .malformed) }
            self.authority = .issuer(belowMax: belowMax)
        }
    }

    /// Whether `issuer` signed this certificate and is the one it names.
    func isIssued(by issuer: ReadCertificate, at place: ChainFault.Place) throws(ChainFault) {
        let named = try? certificate.extensions.authorityKeyIdentifier?.keyIdentifier
        let holder = try? issuer.certificate.extensions.subjectKeyIdentifier?.keyIdentifier
        guard certificate.issuer == issuer.certificate.subject, let named, named == holder else {
            throw ChainFault(place, .otherIssuer)
        }
        guard issuer.certificate.publicKey.isValidSignature(certificate.signature, for: certificate) else {
            throw ChainFault(place, .signature)
        }
    }

    /// The extensions without which a certificate says nothing to Tributary.
    private struct Extensions {
        let constraints: BasicConstraints
        let usage: KeyUsage
        let names: SubjectAlternativeNames

        struct Missing: Error {}

        init(_ extensions: Certificate.Extensions) throws {
            guard let constraints = try extensions.basicConstraints, let usage = try extensions.keyUsage,
                let names = try extensions.subjectAlternativeNames
            else { throw Missing() }
            (self.constraints, self.usage, self.names) = (constraints, usage, names)
        }
    }
}
