/// Sums of money as documents write them: in digits, and in the characters that cannot be altered with a stroke
/// (支付结算办法, annex 1: 整 closes a sum that ends with 元 or 角, and stands for a zero between digits once only).
package enum CapitalAmount {
    private static let digits = Array("零壹贰叁肆伍陆柒捌玖")

    /// `人民币` is left to the template: `伍仟元整`, `壹拾元零伍分`, `零元整`.
    ///
    /// - Parameter fen: any number; one below zero begins with 负.
    package static func text(fen: Int64) -> String {
        guard fen != 0 else { return "零元整" }
        let magnitude = fen.magnitude
        let (yuan, jiao, rest) = (magnitude / 100, Int(magnitude / 10 % 10), Int(magnitude % 10))
        var text = fen < 0 ? "负" : ""
        if yuan > 0 { text += whole(yuan) + "元" }
        if jiao > 0 {
            text += String(digits[jiao]) + "角"
        } else if yuan > 0, rest > 0 {
            text += "零"
        }
        return text + (rest > 0 ? String(digits[rest]) + "分" : "整")
    }

    /// `5000`, `5000.50`: yuan without separators, two decimals only where there are jiao or fen.
    package static func yuan(fen: Int64) -> String {
        let magnitude = fen.magnitude
        let cents = magnitude % 100
        let decimals = cents == 0 ? "" : ".\(cents < 10 ? "0" : "")\(cents)"
        return "\(fen < 0 ? "-" : "")\(magnitude / 100)\(decimals)"
    }

    /// Above 亿 the same words count again in it: `玖亿亿`.
    private static func whole(_ number: UInt64) -> String {
        for (unit, name, full) in [(100_000_000, "亿", 10_000_000), (10_000, "万", 1_000)] as [(UInt64, String, UInt64)]
        where number >= unit {
            let rest = number % unit
            return whole(number / unit) + name
                + (rest == 0 ? "" : (rest < full ? "零" : "") + whole(rest))
        }
        var text = ""
        var zeroIsDue = false
        for (unit, name) in [(1_000, "仟"), (100, "佰"), (10, "拾"), (1, "")] as [(UInt64, String)] {
            let digit = Int(number / unit % 10)
            if digit == 0 {
                zeroIsDue = !text.isEmpty
            } else {
                text += (zeroIsDue ? "零" : "") + String(digits[digit]) + name
                zeroIsDue = false
            }
        }
        return text
    }
}
