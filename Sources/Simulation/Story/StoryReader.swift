import Divisions
import Yams

/// Reads a story's file: its head here, its steps in the extensions.
struct StoryReader {
    let nodes: StoryNodes
    var names: StoryNames
    /// The number of the step being read, from 1.
    var step = 0
    /// When the step being read can begin.
    var bounds: ClosedRange<UInt64> = 0...0
    /// Whether a step before opens cases that others can write on.
    var hasCases = false
    /// What cases stand on; nil for a story without them.
    var casework: CaseworkSetting?

    private static let keys = [
        "scenario", "swarm", "title", "why", "offices", "begins", "calm", "lines", "seed", "seeds", "plant",
        "casework", "story",
    ]

    static func read(
        _ yaml: String, named file: String, topology: (String) throws -> String
    ) throws(StoryFault) -> StoryFile {
        let nodes = StoryNodes(file: file)
        let document = try nodes.document(yaml)
        let top = try nodes.keyed(document, known: keys, what: "the file")
        let isSwarm = top["swarm"] != nil
        let name = try name(in: top, nodes, stem: stem(of: file))
        let tree = try OfficesReader(nodes: nodes, yaml: yaml).tree(
            of: nodes.required("offices", in: top), in: top, topology)
        if let refused = top.keys.first(where: { $0.name == (isSwarm ? "seed" : "seeds") }) {
            throw nodes.fault(
                refused.node,
                isSwarm ? "a swarm has many seeds: say how many with \"seeds\"" : "a scenario has one seed: \"seed\"")
        }
        let seed = try top["seed"].map { node throws(StoryFault) in
            try nodes.fixed(node, "seed", within: 0...Int64.max)
        }
        let seeds = try top["seeds"].map { node throws(StoryFault) in
            Int(try nodes.fixed(node, "seeds", within: 1...1_000_000))
        }
        let begins = try top["begins"].map { node throws(StoryFault) in
            try nodes.amount(node, "begins", .moment, within: 0...StoryNodes.durationMax)
        }
        let calm = try top["calm"].map { node throws(StoryFault) in try nodes.duration(node, "calm") }
        var lines = DrawnQuality()
        if let node = top["lines"] {
            lines = try nodes.quality(nodes.keyed(node, known: StoryNodes.qualities, what: "\"lines\""))
        }
        let planted = try top["plant"].map { node throws(StoryFault) in try self.planted(node, nodes, isSwarm) }
        var reader = StoryReader(nodes: nodes, names: StoryNames(tree: tree))
        reader.casework = try top["casework"].map { node throws(StoryFault) in
            try nodes.casework(node, topology)
        }
        return StoryFile(
            name: name, isSwarm: isSwarm, title: try nodes.text(nodes.required("title", in: top), "title"),
            why: try nodes.text(nodes.required("why", in: top), "why"), tree: tree, seed: UInt64(seed ?? 1),
            seedsDefault: seeds ?? (isSwarm ? swarmSeeds : 1), planted: planted ?? [], begins: begins,
            calm: calm ?? Amount(Int64(30 * Instant.minute)), lines: lines,
            casework: reader.casework, steps: try reader.steps(nodes.required("story", in: top)))
    }

    /// How many seeds a swarm tries if it does not say.
    private static let swarmSeeds = 100

    private static func stem(of file: String) -> String {
        let last = file.split(separator: "/").last ?? ""
        return String(last.hasSuffix(".yaml") ? last.dropLast(5) : last)
    }

    private static func name(
        in top: StoryNodes.Keyed, _ nodes: StoryNodes, stem: String
    ) throws(StoryFault) -> String {
        if let second = top["swarm"], top["scenario"] != nil {
            throw nodes.fault(second, "a file is a scenario or a swarm, not both; remove one of the keys")
        }
        guard let node = top["scenario"] ?? top["swarm"] else {
            throw nodes.fault(top.node, "the file needs the key \"scenario\" or \"swarm\" with its name")
        }
        let name = try nodes.plainName(node, "the name")
        guard name == stem else {
            throw nodes.fault(
                node, "the name \(name.debugDescription) must be that of the file, which is \(stem.debugDescription)")
        }
        return name
    }

