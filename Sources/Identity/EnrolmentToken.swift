import Crypto
package import Divisions
import Foundation

/// A one-time right to join, as a piece of text that an issuer's operator hands to a joiner's.
///
/// It names the division the joiner will have and the fingerprint of the root it must find there, so that a joiner
/// can be deceived neither by a stranger's root nor by a certificate for another place. Whoever has the text may
/// join: it is to be carried like a password, and is worthless once used or expired.
///
/// The text is base64url (RFC 4648, section 5, no padding) of: version `01`; flags, bit 0 set if the joiner becomes an
/// issuer; length and text of the division's code; the root's SHA-256 (32 bytes); the secret (16 bytes); and the
/// first 4 bytes of the SHA-256 of all before, which tell a truncated or mistyped token from an unknown one.
package struct EnrolmentToken: Hashable, Sendable {
    package let division: DivisionCode
    /// The joiner also becomes an issuer for its division and those below.
    package let mayIssue: Bool
    /// SHA-256 of the root certificate's DER encoding.
    package let rootFingerprint: [UInt8]
    let secret: [UInt8]

    private static let version: UInt8 = 1
    private static let mayIssueFlag: UInt8 = 1
    private static let fingerprintBytes = 32
    static let secretBytes = 16
    private static let checksumBytes = 4

    init(division: DivisionCode, mayIssue: Bool, rootFingerprint: [UInt8], secret: [UInt8]) {
        precondition(rootFingerprint.count == Self.fingerprintBytes, "a SHA-256 has 32 bytes")
        precondition(secret.count == Self.secretBytes, "a token's secret has 16 bytes")
        self.division = division
        self.mayIssue = mayIssue
        self.rootFingerprint = rootFingerprint
        self.secret = secret
    }

    /// Reads a token as a person pasted it: white space around it is ignored. Nil if it is no whole token.
    package init?(_ text: String) {
        guard text.utf8.count <= IdentityLimits.tokenCharactersMax,
            let bytes = Self.bytes(base64URL: text.trimmingCharacters(in: .whitespacesAndNewlines)),
            bytes.count > 3 + Self.checksumBytes
        else { return nil }
        let body = bytes.dropLast(Self.checksumBytes)
        let codeEnd = 3 + Int(body[2])
        let fingerprintEnd = codeEnd + Self.fingerprintBytes
        guard Array(bytes.suffix(Self.checksumBytes)) == Self.checksum(body), body[0] == Self.version,
            body[1] & ~Self.mayIssueFlag == 0, body.count == fingerprintEnd + Self.secretBytes,
            let code = String(validating: body[3..<codeEnd], as: UTF8.self), let division = DivisionCode(code)
        else { return nil }
        self.init(
            division: division, mayIssue: body[1] & Self.mayIssueFlag != 0,
            rootFingerprint: Array(body[codeEnd..<fingerprintEnd]), secret: Array(body[fingerprintEnd...]))
    }

    /// The text to hand on: letters, digits, `-` and `_` only.
    package var text: String {
        let code = Array(division.text.utf8)
        var bytes: [UInt8] = [Self.version, mayIssue ? Self.mayIssueFlag : 0, UInt8(code.count)]
        bytes += code + rootFingerprint + secret
        bytes += Self.checksum(bytes[...])
        return Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// What the issuer keeps in place of the secret: a SHA-256 in hexadecimal, set apart from all other hashes.
    var secretHash: String { hexadecimal(SHA256.hash(data: Array("tributary enrolment secret\0".utf8) + secret)) }

    private static func checksum(_ body: ArraySlice<UInt8>) -> [UInt8] {
        Array(SHA256.hash(data: body).prefix(checksumBytes))
    }

    private static func bytes(base64URL text: String) -> [UInt8]? {
        guard text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") }) else { return nil }
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        return Data(base64Encoded: standard + padding).map { Array($0) }
    }
}

extension EnrolmentToken: CustomStringConvertible {
    /// Without the secret, so that a token that strays into a log gives nothing away.
    package var description: String {
        "token for division \(division)\(mayIssue ? " as issuer" : ""), root \(hexadecimal(rootFingerprint.prefix(8)))"
    }
}
