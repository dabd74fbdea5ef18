package import Divisions
package import Foundation

/// What a joiner sends to an issuer, over whatever carries it: a call, a link or a stick.
package struct EnrolmentRequest: Codable, Equatable, Sendable {
    /// The token's text, secret included: to be sent only over a connection whose root the token names.
    package let token: String
    /// A PKCS#10 signing request (RFC 2986) in PEM for the node's key. Of its content the issuer takes the key and
    /// the name; the rest of the certificate is decided by the token.
    package let nodeRequest: String
    /// The same for the issuer's key, exactly where the token makes the joiner an issuer.
    package let issuerRequest: String?

    package init(token: String, nodeRequest: String, issuerRequest: String?) {
        self.token = token
        self.nodeRequest = nodeRequest
        self.issuerRequest = issuerRequest
    }
}

extension EnrolmentRequest: CustomStringConvertible {
    /// Leaves the token out, so that no log or failed test shows it.
    package var description: String { "enrolment request\(issuerRequest == nil ? "" : " of an issuer")" }
}

/// What an issuer answers to an honest request.
package struct EnrolmentAnswer: Codable, Equatable, Sendable {
    /// The provincial root in PEM.
    package let root: String
    /// The node's certificate and the issuers above it in PEM, the root left out.
    package let nodeChain: String
    /// The joiner's own issuer certificate and the issuers above it, where the token makes it an issuer.
    package let issuerChain: String?

    package init(root: String, nodeChain: String, issuerChain: String?) {
        self.root = root
        self.nodeChain = nodeChain
        self.issuerChain = issuerChain
    }
}

/// Why an issuer makes no token, or gives no certificate for one.
package enum EnrolmentRefusal: Error, Hashable, Sendable, Codable {
    /// Not a whole token: truncated, mistyped or of a newer program.
    case tokenMalformed
    /// This issuer made no such token, or has forgotten it long after its end.
    case tokenUnknown
    /// The token says otherwise than this issuer wrote when it made it.
    case tokenAltered
    case tokenUsed(at: Date)
    case tokenExpired(at: Date)
    /// The token belongs to another province's root.
    case otherRoot
    /// The signing request is for another division than the token.
    case otherDivision(token: DivisionCode, request: DivisionCode)
    /// Not in the tree, or not at or below the issuer's own division.
    case outsideIssuer(DivisionCode, issuer: DivisionCode)
    /// Townships and villages never issue, and a province's root is never delegated.
    case levelMayNotIssue(DivisionCode)
    /// No issuer may stand below this one any more.
    case issuersTooDeep
    /// A signing request that is not a readable one for a P-256 key of this role, or too large.
    case requestMalformed
    /// The sender does not hold the key that the request is for.
    case requestSignature
    /// The token makes an issuer and no issuer's key came with it, or the other way round.
    case issuerRequest(expected: Bool)
    /// One key may not both seal and issue.
    case keysNotSeparate
    /// The issuer's own certificate has ended.
    case issuerExpired(at: Date)
    /// A lifetime that is not between one second and `IdentityLimits.tokenLifetimeSecondsMax`.
    case lifetime(seconds: Int)
    /// The store holds `IdentityLimits.tokensMax` tokens that are neither used nor expired.
    case tooManyTokens
    /// The issuer could not read or write its own files, or not sign. Its operator must look.
    case issuerFailed(String)
}

extension EnrolmentRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tokenMalformed: "the token is damaged; copy its whole text again"
        case .tokenUnknown: "this issuer knows no such token; ask the office that made it, or for a new one"
        case .tokenAltered: "the token does not say what its issuer wrote; ask for a new one"
        case .tokenUsed(let date):
            "the token was used at \(date.ISO8601Format()); if not by you, tell the issuer at once"
        case .tokenExpired(let date): "the token expired at \(date.ISO8601Format()); ask for a new one"
        case .otherRoot: "the token belongs to another province's root; present it to the issuer that made it"
        case .otherDivision(let token, let request):
            "the token is for division \(token), the request for division \(request)"
        case .outsideIssuer(let division, let issuer):
            "division \(division) is not at or below division \(issuer) of this issuer; ask the common superior"
        case .levelMayNotIssue(let division):
            "division \(division) cannot be an issuer: only cities and counties can; leave out the right to issue"
        case .issuersTooDeep: "no issuer may stand below this one; ask its superior for the token"
        case .requestMalformed: "the signing request cannot be read as one for a P-256 key of this role"
        case .requestSignature: "the signing request is not signed by the key it is for"
        case .issuerRequest(let expected):
            expected
                ? "the token makes an issuer, but the request brings no issuer's key"
                : "the request brings an issuer's key, but the token makes no issuer"
        case .keysNotSeparate: "the node's key and the issuer's key are the same; make two"
        case .issuerExpired(let date):
            "this issuer's own certificate ended at \(date.ISO8601Format()); it must be enrolled anew first"
        case .lifetime(let seconds):
            "a token cannot be good for \(seconds) seconds, only for 1 to \(IdentityLimits.tokenLifetimeSecondsMax)"
        case .tooManyTokens:
            "\(IdentityLimits.tokensMax) tokens are waiting to be used; wait until some are used or expired"
        case .issuerFailed(let what): "the issuer failed: \(what)"
        }
    }
}
