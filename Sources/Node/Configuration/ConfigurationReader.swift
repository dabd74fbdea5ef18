import Divisions
import Foundation
import Logging
import Yams

extension NodeConfiguration {
    /// Reads a node's configuration file.
    package static func load(path: String) throws(ConfigurationFault) -> NodeConfiguration {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationFault(
                file: path, line: nil,
                message: "the file is not there or cannot be read: check the path and who owns it")
        }
        guard data.count <= NodeLimits.configurationBytesMax else {
            throw ConfigurationFault(
                file: path, line: nil,
                message:
                    "the file has \(data.count) bytes; a configuration has at most \(NodeLimits.configurationBytesMax)")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ConfigurationFault(file: path, line: nil, message: "the file is not UTF-8 text: save it as UTF-8")
        }
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        return try parse(text, named: path, directory: directory)
    }

    /// Reads a configuration from text.
    ///
    /// - Parameters:
    ///   - file: the name of the file, for faults.
    ///   - directory: where relative paths start.
    package static func parse(
        _ yaml: String, named file: String, directory: String
    ) throws(ConfigurationFault) -> NodeConfiguration {
        try ConfigurationReader(file: file, directory: directory).configuration(yaml)
    }
}

/// Reads a configuration strictly: an unknown key is refused, so that a typing error is never a silent default.
private struct ConfigurationReader {
    let file: String
    let directory: String

    func configuration(_ yaml: String) throws(ConfigurationFault) -> NodeConfiguration {
        let top = try section(
            document(yaml), "the configuration",
            keys: ["division", "data", "topology", "identity", "witness", "link", "api", "console", "log", "limits"])
        let data = DataDirectory(path: try path(required("data", in: top)))
        var configuration = NodeConfiguration(
            division: try division(required("division", in: top)), data: data,
            topologyFile: try path(required("topology", in: top)))
        if let value = top["identity"] { configuration.identityDirectory = try path(value) }
        if let value = top["witness"] { configuration.witnessFile = try path(value) }
        if let value = top["link"] { configuration.link = try link(value) }
        if let value = top["api"] { configuration.api = try api(value, data: data) }
        if let value = top["console"] { configuration.console = try console(value) }
        if let value = top["log"] { configuration.log = try log(value) }
        if let value = top["limits"] { configuration.limits = try limits(value) }
        return configuration
    }

    // MARK: Sections

    private func link(_ value: Value) throws(ConfigurationFault) -> NodeConfiguration.Link {
        let link = try section(value.node, value.key, keys: ["host", "port"])
        return NodeConfiguration.Link(
            host: try text(required("host", in: link)), port: try number(required("port", in: link), in: 0...65_535))
    }

    private func api(_ value: Value, data: DataDirectory) throws(ConfigurationFault) -> NodeConfiguration.API {
        let api = try section(value.node, value.key, keys: ["host", "port", "tokens"])
        var configuration = NodeConfiguration.API(
            port: try number(required("port", in: api), in: 0...65_535), tokensFile: data.tokensFile)
        if let host = api["host"] { configuration.host = try text(host) }
        if let tokens = api["tokens"] { configuration.tokensFile = try path(tokens) }
        return configuration
    }

    private func console(_ value: Value) throws(ConfigurationFault) -> NodeConfiguration.Console {
        let console = try section(
            value.node, value.key, keys: ["host", "port", "tls", "idle-minutes", "certificate", "key"])
        var configuration = NodeConfiguration.Console(port: try number(required("port", in: console), in: 0...65_535))
        if let host = console["host"] { configuration.host = try text(host) }
        if let tls = console["tls"] { configuration.usesTLS = try truth(tls) }
        if let minutes = console["idle-minutes"] {
            configuration.idleMinutes = try number(minutes, in: 1...NodeLimits.sessionMinutesMax)
        }
        guard console["certificate"] != nil || console["key"] != nil else { return configuration }
        configuration.certificateFile = try path(required("certificate", in: console))
        configuration.keyFile = try path(required("key", in: console))
        return configuration
    }

    private func log(_ value: Value) throws(ConfigurationFault) -> NodeConfiguration.Log {
        let log = try section(value.node, value.key, keys: ["level", "format"])
        var configuration = NodeConfiguration.Log()
        if let level = log["level"] { configuration.level = try choice(level, Logger.Level.allCases) }
        if let format = log["format"] {
            configuration.format = try choice(format, NodeConfiguration.Log.Format.allCases)
        }
        return configuration
    }

    private func limits(_ value: Value) throws(ConfigurationFault) -> NodeConfiguration.Limits {
        let limits = try section(value.node, value.key, keys: ["links", "inbox-mebibytes"])
        var configuration = NodeConfiguration.Limits()
        if let links = limits["links"] { configuration.linksMax = try number(links, in: 1...NodeLimits.linksMax) }
        if let inbox = limits["inbox-mebibytes"] {
            configuration.inboxBytesMax = try number(inbox, in: 1...1_024) << 20
        }
        return configuration
    }

    // MARK: Values

    /// A value with the full name of its key, such as `link.port`.
    struct Value {
        let key: String
        let node: Node
    }