    private static func planted(
        _ node: Node, _ nodes: StoryNodes, _ isSwarm: Bool
    ) throws(StoryFault) -> [(bug: PlantedBug, within: Int, by: String?)] {
        guard isSwarm else { return [(try nodes.word(node, "planted bug"), 1, nil)] }
        var planted: [(bug: PlantedBug, within: Int, by: String?)] = []
        for (key, keyNode, value) in try nodes.named(node, what: "\"plant\" of a swarm") {
            let bug = try nodes.word(keyNode, "planted bug", as: PlantedBug.self)
            var (within, by) = (value, String?.none)
            if case .mapping = value {
                let keyed = try nodes.keyed(value, known: ["within", "by"], what: "what finds \(key)")
                guard let seeds = keyed["within"] else {
                    throw nodes.fault(value, "say within how many seeds \(key) must be found: { within: 10 }")
                }
                within = seeds
                by = try keyed["by"].map { node throws(StoryFault) in try nodes.checker(node) }
            }
            planted.append((bug, Int(try nodes.fixed(within, "the seeds of \(key)", within: 1...1_000_000)), by))
        }
        return planted
    }
}

extension StoryNodes {
    /// The name of a checker.
    fileprivate func checker(_ node: Node) throws(StoryFault) -> String {
        let name = try text(node, "by")
        let known = Checkers.names + Checkers.caseworkNames
        guard known.contains(name) else {
            throw fault(node, "\(name.debugDescription) is no checker; known are \(known.joined(separator: ", "))")
        }
        return name
    }

    static let qualities = ["latency", "bandwidth", "breaks", "duplicates", "damages"]

    /// What a mapping says of lines; its other keys are somebody else's.
    func quality(_ keyed: Keyed) throws(StoryFault) -> DrawnQuality {
        var quality = DrawnQuality()
        if let node = keyed["latency"] {
            quality.latency = try amount(node, "latency", .duration, within: 0...Int64(Instant.hour))
        }
        if let node = keyed["bandwidth"] {
            quality.bandwidth = try amount(node, "bandwidth", .bandwidth, within: 0...1_000_000_000_000)
        }
        if let node = keyed["breaks"] { quality.breaks = try percentage(node, "breaks") }
        if let node = keyed["duplicates"] { quality.duplicates = try percentage(node, "duplicates") }
        if let node = keyed["damages"] { quality.damages = try percentage(node, "damages") }
        return quality
    }
}

/// Reads who is there.
struct OfficesReader {
    let nodes: StoryNodes
    let yaml: String

    func tree(
        of node: Node, in top: StoryNodes.Keyed, _ topology: (String) throws -> String
    ) throws(StoryFault) -> DivisionTree {
        if case .sequence = node { return try listed(in: top) }
        let text = try nodes.text(node, "offices")
        guard text.hasSuffix(".yaml") else {
            guard let shape = Shape(text) else {
                throw nodes.fault(
                    node,
                    "offices must be a topology file's path that ends in .yaml, numbers of each level such as "
                        + "1+2+4+12, or a list of divisions; \(text.debugDescription) is none of them")
            }
            return shape.tree
        }
        let contents: String
        do {
            contents = try topology(text)
        } catch {
            throw nodes.fault(node, "the topology file \(text) could not be read: \(error)")
        }
        do {
            return try Topology.parse(contents, named: text)
        } catch {
            throw nodes.fault(node, "the offices are wrong: \(error)")
        }
    }

    /// The list as it stands in the file, given to the reader of topology files with every line where it was.
    private func listed(in top: StoryNodes.Keyed) throws(StoryFault) -> DivisionTree {
        // A mapping in braces begins before its first key.
        guard let place = top.keys.firstIndex(where: { $0.name == "offices" }),
            nodes.mark(of: top.node) == nodes.mark(of: top.keys[0].node)
        else { throw nodes.fault(top.node, "write the file one key a line, or its offices cannot be read") }
        let key = nodes.mark(of: top.keys[place].node)
        let next = top.keys.dropFirst(place + 1).first.map { nodes.mark(of: $0.node).line }
        let lines = yaml.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let first = lines[key.line - 1]
        let rest = first[(first.firstIndex(of: ":") ?? first.startIndex)...]
        let kept = [Substring("divisions" + rest)] + lines[key.line..<((next ?? lines.count + 1) - 1)]
        let text = String(repeating: "\n", count: key.line - 1) + kept.joined(separator: "\n")
        do {
            return try Topology.parse(text, named: nodes.file)
        } catch {
            let shift = error.line == key.line ? "divisions".count - (first.count - rest.count) : 0
            let mark = StoryMark(line: error.line, column: max(1, error.column - shift))
            throw nodes.fault(mark, error.message)
        }
    }
}
