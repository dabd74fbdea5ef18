/// Citizens' identity numbers (GB 11643-1999): area, day of birth, serial and a check digit, 18 characters.
///
/// Personal data: what is judged here must not be shown or logged.
package enum ResidentNumber {
    private static let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    private static let checkDigits = Array("10X98765432".utf8)

    /// Whether the text has the right form, names a day that exists, and its check digit fits. The area is not looked
    /// up: it may have been dissolved since.
    package static func isValid(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 18, let check = checkDigit(of: bytes.prefix(17)), bytes[17] == check else { return false }
        let digits = String(decoding: bytes[6..<14], as: UTF8.self)
        return LegalDate("\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.suffix(2))") != nil
    }

    /// A number with its check digit; nil unless the area has six digits and the serial is at most 999.
    package static func make(area: String, born: LegalDate, serial: Int) -> String? {
        guard area.utf8.count == 6, (0...999).contains(serial) else { return nil }
        let serialText = String(serial + 1_000).dropFirst()
        let digits = area + born.description.filter { $0 != "-" } + serialText
        return checkDigit(of: Array(digits.utf8)).map { digits + String(decoding: [$0], as: UTF8.self) }
    }

    private static func checkDigit(of bytes: some Collection<UInt8>) -> UInt8? {
        var sum = 0
        for (byte, weight) in zip(bytes, weights) {
            guard (0x30...0x39).contains(byte) else { return nil }
            sum += Int(byte - 0x30) * weight
        }
        return checkDigits[sum % 11]
    }
}
