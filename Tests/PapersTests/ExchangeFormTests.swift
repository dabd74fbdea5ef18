import Libraries
import Testing

@testable import Papers

/// The field lists that this repository ships, and what is refused of one.
@Suite struct ExchangeFormTests {
    @Test(arguments: [
        ("credit-penalty-2019", 30), ("credit-penalty-2016", 20), ("credit-message", 19),
        ("supervision-inspection", 27),
        ("supervision-penalty", 47), ("supervision-coercion", 27), ("supervision-other", 25),
    ])
    func `a shipped form has as many fields as its receiver lists`(id: String, count: Int) throws {
        let form = try #require(try ExchangeFixtures.forms()[id])
        #expect(form.fields.count == count)
        #expect(form.fields.contains { $0.isKey })
    }

    @Test(arguments: [
        ("service", "post", "04"), ("evidence", "scene", "08"), ("ending", "terminated", "98"),
        ("source", "other", "9"),
        ("party", "legal", "2"), ("discretion", "heavier", "3"), ("case-state", "filing-withdrawn", "06"),
    ])
    func `our words and a receiver's codes lead to each other`(set: String, word: String, code: String) throws {
        let codes = try ExchangeFixtures.forms().codes
        #expect(codes.code(of: word, in: set)?.code == code)
        #expect(codes.word(for: code, in: set)?.word == word)
    }

    @Test func `every number of a personal document is marked as not to be shown`() throws {
        for form in try ExchangeFixtures.forms().all {
            for field in form.fields where field.sources.contains(where: { $0.name.hasSuffix("document-number") }) {
                let isParty = field.sources.contains { $0.name.hasPrefix("party.") }
                #expect(field.isHidden == isParty, "\(form.id) \(field.code)")
            }
        }
    }

    @Test(arguments: [
        ("CF_WSH,", "CF_WSH,文号,text 0,yes,key,,penalty.document-number,,", "type"),
        ("CF_WSH,", "CF_WSH,文号,text 128,yes,key,,penalty.secret,,", "penalty.secret"),
        ("CF_WSH,", "CF_WSH,文号,date,yes,key,,penalty.document-number,,", "penalty.document-number"),
        ("CF_WSH,", "CF_WSH,文号,text 128,perhaps,key,,penalty.document-number,,", "required"),
        ("CF_WSH,", "CF_WSH,文号,text 128,yes,secret,,penalty.document-number,,", "marks"),
        ("CF_WSH,", "CF_WSH,文号,text 128,yes,key,,,,", "no source"),
        ("CF_WSH,", "CF_NR,文号,text 128,yes,key,,penalty.document-number,,", "stands above"),
        ("CF_CFLB,", "CF_CFLB,类别,codes nothing,yes,,,penalty.kinds,,", "no set nothing"),
        ("CF_NR_FK,", "CF_NR_FK,罚款,decimal 18 2,no,,,penalty.fine,wan,", "penalty.fine"),
        ("CF_YXQ,", "CF_YXQ,有效期,date,yes,,CF_WSH,penalty.valid-to,,", "after"),
        ("CF_YXQ,", "\"CF YXQ\",有效期,date,yes,,,penalty.valid-to,,", "cannot name an XML element"),
    ])
    func `a faulty line of a field list is refused with what to do`(begin: String, line: String, says: String) throws {
        let error = #expect(throws: ExchangeForms.Faults.self) {
            try ExchangeFixtures.forms(changing: "credit-penalty-2019.csv") { text in
                text.split(separator: "\n").map { $0.hasPrefix(begin) ? line : String($0) }.joined(separator: "\n")
            }
        }
        let fault = try #require(error?.rows.first)
        #expect(fault.file == "credit-penalty-2019.csv" && fault.line > 0)
        #expect(fault.reason.english.contains(says))
    }

    @Test func `a list without a key, a missing list and a doubled word are refused`() throws {
        let keyless = #expect(throws: ExchangeForms.Faults.self) {
            try ExchangeFixtures.forms(changing: "credit-penalty-2019.csv") { $0.replacing(",key,", with: ",,") }
        }
        #expect(keyless?.rows.first?.reason.english.contains("key") == true)
        let missing = #expect(throws: ExchangeForms.Faults.self) {
            try ExchangeForms(ExchangeFixtures.files.filter { $0.name != "supervision-other.csv" })
        }
        #expect(missing?.rows.contains { $0.file == "supervision-other.csv" } == true)
        let doubled = #expect(throws: ExchangeForms.Faults.self) {
            try ExchangeFixtures.forms(changing: "codes.csv") { $0 + "party,citizen,7,公民,citizen\n" }
        }
        #expect(doubled?.rows.first?.line == 140)
    }
}
