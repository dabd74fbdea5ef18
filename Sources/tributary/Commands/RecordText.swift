import ArgumentParser
import Casework
import Foundation
import Lattice
import Ledger
import Libraries
import Node

/// What kinds and fields are called for people.
enum KindNames {
    static func text(_ kind: String) -> String {
        CaseworkKinds.all[kind].map { "\($0.chinese) \(kind)" } ?? kind
    }

    static func field(_ field: FieldMessage) -> String {
        field.chinese.map { "\($0) \(field.name)" } ?? field.name
    }

    static func field(_ name: String, of kind: String) -> String {
        CaseworkKinds.all[kind]?.field(name).map { "\($0.chinese) \(name)" } ?? name
    }

    static func level(_ name: String) -> String {
        switch name {
        case "province": "省级"
        case "city": "市级"
        case "county": "县级"
        case "township": "乡级"
        case "village": "村级"
        default: name
        }
    }

    /// The kind, or a failure that lists those there are.
    static func wanted(_ name: String) throws(CommandFailure) -> Kind {
        guard let kind = CaseworkKinds.all[name] else {
            let names = CaseworkKinds.all.all.map(\.name).joined(separator: ", ")
            throw CommandFailure(.usage, "\(name): there is no such kind; there are \(names)")
        }
        return kind
    }
}

/// `field=value` as a person types it.
struct FieldArgument: ExpressibleByArgument, Sendable {
    let field: String
    let text: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else { return nil }
        field = String(argument[..<sign])
        text = String(argument[argument.index(after: sign)...])
        guard Name.isValid(field) else { return nil }
    }

    /// The value as the field holds it.
    func value(in kind: Kind) throws(CommandFailure) -> JSON {
        guard let known = kind.field(field) else {
            let names = kind.fields.map(\.name).joined(separator: ", ")
            throw CommandFailure(.usage, "\(field): \(kind.name) has no such field; it has \(names)")
        }
        switch known.value {
        case .text, .bytes, .record: return .text(text)
        case .integer:
            guard let integer = Int64(text) else {
                throw CommandFailure(.usage, "\(field): \(text) is not an integer")
            }
            return .integer(integer)
        case .boolean:
            switch text {
            case "true", "是": return .boolean(true)
            case "false", "否": return .boolean(false)
            default: throw CommandFailure(.usage, "\(field): give true or false, 是 or 否")
            }
        }
    }
}

/// Records as lines for a screen.
enum RecordText {
    /// All of a record: its fields, and every value where there are several.
    static func lines(_ record: RecordMessage, _ terminal: Terminal) -> [String] {
        var lines = [terminal.styled("\(KindNames.text(record.kind))  \(record.id)", .bold)]
        for conflict in record.conflicts {
            lines.append(terminal.styled(text(conflict, of: record.kind), .yellow, .bold))
        }
        var listing = Listing()
        for field in record.fields where field.type != "exists" && (!field.values.isEmpty || field.isErased) {
            listing.add(KindNames.field(field), value(of: field, terminal))
        }
        lines += listing.lines(columnsMax: terminal.columns, terminal, indent: 2)
        lines.append(terminal.styled("  版本 etag  \(record.etag.filter { $0 != "\"" })", .dim))
        return lines
    }

    private static func value(of field: FieldMessage, _ terminal: Terminal) -> String {
        if field.isErased { return "（已依法删除 erased by order of law）" }
        switch field.type {
        case "register" where field.isInConflict: return candidates(field, terminal).joined(separator: "\n")
        case "set": return field.values.compactMap(\.value).map(\.shown).joined(separator: "；")
        case "log":
            return field.values.map { "\(ClockText.text(iso8601: $0.written))  \($0.value?.shown ?? "（已删除 erased）")" }
                .joined(separator: "\n")
        default: return field.shown?.shown ?? ""
        }
    }

    /// The values between which somebody has to decide, numbered as `conflicts resolve --choose` takes them.
    static func candidates(_ field: FieldMessage, _ terminal: Terminal) -> [String] {
        field.values.enumerated().map { place, value in
            let mark = terminal.styled("[\(place + 1)]", .yellow, .bold)
            let shown = value.isErased ? "（已依法删除 erased）" : value.value?.shown ?? "（空 none）"
            return "\(mark) \(shown)  ← \(KindNames.level(value.level)) \(ClockText.text(iso8601: value.written))"
        }
    }

