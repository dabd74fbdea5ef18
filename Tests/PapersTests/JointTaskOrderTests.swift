import Foundation
import Libraries
import Testing

@testable import Papers

/// Joint tasks that other platforms hand down, and documents that are not taken.
@Suite struct JointTaskOrderTests {
    private static let task = """
        <?xml version="1.0" encoding="UTF-8" ?>
        <taskInfo>
            <taskNo>lh-2026-001</taskNo>
            <taskName>校园食品联合检查</taskName>
            <taskStartTime>2026-03-02</taskStartTime>
            <initiateUnitNo>440000</initiateUnitNo>
            <initiateUnitName>示例市场监督管理局</initiateUnitName>
            <initiateUnitType>dept</initiateUnitType>
            <unionDeptNo>440001,440002</unionDeptNo>
            <unionDeptName>示例卫生健康局，示例教育局</unionDeptName>
            <unionRegionNo>440106</unionRegionNo>
            <unionRegionName>示例区</unionRegionName>
            <supervisionMatterCode>01234567890123</supervisionMatterCode>
            <superviseObjectNo>P8321</superviseObjectNo>
            <inspectContent><![CDATA[进货 < 查验 & 留样]]></inspectContent>
            <inspectClaim>两人以上</inspectClaim>
            <remark/>
            <superviseObjects>
                <superviseObject>
                    <superviseObjectType>企业</superviseObjectType>
                    <superviseObjectName>甲&amp;乙餐饮有限公司</superviseObjectName>
                    <superviseObjectCode>obj-1</superviseObjectCode>
                    <credentialsType>统一社会信用代码</credentialsType>
                    <credentialsValue>91350211M0000XUF46</credentialsValue>
                </superviseObject>
                <superviseObject>
                    <superviseObjectType>企业</superviseObjectType>
                    <superviseObjectName>丙食堂</superviseObjectName>
                </superviseObject>
            </superviseObjects>
        </taskInfo>
        """

    private func fault(_ text: String) -> RefusedRow? {
        do {
            _ = try JointTaskOrder(Array(text.utf8), file: "task.xml")
            return nil
        } catch {
            return error.row
        }
    }

    @Test func `a task is read with all it says`() throws {
        let task = try JointTaskOrder(Array(Self.task.utf8), file: "task.xml")
        #expect(task.number == "lh-2026-001" && task.startsOn.description == "2026-03-02")
        #expect(task.departments.map(\.name) == ["示例卫生健康局", "示例教育局"])
        #expect(task.departments.map(\.code) == ["440001", "440002"])
        #expect(task.regions.map(\.code) == ["440106"])
        #expect(task.content == "进货 < 查验 & 留样" && task.note.isEmpty)
        #expect(task.objects.map(\.name) == ["甲&乙餐饮有限公司", "丙食堂"])
        #expect(task.warnings.count == 1 && !task.warnings[0].description.contains("91350211M0000XUF46"))
        let wrapped = Self.task.replacing("<taskInfo>", with: "<superviseData><taskInfo>") + "</superviseData>"
        #expect(try JointTaskOrder(Array(wrapped.utf8), file: "task.xml") == task)
    }

    @Test(arguments: [
        ("<taskNo>lh-2026-001</taskNo>", "", 2, "no taskNo"),
        ("<taskNo>lh-2026-001</taskNo>", "<taskNo> </taskNo>", 2, "no taskNo"),
        ("<remark/>", "<taskNo>x</taskNo>", 17, "stands twice"),
        ("<remark/>", "<surprise/>", 17, "surprise"),
        ("<remark/>", "<remark><b/></remark>", 17, "text alone"),
        ("<remark/>", "stray", 2, "beside its elements"),
        ("2026-03-02", "2026-02-30", 5, "YYYY-MM-DD"),
        ("01234567890123", "0123", 13, "14 digits"),
        (">dept<", ">person<", 8, "dept or region"),
        ("440001,440002", "440001", 9, "do not hold as many"),
        ("丙食堂</superviseObjectName>", "</superviseObjectName>", 26, "no superviseObjectName"),
        ("</taskInfo>", "</taskInfos>", 31, "closed by another tag"),
    ])
    func `a faulty task is refused with the line`(part: String, other: String, line: Int, says: String) {
        #expect(Self.task.contains(part))
        let row = fault(Self.task.replacing(part, with: other))
        #expect(row?.line == line)
        #expect(row?.reason.english.contains(says) == true)
    }

