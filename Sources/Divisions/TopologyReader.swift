import Yams

/// Reads a topology file strictly: what it does not know it refuses, so that a typing error is never a silent default.
struct TopologyReader {
    let file: String

    func rows(in yaml: String) throws(TopologyFault) -> TopologyRows {
        let top = try keyed(document(yaml), known: ["divisions"], what: "the file")
        let list = try required("divisions", in: top)
        guard case .sequence(let nodes) = list else {
            throw fault(list, "\"divisions\" must be a list, one division a line")
        }
        guard nodes.count <= DivisionTree.divisionsMax else {
            throw fault(list, TreeFault.tooMany(nodes.count).description)
        }
        var rows: [TopologyRow] = []
        rows.reserveCapacity(nodes.count)
        for node in nodes { rows.append(try row(node)) }
        return TopologyRows(mark: mark(of: list), rows: rows)
    }

    // MARK: Rows

    private func row(_ node: Node) throws(TopologyFault) -> TopologyRow {
        let fields = try keyed(node, known: ["code", "name", "level", "parent", "node"], what: "a division")
        let codeNode = try required("code", in: fields)
        let nameNode = try required("name", in: fields)
        let levelNode = try required("level", in: fields)
        var marks: [TopologyRow.Field: TopologyMark] = [
            .code: mark(of: codeNode), .name: mark(of: nameNode), .level: mark(of: levelNode),
        ]
        let code = try code(codeNode, key: "code")
        let name = try text(nameNode, key: "name")
        let level = try level(levelNode)
        var parent: DivisionCode?
        if let parentNode = fields.values["parent"] {
            marks[.parent] = mark(of: parentNode)
            parent = try self.code(parentNode, key: "parent")
        }
        let division = Division(code: code, name: name, level: level, parent: parent)
        var seat: Seat?
        if let seatNode = fields.values["node"] { seat = try self.seat(seatNode, of: division, &marks) }
        return TopologyRow(division: division, seat: seat, mark: mark(of: node), marks: marks)
    }

    private func seat(
        _ node: Node, of division: Division, _ marks: inout [TopologyRow.Field: TopologyMark]
    ) throws(TopologyFault) -> Seat {
        let what = "the node of division \(division.code)"
        let fields = try keyed(node, known: ["host", "port", "name"], what: what)
        let host = try required("host", in: fields)
        let port = try required("port", in: fields)
        marks[.host] = mark(of: host)
        marks[.port] = mark(of: port)
        var name = division.name
        if let nameNode = fields.values["name"] {
            name = try text(nameNode, key: "name")
            guard Division.isName(name) else {
                throw fault(nameNode, "\(what) needs a name of 1 to \(Division.nameBytesMax) bytes, or none at all")
            }
        }
        return Seat(
            division: division.code, name: name, host: try text(host, key: "host"), port: try number(port, key: "port"))
    }

    // MARK: Values

    private func code(_ node: Node, key: String) throws(TopologyFault) -> DivisionCode {
        let text = try text(node, key: key)
        guard let code = DivisionCode(text) else { throw fault(node, Topology.badCode(text, key: key)) }
        return code
    }

    private func level(_ node: Node) throws(TopologyFault) -> Level {
        let text = try text(node, key: "level")
        guard let level = Level(name: text) else { throw fault(node, Topology.unknownLevel(text)) }
        return level
    }

    private func text(_ node: Node, key: String) throws(TopologyFault) -> String {
        guard case .scalar(let scalar) = node, node.tag == Tag(.str) else { throw fault(node, "\(key) must be text") }
        guard scalar.style != .plain || Resolver.default.resolveTag(of: Node(scalar.string)) == .str else {
            let advice = scalar.string.isEmpty ? "give it a value or remove the key" : "put it in quotes"
            throw fault(node, "\(key) must be text, which \(scalar.string.debugDescription) is not; \(advice)")
        }
        return scalar.string
    }

    private func number(_ node: Node, key: String) throws(TopologyFault) -> Int {
        guard case .scalar(let scalar) = node, scalar.style == .plain, node.tag == Tag(.str),
            let number = Int(scalar.string)
        else { throw fault(node, "\(key) must be a whole number without quotes") }
        return number
    }

    // MARK: Keys

    /// A mapping whose keys are all known.
    private struct Keyed {
        let node: Node
        let what: String
        var values: [String: Node] = [:]
    }

    private func keyed(_ node: Node, known: [String], what: String) throws(TopologyFault) -> Keyed {
        guard case .mapping(let mapping) = node else {
            throw fault(node, "\(what) must be a mapping with the keys \(known.joined(separator: ", "))")
        }
        var keyed = Keyed(node: node, what: what)
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key, known.contains(scalar.string) else {
                let name = key.scalar.map { " \($0.string.debugDescription)" } ?? ""
                throw fault(key, "unknown key\(name) in \(what); known are \(known.joined(separator: ", "))")
            }
            keyed.values[scalar.string] = value
        }
        return keyed
    }

    private func required(_ key: String, in keyed: Keyed) throws(TopologyFault) -> Node {
        guard let value = keyed.values[key] else { throw fault(keyed.node, "\(keyed.what) needs the key \"\(key)\"") }
        return value
    }

    // MARK: YAML

    /// The one document of the text, in which every scalar is still text: what it must be is asked where it is used.
    private func document(_ yaml: String) throws(TopologyFault) -> Node {
        let document: Node?
        do {
            document = try compose(yaml: yaml, .basic)
        } catch {
            throw fault(error, in: yaml)
        }
        guard let document else {
            throw Topology.fault(file, TopologyMark(line: 1, column: 1), "the file is empty; it needs \"divisions\"")
        }
        return document
    }

    private func fault(_ error: any Error, in yaml: String) -> TopologyFault {
        let start = TopologyMark(line: 1, column: 1)
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return Topology.fault(
                file, TopologyMark(line: mark.line, column: mark.column), "this is not YAML: \(problem)")
        case .reader(let problem, let offset, _, _):
            let before = yaml.prefix(offset ?? 0)
            let lines = before.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            let column = (lines.last?.unicodeScalars.count ?? 0) + 1
            return Topology.fault(
                file, TopologyMark(line: max(lines.count, 1), column: column), "this is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.sorted().map(\.debugDescription).joined(separator: ", ")
            return Topology.fault(
                file, TopologyMark(line: context.mark.line, column: context.mark.column),
                "the key \(names) is given twice from here on; remove one")
        default:
            return Topology.fault(file, start, "the file could not be read as YAML: \(error)")
        }
    }

    private func mark(of node: Node) -> TopologyMark {
        TopologyMark(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private func fault(_ node: Node, _ message: String) -> TopologyFault {
        Topology.fault(file, mark(of: node), message)
    }
}
