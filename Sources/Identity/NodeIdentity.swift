package import Crypto
package import Divisions
import Foundation

/// Who this node is: what it shows to its neighbours and what it seals with, read from its identity directory.
package struct NodeIdentity: Sendable {
    package let division: DivisionCode
    /// How people call the office; shown, never judged.
    package let name: String
    /// The node's certificate and the issuers above it in DER, the node's first, the root left out.
    package let certificateChain: [[UInt8]]
    /// The provincial root in DER.
    package let rootDER: [UInt8]
    /// Seals entries, and is the key of the node's end of every link.
    package let sealingKey: P256.Signing.PrivateKey
    /// Whether the directory also holds an issuer.
    package let mayIssue: Bool
    let links: [ReadCertificate]
    let root: ReadCertificate

    /// The P-256 point of the sealing key, uncompressed as in X9.63 (65 bytes): what `ChainVerifier` is asked about.
    package var publicKey: [UInt8] { Array(sealingKey.publicKey.x963Representation) }

    /// For a TLS library: the one authority to trust.
    package var rootPEM: String { PEM.text([rootDER]) }
    /// For a TLS library: what to present, the node's certificate first.
    package var chainPEM: String { PEM.text(certificateChain) }
    /// For a TLS library: the private key, in PKCS#8. A secret.
    package var keyPEM: String { sealingKey.pemRepresentation }

    /// Reads `root.pem`, `chain.pem` and `key.pem` and checks that they belong together. Neither expiry nor the tree is
    /// judged here: an expired node still keeps its store, and the tree may not be at hand.
    package static func load(directory: String) throws(IdentityFault) -> NodeIdentity {
        let files = IdentityDirectory(path: directory)
        let rootDER = try files.readRoot()
        let chain = try files.readCertificates(files.chainFile)
        let key = try files.readKey(files.keyFile)
        return try NodeIdentity(files: files, rootDER: rootDER, chain: chain, key: key)
    }

    private init(
        files: IdentityDirectory, rootDER: [UInt8], chain: [[UInt8]], key: P256.Signing.PrivateKey
    ) throws(IdentityFault) {
        do throws(ChainFault) {
            self.root = try ChainVerifier.readRoot(rootDER)
        } catch {
            throw files.malformed(files.rootFile, "\(error)")
        }
        do throws(ChainFault) {
            self.links = try ChainVerifier.judge(
                chain, publicKey: Array(key.publicKey.x963Representation), of: .node, root: root)
        } catch {
            if error.problem == .otherKey {
                throw files.mismatched(files.keyFile, "is not the key of the certificate in chain.pem")
            }
            throw files.mismatched(files.chainFile, "\(error) (root.pem is the root it was held against)")
        }
        self.division = links[0].division
        self.name = links[0].subject.name
        self.certificateChain = chain
        self.rootDER = rootDER
        self.sealingKey = key
        self.mayIssue = files.mayIssue
    }
}

extension NodeIdentity: CustomStringConvertible {
    /// Leaves the key out, so that no log or failed test shows it.
    package var description: String { "identity of division \(division), \(certificateChain.count) certificates" }
}
