import Libraries
import Testing

struct CodeTests {
    @Test(arguments: ["114400000000000194", "91440781MA00000151", "114407000000000273"])
    func `a social credit code with the right check digit is valid`(code: String) {
        #expect(CreditCode.judge(code) == .valid)
    }

    @Test(arguments: ["114400000000000193", "91440781MA00000152"])
    func `a wrong check digit is told apart from a wrong form`(code: String) {
        #expect(CreditCode.judge(code) == .checkDigitDiffers)
    }

    @Test(arguments: [
        "", "1144000000000001941", "11440000000000019", "1144000000000001I4", "11440000000000019z",
        "1144AB000000000194",
        "１１４４００００００００００１９４",
    ])
    func `what has not the form of a code is malformed`(code: String) {
        #expect(CreditCode.judge(code) == .malformed)
    }

    @Test func `one changed digit of a code is always found`() throws {
        let code = try #require(CreditCode.make(registrar: "91", area: "440781", serial: "MA00000X"))
        let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
        for place in 0..<18 {
            for other in alphabet where other != Array(code)[place] {
                var changed = Array(code)
                changed[place] = other
                #expect(CreditCode.judge(String(changed)) != .valid, "\(place) changed to \(other)")
            }
        }
    }

    @Test(arguments: ["440781189304120117", "44078118880720128", "110101188001010017"])
    func `made identity numbers check, and no others of their kind`(number: String) throws {
        let area = String(number.prefix(6))
        let day = number.dropFirst(6).prefix(8)
        let born = try #require(LegalDate("\(day.prefix(4))-\(day.dropFirst(4).prefix(2))-\(day.suffix(2))"))
        let serial = try #require(Int(number.dropFirst(14).prefix(3)))
        let made = try #require(ResidentNumber.make(area: area, born: born, serial: serial))
        #expect(ResidentNumber.isValid(made))
        let valid = "0123456789X".filter { ResidentNumber.isValid(made.dropLast() + String($0)) }
        #expect(valid == String(made.suffix(1)))
    }

    @Test(arguments: ["", "440781189302300117", "44078118930412011x", "4407811893041201170", "44078118930412011７"])
    func `an identity number of wrong form or day is refused`(number: String) {
        #expect(!ResidentNumber.isValid(number))
    }

    @Test func `parts that no code can have make none`() throws {
        let day = try #require(LegalDate("1890-01-01"))
        #expect(CreditCode.make(registrar: "9", area: "440781", serial: "00000001") == nil)
        #expect(CreditCode.make(registrar: "91", area: "440781", serial: "0000000I") == nil)
        #expect(CreditCode.make(registrar: "91", area: "440781", serial: "0000000-") == nil)
        #expect(ResidentNumber.make(area: "4407", born: day, serial: 1) == nil)
        #expect(ResidentNumber.make(area: "440781", born: day, serial: 1_000) == nil)
    }

    @Test func `a citation is read and written back`() throws {
        let citation = try #require(StatuteReference("《示例河道保护条例》第五条之一第二款第（三）项"))
        #expect((citation.title, citation.article, citation.suffix) == ("示例河道保护条例", 5, 1))
        #expect(citation.detail == "第二款第（三）项")
        #expect(citation.description == "《示例河道保护条例》第五条之一第二款第（三）项")
        #expect(StatuteReference("《关于修改〈示例法〉的决定》第三条")?.title == "关于修改〈示例法〉的决定")
    }

    @Test(arguments: ["", "示例法第三条", "《示例法》", "《》第三条", "《示例法》第条", "《示例法》第三款", "《示例法》第零条", "《示例法》第三条之甲", "《示例法》第九九九九九条"])
    func `what cites no article is no citation`(text: String) {
        #expect(StatuteReference(text) == nil)
    }
}
