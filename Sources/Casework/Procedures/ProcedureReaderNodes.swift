package import Libraries
import Ledger
import Yams

/// What is wrong with a procedure's file: everything that was found, in the order of the file.
package struct ProcedureFault: Error, Hashable, Sendable, CustomStringConvertible {
    package struct Fault: Hashable, Sendable, CustomStringConvertible {
        /// From 1.
        package let line: Int
        /// From 1, in Unicode scalars.
        package let column: Int
        /// What is wrong, and what to do about it.
        package let reason: Reason

        package var description: String { "\(line):\(column): \(reason)" }
    }

    /// More are not told: whoever corrects these will have seen what he misunderstood.
    package static let faultsMax = 50

    /// As the caller named it.
    package let file: String
    /// Never empty.
    package let faults: [Fault]

    init(file: String, faults: [Fault]) {
        self.file = file
        var seen = Set<Fault>()
        let sorted = faults.enumerated().sorted {
            ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset)
        }
        self.faults = Array(sorted.map(\.element).filter { seen.insert($0).inserted }.prefix(Self.faultsMax))
    }

    /// `file:line:column: what is wrong, what to do`, one line each.
    package var description: String { faults.map { "\(file):\($0)" }.joined(separator: "\n") }
}

/// A place in a procedure's file.
struct ProcedureMark: Hashable, Sendable {
    var line: Int
    var column: Int
}

/// Something that a fault can point to.
enum ProcedurePlace: Hashable {
    case whole
    case fact(String), stage(String), step(String), deadline(String), tally(String), publicity(String)
    /// A step's gate, counted from 0.
    case gate(String, Int)
    case when(String), requires(String)
}

/// One thing that names another: it has to be there, and of the sort that is meant.
struct ProcedureReference {
    enum FactUse: Hashable {
        case collected, asked, shown, money
        /// A deadline begins with it.
        case begins
        case tested(Condition.Test)
    }

    enum Target {
        case fact(String, FactUse)
        case stage(String), step(String), deadline(String), tally(String)
        case outcome(String, of: String)
        /// An entry of the archive: a document, a step or `evidence`.
        case archived(String)
    }

    let target: Target
    let mark: ProcedureMark
}

/// The pieces that YAML is made of, read strictly.
extension ProcedureReader {
    /// A mapping whose keys are all known.
    struct Keyed {
        let node: Node
        let what: Bilingual
        var values: [String: Node] = [:]

        subscript(key: String) -> Node? { values[key] }
    }