    @Test func `objects must be there, once each`() {
        let object =
            "<superviseObject>\n<superviseObjectType>企业</superviseObjectType><superviseObjectName>丙食堂</superviseObjectName></superviseObject>"
        let doubled = Self.task.replacing("</superviseObjects>", with: object + "</superviseObjects>")
        #expect(fault(doubled)?.reason.english.contains("stands above") == true)
        let start = Self.task.range(of: "<superviseObjects>")
        let end = Self.task.range(of: "</superviseObjects>")
        if let start, let end {
            let empty = Self.task[..<start.upperBound] + Self.task[end.lowerBound...]
            #expect(fault(String(empty))?.reason.english.contains("1 to") == true)
        }
        #expect(start != nil && end != nil)
    }

    @Test(arguments: [
        ("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "document type"), ("<a>&x;</a>", "reference"),
        ("<a>&#0;</a>", "reference"), ("<a>&#xD800;</a>", "reference"), ("<a>&#x110000;</a>", "reference"),
        ("<a><b></a></b>", "another tag"), ("<a b=1/>", "no quotes"), ("<a b='1' b='2'/>", "stands twice"),
        ("<a b='1'c='2'/>", "blanks"), ("<a b='<'/>", "holds <"), ("<a/><b/>", "outermost"), ("", "no element"),
        ("<a>]]></a>", "]]>"), ("<a><!-- -- --></a>", "comment"), ("<a", "inside a tag"), ("<a>", "not closed"),
        ("<a b='", "not closed"), ("<a><![CDATA[x</a>", "ends before"), ("<1/>", "name"), ("text", "no element"),
        ("<?xml version='1.0' encoding='GBK'?><a/>", "UTF-8"), ("<a>\u{1}</a>", "control character"),
    ])
    func `a document that is not well formed is refused`(text: String, says: String) {
        let error = #expect(throws: RefusedDocument.self) {
            try ExchangeXMLReader.read(Array(text.utf8), file: "a.xml")
        }
        #expect(error?.row.reason.english.contains(says) == true, "\(String(describing: error))")
    }

    @Test func `depth is bounded, and bytes must be UTF-8`() {
        let deep = String(repeating: "<a>", count: 65) + String(repeating: "</a>", count: 65)
        #expect(throws: RefusedDocument.self) { try ExchangeXMLReader.read(Array(deep.utf8), file: "a.xml") }
        #expect(throws: RefusedDocument.self) { try ExchangeXMLReader.read([0x3C, 0x61, 0xFF], file: "a.xml") }
    }

    @Test func `references, comments, instructions and line ends are read as the standard says`() throws {
        let text =
            "\u{FEFF}<?xml version=\"1.0\"?><!-- c --><a x='1&#10;2\n3' y=\"&lt;\"><?p q?>甲&#x4E59;\r\n<!--c-->丙\r<![CDATA[<丁>\r\n&amp;]]></a >\n"
        let root = try ExchangeXMLReader.read(Array(text.utf8), file: "a.xml")
        #expect(root.attributes == ["x": "1\n2 3", "y": "<"])
        #expect(root.text == "甲乙\n丙\n<丁>\n&amp;")
    }

    @Test func `a document cut off or garbled anywhere is read or refused, and never more`() {
        let bytes = Array(Self.task.utf8)
        for length in 0..<bytes.count {
            #expect(throws: RefusedDocument.self) { try JointTaskOrder(Array(bytes.prefix(length)), file: "a.xml") }
        }
        var refused = 0
        for place in stride(from: 0, to: bytes.count, by: 7) {
            for byte in Array("<>&;\"'/!]-\r".utf8) {
                var garbled = bytes
                garbled[place] = byte
                do {
                    _ = try JointTaskOrder(garbled, file: "a.xml")
                } catch {
                    refused += 1
                    #expect((1...40).contains(error.row.line))
                }
            }
        }
        #expect(refused > bytes.count)
    }
}