    private func division(_ value: Value) throws(ConfigurationFault) -> DivisionCode {
        let text = try text(value)
        guard let code = DivisionCode(text) else {
            throw fault(value, "\(text.debugDescription) is not a division's code, such as \"440781\"")
        }
        return code
    }

    private func path(_ value: Value) throws(ConfigurationFault) -> String {
        let text = try text(value)
        return text.hasPrefix("/") ? text : "\(directory)/\(text)"
    }

    private func text(_ value: Value) throws(ConfigurationFault) -> String {
        guard case .scalar(let scalar) = value.node else { throw fault(value, "must be text, not a list or a mapping") }
        guard !scalar.string.isEmpty else { throw fault(value, "has no value: give it one or remove the key") }
        guard scalar.style != .plain || Resolver.default.resolveTag(of: Yams.Node(scalar.string)) == .str else {
            throw fault(value, "must be text, which \(scalar.string) is not: put it in quotes")
        }
        return scalar.string
    }

    private func number(_ value: Value, in range: ClosedRange<Int>) throws(ConfigurationFault) -> Int {
        guard case .scalar(let scalar) = value.node, scalar.style == .plain, let number = Int(scalar.string) else {
            throw fault(value, "must be a whole number without quotes")
        }
        guard range.contains(number) else {
            throw fault(value, "is \(number), and must lie from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private func truth(_ value: Value) throws(ConfigurationFault) -> Bool {
        guard case .scalar(let scalar) = value.node, scalar.style == .plain, let truth = Bool(scalar.string) else {
            throw fault(value, "must be true or false, without quotes")
        }
        return truth
    }

    private func choice<Choice: RawRepresentable<String>>(
        _ value: Value, _ choices: [Choice]
    ) throws(ConfigurationFault) -> Choice {
        let text = try text(value)
        guard let choice = Choice(rawValue: text) else {
            let names = choices.map(\.rawValue).joined(separator: ", ")
            throw fault(value, "is \(text.debugDescription), and must be one of \(names)")
        }
        return choice
    }

    // MARK: Keys

    /// A mapping whose keys are all known.
    struct Section {
        let prefix: String
        let node: Node
        var values: [String: Node] = [:]

        subscript(key: String) -> Value? { values[key].map { Value(key: prefix + key, node: $0) } }
    }

    private func section(_ node: Node, _ name: String, keys: [String]) throws(ConfigurationFault) -> Section {
        let known = keys.joined(separator: ", ")
        guard case .mapping(let mapping) = node else {
            throw fault(node, "\(name) must be a mapping with the keys \(known)")
        }
        var section = Section(prefix: name.contains(" ") ? "" : "\(name).", node: node)
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key, keys.contains(scalar.string) else {
                let wrong = key.scalar.map { $0.string.debugDescription } ?? "that is not text"
                throw fault(key, "unknown key \(wrong) in \(name); known are \(known)\(suggestion(for: key, keys))")
            }
            section.values[scalar.string] = value
        }
        return section
    }

    /// The known key that was probably meant.
    private func suggestion(for key: Node, _ keys: [String]) -> String {
        guard let text = key.scalar?.string,
            let nearest = keys.min(by: { $0.distance(to: text) < $1.distance(to: text) }),
            nearest.distance(to: text) <= 2
        else { return "" }
        return "; did you mean \(nearest)?"
    }

    private func required(_ key: String, in section: Section) throws(ConfigurationFault) -> Value {
        guard let value = section[key] else {
            throw fault(section.node, "the key \"\(section.prefix)\(key)\" is missing: add it")
        }
        return value
    }

    // MARK: YAML

    /// The one document of the text, in which every scalar is still text.
    private func document(_ yaml: String) throws(ConfigurationFault) -> Node {
        let document: Node?
        do {
            document = try compose(yaml: yaml, .basic)
        } catch {
            throw fault(error)
        }
        guard let document else { throw fault(1, "the file is empty: it needs division, data and topology") }
        return document
    }

    private func fault(_ error: any Error) -> ConfigurationFault {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            fault(mark.line, "this is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            fault(context.mark.line, "the key \(Self.list(keys)) is given twice from here on: remove one")
        default: fault(1, "the file could not be read as YAML")
        }
    }

    private static func list(_ keys: [String]) -> String {
        keys.sorted().map(\.debugDescription).joined(separator: ", ")
    }

    private func fault(_ value: Value, _ message: String) -> ConfigurationFault {
        fault(value.node, "the key \"\(value.key)\" \(message)")
    }

    private func fault(_ node: Node, _ message: String) -> ConfigurationFault { fault(node.mark?.line ?? 1, message) }

    private func fault(_ line: Int, _ message: String) -> ConfigurationFault {
        ConfigurationFault(file: file, line: line, message: message)
    }
}

extension String {
    /// Letters to insert, remove or replace until one text is the other (Levenshtein, 1965).
    fileprivate func distance(to other: String) -> Int {
        let (left, right) = (Array(self), Array(other))
        var row = Array(0...right.count)
        for (line, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, otherLetter) in right.enumerated() {
                let replaced = diagonal + (letter == otherLetter ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
