import Casework
import Foundation
import Libraries
import Testing

@testable import Papers

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Rows as files: another program reads them back as they were.
@Suite struct ExchangeFileTests {
    private static let hard = [
        "逗号,和\"引号\"", "第一行\n第二行\r\n第三行\r末", " 前后空格 ", "𠮷野家 👩‍👩‍👧 é", "<a href='x'>&amp;]]></a>", "\t制表", "=1+1",
        "\u{FEFF}头",
    ]

    private func hardBatch(_ form: String) throws -> ExchangeBatch {
        try ExchangeFixtures.export(
            try Self.hard.enumerated().map { place, text in
                var act = try ExchangeFixtures.penalty("case-\(place)", at: UInt64(place + 1))
                act.conduct.facts = text
                act.penalty.content = text + text
                act.note = text
                return act
            }, form)
    }

    @Test(arguments: ["credit-penalty-2019", "credit-penalty-2016", "supervision-penalty"])
    func `rows written as comma-separated values are read back as they were`(id: String) throws {
        let batch = try hardBatch(id)
        #expect(batch.rows.count == Self.hard.count)
        let read = ExchangeFileReader.rows(batch.csv, of: batch.form, file: "a.csv")
        #expect(read.refused.isEmpty)
        #expect(read.rows == batch.rows)
        // Bytes, since Swift takes texts for equal that differ in composition.
        #expect(read.rows.map { $0.texts.map { Array($0.utf8) } } == batch.rows.map { $0.texts.map { Array($0.utf8) } })
    }

    @Test func `a file for an upload page has the form's columns and nothing else`() throws {
        var act = try ExchangeFixtures.penalty()
        act.firstPosition = nil
        act.standing = .withdrawn
        let text = try ExchangeFixtures.export([try ExchangeFixtures.penalty("case-2"), act]).bareCSV()
        #expect(text.hasPrefix("CF_XDR_MC,CF_XDR_LB,") && text.utf8.starts(with: Array("CF_XDR_MC".utf8)))
        #expect(text.utf8.count(where: { $0 == 0x0A }) == 2)
        #expect(text.hasSuffix("\r\n"))
    }

    @Test func `a file of another form and rows without an operation are refused`() throws {
        let batch = try hardBatch("credit-penalty-2019")
        let older = try #require(try ExchangeFixtures.forms()["credit-penalty-2016"])
        let wrong = ExchangeFileReader.rows(batch.csv, of: older, file: "a.csv")
        #expect(wrong.rows.isEmpty && wrong.refused.map(\.line) == [1])
        let broken = batch.csv + "a,b,X,c\r\n"
        let read = ExchangeFileReader.rows(broken, of: batch.form, file: "a.csv")
        #expect(read.rows == batch.rows && read.refused.count == 1)
    }

    @Test func `a row says which of its filled fields are not to be shown`() throws {
        let batch = try ExchangeFixtures.export([try ExchangeFixtures.penalty()])
        let line = try #require(batch.csv.split(separator: "\r\n").last)
        #expect(line.split(separator: ",")[3] == "CF_FR_ZJHM")
        #expect(batch.xml.contains("<CF_FR_ZJHM shown=\"no\">"))
        #expect(!batch.xml.contains("<CF_WSH shown"))
    }

    @Test(arguments: ["credit-penalty-2019", "credit-penalty-2016", "supervision-penalty"])
    func `rows written as XML are read back by another parser as they were`(id: String) throws {
        let batch = try hardBatch(id)
        let rows = try XMLRows.read(batch.xml)
        #expect(rows.count == batch.rows.count)
        for (read, row) in zip(rows, batch.rows) {
            #expect(read.attributes["message"] == row.message && read.attributes["record"] == row.record)
            for (field, text) in zip(batch.form.fields, row.texts) {
                #expect(Array((read.fields[field.code] ?? "").utf8) == Array(text.utf8), "\(field.code)")
            }
        }
    }

    @Test func `our own reader reads what our writer wrote`() throws {
        let batch = try hardBatch("credit-penalty-2019")
        let root = try ExchangeXMLReader.read(Array(batch.xml.utf8), file: "a.xml")
        for (element, row) in zip(root.children("row"), batch.rows) {
            for (field, text) in zip(batch.form.fields, row.texts) {
                #expect(Array((element.children(field.code).first?.text ?? "").utf8) == Array(text.utf8))
            }
        }
    }

    @Test func `a message has its header, every field and ids that follow from what it says`() throws {
        let batch = try hardBatch("credit-message")
        let header = ExchangeHeader(sender: "33", receiver: "A<&>\"B", operatorName: "操作员", contacts: "020-00000000")
        let messages = batch.messages(header)
        #expect(messages.map(\.message) == batch.rows.map(\.message))
        for (message, row) in zip(messages, batch.rows) {
            let rows = try XMLRows.read(message.xml, row: "ExchangeMessage")
            let read = try #require(rows.first?.fields)
            #expect(read["flow"] == row.record && read["item"] == row.message && read["receiver"] == "A<&>\"B")
            for (field, text) in zip(batch.form.fields, row.texts) {
                #expect(Array(try #require(read[field.code]).utf8) == Array(text.utf8))
            }
        }
    }

    @Test func `a character that no document can hold never gets into one`() {
        #expect(
            ExchangeXML.element("a", [("b", "\u{0}\"\n")], "\u{1}\u{FFFE}\u{7F}x\r") == """
                <a b="\u{FFFD}&quot;&#10;">\u{FFFD}\u{FFFD}\u{7F}x&#13;</a>
                """)
    }
}

/// Rows of a document as Foundation's parser reads them.
private final class XMLRows: NSObject, XMLParserDelegate {
    struct Row {
        var attributes: [String: String]
        var fields: [String: String] = [:]
    }

    private let row: String
    private var rows: [Row] = []
    private var field: String?
    private var text = ""

    private init(row: String) { self.row = row }

    static func read(_ text: String, row: String = "row") throws -> [Row] {
        let reader = XMLRows(row: row)
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = reader
        #expect(parser.parse(), "not well formed: \(String(describing: parser.parserError))")
        return reader.rows
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        if name == row { rows.append(Row(attributes: attributes)) }
        field = name == "field" ? attributes["code"] : name
        text = ""
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        if let field, !rows.isEmpty { rows[rows.count - 1].fields[field] = text }
        field = nil
    }
}
