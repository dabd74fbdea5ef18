import Libraries

/// Finds in free text what has the form of something personal, and hides it.
enum MaskingPatterns {
    static func hide(_ scalars: inout [Unicode.Scalar]) {
        hideMail(&scalars)
        hideAccounts(&scalars)
        hideNumbers(&scalars)
        hidePlates(&scalars)
        hideHouses(&scalars)
    }

    static func isDigit(_ scalar: Unicode.Scalar) -> Bool { digit(scalar) != nil }

    private static func digit(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        let folded = Folded.fold(scalar)
        return ("0"..."9").contains(folded) ? folded : nil
    }

    private static func isLatinOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        let folded = Folded.fold(scalar)
        return ("0"..."9").contains(folded) || ("A"..."Z").contains(folded)
    }

    private static func stars(_ scalars: inout [Unicode.Scalar], _ range: Range<Int>) {
        for index in range { scalars[index] = "*" }
    }

    // MARK: Mail and accounts

    private static func hideMail(_ scalars: inout [Unicode.Scalar]) {
        for at in scalars.indices where Folded.fold(scalars[at]) == "@" {
            var start = at
            while start > 0, isLatinOrDigit(scalars[start - 1]) || "._%+-".unicodeScalars.contains(scalars[start - 1]) {
                start -= 1
            }
            guard start < at, at + 1 < scalars.count, isLatinOrDigit(scalars[at + 1]) else { continue }
            stars(&scalars, start..<at)
        }
    }

    /// Names of accounts behind the words that announce them.
    private static func hideAccounts(_ scalars: inout [Unicode.Scalar]) {
        for mark in ["微信", "QQ", "qq", "支付宝"].map({ Array($0.unicodeScalars) }) where scalars.count > mark.count {
            for start in 0...(scalars.count - mark.count)
            where scalars[start..<(start + mark.count)].elementsEqual(mark) {
                var begin = start + mark.count
                while begin < scalars.count, "号：:为是账户名 ".unicodeScalars.contains(scalars[begin]) { begin += 1 }
                var end = begin
                while end < scalars.count, isLatinOrDigit(scalars[end]) || scalars[end] == "_" || scalars[end] == "-" {
                    end += 1
                }
                if end - begin >= 5 { stars(&scalars, begin..<end) }
            }
        }
    }

    // MARK: Numbers

    /// Digits of one number as it is written, with single spaces or hyphens between its groups.
    private struct Run {
        var digits: [Unicode.Scalar] = []
        var places: [Int] = []
        /// Whether a group begins with this digit, or ends with it.
        var begins: [Bool] = []
        var ends: [Bool] = []

        mutating func append(_ digit: Unicode.Scalar, at place: Int) {
            let isNext = places.last == place - 1
            if !ends.isEmpty, isNext { ends[ends.count - 1] = false }
            digits.append(digit)
            places.append(place)
            begins.append(!isNext)
            ends.append(true)
        }
    }

    private static func hideNumbers(_ scalars: inout [Unicode.Scalar]) {
        let codes = creditCodes(scalars)
        var index = 0
        while index < scalars.count {
            guard isDigit(scalars[index]) else {
                index += 1
                continue
            }
            var run = Run()
            while index < scalars.count {
                if let digit = digit(scalars[index]) {
                    run.append(digit, at: index)
                } else if Folded.fold(scalars[index]) == "X", run.places.last == index - 1, run.digits.count >= 17 {
                    run.append("X", at: index)
                } else if isSeparator(scalars[index]), index + 1 < scalars.count, isDigit(scalars[index + 1]) {
                    // A group goes on behind it.
                } else {
                    break
                }
                index += 1
            }
            if let first = run.places.first, codes.contains(where: { $0.contains(first) }) { continue }
            hideRun(run, &scalars)
        }
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "-" || scalar == "\u{3000}" || scalar == "－" || scalar == "\u{A0}"
    }

    private static func hideRun(_ run: Run, _ scalars: inout [Unicode.Scalar]) {
        let count = run.digits.count
        var start = 0
        while start < count {
            guard let found = number(in: run, from: start) else {
                start += 1
                continue
            }
            for index in (start + found.head)..<(start + found.length - found.tail) { scalars[run.places[index]] = "*" }
            start += found.length
        }
    }

    /// What personal number begins at a digit: its length, and how much of its head and tail stays readable.
    private static func number(in run: Run, from start: Int) -> (length: Int, head: Int, tail: Int)? {
        func text(_ length: Int) -> String? {
            start + length <= run.digits.count ? Masking.string(run.digits[start..<(start + length)]) : nil
        }
        if let text = text(18), ResidentNumber.isValid(text),
            text.dropFirst(6).hasPrefix("19") || text.dropFirst(6).hasPrefix("20")
        {
            return (18, 6, 4)
        }
        guard run.begins[start] || isCountryCode(run, before: start) else { return nil }
        for length in [19, 18, 17, 16] {
            if let text = text(length), run.ends[start + length - 1], "3456".contains(text.prefix(1)), isLuhn(text) {
                return (length, 0, 4)
            }
        }
        if let text = text(15), run.ends[start + 14], isOldIdentity(text) { return (15, 6, 0) }
        if let text = text(11), run.ends[start + 10], text.hasPrefix("1"), !"012".contains(text.dropFirst().prefix(1)) {
            return (11, 3, 4)
        }
        for length in [12, 11, 10] {
            if let text = text(length), run.ends[start + length - 1], text.hasPrefix("0") { return (length, 4, 2) }
        }
        return nil
    }

    private static func isCountryCode(_ run: Run, before start: Int) -> Bool {
        start == 2 && run.digits[0] == "8" && run.digits[1] == "6" && run.digits.count == 13
    }

    /// Identity numbers of 15 digits (before 1999): area, day of birth in this form, serial.
    private static func isOldIdentity(_ text: String) -> Bool {
        guard let first = text.first, ("1"..."8").contains(first) else { return false }
        let day = text.dropFirst(6).prefix(6)
        return LegalDate("19\(day.prefix(2))-\(day.dropFirst(2).prefix(2))-\(day.suffix(2))") != nil
    }

    /// The check digit of card numbers (ISO/IEC 7812-1, annex B).
    private static func isLuhn(_ text: String) -> Bool {
        var sum = 0
        for (index, byte) in text.utf8.reversed().enumerated() {
            guard (0x30...0x39).contains(byte) else { return false }
            let digit = Int(byte - 0x30)
            sum += index % 2 == 0 ? digit : (digit * 2 > 9 ? digit * 2 - 9 : digit * 2)
        }
        return sum % 10 == 0
    }

    /// Credit codes of organisations, which are public.
    private static func creditCodes(_ scalars: [Unicode.Scalar]) -> [Range<Int>] {
        var codes: [Range<Int>] = []
        var start = 0
        while start < scalars.count {
            guard isLatinOrDigit(scalars[start]) else {
                start += 1
                continue
            }
            var end = start
            while end < scalars.count, isLatinOrDigit(scalars[end]) { end += 1 }
            let text = Masking.string(scalars[start..<end])
            if CreditCode.judge(text) == .valid, !ResidentNumber.isValid(text) { codes.append(start..<end) }
            start = end
        }
        return codes
    }

    // MARK: Plates and houses

    private static let provinces = Set("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领".unicodeScalars)

    /// `粤A12345` becomes `粤A*****`; those of new energy have one character more.
    private static func hidePlates(_ scalars: inout [Unicode.Scalar]) {
        guard scalars.count >= 7 else { return }
        for start in 0...(scalars.count - 7) where provinces.contains(scalars[start]) {
            guard ("A"..."Z").contains(Folded.fold(scalars[start + 1])) else { continue }
            var begin = start + 2
            while begin < scalars.count, scalars[begin] == "·" || scalars[begin] == " " || scalars[begin] == "." {
                begin += 1
            }
            var end = begin
            while end < scalars.count, end - begin < 6,
                isLatinOrDigit(scalars[end]) || "挂学警港澳".unicodeScalars.contains(scalars[end])
            { end += 1 }
            if end - begin >= 5, scalars[begin..<end].contains(where: isDigit) { stars(&scalars, begin..<end) }
        }
    }

    private static let streets = Set("路街道巷里弄村苑园区厦坊围庄屯寨组队城湾岗".unicodeScalars)
    private static let houses = Set("号栋幢座单室房弄楼层".unicodeScalars)
    private static let numerals = Set("一二三四五六七八九十百千零〇之-－～~、,，甲乙丙丁附".unicodeScalars)

    /// House numbers behind a street: `中山路12号3栋501房` becomes `中山路***`.
    private static func hideHouses(_ scalars: inout [Unicode.Scalar]) {
        var index = 1
        while index < scalars.count {
            guard streets.contains(scalars[index - 1]), isHouseNumeral(scalars[index]) else {
                index += 1
                continue
            }
            var end = index
            var last = index
            while end < scalars.count {
                if isHouseNumeral(scalars[end]) {
                    end += 1
                } else if houses.contains(scalars[end]), end > index {
                    end += scalars[end] == "单" && end + 1 < scalars.count && scalars[end + 1] == "元" ? 2 : 1
                    last = end
                } else {
                    break
                }
            }
            // Digits behind the last mark, as in 3栋501.
            if last > index {
                while last < end, isDigit(scalars[last]) || isLatinOrDigit(scalars[last]) { last += 1 }
                scalars.replaceSubrange(index..<last, with: ["*", "*", "*"])
                index += 3
            } else {
                index += 1
            }
        }
    }

    private static func isHouseNumeral(_ scalar: Unicode.Scalar) -> Bool {
        isLatinOrDigit(scalar) || numerals.contains(scalar)
    }
}
