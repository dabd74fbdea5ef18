import Casework
import Mustache

/// The templates a node holds, by kind and version: what records of kind `template` say, or the files of `Templates/`.
package struct DocumentTemplates: Sendable {
    private var templates: [String: [Int: DocumentTemplate]] = [:]

    package init() {}

    /// - Parameter files: name and text of each.
    /// - Throws: the first fault, or that a part is missing.
    package init(_ files: [(name: String, text: String)]) throws(TemplateFault) {
        for file in files { add(try DocumentTemplate(name: file.name, text: file.text)) }
        for kind in templates.keys.sorted() {
            guard let template = self[kind] else { continue }
            for part in template.parts where self[part] == nil {
                throw TemplateFault(name: kind, line: 1, what: "the part \(part) is not among the files")
            }
        }
    }

    /// One of the same kind and version is replaced.
    package mutating func add(_ template: DocumentTemplate) {
        templates[template.kind, default: [:]][template.version] = template
    }

    /// The template of a kind: in this version, or the latest.
    package subscript(kind: String, version version: Int? = nil) -> DocumentTemplate? {
        guard let versions = templates[kind] else { return nil }
        return if let version { versions[version] } else { versions.keys.max().flatMap { versions[$0] } }
    }

    /// Kinds of documents, ascending; parts are none.
    package var kinds: [String] { templates.keys.filter { !$0.hasPrefix("_") }.sorted() }

    /// Details that a document of a kind shows, its parts included, each once.
    package func details(of kind: String) -> [String] {
        var found: [String] = []
        var waiting = [kind]
        var seen: Set<String> = []
        while let next = waiting.popLast() {
            guard seen.insert(next).inserted, let template = self[next] else { continue }
            found += template.details.filter { !found.contains($0) }
            waiting += template.parts
        }
        return found
    }

    /// Makes a document and freezes it. Parts are taken in their latest version: what was issued keeps its own text.
    ///
    /// - Parameter version: of the template; the latest if nil.
    package func render(
        _ kind: String, version: Int? = nil, with context: DocumentContext
    ) throws(DocumentFault) -> FrozenDocument {
        guard let template = self[kind, version: version], !template.isPart else {
            throw .unknownTemplate(kind: kind, version: version)
        }
        let missing = context.missing(template.required)
        guard missing.isEmpty else { throw .missing(document: template.title, missing) }
        var library = MustacheLibrary()
        var waiting = template.parts
        var seen: Set<String> = []
        while let part = waiting.popLast() {
            guard seen.insert(part).inserted else { continue }
            guard let found = self[part] else { throw .unknownPart(kind: kind, part: part) }
            library.register(found.mustache, named: part)
            waiting += found.parts
        }
        let html = template.mustache.render(context.values(for: template), library: library)
        return FrozenDocument(
            kind: kind, version: template.version, title: template.title, number: context.number, html: html)
    }
}
