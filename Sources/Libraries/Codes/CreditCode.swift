/// Unified social credit codes of organisations (GB 32100-2015): 18 characters, the last of which checks the rest.
package enum CreditCode {
    package enum Verdict: Hashable, Sendable {
        case valid
        /// 18 characters as they should be, but the check digit does not fit. Some codes that were really issued are
        /// of this sort, so it is a reason to look again, never to refuse.
        case checkDigitDiffers
        case malformed
    }

    /// The characters in the order of their values: I, O, S, V and Z are left out because they resemble digits.
    private static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)

    package static func judge(_ text: some StringProtocol) -> Verdict {
        let bytes = Array(text.utf8)
        guard bytes.count == 18, let check = checkDigit(of: bytes.prefix(17)), alphabet.contains(bytes[17]),
            bytes[2..<8].allSatisfy({ (0x30...0x39).contains($0) })
        else { return .malformed }
        return bytes[17] == check ? .valid : .checkDigitDiffers
    }

    /// A code with its two check digits.
    ///
    /// - Parameters:
    ///   - registrar: two characters, such as `11` for an organ of government and `91` for a company.
    ///   - area: six digits.
    ///   - serial: eight characters; the subject's own check digit (GB 11714) is put behind them.
    /// - Returns: nil if a part has another length or a character that no code has.
    package static func make(registrar: String, area: String, serial: String) -> String? {
        guard registrar.utf8.count == 2, area.utf8.count == 6, serial.utf8.count == 8,
            let subjectCheck = subjectCheckDigit(of: Array(serial.utf8)),
            let check = checkDigit(of: Array((registrar + area + serial).utf8) + [subjectCheck])
        else { return nil }
        return registrar + area + serial + String(decoding: [subjectCheck, check], as: UTF8.self)
    }

    /// The 18th character for 17: weights are powers of 3 modulo 31.
    private static func checkDigit(of bytes: some Collection<UInt8>) -> UInt8? {
        var sum = 0
        var weight = 1
        for byte in bytes {
            guard let value = alphabet.firstIndex(of: byte) else { return nil }
            sum += value * weight
            weight = weight * 3 % 31
        }
        return alphabet[(31 - sum % 31) % 31]
    }

    /// The ninth character of a subject's code for its first eight (GB 11714-1997).
    private static func subjectCheckDigit(of bytes: [UInt8]) -> UInt8? {
        var sum = 0
        for (byte, weight) in zip(bytes, [3, 7, 9, 10, 5, 8, 4, 2]) {
            switch byte {
            case 0x30...0x39: sum += Int(byte - 0x30) * weight
            case 0x41...0x5A: sum += (Int(byte - 0x41) + 10) * weight
            default: return nil
            }
        }
        return Array("0123456789X".utf8)[(11 - sum % 11) % 11]
    }
}
