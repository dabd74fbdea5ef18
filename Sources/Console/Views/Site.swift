import Foundation
import Libraries
import Mustache

/// The console's own files, read once when it starts: templates and texts in every language, and what browsers keep.
///
/// In a template `[[key]]` stands for the catalogue's text of that key and `[[asset:name]]` for the address of a file of
/// `assets`. Both are put in when the site is read, so that a missing text stops the start and not a reader.
package struct Site: Sendable {
    struct Asset: Sendable {
        let bytes: [UInt8]
        let mediaType: String
        /// Changes with the bytes, for addresses that may be kept for ever.
        let version: String
    }

    let words: [Language: Words]
    private let libraries: [Language: MustacheLibrary]
    let assets: [String: Asset]
    /// Changes with any of its files.
    let version: String

    /// The site that was built into this program.
    package init() throws {
        guard let folder = Bundle.module.resourceURL?.appending(path: "Site") else {
            throw SiteFault("the console's files are not beside the program")
        }
        try self.init(folder: folder)
    }

    init(folder: URL) throws {
        let assets = try Self.assets(in: folder.appending(path: "assets"))
        let templates = try Self.templates(in: folder)
        var words: [Language: Words] = [:]
        var libraries: [Language: MustacheLibrary] = [:]
        for language in Language.allCases {
            let name = "words.\(language.rawValue).yaml"
            let catalogue = try Catalogue(
                language, yaml: String(contentsOf: folder.appending(path: name), encoding: .utf8), named: name)
            words[language] = Words(catalogue)
            var library = MustacheLibrary()
            for (name, text) in templates {
                library.register(try Self.template(text, named: name, catalogue, assets), named: name)
            }
            libraries[language] = library
        }
        (self.assets, self.words, self.libraries) = (assets, words, libraries)
        let files = assets.map { "\($0.key) \($0.value.version)" } + templates.map { "\($0.name) \($0.text)" }
        let texts = words.values.flatMap { words in words.catalogue.texts.map { "\($0.key) \($0.value)" } }
        version = String(Fingerprint.hexadecimal(of: (files + texts).sorted().joined(separator: "\n").utf8).prefix(16))
    }

    /// The page, or nothing if there is no such template.
    func render(_ template: String, _ view: JSON, in language: Language) -> String? {
        guard let words = words[language], let library = libraries[language] else { return nil }
        return library.render(Shown(view, words), withTemplate: template)
    }

    /// Where a file of `assets` is, to be kept for ever; where it would be for one that is none.
    func address(of asset: String) -> String {
        "/assets/\(asset)" + (assets[asset].map { "?v=\($0.version)" } ?? "")
    }

    func text(_ key: String, in language: Language) -> String { words[language]?.catalogue[key] ?? key }

    // MARK: Reading

    private static func template(
        _ text: String, named name: String, _ catalogue: Catalogue, _ assets: [String: Asset]
    ) throws -> MustacheTemplate {
        guard !text.contains("{{{"), !text.contains("{{&") else {
            throw SiteFault("template \(name): raw tags are not allowed, since any value may be a citizen's")
        }
        let filled = try filled(text, named: name) { mark in
            if mark == "lang" { return catalogue.language.tag }
            if mark == "language" { return catalogue.language.rawValue }
            if mark.hasPrefix("asset:") {
                let asset = String(mark.dropFirst("asset:".count))
                return assets[asset].map { "/assets/\(asset)?v=\($0.version)" }
            }
            return catalogue[mark].map(escapedBetweenTags)
        }
        do {
            // Values are escaped before they are handed over, so that the library has nothing to escape.
            return try MustacheTemplate(string: "{{% CONTENT_TYPE: TEXT}}\n" + filled)
        } catch let error as MustacheTemplate.ParserError {
            throw SiteFault("template \(name), line \(error.context.lineNumber - 1): \(error.error)")
        }
    }

    /// The text with every `[[mark]]` replaced.
    private static func filled(_ text: String, named name: String, _ value: (String) -> String?) throws -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.range(of: "[["), let end = rest[start.upperBound...].range(of: "]]") {
            let mark = String(rest[start.upperBound..<end.lowerBound])
            guard let value = value(mark) else { throw SiteFault("template \(name): there is no text \(mark)") }
            result += rest[..<start.lowerBound] + value
            rest = rest[end.upperBound...]
        }
        return result + rest
    }

    private static func escapedBetweenTags(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    private static func templates(in folder: URL) throws -> [(name: String, text: String)] {
        guard let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else {
            throw SiteFault("the console's templates cannot be read")
        }
        var templates: [(name: String, text: String)] = []
        for case let url as URL in walk where url.pathExtension == "mustache" {
            let name = url.deletingPathExtension().lastPathComponent
            guard !templates.contains(where: { $0.name == name }) else {
                throw SiteFault("two templates are called \(name)")
            }
            templates.append((name, try String(contentsOf: url, encoding: .utf8)))
        }
        return templates
    }

    private static let mediaTypes = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
        "png": "image/png", "webmanifest": "application/manifest+json",
    ]

    private static func assets(in folder: URL) throws -> [String: Asset] {
        var assets: [String: Asset] = [:]
        for url in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            guard let mediaType = mediaTypes[url.pathExtension] else {
                throw SiteFault("assets/\(url.lastPathComponent): files of this kind are not served")
            }
            let bytes = Array(try Data(contentsOf: url))
            let version = String(Fingerprint.hexadecimal(of: bytes).prefix(16))
            assets[url.lastPathComponent] = Asset(bytes: bytes, mediaType: mediaType, version: version)
        }
        return assets
    }
}
