import Crypto
package import Divisions
package import Ledger
import Replication

/// Vouches for writers under suite 255, by what anyone can recompute: a writer's key is the ASCII of its seat's code,
/// and a seal is HMAC-SHA-256 (RFC 2104) under that key. No secrets, and the same bytes on every machine.
package struct TestNotary: Notary {
    package init() {}

    package func seat(certificates: [[UInt8]], key: [UInt8], suite: UInt8) -> Result<DivisionCode, Refusal> {
        guard let text = String(validating: key, as: UTF8.self), let code = DivisionCode(text) else {
            return .failure(.certificate("the key is no division's code"))
        }
        return .success(code)
    }

    package func isValid(signature: [UInt8], over message: [UInt8], key: [UInt8], suite: UInt8) -> Bool {
        signature == Self.signature(over: message, key: key)
    }

    package func accepts(suite: UInt8) -> Bool { suite == Suite.test.rawValue }

    package static func key(seat: DivisionCode) -> [UInt8] { Array(seat.text.utf8) }

    package static func signature(over message: [UInt8], key: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
    }
}

/// Seals of a test writer.
package struct TestSealing: Sealing {
    private let seat: DivisionCode
    package init(seat: DivisionCode) { self.seat = seat }
    package func signature(over message: [UInt8]) -> [UInt8] {
        TestNotary.signature(over: message, key: TestNotary.key(seat: seat))
    }
}