    mutating func keyed(_ node: Node, known: [String], what: Bilingual) -> Keyed? {
        guard case .mapping(let mapping) = node else {
            fault(
                node, "\(what.chinese)须写成键值，可用的键：\(known.joined(separator: "、"))",
                "\(what.english) must be a mapping with the keys \(known.joined(separator: ", "))")
            return nil
        }
        var keyed = Keyed(node: node, what: what)
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key, known.contains(scalar.string) else {
                let name = key.scalar.map { shortened($0.string) } ?? "…"
                fault(
                    key, "\(what.chinese)中没有“\(name)”这个键，可用的键：\(known.joined(separator: "、"))",
                    "unknown key \"\(name)\" in \(what.english); known are \(known.joined(separator: ", "))")
                continue
            }
            keyed.values[scalar.string] = value
        }
        return keyed
    }

    mutating func required(_ key: String, in keyed: Keyed) -> Node? {
        if let value = keyed[key] { return value }
        fault(keyed.node, "\(keyed.what.chinese)缺少“\(key)”", "\(keyed.what.english) needs the key \"\(key)\"")
        return nil
    }

    // MARK: Lists

    mutating func list<Element>(
        _ key: String, in keyed: Keyed, max: Int, isRequired: Bool = false,
        _ read: (inout ProcedureReader, Node) -> Element?
    ) -> [Element] {
        guard let node = isRequired ? required(key, in: keyed) : keyed[key] else { return [] }
        return list(node, max: max, isEmptyAllowed: !isRequired, read)
    }

    mutating func list<Element>(
        _ node: Node, max: Int, isEmptyAllowed: Bool = true, _ read: (inout ProcedureReader, Node) -> Element?
    ) -> [Element] {
        guard case .sequence(let nodes) = node else {
            fault(node, "此处须为列表", "this must be a list")
            return []
        }
        guard nodes.count <= max, isEmptyAllowed || !nodes.isEmpty else {
            fault(
                node, "此处须有\(isEmptyAllowed ? 0 : 1)至\(max)项，现有\(nodes.count)项",
                "this list has \(nodes.count) elements; it may have \(isEmptyAllowed ? 0 : 1) to \(max)")
            return []
        }
        var elements: [Element] = []
        for node in nodes { if let element = read(&self, node) { elements.append(element) } }
        return elements
    }

    /// Names that stand for something, each noted as what `target` says.
    mutating func names(
        _ key: String, in keyed: Keyed, isRequired: Bool = false, _ target: (String) -> ProcedureReference.Target?
    ) -> [String] {
        let names: [String] = list(key, in: keyed, max: Self.listMax, isRequired: isRequired) { reader, node in
            guard let name = reader.name(node, Bilingual(key, "\"\(key)\"")) else { return nil }
            if let target = target(name) { reader.refer(target, at: node) }
            return name
        }
        if let node = keyed[key] { twice(names, at: node) }
        return names
    }

    mutating func texts(_ key: String, in keyed: Keyed) -> [String] {
        list(key, in: keyed, max: Self.listMax) { reader, node in reader.text(node, Bilingual(key, "\"\(key)\"")) }
    }

    // MARK: Values

    /// The longest text in bytes that people read at one place.
    static let wordsBytesMax = 2_000

    mutating func text(_ node: Node, _ key: Bilingual) -> String? {
        guard case .scalar(let scalar) = node, node.tag == Tag(.str) else {
            fault(node, "\(key.chinese) 须为文本", "\(key.english) must be text")
            return nil
        }
        let text = scalar.string
        guard scalar.style != .plain || Resolver.default.resolveTag(of: Node(text)) == .str else {
            fault(
                node, text.isEmpty ? "\(key.chinese) 为空，请填写或删去" : "\(key.chinese) 须为文本，请加引号",
                text.isEmpty
                    ? "\(key.english) is empty: give it a value or remove the key"
                    : "\(key.english) must be text, which \"\(shortened(text))\" is not: put it in quotes")
            return nil
        }
        guard (1...Self.wordsBytesMax).contains(text.utf8.count) else {
            fault(
                node, "\(key.chinese) 须为1至\(Self.wordsBytesMax)字节",
                "\(key.english) must have 1 to \(Self.wordsBytesMax) bytes")
            return nil
        }
        return text
    }

    /// A name that is never shown: lower-case letters, digits and hyphens.
    mutating func name(_ node: Node, _ key: Bilingual) -> String? {
        guard case .scalar(let scalar) = node, node.tag == Tag(.str), Name.isValid(scalar.string) else {
            let given = node.scalar.map { shortened($0.string) } ?? "…"
            fault(
                node, "\(key.chinese) 须为1至\(Name.bytesMax)个小写字母、数字和连字符，“\(given)”不是",
                "\(key.english) must be 1 to \(Name.bytesMax) lower-case letters, digits and hyphens, which "
                    + "\"\(given)\" is not")
            return nil
        }
        return scalar.string
    }

    /// Empty where it is missing or wrong, which is noted.
    mutating func name(_ key: String, in keyed: Keyed) -> String {
        required(key, in: keyed).flatMap { name($0, Bilingual(key, "\"\(key)\"")) } ?? ""
    }

    /// The id of something that is defined here.
    mutating func defined(in keyed: Keyed, _ place: (String) -> ProcedurePlace) -> String {
        let id = name("id", in: keyed)
        guard let node = keyed["id"], !id.isEmpty else { return id }
        if let first = places[place(id)] {
            fault(
                node, "“\(id)”在第\(first.line)行已经有了，请改名或删去",
                "\"\(id)\" is defined in line \(first.line) already: rename or remove one")
        } else {
            places[place(id)] = mark(of: node)
        }
        return id
    }

    mutating func number(
        _ key: String, in keyed: Keyed, within range: ClosedRange<Int>, isRequired: Bool = true
    ) -> Int? {
        guard let node = isRequired ? required(key, in: keyed) : keyed[key] else { return nil }
        guard case .scalar(let scalar) = node, scalar.style == .plain, node.tag == Tag(.str),
            let number = Int(scalar.string), range.contains(number)
        else {
            fault(
                node, "\(key) 须为\(range.lowerBound)至\(range.upperBound)的整数，不加引号",
                "\"\(key)\" must be a whole number from \(range.lowerBound) to \(range.upperBound) without quotes")
            return nil
        }
        return number
    }

    mutating func flag(_ key: String, in keyed: Keyed) -> Bool {
        guard let node = keyed[key] else { return false }
        guard case .scalar(let scalar) = node, scalar.style == .plain, node.tag == Tag(.str),
            ["true", "false"].contains(scalar.string)
        else {
            fault(node, "\(key) 须为 true 或 false", "\"\(key)\" must be true or false")
            return false
        }
        return scalar.string == "true"
    }

    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ key: String, in keyed: Keyed, of what: Bilingual
    ) -> Word? where Word.RawValue == String {
        keyed[key].flatMap { word($0, of: what) }
    }

    /// One of the words that an enumeration knows.
    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ node: Node, of what: Bilingual
    ) -> Word? where Word.RawValue == String {
        guard case .scalar(let scalar) = node, node.tag == Tag(.str) else {
            fault(node, "\(what.chinese)须为一个词", "the \(what.english) must be one word")
            return nil
        }
        if let word = Word(rawValue: scalar.string) { return word }
        unknown(scalar.string, what, Word.allCases.map(\.rawValue), at: node)
        return nil
    }

    /// `zh` and `en` of a mapping that has more keys than these.
    mutating func words(in keyed: Keyed) -> Bilingual {
        let chinese = required("zh", in: keyed).flatMap { text($0, Bilingual("zh", "\"zh\"")) }
        let english = required("en", in: keyed).flatMap { text($0, Bilingual("en", "\"en\"")) }
        return Bilingual(chinese ?? "", english ?? "")
    }

    mutating func words(_ node: Node, what: Bilingual) -> Bilingual? {
        keyed(node, known: ["zh", "en"], what: what).map { words(in: $0) }
    }

    // MARK: Faults and references

    func mark(of node: Node) -> ProcedureMark {
        ProcedureMark(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    mutating func refer(_ target: ProcedureReference.Target, at node: Node) {
        references.append(ProcedureReference(target: target, mark: mark(of: node)))
    }

    mutating func fault(_ node: Node, _ chinese: String, _ english: String) {
        fault(mark(of: node), chinese, english)
    }

    mutating func fault(_ mark: ProcedureMark, _ chinese: String, _ english: String) {
        faults.append(ProcedureFault.Fault(line: mark.line, column: mark.column, reason: Reason(chinese, english)))
    }

    mutating func unknown(_ text: String, _ what: Bilingual, _ known: [String], at node: Node) {
        fault(
            node, "“\(shortened(text))”不是\(what.chinese)，可用的有：\(known.joined(separator: "、"))",
            "\"\(shortened(text))\" is no \(what.english); known are \(known.joined(separator: ", "))")
    }

    /// Refuses what a list holds twice.
    mutating func twice(_ names: [String], at node: Node) {
        var seen = Set<String>()
        for name in names where !name.isEmpty && !seen.insert(name).inserted {
            fault(node, "“\(name)”写了两次，请删去一个", "\"\(name)\" stands here twice: remove one")
        }
    }

    /// What a report can bear of a text that nobody has checked.
    private func shortened(_ text: String) -> String {
        String(text.unicodeScalars.lazy.filter { $0.value >= 0x20 }.prefix(40).map(Character.init))
    }

    // MARK: YAML

    /// The one document of the text, in which every scalar is still text: what it must be is asked where it is used.
    mutating func document(_ yaml: String) -> Node? {
        let start = ProcedureMark(line: 1, column: 1)
        guard yaml.utf8.count <= Procedure.textBytesMax else {
            fault(
                start, "文件有\(yaml.utf8.count)字节，最多\(Procedure.textBytesMax)字节，请缩短说明或拆成两个程序",
                "the file has \(yaml.utf8.count) bytes; at most \(Procedure.textBytesMax) travel in one record: "
                    + "shorten its words or make two procedures of it")
            return nil
        }
        if let mark = repetition(in: yaml) {
            fault(
                mark, "不用锚点和引用（& 和 *），请把内容写出；文本中的 & 或 * 前后加空格或加在词中",
                "anchors and aliases (& and *) are not used here: write out what is meant; in words put a space "
                    + "behind such a sign")
            return nil
        }
        do {
            if let node = try compose(yaml: yaml, .basic) { return node }
            fault(start, "文件是空的，须有 procedure", "the file is empty; it needs the key \"procedure\"")
        } catch {
            note(error, in: yaml)
        }
        return nil
    }

    /// Where an anchor or an alias may stand. A few of them, each of the one before, are a text of any size, so they are
    /// looked for before anything is read.
    private func repetition(in yaml: String) -> ProcedureMark? {
        var (line, column) = (1, 1)
        var previous: Unicode.Scalar = "\n"
        let scalars = yaml.unicodeScalars
        for index in scalars.indices {
            let scalar = scalars[index]
            let after = scalars.index(after: index)
            if scalar == "&" || scalar == "*",
                " \t\r\n\u{85}\u{2028}\u{2029}\u{FEFF},[]{}:-?".unicodeScalars.contains(previous),
                after < scalars.endIndex, !" \t\r\n".unicodeScalars.contains(scalars[after])
            {
                return ProcedureMark(line: line, column: column)
            }
            (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
            previous = scalar
        }
        return nil
    }

    private mutating func note(_ error: any Error, in yaml: String) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            fault(
                ProcedureMark(line: mark.line, column: mark.column), "不是YAML：\(problem)", "this is not YAML: \(problem)"
            )
        case .reader(let problem, let offset, _, _):
            let before = yaml.prefix(offset ?? 0)
            let lines = before.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            let column = (lines.last?.unicodeScalars.count ?? 0) + 1
            fault(
                ProcedureMark(line: max(lines.count, 1), column: column), "不是YAML：\(problem)",
                "this is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.sorted().map { shortened($0) }.joined(separator: ", ")
            fault(
                ProcedureMark(line: context.mark.line, column: context.mark.column),
                "自此处起“\(names)”写了两次，请删去一个", "the key \"\(names)\" is given twice from here on: remove one")
        default:
            fault(
                ProcedureMark(line: 1, column: 1), "文件无法按YAML读取，请检查嵌套层数",
                "the file could not be read as YAML: look for what stands too deep in one another")
        }
    }
}
