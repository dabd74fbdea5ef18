package import Casework
import Mustache

/// Why a text is no template, and where.
package struct TemplateFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let name: String
    package let line: Int
    package let what: String

    package init(name: String, line: Int, what: String) { (self.name, self.line, self.what) = (name, line, what) }

    package var description: String { "\(name):\(line): \(what)" }
}

/// The form of one kind of document: a mustache text whose first comment says what it is for.
///
/// ```
/// {{!
/// kind: penalty-decision
/// version: 1
/// zh: 行政处罚决定书
/// en: Penalty decision
/// articles: 行政处罚法第59条
/// required: party, facts, decision-text
/// seal: yes
/// signs: party
/// }}
/// ```
///
/// `required` names facts of the case, or one of `number`, `officers`, `item`, `case-number`, `volume`. A kind that
/// begins with `_` is a part that others include and needs `kind` and `version` only. A template can say nothing that
/// would leave the page or act in it: unescaped tags, other delimiters, scripts, handlers and addresses are refused.
package struct DocumentTemplate: Sendable {
    package enum Volume: String, Hashable, Sendable, CaseIterable { case main, sub }

    package let kind: String
    package let version: Int
    package let title: Bilingual
    /// The volume of the file in which such a document stands if the procedure does not say.
    package let volume: Volume
    package let articles: [String]
    package let required: [String]
    /// Whether the body's seal belongs on it.
    package let isSealed: Bool
    /// Who signs: `party`, `officers`, `reviewer`, `responsible`, `chair` and so on, as the template calls them.
    package let signs: [String]
    /// The kinds of parts it includes, each once, in order.
    package let parts: [String]
    /// Names of the details that its own text shows, each once, in order: what whoever takes the step may add.
    package let details: [String]
    let mustache: MustacheTemplate

    package var isPart: Bool { kind.hasPrefix("_") }

    /// How records name it: `kind@version`.
    package var reference: String { "\(kind)@\(version)" }

    /// - Parameters:
    ///   - name: what errors call it, such as its file's name.
    ///   - text: the whole template, with its head.
    /// - Throws: what is wrong, with its line.
    package init(name: String, text: String) throws(TemplateFault) {
        let head = try TemplateHead(name: name, text: text)
        kind = try head.text("kind")
        version = try head.version()
        let isPart = kind.hasPrefix("_")
        title = isPart ? Bilingual(kind, kind) : Bilingual(try head.text("zh"), try head.text("en"))
        volume = try head.choice("volume") ?? .main
        (articles, required, signs) = (head.list("articles"), head.list("required"), head.list("signs"))
        isSealed = try head.isTrue("seal")
        details = Self.detailNames(in: head.body)
        parts = try TemplateGuard(name: name, text: text, headLines: head.lineCount).check()
        do {
            // Values are escaped before they are handed over, so that the library has nothing to escape.
            mustache = try MustacheTemplate(string: "{{% CONTENT_TYPE: TEXT}}\n" + head.body)
        } catch let error as MustacheTemplate.ParserError {
            let line = error.context.lineNumber - 1 + head.lineCount
            throw TemplateFault(name: name, line: max(1, line), what: "\(error.error)")
        } catch {
            throw TemplateFault(name: name, line: 1, what: "\(error)")
        }
    }

    private static func detailNames(in body: String) -> [String] {
        var seen: Set<String> = []
        return body.split(separator: "{{").compactMap { piece in
            let name = piece.drop { "#^/ ".contains($0) }.prefix { $0 != "}" && $0 != " " }
            guard name.hasPrefix("detail."), seen.insert(String(name)).inserted else { return nil }
            return String(name.dropFirst("detail.".count))
        }
    }
}

/// The first comment of a template, line by line.
private struct TemplateHead {
    private static let known: Set<String> = [
        "kind", "version", "zh", "en", "volume", "articles", "required", "seal", "signs",
    ]

    let name: String
    /// Lines that belong to the head.
    let lineCount: Int
    let body: String
    private var entries: [String: (text: String, line: Int)] = [:]

