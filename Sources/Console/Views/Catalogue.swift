import Yams

/// Why the console's own files cannot be used: a fault of whoever built it, found when it starts.
package struct SiteFault: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// Every text of the console in one language, by its key: `case.next`. Read from one YAML file whose mappings nest.
struct Catalogue: Sendable {
    let language: Language
    let texts: [String: String]

    init(_ language: Language, yaml: String, named name: String) throws {
        self.language = language
        let root: Node?
        do { root = try Yams.compose(yaml: yaml) } catch { throw SiteFault("\(name): \(error)") }
        guard let root else { throw SiteFault("\(name) is empty") }
        var texts: [String: String] = [:]
        try Self.read(root, "", name, into: &texts)
        self.texts = texts
    }

    private static func read(_ node: Node, _ key: String, _ file: String, into texts: inout [String: String]) throws {
        switch node {
        case .mapping(let mapping):
            for (name, child) in mapping {
                guard let name = name.string else { throw SiteFault("\(file): a key below \(key) is no text") }
                try read(child, key.isEmpty ? name : "\(key).\(name)", file, into: &texts)
            }
        case .scalar(let scalar): texts[key] = scalar.string
        case .sequence, .alias: throw SiteFault("\(file): \(key) must be a text or a mapping")
        }
    }

    /// The text of a key, as it stands: templates put it between tags, so that it may hold mustache tags of its own.
    subscript(key: String) -> String? { texts[key] }
}
