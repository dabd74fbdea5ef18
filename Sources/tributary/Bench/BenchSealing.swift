import Crypto
import Replication

/// Seals as a node does, with its P-256 key.
struct BenchSealing: Sealing {
    let key: P256.Signing.PrivateKey

    func signature(over message: [UInt8]) -> [UInt8] {
        guard let signature = try? key.signature(for: message) else {
            preconditionFailure("a key in memory signs any bytes")
        }
        return Array(signature.rawRepresentation)
    }
}
