import Crypto
import CryptoExtras
import Foundation
import Ledger

/// How dear one guess at a password is (RFC 7914).
package struct ScryptCost: Codable, Hashable, Sendable {
    /// N: a power of two.
    package let rounds: Int
    /// r
    package let blockSize: Int
    /// p
    package let parallelism: Int

    package init(rounds: Int, blockSize: Int, parallelism: Int) {
        (self.rounds, self.blockSize, self.parallelism) = (rounds, blockSize, parallelism)
    }

    /// 32 MiB and some tenths of a second.
    package static let standard = ScryptCost(rounds: 1 << 15, blockSize: 8, parallelism: 1)

    /// Whether it is one that this node would compute: what a damaged file may ask for has an end.
    var isSound: Bool {
        (2...1 << 20).contains(rounds) && rounds & (rounds - 1) == 0 && (1...32).contains(blockSize)
            && (1...16).contains(parallelism)
    }

    /// A measure of the work, to tell whether another is dearer.
    var work: Int { rounds * blockSize * parallelism }
}

/// What is kept of a password: enough to know it again and not enough to find it out.
package struct PasswordHash: Hashable, Sendable {
    let cost: ScryptCost
    let salt: [UInt8]
    let hash: [UInt8]

    init(cost: ScryptCost, salt: [UInt8], hash: [UInt8]) { (self.cost, self.salt, self.hash) = (cost, salt, hash) }

    /// Hashes a password under a salt that nobody has drawn before. Takes some tenths of a second.
    package init(_ password: String, cost: ScryptCost = .standard) {
        var chance = SystemRandomNumberGenerator()
        let salt = (0..<AccessLimits.saltBytes).map { _ in UInt8.random(in: .min ... .max, using: &chance) }
        self.init(cost: cost, salt: salt, hash: Self.derive(password, salt, cost))
    }

    /// What an unknown name is compared with, so that it takes as long as a known one. No password has this hash.
    static func decoy(_ cost: ScryptCost) -> PasswordHash {
        PasswordHash(cost: cost, salt: Array(repeating: 0, count: AccessLimits.saltBytes), hash: [])
    }

    /// Takes as long as making it did, however much of the password is right.
    func matches(_ password: String) -> Bool {
        let derived = Self.derive(password, salt, cost)
        guard derived.count == hash.count else { return false }
        var difference: UInt8 = 0
        for (left, right) in zip(derived, hash) { difference |= left ^ right }
        return difference == 0
    }

    private static func derive(_ password: String, _ salt: [UInt8], _ cost: ScryptCost) -> [UInt8] {
        // The same letters typed on another keyboard are the same password.
        let bytes = Array(password.precomposedStringWithCanonicalMapping.utf8)
        precondition(
            cost.isSound && !bytes.isEmpty, "a cost is checked where it is read, a password before it is hashed")
        do {
            let key = try KDF.Scrypt.deriveKey(
                from: bytes, salt: salt, outputByteCount: AccessLimits.hashBytes, rounds: cost.rounds,
                blockSize: cost.blockSize, parallelism: cost.parallelism)
            return key.withUnsafeBytes { Array($0) }
        } catch {
            preconditionFailure("scrypt refuses a sound cost: \(error)")
        }
    }
}

/// What a password must be.
package enum PasswordRules {
    /// What is wrong with a new password, in words; nil where nothing is.
    package static func fault(of password: String, for certificate: String, instead old: String? = nil) -> String? {
        if password.count < AccessLimits.passwordCharactersMin {
            return "a password has at least \(AccessLimits.passwordCharactersMin) characters"
        }
        if password.utf8.count > AccessLimits.passwordBytesMax {
            return "a password has at most \(AccessLimits.passwordBytesMax) bytes"
        }
        if password.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) {
            return "a password has no control characters"
        }
        if password.lowercased() == certificate.lowercased() { return "a password is not the certificate number" }
        if Set(password).count < 4 { return "a password has at least 4 different characters" }
        if password == old { return "the new password is the old one: choose another" }
        return nil
    }

    /// Letters that nobody mistakes for others, over the telephone neither.
    private static let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")

    /// A password for a first sign-in: 79 bits of chance in groups of four.
    package static func draw(using chance: inout some RandomNumberGenerator) -> String {
        (0..<4).map { _ in
            String((0..<4).map { _ in letters[Int.random(in: 0..<letters.count, using: &chance)] })
        }.joined(separator: "-")
    }
}
