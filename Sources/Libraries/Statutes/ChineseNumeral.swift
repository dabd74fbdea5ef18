/// Chinese numerals as laws use them: `十二`, `一百二十`, `一千二百六十`, `一百〇三` in numbers of articles, and
/// digit by digit, `二〇〇一`, in years.
package enum ChineseNumeral {
    /// The largest number that is read: no law comes near it, and it cannot overflow.
    package static let valueMax = 99_999

    /// The value of a numeral made of digits with 十, 百, 千 and 万, or of digits alone, or of Western digits.
    ///
    /// Nil for anything else, for an empty text, and above ``valueMax``.
    package static func value(_ text: some StringProtocol) -> Int? {
        value(text.unicodeScalars)
    }

    package static func value(_ scalars: some Collection<Unicode.Scalar>) -> Int? {
        guard !scalars.isEmpty, scalars.count <= 12 else { return nil }
        return scalars.contains { unit($0) != nil } ? structured(scalars) : positional(scalars)
    }

    /// The numeral laws write for a number from 0 to 9,999: `一百二十`, `十二`, `一百零三`.
    package static func text(_ number: Int) -> String {
        precondition((0...9_999).contains(number), "\(number) is not a number that articles have")
        guard number > 0 else { return "零" }
        let digits = Array("零一二三四五六七八九")
        var text = ""
        var zeroIsDue = false
        for (unit, name) in [(1_000, "千"), (100, "百"), (10, "十"), (1, "")] {
            let digit = number / unit % 10
            if digit == 0 {
                zeroIsDue = !text.isEmpty
            } else {
                if zeroIsDue { text += "零" }
                zeroIsDue = false
                let isBareTen = unit == 10 && digit == 1 && text.isEmpty
                text += (isBareTen ? "" : String(digits[digit])) + name
            }
        }
        return text
    }

    /// 0 to 9 for a digit in any script that laws use: Chinese, Western, full-width.
    static func digit(_ scalar: Unicode.Scalar) -> Int? {
        switch scalar {
        case "0"..."9": Int(scalar.value - 0x30)
        case "\u{FF10}"..."\u{FF19}": Int(scalar.value - 0xFF10)
        case "零", "〇", "○", "Ｏ", "О": 0
        case "一": 1
        case "二", "两": 2
        case "三": 3
        case "四": 4
        case "五": 5
        case "六": 6
        case "七": 7
        case "八": 8
        case "九": 9
        default: nil
        }
    }

    static func unit(_ scalar: Unicode.Scalar) -> Int? {
        switch scalar {
        case "十": 10
        case "百": 100
        case "千": 1_000
        case "万": 10_000
        default: nil
        }
    }

    /// `二〇〇一`, `2001`.
    private static func positional(_ scalars: some Collection<Unicode.Scalar>) -> Int? {
        var value = 0
        for scalar in scalars {
            guard let digit = digit(scalar) else { return nil }
            value = value * 10 + digit
            guard value <= valueMax else { return nil }
        }
        return value
    }

    /// `一千二百六十`: each unit multiplies the one digit before it, and units descend.
    private static func structured(_ scalars: some Collection<Unicode.Scalar>) -> Int? {
        var total = 0
        var digitBefore: Int?
        var lastUnit = Int.max
        for scalar in scalars {
            if let digit = digit(scalar) {
                guard digitBefore == nil || digitBefore == 0 else { return nil }
                digitBefore = digit
            } else if let unit = unit(scalar) {
                guard unit < lastUnit, digitBefore != 0 || unit == 10 else { return nil }
                guard digitBefore != nil || unit == 10 else { return nil }
                total += (digitBefore.flatMap { $0 == 0 ? nil : $0 } ?? 1) * unit
                digitBefore = nil
                lastUnit = unit
            } else {
                return nil
            }
        }
        let value = total + (digitBefore ?? 0)
        return value <= valueMax ? value : nil
    }
}
