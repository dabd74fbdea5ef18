import Yams

/// A place in a file.
struct StoryMark: Hashable, Sendable {
    /// From 1.
    var line: Int
    /// From 1, in Unicode scalars.
    var column: Int
}

/// Reads the pieces of a story's YAML strictly: what it does not know it refuses, so that a typing error is never a
/// silent default.
struct StoryNodes {
    let file: String

    // MARK: Keys

    /// A mapping whose keys are all known, in the order of the file.
    struct Keyed {
        let node: Node
        let what: String
        var keys: [(name: String, node: Node)] = []
        fileprivate var values: [String: Node] = [:]

        subscript(key: String) -> Node? { values[key] }
    }

    func keyed(_ node: Node, known: [String], what: String) throws(StoryFault) -> Keyed {
        guard case .mapping(let mapping) = node else {
            throw fault(node, "\(what) must be a mapping with the keys \(Self.listed(known))")
        }
        var keyed = Keyed(node: node, what: what)
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key, known.contains(scalar.string) else {
                let name = key.scalar.map { " \($0.string.debugDescription)" } ?? ""
                throw fault(key, "unknown key\(name) in \(what); known are \(Self.listed(known))")
            }
            keyed.keys.append((scalar.string, key))
            keyed.values[scalar.string] = value
        }
        return keyed
    }

    /// A mapping whose keys are free names.
    func named(_ node: Node, what: String) throws(StoryFault) -> [(key: String, keyNode: Node, value: Node)] {
        guard case .mapping(let mapping) = node else { throw fault(node, "\(what) must be a mapping") }
        var pairs: [(key: String, keyNode: Node, value: Node)] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else { throw fault(key, "a key of \(what) must be a name") }
            pairs.append((scalar.string, key, value))
        }
        return pairs
    }

    func required(_ key: String, in keyed: Keyed) throws(StoryFault) -> Node {
        guard let value = keyed[key] else { throw fault(keyed.node, "\(keyed.what) needs the key \"\(key)\"") }
        return value
    }

    // MARK: Values

    func list(_ node: Node, what: String) throws(StoryFault) -> [Node] {
        guard case .sequence(let nodes) = node else { throw fault(node, "\(what) must be a list") }
        return Array(nodes)
    }

    /// Text that is not empty, whatever else YAML might take it for.
    func text(_ node: Node, _ key: String) throws(StoryFault) -> String {
        guard case .scalar(let scalar) = node else { throw fault(node, "\(key) must be text") }
        guard !scalar.string.isEmpty else {
            throw fault(node, "\(key) must be text and is empty; give it a value or remove the key")
        }
        return scalar.string
    }

    func flag(_ node: Node, _ key: String) throws(StoryFault) -> Bool {
        guard case .scalar(let scalar) = node, let flag = Self.flags[scalar.string] else {
            throw fault(node, "\(key) must be true or false")
        }
        return flag
    }

    static let flags = ["true": true, "false": false]

    /// One of the words that an enumeration knows.
    func word<Word: RawRepresentable & CaseIterable>(
        _ node: Node, _ key: String, as: Word.Type = Word.self
    ) throws(StoryFault) -> Word where Word.RawValue == String {
        let text = try text(node, key)
        guard let word = Word(rawValue: text) else {
            let known = Self.listed(Word.allCases.map(\.rawValue))
            throw fault(node, "\(text.debugDescription) is no \(key); known are \(known)")
        }
        return word
    }

    /// A name that stands in commands and file names: lower-case letters, digits and hyphens.
    func plainName(_ node: Node, _ key: String) throws(StoryFault) -> String {
        let name = try text(node, key)
        guard Self.isPlainName(name) else {
            throw fault(
                node,
                "\(key) must be 1 to \(Self.plainNameBytesMax) lower-case letters, digits and hyphens, which "
                    + "\(name.debugDescription) is not")
        }
        return name
    }

    static let plainNameBytesMax = 60

    static func isPlainName(_ name: String) -> Bool {
        (1...plainNameBytesMax).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
    }

    static func listed(_ words: [String]) -> String { words.joined(separator: ", ") }

    // MARK: YAML

    /// The one document of the text, in which every scalar is still text: what it must be is asked where it is used.
    func document(_ yaml: String) throws(StoryFault) -> Node {
        let document: Node?
        do {
            document = try compose(yaml: yaml, .basic)
        } catch {
            throw fault(error, in: yaml)
        }
        guard let document else {
            throw fault(StoryMark(line: 1, column: 1), "the file is empty; it needs \"scenario\" or \"swarm\"")
        }
        return document
    }

    func mark(of node: Node) -> StoryMark {
        StoryMark(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    func fault(_ node: Node, _ message: String) -> StoryFault { fault(mark(of: node), message) }

    func fault(_ mark: StoryMark, _ message: String) -> StoryFault {
        StoryFault(file: file, line: mark.line, column: mark.column, message: message)
    }

    private func fault(_ error: any Error, in yaml: String) -> StoryFault {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return fault(StoryMark(line: mark.line, column: mark.column), "this is not YAML: \(problem)")
        case .reader(let problem, let offset, _, _):
            let before = yaml.prefix(offset ?? 0)
            let lines = before.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            let column = (lines.last?.unicodeScalars.count ?? 0) + 1
            return fault(StoryMark(line: max(lines.count, 1), column: column), "this is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.sorted().map(\.debugDescription).joined(separator: ", ")
            return fault(
                StoryMark(line: context.mark.line, column: context.mark.column),
                "the key \(names) is given twice from here on; remove one")
        default:
            return fault(StoryMark(line: 1, column: 1), "the file could not be read as YAML: \(error)")
        }
    }
}
