import Crypto
import Divisions
import Foundation
import SwiftASN1
import Testing
import X509

@testable import Identity

struct CertificateProfileTests {
    let world: Issuance
    let city: IssuerCredential

    init() throws {
        world = try Issuance()
        city = try world.issuer("4401", by: world.root, belowMax: 3)
    }

    @Test func `a node's certificate carries what TLS libraries ask for`() throws {
        let node = try world.node("4401", by: city).certificate
        let extensions = node.extensions
        #expect(node.version == .v3)
        #expect(node.signatureAlgorithm == .ecdsaWithSHA256)
        #expect(try extensions.basicConstraints == .notCertificateAuthority)
        #expect(extensions[oid: .X509ExtensionID.basicConstraints]?.critical == true)
        #expect(try extensions.keyUsage == KeyUsage(digitalSignature: true))
        #expect(extensions[oid: .X509ExtensionID.keyUsage]?.critical == true)
        #expect(try extensions.extendedKeyUsage == ExtendedKeyUsage([.serverAuth, .clientAuth]))
        let names = try #require(try extensions.subjectAlternativeNames)
        #expect(Array(names) == [.uniformResourceIdentifier("tributary://division/4401"), .dnsName("localhost")])
        let above = city.certificate.certificate
        let authority = try #require(try extensions.authorityKeyIdentifier?.keyIdentifier)
        #expect(try authority == above.extensions.subjectKeyIdentifier?.keyIdentifier)
        #expect(authority.count == 20)
        #expect(node.issuer == above.subject)
        #expect(node.issuer != node.subject)
    }

    @Test func `issuers may sign certificates and nothing else`() throws {
        for (credential, belowMax) in [(world.root, 5), (city, 3)] {
            let extensions = credential.certificate.certificate.extensions
            #expect(try extensions.basicConstraints == .isCertificateAuthority(maxPathLength: belowMax))
            #expect(try extensions.keyUsage == KeyUsage(keyCertSign: true, cRLSign: true))
            #expect(try extensions.extendedKeyUsage == nil)
        }
    }

    @Test func `serial numbers are sixteen random bytes`() throws {
        let serials = try (0..<8).map { _ in try world.node("4401", by: city).certificate.serialNumber }
        #expect(Set(serials).count == 8)
        #expect(serials.allSatisfy { $0.bytes.count == 16 && $0.bytes.first.map { $0 < 0x80 } == true })
    }

    @Test func `lifetimes are twenty, ten and three years`() throws {
        let node = try world.node("4401", by: city).certificate
        for (certificate, years) in [
            (world.root.certificate.certificate, 20), (city.certificate.certificate, 10), (node, 3),
        ] {
            #expect(certificate.notValidAfter == today.addingTimeInterval(Double(years) * 366 * day))
            #expect(certificate.notValidBefore == today.addingTimeInterval(-3_600))
        }
    }

    @Test func `a subject is read back as it was written, and half a subject is none`() throws {
        let subject = CertificateSubject(role: .issuer, division: "4401", name: "广州市司法局")
        #expect(CertificateSubject(try subject.distinguishedName) == subject)
        let without = try DistinguishedName { CommonName("4401") }
        #expect(CertificateSubject(without) == nil)
        let double = DistinguishedName(Array(try subject.distinguishedName) + Array(without))
        #expect(CertificateSubject(double) == nil)
    }

    /// A certificate for a node of 4401, made by the root but with one thing that Tributary never makes.
    private func odd(
        version: Certificate.Version = .v3, key: Certificate.PublicKey? = nil, subject: DistinguishedName? = nil,
        _ extensions: (Certificate.Extensions) throws -> Certificate.Extensions = { $0 }
    ) throws -> ChainFault? {
        let ordinary = try world.node("4401", by: world.root)
        let certificate = try Certificate(
            version: version, serialNumber: ordinary.certificate.serialNumber,
            publicKey: key ?? ordinary.certificate.publicKey, notValidBefore: today, notValidAfter: today + day,
            issuer: ordinary.certificate.issuer, subject: subject ?? ordinary.certificate.subject,
            signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions(ordinary.certificate.extensions),
            issuerPrivateKey: Certificate.PrivateKey(world.root.key))
        let chain = [try certificate.derBytes]
        switch try world.verifier.division(chain: chain, publicKey: ordinary.publicKey) {
        case .success: return nil
        case .failure(let fault): return fault
        }
    }

    @Test func `a genuine certificate of another make is refused with its reason`() throws {
        func without(_ oid: ASN1ObjectIdentifier, _ extensions: Certificate.Extensions) -> Certificate.Extensions {
            var rest = extensions
            rest.remove(oid)
            return rest
        }
        #expect(try odd() == nil)
        let otherCurve = Certificate.PublicKey(P384.Signing.PrivateKey().publicKey)
        #expect(try odd(key: otherCurve)?.problem == .algorithm)
        for oid in [
            ASN1ObjectIdentifier.X509ExtensionID.basicConstraints, .X509ExtensionID.keyUsage,
            .X509ExtensionID.subjectAlternativeName,
        ] {
            #expect(try odd { without(oid, $0) }?.problem == .malformed)
        }
        #expect(try odd { without(.X509ExtensionID.authorityKeyIdentifier, $0) }?.problem == .otherIssuer)
        for (isCritical, problem): (Bool, ChainFault.Problem?) in [(true, .unknownCriticalExtension), (false, nil)] {
            let unknown = Certificate.Extension(
                oid: [1, 3, 6, 1, 4, 1, 99_999, 1], critical: isCritical, value: [5, 0])
            let fault = try odd {
                var more = $0
                try more.append(unknown)
                return more
            }
            #expect(fault?.problem == problem)
        }
    }

    @Test func `a certificate that names two divisions names none`() throws {
        let other = try CertificateSubject(role: .node, division: "4403", name: "节点").distinguishedName
        #expect(try odd(subject: other)?.problem == .noDivision)
        let names: [[GeneralName]] = [
            [],
            [.uniformResourceIdentifier("tributary://division/4403")],
            [.uniformResourceIdentifier("tributary://division/")],
            [.uniformResourceIdentifier("https://division/4401")],
            [.dnsName("tributary://division/4401")],
            [
                .uniformResourceIdentifier("tributary://division/4401"),
                .uniformResourceIdentifier("tributary://division/4403"),
            ],
        ]
        for list in names {
            let fault = try odd {
                var changed = $0
                changed.update(try Certificate.Extension(SubjectAlternativeNames(list), critical: false))
                return changed
            }
            #expect(fault?.problem == .noDivision, "\(list)")
        }
    }

    @Test func `a node that may not sign is no node, and a node in role only is none either`() throws {
        let mute = try odd {
            var changed = $0
            changed.update(try Certificate.Extension(KeyUsage(keyAgreement: true), critical: true))
            return changed
        }
        #expect(mute?.problem == .notANode)
        let issuerName = try CertificateSubject(role: .issuer, division: "4401", name: "节点").distinguishedName
        #expect(try odd(subject: issuerName)?.problem == .notANode)
    }
}
