import Divisions

/// The bounds on everything this target reads from strangers or from disk, in one place.
package enum IdentityLimits {
    /// Certificates in a chain, the root not counted. Four levels and a fifth to come (villages) need five; one is
    /// spare.
    package static let chainCertificatesMax = 6

    /// Bytes of one DER certificate. Ours have about 700 and a long name.
    package static let certificateBytesMax = 4_096

    /// Characters of the PEM text of one signing request, which has about 600.
    package static let requestCharactersMax = 4_096

    /// Characters of the PEM text of a chain: base64 makes four of three bytes, and lines and labels need less than
    /// the rest.
    package static let chainCharactersMax = chainCertificatesMax * certificateBytesMax * 3 / 2

    /// Characters of a token's text, which has about 100.
    package static let tokenCharactersMax = 512

    /// UTF-8 bytes of the name of an office or node in a certificate.
    package static let nameBytesMax = Division.nameBytesMax

    /// Tokens in an issuer's store: one for each of the 150 townships of a large city, many times over.
    package static let tokensMax = 4_096

    /// The longest time a token may wait for its joiner. A token is a bearer secret, so it must not lie about for long.
    package static let tokenLifetimeSecondsMax = 90 * secondsPerDay

    /// How long a used or expired token is remembered, so that whoever tries it again is told the true reason.
    static let tokenMemorySeconds = 30 * secondsPerDay

    /// Bytes of any file of an identity directory: `tokens.json` with `tokensMax` entries stays below.
    static let fileBytesMax = 4 * 1_024 * 1_024

    /// Issuers that may stand below the root in one chain (RFC 5280, 4.2.1.9): with the leaf they fill a chain.
    static let issuersBelowRootMax = chainCertificatesMax - 1

    static let secondsPerDay = 86_400
}

/// How long certificates are good for, in seconds. Renewal is not built yet, so all are long.
package struct CertificateLifetimes: Equatable, Sendable {
    package var rootSeconds: Int
    package var issuerSeconds: Int
    package var nodeSeconds: Int

    /// Before `now` by how much a certificate begins, so that an office whose clock runs late can use it at once.
    package var backdatedSeconds: Int

    package init(rootSeconds: Int, issuerSeconds: Int, nodeSeconds: Int, backdatedSeconds: Int) {
        self.rootSeconds = rootSeconds
        self.issuerSeconds = issuerSeconds
        self.nodeSeconds = nodeSeconds
        self.backdatedSeconds = backdatedSeconds
    }

    /// Twenty years for the root, ten for issuers, three for nodes, each begun an hour early.
    package static let standard = CertificateLifetimes(
        rootSeconds: 20 * 366 * IdentityLimits.secondsPerDay,
        issuerSeconds: 10 * 366 * IdentityLimits.secondsPerDay,
        nodeSeconds: 3 * 366 * IdentityLimits.secondsPerDay,
        backdatedSeconds: 3_600)
}
