package import Libraries

/// An element of a document that was read: its name, its attributes, the elements in it and its own text.
package struct ExchangeElement: Hashable, Sendable {
    package let name: String
    /// Where it begins, from 1.
    package let line: Int
    package fileprivate(set) var attributes: [String: String] = [:]
    package fileprivate(set) var children: [ExchangeElement] = []
    /// All text right inside it, joined.
    package fileprivate(set) var text = ""

    /// The elements of a name, in their order.
    package func children(_ name: String) -> [ExchangeElement] { children.filter { $0.name == name } }
}

/// Reads the XML 1.0 that other platforms send, strictly: elements, attributes, text, CDATA, comments, the five entities
/// of the standard and character references. A document type is refused outright, since entities of a sender's own
/// making can read files and grow without bound. UTF-8 alone.
package struct ExchangeXMLReader {
    package static let bytesMax = 16 << 20
    package static let depthMax = 64
    package static let elementsMax = 200_000

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var elementCount = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// - Throws: the first fault, with its line.
    package static func read(_ bytes: [UInt8], file: String) throws(RefusedDocument) -> ExchangeElement {
        var reader = ExchangeXMLReader(bytes)
        do throws(Reason) {
            guard bytes.count <= bytesMax else {
                throw Reason("文件超过 \(bytesMax) 字节", "the document has more than \(bytesMax) bytes; split it")
            }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Reason("不是 UTF-8 编码，请另存为 UTF-8", "the document is not UTF-8; save it as UTF-8")
            }
            guard text.unicodeScalars.allSatisfy(ExchangeXML.isAllowed) else {
                throw Reason("含有 XML 不允许的控制字符", "the document holds a control character that XML does not allow")
            }
            return try reader.readDocument()
        } catch {
            throw RefusedDocument(row: RefusedRow(file: file, line: reader.line, reason: error))
        }
    }

    private mutating func readDocument() throws(Reason) -> ExchangeElement {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        if at("<?xml") {
            let start = position
            try skip(past: "?>")
            let declaration = String(decoding: bytes[start..<position], as: UTF8.self).lowercased()
            guard !declaration.contains("encoding") || declaration.contains("utf-8") else {
                throw Reason("声明的编码不是 UTF-8", "the declared encoding is not UTF-8; send the document as UTF-8")
            }
        }
        try skipMisc()
        guard at("<"), !at("</") else { throw Reason("缺少根元素", "the document has no element") }
        let root = try readElement(depth: 1)
        try skipMisc()
        guard position == bytes.count else {
            throw Reason("根元素之后还有内容", "something follows the outermost element; send one document at a time")
        }
        return root
    }

    /// Blanks, comments and processing instructions between what counts.
    private mutating func skipMisc() throws(Reason) {
        while position < bytes.count {
            skipBlanks()
            if at("<!--") {
                try skipComment()
            } else if at("<?") {
                try skip(past: "?>")
            } else if at("<!") {
                throw Reason("不接受文档类型声明（DTD）", "a document type is not accepted; send the document without one")
            } else {
                return
            }
        }
    }

    private mutating func readElement(depth: Int) throws(Reason) -> ExchangeElement {
        guard depth <= Self.depthMax else {
            throw Reason("元素嵌套超过 \(Self.depthMax) 层", "elements are nested more than \(Self.depthMax) deep")
        }
        elementCount += 1
        guard elementCount <= Self.elementsMax else {
            throw Reason(
                "元素超过 \(Self.elementsMax) 个", "there are more than \(Self.elementsMax) elements; split the document")
        }
        position += 1
        var element = ExchangeElement(name: try readName(), line: line)
        guard try !readAttributes(&element) else { return element }
        while true {
            guard position < bytes.count else {
                throw Reason("元素 \(element.name) 没有结束", "the element \(element.name) is not closed")
            }
            if at("</") {
                try readEnd(of: element.name)
                return element
            } else if at("<!--") {
                try skipComment()
            } else if at("<![CDATA[") {
                element.text += try readCharacterData()
            } else if at("<?") {
                try skip(past: "?>")
            } else if at("<!") {
                throw Reason("不接受文档类型声明（DTD）", "a declaration is not accepted here; send the document without it")
            } else if at("<") {
                element.children.append(try readElement(depth: depth + 1))
            } else {
                element.text += try readText(until: UInt8(ascii: "<"))
            }
        }
    }

    /// Reads to the end of a start tag; whether the element ends with it.
    private mutating func readAttributes(_ element: inout ExchangeElement) throws(Reason) -> Bool {
        while true {
            let hadBlank = skipBlanks()
            if at("/>") {
                advance(2)
                return true
            }
            if at(">") {
                advance(1)
                return false
            }
            guard hadBlank else { throw Reason("标签格式错误", "a tag is not well formed: blanks must part attributes") }
            let name = try readName()
            skipBlanks()
            guard at("=") else { throw Reason("属性 \(name) 没有值", "the attribute \(name) has no value") }
            advance(1)
            skipBlanks()
            guard at("\"") || at("'") else {
                throw Reason("属性 \(name) 的值没有引号", "the value of the attribute \(name) has no quotes")
            }
            let quote = bytes[position]
            advance(1)
            let value = try readText(until: quote, inAttribute: true)
            guard position < bytes.count else {
                throw Reason("属性 \(name) 没有结束", "the value of the attribute \(name) is not closed")
            }
            advance(1)
            guard element.attributes.updateValue(value, forKey: name) == nil else {
                throw Reason("属性 \(name) 重复", "the attribute \(name) stands twice")
            }
        }
    }

    private mutating func readEnd(of name: String) throws(Reason) {
        advance(2)
        let end = try readName()
        skipBlanks()
        guard end == name, at(">") else {
            throw Reason("元素 \(name) 的结束标签不符", "the element \(name) is closed by another tag")
        }
        advance(1)
    }

    private mutating func readName() throws(Reason) -> String {
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x3A, 0x2D, 0x2E, 0x80...: position += 1
            default:
                guard position > start, !(0x30...0x39).contains(bytes[start]), bytes[start] != 0x2D,
                    bytes[start] != 0x2E
                else { throw Reason("名称格式错误", "a name is missing or not well formed") }
                return String(decoding: bytes[start..<position], as: UTF8.self)
            }
        }
        throw Reason("文件不完整", "the document ends inside a tag")
    }

    /// Text up to a byte that ends it, references resolved and line ends made into line feeds.
    private mutating func readText(until end: UInt8, inAttribute: Bool = false) throws(Reason) -> String {
        var text: [UInt8] = []
        while position < bytes.count, bytes[position] != end {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "&"): text += Array(String(try readReference()).utf8)
            case UInt8(ascii: "<"):
                throw Reason("属性值中出现 <", "a value of an attribute holds <; write &lt;")
            case UInt8(ascii: "]") where !inAttribute && at("]]>"):
                throw Reason("文本中出现 ]]>", "a text holds ]]>; write ]]&gt;")
            case 0x0D:
                text.append(inAttribute ? 0x20 : 0x0A)
                advance(at("\r\n") ? 2 : 1)
            case 0x09 where inAttribute, 0x0A where inAttribute:
                text.append(0x20)
                advance(1)
            default:
                text.append(byte)
                advance(1)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func readReference() throws(Reason) -> Unicode.Scalar {
        let fault = Reason("无法识别的实体引用", "a reference is not known; only amp, lt, gt, quot, apos and numbers are")
        guard let end = bytes[position...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else { throw fault }
        let name = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
        advance(end + 1 - position)
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            let isHexadecimal = name.hasPrefix("#x")
            let digits = name.dropFirst(isHexadecimal ? 2 : 1)
            guard name.hasPrefix("#"), digits.first != "+", digits.first != "-",
                let value = UInt32(digits, radix: isHexadecimal ? 16 : 10), let scalar = Unicode.Scalar(value),
                ExchangeXML.isAllowed(scalar)
            else { throw fault }
            return scalar
        }
    }

    private mutating func readCharacterData() throws(Reason) -> String {
        advance(9)
        let start = position
        try skip(past: "]]>")
        var text: [UInt8] = []
        for index in start..<(position - 3) {
            if bytes[index] == 0x0D {
                if bytes[index + 1] != 0x0A { text.append(0x0A) }
            } else {
                text.append(bytes[index])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func skipComment() throws(Reason) {
        advance(4)
        try skip(past: "--")
        guard at(">") else { throw Reason("注释中出现 --", "a comment holds --; write it otherwise") }
        advance(1)
    }

    private mutating func skip(past mark: String) throws(Reason) {
        while position < bytes.count {
            if at(mark) {
                advance(mark.utf8.count)
                return
            }
            advance(1)
        }
        throw Reason("文件不完整，缺少 \(mark)", "the document ends before \(mark)")
    }

    @discardableResult
    private mutating func skipBlanks() -> Bool {
        let start = position
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { advance(1) }
        return position > start
    }

    private func at(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    private mutating func advance(_ count: Int) {
        for byte in bytes[position..<(position + count)] where byte == 0x0A { line += 1 }
        position += count
    }
}

/// Why a document as a whole was not taken.
package struct RefusedDocument: Error, Hashable, Sendable, CustomStringConvertible {
    package let row: RefusedRow
    package var description: String { row.description }
}
