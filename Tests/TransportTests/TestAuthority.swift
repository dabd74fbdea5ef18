import Crypto
import Foundation
import SwiftASN1
import X509

@testable import Transport

/// A province of its own for one test: a root, one issuer below it, and nodes as wished, in the names that
/// certificates of Tributary have.
struct TestAuthority {
    private let rootKey = P256.Signing.PrivateKey()
    private let issuerKey = P256.Signing.PrivateKey()
    private let root: Certificate
    private let issuer: Certificate

    /// From so many seconds before now to so many after.
    struct Lifetime {
        var begin: TimeInterval = -3_600
        var end: TimeInterval = 86_400

        static let current = Lifetime()
        static let past = Lifetime(begin: -7_200, end: -60)
        static let future = Lifetime(begin: 3_600, end: 86_400)
    }

    init() throws {
        let rootName = try Self.name("root", "440000")
        let issuerName = try Self.name("issuer", "440100")
        root = try Self.make(
            rootName, rootKey.publicKey, by: rootName, rootKey, .current,
            Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 5))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
            })
        issuer = try Self.make(
            issuerName, issuerKey.publicKey, by: rootName, rootKey, .current,
            Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
            })
    }

    /// - Parameters:
    ///   - locator: the division of the alternative name, where it is another than that of the subject.
    ///   - root: whom the node believes, where that is another province's root.
    func node(
        _ division: String, locator: String? = nil, _ lifetime: Lifetime = .current,
        believes other: TestAuthority? = nil
    ) throws -> TransportIdentity {
        let key = P256.Signing.PrivateKey()
        let certificate = try Self.make(
            Self.name("node", division), key.publicKey, by: issuer.subject, issuerKey, lifetime,
            Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth, .clientAuth])
                SubjectAlternativeNames([
                    .uniformResourceIdentifier("tributary://division/\(locator ?? division)"), .dnsName("localhost"),
                ])
            })
        return TransportIdentity(
            certificateChainPEM: [try Self.pem(certificate), try Self.pem(issuer)],
            privateKeyPEM: key.pemRepresentation,
            rootPEM: try Self.pem((other ?? self).root))
    }

    /// An issuer below the root that is fit for TLS in all but its calling.
    func issuerAsNode() throws -> TransportIdentity {
        let key = P256.Signing.PrivateKey()
        let certificate = try Self.make(
            Self.name("issuer", "440183"), key.publicKey, by: root.subject, rootKey, .current,
            Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(digitalSignature: true, keyCertSign: true))
            })
        return TransportIdentity(
            certificateChainPEM: [try Self.pem(certificate)], privateKeyPEM: key.pemRepresentation,
            rootPEM: try Self.pem(root))
    }

    private static func pem(_ certificate: Certificate) throws -> String {
        try certificate.serializeAsPEM().pemString
    }

    private static func name(_ role: String, _ division: String) throws -> DistinguishedName {
        typealias Attribute = RelativeDistinguishedName.Attribute
        return try DistinguishedName([
            Attribute(type: .RDNAttributeType.organizationName, utf8String: "Tributary"),
            Attribute(type: .RDNAttributeType.organizationalUnitName, utf8String: role),
            Attribute(type: .RDNAttributeType.commonName, utf8String: division),
        ])
    }

    private static func make(
        _ subject: DistinguishedName, _ key: P256.Signing.PublicKey, by issuer: DistinguishedName,
        _ issuerKey: P256.Signing.PrivateKey, _ lifetime: Lifetime, _ extensions: Certificate.Extensions
    ) throws -> Certificate {
        let now = Date()
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(key),
            notValidBefore: now.addingTimeInterval(lifetime.begin),
            notValidAfter: now.addingTimeInterval(lifetime.end), issuer: issuer, subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions,
            issuerPrivateKey: Certificate.PrivateKey(issuerKey))
    }
}
