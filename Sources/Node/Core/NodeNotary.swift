import Crypto
package import Divisions
package import Identity
package import Ledger
import Replication
import Synchronization

/// Vouches for writers by the province's certificates and P-256. Pure in all its answers; what it has verified once it
/// remembers, since every stream of one machine begins with the same chain.
package final class NodeNotary: Notary {
    private let verifier: ChainVerifier
    private let remembered = Mutex<[ChainKey: DivisionCode]>([:])
    private let keys = Mutex<[[UInt8]: P256.Signing.PublicKey]>([:])

    private struct ChainKey: Hashable {
        let certificates: [[UInt8]]
        let key: [UInt8]
    }

    /// - Parameter identity: whose root is the one that chains have to lead to.
    package init(identity: NodeIdentity, tree: DivisionTree) throws(ChainFault) {
        verifier = try ChainVerifier(rootDER: identity.rootDER, tree: tree)
    }

    package func accepts(suite: UInt8) -> Bool { suite == Suite.p256.rawValue }

    package func seat(certificates: [[UInt8]], key: [UInt8], suite: UInt8) -> Result<DivisionCode, Refusal> {
        guard accepts(suite: suite) else { return .failure(.unknownSuite(suite)) }
        let place = ChainKey(certificates: certificates, key: key)
        if let known = remembered.withLock({ $0[place] }) { return .success(known) }
        let answer = verifier.division(chain: certificates, publicKey: key).mapError { Refusal.certificate("\($0)") }
        // Only what the province has issued: what a stranger makes up must not fill our memory.
        if case .success(let division) = answer {
            remembered.withLock { remembered in
                if remembered.count >= NodeLimits.chainsRememberedMax { remembered.removeAll() }
                remembered[place] = division
            }
        }
        return answer
    }

    /// - Parameter signature: r and s, 32 bytes each, over SHA-256 of `message` (FIPS 186-5).
    package func isValid(signature: [UInt8], over message: [UInt8], key: [UInt8], suite: UInt8) -> Bool {
        guard accepts(suite: suite), let key = publicKey(key),
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
        else { return false }
        return key.isValidSignature(signature, for: message)
    }

    private func publicKey(_ bytes: [UInt8]) -> P256.Signing.PublicKey? {
        if let known = keys.withLock({ $0[bytes] }) { return known }
        guard let key = try? P256.Signing.PublicKey(x963Representation: bytes) else { return nil }
        keys.withLock { keys in
            if keys.count >= NodeLimits.chainsRememberedMax { keys.removeAll() }
            keys[bytes] = key
        }
        return key
    }
}

/// Seals with the node's own key.
struct NodeSealing: Sealing {
    let key: P256.Signing.PrivateKey

    func signature(over message: [UInt8]) -> [UInt8] {
        do {
            return Array(try key.signature(for: message).rawRepresentation)
        } catch {
            // A key in memory signs any bytes; what is left is a machine without memory or randomness.
            preconditionFailure("the node's key cannot sign: \(error)")
        }
    }
}

extension NodeIdentity {
    /// A writer with chance of its own: for one core and never again.
    func drawWriter() -> WriterIdentity {
        func random(_ count: Int) -> [UInt8] {
            SymmetricKey(size: .init(bitCount: 8 * count)).withUnsafeBytes { Array($0) }
        }
        return WriterIdentity(
            seat: division, suite: .p256, key: publicKey, certificates: certificateChain, nonce: random(16),
            saltSeed: random(32))
    }
}
