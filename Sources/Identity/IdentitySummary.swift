package import Divisions
package import Foundation
import X509

/// What `tributary pki show` says about an identity: all of it public.
package struct IdentitySummary: Codable, Equatable, Sendable {
    /// One issuer between the node and the root, or the root itself.
    package struct Issuer: Codable, Equatable, Sendable {
        package let division: DivisionCode
        package let name: String
        package let notAfter: Date
    }

    package struct Tokens: Codable, Equatable, Sendable {
        package let open: Int
        package let used: Int
        package let expired: Int
    }

    package let division: DivisionCode
    package let name: String
    /// From the node's own issuer up to the root, which comes last.
    package let issuers: [Issuer]
    /// SHA-256 of the node's certificate in hexadecimal.
    package let fingerprint: String
    /// SHA-256 of the root in hexadecimal: what two offices compare by telephone.
    package let rootFingerprint: String
    package let notBefore: Date
    /// The earliest end of any certificate in the chain: links end with it.
    package let notAfter: Date
    /// Whole days until `notAfter`; negative once it has passed.
    package let daysLeft: Int
    /// The division for which, and below which, the node may issue; nil where it may not.
    package let mayIssueFor: DivisionCode?
    package let tokens: Tokens?

    init(_ identity: NodeIdentity, issuer: DivisionCode?, tokens: TokenBook.Count?, at now: Date) {
        let chain = identity.links + [identity.root]
        let end = chain.map(\.certificate.notValidAfter).min() ?? .distantPast
        self.division = identity.division
        self.name = identity.name
        self.issuers = chain.dropFirst().map {
            Issuer(division: $0.division, name: $0.subject.name, notAfter: $0.certificate.notValidAfter)
        }
        self.fingerprint = hexadecimal(Identity.fingerprint(ofDER: identity.certificateChain[0]))
        self.rootFingerprint = hexadecimal(Identity.fingerprint(ofDER: identity.rootDER))
        self.notBefore = chain.map(\.certificate.notValidBefore).max() ?? .distantFuture
        self.notAfter = end
        self.daysLeft = Int((end.timeIntervalSince(now) / TimeInterval(IdentityLimits.secondsPerDay)).rounded(.down))
        self.mayIssueFor = issuer
        self.tokens = tokens.map { Tokens(open: $0.open, used: $0.used, expired: $0.expired) }
    }

    /// The same as lines for a screen, Chinese first, English beside it.
    package var lines: [String] {
        var lines = [
            "区划 division      \(division)  \(name)",
            "签发 issued by     " + issuers.map { "\($0.division) \($0.name)" }.joined(separator: " ← "),
            "指纹 fingerprint   \(fingerprint)",
            "根指纹 root        \(rootFingerprint)",
            "有效期 valid       \(notBefore.ISO8601Format()) – \(notAfter.ISO8601Format())",
            daysLeft >= 0
                ? "剩余 left          \(daysLeft) 天 days" : "已过期 expired     \(-daysLeft) 天前 days ago",
        ]
        if let mayIssueFor {
            lines.append("可签发 may issue   \(mayIssueFor) 及以下 and below")
        } else {
            lines.append("可签发 may issue   否 no")
        }
        if let tokens {
            lines.append(
                "令牌 tokens        待用 open \(tokens.open) · 已用 used \(tokens.used) · 过期 expired \(tokens.expired)")
        }
        return lines
    }
}
