import Casework
import Foundation
import Libraries
import Papers

/// The law as data on its way into a node: procedures, templates, rules and forms of exchange as files.
struct ProcedureFiles {
    /// One file as the record it becomes.
    struct Piece: Sendable {
        enum Sort: Sendable { case procedure, template, ruleSet }

        let sort: Sort
        let file: String
        let id: String
        /// Nil where the file itself does not say: then it is the next one if the text has changed.
        let version: Int?
        let name: String
        let text: String
    }

    /// A text must fit into one entry beside what else stands there.
    private static let bytesMax = Procedure.textBytesMax
    private static let folders = ["Procedures", "Templates", "Exchange"]
    private static let endings = ["yaml", "mustache", "csv"]

    private(set) var pieces: [Piece] = []
    /// Every fault of every file, with its line: one reading mends them all.
    private(set) var faults: [String] = []

    /// Reads files, and directories with all that lies in them. Of a directory that holds `Procedures`, `Templates` or
    /// `Exchange`, these are read and nothing else.
    init(_ paths: [String]) throws(CommandFailure) {
        var names: [String] = []
        for path in paths { names += try Self.names(path) }
        var templates: [(name: String, text: String)] = []
        var forms: [ExchangeForms.File] = []
        for name in names {
            let text = try Files.readText(name, bytesMax: Self.bytesMax)
            switch (name as NSString).pathExtension {
            case "yaml": readYAML(name, text)
            case "mustache":
                templates.append((name, text))
                readTemplate(name, text)
            default:
                let base = (name as NSString).lastPathComponent
                forms.append(ExchangeForms.File(name: base, text: text))
                let id = "exchange-form:\((base as NSString).deletingPathExtension)"
                add(Piece(sort: .ruleSet, file: name, id: id, version: nil, name: base, text: text))
            }
        }
        if faults.isEmpty, !templates.isEmpty { checkParts(templates) }
        if !forms.isEmpty {
            do throws(ExchangeForms.Faults) { _ = try ExchangeForms(forms) } catch {
                faults += error.rows.map(\.description)
            }
        }
    }

    /// Files in the order of their names.
    private static func names(_ path: String) throws(CommandFailure) -> [String] {
        guard Files.isDirectory(path) else {
            guard Files.exists(path) else {
                throw CommandFailure(.noInput, "\(path): there is no such file or directory")
            }
            return [path]
        }
        let root = path.hasSuffix("/") ? String(path.dropLast()) : path
        let inside = folders.map { "\(root)/\($0)" }.filter(Files.isDirectory)
        var names: [String] = []
        for directory in inside.isEmpty ? [root] : inside {
            guard let walk = FileManager.default.enumerator(atPath: directory) else {
                throw CommandFailure(.noInput, "\(directory): cannot be read")
            }
            for case let name as String in walk {
                let last = (name as NSString).lastPathComponent
                guard endings.contains((name as NSString).pathExtension), !last.hasPrefix(".") else { continue }
                names.append("\(directory)/\(name)")
            }
        }
        guard !names.isEmpty else {
            let known = endings.map { "*.\($0)" }.joined(separator: ", ")
            throw CommandFailure(.noInput, "\(path): holds no procedures, templates or forms (\(known))")
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private mutating func add(_ piece: Piece) {
        if let other = pieces.first(where: { $0.id == piece.id && $0.sort == piece.sort && $0.version == piece.version }
        ) {
            faults.append(
                "\(piece.file): \(other.file) 已有同一编码和版本 has the same id and version; raise the version of one")
        }
        pieces.append(piece)
    }

    /// Rules of supervision begin with `rules:`, everything else is a procedure.
    private mutating func readYAML(_ name: String, _ text: String) {
        let isRules = text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("rules:") }
        do throws(ProcedureFault) {
            if isRules {
                let rules = try SupervisionRules(yaml: text, file: name)
                add(
                    Piece(
                        sort: .ruleSet, file: name, id: rules.id, version: rules.version, name: rules.name.chinese,
                        text: text))
            } else {
                let procedure = try Procedure(yaml: text, file: name)
                add(
                    Piece(
                        sort: .procedure, file: name, id: procedure.id, version: procedure.version,
                        name: procedure.name.chinese, text: text))
            }
        } catch {
            faults += error.faults.map { "\(name):\($0)" }
        }
    }

    private mutating func readTemplate(_ name: String, _ text: String) {
        do throws(TemplateFault) {
            let template = try DocumentTemplate(name: name, text: text)
            add(
                Piece(
                    sort: .template, file: name, id: template.kind, version: template.version,
                    name: template.title.chinese, text: text))
        } catch {
            faults.append(error.description)
        }
    }

    /// Whether every part that a template includes is there.
    private mutating func checkParts(_ templates: [(name: String, text: String)]) {
        do throws(TemplateFault) { _ = try DocumentTemplates(templates) } catch { faults.append(error.description) }
    }
}
