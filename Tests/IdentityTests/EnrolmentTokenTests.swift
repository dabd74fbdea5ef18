import Divisions
import Foundation
import Testing

@testable import Identity

struct EnrolmentTokenTests {
    let token = EnrolmentToken(
        division: "440103001", mayIssue: true, rootFingerprint: (0..<32).map { UInt8($0) },
        secret: (100..<116).map { UInt8($0) })

    @Test func `a token survives being pasted with white space around it`() {
        for mayIssue in [true, false] {
            for code: DivisionCode in ["44", "440103001", "abcdefghijklmno"] {
                let token = EnrolmentToken(
                    division: code, mayIssue: mayIssue, rootFingerprint: token.rootFingerprint, secret: token.secret)
                #expect(EnrolmentToken("\n  \(token.text)\t\r\n") == token)
            }
        }
    }

    @Test func `its text is the same on every machine`() {
        // Calculated apart from this program.
        #expect(
            token.text
                == "AQEJNDQwMTAzMDAxAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9k"
                + "ZWZnaGlqa2xtbm9wcXJzHdpBZw")
        #expect(token.text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
    }

    @Test func `a token with any character missing or changed is refused`() {
        let text = Array(token.text)
        for place in text.indices {
            #expect(EnrolmentToken(String(text[..<place])) == nil)
            var changed = text
            changed[place] = text[place] == "A" ? "B" : "A"
            #expect(EnrolmentToken(String(changed)) == nil, "character \(place)")
        }
        #expect(EnrolmentToken(token.text + "A") == nil)
        #expect(EnrolmentToken(token.text + token.text) == nil)
        #expect(EnrolmentToken(String(repeating: "A", count: 100_000)) == nil)
        #expect(EnrolmentToken("令牌") == nil)
    }

    @Test func `what a log shows of a token does not hold its secret`() {
        let shown = "\(token)"
        #expect(shown == "token for division 440103001 as issuer, root 0001020304050607")
        #expect(!shown.contains(hexadecimal(token.secret)))
    }
}

struct TokenBookTests {
    private func token(_ number: Int, _ code: DivisionCode = "4401") -> EnrolmentToken {
        let secret = (0..<16).map { UInt8(truncatingIfNeeded: number >> ($0 * 8 % 64)) }
        return EnrolmentToken(
            division: code, mayIssue: false, rootFingerprint: [UInt8](repeating: 0, count: 32), secret: secret)
    }

    @Test func `a token is used once, and not from its last second on`() throws {
        var book = TokenBook()
        try book.add(token(1), seconds: 60, at: today)
        try book.add(token(2), seconds: 60, at: today)
        try book.use(token(1), at: today + 59)
        #expect(throws: EnrolmentRefusal.tokenUsed(at: today + 59)) { try book.use(token(1), at: today + 60) }
        #expect(throws: EnrolmentRefusal.tokenExpired(at: today + 60)) { try book.use(token(2), at: today + 60) }
        #expect(throws: EnrolmentRefusal.tokenUnknown) { try book.use(token(3), at: today) }
        #expect(throws: EnrolmentRefusal.tokenAltered) { try book.use(token(2, "4403"), at: today) }
        #expect(book.count(at: today + 60) == TokenBook.Count(open: 0, used: 1, expired: 1))
    }

    @Test(arguments: [-1, 0, IdentityLimits.tokenLifetimeSecondsMax + 1, .max])
    func `a lifetime out of bounds is refused`(seconds: Int) {
        var book = TokenBook()
        #expect(throws: EnrolmentRefusal.lifetime(seconds: seconds)) {
            try book.add(token(1), seconds: seconds, at: today)
        }
        #expect(book == TokenBook())
    }

    @Test func `a full book forgets ended tokens first and then refuses`() throws {
        var book = TokenBook()
        for number in 0..<IdentityLimits.tokensMax { try book.add(token(number), seconds: 600, at: today) }
        #expect(throws: EnrolmentRefusal.tooManyTokens) { try book.add(token(-1), seconds: 600, at: today) }
        try book.use(token(5), at: today)
        try book.add(token(-1), seconds: 600, at: today)
        #expect(book.tickets.count == IdentityLimits.tokensMax)
        #expect(throws: EnrolmentRefusal.tokenUnknown) { try book.use(token(5), at: today) }
        try book.use(token(6), at: today)
    }

    @Test func `a token long past is forgotten and one just past is not`() throws {
        var book = TokenBook()
        try book.add(token(1), seconds: 60, at: today)
        try book.add(token(2), seconds: 60, at: today + 29 * day)
        #expect(book.tickets.count == 2)
        try book.add(token(3), seconds: 60, at: today + 31 * day)
        #expect(book.tickets.map(\.secretHash) == [token(2).secretHash, token(3).secretHash])
    }
}
