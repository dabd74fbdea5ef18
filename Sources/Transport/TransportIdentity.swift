package import Identity

/// What a node shows to prove who it is, and whom it believes: the content of its identity files, as PEM text.
package struct TransportIdentity: Sendable {
    /// The node's own certificate first, then the issuers above it up to, but without, the root. One text may hold
    /// several certificates.
    package let certificateChainPEM: [String]
    /// The P-256 key of the first certificate, as PKCS#8 or SEC 1. Never logged.
    package let privateKeyPEM: String
    /// The root of the province: the only one whose nodes are linked with.
    package let rootPEM: String

    package init(certificateChainPEM: [String], privateKeyPEM: String, rootPEM: String) {
        self.certificateChainPEM = certificateChainPEM
        self.privateKeyPEM = privateKeyPEM
        self.rootPEM = rootPEM
    }

    package init(_ identity: NodeIdentity) {
        self.init(
            certificateChainPEM: [identity.chainPEM], privateKeyPEM: identity.keyPEM, rootPEM: identity.rootPEM)
    }
}

extension TransportIdentity: CustomStringConvertible, CustomDebugStringConvertible {
    /// Leaves the key out, so that no log or failed test shows it.
    package var description: String { "TransportIdentity(\(certificateChainPEM.count) certificates)" }
    package var debugDescription: String { description }
}
