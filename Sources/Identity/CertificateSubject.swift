import Divisions
import SwiftASN1
import X509

/// Whom a certificate is about: the division, in which role, and how people call the office.
///
/// In X.509 (RFC 5280) the subject reads `O=Tributary, OU=<role>, CN=<code>, name=<name>`, and the subject alternative
/// names hold `tributary://division/<code>`. The role keeps a county's node apart from the county's issuer, which
/// would otherwise look self-signed. The division counts only where both places name the same one.
struct CertificateSubject: Equatable, Sendable {
    enum Role: String, Sendable {
        case root
        case issuer
        case node
    }

    let role: Role
    let division: DivisionCode
    /// Shown to people, never judged. At most `IdentityLimits.nameBytesMax` bytes, without control characters.
    let name: String

    static let organization = "Tributary"
    static let locatorPrefix = "tributary://division/"
    /// X.520, 6.2.1: the attribute type `name`.
    private static let nameAttribute: ASN1ObjectIdentifier = [2, 5, 4, 41]

    var distinguishedName: DistinguishedName {
        get throws {
            typealias Attribute = RelativeDistinguishedName.Attribute
            return try DistinguishedName([
                Attribute(type: .RDNAttributeType.organizationName, utf8String: Self.organization),
                Attribute(type: .RDNAttributeType.organizationalUnitName, utf8String: role.rawValue),
                Attribute(type: .RDNAttributeType.commonName, utf8String: division.text),
                Attribute(type: Self.nameAttribute, utf8String: name),
            ])
        }
    }

    /// The names by which TLS libraries may ask for the holder. `localhost` serves tools that insist on a host name;
    /// Tributary itself looks at the division only.
    var alternativeNames: SubjectAlternativeNames {
        var names: [GeneralName] = [.uniformResourceIdentifier(Self.locatorPrefix + division.text)]
        if role == .node { names.append(.dnsName("localhost")) }
        return SubjectAlternativeNames(names)
    }

    init(role: Role, division: DivisionCode, name: String) {
        self.role = role
        self.division = division
        self.name = name
    }

    /// Reads a subject that names exactly one role and one division, or answers nil.
    init?(_ distinguishedName: DistinguishedName) {
        guard let unit = Self.only(.RDNAttributeType.organizationalUnitName, in: distinguishedName),
            let role = Role(rawValue: unit),
            let common = Self.only(.RDNAttributeType.commonName, in: distinguishedName),
            let division = DivisionCode(common),
            let name = Self.only(Self.nameAttribute, in: distinguishedName), Self.isName(name)
        else { return nil }
        self.init(role: role, division: division, name: name)
    }

    /// The one division that the alternative names hold, or nil where there is none or more than one.
    static func division(in names: SubjectAlternativeNames) -> DivisionCode? {
        let locators = names.compactMap { name -> Substring? in
            guard case .uniformResourceIdentifier(let locator) = name, locator.hasPrefix(locatorPrefix) else {
                return nil
            }
            return locator.dropFirst(locatorPrefix.count)
        }
        return locators.count == 1 ? locators.first.flatMap { DivisionCode($0) } : nil
    }

    static func isName(_ name: String) -> Bool {
        (1...IdentityLimits.nameBytesMax).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    private static func only(_ type: ASN1ObjectIdentifier, in name: DistinguishedName) -> String? {
        let attributes = name.flatMap { $0 }.filter { $0.type == type }
        return attributes.count == 1 ? attributes.first.flatMap { String($0.value) } : nil
    }
}
