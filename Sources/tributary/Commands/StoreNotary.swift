import Crypto
import Divisions
import Identity
import Ledger

/// Judges writers and seals as a running node does, for a store that is read outside of one.
struct StoreNotary: Notary {
    private let verifier: ChainVerifier

    init(_ identity: NodeIdentity, _ tree: DivisionTree) throws(ChainFault) {
        verifier = try ChainVerifier(rootDER: identity.rootDER, tree: tree)
    }

    func accepts(suite: UInt8) -> Bool { suite == Suite.p256.rawValue }

    func seat(certificates: [[UInt8]], key: [UInt8], suite: UInt8) -> Result<DivisionCode, Refusal> {
        guard accepts(suite: suite) else { return .failure(.unknownSuite(suite)) }
        return verifier.division(chain: certificates, publicKey: key).mapError { .certificate("\($0)") }
    }

    /// - Parameter signature: r and s, 32 bytes each, over SHA-256 of `message` (FIPS 186-5).
    func isValid(signature: [UInt8], over message: [UInt8], key: [UInt8], suite: UInt8) -> Bool {
        guard accepts(suite: suite), let key = try? P256.Signing.PublicKey(x963Representation: key),
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
        else { return false }
        return key.isValidSignature(signature, for: message)
    }
}