    init(name: String, text: String) throws(TemplateFault) {
        self.name = name
        guard text.hasPrefix("{{!\n") else {
            throw TemplateFault(name: name, line: 1, what: "a template begins with a comment that says what it is: {{!")
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let end = lines.firstIndex(of: "}}") else {
            throw TemplateFault(name: name, line: 1, what: "the head has no end: a line }}")
        }
        lineCount = end + 1
        body = lines[(end + 1)...].joined(separator: "\n")
        for (index, line) in lines[1..<end].enumerated() {
            guard let colon = line.firstIndex(of: ":") else {
                throw TemplateFault(name: name, line: index + 2, what: "expected a line of the form key: value")
            }
            let key = String(line[..<colon])
            guard Self.known.contains(key), entries[key] == nil else {
                throw TemplateFault(name: name, line: index + 2, what: "\(key) is unknown, or stands here twice")
            }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            entries[key] = (String(value), index + 2)
        }
    }

    func text(_ key: String) throws(TemplateFault) -> String {
        guard let text = entries[key]?.text, !text.isEmpty else {
            throw TemplateFault(name: name, line: 1, what: "the head lacks \(key)")
        }
        return text
    }

    func version() throws(TemplateFault) -> Int {
        let text = try text("version")
        guard let version = Int(text), version > 0 else {
            throw TemplateFault(name: name, line: entries["version"]?.line ?? 1, what: "version is a number from 1 up")
        }
        return version
    }

    func list(_ key: String) -> [String] {
        entries[key]?.text.split(separator: ",").map { String($0.drop { $0 == " " }) } ?? []
    }

    func choice(_ key: String) throws(TemplateFault) -> DocumentTemplate.Volume? {
        guard let entry = entries[key] else { return nil }
        guard let volume = DocumentTemplate.Volume(rawValue: entry.text) else {
            throw TemplateFault(name: name, line: entry.line, what: "volume is main or sub")
        }
        return volume
    }

    func isTrue(_ key: String) throws(TemplateFault) -> Bool {
        guard let entry = entries[key] else { return false }
        guard entry.text == "yes" else {
            throw TemplateFault(name: name, line: entry.line, what: "\(key) is yes or left out")
        }
        return true
    }
}

/// What no template may hold, since it comes from outside as data: anything that could act, fetch or leave a value
/// unescaped; and a name that no context has, which would print nothing for ever.
private struct TemplateGuard {
    private static let forbidden = [
        "<script", "<iframe", "<object", "<embed", "<link", "<img", "<form", "<base", "<meta http-equiv", "src=",
        "href=",
        "javascript:", "http:", "https:", "url(", "@import", "{{{", "{{&", "{{=", "{{%", "{{>*", "{{<*",
    ]

    let name: String
    let text: String
    let headLines: Int

    /// The parts the text includes.
    func check() throws(TemplateFault) -> [String] {
        var parts: [String] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where index >= headLines {
            let lowered = line.lowercased()
            for piece in Self.forbidden where lowered.contains(piece) {
                throw TemplateFault(name: name, line: index + 1, what: "\(piece) may not stand in a template")
            }
            if let handler = Self.handler(in: lowered) {
                throw TemplateFault(name: name, line: index + 1, what: "\(handler)= may not stand in a template")
            }
            for tag in Self.tags(in: line) {
                guard let sign = tag.first else { continue }
                if sign == ">" || sign == "<" {
                    let part = String(tag.dropFirst().filter { $0 != " " })
                    if !parts.contains(part) { parts.append(part) }
                } else if sign != "!", sign != "$", sign != "/" {
                    let path = tag.drop { "#^ ".contains($0) }
                    let root = String(path.prefix { $0 != "." && $0 != " " })
                    guard path == "." || DocumentContext.names.contains(root) else {
                        throw TemplateFault(name: name, line: index + 1, what: "nothing is called \(root)")
                    }
                }
            }
        }
        return parts
    }

    private static func tags(in line: Substring) -> [Substring] {
        var tags: [Substring] = []
        var rest = line
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            tags.append(rest[open.upperBound..<close.lowerBound])
            rest = rest[close.upperBound...]
        }
        return tags
    }

    /// The first attribute such as `onload` in a line.
    private static func handler(in line: String) -> Substring? {
        line.split { " \t\"'/<".contains($0) }.first { word in
            guard word.hasPrefix("on"), let equals = word.firstIndex(of: "=") else { return false }
            return word[..<equals].allSatisfy(\.isLetter)
        }?.prefix { $0 != "=" }
    }
}
