import Crypto
package import Divisions
import SwiftASN1
import X509

/// Who is at the other end of a link, as proven in the TLS handshake: the peer holds the private key of a certificate
/// that leads to our province's root and is within its time. Whether its division may stand *here* in the tree is for
/// the greeting to judge.
package struct LinkPeer: Equatable, Sendable {
    /// The division that both the subject and the alternative names hold; nil where they name none or disagree.
    package let division: DivisionCode?
    /// SHA-256 of the peer's own certificate in DER, as 64 lower-case hexadecimal digits.
    package let certificateFingerprint: String
    /// The peer's P-256 point, uncompressed as in X9.63: `04`, X, Y, 65 bytes.
    package let publicKey: [UInt8]
    /// DER certificates, the peer's own first, each issued by the next; the root is left out.
    package let chainDER: [[UInt8]]
    /// Address and port, such as `10.0.0.7:52144`.
    package let remoteAddress: String

    /// - Parameter chain: verified, the peer's own certificate first, the root last.
    /// - Returns: nil where the peer's own key is not P-256, which verification has refused before.
    init?(chain: [Certificate], remoteAddress: String) {
        guard let holder = chain.first, let key = P256.Signing.PublicKey(holder.publicKey) else { return nil }
        let encoded = chain.dropLast(chain.count > 1 ? 1 : 0).compactMap(Self.encode)
        guard let own = encoded.first else { return nil }
        self.division = Self.division(of: holder)
        self.certificateFingerprint = Self.hexadecimal(SHA256.hash(data: own))
        self.publicKey = Array(key.x963Representation)
        self.chainDER = encoded
        self.remoteAddress = remoteAddress
    }

    private static let locatorPrefix = "tributary://division/"

    private static func division(of certificate: Certificate) -> DivisionCode? {
        let commonNames = certificate.subject.flatMap { $0 }
            .filter { $0.type == .RDNAttributeType.commonName }
            .map { String($0.value) }
        let names = (try? certificate.extensions.subjectAlternativeNames).flatMap { $0 } ?? SubjectAlternativeNames()
        let locators = names.compactMap { name -> Substring? in
            guard case .uniformResourceIdentifier(let locator) = name, locator.hasPrefix(locatorPrefix) else {
                return nil
            }
            return locator.dropFirst(locatorPrefix.count)
        }
        guard commonNames.count == 1, locators.count == 1, let named = commonNames[0],
            let division = DivisionCode(named), division == DivisionCode(locators[0])
        else { return nil }
        return division
    }

    private static func encode(_ certificate: Certificate) -> [UInt8]? {
        var serializer = DER.Serializer()
        guard (try? serializer.serialize(certificate)) != nil else { return nil }
        return serializer.serializedBytes
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