    static func text(_ conflict: ConflictMessage, of kind: String) -> String {
        guard let field = conflict.field else { return "冲突：一处删除，另一处修改 removed while it was edited" }
        return "冲突：\(KindNames.field(field, of: kind)) 有不同的值 holds different values"
    }

    /// A table of records of one kind: its short fields that any of them has, then the ids.
    static func table(_ records: [RecordSummary], kind: Kind, fields wanted: [String], _ terminal: Terminal) -> [String]
    {
        let fields = wanted.compactMap { kind.field($0) }.filter { field in
            records.contains { $0.values[field.name].map { $0 != .null } ?? false }
        }
        var table = Table(
            fields.map { Table.Column("\($0.chinese) \($0.name)", isFlexible: true) }
                + [Table.Column("冲突", .right), Table.Column("编号 id")])
        for record in records {
            let cells = fields.map { record.values[$0.name]?.shown ?? "" }
            table.add(cells + [record.conflicts > 0 ? "\(record.conflicts)" : "", record.id])
        }
        return table.lines(for: terminal)
    }

    /// The fields of a kind that say most in a list.
    static func listed(_ kind: Kind) -> [String] {
        switch kind.name {
        case "case": ["case-no", "title", "status", "filed-on"]
        case "statute": ["title", "part", "version-date", "effective-date", "article-count"]
        case "article": ["label", "text"]
        case "officer": ["certificate-no", "name", "division", "body", "valid-to"]
        case "body": ["code", "name", "division", "body-type"]
        case "item": ["code", "name", "item-kind", "field"]
        case "benchmark": ["set", "item", "tier", "violation"]
        default: kind.fields.prefix(4).map(\.name)
        }
    }

    static func history(_ history: HistoryMessage, _ terminal: Terminal) -> [String] {
        let kind = RecordID(history.id)?.kind ?? ""
        var lines = [terminal.styled(history.id, .bold)]
        for entry in history.entries {
            let division = [entry.divisionName, entry.division].compactMap(\.self).joined(separator: " ")
            var head = "\(ClockText.text(iso8601: entry.written))  \(division)"
            if !entry.body.isEmpty { head += "  主体 body \(entry.body)" }
            head += "  " + (entry.author.map { "人员 officer \($0)" } ?? "系统 the node itself")
            lines.append(
                (entry.counts ? terminal.styled("●", .green) : terminal.styled("○ 不计 does not count", .red)) + " "
                    + head)
            var place = "  到达 arrived \(ClockText.text(iso8601: entry.arrived))"
            if let seat = entry.seat { place += "  写入节点 written at \(seat)" }
            lines.append(terminal.styled(place + "  " + short(entry.entry), .dim))
            for edit in entry.edits { lines += self.lines(edit, kind: kind, terminal) }
        }
        return lines
    }

    private static func lines(_ edit: HistoryEdit, kind: String, _ terminal: Terminal) -> [String] {
        let name = edit.type == "exists" ? "记录 record" : KindNames.field(edit.field, of: kind)
        let what =
            switch (edit.action, edit.type) {
            case ("remove", "exists"): "删除 removed"
            case (_, "exists"): "建立 made"
            case ("remove", _): "清除 cleared"
            default: edit.isErased ? "（已依法删除 erased）" : edit.value?.shown ?? ""
            }
        let replaced = edit.replaces.isEmpty ? "" : terminal.styled("（替换 replaces \(edit.replaces.count)）", .dim)
        let line = "    \(name)：\(what)\(replaced)"
        return [terminal.columns.map { line.fitted(to: $0) } ?? line]
    }

    /// An entry as people tell it apart: some digits of its stream, and its number.
    private static func short(_ entry: String) -> String {
        let parts = entry.split(separator: "/")
        guard parts.count == 2 else { return entry }
        return "\(parts[0].suffix(64).prefix(8))…/\(parts[1])"
    }
}
