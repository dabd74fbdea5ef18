import Libraries
import Mustache
import Papers

/// What a template needs beside the values: the language with its texts and its ways of writing.
struct Words: Sendable {
    let catalogue: Catalogue
    let formats: Formats

    var language: Language { catalogue.language }

    init(_ catalogue: Catalogue) { (self.catalogue, formats) = (catalogue, Formats(language: catalogue.language)) }
}

/// A JSON value on its way into a template.
///
/// - `{{name}}` writes a text escaped for HTML; nothing else can be written, since templates with raw tags are refused.
/// - An object with the members `chinese` and `english` writes as the one in the page's language, and has it as `words`
///   and `name` where it has no such members of its own.
/// - `{{#name}}` skips what is absent, null, false, an empty text, an empty list.
/// - Functions: `day(x)`, `moment(x)`, `time(x)` (milliseconds), `money(x)` (fen), `count(x)`, `span(x)` (seconds),
///   `bytes(x)`, `url(x)` (for a path or a query), `isImage(x)` (of a media type), `say-STATE(x)` (the catalogue's text `STATE.x`), `is-WORD(x)` (true
///   for exactly that text).
struct Shown: Sendable {
    let json: JSON
    let words: Words

    init(_ json: JSON, _ words: Words) { (self.json, self.words) = (json, words) }

    /// As the library takes it: nothing for what a section should skip.
    static func value(_ json: JSON, _ words: Words) -> Any? {
        switch json {
        case .null, .text(""): nil
        case .boolean(let truth): truth
        case .array(let elements): elements.compactMap { value($0, words) }
        case .integer, .number, .text, .object: Shown(json, words)
        }
    }

    /// As text, not escaped.
    var text: String {
        switch json {
        case .text(let text): text
        case .integer(let integer): String(integer)
        case .number(let number): String(number)
        case .boolean(let truth): truth ? "true" : "false"
        case .object: spoken ?? ""
        case .null, .array: ""
        }
    }

    /// The text in the page's language, where the value has one in both.
    private var spoken: String? {
        guard let chinese = json["chinese"]?.text, let english = json["english"]?.text else { return nil }
        switch words.language {
        case .chinese: return chinese.isEmpty ? english : chinese
        case .english: return english.isEmpty ? chinese : english
        }
    }
}

extension Shown: MustacheParent {
    func child(named name: String) -> Any? {
        if let member = json[name] { return Self.value(member, words) }
        guard name == "words" || name == "name", let spoken else { return nil }
        return Shown(.text(spoken), words)
    }
}

extension Shown: MustacheCustomRenderable {
    var renderText: String { Markup.escape(text) }
    var isNull: Bool { false }
}

extension Shown: MustacheTransformable {
    func transform(_ name: String) -> Any? {
        switch name {
        case "day": return written(words.formats.day(text))
        case "moment": return written(words.formats.moment(text))
        case "time": return json.integer.map { written(words.formats.time(milliseconds: $0)) }
        case "money": return json.integer.map { written(words.formats.money(fen: $0)) }
        case "count": return json.integer.map { written(words.formats.count($0)) }
        case "span": return json.integer.map { written(words.formats.span(seconds: $0)) }
        case "bytes": return json.integer.map { written(words.formats.bytes($0)) }
        case "isImage": return text.hasPrefix("image/")
        case "url": return written(Address.encoded(text))
        default:
            if name.hasPrefix("is-") { return text == name.dropFirst(3) }
            if name.hasPrefix("say-") {
                return written(words.catalogue["\(name.dropFirst(4)).\(text)"] ?? text)
            }
            return nil
        }
    }

    private func written(_ text: String) -> Shown { Shown(.text(text), words) }
}

/// Addresses within the console and the API.
enum Address {
    /// For one part of a path or one value of a query (RFC 3986, section 2.3): everything else is percent-encoded.
    static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }

    /// A path with a query; values that are nil or empty are left out.
    static func of(_ path: String, _ query: KeyValuePairs<String, String?> = [:]) -> String {
        let pairs = query.compactMap { name, value in
            value.flatMap { $0.isEmpty ? nil : "\(encoded(name))=\(encoded($0))" }
        }
        return pairs.isEmpty ? path : "\(path)?\(pairs.joined(separator: "&"))"
    }

    /// A path that tells a word on what was done, before its fragment.
    static func adding(_ said: String?, to path: String) -> String {
        guard let said else { return path }
        let (address, fragment) = (path.prefix { $0 != "#" }, path.drop { $0 != "#" })
        return "\(address)\(address.contains("?") ? "&" : "?")said=\(encoded(said))\(fragment)"
    }

    /// A path of this console and nothing else, so that nobody is sent elsewhere by a link.
    static func local(_ text: String?) -> String? {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"), text.utf8.count <= 2_048,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
        else { return nil }
        return text
    }
}
